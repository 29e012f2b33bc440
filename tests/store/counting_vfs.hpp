#pragma once
// A disk that can be watched, filled up and cut off: a shim over SQLite's own VFS.

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace kyhan::test {

/// Registers a VFS under a name of its own for as long as it lives. Every file's content is
/// remembered as of its last sync: that is what a power cut leaves.
class CountingVfs {
 public:
  CountingVfs();
  ~CountingVfs();
  CountingVfs(const CountingVfs&) = delete;
  CountingVfs& operator=(const CountingVfs&) = delete;

  [[nodiscard]] const std::string& name() const { return name_; }

  [[nodiscard]] int log_syncs() const { return log_syncs_; }
  /// Writes to the write-ahead log since its last sync.
  [[nodiscard]] int log_writes_unsynced() const { return log_writes_unsynced_; }
  [[nodiscard]] int operations() const { return operations_; }  ///< Writes, truncates, syncs.

  enum class Failure { full, io };
  /// The n-th operation from now on (1: the next) and every later one fails, until heal().
  void fail_after(int n, Failure failure = Failure::full);
  void heal() { failing_from_ = -1; }

  /// Writes what a power cut at this moment would leave of the files of `home` into `target`.
  void power_cut(const std::filesystem::path& home, const std::filesystem::path& target) const;

  // For the shim's C functions.
  struct Image {
    std::vector<char> synced;
  };
  [[nodiscard]] int count_operation();  ///< SQLITE_OK, or how this one fails.
  void wrote(const std::string& path);
  void synced(const std::string& path);
  void removed(const std::string& path) { images_.erase(path); }
  void opened(const std::string& path) { images_.try_emplace(path); }

 private:
  struct Shim;
  std::string name_;
  std::unique_ptr<Shim> shim_;
  std::map<std::string, Image> images_;
  int log_syncs_ = 0;
  int log_writes_unsynced_ = 0;
  int operations_ = 0;
  int failing_from_ = -1;
  Failure failure_ = Failure::full;
};

}  // namespace kyhan::test
