#include "workflow/store/files.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <openssl/evp.h>
#include <system_error>
#include <unistd.h>

namespace kyhan {
namespace fs = std::filesystem;

Error file_error(int code, const fs::path& path) {
  if (code == ENOSPC || code == EDQUOT) {
    return {
        ErrorCode::unavailable,
        "disk-full",
        {"Ổ đĩa của máy chủ đã đầy nên chưa lưu được tệp. Hãy thử lại khi quản trị viên đã giải "
         "phóng dung lượng.",
         "The server's disk is full, so the file was not saved. Try again once the "
         "administrator has made room."}};
  }
  const std::string cause = path.string() + ": " + std::strerror(code);
  return {ErrorCode::unavailable,
          "storage",
          {"Không lưu hoặc đọc được tệp " + cause + ".",
           "Cannot store or read the file " + cause + "."}};
}

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

Result<void> make_folder(const fs::path& folder) {
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed) return file_error(failed.value(), folder);
  return {};
}

Result<void> sync_folder(const fs::path& folder) {
  const Descriptor opened{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (opened.number() < 0 || ::fsync(opened.number()) != 0) return file_error(errno, folder);
  return {};
}

Result<void> sync_file(const fs::path& file) {
  const Descriptor opened{::open(file.c_str(), O_RDONLY | O_CLOEXEC)};
  if (opened.number() < 0 || ::fsync(opened.number()) != 0) return file_error(errno, file);
  return {};
}

Result<void> write_file(const fs::path& file, std::string_view bytes) {
  const Descriptor opened{::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)};
  if (opened.number() < 0) return file_error(errno, file);
  while (!bytes.empty()) {
    const ssize_t written = ::write(opened.number(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return file_error(errno, file);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(opened.number()) != 0) return file_error(errno, file);
  return {};
}

Result<FileSum> sum_of(const fs::path& file) {
  const Descriptor opened{::open(file.c_str(), O_RDONLY | O_CLOEXEC)};
  if (opened.number() < 0) {
    if (errno != ENOENT) return file_error(errno, file);
    return Error{
        ErrorCode::not_found,
        "no-file",
        {"Không có tệp " + file.string() + ".", "There is no file " + file.string() + "."}};
  }
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> hash{EVP_MD_CTX_new(),
                                                                     &EVP_MD_CTX_free};
  EVP_DigestInit_ex(hash.get(), EVP_sha256(), nullptr);
  FileSum sum;
  std::array<char, 1 << 16> buffer;
  for (;;) {
    const ssize_t size = ::read(opened.number(), buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return file_error(errno, file);
    if (size == 0) break;
    EVP_DigestUpdate(hash.get(), buffer.data(), static_cast<std::size_t>(size));
    sum.size += size;
  }
  EVP_DigestFinal_ex(hash.get(), sum.sha256.data(), nullptr);
  return sum;
}

}  // namespace kyhan
