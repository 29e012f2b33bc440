#include "workflow/core/documents.hpp"

#include <catch2/catch.hpp>
#include <chrono>

using namespace kyhan;

namespace {

std::string type_of(std::string_view text, const DocumentLimits& limits = {}) {
  const auto parsed = parse_json(text, limits);
  return parsed ? "ok" : parsed.error().type;
}

}  // namespace

TEST_CASE("JSON is read as it stands") {
  const auto parsed = parse_json(R"( {"a": [1, -2, 2.5, true, null, "chữ"], "b": {}} )");
  REQUIRE(parsed.has_value());
  CHECK(*parsed == Json::parse(R"({"a": [1, -2, 2.5, true, null, "chữ"], "b": {}})"));
}

TEST_CASE("JSON that is broken, deep, double or not UTF-8 is refused by kind") {
  CHECK(type_of("") == "json-syntax");
  CHECK(type_of("{") == "json-syntax");
  CHECK(type_of(R"({"a": 1,})") == "json-syntax");
  CHECK(type_of("1 2") == "json-syntax");
  CHECK(type_of(R"("\ud800")") == "json-syntax");
  CHECK(type_of(R"({"a": 1, "a": 2})") == "json-duplicate-key");
  CHECK(type_of(R"({"a": {"b": 1}, "c": {"b": 1}})") == "ok");
  CHECK(type_of("\"\xC3\x28\"") == "json-encoding");
  CHECK(type_of("\"\xED\xA0\x80\"") == "json-encoding");
  CHECK(type_of(std::string_view("[\0]", 3)) == "json-syntax");
  CHECK(type_of("[" + std::string(1 << 20, ' ') + "]") == "too-large");
}

TEST_CASE("keys that are equal only after normalisation are one key twice") {
  // é as one character, and as e with a combining accent
  CHECK(type_of("{\"\xC3\xA9\": 1, \"e\xCC\x81\": 2}") == "json-duplicate-key");
}

TEST_CASE("strings are normalised to NFC") {
  const auto parsed = parse_json("[\"Tie\xCC\x82\xCC\x81ng\"]");
  REQUIRE(parsed.has_value());
  CHECK((*parsed)[0] == "Tiếng");
}

TEST_CASE("the depth limit is exact") {
  DocumentLimits limits;
  limits.depth_max = 3;
  CHECK(type_of("[[[1]]]", limits) == "ok");
  CHECK(type_of("[[[[1]]]]", limits) == "json-depth");
  CHECK(type_of(R"({"a":{"b":{"c":{}}}})", limits) == "json-depth");
}

TEST_CASE("hostile documents are refused at once") {
  const auto before = std::chrono::steady_clock::now();
  CHECK(type_of(std::string(100'000, '[')) == "json-depth");
  std::string objects;
  for (int i = 0; i < 20'000; ++i) objects += R"({"a":)";
  CHECK(type_of(objects) == "json-depth");
  DocumentLimits few;
  few.nodes_max = 1'000;
  std::string many = "[0";
  for (int i = 0; i < 2'000; ++i) many += ",0";
  CHECK(type_of(many + "]", few) == "too-large");
  CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds(5));
}

TEST_CASE("depth_of counts levels of containers, however many there are") {
  CHECK(depth_of(1) == 0);
  CHECK(depth_of(Json::array()) == 1);
  CHECK(depth_of(Json::parse(R"({"a": [1, {"b": []}]})")) == 4);
  Json deep = 1;
  for (int i = 0; i < 5'000; ++i) deep = Json::array({std::move(deep)});
  CHECK(depth_of(deep) == 5'000);
}

TEST_CASE("places name the line and column of every key and item") {
  const auto parsed =
      parse_document("{\n  \"đầu\": {\"a/b\": 1},\n  \"list\": [10,\n    {\"x\": 2}]\n}");
  REQUIRE(parsed.has_value());
  const auto place = [&](const std::string& pointer) {
    const auto found = parsed->places.find(pointer);
    REQUIRE(found != parsed->places.end());
    return std::pair(found->second.line, found->second.column);
  };
  CHECK(place("") == std::pair(1, 1));
  CHECK(place("/đầu") == std::pair(2, 3));
  CHECK(place("/đầu/a~1b") == std::pair(2, 11));
  CHECK(place("/list/0") == std::pair(3, 12));
  CHECK(place("/list/1") == std::pair(4, 5));
  CHECK(place("/list/1/x") == std::pair(4, 6));
}

TEST_CASE("a fault of the text says where it is") {
  Place place;
  CHECK(parse_document("{\n \"a\": 1,\n \"a\": 2}", {}, &place).error().type ==
        "json-duplicate-key");
  CHECK(place.line == 3);
  CHECK(parse_document("{\n \"a\": oops}", {}, &place).error().type == "json-syntax");
  CHECK(place.line == 2);
}

TEST_CASE("search folds case, marks and đ") {
  CHECK(fold_for_search("Đặng Thị ĐIỆN") == "dang thi dien");
  CHECK(fold_for_search("KẾ HOẠCH đào tạo 2026") == "ke hoach dao tao 2026");
  CHECK(fold_for_search("e\xCC\x81 \xFF z") == "e  z");
  CHECK(fold_for_search("").empty());
}
