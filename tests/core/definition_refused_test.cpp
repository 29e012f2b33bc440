// Everything that is not supported yet is refused by its name, never ignored.

#include <catch2/catch.hpp>

#include "tests/core/definition_support.hpp"

using namespace kyhan;
using namespace kyhan::test;

namespace {

struct Row {
  Json document;
  std::string pointer;
};

Json root(const std::string& key, const char* value) {
  auto document = with_step({{"set", {{"x", 1}}}});
  document[key] = Json::parse(value);
  return document;
}
/// A policy of client credentials with these members instead.
Json oauth2(const char* members) {
  Json policy = {{"authority", "https://id.example.vn"},
                 {"grant", "client_credentials"},
                 {"client", {{"id", "x"}, {"secret", "y"}}}};
  policy.update(Json::parse(members));
  auto document = with_step({{"set", {{"x", 1}}}});
  document["use"] = {{"authentications", {{"a", {{"oauth2", policy}}}}}};
  return document;
}
Json one(const char* step) {
  return with_step(Json::parse(step));
}
Json human(const char* fields) {
  return human_task(Json::parse(fields));
}
Json poll(const char* fields) {
  return vote(Json::parse(fields));
}

}  // namespace

TEST_CASE("what is not supported yet is refused by name", "[definition]") {
  const std::string with = "/do/0/one/with";
  const std::vector<Row> rows = {
      {root("use", R"({"authentications": {"a": {"oidc": {}}}})"), "/use/authentications/a/oidc"},
      {root("use", R"({"authentications": {"a": {"certificate": {}}}})"),
       "/use/authentications/a/certificate"},
      {oauth2(R"({"grant": "password"})"), "/use/authentications/a/oauth2/grant"},
      {oauth2(R"({"grant": "authorization_code"})"), "/use/authentications/a/oauth2/grant"},
      {oauth2(R"({"grant": "refresh_token"})"), "/use/authentications/a/oauth2/grant"},
      {oauth2(R"({"grant": "urn:ietf:params:oauth:grant-type:token-exchange"})"),
       "/use/authentications/a/oauth2/grant"},
      {oauth2(R"({"client": {"id": "x", "authentication": "private_key_jwt"}})"),
       "/use/authentications/a/oauth2/client/authentication"},
      {oauth2(R"({"client": {"id": "x", "assertion": "y"}})"),
       "/use/authentications/a/oauth2/client/assertion"},
      {oauth2(R"({"username": "x"})"), "/use/authentications/a/oauth2/username"},
      {oauth2(R"({"actor": {}})"), "/use/authentications/a/oauth2/actor"},
      {root("use", R"({"catalogs": {}})"), "/use/catalogs"},
      {root("evaluate", R"({"mode": "loose"})"), "/evaluate/mode"},
      {one(R"({"run": {"shell": {}}})"), "/do/0/one/run/shell"},
      {one(R"({"run": {"script": {}}})"), "/do/0/one/run/script"},
      {one(R"({"run": {"container": {}, "await": false}})"), "/do/0/one/run/container"},
      {one(R"({"call": "grpc", "with": {}})"), "/do/0/one/call"},
      {one(R"({"call": "asyncapi", "with": {}})"), "/do/0/one/call"},
      {one(R"({"call": "mcp", "with": {}})"), "/do/0/one/call"},
      {one(R"({"call": "a2a", "with": {}})"), "/do/0/one/call"},
      {one(R"({"call": "https://x.vn/function.yaml", "with": {}})"), "/do/0/one/call"},
      {human(R"({"signature": "qualified"})"), with + "/signature"},
      {poll(R"({"public": {"identity": "none"}})"), with + "/public"},
      {poll(R"({"signature": "simple"})"), with + "/signature"},
      {poll(R"({"substitutes": true})"), with + "/substitutes"},
  };
  for (const auto& row : rows) {
    INFO(row.document.dump());
    const auto parsed = parse_definition(row.document);
    CHECK_FALSE(parsed.definition);
    REQUIRE(parsed.faults.size() == 1);
    CHECK(parsed.faults[0].code == "not-supported-yet");
    CHECK(parsed.faults[0].pointer == row.pointer);
    const auto field = row.pointer.substr(row.pointer.find_last_not_of("/0123456789"));
    CHECK(parsed.faults[0].message.vi.find("chưa được hỗ trợ") != std::string::npos);
    CHECK_FALSE(parsed.faults[0].hint.en.empty());
  }
}

TEST_CASE("a function nobody knows is refused with those that exist", "[definition]") {
  for (const auto* call :
       {"humanTask", "humanTask:2.0.0@default", "humanTask:1.0.0@mine", "x:1.0.0@default"}) {
    const auto parsed = parse_definition(with_step({{"call", call}}));
    REQUIRE(parsed.faults.size() == 1);
    CHECK(parsed.faults[0].code == "unknown-function");
    CHECK(parsed.faults[0].hint.en.find("humanTask:1.0.0@default") != std::string::npos);
  }
}

TEST_CASE("an escalation names an outcome where it records one, and nowhere else", "[definition]") {
  const auto parsed = parse_definition(
      human(R"({"due": {"workingDays": 1}, "escalation": [{"after": {"workingDays": 1}, )"
            R"("action": "raise", "outcome": "x"}]})"));
  REQUIRE(parsed.faults.size() == 1);
  CHECK(parsed.faults[0].pointer == "/do/0/one/with/escalation/0/outcome");
  CHECK(parsed.faults[0].code == "unknown-field");
}
