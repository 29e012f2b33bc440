#include "workflow/store/blob_store.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <fcntl.h>
#include <openssl/evp.h>
#include <optional>
#include <stdexcept>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

#include "workflow/store/files.hpp"

namespace kyhan {
namespace fs = std::filesystem;
namespace {

Error too_large(std::int64_t bytes_max) {
  const std::string most = std::to_string(bytes_max);
  return {ErrorCode::too_large,
          "attachment-too-large",
          {"Tệp vượt quá dung lượng cho phép là " + most + " byte.",
           "The file is larger than the " + most + " bytes allowed."}};
}

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};
using HashContext = std::unique_ptr<EVP_MD_CTX, FreeContext>;

HashContext begin_hash() {
  HashContext context{EVP_MD_CTX_new()};
  if (!context || EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("SHA-256 is not available");
  }
  return context;
}

Sha256 end_hash(const HashContext& context) {
  Sha256 hash{};
  EVP_DigestFinal_ex(context.get(), hash.data(), nullptr);
  return hash;
}

/// False: there is no such file.
bool mark_as_new(const fs::path& file) {
  return ::utimensat(AT_FDCWD, file.c_str(), nullptr, 0) == 0;
}

std::optional<std::chrono::seconds> modified_at(const fs::path& file) {
  struct stat found {};
  if (::stat(file.c_str(), &found) != 0) return std::nullopt;
  return std::chrono::seconds{found.st_mtim.tv_sec};
}

/// Names of temporary files only need to differ within this process: another one cannot be here.
std::string temporary_name() {
  static std::atomic<std::uint64_t> next{1};
  return "upload-" + std::to_string(next.fetch_add(1));
}

}  // namespace

