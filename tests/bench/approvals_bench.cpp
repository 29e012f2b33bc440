// The whole server under load: `kyhan serve`, a real RabbitMQ node with a durable quorum queue
// bound to everything, and 64 clients that start and approve cases. Twice: with 100 and with
// 100,000 instances that wait. At the end the queue must hold exactly what the journal names.

#include <atomic>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <semaphore>
#include <set>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "messaging/rabbit.hpp"
#include "workflow/engine/engine.hpp"
#include "workflow/store/sqlite.hpp"
#include "workflow/store/store.hpp"
#include "workflow/store/unit_of_work.hpp"

#include "tests/bench/load.hpp"
#include "tests/bench/row.hpp"
#include "tests/messaging/test_queue.hpp"
#include "tests/support/rabbit_node.hpp"

namespace kyhan::bench {
namespace {

namespace fs = std::filesystem;

constexpr int units = 8;
constexpr int clients = 64;
constexpr const char* queue = "bench";

StoreOptions at_home(const std::filesystem::path& home) {
  StoreOptions options;
  options.home = home;
  return options;
}

std::string approval_definition() {
  return R"(
document:
  dsl: '1.0.3'
  namespace: bench
  name: approval
  version: '1.0.0'
  metadata: {start: {by: [{role: specialist, unit: own}]}}
do:
  - approve:
      call: humanTask:1.0.0@default
      with:
        title: {vi: Duyệt, en: Approve}
        assignment: {mode: claim, candidates: [{role: head, unit: own}]}
        outcomes: [{id: approve}, {id: reject, requires: [comment]}]
        due: {in: P5D}
        reminders: [{offset: {in: -P2D}, to: [assignee]}]
  - look:
      switch:
        - yes: {when: "${ .outcome == \"approve\" }", then: record}
        - no: {then: close}
  - record:
      set: "${ {approved: true, by: .by} }"
  - close:
      set: "${ . + {closed: true} }"
  - tell:
      emit:
        event:
          with:
            source: https://example.vn/bench
            type: vn.example.case.decided
            data: "${ {approved: .approved} }"
)";
}

Json organisation() {
  Json document = {{"units", {{{"id", "tinh"}, {"name", "Tỉnh"}, {"kind", "province"}}}},
                   {"people", Json::array()}};
  for (int i = 0; i < units; ++i) {
    const std::string unit = "so-" + std::to_string(i);
    document["units"].push_back({{"id", unit},
                                 {"name", "Sở " + std::to_string(i)},
                                 {"kind", "department"},
                                 {"parent", "tinh"}});
    for (const char* role : {"specialist", "head"}) {
      document["people"].push_back({{"id", std::string{role} + std::to_string(i)},
                                    {"name", "Nguyễn Văn " + std::to_string(i)},
                                    {"memberships", {{{"unit", unit}, {"roles", {role}}}}}});
    }
  }
  return document;
}

/// A home with organisation and definition, and so many instances that wait for their approval.
class Home {
 public:
  explicit Home(int waiting)
      : path_(fs::temp_directory_path() /
              ("kyhan-bench-" + std::to_string(::getpid()) + "-" + std::to_string(waiting))) {
    const auto store = Store::open(at_home(path_)).value();
    EngineConfig config;
    config.clock = std::make_shared<SystemClock>();
    const auto engine = Engine::open(*store, config).value();
    (void)engine->import_organisation(organisation(), PersonId{}).value();
    const PublishedReport report =
        engine->publish_definition(approval_definition(), PersonId{}, false).value();
    if (!report.published) {
      throw std::runtime_error(report.faults.empty() ? "not published"
                                                     : report.faults.front().message.en);
    }
    start_waiting(*engine, waiting);
    // Told before the measured time: the load begins with an empty outbox.
    (void)engine
        ->write([](UnitOfWork& work) -> Result<Json> {
          work.stage_sent_up_to(std::numeric_limits<std::int64_t>::max(), Instant{});
          return Result<Json>{boost::system::in_place_value, nullptr};
        })
        .value();
  }
  ~Home() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Home(const Home&) = delete;
  Home& operator=(const Home&) = delete;
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  static void start_waiting(Engine& engine, int count) {
    constexpr int at_once = 1024;
    std::counting_semaphore<at_once> free{at_once};
    std::atomic<int> failed = 0;
    for (int i = 0; i < count; ++i) {
      free.acquire();
      StartRequest request;
      request.definition = "approval";
      request.unit = UnitId{"so-" + std::to_string(i % units)};
      request.by_administrator = true;
      request.input = {{"subject", "Cấp phát văn phòng phẩm"}, {"amount", i}};
      engine.start(request, [&](const Result<Receipt>& started) {
        if (!started) ++failed;
        free.release();
      });
    }
    for (int i = 0; i < at_once; ++i) free.acquire();
    if (failed > 0) throw std::runtime_error("some waiting instances did not start");
  }
  fs::path path_;
};

/// `kyhan serve` as its own process, ended with the object.
class Serving {
 public:
  Serving(const fs::path& program, const fs::path& home, const std::string& amqp_url)
      : port_(test::free_port()) {
    std::vector<std::string> words = {
        program, "serve", "--home", home, "--port", std::to_string(port_), "--log-level", "warn"};
    if (!amqp_url.empty()) words.insert(words.end(), {"--amqp-url", amqp_url});
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const pid_t parent = ::getpid();
    process_ = ::fork();
    if (process_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (::getppid() != parent) ::_exit(1);
      const int nothing = ::open("/dev/null", O_RDWR);
      ::dup2(nothing, 1);
      ::execv(arguments[0], arguments.data());
      ::_exit(127);
    }
    ready_ms_ = wait_until_ready(port_, 60);
    if (ready_ms_ < 0) throw std::runtime_error("the server did not become ready");
  }
  ~Serving() { stop(); }
  Serving(const Serving&) = delete;
  Serving& operator=(const Serving&) = delete;

