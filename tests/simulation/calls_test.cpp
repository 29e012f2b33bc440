// Calls to other systems, played: real HTTP to a server of the test, virtual time.

#include "workflow/calls/http_calls.hpp"

#include "tests/simulation/play.hpp"
#include "tests/support/stub_server.hpp"

namespace kyhan::test {
namespace {

/// What the definitions call "https://api.example.vn" is the test's server.
class Outside {
 public:
  explicit Outside(StubServer::Handler handler) : stub{std::move(handler)}, calls{rules()} {}
  SimulationResult play(const std::string& steps, const std::string& input = "{}",
                        const char* secrets = "{}") {
    Play given;
    given.steps = steps;
    given.input = input;
    given.calls = &calls;
    auto values = std::make_shared<Secrets>();
    const Json file = Json::parse(secrets);
    for (const auto& [name, value] : file.items()) values->values[name] = value;
    given.secrets = values;
    return test::play(given);
  }
  StubServer stub;

 private:
  NetworkRules rules() const {
    NetworkRules rules;
    rules.detours.push_back(*parse_detour("https://api.example.vn=" + stub.url()));
    return rules;
  }
  HttpCalls calls;
};

StubAnswer echo(const StubRequest& request) {
  Json headers = Json::object();
  for (const auto& [name, value] : request.headers) headers[name] = value;
  return {200, Json{{"method", request.method}, {"target", request.target}, {"headers", headers},
                    {"body", request.body}}.dump()};
}

/// The whole of what is kept of a play, as text.
std::string kept(const SimulationResult& result) {
  std::string text = encode_state_text(result.state);
  for (const Event& event : result.journal) text += encode_text(event);
  for (const CloudEvent& event : result.trace) text += event.dump();
  for (const CloudEvent& event : result.published) text += event.dump();
  return text;
}

TEST_CASE("call: http sends what the definition says, evaluated", "[calls][language]") {
  Outside outside{echo};
  const auto result = outside.play(R"(
do:
  - one:
      call: http
      with:
        method: post
        endpoint: https://api.example.vn/files/{number}
        headers: {X-Step: "${ $task.name }"}
        query: {page: 2, tag: [a, b], none: "${ null }"}
        body: {title: "${ .title }", deep: [1, {x: "${ .number }"}]}
      output: {as: '${ {method, target, body, step: .headers["x-step"], type: .headers["content-type"], host: .headers.host} }'}
)", R"({"number": 7, "title": "Tờ trình"})");
  CHECK(Json::parse(outcome_of(result)) == Json::parse(R"({"method": "POST",
    "target": "/files/7?page=2&tag=a&tag=b", "body": "{\"deep\":[1,{\"x\":7}],\"title\":\"Tờ trình\"}",
    "step": "one", "type": "application/json", "host": "api.example.vn"})"));
}

TEST_CASE("call: http takes endpoint, headers and query from expressions", "[calls][language]") {
  Outside outside{echo};
  const auto result = outside.play(R"(
do:
  - one:
      call: http
      with:
        method: get
        endpoint: '${ "https://api.example.vn/" + .path }'
        headers: '${ .headers }'
        query: '${ .query }'
      output: {as: '${ .target + " " + .headers["x-a"] }'}
)", R"({"path": "p", "headers": {"X-A": "1"}, "query": {"q": "x y"}})");
  CHECK(outcome_of(result) == R"("/p?q=x%20y 1")");
}

TEST_CASE("a text body is sent as it is, an object as a form where the type says so",
          "[calls][language]") {
  Outside outside{echo};
  const auto body = [&](const char* with) {
    return outcome_of(outside.play(std::string(R"(
do:
  - one:
      call: http
      with: {method: post, endpoint: 'https://api.example.vn/', )") + with + R"(}
      output: {as: '${ .headers["content-type"] + " | " + .body }'}
)"));
  };
  CHECK(body("body: xin chào") == R"("text/plain; charset=utf-8 | xin chào")");
  CHECK(body("body: '{}', headers: {content-type: application/json}") ==
        R"("application/json | {}")");
  CHECK(body("body: {a: 1, b: [x, 'y z']}, headers: {Content-Type: application/x-www-form-urlencoded}") ==
        R"("application/x-www-form-urlencoded | a=1&b=x&b=y%20z")");
}

TEST_CASE("an answer that is an error is caught by its status and retried", "[calls][language]") {
  std::atomic<int> asked = 0;
  Outside outside{[&](const StubRequest&) -> StubAnswer {
    return ++asked < 3 ? StubAnswer{503, "{}"} : StubAnswer{200, R"({"at": 3})"};
  }};
  const auto result = outside.play(R"(
do:
  - outer:
      try: [{one: {call: http, with: {method: get, endpoint: https://api.example.vn/}}}]
      catch:
        errors: {with: {type: https://serverlessworkflow.io/spec/1.0.0/errors/communication, status: 503}}
        retry: {delay: {seconds: 3}, limit: {attempt: {count: 5}}}
)");
  CHECK(outcome_of(result) == R"({"at":3})");
  // Each attempt has a key of its own.
  std::set<std::string> keys;
  for (const StubRequest& request : outside.stub.requests()) {
    keys.insert(request.header("idempotency-key"));
  }
  CHECK(keys == std::set<std::string>{"run/do/0/outer/try/0/one/2/0", "run/do/0/outer/try/0/one/3/1",
                                      "run/do/0/outer/try/0/one/4/2"});
}

TEST_CASE("an error that nobody catches has the step's pointer and the real status",
          "[calls][language]") {
  Outside outside{[](const StubRequest&) -> StubAnswer { return {404, "{}"}; }};
  const auto result =
      outside.play("do: [{one: {call: http, with: {method: get, endpoint: https://api.example.vn/x}}}]");
  CHECK(outcome_of(result) == "faulted communication /do/0/one");
  CHECK(result.state.error->status == 404);
  CHECK_FALSE(result.state.error->title.empty());
}

TEST_CASE("branches call at the same time; the first answer wins a race, the other is dropped",
          "[calls][language]") {
  Outside outside{[](const StubRequest& request) -> StubAnswer {
    if (request.path() == "/silent") return StubAnswer{200, "", "", {}, true};
    return {200, R"("won")"};
  }};
  const auto result = outside.play(R"(
do:
  - race:
      fork:
        compete: true
        branches:
          - slow: {call: http, with: {method: get, endpoint: https://api.example.vn/silent}}
          - fast: {call: http, with: {method: get, endpoint: https://api.example.vn/fast}}
)");
  CHECK(outcome_of(result) == R"("won")");
  CHECK(outside.stub.requests().size() == 2);
}

TEST_CASE("a step's timeout ends a call that is never answered; an answer takes no virtual time",
          "[calls][language]") {
  Outside outside{[](const StubRequest& request) -> StubAnswer {
    if (request.path() == "/silent") return StubAnswer{200, "", "", {}, true};
    return {200, "1"};
  }};
  const auto result = outside.play(R"(
do:
  - first: {call: http, with: {method: get, endpoint: https://api.example.vn/}}
  - outer:
      try: [{one: {call: http, with: {method: get, endpoint: https://api.example.vn/silent}, timeout: {after: {milliseconds: 80}}}}]
      catch: {as: late, do: [{told: {set: {status: "${ $late.status }", type: "${ $late.type }"}}}]}
)");
  CHECK(result.state.output.at("status") == 408);
  CHECK(result.state.output.at("type").get<std::string>().ends_with("/timeout"));
  CHECK(*result.state.ended_at - result.state.started_at == Milliseconds{80});
}

TEST_CASE("A1: credentials may be expressions, and $authorization says what became of them",
          "[calls][language]") {
  Outside outside{echo};
  const auto result = outside.play(R"(
use: {authentications: {mine: {basic: {username: "${ .user }", password: "${ .password }"}}}}
do:
  - one:
      call: http
      with:
        method: get
        endpoint: {uri: https://api.example.vn/, authentication: {use: mine}}
        headers: {X-Scheme: "${ $authorization.scheme }"}
      output: {as: '${ {sent: .headers.authorization, scheme: .headers["x-scheme"], as: $authorization} }'}
)", R"({"user": "an", "password": "pw"})");
  CHECK(Json::parse(outcome_of(result)) ==
        Json::parse(R"({"sent": "Basic YW46cHc=", "scheme": "Basic",
                        "as": {"scheme": "Basic", "parameter": "YW46cHc="}})"));
}

TEST_CASE("A1: credentials may be a secret, of every scheme", "[calls][language][secrets]") {
  Outside outside{[](const StubRequest& request) -> StubAnswer {
    if (request.path() == "/id/oauth2/token") return {200, R"({"access_token": "the-token", "expires_in": 60})"};
    return echo(request);
  }};
  const auto sent = [&](const char* scheme, const char* secret) {
    const auto result = outside.play(std::string(R"(
use: {secrets: [mine]}
do:
  - one:
      call: http
      with: {method: get, endpoint: {uri: 'https://api.example.vn/', authentication: {)") +
                                         scheme + ": {use: mine}}}}\n",
                                     "{}", secret);
    INFO(outcome_of(result));
    REQUIRE(result.state.status == InstanceStatus::completed);
    return outside.stub.requests().back().header("authorization");
  };
  CHECK(sent("basic", R"({"mine": {"username": "an", "password": "pw"}})") == "Basic YW46cHc=");
  CHECK(sent("basic", R"({"mine": "an:pw"})") == "Basic YW46cHc=");
  CHECK(sent("bearer", R"({"mine": {"token": "abc"}})") == "Bearer abc");
  CHECK(sent("bearer", R"({"mine": "abc"})") == "Bearer abc");
  CHECK(sent("oauth2", R"({"mine": {"authority": "https://api.example.vn/id",
      "grant": "client_credentials", "client": {"id": "a", "secret": "b"}}})") ==
        "Bearer the-token");
}

TEST_CASE("A2: a request may mention the token it is sent with", "[calls][language]") {
  Outside outside{[](const StubRequest& request) -> StubAnswer {
    if (request.path() == "/id/token") return {200, R"({"access_token": "the-token"})"};
    return {200, Json{{"same", request.header("x-token") == "the-token"}}.dump()};
  }};
  const auto result = outside.play(R"(
do:
  - one:
      call: http
      with:
        method: get
        endpoint:
          uri: https://api.example.vn/
          authentication:
            oauth2: {authority: https://api.example.vn/id, endpoints: {token: /token}, grant: client_credentials, client: {id: a, secret: b}}
        headers: {X-Token: "${ $authorization.parameter }"}
      output: {as: '${ . + {shown: $authorization} }'}
)");
  CHECK(Json::parse(outcome_of(result)) ==
        Json::parse(R"({"same": true, "shown": {"scheme": "Bearer", "parameter": "***"}})"));
}

TEST_CASE("E5: a secret goes out with the request and is kept nowhere", "[calls][language][secrets]") {
  Outside outside{echo};
  const auto result = outside.play(R"(
use: {secrets: [key, pair]}
do:
  - one:
      call: http
      with:
        method: post
        endpoint: '${ "https://api.example.vn/x?key=" + $secrets.key }'
        headers: {X-Key: '${ $secrets.key }'}
        body: {password: '${ $secrets.pair.password }'}
        output: response
      export: {as: '${ $context + {key: $secrets.key} }'}
  - two: {set: {answer: "${ . }", key: '${ $secrets.key }', within: '${ "a \($secrets.key) b" }', is: '${ $secrets.key == "khoa-rat-bi-mat" }'}}
  - three: {emit: {event: {with: {type: vn.example.x, source: https://x.vn, data: {key: '${ $secrets.key }'}}}}}
output: {as: '${ {key: $secrets.key, is: true} }'}
)", "{}", R"({"key": "khoa-rat-bi-mat", "pair": {"username": "an", "password": "mat-khau-dai"},
             "other": "khong-khai-bao"})");
  INFO(outcome_of(result));
  REQUIRE(result.state.status == InstanceStatus::completed);
  const StubRequest seen = outside.stub.requests().at(0);
  CHECK(seen.target == "/x?key=khoa-rat-bi-mat");
  CHECK(seen.header("x-key") == "khoa-rat-bi-mat");
  CHECK(seen.body == R"({"password":"mat-khau-dai"})");
  const std::string text = kept(result);
  CHECK(text.find("khoa-rat-bi-mat") == std::string::npos);
  CHECK(text.find("mat-khau-dai") == std::string::npos);
  CHECK(text.find("a *** b") != std::string::npos);
  CHECK(text.find(R"("is":true)") != std::string::npos);  // It was compared in the clear.
}

TEST_CASE("E5: a secret that the operator has not supplied is an authorization error",
          "[language][secrets]") {
  Outside outside{echo};
  const auto error = [&](const char* steps) {
    const auto result = outside.play(std::string("use: {secrets: [key]}\n") + steps);
    return outcome_of(result) + " " + std::to_string(result.state.error->status);
  };
  CHECK(error("do: [{one: {set: {x: '${ $secrets.key }'}}}]") ==
        "faulted authorization /do/0/one 403");
  CHECK(error("do: [{one: {call: http, with: {method: get, endpoint: https://api.example.vn/, "
              "headers: {X: '${ $secrets.key }'}}}}]") == "faulted authorization /do/0/one 403");
  CHECK(error("do: [{one: {call: http, with: {method: get, endpoint: {uri: https://api.example.vn/, "
              "authentication: {bearer: {use: key}}}}}}]") ==
        "faulted authorization /do/0/one 403");
  CHECK(outside.stub.requests().empty());
}

TEST_CASE("E5: an expression that fails does not tell a secret in its error", "[language][secrets]") {
  Outside outside{echo};
  const auto result = outside.play("use: {secrets: [key]}\ndo: [{one: {set: {x: '${ $secrets.key + 1 }'}}}]",
                                   "{}", R"({"key": "khoa-rat-bi-mat"})");
  CHECK(outcome_of(result) == "faulted expression /do/0/one");
  CHECK(kept(result).find("khoa-rat-bi-mat") == std::string::npos);
}

TEST_CASE("what a call asks is of the moment it began, whatever its neighbours do",
          "[calls][language]") {
  Outside outside{echo};
  const auto result = outside.play(R"(
do:
  - before: {set: {x: 1}, export: {as: '${ {n: 1} }'}}
  - both:
      fork:
        branches:
          - calls: {call: http, with: {method: post, endpoint: https://api.example.vn/, body: '${ $context }'}, output: {as: .body}}
          - changes: {set: {y: 1}, export: {as: '${ {n: 2} }'}}
)");
  CHECK(result.state.output.at(0) == R"({"n":1})");
  CHECK(result.state.context == Json{{"n", 2}});
}

TEST_CASE("U1: an address with an object in it is an expression error", "[calls][language]") {
  Outside outside{echo};
  const auto result = outside.play(
      "do: [{one: {call: http, with: {method: get, endpoint: 'https://api.example.vn/{o}'}}}]",
      R"({"o": {"a": 1}})");
  CHECK(outcome_of(result) == "faulted expression /do/0/one");
  CHECK(result.state.error->status == 400);
}

TEST_CASE("headers that would break the request are refused", "[calls][language]") {
  Outside outside{echo};
  const auto outcome = [&](const char* headers) {
    return outcome_of(outside.play(
        "do: [{one: {call: http, with: {method: get, endpoint: https://api.example.vn/, headers: '${ . }'}}}]",
        headers));
  };
  CHECK(outcome(R"({"X": "a\r\nEvil: b"})") == "faulted validation /do/0/one");
  CHECK(outcome(R"({"X Y": "a"})") == "faulted validation /do/0/one");
  CHECK(outcome(R"({"Host": "evil.vn"})") == "faulted configuration /do/0/one");
  CHECK(outcome(R"({"Transfer-Encoding": "chunked"})") == "faulted configuration /do/0/one");
  CHECK(outcome(R"({"X": {}})") == "faulted expression /do/0/one");
  CHECK(outside.stub.requests().empty());
}

TEST_CASE("call: openapi asks what the document says, with the answer in every form",
          "[calls][language]") {
  Outside outside{[](const StubRequest& request) -> StubAnswer {
    if (request.path() == "/openapi.json") {
      return {200, R"({"openapi": "3.0.0", "servers": [{"url": "/v1"}], "paths": {
        "/files/{id}": {"get": {"operationId": "showFile", "parameters": [
          {"name": "id", "in": "path", "required": true}, {"name": "tag", "in": "query"}]},
          "put": {"operationId": "changeFile", "parameters": [{"name": "id", "in": "path", "required": true}],
            "requestBody": {"content": {"application/json": {}}}}}}})"};
    }
    return echo(request);
  }};
  const auto asked = [&](const std::string& with, const char* input) {
    return outside.play("do: [{one: {call: openapi, with: {document: {endpoint: 'https://api.example.vn/openapi.json'}, " + with +
                            "}, output: {as: '${ {method, target, body, auth: .headers.authorization} }'}}}]",
                        input);
  };
  CHECK(Json::parse(outcome_of(asked("operationId: showFile, parameters: {id: '${ .n }', tag: [a, b]}, authentication: {bearer: {token: t}}",
                         R"({"n": 7})"))) ==
        Json::parse(R"({"method": "GET", "target": "/v1/files/7?tag=a&tag=b", "body": "", "auth": "Bearer t"})"));
  CHECK(Json::parse(outcome_of(asked("operationId: changeFile, parameters: {id: 1, title: '${ .t }'}", R"({"t": "A"})"))) ==
        Json::parse(R"({"method": "PUT", "target": "/v1/files/1", "body": "{\"title\":\"A\"}", "auth": null})"));
  // The document was fetched once.
  std::size_t documents = 0;
  for (const StubRequest& request : outside.stub.requests()) documents += request.path() == "/openapi.json";
  CHECK(documents == 1);
  CHECK(outcome_of(asked("operationId: noSuch", "{}")) == "faulted configuration /do/0/one");
  CHECK(outcome_of(asked("operationId: showFile", "{}")) == "faulted validation /do/0/one");
  CHECK(outcome_of(asked("operationId: showFile, parameters: {id: 1, more: 2}", "{}")) ==
        "faulted configuration /do/0/one");
}

TEST_CASE("a document that cannot be had is a communication error, one that is none a configuration error",
          "[calls][language]") {
  Outside outside{[](const StubRequest& request) -> StubAnswer {
    if (request.path() == "/text") return {200, "[unclosed", "text/plain"};
    return {404, ""};
  }};
  const auto outcome = [&](const char* path) {
    return outcome_of(outside.play(std::string("do: [{one: {call: openapi, with: {document: {endpoint: 'https://api.example.vn/") +
                                   path + "'}, operationId: x}}}]"));
  };
  CHECK(outcome("nothing") == "faulted communication /do/0/one");
  CHECK(outcome("text") == "faulted configuration /do/0/one");
}

TEST_CASE("a schema that was not fetched is a configuration error, never passed over", "[language]") {
  const auto result = play({"input: {schema: {resource: {endpoint: 'https://api.example.vn/s.json'}}}\ndo: [{one: {set: {a: 1}}}]"});
  CHECK(outcome_of(result) == "faulted configuration /");
}

TEST_CASE("without a network a call waits", "[calls]") {
  const auto result =
      play({"do: [{one: {call: http, with: {method: get, endpoint: https://api.example.vn/}}}]"});
  CHECK(outcome_of(result) == "waiting");
  CHECK(waits_of(result.state).calls.size() == 1);
}

}  // namespace
}  // namespace kyhan::test
