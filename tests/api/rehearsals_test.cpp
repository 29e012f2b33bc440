// Rehearsals over HTTP.

#include "tests/support/live_server.hpp"

namespace kyhan::test {
namespace {

TEST_CASE("an administrator rehearses what is published, and drafts", "[api][rehearsal]") {
  LiveServer live;
  HttpClient boss = live.as("quan-tri");
  const Json body = {{"definitions", {"two-step"}}, {"from", "2026-12-01"}, {"to", "2026-12-31"}};
  const HttpAnswer answer = boss.post("/api/v1/rehearsals", body);
  INFO(answer.body);
  REQUIRE(answer.status == 200);
  const Json played = answer.json();
  // so-a and so-b have specialists who may start it; the province has none.
  CHECK(played["totals"]["starts"] == 2);
  CHECK(played["totals"]["completed"] == 2);
  CHECK(played["totals"]["tasks"] == 4);
  CHECK(played["deadlines"][0]["date"] == "2026-12-08");
  CHECK(played["nobody"].empty());
  CHECK(boss.get("/api/v1/instances").json()["items"].empty());  // Nothing was started.

  Json draft = body;
  draft.erase("definitions");
  draft["documents"] = Json::array({two_step_definition()});
  draft["entries"] = 1;
  const Json cut = boss.post("/api/v1/rehearsals", draft).json();
  CHECK(cut["totals"]["starts"] == 2);
  CHECK(cut["tasks"].size() == 1);
  CHECK(cut["truncated"].size() >= 2);

  CHECK(live.as("binh").post("/api/v1/rehearsals", body).status == 403);
  draft["documents"] = Json::array({"document: {}"});
  CHECK(boss.post("/api/v1/rehearsals", draft).status == 422);
  CHECK(boss.post("/api/v1/rehearsals", {{"from", "2026-12-01"}, {"to", "x"}}).status == 400);
  CHECK(boss.post("/api/v1/rehearsals",
                  {{"definitions", {"nowhere"}}, {"from", "2026-12-01"}, {"to", "2026-12-02"}})
            .status == 404);
  CHECK(boss.post("/api/v1/rehearsals", {{"from", "2026-12-02"}, {"to", "2026-12-01"}}).status == 422);
}

}  // namespace
}  // namespace kyhan::test
