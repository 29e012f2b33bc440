// A working calendar that changes while deadlines are open.

#include <thread>

#include "workflow/core/codec.hpp"
#include "workflow/engine/calendar_preview.hpp"

#include "tests/engine/support.hpp"

namespace kyhan::test {
namespace {

/// Due in five working days, reminded a day before, escalated a day after.
const char* one_task = R"(
do:
  - approve:
      call: humanTask:1.0.0@default
      with:
        title: {vi: Duyệt, en: Approve}
        assignment: {mode: claim, candidates: [{role: head, unit: own}]}
        due: {workingDays: 5}
        reminders: [{offset: {workingDays: -1}, to: [assignee]}]
        escalation: [{after: {workingDays: 1}, action: notify, to: {role: head, unit: own}}]
        expire: {workingDays: 20}
)";

/// Thursday 5 March 2026 off, for a storm.
const char* storm = R"({"id": "vn", "parent": "vn", "legalBasis": "Công điện số 1",
  "days": [{"date": "2026-03-05", "kind": "holiday", "name": {"vi": "Nghỉ do bão", "en": "Storm"}}]})";

struct Office : House {
  Office() { settle().publish(definition("approval", one_task)); }

  std::int64_t change(const std::string& file, const std::string& reason = "Bão số 1") {
    const Result<Json> made =
        engine->change_calendar(import_of(Json::parse(file), PersonId{"quan-tri"}, reason));
    REQUIRE(made);
    REQUIRE(made->at("change").is_number());
    return made->at("change").get<std::int64_t>();
  }
  std::int64_t undo(std::int64_t change) {
    const Result<Json> made = engine->undo_calendar_change(change, PersonId{"quan-tri"}, "Nhầm");
    REQUIRE(made);
    return made->at("change").get<std::int64_t>();
  }
  CalendarChangeRow until_done(std::int64_t change) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{60};
    for (;;) {
      const auto row = store->reads()->find_calendar_change(change);
      REQUIRE(row);
      REQUIRE(*row);
      if ((*row)->phase == "done") return **row;
      REQUIRE(std::chrono::steady_clock::now() < deadline);
      std::this_thread::yield();
    }
  }
  CalendarPreview preview(const std::string& file) {
    const Snapshot seen{engine->directory(), engine->calendars(), engine->catalog()};
    const auto shown = preview_calendar_change(
        *store, seen, import_of(Json::parse(file), PersonId{}, ""), 0, engine->clock().now());
    REQUIRE(shown);
    return *shown;
  }
  std::string due(const Receipt& of) {
    const auto row = store->reads()->find_task(of.open_tasks.at(0).id);
    return (*row)->due_date;
  }
  std::vector<std::string> told(const std::string& person) {
    const auto page = store->reads()->notifications(PersonId{person}, false, {200, ""});
    std::vector<std::string> kinds;
    for (const NotificationRow& row : page->items) {
      if (row.kind == "calendar.changed") kinds.push_back(row.body.vi);
    }
    return kinds;
  }
  std::int64_t count(const InstanceId& id, const std::string& type) {
    return std::ranges::count(history(id), type);
  }
};

std::string local(const std::optional<Instant>& at) {
  return at ? to_rfc3339(*at, "Asia/Ho_Chi_Minh").substr(5, 11) : "-";
}

TEST_CASE("a preview lists what would move, from when to when, and moves nothing",
          "[engine][calendar]") {
  Office office;
  const Receipt a = office.start("approval");
  const Receipt b = office.start("approval", "so-b", "dung");
  const CalendarPreview shown = office.preview(storm);
  CHECK(shown.looked_at == 2);
  CHECK_FALSE(shown.has_more);
  std::vector<std::string> of_a;
  for (const CalendarMove& move : shown.moves) {
    if (move.instance != a.instance) continue;
    CHECK(move.unit == UnitId{"so-a"});
    CHECK(move.title.vi == "Duyệt");
    of_a.push_back(move.kind + " " + local(move.from) + " > " + local(move.to) + " " +
                   move.from_date + " " + move.to_date);
  }
  CHECK(of_a == std::vector<std::string>{"due 03-10T00:00 > 03-11T00:00 2026-03-09 2026-03-10",
                                         "reminder 03-06T07:30 > 03-09T07:30  ",
                                         "escalation 03-11T00:00 > 03-12T00:00  ",
                                         "expire 03-31T00:00 > 04-01T00:00  "});
  CHECK(shown.moves.size() == 8);
  CHECK(office.due(a) == "2026-03-09");
  CHECK(office.count(a.instance, "deadlines_moved") == 0);
  CHECK(office.due(b) == "2026-03-09");
}

