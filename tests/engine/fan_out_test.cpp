// fanOut on the engine: many sub-workflows, restarts, sudden death, cancellation, a failed step
// again.

#include <atomic>
#include <csignal>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "workflow/core/codec.hpp"
#include "workflow/store/sqlite.hpp"

#include "tests/engine/support.hpp"

namespace kyhan::test {
namespace {

const char* adds = "do:\n  - add: {set: \"${ .item + 1 }\"}\n";
const char* asks = R"(
do:
  - ask:
      call: humanTask:1.0.0@default
      with: {title: Hỏi, assignment: {mode: claim, candidates: [{role: head, unit: own}]}}
      output: {as: "${ .performer.unit }"}
)";

std::string fan(const std::string& with, const std::string& output = "map(.output)") {
  return "do:\n  - many:\n      call: fanOut:1.0.0@default\n      with: {workflow: {namespace: "
         "test, "
         "name: child, version: latest}, " +
         with + "}\n      output: {as: \"${ " + output + " }\"}\n";
}

struct Family : House {
  explicit Family(const std::string& steps, const std::string& child) {
    settle();
    publish(definition("child", child, "{}"));
    publish(definition("parent", steps));
  }
  State state_of(const InstanceId& id) {
    const auto text = store->reads()->find_state(id);
    REQUIRE(text);
    REQUIRE(*text);
    return decode_state(Json::parse(**text));
  }
  InstanceId child(const Receipt& parent, std::int64_t index) {
    return fan_child_id(parent.instance, 1, index);
  }
  /// Until nothing is left to run.
  void run_out() { REQUIRE(engine->advance_clock(clock->now() + Milliseconds{1})); }
  Result<Receipt> answer(const InstanceId& id, const std::string& by) {
    const auto tasks = store->reads()->tasks_of(id);
    REQUIRE(tasks);
    REQUIRE(tasks->size() == 1);
    CompleteTask command;
    command.task = tasks->front().id;
    command.by = PersonId{by};
    command.outcome = "done";
    return engine->submit(id, command, {});
  }
};

TEST_CASE("fanOut: each child is an instance of its own, and the parent only counts them",
          "[engine][fan]") {
  Family house{fan("items: \"${ [range(300)] }\", maxParallel: 40", "map(.output) | add"), adds};
  const Receipt started = house.start("parent");
  CHECK(started.status == InstanceStatus::waiting);
  house.run_out();
  const State parent = house.state_of(started.instance);
  CHECK(parent.status == InstanceStatus::completed);
  CHECK(parent.output == 300 * 301 / 2);
  CHECK(house.instances_total() == 301);
  const State child = house.state_of(house.child(started, 7));
  CHECK(child.output == 8);
  CHECK(child.initiator == PersonId{"an"});
  CHECK(house.history(started.instance).size() < 20);
  CHECK(house.findings() == "");
  CHECK(house.store->reads()->due_fans(10)->empty());
}

TEST_CASE("fanOut perUnit: people of each unit answer, and the parent learns of each at once",
          "[engine][fan]") {
  Family house{fan("items: [so-a, so-b], perUnit: true"), asks};
  const Receipt started = house.start("parent");
  house.run_out();
  CHECK(house.findings() == "");
  REQUIRE(house.answer(house.child(started, 1), "em"));
  house.run_out();
  const State waiting = house.state_of(started.instance);
  CHECK(waiting.status == InstanceStatus::waiting);
  CHECK(waiting.nodes.at(1).results["fan"]["completed"] == 1);
  const auto fans = house.store->reads()->fans_of(started.instance);
  REQUIRE(fans);
  REQUIRE(fans->size() == 1);
  CHECK(fans->front().open() == 1);
  CHECK(house.findings() == "");

  house.reopen();
  REQUIRE(house.answer(house.child(started, 0), "binh"));
  house.run_out();
  CHECK(house.state_of(started.instance).output == Json::array({"so-a", "so-b"}));
  CHECK(house.findings() == "");
}

TEST_CASE("fanOut goes on after a restart in the middle", "[engine][fan]") {
  Family house{fan("items: \"${ [range(100)] }\"", "map(.output) | add"), adds};
  house.limits.fan_starts_per_batch_max = 3;
  house.reopen();
  const Receipt started = house.start("parent");
  house.reopen();
  house.reopen();
  house.run_out();
  CHECK(house.state_of(started.instance).output == 5050);
  CHECK(house.instances_total() == 101);
  CHECK(house.findings() == "");
}

TEST_CASE("fanOut: cancelling the parent cancels its children, a few at a time", "[engine][fan]") {
  Family house{fan("items: \"${ [range(50)] }\""), asks};
  const Receipt started = house.start("parent");
  house.run_out();
  REQUIRE(house.engine->submit(started.instance, CancelInstance{PersonId{"admin"}, "no"}, {}));
  house.reopen();
  house.run_out();
  for (std::int64_t i = 0; i < 50; ++i) {
    REQUIRE(house.state_of(house.child(started, i)).status == InstanceStatus::cancelled);
  }
  CHECK(house.store->reads()->due_fans(10)->empty());
  CHECK(house.findings() == "");
}

TEST_CASE("fanOut: a child that is cancelled is an error of its parent", "[engine][fan]") {
  Family house{fan("items: [1, 2, 3]"), asks};
  const Receipt started = house.start("parent");
  house.run_out();
  REQUIRE(
      house.engine->submit(house.child(started, 1), CancelInstance{PersonId{"admin"}, "no"}, {}));
  house.run_out();
  const State parent = house.state_of(started.instance);
  CHECK(parent.status == InstanceStatus::faulted);
  CHECK(parent.error->instance == "/do/0/many");
  CHECK(house.state_of(house.child(started, 2)).status == InstanceStatus::cancelled);
  CHECK(house.findings() == "");
}

TEST_CASE("fanOut: while the parent is suspended nothing new begins", "[engine][fan][suspend]") {
  Family house{fan("items: \"${ [range(20)] }\", maxParallel: 1"), asks};
  const Receipt started = house.start("parent");
  house.run_out();
  REQUIRE(house.engine->submit(started.instance, SuspendInstance{PersonId{"admin"}, "chờ"}, {}));
  REQUIRE(house.answer(house.child(started, 0), "binh"));
  house.run_out();
  CHECK(house.instances_total() == 2);
  CHECK(house.findings() == "");
  REQUIRE(house.engine->submit(started.instance, ResumeInstance{PersonId{"admin"}}, {}));
  house.run_out();
  CHECK(house.instances_total() == 3);
  CHECK(house.findings() == "");
}

TEST_CASE("retry: a fanOut that failed, or stood beside what failed, runs anew",
          "[engine][fan][retry]") {
  Family house{R"(
do:
  - both:
      fork:
        branches:
          - many: {call: fanOut:1.0.0@default, with: {workflow: {namespace: test, name: child, version: latest}, items: [1, 2]}}
          - work:
              call: humanTask:1.0.0@default
              with: {title: Việc, assignment: {mode: claim, candidates: [{role: specialist, unit: own}]}}
)",
               asks};
  const Receipt started = house.start("parent");
  house.run_out();
  WithdrawTask withdrawn{started.open_tasks.at(0).id, PersonId{}, "nhầm"};
  REQUIRE(house.engine->submit(started.instance, withdrawn, {}));
  house.run_out();
  CHECK(house.state_of(started.instance).status == InstanceStatus::faulted);
  CHECK(house.state_of(fan_child_id(started.instance, 2, 0)).status == InstanceStatus::cancelled);
  REQUIRE(house.engine->retry(started.instance, PersonId{}, "làm lại"));
  house.run_out();
  CHECK(house.findings() == "");
  const auto fans = house.store->reads()->fans_of(started.instance);
  REQUIRE(fans);
  REQUIRE(fans->size() == 1);
  CHECK(fans->front().open() == 2);
  for (const std::int64_t index : {0, 1}) {
    REQUIRE(house.answer(fan_child_id(started.instance, fans->front().node, index), "binh"));
  }
  house.run_out();
  CHECK(house.findings() == "");
}

