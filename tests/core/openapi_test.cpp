// Operations of OpenAPI documents as requests.

#include "workflow/core/openapi.hpp"

#include <catch2/catch.hpp>

namespace kyhan {
namespace {

const std::string where = "https://docs.example.vn/apis/v1/openapi.json";

Json document(const char* paths, const char* more = "{}") {
  Json whole = {{"openapi", "3.0.3"},
                {"servers", Json::array({{{"url", "https://api.example.vn/v1"}}})},
                {"paths", Json::parse(paths)}};
  whole.update(Json::parse(more));
  return whole;
}
Json swagger(const char* paths, const char* more = "{}") {
  Json whole = {{"swagger", "2.0"}, {"host", "api.example.vn"}, {"basePath", "/v2"},
                {"schemes", {"http", "https"}}, {"paths", Json::parse(paths)}};
  whole.update(Json::parse(more));
  return whole;
}

/// "GET https://... | header: value | body", or "<error> <detail>".
std::string asked(const Json& api, const char* parameters, const char* operation = "op") {
  const Outcome<HttpRequest> request =
      openapi_request(api, where, operation, Json::parse(parameters));
  if (!request) {
    return request.error().type.substr(request.error().type.rfind('/') + 1) + ": " +
           request.error().detail;
  }
  std::string text = request->method + " " + request->uri;
  for (const auto& [name, value] : request->headers) text += " | " + name + ": " + value;
  if (request->body) text += " | " + *request->body;
  return text;
}

TEST_CASE("OpenAPI 3: parameters go into path, query, header and cookie", "[openapi]") {
  const Json api = document(R"({"/files/{id}/{part}": {
    "parameters": [{"name": "id", "in": "path", "required": true},
                   {"name": "lang", "in": "header"}],
    "get": {"operationId": "op", "parameters": [
      {"name": "part", "in": "path", "required": true},
      {"name": "status", "in": "query", "required": true},
      {"name": "tag", "in": "query"}, {"name": "ids", "in": "query", "explode": false},
      {"name": "pipes", "in": "query", "style": "pipeDelimited", "explode": false},
      {"name": "where", "in": "query", "style": "deepObject", "explode": true},
      {"name": "filter", "in": "query", "content": {"application/json": {}}},
      {"name": "session", "in": "cookie"}]}}})");
  CHECK(asked(api, R"({"id": "a/b", "part": [1, 2], "status": "đã xong", "tag": ["x", "y"],
      "ids": [1, 2], "pipes": ["p", "q"], "where": {"unit": "so-a"}, "filter": {"a": [1]},
      "lang": "vi", "session": "s 1"})") ==
        "GET https://api.example.vn/v1/files/a%2Fb/1,2?status=%C4%91%C3%A3%20xong&tag=x&tag=y"
        "&ids=1%2C2&pipes=p%7Cq&where%5Bunit%5D=so-a&filter=%7B%22a%22%3A%5B1%5D%7D"
        " | lang: vi | Cookie: session=s%201");
  CHECK(asked(api, R"({"id": 1, "part": 2})") == "validation: the parameter `status` is missing");
  CHECK(asked(api, R"({"id": 1, "part": 2, "status": "x", "typo": 1})") ==
        "configuration: the operation has no parameter `typo`");
  CHECK(asked(api, R"({"id": {}, "part": 2, "status": "x"})").starts_with("validation: "));
}

TEST_CASE("OpenAPI 3: the body is `body`, or what no parameter takes", "[openapi]") {
  const Json api = document(R"({"/files": {"post": {"operationId": "op",
    "parameters": [{"name": "notify", "in": "query"}],
    "requestBody": {"required": true, "content": {"text/plain": {}, "application/json": {}}}}}})");
  CHECK(asked(api, R"({"notify": true, "body": [1, 2]})") ==
        "POST https://api.example.vn/v1/files?notify=true | Content-Type: application/json | [1,2]");
  CHECK(asked(api, R"({"notify": false, "title": "A", "pages": 3})") ==
        R"(POST https://api.example.vn/v1/files?notify=false | Content-Type: application/json | {"pages":3,"title":"A"})");
  CHECK(asked(api, "{}") == "validation: the body of the operation is missing");
  const Json form = document(R"({"/f": {"put": {"operationId": "op", "requestBody":
    {"content": {"application/x-www-form-urlencoded": {}}}}}})");
  CHECK(asked(form, R"({"a": "x y", "b": [1, 2]})") ==
        "PUT https://api.example.vn/v1/f | Content-Type: application/x-www-form-urlencoded | a=x%20y&b=1&b=2");
  CHECK(asked(form, "{}") == "PUT https://api.example.vn/v1/f");
  const Json xml = document(R"({"/f": {"put": {"operationId": "op", "requestBody":
    {"content": {"application/xml": {}}}}}})");
  CHECK(asked(xml, R"({"body": "<a/>"})") ==
        "PUT https://api.example.vn/v1/f | Content-Type: application/xml | <a/>");
  CHECK(asked(xml, R"({"body": {"a": 1}})").starts_with("configuration: "));
}

