// The program itself, as a person or script runs it: exit codes, JSON, a server that ends on a
// signal. Needs the built `kyhan` beside this test.

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

struct Output {
  int exit = -1;
  std::string out;
};

const std::string program = std::string{KYHAN_BINARY_DIR} + "/kyhan";
const std::string source = KYHAN_SOURCE_DIR;

/// Runs through the shell with a home of its own; standard error goes nowhere.
Output run(const std::filesystem::path& home, const std::string& arguments) {
  const std::string line = "KYHAN_HOME='" + home.string() + "' KYHAN_AMQP_URL= LANG=en_US.UTF-8 '" +
                           program + "' " + arguments + " 2>/dev/null";
  Output output;
  FILE* pipe = ::popen(line.c_str(), "r");
  char bytes[4096];
  while (const std::size_t count = std::fread(bytes, 1, sizeof(bytes), pipe)) {
    output.out.append(bytes, count);
  }
  output.exit = WEXITSTATUS(::pclose(pipe));
  return output;
}

/// A home that goes with the test.
class Home {
 public:
  Home() {
    std::string pattern = (std::filesystem::temp_directory_path() / "kyhan-cli-XXXXXX").string();
    path = std::filesystem::path{::mkdtemp(pattern.data())};
  }
  ~Home() { std::filesystem::remove_all(path); }
  std::filesystem::path path;
};

/// `kyhan serve --demo` on a free port, with its first lines read.
class Served {
 public:
  explicit Served(const std::filesystem::path& home) {
    int pipe[2];
    REQUIRE(::pipe2(pipe, O_CLOEXEC) == 0);
    child_ = ::fork();
    if (child_ == 0) {
      ::dup2(pipe[1], STDOUT_FILENO);
      ::setenv("KYHAN_HOME", home.c_str(), 1);
      ::setenv("KYHAN_LOG_LEVEL", "error", 1);
      ::setenv("LANG", "en_US.UTF-8", 1);
      ::unsetenv("KYHAN_AMQP_URL");
      const std::string definitions = source + "/definitions";
      ::execl(program.c_str(), "kyhan", "serve", "--demo", "--port", "0", "--virtual-clock",
              "2027-01-04T01:00:00Z", "--definitions", definitions.c_str(), nullptr);
      ::_exit(127);
    }
    ::close(pipe[1]);
    char c = 0;
    while (text.find("runs at http://") == std::string::npos || text.back() != '\n') {
      if (::read(pipe[0], &c, 1) != 1) break;
      text += c;
    }
    output_ = pipe[0];
    const std::size_t at = text.find("http://");
    REQUIRE(at != std::string::npos);
    url = text.substr(at, text.find('\n', at) - at);
  }
  ~Served() {
    if (child_ > 0) stop(SIGKILL);
    ::close(output_);
  }
  int stop(int signal) {
    ::kill(child_, signal);
    int status = 0;
    ::waitpid(child_, &status, 0);
    child_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
  }
  std::string url;
  std::string text;

 private:
  pid_t child_ = 0;
  int output_ = -1;
};

const std::string reward = source + "/definitions/workflows/reward-nomination/workflow.json";

TEST_CASE("wrong usage is 2, help is 0", "[cli]") {
  const Home home;
  CHECK(run(home.path, "").exit == 2);
  CHECK(run(home.path, "dance").exit == 2);
  CHECK(run(home.path, "deploy").exit == 2);
  const Output help = run(home.path, "deploy --help");
  CHECK(help.exit == 0);
  CHECK(help.out.find("Publish definitions") != std::string::npos);
}

TEST_CASE("validate names the faults of a definition as JSON and ends with 5", "[cli]") {
  const Home home;
  const Output good = run(home.path, "validate --json '" + reward + "'");
  INFO(good.out);
  CHECK(good.exit == 0);
  CHECK(Json::parse(good.out)["valid"] == true);
  const std::filesystem::path bad = home.path / "bad.json";
  std::ofstream{bad} << R"({"document": {"dsl": "1.0.3", "namespace": "a", "name": "b",
                            "version": "1.0.0"}, "do": [{"x": {"dance": {}}}]})";
  const Output faulty = run(home.path, "validate --json '" + bad.string() + "'");
  CHECK(faulty.exit == 5);
  const Json report = Json::parse(faulty.out);
  CHECK(report["valid"] == false);
  REQUIRE(report["faults"].size() >= 1);
  for (const char* member : {"file", "pointer", "line", "column", "code", "message", "hint"}) {
    CHECK(report["faults"][0].contains(member));
  }
}

