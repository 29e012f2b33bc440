// Documents that a definition names by address.

#include "workflow/calls/resources.hpp"

#include <catch2/catch.hpp>

#include "workflow/calls/http_calls.hpp"
#include "workflow/core/documents.hpp"
#include "workflow/expressions/jq.hpp"

#include "tests/support/stub_server.hpp"

namespace kyhan::test {
namespace {

struct Library {
  StubServer stub{[this](const StubRequest& request) -> StubAnswer {
    if (request.path() == "/schema.yaml") return {200, "type: object\nrequired: [id]\n", "text/yaml"};
    if (request.path() == "/api.json") {
      return {200, R"({"openapi": "3.0.0", "paths": {"/x": {"get": {"operationId": "op"}}}})"};
    }
    if (request.path() == "/mine.json" && request.header("authorization") == "Bearer the-token") {
      return {200, R"({"type": "string"})"};
    }
    if (request.path() == "/broken.json") return {200, "{"};
    if (request.path() == "/deep.json") return {200, std::string(1000, '[')};
    return {404, ""};
  }};
  NetworkRules rules() const {
    NetworkRules rules;
    rules.detours.push_back(*parse_detour("https://docs.example.vn=" + stub.url()));
    return rules;
  }
  HttpCalls calls{rules()};
  std::unique_ptr<ExpressionCompiler> compiler = make_jq_compiler();
  Secrets secrets;

  FetchedResources fetch(const std::string& text, bool with_api = true) {
    const Json document = parse_document("document: {dsl: '1.0.3', namespace: t, name: t, version: '1.0.0'}\n" + text)->value;
    return fetch_resources(document, {&calls, &secrets, *compiler, with_api});
  }
};

const std::string schema_at = "input: {schema: {resource: {endpoint: ";
const std::string nothing = "}}}\ndo: [{one: {set: {a: 1}}}]\n";

TEST_CASE("F5: schemas and API descriptions are fetched once each, JSON or YAML", "[calls][resources]") {
  Library library;
  const FetchedResources fetched = library.fetch(schema_at + "'https://docs.example.vn/schema.yaml'}}}\n" + R"(
output: {schema: {resource: {endpoint: 'https://docs.example.vn/schema.yaml'}}}
do:
  - one: {call: openapi, with: {document: {endpoint: 'https://docs.example.vn/api.json'}, operationId: op}}
)");
  CHECK(fetched.faults.empty());
  REQUIRE(fetched.documents.size() == 2);
  CHECK(*fetched.documents.at("https://docs.example.vn/schema.yaml") ==
        Json{{"type", "object"}, {"required", {"id"}}});
  CHECK(library.stub.requests().size() == 2);
}

TEST_CASE("F5: a document is fetched with its endpoint's authentication", "[calls][resources]") {
  Library library;
  library.secrets.values["mine"] = "the-token";
  for (const std::string who : {"{bearer: {token: the-token}}", "{bearer: {use: mine}}",
                                "{bearer: {token: '${ $secrets.mine }'}}"}) {
    CAPTURE(who);
    const FetchedResources fetched = library.fetch(
        "use: {secrets: [mine]}\n" + schema_at +
        "{uri: 'https://docs.example.vn/mine.json', authentication: " + who + "}" + nothing);
    CHECK(fetched.faults.empty());
    CHECK(fetched.documents.size() == 1);
  }
  library.secrets.values.clear();
  const FetchedResources without = library.fetch(
      "use: {secrets: [mine]}\n" + schema_at +
      "{uri: 'https://docs.example.vn/mine.json', authentication: {bearer: {use: mine}}}" + nothing);
  REQUIRE(without.faults.size() == 1);
  CHECK(without.faults[0].message.en.find("there is no secret") != std::string::npos);
}

TEST_CASE("what cannot be had is told at the place that names it", "[calls][resources]") {
  Library library;
  const auto fault = [&](const std::string& uri) {
    const FetchedResources fetched = library.fetch(schema_at + "'" + uri + "'" + nothing);
    REQUIRE(fetched.faults.size() == 1);
    CHECK(fetched.faults[0].pointer == "/input/schema/resource/endpoint");
    return fetched.faults[0].code;
  };
  CHECK(fault("https://docs.example.vn/nothing.json") == "resource-unreachable");
  CHECK(fault("http://127.0.0.1:1/x.json") == "resource-unreachable");
  CHECK(fault("https://docs.example.vn/broken.json") == "resource-unreadable");
  CHECK(fault("https://docs.example.vn/deep.json") == "resource-unreadable");
}

TEST_CASE("API descriptions may be left for the call; a definition with faults fetches nothing",
          "[calls][resources]") {
  Library library;
  const std::string api = "do: [{one: {call: openapi, with: {document: {endpoint: 'https://docs.example.vn/api.json'}, operationId: op}}}]\n";
  CHECK(library.fetch(api, false).documents.empty());
  CHECK(library.fetch(api + "timeout: {after: nonsense}\n").documents.empty());
  CHECK(library.stub.requests().empty());
}

TEST_CASE("without a network everything missing is a fault", "[calls][resources]") {
  const auto compiler = make_jq_compiler();
  const Json document = parse_document("document: {dsl: '1.0.3', namespace: t, name: t, version: '1.0.0'}\n" + schema_at + "'https://docs.example.vn/x.json'" + nothing)->value;
  const FetchedResources fetched = fetch_resources(document, {nullptr, nullptr, *compiler});
  REQUIRE(fetched.faults.size() == 1);
  CHECK(fetched.faults[0].code == "resource-unreachable");
}

}  // namespace
}  // namespace kyhan::test
