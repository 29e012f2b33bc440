// Leave and substitution over HTTP: recorded, seen by the deputy, acted on, ended.

#include "tests/support/live_server.hpp"

namespace kyhan::test {
namespace {

/// The two steps, with deputies allowed at the second.
void publish_with_deputies(LiveServer& live) {
  Json definition = two_step_definition();
  definition["document"]["version"] = "1.1.0";
  definition["do"][1]["approve"]["with"]["assignment"]["substitutes"] = true;
  const HttpAnswer published = live.local().post("/api/v1/definitions", definition);
  INFO(published.body);
  REQUIRE(published.status == 201);
}

/// The task that the head of so-a is to approve: {id, etag}.
Json task_of_head(HttpClient& an) {
  const Json started =
      an.post("/api/v1/instances", {{"definition", "two-step"}, {"unit", "so-a"}}).json();
  const Json first = started["openTasks"][0];
  const HttpAnswer done =
      an.post("/api/v1/tasks/" + first["id"].get<std::string>() + ":complete",
              {{"outcome", "submit"}}, {"If-Match: " + first["etag"].get<std::string>()});
  INFO(done.body);
  REQUIRE(done.status == 200);
  Json task = done.json()["openTasks"][0];
  task["instance"] = started["id"];
  return task;
}

TEST_CASE("the deputy finds the work of the one away, marked, and acts for them", "[api][leave]") {
  LiveServer live;
  publish_with_deputies(live);
  HttpClient an = live.as("an"), binh = live.as("binh"), em = live.as("em");
  const Json task = task_of_head(an);
  const std::string path = "/api/v1/tasks/" + task["id"].get<std::string>();
  CHECK(em.get(path).status == 404);

  const HttpAnswer recorded = binh.post(
      "/api/v1/absences", {{"from", "2026-11-23"}, {"to", "2026-11-25"}, {"deputy", "em"}});
  INFO(recorded.body);
  REQUIRE(recorded.status == 201);
  CHECK(recorded.json()["state"] == "now");
  CHECK(em.get("/api/v1/notifications").json()["items"][0]["title"]["vi"] == "Thay mặt Trần Bình");

  const Json list = em.get("/api/v1/tasks").json();
  REQUIRE(list["items"].size() == 1);
  CHECK(list["items"][0]["id"] == task["id"]);
  CHECK(list["items"][0]["actingFor"]["id"] == "binh");
  CHECK(list["items"][0]["claimable"] == true);
  CHECK(list["counts"]["none"] == 1);
  CHECK(em.get(path).json()["canComplete"] == true);

  const HttpAnswer claimed = em.post(path + ":claim", Json::object());
  INFO(claimed.body);
  REQUIRE(claimed.status == 200);
  CHECK(claimed.json()["onBehalfOf"]["id"] == "binh");
  CHECK(binh.get("/api/v1/tasks").json()["items"].size() == 1);  // Stays in sight.
  const HttpAnswer done = em.post(path + ":complete", {{"outcome", "approve"}},
                                  {"If-Match: " + claimed.json()["etag"].get<std::string>()});
  INFO(done.body);
  REQUIRE(done.status == 200);

  const Json history = binh.get("/api/v1/instances/" + task["instance"].get<std::string>() +
                                "/history")
                           .json()["items"];
  std::string told;
  for (const Json& entry : history) {
    if (entry["kind"] == "task_completed" && entry.contains("onBehalfOf")) {
      told = entry["title"]["vi"].get<std::string>() + " " +
             entry["onBehalfOf"]["id"].get<std::string>();
    }
  }
  CHECK(told == "Lê Em (thay mặt Trần Bình) hoàn thành “Phê duyệt”: approve. binh");
  CHECK(binh.get("/api/v1/tasks?view=done").json()["items"][0]["completedBy"]["id"] == "em");
  CHECK(em.get("/api/v1/tasks?view=done").json()["items"].size() == 1);
}

TEST_CASE("an absence that ends takes the work out of the deputy's sight", "[api][leave]") {
  LiveServer live;
  publish_with_deputies(live);
  HttpClient an = live.as("an"), binh = live.as("binh"), em = live.as("em");
  const Json task = task_of_head(an);
  const std::string id = binh.post("/api/v1/absences",
                                   {{"from", "2026-11-20"}, {"to", "2026-11-25"}, {"deputy", "em"}})
                             .json()["id"];
  REQUIRE(em.get("/api/v1/tasks").json()["items"].size() == 1);
  CHECK(em.remove("/api/v1/absences/" + id).status == 404);  // Not the deputy's to end.
  const HttpAnswer ended = binh.remove("/api/v1/absences/" + id);
  INFO(ended.body);
  REQUIRE(ended.status == 200);
  CHECK(ended.json()["to"] == "2026-11-22");
  CHECK(ended.json()["plannedTo"] == "2026-11-25");
  CHECK(em.get("/api/v1/tasks").json()["items"].empty());
  CHECK(em.get("/api/v1/tasks/" + task["id"].get<std::string>()).status == 404);
  CHECK(binh.remove("/api/v1/absences/" + id).status == 409);
  // The days are free again.
  CHECK(binh.post("/api/v1/absences",
                  {{"from", "2026-11-24"}, {"to", "2026-11-25"}, {"deputy", "em"}})
            .status == 201);
}

TEST_CASE("leave is recorded by the person or the head, and never in a circle", "[api][leave]") {
  LiveServer live;
  HttpClient an = live.as("an"), binh = live.as("binh"), dung = live.as("dung");
  const auto record = [](HttpClient& client, const char* person, const char* from, const char* to,
                         const char* deputy, Json scope = nullptr) {
    Json body = {{"person", person}, {"from", from}, {"to", to}, {"deputy", deputy}};
    if (!scope.is_null()) body["scope"] = std::move(scope);
    const HttpAnswer answer = client.post("/api/v1/absences", body);
    return std::to_string(answer.status) + " " + answer.problem();
  };
  CHECK(record(an, "binh", "2026-12-01", "2026-12-02", "em") == "403 not-your-leave");
  CHECK(record(dung, "an", "2026-12-01", "2026-12-02", "em") == "403 not-your-leave");
  CHECK(record(binh, "an", "2026-12-01", "2026-12-02", "em") == "201 ");
  CHECK(record(binh, "em", "2026-12-02", "2026-12-03", "an") == "409 absence-cycle");
  CHECK(record(binh, "binh", "2026-12-02", "2026-12-03", "an") == "409 deputy-absent");
  CHECK(record(an, "an", "2026-12-02", "2026-12-03", "em") == "409 absence-overlap");
  CHECK(record(an, "an", "2026-11-01", "2026-11-02", "em") == "422 absence-past");
  CHECK(record(an, "an", "2026-12-05", "2026-12-04", "em") == "422 absence-too-long");
  CHECK(record(an, "an", "hôm nay", "2026-12-04", "em") == "422 bad-date");
  CHECK(record(an, "an", "2026-12-05", "2026-12-06", "ai-do") == "422 unknown-person");
  CHECK(record(an, "an", "2026-12-05", "2026-12-06", "em", {{"units", {"so-z"}}}) ==
        "422 unknown-unit");
  CHECK(record(an, "an", "2026-12-05", "2026-12-06", "em", {{"unit", "so-a"}}) ==
        "422 bad-absence-scope");
  CHECK(an.get("/api/v1/absences").json()["items"].size() == 1);
  CHECK(live.as("em").get("/api/v1/absences").json()["items"].size() == 1);  // As the deputy.
  CHECK(binh.get("/api/v1/absences?unit=so-a").json()["items"].size() == 1);
  CHECK(dung.get("/api/v1/absences").json()["items"].empty());
  CHECK(dung.get("/api/v1/absences?person=an").status == 404);
}

TEST_CASE("leave stays over an import of the organisation and is exported with it", "[api][leave]") {
  LiveServer live;
  HttpClient an = live.as("an"), local = live.local();
  REQUIRE(an.post("/api/v1/absences",
                  {{"from", "2026-12-01"}, {"to", "2026-12-02"}, {"deputy", "em"}})
              .status == 201);
  Json file = small_organisation();
  file["people"][2]["absences"] = {
      {{"from", "2026-12-07"}, {"to", "2026-12-08"}, {"deputy", "em"}}};
  REQUIRE(local.post("/api/v1/organisation:import", file).status == 200);
  CHECK(local.get("/api/v1/absences").json()["items"].size() == 2);
  CHECK(local.get("/api/v1/absences").json()["items"][1]["fromFile"] == true);
  file["people"][1]["absences"] = {
      {{"from", "2026-12-02"}, {"to", "2026-12-02"}, {"deputy", "binh"}}};
  const HttpAnswer refused = local.post("/api/v1/organisation:import", file);
  CHECK(refused.status == 422);  // em stands in for an on that day.
  file["people"][1].erase("absences");
  file["people"][2].erase("absences");
  REQUIRE(local.post("/api/v1/organisation:import", file).status == 200);
  CHECK(local.get("/api/v1/absences").json()["items"].size() == 1);
}

}  // namespace
}  // namespace kyhan::test
