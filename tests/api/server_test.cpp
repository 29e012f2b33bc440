// The transport alone: what happens to bytes before and after any handler.

#include "api/server.hpp"

#include <catch2/catch.hpp>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "api/when_done.hpp"

#include "tests/support/http_client.hpp"
#include "tests/support/raw_connection.hpp"

namespace kyhan::test {
namespace {

/// Answers with what came in; "/slow" waits until release() was called.
class Echo final : public RequestHandler {
 public:
  asio::awaitable<Reply> handle(Request& request) override {
    Reply reply;
    if (request.target == "/slow") {
      std::function<void(std::function<void(int)>)> begin = [this](std::function<void(int)> done) {
        const std::lock_guard lock{mutex_};
        release_ = std::move(done);
        arrived_.notify_all();
      };
      reply.status = co_await when_done<int>(std::move(begin));
      co_return reply;
    }
    if (request.target == "/unread") co_return reply;
    reply.body = std::string{show(request.method)} + " " + request.target + " ";
    for (;;) {
      const Result<std::string> piece = co_await request.body->next();
      if (!piece || piece->empty()) break;
      reply.body += *piece;
    }
    co_return reply;
  }
  void stopping() override {}

  void wait_for_slow() {
    std::unique_lock lock{mutex_};
    arrived_.wait(lock, [this] { return release_ != nullptr; });
  }
  void release(int status) {
    const std::lock_guard lock{mutex_};
    const auto answer = std::exchange(release_, nullptr);
    answer(status);
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::function<void(int)> release_;
};

struct Running {
  explicit Running(ServerOptions options = {}) : server(with_free_port(std::move(options)), echo) {
    server.start();
  }
  static ServerOptions with_free_port(ServerOptions options) {
    options.port = 0;
    return options;
  }
  Echo echo;
  Server server;
};

TEST_CASE("several requests are answered on one connection", "[api][server]") {
  Running running;
  RawConnection raw{running.server.port()};
  raw.send("GET /one HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(raw.read_until("GET /one ").find("200 OK") != std::string::npos);
  raw.send("POST /two HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc");
  CHECK(raw.read_until("POST /two abc").find("POST /two abc") != std::string::npos);
}

TEST_CASE("a chunked body arrives whole", "[api][server]") {
  Running running;
  RawConnection raw{running.server.port()};
  raw.send(
      "POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  CHECK(raw.read_until("abcde").find("POST /c abcde") != std::string::npos);
}

TEST_CASE("a client that asks first is told to go on", "[api][server]") {
  Running running;
  RawConnection raw{running.server.port()};
  raw.send("POST /e HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  CHECK(raw.read_until("100 Continue").find("100 Continue") != std::string::npos);
  raw.send("ok");
  CHECK(raw.read_until("POST /e ok").find("200 OK") != std::string::npos);
}

TEST_CASE("what is no HTTP gets 400 and the connection ends", "[api][server]") {
  Running running;
  RawConnection raw{running.server.port()};
  raw.send("this is not a request\r\n\r\n");
  CHECK(raw.read_until("\r\n\r\n").find("400 Bad Request") != std::string::npos);
  CHECK(raw.read_to_end());
}

TEST_CASE("a header beyond its limit gets 431", "[api][server]") {
  Running running;
  RawConnection raw{running.server.port()};
  raw.send("GET / HTTP/1.1\r\nX-Large: " + std::string(20'000, 'a') + "\r\n\r\n");
  CHECK(raw.read_until("\r\n\r\n").find(" 431 ") != std::string::npos);
}

TEST_CASE("an answer reaches a client that is still sending a body nobody reads", "[api][server]") {
  Running running;
  RawConnection raw{running.server.port()};
  raw.send("POST /unread HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n");
  raw.send(std::string(1'000'000, 'a'));
  CHECK(raw.read_until("\r\n\r\n").find("200 OK") != std::string::npos);
}

TEST_CASE("a connection beyond the limit gets 503 and the others live on", "[api][server]") {
  ServerOptions options;
  options.connections_max = 1;
  Running running{options};
  RawConnection first{running.server.port()};
  first.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
  first.read_until("GET /a ");
  RawConnection second{running.server.port()};
  CHECK(second.read_until("\r\n\r\n").find(" 503 ") != std::string::npos);
  first.send("GET /b HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(first.read_until("GET /b ").find("GET /b ") != std::string::npos);
}

TEST_CASE("stopping ends idle connections at once and lets a begun request finish",
          "[api][server]") {
  Running running;
  RawConnection idle{running.server.port()};
  idle.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
  idle.read_until("GET /a ");
  RawConnection busy{running.server.port()};
  busy.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  running.echo.wait_for_slow();
  std::thread stopper{[&] { running.server.stop(std::chrono::seconds{20}); }};
  CHECK(idle.read_to_end());
  running.echo.release(207);
  CHECK(busy.read_until("\r\n\r\n").find(" 207 ") != std::string::npos);
  stopper.join();
}

TEST_CASE("a request that does not end is cut off when the grace is over", "[api][server]") {
  Running running;
  RawConnection busy{running.server.port()};
  busy.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  running.echo.wait_for_slow();
  running.server.stop(std::chrono::milliseconds{50});
  CHECK(running.server.open_connections() == 1);  // Its handler still waits for its answer...
  running.echo.release(200);                      // ...which may come after the server stopped.
}

}  // namespace
}  // namespace kyhan::test
