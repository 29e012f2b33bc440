// Sub-workflows on the engine: one transaction, restarts, cancellation.

#include "tests/engine/support.hpp"

namespace kyhan::test {
namespace {

const char* parent_steps = R"(
do:
  - sub: {run: {workflow: {namespace: test, name: child, version: latest, input: {n: 1}}}}
  - tell: {set: {answered: "${ .outcome }"}}
)";
const char* child_steps = R"(
do:
  - approve:
      call: humanTask:1.0.0@default
      with: {title: Duyệt, assignment: {mode: claim, candidates: [{role: head, unit: own}]}}
      output: {as: "${ {outcome: .outcome, n: $workflow.input.n} }"}
)";

struct Family : House {
  Family() {
    settle();
    publish(definition("child", child_steps, "{}"));
    publish(definition("parent", parent_steps));
  }
  /// The open instance of `child`.
  InstanceRow child() {
    InstanceQuery query;
    query.visibility.everything = true;
    query.page.limit = 50;
    const auto page = store->reads()->instances(query);
    REQUIRE(page);
    for (const InstanceRow& row : page->items) {
      if (row.definition.name == "child") return row;
    }
    FAIL("no child");
    return {};
  }
  TaskRow task_of(const InstanceId& id) {
    const auto tasks = store->reads()->tasks_of(id);
    REQUIRE(tasks);
    REQUIRE(tasks->size() == 1);
    return tasks->front();
  }
  State state_of(const InstanceId& id) {
    const auto text = store->reads()->find_state(id);
    REQUIRE(text);
    REQUIRE(*text);
    return decode_state(Json::parse(**text));
  }
  /// Until nothing is left to run: the clock moves no earlier.
  void settle_slices() { REQUIRE(engine->advance_clock(clock->now() + Milliseconds{1})); }
  void answer() {
    CompleteTask command;
    command.task = task_of(child().id).id;
    command.by = PersonId{"binh"};
    command.outcome = "done";
    REQUIRE(engine->submit(child().id, command, {}));
    settle_slices();
  }
};

TEST_CASE("run: a sub-workflow is an instance of its own whose end goes to its parent",
          "[engine][run]") {
  Family house;
  const Receipt started = house.start("parent");
  CHECK(started.open_tasks.empty());
  house.settle_slices();
  const InstanceRow child = house.child();
  CHECK(child.unit == UnitId("so-a"));
  CHECK(child.initiator == PersonId("an"));
  CHECK(house.findings() == "");

  house.answer();
  const State parent = house.state_of(started.instance);
  CHECK(parent.status == InstanceStatus::completed);
  CHECK(parent.output == Json{{"answered", "done"}});
  CHECK(house.state_of(child.id).output == Json{{"outcome", "done"}, {"n", 1}});
  CHECK(house.findings() == "");
}

TEST_CASE("run: parent and child go on after a restart", "[engine][run]") {
  Family house;
  const Receipt started = house.start("parent");
  house.settle_slices();
  house.reopen();
  house.answer();
  CHECK(house.state_of(started.instance).status == InstanceStatus::completed);
  CHECK(house.findings() == "");
}

TEST_CASE("run: cancelling the parent cancels the child and withdraws its tasks",
          "[engine][run]") {
  Family house;
  const Receipt started = house.start("parent");
  house.settle_slices();
  REQUIRE(house.engine->submit(started.instance, CancelInstance{PersonId{"admin"}, "no"}, {}));
  const InstanceRow child = house.child();
  CHECK(child.status == InstanceStatus::cancelled);
  CHECK(house.task_of(child.id).state == TaskState::withdrawn);
  CHECK(house.findings() == "");
}

TEST_CASE("run: a child that is cancelled is an error of its parent", "[engine][run]") {
  Family house;
  const Receipt started = house.start("parent");
  house.settle_slices();
  REQUIRE(house.engine->submit(house.child().id, CancelInstance{PersonId{"admin"}, "no"}, {}));
  const State parent = house.state_of(started.instance);
  CHECK(parent.status == InstanceStatus::faulted);
  REQUIRE(parent.error);
  CHECK(parent.error->type.ends_with("/runtime"));
  CHECK(parent.error->instance == "/do/0/sub");
}

TEST_CASE("run: thousands of sub-workflows in a loop are many slices, not one",
          "[engine][run]") {
  House house;
  house.settle();
  house.publish(definition("one-more", "do:\n  - add: {set: \"${ .n + 1 }\"}\n", "{}"));
  house.publish(definition("loop", R"(
do:
  - rounds:
      for: {in: "${ [range(200)] }"}
      do:
        - add:
            run: {workflow: {namespace: test, name: one-more, version: 1.0.0, input: {n: "${ .n }"}}}
            output: {as: "${ {n: .} }"}
)"));
  const Result<Receipt> started = house.try_start("loop", "so-a", "an", {{"n", 0}});
  REQUIRE(started);
  CHECK(started->status == InstanceStatus::waiting);  // The first of them has not run yet.
  house.advance("2026-03-02T08:00:01+07:00");         // Settles what is left to run.
  const auto text = house.store->reads()->find_state(started->instance);
  REQUIRE(text);
  CHECK(decode_state(Json::parse(**text)).output == Json{{"n", 200}});
  CHECK(house.instances_total() == 201);
}

}  // namespace
}  // namespace kyhan::test
