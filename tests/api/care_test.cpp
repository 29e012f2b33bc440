// Looking after cases: why one waits, and a failed step run again.

#include "tests/support/live_server.hpp"

namespace kyhan::test {
namespace {

/// `two-step` whose first step goes to a role that nobody holds yet.
Json unmanned_definition() {
  Json document = two_step_definition();
  document["document"]["name"] = "unmanned";
  document["do"][0]["prepare"]["with"]["assignment"]["candidates"] =
      Json::array({{{"role", "trainer"}, {"unit", "own"}}});
  return document;
}

std::string start(HttpClient& client, const std::string& definition) {
  const HttpAnswer answer =
      client.post("/api/v1/instances", {{"definition", definition}, {"unit", "so-a"}});
  INFO(answer.body);
  REQUIRE(answer.status == 201);
  return answer.json()["id"];
}

Json why(HttpClient& client, const std::string& instance) {
  const HttpAnswer answer = client.get("/api/v1/instances/" + instance + "/why");
  INFO(answer.body);
  REQUIRE(answer.status == 200);
  return answer.json();
}

TEST_CASE("why a case waits is one sentence, whatever it waits for", "[api][care][why]") {
  LiveServer live;
  HttpClient an = live.as("an");
  const std::string id = start(an, "two-step");
  CHECK(why(an, id)["why"]["vi"] ==
        "Việc “Soạn hồ sơ” chờ Chuyên viên - Sở A nhận từ 08:00 23/11/2026, hạn 30/11/2026.");
  const Json task = an.get("/api/v1/tasks").json()["items"][0];
  const std::string path = "/api/v1/tasks/" + task["id"].get<std::string>();
  REQUIRE(an.post(path + ":claim", Json::object()).status == 200);
  const Json held = why(an, id);
  CHECK(held["why"]["vi"] ==
        "Nguyễn An giữ việc “Soạn hồ sơ” từ 08:00 23/11/2026, hạn 30/11/2026.");
  CHECK(held["why"]["en"] ==
        "Nguyễn An has held “Prepare the dossier” since 08:00 23/11/2026, due 30/11/2026.");
  CHECK(held["reasons"][0]["kind"] == "task");
  CHECK(held["reasons"][0]["task"] == task["id"]);
  CHECK(held["reasons"][0]["since"] == "2026-11-23T01:00:00Z");
  CHECK(an.get("/api/v1/instances/" + id).json()["waiting"] == held["why"]);
  REQUIRE(
      live.as("quan-tri").post("/api/v1/clock:advance", {{"to", "2026-12-01T01:00:00Z"}}).status ==
      200);
  CHECK(why(an, id)["why"]["en"].get<std::string>().ends_with("due 30/11/2026 (overdue)."));
  CHECK(live.as("cuc").get("/api/v1/instances/" + id + "/why").status == 404);
  REQUIRE(
      live.as("quan-tri").post("/api/v1/instances/" + id + ":cancel", {{"reason", "x"}}).status ==
      200);
  CHECK(why(an, id)["why"]["vi"] == "Đã bị hủy lúc 08:00 01/12/2026.");
}

TEST_CASE("waiting for a time, an event and a vote is told too", "[api][care][why]") {
  LiveServer live;
  const Json document = Json::parse(R"({
    "document": {"dsl": "1.0.3", "namespace": "test", "name": "waits", "version": "1.0.0",
      "metadata": {"start": {"by": [{"role": "specialist", "unit": "own"}]}}},
    "do": [{"all": {"fork": {"branches": [
      {"pause": {"wait": {"days": 2}, "metadata": {"title": {"vi": "Niêm yết", "en": "Posting"}}}},
      {"hear": {"listen": {"to": {"one": {"with": {"type": "vn.example.paid"}}}}}},
      {"choose": {"call": "vote:1.0.0@default", "with": {"question": {"vi": "Đồng ý?", "en": "Agree?"},
        "electorate": [{"role": "staff", "unit": "so-a"}], "options": ["for", "against"],
        "ballot": "open", "window": {"closes": {"in": "P3D"}},
        "threshold": {"option": "for", "share": "1/2", "of": "cast"}}}}
    ]}}}]})");
  const HttpAnswer published = live.local().post("/api/v1/definitions", document);
  INFO(published.body);
  REQUIRE(published.status == 201);
  HttpClient an = live.as("an");
  const std::string id = start(an, "waits");
  const Json told = why(an, id);
  std::vector<std::string> sentences;
  for (const Json& one : told["reasons"]) sentences.push_back(one["text"]["vi"]);
  CHECK(sentences ==
        std::vector<std::string>{
            "Chờ đến 08:00 25/11/2026 (bước “Niêm yết”).",
            "Biểu quyết “Đồng ý?” còn 4/4 người chưa bỏ phiếu, đóng lúc 00:00 27/11/2026.",
            "Chờ sự kiện vn.example.paid (bước “hear”) từ 08:00 23/11/2026."});
  CHECK(told["why"]["en"].get<std::string>().ends_with("; and it waits for 2 more."));
}

TEST_CASE("a failed step runs again once its cause is mended", "[api][care][retry]") {
  LiveServer live;
  const HttpAnswer published = live.local().post("/api/v1/definitions", unmanned_definition());
  INFO(published.body);
  REQUIRE(published.status == 201);
  HttpClient an = live.as("an");
  HttpClient quan_tri = live.as("quan-tri");
  const std::string id = start(an, "unmanned");
  const std::string path = "/api/v1/instances/" + id;
  CHECK(an.get(path).json()["state"] == "faulted");
  const std::string sentence = why(an, id)["why"]["vi"];
  INFO(sentence);
  CHECK(sentence.starts_with("Dừng vì lỗi lúc 08:00 23/11/2026 ở bước “prepare”"));
  const Json reason = {{"comment", "Đã bổ nhiệm giảng viên"}};
  CHECK(an.post(path + ":retry", reason).status == 403);
  CHECK(quan_tri.post(path + ":retry", Json::object()).status == 400);
  const HttpAnswer in_vain = quan_tri.post(path + ":retry", reason);
  CHECK(in_vain.status == 200);
  CHECK(in_vain.json()["state"] == "faulted");

  Json organisation = small_organisation();
  organisation["people"][1]["memberships"][0]["roles"].push_back("trainer");
  REQUIRE(live.local().post("/api/v1/organisation:import", organisation).status == 200);
  const HttpAnswer mended = quan_tri.post(path + ":retry", reason);
  INFO(mended.body);
  REQUIRE(mended.status == 200);
  CHECK(mended.json()["state"] == "waiting");
  CHECK_FALSE(mended.json().contains("endedAt"));
  CHECK(quan_tri.post(path + ":retry", reason).status == 409);

  HttpClient em = live.as("em");
  const Json task = em.get("/api/v1/tasks").json()["items"][0];
  REQUIRE(em.post("/api/v1/tasks/" + task["id"].get<std::string>() + ":complete",
                  {{"outcome", "submit"}}, {"If-Match: " + task["etag"].get<std::string>()})
              .status == 200);
  CHECK(live.as("binh").get("/api/v1/tasks").json()["items"].size() == 1);
  const Json history = an.get(path + "/history").json()["items"];
  std::string kinds;
  for (const Json& one : history) kinds += one["kind"].get<std::string>() + " ";
  CHECK(kinds ==
        "instance_started instance_faulted instance_retried instance_faulted instance_retried "
        "task_opened task_completed task_opened ");
  CHECK(history[4]["title"]["vi"] == "Quản Trị cho chạy lại bước bị lỗi.");
  CHECK(history[4]["comment"] == "Đã bổ nhiệm giảng viên");
  CHECK(live.local().post("/api/v1/maintenance:verify", Json::object()).json()["findings"].empty());
}

}  // namespace
}  // namespace kyhan::test
