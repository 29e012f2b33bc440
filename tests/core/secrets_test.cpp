#include "workflow/core/secrets.hpp"

#include <catch2/catch.hpp>

namespace kyhan {
namespace {

std::string redacted(const Redaction& redaction, const char* json) {
  Json value = Json::parse(json);
  redaction.apply(value);
  return value.dump();
}

TEST_CASE("a secret is taken out wherever it stands, keys too", "[secrets]") {
  Redaction redaction;
  redaction.add("s3cr3t-value");
  CHECK(redacted(redaction, R"({"a": "s3cr3t-value", "b": ["Bearer s3cr3t-value!"], "c": 1})") ==
        R"({"a":"***","b":["Bearer ***!"],"c":1})");
  CHECK(redacted(redaction, R"({"x s3cr3t-value": {"s3cr3t-value": true}})") ==
        R"({"x ***":{"***":true}})");
  CHECK(redacted(redaction, R"("s3cr3t-values3cr3t-value")") == R"("******")");
}

TEST_CASE("a short secret is taken out as a whole value only", "[secrets]") {
  Redaction redaction;
  redaction.add("1234");
  CHECK(redacted(redaction, R"(["1234", 1234, "12345", 12345])") == R"(["***","***","12345",12345])");
}

TEST_CASE("a secret is known in its percent-encoded form too", "[secrets]") {
  Redaction redaction;
  redaction.add("pass/word+1");
  CHECK(redacted(redaction, R"("https://a.vn/?k=pass%2Fword%2B1")") == R"("https://a.vn/?k=***")");
}

TEST_CASE("of two secrets the longer one goes first", "[secrets]") {
  Redaction redaction;
  redaction.add("password");
  redaction.add("password-long");
  CHECK(redacted(redaction, R"("x password-long y password z")") == R"("x *** y *** z")");
}

TEST_CASE("of a secret that is an object its descriptions stay", "[secrets]") {
  Redaction redaction;
  redaction.add_secret(Json::parse(R"({"username": "he-thong", "password": "mat-khau-1",
    "client": {"id": "kyhan-server", "secret": "client-bi-mat"},
    "grant": "client_credentials", "authority": "https://id.example.vn"})"));
  CHECK(redacted(redaction, R"(["he-thong", "mat-khau-1", "kyhan-server", "client-bi-mat",
                                "client_credentials", "https://id.example.vn"])") ==
        R"(["he-thong","***","kyhan-server","***","client_credentials","https://id.example.vn"])");
}

}  // namespace
}  // namespace kyhan
