#include "workflow/store/backup.hpp"

#include <array>
#include <fstream>
#include <sqlite3.h>
#include <system_error>

#include "workflow/core/json.hpp"
#include "workflow/core/time_text.hpp"
#include "workflow/store/blob_store.hpp"
#include "workflow/store/files.hpp"
#include "workflow/store/migrate.hpp"

namespace kyhan {
namespace fs = std::filesystem;
namespace {

constexpr const char* manifest_name = "manifest.json";
constexpr const char* database_name = "kyhan.db";
constexpr int manifest_format = 1;

struct ManifestFile {
  std::string path;  ///< Relative, with '/'.
  FileSum sum;
};

Error not_empty(const char* type, const fs::path& folder) {
  return {ErrorCode::conflict,
          type,
          {"Thư mục " + folder.string() + " không trống; hãy chọn thư mục trống hoặc chưa có.",
           "The folder " + folder.string() + " is not empty; choose an empty or a new one."}};
}

Error damaged(std::vector<FieldError> faults) {
  return {ErrorCode::invalid,
          "backup-damaged",
          {"Bản sao lưu bị hỏng hoặc thiếu tệp; chưa khôi phục gì.",
           "The backup is damaged or incomplete; nothing was restored."},
          std::move(faults)};
}

bool empty_or_missing(const fs::path& folder) {
  std::error_code failed;
  if (!fs::exists(folder, failed)) return !failed;
  return fs::is_directory(folder, failed) && fs::is_empty(folder, failed) && !failed;
}

/// Copies the database as `source` sees it at this moment. Writers go on meanwhile.
void copy_database(Database& source, Database& target) {
  sqlite3_backup* backup = sqlite3_backup_init(target.handle(), "main", source.handle(), "main");
  if (backup == nullptr) target.fail(sqlite3_extended_errcode(target.handle()));
  sqlite3_backup_step(backup, -1);
  if (const int code = sqlite3_backup_finish(backup); code != SQLITE_OK) target.fail(code);
}

/// The hashes that the copied database names. An upload that nobody has used may have been swept
/// since the copy was taken: its row goes from the copy, too.
std::vector<Sha256> attachments_named(Database& copy, const BlobStore& blobs) {
  std::vector<Sha256> named;
  std::vector<std::string> swept;
  {
    Statement row = copy.prepare("SELECT sha256, max(used) FROM attachments GROUP BY sha256");
    while (row.step()) {
      const std::optional<Sha256> sha256 = sha256_from_hex(row.view(0));
      if (!sha256) continue;
      if (!row.flag(1) && !blobs.contains(*sha256)) {
        swept.push_back(row.text(0));
      } else {
        named.push_back(*sha256);
      }
    }
  }
  for (const std::string& sha256 : swept) {
    copy.prepare("DELETE FROM attachments WHERE sha256 = ?").bind_all(sha256).run();
  }
  return named;
}

/// Copies one file into a folder of attachments, checking its hash on the way.
Result<StoredBlob> copy_blob(const fs::path& from, const BlobStore& to, const Sha256& expected) {
  const Result<FileSum> sum = sum_of(from);
  if (!sum) return sum.error();
  Result<BlobWriter> writer = to.begin(sum->size);
  if (!writer) return writer.error();
  std::ifstream in{from, std::ios::binary};
  std::array<char, 1 << 16> buffer;
  while (in) {
    in.read(buffer.data(), buffer.size());
    const auto size = static_cast<std::size_t>(in.gcount());
    if (const Result<void> written = writer->write({buffer.data(), size}); !written) {
      return written.error();
    }
  }
  Result<StoredBlob> blob = writer->finish();
  if (blob && blob->sha256 != expected) {
    to.remove(blob->sha256);
    return damaged({{"/" + from.filename().string(),
                     "checksum",
                     {"Tệp đính kèm có nội dung khác với mã băm của nó.",
                      "The attachment's content differs from its hash."}}});
  }
  return blob;
}

std::string attachment_path(const Sha256& sha256) {
  const std::string hex = to_hex(sha256);
  return "attachments/" + hex.substr(0, 2) + "/" + hex.substr(2, 2) + "/" + hex;
}

Json to_json(const std::vector<ManifestFile>& files, Instant at) {
  Json list = Json::array();
  for (const ManifestFile& file : files) {
    list.push_back(
        {{"path", file.path}, {"size", file.sum.size}, {"sha256", to_hex(file.sum.sha256)}});
  }
  return {{"product", "kyhan"},          {"format", manifest_format},
          {"version", KYHAN_VERSION},    {"schema", migrations().back().number},
          {"createdAt", to_rfc3339(at)}, {"files", std::move(list)}};
}

/// Reads the manifest and compares every file with it.
Result<std::vector<ManifestFile>> checked_files(const fs::path& folder) {
  const auto fault = [](const std::string& path, const char* code, Text text) {
    return FieldError{"/" + path, code, std::move(text)};
  };
  std::ifstream in{folder / manifest_name};
  const Json manifest = Json::parse(in, nullptr, false);
  if (!manifest.is_object() || manifest.value("product", Json{}) != "kyhan" ||
      manifest.value("format", Json{}) != manifest_format || !manifest.contains("files") ||
      !manifest["files"].is_array()) {
    return damaged({fault(manifest_name, "manifest",
                          {"Thiếu tệp kê khai hoặc tệp kê khai không đọc được.",
                           "The manifest is missing or cannot be read."})});
  }
  std::vector<ManifestFile> files;
  std::vector<FieldError> faults;
  bool database = false;
  for (const Json& item : manifest["files"]) {
    ManifestFile file;
    std::optional<Sha256> sha256;
    if (item.is_object() && item.value("path", Json{}).is_string() &&
        item.value("sha256", Json{}).is_string()) {
      file.path = item["path"];
      sha256 = sha256_from_hex(item["sha256"].get<std::string>());
    }
    // Only the two kinds of file a backup has: no path leads out of the home.
    if (!sha256 || (file.path != database_name && file.path != attachment_path(*sha256))) {
      faults.push_back(fault(file.path, "manifest",
                             {"Dòng kê khai không hợp lệ.", "The manifest's entry is not valid."}));
      continue;
    }
    database = database || file.path == database_name;
    const Result<FileSum> sum = sum_of(folder / file.path);
    if (!sum) {
      faults.push_back(fault(file.path, "missing", sum.error().detail));
    } else if (sum->sha256 != *sha256) {
      faults.push_back(fault(file.path, "checksum",
                             {"Nội dung tệp khác với mã băm trong tệp kê khai.",
                              "The file's content differs from the manifest's hash."}));
    } else {
      file.sum = *sum;
      files.push_back(std::move(file));
    }
  }
  if (!database) {
    faults.push_back(
        fault(database_name, "missing",
              {"Tệp kê khai không có cơ sở dữ liệu.", "The manifest names no database."}));
  }
  if (!faults.empty()) return damaged(std::move(faults));
  return files;
}

Result<BackupReport> restore_into(const fs::path& folder, const std::vector<ManifestFile>& files,
                                  const fs::path& home) {
  if (const Result<void> made = make_folder(home); !made) return made.error();
  std::error_code failed;
  fs::permissions(home, fs::perms::owner_all, failed);
  const Result<BlobStore> blobs = BlobStore::open(home / "attachments");
  if (!blobs) return blobs.error();
  BackupReport report;
  for (const ManifestFile& file : files) {
    if (file.path == database_name) {
      fs::copy_file(folder / file.path, home / file.path, failed);
      if (failed) return file_error(failed.value(), home / file.path);
      if (const Result<void> synced = sync_file(home / file.path); !synced) return synced.error();
    } else {
      const Result<StoredBlob> copied = copy_blob(folder / file.path, *blobs, file.sum.sha256);
      if (!copied) return copied.error();
    }
    ++report.files;
    report.bytes += file.sum.size;
  }
  if (const Result<void> synced = sync_folder(home); !synced) return synced.error();
  return report;
}

Result<BackupReport> back_up_into(Store& store, const fs::path& folder, Instant at) {
  const Result<BlobStore> blobs = BlobStore::open(folder / "attachments");
  if (!blobs) return blobs.error();
  // Looked at only: opening it would sweep the uploads that are under way.
  const BlobStore source = BlobStore::at(store.attachments_folder());

  std::vector<Sha256> named;
  const Result<void> copied = guarded([&]() -> Result<void> {
    Result<std::unique_ptr<Database>> target = Database::open(folder / database_name, {});
    if (!target) return target.error();
    copy_database(store.reads()->connection(), **target);
    named = attachments_named(**target, source);
    (*target)->execute("PRAGMA journal_mode=DELETE");  // One file, no log beside it.
    return {};
  });
  if (!copied) return copied.error();

  std::vector<ManifestFile> files;
  const Result<FileSum> database = sum_of(folder / database_name);
  if (!database) return database.error();
  files.push_back({database_name, *database});
  for (const Sha256& sha256 : named) {
    const Result<StoredBlob> blob = copy_blob(source.path_of(sha256), *blobs, sha256);
    if (!blob) return blob.error();
    files.push_back({attachment_path(sha256), {blob->sha256, blob->size}});
  }
  std::error_code ignored;
  fs::remove(folder / "attachments" / "tmp", ignored);
  if (const Result<void> synced = sync_file(folder / database_name); !synced) return synced.error();
  const Result<void> written = write_file(folder / manifest_name, to_json(files, at).dump(2));
  if (!written) return written.error();
  if (const Result<void> synced = sync_folder(folder); !synced) return synced.error();

  BackupReport report;
  for (const ManifestFile& file : files) {
    ++report.files;
    report.bytes += file.sum.size;
  }
  return report;
}

/// A folder half filled is worse than none: takes away what was begun.
void clear_folder(const fs::path& folder) {
  std::error_code ignored;
  for (const char* name : {manifest_name, database_name, "kyhan.db-wal", "kyhan.db-shm",
                           "kyhan.db-journal", "attachments"}) {
    fs::remove_all(folder / name, ignored);
  }
}

}  // namespace

Result<BackupReport> back_up(Store& store, const fs::path& folder, Instant at) {
  if (!empty_or_missing(folder)) return not_empty("folder-not-empty", folder);
  if (const Result<void> made = make_folder(folder); !made) return made.error();
  std::error_code ignored;
  fs::permissions(folder, fs::perms::owner_all, ignored);
  Result<BackupReport> report = back_up_into(store, folder, at);
  if (!report) clear_folder(folder);
  return report;
}

Result<BackupReport> restore(const fs::path& folder, const fs::path& home) {
  if (!empty_or_missing(home)) return not_empty("home-not-empty", home);
  const Result<std::vector<ManifestFile>> files = checked_files(folder);
  if (!files) return files.error();
  Result<BackupReport> report = restore_into(folder, *files, home);
  if (!report) clear_folder(home);
  return report;
}

}  // namespace kyhan
