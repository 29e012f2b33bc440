// call: http, use.authentications, use.secrets: what is accepted, what is refused and where.

#include <catch2/catch.hpp>

#include "tests/core/definition_support.hpp"

using namespace kyhan;
using namespace kyhan::test;

namespace {

Json http(const char* members) {
  Json with = {{"method", "get"}, {"endpoint", "https://a.vn/x"}};
  with.update(Json::parse(members));
  return with_step({{"call", "http"}, {"with", with}});
}
Json with_use(Json document, const char* use) {
  document["use"] = Json::parse(use);
  return document;
}
const std::string with = "/do/0/one/with";

RequestStep step_of(const Json& document) {
  const ParsedDefinition parsed = parse_definition(document);
  for (const Fault& fault : parsed.faults) UNSCOPED_INFO(fault.pointer + " " + fault.message.en);
  REQUIRE(parsed.definition);
  return std::get<RequestStep>(parsed.definition->steps.at(0).body);
}

}  // namespace

TEST_CASE("call: http is read with every field", "[definition][calls]") {
  const RequestStep call = step_of(http(R"({
    "method": "POST", "endpoint": {"uri": "https://a.vn/{id}", "authentication":
      {"basic": {"username": "${ .user }", "password": "x"}}},
    "headers": {"X-A": "${ $context.a }"}, "query": {"n": 1, "list": ["a", "b"], "t": "x"},
    "body": {"a": "${ . }"}, "output": "response", "redirect": true})"));
  CHECK(call.kind == RequestStep::Kind::http);
  CHECK(call.endpoint.is_template);
  CHECK(call.endpoint.authentication->scheme == Authentication::Scheme::basic);
  CHECK_FALSE(call.endpoint.authentication->settings.is_literal());
  CHECK(call.output == RequestStep::Output::response);
  CHECK(call.redirect);
  CHECK(call.has_body);
  CHECK(call.sees_context);
  CHECK_FALSE(call.sees_authorization);
}

TEST_CASE("headers and query may each be one expression, the endpoint too", "[definition][calls]") {
  const RequestStep call = step_of(http(
      R"({"endpoint": "${ .uri }", "headers": "${ .headers }", "query": "${ .query }"})"));
  CHECK_FALSE(call.endpoint.is_template);
  CHECK_FALSE(call.headers.is_literal());
  CHECK_FALSE(call.query.is_literal());
}

