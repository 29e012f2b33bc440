// Working days: sums with their reasons against a bare count over a table of bytes; and a calendar
// that changes under many open deadlines, against the same bytes written by plain statements, with
// what it costs those who start cases meanwhile.
//
//   calendar_bench [OPEN DEADLINES]

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <random>
#include <stdexcept>
#include <thread>
#include <unistd.h>

#include "workflow/core/time_text.hpp"
#include "workflow/engine/calendar_preview.hpp"
#include "workflow/engine/engine.hpp"
#include "workflow/store/sqlite.hpp"
#include "workflow/store/store.hpp"

#include "tests/bench/row.hpp"

namespace kyhan::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;
using std::chrono::days;
using std::chrono::sys_days;

double seconds_since(SteadyClock::time_point began) {
  return std::chrono::duration<double>(SteadyClock::now() - began).count();
}

struct Sum {
  Instant from;
  Json form;
  int count = 0;
  std::size_t first = 0;  ///< Number of the starting day from 1 January 2024.
};

/// One to twenty working days from anywhere in 2024 to 2030: what tasks are given.
std::vector<Sum> sums() {
  std::mt19937 chance{7};
  std::vector<Sum> all;
  const sys_days begin = std::chrono::year{2024} / 1 / 1;
  for (int i = 0; i < 4096; ++i) {
    const auto day = std::uniform_int_distribution<std::size_t>{0, 2500}(chance);
    const int count = std::uniform_int_distribution<int>{1, 20}(chance);
    const sys_days start = begin + days{static_cast<int>(day)};
    all.push_back({Instant{start} + std::chrono::hours{3}, {{"workingDays", count}}, count, day});
  }
  return all;
}

/// Runs `one` over the sums again and again for a second: sums a second.
template <class F>
double per_second(const std::vector<Sum>& all, const F& one) {
  std::size_t done = 0;
  const auto began = SteadyClock::now();
  do {
    for (const Sum& sum : all) one(sum);
    done += all.size();
  } while (seconds_since(began) < 1.0);
  return static_cast<double>(done) / seconds_since(began);
}

void measure_sums() {
  const auto calendars = make_calendars({}).value();
  const Calendar& vn = calendars->built_in();
  const std::vector<Sum> all = sums();
  std::vector<char> works;
  for (int day = 0; day < 3000; ++day) {
    const sys_days begin = std::chrono::year{2024} / 1 / 1;
    works.push_back(vn.day(Date{begin + days{day}}).working ? 1 : 0);
  }
  std::size_t sink = 0;
  const double ours = per_second(all, [&](const Sum& sum) {
    const Result<DueDate> due = compute_due(vn, sum.from, sum.form);
    sink += due->explain.size();
  });
  const double raw = per_second(all, [&](const Sum& sum) {
    std::size_t day = sum.first;
    for (int left = sum.count; left > 0;) left -= works[++day];
    sink += day;
  });
  if (sink == 0) throw std::runtime_error("nothing was counted");
  print_row("working-day sums/s, each with its reasons in two languages", number(ours),
            number(raw) + " bare counts/s over a table", percent(ours / raw), "-");
}

/// Removes the folder at the end.
struct Home {
  std::filesystem::path path = std::filesystem::temp_directory_path() /
                               ("kyhan-bench-calendar-" + std::to_string(::getpid()));
  ~Home() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
};

constexpr const char* definition = R"(
document: {dsl: '1.0.3', namespace: bench, name: case, version: '1.0.0'}
do:
  - approve:
      call: humanTask:1.0.0@default
      with:
        title: {vi: Duyệt hồ sơ, en: Approve}
        assignment: {mode: claim, candidates: [{role: head, unit: own}]}
        due: {workingDays: 20}
        reminders: [{offset: {workingDays: -2}, to: [assignee]}]
        escalation: [{after: {workingDays: 1}, action: notify, to: {role: head, unit: own}}]
)";

Json organisation() {
  Json all = {{"units", Json::array()}, {"people", Json::array()}};
  for (int i = 0; i < 50; ++i) {
    const std::string unit = "so-" + std::to_string(i);
    all["units"].push_back({{"id", unit}, {"name", unit}, {"kind", "department"}});
    all["people"].push_back(
        {{"id", "truong-" + std::to_string(i)},
         {"name", "Trưởng"},
         {"memberships", {{{"unit", unit}, {"roles", Json::array({"head"})}}}}});
  }
  return all;
}

StartRequest start_in(int unit) {
  StartRequest request;
  request.definition = "case";
  request.unit = UnitId{"so-" + std::to_string(unit % 50)};
  request.by_administrator = true;
  return request;
}

void start_many(Engine& engine, int count) {
  constexpr int at_once_max = 2000;
  std::atomic<int> open{0}, done{0}, failed{0};
  for (int i = 0; i < count; ++i) {
    while (open.load() >= at_once_max) std::this_thread::yield();
    ++open;
    engine.start(start_in(i), [&](const Result<Receipt>& started) {
      if (!started) ++failed;
      --open;
      ++done;
    });
  }
  while (done.load() < count) std::this_thread::yield();
  if (failed > 0) throw std::runtime_error("cases were not started");
}

