#include "workflow/store/sqlite.hpp"

#include <cstring>
#include <sqlite3.h>
#include <utility>

namespace kyhan {

Error storage_error(int extended_code, const std::string& message) {
  const std::string cause = " (" + message + ", SQLite " + std::to_string(extended_code) + ")";
  // The log's index is the one file whose growth fails with a code of its own.
  const bool full = extended_code == SQLITE_IOERR_SHMSIZE;
  switch (full ? SQLITE_FULL : extended_code & 0xff) {
    case SQLITE_FULL:
      return {
          ErrorCode::unavailable,
          "disk-full",
          {"Ổ đĩa của máy chủ đã đầy nên chưa lưu được gì. Hãy thử lại khi quản trị viên đã giải "
           "phóng dung lượng.",
           "The server's disk is full, so nothing was saved. Try again once the administrator "
           "has made room."}};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {ErrorCode::unavailable,
              "storage-busy",
              {"Cơ sở dữ liệu đang bận, chưa lưu được gì. Hãy thử lại.",
               "The database is busy, nothing was saved. Try again."}};
    case SQLITE_CONSTRAINT:
      return {ErrorCode::conflict,
              "constraint",
              {"Dữ liệu trùng hoặc trái với ràng buộc của cơ sở dữ liệu" + cause + ".",
               "The data is there already or breaks a rule of the database" + cause + "."}};
    default:
      return {ErrorCode::unavailable,
              "storage",
              {"Cơ sở dữ liệu gặp lỗi, chưa lưu được gì" + cause + ".",
               "The database failed, nothing was saved" + cause + "."}};
  }
}

Statement::Statement(Statement&& other) noexcept
    : database_(other.database_),
      handle_(std::exchange(other.handle_, nullptr)),
      shelf_(other.shelf_) {}

Statement& Statement::operator=(Statement&& other) noexcept {
  if (this == &other) return *this;
  give_back();
  database_ = other.database_;
  handle_ = std::exchange(other.handle_, nullptr);
  shelf_ = other.shelf_;
  return *this;
}

Statement::~Statement() {
  give_back();
}

void Statement::give_back() noexcept {
  if (handle_ == nullptr) return;
  sqlite3_reset(handle_);
  try {
    shelf_->push_back(handle_);
  } catch (const std::bad_alloc&) { sqlite3_finalize(handle_); }
  handle_ = nullptr;
}

void Statement::bind(int index, std::nullptr_t) {
  if (const int code = sqlite3_bind_null(handle_, index)) database_->fail(code);
}

void Statement::bind(int index, std::int64_t value) {
  if (const int code = sqlite3_bind_int64(handle_, index, value)) database_->fail(code);
}

void Statement::bind(int index, std::string_view value) {
  // A null pointer would bind NULL: the empty view of no text is the empty text.
  const char* text = value.data() == nullptr ? "" : value.data();
  if (const int code =
          sqlite3_bind_text64(handle_, index, text, value.size(), SQLITE_STATIC, SQLITE_UTF8)) {
    database_->fail(code);
  }
}

void Statement::bind_blob(int index, std::span<const std::uint8_t> value) {
  if (const int code =
          sqlite3_bind_blob64(handle_, index, value.data(), value.size(), SQLITE_STATIC)) {
    database_->fail(code);
  }
}

bool Statement::step() {
  const int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  sqlite3_reset(handle_);
  database_->fail(sqlite3_extended_errcode(database_->handle()));
}

void Statement::run() {
  while (step()) {}
  sqlite3_reset(handle_);
}

void Statement::reset() noexcept {
  sqlite3_reset(handle_);
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(handle_, column) == SQLITE_NULL;
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(handle_, column);
}

std::optional<Instant> Statement::optional_instant(int column) const {
  if (is_null(column)) return std::nullopt;
  return instant(column);
}

std::string_view Statement::view(int column) const {
  const unsigned char* text = sqlite3_column_text(handle_, column);
  if (text == nullptr) return {};
  return {reinterpret_cast<const char*>(text),
          static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
}

void Statement::copy_blob(int column, std::span<std::uint8_t> out) const {
  const void* bytes = sqlite3_column_blob(handle_, column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_, column));
  if (bytes != nullptr) std::memcpy(out.data(), bytes, std::min(size, out.size()));
}

Database::Database(sqlite3* handle) : handle_(handle) {}

Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& file,
                                                 const Options& options) {
  const bool writes = options.access == Access::write;
  const int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                    (writes ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READWRITE);
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(file.c_str(), &handle, flags,
                                   options.vfs.empty() ? nullptr : options.vfs.c_str());
  if (code != SQLITE_OK) {
    Error error = storage_error(code, handle ? sqlite3_errmsg(handle) : sqlite3_errstr(code));
    sqlite3_close_v2(handle);
    return error;
  }
  std::unique_ptr<Database> database{new Database{handle}};
  sqlite3_busy_timeout(handle, static_cast<int>(options.busy_timeout.count()));
  const Result<void> set = guarded([&] {
    database->execute("PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY;");
    if (writes) {
      // The log may grow to 16 MiB before a commit moves it into the database: fewer pauses. The cache
      // (64 MB, taken as it is needed) holds the indexes of a hundred thousand open instances.
      database->execute(
          "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4000; "
          "PRAGMA journal_size_limit=67108864; PRAGMA cache_size=-64000;");
    } else {
      // Not opened read-only: a reader of the log must be able to recover it.
      database->execute("PRAGMA query_only=ON; PRAGMA cache_size=-2000;");
    }
  });
  if (!set) return set.error();
  return database;
}

