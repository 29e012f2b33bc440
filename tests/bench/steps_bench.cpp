// Engine steps a second: loops over a document of 1 KB with a condition and an update, through the
// engine on a real database (synchronous=FULL), against the same journal, state and instance rows
// in the same batches, written to a second database by plain prepared statements.

#include <chrono>
#include <ctime>
#include <filesystem>
#include <iostream>
#include <stdexcept>
#include <thread>
#include <unistd.h>

#include "workflow/engine/engine.hpp"
#include "workflow/store/sqlite.hpp"
#include "workflow/store/store.hpp"

#include "tests/bench/row.hpp"

namespace kyhan::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr int slice_rows = 256;  ///< Journal rows of one slice: EngineLimits::slice_steps_max.

StoreOptions at_home(const std::filesystem::path& home) {
  StoreOptions options;
  options.home = home;
  return options;
}

struct Shape {
  const char* name;
  const char* steps;  ///< From `do:` on; `limit` is in the input.
  int steps_a_round;
};

constexpr Shape one_step{"engine steps/s (if + set in one step)", R"(
do:
  - add:
      if: "${ .n < .limit }"
      set: "${ . + {n: (.n + 1)} }"
      then: add
)",
                         1};
constexpr Shape two_steps{"engine steps/s (switch, then set)", R"(
do:
  - look:
      switch:
        - more: {when: "${ .n < .limit }", then: add}
        - done: {then: end}
  - add:
      set: "${ . + {n: (.n + 1)} }"
      then: look
)",
                          2};

/// About 1 KB as JSON, the shape of a case: texts, numbers, a list.
Json document_of_1_kb(int rounds) {
  Json document = {{"n", 0},
                   {"limit", rounds},
                   {"unit", {{"id", "so-noi-vu"}, {"name", "Sở Nội vụ"}}},
                   {"summary", std::string(600, 'x')},
                   {"titles", Json::array()}};
  for (int i = 0; i < 8; ++i) {
    document["titles"].push_back({{"person", "p-" + std::to_string(i)}, {"title", "Lao động"}});
  }
  return document;
}

/// Removes the folder at the end.
struct Home {
  std::filesystem::path path;
  explicit Home(const std::string& name)
      : path(std::filesystem::temp_directory_path() /
             ("kyhan-bench-" + std::to_string(::getpid()) + "-" + name)) {}
  ~Home() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
};

struct Speed {
  double rows_per_second = 0;
  double rows_per_cpu_second = 0;
};

class Stopwatch {
 public:
  [[nodiscard]] Speed speed(double rows) const {
    const std::chrono::duration<double> took = SteadyClock::now() - began_;
    return {rows / took.count(),
            rows / (static_cast<double>(std::clock() - cpu_) / CLOCKS_PER_SEC)};
  }

 private:
  std::clock_t cpu_ = std::clock();
  SteadyClock::time_point began_ = SteadyClock::now();
};

struct EngineRun {
  Speed speed;
  std::uint64_t rows_per_commit = 0;
};

EngineRun through_engine(const Home& home, const Shape& shape, int instances, int rounds) {
  const auto store = Store::open(at_home(home.path)).value();
  EngineConfig config;
  config.clock = std::make_shared<SystemClock>();
  const auto engine = Engine::open(*store, config).value();
  const std::string document = std::string{"document:\n  dsl: '1.0.3'\n  namespace: bench\n"} +
                               "  name: loop\n  version: '1.0.0'\n  metadata: {}\n" + shape.steps;
  const PublishedReport report = engine->publish_definition(document, PersonId{}, false).value();
  if (!report.published) {
    throw std::runtime_error(report.faults.empty() ? "not published"
                                                   : report.faults.front().message.en);
  }
  const EngineCounters before = engine->counters();
  const auto rows_min = static_cast<std::uint64_t>(instances) * static_cast<std::uint64_t>(rounds) *
                        static_cast<std::uint64_t>(shape.steps_a_round);
  const Stopwatch stopwatch;
  for (int i = 0; i < instances; ++i) {
    StartRequest request;
    request.definition = "loop";
    request.by_administrator = true;
    request.input = document_of_1_kb(rounds);
    engine->start(request, [](const Result<Receipt>& started) {
      if (!started) std::cerr << started.error().detail.en << "\n";
    });
  }
  EngineCounters now = engine->counters();
  while (now.steps - before.steps < rows_min) {
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
    now = engine->counters();
  }
  EngineRun run;
  const std::uint64_t rows = now.events - before.events;
  run.speed = stopwatch.speed(static_cast<double>(rows));
  run.rows_per_commit = rows / std::max<std::uint64_t>(1, now.commits - before.commits);
  return run;
}

