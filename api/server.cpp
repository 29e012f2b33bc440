// The only file that knows Beast. One coroutine a connection, on a strand of its own; in a co_await
// statement stand names, calls and std::move only, because g++ 12 destroys temporaries of other
// forms twice (docs/decisions/0009-coroutines.md).

#include "api/server.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/stream_traits.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <condition_variable>
#include <limits>
#include <mutex>
#include <set>
#include <spdlog/spdlog.h>
#include <stdexcept>
#include <sys/stat.h>
#include <thread>
#include <vector>

#include "api/problem.hpp"

namespace kyhan {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
using Tcp = asio::ip::tcp;
using Local = asio::local::stream_protocol;
using PlainStream = beast::basic_stream<Tcp, asio::any_io_executor>;
using LocalStream = beast::basic_stream<Local, asio::any_io_executor>;
using TlsStream = beast::ssl_stream<PlainStream>;
using ErrorCodeOf = boost::system::error_code;

constexpr auto token = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t piece_bytes_max = 64 * 1024;
/// What a client may still send after it was answered, before its connection is cut.
constexpr std::size_t linger_bytes_max = 4 * 1024 * 1024;

Method method_of(http::verb verb) {
  switch (verb) {
    case http::verb::get:
      return Method::get;
    case http::verb::head:
      return Method::head;
    case http::verb::post:
      return Method::post;
    case http::verb::put:
      return Method::put;
    case http::verb::patch:
      return Method::patch;
    case http::verb::delete_:
      return Method::delete_;
    case http::verb::options:
      return Method::options;
    default:
      return Method::other;
  }
}

/// The part of a connection that stop() needs, whatever its transport.
class Stoppable {
 public:
  virtual ~Stoppable() = default;
  virtual void stop_when_idle() = 0;  ///< Any thread.
  virtual void cut() = 0;             ///< Any thread.
};

/// All open connections: counts them, stops them, and lets stop() wait for the last.
class Connections {
 public:
  bool add(Stoppable* connection, std::size_t max) {
    const std::lock_guard lock{mutex_};
    if (stopping_ || open_.size() >= max) return false;
    open_.insert(connection);
    return true;
  }
  void remove(Stoppable* connection) {
    const std::lock_guard lock{mutex_};
    open_.erase(connection);
    if (open_.empty()) empty_.notify_all();
  }
  void stop_all() {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
    for (Stoppable* connection : open_) connection->stop_when_idle();
  }
  void cut_all() {
    const std::lock_guard lock{mutex_};
    for (Stoppable* connection : open_) connection->cut();
  }
  bool wait_until_empty(std::chrono::milliseconds limit) {
    std::unique_lock lock{mutex_};
    return empty_.wait_for(lock, limit, [this] { return open_.empty(); });
  }
  std::size_t count() {
    const std::lock_guard lock{mutex_};
    return open_.size();
  }

 private:
  std::mutex mutex_;
  std::condition_variable empty_;
  std::set<Stoppable*> open_;
  bool stopping_ = false;
};

template <class Stream>
class IncomingBody final : public RequestBody {
 public:
  using Parser = http::request_parser<http::buffer_body>;
  IncomingBody(Stream& stream, beast::flat_buffer& buffer, Parser& parser,
               std::chrono::seconds timeout)
      : stream_(stream), buffer_(buffer), parser_(parser), timeout_(timeout) {
    awaits_continue_ = beast::iequals(parser.get()[http::field::expect], "100-continue");
  }

  std::optional<std::uint64_t> declared_size() const override {
    if (const auto length = parser_.content_length()) return *length;
    return std::nullopt;
  }

