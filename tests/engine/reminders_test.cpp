// Reminders through the engine: what is counted, what is kept as proof.

#include "workflow/core/reminders.hpp"

#include "tests/engine/support.hpp"

namespace kyhan::test {
namespace {

const char* reminded_steps = R"(
do:
  - work:
      call: humanTask:1.0.0@default
      with:
        title: {vi: Làm, en: Work}
        assignment: {mode: claim, candidates: [{role: specialist, unit: own}]}
        due: {in: P5D}
        reminders:
          - {offset: {in: -P3D}, at: "08:00", to: [assignee]}
          - {offset: {in: P1D}, at: "08:00", to: [assignee, head], repeat: {every: {workingDays: 1}}}
)";

std::vector<std::string> reminders_in_outbox(House& house) {
  std::vector<std::string> ids;
  const auto rows = house.store->reads()->outbox_after(0, 10'000);
  REQUIRE(rows);
  for (const OutboxRow& row : *rows) {
    if (row.routing_key.starts_with("reminder.sent")) ids.push_back(row.id);
  }
  return ids;
}

TEST_CASE("a server that was off over a due time sends each reminder once when it starts, as late",
          "[engine][reminders][bad-days]") {
  House house;
  house.settle().publish(definition("reminded", reminded_steps));
  const Receipt started = house.start("reminded");
  const std::string task = started.open_tasks.at(0).id.text();
  house.close();
  // Two weeks later: the first reminder, the due date and several repetitions are past.
  house.clock = std::make_shared<VirtualClock>(monday() + std::chrono::days{14});
  house.open();
  house.advance("2026-03-16T08:00:01+07:00");

  CHECK(reminders_in_outbox(house) ==
        std::vector<std::string>{task + "/1.0/an", task + "/1.0/ba", task + "/1.0/binh"});
  const EngineCounters counters = house.engine->counters();
  CHECK(counters.reminders_sent == 3);
  CHECK(counters.reminders_late == 3);
  CHECK(counters.reminder_lag > std::chrono::days{6});

  // And no second time after another start.
  house.reopen();
  house.advance("2026-03-16T09:00:00+07:00");
  CHECK(reminders_in_outbox(house).size() == 3);
  CHECK(house.engine->counters().reminders_sent == 0);
  house.advance("2026-03-17T09:00:00+07:00");
  CHECK(house.engine->counters().reminders_sent == 3);
  CHECK(house.engine->counters().reminders_late == 0);
  CHECK(house.findings().empty());
}

TEST_CASE("the broker's word for a reminder is kept when it is struck off, once",
          "[engine][reminders][proof]") {
  House house;
  house.settle().publish(definition("reminded", reminded_steps));
  const Receipt started = house.start("reminded");
  house.advance("2026-03-06T09:00:00+07:00");
  CHECK(house.store->reads()->confirmed_reminders(started.instance)->empty());

  const Instant first = parse_rfc3339("2026-03-06T09:00:05+07:00").value();
  const auto strike = [&](Instant at) {
    return house.engine->write([at](UnitOfWork& work) -> Result<Json> {
      work.stage_sent_up_to(1'000, at);
      return Result<Json>{boost::system::in_place_value, nullptr};
    });
  };
  REQUIRE(strike(first));
  const auto confirmed = house.store->reads()->confirmed_reminders(started.instance);
  const std::string task = started.open_tasks.at(0).id.text();
  CHECK(*confirmed ==
        std::map<std::string, Instant>{{task + "/0.0/an", first}, {task + "/0.0/ba", first}});
  CHECK(house.store->reads()->outbox_size().value() == 0);
  const auto facts = house.store->reads()->facts_of(started.instance, {"task_reminded"}, 10);
  REQUIRE(facts);
  CHECK(facts->size() == 1);
}

}  // namespace
}  // namespace kyhan::test
