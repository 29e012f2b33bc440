#pragma once
/// Another system, for tests: an HTTP server on a loopback port that answers as a test tells it to.

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace kyhan::test {

struct StubRequest {
  std::string method;
  std::string target;                          ///< "/v2/pet?status=sold"
  std::map<std::string, std::string> headers;  ///< Names in lower case.
  std::string body;
  [[nodiscard]] std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string{} : found->second;
  }
  [[nodiscard]] std::string path() const { return target.substr(0, target.find('?')); }
};

struct StubAnswer {
  int status = 200;
  std::string body;
  std::string type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers = {};
  bool silent = false;  ///< Never answers; the connection stays open.
  int after_ms = 0;     ///< Answers that late.
};

/// Certificate and key in PEM, made for the test: signed by themselves, for 127.0.0.1 and localhost.
struct StubCertificate {
  std::string certificate, key;
};
[[nodiscard]] StubCertificate make_certificate(const std::string& name = "localhost");

class StubServer {
 public:
  using Handler = std::function<StubAnswer(const StubRequest&)>;
  /// `handler` is called on the server's thread. With a certificate it speaks TLS.
  explicit StubServer(Handler handler, std::optional<StubCertificate> certificate = {});
  ~StubServer();
  StubServer(const StubServer&) = delete;
  StubServer& operator=(const StubServer&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] std::string url(const std::string& host = "127.0.0.1") const;
  /// All requests so far, in order of arrival.
  [[nodiscard]] std::vector<StubRequest> requests() const;
  /// Waits until `count` requests have arrived; false after half a minute.
  [[nodiscard]] bool wait_for_requests(std::size_t count) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// The services that the language's conformance scenarios call: pets by status and id, with their
/// Swagger document, and basic authentication.
[[nodiscard]] StubAnswer pets_and_logins(const StubRequest& request);

}  // namespace kyhan::test
