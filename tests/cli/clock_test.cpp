// The whole server under a clock of the machine that is set by hand: libfaketime stands between the
// two, so nobody's clock is touched. Needs the package `faketime`.

#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/http_client.hpp"

namespace kyhan::test {
namespace {

const std::string program = std::string{KYHAN_BINARY_DIR} + "/kyhan";
const std::string source = KYHAN_SOURCE_DIR;

std::string faketime_library() {
  for (const char* place : {"/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
                            "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
                            "/usr/lib/faketime/libfaketimeMT.so.1"}) {
    if (std::filesystem::exists(place)) return place;
  }
  return {};
}

/// `kyhan serve --demo` whose clock is the machine's plus what a file says.
class Shifted {
 public:
  Shifted() {
    std::string pattern = (std::filesystem::temp_directory_path() / "kyhan-clock-XXXXXX").string();
    home_ = ::mkdtemp(pattern.data());
    shift("+0");
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    child_ = ::fork();
    if (child_ == 0) {
      ::dup2(ends[1], STDOUT_FILENO);
      ::setenv("KYHAN_HOME", home_.c_str(), 1);
      ::setenv("KYHAN_LOG_LEVEL", "error", 1);
      ::setenv("LANG", "en_US.UTF-8", 1);
      ::unsetenv("KYHAN_AMQP_URL");
      ::setenv("LD_PRELOAD", faketime_library().c_str(), 1);
      ::setenv("FAKETIME_TIMESTAMP_FILE", file().c_str(), 1);
      ::setenv("FAKETIME_NO_CACHE", "1", 1);
      // Waits are spans, which no clock that is set may stretch.
      ::setenv("FAKETIME_DONT_FAKE_MONOTONIC", "1", 1);
      const std::string definitions = source + "/definitions";
      ::execl(program.c_str(), "kyhan", "serve", "--demo", "--port", "0", "--definitions",
              definitions.c_str(), nullptr);
      ::_exit(127);
    }
    ::close(ends[1]);
    output_ = ends[0];
    std::string text;
    for (char c = 0; text.find("runs at http://") == std::string::npos || text.back() != '\n';) {
      if (::read(output_, &c, 1) != 1) break;
      text += c;
    }
    REQUIRE(text.find("runs at http://") != std::string::npos);
  }
  ~Shifted() {
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
    ::close(output_);
    std::filesystem::remove_all(home_);
  }
  /// "+1d", "-1h": from the machine's own.
  void shift(const std::string& by) {
    const std::filesystem::path next = home_ / "shift.next";
    std::ofstream{next} << by << "\n";
    std::filesystem::rename(next, file());
  }
  HttpClient client() const {
    return HttpClient{"http://localhost", (home_ / "run" / "kyhan.sock").string()};
  }

 private:
  [[nodiscard]] std::filesystem::path file() const { return home_ / "shift"; }
  std::filesystem::path home_;
  pid_t child_ = 0;
  int output_ = -1;
};

/// Reminded half an hour before it is due in three hours, then each hour; escalated an hour after.
const Json definition = Json::parse(R"({
  "document": {"dsl": "1.0.3", "namespace": "test", "name": "hours", "version": "1.0.0"},
  "do": [{"answer": {"call": "humanTask:1.0.0@default", "with": {
    "title": "Answer",
    "assignment": {"mode": "claim", "candidates": [{"role": "head", "unit": "so-tai-chinh"}]},
    "due": {"in": "PT3H"},
    "reminders": [{"offset": {"in": "-PT30M"}, "to": ["assignee"]}],
    "escalation": [{"after": {"in": "PT1H"}, "action": "notify", "to": {"role": "head", "unit": "so-tai-chinh"}}]}}}]})");

TEST_CASE("the machine's clock set forward and back does nothing twice and loses nothing",
          "[cli][clock]") {
  INFO("needs the package faketime (ops/packages.test)");
  REQUIRE_FALSE(faketime_library().empty());
  Shifted server;
  HttpClient admin = server.client();
  const HttpAnswer published = admin.post("/api/v1/definitions", {{"document", definition.dump()}});
  INFO(published.body);
  REQUIRE(published.status == 201);
  const auto start = [&] {
    const HttpAnswer answer =
        admin.post("/api/v1/instances", {{"definition", "hours"}, {"unit", "so-tai-chinh"}});
    INFO(answer.body);
    REQUIRE(answer.status == 201);
    return answer.json()["id"].get<std::string>();
  };
  const std::string id = start();
  /// What the journal tells, once another command has made the engine look at the clock.
  const auto told = [&] {
    start();
    start();
    const Json history = admin.get("/api/v1/instances/" + id + "/history").json();
    std::string kinds;
    for (const Json& entry : history["items"]) kinds += entry["kind"].get<std::string>() + " ";
    return kinds;
  };
  const std::string begun = "instance_started task_opened ";
  CHECK(told() == begun);
  server.shift("+160m");
  CHECK(told() == begun + "task_reminded ");
  server.shift("+0");
  CHECK(told() == begun + "task_reminded ");
  server.shift("-1d");
  CHECK(told() == begun + "task_reminded ");
  server.shift("+165m");
  CHECK(told() == begun + "task_reminded ");
  server.shift("+1d");
  const std::string all = begun + "task_reminded task_overdue task_escalated ";
  CHECK(told() == all);
  server.shift("+0");
  CHECK(told() == all);
  server.shift("+1d");
  CHECK(told() == all);
  const Json verified = admin.post("/api/v1/maintenance:verify", Json::object()).json();
  CHECK(verified["findings"].empty());
}

}  // namespace
}  // namespace kyhan::test