TEST_CASE("run plays a definition with the sub-workflows it is given", "[cli]") {
  const Home home;
  const auto write = [&home](const std::string& name, const std::string& text) {
    std::ofstream{home.path / name} << text;
    return "'" + (home.path / name).string() + "'";
  };
  const std::string head = "document: {dsl: '1.0.3', namespace: a, version: '1.0.0', name: ";
  const std::string main = write("main.yaml", head + R"(main}
do: [{sub: {run: {workflow: {namespace: a, name: sub, version: latest, input: {n: 2}}}}}]
)");
  const std::string sub = write("sub.yaml", head + "sub}\ndo: [{x: {set: '${ .n + 1 }'}}]\n");
  const Output played = run(home.path, "run " + main + " --with " + sub + " --json");
  CHECK(played.exit == 0);
  CHECK(Json::parse(played.out)["output"] == 3);
  const Output alone = run(home.path, "run " + main + " --json");
  CHECK(alone.exit == 3);
  CHECK(Json::parse(alone.out)["error"]["status"] == 400);
  const std::string bad = write("bad.yaml", head + "bad}\ndo: [{x: {set: {}}}]\n");
  const Output faulty = run(home.path, "run " + main + " --with " + sub + " --with " + bad + " --json");
  CHECK(faulty.exit == 5);
  CHECK(Json::parse(faulty.out)["faults"][0]["file"].get<std::string>().ends_with("bad.yaml"));

  const std::string answers = write("answers.json", R"([{"task": "x", "by": "an", "after": "-P1D"}])");
  CHECK(run(home.path, "run " + main + " --answers " + answers).exit == 5);
}

TEST_CASE("a deadline comes with its reasons", "[cli]") {
  const Home home;
  const Output due = run(home.path,
                         "calendar due --from 2026-08-31T09:00:00+07:00 "
                         "--due '{\"workingDays\": 5}' --json");
  CHECK(due.exit == 0);
  CHECK(Json::parse(due.out)["date"] == "2026-09-09");
  CHECK(run(home.path, "calendar due --from soon --due '{}'").exit == 2);
  CHECK(run(home.path, "calendar due --from 2026-08-31 --due '{\"x\": 1}'").exit == 5);
}

TEST_CASE("a faulty configuration is 5", "[cli]") {
  const Home home;
  CHECK(run(home.path, "config check --json").exit == 0);
  const std::filesystem::path file = home.path / "config.json";
  std::ofstream{file} << R"({"address": "0.0.0.0"})";
  CHECK(run(home.path, "config check --config '" + file.string() + "'").exit == 5);
}

TEST_CASE("a rehearsal needs no server, prints a table or JSON, and its exit codes are the usual ones",
          "[cli][rehearsal]") {
  const Home home;
  const std::string plan = "'" + source + "/definitions/workflows/training-plan/workflow.json'";
  const std::string period = " --from 2026-08-25 --to 2026-09-30 ";
  const std::string directory =
      "--directory '" + source + "/definitions/organisation/tinh-mau.json'";
  const Output played = run(home.path, "rehearse " + plan + period + directory + " --json");
  REQUIRE(played.exit == 0);
  const Json document = Json::parse(played.out);
  CHECK(document["totals"]["starts"] == 26);  // The departments, on 1 September moved to the 3rd.
  CHECK(document["starts"][0]["at"] == "2026-09-03T08:00:00+07:00");
  CHECK(document["collisions"][0]["kind"] == "start");
  CHECK(document["nobody"].empty());
  const Output table = run(home.path, "rehearse " + plan + period + directory + " --assume late:P3D");
  CHECK(table.exit == 0);
  CHECK(table.out.find("training-plan") != std::string::npos);
  CHECK(run(home.path, "rehearse " + plan).exit == 2);
  CHECK(run(home.path, "rehearse " + plan + " --from 2026-09-02 --to 2026-09-01").exit == 2);
  CHECK(run(home.path, "rehearse " + plan + " --from soon --to 2026-09-01").exit == 2);
  CHECK(run(home.path, "rehearse " + plan + period + "--assume never").exit == 2);
  CHECK(run(home.path, "rehearse " + plan + period + "--directory /nowhere.json").exit == 5);
  CHECK(run(home.path, "rehearse '" + source + "/README.md'" + period).exit == 5);
}

