// Scheduled starts on the engine: every, cron and after, with units, days off and times when the
// server was down.

#include <set>

#include "tests/engine/support.hpp"

namespace kyhan::test {
namespace {

const std::string steps = "do: [{x: {set: {x: 1}}}]\n";

struct Planned : House {
  Planned() { settle(); }
  std::vector<InstanceRow> instances() {
    InstanceQuery query;
    query.visibility.everything = true;
    query.page.limit = 200;
    const auto page = store->reads()->instances(query);
    REQUIRE(page);
    return page->items;
  }
  std::set<std::string> keys() {
    std::set<std::string> found;
    for (const InstanceRow& row : instances()) found.insert(row.business_key);
    return found;
  }
  /// "<unit> <start>" of every instance, oldest first.
  std::vector<std::string> starts() {
    std::vector<std::string> found;
    for (const InstanceRow& row : instances()) {
      found.insert(found.begin(),
                   (row.unit.empty() ? "" : row.unit.text() + " ") +
                       to_rfc3339(row.started_at, "Asia/Ho_Chi_Minh").substr(0, 16));
    }
    return found;
  }
  /// The server is down until then.
  void down_until(const std::string& time) {
    close();
    clock = std::make_shared<VirtualClock>(parse_rfc3339(time).value());
    open();
    advance(time);
  }
};
using Starts = std::vector<std::string>;

TEST_CASE("S1 every starts after each interval, whether or not the one before has ended",
          "[engine][S1]") {
  Planned house;
  house.publish(definition("often", "schedule: {every: {hours: 6}}\ndo: [{nap: {wait: {days: 9}}}]\n"));
  house.advance("2026-03-03T08:00:00+07:00");
  CHECK(house.starts() == Starts{"2026-03-02T14:00", "2026-03-02T20:00", "2026-03-03T02:00",
                                 "2026-03-03T08:00"});
  CHECK(house.findings() == "");
}

TEST_CASE("S1 an interval of months counts in the calendar; too short a one is refused",
          "[engine][S1]") {
  Planned house;
  house.publish(definition("monthly", "schedule: {every: P1M}\n" + steps));
  house.advance("2026-05-03T08:00:00+07:00");
  CHECK(house.starts() == Starts{"2026-04-02T08:00", "2026-05-02T08:00"});
  const Result<PublishedReport> refused = house.engine->publish_definition(
      definition("storm", "schedule: {every: {milliseconds: 10}}\n" + steps), PersonId{}, false);
  REQUIRE(refused);
  REQUIRE(refused->faults.size() == 1);
  CHECK(refused->faults[0].code == "interval-too-short");
}

TEST_CASE("S2 cron starts one instance a unit of a kind, filtered and spread", "[engine][S2]") {
  Planned house;
  house.publish(definition("report", "schedule: {cron: '0 9 * * *'}\n" + steps,
                           "{schedule: {perUnit: {kind: department, spread: PT1H}}}"));
  house.publish(definition(
      "one-unit", "schedule: {cron: '0 7 3 3 *'}\n" + steps,
      "{schedule: {perUnit: {kind: department, filter: '${ .id == \"so-b\" }'}}}"));
  house.advance("2026-03-03T08:00:00+07:00");
  CHECK(house.starts() ==
        Starts{"so-a 2026-03-02T09:00", "so-b 2026-03-02T09:30", "so-b 2026-03-03T07:00"});
}

TEST_CASE("S2 a start on a day off is skipped, moved or made as the definition says",
          "[engine][S2]") {
  // 7 and 8 March 2026 are Saturday and Sunday.
  const auto starts = [](const std::string& policy) {
    Planned house;
    house.publish(definition("report", "schedule: {cron: '0 9 8 3 *'}\n" + steps,
                             "{schedule: {onHoliday: " + policy + "}}"));
    house.advance("2026-03-10T08:00:00+07:00");
    return house.starts();
  };
  CHECK(starts("run") == Starts{"2026-03-08T09:00"});
  CHECK(starts("skip").empty());
  CHECK(starts("next") == Starts{"2026-03-09T09:00"});
  CHECK(starts("previous") == Starts{"2026-03-06T09:00"});
}

TEST_CASE("S2 what was missed while the server was down is skipped, made once or made whole",
          "[engine][S2]") {
  const auto starts = [](const std::string& policy) {
    Planned house;
    house.publish(definition("daily", "schedule: {cron: '0 9 * * *'}\n" + steps,
                             "{schedule: {misfire: " + policy + "}}"));
    house.down_until("2026-03-05T12:00:00+07:00");
    return house.starts().size();
  };
  CHECK(starts("skip") == 0);
  CHECK(starts("once") == 1);
  CHECK(starts("all") == 4);  // 2, 3, 4 and 5 March.
}

TEST_CASE("S2 a start has the business key of its occurrence and is made once", "[engine][S2]") {
  Planned house;
  house.publish(definition("daily", "schedule: {cron: '0 9 2 3 *'}\n" + steps,
                           "{schedule: {perUnit: {kind: department}}}"));
  house.advance("2026-03-02T10:00:00+07:00");
  CHECK(house.keys() == std::set<std::string>{"daily/so-a/2026-03-02T09:00:00+07:00",
                                              "daily/so-b/2026-03-02T09:00:00+07:00"});
  // The same version again, and a later one: the occurrence of today has had its start.
  house.publish(definition("daily", "schedule: {cron: '0 9 2 3 *'}\n" + steps,
                           "{schedule: {perUnit: {kind: department}}}", "1.0.1"));
  house.advance("2026-03-02T11:00:00+07:00");
  CHECK(house.starts().size() == 2);
}

TEST_CASE("S3 after starts again that long after an end, whatever end it was", "[engine][S3]") {
  Planned house;
  house.publish(definition("again", "schedule: {after: {hours: 2}}\ndo: [{nap: {wait: {hours: 1}}}]\n"));
  house.advance("2026-03-02T17:00:00+07:00");
  CHECK(house.starts() == Starts{"2026-03-02T10:00", "2026-03-02T13:00", "2026-03-02T16:00"});

  Planned faulty;
  faulty.publish(definition("again", R"(schedule: {after: PT2H}
do: [{bad: {raise: {error: {type: "https://x.example/e", status: 500}}}}]
)"));
  faulty.advance("2026-03-02T14:30:00+07:00");
  CHECK(faulty.starts() == Starts{"2026-03-02T10:00", "2026-03-02T12:00", "2026-03-02T14:00"});
}

TEST_CASE("S3 a unit has one chain of starts, over new versions, restarts and new units",
          "[engine][S3]") {
  Planned house;
  const std::string waits = "schedule: {after: {hours: 1}}\ndo: [{nap: {wait: {hours: 3}}}]\n";
  const std::string per_unit = "{schedule: {perUnit: {kind: department}}}";
  house.publish(definition("again", waits, per_unit));
  house.advance("2026-03-02T09:30:00+07:00");  // Both wait since 09:00.
  house.publish(definition("again", waits, per_unit, "1.1.0"));
  Json more = Json::parse(small_organisation);
  more["units"].push_back({{"id", "so-c"}, {"name", "Sở C"}, {"kind", "department"}});
  REQUIRE(house.engine->import_organisation(more, PersonId{}));
  house.reopen();
  house.advance("2026-03-02T13:30:00+07:00");
  CHECK(house.starts() == Starts{"so-a 2026-03-02T09:00", "so-b 2026-03-02T09:00",
                                 "so-c 2026-03-02T10:30", "so-a 2026-03-02T13:00",
                                 "so-b 2026-03-02T13:00"});
}

TEST_CASE("S3 a version without a schedule ends the chain", "[engine][S3]") {
  Planned house;
  house.publish(definition("again", "schedule: {after: {hours: 1}}\n" + steps));
  house.publish(definition("again", steps, "{}", "1.1.0"));
  house.advance("2026-03-03T08:00:00+07:00");
  CHECK(house.starts().empty());
}

}  // namespace
}  // namespace kyhan::test
