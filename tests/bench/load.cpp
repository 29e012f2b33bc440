#include "tests/bench/load.hpp"

#include <algorithm>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>

#include "workflow/core/json.hpp"

namespace kyhan::bench {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using Tcp = asio::ip::tcp;
using SteadyClock = std::chrono::steady_clock;

double seconds_since(SteadyClock::time_point began) {
  return std::chrono::duration<double>(SteadyClock::now() - began).count();
}

std::string request(const std::string& method, const std::string& target, const std::string& more,
                    const std::string& body) {
  return method + " " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + more +
         (body.empty() ? "" : "Content-Type: application/json\r\n") +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

/// One connection; asks, and hands the answer on.
class Connection {
 public:
  Connection(asio::io_context& io, int port) : socket_(io) {
    socket_.connect({asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(port)});
    socket_.set_option(Tcp::no_delay{true});
  }
  virtual ~Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

 protected:
  void ask(std::string text) {
    text_ = std::move(text);
    asio::async_write(socket_, asio::buffer(text_), [this](auto error, std::size_t) {
      if (error) throw std::runtime_error("write: " + error.message());
      parser_.emplace();
      http::async_read(socket_, buffer_, *parser_, [this](auto fault, std::size_t) {
        if (fault) throw std::runtime_error("read: " + fault.message());
        answered(parser_->get().result_int(), parser_->get().body());
      });
    });
  }
  virtual void answered(unsigned status, const std::string& body) = 0;

 private:
  Tcp::socket socket_;
  std::string text_;
  boost::beast::flat_buffer buffer_;
  std::optional<http::response_parser<http::string_body>> parser_;
};

class Approver final : public Connection {
 public:
  Approver(asio::io_context& io, int port, const Desk& desk, SteadyClock::time_point until,
           LoadResult& result)
      : Connection(io, port), desk_(desk), until_(until), result_(result) {}

  void start_case() {
    if (SteadyClock::now() >= until_) return;
    completing_ = false;
    ask(request("POST", "/api/v1/instances", authorised(desk_.starter_token),
                R"({"definition":"approval","unit":")" + desk_.unit +
                    R"(","input":{"subject":"Cấp phát văn phòng phẩm","amount":12}})"));
  }

 private:
  static std::string authorised(const std::string& token) {
    return "Authorization: Bearer " + token + "\r\n";
  }
  void answered(unsigned status, const std::string& body) override {
    if (status / 100 != 2) {
      if (result_.refused++ == 0) result_.first_refusal = std::to_string(status) + " " + body;
      return start_case();
    }
    if (!completing_) return complete(Json::parse(body));
    result_.completion_ms.push_back(1000.0 * seconds_since(asked_));
    ++result_.completed;
    start_case();
  }
  void complete(const Json& started) {
    const Json& task = started.at("openTasks").at(0);
    completing_ = true;
    asked_ = SteadyClock::now();
    ask(request("POST", "/api/v1/tasks/" + task.at("id").get<std::string>() + ":complete",
                authorised(desk_.approver_token) +
                    "If-Match: " + task.at("etag").get<std::string>() + "\r\n",
                R"({"outcome":"approve"})"));
  }

  const Desk& desk_;
  SteadyClock::time_point until_;
  LoadResult& result_;
  bool completing_ = false;
  SteadyClock::time_point asked_;
};

class Asker final : public Connection {
 public:
  Asker(asio::io_context& io, int port, SteadyClock::time_point until, int& answers)
      : Connection(io, port), until_(until), answers_(answers) {}
  void next() {
    if (SteadyClock::now() < until_) ask(request("GET", "/healthz", "", ""));
  }

 private:
  void answered(unsigned, const std::string&) override {
    ++answers_;
    next();
  }
  SteadyClock::time_point until_;
  int& answers_;
};

SteadyClock::time_point after(double seconds) {
  return SteadyClock::now() + std::chrono::milliseconds{static_cast<int>(seconds * 1000)};
}

}  // namespace

double LoadResult::percentile(double part) const {
  if (completion_ms.empty()) return 0;
  const auto at = static_cast<std::size_t>(part * static_cast<double>(completion_ms.size()));
  return completion_ms[std::min(at, completion_ms.size() - 1)];
}

LoadResult approve(int port, const std::vector<Desk>& desks, int clients, double seconds) {
  LoadResult result;
  asio::io_context io{1};
  const auto until = after(seconds);
  std::vector<std::unique_ptr<Approver>> all;
  for (int i = 0; i < clients; ++i) {
    const Desk& desk = desks[static_cast<std::size_t>(i) % desks.size()];
    all.push_back(std::make_unique<Approver>(io, port, desk, until, result));
  }
  const auto began = SteadyClock::now();
  for (const auto& one : all) one->start_case();
  io.run();
  result.seconds = seconds_since(began);
  std::sort(result.completion_ms.begin(), result.completion_ms.end());
  return result;
}

double ask_health(int port, int clients, double seconds) {
  asio::io_context io{1};
  int answers = 0;
  const auto until = after(seconds);
  std::vector<std::unique_ptr<Asker>> all;
  for (int i = 0; i < clients; ++i) {
    all.push_back(std::make_unique<Asker>(io, port, until, answers));
  }
  const auto began = SteadyClock::now();
  for (const auto& one : all) one->next();
  io.run();
  return answers / seconds_since(began);
}

double wait_until_ready(int port, double seconds_max) {
  const auto began = SteadyClock::now();
  const std::string question = request("GET", "/readyz", "Connection: close\r\n", "");
  while (seconds_since(began) < seconds_max) {
    asio::io_context io{1};
    Tcp::socket socket{io};
    boost::system::error_code error;
    socket.connect({asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(port)}, error);
    if (!error) {
      asio::write(socket, asio::buffer(question), error);
      std::string answer(512, '\0');
      const std::size_t size = socket.read_some(asio::buffer(answer), error);
      if (answer.substr(0, size).find(" 200 ") != std::string::npos) {
        return 1000.0 * seconds_since(began);
      }
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  return -1;
}

}  // namespace kyhan::bench
