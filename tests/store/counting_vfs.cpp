#include "tests/store/counting_vfs.hpp"

#include <fstream>
#include <new>
#include <sqlite3.h>

namespace kyhan::test {
namespace {

/// SQLite allocates this and the real file behind it as one block.
struct ShimFile {
  sqlite3_file base;
  CountingVfs* owner;
  std::string* path;  ///< Null: a temporary file, not watched.
  [[nodiscard]] sqlite3_file* real() {
    return reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(this) + sizeof(ShimFile));
  }
};

ShimFile* shim(sqlite3_file* file) {
  return reinterpret_cast<ShimFile*>(file);
}
sqlite3_file* real(sqlite3_file* file) {
  return shim(file)->real();
}

int close_file(sqlite3_file* file) {
  const int code = real(file)->pMethods->xClose(real(file));
  delete shim(file)->path;
  return code;
}
int read_file(sqlite3_file* file, void* to, int size, sqlite3_int64 offset) {
  return real(file)->pMethods->xRead(real(file), to, size, offset);
}
int write_file(sqlite3_file* file, const void* from, int size, sqlite3_int64 offset) {
  ShimFile* const self = shim(file);
  if (self->path != nullptr) {
    if (const int failed = self->owner->count_operation()) return failed;
    self->owner->wrote(*self->path);
  }
  return real(file)->pMethods->xWrite(real(file), from, size, offset);
}
int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  if (shim(file)->path != nullptr) {
    if (const int failed = shim(file)->owner->count_operation()) return failed;
  }
  return real(file)->pMethods->xTruncate(real(file), size);
}
int sync_file(sqlite3_file* file, int flags) {
  ShimFile* const self = shim(file);
  if (self->path != nullptr) {
    if (self->owner->count_operation() != SQLITE_OK) return SQLITE_IOERR_FSYNC;
  }
  const int code = real(file)->pMethods->xSync(real(file), flags);
  if (code == SQLITE_OK && self->path != nullptr) self->owner->synced(*self->path);
  return code;
}
int file_size(sqlite3_file* file, sqlite3_int64* size) {
  return real(file)->pMethods->xFileSize(real(file), size);
}
int lock_file(sqlite3_file* file, int level) {
  return real(file)->pMethods->xLock(real(file), level);
}
int unlock_file(sqlite3_file* file, int level) {
  return real(file)->pMethods->xUnlock(real(file), level);
}
int check_lock(sqlite3_file* file, int* out) {
  return real(file)->pMethods->xCheckReservedLock(real(file), out);
}
int control(sqlite3_file* file, int operation, void* argument) {
  return real(file)->pMethods->xFileControl(real(file), operation, argument);
}
int sector_size(sqlite3_file* file) {
  return real(file)->pMethods->xSectorSize(real(file));
}
int characteristics(sqlite3_file* file) {
  return real(file)->pMethods->xDeviceCharacteristics(real(file));
}
int map_shared(sqlite3_file* file, int page, int size, int extend, void volatile** out) {
  return real(file)->pMethods->xShmMap(real(file), page, size, extend, out);
}
int lock_shared(sqlite3_file* file, int offset, int number, int flags) {
  return real(file)->pMethods->xShmLock(real(file), offset, number, flags);
}
void barrier(sqlite3_file* file) {
  real(file)->pMethods->xShmBarrier(real(file));
}
int unmap_shared(sqlite3_file* file, int remove) {
  return real(file)->pMethods->xShmUnmap(real(file), remove);
}

const sqlite3_io_methods methods{
    2,           close_file,  read_file,    write_file, truncate_file, sync_file,       file_size,
    lock_file,   unlock_file, check_lock,   control,    sector_size,   characteristics, map_shared,
    lock_shared, barrier,     unmap_shared, nullptr,    nullptr};

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

std::vector<char> content_of(const std::filesystem::path& path) {
  std::vector<char> bytes(std::filesystem::file_size(path));
  std::ifstream in{path, std::ios::binary};
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return bytes;
}

}  // namespace

struct CountingVfs::Shim {
  sqlite3_vfs vfs{};
  sqlite3_vfs* real = nullptr;
  CountingVfs* owner = nullptr;

