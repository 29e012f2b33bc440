// Many tasks in one request: each item judged by itself, at the same door.

#include "workflow/store/store.hpp"

#include "tests/support/live_server.hpp"
#include "tests/support/results.hpp"

namespace kyhan::test {
namespace {

const char* batch = "/api/v1/tasks:batch";

/// Cases that wait for a specialist of so-a, by `an`; their open tasks.
std::vector<Json> start(LiveServer& live, int count) {
  std::vector<Json> tasks;
  for (int i = 0; i < count; ++i) {
    StartRequest request;
    request.definition = "two-step";
    request.unit = UnitId{"so-a"};
    request.by = PersonId{"an"};
    const Result<Receipt> started = live.house().services().engine.start(request);
    REQUIRE(started);
    const OpenTask& open = started->open_tasks.at(0);
    tasks.push_back({{"task", open.id.text()}, {"etag", std::to_string(open.version)}});
  }
  return tasks;
}

/// Status of each item, and the slug of its refusal.
std::vector<std::string> outcomes(const Json& items) {
  std::vector<std::string> all;
  for (const Json& item : items) {
    std::string one = item["status"].dump();
    if (item.contains("problem")) {
      const std::string type = item["problem"]["type"];
      one += " " + type.substr(type.rfind('/') + 1);
    }
    all.push_back(one);
  }
  return all;
}

/// The engine answers a write only after the batches before it: no need to wait by the clock.
Json finished(LiveServer& live, HttpClient& client, const std::string& id) {
  for (int i = 0; i < 10'000; ++i) {
    const Json job = client.get("/api/v1/jobs/" + id).json();
    if (job["state"] == "finished") return job;
    REQUIRE(live.house().services().engine.write([](UnitOfWork&) {
      return Result<Json>{boost::system::in_place_value, nullptr};
    }));
  }
  FAIL("the job does not end");
  return {};
}

TEST_CASE("each item of a request is judged by itself", "[api][bulk]") {
  LiveServer live;
  std::vector<Json> tasks = start(live, 6);
  HttpClient an = live.as("an");
  Json without_etag = {{"task", tasks[1]["task"]}};
  Json stale = tasks[2];
  stale["etag"] = "\"9\"";
  Json wrong = tasks[3];
  wrong["outcome"] = "no-such";
  Json with_file = tasks[4];
  with_file["attachments"] = Json::array({"not-there"});
  const Json unknown = {{"task", "nowhere.1"}, {"etag", "1"}};
  const Json items =
      Json::array({tasks[0], without_etag, stale, wrong, with_file, unknown, tasks[5], tasks[5]});
  const HttpAnswer answer =
      an.post(batch, {{"action", "complete"}, {"outcome", "submit"}, {"items", items}});
  INFO(answer.body);
  REQUIRE(answer.status == 200);
  const Json body = answer.json();
  CHECK(outcomes(body["results"]) ==
        std::vector<std::string>{"200", "428 precondition-required", "412 task-changed",
                                 "422 unknown-outcome", "422 unknown-attachment", "404 not-found",
                                 "200", "409 task-not-open"});
  CHECK(body["done"] == 2);
  CHECK(body["refused"] == 6);
  CHECK(body["results"][0]["id"] == tasks[0]["task"]);
  CHECK(body["results"][0]["state"] == "completed");
  CHECK(body["results"][0]["instance"]["state"] == "waiting");
  CHECK(an.get("/api/v1/tasks").json()["items"].size() == 4);
  CHECK(live.as("binh").get("/api/v1/tasks").json()["items"].size() == 2);
}

TEST_CASE("a request of many opens no door that is shut to one", "[api][bulk]") {
  LiveServer live;
  std::vector<Json> tasks = start(live, 1);
  const Json body = {
      {"action", "complete"}, {"outcome", "submit"}, {"items", Json::array({tasks[0]})}};
  const auto tried = [&](HttpClient client) {
    return outcomes(client.post(batch, body).json()["results"]).at(0);
  };
  CHECK(tried(live.as("cuc")) == "404 not-found");
  CHECK(tried(live.as("binh")) == "403 not-a-candidate");
  CHECK(tried(live.as("quan-tri")) == "403 not-a-candidate");
  CHECK(tried(live.local()) == "403 no-person");
  HttpClient em = live.as("em");
  CHECK(em.post(batch, {{"action", "claim"}, {"items", Json::array({tasks[0]})}}).status == 200);
  CHECK(tried(live.as("an")) == "412 task-changed");
  Json held = body;
  held["items"][0]["etag"] = "2";
  CHECK(outcomes(live.as("an").post(batch, held).json()["results"]).at(0) == "409 task-held");
  CHECK(outcomes(em.post(batch, {{"action", "release"},
                                 {"items", Json::array({{{"task", tasks[0]["task"]}}})}})
                     .json()["results"])
            .at(0) == "200");
}

TEST_CASE("a malformed request is refused as a whole, with the place of each fault",
          "[api][bulk]") {
  LiveServer live;
  HttpClient an = live.as("an");
  const Json one = {{"task", "x.1"}, {"etag", "1"}};
  CHECK(an.post(batch, {{"action", "approve"}, {"items", Json::array({one})}}).status == 400);
  CHECK(an.post(batch, {{"action", "claim"}, {"items", Json::array()}}).status == 400);
  CHECK(an.post(batch, {{"action", "claim"}, {"items", Json::array({one})}, {"x", 1}}).problem() ==
        "bad-body");
  const HttpAnswer faulty = an.post(
      batch,
      {{"action", "complete"},
       {"items", Json::array({one, {{"task", 5}, {"outcome", "a"}, {"colour", "red"}}, 7})}});
  REQUIRE(faulty.status == 400);
  std::vector<std::string> pointers;
  const Json problem = faulty.json();
  for (const Json& fault : problem["errors"]) pointers.push_back(fault["pointer"]);
  CHECK(pointers == std::vector<std::string>{"/items/0/outcome", "/items/1/task", "/items/1/colour",
                                             "/items/2"});
  Json many = Json::array();
  for (int i = 0; i < 10'001; ++i) many.push_back(one);
  CHECK(an.post(batch, {{"action", "claim"}, {"items", many}}).status == 413);
  const Json large = {{"action", "claim"}, {"items", Json::array({std::string(17 << 20, 'a')})}};
  CHECK(an.post(batch, large).status == 413);
}

TEST_CASE("an administrator withdraws tasks, with a reason, and the case takes the error",
          "[api][bulk][care]") {
  LiveServer live;
  std::vector<Json> tasks = start(live, 3);
  HttpClient quan_tri = live.as("quan-tri");
  Json body = {{"action", "withdraw"}, {"items", Json::array({tasks[0], tasks[1]})}};
  CHECK(quan_tri.post(batch, body).status == 400);  // Without a reason.
  body["comment"] = "Nhập nhầm";
  CHECK(live.as("an").post(batch, body).status == 403);
  CHECK(outcomes(quan_tri.post(batch, body).json()["results"]) ==
        std::vector<std::string>{"200", "200"});
  const std::string path = "/api/v1/tasks/" + tasks[2]["task"].get<std::string>() + ":withdraw";
  CHECK(live.as("binh").post(path, {{"comment", "x"}}, {"If-Match: 1"}).status == 403);
  CHECK(quan_tri.post(path, {{"comment", "x"}}).status == 428);
  CHECK(quan_tri.post(path, {{"comment", "  "}}, {"If-Match: 1"}).status == 422);
  const HttpAnswer withdrawn = quan_tri.post(path, {{"comment", "Nhầm"}}, {"If-Match: 1"});
  CHECK(withdrawn.status == 200);
  CHECK(withdrawn.json()["state"] == "withdrawn");
  const std::string instance = withdrawn.json()["instance"]["id"];
  const Json detail = quan_tri.get("/api/v1/instances/" + instance).json();
  CHECK(detail["state"] == "faulted");
  CHECK(detail["error"]["type"] == "https://kyhan.vn/errors/human/withdrawn");
  CHECK(detail["error"]["status"] == 409);
  CHECK(live.local().post("/api/v1/maintenance:verify", Json::object()).json()["findings"].empty());
}

TEST_CASE("ten thousand answers become a job with a result for each", "[api][bulk][jobs]") {
  LiveServer live;
  const std::vector<Json> tasks = start(live, 250);
  HttpClient an = live.as("an");
  Json items = Json::array();
  for (int i = 0; i < 10'000; ++i) items.push_back(tasks[static_cast<std::size_t>(i) % 250]);
  const Json body = {{"action", "complete"}, {"outcome", "submit"}, {"items", items}};
  const std::vector<std::string> key = {"Idempotency-Key: many-1"};
  const HttpAnswer taken = an.post(batch, body, key);
  INFO(taken.body.substr(0, 500));
  REQUIRE(taken.status == 202);
  const std::string id = taken.json()["job"]["id"];
  CHECK(taken.headers.at("location") == "/api/v1/jobs/" + id);
  const HttpAnswer again = an.post(batch, body, key);
  CHECK(again.status == 202);
  CHECK(again.json()["job"]["id"] == id);

  const Json job = finished(live, an, id);
  CHECK(job["total"] == 10'000);
  CHECK(job["done"] == 250);
  CHECK(job["refused"] == 9'750);
  CHECK(job["open"] == 0);
  std::set<std::int64_t> numbers;
  std::string after;
  std::map<std::string, int> by_outcome;
  for (;;) {
    const Json page = an.get("/api/v1/jobs/" + id + "/results?limit=200&after=" + after).json();
    for (const Json& one : page["items"]) numbers.insert(one["number"].get<std::int64_t>());
    for (const std::string& one : outcomes(page["items"])) ++by_outcome[one];
    if (!page["page"]["has_more"]) break;
    after = page["page"]["end_cursor"];
  }
  CHECK(numbers.size() == 10'000);
  CHECK(by_outcome == std::map<std::string, int>{{"200", 250}, {"409 task-not-open", 9'750}});
  const Json refused = an.get("/api/v1/jobs/" + id + "/results?state=refused&limit=1").json();
  CHECK(refused["items"][0]["number"] == 250);

  CHECK(live.as("em").get("/api/v1/jobs/" + id).status == 404);
  CHECK(live.as("em").get("/api/v1/jobs/" + id + "/results").status == 404);
  CHECK(live.as("quan-tri").get("/api/v1/jobs/" + id).status == 200);
  CHECK(an.get("/api/v1/jobs").json()["items"].size() == 1);
  CHECK(live.as("em").get("/api/v1/jobs").json()["items"].empty());
  const Json told = an.get("/api/v1/notifications").json()["items"][0];
  CHECK(told["kind"] == "job.finished");
  CHECK(told["body"]["en"] == "250 items done, 9750 refused.");
  CHECK(live.local().post("/api/v1/maintenance:verify", Json::object()).json()["findings"].empty());
}

}  // namespace
}  // namespace kyhan::test
