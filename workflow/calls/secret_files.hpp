#pragma once
/// Where secrets come from: a folder with one file each, or one JSON file. Never the environment,
/// which every child process and every crash report shows.

#include <chrono>
#include <filesystem>
#include <memory>
#include <mutex>

#include "workflow/core/result.hpp"
#include "workflow/core/secrets.hpp"

namespace kyhan {

constexpr std::size_t secret_bytes_max = 64u << 10;
constexpr std::size_t secrets_max = 1'000;

/// {name: text or object}. Errors: `invalid` "secrets".
[[nodiscard]] Result<Secrets> parse_secrets(const Json& file);

/// Every file of a folder whose name is one: letters, digits, `_ . -`, not starting with a dot. A
/// file that holds a JSON object is one; any other is its text without the last line break.
/// Errors: `invalid` "secrets" when the folder or a file cannot be read or is too large.
[[nodiscard]] Result<Secrets> read_secrets_folder(const std::filesystem::path& folder);

/// A folder that is read again when a file in it has changed. Thread safe.
class SecretsFolder {
 public:
  explicit SecretsFolder(std::filesystem::path folder);
  /// What the folder held when it was last looked at, at most a second ago. A folder that has
  /// become unreadable keeps what it held.
  [[nodiscard]] std::shared_ptr<const Secrets> current();

 private:
  [[nodiscard]] std::string look() const;

  const std::filesystem::path folder_;
  std::mutex mutex_;
  std::shared_ptr<const Secrets> secrets_ = std::make_shared<const Secrets>();
  std::string seen_;  ///< Names, sizes and times of its files.
  std::chrono::steady_clock::time_point looked_at_{};
};

}  // namespace kyhan