  asio::awaitable<Result<std::string>> next() override {
    if (awaits_continue_) {
      awaits_continue_ = false;
      static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
      const asio::const_buffer bytes = asio::buffer(go_on);
      beast::get_lowest_layer(stream_).expires_after(timeout_);
      co_await asio::async_write(stream_, bytes, token);
    }
    while (!parser_.is_done()) {
      const std::uint64_t wanted = declared_size().value_or(piece_bytes_max);
      std::string piece(static_cast<std::size_t>(std::min<std::uint64_t>(
                            std::max<std::uint64_t>(wanted, 1), piece_bytes_max)),
                        '\0');
      parser_.get().body().data = piece.data();
      parser_.get().body().size = piece.size();
      beast::get_lowest_layer(stream_).expires_after(timeout_);
      auto [error, bytes] = co_await http::async_read(stream_, buffer_, parser_, token);
      if (error && error != http::error::need_buffer) {
        co_return Error{
            ErrorCode::unavailable,
            "body-incomplete",
            {"Nội dung yêu cầu bị ngắt giữa chừng.", "The body of the request broke off."}};
      }
      piece.resize(piece.size() - parser_.get().body().size);
      if (!piece.empty()) co_return piece;
    }
    co_return std::string{};
  }

 private:
  Stream& stream_;
  beast::flat_buffer& buffer_;
  Parser& parser_;
  std::chrono::seconds timeout_;
  bool awaits_continue_ = false;
};

template <class Stream>
class Connection final : public Stoppable, public std::enable_shared_from_this<Connection<Stream>> {
 public:
  Connection(Stream stream, Peer peer, const ServerOptions& options, RequestHandler& handler,
             Connections& connections)
      : stream_(std::move(stream)),
        peer_(std::move(peer)),
        options_(options),
        handler_(handler),
        connections_(connections) {}
  ~Connection() override {
    if (registered_) connections_.remove(this);
  }

  bool enter() {
    registered_ = connections_.add(this, options_.connections_max);
    return registered_;
  }

  void stop_when_idle() override {
    asio::post(stream_.get_executor(), [weak = this->weak_from_this()] {
      if (const auto self = weak.lock()) {
        self->stopping_ = true;
        if (self->idle_) beast::get_lowest_layer(self->stream_).cancel();
      }
    });
  }
  void cut() override {
    asio::post(stream_.get_executor(), [weak = this->weak_from_this()] {
      if (const auto self = weak.lock()) beast::get_lowest_layer(self->stream_).close();
    });
  }

  static asio::awaitable<void> run(std::shared_ptr<Connection> self) {
    try {
      co_await self->serve();
    } catch (const std::exception& fault) {
      spdlog::error("connection ended by a fault: {}", fault.what());
    }
  }
  static asio::awaitable<void> refuse(std::shared_ptr<Connection> self) {
    Reply busy = problem(Error{ErrorCode::unavailable,
                               "too-many-connections",
                               {"Máy chủ đang quá tải, vui lòng thử lại sau ít giây.",
                                "The server has too many connections; try again shortly."}},
                         Language::vi, "");
    if constexpr (!std::is_same_v<Stream, TlsStream>) {
      co_await self->write(busy, Method::get, 11, false);
    }
    self->close();
  }

 private:
  using Parser = http::request_parser<http::buffer_body>;

  asio::awaitable<void> serve() {
    if constexpr (std::is_same_v<Stream, TlsStream>) {
      stream_.next_layer().expires_after(options_.header_timeout);
      auto [error] = co_await stream_.async_handshake(asio::ssl::stream_base::server, token);
      if (error) co_return;
    }
    beast::flat_buffer buffer;
    bool first = true;
    bool open = true;
    while (open && !stopping_) {
      Parser parser;
      parser.header_limit(static_cast<std::uint32_t>(options_.header_bytes_max));
      parser.body_limit((std::numeric_limits<std::uint64_t>::max)());
      beast::get_lowest_layer(stream_).expires_after(first ? options_.header_timeout
                                                           : options_.keep_alive_timeout);
      first = false;
      idle_ = buffer.size() == 0;
      auto [error, bytes] = co_await http::async_read_header(stream_, buffer, parser, token);
      idle_ = false;
      if (error) {
        co_await refuse_header(error);
        break;
      }
      open = co_await answer(parser, buffer);
    }
    co_await close_slowly(buffer);
  }

