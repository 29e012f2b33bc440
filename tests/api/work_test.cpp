// The work itself: starting, answering, history, files, hints; and what a client may repeat.

#include <fstream>

#include "tests/support/live_server.hpp"
#include "tests/support/raw_connection.hpp"

namespace kyhan::test {
namespace {

Json start(HttpClient& client, const Json& body) {
  const HttpAnswer answer = client.post("/api/v1/instances", body);
  INFO(answer.body);
  REQUIRE(answer.status == 201);
  return answer.json();
}

HttpAnswer complete(HttpClient& client, const std::string& task, const std::string& etag,
                    const Json& body, std::vector<std::string> headers = {}) {
  if (!etag.empty()) headers.push_back("If-Match: " + etag);
  return client.post("/api/v1/tasks/" + task + ":complete", body, std::move(headers));
}

TEST_CASE("a case goes from its start to its end, and tells how", "[api][work]") {
  LiveServer live;
  HttpClient an = live.as("an");
  HttpClient binh = live.as("binh");
  const Json started = start(an, {{"definition", "two-step"}, {"unit", "so-a"}});
  const std::string instance = started["id"];
  REQUIRE(started["openTasks"].size() == 1);
  const std::string first = started["openTasks"][0]["id"];

  const Json mine = an.get("/api/v1/tasks").json();
  REQUIRE(mine["items"].size() == 1);
  CHECK(mine["items"][0]["id"] == first);
  CHECK(mine["items"][0]["title"]["vi"] == "Soạn hồ sơ");
  CHECK(mine["items"][0]["dueDate"] == "2026-11-30");
  CHECK(mine["items"][0]["dueGroup"] == "week");
  CHECK(mine["items"][0]["claimable"] == true);
  CHECK(mine["counts"]["week"] == 1);
  CHECK(binh.get("/api/v1/tasks").json()["items"].empty());

  const Json claimed = an.post("/api/v1/tasks/" + first + ":claim", Json::object()).json();
  CHECK(claimed["mine"] == true);
  CHECK(claimed["canComplete"] == true);
  CHECK(claimed["dueExplain"].size() >= 1);

  const HttpAnswer done = complete(an, first, claimed["etag"], {{"outcome", "submit"}});
  INFO(done.body);
  REQUIRE(done.status == 200);
  CHECK(done.json()["task"]["state"] == "completed");
  CHECK(an.get("/api/v1/tasks").json()["items"].empty());
  CHECK(an.get("/api/v1/tasks?view=done").json()["items"].size() == 1);

  const Json second = done.json()["openTasks"][0];
  CHECK(binh.get("/api/v1/tasks").json()["items"][0]["id"] == second["id"]);
  CHECK(binh.get("/api/v1/notifications").json()["unread"] == 1);
  const Json detail = binh.get("/api/v1/instances/" + instance).json();
  CHECK(detail["steps"][0]["state"] == "done");
  CHECK(detail["steps"][1]["state"] == "current");
  CHECK(detail["waiting"]["vi"].get<std::string>().find("Phê duyệt") != std::string::npos);

  const HttpAnswer approved =
      complete(binh, second["id"], second["etag"], {{"outcome", "approve"}});
  CHECK(approved.json()["instance"]["state"] == "completed");
  const Json history = an.get("/api/v1/instances/" + instance + "/history").json()["items"];
  CHECK(history.front()["kind"] == "instance_started");
  CHECK(history.back()["kind"] == "instance_completed");
  CHECK(history.back()["title"]["vi"] == "Quy trình hoàn thành.");
  CHECK(an.get("/api/v1/instances/" + instance).json()["state"] == "completed");
}

TEST_CASE("a decision needs the version it was made on", "[api][work]") {
  LiveServer live;
  HttpClient an = live.as("an");
  const Json task = start(an, {{"definition", "two-step"}, {"unit", "so-a"}})["openTasks"][0];
  const HttpAnswer blind = complete(an, task["id"], "", {{"outcome", "submit"}});
  CHECK(blind.status == 428);
  CHECK(blind.json()["current"]["etag"] == task["etag"]);
  REQUIRE(
      an.post("/api/v1/tasks/" + task["id"].get<std::string>() + ":claim", Json::object()).status ==
      200);
  const HttpAnswer stale = complete(an, task["id"], task["etag"], {{"outcome", "submit"}});
  CHECK(stale.status == 412);
  CHECK(stale.json()["current"]["state"] == "claimed");
  CHECK(complete(an, task["id"], "\"abc\"", {{"outcome", "submit"}}).status == 400);
}

TEST_CASE("a decision sent twice with one key happens once", "[api][work]") {
  LiveServer live;
  HttpClient an = live.as("an");
  const std::vector<std::string> key = {"Idempotency-Key: k-1"};
  const Json body = {{"definition", "two-step"}, {"unit", "so-a"}, {"businessKey", "2026"}};
  const HttpAnswer first = an.post("/api/v1/instances", body, key);
  const HttpAnswer again = an.post("/api/v1/instances", body, key);
  CHECK(first.status == 201);
  CHECK(again.status == 201);
  CHECK(first.json() == again.json());
  Json other = body;
  other["businessKey"] = "2027";
  CHECK(an.post("/api/v1/instances", other, key).status == 422);
  CHECK(an.get("/api/v1/instances").json()["items"].size() == 1);

  const Json task = first.json()["openTasks"][0];
  const HttpAnswer once =
      complete(an, task["id"], task["etag"], {{"outcome", "submit"}}, {"Idempotency-Key: k-2"});
  const HttpAnswer twice =
      complete(an, task["id"], task["etag"], {{"outcome", "submit"}}, {"Idempotency-Key: k-2"});
  CHECK(once.status == 200);
  CHECK(twice.status == 200);
  CHECK(once.json()["openTasks"] == twice.json()["openTasks"]);
}

TEST_CASE("a second start with the same business key names the first", "[api][work]") {
  LiveServer live;
  HttpClient an = live.as("an");
  const Json body = {{"definition", "two-step"}, {"unit", "so-a"}, {"businessKey", "2026"}};
  const Json first = start(an, body);
  const HttpAnswer second = an.post("/api/v1/instances", body);
  CHECK(second.status == 409);
  CHECK(second.problem() == "duplicate-business-key");
  CHECK(second.json()["existing"]["id"] == first["id"]);
}

TEST_CASE("a key that somebody made up is its unit's own", "[api][work]") {
  LiveServer live;
  HttpClient an = live.as("an");
  HttpClient cuc = live.as("cuc");
  start(an, {{"definition", "two-step"}, {"unit", "so-a"}, {"businessKey", "2026"}});
  const Json foreign = {{"definition", "two-step"}, {"unit", "so-b"}, {"businessKey", "2026"}};
  CHECK(cuc.post("/api/v1/instances", foreign).status == 201);
  const HttpAnswer twice = cuc.post("/api/v1/instances", foreign);
  CHECK(twice.status == 409);
  CHECK(twice.body.find("existing") != std::string::npos);
}

TEST_CASE("a computed key names its holder only to those who may see it", "[api][work]") {
  LiveServer live;
  Json document = two_step_definition();
  document["document"]["name"] = "one-a-year";
  document["document"]["metadata"]["start"]["businessKey"] = "${ .year }";
  REQUIRE(live.local().post("/api/v1/definitions", document).status == 201);
  const auto body = [](const char* unit) {
    return Json{{"definition", "one-a-year"}, {"unit", unit}, {"input", {{"year", "2026"}}}};
  };
  HttpClient an = live.as("an");
  const Json first = start(an, body("so-a"));
  const HttpAnswer own = an.post("/api/v1/instances", body("so-a"));
  CHECK(own.status == 409);
  CHECK(own.json()["existing"]["id"] == first["id"]);
  const HttpAnswer foreign = live.as("cuc").post("/api/v1/instances", body("so-b"));
  CHECK(foreign.status == 409);
  CHECK(foreign.problem() == "duplicate-business-key");
  CHECK(foreign.body.find(first["id"].get<std::string>()) == std::string::npos);
}

TEST_CASE("who comes too late for a task is told so, and sees how it ended", "[api][work]") {
  LiveServer live;
  HttpClient an = live.as("an");
  HttpClient em = live.as("em");
  const Json task = start(an, {{"definition", "two-step"}, {"unit", "so-a"}})["openTasks"][0];
  REQUIRE(complete(an, task["id"], task["etag"], {{"outcome", "submit"}}).status == 200);
  const HttpAnswer late = complete(em, task["id"], task["etag"], {{"outcome", "submit"}});
  CHECK(late.status == 409);
  CHECK(late.problem() == "task-not-open");
  CHECK(late.json()["current"]["state"] == "completed");
  CHECK(
      em.post("/api/v1/tasks/" + task["id"].get<std::string>() + ":claim", Json::object()).status ==
      409);
}

TEST_CASE("a key for repeating is short and printable", "[api][work]") {
  LiveServer live;
  HttpClient an = live.as("an");
  const Json body = {{"definition", "two-step"}, {"unit", "so-a"}};
  for (const std::string& key : {std::string(256, 'k'), std::string("with space")}) {
    const HttpAnswer refused = an.post("/api/v1/instances", body, {"Idempotency-Key: " + key});
    CHECK(refused.status == 400);
    CHECK(refused.problem() == "bad-idempotency-key");
  }
  CHECK(an.get("/api/v1/instances").json()["items"].empty());
}

TEST_CASE("people start for their own unit, an administrator for many at once", "[api][work]") {
  LiveServer live;
  HttpClient an = live.as("an");
  const Json foreign = {{"definition", "two-step"}, {"unit", "so-b"}};
  CHECK(an.post("/api/v1/instances", foreign).status == 403);
  CHECK(an.post("/api/v1/instances", {{"definition", "nothing"}, {"unit", "so-a"}}).status == 404);
  const HttpAnswer many =
      live.as("quan-tri")
          .post("/api/v1/instances",
                {{"definition", "two-step"}, {"units", Json::array({"so-a", "so-b", "so-x"})}});
  REQUIRE(many.status == 200);
  const Json results = many.json()["results"];
  CHECK(results[0]["status"] == 201);
  CHECK(results[1]["status"] == 201);
  CHECK(results[2]["status"] == 404);
  CHECK(results[2]["problem"]["status"] == 404);
  const Json definitions = an.get("/api/v1/definitions").json()["items"];
  CHECK(definitions[0]["startable"] == true);
  CHECK(definitions[0]["startableUnits"].size() == 1);
}

TEST_CASE("an answer that lacks what its outcome needs changes nothing", "[api][work]") {
  LiveServer live;
  HttpClient an = live.as("an");
  HttpClient binh = live.as("binh");
  const Json task = start(an, {{"definition", "two-step"}, {"unit", "so-a"}})["openTasks"][0];
  CHECK(complete(an, task["id"], task["etag"], {{"outcome", "dance"}}).status == 422);
  const Json second =
      complete(an, task["id"], task["etag"], {{"outcome", "submit"}}).json()["openTasks"][0];
  const HttpAnswer silent = complete(binh, second["id"], second["etag"], {{"outcome", "return"}});
  CHECK(silent.status == 422);
  CHECK(silent.json()["errors"][0]["pointer"] == "/comment");
  CHECK(binh.get("/api/v1/tasks/" + second["id"].get<std::string>()).json()["etag"] ==
        second["etag"]);
  CHECK(binh.post("/api/v1/tasks/" + second["id"].get<std::string>() + ":delegate", {{"to", "an"}})
            .problem() == "delegation-not-allowed");
}

TEST_CASE("a file is kept as it is, and only what it says it is", "[api][attachments]") {
  LiveServer live;
  HttpClient an = live.as("an");
  const Json started = start(an, {{"definition", "two-step"}, {"unit", "so-a"}});
  const Json task = started["openTasks"][0];
  const std::string bytes = "%PDF-1.4\n" + std::string(50'000, 'x');
  const auto upload = [&](HttpClient& client, const std::string& body, const std::string& type,
                          const std::string& kind = "report") {
    return client.ask({"POST",
                       "/api/v1/attachments?task=" + task["id"].get<std::string>() +
                           "&type=" + kind + "&name=B%C3%A1o%20c%C3%A1o%22%0D%0A.pdf",
                       body,
                       {"Content-Type: " + type, "Origin: " + live.url()}});
  };
  const HttpAnswer kept = upload(an, bytes, "application/pdf");
  INFO(kept.body);
  REQUIRE(kept.status == 201);
  CHECK(kept.json()["size"] == bytes.size());
  CHECK(kept.json()["sha256"].get<std::string>().size() == 64);
  CHECK(upload(an, "MZ executable", "application/pdf").status == 415);
  CHECK(upload(an, "<html>", "text/html").status == 415);
  CHECK(upload(an, bytes, "application/pdf", "unknown").status == 400);
  CHECK(upload(an, "%PDF-" + std::string(200'000, 'x'), "application/pdf").status == 413);
  HttpClient cuc = live.as("cuc");
  CHECK(upload(cuc, bytes, "application/pdf").status == 404);

  const std::string id = kept.json()["id"];
  const HttpAnswer done = complete(an, task["id"], task["etag"],
                                   {{"outcome", "submit"}, {"attachments", Json::array({id})}});
  INFO(done.body);
  REQUIRE(done.status == 200);
  HttpClient binh = live.as("binh");
  const HttpAnswer read = binh.get("/api/v1/attachments/" + id);
  CHECK(read.body == bytes);
  CHECK(read.headers.at("x-content-type-options") == "nosniff");
  const std::string disposition = read.headers.at("content-disposition");
  CHECK(disposition.starts_with("attachment; filename=\""));
  CHECK(disposition.find("filename*=UTF-8''B%C3%A1o%20c%C3%A1o") != std::string::npos);
  CHECK(cuc.get("/api/v1/attachments/" + id).status == 404);
  const Json detail = binh.get("/api/v1/instances/" + started["id"].get<std::string>()).json();
  CHECK(detail["attachments"].size() == 1);
}

TEST_CASE("a change reaches the people it concerns as a hint, and nobody else", "[api][events]") {
  LiveServer live;
  HttpClient an = live.as("an");
  const auto listen = [&](RawConnection& raw, const HttpClient& who, const std::string& last) {
    raw.send("GET /api/v1/events HTTP/1.1\r\nHost: x\r\nCookie: " + who.cookie + "\r\n" +
             (last.empty() ? "" : "Last-Event-ID: " + last + "\r\n") + "\r\n");
    raw.read_until("retry: 3000");
  };
  RawConnection mine{live.port()};
  listen(mine, an, "");
  RawConnection foreign{live.port()};
  HttpClient cuc = live.as("cuc");
  listen(foreign, cuc, "");
  start(an, {{"definition", "two-step"}, {"unit", "so-a"}});
  CHECK(mine.read_until("event: task").find("event: task") != std::string::npos);
  start(cuc, {{"definition", "two-step"}, {"unit", "so-b"}});
  const std::string heard = foreign.read_until("event: task");
  CHECK(heard.find("event: task") != std::string::npos);
  const Json own = cuc.get("/api/v1/tasks").json()["items"][0];
  const std::size_t data = heard.find("\"id\":\"", heard.find("event: task"));
  CHECK(heard.compare(data + 6, own["id"].get<std::string>().size(),
                      own["id"].get<std::string>()) == 0);

  RawConnection returned{live.port()};
  listen(returned, an, "another-process-7");
  CHECK(returned.read_until("event: resync").find("event: resync") != std::string::npos);
}

TEST_CASE("stopping the server ends live streams", "[api][events]") {
  LiveServer live;
  HttpClient an = live.as("an");
  RawConnection raw{live.port()};
  raw.send("GET /api/v1/events HTTP/1.1\r\nHost: x\r\nCookie: " + an.cookie + "\r\n\r\n");
  raw.read_until("retry: 3000");
  live.server().stop();
  CHECK(raw.read_to_end());
}

TEST_CASE("the virtual clock moves tasks into being overdue", "[api][clock]") {
  LiveServer live;
  HttpClient an = live.as("an");
  start(an, {{"definition", "two-step"}, {"unit", "so-a"}});
  CHECK(an.post("/api/v1/clock:advance", {{"to", "2026-12-02T00:00:00Z"}}).status == 404);
  const HttpAnswer moved =
      live.as("quan-tri").post("/api/v1/clock:advance", {{"to", "2026-12-02T00:00:00Z"}});
  INFO(moved.body);
  REQUIRE(moved.status == 200);
  CHECK(moved.json()["now"] == "2026-12-02T00:00:00Z");
  CHECK(an.get("/api/v1/clock").json()["now"] == "2026-12-02T00:00:00Z");
  CHECK(an.get("/api/v1/tasks").json()["items"][0]["overdue"] == true);
  CHECK(an.get("/api/v1/tasks?due=overdue").json()["items"].size() == 1);
  CHECK(live.as("binh").get("/api/v1/overview?unit=so-a").json()["totals"]["overdue"] == 1);
}

TEST_CASE("outside a demonstration the clock cannot be moved", "[api][clock]") {
  LiveServer::Options options;
  options.demonstration = false;
  options.clock_start = "";
  LiveServer live{options};
  CHECK(
      live.as("quan-tri").post("/api/v1/clock:advance", {{"to", "2030-01-01T00:00:00Z"}}).status ==
      404);
}

TEST_CASE("only an administrator publishes, and faults are named", "[api][definitions]") {
  LiveServer live;
  Json next = two_step_definition();
  next["document"]["version"] = "1.1.0";
  CHECK(live.as("binh").post("/api/v1/definitions", next).status == 403);
  HttpClient administrator = live.as("quan-tri");
  CHECK(administrator.post("/api/v1/definitions?dryRun=true", next).json()["published"] == false);
  CHECK(administrator.post("/api/v1/definitions", next).status == 201);
  CHECK(administrator.post("/api/v1/definitions", next).status == 200);
  next["document"]["metadata"]["title"] = "Khác";
  CHECK(administrator.post("/api/v1/definitions", next).status == 409);
  next["document"]["version"] = "1.2.0";
  next["do"][0]["prepare"]["callThis"] = "x";
  const HttpAnswer faulty = administrator.post("/api/v1/definitions", next);
  CHECK(faulty.status == 422);
  CHECK(faulty.json()["faults"].size() >= 1);
  const Json detail = administrator.get("/api/v1/definitions/two-step").json();
  CHECK(detail["version"] == "1.1.0");
  CHECK(detail["versions"].size() == 2);
  CHECK(detail["steps"].size() == 2);
}

TEST_CASE("an initiator takes a start back until somebody has answered", "[api][work]") {
  LiveServer live;
  HttpClient an = live.as("an");
  const Json first = start(an, {{"definition", "two-step"}, {"unit", "so-a"}});
  const std::string path = "/api/v1/instances/" + first["id"].get<std::string>() + ":cancel";
  CHECK(live.as("binh").post(path, {{"reason", "Thừa"}}).status == 403);
  const HttpAnswer taken_back = an.post(path, {{"reason", "Nhầm"}});
  INFO(taken_back.body);
  CHECK(taken_back.json()["state"] == "cancelled");

  const Json second = start(an, {{"definition", "two-step"}, {"unit", "so-a"}});
  const Json task = second["openTasks"][0];
  REQUIRE(complete(an, task["id"], task["etag"], {{"outcome", "submit"}}).status == 200);
  const std::string later = "/api/v1/instances/" + second["id"].get<std::string>() + ":cancel";
  CHECK(an.post(later, {{"reason", "Muộn"}}).status == 403);
  CHECK(live.as("quan-tri").post(later, {{"reason", "Hủy"}}).status == 200);
}

TEST_CASE("deadlines explain themselves and days are named", "[api][calendar]") {
  LiveServer live;
  HttpClient an = live.as("an");
  const Json due = an.get(
                         "/api/v1/calendar/due?from=2026-08-31T02:00:00Z&due=%7B%22workingDays%22"
                         "%3A5%7D")
                       .json();
  CHECK(due["date"] == "2026-09-09");
  CHECK(due["instant"] == "2026-09-10T00:00:00+07:00");
  CHECK(due["explain"].size() >= 1);
  const Json days = an.get("/api/v1/calendar/days?from=2026-09-02&to=2026-09-03").json()["items"];
  CHECK(days.size() == 2);
  CHECK(days[0]["kind"] == "holiday");
  CHECK(an.get("/api/v1/calendar/days?from=2026-09-02&to=2029-09-03").status == 400);
}

TEST_CASE("pages come with a fresh nonce and stay inside their folder", "[api][pages]") {
  const std::filesystem::path root = std::filesystem::temp_directory_path() / "kyhan-pages-test";
  std::filesystem::create_directories(root / "assets");
  std::ofstream{root / "index.html"} << "<script nonce=\"__CSP_NONCE__\"></script>";
  std::ofstream{root / "assets" / "app-1.js"} << "plain";
  std::ofstream{root / "assets" / "app-1.js.gz"} << "packed";
  LiveServer::Options options;
  options.web_root = root;
  options.furnished = false;
  LiveServer live{options};
  HttpClient client = live.anybody();
  const HttpAnswer one = client.get("/plans/7");
  const HttpAnswer two = client.get("/");
  CHECK(one.status == 200);
  CHECK(one.headers.at("cache-control") == "no-cache");
  CHECK(one.body.find("__CSP_NONCE__") == std::string::npos);
  CHECK(one.body != two.body);
  const std::string nonce = one.body.substr(15, one.body.find('"', 15) - 15);
  CHECK(one.headers.at("content-security-policy").find("'nonce-" + nonce + "'") !=
        std::string::npos);
  CHECK(client.get("/assets/app-1.js").headers.at("cache-control").find("immutable") !=
        std::string::npos);
  const HttpAnswer packed = client.ask({"GET", "/assets/app-1.js", "", {"Accept-Encoding: gzip"}});
  CHECK(packed.headers.at("content-encoding") == "gzip");
  CHECK(packed.body == "packed");
  CHECK(client.get("/assets/none.js").status == 404);
  CHECK(client.get("/../../etc/passwd").status == 404);
  CHECK(client.get("/%2e%2e/%2e%2e/etc/passwd").status == 404);
  CHECK(client.get("/..%2f..%2fetc%2fpasswd").status == 404);
  std::filesystem::remove_all(root);
}

}  // namespace
}  // namespace kyhan::test
