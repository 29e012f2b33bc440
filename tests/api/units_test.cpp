// A closed unit, seen and handed over by HTTP; the organisation as it is now.

#include "tests/support/live_server.hpp"

namespace kyhan::test {
namespace {

/// The engine answers a write only after the batches before it: no need to wait by the clock.
Json finished(LiveServer& live, HttpClient& client, const std::string& id) {
  for (int i = 0; i < 10'000; ++i) {
    const Json job = client.get("/api/v1/jobs/" + id).json();
    if (job["state"] == "finished") return job;
    (void)live.house().services().engine.write([](UnitOfWork&) {
      return Result<Json>{boost::system::in_place_value, nullptr};
    });
  }
  FAIL("the job does not end");
  return {};
}

Json unit(HttpClient& client, const std::string& id) {
  const Json all = client.get("/api/v1/units").json();
  for (const Json& one : all["items"]) {
    if (one["id"] == id) return one;
  }
  FAIL("no unit " << id);
  return {};
}

TEST_CASE("the running work of a closed unit is seen and handed over", "[api][units]") {
  LiveServer live;
  HttpClient an = live.as("an"), admin = live.as("quan-tri");
  const Json about_a = {{"definition", "two-step"}, {"unit", "so-a"}};
  for (int i = 0; i < 3; ++i) REQUIRE(an.post("/api/v1/instances", about_a).status == 201);

  Json organisation = live.local().get("/api/v1/organisation").json();
  for (Json& one : organisation["units"]) {
    if (one["id"] == "so-a") one["to"] = "2026-11-22", one["successor"] = "so-b";
  }
  REQUIRE(live.local().post("/api/v1/organisation:import", organisation).status == 200);
  CHECK(live.local().get("/api/v1/organisation").json() == organisation);
  CHECK(unit(an, "so-a")["open"] == false);
  CHECK(unit(an, "so-a")["successor"] == "so-b");
  CHECK(unit(an, "so-b")["open"] == true);
  const HttpAnswer late = an.post("/api/v1/instances", about_a);
  CHECK(late.status == 409);
  CHECK_THAT(late.body, Catch::Contains("unit-closed"));
  CHECK(admin.get("/api/v1/tasks?view=team&unit=so-a").json()["items"].size() == 3);

  const HttpAnswer moved =
      admin.post("/api/v1/units/so-a:handOver", {{"to", "so-b"}, {"reason", "Sáp nhập"}});
  INFO(moved.body);
  REQUIRE(moved.status == 202);
  CHECK(moved.json()["instances"] == 3);
  CHECK(finished(live, admin, moved.json()["job"])["refused"] == 0);
  CHECK(admin.get("/api/v1/tasks?view=team&unit=so-a").json()["items"].empty());
  const Json theirs = live.as("cuc").get("/api/v1/tasks").json()["items"];
  REQUIRE(theirs.size() == 3);
  CHECK(theirs[0]["unit"]["id"] == "so-b");
  const Json history =
      live.as("dung")
          .get("/api/v1/instances/" + theirs[0]["instance"]["id"].get<std::string>() + "/history")
          .json();
  CHECK_THAT(history.dump(), Catch::Contains("Chuyển giao từ Sở A sang Sở B."));
  CHECK(admin.post("/api/v1/units/so-a:handOver", {{"to", "so-b"}, {"reason", "x"}}).status == 200);
}

TEST_CASE("a unit is handed over to an open one alone", "[api][units]") {
  LiveServer live;
  HttpClient admin = live.as("quan-tri");
  const auto ask = [&](const std::string& from, const std::string& to) {
    return admin.post("/api/v1/units/" + from + ":handOver", {{"to", to}, {"reason", "x"}}).status;
  };
  CHECK(ask("so-a", "so-a") == 422);
  CHECK(ask("so-a", "no-such") == 422);
  CHECK(ask("no-such", "so-b") == 404);
}

}  // namespace
}  // namespace kyhan::test
