#pragma once
/// The HTTP/1.1 server: TCP (plain or TLS) and a Unix socket, one coroutine a connection.

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "api/http.hpp"

namespace kyhan {

struct TlsFiles {
  std::filesystem::path certificate;  ///< PEM chain.
  std::filesystem::path key;          ///< PEM.
};

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080;  ///< 0: any free one, see Server::port().
  std::optional<TlsFiles> tls;
  std::filesystem::path unix_socket;  ///< Empty: none.
  int threads = 2;
  std::size_t connections_max = 1024;  ///< Beyond it a connection gets 503 and is closed.
  std::size_t header_bytes_max = 16 * 1024;
  std::chrono::seconds keep_alive_timeout{75};  ///< Between two requests of a connection.
  std::chrono::seconds header_timeout{15};      ///< For the first request of a connection.
  std::chrono::seconds io_timeout{30};          ///< For each piece of a body, either way.
};

class Server {
 public:
  /// `handler` must outlive the server; the server must outlive the engine's thread, which posts
  /// answers to it even after stop().
  Server(ServerOptions options, RequestHandler& handler);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Binds and begins to serve. \throws std::runtime_error when an address cannot be bound or a
  /// certificate cannot be read.
  void start();

  /// Accepts no more, lets begun requests finish, ends idle connections and endless streams; what
  /// still runs after `grace` is cut off. Returns when every thread has ended. Safe to call twice.
  void stop(std::chrono::milliseconds grace = std::chrono::seconds{5});

  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] std::size_t open_connections() const;
  /// Where timers of the API live (the hub's pings).
  [[nodiscard]] asio::any_io_executor executor();

 private:
  struct Body;
  std::unique_ptr<Body> body_;
};

}  // namespace kyhan
