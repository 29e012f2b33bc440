#pragma once
/// The bytes of attachments: files under their SHA-256, written once, never changed.
///
/// `<folder>/aa/bb/<64 hex digits>`. A writer streams into `<folder>/tmp`, hashing as it goes;
/// finish() syncs the file, moves it to its place and syncs the folder, so that a row may name it.
/// Whatever name a person gave the file never reaches the file system.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "workflow/core/result.hpp"
#include "workflow/store/rows.hpp"

namespace kyhan {

struct StoredBlob {
  Sha256 sha256{};
  std::int64_t size = 0;  ///< Bytes.
};

/// One upload. Destroyed unfinished it leaves nothing behind. One thread at a time.
class BlobWriter {
 public:
  BlobWriter(BlobWriter&&) noexcept;
  BlobWriter& operator=(BlobWriter&&) noexcept;
  ~BlobWriter();
  /// Errors: `too_large` "attachment-too-large", `unavailable` "disk-full", "storage". After one,
  /// only destroy it.
  [[nodiscard]] Result<void> write(std::span<const char> bytes);
  /// Durable when it returns. The same bytes twice are kept once.
  [[nodiscard]] Result<StoredBlob> finish();

 private:
  friend class BlobStore;
  struct State;
  explicit BlobWriter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

class BlobStore {
 public:
  /// Creates the folders and removes what unfinished uploads left. `unavailable` "storage".
  [[nodiscard]] static Result<BlobStore> open(std::filesystem::path folder);

  /// To read only: touches nothing.
  [[nodiscard]] static BlobStore at(std::filesystem::path folder) {
    return BlobStore{std::move(folder)};
  }

  [[nodiscard]] Result<BlobWriter> begin(std::int64_t bytes_max) const;
  [[nodiscard]] std::filesystem::path path_of(const Sha256& sha256) const;
  [[nodiscard]] bool contains(const Sha256& sha256) const;
  /// Bytes the file system has left for us; 0 when it does not say.
  [[nodiscard]] std::uint64_t bytes_free() const;
  /// Reads the file again and compares. False: missing or different.
  [[nodiscard]] Result<bool> intact(const Sha256& sha256) const;
  void remove(const Sha256& sha256) const noexcept;
  /// Removes files that `named` does not know and that nobody has finished uploading within
  /// `grace`. Uploads may be under way: one that finishes with the same bytes keeps them.
  [[nodiscard]] Result<int> sweep(const std::function<bool(const Sha256&)>& named,
                                  std::chrono::seconds grace) const;
  /// Calls `visit` for every file, in order of the hash.
  [[nodiscard]] Result<void> each(
      const std::function<void(const Sha256&, const std::filesystem::path&)>& visit) const;

 private:
  explicit BlobStore(std::filesystem::path folder) : folder_(std::move(folder)) {}
  std::filesystem::path folder_;
};

}  // namespace kyhan