/// The bytes of an instance that a moved deadline writes again, in plain statements.
double by_hand(const std::filesystem::path& file, int instances, std::size_t page) {
  const auto database = Database::open(file, {}).value();
  database->execute(
      "CREATE TABLE j (k INTEGER PRIMARY KEY, b TEXT) STRICT;"
      "CREATE TABLE s (k INTEGER PRIMARY KEY, b TEXT) STRICT;"
      "CREATE TABLE t (k INTEGER PRIMARY KEY, d INTEGER, b TEXT) STRICT;"
      "CREATE TABLE m (k INTEGER PRIMARY KEY, d INTEGER) STRICT; CREATE INDEX md ON m (d);"
      "CREATE TABLE i (p TEXT, d INTEGER, t INTEGER, PRIMARY KEY (p, d, t)) STRICT, WITHOUT ROWID");
  const std::string event(1800, 'e'), state(3400, 's'), image(1900, 'i');
  const auto pass = [&](int round) {
    for (int begin = 0; begin < instances; begin += static_cast<int>(page)) {
      Transaction transaction{*database};
      for (int k = begin; k < std::min(instances, begin + static_cast<int>(page)); ++k) {
        const std::string person = "role:head@so-" + std::to_string(k % 50);
        database->prepare("INSERT INTO j (b) VALUES (?)").bind_all(event).run();
        database->prepare("INSERT OR REPLACE INTO s VALUES (?, ?)").bind_all(k, state).run();
        database->prepare("INSERT OR REPLACE INTO t VALUES (?, ?, ?)")
            .bind_all(k, round, image)
            .run();
        database->prepare("INSERT OR REPLACE INTO m VALUES (?, ?)").bind_all(k, round).run();
        database->prepare("DELETE FROM i WHERE p = ? AND d = ? AND t = ?")
            .bind_all(person, round - 1, k)
            .run();
        database->prepare("INSERT INTO i VALUES (?, ?, ?)").bind_all(person, round, k).run();
      }
      transaction.commit();
    }
  };
  pass(1);
  const auto began = SteadyClock::now();
  pass(2);
  return instances / seconds_since(began);
}

double percentile(std::vector<double> values, double part) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  return values[static_cast<std::size_t>(part * static_cast<double>(values.size() - 1))];
}

void measure_change(int open) {
  const Home home;
  std::filesystem::create_directories(home.path);
  StoreOptions options;
  options.home = home.path / "home";
  const auto store = Store::open(options).value();
  EngineConfig config;
  // Stands still, so that nothing falls due while it is measured.
  config.clock =
      std::make_shared<VirtualClock>(parse_rfc3339("2026-03-02T08:00:00+07:00").value());
  config.demonstration = true;
  const auto engine = Engine::open(*store, config).value();
  (void)engine->import_organisation(organisation(), PersonId{}).value();
  if (!engine->publish_definition(definition, PersonId{}, false)->published) {
    throw std::runtime_error("not published");
  }
  start_many(*engine, open);

  const CalendarChange change = import_of(
      Json::parse(
          R"({"id": "vn", "parent": "vn", "days": [{"date": "2026-03-05", "kind": "holiday"}]})"),
      PersonId{}, "bão");
  auto began = SteadyClock::now();
  std::size_t moves = 0;
  for (std::int64_t after = 0;;) {
    const Snapshot seen{engine->directory(), engine->calendars(), engine->catalog()};
    const CalendarPreview page =
        preview_calendar_change(*store, seen, change, after, engine->clock().now()).value();
    moves += page.moves.size();
    after = page.last_key;
    if (!page.has_more) break;
  }
  const double previewed = seconds_since(began);

  began = SteadyClock::now();
  const Json made = engine->change_calendar(change).value();
  const auto id = made.at("change").get<std::int64_t>();
  const double answered = seconds_since(began);
  std::vector<double> meanwhile_ms;
  CalendarChangeRow row;
  do {
    const auto asked = SteadyClock::now();
    (void)engine->start(start_in(0)).value();
    meanwhile_ms.push_back(1000.0 * seconds_since(asked));
    row = **store->reads()->find_calendar_change(id);
  } while (row.phase == "moving");
  const double moved_in = seconds_since(began);
  while (row.phase != "done") {
    std::this_thread::yield();
    row = **store->reads()->find_calendar_change(id);
  }
  const double raw = by_hand(home.path / "raw.db", std::min(open, 20'000), 200);
  const double speed = static_cast<double>(row.deadlines_moved) / moved_in;
  print_row("deadlines moved/s when the calendar changes, of " + number(open) + " open",
            number(speed), number(raw) + " by plain statements/s", percent(speed / raw), "-");
  print_row("starting a case meanwhile, p50 / p99 / max ms",
            number(percentile(meanwhile_ms, 0.5), 1) + " / " +
                number(percentile(meanwhile_ms, 0.99), 1) + " / " +
                number(percentile(meanwhile_ms, 1.0), 1),
            "-", "-", "-");
  print_row("preview of all moves, s (" + number(static_cast<double>(moves)) + " moves)",
            number(previewed, 2), "-", "-", "-");
  print_row("answer to the change, ms; people told once each", number(1000.0 * answered, 1),
            number(static_cast<double>(row.people_told)) + " people", "-", "-");
}

}  // namespace
}  // namespace kyhan::bench

int main(int count, char** arguments) {
  try {
    kyhan::bench::measure_sums();
    kyhan::bench::measure_change(count > 1 ? std::atoi(arguments[1]) : 20'000);
  } catch (const std::exception& failure) {
    std::cerr << "calendar_bench: " << failure.what() << "\n";
    return 1;
  }
}
