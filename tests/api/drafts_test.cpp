// Drafts of answers on the server.

#include "tests/support/live_server.hpp"

namespace kyhan::test {
namespace {

/// A step that is asked again until its answer is good, with the form the case holds at the time.
Json again_definition() {
  const Json ask = {
      {"call", "humanTask:1.0.0@default"},
      {"with",
       {{"title", "Bổ sung"},
        {"assignment",
         {{"mode", "claim"},
          {"candidates", Json::array({{{"role", "specialist"}, {"unit", "own"}}})}}},
        {"form", {{"schema", "${ .schema }"}}},
        {"outcomes", Json::array({{{"id", "submit"}}})}}},
      {"output", {{"as", "${ {schema: $input.next, next: $input.next, done: .data.done} }"}}},
      {"then", "look"}};
  const Json check = {
      {"call", "humanTask:1.0.0@default"},
      {"with",
       {{"title", "Xét"},
        {"assignment",
         {{"mode", "claim"}, {"candidates", Json::array({{{"role", "head"}, {"unit", "own"}}})}}},
        {"outcomes", Json::array({{{"id", "return"}}, {{"id", "accept"}}})}}},
      {"output", {{"as", "${ $input + {review: .outcome} }"}}}};
  const Json route = {
      {"switch",
       Json::array({{{"again", {{"when", "${ .review == \"return\" }"}, {"then", "ask"}}}},
                    {{"good", {{"then", "exit"}}}}})}};
  return {{"document",
           {{"dsl", "1.0.3"},
            {"namespace", "test"},
            {"name", "again"},
            {"version", "1.0.0"},
            {"metadata",
             {{"start", {{"by", Json::array({{{"role", "specialist"}, {"unit", "own"}}})}}}}}}},
          {"do", Json::array({{{"ask", ask}}, {{"look", check}}, {{"route", route}}})}};
}

Json start(HttpClient& client, const Json& body) {
  const HttpAnswer answer = client.post("/api/v1/instances", body);
  INFO(answer.body);
  REQUIRE(answer.status == 201);
  return answer.json();
}

std::string draft_of(const Json& task) {
  return "/api/v1/tasks/" + task["id"].get<std::string>() + "/draft";
}

HttpAnswer complete(HttpClient& client, const Json& task, const Json& body) {
  const HttpAnswer answer =
      client.post("/api/v1/tasks/" + task["id"].get<std::string>() + ":complete", body,
                  {"If-Match: " + task["etag"].get<std::string>()});
  INFO(answer.body);
  REQUIRE(answer.status == 200);
  return answer;
}

TEST_CASE("a draft is the person's own, comes back, and goes with the answer", "[api][drafts]") {
  LiveServer live;
  HttpClient an = live.as("an");
  HttpClient em = live.as("em");
  const Json task = start(an, {{"definition", "two-step"}, {"unit", "so-a"}})["openTasks"][0];
  const std::string draft = draft_of(task);
  CHECK(an.get(draft).status == 204);
  const HttpAnswer file = an.ask(
      {"POST",
       "/api/v1/attachments?task=" + task["id"].get<std::string>() + "&type=report&name=a.pdf",
       "%PDF-1.4",
       {"Content-Type: application/pdf", "Origin: " + live.url()}});
  REQUIRE(file.status == 201);
  const Json body = {{"outcome", "submit"},
                     {"comment", "Đang viết dở…\nDòng hai"},
                     {"data", {{"so", 1}}},
                     {"attachments", Json::array({file.json()["id"]})}};
  const HttpAnswer saved = an.put(draft, body);
  INFO(saved.body);
  REQUIRE(saved.status == 200);
  CHECK(saved.headers.at("etag") == "\"1\"");
  const Json kept = an.get(draft).json();
  CHECK(kept["comment"] == body["comment"]);
  CHECK(kept["data"] == body["data"]);
  CHECK(kept["attachments"][0]["name"] == "a.pdf");
  CHECK(kept["formChanged"] == false);
  CHECK(em.get(draft).status == 204);
  CHECK(live.as("binh").put(draft, body).status == 403);
  CHECK(live.as("cuc").put(draft, body).status == 404);
  REQUIRE(em.put(draft, {{"comment", "của em"}}).status == 200);

  complete(an, task, {{"outcome", "submit"}});
  CHECK(an.get(draft).status == 204);
  CHECK(em.get(draft).status == 204);
  CHECK(an.put(draft, body).status == 409);
  CHECK(live.local().post("/api/v1/maintenance:verify", Json::object()).json()["findings"].empty());
}

TEST_CASE("two windows cannot overwrite each other's draft unseen", "[api][drafts]") {
  LiveServer live;
  HttpClient an = live.as("an");
  const Json task = start(an, {{"definition", "two-step"}, {"unit", "so-a"}})["openTasks"][0];
  const std::string draft = draft_of(task);
  REQUIRE(an.put(draft, {{"comment", "một"}}, {"If-Match: \"0\""}).status == 200);
  CHECK(an.put(draft, {{"comment", "hai"}}, {"If-Match: \"0\""}).status == 412);
  CHECK(an.put(draft, {{"comment", "hai"}}, {"If-Match: \"1\""}).status == 200);
  CHECK(an.get(draft).json()["comment"] == "hai");
  CHECK(an.remove(draft).status == 204);
  CHECK(an.get(draft).status == 204);
  CHECK(an.remove(draft).status == 204);
}

TEST_CASE("a draft is bounded and plain", "[api][drafts]") {
  LiveServer live;
  HttpClient an = live.as("an");
  const Json task = start(an, {{"definition", "two-step"}, {"unit", "so-a"}})["openTasks"][0];
  const std::string draft = draft_of(task);
  CHECK(an.put(draft, {{"data", {{"x", std::string(300'000, 'a')}}}}).status == 413);
  CHECK(an.put(draft, {{"data", {{"x", "\xE2\x80\xAE"}}}}).json()["errors"][0]["pointer"] ==
        "/data/x");
  CHECK(an.put(draft, {{"colour", "red"}}).status == 400);
  CHECK(live.local().put(draft, Json::object()).status == 403);
  CHECK(an.get(draft).status == 204);
}

TEST_CASE("a form that changed under a draft is told, with what no longer fits", "[api][drafts]") {
  LiveServer live;
  const HttpAnswer published = live.local().post("/api/v1/definitions", again_definition());
  INFO(published.body);
  REQUIRE(published.status == 201);
  HttpClient an = live.as("an");
  HttpClient em = live.as("em");
  HttpClient binh = live.as("binh");
  const Json before = {{"type", "object"}, {"properties", {{"so", {{"type", "string"}}}}}};
  const Json after = {{"type", "object"},
                      {"required", Json::array({"ngay"})},
                      {"properties", {{"so", {{"type", "integer"}, {"title", "Số"}}}}}};
  const Json started = start(an, {{"definition", "again"},
                                  {"unit", "so-a"},
                                  {"input", {{"schema", before}, {"next", after}}}});
  const Json first = started["openTasks"][0];
  const std::string form = em.get("/api/v1/tasks/" + first["id"].get<std::string>())
                               .json()["formVersion"]
                               .get<std::string>();
  const Json typed = {{"data", {{"so", "mười"}}}, {"comment", "dở"}, {"form", form}};
  REQUIRE(em.put(draft_of(first), typed).status == 200);

  // The answer is another's: em's draft of the task goes with it.
  const HttpAnswer submitted =
      complete(an, first, {{"outcome", "submit"}, {"data", {{"so", "1"}}}});
  const Json review = submitted.json()["openTasks"][0];
  const HttpAnswer returned = complete(binh, review, {{"outcome", "return"}});
  const Json second = returned.json()["openTasks"][0];
  CHECK(em.get(draft_of(second)).status == 204);
  // A page that still shows the first form saves under its version: told at once.
  const HttpAnswer stale = em.put(draft_of(second), typed);
  REQUIRE(stale.status == 200);
  CHECK(stale.json()["formChanged"] == true);
  REQUIRE(stale.json()["misfits"].size() == 1);
  CHECK(stale.json()["misfits"][0]["pointer"] == "/so");
  CHECK(stale.json()["misfits"][0]["message"]["vi"] == "\"Số\" phải là một số nguyên.");
  CHECK(em.get(draft_of(second)).json()["formChanged"] == true);
  const HttpAnswer late = an.put(draft_of(first), typed);
  CHECK(late.status == 409);
  CHECK(late.json()["successor"]["id"] == second["id"]);
}

TEST_CASE("a step that is asked again offers the draft of the time before", "[api][drafts]") {
  LiveServer live;
  Json document = two_step_definition();
  document["document"]["name"] = "hasty";
  Json step = document["do"][0]["prepare"];
  step["with"]["expire"] = {{"in", "PT1H"}};
  const Json retried = {{"try", Json::array({{{"prepare", step}}})},
                        {"catch", {{"retry", {{"delay", {{"seconds", 1}}}}}}}};
  document["do"] = Json::array({{{"keep", retried}}});
  const HttpAnswer published = live.local().post("/api/v1/definitions", document);
  INFO(published.body);
  REQUIRE(published.status == 201);
  HttpClient an = live.as("an");
  const Json started = start(an, {{"definition", "hasty"}, {"unit", "so-a"}});
  const Json first = started["openTasks"][0];
  REQUIRE(an.put(draft_of(first), {{"comment", "viết dở"}}).status == 200);
  REQUIRE(
      live.as("quan-tri").post("/api/v1/clock:advance", {{"to", "2026-11-23T02:00:10Z"}}).status ==
      200);
  const Json open = an.get("/api/v1/tasks").json()["items"];
  REQUIRE(open.size() == 1);
  REQUIRE(open[0]["id"] != first["id"]);
  const HttpAnswer offered = an.get(draft_of(open[0]));
  CHECK(offered.json()["comment"] == "viết dở");
  CHECK(offered.json()["from"] == first["id"]);
  CHECK(offered.json()["formChanged"] == false);
  CHECK(offered.headers.at("etag") == "\"0\"");
  REQUIRE(an.put(draft_of(open[0]), {{"comment", "viết tiếp"}}, {"If-Match: \"0\""}).status == 200);
  CHECK_FALSE(an.get(draft_of(open[0])).json().contains("from"));
  complete(an, open[0], {{"outcome", "submit"}});
  CHECK(an.get(draft_of(first)).status == 204);
}

}  // namespace
}  // namespace kyhan::test
