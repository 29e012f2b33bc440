// What is kept for a digest or for the end of quiet hours, and leaves at its time, once.

#include "workflow/core/preferences.hpp"

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
        due: {workingDays: 5}
        reminders:
          - {offset: {workingDays: -3}, at: "08:00", to: [assignee]}
          - {offset: {workingDays: 0}, at: "08:00", to: [assignee]}
          - {offset: {workingDays: 1}, at: "08:00", to: [assignee, head], repeat: {every: {workingDays: 1}}}
)";

/// Messages to people in the outbox: "<local time> <event> <to> <delivery or number of items>".
std::vector<std::string> told(House& house, const std::string& only = "") {
  std::vector<std::string> lines;
  for (const OutboxRow& row : house.store->reads()->outbox_after(0, 10'000).value()) {
    if (!row.routing_key.starts_with("reminder." + only)) continue;
    const Json event = Json::parse(row.body_json);
    const Json& data = event["data"];
    const Instant at = parse_rfc3339(event["time"].get<std::string>()).value();
    lines.push_back(to_rfc3339(at, "Asia/Ho_Chi_Minh").substr(0, 16) + " " +
                    row.routing_key.substr(9, row.routing_key.rfind('.') - 9) + " " +
                    data["to"].get<std::string>() + " " +
                    (data.contains("items") ? std::to_string(data["items"].size())
                                            : data.value("delivery", "")));
  }
  return lines;
}

TEST_CASE("one digest a person on working days at half past seven, and what is urgent at once",
          "[engine][digest]") {
  House house;
  house.settle().publish(definition("reminded", reminded_steps));
  house.start("reminded");
  house.start("reminded");
  // Monday 2 March 2026: due on Monday 9.
  house.advance("2026-03-11T12:00:00+07:00");
  CHECK(told(house) == std::vector<std::string>{
                           "2026-03-03T07:30 digest an 2",  // Two new tasks of Monday.
                           "2026-03-03T07:30 digest ba 2", "2026-03-04T08:00 sent an later",
                           "2026-03-04T08:00 sent ba later", "2026-03-04T08:00 sent an later",
                           "2026-03-04T08:00 sent ba later", "2026-03-05T07:30 digest an 2",
                           "2026-03-05T07:30 digest ba 2",
                           // On the due day the digest of tomorrow is too late.
                           "2026-03-09T08:00 sent an now", "2026-03-09T08:00 sent ba now",
                           "2026-03-09T08:00 sent an now", "2026-03-09T08:00 sent ba now",
                           // Overdue at midnight: quiet until half past seven.
                           "2026-03-10T07:30 digest an 2", "2026-03-10T07:30 digest ba 2",
                           "2026-03-10T08:00 sent an now", "2026-03-10T08:00 sent ba now",
                           "2026-03-10T08:00 sent binh now", "2026-03-10T08:00 sent an now",
                           "2026-03-10T08:00 sent ba now", "2026-03-10T08:00 sent binh now",
                           // What repeats waits for the digest.
                           "2026-03-11T08:00 sent an later", "2026-03-11T08:00 sent ba later",
                           "2026-03-11T08:00 sent binh later", "2026-03-11T08:00 sent an later",
                           "2026-03-11T08:00 sent ba later", "2026-03-11T08:00 sent binh later"});
  CHECK(house.findings().empty());
}

TEST_CASE("a digest leaves out what was done or taken by others meanwhile", "[engine][digest]") {
  House house;
  house.settle().publish(definition("reminded", reminded_steps));
  const Receipt done = house.start("reminded");
  const Receipt taken = house.start("reminded");
  const Receipt open = house.start("reminded");
  REQUIRE(house.complete(done, "ba"));
  REQUIRE(
      house.engine->submit(taken.instance, ClaimTask{taken.open_tasks[0].id, PersonId{"an"}}, {}));
  house.advance("2026-03-03T07:30:00+07:00");
  CHECK(told(house) ==
        std::vector<std::string>{"2026-03-03T07:30 digest an 2", "2026-03-03T07:30 digest ba 1"});
  const auto rows = house.store->reads()->outbox_after(0, 100).value();
  CHECK(rows.back().body_json.find(open.open_tasks[0].id.text()) != std::string::npos);
  CHECK_FALSE(house.store->reads()->next_release().value());
}

TEST_CASE("preferences change how a person is told, also of what is kept already",
          "[engine][digest][preferences]") {
  House house;
  house.settle().publish(definition("reminded", reminded_steps));
  house.start("reminded");
  const auto choose = [&](const std::string& person, const std::string& document, int seen) {
    return house.engine->choose_preferences(PersonId{person}, Json::parse(document), seen);
  };
  REQUIRE(choose("an", R"({"digest": {"at": "09:00"}, "kinds": {"reminder": "immediate"}})", 0));
  REQUIRE(choose("ba", R"({"kinds": {"created": "off"}})", 0));
  const Result<Json> stale = choose("ba", "{}", 0);
  REQUIRE_FALSE(stale);
  CHECK(stale.error().type == "preferences-changed");
  const Result<Json> forbidden = choose("ba", R"({"kinds": {"overdue": "off"}})", 1);
  REQUIRE_FALSE(forbidden);
  CHECK(forbidden.error().fields.at(0).code == "not-allowed");

  house.reopen();  // Preferences are rows, not memory.
  house.start("reminded");
  house.advance("2026-03-04T09:00:00+07:00");
  CHECK(told(house) == std::vector<std::string>{
                           "2026-03-02T09:00 digest an 2",
                           "2026-03-03T07:30 digest ba 1",  // Kept before it was switched off.
                           "2026-03-04T08:00 sent an now",
                           "2026-03-04T08:00 sent ba later", "2026-03-04T08:00 sent an now",
                           "2026-03-04T08:00 sent ba later"});

  REQUIRE(house.engine->limit_notices(
      Json::parse(
          R"({"allowed": {"reminder": ["digest"]}, "defaults": {"digest": {"at": "08:30"}}})"),
      0));
  CHECK(house.engine->preferences()->of(PersonId{"an"}).kinds.at(NoticeKind::reminder) ==
        NoticeMode::digest);
  CHECK(house.engine->preferences()->of(PersonId{"binh"}).digest_at ==
        std::chrono::minutes{8 * 60 + 30});
}

TEST_CASE("what somebody wishes to hear at once has a message of its own, once",
          "[engine][digest]") {
  House house;
  house.settle().publish(definition("reminded", reminded_steps));
  REQUIRE(house.engine->choose_preferences(
      PersonId{"an"}, Json::parse(R"({"kinds": {"created": "immediate"}, "quiet": null})"), 0));
  const Receipt started = house.start("reminded");
  CHECK(told(house) == std::vector<std::string>{"2026-03-02T08:00 notice an now"});
  const auto rows = house.store->reads()->outbox_after(0, 100).value();
  const Json event = Json::parse(rows.back().body_json);
  CHECK(event["type"] == "vn.kyhan.reminder.notice.v1");
  CHECK(event["data"]["kind"] == "task.created");
  CHECK(event["data"]["task"] == started.open_tasks[0].id.text());
}

TEST_CASE("a server that was off over the time of a digest sends one when it starts",
          "[engine][digest][bad-days]") {
  House house;
  house.settle().publish(definition("reminded", reminded_steps));
  house.start("reminded");
  house.close();
  house.clock = std::make_shared<VirtualClock>(parse_rfc3339("2026-03-05T10:00:00+07:00").value());
  house.open();
  house.advance("2026-03-05T10:00:01+07:00");
  CHECK(told(house, "digest") ==
        std::vector<std::string>{"2026-03-05T10:00 digest an 1", "2026-03-05T10:00 digest ba 1"});
  house.reopen();
  house.advance("2026-03-05T11:00:00+07:00");
  CHECK(told(house, "digest").size() == 2);
}

}  // namespace
}  // namespace kyhan::test