Database::~Database() {
  for (auto& [sql, shelf] : shelves_) {
    for (sqlite3_stmt* statement : shelf) sqlite3_finalize(statement);
  }
  sqlite3_close_v2(handle_);
}

Statement Database::prepare(std::string_view sql) {
  auto found = shelves_.find(sql);
  if (found == shelves_.end()) found = shelves_.emplace(std::string{sql}, Shelf{}).first;
  Shelf& shelf = found->second;
  if (!shelf.empty()) {
    sqlite3_stmt* statement = shelf.back();
    shelf.pop_back();
    return Statement{*this, statement, shelf};
  }
  sqlite3_stmt* statement = nullptr;
  if (const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                                          SQLITE_PREPARE_PERSISTENT, &statement, nullptr)) {
    fail(code);
  }
  return Statement{*this, statement, shelf};
}

void Database::execute(const std::string& sql) {
  if (const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr)) fail(code);
}

std::int64_t Database::last_row() const {
  return sqlite3_last_insert_rowid(handle_);
}
std::int64_t Database::changes() const {
  return sqlite3_changes64(handle_);
}
bool Database::truncate_log() {
  sqlite3_busy_timeout(handle_, 0);
  const int code = sqlite3_wal_checkpoint_v2(handle_, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr,
                                             nullptr);
  sqlite3_busy_timeout(handle_, static_cast<int>(Options{}.busy_timeout.count()));
  if (code != SQLITE_OK && code != SQLITE_BUSY && code != SQLITE_LOCKED) fail(code);
  return code == SQLITE_OK;
}

bool Database::in_transaction() const {
  return sqlite3_get_autocommit(handle_) == 0;
}

void Database::fail(int code) const {
  throw StorageFailure{code, storage_error(code, sqlite3_errmsg(handle_))};
}

Transaction::Transaction(Database& database) : database_(database) {
  database_.prepare("BEGIN IMMEDIATE").run();
}

Transaction::~Transaction() {
  roll_back();
}

void Transaction::commit() {
  if (finished_) throw std::logic_error("a finished transaction cannot be committed");
  try {
    database_.prepare("COMMIT").run();
    finished_ = true;
  } catch (const StorageFailure&) {
    roll_back();
    throw;
  }
}

void Transaction::roll_back() noexcept {
  if (std::exchange(finished_, true)) return;
  // A full disk or an I/O error has ended the transaction already: nothing is left to undo.
  if (!database_.in_transaction()) return;
  try {
    database_.prepare("ROLLBACK").run();
  } catch (const StorageFailure&) {
    // The connection has given the transaction up; what is on the disk is the last commit.
  }
}

Savepoint::Savepoint(Database& database) : database_(database) {
  database_.prepare("SAVEPOINT command").run();
}

Savepoint::~Savepoint() {
  undo();
}

void Savepoint::keep() {
  if (std::exchange(finished_, true)) throw std::logic_error("a finished savepoint cannot be kept");
  database_.prepare("RELEASE command").run();
}

void Savepoint::undo() noexcept {
  if (std::exchange(finished_, true)) return;
  if (!database_.in_transaction()) return;
  try {
    database_.prepare("ROLLBACK TO command").run();
    database_.prepare("RELEASE command").run();
  } catch (const StorageFailure&) {
    // As in Transaction::roll_back.
  }
}

}  // namespace kyhan