TEST_CASE("faults of a call have their places", "[definition][calls]") {
  CHECK(has_fault(with_step({{"call", "http"}}), "required /do/0/one"));
  CHECK(has_fault(with_step({{"call", "http"}, {"with", Json::object()}}), "required " + with));
  CHECK(has_fault(http(R"({"endpoint": "ftp://a.vn"})"), "uri " + with + "/endpoint"));
  CHECK(has_fault(http(R"({"endpoint": "/relative"})"), "uri " + with + "/endpoint"));
  CHECK(has_fault(http(R"({"endpoint": "https://u:p@a.vn"})"), "uri " + with + "/endpoint"));
  CHECK(has_fault(http(R"({"endpoint": "https://a.vn/{+x}"})"), "uri-template " + with + "/endpoint"));
  CHECK(has_fault(http(R"({"endpoint": {"uri": "https://a.vn", "port": 1}})"),
                  "unknown-field " + with + "/endpoint/port"));
  CHECK(has_fault(http(R"({"headers": {"X": 1}})"), "wrong-type " + with + "/headers/X"));
  CHECK(has_fault(http(R"({"headers": {"Host": "b.vn"}})"), "header-refused " + with + "/headers/Host"));
  CHECK(has_fault(http(R"({"query": {"x": {}}})"), "wrong-type " + with + "/query/x"));
  CHECK(has_fault(http(R"({"output": "text"})"), "unknown-value " + with + "/output"));
  CHECK(has_fault(http(R"({"redirect": "yes"})"), "wrong-type " + with + "/redirect"));
  CHECK(has_fault(http(R"({"timeout": 1})"), "unknown-field " + with + "/timeout"));
}

TEST_CASE("A1: an authentication is one scheme, in place or by name", "[definition][calls]") {
  const auto endpoint = [](const char* who) {
    return http((std::string(R"({"endpoint": {"uri": "https://a.vn", "authentication": )") + who +
                 "}}").c_str());
  };
  const std::string at = with + "/endpoint/authentication";
  CHECK(step_of(endpoint(R"({"bearer": {"token": "${ .t }"}})")).endpoint.authentication->scheme ==
        Authentication::Scheme::bearer);
  CHECK(step_of(endpoint(R"({"digest": {"username": "a", "password": "b"}})"))
            .endpoint.authentication->scheme == Authentication::Scheme::digest);
  const auto named = with_use(endpoint(R"({"use": "a"})"),
                              R"({"authentications": {"a": {"bearer": {"token": "x"}}}})");
  CHECK(step_of(named).endpoint.authentication->settings.literal == Json{{"token", "x"}});
  CHECK(has_fault(endpoint(R"({"use": "b"})"), "unknown-reference " + at + "/use"));
  CHECK(has_fault(endpoint(R"({"basic": {"username": "a"}})"), "required " + at + "/basic"));
  CHECK(has_fault(endpoint(R"({"basic": {"username": "a", "password": "b"}, "bearer": {"token": "c"}})"),
                  "exactly-one " + at));
  CHECK(has_fault(endpoint(R"({"oidc": {}})"), "not-supported-yet " + at + "/oidc"));
}

TEST_CASE("A2: client credentials are read, what is missing is told", "[definition][calls]") {
  const auto policy = [](const char* members) {
    return with_use(with_step({{"set", {{"x", 1}}}}),
                    (std::string(R"({"authentications": {"a": {"oauth2": )") + members + "}}}").c_str());
  };
  CHECK(faults_of(policy(R"({"authority": "https://id.vn/{realm}", "grant": "client_credentials",
    "endpoints": {"token": "/token"}, "client": {"id": "a", "secret": "b", "authentication":
    "client_secret_basic"}, "request": {"encoding": "application/json"}, "issuers": ["https://id.vn"],
    "scopes": ["a"], "audiences": ["b"]})")) == Faults{});
  CHECK(has_fault(policy(R"({"grant": "client_credentials", "client": {"id": "a"}})"),
                  "required /use/authentications/a/oauth2"));
  CHECK(has_fault(policy(R"({"authority": "id.vn", "grant": "client_credentials", "client": {"id": "a"}})"),
                  "wrong-type /use/authentications/a/oauth2/authority"));
}

TEST_CASE("E5: a secret that is not declared is refused by its name", "[definition][secrets]") {
  const auto uses = [](const char* expression, const char* use) {
    return with_use(with_step({{"set", {{"x", expression}}}}), use);
  };
  const char* declared = R"({"secrets": ["key", "other one"]})";
  CHECK(faults_of(uses("${ $secrets.key }", declared)) == Faults{});
  CHECK(faults_of(uses(R"(${ $secrets["other one"] })", declared)) == Faults{});
  CHECK(faults_of(uses(R"(${ $secrets[.name] })", declared)) == Faults{});
  CHECK(has_fault(uses("${ $secrets.kye }", declared), "unknown-secret /do/0/one/set/x"));
  CHECK(has_fault(uses(R"(${ $secrets."kye" })", declared), "unknown-secret /do/0/one/set/x"));
  CHECK(has_fault(uses("${ $secrets.key }", "{}"), "unknown-secret /do/0/one/set/x"));
  CHECK(has_fault(http(R"({"endpoint": {"uri": "https://a.vn", "authentication":
                           {"basic": {"use": "nobody"}}}})"),
                  "unknown-secret " + with + "/endpoint/authentication/basic/use"));
  CHECK(has_fault(uses(".", R"({"secrets": ["a", "a"]})"), "duplicate-name /use/secrets/1"));
  CHECK(has_fault(uses(".", R"({"secrets": [1]})"), "wrong-type /use/secrets/0"));
}

namespace {

Json openapi(const char* members) {
  Json with_members = {{"document", {{"endpoint", "https://a.vn/openapi.json"}}},
                       {"operationId", "op"}};
  with_members.update(Json::parse(members));
  return with_step({{"call", "openapi"}, {"with", with_members}});
}
Resources holding(const char* uri, const char* document) {
  return {{uri, std::make_shared<const Json>(Json::parse(document))}};
}
const char* small_api = R"({"openapi": "3.0.0", "paths": {"/x": {"get": {"operationId": "op"}}}})";

}  // namespace

TEST_CASE("call: openapi is read with every field", "[definition][calls]") {
  const auto document = openapi(R"({"parameters": {"id": "${ .id }"}, "output": "raw", "redirect": true,
      "authentication": {"bearer": {"token": "x"}}})");
  const RequestStep call = step_of(document);
  CHECK(call.kind == RequestStep::Kind::openapi);
  CHECK(call.output == RequestStep::Output::raw);
  CHECK(call.authentication->scheme == Authentication::Scheme::bearer);
  CHECK_FALSE(call.parameters.is_literal());
  CHECK(has_fault(openapi(R"({"parameters": []})"), "wrong-type " + with + "/parameters"));
  CHECK(has_fault(openapi(R"({"document": {}})"), "required " + with + "/document"));
  CHECK(has_fault(openapi(R"({"method": "get"})"), "unknown-field " + with + "/method"));
  CHECK(has_fault(with_step({{"call", "openapi"}, {"with", Json::object()}}), "required " + with));
}

TEST_CASE("documents elsewhere are noted as missing until they are at hand", "[definition][calls]") {
  const auto document = openapi("{}");
  const ParsedDefinition without = parse_definition(document);
  REQUIRE(without.definition);
  REQUIRE(without.definition->missing.size() == 1);
  CHECK(without.definition->missing[0].uri == "https://a.vn/openapi.json");
  CHECK(without.definition->missing[0].pointer == with + "/document/endpoint");
  CHECK(without.definition->missing[0].kind == ResourceRef::Kind::api);

  const ParsedDefinition whole =
      parse_definition(document, holding("https://a.vn/openapi.json", small_api));
  REQUIRE(whole.definition);
  CHECK(whole.definition->missing.empty());
  CHECK(whole.definition->resources.size() == 1);

  const ParsedDefinition other = parse_definition(
      openapi(R"({"operationId": "typo"})"), holding("https://a.vn/openapi.json", small_api));
  REQUIRE(other.faults.size() == 1);
  CHECK(other.faults[0].code == "unknown-operation");
  CHECK(other.faults[0].pointer == with + "/operationId");
  // An address that depends on data is fetched when it is called.
  CHECK(parse_definition(openapi(R"({"document": {"endpoint": "https://a.vn/{v}"}})"))
            .definition->missing.empty());
}

TEST_CASE("F5: a schema may stand elsewhere, at a fixed address", "[definition][calls]") {
  const auto schema = [](const char* members) {
    auto document = with_step({{"set", {{"x", 1}}}});
    document["input"] = {{"schema", Json::parse(members)}};
    return document;
  };
  const auto document = schema(R"({"format": "json", "resource": {"endpoint": "https://a.vn/schema.json"}})");
  CHECK(parse_definition(document).definition->missing.size() == 1);
  const ParsedDefinition whole = parse_definition(
      document, holding("https://a.vn/schema.json", R"({"type": "object", "required": ["id"]})"));
  REQUIRE(whole.definition);
  CHECK(whole.definition->input_schema->document.at("required") == Json::array({"id"}));
  const ParsedDefinition faulty =
      parse_definition(document, holding("https://a.vn/schema.json", R"({"type": "nonsense"})"));
  CHECK_FALSE(faulty.definition);
  CHECK(faulty.faults.at(0).pointer == "/input/schema/resource/endpoint");
  CHECK(has_fault(schema(R"({"resource": {"endpoint": "https://a.vn/{x}"}})"),
                  "resource-address /input/schema/resource/endpoint"));
  CHECK(has_fault(schema(R"({"resource": {"endpoint": "${ .x }"}})"),
                  "resource-address /input/schema/resource/endpoint"));
  CHECK(has_fault(schema(R"({"document": {}, "resource": {"endpoint": "https://a.vn/x"}})"),
                  "exactly-one /input/schema"));
  CHECK(has_fault(schema(R"({"format": "avro", "resource": {"endpoint": "https://a.vn/x"}})"),
                  "unknown-value /input/schema/format"));
}
