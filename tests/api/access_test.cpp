// Every way to read a case or act on it x every role x own or foreign unit.

#include <set>

#include "api/router.hpp"
#include "tests/support/live_server.hpp"

namespace kyhan::test {
namespace {

struct Case {
  std::string instance;
  std::string task;
  std::string etag;
  std::string attachment;
};

/// Started in so-a by `an`, with a file handed in and waiting for a specialist's answer.
Case prepare(LiveServer& live) {
  HttpClient an = live.as("an");
  const HttpAnswer started =
      an.post("/api/v1/instances", {{"definition", "two-step"}, {"unit", "so-a"}});
  INFO(started.body);
  REQUIRE(started.status == 201);
  const Json body = started.json();
  Case made{body["id"], body["openTasks"][0]["id"], body["openTasks"][0]["etag"], ""};
  const HttpAnswer kept =
      an.ask({"POST",
              "/api/v1/attachments?task=" + made.task + "&type=report&name=a.pdf",
              "%PDF-1.4",
              {"Content-Type: application/pdf", "Origin: " + live.url()}});
  INFO(kept.body);
  REQUIRE(kept.status == 201);
  made.attachment = kept.json()["id"];
  return made;
}

struct Line {
  const char* what;
  const char* method;
  std::string path;
  std::string body;
  // Expected status by account: an and em specialists, binh head, kiem auditor of so-a; cuc and
  // dung specialist and head of so-b; quan-tri administrator; nobody without a session.
  int em, binh, kiem, cuc, dung, quan_tri, nobody;
};

TEST_CASE("who may see and do what, of the own unit and of another", "[api][access]") {
  LiveServer live;
  const Case made = prepare(live);
  const std::string instance = "/api/v1/instances/" + made.instance;
  const std::string task = "/api/v1/tasks/" + made.task;
  // What a line does must not change what the next one sees: refused or harmless requests only.
  const std::string wrong = R"({"outcome": "no-such-outcome"})";
  const std::string foreign_start = R"({"definition": "two-step", "unit": "so-x"})";
  const std::string many = R"({"action": "claim", "items": [{"task": "no-such.1"}]})";
  const std::string many_withdrawn =
      R"({"action": "withdraw", "comment": "x", "items": [{"task": "no-such.1"}]})";
  const std::string definition = R"({"document": {}, "do": []})";
  const std::string to_nobody = R"({"to": "no-such"})";
  const std::string question = R"({"to": "no-such", "question": "x"})";
  const std::string time = R"({"due": {"workingDays": 1}, "reason": " "})";
  const std::string absence_of_an =
      R"({"person": "an", "from": "2020-01-01", "to": "2020-01-02", "deputy": "em"})";
  const std::string deadline =
      "/api/v1/calendar/due?from=2026-01-05T08:00:00%2B07:00&due=%7B%22workingDays%22:1%7D";
  // clang-format off
  const std::vector<Line> table = {
      {"instance",         "GET",  instance, "",                                  404, 200, 200, 404, 404, 200, 401},
      {"history",          "GET",  instance + "/history", "",                     404, 200, 200, 404, 404, 200, 401},
      {"cancel",           "POST", instance + ":cancel", R"({"reason": "x"})",    404, 403, 403, 404, 404,  -1, 401},
      {"retry",            "POST", instance + ":retry", R"({"comment": "x"})",    403, 403, 403, 403, 403, 409, 401},
      {"why",              "GET",  instance + "/why", "",                         404, 200, 200, 404, 404, 200, 401},
      {"task",             "GET",  task, "",                                      200, 200, 200, 404, 404, 200, 401},
      {"notices of a task","GET",  task + "/notifications", "",                   200, 200, 200, 404, 404, 200, 401},
      {"claim",            "POST", task + ":claim", R"({"x": 1})",                400, 400, 400, 400, 400, 400, 401},
      {"release",          "POST", task + ":release", "{}",                       403, 403, 403, 404, 404, 403, 401},
      {"complete",         "POST", task + ":complete", wrong,                     422, 403, 403, 404, 404, 403, 401},
      {"comment, empty",   "POST", task + ":comment", R"({"comment": ""})",       400, 400, 400, 400, 400, 400, 401},
      {"comments",         "GET",  task + "/comments", "",                        200, 200, 200, 404, 404, 200, 401},
      {"case comment, bad","POST", instance + ":comment", R"({"comment": ""})",   400, 400, 400, 400, 400, 400, 401},
      {"case comment",     "POST", instance + ":comment", R"({"comment": " "})",  404, 422, 422, 404, 404, 422, 401},
      {"case comments",    "GET",  instance + "/comments", "",                    404, 200, 200, 404, 404, 200, 401},
      {"draft, get",       "GET",  task + "/draft", "",                           204, 204, 204, 404, 404, 204, 401},
      {"draft, put",       "PUT",  task + "/draft", R"({"comment": "x"})",        200, 403, 403, 404, 404, 403, 401},
      {"draft, discard",   "DELETE", task + "/draft", "",                         204, 204, 204, 404, 404, 204, 401},
      {"withdraw",         "POST", task + ":withdraw", R"({"comment": " "})",     403, 403, 403, 403, 403, 422, 401},
      {"batch",            "POST", "/api/v1/tasks:batch", many,                   200, 200, 200, 200, 200, 200, 401},
      {"batch, withdraw",  "POST", "/api/v1/tasks:batch", many_withdrawn,         403, 403, 403, 403, 403, 200, 401},
      {"jobs",             "GET",  "/api/v1/jobs", "",                            200, 200, 200, 200, 200, 200, 401},
      {"job",              "GET",  "/api/v1/jobs/no-such", "",                    404, 404, 404, 404, 404, 404, 401},
      {"job results",      "GET",  "/api/v1/jobs/no-such/results", "",            404, 404, 404, 404, 404, 404, 401},
      {"delegate",         "POST", task + ":delegate", to_nobody,                 403, 403, 403, 404, 404, 403, 401},
      {"reassign",         "POST", task + ":reassign", to_nobody,                 403, 422, 403, 404, 404, 422, 401},
      {"ask",              "POST", task + ":requestInfo", question,               422, 403, 403, 404, 404, 403, 401},
      {"tell",             "POST", task + ":provideInfo", R"({"answer": "x"})",   403, 403, 403, 404, 404, 403, 401},
      {"add signer",       "POST", task + ":addSigner", to_nobody, 422, 403, 403, 404, 404, 403, 401},
      {"remove signer",    "POST", task + ":removeSigner", "{}", 409, 409, 409, 404, 404, 409, 401},
      {"recall",           "POST", task + ":recall", "{}", 409, 409, 409, 404, 404, 409, 401},
      {"ask for time",     "POST", task + ":requestExtension", time, 422, 403, 403, 404, 404, 403, 401},
      {"give time",        "POST", task + ":decideExtension", R"({"decision": "grant"})", 409, 409, 409, 404, 404, 409, 401},
      {"suspend",          "POST", instance + ":suspend", R"({"reason": " "})",   404, 422, 403, 404, 404, 422, 401},
      {"resume",           "POST", instance + ":resume", "{}",                    404, 409, 403, 404, 404, 409, 401},
      {"vote",             "GET",  "/api/v1/votes/no-such", "",                   404, 404, 404, 404, 404, 404, 401},
      {"attachment",       "GET",  "/api/v1/attachments/" + made.attachment, "",  404, 200, 200, 404, 404, 200, 401},
      {"hand over",        "POST", "/api/v1/units/so-a:handOver", R"({"to": "so-a", "reason": "x"})", 403, 403, 403, 403, 403, 422, 401},
      {"export",           "GET",  "/api/v1/organisation", "",                    404, 404, 404, 404, 404, 404, 404},
      {"overview, own",    "GET",  "/api/v1/overview?unit=so-a", "",              404, 200, 200, 404, 404, 200, 401},
      {"overview, other",  "GET",  "/api/v1/overview?unit=so-b", "",              404, 404, 404, 404, 200, 200, 401},
      {"team",             "GET",  "/api/v1/tasks?view=team", "",                 403, 200, 403, 403, 200, 200, 401},
      {"start elsewhere",  "POST", "/api/v1/instances", foreign_start,            404, 404, 404, 404, 404, 404, 401},
      {"publish",          "POST", "/api/v1/definitions", definition,             403, 403, 403, 403, 403, 422, 401},
      {"event in",         "POST", "/api/v1/events", "{}",                        403, 403, 403, 403, 403, 422, 401},
      {"clock",            "POST", "/api/v1/clock:advance", "{}",                 404, 404, 404, 404, 404, 400, 401},
      {"accounts",         "GET",  "/api/v1/accounts", "",                        404, 404, 404, 404, 404, 404, 404},
      {"import",           "POST", "/api/v1/organisation:import", "{}",           404, 404, 404, 404, 404, 404, 404},
      {"backup",           "POST", "/api/v1/maintenance:backup", "{}",            404, 404, 404, 404, 404, 404, 404},
      {"verify",           "POST", "/api/v1/maintenance:verify", "{}",            404, 404, 404, 404, 404, 404, 404},
      {"tokens",           "POST", "/api/v1/tokens", "{}",                        404, 404, 404, 404, 404, 404, 404},
      {"account, new",     "POST", "/api/v1/accounts", "{}",                      404, 404, 404, 404, 404, 404, 404},
      {"password",         "POST", "/api/v1/accounts/em:password", "{}",          404, 404, 404, 404, 404, 404, 404},
      {"session",          "GET",  "/api/v1/session", "",                         200, 200, 200, 200, 200, 200, 401},
      {"definitions",      "GET",  "/api/v1/definitions", "",                     200, 200, 200, 200, 200, 200, 401},
      {"definition",       "GET",  "/api/v1/definitions/two-step", "",            200, 200, 200, 200, 200, 200, 401},
      {"people check",     "GET",  "/api/v1/definitions/two-step/people", "",     403, 403, 403, 403, 403, 200, 401},
      {"functions",        "GET",  "/api/v1/functions", "",                       200, 200, 200, 200, 200, 200, 200},
      {"function",         "GET",  "/api/v1/functions/vote/1.0.0/function.yaml", "", 200, 200, 200, 200, 200, 200, 200},
      {"instances",        "GET",  "/api/v1/instances", "",                       200, 200, 200, 200, 200, 200, 401},
      {"own tasks",        "GET",  "/api/v1/tasks?view=mine", "",                 200, 200, 200, 200, 200, 200, 401},
      {"mark read",        "POST", "/api/v1/notifications:read", R"({"ids": []})", 204, 204, 204, 204, 204, 204, 401},
      {"preferences",      "GET",  "/api/v1/me/preferences", "",                  200, 200, 200, 200, 200, 200, 401},
      {"preferences, set", "PUT",  "/api/v1/me/preferences", "{}",                428, 428, 428, 428, 428, 428, 401},
      {"limits",           "GET",  "/api/v1/notice-limits", "",                   200, 200, 200, 200, 200, 200, 401},
      {"limits, set",      "PUT",  "/api/v1/notice-limits", "{}",                 403, 403, 403, 403, 403, 428, 401},
      {"absences",         "GET",  "/api/v1/absences", "",                        200, 200, 200, 200, 200, 200, 401},
      {"absence of an",    "POST", "/api/v1/absences", absence_of_an, 403, 422, 403, 403, 403, 422, 401},
      {"absence, end",     "DELETE", "/api/v1/absences/no-such", "",              404, 404, 404, 404, 404, 404, 401},
      {"deadline",         "GET",  deadline, "",                                  200, 200, 200, 200, 200, 200, 401},
      {"days",             "GET",  "/api/v1/calendar/days?from=2026-01-01&to=2026-01-31", "", 200, 200, 200, 200, 200, 200, 401},
      {"calendars",        "GET",  "/api/v1/calendars", "",                       200, 200, 200, 200, 200, 200, 401},
      {"calendar",         "GET",  "/api/v1/calendars/vn", "",                    200, 200, 200, 200, 200, 200, 401},
      {"calendar, put",    "PUT",  "/api/v1/calendars/vn", "{}",                  403, 403, 403, 403, 403, 422, 401},
      {"calendar, remove", "DELETE", "/api/v1/calendars/no-such", "",             403, 403, 403, 403, 403, 404, 401},
      {"calendar, preview", "POST", "/api/v1/calendars/vn:preview", "{}",         403, 403, 403, 403, 403, 422, 401},
      {"calendar changes", "GET",  "/api/v1/calendar-changes", "",                403, 403, 403, 403, 403, 200, 401},
      {"calendar change",  "GET",  "/api/v1/calendar-changes/77", "",             403, 403, 403, 403, 403, 404, 401},
      {"change undone",    "POST", "/api/v1/calendar-changes/77:undo", "{}",      403, 403, 403, 403, 403, 404, 401},
      {"rehearsal",        "POST", "/api/v1/rehearsals", "{}",                    403, 403, 403, 403, 403, 400, 401},
      {"time of day",      "GET",  "/api/v1/clock", "",                           200, 200, 200, 200, 200, 200, 401},
      {"version",          "GET",  "/api/v1/version", "",                         200, 200, 200, 200, 200, 200, 200},
      {"openapi",          "GET",  "/api/v1/openapi.json", "",                    200, 200, 200, 200, 200, 200, 200},
      {"health",           "GET",  "/healthz", "",                                200, 200, 200, 200, 200, 200, 200},
      {"readiness",        "GET",  "/readyz", "",                                 200, 200, 200, 200, 200, 200, 200},
      {"metrics",          "GET",  "/metrics", "",                                200, 200, 200, 200, 200, 200, 200},
      {"units",            "GET",  "/api/v1/units", "",                           200, 200, 200, 200, 200, 200, 401},
      {"people",           "GET",  "/api/v1/people?q=an", "",                     200, 200, 200, 200, 200, 200, 401},
      {"notifications",    "GET",  "/api/v1/notifications", "",                   200, 200, 200, 200, 200, 200, 401},
  };
  // clang-format on
  std::set<const Route*> asked;
  for (const Line& line : table) {
    const std::string path = line.path.substr(0, line.path.find('?'));
    for (const Method method : {Method::get, Method::post, Method::put, Method::delete_}) {
      if (show(method) == line.method) asked.insert(find_route(routes(), method, path).route);
    }
  }
  // Signing in and out, streams and letters have tests of their own.
  const std::set<std::string> elsewhere = {
      "POST /api/v1/session",     "DELETE /api/v1/session", "GET /api/v1/mail/unsubscribe/{token}",
      "POST /api/v1/attachments", "GET /api/v1/events",     "POST /api/v1/mail/unsubscribe/{token}"};
  for (const Route& route : routes()) {
    const std::string name = std::string(show(route.method)) + " " + std::string(route.path);
    INFO("no line for " << name);
    CHECK((asked.contains(&route) || elsewhere.contains(name) || name.ends_with("{id}:start")));
  }

  std::map<std::string, HttpClient> clients;
  for (const char* account : {"em", "binh", "kiem", "cuc", "dung", "quan-tri"}) {
    clients.emplace(account, live.as(account));
  }
  clients.emplace("nobody", live.anybody());
  for (const Line& line : table) {
    const std::map<std::string, int> expected = {
        {"em", line.em},     {"binh", line.binh},         {"kiem", line.kiem},    {"cuc", line.cuc},
        {"dung", line.dung}, {"quan-tri", line.quan_tri}, {"nobody", line.nobody}};
    for (const auto& [account, status] : expected) {
      if (status < 0) continue;
      HttpAsk ask{line.method, line.path, line.body, {}};
      if (ask.method != "GET") {
        ask.headers = {"Content-Type: application/json", "Origin: " + live.url()};
      }
      if (ask.method == "POST") ask.headers.push_back("If-Match: " + made.etag);
      const HttpAnswer answer = clients.at(account).ask(ask);
      INFO(line.what << " by " << account << ": " << answer.body);
      CHECK(answer.status == status);
    }
  }
}

TEST_CASE("lists hold what the caller may see, and nothing of other units", "[api][access]") {
  LiveServer live;
  prepare(live);
  const auto seen = [&](const std::string& account, const std::string& path) {
    return live.as(account).get(path).json()["items"].size();
  };
  CHECK(seen("an", "/api/v1/instances") == 1);  // Took part: the initiator.
  CHECK(seen("em", "/api/v1/instances") == 0);
  CHECK(seen("binh", "/api/v1/instances") == 1);
  CHECK(seen("kiem", "/api/v1/instances") == 1);
  CHECK(seen("cuc", "/api/v1/instances") == 0);
  CHECK(seen("dung", "/api/v1/instances") == 0);
  CHECK(seen("quan-tri", "/api/v1/instances") == 1);
  CHECK(seen("binh", "/api/v1/instances?mine=true") == 0);
  CHECK(seen("dung", "/api/v1/instances?unit=so-a") == 0);
  CHECK(seen("quan-tri", "/api/v1/instances?unit=tinh&subtree=true") == 1);
  CHECK(seen("quan-tri", "/api/v1/instances?unit=tinh") == 0);
  CHECK(seen("em", "/api/v1/tasks") == 1);
  CHECK(seen("binh", "/api/v1/tasks") == 0);
  CHECK(seen("binh", "/api/v1/tasks?view=team") == 1);
  CHECK(seen("dung", "/api/v1/tasks?view=team") == 0);
  CHECK(seen("cuc", "/api/v1/tasks") == 0);
}

TEST_CASE("one unit's notifications never reach another", "[api][access]") {
  LiveServer live;
  prepare(live);
  CHECK(live.as("em").get("/api/v1/notifications").json()["unread"] == 1);
  CHECK(live.as("cuc").get("/api/v1/notifications").json()["unread"] == 0);
}

}  // namespace
}  // namespace kyhan::test
