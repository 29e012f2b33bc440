// How people wish to be told, over HTTP.

#include "api/unsubscribe.hpp"

#include "tests/support/live_server.hpp"

namespace kyhan::test {
namespace {

HttpAnswer put(LiveServer& live, HttpClient& client, const std::string& path, const Json& body,
               const std::string& etag) {
  HttpAsk ask{
      "PUT", path, body.dump(), {"Content-Type: application/json", "Origin: " + live.url()}};
  if (!etag.empty()) ask.headers.push_back("If-Match: " + etag);
  return client.ask(ask);
}

TEST_CASE("a person sees what holds for them, and changes it within the limits",
          "[api][preferences]") {
  LiveServer live;
  HttpClient an = live.as("an");
  const std::string path = "/api/v1/me/preferences";
  const HttpAnswer before = an.get(path);
  REQUIRE(before.status == 200);
  CHECK(before.headers.at("etag") == "\"0\"");
  CHECK(before.json()["digest"]["at"] == "07:30");
  CHECK(before.json()["quiet"] == Json({{"from", "18:00"}, {"to", "07:30"}, {"daysOff", true}}));
  CHECK(before.json()["kinds"]["reminder"] == "digest");
  CHECK(before.json()["chosen"] == Json::object());
  // A Monday, 08:00 in Vietnam.
  CHECK(before.json()["nextDigest"] == "2026-11-24T00:30:00Z");

  const Json wish = {
      {"language", "en"}, {"digest", {{"at", "08:15"}}}, {"kinds", {{"created", "off"}}}};
  CHECK(put(live, an, path, wish, "").status == 428);
  const HttpAnswer changed = put(live, an, path, wish, "\"0\"");
  INFO(changed.body);
  REQUIRE(changed.status == 200);
  CHECK(changed.headers.at("etag") == "\"1\"");
  CHECK(changed.json()["kinds"]["created"] == "off");
  CHECK(changed.json()["nextDigest"] == "2026-11-23T01:15:00Z");
  CHECK(an.get(path).json()["chosen"] == wish);
  CHECK(put(live, an, path, wish, "\"0\"").status == 412);
  const HttpAnswer refused = put(
      live, an, path, {{"kinds", {{"overdue", "off"}}}, {"digest", {{"at", "25:00"}}}}, "\"1\"");
  CHECK(refused.status == 422);
  CHECK(refused.json()["errors"].size() == 2);
  CHECK(live.as("em").get(path).json()["language"] == "vi");
  CHECK(live.anybody().get(path).status == 401);
}

TEST_CASE("the administrator sets what people may choose", "[api][preferences]") {
  LiveServer live;
  HttpClient boss = live.as("quan-tri");
  HttpClient an = live.as("an");
  const std::string path = "/api/v1/notice-limits";
  CHECK(an.get(path).json()["emailMayBeOff"] == true);
  CHECK(put(live, an, path, Json::object(), "\"0\"").status == 403);
  const Json limits = {{"emailMayBeOff", false},
                       {"allowed", {{"created", {"digest"}}}},
                       {"defaults", {{"digest", {{"at", "08:00"}}}}}};
  const HttpAnswer set = put(live, boss, path, limits, "\"0\"");
  INFO(set.body);
  REQUIRE(set.status == 200);
  CHECK(set.json()["allowed"]["created"] == Json::array({"digest"}));
  const Json mine = an.get("/api/v1/me/preferences").json();
  CHECK(mine["digest"]["at"] == "08:00");
  CHECK(mine["limits"]["emailMayBeOff"] == false);
  CHECK(put(live, an, "/api/v1/me/preferences", {{"email", false}}, "\"0\"").status == 422);
  CHECK(put(live, boss, path, {{"allowed", {{"created", Json::array()}}}}, "\"1\"").status == 422);
}

TEST_CASE("the link in an e-mail switches e-mail off by POST alone, for its reader alone",
          "[api][preferences][mail]") {
  LiveServer live;
  Services& services = live.house().services();
  const std::string key = mail_key(services.store, services.engine).value();
  CHECK(mail_key(services.store, services.engine).value() == key);
  const std::string path = "/api/v1/mail/unsubscribe/" + unsubscribe_token(key, PersonId{"an"});
  HttpClient nobody = live.anybody();
  const HttpAnswer looked = nobody.get(path);
  CHECK(looked.status == 200);
  CHECK(looked.body.find("<form method=\"post\">") != std::string::npos);
  HttpClient an = live.as("an");
  CHECK(an.get("/api/v1/me/preferences").json()["email"] == true);
  CHECK(put(live, an, "/api/v1/me/preferences", {{"language", "en"}}, "\"0\"").status == 200);

  const HttpAnswer done = nobody.ask({"POST",
                                      path,
                                      "List-Unsubscribe=One-Click",
                                      {"Content-Type: application/x-www-form-urlencoded"}});
  INFO(done.body);
  CHECK(done.status == 200);
  const Json now = an.get("/api/v1/me/preferences").json();
  CHECK(now["email"] == false);
  CHECK(now["language"] == "en");
  CHECK(live.as("em").get("/api/v1/me/preferences").json()["email"] == true);

  std::string forged = path;
  forged.back() = forged.back() == '0' ? '1' : '0';
  CHECK(nobody.get(forged).status == 404);
  CHECK(nobody.get("/api/v1/mail/unsubscribe/em" + path.substr(path.rfind('.'))).status == 404);
  CHECK(nobody.get("/api/v1/mail/unsubscribe/x").status == 404);
}

}  // namespace
}  // namespace kyhan::test
