// Which strings are expressions, what becomes of templates, and which variables they may use.

#include <catch2/catch.hpp>

#include "workflow/core/definition_reader.hpp"

#include "tests/core/definition_support.hpp"

using namespace kyhan;
using namespace kyhan::test;

namespace {
Json operator"" _j(const char* text, std::size_t size) {
  return Json::parse(text, text + size);
}

const ExpressionSource& source(const Definition& definition, ExpressionId id) {
  REQUIRE(id != ExpressionId::none);
  return definition.expressions.at(static_cast<std::size_t>(id));
}
std::set<std::string> used(std::string_view jq) {
  return definition::variables_in(jq).used;
}
std::set<std::string> bound(std::string_view jq) {
  return definition::variables_in(jq).bound;
}
using Set = std::set<std::string>;
}  // namespace

TEST_CASE("E1 a string is an expression only as a whole", "[definition]") {
  const auto set = [](const char* text) {
    return parse_definition(with_step({{"set", {{"x", text}}}})).definition;
  };
  const auto value = [&](const char* text) {
    return std::get<SetStep>(set(text)->steps[0].body).value;
  };
  CHECK_FALSE(value("${ .a }").is_literal());
  CHECK_FALSE(value("  ${ .a }\n").is_literal());
  CHECK(value("chào ${ .a }").is_literal());
  CHECK(value("${ .a } và").is_literal());
  CHECK(value("$x").is_literal());
  CHECK(value("{}").is_literal());
}

TEST_CASE("E1 expression fields also take bare jq", "[definition]") {
  const auto parsed = parse_definition(with_step(
      R"({"if": ".a > 1", "input": {"from": ".b"}, "set": "${ .c }", "output": {"as": "${ .d }"},
          "export": {"as": {"e": "${ $output.e }", "f": 1}}})"_j));
  REQUIRE(parsed.faults.empty());
  const auto& d = *parsed.definition;
  const auto& step = d.steps[0];
  CHECK(source(d, step.if_).program == ".a > 1");
  CHECK(source(d, step.if_).pointer == "/do/0/one/if");
  CHECK(source(d, step.input_from->expression).program == ".b");
  CHECK(source(d, std::get<SetStep>(step.body).value.expression).program == ".c");
  CHECK(source(d, step.output_as->expression).program == ".d");
  CHECK(source(d, step.export_as->expression).variables == std::vector<std::string>{"output"});
  CHECK(faults_of(with_step(R"({"if": true, "set": {"x": 1}})"_j)) ==
        Faults{"wrong-type /do/0/one/if"});
  CHECK(faults_of(with_step(R"({"if": " ", "set": {"x": 1}})"_j)) ==
        Faults{"expression-syntax /do/0/one/if"});
  CHECK(faults_of(with_step(R"({"set": {"x": "${ }"}})"_j)) ==
        Faults{"expression-syntax /do/0/one/set/x"});
}