  static Shim& of(sqlite3_vfs* vfs) { return *static_cast<Shim*>(vfs->pAppData); }

  static int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out) {
    Shim& self = of(vfs);
    ShimFile* const opened = new (file) ShimFile{};
    opened->owner = self.owner;
    const int code = self.real->xOpen(self.real, name, opened->real(), flags, out);
    if (code != SQLITE_OK) return code;
    opened->base.pMethods = &methods;
    if (name != nullptr && (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL)) != 0) {
      opened->path = new std::string{name};
      self.owner->opened(*opened->path);
    }
    return SQLITE_OK;
  }
  static int remove(sqlite3_vfs* vfs, const char* name, int sync) {
    of(vfs).owner->removed(name);
    return of(vfs).real->xDelete(of(vfs).real, name, sync);
  }
  static int access(sqlite3_vfs* vfs, const char* name, int flags, int* out) {
    return of(vfs).real->xAccess(of(vfs).real, name, flags, out);
  }
  static int full_path(sqlite3_vfs* vfs, const char* name, int size, char* out) {
    return of(vfs).real->xFullPathname(of(vfs).real, name, size, out);
  }
  static int randomness(sqlite3_vfs* vfs, int size, char* out) {
    return of(vfs).real->xRandomness(of(vfs).real, size, out);
  }
  static int sleep(sqlite3_vfs* vfs, int microseconds) {
    return of(vfs).real->xSleep(of(vfs).real, microseconds);
  }
  static int current_time(sqlite3_vfs* vfs, double* out) {
    return of(vfs).real->xCurrentTime(of(vfs).real, out);
  }
  static int last_error(sqlite3_vfs* vfs, int size, char* out) {
    return of(vfs).real->xGetLastError(of(vfs).real, size, out);
  }
};

CountingVfs::CountingVfs() : shim_(std::make_unique<Shim>()) {
  static int number = 0;
  name_ = "counting-" + std::to_string(++number);
  sqlite3_vfs* const standard = sqlite3_vfs_find(nullptr);
  shim_->real = standard;
  shim_->owner = this;
  sqlite3_vfs& vfs = shim_->vfs;
  vfs.iVersion = 1;
  vfs.szOsFile = static_cast<int>(sizeof(ShimFile)) + standard->szOsFile;
  vfs.mxPathname = standard->mxPathname;
  vfs.zName = name_.c_str();
  vfs.pAppData = shim_.get();
  vfs.xOpen = Shim::open;
  vfs.xDelete = Shim::remove;
  vfs.xAccess = Shim::access;
  vfs.xFullPathname = Shim::full_path;
  vfs.xRandomness = Shim::randomness;
  vfs.xSleep = Shim::sleep;
  vfs.xCurrentTime = Shim::current_time;
  vfs.xGetLastError = Shim::last_error;
  sqlite3_vfs_register(&vfs, 0);
}

CountingVfs::~CountingVfs() {
  sqlite3_vfs_unregister(&shim_->vfs);
}

void CountingVfs::fail_after(int n, Failure failure) {
  failing_from_ = operations_ + n;
  failure_ = failure;
}

int CountingVfs::count_operation() {
  ++operations_;
  if (failing_from_ < 0 || operations_ < failing_from_) return SQLITE_OK;
  return failure_ == Failure::full ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

void CountingVfs::wrote(const std::string& path) {
  if (ends_with(path, "-wal")) ++log_writes_unsynced_;
}

void CountingVfs::synced(const std::string& path) {
  images_[path].synced = content_of(path);
  if (!ends_with(path, "-wal")) return;
  ++log_syncs_;
  log_writes_unsynced_ = 0;
}

void CountingVfs::power_cut(const std::filesystem::path& home,
                            const std::filesystem::path& target) const {
  std::filesystem::create_directories(target);
  for (const auto& [path, image] : images_) {
    const std::filesystem::path file{path};
    if (file.parent_path() != home) continue;
    std::ofstream out{target / file.filename(), std::ios::binary};
    out.write(image.synced.data(), static_cast<std::streamsize>(image.synced.size()));
  }
}

}  // namespace kyhan::test
