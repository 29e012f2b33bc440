#pragma once
/// Requests and responses as handlers see them. Nothing in here knows Beast: the one file that does
/// is server.cpp, so a handler can be tested without a socket and compiles quickly.

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "workflow/core/result.hpp"
#include "workflow/core/uri.hpp"

namespace kyhan {

namespace asio = boost::asio;

enum class Method { get, head, post, put, patch, delete_, options, other };

/// "GET"; "?" for methods we do not know.
[[nodiscard]] std::string_view show(Method method);

/// Header fields in the order of arrival; names compare without case.
class Headers {
 public:
  void add(std::string name, std::string value);
  /// Replaces every field of that name.
  void set(std::string name, std::string value);
  /// First value, or empty.
  [[nodiscard]] std::string_view find(std::string_view name) const;
  [[nodiscard]] bool contains(std::string_view name) const;
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& all() const {
    return fields_;
  }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

/// Who is at the other end of the connection.
struct Peer {
  std::string address;       ///< Without port; empty on the Unix socket.
  bool loopback = false;     ///< 127.0.0.0/8 or ::1, as the socket sees it (never a proxy's word).
  bool unix_socket = false;  ///< Came through $KYHAN_HOME/run/kyhan.sock.
  bool tls = false;
};

/// The bytes a client is still sending. Used by one coroutine at a time, on the connection's
/// strand.
class RequestBody {
 public:
  virtual ~RequestBody() = default;
  /// The next piece (at most 64 KiB), empty at the end. Errors: `unavailable` "body-incomplete"
  /// when the client went away or was too slow.
  [[nodiscard]] virtual asio::awaitable<Result<std::string>> next() = 0;
  /// Content-Length in bytes; none for chunked bodies.
  [[nodiscard]] virtual std::optional<std::uint64_t> declared_size() const = 0;
};

struct Request {
  Method method = Method::other;
  std::string target;  ///< As sent: path and query.
  Headers headers;
  Peer peer;
  RequestBody* body = nullptr;  ///< Lives as long as the handler's coroutine; null: no body.
};

/// Bytes a response produces piece by piece. Owned by the connection while it writes.
class BodySource {
 public:
  virtual ~BodySource() = default;
  /// The next piece, empty at the end. Runs on the connection's strand.
  [[nodiscard]] virtual asio::awaitable<std::string> next() = 0;
};

struct Reply {
  int status = 200;
  Headers headers;
  std::string body;
  /// When set, `body` is ignored and the pieces are sent: with `stream_size` under Content-Length,
  /// without it chunked.
  std::unique_ptr<BodySource> stream;
  std::optional<std::uint64_t> stream_size;  ///< Bytes.
};

/// Answers requests; called on many connections' strands at once, so it must be thread-safe.
class RequestHandler {
 public:
  virtual ~RequestHandler() = default;
  /// Never fails: what goes wrong is a response too.
  [[nodiscard]] virtual asio::awaitable<Reply> handle(Request& request) = 0;
  /// The server is about to stop: endless streams are to end now. Any thread.
  virtual void stopping() = 0;
};

/// Percent-decoding of a path or (with `plus_is_space`) of a query; empty optional on bad escapes.
enum class Plus { literal, space };
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text, Plus plus);

}  // namespace kyhan
