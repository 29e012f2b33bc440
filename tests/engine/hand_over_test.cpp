// A unit is closed: nothing new begins in it, and what runs there goes to another one.

#include "workflow/core/codec.hpp"
#include "workflow/engine/bulk.hpp"

#include "tests/engine/support.hpp"

namespace kyhan::test {
namespace {

Json organisation_with(const std::string& field, const std::string& value) {
  Json document = Json::parse(small_organisation);
  for (Json& unit : document["units"]) {
    if (unit["id"] == "so-a") unit[field] = value;
  }
  return document;
}

State state_of(House& house, const InstanceId& id) {
  return decode_state(Json::parse(**house.store->reads()->find_state(id)));
}

Result<Receipt> hand_over(House& house, const Receipt& of, const std::string& to = "so-b",
                          const std::string& reason = "sáp nhập") {
  return house.engine->submit(of.instance, HandOver{PersonId{}, UnitId{"so-a"}, UnitId{to}, reason},
                              {});
}

TEST_CASE("nothing begins in a unit outside its days of effect", "[engine][units]") {
  House house;
  house.settle().publish(definition("approval", approval_steps));
  Json document = organisation_with("to", "2026-03-02");
  document["units"][1]["successor"] = "so-b";
  REQUIRE(house.engine->import_organisation(document, PersonId{}));
  CHECK(house.try_start("approval"));  // Its last day.
  house.advance("2026-03-03T08:00:00+07:00");
  const Result<Receipt> late = house.try_start("approval");
  REQUIRE_FALSE(late);
  CHECK(late.error().type == "unit-closed");
  CHECK(late.error().detail.en.find("so-b") != std::string::npos);
  CHECK(house.try_start("approval", "so-b", "dung"));

  REQUIRE(house.engine->import_organisation(organisation_with("from", "2026-04-01"), PersonId{}));
  CHECK(house.try_start("approval").error().type == "unit-closed");
}

TEST_CASE("a schedule passes over a unit that is closed on its day", "[engine][units]") {
  House house;
  house.open();
  REQUIRE(house.engine->import_organisation(organisation_with("to", "2026-03-05"), PersonId{}));
  house.publish(
      "document:\n  dsl: '1.0.3'\n  namespace: test\n  name: daily\n  version: '1.0.0'\n"
      "  metadata: {schedule: {perUnit: {kind: department}, onHoliday: run}}\n"
      "schedule: {cron: '0 9 * * *'}\ndo:\n  - done: {set: {done: true}}\n");
  house.advance("2026-03-07T10:00:00+07:00");
  InstanceQuery query;
  query.visibility.everything = true;
  query.page.limit = 50;
  std::map<std::string, int> starts;
  const auto begun = house.store->reads()->instances(query);
  for (const InstanceRow& row : begun->items) {
    ++starts[row.unit.text()];
  }
  CHECK(starts["so-b"] == 6);
  CHECK(starts["so-a"] == 4);  // The 2nd to the 5th.
}

TEST_CASE("handed over, a case and its open tasks belong to the other unit", "[engine][units]") {
  House house;
  house.settle().publish(definition("approval", approval_steps));
  const Receipt started = house.start("approval");
  REQUIRE(house.complete(started, "an"));  // Now the head of so-a is asked.
  const Result<Receipt> moved = hand_over(house, started);
  REQUIRE(moved);
  const State state = state_of(house, started.instance);
  CHECK(state.unit == UnitId{"so-b"});
  REQUIRE(state.tasks.size() == 1);
  const Task& task = state.tasks.begin()->second;
  CHECK(task.unit == UnitId{"so-b"});
  CHECK(to_key(task.candidates.at(0)) == "role:head@so-b");
  CHECK(house.findings() == "");
  CHECK(house.history(started.instance).back() == "handed_over");

  CompleteTask answer{task.id, PersonId{"binh"}, "approve", "", {}, {}};
  CHECK(house.engine->submit(started.instance, answer, {}).error().type == "not-a-candidate");
  answer.by = PersonId{"em"};
  CHECK(house.engine->submit(started.instance, answer, {}));
  CHECK(house.findings() == "");
}

TEST_CASE("who holds a task keeps it when its unit is handed over", "[engine][units]") {
  House house;
  house.settle().publish(definition("approval", approval_steps));
  const Receipt started = house.start("approval");
  const TaskId task = started.open_tasks.at(0).id;
  REQUIRE(house.engine->submit(started.instance, ClaimTask{task, PersonId{"an"}}, {}));
  REQUIRE(hand_over(house, started));
  CHECK(state_of(house, started.instance).tasks.at(task).holder == PersonId{"an"});
  CHECK(house.complete(started, "an"));
  CHECK(house.findings() == "");
}

TEST_CASE("what cannot be handed over is refused with its reason", "[engine][units]") {
  House house;
  house.settle().publish(definition("approval", approval_steps));
  const Receipt started = house.start("approval");
  CHECK(hand_over(house, started, "so-a").error().type == "unit-closed");
  CHECK(hand_over(house, started, "so-x").error().type == "unit-closed");
  CHECK(hand_over(house, started, "so-b", " ").error().type == "comment-invalid");
  HandOver by_staff{PersonId{"an"}, UnitId{"so-a"}, UnitId{"so-b"}, "x"};
  CHECK(house.engine->submit(started.instance, by_staff, {}).error().type == "not-administrator");
  // Of a unit that has nothing in it nothing is handed over.
  HandOver nothing{PersonId{}, UnitId{"tinh"}, UnitId{"so-b"}, "x"};
  REQUIRE(house.engine->submit(started.instance, nothing, {}));
  CHECK(state_of(house, started.instance).unit == UnitId{"so-a"});
  REQUIRE(house.engine->submit(started.instance, CancelInstance{PersonId{}, "x"}, {}));
  CHECK(hand_over(house, started).error().type == "instance-ended");
}

TEST_CASE("a command of a job hands over as it was written", "[engine][units]") {
  const Addressed read = decode_addressed(encode(
      Addressed{InstanceId{"i"}, HandOver{PersonId{"a"}, UnitId{"x"}, UnitId{"y"}, "vì z"}}));
  const auto& back = std::get<HandOver>(read.command);
  CHECK(back.by == PersonId{"a"});
  CHECK(back.from == UnitId{"x"});
  CHECK(back.to == UnitId{"y"});
  CHECK(back.reason == "vì z");
}

}  // namespace
}  // namespace kyhan::test
