#include "workflow/store/store.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "workflow/store/migrate.hpp"
#include "workflow/store/writer.hpp"

namespace kyhan {
namespace {

Error folder_error(const std::filesystem::path& folder, const std::string& cause) {
  return {ErrorCode::unavailable,
          "storage",
          {"Không dùng được thư mục " + folder.string() + ": " + cause + ".",
           "Cannot use the folder " + folder.string() + ": " + cause + "."}};
}

Error in_use(const std::filesystem::path& home, const std::string& holder) {
  const std::string pid = holder.empty() ? "?" : holder;
  return {ErrorCode::conflict,
          "home-in-use",
          {"Một tiến trình khác (pid " + pid + ") đang dùng " + home.string() +
               ". Mỗi thư mục chỉ phục vụ một máy chủ.",
           "Another process (pid " + pid + ") is using " + home.string() +
               ". A home serves one server only."}};
}

}  // namespace

Result<HomeLock> HomeLock::take(const std::filesystem::path& home) {
  const std::filesystem::path file = home / "kyhan.lock";
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return folder_error(home, std::strerror(errno));
  HomeLock lock{descriptor};
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    char text[32] = {};
    const ssize_t size = ::pread(descriptor, text, sizeof text - 1, 0);
    std::string holder{text, size > 0 ? static_cast<std::size_t>(size) : 0};
    while (!holder.empty() && holder.back() == '\n') holder.pop_back();
    return in_use(home, holder);
  }
  // The number only helps people; a disk too full to write it must not keep the server down.
  const std::string pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(descriptor, 0) == 0) {
    [[maybe_unused]] const ssize_t written = ::pwrite(descriptor, pid.data(), pid.size(), 0);
  }
  return lock;
}

HomeLock::HomeLock(HomeLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

HomeLock& HomeLock::operator=(HomeLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

HomeLock::~HomeLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

/// Connections that are free, and how many there may be.
struct Store::Readers {
  std::mutex mutex;
  std::condition_variable freed;
  std::vector<std::unique_ptr<Reads>> free;
  int made = 0;
  int most = 0;
  std::string vfs;
};

Store::Store(HomeLock lock, std::filesystem::path home)
    : lock_(std::move(lock)), home_(std::move(home)), readers_(std::make_unique<Readers>()) {}

Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::open(const StoreOptions& options) {
  std::error_code failed;
  if (std::filesystem::create_directories(options.home, failed)) {
    std::filesystem::permissions(options.home, std::filesystem::perms::owner_all, failed);
  }
  if (failed) return folder_error(options.home, failed.message());

  Result<HomeLock> lock = HomeLock::take(options.home);
  if (!lock) return lock.error();
  std::unique_ptr<Store> store{new Store{std::move(*lock), options.home}};

  Database::Options connection;
  connection.vfs = options.vfs;
  Result<std::unique_ptr<Database>> database = Database::open(store->database_file(), connection);
  if (!database) return database.error();
  ::chmod(store->database_file().c_str(), 0600);
  if (const Result<void> migrated = migrate(**database); !migrated) return migrated.error();
  store->writer_ = std::make_unique<StoreWriter>(std::move(*database));

  store->readers_->most = options.readers_max;
  store->readers_->vfs = options.vfs;
  Result<std::unique_ptr<Reads>> first = store->open_reader();
  if (!first) return first.error();
  store->readers_->free.push_back(std::move(*first));
  store->readers_->made = 1;
  return store;
}

Result<std::unique_ptr<Reads>> Store::open_reader() const {
  Database::Options options;
  options.access = Database::Access::read;
  options.vfs = readers_->vfs;
  Result<std::unique_ptr<Database>> database = Database::open(database_file(), options);
  if (!database) return database.error();
  return std::make_unique<Reads>(std::move(*database));
}

ReadLease Store::reads() {
  std::unique_lock lock{readers_->mutex};
  for (;;) {
    if (!readers_->free.empty()) {
      std::unique_ptr<Reads> reads = std::move(readers_->free.back());
      readers_->free.pop_back();
      return ReadLease{*this, std::move(reads)};
    }
    if (readers_->made < readers_->most) {
      if (Result<std::unique_ptr<Reads>> opened = open_reader()) {
        ++readers_->made;
        return ReadLease{*this, std::move(*opened)};
      }
      // No file descriptor left, say: one was opened at the start, so a wait for it ends.
    }
    readers_->freed.wait(lock);
  }
}

ReadLease::ReadLease(Store& store, std::unique_ptr<Reads> reads)
    : store_(&store), reads_(std::move(reads)) {}

ReadLease::ReadLease(ReadLease&& other) noexcept
    : store_(other.store_), reads_(std::move(other.reads_)) {}

ReadLease::~ReadLease() {
  if (!reads_) return;
  {
    const std::lock_guard lock{store_->readers_->mutex};
    store_->readers_->free.push_back(std::move(reads_));
  }
  store_->readers_->freed.notify_one();
}

}  // namespace kyhan