TEST_CASE("OpenAPI 3: servers of the operation, the path or the document, with variables", "[openapi]") {
  const auto server = [](const char* servers, const char* item = "{}") {
    Json paths = {{"/x", Json::parse(item)}};
    paths["/x"]["get"] = {{"operationId", "op"}};
    Json api = {{"openapi", "3.1.0"}, {"paths", paths}};
    api.update(Json::parse(servers));
    return asked(api, "{}");
  };
  CHECK(server("{}") == "GET https://docs.example.vn/x");
  CHECK(server(R"({"servers": [{"url": "/v2/"}]})") == "GET https://docs.example.vn/v2/x");
  CHECK(server(R"({"servers": [{"url": "v2"}]})") == "GET https://docs.example.vn/apis/v1/v2/x");
  CHECK(server(R"({"servers": [{"url": "//b.vn"}]})") == "GET https://b.vn/x");
  CHECK(server(R"({"servers": [{"url": "https://{region}.b.vn", "variables": {"region": {"default": "hn"}}}]})") ==
        "GET https://hn.b.vn/x");
  CHECK(server(R"({"servers": [{"url": "https://a.vn"}]})", R"({"servers": [{"url": "https://path.vn"}]})") ==
        "GET https://path.vn/x");
  CHECK(server(R"({"servers": [{"url": "file:///etc"}]})").starts_with("configuration: "));
}

TEST_CASE("local references are followed, others are not", "[openapi]") {
  const Json api = document(R"({"/x/{id}": {"$ref": "#/components/pathItems/x"}})", R"({"components": {
    "pathItems": {"x": {"get": {"operationId": "op", "parameters": [{"$ref": "#/components/parameters/id"}]}}},
    "parameters": {"id": {"name": "id", "in": "path", "required": true}}}})");
  CHECK(asked(api, R"({"id": 7})") == "GET https://api.example.vn/v1/x/7");
  const Json away = document(R"({"/x": {"$ref": "https://evil.example/x"}})");
  CHECK(asked(away, "{}").starts_with("configuration: "));
  const Json circle = document(R"({"/x": {"$ref": "#/paths/~1x"}})");
  CHECK(asked(circle, "{}").starts_with("configuration: "));
}

TEST_CASE("Swagger 2: host, base path, https before http, collections and bodies", "[openapi]") {
  const Json api = swagger(R"({"/pet/{id}": {"post": {"operationId": "op", "parameters": [
    {"name": "id", "in": "path", "required": true, "type": "integer"},
    {"name": "status", "in": "query", "type": "array", "collectionFormat": "multi"},
    {"name": "tags", "in": "query", "type": "array"},
    {"name": "pet", "in": "body", "schema": {}}]}}})");
  CHECK(asked(api, R"({"id": 1, "status": ["a", "b"], "tags": ["c", "d"], "pet": {"n": 1}})") ==
        R"(POST https://api.example.vn/v2/pet/1?status=a&status=b&tags=c%2Cd | Content-Type: application/json | {"n":1})");
  CHECK(asked(api, R"({"id": 1, "status": "a"})") ==
        "POST https://api.example.vn/v2/pet/1?status=a");
  CHECK(asked(api, "{}") == "validation: the parameter `id` is missing");
  const Json form = swagger(R"({"/f": {"post": {"operationId": "op", "consumes":
    ["application/x-www-form-urlencoded"], "parameters": [{"name": "a", "in": "formData", "type": "string"}]}}})");
  CHECK(asked(form, R"({"a": "x y"})") ==
        "POST https://api.example.vn/v2/f | Content-Type: application/x-www-form-urlencoded | a=x%20y");
  const Json bare = {{"swagger", "2.0"}, {"paths", {{"/x", {{"get", {{"operationId", "op"}}}}}}}};
  CHECK(asked(bare, "{}") == "GET https://docs.example.vn/x");
}

TEST_CASE("an operation that is not there is a configuration error", "[openapi]") {
  CHECK(asked(document("{}"), "{}") == "configuration: the document has no operation `op`");
  CHECK(asked(Json{{"openapi", "4.0"}}, "{}").starts_with("configuration: "));
  CHECK(asked(Json::array(), "{}").starts_with("configuration: "));
  CHECK(asked(Json{{"openapi", "3.0.0"}, {"paths", {{"/x", {{"get", 7}}}}}}, "{}").starts_with("configuration: "));
  CHECK(has_operation(document(R"({"/x": {"get": {"operationId": "op"}}})"), "op"));
  CHECK_FALSE(has_operation(document(R"({"/x": {"get": {"operationId": "op"}}})"), "other"));
}

}  // namespace
}  // namespace kyhan
