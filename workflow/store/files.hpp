#pragma once
/// Few words for files that must be on the disk when they return. Private to the store.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "workflow/core/result.hpp"
#include "workflow/store/rows.hpp"

namespace kyhan {

/// `unavailable` "disk-full" or "storage", from errno's value.
[[nodiscard]] Error file_error(int code, const std::filesystem::path& path);

/// A file descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor();
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

[[nodiscard]] Result<void> make_folder(const std::filesystem::path& folder);
[[nodiscard]] Result<void> sync_folder(const std::filesystem::path& folder);
[[nodiscard]] Result<void> sync_file(const std::filesystem::path& file);
/// The whole of `bytes`, synced.
[[nodiscard]] Result<void> write_file(const std::filesystem::path& file, std::string_view bytes);

struct FileSum {
  Sha256 sha256{};
  std::int64_t size = 0;
};
/// Reads the file once. A missing file is `not_found` "no-file".
[[nodiscard]] Result<FileSum> sum_of(const std::filesystem::path& file);

}  // namespace kyhan
