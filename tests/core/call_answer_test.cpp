// What an answer means to the step that asked.

#include <catch2/catch.hpp>

#include "workflow/core/calls.hpp"

namespace kyhan {
namespace {

using Output = RequestStep::Output;

CallRequest asked(Output output = Output::content, bool redirect = false) {
  CallRequest request;
  request.http.method = "GET";
  request.http.uri = "https://a.vn/x?k=1";
  request.output = output;
  request.redirect = redirect;
  return request;
}

CallAnswer answered(int status, std::string body, std::string type = "application/json") {
  CallAnswer answer{status, {}, std::move(body), "https://a.vn/x?k=1"};
  if (!type.empty()) answer.headers.emplace_back("Content-Type", std::move(type));
  return answer;
}

std::string meant(const CallRequest& request, const CallAnswer& answer) {
  const Outcome<Json> output = output_of(request, answer);
  if (output) return output->dump();
  return output.error().type.substr(output.error().type.rfind('/') + 1) + " " +
         std::to_string(output.error().status);
}

TEST_CASE("content is read by its type", "[calls]") {
  CHECK(meant(asked(), answered(200, R"({"a": 1})")) == R"({"a":1})");
  CHECK(meant(asked(), answered(200, "[1]", "application/hal+json; charset=utf-8")) == "[1]");
  CHECK(meant(asked(), answered(200, "<a/>", "application/xml")) == R"("<a/>")");
  CHECK(meant(asked(), answered(200, "xin chào", "text/plain")) == R"("xin chào")");
  CHECK(meant(asked(), answered(200, "7", "")) == "7");
  CHECK(meant(asked(), answered(200, "bảy", "")) == R"("bảy")");
  CHECK(meant(asked(), answered(200, std::string("\x89PNG\0", 5), "image/png")) ==
        R"("iVBORwA=")");
  CHECK(meant(asked(), answered(200, "\xff\xfe", "text/plain")) == R"("//4=")");
  CHECK(meant(asked(), answered(204, "", "")) == "null");
}

TEST_CASE("an answer that claims to be JSON and is none is a communication error", "[calls]") {
  CHECK(meant(asked(), answered(200, "{")) == "communication 500");
  CHECK(meant(asked(), answered(200, R"({"a": 1, "a": 2})")) == "communication 500");
  CHECK(meant(asked(), answered(200, std::string(1000, '['))) == "communication 500");
}

TEST_CASE("raw gives the bytes in base64", "[calls]") {
  CHECK(meant(asked(Output::raw), answered(200, R"({"a":1})")) == R"("eyJhIjoxfQ==")");
}

TEST_CASE("response gives request, status, headers and content, without credentials", "[calls]") {
  CallRequest request = asked(Output::response);
  request.http.headers = {{"Accept", "*/*"}, {"Cookie", "session=1"}, {"authorization", "x"}};
  CallAnswer answer = answered(201, R"({"id": 1})");
  answer.headers.emplace_back("X-Many", "a");
  answer.headers.emplace_back("X-Many", "b");
  const Json output = output_of(request, answer).value();
  CHECK(output.at("statusCode") == 201);
  CHECK(output.at("content") == Json{{"id", 1}});
  CHECK(output.at("headers").at("X-Many") == "a, b");
  CHECK(output.at("headers").at("Content-Type") == "application/json");
  CHECK(output.at("request").at("method") == "GET");
  CHECK(output.at("request").at("uri") == "https://a.vn/x?k=1");
  CHECK(output.at("request").at("headers").at("Cookie") == "***");
  CHECK(output.at("request").at("headers").at("authorization") == "***");
  CHECK(output.at("request").at("headers").at("Accept") == "*/*");

  request.http.headers.clear();
  request.http.credentials = Credentials{};
  request.http.credentials->username = "an";
  request.http.credentials->password = "mat-khau";
  const std::string shown = output_of(request, answer)->dump();
  CHECK(shown.find("Basic ***") != std::string::npos);
  CHECK(shown.find(base64_encode("an:mat-khau")) == std::string::npos);
}

TEST_CASE("other statuses are errors with that status", "[calls]") {
  CHECK(meant(asked(), answered(404, "{}")) == "communication 404");
  CHECK(meant(asked(), answered(503, "{}")) == "communication 503");
  CHECK(meant(asked(), answered(401, "{}")) == "authentication 401");
  CHECK(meant(asked(), answered(403, "{}")) == "authorization 403");
  CHECK(meant(asked(), answered(302, "")) == "communication 302");
  CHECK(meant(asked(Output::content, true), answered(302, "")) == "null");
  CHECK(meant(asked(Output::content, true), answered(404, "")) == "communication 404");
  CHECK(meant(asked(Output::response), answered(500, "{}")) == "communication 500");
}

TEST_CASE("an error names method and address, not the query", "[calls]") {
  const Outcome<Json> output = output_of(asked(), answered(404, "{}"));
  CHECK(output.error().detail == "GET https://a.vn/x was answered with 404");
}

TEST_CASE("secrets that an answer sends back are taken out of it", "[calls][secrets]") {
  CallRequest request = asked(Output::response);
  request.redaction.add("khoa-bi-mat");
  CallAnswer answer = answered(200, R"({"you sent": "Bearer khoa-bi-mat"})");
  answer.headers.emplace_back("X-Echo", "khoa-bi-mat");
  answer.uri = "https://a.vn/x?key=khoa-bi-mat";
  const std::string shown = output_of(request, answer)->dump();
  CHECK(shown.find("khoa-bi-mat") == std::string::npos);
  CHECK(shown.find("Bearer ***") != std::string::npos);
}

}  // namespace
}  // namespace kyhan