struct BlobWriter::State {
  State(const BlobStore& owner, fs::path file, int number, std::int64_t most)
      : store(owner), path(std::move(file)), descriptor(number), bytes_max(most) {}
  ~State() {
    if (!moved) ::unlink(path.c_str());
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  BlobStore store;
  fs::path path;
  Descriptor descriptor;
  std::int64_t bytes_max;
  std::int64_t size = 0;
  HashContext hash = begin_hash();
  bool moved = false;
};

BlobWriter::BlobWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
BlobWriter::BlobWriter(BlobWriter&&) noexcept = default;
BlobWriter& BlobWriter::operator=(BlobWriter&&) noexcept = default;
BlobWriter::~BlobWriter() = default;

Result<void> BlobWriter::write(std::span<const char> bytes) {
  State& state = *state_;
  if (std::cmp_greater(bytes.size(), state.bytes_max - state.size)) {
    return too_large(state.bytes_max);
  }
  EVP_DigestUpdate(state.hash.get(), bytes.data(), bytes.size());
  state.size += static_cast<std::int64_t>(bytes.size());
  while (!bytes.empty()) {
    const ssize_t written = ::write(state.descriptor.number(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return file_error(errno, state.path);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

Result<StoredBlob> BlobWriter::finish() {
  State& state = *state_;
  const StoredBlob blob{end_hash(state.hash), state.size};
  const fs::path place = state.store.path_of(blob.sha256);
  const fs::path folder = place.parent_path();
  // Bytes that are there already are marked as wanted now, or a sweep might take them away before
  // a row names them; should it have done so, ours go into their place.
  bool there = mark_as_new(place);
  for (int attempt = 0; attempt < 2 && !state.moved; ++attempt) {
    if (!there) {
      if (::fsync(state.descriptor.number()) != 0) return file_error(errno, state.path);
      if (const Result<void> made = make_folder(folder); !made) return made.error();
      if (::rename(state.path.c_str(), place.c_str()) != 0) return file_error(errno, place);
      state.moved = true;
    }
    // Also when the bytes were there: another upload may have moved them and not come this far
    // yet. The file's entry, and those of the two folders above it, which may be new.
    for (const fs::path& level :
         {folder, folder.parent_path(), folder.parent_path().parent_path()}) {
      if (const Result<void> synced = sync_folder(level); !synced) return synced.error();
    }
    there = state.store.contains(blob.sha256);
    if (there) break;
  }
  return blob;
}

Result<BlobStore> BlobStore::open(fs::path folder) {
  BlobStore store{std::move(folder)};
  const fs::path temporary = store.folder_ / "tmp";
  std::error_code ignored;
  fs::remove_all(temporary, ignored);
  if (const Result<void> made = make_folder(temporary); !made) return made.error();
  fs::permissions(store.folder_, fs::perms::owner_all, ignored);
  return store;
}

Result<BlobWriter> BlobStore::begin(std::int64_t bytes_max) const {
  fs::path path = folder_ / "tmp" / temporary_name();
  const int number = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (number < 0) return file_error(errno, path);
  return BlobWriter{std::make_unique<BlobWriter::State>(*this, std::move(path), number, bytes_max)};
}

fs::path BlobStore::path_of(const Sha256& sha256) const {
  const std::string hex = to_hex(sha256);
  return folder_ / hex.substr(0, 2) / hex.substr(2, 2) / hex;
}

bool BlobStore::contains(const Sha256& sha256) const {
  std::error_code ignored;
  return fs::is_regular_file(path_of(sha256), ignored);
}

Result<bool> BlobStore::intact(const Sha256& sha256) const {
  const Result<FileSum> sum = sum_of(path_of(sha256));
  if (sum) return sum->sha256 == sha256;
  if (sum.error().code == ErrorCode::not_found) return false;
  return sum.error();
}

void BlobStore::remove(const Sha256& sha256) const noexcept {
  ::unlink(path_of(sha256).c_str());
}

std::uint64_t BlobStore::bytes_free() const {
  std::error_code failed;
  const fs::space_info space = fs::space(folder_, failed);
  return failed ? 0 : space.available;
}

Result<int> BlobStore::sweep(const std::function<bool(const Sha256&)>& named,
                             std::chrono::seconds grace) const {
  // The file system's own clock: what was finished before `grace` is older than this by it.
  const fs::path probe = folder_ / "tmp" / temporary_name();
  if (const Result<void> made = write_file(probe, ""); !made) return made.error();
  const auto now = modified_at(probe);
  ::unlink(probe.c_str());
  std::vector<std::pair<Sha256, fs::path>> orphans;
  const Result<void> looked = each([&](const Sha256& sha256, const fs::path& file) {
    const auto at = modified_at(file);
    if (now && at && *now - *at >= grace && !named(sha256)) orphans.emplace_back(sha256, file);
  });
  if (!looked) return looked.error();
  int removed = 0;
  for (const auto& [sha256, file] : orphans) {
    // Out of its place first: an upload that marks it meanwhile either does so before, and is
    // seen, or finds it gone and puts its own there.
    const fs::path aside = folder_ / "tmp" / temporary_name();
    if (::rename(file.c_str(), aside.c_str()) != 0) continue;
    const auto at = modified_at(aside);
    const bool wanted = !at || *now - *at < grace || named(sha256);
    if (wanted && ::rename(aside.c_str(), file.c_str()) == 0) continue;
    ::unlink(aside.c_str());
    ++removed;
  }
  return removed;
}

Result<void> BlobStore::each(
    const std::function<void(const Sha256&, const fs::path&)>& visit) const {
  std::error_code failed;
  std::vector<std::pair<Sha256, fs::path>> found;
  fs::recursive_directory_iterator file{folder_, failed};
  while (!failed && file != fs::recursive_directory_iterator{}) {
    const std::optional<Sha256> sha256 = sha256_from_hex(file->path().filename().string());
    if (sha256 && file->is_regular_file()) found.emplace_back(*sha256, file->path());
    file.increment(failed);
  }
  if (failed) return file_error(failed.value(), folder_);
  std::sort(found.begin(), found.end());
  for (const auto& [sha256, path] : found) visit(sha256, path);
  return {};
}

}  // namespace kyhan