  void stop() {
    if (process_ <= 0) return;
    ::kill(process_, SIGTERM);
    ::waitpid(process_, nullptr, 0);
    process_ = 0;
  }
  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] double ready_ms() const { return ready_ms_; }
  /// Resident, in MB.
  [[nodiscard]] double memory() const {
    std::ifstream status{"/proc/" + std::to_string(process_) + "/status"};
    for (std::string line; std::getline(status, line);) {
      if (line.starts_with("VmRSS:")) return std::stod(line.substr(6)) / 1024.0;
    }
    return 0;
  }

 private:
  int port_;
  pid_t process_ = 0;
  double ready_ms_ = 0;
};

/// What `kyhan user token` prints.
std::string make_token(const fs::path& program, const fs::path& home, const std::string& person) {
  const std::string command = program.string() + " user token bench-" + person + " --person " +
                              person + " --home " + home.string();
  FILE* out = ::popen(command.c_str(), "r");
  char line[512] = {};
  const bool read = out != nullptr && std::fgets(line, sizeof line, out) != nullptr;
  if (out == nullptr || ::pclose(out) != 0 || !read) throw std::runtime_error(command + " failed");
  std::string token{line};
  while (!token.empty() && token.back() == '\n') token.pop_back();
  return token;
}

std::vector<Desk> make_desks(const fs::path& program, const fs::path& home) {
  std::vector<Desk> desks;
  for (int i = 0; i < units; ++i) {
    const std::string number_ = std::to_string(i);
    desks.push_back({"so-" + number_, make_token(program, home, "specialist" + number_),
                     make_token(program, home, "head" + number_)});
  }
  return desks;
}

std::int64_t journal_end(const fs::path& home) {
  const auto database = Database::open(home / "kyhan.db", {}).value();
  Statement row = database->prepare("SELECT coalesce(max(position), 0) FROM journal");
  row.step();
  return row.integer(0);
}

/// What the journal says was told: how often each kind of event, by instance.
using Told = std::map<std::string, int>;

Told told_by_journal(const fs::path& home, std::int64_t after) {
  static const std::map<std::string, std::string, std::less<>> kinds = {
      {"instance_started", "vn.kyhan.instance.started.v1"},
      {"task_opened", "vn.kyhan.task.created.v1"},
      {"task_completed", "vn.kyhan.task.completed.v1"},
      {"instance_completed", "vn.kyhan.instance.completed.v1"}};
  const auto database = Database::open(home / "kyhan.db", {}).value();
  Statement row = database->prepare(
      "SELECT i.id, j.type, j.body FROM journal j JOIN instances i ON i.key = j.instance "
      "WHERE j.position > ?");
  row.bind_all(after);
  Told told;
  while (row.step()) {
    const std::string type = row.text(1);
    if (const auto kind = kinds.find(type); kind != kinds.end()) {
      ++told[row.text(0) + " " + kind->second];
    } else if (type == "step_ran" && row.text(2).find("/do/4/tell") != std::string::npos) {
      ++told[row.text(0) + " vn.example.case.decided"];
    }
  }
  return told;
}

struct Arrived {
  Told told;
  std::size_t repeated = 0;
};

Arrived take_all(const RabbitEndpoint& endpoint, std::size_t expected) {
  Arrived arrived;
  std::set<std::string> seen;
  for (const test::Received& one : test::take_messages(endpoint, queue, expected)) {
    if (!seen.insert(one.id).second) {
      ++arrived.repeated;
      continue;
    }
    const Json event = Json::parse(one.body);
    const Json data = event.value("data", Json::object());
    const std::string instance =
        event.value("instance", data.is_object() ? data.value("instance", "") : "");
    ++arrived.told[instance + " " + event.value("type", "")];
  }
  return arrived;
}