TEST_CASE("a change moves every open deadline, tells each person once, and is undone in one step",
          "[engine][calendar]") {
  Office office;
  const Receipt a = office.start("approval");
  const Receipt second = office.start("approval");
  const Receipt b = office.start("approval", "so-b", "dung");
  const std::int64_t change = office.change(storm);
  const CalendarChangeRow row = office.until_done(change);
  CHECK(row.instances_moved == 3);
  CHECK(row.deadlines_moved == 3);
  CHECK(row.looked_at == 3);
  CHECK(row.people_told == 2);
  CHECK(row.made_by == PersonId{"quan-tri"});
  for (const Receipt& one : {a, second, b}) {
    CHECK(office.due(one) == "2026-03-10");
    CHECK(office.count(one.instance, "deadlines_moved") == 1);
  }
  CHECK(office.told("binh") ==
        std::vector<std::string>{"Hạn của 2 việc của bạn đã được tính lại. Bão số 1"});
  CHECK(office.told("em").size() == 1);
  CHECK(office.told("an").empty());
  const auto keys = office.outbox_keys();
  CHECK(std::ranges::count(keys, "reminder.notice._") == 2);
  CHECK(std::ranges::count(keys, "calendar.changed._") == 1);
  CHECK(std::ranges::count(keys, "task.rescheduled.so-a") == 2);
  CHECK(office.findings().empty());

  const std::int64_t back = office.undo(change);
  CHECK(office.until_done(back).undoes == change);
  for (const Receipt& one : {a, second, b}) CHECK(office.due(one) == "2026-03-09");
  const auto first = office.store->reads()->find_calendar_change(change);
  CHECK((*first)->undone_by == back);
  const auto again = office.engine->undo_calendar_change(change, PersonId{}, "");
  REQUIRE_FALSE(again);
  CHECK(again.error().type == "change-undone");
  CHECK(office.engine->calendars()
            ->built_in()
            .day(Date{parse_iso_date("2026-03-05").value()})
            .working);
  CHECK(office.findings().empty());
  // Fires at its first time again.
  office.advance("2026-03-10T08:00:00+07:00");
  CHECK(office.count(a.instance, "task_reminded") == 1);
  CHECK(office.count(a.instance, "task_overdue") == 1);
}

TEST_CASE("whoever wants no notices at once is not told of a changed calendar by a message",
          "[engine][calendar]") {
  Office office;
  REQUIRE(office.engine->choose_preferences(PersonId{"binh"},
                                            Json{{"kinds", {{"notice", "digest"}}}}, 0));
  REQUIRE(office.engine->choose_preferences(PersonId{"em"}, Json{{"kinds", {{"notice", "off"}}}},
                                            0));
  (void)office.start("approval");
  (void)office.start("approval", "so-b", "dung");
  CHECK(office.until_done(office.change(storm)).people_told == 2);
  CHECK(office.told("binh").size() == 1);
  CHECK(office.told("em").size() == 1);
  CHECK(std::ranges::count(office.outbox_keys(), "reminder.notice._") == 0);
  const auto release = office.store->reads()->next_release();
  REQUIRE(release);
  CHECK(local(*release) == "03-03T07:30");
}

TEST_CASE("what is already due follows the new calendar before it fires", "[engine][calendar]") {
  Office office;
  std::vector<Receipt> many;
  for (int i = 0; i < 30; ++i) many.push_back(office.start("approval"));
  office.advance("2026-03-05T08:00:00+07:00");
  const std::int64_t change = office.change(
      R"({"id": "vn", "parent": "vn", "days": [{"date": "2026-03-09", "kind": "holiday"}]})");
  // At once, whatever the walk has seen by now.
  office.advance("2026-03-10T12:00:00+07:00");
  for (const Receipt& one : many) CHECK(office.count(one.instance, "task_overdue") == 0);
  office.until_done(change);
  office.advance("2026-03-11T12:00:00+07:00");
  for (const Receipt& one : many) CHECK(office.count(one.instance, "task_overdue") == 1);
  CHECK(office.findings().empty());
}

