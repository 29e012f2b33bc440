// What people were told of a task, with the proof, and what they will be told.

#include "workflow/core/time_text.hpp"
#include "workflow/store/unit_of_work.hpp"

#include "tests/support/live_server.hpp"
#include "tests/support/results.hpp"

namespace kyhan::test {
namespace {

const char* reminded_definition = R"(
document:
  dsl: '1.0.3'
  namespace: test
  name: reminded
  version: '1.0.0'
  metadata: {start: {by: [{role: specialist, unit: own}]}}
do:
  - work:
      call: humanTask:1.0.0@default
      with:
        title: {vi: Lập báo cáo, en: Write the report}
        assignment: {mode: claim, candidates: [{role: specialist, unit: own}]}
        due: {workingDays: 3}
        reminders:
          - {offset: {workingDays: -1}, at: "08:00", to: [assignee]}
          - {offset: {workingDays: 1}, at: "08:00", to: [assignee, head]}
        escalation: [{after: {workingDays: 2}, action: reassign, to: {role: head, unit: own}}]
)";

TEST_CASE("a task says what it will tell whom and why, and what it has told, with the proof",
          "[api][reminders]") {
  LiveServer live;
  HttpClient an = live.as("an");
  REQUIRE(live.local()
              .ask({"POST",
                    "/api/v1/definitions",
                    reminded_definition,
                    {"Content-Type: application/yaml"}})
              .status == 201);
  const Json started =
      an.post("/api/v1/instances", {{"definition", "reminded"}, {"unit", "so-a"}}).json();
  const std::string task = started["openTasks"][0]["id"];
  const std::string path = "/api/v1/tasks/" + task + "/notifications";

  // Monday 23 November 2026 and three working days: Thursday the 26th.
  const Json before = an.get(path).json();
  CHECK(before["sent"].empty());
  REQUIRE(before["next"].size() == 4);
  CHECK(before["next"][0]["at"] == "2026-11-25T01:00:00Z");
  // Not urgent: with the digest of the next morning.
  CHECK(before["next"][0]["to"] == Json::array({{{"id", "an"},
                                                 {"name", "Nguyễn An"},
                                                 {"delivery", "later"},
                                                 {"deliverAt", "2026-11-26T00:30:00Z"}},
                                                {{"id", "em"},
                                                 {"name", "Lê Em"},
                                                 {"delivery", "later"},
                                                 {"deliverAt", "2026-11-26T00:30:00Z"}}}));
  CHECK(before["next"][0]["why"]["vi"] ==
        "Nhắc việc: trước hạn Thứ Năm 26/11/2026 là 1 ngày làm việc.");
  CHECK(before["next"][3]["action"] == "reassign");
  CHECK(before["next"][3]["to"][0]["id"] == "binh");
  CHECK(an.get(path + "?next=1").json()["next"].size() == 1);
  CHECK(an.get(path + "?next=1000").status == 400);
  CHECK(an.get("/api/v1/tasks/" + task).json()["reminders"] == before["next"]);
  CHECK(live.as("cuc").get(path).status == 404);

  REQUIRE(
      live.as("quan-tri").post("/api/v1/clock:advance", {{"to", "2026-11-27T01:00:00Z"}}).status ==
      200);
  Json sent = an.get(path).json()["sent"];
  REQUIRE(sent.size() == 3);
  CHECK(sent[0]["kind"] == "reminder");
  CHECK(sent[0]["late"] == false);
  CHECK(sent[0]["to"][0]["confirmedAt"] == nullptr);
  CHECK(sent[1]["kind"] == "overdue");
  CHECK(sent[2]["to"].size() == 3);

  const Instant proof = parse_rfc3339("2026-11-27T01:00:09Z").value();
  REQUIRE(live.house().services().engine.write([proof](UnitOfWork& work) -> Result<Json> {
    work.stage_sent_up_to(1'000'000, proof);
    return Result<Json>{boost::system::in_place_value, nullptr};
  }));
  sent = an.get(path).json()["sent"];
  for (const Json& person : sent[2]["to"]) CHECK(person["confirmedAt"] == "2026-11-27T01:00:09Z");
  const Json history =
      an.get("/api/v1/instances/" + started["id"].get<std::string>() + "/history").json()["items"];
  std::size_t told = 0;
  for (const Json& entry : history) {
    if (entry["kind"] != "task_reminded") continue;
    ++told;
    CHECK(entry["details"]["to"][0]["confirmedAt"] == "2026-11-27T01:00:09Z");
  }
  CHECK(told == 2);
  const std::string metrics = live.local().get("/metrics").body;
  CHECK(metrics.find("\nkyhan_reminders_sent_total 5\n") != std::string::npos);
  CHECK(metrics.find("\nkyhan_reminders_late_total 0\n") != std::string::npos);
  CHECK(metrics.find("\nkyhan_timers_overdue_seconds 0\n") != std::string::npos);
}

}  // namespace
}  // namespace kyhan::test
