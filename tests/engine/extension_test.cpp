// More time for a task: asked for, granted, refused.

#include "workflow/core/codec.hpp"

#include "tests/engine/support.hpp"

namespace kyhan::test {
namespace {

std::string drafting(const std::string& more = "") {
  return R"(
do:
  - draft:
      call: humanTask:1.0.0@default
      with:
        title: {vi: Soạn thảo, en: Draft}
        assignment: {mode: claim, candidates: [{role: specialist, unit: own}, {role: head, unit: own}]}
        due: {workingDays: 5, at: "16:00"}
        reminders: [{offset: {workingDays: -1}, to: [assignee]}]
        escalation: [{after: {workingDays: 1}, action: notify, to: {role: head, unit: own}}]
)" + more;
}

struct Desk {
  House house;
  Receipt started;

  explicit Desk(const std::string& more = "",
                const std::string& metadata = "{start: {by: [{role: specialist, unit: own}]}}") {
    // The province has a head of its own, above those of the departments.
    Json organisation = Json::parse(small_organisation);
    organisation["people"].push_back(
        {{"id", "chu"},
         {"name", "Chủ"},
         {"memberships", {{{"unit", "tinh"}, {"roles", Json::array({"head"})}}}}});
    house.open();
    REQUIRE(house.engine->import_organisation(organisation, PersonId{}));
    house.publish(definition("drafting", drafting(more), metadata));
    started = house.start("drafting");
  }
  TaskId task() const { return started.open_tasks.at(0).id; }
  Result<Receipt> ask(const std::string& by, const std::string& due = R"({"workingDays": 3})",
                      const std::string& reason = "chờ số liệu") {
    return house.engine->submit(
        started.instance, RequestExtension{task(), PersonId{by}, Json::parse(due), reason}, {});
  }
  Result<Receipt> decide(const std::string& by, bool granted, Json due = nullptr,
                         const std::string& comment = "đồng ý") {
    return house.engine->submit(
        started.instance, DecideExtension{task(), PersonId{by}, granted, std::move(due), comment},
        {});
  }
  Task now() {
    const State state =
        decode_state(Json::parse(**house.store->reads()->find_state(started.instance)));
    return state.tasks.at(task());
  }
  std::string due() { return to_rfc3339(*now().due_at, "Asia/Ho_Chi_Minh").substr(0, 16); }
  std::string moments() {
    std::string text;
    for (const Moment& moment : now().moments) {
      text += moment.kind + " " + to_rfc3339(moment.at, "Asia/Ho_Chi_Minh").substr(5, 11) + "\n";
    }
    return text;
  }
  std::vector<std::string> told(const std::string& person) {
    const auto page = house.store->reads()->notifications(PersonId{person}, false, {200, ""});
    REQUIRE(page);
    std::vector<std::string> kinds;
    for (const NotificationRow& row : page->items) kinds.push_back(row.kind);
    return kinds;
  }
};

TEST_CASE("an extension that is granted moves the deadline and keeps the first one",
          "[engine][extension]") {
  Desk desk;
  CHECK(desk.due() == "2026-03-09T16:00");
  REQUIRE(desk.ask("an"));
  CHECK(desk.due() == "2026-03-09T16:00");
  CHECK(std::ranges::count(desk.told("binh"), "extension.requested") == 1);
  CHECK(std::ranges::count(desk.told("an"), "extension.requested") == 0);
  REQUIRE(desk.decide("binh", true));
  CHECK(desk.due() == "2026-03-12T16:00");
  CHECK(desk.moments() == "reminder 03-11T07:30\noverdue 03-12T16:00\nescalation 03-14T00:00\n");
  const Task task = desk.now();
  CHECK(task.first_due_date == "2026-03-09");
  CHECK(to_rfc3339(*task.first_due_at, "Asia/Ho_Chi_Minh") == "2026-03-09T16:00:00+07:00");
  REQUIRE(task.extensions.size() == 1);
  CHECK(task.extensions[0].state == "granted");
  CHECK(task.extensions[0].decided_by == PersonId{"binh"});
  CHECK(task.extensions[0].reason == "chờ số liệu");
  CHECK(task.due_explain.dump().find("Gia hạn lần 1") != std::string::npos);
  CHECK(std::ranges::count(desk.told("an"), "extension.decided") == 1);
  const std::vector<std::string> keys = desk.house.outbox_keys();
  CHECK(std::ranges::count(keys, "task.extensionRequested.so-a") == 1);
  CHECK(std::ranges::count(keys, "task.extensionDecided.so-a") == 1);

  // A second one counts from the new day; the first day stays the first.
  REQUIRE(desk.ask("an", R"({"date": "2026-03-20"})"));
  REQUIRE(desk.decide("binh", true, Json{{"date", "2026-03-18"}, {"at", "10:00"}}));
  CHECK(desk.due() == "2026-03-18T10:00");
  CHECK(desk.now().first_due_date == "2026-03-09");
  desk.house.reopen();
  CHECK(desk.house.findings().empty());
}

TEST_CASE("an extension that is refused leaves everything and can be asked again",
          "[engine][extension]") {
  Desk desk;
  const std::string before = desk.moments();
  REQUIRE(desk.ask("an"));
  const auto silent = desk.decide("binh", false, nullptr, " ");
  REQUIRE_FALSE(silent);
  CHECK(silent.error().fields.at(0).pointer == "/comment");
  REQUIRE(desk.decide("binh", false, nullptr, "đủ thời gian"));
  CHECK(desk.due() == "2026-03-09T16:00");
  CHECK(desk.moments() == before);
  CHECK(desk.now().extensions.at(0).state == "refused");
  CHECK(desk.decide("binh", true).error().type == "no-extension-asked");
  REQUIRE(desk.ask("an"));
  CHECK(desk.now().extensions.size() == 2);
}

TEST_CASE("the nearest head above who asks decides, never who asks", "[engine][extension]") {
  Desk desk;
  REQUIRE(desk.ask("an"));
  CHECK(desk.decide("an", true).error().type == "not-a-decider");
  CHECK(desk.decide("em", true).error().type == "not-a-decider");
  CHECK(desk.decide("chu", true).error().type == "not-a-decider");
  REQUIRE(desk.decide("binh", true));
  // The head of the department asks: the head above decides.
  REQUIRE(desk.ask("binh", R"({"workingDays": 1})"));
  CHECK(desk.decide("binh", true).error().type == "not-a-decider");
  REQUIRE(desk.decide("chu", true));
}

TEST_CASE(
    "for a decider who is on leave the deputy is told and decides, never about a wish of their own",
    "[engine][extension][leave]") {
  Desk desk;
  Json organisation = Json::parse(small_organisation);
  organisation["people"][2]["absences"] =
      Json::array({{{"from", "2026-03-02"},
                    {"to", "2026-03-06"},
                    {"deputy", "ba"},
                    {"scope", {{"roles", Json::array({"head"})}}}}});
  REQUIRE(organisation["people"][2]["id"] == "binh");
  REQUIRE(desk.house.engine->import_organisation(organisation, PersonId{}));
  REQUIRE(desk.ask("an"));
  CHECK(std::ranges::count(desk.told("ba"), "extension.requested") == 1);
  CHECK(std::ranges::count(desk.told("binh"), "extension.requested") == 0);
  CHECK(desk.decide("dung", true).error().type == "not-a-decider");
  REQUIRE(desk.decide("ba", true));
  const Extension granted = desk.now().extensions.back();
  CHECK(granted.decided_by == PersonId{"ba"});
  CHECK(granted.on_behalf_of == PersonId{"binh"});

  REQUIRE(desk.ask("ba", R"({"workingDays": 1})"));
  CHECK(desk.decide("ba", true).error().type == "not-a-decider");
  REQUIRE(desk.decide("binh", true));  // Being away takes nobody's right.
  CHECK(desk.now().extensions.back().on_behalf_of.empty());
  CHECK(desk.house.findings() == "");
}

TEST_CASE("the step or the document says who decides, how often, and whether at all",
          "[engine][extension]") {
  {
    Desk desk("        extension: {by: [{role: head, unit: so-b}], max: 1}\n");
    REQUIRE(desk.ask("an"));
    CHECK(desk.decide("binh", true).error().type == "not-a-decider");
    REQUIRE(desk.decide("em", true));
    CHECK(desk.ask("an").error().type == "extension-limit");
  }
  {
    Desk desk("        extension: none\n");
    CHECK(desk.ask("an").error().type == "extension-not-allowed");
  }
  {
    Desk desk("",
              "{start: {by: [{role: specialist, unit: own}]}, extension: {by: [{user: dung}]}}");
    REQUIRE(desk.ask("an"));
    REQUIRE(desk.decide("dung", true));
  }
}

TEST_CASE("what cannot be asked for is refused with its reason", "[engine][extension]") {
  Desk desk("        expire: {workingDays: 10}\n");
  const auto fault = [](const Result<Receipt>& refused) {
    REQUIRE_FALSE(refused);
    return refused.error().type + " " +
           (refused.error().fields.empty() ? ""
                                           : refused.error().fields.front().pointer + " " +
                                                 refused.error().fields.front().code);
  };
  CHECK(fault(desk.ask("dung")) == "not-a-candidate ");
  CHECK(fault(desk.ask("an", R"({"workingDays": 3})", "  ")) ==
        "extension-invalid /reason required");
  CHECK(fault(desk.ask("an", R"({"date": "2026-03-06"})")) == "extension-invalid /due not-later");
  CHECK(fault(desk.ask("an", R"({"workingDays": -1})")) == "extension-invalid /due not-later");
  CHECK(fault(desk.ask("an", R"({"workingDays": "3"})")) == "extension-invalid /due integer");
  CHECK(fault(desk.ask("an", R"({"relativeTo": "2026-03-09", "workingDays": 1})")) ==
        "extension-invalid /due not-with");
  CHECK(fault(desk.ask("an", R"({"workingDays": 6})")) == "extension-invalid /due beyond-expire");
  CHECK(fault(desk.ask("an", "null")) == "extension-invalid /due type");
  REQUIRE(desk.ask("an", R"({"workingDays": 2})"));
  CHECK(fault(desk.ask("an")) == "extension-asked ");
  CHECK(fault(desk.decide("binh", true, Json{{"workingDays", 0}})) ==
        "extension-invalid /due not-later");
  REQUIRE(desk.house.complete(desk.started, "an"));
  CHECK(fault(desk.decide("binh", true)) == "task-not-open ");
}

TEST_CASE("an overdue task that is extended is no longer overdue, and its ladder begins anew",
          "[engine][extension]") {
  Desk desk;
  desk.house.advance("2026-03-11T09:00:00+07:00");
  CHECK(desk.now().overdue);
  CHECK(desk.moments().empty());
  REQUIRE(desk.ask("an", R"({"date": "2026-03-16"})"));
  REQUIRE(desk.decide("binh", true));
  CHECK_FALSE(desk.now().overdue);
  CHECK_FALSE((*desk.house.store->reads()->find_instance(desk.started.instance))->overdue);
  CHECK(desk.moments() == "reminder 03-13T07:30\noverdue 03-16T16:00\nescalation 03-18T00:00\n");
  desk.house.advance("2026-03-20T09:00:00+07:00");
  std::set<std::string> ids;
  int reminders = 0;
  for (const OutboxRow& row : desk.house.store->reads()->outbox_after(0, 1000).value()) {
    if (row.routing_key.starts_with("reminder.sent.")) ++reminders, ids.insert(row.id);
  }
  // an, ba and binh may do it: each reminded of the old day and of the new one.
  CHECK(reminders == 6);
  CHECK(ids.size() == 6);
  CHECK(std::ranges::count(desk.house.history(desk.started.instance), "task_overdue") == 2);
  CHECK(desk.house.findings().empty());
}

TEST_CASE("a suspended instance takes no extension, and its stop counts after one that was granted",
          "[engine][extension]") {
  Desk desk;
  REQUIRE(desk.ask("an"));
  REQUIRE(desk.decide("binh", true));
  desk.house.advance("2026-03-10T10:00:00+07:00");
  REQUIRE(
      desk.house.engine->submit(desk.started.instance, SuspendInstance{PersonId{"ad"}, "kiểm kê"}, {}));
  CHECK(desk.ask("an").error().type == "instance-suspended");
  desk.house.advance("2026-03-12T09:00:00+07:00");
  REQUIRE(desk.house.engine->submit(desk.started.instance, ResumeInstance{PersonId{"ad"}}, {}));
  CHECK(desk.due() == "2026-03-13T16:00");
  CHECK(desk.house.findings().empty());
}

}  // namespace
}  // namespace kyhan::test
