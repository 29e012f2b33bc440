// Who gets in, and what is refused before any handler runs.

#include "tests/support/live_server.hpp"
#include "tests/support/raw_connection.hpp"

namespace kyhan::test {
namespace {

HttpAsk change(const std::string& path, const std::string& body, std::vector<std::string> headers) {
  return {"POST", path, body, std::move(headers)};
}

TEST_CASE("signing in gives a cookie that scripts and other sites cannot use", "[api][door]") {
  LiveServer live;
  HttpClient client = live.anybody();
  const HttpAnswer answer = client.sign_in("AN", LiveServer::password);
  REQUIRE(answer.status == 200);
  const std::string cookie = answer.headers.at("set-cookie");
  CHECK(cookie.find("HttpOnly") != std::string::npos);
  CHECK(cookie.find("SameSite=Strict") != std::string::npos);
  CHECK(cookie.find("Path=/") != std::string::npos);
  CHECK(cookie.find("Secure") == std::string::npos);  // Plain loopback.
  const Json me = answer.json();
  CHECK(me["person"]["name"] == "Nguyễn An");
  CHECK(me["home"] == "so-a");
  CHECK(me["isAdministrator"] == false);
  CHECK(me["clock"]["virtual"] == true);
  CHECK(client.get("/api/v1/session").json()["account"] == "an");
}

TEST_CASE("a wrong password and an unknown account are told apart by nothing", "[api][door]") {
  LiveServer live;
  HttpClient client = live.anybody();
  const HttpAnswer wrong = client.sign_in("an", "khong-phai-mat-khau");
  const HttpAnswer unknown = client.sign_in("nobody", "khong-phai-mat-khau");
  CHECK(wrong.status == 401);
  CHECK(wrong.problem() == "wrong-credentials");
  CHECK(unknown.problem() == "wrong-credentials");
  CHECK(wrong.json()["detail"] == unknown.json()["detail"]);
  CHECK_FALSE(wrong.headers.contains("set-cookie"));
}

TEST_CASE("an account that was guessed at too often must wait, whatever the password",
          "[api][door]") {
  LiveServer live;
  HttpClient client = live.anybody();
  for (int i = 0; i < 5; ++i) CHECK(client.sign_in("an", "sai-mat-khau").status == 401);
  const HttpAnswer held = client.sign_in("an", LiveServer::password);
  CHECK(held.status == 429);
  CHECK(std::stoi(held.headers.at("retry-after")) > 0);
  CHECK(client.sign_in("binh", LiveServer::password).status == 200);
}

TEST_CASE("signing out ends the session on the server too", "[api][door]") {
  LiveServer live;
  HttpClient client = live.as("an");
  CHECK(client.ask({"DELETE", "/api/v1/session", "", {"Origin: " + live.url()}}).status == 204);
  CHECK(client.get("/api/v1/session").status == 401);
}

TEST_CASE("without a session every resource is 401", "[api][door]") {
  LiveServer live;
  HttpClient nobody = live.anybody();
  for (const char* path : {"/api/v1/tasks", "/api/v1/instances", "/api/v1/definitions",
                           "/api/v1/units", "/api/v1/notifications", "/api/v1/events"}) {
    INFO(path);
    CHECK(nobody.get(path).status == 401);
  }
  CHECK(nobody.get("/api/v1/version").status == 200);
}

TEST_CASE("a change asked for by another site is refused", "[api][door]") {
  LiveServer live;
  HttpClient client = live.as("an");
  const std::string body = R"({"all": true})";
  const std::string type = "Content-Type: application/json";
  const std::string path = "/api/v1/notifications:read";
  CHECK(client.ask(change(path, body, {type})).problem() == "foreign-origin");
  CHECK(client.ask(change(path, body, {type, "Origin: https://evil.example"})).status == 403);
  CHECK(client.ask(change(path, body, {type, "Origin: null"})).status == 403);
  CHECK(client.ask(change(path, body, {type, "Origin: http://127.0.0.1:1"})).status == 403);
  CHECK(client.ask(change(path, body, {type, "Origin: " + live.url()})).status == 204);
}

TEST_CASE("signing in is itself guarded against other sites", "[api][door]") {
  LiveServer live;
  HttpClient client = live.anybody();
  const Json body = {{"account", "an"}, {"password", LiveServer::password}};
  const HttpAnswer answer =
      client.ask(change("/api/v1/session", body.dump(),
                        {"Content-Type: application/json", "Origin: https://evil.example"}));
  CHECK(answer.status == 403);
}

TEST_CASE("a token needs no Origin and acts as its person", "[api][door]") {
  LiveServer live;
  const HttpAnswer made =
      live.local().post("/api/v1/tokens", {{"name", "may-an"}, {"person", "an"}});
  REQUIRE(made.status == 201);
  HttpClient client = live.anybody();
  client.token = made.json()["token"];
  CHECK(client.get("/api/v1/session").json()["person"]["id"] == "an");
  CHECK(client
            .ask(change("/api/v1/notifications:read", R"({"all": true})",
                        {"Content-Type: application/json"}))
            .status == 204);
  client.token = "something-else";
  CHECK(client.get("/api/v1/session").status == 401);
}

TEST_CASE("a system's token may send events and nothing of people", "[api][door]") {
  LiveServer live;
  HttpClient system = live.anybody();
  system.token = live.local().post("/api/v1/tokens", {{"name", "erp"}}).json()["token"];
  const Json event = {{"specversion", "1.0"}, {"id", "1"}, {"source", "/erp"}, {"type", "x.y"}};
  CHECK(system.post("/api/v1/events", event).status == 202);
  CHECK(system.get("/api/v1/tasks").json()["items"].empty());
  CHECK(system.get("/api/v1/instances").json()["items"].empty());
  CHECK(system.post("/api/v1/instances", {{"definition", "two-step"}, {"unit", "so-a"}}).status ==
        403);
  CHECK(live.as("an").post("/api/v1/events", event).status == 403);
}

TEST_CASE("upkeep and accounts exist for the Unix socket alone", "[api][door]") {
  LiveServer live;
  HttpClient administrator = live.as("quan-tri");
  CHECK(administrator.get("/api/v1/accounts").status == 404);
  CHECK(administrator.post("/api/v1/maintenance:verify", Json::object()).status == 404);
  CHECK(live.local().get("/api/v1/accounts").json()["items"].size() == 7);
  const HttpAnswer verified = live.local().post("/api/v1/maintenance:verify", Json::object());
  INFO(verified.body);
  CHECK(verified.json()["findings"].empty());
}

TEST_CASE("a new password ends the account's sessions", "[api][door]") {
  LiveServer live;
  HttpClient client = live.as("an");
  CHECK(live.local().post("/api/v1/accounts/an:password", {{"password", "mat-khau-moi"}}).status ==
        204);
  CHECK(client.get("/api/v1/session").status == 401);
  CHECK(client.sign_in("an", "mat-khau-moi").status == 200);
  CHECK(live.local().post("/api/v1/accounts/an:password", {{"password", "ngan"}}).problem() ==
        "weak-password");
}

TEST_CASE("malformed, deep, oversized and unknown input is refused by name", "[api][input]") {
  LiveServer live;
  HttpClient client = live.as("an");
  const std::vector<std::string> json = {"Content-Type: application/json", "Origin: " + live.url()};
  const auto post = [&](const std::string& body) {
    return client.ask(change("/api/v1/instances", body, json));
  };
  CHECK(post("{").status == 400);
  CHECK(post("[]").status == 400);
  CHECK(post("\"text\"").status == 400);
  CHECK(post(R"({"definition": 5})").status == 400);
  CHECK(post(R"({"definition": "two-step", "colour": "red"})").problem() == "unknown-field");
  CHECK(post(R"({"definition": "a", "definition": "b"})").status == 400);
  CHECK(post("{\"input\": \"\xFF\xFE\"}").status == 400);
  CHECK(post(R"({"input":)" + std::string(5000, '[') + std::string(5000, ']') + "}").status == 400);
  CHECK(post(R"({"definition": ")" + std::string(2 << 20, 'a') + "\"}").status == 413);
  CHECK(
      client
          .ask(change("/api/v1/instances", "definition=two-step",
                      {"Content-Type: application/x-www-form-urlencoded", "Origin: " + live.url()}))
          .status == 415);
  CHECK(client.get("/api/v1/tasks?colour=red").problem() == "unknown-parameter");
  CHECK(client.get("/api/v1/tasks?limit=many").status == 400);
  CHECK(client.get("/api/v1/tasks?after=nonsense").status >= 400);
  CHECK(client.ask({"PUT", "/api/v1/tasks", "", {"Origin: " + live.url()}}).status == 405);
  CHECK(client.get("/api/v1/nothing").problem() == "not-found");
}

TEST_CASE("problems carry the request's id and speak the client's language", "[api][problem]") {
  LiveServer live;
  HttpClient client = live.anybody();
  const HttpAnswer vietnamese = client.get("/api/v1/session");
  CHECK(vietnamese.headers.at("content-type") == "application/problem+json");
  CHECK(vietnamese.json()["title"] == "Chưa đăng nhập");
  CHECK(vietnamese.json()["instance"] == vietnamese.headers.at("x-request-id"));
  const HttpAnswer english = client.ask({"GET", "/api/v1/session", "", {"Accept-Language: en"}});
  CHECK(english.json()["title"] == "Not signed in");
}

TEST_CASE("probes answer without a session, metrics to this machine", "[api][health]") {
  LiveServer live;
  HttpClient client = live.anybody();
  CHECK(client.get("/healthz").body == "ok\n");
  CHECK(client.get("/readyz").status == 200);
  CHECK(client.get("/readyz?verbose").json()["checks"]["database"] == "ok");
  const HttpAnswer metrics = client.get("/metrics");
  CHECK(metrics.body.find("kyhan_http_requests_total{method=\"GET\",route=\"/healthz\"") !=
        std::string::npos);
  CHECK(metrics.body.find("kyhan_build_info{version=") != std::string::npos);
  CHECK(client.ask({"HEAD", "/healthz", "", {}}).status == 200);
  CHECK(client.ask({"HEAD", "/healthz", "", {}}).body.empty());
}

}  // namespace
}  // namespace kyhan::test