TEST_CASE("E2 a template becomes one program with its leaves", "[definition]") {
  const auto parsed = parse_definition(with_step(
      R"~({"set": {"a": "${ .x # c }", "b": [1, "chữ \"\\(x)", {"c": "${ $input.y }"}], "d/e": null}})~"_j));
  REQUIRE(parsed.definition);
  const auto& d = *parsed.definition;
  REQUIRE(d.expressions.size() == 1);
  const auto& one = d.expressions[0];
  CHECK(one.program ==
        "{\"a\":([.x # c\n][0]),\"b\":[1,\"chữ "
        "\\\"\\\\(x)\",{\"c\":([$input.y\n][0])}],\"d/e\":null}");
  CHECK(one.pointer == "/do/0/one/set");
  CHECK(one.leaves == std::vector<std::pair<std::string, std::string>>{
                          {"/do/0/one/set/a", ".x # c"}, {"/do/0/one/set/b/2/c", "$input.y"}});
  CHECK(one.variables == std::vector<std::string>{"input"});
}

TEST_CASE("E2 a value without expressions stays as it is", "[definition]") {
  const auto parsed = parse_definition(with_step(R"({"set": {"a": [1, {"b": "c"}]}})"_j));
  CHECK(parsed.definition->expressions.empty());
  CHECK(std::get<SetStep>(parsed.definition->steps[0].body).value.literal ==
        R"({"a": [1, {"b": "c"}]})"_j);
}

TEST_CASE("texts that look like forgotten expressions earn a warning", "[definition]") {
  CHECK(faults_of(with_step(R"({"set": {"x": ".path.to"}})"_j)) ==
        Faults{"~bare-path /do/0/one/set/x"});
  CHECK(faults_of(with_step(R"({"set": {"x": "$input.a"}})"_j)) ==
        Faults{"~bare-path /do/0/one/set/x"});
  CHECK(faults_of(with_step(R"({"set": {"x": "Chào ${ .a }"}})"_j)) ==
        Faults{"~embedded-expression /do/0/one/set/x"});
  CHECK(faults_of(with_step(R"({"set": {"x": "Một câu. Và $5."}})"_j)).empty());
  CHECK(parse_definition(with_step(R"({"set": {"x": ".path"}})"_j)).definition);
}

TEST_CASE("E6 each place knows its own variables", "[definition]") {
  const auto step = [](const char* extra) {
    Json body = {{"set", {{"x", 1}}}};
    body.update(Json::parse(extra));
    return with_step(body);
  };
  CHECK(
      faults_of(
          step(R"({"set": "${ [$context, $input, $task, $workflow, $runtime, $authorization] }"})"))
          .empty());
  CHECK(faults_of(step(R"({"set": "${ $output }"})")) == Faults{"~variable-not-set /do/0/one/set"});
  CHECK(faults_of(step(R"({"if": "$input"})")) == Faults{"~variable-not-set /do/0/one/if"});
  CHECK(faults_of(step(R"({"export": {"as": "$output"}})")).empty());
  CHECK(faults_of(step(R"({"set": "${ $nope }"})")) == Faults{"unknown-variable /do/0/one/set"});
  CHECK(faults_of(step(R"({"set": "${ $ENV.HOME }"})")) ==
        Faults{"unknown-variable /do/0/one/set"});
  CHECK(faults_of(step(R"({"set": "${ $secrets.key }"})")) ==
        Faults{"unknown-secret /do/0/one/set"});
  CHECK(faults_of(step(R"({"set": {"a": {"b": "${ $nope }"}}})")) ==
        Faults{"unknown-variable /do/0/one/set/a/b"});
  auto workflow = step("{}");
  workflow["input"] = {{"from", "$context"}};
  workflow["output"] = {{"as", "[$context, $task]"}};
  CHECK(faults_of(workflow) ==
        Faults{"~variable-not-set /input/from", "~variable-not-set /output/as"});
}

TEST_CASE("E9 loop and catch variables live in their scope only", "[definition]") {
  CHECK(faults_of(with_steps(R"([
      {"a": {"for": {"in": ".x"}, "do": [{"b": {"do": [{"c": {"set": "${ [$item, $index] }"}}]}}]}},
      {"d": {"set": "${ $item }"}}])"_j)) == Faults{"unknown-variable /do/1/d/set"});
  CHECK(
      faults_of(with_step(
          R"({"try": [{"a": {"set": "${ $error }"}}], "catch": {"do": [{"b": {"set": "${ $error }"}}]}})"_j)) ==
      Faults{"unknown-variable /do/0/one/try/0/a/set"});
  CHECK(faults_of(with_step(
            R"({"for": {"in": ".x", "each": "task"}, "do": [{"b": {"set": "${ $task }"}}]})"_j)) ==
        Faults{"~variable-hidden /do/0/one/for/each"});
}

TEST_CASE("variables are found outside strings and comments, and inside interpolations",
          "[definition]") {
  CHECK(used(R"~($a + "$b \($c + "\($d)" ) $e" # $f)~") == Set{"a", "c", "d"});
  CHECK(used("\"\\\\($x)\"") == Set{});  // an escaped backslash, then plain text
  CHECK(used("{$a, b: $c, \"d\\($e)\": 1}") == Set{"a", "c", "e"});
  CHECK(used("$ a + $ # comment\n b") == Set{"a", "b"});
  CHECK(used("@base64 \"x\\($y)\"") == Set{"y"});
  CHECK(used("$__loc__") == Set{"__loc__"});
  CHECK(used("\"unclosed $x").empty());
  CHECK(used("\"\\(").empty());
  CHECK(used("))) $x") == Set{"x"});
}

TEST_CASE("variables that jq text binds itself are not the author's mistake", "[definition]") {
  CHECK(bound(". as $x | $y") == Set{"x"});
  CHECK(bound(". as [$a, {b: $c}] | $d") == Set{"a", "c"});
  CHECK(bound("reduce .[] as $i (0; . + $i + $j)") == Set{"i"});
  CHECK(bound("def f($p; $q): $p + $r; f(1; 2)") == Set{"p", "q"});
  CHECK(bound("def f(g): g; f($x)") == Set{});
  CHECK(faults_of(with_step(R"({"set": "${ reduce .[] as $i (0; . + $i) }"})"_j)).empty());
  // used before it is bound: still handed over
  const auto parsed =
      parse_definition(with_step(R"({"set": "${ $input | . as $input | $input }"})"_j));
  REQUIRE(parsed.definition);
  CHECK(parsed.definition->expressions[0].variables == std::vector<std::string>{"input"});
}
