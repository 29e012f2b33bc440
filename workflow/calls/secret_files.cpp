#include "workflow/calls/secret_files.hpp"

#include <algorithm>
#include <fstream>
#include <spdlog/spdlog.h>

#include "workflow/core/documents.hpp"

namespace kyhan {
namespace {

constexpr std::size_t name_bytes_max = 64;
constexpr std::chrono::seconds look_every{1};

bool is_name(const std::string& text) {
  return !text.empty() && text.size() <= name_bytes_max && text.front() != '.' &&
         std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_' || c == '.' || c == '-';
         });
}

Error faulty(Text detail) {
  return {ErrorCode::invalid, "secrets", std::move(detail)};
}

Error unreadable(const std::filesystem::path& path) {
  return faulty(
      {path.string() + ": không đọc được bí mật", path.string() + ": the secret cannot be read"});
}

Result<Json> read_secret(const std::filesystem::path& file) {
  std::ifstream stream{file, std::ios::binary};
  std::string text(secret_bytes_max + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (stream.bad() || (!stream.eof() && stream.fail())) return unreadable(file);
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (text.size() > secret_bytes_max || !to_nfc(text)) {
    return faulty({file.string() + ": bí mật phải là văn bản UTF-8, tối đa 64 KiB",
                   file.string() + ": a secret is UTF-8 text of at most 64 KiB"});
  }
  if (text.starts_with('{')) {
    if (Result<Json> object = parse_json(text)) return object;
  }
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  return Result<Json>{boost::system::in_place_value, std::move(text)};
}

}  // namespace

Result<Secrets> parse_secrets(const Json& file) {
  Secrets secrets;
  bool valid = file.is_object() && file.size() <= secrets_max;
  for (const auto& [name, value] :
       valid ? file.get_ref<const Json::object_t&>() : Json::object_t{}) {
    valid = valid && (value.is_string() || value.is_object() || value.is_number());
    secrets.values[name] = value;
  }
  if (!valid) {
    return faulty({"Tệp bí mật là một đối tượng JSON: tên → văn bản hoặc đối tượng.",
                   "A file of secrets is a JSON object: name to text or object."});
  }
  return secrets;
}

Result<Secrets> read_secrets_folder(const std::filesystem::path& folder) {
  Secrets secrets;
  std::error_code error;
  std::filesystem::directory_iterator files{folder, error};
  if (error) return unreadable(folder);
  for (const auto& entry : files) {
    const std::string name = entry.path().filename().string();
    if (!is_name(name) || !entry.is_regular_file(error)) continue;
    if (secrets.values.size() >= secrets_max) {
      return faulty(
          {folder.string() + ": quá nhiều bí mật", folder.string() + ": too many secrets"});
    }
    Result<Json> secret = read_secret(entry.path());
    if (!secret) return secret.error();
    secrets.values[name] = std::move(*secret);
  }
  return secrets;
}

SecretsFolder::SecretsFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}

std::shared_ptr<const Secrets> SecretsFolder::current() {
  const std::lock_guard lock{mutex_};
  const auto now = std::chrono::steady_clock::now();
  if (looked_at_ != decltype(looked_at_){} && now - looked_at_ < look_every) return secrets_;
  looked_at_ = now;
  std::string found = look();
  if (found == seen_) return secrets_;
  seen_ = std::move(found);
  Result<Secrets> read = read_secrets_folder(folder_);
  if (read) {
    secrets_ = std::make_shared<const Secrets>(std::move(*read));
    spdlog::info("secrets: {} in {}", secrets_->values.size(), folder_.string());
  } else {
    spdlog::error("secrets: {}", read.error().detail.en);
  }
  return secrets_;
}

std::string SecretsFolder::look() const {
  std::vector<std::string> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator{folder_, error}) {
    const auto time = entry.last_write_time(error).time_since_epoch().count();
    const auto size = entry.is_regular_file(error) ? entry.file_size(error) : 0;
    files.push_back(entry.path().filename().string() + " " + std::to_string(size) + " " +
                    std::to_string(time));
  }
  std::ranges::sort(files);
  std::string text = "folder";
  for (const std::string& file : files) text += "\n" + file;
  return text;
}

}  // namespace kyhan
