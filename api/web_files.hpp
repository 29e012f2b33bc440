#pragma once
/// The pages: files of a folder, with the headers that keep a browser safe.

#include <filesystem>
#include <string>
#include <string_view>

#include "api/http.hpp"

namespace kyhan {

/// Answers any GET outside the API. Files under `assets/` carry a hash in their name and may be
/// kept for ever; `index.html` is asked for anew each time and gets a fresh nonce in place of
/// `__CSP_NONCE__`; unknown paths without a dot are routes of the pages, hence `index.html` too.
/// A `.br` or `.gz` beside a file is sent where the client takes it.
class WebFiles {
 public:
  /// An empty or missing `root`: every path is 404.
  explicit WebFiles(std::filesystem::path root);

  /// `path` is decoded. Gives 404 with a short text when there is nothing.
  [[nodiscard]] Reply serve(std::string_view path, const Request& request) const;

 private:
  [[nodiscard]] Reply index(const Request& request) const;
  std::filesystem::path root_;
};

/// nosniff, Referrer-Policy, and with TLS HSTS: on every response.
void add_safety_headers(Headers& headers, bool tls);

}  // namespace kyhan