TEST_CASE("without a server commands open the database themselves", "[cli]") {
  const Home home;
  const std::string organisation = source + "/definitions/organisation/tinh-mau.json";
  const Output imported = run(home.path, "import organisation '" + organisation + "' --json");
  INFO(imported.out);
  REQUIRE(imported.exit == 0);
  CHECK(run(home.path, "deploy '" + reward + "' --json").exit == 0);
  CHECK(run(home.path, "start nothing --unit so-tai-chinh").exit == 1);
  const Output verified = run(home.path, "verify --json");
  CHECK(verified.exit == 0);
  CHECK(Json::parse(verified.out)["findings"].empty());

  const std::string backup = (home.path / "copy").string();
  CHECK(run(home.path, "backup '" + backup + "' --json").exit == 0);
  const Home other;
  std::filesystem::remove(other.path);
  CHECK(run(other.path, "restore '" + backup + "' --json").exit == 0);
  CHECK(run(other.path, "verify").exit == 0);
}

TEST_CASE("the organisation goes out as JSON or as CSV files and comes in again, equal", "[cli]") {
  const Home home;
  const std::string organisation = source + "/definitions/organisation/tinh-mau.json";
  REQUIRE(run(home.path, "import organisation '" + organisation + "'").exit == 0);
  const Output before = run(home.path, "export organisation");
  REQUIRE(before.exit == 0);
  const std::string folder = (home.path / "tables").string();
  REQUIRE(run(home.path, "export organisation --csv '" + folder + "'").exit == 0);
  REQUIRE(run(home.path, "import organisation '" + folder + "'").exit == 0);
  CHECK(run(home.path, "export organisation").out == before.out);

  std::ofstream(home.path / "tables" / "people.csv") << "id,name\nan\n";
  CHECK(run(home.path, "import organisation '" + folder + "'").exit == 5);
  CHECK(run(home.path, "hand-over no-such so-noi-vu --reason x").exit == 1);
}

TEST_CASE("a demonstration has accounts that work, and ends on SIGTERM within seconds",
          "[cli][serve]") {
  const Home home;
  Served served{home.path};
  std::ifstream file{home.path / "accounts.json"};
  const Json accounts = Json::parse(file);
  REQUIRE(accounts.size() >= 10);
  CHECK(served.text.find(accounts[0]["password"].get<std::string>()) != std::string::npos);
  const auto mode = std::filesystem::status(home.path / "accounts.json").permissions();
  CHECK((mode & std::filesystem::perms::mask) ==
        (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));

  HttpClient client{served.url};
  CHECK(client.sign_in(accounts[0]["account"], accounts[0]["password"]).status == 200);
  const Output deployed = run(home.path, "deploy '" + reward + "'");  // Through the socket.
  CHECK(deployed.exit == 0);
  CHECK(client.get("/api/v1/definitions").json()["items"].size() == 1);
  CHECK(client.get("/api/v1/clock").json()["now"] == "2027-01-04T01:00:00Z");

  CHECK(run(home.path, "serve --port 0").exit == 1);  // Two servers on one home.
  CHECK(served.stop(SIGTERM) == 0);
  CHECK_FALSE(std::filesystem::exists(home.path / "run" / "kyhan.sock"));
  CHECK(run(home.path, "serve --port 0").exit == 1);  // A demonstration's, without --demo.
}

TEST_CASE("a demonstration binds to loopback only", "[cli][serve]") {
  const Home home;
  CHECK(run(home.path, "serve --demo --address 0.0.0.0").exit != 0);
}

}  // namespace
}  // namespace kyhan::test
