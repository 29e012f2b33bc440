#pragma once
/// SQLite as objects, and the only header of it: connections, prepared statements, transactions.
///
/// Inside the store a failure of the database travels as `StorageFailure`; `guarded()` turns it
/// into a Result at the store's edge, so no caller above ever catches. A connection belongs to one
/// thread at a time.

#include <array>
#include <concepts>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "workflow/core/result.hpp"
#include "workflow/core/types.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace kyhan {

/// How a failing database leaves the place where it failed. Never seen above the store.
class StorageFailure : public std::runtime_error {
 public:
  StorageFailure(int code, Error error)
      : std::runtime_error(error.detail.en), code_(code), error_(std::move(error)) {}
  [[nodiscard]] int code() const { return code_; }  ///< SQLite's extended result code.
  [[nodiscard]] const Error& error() const { return error_; }

 private:
  int code_;
  Error error_;
};

/// The one translation of SQLite's result codes: SQLITE_FULL -> `unavailable` "disk-full";
/// I/O errors, corruption, a file that is no database -> `unavailable` "storage"; BUSY, LOCKED ->
/// `unavailable` "storage-busy"; a constraint -> `conflict` "constraint"; else `unavailable`
/// "storage".
[[nodiscard]] Error storage_error(int extended_code, const std::string& message);

template <class T>
struct AsResult {
  using type = Result<T>;
};
template <class T>
struct AsResult<Result<T>> {
  using type = Result<T>;
};

/// Runs `work` and gives what it returns (a Result as it is); a StorageFailure becomes the error.
template <class F>
auto guarded(F&& work) -> typename AsResult<std::invoke_result_t<F>>::type {
  try {
    if constexpr (std::is_void_v<std::invoke_result_t<F>>) {
      work();
      return {};
    } else {
      return work();
    }
  } catch (const StorageFailure& failure) { return failure.error(); }
}

class Database;

/// A prepared statement on loan from its connection's cache: the destructor resets it and hands it
/// back. Parameters count from 1, columns from 0, as in SQLite. Bound text is not copied: it must
/// outlive the last step.
class Statement {
 public:
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&& other) noexcept;
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement();

  void bind(int index, std::nullptr_t);
  void bind(int index, std::int64_t value);
  void bind(int index, int value) { bind(index, static_cast<std::int64_t>(value)); }
  void bind(int index, bool value) { bind(index, static_cast<std::int64_t>(value)); }
  void bind(int index, Instant value) { bind(index, value.time_since_epoch().count()); }
  void bind(int index, std::string_view value);
  void bind(int index, const std::string& value) { bind(index, std::string_view{value}); }
  void bind(int index, const char* value) { bind(index, std::string_view{value}); }
  void bind_blob(int index, std::span<const std::uint8_t> value);
  template <std::size_t N>
  void bind(int index, const std::array<std::uint8_t, N>& value) {
    bind_blob(index, value);
  }
  template <class Tag>
  void bind(int index, const Id<Tag>& value) {
    bind(index, std::string_view{value.text()});
  }
  template <class T>
  void bind(int index, const std::optional<T>& value) {
    if (value) {
      bind(index, *value);
    } else {
      bind(index, nullptr);
    }
  }
  /// Binds parameters 1, 2, 3 ... in order.
  template <class... Values>
  Statement& bind_all(const Values&... values) {
    int index = 0;
    (bind(++index, values), ...);
    return *this;
  }

  /// True: a row stands ready. False: done.
  bool step();
  /// Steps to the end and resets, ready for the next set of parameters.
  void run();
  void reset() noexcept;

  [[nodiscard]] bool is_null(int column) const;
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] bool flag(int column) const { return integer(column) != 0; }
  [[nodiscard]] Instant instant(int column) const { return Instant{Milliseconds{integer(column)}}; }
  [[nodiscard]] std::optional<Instant> optional_instant(int column) const;
  [[nodiscard]] std::string_view view(int column) const;  ///< Until the next step.
  [[nodiscard]] std::string text(int column) const { return std::string{view(column)}; }
  template <class Key>
  [[nodiscard]] Key id(int column) const {
    return Key{text(column)};
  }
  template <std::size_t N>
  [[nodiscard]] std::array<std::uint8_t, N> bytes(int column) const {
    std::array<std::uint8_t, N> out{};
    copy_blob(column, out);
    return out;
  }

 private:
  friend class Database;
  Statement(const Database& database, sqlite3_stmt* handle, std::vector<sqlite3_stmt*>& shelf)
      : database_(&database), handle_(handle), shelf_(&shelf) {}
  void copy_blob(int column, std::span<std::uint8_t> out) const;
  void give_back() noexcept;

  const Database* database_ = nullptr;
  sqlite3_stmt* handle_ = nullptr;
  std::vector<sqlite3_stmt*>* shelf_ = nullptr;  ///< Where it goes back to.
};

/// One connection.
class Database {
 public:
  enum class Access { write, read };
  struct Options {
    Access access = Access::write;
    std::string vfs;  ///< Empty: SQLite's own. Tests name theirs.
    Milliseconds busy_timeout{5000};
  };
  /// Opens (a writer creates) the file with WAL, synchronous=FULL, foreign keys on.
  [[nodiscard]] static Result<std::unique_ptr<Database>> open(const std::filesystem::path& file,
                                                              const Options& options);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// A statement for `sql`, from the cache when one is free.
  [[nodiscard]] Statement prepare(std::string_view sql);
  /// One or more statements without parameters or rows.
  void execute(const std::string& sql);
  [[nodiscard]] std::int64_t last_row() const;  ///< Row id of the last insert.
  [[nodiscard]] std::int64_t changes() const;   ///< Rows the last statement changed.
  [[nodiscard]] bool in_transaction() const;
  /// A checkpoint that empties the log; false when a reader holds it. Waits for nobody.
  [[nodiscard]] bool truncate_log();
  [[nodiscard]] sqlite3* handle() const { return handle_; }
  [[noreturn]] void fail(int code) const;  ///< Throws StorageFailure.

 private:
  friend class Statement;
  using Shelf = std::vector<sqlite3_stmt*>;  ///< Free statements of one text.
  explicit Database(sqlite3* handle);
  sqlite3* handle_;
  std::map<std::string, Shelf, std::less<>> shelves_;
};

/// BEGIN ... COMMIT. Leaving the scope without commit() rolls back. Finished is a state: a
/// transaction whose COMMIT failed has been rolled back, once.
class Transaction {
 public:
  explicit Transaction(Database& database);  ///< BEGIN IMMEDIATE.
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();  ///< After it the writes are on the disk. Throws StorageFailure, rolled back.
  void roll_back() noexcept;
  [[nodiscard]] bool finished() const { return finished_; }

 private:
  Database& database_;
  bool finished_ = false;
};

/// A part of a transaction that can be undone alone. One level is enough for us.
class Savepoint {
 public:
  explicit Savepoint(Database& database);
  ~Savepoint();  ///< Undoes, unless kept.
  Savepoint(const Savepoint&) = delete;
  Savepoint& operator=(const Savepoint&) = delete;
  void keep();
  void undo() noexcept;
  [[nodiscard]] bool finished() const { return finished_; }

 private:
  Database& database_;
  bool finished_ = false;
};

}  // namespace kyhan