  asio::awaitable<void> refuse_header(ErrorCodeOf error) {
    if (error.category() != http::make_error_code(http::error::bad_method).category() ||
        error == http::error::end_of_stream || error == http::error::partial_message) {
      co_return;  // The client went away or was silent too long: nobody to tell.
    }
    const bool large = error == http::error::header_limit || error == http::error::buffer_overflow;
    Error fault = bad_request(large ? "header-too-large" : "bad-request",
                              {"Yêu cầu HTTP không đọc được.", "The HTTP request is unreadable."});
    Reply response = problem(fault, Language::vi, "");
    co_await write(response, Method::get, 11, false);
  }

  /// \returns whether the connection may serve another request.
  asio::awaitable<bool> answer(Parser& parser, beast::flat_buffer& buffer) {
    const auto& message = parser.get();
    Request request;
    request.method = method_of(message.method());
    request.target = std::string{message.target()};
    request.peer = peer_;
    for (const auto& field : message) {
      request.headers.add(std::string{field.name_string()}, std::string{field.value()});
    }
    IncomingBody<Stream> body{stream_, buffer, parser, options_.io_timeout};
    request.body = &body;
    const unsigned version = message.version();
    const bool keep_alive = parser.keep_alive();

    Reply response = co_await handler_.handle(request);
    const bool stays = keep_alive && parser.is_done() && !stopping_;
    const bool written = co_await write(response, request.method, version, stays);
    co_return written&& stays;
  }

  /// \returns false when the client went away.
  asio::awaitable<bool> write(Reply& response, Method method, unsigned version, bool keep_alive) {
    const auto status = static_cast<http::status>(response.status);
    const bool bodiless = response.status == 204 || response.status == 304;
    beast::get_lowest_layer(stream_).expires_after(options_.io_timeout);
    if (response.stream && method != Method::head && !bodiless) {
      const bool sent = co_await write_stream(response, version, keep_alive);
      co_return sent;
    }
    if (method == Method::head || bodiless) {
      http::response<http::empty_body> message{status, version};
      for (const auto& [name, value] : response.headers.all()) message.insert(name, value);
      message.keep_alive(keep_alive);
      if (!bodiless) {
        if (!response.stream) {
          message.content_length(response.body.size());
        } else if (response.stream_size) {
          message.content_length(*response.stream_size);
        }
      }
      http::response_serializer<http::empty_body> serializer{message};
      auto [error, bytes] = co_await http::async_write_header(stream_, serializer, token);
      co_return !error;
    }
    http::response<http::string_body> message{status, version, std::move(response.body)};
    for (const auto& [name, value] : response.headers.all()) message.insert(name, value);
    message.keep_alive(keep_alive);
    message.prepare_payload();
    auto [error, bytes] = co_await http::async_write(stream_, message, token);
    co_return !error;
  }

  asio::awaitable<bool> write_stream(Reply& response, unsigned version, bool keep_alive) {
    http::response<http::empty_body> message{static_cast<http::status>(response.status), version};
    for (const auto& [name, value] : response.headers.all()) message.insert(name, value);
    const bool chunked = !response.stream_size && version >= 11;
    message.keep_alive(keep_alive && (chunked || response.stream_size));
    if (chunked) message.chunked(true);
    if (response.stream_size) message.content_length(*response.stream_size);
    http::response_serializer<http::empty_body> serializer{message};
    auto [error, bytes] = co_await http::async_write_header(stream_, serializer, token);
    if (error) co_return false;
    for (;;) {
      beast::get_lowest_layer(stream_).expires_never();
      const std::string piece = co_await response.stream->next();
      beast::get_lowest_layer(stream_).expires_after(options_.io_timeout);
      const asio::const_buffer data = asio::buffer(piece);
      if (piece.empty()) break;
      if (chunked) {
        const auto chunk = http::make_chunk(data);
        auto [fault, count] = co_await asio::async_write(stream_, chunk, token);
        if (fault) co_return false;
      } else {
        auto [fault, count] = co_await asio::async_write(stream_, data, token);
        if (fault) co_return false;
      }
    }
    if (chunked) {
      const auto last = http::make_chunk_last();
      auto [fault, count] = co_await asio::async_write(stream_, last, token);
      if (fault) co_return false;
    }
    co_return true;
  }