TEST_CASE("a walk that was cut off goes on after the restart and moves nothing twice",
          "[engine][calendar]") {
  Office office;
  std::vector<Receipt> many;
  for (int i = 0; i < 60; ++i) many.push_back(office.start("approval"));
  office.limits.calendar_page_max = 7;
  office.reopen();
  const std::int64_t change = office.change(storm);
  office.reopen();
  office.reopen();
  const CalendarChangeRow row = office.until_done(change);
  CHECK(row.looked_at == 60);
  CHECK(row.deadlines_moved == 60);
  for (const Receipt& one : many) {
    CHECK(office.due(one) == "2026-03-10");
    CHECK(office.count(one.instance, "deadlines_moved") == 1);
  }
  CHECK(office.told("binh") ==
        std::vector<std::string>{"Hạn của 60 việc của bạn đã được tính lại. Bão số 1"});
  CHECK(office.findings().empty());
}

TEST_CASE("a deadline beyond the decided years is provisional until its year is published",
          "[engine][calendar]") {
  Office office;
  office.advance("2026-12-28T08:00:00+07:00");
  const Receipt a = office.start("approval");
  CHECK(office.due(a) == "2027-01-05");
  CHECK((*office.store->reads()->find_task(a.open_tasks[0].id))->provisional);
  const char* decided = R"({"id": "vn", "parent": "vn", "officialThrough": 2027, "days": [
    {"date": "2027-01-01", "kind": "holiday", "name": "Tết Dương lịch"},
    {"date": "2027-01-04", "kind": "swap_off"}, {"date": "2027-01-09", "kind": "swap_work"}]})";
  const CalendarPreview shown = office.preview(decided);
  REQUIRE_FALSE(shown.moves.empty());
  CHECK(shown.moves[0].to_date == "2027-01-06");
  office.until_done(office.change(decided));
  CHECK(office.due(a) == "2027-01-06");
  CHECK_FALSE((*office.store->reads()->find_task(a.open_tasks[0].id))->provisional);

  // A deadline that keeps its day loses the word all the same, and nobody is disturbed.
  const std::int64_t quiet =
      office.change(R"({"id": "vn", "parent": "vn", "officialThrough": 2028, "days": []})", "");
  CHECK(office.until_done(quiet).people_told == 0);
}

TEST_CASE("a calendar with faults is refused with all of them and the old one stays",
          "[engine][calendar]") {
  Office office;
  office.until_done(office.change(
      R"({"id": "so-a", "parent": "vn", "unit": "so-a", "enable": ["culture-day"]})"));
  const Receipt a = office.start("approval");
  const auto refused =
      office.engine->change_calendar(import_of(Json::parse(R"({"id": "vn", "parent": "vn", "days": [
        {"date": "2026-02-30", "kind": "holiday"}, {"date": "2026-03-05", "kind": "off"}]})"),
                                               PersonId{}, ""));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().type == "bad-calendar");
  REQUIRE(refused.error().fields.size() == 2);
  CHECK(refused.error().fields[0].pointer == "/days/0/date");
  CHECK(refused.error().fields[1].pointer == "/days/1/kind");
  // One that breaks another calendar is refused by that one's name.
  const auto breaking = office.engine->change_calendar(import_of(
      Json::parse(
          R"({"id": "vn", "zone": "Asia/Ho_Chi_Minh", "week": {"mon": [["08:00","17:00"]]}})"),
      PersonId{}, ""));
  REQUIRE_FALSE(breaking);
  CHECK(breaking.error().detail.en.find("so-a") != std::string::npos);
  CHECK(office.due(a) == "2026-03-09");
  CHECK(office.engine->calendars()->built_in().official_through() == 2026);
}

TEST_CASE("decisions lie over one another and each is taken back in its turn",
          "[engine][calendar]") {
  Office office;
  const auto works = [&](const std::string& day) {
    return office.engine->calendars()->built_in().day(parse_iso_date(day).value()).working;
  };
  const std::int64_t first = office.change(storm);
  const std::int64_t second = office.change(
      R"({"id": "vn", "parent": "vn", "days": [{"date": "2026-03-06", "kind": "holiday"}]})");
  CHECK_FALSE(works("2026-03-05"));
  CHECK_FALSE(works("2026-03-06"));
  const auto early = office.engine->undo_calendar_change(first, PersonId{}, "");
  REQUIRE_FALSE(early);
  CHECK(early.error().type == "calendar-changed-since");
  office.undo(second);
  CHECK(works("2026-03-06"));
  CHECK_FALSE(works("2026-03-05"));
  office.until_done(office.undo(first));
  CHECK(works("2026-03-05"));
  // The same file again is a change; twice in a row it is none.
  office.change(storm);
  const auto same = office.engine->change_calendar(import_of(Json::parse(storm), PersonId{}, ""));
  REQUIRE(same);
  CHECK(same->at("change").is_null());
  office.reopen();
  CHECK_FALSE(works("2026-03-05"));
}

