// Addresses as text: templates, queries, encodings (language.md U1).

#include <catch2/catch.hpp>

#include "workflow/core/uri.hpp"

namespace kyhan {
namespace {

std::string expanded(std::string_view text, const char* input) {
  const Outcome<std::string> uri = expand_uri_template(text, Json::parse(input));
  return uri ? *uri : uri.error().type.substr(uri.error().type.rfind('/') + 1) + " " +
                          std::to_string(uri.error().status);
}

TEST_CASE("U1: a template takes top-level members verbatim and percent-encodes them",
          "[uri][language]") {
  CHECK(expanded("https://a.vn/pet/{id}", R"({"id": 7})") == "https://a.vn/pet/7");
  CHECK(expanded("https://a.vn/{a}/{b}", R"({"a": "x y", "b": "á/?"})") ==
        "https://a.vn/x%20y/%C3%A1%2F%3F");
  CHECK(expanded("https://a.vn/{pet.id}", R"({"pet.id": "dot", "pet": {"id": 1}})") ==
        "https://a.vn/dot");
  CHECK(expanded("https://a.vn/{x}?y={y}", R"({"x": true, "y": 1.5})") ==
        "https://a.vn/true?y=1.5");
}

TEST_CASE("U1: what is missing or null leaves nothing behind", "[uri][language]") {
  CHECK(expanded("https://a.vn/{id}/z", R"({})") == "https://a.vn//z");
  CHECK(expanded("https://a.vn/{id}", R"({"id": null})") == "https://a.vn/");
  CHECK(expanded("https://a.vn/{id}", R"(7)") == "https://a.vn/");
}

TEST_CASE("U1: an object or a list in a template is an expression error", "[uri][language]") {
  CHECK(expanded("https://a.vn/{id}", R"({"id": {}})") == "expression 400");
  CHECK(expanded("https://a.vn/{id}", R"({"id": [1]})") == "expression 400");
}

TEST_CASE("a template's faults are told to its author", "[uri]") {
  CHECK(fault_of_uri_template("https://a.vn/{id}/{pet.id}").en.empty());
  for (const auto* text : {"https://a.vn/{id", "https://a.vn/id}", "https://a.vn/{{id}}",
                           "https://a.vn/{}", "https://a.vn/{+id}", "https://a.vn/{?a}"}) {
    CAPTURE(text);
    CHECK_FALSE(fault_of_uri_template(text).en.empty());
  }
}

TEST_CASE("only absolute http addresses without a user are addresses", "[uri]") {
  for (const auto* text : {"http://a.vn", "HTTPS://a.vn:8443/x?y#z", "https://[::1]/x"}) {
    CAPTURE(text);
    CHECK(is_http_uri(text));
  }
  for (const auto* text : {"ftp://a.vn", "file:///etc/passwd", "a.vn/x", "//a.vn", "https://",
                           "https:///x", "https://u:p@a.vn/", "https://a.vn/x y",
                           "https://a.vn/\r\nX: y", "javascript:alert(1)"}) {
    CAPTURE(text);
    CHECK_FALSE(is_http_uri(text));
  }
}

TEST_CASE("parameters join the query that is there", "[uri]") {
  CHECK(with_query("https://a.vn/x", {{"a", "1"}, {"b", "x&y"}}) == "https://a.vn/x?a=1&b=x%26y");
  CHECK(with_query("https://a.vn/x?z=0#part", {{"a", "1"}}) == "https://a.vn/x?z=0&a=1");
  CHECK(with_query("https://a.vn/x?", {{"a", "1"}}) == "https://a.vn/x?a=1");
  CHECK(with_query("https://a.vn/x#part", {}) == "https://a.vn/x");
}

TEST_CASE("base64 as RFC 4648 has it", "[uri]") {
  CHECK(base64_encode("").empty());
  CHECK(base64_encode("f") == "Zg==");
  CHECK(base64_encode("fo") == "Zm8=");
  CHECK(base64_encode("foobar") == "Zm9vYmFy");
  CHECK(base64_encode(std::string("\xff\x00\xfe", 3)) == "/wD+");
}

}  // namespace
}  // namespace kyhan
