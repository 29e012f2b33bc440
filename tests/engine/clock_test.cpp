// Time: reminders, waits and scheduled starts, each at its own moment on a virtual clock.

#include "tests/engine/support.hpp"

namespace kyhan::test {
namespace {

TEST_CASE("advancing the clock fires every timer at its own time, across a restart",
          "[engine][clock]") {
  House house;
  house.settle().publish(definition("approval", approval_steps));
  const Receipt started = house.start("approval");
  const Result<Receipt> drafted = house.complete(started, "an");
  REQUIRE(drafted);
  house.reopen();
  CHECK(house.engine->clock().now() == monday());

  house.advance("2026-03-20T08:00:00+07:00");

  std::vector<std::pair<std::string, std::string>> fired;
  const auto history = house.store->reads()->history(started.instance, {200, ""});
  REQUIRE(history);
  for (const HistoryRow& row : history->items) {
    if (row.entry.type == "task_reminded" || row.entry.type == "task_overdue") {
      fired.emplace_back(row.entry.type,
                         to_rfc3339(row.entry.at, "Asia/Ho_Chi_Minh").substr(0, 16));
    }
  }
  // Due in five days: Saturday, rolled to Monday 9 March; reminded two days before.
  REQUIRE(fired.size() == 2);
  CHECK(fired[0].first == "task_reminded");
  CHECK(fired[1] == std::pair<std::string, std::string>{"task_overdue", "2026-03-10T00:00"});
  CHECK(fired[0].second < fired[1].second);
  const auto row = house.store->reads()->find_instance(started.instance);
  CHECK((*row)->overdue);
  CHECK(house.findings().empty());

  house.clock = std::make_shared<VirtualClock>(monday());
  house.reopen();
  CHECK(to_rfc3339(house.engine->clock().now(), "Asia/Ho_Chi_Minh") == "2026-03-20T08:00:00+07:00");
}

TEST_CASE("waits of different instances end in the order of their times", "[engine][clock]") {
  House house;
  house.settle();
  house.publish(definition("long-wait",
                           "\ndo:\n  - w: {wait: {days: 3}}\n  - e: {emit: {event: {with: {source: "
                           "'https://x.vn', type: vn.x.long.done}}}}\n"));
  house.publish(
      definition("short-wait",
                 "\ndo:\n  - w: {wait: {hours: 1}}\n  - e: {emit: {event: {with: {source: "
                 "'https://x.vn', type: vn.x.short.done}}}}\n  - w2: {wait: {days: 1}}\n"));
  house.start("long-wait");
  const Receipt second = house.start("short-wait");
  const Result<ClockReport> report = house.engine->advance_clock(monday() + std::chrono::days{10});
  REQUIRE(report);
  CHECK(report->fired == 3);
  std::vector<std::string> events;
  for (const std::string& key : house.outbox_keys()) {
    if (key.starts_with("event.")) events.push_back(key);
  }
  CHECK(events == std::vector<std::string>{"event.short.done.so-a", "event.long.done.so-a"});
  const auto row = house.store->reads()->find_instance(second.instance);
  CHECK((*row)->ended_at == monday() + std::chrono::hours{25});
}

TEST_CASE("the virtual clock never goes back and moves at most 400 days a call",
          "[engine][clock]") {
  House house;
  house.settle();
  const auto back = house.engine->advance_clock(monday() - Milliseconds{1});
  REQUIRE_FALSE(back);
  CHECK(back.error().type == "clock-goes-back");
  const auto far = house.engine->advance_clock(monday() + std::chrono::days{401});
  REQUIRE_FALSE(far);
  CHECK(far.error().type == "clock-too-far");
  CHECK(house.engine->advance_clock(monday() + std::chrono::days{400}));
}

TEST_CASE("a server on real time has no clock to move", "[engine][clock]") {
  Folder folder;
  const auto store = open_store(folder.path());
  auto engine = Engine::open(*store, {std::make_shared<SystemClock>()});
  REQUIRE(engine);
  const auto refused = (*engine)->advance_clock(SystemClock{}.now() + std::chrono::hours{1});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().type == "no-virtual-clock");
}

std::string yearly(const std::string& more) {
  return "{schedule: {timeZone: Asia/Ho_Chi_Minh, perUnit: {kind: department, spread: PT10M}" +
         more + "}}";
}

const char* every_first = "\nschedule: {cron: '0 8 1 * *'}\ndo:\n  - w: {wait: {days: 400}}\n";

std::vector<InstanceRow> all_instances(House& house) {
  InstanceQuery query;
  query.visibility.everything = true;
  query.page.limit = 200;
  auto rows = house.store->reads()->instances(query).value().items;
  std::ranges::reverse(rows);
  return rows;
}

TEST_CASE("a schedule starts one instance for each unit of its kind, spread and once",
          "[engine][schedule]") {
  House house;
  house.settle().publish(definition("monthly", every_first, yearly("")));
  house.advance("2026-04-02T00:00:00+07:00");
  const auto rows = all_instances(house);
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].business_key == "monthly/so-a/2026-04-01T08:00:00+07:00");
  CHECK(rows[1].business_key == "monthly/so-b/2026-04-01T08:00:00+07:00");
  CHECK(to_rfc3339(rows[0].started_at, "Asia/Ho_Chi_Minh") == "2026-04-01T08:00:00+07:00");
  CHECK(to_rfc3339(rows[1].started_at, "Asia/Ho_Chi_Minh") == "2026-04-01T08:05:00+07:00");
  const Json state = Json::parse(**house.store->reads()->find_state(rows[0].id));
  CHECK(state.dump().find("\"scheduledFor\":\"2026-04-01T08:00:00+07:00\"") != std::string::npos);
  house.reopen();
  house.advance("2026-05-02T00:00:00+07:00");
  CHECK(all_instances(house).size() == 4);
  CHECK(house.findings().empty());
}