TEST_CASE("verify finds a child that is gone, and children that no step waits for",
          "[engine][fan][verify]") {
  Family house{fan("items: [1, 2]"), asks};
  const Receipt started = house.start("parent");
  house.run_out();
  const auto write = [&](const std::string& sql) {
    Database::open(house.store->database_file(), {}).value()->execute(sql);
    return house.findings();
  };
  CHECK_THAT(write("UPDATE fan_children SET number = 9 WHERE number = 1"),
             Catch::Contains("child-missing") && !Catch::Contains("fan-count"));
  CHECK_THAT(write("UPDATE fans SET faulted = 1"), Catch::Contains("fan-count"));
  CHECK_THAT(write("UPDATE fans SET node = 8"),
             Catch::Contains("fan-missing") && Catch::Contains("fan-orphan"));
}

// Not a test of its own: the program that is killed, run by the test below.
TEST_CASE("fans out until it is killed", "[.fan-worker]") {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  House house;
  StoreOptions options;
  options.home = std::getenv("KYHAN_WORKER_HOME");
  house.store = std::move(*Store::open(options));
  house.limits.fan_starts_per_batch_max = 4;
  house.engine = std::move(*Engine::open(*house.store, {house.clock, house.limits, true}));
  // Another thread kills: at any point of a batch.
  std::atomic<int> commits = 0;
  std::thread killer{[&] {
    for (int seen = 0; seen < 9; seen = commits) commits.wait(seen);
    ::kill(::getpid(), SIGKILL);
  }};
  (void)house.engine->subscribe([&](const std::vector<Change>&) {
    ++commits;
    commits.notify_all();
  });
  StartRequest request;
  request.definition = "parent";
  request.unit = UnitId{"so-a"};
  request.by = PersonId{"an"};
  if (std::getenv("KYHAN_WORKER_STARTS") != nullptr && !house.engine->start(request)) ::_exit(2);
  killer.join();
}

TEST_CASE("kill -9 in the middle of a fanOut: every child runs once, none is lost",
          "[engine][fan][kill]") {
  Family house{fan("items: \"${ [range(1000)] }\"", "map(.output) | add"), adds};
  house.close();
  for (int round = 0; round < 4; ++round) {
    const pid_t worker = ::fork();
    if (worker == 0) {
      ::setenv("KYHAN_WORKER_HOME", house.folder.path().c_str(), 1);
      if (round == 0) ::setenv("KYHAN_WORKER_STARTS", "1", 1);
      ::execl("/proc/self/exe", "engine_test", "[.fan-worker]", static_cast<char*>(nullptr));
      ::_exit(127);
    }
    REQUIRE(worker > 0);
    int status = 0;
    ::waitpid(worker, &status, 0);
    REQUIRE(WIFSIGNALED(status));
    house.open();
    CHECK(house.findings() == "");
    house.close();
  }
  house.open();
  house.run_out();
  CHECK(house.instances_total() == 1001);
  InstanceQuery query;
  query.visibility.everything = true;
  query.definition = "parent";
  query.page.limit = 2;
  const auto parents = house.store->reads()->instances(query);
  REQUIRE(parents);
  REQUIRE(parents->items.size() == 1);
  CHECK(house.state_of(parents->items.front().id).output == 500500);
  CHECK(house.findings() == "");
}

}  // namespace
}  // namespace kyhan::test