/// Messages a second that one publisher gets confirmed, of the size of ours.
double confirmed_per_second(const RabbitEndpoint& endpoint, int count) {
  RabbitPublisher publisher{endpoint};
  const std::string body = Json{{"data", std::string(400, 'x')}}.dump();
  const auto began = std::chrono::steady_clock::now();
  for (int sent = 0; sent < count;) {
    std::vector<OutboxMessage> batch;
    for (int i = 0; i < 500; ++i, ++sent) {
      batch.push_back({sent + 1, "raw.limit", "raw-" + std::to_string(sent), body});
    }
    if (publisher.publish(batch).fault) throw std::runtime_error("the broker refused");
  }
  return count / std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

struct Outcome {
  LoadResult load;
  double ready_ms = 0;
  double memory_mb = 0;
  double health_per_second = 0;
  std::string events;  ///< Whether they are all there, and how many an approval.
};

Outcome play(const fs::path& program, const RabbitEndpoint& endpoint, const std::string& url,
             const Home& home, double seconds) {
  Outcome outcome;
  const std::int64_t before = journal_end(home.path());
  Serving server{program, home.path(), url};
  outcome.ready_ms = server.ready_ms();
  outcome.memory_mb = server.memory();
  const std::vector<Desk> desks = make_desks(program, home.path());
  (void)approve(server.port(), desks, clients, 1);  // Warm.
  outcome.health_per_second = ask_health(server.port(), clients, 1);
  outcome.load = approve(server.port(), desks, clients, seconds);
  if (outcome.load.refused > 0) std::cerr << outcome.load.first_refusal << "\n";

  std::size_t expected = 0;
  const Told told = told_by_journal(home.path(), before);
  for (const auto& [what, count] : told) expected += static_cast<std::size_t>(count);
  const Arrived arrived = take_all(endpoint, expected);
  int cases = 0;
  for (const auto& [what, count] : told) cases += what.ends_with("instance.completed.v1");
  outcome.events = (arrived.told == told ? "all " : "NOT the same: ") + std::to_string(expected) +
                   ", " + number(static_cast<double>(expected) / std::max(1, cases), 1) +
                   " an approval, " + std::to_string(arrived.repeated) + " repeated";
  return outcome;
}

void report(const std::string& with, const Outcome& outcome) {
  print_row("approvals/s, 64 clients, " + with, number(outcome.load.per_second()),
            number(outcome.health_per_second / 2) + " pairs of GET /healthz",
            percent(2 * outcome.load.per_second() / outcome.health_per_second),
            ">= 1500, aim 2500");
  print_row(
      "  p50 / p99 of a completion, ms",
      number(outcome.load.percentile(0.5), 1) + " / " + number(outcome.load.percentile(0.99), 1),
      "", "", "p99 < 50");
  print_row("  refused", std::to_string(outcome.load.refused), "", "", "0");
  print_row("  events in the quorum queue", outcome.events, "", "", "as in the journal");
}

void measure(const fs::path& program, int waiting, double seconds) {
  const fs::path stripped = fs::temp_directory_path() / ("kyhan-" + std::to_string(::getpid()));
  if (std::system(("strip -o " + stripped.string() + " " + program.string()).c_str()) == 0) {
    print_row("binary, MB (stripped)",
              number(static_cast<double>(fs::file_size(stripped)) / 1e6, 1), "", "", "");
    fs::remove(stripped);
  }
  double empty_ms = 0;
  double empty_mb = 0;
  {
    const Home empty{0};
    Serving{program, empty.path(), ""}.stop();  // The second start is measured.
    const Serving server{program, empty.path(), ""};
    empty_ms = server.ready_ms();
    empty_mb = server.memory();
    print_row("start to ready, ms / resident MB (nothing waits)",
              number(empty_ms) + " / " + number(empty_mb, 1), "", "", "");
  }
  test::RabbitNode node;
  node.start();
  const RabbitEndpoint endpoint = parse_amqp_url(node.url()).value();
  test::make_queue(endpoint, queue, "#");

  const Home few{100};
  const Outcome with_few = play(program, endpoint, node.url(), few, seconds);
  report("100 wait", with_few);
  if (waiting > 0) {
    const Home many{waiting};
    {
      const Serving server{program, many.path(), ""};
      print_row(
          "start over empty with " + std::to_string(waiting) + " waiting, ms / MB",
          number(server.ready_ms() - empty_ms) + " / " + number(server.memory() - empty_mb, 1),
          number(server.ready_ms()) + " / " + number(server.memory(), 1) + " in all", "",
          "<= 300 / <= 20");
    }
    const Outcome with_many = play(program, endpoint, node.url(), many, seconds);
    report(std::to_string(waiting) + " wait", with_many);
    print_row("  of those with 100 waiting", "", "",
              percent(with_many.load.per_second() / with_few.load.per_second()), ">= 90 %");
  }
  print_row("broker alone, confirmed messages/s", number(confirmed_per_second(endpoint, 20'000)),
            "", "", "");
}

}  // namespace
}  // namespace kyhan::bench

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: approvals_bench PATH_TO_KYHAN [WAITING [SECONDS]]\n";
    return 2;
  }
  try {
    kyhan::bench::measure(argv[1], argc > 2 ? std::atoi(argv[2]) : 100'000,
                          argc > 3 ? std::atof(argv[3]) : 8);
  } catch (const std::exception& fault) {
    std::cerr << fault.what() << "\n";
    return 1;
  }
  return 0;
}