TEST_CASE("a unit works by its own calendar, and only its deadlines move with it",
          "[engine][calendar]") {
  Office office;
  const Receipt a = office.start("approval");
  const Receipt b = office.start("approval", "so-b", "dung");
  office.until_done(office.change(R"({"id": "so-b-rieng", "parent": "vn", "unit": "so-b",
    "days": [{"date": "2026-03-04", "kind": "holiday", "name": "Ngày truyền thống"}]})"));
  CHECK(office.due(a) == "2026-03-09");
  CHECK(office.due(b) == "2026-03-10");
  CHECK(office.due(office.start("approval", "so-b", "dung")) == "2026-03-10");
}

TEST_CASE("windows of votes, their ballots and scheduled starts move too", "[engine][calendar]") {
  Office office;
  office.publish(definition("poll", R"(
do:
  - poll:
      call: vote:1.0.0@default
      with:
        question: {vi: "Đồng ý?", en: "Agree?"}
        electorate: [{role: specialist}]
        options: [for, against]
        threshold: {option: for, share: "1/2", of: cast}
        window: {opens: {in: PT0S}, closes: {workingDays: 3, at: "17:00"}}
)"));
  office.publish(definition("weekly",
                            "\nschedule: {cron: '0 8 5 * *'}\ndo:\n  - w: {wait: {days: 400}}\n",
                            "{schedule: {timeZone: Asia/Ho_Chi_Minh, onHoliday: next}}"));
  const Receipt poll = office.start("poll");
  const CalendarPreview shown = office.preview(storm);
  std::vector<std::string> kinds;
  for (const CalendarMove& move : shown.moves) kinds.push_back(move.kind + " " + local(move.to));
  CHECK(std::ranges::count(kinds, "start 03-06T08:00") == 1);
  CHECK(std::ranges::count(kinds, "voteCloses 03-06T17:00") == 1);
  CHECK(std::ranges::count(kinds, "due 03-06T17:00") == 3);
  const CalendarChangeRow row = office.until_done(office.change(storm));
  CHECK(row.starts_moved == 1);
  CHECK(office.due(poll) == "2026-03-06");
  CHECK(office.findings().empty());
  office.advance("2026-03-06T09:00:00+07:00");
  CHECK(office.instances_total() == 2);
  office.advance("2026-03-06T18:00:00+07:00");
  const auto ended = office.store->reads()->find_instance(poll.instance);
  CHECK(local((*ended)->ended_at) == "03-06T17:00");
}

TEST_CASE("a reminder that was sent is sent for the later day again, under a key of its own",
          "[engine][calendar]") {
  Office office;
  const Receipt a = office.start("approval");
  office.advance("2026-03-06T09:00:00+07:00");
  CHECK(office.count(a.instance, "task_reminded") == 1);
  office.until_done(office.change(
      R"({"id": "vn", "parent": "vn", "days": [{"date": "2026-03-09", "kind": "holiday"}]})"));
  CHECK(office.due(a) == "2026-03-10");
  office.advance("2026-03-12T09:00:00+07:00");
  // A day before the tenth lies on the sixth, which has passed: no second one.
  CHECK(office.count(a.instance, "task_reminded") == 1);

  const Receipt b = office.start("approval");
  office.advance("2026-03-18T09:00:00+07:00");
  CHECK(office.count(b.instance, "task_reminded") == 1);
  office.until_done(office.change(
      R"({"id": "vn", "parent": "vn", "days": [{"date": "2026-03-17", "kind": "holiday"},
                                               {"date": "2026-03-18", "kind": "holiday"}]})"));
  CHECK(office.due(b) == "2026-03-23");
  office.advance("2026-03-24T09:00:00+07:00");
  CHECK(office.count(b.instance, "task_reminded") == 2);
  CHECK(office.count(b.instance, "task_overdue") == 1);
  std::set<std::string> keys;
  for (const OutboxRow& row : office.store->reads()->outbox_after(0, 1000).value()) {
    if (row.routing_key.starts_with("reminder.sent.")) keys.insert(row.id);
  }
  CHECK(keys.size() == 3);
}

}  // namespace
}  // namespace kyhan::test
