#include "api/web_files.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <optional>
#include <sodium.h>

namespace kyhan {
namespace {

struct MediaType {
  std::string_view extension;
  std::string_view type;
};
constexpr std::array media_types = {
    MediaType{".html", "text/html; charset=utf-8"},
    MediaType{".js", "text/javascript; charset=utf-8"},
    MediaType{".css", "text/css; charset=utf-8"},
    MediaType{".json", "application/json"},
    MediaType{".svg", "image/svg+xml"},
    MediaType{".png", "image/png"},
    MediaType{".ico", "image/x-icon"},
    MediaType{".webmanifest", "application/manifest+json"},
    MediaType{".woff2", "font/woff2"},
    MediaType{".txt", "text/plain; charset=utf-8"},
};
constexpr std::string_view nonce_place = "__CSP_NONCE__";

std::string_view media_type_of(const std::filesystem::path& file) {
  const std::string extension = file.extension().string();
  for (const MediaType& known : media_types) {
    if (known.extension == extension) return known.type;
  }
  return "application/octet-stream";
}

std::optional<std::string> read_file(const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error)) return std::nullopt;
  std::ifstream stream{file, std::ios::binary};
  if (!stream) return std::nullopt;
  return std::string{std::istreambuf_iterator<char>{stream}, {}};
}

/// A path that stays inside the root whatever the file system makes of it.
bool is_tame(std::string_view path) {
  return path.find("..") == std::string_view::npos && path.find('\\') == std::string_view::npos &&
         path.find('\0') == std::string_view::npos && path.find("//") == std::string_view::npos &&
         path.find("/.") == std::string_view::npos;
}

std::string fresh_nonce() {
  std::array<unsigned char, 16> bytes{};
  randombytes_buf(bytes.data(), bytes.size());
  std::array<char, sodium_base64_ENCODED_LEN(16, sodium_base64_VARIANT_ORIGINAL)> text{};
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(),
                    sodium_base64_VARIANT_ORIGINAL);
  return std::string{text.data()};
}

std::string content_security_policy(const std::string& nonce) {
  return "default-src 'self'; script-src 'self' 'nonce-" + nonce +
         "'; style-src 'self' 'nonce-" + nonce +
         "'; img-src 'self' data:; connect-src 'self'; "
         "frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'";
}

/// What pages load, by its ending. Anything else is the address of a page.
bool is_asset(std::string_view path) {
  static constexpr std::array<std::string_view, 12> endings{
      ".js",  ".css", ".map",   ".json",  ".svg", ".png",
      ".ico", ".txt", ".woff2", ".woff", ".html", ".webmanifest"};
  return path.starts_with("/assets/") ||
         std::ranges::any_of(endings, [path](std::string_view one) { return path.ends_with(one); });
}

Reply missing() {
  Reply response;
  response.status = 404;
  response.headers.set("Content-Type", "text/plain; charset=utf-8");
  response.headers.set("Cache-Control", "no-store");
  response.body = "Không tìm thấy trang.\nThere is no such page.\n";
  return response;
}

}  // namespace

WebFiles::WebFiles(std::filesystem::path root) : root_(std::move(root)) {}

Reply WebFiles::index(const Request& request) const {
  (void)request;
  std::optional<std::string> page = read_file(root_ / "index.html");
  if (!page) return missing();
  const std::string nonce = fresh_nonce();
  for (std::size_t at = page->find(nonce_place); at != std::string::npos;
       at = page->find(nonce_place, at + nonce.size())) {
    page->replace(at, nonce_place.size(), nonce);
  }
  Reply response;
  response.headers.set("Content-Type", "text/html; charset=utf-8");
  response.headers.set("Cache-Control", "no-cache");
  response.headers.set("Content-Security-Policy", content_security_policy(nonce));
  response.headers.set("X-Frame-Options", "DENY");
  response.body = std::move(*page);
  return response;
}

Reply WebFiles::serve(std::string_view path, const Request& request) const {
  if (root_.empty() || !path.starts_with('/') || !is_tame(path)) return missing();
  const std::filesystem::path relative{path.substr(1)};
  if (relative.empty() || relative == "index.html") return index(request);
  const std::filesystem::path file = root_ / relative;

  const std::string_view accepts = request.headers.find("Accept-Encoding");
  std::string_view encoding;
  std::optional<std::string> bytes;
  if (accepts.find("br") != std::string_view::npos && (bytes = read_file(file.string() + ".br"))) {
    encoding = "br";
  } else if (accepts.find("gzip") != std::string_view::npos &&
             (bytes = read_file(file.string() + ".gz"))) {
    encoding = "gzip";
  } else {
    bytes = read_file(file);
  }
  // Addresses of pages may hold dots (a task's id does); only what a page loads is really missing.
  if (!bytes) return is_asset(path) ? missing() : index(request);

  Reply response;
  response.headers.set("Content-Type", std::string{media_type_of(file)});
  response.headers.set("Vary", "Accept-Encoding");
  if (!encoding.empty()) response.headers.set("Content-Encoding", std::string{encoding});
  response.headers.set("Cache-Control", path.starts_with("/assets/")
                                            ? "public, max-age=31536000, immutable"
                                            : "no-cache");
  response.body = std::move(*bytes);
  return response;
}

void add_safety_headers(Headers& headers, bool tls) {
  headers.set("X-Content-Type-Options", "nosniff");
  headers.set("Referrer-Policy", "same-origin");
  headers.set("Cross-Origin-Opener-Policy", "same-origin");
  if (tls) headers.set("Strict-Transport-Security", "max-age=31536000");
  if (!headers.contains("Content-Security-Policy")) {
    // What is no page may load nothing, should a browser ever show it as one.
    headers.set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
  }
}

}  // namespace kyhan
