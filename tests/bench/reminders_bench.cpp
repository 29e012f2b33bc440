// Reminders in numbers: 50,000 that are due at one moment, until a quorum queue has confirmed each,
// beside a raw loop that publishes the same messages; and a server over 1,000,000 that wait.

#include <algorithm>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <limits>
#include <semaphore>
#include <set>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "messaging/rabbit.hpp"
#include "messaging/relay.hpp"
#include "workflow/core/time_text.hpp"
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
using SteadyClock = std::chrono::steady_clock;

constexpr int units = 50;
constexpr std::size_t raw_batch = 256;  // As many in flight as the relay has.

/// A task for the head of a unit, with one reminder an hour before `.due`.
const char* reminded_definition = R"(
document:
  dsl: '1.0.3'
  namespace: bench
  name: reminded
  version: '1.0.0'
  metadata: {start: {by: [{role: specialist, unit: own}]}}
do:
  - report:
      call: humanTask:1.0.0@default
      with:
        title: {vi: Lập báo cáo tháng, en: Write the monthly report}
        assignment: {mode: claim, candidates: [{role: head, unit: own}]}
        outcomes: [{id: submit}, {id: refuse, requires: [comment]}]
        due: {relativeTo: "${ .due }", in: PT0S}
        reminders: [{offset: {in: -PT1H}, to: [assignee]}]
)";

Json organisation() {
  Json document = {{"units", {{{"id", "tinh"}, {"name", "Tỉnh"}, {"kind", "province"}}}},
                   {"people", Json::array()}};
  for (int i = 0; i < units; ++i) {
    const std::string unit = "so-" + std::to_string(i);
    document["units"].push_back(
        {{"id", unit}, {"name", "Sở " + unit}, {"kind", "department"}, {"parent", "tinh"}});
    for (const char* role : {"specialist", "head"}) {
      document["people"].push_back(
          {{"id", std::string{role} + std::to_string(i)},
           {"name", "Nguyễn Văn " + std::to_string(i)},
           {"memberships",
            Json::array({{{"unit", unit}, {"roles", Json::array({std::string{role}})}}})}});
    }
  }
  return document;
}

