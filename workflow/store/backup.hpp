#pragma once
/// Copies of a home that can be trusted: the database by SQLite's online backup, the attachments,
/// and a manifest with the SHA-256 of every file, written last.

#include <filesystem>

#include "workflow/core/result.hpp"
#include "workflow/store/store.hpp"

namespace kyhan {

struct BackupReport {
  std::int64_t files = 0;
  std::int64_t bytes = 0;
};

/// Copies `store` into `folder` while it is in use: the state of one moment, with every attachment
/// that moment names. Errors: `conflict` "folder-not-empty"; `unavailable` "disk-full", "storage".
[[nodiscard]] Result<BackupReport> back_up(Store& store, const std::filesystem::path& folder,
                                           Instant at);

/// Checks every file of the backup against its manifest and only then copies it into `home`, which
/// must be missing or empty. Errors: `invalid` "backup-damaged" (nothing was written; `fields`
/// names the files); `conflict` "home-not-empty"; `unavailable` "disk-full", "storage".
[[nodiscard]] Result<BackupReport> restore(const std::filesystem::path& folder,
                                           const std::filesystem::path& home);

}  // namespace kyhan
