#pragma once
/// A small HTTP client for tests, over libcurl: keeps cookies by hand, never follows redirects.

#include <map>
#include <string>
#include <vector>

#include "workflow/core/json.hpp"

namespace kyhan::test {

struct HttpAnswer {
  int status = 0;                              ///< 0: no answer.
  std::map<std::string, std::string> headers;  ///< Names in lower case.
  std::string body;
  [[nodiscard]] Json json() const { return Json::parse(body); }
  /// The slug of a problem; empty when the body is none.
  [[nodiscard]] std::string problem() const;
};

struct HttpAsk {
  std::string method = "GET";
  std::string path;
  std::string body;
  std::vector<std::string> headers;  ///< "Name: value"
};

class HttpClient {
 public:
  explicit HttpClient(std::string base, std::string unix_socket = {})
      : base_(std::move(base)), unix_socket_(std::move(unix_socket)) {}

  /// Adds our Origin to changes, the session's cookie when there is one, and JSON as the type.
  HttpAnswer get(const std::string& path);
  HttpAnswer post(const std::string& path, const Json& body, std::vector<std::string> headers = {});
  HttpAnswer put(const std::string& path, const Json& body, std::vector<std::string> headers = {});
  HttpAnswer remove(const std::string& path);
  /// Exactly what is asked, nothing added but the cookie.
  HttpAnswer ask(const HttpAsk& ask);

  /// Signs in and keeps the cookie.
  HttpAnswer sign_in(const std::string& account, const std::string& password);

  std::string cookie;  ///< "kyhan_session=..." or empty.
  std::string token;   ///< For Authorization: Bearer.

 private:
  std::string base_;
  std::string unix_socket_;
};

}  // namespace kyhan::test