class Home {
 public:
  explicit Home(const std::string& name)
      : path_(fs::temp_directory_path() /
              ("kyhan-reminders-" + std::to_string(::getpid()) + "-" + name)) {
    open();
    (void)engine->import_organisation(organisation(), PersonId{}).value();
    if (!engine->publish_definition(reminded_definition, PersonId{}, false).value().published) {
      throw std::runtime_error("the definition was not published");
    }
  }
  ~Home() {
    close();
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Home(const Home&) = delete;
  Home& operator=(const Home&) = delete;
  [[nodiscard]] const fs::path& path() const { return path_; }
  [[nodiscard]] fs::path database() const { return path_ / "kyhan.db"; }

  void open() {
    StoreOptions options;
    options.home = path_;
    store = Store::open(options).value();
    EngineConfig config;
    config.clock = std::make_shared<SystemClock>();
    engine = Engine::open(*store, config).value();
  }
  void close() {
    engine.reset();
    store.reset();
  }
  /// Starts so many, their reminders due at `at`.
  void start(int count, Instant at) {
    constexpr int at_once = 1024;
    std::counting_semaphore<at_once> free{at_once};
    std::atomic<int> failed = 0;
    for (int i = 0; i < count; ++i) {
      free.acquire();
      StartRequest request;
      request.definition = "reminded";
      request.unit = UnitId{"so-" + std::to_string(i % units)};
      request.by_administrator = true;
      request.input = {{"due", to_rfc3339(at + std::chrono::hours{1})}};
      engine->start(request, [&](const Result<Receipt>& started) {
        if (!started) ++failed;
        free.release();
      });
    }
    for (int i = 0; i < at_once; ++i) free.acquire();
    if (failed > 0) throw std::runtime_error("some instances did not start");
  }
  /// What was told before the measured time is no part of it.
  void empty_outbox() {
    (void)engine
        ->write([](UnitOfWork& work) -> Result<Json> {
          work.stage_sent_up_to(std::numeric_limits<std::int64_t>::max(), Instant{});
          return Result<Json>{boost::system::in_place_value, nullptr};
        })
        .value();
  }

  std::unique_ptr<Store> store;
  std::unique_ptr<Engine> engine;

 private:
  fs::path path_;
};

/// How long after `planned` each reminder was confirmed, in ms, sorted.
std::vector<double> lateness(const fs::path& database, Instant planned) {
  const auto connection = Database::open(database, {}).value();
  Statement row = connection->prepare("SELECT confirmed_at FROM confirmed_reminders");
  std::vector<double> late;
  while (row.step()) late.push_back(static_cast<double>((row.instant(0) - planned).count()));
  std::sort(late.begin(), late.end());
  return late;
}

double at_part(const std::vector<double>& sorted, double part) {
  if (sorted.empty()) return 0;
  const auto place = static_cast<std::size_t>(part * static_cast<double>(sorted.size() - 1));
  return sorted[place];
}

/// Seconds in which one publisher gets the same messages confirmed by a quorum queue.
double publish_raw(const RabbitEndpoint& endpoint, const std::vector<test::Received>& messages) {
  test::make_queue(endpoint, "raw", "raw.#");
  RabbitPublisher publisher{endpoint};
  (void)publisher.idle();  // Connects.
  const auto began = SteadyClock::now();
  for (std::size_t sent = 0; sent < messages.size();) {
    std::vector<OutboxMessage> batch;
    for (; batch.size() < raw_batch && sent < messages.size(); ++sent) {
      batch.push_back({static_cast<std::int64_t>(sent) + 1, "raw.reminder", messages[sent].id,
                       messages[sent].body});
    }
    if (publisher.publish(batch).fault) throw std::runtime_error("the broker refused");
  }
  return std::chrono::duration<double>(SteadyClock::now() - began).count();
}

void measure_burst(int count) {
  test::RabbitNode node;
  node.start();
  const RabbitEndpoint endpoint = parse_amqp_url(node.url()).value();
  Home home{"burst"};
  const SystemClock clock;
  // Started at first for a time far away, to learn how long starting takes.
  const auto began = SteadyClock::now();
  constexpr int sample = 2'000;
  home.start(sample, clock.now() + std::chrono::hours{24});
  const auto a_sample = SteadyClock::now() - began;
  const Instant planned =
      clock.now() + std::chrono::duration_cast<Milliseconds>(a_sample * (count / sample) * 1.5) +
      std::chrono::seconds{5};
  home.start(count, planned);
  home.empty_outbox();
  if (clock.now() >= planned) throw std::runtime_error("starting took longer than foreseen");

  RabbitPublisher publisher{endpoint};
  double seconds = 0;
  std::vector<double> late;
  {
    Relay relay{*home.store, *home.engine, publisher};
    std::this_thread::sleep_for(planned - clock.now());
    const std::uint64_t cpu = static_cast<std::uint64_t>(std::clock());
    const auto wanted = static_cast<std::uint64_t>(count);
    while (relay.counters().reminders_confirmed < wanted ||
           home.store->reads()->outbox_size().value() > 0) {
      std::this_thread::sleep_for(std::chrono::milliseconds{20});
      if (clock.now() - planned > std::chrono::minutes{2}) {
        throw std::runtime_error("the reminders were not all confirmed");
      }
    }
    std::cerr << "processor time of engine and relay: "
              << static_cast<double>(static_cast<std::uint64_t>(std::clock()) - cpu) /
                     CLOCKS_PER_SEC
              << " s\n";
    late = lateness(home.database(), planned);
    seconds = late.empty() ? 0 : late.back() / 1000.0;
  }
  const auto messages =
      test::take_messages(endpoint, std::string{reminders_queue}, static_cast<std::size_t>(count));
  std::set<std::string> once;
  for (const test::Received& one : messages) once.insert(one.id);
  const double raw = publish_raw(endpoint, messages);
  print_row(std::to_string(count) + " reminders due at once, s until all are confirmed",
            number(seconds, 2), number(raw, 2) + " s in a raw loop",
            number(seconds / raw, 2) + " times", "<= 3, aim 2");
  print_row("  each once in the queue",
            std::to_string(once.size()) + " of " + std::to_string(messages.size()), "", "",
            std::to_string(count));
  print_row("  p50 / p99 / last after its time, ms",
            number(at_part(late, 0.5)) + " / " + number(at_part(late, 0.99)) + " / " +
                number(at_part(late, 1.0)),
            "", "", "last < 5000");
}

/// Copies the waiting instances until there are so many. The copies have their rows, not a journal:
/// what a start reads and what a due timer needs is the same.
void multiply(const fs::path& database, int from, int to) {
  const auto connection = Database::open(database, {}).value();
  connection->execute("PRAGMA synchronous = OFF; PRAGMA cache_size = -200000;");
  const std::string first = std::to_string(from);
  for (int copy = 1; copy < to / from; ++copy) {
    const std::string by = std::to_string(copy * from);
    const std::string mark = "'" + std::to_string(100'000 + copy) + "'";
    // An id's last six characters become the number of the copy.
    const auto marked = [&](const std::string& column) {
      return "replace(" + column + ", i.id, substr(i.id, 1, 14) || " + mark + ")";
    };
    connection->execute(
        "BEGIN;"
        "INSERT INTO instances SELECT key + " +
        by + ", " + marked("id") +
        ", namespace, definition, version, unit, business_key, initiator, status, started_at, "
        "ended_at, revision, runnable, overdue, outcome, title_vi, title_en, " +
        marked("current") + ", search FROM instances i WHERE key <= " + first +
        ";"
        "INSERT INTO states SELECT i.key + " +
        by + ", seq, hash, " + marked("state") +
        " FROM instances i JOIN states s ON s.key = i.key WHERE i.key <= " + first +
        ";"
        "INSERT INTO timers SELECT i.key + " +
        by + ", " + marked("timer") +
        ", due_at FROM instances i JOIN timers t ON t.instance = i.key WHERE i.key <= " + first +
        ";COMMIT;");
  }
  connection->execute("PRAGMA wal_checkpoint(TRUNCATE);");
}

/// `kyhan serve` as its own process, ended with the object.
class Serving {
 public:
  Serving(const fs::path& program, const fs::path& home) : port_(test::free_port()) {
    std::vector<std::string> words = {
        program, "serve", "--home", home, "--port", std::to_string(port_), "--log-level", "warn"};
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
    ready_ms = wait_until_ready(port_, 60);
    if (ready_ms < 0) throw std::runtime_error("the server did not become ready");
    std::ifstream status{"/proc/" + std::to_string(process_) + "/status"};
    for (std::string line; std::getline(status, line);) {
      if (line.starts_with("VmRSS:")) memory_mb = std::stod(line.substr(6)) / 1024.0;
    }
  }
  ~Serving() {
    ::kill(process_, SIGTERM);
    ::waitpid(process_, nullptr, 0);
  }
  Serving(const Serving&) = delete;
  Serving& operator=(const Serving&) = delete;
  double ready_ms = 0;
  double memory_mb = 0;

 private:
  int port_;
  pid_t process_ = 0;
};

struct Started {
  double ready_ms = std::numeric_limits<double>::max();
  double memory_mb = std::numeric_limits<double>::max();
};

/// The best of some starts: the files lie in the page cache then.
Started best_start(const fs::path& program, const fs::path& home) {
  Started best;
  for (int i = 0; i < 4; ++i) {
    const Serving server{program, home};
    best.ready_ms = std::min(best.ready_ms, server.ready_ms);
    best.memory_mb = std::min(best.memory_mb, server.memory_mb);
  }
  return best;
}

/// One reminder at a time comes due among all that wait: until the broker has confirmed it.
void measure_single(Home& home, int times) {
  test::RabbitNode node;
  node.start();
  RabbitPublisher publisher{parse_amqp_url(node.url()).value()};
  const SystemClock clock;
  std::vector<double> late;
  {
    Relay relay{*home.store, *home.engine, publisher};
    for (int i = 0; i < times; ++i) {
      const Instant planned = clock.now() + Milliseconds{60};
      home.start(1, planned);
      const auto before = relay.counters().reminders_confirmed;
      while (relay.counters().reminders_confirmed == before) {
        std::this_thread::sleep_for(std::chrono::microseconds{200});
      }
      late.push_back(static_cast<double>((clock.now() - planned).count()));
    }
  }
  std::sort(late.begin(), late.end());
  print_row("  a single one, ms after its time until it is confirmed, p50 / p99",
            number(at_part(late, 0.5)) + " / " + number(at_part(late, 0.99)), "", "", "p99 < 100");
}

void measure_pending(const fs::path& program, int pending) {
  constexpr int made = 10'000;
  Started empty;
  {
    Home home{"empty"};
    home.close();
    empty = best_start(program, home.path());
  }
  Home home{"pending"};
  const Instant next_year = SystemClock{}.now() + std::chrono::days{365};
  home.start(std::min(made, pending), next_year);
  home.empty_outbox();
  home.close();
  if (pending > made) multiply(home.database(), made, pending);
  const Started full = best_start(program, home.path());
  print_row(
      "start over empty with " + std::to_string(pending) + " pending reminders, ms / MB",
      number(full.ready_ms - empty.ready_ms) + " / " + number(full.memory_mb - empty.memory_mb, 1),
      number(full.ready_ms) + " / " + number(full.memory_mb, 1) + " in all", "", "<= 300 / <= 20");
  home.open();
  measure_single(home, 300);
}

}  // namespace
}  // namespace kyhan::bench

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: reminders_bench PATH_TO_KYHAN [BURST [PENDING]]\n";
    return 2;
  }
  try {
    const int burst = argc > 2 ? std::atoi(argv[2]) : 50'000;
    const int pending = argc > 3 ? std::atoi(argv[3]) : 1'000'000;
    if (burst > 0) kyhan::bench::measure_burst(burst);
    if (pending > 0) kyhan::bench::measure_pending(argv[1], pending);
  } catch (const std::exception& fault) {
    std::cerr << fault.what() << "\n";
    return 1;
  }
  return 0;
}