struct JournalRow {
  std::int64_t instance = 0;
  std::int64_t seq = 0;
  std::int64_t at = 0;
  std::string type, actor, body;
  Sha256 previous{}, hash{};
};

struct Material {
  std::vector<JournalRow> journal;
  std::vector<std::int64_t> instances;
  std::string state;  ///< Of an instance that still runs, near enough.
};

Material read(const Home& home) {
  const auto database = Database::open(home.path / "kyhan.db", {}).value();
  Material material;
  Statement row = database->prepare(
      "SELECT instance, seq, at, type, actor, body, previous, hash FROM journal ORDER BY position");
  while (row.step()) {
    material.journal.push_back({row.integer(0), row.integer(1), row.integer(2), row.text(3),
                                row.text(4), row.text(5), row.bytes<32>(6), row.bytes<32>(7)});
  }
  Statement instance = database->prepare("SELECT key FROM instances ORDER BY key");
  while (instance.step()) material.instances.push_back(instance.integer(0));
  return material;
}

/// The same rows, bound by hand: no decision, no codec, no hash, no savepoint.
Speed by_hand(const Home& home, const Material& material, std::uint64_t rows_per_commit) {
  (void)Store::open(at_home(home.path)).value();  // Makes the tables.
  const auto database = Database::open(home.path / "kyhan.db", {}).value();
  Statement instance = database->prepare(
      "INSERT INTO instances (key, id, namespace, definition, version, unit, initiator, status, "
      "started_at, revision, runnable, overdue, outcome, title_vi, title_en, current, search) "
      "VALUES (?1, ?2, 'bench', 'loop', '1.0.0', '', '', 'running', 0, 1, 1, 0, '', 'loop', "
      "'loop', '[]', 'loop loop ')");
  Statement update = database->prepare(
      "UPDATE instances SET status = ?2, ended_at = ?3, revision = ?4, runnable = ?5, overdue = ?6,"
      " outcome = ?7, title_vi = ?8, title_en = ?9, current = ?10, search = ?11 WHERE key = ?1");
  Statement journal = database->prepare(
      "INSERT INTO journal (instance, seq, at, type, actor, body, previous, hash) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  Statement state = database->prepare(
      "INSERT INTO states (key, seq, hash, state) VALUES (?, ?, ?, ?) ON CONFLICT (key) "
      "DO UPDATE SET seq = excluded.seq, hash = excluded.hash, state = excluded.state");
  for (const std::int64_t key : material.instances) {
    instance.bind_all(key, "i" + std::to_string(key)).run();
  }
  const Stopwatch stopwatch;
  std::size_t at = 0;
  while (at < material.journal.size()) {
    Transaction transaction{*database};
    const std::size_t end = std::min(material.journal.size(), at + rows_per_commit);
    for (; at < end; ++at) {
      const JournalRow& row = material.journal[at];
      journal
          .bind_all(row.instance, row.seq, row.at, row.type, row.actor, row.body, row.previous,
                    row.hash)
          .run();
      if (row.seq % slice_rows != 0) continue;
      update
          .bind_all(row.instance, "running", nullptr, row.seq, 1, 0, "", "loop", "loop", "[]",
                    "loop loop ")
          .run();
      state.bind_all(row.instance, row.seq, row.hash, material.state).run();
    }
    transaction.commit();
  }
  return stopwatch.speed(static_cast<double>(material.journal.size()));
}

void measure(const Shape& shape, int instances, int rounds) {
  const Home first{"engine"};
  const Home second{"raw"};
  const EngineRun run = through_engine(first, shape, instances, rounds);
  Material material = read(first);
  // State carries the document three times: raw input, input and what flows.
  const Json document = document_of_1_kb(rounds);
  material.state = Json{{"raw", document}, {"input", document}, {"data", document}}.dump();
  const Speed raw = by_hand(second, material, run.rows_per_commit);
  print_row(shape.name, number(run.speed.rows_per_second),
            number(raw.rows_per_second) + " rows by hand",
            percent(run.speed.rows_per_second / raw.rows_per_second), ">= 12 %, aim 30 %");
  print_row(std::string{"  the same by processor time, "} + std::to_string(run.rows_per_commit) +
                " rows a commit",
            number(run.speed.rows_per_cpu_second), number(raw.rows_per_cpu_second),
            percent(run.speed.rows_per_cpu_second / raw.rows_per_cpu_second), "");
}

}  // namespace
}  // namespace kyhan::bench

int main(int argc, char** argv) {
  using namespace kyhan::bench;
  const int instances = argc > 1 ? std::atoi(argv[1]) : 32;
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 2000;
  try {
    measure(one_step, instances, rounds);
    measure(two_steps, instances, rounds / 2);
  } catch (const std::exception& fault) {
    std::cerr << fault.what() << "\n";
    return 1;
  }
  return 0;
}
