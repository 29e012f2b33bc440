// Instances that stand still, and what it does to their clocks.

#include "workflow/core/codec.hpp"

#include "tests/engine/support.hpp"

namespace kyhan::test {
namespace {

/// The head approves within five working days, reminded a day before, escalated two days after.
const char* one_task = R"(
do:
  - approve:
      call: humanTask:1.0.0@default
      with:
        title: {vi: Duyệt, en: Approve}
        assignment: {mode: claim, candidates: [{role: head, unit: own}]}
        due: {workingDays: 5}
        reminders: [{offset: {workingDays: -1}, to: [assignee], repeat: {every: {workingDays: 1}, until: done}}]
        escalation: [{after: {workingDays: 2}, action: notify, to: {role: head, unit: tinh}}]
        expire: {workingDays: 20}
  - tell:
      emit: {event: {with: {source: 'https://example.vn/a', type: vn.example.case.decided}}}
)";

Result<Receipt> suspend(House& house, const Receipt& of) {
  return house.engine->submit(of.instance, SuspendInstance{PersonId{"admin"}, "chờ ý kiến"}, {});
}
Result<Receipt> resume(House& house, const Receipt& of) {
  return house.engine->submit(of.instance, ResumeInstance{PersonId{"admin"}}, {});
}
State state_of(House& house, const InstanceId& id) {
  return decode_state(Json::parse(**house.store->reads()->find_state(id)));
}
std::string local(Instant at) {
  return to_rfc3339(at, "Asia/Ho_Chi_Minh").substr(0, 16);
}
std::string moments(const Task& task) {
  std::string text;
  for (const Moment& moment : task.moments) text += moment.kind + " " + local(moment.at) + "\n";
  return text;
}
const Task& only_task(const State& state) {
  REQUIRE(state.tasks.size() == 1);
  return state.tasks.begin()->second;
}

TEST_CASE("while an instance is suspended nothing fires and nobody decides", "[engine][suspend]") {
  House house;
  house.settle().publish(definition("approval", one_task));
  const Receipt started = house.start("approval");
  const Result<Receipt> stopped = suspend(house, started);
  REQUIRE(stopped);
  CHECK(stopped->status == InstanceStatus::suspended);

  const Result<ClockReport> report = house.engine->advance_clock(monday() + std::chrono::days{90});
  REQUIRE(report);
  CHECK(report->fired == 0);
  const Result<Receipt> decided = house.complete(started, "binh");
  REQUIRE_FALSE(decided);
  CHECK(decided.error().type == "instance-suspended");
  CHECK(decided.error().code == ErrorCode::conflict);
  const auto comment = house.engine->submit(
      started.instance, CommentOnTask{started.open_tasks.at(0).id, PersonId{"binh"}, "đã rõ"}, {});
  CHECK(comment);
  const Result<Receipt> again = suspend(house, started);
  REQUIRE_FALSE(again);
  CHECK(again.error().type == "instance-suspended");
  CHECK(house.findings().empty());
}

TEST_CASE("resuming moves each clock by what was lost, across a restart", "[engine][suspend]") {
  House house;
  house.settle().publish(definition("approval", one_task));
  const Receipt started = house.start("approval");
  const std::string before = moments(only_task(state_of(house, started.instance)));
  CHECK(before ==
        "reminder 2026-03-06T07:30\noverdue 2026-03-10T00:00\nescalation 2026-03-12T00:00\n"
        "expire 2026-03-31T00:00\n");
  house.advance("2026-03-04T10:00:00+07:00");
  REQUIRE(suspend(house, started));
  house.advance("2026-03-11T09:00:00+07:00");
  house.reopen();
  const Result<Receipt> resumed = resume(house, started);
  REQUIRE(resumed);
  CHECK(resumed->status == InstanceStatus::waiting);

  // Thursday, Friday, Monday and Tuesday lie wholly inside.
  const State state = state_of(house, started.instance);
  const Task& task = only_task(state);
  CHECK(moments(task) ==
        "reminder 2026-03-12T07:30\noverdue 2026-03-14T00:00\nescalation 2026-03-18T00:00\n"
        "expire 2026-04-04T00:00\n");
  CHECK(task.due_explain.at("date") == "2026-03-13");
  CHECK(task.first_due_date == "2026-03-09");
  const auto row = house.store->reads()->find_task(task.id);
  CHECK((*row)->due_date == "2026-03-13");
  CHECK(house.findings().empty());

  house.advance("2026-03-20T09:00:00+07:00");
  const std::vector<std::string> told = house.history(started.instance);
  CHECK(std::ranges::count(told, "task_overdue") == 1);
  CHECK(std::ranges::count(told, "task_escalated") == 1);
  CHECK(std::ranges::count(told, "deadlines_moved") == 1);
  CHECK(house.findings().empty());
}

TEST_CASE("an overdue task's repeated reminder and its escalation wait for the resumption",
          "[engine][suspend]") {
  House house;
  house.settle().publish(definition("approval", one_task));
  const Receipt started = house.start("approval");
  house.advance("2026-03-10T10:00:00+07:00");
  CHECK(only_task(state_of(house, started.instance)).overdue);
  REQUIRE(suspend(house, started));
  house.advance("2026-03-16T15:00:00+07:00");
  REQUIRE(resume(house, started));
  const State state = state_of(house, started.instance);
  const Task& task = only_task(state);
  CHECK(task.overdue);
  CHECK(task.due_explain.at("date") == "2026-03-09");
  // Wednesday to Friday were lost to the reminder of Wednesday and the escalation of Wednesday.
  CHECK(moments(task) ==
        "reminder 2026-03-16T15:00\nescalation 2026-03-17T00:00\nexpire 2026-04-03T00:00\n");
  CHECK(house.findings().empty());
}

TEST_CASE("waits and timeouts go on by the time the instance stood still", "[engine][suspend]") {
  House house;
  house.settle().publish(definition("wait", R"(
timeout: {after: {days: 10}}
do:
  - pause: {wait: {days: 3}}
  - long: {wait: {days: 30}}
)"));
  const Receipt started = house.start("wait");
  house.advance("2026-03-03T08:00:00+07:00");
  REQUIRE(suspend(house, started));
  house.advance("2026-03-13T09:30:00+07:00");
  REQUIRE(resume(house, started));
  const State state = state_of(house, started.instance);
  CHECK(local(*state.nodes.at(1).wake_at) == "2026-03-15T09:30");
  CHECK(local(*state.nodes.at(root_node).timeout_at) == "2026-03-22T09:30");
  house.advance("2026-03-30T08:00:00+07:00");
  const auto row = house.store->reads()->find_instance(started.instance);
  CHECK((*row)->status == InstanceStatus::faulted);
  CHECK(local(*(*row)->ended_at) == "2026-03-22T09:30");
}

TEST_CASE("an event comes in while its instance is suspended; what follows waits",
          "[engine][suspend]") {
  House house;
  house.settle().publish(definition("hear", R"(
do:
  - hear: {listen: {to: {one: {with: {type: vn.example.answer}}}}}
  - tell: {emit: {event: {with: {source: 'https://x.vn', type: vn.example.heard.it}}}}
)"));
  const Receipt started = house.start("hear");
  REQUIRE(suspend(house, started));
  const auto delivered = house.engine->deliver(
      {{"id", "1"}, {"source", "https://x.vn"}, {"type", "vn.example.answer"}, {"data", 1}});
  REQUIRE(delivered);
  CHECK(delivered->delivered == 1);
  CHECK(state_of(house, started.instance).status == InstanceStatus::suspended);
  const std::vector<std::string> quiet = house.outbox_keys();
  CHECK(std::ranges::count(quiet, "event.heard.it.so-a") == 0);
  CHECK(house.findings().empty());
  house.reopen();
  const Result<Receipt> resumed = resume(house, started);
  REQUIRE(resumed);
  CHECK(resumed->status == InstanceStatus::completed);
  const std::vector<std::string> keys = house.outbox_keys();
  CHECK(std::ranges::count(keys, "event.heard.it.so-a") == 1);
  CHECK(std::ranges::count(keys, "instance.suspended.so-a") == 1);
  CHECK(std::ranges::count(keys, "instance.resumed.so-a") == 1);
}

TEST_CASE("only what runs can be suspended, and only what is suspended resumed",
          "[engine][suspend]") {
  House house;
  house.settle().publish(definition("approval", one_task));
  const Receipt started = house.start("approval");
  CHECK(resume(house, started).error().type == "not-suspended");
  REQUIRE(suspend(house, started));
  REQUIRE(house.engine->submit(started.instance, CancelInstance{PersonId{"admin"}, "bỏ"}, {}));
  CHECK(suspend(house, started).error().type == "instance-ended");
  CHECK(resume(house, started).error().type == "not-suspended");
  CHECK(house.findings().empty());
}

}  // namespace
}  // namespace kyhan::test
