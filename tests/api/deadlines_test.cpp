// Deadlines over HTTP: more time, suspension, calendars that change.

#include <chrono>
#include <thread>

#include "tests/support/live_server.hpp"

namespace kyhan::test {
namespace {

Json start(LiveServer& live) {
  const HttpAnswer answer =
      live.as("an").post("/api/v1/instances", {{"definition", "two-step"}, {"unit", "so-a"}});
  REQUIRE(answer.status == 201);
  return answer.json();
}

std::string path_of(const Json& started, const std::string& action) {
  return "/api/v1/tasks/" + started["openTasks"][0]["id"].get<std::string>() + action;
}

/// The change once every deadline has moved and everybody is told.
Json until_done(HttpClient& client, const Json& made) {
  const std::string path =
      "/api/v1/calendar-changes/" + std::to_string(made["change"]["id"].get<int>());
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{60};
  for (;;) {
    const Json change = client.get(path).json();
    if (change["phase"] == "done") return change;
    REQUIRE(std::chrono::steady_clock::now() < deadline);
    std::this_thread::yield();
  }
}

/// Thursday 26 November 2026 off.
const Json storm = {{"id", "vn"},
                    {"parent", "vn"},
                    {"days", Json::array({{{"date", "2026-11-26"}, {"kind", "holiday"}}})}};

TEST_CASE("a request for more time is seen and decided by who stands in for the head",
          "[api][deadlines][leave]") {
  LiveServer live;
  HttpClient an = live.as("an"), binh = live.as("binh"), em = live.as("em");
  const Json started = start(live);
  REQUIRE(an.post(path_of(started, ":requestExtension"),
                  {{"due", {{"workingDays", 3}}}, {"reason", "Chờ số liệu"}})
              .status == 200);
  CHECK(em.get("/api/v1/tasks?view=extensions").json()["items"].empty());
  REQUIRE(binh.post("/api/v1/absences",
                    {{"from", "2026-11-23"}, {"to", "2026-11-25"}, {"deputy", "em"}})
              .status == 201);
  CHECK(em.get("/api/v1/tasks?view=extensions").json()["items"].size() == 1);
  CHECK(em.get(path_of(started, "")).json()["canDecideExtension"] == true);
  const HttpAnswer granted = em.post(path_of(started, ":decideExtension"), {{"decision", "grant"}});
  INFO(granted.body);
  REQUIRE(granted.status == 200);
  const Json extension = granted.json()["extensions"][0];
  CHECK(extension["decidedBy"]["id"] == "em");
  CHECK(extension["onBehalfOf"]["id"] == "binh");
}

TEST_CASE("more time is asked for, seen by who decides, granted, and shown beside the first day",
          "[api][deadlines]") {
  LiveServer live;
  HttpClient an = live.as("an"), binh = live.as("binh"), cuc = live.as("cuc");
  const Json started = start(live);
  const Json before = an.get(path_of(started, "")).json();
  CHECK(before["dueDate"] == "2026-11-30");
  CHECK(before["canAskExtension"] == true);
  CHECK(before["extensions"].empty());

  const Json wish = {{"due", {{"workingDays", 3}}}, {"reason", "Chờ số liệu của xã"}};
  CHECK(cuc.post(path_of(started, ":requestExtension"), wish).status == 404);
  const HttpAnswer silent = an.post(path_of(started, ":requestExtension"),
                                    {{"due", {{"workingDays", 3}}}, {"reason", " "}});
  CHECK(silent.status == 422);
  const HttpAnswer asked = an.post(path_of(started, ":requestExtension"), wish);
  INFO(asked.body);
  REQUIRE(asked.status == 200);
  CHECK(asked.json()["canAskExtension"] == false);
  CHECK(asked.json()["extensions"][0]["state"] == "asked");
  CHECK(asked.json()["dueDate"] == "2026-11-30");
  CHECK(an.post(path_of(started, ":requestExtension"), wish).status == 409);

  const Json waiting = binh.get("/api/v1/tasks?view=extensions").json();
  REQUIRE(waiting["items"].size() == 1);
  CHECK(waiting["items"][0]["extensionAskedAt"].is_string());
  CHECK(an.get("/api/v1/tasks?view=extensions").json()["items"].empty());
  CHECK(binh.get(path_of(started, "")).json()["canDecideExtension"] == true);
  CHECK(an.get(path_of(started, "")).json()["canDecideExtension"] == false);
  CHECK(an.post(path_of(started, ":decideExtension"), {{"decision", "grant"}}).status == 403);
  CHECK(binh.post(path_of(started, ":decideExtension"), {{"decision", "maybe"}}).status == 400);

  const HttpAnswer granted = binh.post(path_of(started, ":decideExtension"),
                                       {{"decision", "grant"}, {"comment", "Đồng ý"}});
  INFO(granted.body);
  REQUIRE(granted.status == 200);
  CHECK(granted.json()["dueDate"] == "2026-12-03");
  CHECK(granted.json()["originalDueDate"] == "2026-11-30");
  CHECK(granted.json()["extensions"][0]["decidedBy"]["id"] == "binh");
  CHECK(granted.json()["dueExplain"].dump().find("Gia hạn lần 1") != std::string::npos);
  CHECK(an.get("/api/v1/tasks").json()["items"][0]["originalDueDate"] == "2026-11-30");
  CHECK(binh.get("/api/v1/tasks?view=extensions").json()["items"].empty());
  const Json history =
      an.get("/api/v1/instances/" + started["id"].get<std::string>() + "/history").json();
  const std::string told = history.dump();
  CHECK(told.find("đề nghị gia hạn") != std::string::npos);
  CHECK(told.find("cho gia hạn") != std::string::npos);
}

TEST_CASE("a leader of the unit suspends a case and lets it go on", "[api][deadlines]") {
  LiveServer live;
  HttpClient an = live.as("an"), binh = live.as("binh");
  const Json started = start(live);
  const std::string id = started["id"];
  const Json why = {{"reason", "Chờ ý kiến Bộ Nội vụ"}};
  CHECK(an.post("/api/v1/instances/" + id + ":suspend", why).status == 403);
  CHECK(live.as("dung").post("/api/v1/instances/" + id + ":suspend", why).status == 404);
  CHECK(binh.post("/api/v1/instances/" + id + ":suspend", Json::object()).status == 400);
  const HttpAnswer stopped = binh.post("/api/v1/instances/" + id + ":suspend", why);
  INFO(stopped.body);
  REQUIRE(stopped.status == 200);
  CHECK(stopped.json()["state"] == "suspended");
  const Json shown = an.get("/api/v1/instances/" + id).json();
  CHECK(shown["suspended"]["by"]["id"] == "binh");
  CHECK(shown["waiting"]["vi"].get<std::string>().find("tạm dừng") != std::string::npos);
  CHECK(an.get("/api/v1/instances?state=suspended").json()["items"].size() == 1);
  const Json task = an.get(path_of(started, "")).json();
  CHECK(task["canComplete"] == false);
  CHECK(task["blockedReason"]["en"] == "The instance is suspended.");
  const HttpAnswer refused = an.post(path_of(started, ":claim"), Json::object());
  CHECK(refused.status == 409);
  CHECK(refused.problem() == "instance-suspended");
  CHECK(binh.post("/api/v1/instances/" + id + ":suspend", why).status == 409);

  REQUIRE(
      live.as("quan-tri").post("/api/v1/clock:advance", {{"to", "2026-11-26T02:00:00Z"}}).status ==
      200);
  const HttpAnswer resumed = binh.post("/api/v1/instances/" + id + ":resume", Json::object());
  REQUIRE(resumed.status == 200);
  CHECK(resumed.json()["state"] == "waiting");
  // Tuesday and Wednesday were lost.
  CHECK(an.get(path_of(started, "")).json()["dueDate"] == "2026-12-02");
  CHECK(binh.post("/api/v1/instances/" + id + ":resume", Json::object()).problem() ==
        "not-suspended");
}

TEST_CASE("a calendar is previewed, changed, followed and changed back", "[api][deadlines]") {
  LiveServer live;
  HttpClient admin = live.as("quan-tri"), an = live.as("an");
  const Json started = start(live);
  CHECK(an.put("/api/v1/calendars/vn", storm).status == 403);
  CHECK(an.post("/api/v1/calendars/vn:preview", storm).status == 403);
  const Json preview = admin.post("/api/v1/calendars/vn:preview", storm).json();
  REQUIRE(preview["items"].size() == 1);
  CHECK(preview["items"][0]["kind"] == "due");
  CHECK(preview["items"][0]["fromDate"] == "2026-11-30");
  CHECK(preview["items"][0]["toDate"] == "2026-12-01");
  CHECK(preview["byUnit"][0]["unit"]["id"] == "so-a");
  CHECK(preview["byUnit"][0]["moves"]["due"] == 1);
  CHECK(preview["page"]["has_more"] == false);
  CHECK(an.get(path_of(started, "")).json()["dueDate"] == "2026-11-30");

  const HttpAnswer made = admin.put("/api/v1/calendars/vn?reason=B%C3%A3o", storm);
  INFO(made.body);
  REQUIRE(made.status == 202);
  const Json change = until_done(admin, made.json());
  CHECK(change["deadlinesMoved"] == 1);
  CHECK(change["reason"] == "Bão");
  CHECK(change["madeBy"]["id"] == "quan-tri");
  CHECK(an.get(path_of(started, "")).json()["dueDate"] == "2026-12-01");
  CHECK(an.get("/api/v1/notifications").body.find("Bão") != std::string::npos);
  const Json days = an.get("/api/v1/calendar/days?from=2026-11-26&to=2026-11-27").json()["items"];
  CHECK(days[0]["working"] == false);
  CHECK(days[1]["hours"][0][0] == "07:30");

  CHECK(admin.put("/api/v1/calendars/vn", storm).json()["change"].is_null());
  const Json document = an.get("/api/v1/calendars/vn").json();
  CHECK(document == storm);
  const HttpAnswer undone =
      admin.post("/api/v1/calendar-changes/" + std::to_string(change["id"].get<int>()) + ":undo",
                 {{"reason", "Nhầm ngày"}});
  REQUIRE(undone.status == 202);
  until_done(admin, undone.json());
  CHECK(an.get(path_of(started, "")).json()["dueDate"] == "2026-11-30");
  CHECK(admin.get("/api/v1/calendar-changes").json()["items"].size() == 2);
  CHECK(an.get("/api/v1/calendars/vn").json()["officialThrough"] == 2026);
}

TEST_CASE("a faulty calendar names every fault and leaves the one in use", "[api][deadlines]") {
  LiveServer live;
  HttpClient admin = live.as("quan-tri");
  Json faulty = storm;
  faulty["days"].push_back({{"date", "26/11/2026"}, {"kind", "off"}});
  faulty["week"] = {{"mon", "x"}};
  const HttpAnswer refused = admin.put("/api/v1/calendars/vn", faulty);
  CHECK(refused.status == 422);
  std::vector<std::string> pointers;
  const Json problem = refused.json();
  for (const Json& error : problem["errors"]) pointers.push_back(error["pointer"]);
  CHECK(pointers == std::vector<std::string>{"/week/mon", "/days/1/date", "/days/1/kind"});
  CHECK(admin.get("/api/v1/calendars/vn").json()["officialThrough"] == 2026);
  CHECK(admin.put("/api/v1/calendars/other", storm).json()["errors"][0]["pointer"] == "/id");
  CHECK(admin.get("/api/v1/calendars/nothing").status == 404);
  CHECK(admin.remove("/api/v1/calendars/nothing").status == 404);
  CHECK(admin.get("/api/v1/calendar-changes/x").status == 404);
  CHECK(admin.get("/api/v1/calendar-changes").json()["items"].empty());
}

TEST_CASE("a unit's calendar is asked for by the unit or by its own id", "[api][deadlines]") {
  LiveServer live;
  HttpClient admin = live.as("quan-tri");
  const Json own = {{"id", "so-a-rieng"},
                    {"parent", "vn"},
                    {"unit", "so-a"},
                    {"days", Json::array({{{"date", "2026-11-24"}, {"kind", "holiday"}}})}};
  until_done(admin, admin.put("/api/v1/calendars/so-a-rieng", own).json());
  const std::string due =
      "/api/v1/calendar/due?from=2026-11-23T02:00:00Z&due=%7B%22workingDays%22:1%7D";
  CHECK(admin.get(due).json()["date"] == "2026-11-24");
  CHECK(admin.get(due + "&unit=so-a").json()["date"] == "2026-11-25");
  CHECK(admin.get(due + "&unit=so-b").json()["date"] == "2026-11-24");
  CHECK(admin.get(due + "&calendar=so-a-rieng").json()["date"] == "2026-11-25");
  CHECK(admin.get(due + "&calendar=x").status == 404);
  CHECK(admin.get(due + "&unit=x").status == 404);
  const Json list = admin.get("/api/v1/calendars").json()["items"];
  REQUIRE(list.size() == 2);
  CHECK(list[0]["unit"] == "so-a");
  CHECK(list[1]["builtIn"] == true);
  const HttpAnswer removed = admin.remove("/api/v1/calendars/so-a-rieng");
  REQUIRE(removed.status == 202);
  until_done(admin, removed.json());
  CHECK(admin.get(due + "&unit=so-a").json()["date"] == "2026-11-24");
}

}  // namespace
}  // namespace kyhan::test
