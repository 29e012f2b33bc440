// fanOut as those see it who look after cases: how far it is, and why the case waits.

#include "tests/support/live_server.hpp"

namespace kyhan::test {
namespace {

Json named(const std::string& name, Json steps) {
  Json document = two_step_definition();
  document["document"]["name"] = name;
  document["do"] = std::move(steps);
  return document;
}

TEST_CASE("a case says how far its sub-workflows are, and why it waits", "[api][fan]") {
  LiveServer live;
  const Json ask = two_step_definition()["do"][0];
  const Json child = named("child", Json::array({ask}));
  const std::string space = child["document"]["namespace"];
  const Json with = {{"workflow", {{"namespace", space}, {"name", "child"}, {"version", "latest"}}},
                     {"items", Json::array({"a", "b", "c"})},
                     {"maxParallel", 2},
                     {"join", {{"atLeast", 2}}}};
  Json many;
  many["many"] = {{"call", "fanOut:1.0.0@default"}, {"with", with}};
  const Json parent = named("parent", Json::array({many}));
  for (const Json& one : {child, parent}) {
    const HttpAnswer published = live.local().post("/api/v1/definitions", one);
    INFO(published.body);
    REQUIRE(published.status == 201);
  }
  HttpClient an = live.as("an");
  const HttpAnswer started =
      an.post("/api/v1/instances", {{"definition", "parent"}, {"unit", "so-a"}});
  INFO(started.body);
  REQUIRE(started.status == 201);
  const std::string path = "/api/v1/instances/" + started.json()["id"].get<std::string>();
  // The clock settles what is left to run.
  const auto settle = [&](const std::string& to) {
    REQUIRE(live.as("quan-tri").post("/api/v1/clock:advance", {{"to", to}}).status == 200);
  };
  settle("2026-11-23T01:00:01Z");

  Json progress = an.get(path).json()["progress"];
  REQUIRE(progress.size() == 1);
  CHECK(progress[0]["kind"] == "fanOut");
  CHECK(progress[0]["asked"] == 3);
  CHECK(progress[0]["needed"] == 2);
  CHECK(progress[0]["tally"] ==
        Json{{"completed", 0}, {"faulted", 0}, {"cancelled", 0}, {"running", 2}, {"waiting", 1}});
  REQUIRE(progress[0]["children"].size() == 2);
  const std::string first = progress[0]["children"][0]["id"];
  CHECK(an.get("/api/v1/instances/" + first).status == 200);
  CHECK(an.get(path + "/why").json()["reasons"][0]["kind"] == "fanOut");
  CHECK(an.get(path + "/why").json()["why"]["vi"] ==
        "Bước “many” chờ các quy trình con: 0/3 đã xong, cần 2, từ 08:00 23/11/2026.");

  REQUIRE(live.as("quan-tri")
              .post("/api/v1/instances/" + first + ":cancel", {{"reason", "nhầm"}})
              .status == 200);
  settle("2026-11-23T01:00:02Z");
  CHECK(an.get(path).json()["state"] == "faulted");
}

}  // namespace
}  // namespace kyhan::test
