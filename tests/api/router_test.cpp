// The table of routes, and the document that describes it.

#include "api/router.hpp"

#include <catch2/catch.hpp>
#include <set>

#include "api/handlers.hpp"

namespace kyhan::test {
namespace {

RouteMatch find(Method method, std::string_view path) {
  return find_route(routes(), method, path);
}

TEST_CASE("a path is found with its parameters decoded", "[api][router]") {
  const RouteMatch match = find(Method::get, "/api/v1/tasks/a%2Fb.1");
  REQUIRE(match.route != nullptr);
  CHECK(match.route->handler == &show_task);
  CHECK(match.parameters == std::vector<std::string>{"a/b.1"});
}

TEST_CASE("an action belongs to the last segment", "[api][router]") {
  const RouteMatch match = find(Method::post, "/api/v1/tasks/x.1:complete");
  REQUIRE(match.route != nullptr);
  CHECK(match.route->handler == &complete_task);
  CHECK(match.parameters == std::vector<std::string>{"x.1"});
  CHECK(find(Method::post, "/api/v1/tasks/x.1:unknown").route == nullptr);
  CHECK(find(Method::post, "/api/v1/tasks/:complete").route == nullptr);
}

TEST_CASE("a known path with another method names the methods it has", "[api][router]") {
  const RouteMatch match = find(Method::put, "/api/v1/session");
  CHECK(match.route == nullptr);
  CHECK(match.allow == "POST, GET, HEAD, DELETE");
}

TEST_CASE("HEAD is answered like GET", "[api][router]") {
  REQUIRE(find(Method::head, "/healthz").route != nullptr);
}

TEST_CASE("unknown paths, empty segments and bad escapes are found nowhere", "[api][router]") {
  for (const char* path : {"/api/v1/nothing", "/api/v1/tasks/", "/api/v1/tasks//", "/api/v1",
                           "/api/v1/tasks/%GG", "", "x"}) {
    INFO(path);
    const RouteMatch match = find(Method::get, path);
    CHECK(match.route == nullptr);
  }
}

TEST_CASE("the OpenAPI document lists exactly the routes of the table", "[api][openapi]") {
  const Json document = Json::parse(openapi_document());
  CHECK(document["openapi"] == "3.1.0");
  std::set<std::string> described;
  for (const auto& [path, operations] : document["paths"].items()) {
    for (const auto& [method, operation] : operations.items()) {
      described.insert(method + " " + path);
      CHECK(operation.contains("responses"));
    }
  }
  std::set<std::string> served;
  for (const Route& route : routes()) {
    std::string method{show(route.method)};
    for (char& c : method) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    served.insert(method + " " + std::string{route.path});
  }
  CHECK(described == served);
}

TEST_CASE("every query parameter of the table is described", "[api][openapi]") {
  const Json document = Json::parse(openapi_document());
  for (const Route& route : routes()) {
    std::string method{show(route.method)};
    for (char& c : method) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    const Json& operation = document["paths"][std::string{route.path}][method];
    std::set<std::string> described;
    for (const Json& parameter : operation.value("parameters", Json::array())) {
      if (parameter["in"] == "query") described.insert(parameter["name"].get<std::string>());
    }
    INFO(route.path);
    CHECK(described == std::set<std::string>(route.query.begin(), route.query.end()));
  }
}

}  // namespace
}  // namespace kyhan::test
