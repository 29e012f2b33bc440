#pragma once
/// The home of a server: one folder, one database, one process. Opening takes the lock, migrates
/// the schema and makes the connections; everything that writes or reads starts from here.

#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "workflow/core/result.hpp"
#include "workflow/store/reads.hpp"
#include "workflow/store/sqlite.hpp"

namespace kyhan {

/// The right to be the only process on a home: `<home>/kyhan.lock`, held by flock, so it ends with
/// the process however that ends. The file's text is the holder's process id.
class HomeLock {
 public:
  /// Errors: `conflict` "home-in-use" (the detail names the process), `unavailable` "storage".
  [[nodiscard]] static Result<HomeLock> take(const std::filesystem::path& home);
  HomeLock(HomeLock&& other) noexcept;
  HomeLock& operator=(HomeLock&& other) noexcept;
  ~HomeLock();

 private:
  explicit HomeLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_ = -1;
};

struct StoreOptions {
  std::filesystem::path home;
  int readers_max = 8;  ///< Read connections; more readers wait for one.
  std::string vfs;      ///< Empty: SQLite's own. Tests name theirs.
};

class ReadLease;
struct StoreWriter;

class Store {
 public:
  /// Creates the home (mode 0700) where it is missing. Errors: those of HomeLock::take; `conflict`
  /// "database-newer" (made by a later version); `unavailable` "storage", "disk-full".
  [[nodiscard]] static Result<std::unique_ptr<Store>> open(const StoreOptions& options);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  /// The queries, on a read connection of one's own for as long as the lease lives (a fresh view of
  /// what is committed at each query). Waits while all are out. Any thread. Keep leases short:
  /// never across a co_await.
  [[nodiscard]] ReadLease reads();

  /// Everything out of the log into the database, and the log emptied. False: somebody reads from
  /// it at this moment. The writer's thread only.
  [[nodiscard]] Result<bool> truncate_log();

  [[nodiscard]] const std::filesystem::path& home() const { return home_; }
  [[nodiscard]] std::filesystem::path database_file() const { return home_ / "kyhan.db"; }
  [[nodiscard]] std::filesystem::path attachments_folder() const { return home_ / "attachments"; }

 private:
  friend class UnitOfWork;
  friend class ReadLease;
  struct Readers;
  Store(HomeLock lock, std::filesystem::path home);
  [[nodiscard]] Result<std::unique_ptr<Reads>> open_reader() const;

  HomeLock lock_;
  std::filesystem::path home_;
  std::unique_ptr<StoreWriter> writer_;
  std::unique_ptr<Readers> readers_;
};

/// A borrowed Reads: `store.reads()->find_task(id)`.
class ReadLease {
 public:
  ReadLease(ReadLease&& other) noexcept;
  ReadLease(const ReadLease&) = delete;
  ReadLease& operator=(const ReadLease&) = delete;
  ~ReadLease();
  Reads* operator->() const { return reads_.get(); }
  Reads& operator*() const { return *reads_; }

 private:
  friend class Store;
  ReadLease(Store& store, std::unique_ptr<Reads> reads);
  Store* store_;
  std::unique_ptr<Reads> reads_;
};

}  // namespace kyhan
