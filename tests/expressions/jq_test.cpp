// What expressions mean, and how their faults are reported.

#include <catch2/catch.hpp>

#include "tests/expressions/one_expression.hpp"

using namespace kyhan;
using test::evaluate;

TEST_CASE("The first result counts; no result is null", "[expressions]") {
  CHECK(*evaluate("1, 2") == 1);
  CHECK(*evaluate("empty") == nullptr);
  CHECK(*evaluate(".[] | select(. > 1)", {1, 2, 3}) == 2);
  CHECK(*evaluate("first(range(5; 9))") == 5);
}

TEST_CASE("Numbers are doubles: whole ones come out as integers", "[expressions]") {
  CHECK(evaluate(".a", {{"a", 1.0}})->dump() == "1");
  CHECK(evaluate("1 / 4")->dump() == "0.25");
  CHECK(evaluate(".", Json::parse("9007199254740993"))->dump() == "9007199254740992");
  CHECK(evaluate("[.[]] | .[0]", Json::parse("[9007199254740993]"))->dump() == "9007199254740992");
  CHECK(*evaluate("nan") == nullptr);
  CHECK(evaluate("infinite")->dump() == "1.7976931348623157e+308");
}

TEST_CASE("Variables are bound by name, missing ones are null", "[expressions]") {
  const auto compiled =
      test::compile({"$b.x", "[$a, $b] | tojson", "$a == null", "[$b.x | ., .] | add"}, {"a", "b"});
  REQUIRE(compiled.has_value());
  const Json b = {{"x", 7}};
  const std::vector<Binding> bindings{{"other", &b}, {"b", &b}};
  CHECK(*(*compiled)->evaluate(ExpressionId{0}, nullptr, bindings) == 7);
  CHECK(*(*compiled)->evaluate(ExpressionId{1}, nullptr, bindings) == R"([null,{"x":7}])");
  CHECK(*(*compiled)->evaluate(ExpressionId{2}, nullptr, bindings) == true);
  CHECK(*(*compiled)->evaluate(ExpressionId{3}, nullptr, bindings) == 14);
}

TEST_CASE("Every fault of every expression is reported at once", "[expressions]") {
  const auto syntax = test::compile({".a", "1 +", ".b", "if . then"});
  REQUIRE_FALSE(syntax.has_value());
  REQUIRE(syntax.error().size() == 2);
  CHECK(syntax.error()[0].expression == ExpressionId{1});
  CHECK(syntax.error()[1].pointer == "/3");

  const auto names = test::compile({".a", "nonsense", "map(\n\nalso_nonsense(1)\n)", "$missing"});
  REQUIRE_FALSE(names.has_value());
  REQUIRE(names.error().size() == 3);
  CHECK(names.error()[0].pointer == "/1");
  CHECK(names.error()[0].message == "nonsense/0 is not defined");
  CHECK(names.error()[1].pointer == "/2");
  CHECK(names.error()[2].pointer == "/3");
  CHECK(names.error()[2].message == "$missing is not defined");
}

TEST_CASE("A fault in an assembled template names the author's leaf", "[expressions]") {
  const ExpressionSource source{
      R"({"a":([.x
][0]),"b":([nonsense
][0])})",
      "/with",
      {},
      {},
      {{"/with/a", ".x"}, {"/with/b", "nonsense"}}};
  const auto compiled = test::compiler().compile({source});
  REQUIRE_FALSE(compiled.has_value());
  CHECK(compiled.error().front().pointer == "/with/b");

  ExpressionSource broken = source;
  broken.leaves[1].second = "1 +";
  const auto faults = test::compiler().check_syntax({broken});
  REQUIRE(faults.size() == 1);
  CHECK(faults.front().pointer == "/with/b");
}

TEST_CASE("An expression cannot close what it did not open", "[expressions]") {
  for (const std::string program :
       {"1) | (2", "def f: 1;", "1 else 2", "1 #", "", ")", "module {}; 1"}) {
    INFO(program);
    CHECK(test::compile(program).has_value() == (program == "1 #"));
  }
}

TEST_CASE("Hundreds of expressions share one program", "[expressions]") {
  std::vector<std::string> programs;
  for (int i = 0; i < 300; ++i) programs.push_back("[range(" + std::to_string(i) + ")] | length");
  const auto compiled = test::compile(programs);
  REQUIRE(compiled.has_value());
  for (int i = 0; i < 300; ++i) CHECK(*(*compiled)->evaluate(ExpressionId{i}, nullptr, {}) == i);
  CHECK_FALSE((*compiled)->evaluate(ExpressionId{300}, nullptr, {}).has_value());
  CHECK_FALSE((*compiled)->evaluate(ExpressionId::none, nullptr, {}).has_value());
}

TEST_CASE("What jq says about documents is cut to a length", "[expressions]") {
  const auto result = evaluate("error(.)", std::string(5000, 'y'));
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().detail.en.size() < 400);
}
