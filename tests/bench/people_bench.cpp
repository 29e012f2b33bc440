// People at once: 64 who want the same task, over and over; 1,000 approvals in one request; lists
// among a million open tasks. And 20,000 sub-workflows of one fanOut, with somebody at work beside
// them.

#include <algorithm>
#include <array>
#include <atomic>
#include <barrier>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <stdexcept>
#include <thread>
#include <unistd.h>

#include "workflow/engine/bulk.hpp"
#include "workflow/engine/engine.hpp"
#include "workflow/store/store.hpp"
#include "workflow/store/unit_of_work.hpp"

#include "tests/bench/row.hpp"

namespace kyhan::bench {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr int approvals = 1'000;
constexpr int children = 20'000;
constexpr int open_tasks = 1'000'000;
constexpr int units = 200;
constexpr int lists = 500;
constexpr int clients = 64;
constexpr int races = 500;

const char* errand = R"(
document:
  dsl: '1.0.3'
  namespace: bench
  name: errand
  version: '1.0.0'
  metadata: {start: {by: [{role: specialist, unit: own}]}}
do:
  - do-it:
      call: humanTask:1.0.0@default
      with:
        title: {vi: Việc, en: Errand}
        assignment: {mode: claim, candidates: [{role: specialist, unit: own}]}
)";

const char* one_set = R"(
document: {dsl: '1.0.3', namespace: bench, name: one-set, version: '1.0.0'}
do:
  - add: {set: "${ .item + 1 }"}
)";

const char* many = R"(
document: {dsl: '1.0.3', namespace: bench, name: many, version: '1.0.0'}
do:
  - all:
      call: fanOut:1.0.0@default
      with: {workflow: {namespace: bench, name: one-set, version: '1.0.0'}, items: "${ .items }"}
      output: {as: "${ map(.output) | add }"}
)";

Json organisation() {
  Json document = {{"units", {{{"id", "so"}, {"name", "Sở"}, {"kind", "department"}}}},
                   {"people", Json::array()}};
  for (int i = 0; i < clients; ++i) {
    document["people"].push_back({{"id", "p" + std::to_string(i)},
                                  {"name", "Người " + std::to_string(i)},
                                  {"memberships", {{{"unit", "so"}, {"roles", {"specialist"}}}}}});
  }
  return document;
}

/// A folder for one database, gone with the object.
class Folder {
 public:
  explicit Folder(const char* name)
      : path_(fs::temp_directory_path() /
              ("kyhan-people-" + std::to_string(::getpid()) + "-" + name)) {}
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] std::unique_ptr<Store> open() const {
    StoreOptions options;
    options.home = path_;
    return Store::open(options).value();
  }

 private:
  fs::path path_;
};

/// A home with an engine in it.
class House {
 public:
  House() : store_(folder_.open()) {
    EngineConfig config;
    config.clock = std::make_shared<SystemClock>();
    engine_ = Engine::open(*store_, config).value();
    (void)engine_->import_organisation(organisation(), PersonId{}).value();
    publish(errand);
  }
  House(const House&) = delete;
  House& operator=(const House&) = delete;
  ~House() = default;

  void publish(const char* document) {
    const PublishedReport report =
        engine_->publish_definition(document, PersonId{}, false).value();
    if (report.published) return;
    throw std::runtime_error(report.faults.empty() ? "not published"
                                                   : report.faults.front().message.en);
  }
  Receipt start(const std::string& definition, Json input = Json::object()) {
    StartRequest request;
    request.definition = definition;
    request.unit = UnitId{"so"};
    request.by_administrator = true;
    request.input = std::move(input);
    return engine_->start(request).value();
  }
  Engine& engine() { return *engine_; }
  Store& store() { return *store_; }

 private:
  Folder folder_{"house"};
  std::unique_ptr<Store> store_;
  std::unique_ptr<Engine> engine_;
};

bool lost_fairly(const Error& why) {
  return why.code == ErrorCode::conflict || why.code == ErrorCode::stale;
}