  /// A client that is still sending when the socket closes would lose our answer to a reset, so
  /// what it sends is read and thrown away for a moment.
  asio::awaitable<void> close_slowly(beast::flat_buffer& buffer) {
    ErrorCodeOf ignored;
    if constexpr (std::is_same_v<Stream, TlsStream>) {
      stream_.next_layer().expires_after(std::chrono::seconds{2});
      auto [error] = co_await stream_.async_shutdown(token);
      (void)error;
    }
    auto& lowest = beast::get_lowest_layer(stream_);
    lowest.socket().shutdown(asio::socket_base::shutdown_send, ignored);
    lowest.expires_after(std::chrono::seconds{2});
    buffer.clear();
    std::size_t thrown_away = 0;
    while (!ignored && !stopping_ && thrown_away < linger_bytes_max) {
      const auto space = buffer.prepare(piece_bytes_max);
      auto [error, bytes] = co_await lowest.async_read_some(space, token);
      if (error || bytes == 0) break;
      thrown_away += bytes;
    }
    close();
  }

  void close() { beast::get_lowest_layer(stream_).close(); }

  Stream stream_;
  Peer peer_;
  const ServerOptions& options_;
  RequestHandler& handler_;
  Connections& connections_;
  bool registered_ = false;
  bool idle_ = false;  // On the strand only, as is stopping_.
  bool stopping_ = false;
};

}  // namespace

struct Server::Body {
  Body(ServerOptions wanted, RequestHandler& handles)
      : options(std::move(wanted)),
        handler(handles),
        io(options.threads),
        tcp_acceptor(io),
        local_acceptor(io),
        work(io.get_executor()) {}

  ServerOptions options;
  RequestHandler& handler;
  // Before io: connections that were cut off are destroyed with it, and still use both.
  Connections connections;
  std::optional<asio::ssl::context> tls;
  asio::io_context io;
  Tcp::acceptor tcp_acceptor;
  Local::acceptor local_acceptor;
  // A handler that waits for the engine is no work that Asio knows of.
  asio::executor_work_guard<asio::io_context::executor_type> work;
  std::vector<std::thread> threads;
  std::uint16_t port = 0;
  bool started = false;
  std::mutex stop_mutex;

  template <class Stream>
  void admit(Stream stream, Peer peer, asio::any_io_executor strand) {
    auto connection = std::make_shared<Connection<Stream>>(std::move(stream), std::move(peer),
                                                           options, handler, connections);
    if (connection->enter()) {
      asio::co_spawn(strand, Connection<Stream>::run(std::move(connection)), asio::detached);
    } else {
      asio::co_spawn(strand, Connection<Stream>::refuse(std::move(connection)), asio::detached);
    }
  }

  /// Out of file descriptors or memory: pause instead of spinning.
  asio::awaitable<void> pause() {
    asio::steady_timer timer{io, std::chrono::milliseconds{100}};
    co_await timer.async_wait(token);
  }

  asio::awaitable<void> accept_tcp() {
    for (;;) {
      asio::any_io_executor strand = asio::make_strand(io);
      Tcp::socket socket{strand};
      auto [error] = co_await tcp_acceptor.async_accept(socket, token);
      if (error == asio::error::operation_aborted || !tcp_acceptor.is_open()) co_return;
      if (error) {
        co_await pause();
        continue;
      }
      ErrorCodeOf ignored;
      socket.set_option(Tcp::no_delay{true}, ignored);
      const Tcp::endpoint remote = socket.remote_endpoint(ignored);
      Peer peer{remote.address().to_string(), remote.address().is_loopback(), false,
                tls.has_value()};
      PlainStream plain{std::move(socket)};
      if (tls) {
        TlsStream secure{std::move(plain), *tls};
        admit(std::move(secure), std::move(peer), strand);
      } else {
        admit(std::move(plain), std::move(peer), strand);
      }
    }
  }

