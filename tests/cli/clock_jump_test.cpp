// A server whose machine's clock jumps, end to end: libfaketime stands between the program and the
// clock, nobody sets the machine's own.

#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <set>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "workflow/store/sqlite.hpp"

namespace kyhan::test {
namespace {

namespace fs = std::filesystem;

const std::string program = std::string{KYHAN_BINARY_DIR} + "/kyhan";

const char* organisation = R"({
  "units": [{"id": "so-a", "name": "Sở A", "kind": "department"}],
  "people": [{"id": "an", "name": "An", "memberships": [{"unit": "so-a", "roles": ["specialist"]}]}]
})";

const char* reminded = R"(
document: {dsl: '1.0.3', namespace: test, name: reminded, version: '1.0.0', metadata: {start: {by: [{role: specialist, unit: own}]}}}
do:
  - work:
      call: humanTask:1.0.0@default
      with:
        title: Work
        assignment: {mode: claim, candidates: [{role: specialist, unit: own}]}
        due: {in: PT48H}
        reminders:
          - {offset: {in: -PT47H}, to: [assignee]}
          - {offset: {in: -PT24H}, to: [assignee], repeat: {every: {in: PT1H}, max: 3}}
)";

const char* poke = R"(
document: {dsl: '1.0.3', namespace: test, name: poke, version: '1.0.0', metadata: {start: {by: [{role: specialist, unit: own}]}}}
do: [{a: {set: {a: 1}}}]
)";

class ServerWithFalseClock {
 public:
  ServerWithFalseClock() {
    std::string pattern = (fs::temp_directory_path() / "kyhan-clock-XXXXXX").string();
    home_ = ::mkdtemp(pattern.data());
    set("2026-03-02 08:00:00");
    int pipe[2];
    REQUIRE(::pipe2(pipe, O_CLOEXEC) == 0);
    const pid_t parent = ::getpid();
    child_ = ::fork();
    if (child_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (::getppid() != parent) ::_exit(1);
      ::dup2(pipe[1], STDOUT_FILENO);
      ::setenv("LD_PRELOAD", "/usr/$LIB/faketime/libfaketimeMT.so.1", 1);
      ::setenv("FAKETIME_TIMESTAMP_FILE", (home_ / "clock").c_str(), 1);
      ::setenv("FAKETIME_NO_CACHE", "1", 1);
      ::setenv("FAKETIME_DONT_FAKE_MONOTONIC", "1", 1);
      ::setenv("DONT_FAKE_MONOTONIC", "1", 1);
      ::setenv("TZ", "UTC", 1);
      ::setenv("KYHAN_HOME", home_.c_str(), 1);
      ::setenv("LANG", "en_US.UTF-8", 1);
      ::setenv("KYHAN_LOG_LEVEL", "error", 1);
      ::unsetenv("KYHAN_AMQP_URL");
      ::execl(program.c_str(), "kyhan", "serve", "--port", "0", nullptr);
      ::_exit(127);
    }
    ::close(pipe[1]);
    std::string text;
    char c = 0;
    while (text.find("runs at http://") == std::string::npos && ::read(pipe[0], &c, 1) == 1)
      text += c;
    output_ = pipe[0];
    REQUIRE(text.find("runs at http://") != std::string::npos);
    write("organisation.json", organisation);
    write("reminded.yaml", reminded);
    write("poke.yaml", poke);
    command("import organisation " + (home_ / "organisation.json").string());
    command("deploy " + (home_ / "reminded.yaml").string() + " " + (home_ / "poke.yaml").string());
  }
  ~ServerWithFalseClock() {
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
    ::close(output_);
    std::error_code ignored;
    fs::remove_all(home_, ignored);
  }

  /// The machine's clock says this (UTC) from now on, and runs.
  void set(const std::string& time) {
    // Written aside and moved into place: the server reads it whenever it asks for the time.
    write("clock.new", "@" + time + "\n");
    fs::rename(home_ / "clock.new", home_ / "clock");
  }
  void command(const std::string& words) {
    const std::string line = "KYHAN_HOME='" + home_.string() + "' LANG=en_US.UTF-8 '" + program +
                             "' " + words + " >/dev/null 2>&1";
    INFO(words);
    REQUIRE(std::system(line.c_str()) == 0);
  }
  /// What has gone to the outbox as reminders, in order. Something that writes makes the engine
  /// look at its clock at once instead of within half a minute; a second one, that all of it is
  /// done.
  std::vector<std::string> reminders() {
    for (int i = 0; i < 2; ++i) command("start poke --unit so-a");
    const auto database =
        Database::open(home_ / "kyhan.db", {Database::Access::read, "", Milliseconds{5000}})
            .value();
    Statement row = database->prepare(
        "SELECT id FROM outbox WHERE routing_key LIKE 'reminder.sent.%' ORDER BY seq");
    std::vector<std::string> ids;
    while (row.step()) {
      const std::string id = row.text(0);
      ids.push_back(id.substr(id.find('/') + 1));
    }
    return ids;
  }

 private:
  void write(const std::string& name, const std::string& text) {
    std::ofstream{home_ / name} << text;
  }
  fs::path home_;
  pid_t child_ = 0;
  int output_ = -1;
};

using Ids = std::vector<std::string>;

TEST_CASE("a machine's clock that jumps forward and back sends nothing twice and loses nothing",
          "[cli][clock][bad-days]") {
  ServerWithFalseClock server;
  server.command("start reminded --unit so-a");
  CHECK(server.reminders().empty());
  // An hour ahead: the first reminder, which belongs there.
  server.set("2026-03-02 09:00:30");
  CHECK(server.reminders() == Ids{"0.0/an"});
  // An hour back, and through the same time once more.
  server.set("2026-03-02 08:00:30");
  CHECK(server.reminders() == Ids{"0.0/an"});
  server.set("2026-03-02 09:01:00");
  CHECK(server.reminders() == Ids{"0.0/an"});
  // A day and an hour ahead: what was missed comes once, its repetition goes on from there.
  server.set("2026-03-03 10:10:00");
  CHECK(server.reminders() == Ids{"0.0/an", "1.0/an"});
  // A day back: nothing of it comes again.
  server.set("2026-03-02 10:00:00");
  CHECK(server.reminders() == Ids{"0.0/an", "1.0/an"});
  server.set("2026-03-03 10:30:00");
  CHECK(server.reminders() == Ids{"0.0/an", "1.0/an"});
  // Right again: the repetitions that are left.
  server.set("2026-03-03 11:11:00");
  CHECK(server.reminders() == Ids{"0.0/an", "1.0/an", "1.1/an"});
  server.set("2026-03-03 12:12:00");
  CHECK(server.reminders() == Ids{"0.0/an", "1.0/an", "1.1/an", "1.2/an"});
  server.set("2026-03-03 20:00:00");
  CHECK(server.reminders().size() == 4);
}

}  // namespace
}  // namespace kyhan::test
