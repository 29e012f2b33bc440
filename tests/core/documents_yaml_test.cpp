#include <catch2/catch.hpp>
#include <chrono>

#include "workflow/core/documents.hpp"

using namespace kyhan;

namespace {

Json yaml(std::string_view text) {
  const auto parsed = parse_document(text);
  INFO(text);
  if (!parsed) FAIL(parsed.error().detail.en);
  return parsed->value;
}
std::string type_of(std::string_view text, const DocumentLimits& limits = {}) {
  const auto parsed = parse_document(text, limits);
  return parsed ? "ok" : parsed.error().type;
}

}  // namespace

TEST_CASE("D5 YAML has the types of the 1.2 core schema only") {
  CHECK(yaml("on: yes") == Json{{"on", "yes"}});
  CHECK(yaml("a: no\nb: off\nc: y") == Json{{"a", "no"}, {"b", "off"}, {"c", "y"}});
  CHECK(yaml("v: 1.0") == Json{{"v", 1.0}});
  CHECK(yaml("v: 1.0.0") == Json{{"v", "1.0.0"}});
  CHECK(yaml("v: '1.0'") == Json{{"v", "1.0"}});
  CHECK(yaml("a: 12\nb: -3\nc: 0o17\nd: 0x1F\ne: 1e3\nf: .5") ==
        Json{{"a", 12}, {"b", -3}, {"c", 15}, {"d", 31}, {"e", 1000.0}, {"f", 0.5}});
  CHECK(yaml("a: 012")["a"] == 12);
  CHECK(yaml("a: 1_000")["a"] == "1_000");
  CHECK(yaml("a: 08:30")["a"] == "08:30");
  CHECK(yaml("a: 2026-09-02")["a"] == "2026-09-02");
  CHECK(yaml("a: true\nb: False\nc: null\nd: ~\ne:") ==
        Json{{"a", true}, {"b", false}, {"c", nullptr}, {"d", nullptr}, {"e", nullptr}});
  CHECK(yaml("a: \"null\"")["a"] == "null");
  CHECK(yaml("a: !!str 12")["a"] == "12");
  CHECK(yaml("a: |\n  hai\n  dòng\n")["a"] == "hai\ndòng\n");
  CHECK(yaml("1: x") == Json{{"1", "x"}});
}

TEST_CASE("D5 JSON and YAML give the same value") {
  CHECK(yaml("do:\n  - a:\n      set: {x: 1, y: [true, null]}\n") ==
        yaml(R"({"do": [{"a": {"set": {"x": 1, "y": [true, null]}}}]})"));
}

TEST_CASE("D5 aliases are expanded") {
  CHECK(yaml("a: &x {k: [1, 2]}\nb: *x\nc: &s chữ\nd: *s") ==
        Json::parse(R"({"a": {"k": [1, 2]}, "b": {"k": [1, 2]}, "c": "chữ", "d": "chữ"})"));
}

TEST_CASE("D5 duplicate keys are refused") {
  Place place;
  const auto parsed = parse_document("a: 1\nb:\n  c: 1\n  c: 2\n", {}, &place);
  REQUIRE_FALSE(parsed.has_value());
  CHECK(parsed.error().type == "json-duplicate-key");
  CHECK(place.line == 4);
}

TEST_CASE("an alias bomb stops at the limit of values") {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const auto name = std::to_string(i);
    const auto below = "*a" + std::to_string(i - 1);
    bomb += "a" + name + ": &a" + name + " [" + below;
    for (int k = 1; k < 10; ++k) bomb += ", " + below;
    bomb += "]\n";
  }
  const auto before = std::chrono::steady_clock::now();
  CHECK(type_of(bomb) == "too-large");
  CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds(5));
}

TEST_CASE("aliases do not get past the depth limit, nor do they hold themselves") {
  std::string deep = "a0: &a0 [x]\n";
  for (int i = 1; i < 120; ++i) {
    const auto name = std::to_string(i);
    deep += "a" + name + ": &a" + name + " [*a" + std::to_string(i - 1) + "]\n";
  }
  CHECK(type_of(deep) == "json-depth");
  CHECK(type_of("a: &a [*a]") == "yaml-syntax");
}

TEST_CASE("hostile YAML is refused") {
  std::string indented;
  for (int i = 0; i < 300; ++i) indented += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  CHECK(type_of(indented) == "json-depth");
  std::string dashes;
  for (int i = 0; i < 5'000; ++i) dashes += "- ";
  CHECK(type_of(dashes) == "json-depth");
  CHECK(type_of("x: " + std::string(50'000, '[')) != "ok");
  CHECK(type_of("a: \xFF") == "json-encoding");
  CHECK(type_of("a: b: c") == "yaml-syntax");
  CHECK(type_of("a: 1\n---\nb: 2") == "yaml-syntax");
  CHECK(type_of("? [a]\n: 1") == "yaml-syntax");
  CHECK(type_of("a: !!binary aGk=") == "yaml-syntax");
  CHECK(type_of("") != "ok");
}

TEST_CASE("places of YAML name the key or the item") {
  const auto parsed = parse_document("document:\n  name: x\ndo:\n  - one:\n      set: {a: 1}\n");
  REQUIRE(parsed.has_value());
  CHECK(parsed->places.at("/document/name").line == 2);
  CHECK(parsed->places.at("/document/name").column == 3);
  CHECK(parsed->places.at("/do/0").line == 4);
  CHECK(parsed->places.at("/do/0/one/set/a").line == 5);
}