  asio::awaitable<void> accept_local() {
    for (;;) {
      asio::any_io_executor strand = asio::make_strand(io);
      Local::socket socket{strand};
      auto [error] = co_await local_acceptor.async_accept(socket, token);
      if (error == asio::error::operation_aborted || !local_acceptor.is_open()) co_return;
      if (error) {
        co_await pause();
        continue;
      }
      Peer peer{"", true, true, false};
      LocalStream stream{std::move(socket)};
      admit(std::move(stream), std::move(peer), strand);
    }
  }

  void listen_tcp() {
    const Tcp::endpoint endpoint{asio::ip::make_address(options.address), options.port};
    tcp_acceptor.open(endpoint.protocol());
    tcp_acceptor.set_option(asio::socket_base::reuse_address{true});
    tcp_acceptor.bind(endpoint);
    tcp_acceptor.listen(asio::socket_base::max_listen_connections);
    port = tcp_acceptor.local_endpoint().port();
    asio::co_spawn(io, accept_tcp(), asio::detached);
  }

  void listen_local() {
    // The caller holds the lock on the database, so a socket that lies here is a dead server's.
    std::filesystem::remove(options.unix_socket);
    local_acceptor.open();
    const mode_t before = ::umask(0177);
    ErrorCodeOf error;
    local_acceptor.bind(Local::endpoint{options.unix_socket.string()}, error);
    ::umask(before);
    if (error) throw std::runtime_error(options.unix_socket.string() + ": " + error.message());
    local_acceptor.listen();
    asio::co_spawn(io, accept_local(), asio::detached);
  }
};

Server::Server(ServerOptions options, RequestHandler& handler)
    : body_(std::make_unique<Body>(std::move(options), handler)) {}

Server::~Server() {
  stop();
}

void Server::start() {
  Body& body = *body_;
  try {
    if (body.options.tls) {
      body.tls.emplace(asio::ssl::context::tls_server);
      body.tls->set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 |
                            asio::ssl::context::no_tlsv1_1);
      body.tls->use_certificate_chain_file(body.options.tls->certificate.string());
      body.tls->use_private_key_file(body.options.tls->key.string(), asio::ssl::context::pem);
    }
    body.listen_tcp();
    if (!body.options.unix_socket.empty()) body.listen_local();
  } catch (const boost::system::system_error& fault) {
    throw std::runtime_error(body.options.address + ":" + std::to_string(body.options.port) + ": " +
                             fault.code().message());
  }
  body.started = true;
  for (int i = 0; i < body.options.threads; ++i) {
    body.threads.emplace_back([&body] { body.io.run(); });
  }
}

void Server::stop(std::chrono::milliseconds grace) {
  Body& body = *body_;
  const std::lock_guard lock{body.stop_mutex};
  if (!body.started) return;
  body.started = false;
  asio::post(body.io, [&body] {
    ErrorCodeOf ignored;
    body.tcp_acceptor.close(ignored);
    body.local_acceptor.close(ignored);
  });
  body.handler.stopping();
  body.connections.stop_all();
  if (!body.connections.wait_until_empty(grace)) {
    spdlog::warn("cutting off {} connections that did not end in time", body.connections.count());
    body.connections.cut_all();
    body.connections.wait_until_empty(std::chrono::seconds{1});
  }
  body.io.stop();
  for (std::thread& thread : body.threads) thread.join();
  body.threads.clear();
  if (!body.options.unix_socket.empty()) {
    std::error_code ignored;
    std::filesystem::remove(body.options.unix_socket, ignored);
  }
}

std::uint16_t Server::port() const {
  return body_->port;
}
std::size_t Server::open_connections() const {
  return body_->connections.count();
}
asio::any_io_executor Server::executor() {
  return body_->io.get_executor();
}

}  // namespace kyhan
