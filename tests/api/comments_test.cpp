// Comments, and the people they name.

#include "tests/support/live_server.hpp"

namespace kyhan::test {
namespace {

struct Started {
  std::string instance;
  std::string task;
};

Started start(LiveServer& live) {
  const HttpAnswer answer =
      live.as("an").post("/api/v1/instances", {{"definition", "two-step"}, {"unit", "so-a"}});
  INFO(answer.body);
  REQUIRE(answer.status == 201);
  return {answer.json()["id"], answer.json()["openTasks"][0]["id"]};
}

TEST_CASE("a comment is listed with the task and the case, and whoever it names is told",
          "[api][comments]") {
  LiveServer live;
  const Started made = start(live);
  HttpClient an = live.as("an");
  HttpClient binh = live.as("binh");
  const std::string task = "/api/v1/tasks/" + made.task;
  const std::string instance = "/api/v1/instances/" + made.instance;
  const std::string text = "Nhờ @em và @binh xem giúp.\nGửi an@so-a.vn.";
  REQUIRE(an.post(task + ":comment", {{"comment", text}}).status == 200);
  REQUIRE(binh.post(instance + ":comment", {{"comment", "Đã rõ."}}).status == 200);

  const Json of_task = live.as("em").get(task + "/comments").json();
  REQUIRE(of_task["items"].size() == 1);
  CHECK(of_task["items"][0]["text"] == text);
  CHECK(of_task["items"][0]["by"]["name"] == "Nguyễn An");
  CHECK(of_task["items"][0]["mentions"] ==
        Json::parse(R"([{"id": "binh", "name": "Trần Bình"}, {"id": "em", "name": "Lê Em"}])"));
  const Json of_case = an.get(instance + "/comments").json();
  REQUIRE(of_case["items"].size() == 2);
  CHECK(of_case["items"][0]["task"]["title"]["vi"] == "Soạn hồ sơ");
  CHECK_FALSE(of_case["items"][1].contains("task"));
  const Json first = an.get(instance + "/comments?limit=1").json();
  CHECK(first["page"]["has_more"] == true);
  const std::string after = first["page"]["end_cursor"];
  CHECK(an.get(instance + "/comments?limit=1&after=" + after).json()["items"][0]["text"] ==
        "Đã rõ.");

  const Json told = binh.get("/api/v1/notifications").json()["items"][0];
  CHECK(told["kind"] == "mention");
  CHECK(told["task"] == made.task);
  CHECK(told["body"]["vi"].get<std::string>().starts_with("Nguyễn An nhắc đến bạn: Nhờ @em"));
  const Json own = an.get("/api/v1/notifications").json();
  for (const Json& one : own["items"]) {
    CHECK(one["kind"] != "mention");
  }
}

TEST_CASE("naming somebody shows them nothing they may not see", "[api][comments]") {
  LiveServer live;
  const Started made = start(live);
  HttpClient an = live.as("an");
  const HttpAnswer refused =
      an.post("/api/v1/tasks/" + made.task + ":comment", {{"comment", "Nhờ @cuc, @em"}});
  CHECK(refused.status == 422);
  CHECK(refused.json()["errors"][0]["code"] == "mention-cannot-see");
  CHECK(refused.json()["errors"].size() == 1);
  // em may do the task, but does not see the whole case.
  CHECK(an.post("/api/v1/instances/" + made.instance + ":comment", {{"comment", "@em"}}).status ==
        422);
  CHECK(live.as("cuc").get("/api/v1/notifications").json()["unread"] == 0);
  CHECK(an.get("/api/v1/instances/" + made.instance + "/comments").json()["items"].empty());
}

TEST_CASE("a comment is bounded and plain, and has an author", "[api][comments]") {
  LiveServer live;
  const Started made = start(live);
  HttpClient an = live.as("an");
  const std::string path = "/api/v1/tasks/" + made.task + ":comment";
  CHECK(an.post(path, {{"comment", std::string(10'001, 'a')}}).status == 400);
  CHECK(an.post(path, {{"comment", "a\xE2\x80\xAEz"}}).json()["errors"][0]["code"] ==
        "bidi-control");
  CHECK(an.post(path, {{"comment", "   "}}).status == 422);
  CHECK(live.local().post(path, {{"comment", "x"}}).status == 403);
  HttpClient quan_tri = live.as("quan-tri");
  CHECK(quan_tri.post(path, {{"comment", "Xin đẩy nhanh."}}).status == 200);
  REQUIRE(
      quan_tri.post("/api/v1/instances/" + made.instance + ":cancel", {{"reason", "x"}}).status ==
      200);
  CHECK(an.post(path, {{"comment", "muộn"}}).status == 409);
  CHECK(
      an.post("/api/v1/instances/" + made.instance + ":comment", {{"comment", "Đã hủy."}}).status ==
      200);
  CHECK(live.local().post("/api/v1/maintenance:verify", Json::object()).json()["findings"].empty());
}

}  // namespace
}  // namespace kyhan::test