TEST_CASE("starts that were missed follow the misfire policy", "[engine][schedule]") {
  const auto [policy, expected] =
      GENERATE(table<std::string, std::size_t>({{"skip", 0}, {"once", 2}, {"all", 6}}));
  CAPTURE(policy);
  House house;
  house.settle().publish(definition("monthly", every_first, yearly(", misfire: " + policy)));
  house.close();
  // The server was off from March to June: a clock set ahead by other hands.
  house.clock = std::make_shared<VirtualClock>(parse_rfc3339("2026-06-10T00:00:00+07:00").value());
  house.open();
  house.advance("2026-06-10T01:00:00+07:00");
  CHECK(all_instances(house).size() == expected);
}

TEST_CASE("an occurrence on a day off follows the policy of the definition", "[engine][schedule]") {
  // 1 May 2026 is a holiday, then come a Saturday and a Sunday.
  const auto [policy, day] = GENERATE(table<std::string, std::string>(
      {{"skip", ""}, {"next", "2026-05-04"}, {"previous", "2026-04-29"}, {"run", "2026-05-01"}}));
  CAPTURE(policy);
  House house;
  house.settle().publish(definition("monthly", every_first, yearly(", onHoliday: " + policy)));
  house.advance("2026-04-03T00:00:00+07:00");
  const std::size_t before = all_instances(house).size();
  house.advance("2026-05-20T00:00:00+07:00");
  const auto rows = all_instances(house);
  if (day.empty()) {
    CHECK(rows.size() == before);
  } else {
    REQUIRE(rows.size() == before + 2);
    CHECK(to_rfc3339(rows[before].started_at, "Asia/Ho_Chi_Minh").substr(0, 10) == day);
    CHECK(rows[before].business_key == "monthly/so-a/2026-05-01T08:00:00+07:00");
  }
}

}  // namespace
}  // namespace kyhan::test