/// Everybody claims, then everybody answers: one of each may come through.
void race(House& house) {
  std::vector<Receipt> tasks;
  for (int i = 0; i < races; ++i) tasks.push_back(house.start("errand"));
  std::vector<std::array<std::atomic<int>, 2>> winners(races);  // Of the claim, of the answer.
  std::atomic<int> unfair = 0;
  std::barrier line{clients};
  std::vector<std::thread> threads;
  const auto began = Clock::now();
  for (int i = 0; i < clients; ++i) {
    threads.emplace_back([&, i] {
      const PersonId me{"p" + std::to_string(i)};
      for (int round = 0; round < races; ++round) {
        const Receipt& task = tasks[static_cast<std::size_t>(round)];
        const TaskId id = task.open_tasks.at(0).id;
        auto& won = winners[static_cast<std::size_t>(round)];
        const auto count = [&](const Result<Receipt>& done, int which) {
          if (done) {
            ++won[static_cast<std::size_t>(which)];
          } else if (!lost_fairly(done.error())) {
            ++unfair;
          }
        };
        line.arrive_and_wait();
        count(house.engine().submit(task.instance, ClaimTask{id, me}, {}), 0);
        line.arrive_and_wait();
        CompleteTask answer;
        answer.task = id;
        answer.by = me;
        answer.outcome = "done";
        count(house.engine().submit(task.instance, answer, {}), 1);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const double seconds = std::chrono::duration<double>(Clock::now() - began).count();
  const auto exactly_one = std::ranges::count_if(
      winners, [](const auto& one) { return one[0] == 1 && one[1] == 1; });
  print_row("races of 64 to claim and to complete one task, exactly one winner each",
            std::to_string(exactly_one) + " of " + std::to_string(races), "", "", "all");
  print_row("  losers told something other than that they lost", std::to_string(unfair), "", "",
            "0");
  print_row("  attempts/s", number(2.0 * clients * races / seconds), "", "", "");
}

double seconds_since(Clock::time_point began) {
  return std::chrono::duration<double>(Clock::now() - began).count();
}

/// The value below which 99 of 100 lie.
double p99(std::vector<double>& values) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  return values[std::min(values.size() - 1, values.size() * 99 / 100)];
}

/// Answers when the job has ended.
void wait_for_job(House& house, const std::string& id) {
  for (;;) {
    const auto job = house.store().reads()->find_job(id).value();
    if (job && job->finished_at) return;
    // One turn of the engine.
    (void)house.engine().write([](UnitOfWork&) -> Result<Json> {
      return {boost::system::in_place_value, nullptr};
    });
  }
}

void approve_in_bulk(House& house) {
  JobRequest request;
  request.kind = "tasks";
  request.by = PersonId{"p0"};
  for (int i = 0; i < approvals; ++i) {
    const Receipt task = house.start("errand");
    CompleteTask answer;
    answer.task = task.open_tasks.at(0).id;
    answer.by = request.by;
    answer.outcome = "done";
    request.items.push_back({answer.task.text(), Addressed{task.instance, answer}, std::nullopt});
  }
  const auto began = Clock::now();
  const std::string id = house.engine().add_job(request).value();
  wait_for_job(house, id);
  const double seconds = seconds_since(began);
  const auto job = house.store().reads()->find_job(id).value();
  print_row("1,000 approvals in one request, s", number(seconds, 2), "", "", "< 1");
  print_row("  refused", std::to_string(job->refused), "", "", "0");
}

/// Somebody claims a task and gives it back, over and over, until told to stop: how long each took,
/// in milliseconds.
std::vector<double> at_work(House& house, const Receipt& task, const std::atomic<bool>& stop) {
  std::vector<double> took;
  const PersonId me{"p1"};
  const TaskId id = task.open_tasks.at(0).id;
  while (!stop) {
    for (const Command& command : {Command{ClaimTask{id, me}}, Command{ReleaseTask{id, me}}}) {
      const auto began = Clock::now();
      (void)house.engine().submit(task.instance, command, {}).value();
      took.push_back(1000 * seconds_since(began));
    }
  }
  return took;
}

bool has_ended(House& house, const InstanceId& id) {
  const auto row = house.store().reads()->find_instance(id).value();
  return row && row->ended_at;
}

void fan_out(House& house) {
  house.publish(one_set);
  house.publish(many);
  Json items = Json::array();
  for (int i = 0; i < children; ++i) items.push_back(i);
  (void)house.start("many", {{"items", Json::array({1, 2, 3})}});  // Everything is compiled.
  const Receipt task = house.start("errand");
  std::atomic<bool> stop = false;
  std::vector<double> took;
  std::thread person{[&] { took = at_work(house, task, stop); }};
  const auto began = Clock::now();
  const Receipt started = house.start("many", {{"items", std::move(items)}});
  // The person's own requests are the only others: each look waits for one of the engine's turns.
  while (!has_ended(house, started.instance)) {
    (void)house.engine().write([](UnitOfWork&) -> Result<Json> {
      return {boost::system::in_place_value, nullptr};
    });
  }
  const double seconds = seconds_since(began);
  stop = true;
  person.join();
  const double longest = *std::ranges::max_element(took);
  print_row("fanOut of 20,000 children of one set each, s", number(seconds, 1), "", "", "< 15");
  print_row("  children/s", number(children / seconds), "", "", "");
  print_row("  p99 of " + std::to_string(took.size()) + " requests of somebody else meanwhile, ms",
            number(p99(took), 1), number(longest, 1) + " the longest", "", "< 50");
}

/// A million open tasks of 200 units, due over 250 days, written as the engine writes them but
/// without their journals.
void fill(Store& store, Instant from) {
  constexpr int rows_per_commit = 20'000;
  for (int i = 0; i < open_tasks;) {
    UnitOfWork work{store};
    for (int n = 0; n < rows_per_commit; ++n, ++i) {
      InstanceRow instance;
      instance.id = InstanceId{"bulk-" + std::to_string(i)};
      instance.definition = {"bench", "errand", "1.0.0"};
      instance.unit = UnitId{"u" + std::to_string(i % units)};
      instance.initiator = PersonId{"p" + std::to_string(i % clients)};
      instance.status = InstanceStatus::waiting;
      instance.started_at = from;
      instance.current_json = "[]";
      instance.search = "viec " + std::to_string(i);
      InstanceHead head;
      work.stage_instance(head, instance);
      TaskRow task;
      task.id = TaskId{instance.id.text() + ".1"};
      task.node = 1;
      task.definition = "errand";
      task.name = "do-it";
      task.kind = "task";
      task.step_pointer = "/do/0/do-it";
      task.title = {"Việc", "Errand"};
      task.spec_json = "{}";
      task.image_json = "{}";
      task.unit = instance.unit;
      task.candidates = {"role:specialist@" + instance.unit.text()};
      task.opened_at = from;
      task.due_at = from + std::chrono::hours{(i / units) % 6000} - std::chrono::hours{24 * 5};
      task.search = instance.search;
      work.stage_task(head, task);
    }
    (void)work.commit().value();
  }
}

void list_tasks() {
  const Folder folder{"lists"};
  const std::unique_ptr<Store> store = folder.open();
  const Instant now = SystemClock{}.now();
  fill(*store, now);
  const ReadLease reads = store->reads();
  const DueBounds bounds{now, now + std::chrono::hours{12}, now + std::chrono::hours{24 * 7}};
  std::vector<double> unit_lists, own_lists;
  std::size_t rows = 0;
  for (int i = 0; i < lists; ++i) {
    TaskFilter filter;
    filter.due = std::array{DueGroup::overdue, DueGroup::today, DueGroup::week,
                            DueGroup::later}[static_cast<std::size_t>(i % 4)];
    const UnitId unit{"u" + std::to_string(i % units)};
    filter.units = {unit};
    auto began = Clock::now();
    rows += reads->team_tasks({unit}, false, filter, bounds, {50, ""}).value().items.size();
    unit_lists.push_back(1000 * seconds_since(began));
    began = Clock::now();
    rows +=
        reads
            ->my_tasks(PersonId{"p0"}, {"role:specialist@" + unit.text()}, filter, bounds, {50, ""})
            .value()
            .items.size();
    own_lists.push_back(1000 * seconds_since(began));
  }
  print_row("list of a unit's tasks by state and due date, 1,000,000 open, p99 ms",
            number(p99(unit_lists), 2), "", "", "< 20");
  print_row("  of one's own tasks", number(p99(own_lists), 2), "", "", "< 20");
  print_row("  rows in each", number(static_cast<double>(rows) / (2.0 * lists), 1), "", "", "50");
}

}  // namespace
}  // namespace kyhan::bench

int main() {
  try {
    {
      kyhan::bench::House house;
      kyhan::bench::race(house);
      kyhan::bench::approve_in_bulk(house);
      kyhan::bench::fan_out(house);
    }
    kyhan::bench::list_tasks();
  } catch (const std::exception& fault) {
    std::cerr << fault.what() << "\n";
    return 1;
  }
  return 0;
}
