#pragma once
/// libcurl, behind a few plain types: one thread that carries all requests at once. It connects
/// where it is told to and nowhere else; what may be asked and where is the door's to say.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "workflow/calls/network.hpp"
#include "workflow/core/uri.hpp"

namespace kyhan {

struct TransportLimits {
  std::size_t answer_bytes_max = 10u << 20;
  std::size_t header_bytes_max = 64u << 10;
  std::size_t transfers_max = 1024;  ///< At once; more wait for their turn.
};

/// One exchange of a request and its answer.
struct Exchange {
  std::string method;
  std::string url;
  TextPairs headers;
  std::optional<std::string> body;
  std::string digest_username, digest_password;  ///< Username empty: no digest.
  std::string host, port;                        ///< As in `url`.
  std::vector<IpAddress> addresses;              ///< The only ones it may connect to.
  bool by_proxy = false;                         ///< Then the proxy connects.
  std::chrono::steady_clock::time_point deadline;
};

struct ExchangeResult {
  enum class Failure { none, unreachable, timeout, too_large, tls } failure = Failure::none;
  std::string words;  ///< Of the library, when it failed: no part of request or answer.
  int status = 0;
  TextPairs headers;
  std::string body;
};

/// An address taken apart by the library that will connect to it.
struct UrlParts {
  std::string scheme, host, port;  ///< Lower case; the scheme's port where none is given.
  [[nodiscard]] bool same_origin(const UrlParts& other) const {
    return scheme == other.scheme && host == other.host && port == other.port;
  }
};
[[nodiscard]] std::optional<UrlParts> split_url(const std::string& url);
/// `location` as seen from `base`; nothing when it is no http or https address.
[[nodiscard]] std::optional<std::string> resolve_url(const std::string& base,
                                                     const std::string& location);

class Transport {
 public:
  Transport(TransportLimits limits, std::string proxy, std::string ca_file);
  ~Transport();  ///< stop(), if nobody has.
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  /// Ends the thread. What is under way is told nobody; what is posted from now on is dropped.
  void stop();

  /// Runs `work` on the transport's thread. Any thread.
  void post(std::function<void()> work);

  using Done = std::function<void(ExchangeResult)>;
  /// On the transport's thread only, as `done` is. The number is for abort().
  std::uint64_t send(Exchange exchange, Done done);
  /// On the transport's thread only; `done` will not be called.
  void abort(std::uint64_t number);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kyhan
