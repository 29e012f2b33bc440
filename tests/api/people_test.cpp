// What people do with tasks and votes over HTTP, and what is published about it.

#include "workflow/core/documents.hpp"
#include "workflow/core/forms.hpp"

#include "tests/support/live_server.hpp"

namespace kyhan::test {
namespace {

/// Publishes a definition of these steps, which everybody of a unit may start.
void publish(LiveServer& live, const std::string& name, const Json& steps) {
  Json definition = two_step_definition();
  definition["document"]["name"] = name;
  definition["do"] = steps;
  const HttpAnswer published = live.local().post("/api/v1/definitions", definition);
  INFO(published.body);
  REQUIRE(published.status == 201);
}

Json step(const std::string& name, const std::string& function, const char* with) {
  return {{name, {{"call", function + ":1.0.0@default"}, {"with", Json::parse(with)}}}};
}

Json start(HttpClient& client, const std::string& name) {
  const HttpAnswer started =
      client.post("/api/v1/instances", {{"definition", name}, {"unit", "so-a"}});
  INFO(started.body);
  REQUIRE(started.status == 201);
  return started.json();
}

std::string path_of(const Json& task) {
  return "/api/v1/tasks/" + task["id"].get<std::string>();
}

TEST_CASE("a task is begun, asked about, handed on, signed and recalled over HTTP",
          "[api][life]") {
  LiveServer live;
  publish(live, "life", Json::array({step("decide", "humanTask", R"({"title": "Decide",
      "assignment": {"mode": "claim", "candidates": [{"role": "specialist", "unit": "own"}],
                     "delegation": "once"},
      "outcomes": [{"id": "yes"}], "signature": "simple"})"),
                                     step("after", "humanTask", R"({"title": "After",
      "assignment": {"mode": "claim", "candidates": [{"role": "head", "unit": "own"}]}})")}));
  HttpClient an = live.as("an"), em = live.as("em"), cuc = live.as("cuc"), binh = live.as("binh");
  const Json started = start(an, "life");
  const std::string task = path_of(started["openTasks"][0]);

  const HttpAnswer begun = an.post(task + ":start", Json::object());
  INFO(begun.body);
  CHECK(begun.json()["state"] == "in_progress");
  CHECK(cuc.get(task).status == 404);
  REQUIRE(an.post(task + ":requestInfo", {{"to", "cuc"}, {"question", "How many?"}}).status == 200);
  const Json asked = cuc.get("/api/v1/tasks").json();
  REQUIRE(asked["items"].size() == 1);
  CHECK(asked["items"][0]["asked"] == true);
  CHECK(cuc.get(task).json()["canComplete"] == false);
  REQUIRE(cuc.post(task + ":provideInfo", {{"answer", "Three."}}).status == 200);
  CHECK(cuc.get("/api/v1/tasks").json()["items"].empty());

  REQUIRE(an.post(task + ":delegate", {{"to", "em"}, {"comment", "Away tomorrow."}}).status == 200);
  CHECK(em.get(task).json()["delegated"] == true);
  const HttpAnswer twice = em.post(task + ":delegate", {{"to", "an"}});
  CHECK(twice.status == 403);

  const std::string etag = em.get(task).json()["etag"];
  const auto answer = [&](const Json& body) {
    return em.post(task + ":complete", body, {"If-Match: " + etag});
  };
  CHECK(answer({{"outcome", "yes"}}).status == 422);
  CHECK(answer({{"outcome", "yes"}, {"signature", {{"password", "sai"}}}}).status == 422);
  const HttpAnswer done =
      answer({{"outcome", "yes"}, {"signature", {{"password", LiveServer::password}}}});
  INFO(done.body);
  REQUIRE(done.status == 200);
  CHECK(em.get(task).json()["mayRecall"] == true);
  CHECK(binh.get("/api/v1/tasks").json()["items"].size() == 1);

  const HttpAnswer recalled = em.post(task + ":recall", {{"reason", "Not yet."}});
  INFO(recalled.body);
  REQUIRE(recalled.status == 200);
  CHECK(recalled.json()["mine"] == true);
  CHECK(binh.get("/api/v1/tasks").json()["items"].empty());

  const Json history =
      an.get("/api/v1/instances/" + started["id"].get<std::string>() + "/history").json()["items"];
  std::string kinds;
  for (const Json& entry : history) {
    const std::string kind = entry["kind"];
    if (kind.starts_with("instance") || kind == "task_opened" || kind == "task_ended") continue;
    kinds += (kinds.empty() ? "" : " ") + kind;
    CHECK(entry["by"].is_object());
    CHECK(entry["via"] == "web");
  }
  CHECK(kinds ==
        "task_claimed task_started info_requested info_provided task_delegated task_completed "
        "answer_recalled");
}

TEST_CASE("a co-signer is asked as well, and who is missing is seen", "[api][life]") {
  LiveServer live;
  publish(live, "sign", Json::array({step("sign", "humanTask", R"({"title": "Sign",
      "assignment": {"mode": "offer", "candidates": [{"role": "specialist", "unit": "own"}]},
      "completion": {"rule": "all"}})")}));
  HttpClient an = live.as("an"), em = live.as("em"), binh = live.as("binh");
  const Json started = start(an, "sign");
  REQUIRE(started["openTasks"].size() == 2);
  const std::string instance = "/api/v1/instances/" + started["id"].get<std::string>();
  const Json mine = an.get("/api/v1/tasks").json()["items"][0];
  REQUIRE(an.post(path_of(mine) + ":addSigner", {{"to", "binh"}}).status == 200);
  Json progress = an.get(instance).json()["progress"];
  REQUIRE(progress.size() == 1);
  CHECK(progress[0]["asked"] == 3);
  CHECK(progress[0]["missing"].size() == 3);
  const auto complete = [&](HttpClient& who) {
    const Json task = who.get("/api/v1/tasks").json()["items"][0];
    return who
        .post(path_of(task) + ":complete", {{"outcome", "done"}},
              {"If-Match: " + task["etag"].get<std::string>()})
        .json()["instance"]["state"];
  };
  CHECK(complete(an) == "waiting");
  progress = em.get(path_of(em.get("/api/v1/tasks").json()["items"][0])).json()["progress"];
  CHECK(progress["answered"] == 1);
  CHECK(progress["answers"][0]["by"]["id"] == "an");
  CHECK(complete(em) == "waiting");
  CHECK(complete(binh) == "completed");
}

const char* poll = R"({"question": {"vi": "Tặng thưởng?", "en": "Reward?"},
    "electorate": [{"role": "specialist", "unit": "own"}, {"role": "head", "unit": "own"}],
    "options": [{"id": "for", "label": {"vi": "Tán thành", "en": "For"}}, {"id": "against", "label": "Against"}],
    "ballot": "BALLOT", "minutes": {}})";

Json poll_step(const std::string& ballot) {
  std::string with = poll;
  with.replace(with.find("BALLOT"), 6, ballot);
  return step("poll", "vote", with.c_str());
}

HttpAnswer cast(HttpClient& who, const std::string& option) {
  const Json task = who.get("/api/v1/tasks").json()["items"][0];
  return who.post(path_of(task) + ":complete", {{"outcome", option}},
                  {"If-Match: " + task["etag"].get<std::string>()});
}

TEST_CASE("a vote shows who has voted and no choice, and is told at its end", "[api][vote]") {
  for (const std::string ballot : {"open", "secret"}) {
    LiveServer live;
    publish(live, "poll", Json::array({poll_step(ballot)}));
    HttpClient an = live.as("an"), em = live.as("em"), binh = live.as("binh"), cuc = live.as("cuc");
    INFO(ballot);
    const Json started = start(an, "poll");
    const std::string instance = "/api/v1/instances/" + started["id"].get<std::string>();
    const HttpAnswer first = cast(an, "for");
    INFO(first.body);
    REQUIRE(first.status == 200);
    CHECK(first.json()["task"]["outcome"]["en"] == "voted");
    const Json progress = an.get(instance).json()["progress"][0];
    CHECK(progress["answered"] == 1);
    CHECK(progress["missing"].size() == 2);
    CHECK_FALSE(progress["answers"][0].contains("outcome"));
    CHECK(progress["tally"].is_null());
    const std::string history = an.get(instance + "/history").body;
    CHECK(history.find("ballot_cast") != std::string::npos);
    CHECK(history.find("Tán thành") == std::string::npos);
    CHECK(an.get(instance).json()["waiting"]["en"].get<std::string>().find("have not voted") !=
          std::string::npos);

    CHECK(cast(em, "for").status == 200);
    CHECK(cast(binh, "against").status == 200);
    const std::string id = started["id"].get<std::string>() + "-v1";
    const HttpAnswer vote = an.get("/api/v1/votes/" + id);
    INFO(vote.body);
    REQUIRE(vote.status == 200);
    CHECK(vote.json()["result"]["tally"]["for"] == 2);
    CHECK(cuc.get("/api/v1/votes/" + id).status == 404);
    CHECK(an.get("/api/v1/votes/" + started["id"].get<std::string>() + "-v9").status == 404);
  }
}

TEST_CASE("a secret ballot is cast alone", "[api][vote]") {
  LiveServer live;
  publish(live, "poll", Json::array({poll_step("secret")}));
  HttpClient an = live.as("an");
  start(an, "poll");
  const Json task = an.get("/api/v1/tasks").json()["items"][0];
  const HttpAnswer commented =
      an.post(path_of(task) + ":complete", {{"outcome", "for"}, {"comment", "I say so."}},
              {"If-Match: " + task["etag"].get<std::string>()});
  CHECK(commented.status == 422);
  CHECK(an.put(path_of(task) + "/draft", {{"outcome", "for"}}).status == 403);
  const Json bulk = an.post("/api/v1/tasks:batch",
                            {{"action", "complete"},
                             {"items", Json::array({{{"task", task["id"]},
                                                     {"etag", task["etag"]},
                                                     {"outcome", "for"}}})}})
                        .json();
  CHECK(bulk["results"][0]["status"] == 403);
}

TEST_CASE("the functions of the catalog are published with their schemas", "[api][functions]") {
  LiveServer live;
  HttpClient anybody = live.anybody();
  const Json items = anybody.get("/api/v1/functions").json()["items"];
  std::string calls;
  for (const Json& one : items) {
    calls += one["call"].get<std::string>() + " ";
    for (const char* side : {"input", "output"}) {
      const Json& schema = one["document"][side]["schema"]["document"];
      for (const FieldError& fault : check_schema(schema)) {
        FAIL_CHECK(one["call"] << " " << side << fault.pointer << " " << fault.message.en);
      }
    }
    const HttpAnswer text = anybody.get(one["href"].get<std::string>());
    CHECK(text.status == 200);
    CHECK(parse_document(text.body)->value == one["document"]);
    // The portable body is a workflow of the language.
    Json definition = two_step_definition();
    definition["document"]["name"] = "portable";
    definition["document"]["version"] = "0.0.1";
    definition["do"] = one["document"]["do"];
    const HttpAnswer fits =
        live.local().post("/api/v1/definitions?dryRun=true", definition);
    INFO(one["call"] << " " << fits.body);
    CHECK(fits.status == 200);
  }
  CHECK(calls ==
        "calendar:1.0.0@default fanOut:1.0.0@default humanTask:1.0.0@default "
        "notify:1.0.0@default vote:1.0.0@default ");
  CHECK(anybody.get("/api/v1/functions/vote/9.0.0/function.yaml").status == 404);
}

TEST_CASE("a definition that nobody could do says so when it is published", "[api][people]") {
  LiveServer live;
  Json definition = two_step_definition();
  definition["document"]["name"] = "lonely";
  definition["do"] = Json::array({step("sign", "humanTask", R"({"title": "Sign",
      "assignment": {"mode": "claim", "candidates": [{"role": "minister", "unit": "own"}]}})")});
  const HttpAnswer dry = live.local().post("/api/v1/definitions?dryRun=true", definition);
  INFO(dry.body);
  REQUIRE(dry.status == 200);
  const Json finding = dry.json()["people"]["findings"][0];
  CHECK(finding["code"] == "nobody");
  CHECK(finding["pointer"] == "/do/0/sign");
  const HttpAnswer strict = live.local().post("/api/v1/definitions?strict=true", definition);
  CHECK(strict.status == 422);
  CHECK(strict.json()["people"]["findings"].size() == 1);
  CHECK(live.local().post("/api/v1/definitions", definition).status == 201);
  CHECK(live.as("quan-tri").get("/api/v1/definitions/lonely/people").json()["findings"].size() == 1);
  CHECK(live.as("an").get("/api/v1/definitions/lonely/people").status == 403);
}

}  // namespace
}  // namespace kyhan::test
