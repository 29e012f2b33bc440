// Steps of control, where flow goes, and the checks the official schema cannot make.

#include <catch2/catch.hpp>

#include "tests/core/definition_support.hpp"

using namespace kyhan;
using namespace kyhan::test;

namespace {
Json operator"" _j(const char* text, std::size_t size) {
  return Json::parse(text, text + size);
}

const Step& step(const Definition& definition, const std::string& pointer) {
  for (const auto& one : definition.steps) {
    if (one.pointer == pointer) return one;
  }
  FAIL("no step at " + pointer);
  return definition.steps.front();
}
}  // namespace

TEST_CASE("steps keep their place, parent and pointer", "[definition]") {
  const auto parsed = parse_definition(with_steps(R"([
      {"a": {"do": [{"b": {"set": {"x": 1}}}, {"c/d": {"set": {"x": 2}}}]}},
      {"e": {"fork": {"branches": [{"f": {"set": {"x": 3}}}], "compete": true}}}])"_j));
  REQUIRE(parsed.definition);
  const auto& d = *parsed.definition;
  REQUIRE(d.steps.size() == 5);
  CHECK(d.top.size() == 2);
  for (std::size_t i = 0; i < d.steps.size(); ++i) CHECK(d.steps[i].index == static_cast<int>(i));
  const auto& inner = step(d, "/do/0/a/do/1/c~1d");
  CHECK(inner.name == "c/d");
  CHECK(inner.position == 1);
  CHECK(inner.kind == "set");
  CHECK(inner.parent == step(d, "/do/0/a").index);
  CHECK(std::get<ForkStep>(step(d, "/do/1/e").body).compete);
  CHECK(step(d, "/do/1/e/fork/branches/0/f").parent == step(d, "/do/1/e").index);
}

TEST_CASE("N1-N4 then leads on, out, to the end or to a step of the same list", "[definition]") {
  const auto parsed = parse_definition(with_steps(R"([
      {"a": {"set": {"x": 1}, "then": "c"}}, {"b": {"set": {"x": 1}, "then": "exit"}},
      {"c": {"set": {"x": 1}, "then": "end"}}, {"d": {"set": {"x": 1}, "then": "continue"}}])"_j));
  REQUIRE(parsed.definition);
  const auto& s = parsed.definition->steps;
  CHECK(s[0].then.kind == Flow::Kind::jump);
  CHECK(s[0].then.target == 2);
  CHECK(s[1].then.kind == Flow::Kind::exit);
  CHECK(s[2].then.kind == Flow::Kind::end);
  CHECK(s[3].then.kind == Flow::Kind::next);
}

TEST_CASE("D4 jumps to nowhere, out of the list or between branches are refused", "[definition]") {
  CHECK(faults_of(with_step({{"set", {{"x", 1}}}, {"then", "nowhere"}})) ==
        Faults{"unknown-step /do/0/one/then"});
  CHECK(faults_of(with_steps(R"([{"a": {"do": [{"b": {"set": {"x": 1}, "then": "c"}}]}},
                                 {"c": {"set": {"x": 1}}}])"_j)) ==
        Faults{"jump-out-of-list /do/0/a/do/0/b/then"});
  CHECK(faults_of(with_step(R"({"fork": {"branches": [{"a": {"set": {"x": 1}, "then": "b"}},
                                                      {"b": {"set": {"x": 1}, "then": "exit"}}]}})"_j)) ==
        Faults{"jump-between-branches /do/0/one/fork/branches/0/a/then"});
  CHECK(faults_of(with_step({{"set", {{"x", 1}}}, {"then", 1}})) ==
        Faults{"wrong-type /do/0/one/then"});
}

TEST_CASE("D4 two names alike, two defaults and unknown references are refused", "[definition]") {
  CHECK(faults_of(with_steps(R"([{"a": {"set": {"x": 1}}}, {"a": {"set": {"x": 1}}}])"_j)) ==
        Faults{"duplicate-name /do/1/a"});
  CHECK(faults_of(with_steps(R"([{"a": {"do": [{"a": {"set": {"x": 1}}}]}}])"_j)).empty());
  CHECK(
      faults_of(with_step(R"({"switch": [{"a": {"then": "end"}}, {"b": {"then": "exit"}}]})"_j)) ==
      Faults{"two-defaults /do/0/one/switch/1/b"});
  CHECK(faults_of(with_step(R"({"switch": [{"a": {"when": ".x"}}]})"_j)) ==
        Faults{"required /do/0/one/switch/0/a"});
  CHECK(faults_of(with_step(R"({"switch": []})"_j)) == Faults{"wrong-type /do/0/one/switch"});
  CHECK(faults_of(with_step(R"({"raise": {"error": "gone"}})"_j)) ==
        Faults{"unknown-reference /do/0/one/raise/error"});
  CHECK(faults_of(with_step(R"({"try": [], "catch": {"retry": "gone"}})"_j)) ==
        Faults{"unknown-reference /do/0/one/catch/retry"});
  CHECK(faults_of(with_step(R"({"set": {"x": 1}, "timeout": "gone"})"_j)) ==
        Faults{"unknown-reference /do/0/one/timeout"});
}

TEST_CASE("a step does exactly one thing", "[definition]") {
  CHECK(faults_of(with_step(Json::object())) == Faults{"no-kind /do/0/one"});
  CHECK(faults_of(with_step({{"human", 1}})) == Faults{"no-kind /do/0/one"});
  CHECK(faults_of(with_step(R"({"set": {"x": 1}, "wait": {"seconds": 1}})"_j)) ==
        Faults{"several-kinds /do/0/one"});
  CHECK(faults_of(with_step(R"({"set": {}})"_j)) == Faults{"wrong-type /do/0/one/set"});
}

TEST_CASE("switch keeps its cases in order", "[definition]") {
  const auto parsed = parse_definition(with_step(
      R"({"switch": [{"z": {"when": ".a", "then": "end"}}, {"default": {"then": "exit"}}, {"a": {"when": "${ .b }", "then": "continue"}}]})"_j));
  REQUIRE(parsed.definition);
  const auto& cases = std::get<SwitchStep>(parsed.definition->steps[0].body).cases;
  REQUIRE(cases.size() == 3);
  CHECK(cases[0].name == "z");
  CHECK(cases[1].when == ExpressionId::none);
  CHECK(cases[2].name == "a");
}

TEST_CASE("for has names, a collection and a condition", "[definition]") {
  const auto parsed = parse_definition(with_step(
      R"({"for": {"each": "unit", "in": ".units", "at": "i"}, "while": "$i < 3", "do": [{"a": {"set": "${ $unit }"}}]})"_j));
  REQUIRE(parsed.definition);
  const auto& loop = std::get<ForStep>(parsed.definition->steps[0].body);
  CHECK(loop.each == "unit");
  CHECK(loop.at == "i");
  CHECK(loop.in != ExpressionId::none);
  CHECK(loop.while_ != ExpressionId::none);
  const auto inline_items = parse_definition(
      with_step(R"({"for": {"in": [{"a": 1}]}, "do": [{"a": {"set": "${ $item }"}}]})"_j));
  REQUIRE(inline_items.definition);
  CHECK(std::get<ForStep>(inline_items.definition->steps[0].body).in_literal == R"([{"a": 1}])"_j);
  CHECK(faults_of(with_step(R"({"for": {"in": ".x"}})"_j)) == Faults{"required /do/0/one"});
  CHECK(faults_of(with_step(R"({"for": {"in": ".x", "each": "a b"}, "do": []})"_j)) ==
        Faults{"variable-name /do/0/one/for/each"});
  CHECK(faults_of(with_step(R"({"for": {"in": ".x", "each": "a", "at": "a"}, "do": []})"_j)) ==
        Faults{"duplicate-name /do/0/one/for"});
}

TEST_CASE("try reads its filter, retry policy and list", "[definition]") {
  auto document = with_step(R"({"try": [{"a": {"set": {"x": 1}}}], "catch": {
      "errors": {"with": {"type": "https://x/e", "status": 503, "details": "d"}}, "as": "loi",
      "when": "$loi.status > 1", "retry": "again", "do": [{"b": {"set": "${ $loi }"}}]}})"_j);
  document["use"] =
      R"({"retries": {"again": {"delay": {"seconds": 5}, "backoff": {"exponential": {}},
      "jitter": {"from": {"seconds": 1}, "to": "PT2S"}, "when": "$loi.status == 503",
      "limit": {"attempt": {"count": 6, "duration": "PT1M"}, "duration": "PT1H"}}}})"_j;
  const auto parsed = parse_definition(document);
  REQUIRE(parsed.faults.empty());
  const auto& body = std::get<TryStep>(parsed.definition->steps[0].body);
  CHECK(body.error_filter == R"({"type": "https://x/e", "status": 503, "detail": "d"})"_j);
  CHECK(body.as == "loi");
  CHECK(body.has_catch_list);
  REQUIRE(body.retry.has_value());
  CHECK(body.retry->backoff == RetryPolicy::Backoff::exponential);
  CHECK(body.retry->delay.fixed.exact == std::chrono::seconds(5));
  CHECK(body.retry->attempt_count == 6);
  CHECK(body.retry->jitter_to->exact == std::chrono::seconds(2));
  CHECK(body.retry->duration->exact == std::chrono::hours(1));
  CHECK(faults_of(with_step(R"({"try": []})"_j)) == Faults{"required /do/0/one"});
  CHECK(faults_of(with_step(R"({"try": [], "catch": {"retry": {"backoff": {}}}})"_j)) ==
        Faults{"exactly-one /do/0/one/catch/retry/backoff"});
  CHECK(faults_of(with_step(R"({"try": [], "catch": {"errors": {"with": {}}}})"_j)) ==
        Faults{"wrong-type /do/0/one/catch/errors/with"});
}

TEST_CASE("raise needs a type and a literal status", "[definition]") {
  CHECK(faults_of(with_step(R"({"raise": {"error": {"type": "https://x/e", "status": 400,
      "title": "t", "detail": "${ .why }"}}})"_j))
            .empty());
  CHECK(faults_of(with_step(
            R"({"raise": {"error": {"type": "https://x/e", "status": "${ 400 }"}}})"_j)) ==
        Faults{"wrong-type /do/0/one/raise/error/status"});
  CHECK(faults_of(with_step(R"({"raise": {"error": {}}})"_j)) ==
        Faults{"required /do/0/one/raise/error", "required /do/0/one/raise/error"});
  auto named = with_step(R"({"raise": {"error": "late"}})"_j);
  named["use"] = R"({"errors": {"late": {"type": "https://x/late", "status": 408}}})"_j;
  const auto parsed = parse_definition(named);
  REQUIRE(parsed.definition);
  CHECK(std::get<RaiseStep>(parsed.definition->steps[0].body).error.status.literal == 408);
}

TEST_CASE("members of use are checked even when nobody refers to them", "[definition]") {
  auto document = with_step(R"({"set": {"x": 1}})"_j);
  document["use"] = R"({"errors": {"e": {"type": "x"}}, "retries": {"r": {"dely": 1}},
                        "timeouts": {"t": {"after": "P5WD"}}})"_j;
  CHECK(faults_of(document) == Faults{"required /use/errors/e", "unknown-field /use/retries/r/dely",
                                      "duration /use/timeouts/t/after"});
}

TEST_CASE("U2 durations are inline, ISO 8601 or an expression", "[definition]") {
  const auto wait = [](Json value) { return with_step({{"wait", std::move(value)}}); };
  for (const auto& good : {R"({"days": 1, "hours": 2})"_j, Json("P1Y2M3W4DT5H6M7S"), Json("PT0.5S"),
                           Json("${ .span }")}) {
    CHECK(faults_of(wait(good)).empty());
  }
  for (const auto& bad : {R"({})"_j, R"({"weeks": 1})"_j, R"({"days": 1.5})"_j, R"({"days": -1})"_j,
                          Json("P5WD"), Json("P"), Json("-P1D"), Json("1 day"), Json(5), Json()}) {
    INFO(bad.dump());
    CHECK_FALSE(parse_definition(wait(bad)).definition);
  }
  CHECK(faults_of(wait("${ .deadline.duration }")) == Faults{"~wait-from-calendar /do/0/one/wait"});
}

TEST_CASE("emit needs a type; attributes have plain names", "[definition]") {
  CHECK(faults_of(
            with_step(R"({"emit": {"event": {"with": {"type": "a.b.v1", "data": {"x": "${ .x }"},
      "extra1": "y"}}}})"_j))
            .empty());
  CHECK(faults_of(with_step(R"({"emit": {"event": {"with": {}}}})"_j)) ==
        Faults{"required /do/0/one/emit/event/with"});
  CHECK(faults_of(with_step(R"({"emit": {"event": {"with": {"type": "a", "My-key": 1}}}})"_j)) ==
        Faults{"attribute-name /do/0/one/emit/event/with/My-key"});
  CHECK(faults_of(with_step(R"({"emit": {"event": {"with": {"type": "a"}, "x": 1}}})"_j)) ==
        Faults{"~unknown-field /do/0/one/emit/event/x"});
}

TEST_CASE("listen takes one strategy with its filters", "[definition]") {
  const auto parsed = parse_definition(with_step(R"({"listen": {"to": {"any": [
      {"with": {"type": "a", "subject": "^x.*$", "data": "${ .t > 38 }"},
       "correlate": {"id": {"from": "${ .data.id }", "expect": "${ $workflow.id }"}}}],
      "until": "length > 2"}, "read": "envelope"},
      "foreach": {"item": "e", "do": [{"x": {"set": "${ $e }"}}]}})"_j));
  REQUIRE(parsed.definition);
  const auto& body = std::get<ListenStep>(parsed.definition->steps[0].body);
  CHECK(body.mode == ListenStep::Mode::any);
  CHECK(body.read == ListenStep::Read::envelope);
  CHECK(body.until_expression != ExpressionId::none);
  REQUIRE(body.filters.size() == 1);
  const auto& attributes = body.filters[0].attributes;
  REQUIRE(attributes.size() == 3);
  CHECK(attributes[0].predicate != ExpressionId::none);  // data
  CHECK(attributes[1].regex);                            // subject
  CHECK_FALSE(attributes[2].regex);                      // type
  CHECK(body.filters[0].correlations[0].has_expect);
  CHECK(body.item == "e");

  const auto to = [](const char* text) {
    return with_step({{"listen", {{"to", Json::parse(text)}}}});
  };
  CHECK(faults_of(to(R"({})")) == Faults{"exactly-one /do/0/one/listen/to"});
  CHECK(faults_of(to(R"({"one": {"with": {"type": "a"}}, "any": []})")) ==
        Faults{"exactly-one /do/0/one/listen/to"});
  CHECK(faults_of(to(R"({"any": []})")).empty());
  CHECK(faults_of(to(R"({"one": {}})")) == Faults{"required /do/0/one/listen/to/one"});
  CHECK(faults_of(to(R"({"one": {"with": {}}})")) ==
        Faults{"wrong-type /do/0/one/listen/to/one/with"});
  CHECK(faults_of(to(R"({"one": {"with": {"type": "a"}}, "until": "."})")) ==
        Faults{"until-without-any /do/0/one/listen/to/until"});
  CHECK(faults_of(to(R"({"any": [], "until": {"any": [], "until": "."}})")) ==
        Faults{"unknown-field /do/0/one/listen/to/until/until"});
  CHECK(faults_of(to(R"({"one": {"with": {"type": "^(a$"}}})")) ==
        Faults{"pattern /do/0/one/listen/to/one/with/type"});
}

TEST_CASE("D2 objects the standard leaves open warn about what has no effect", "[definition]") {
  CHECK(faults_of(with_step(R"({"try": [], "catch": {"errors": {"also": 1}}})"_j)) ==
        Faults{"~unknown-field /do/0/one/catch/errors/also"});
  CHECK(faults_of(with_step(
            R"({"try": [], "catch": {"retry": {"backoff": {"constant": {"x": 1}}}}})"_j)) ==
        Faults{"~unknown-field /do/0/one/catch/retry/backoff/constant/x"});
  CHECK(faults_of(with_step(R"({"listen": {"to": {"one": {"with": {"type": "a"},
      "correlate": {"k": {"from": ".id", "x": 1}}}}}})"_j)) ==
        Faults{"~unknown-field /do/0/one/listen/to/one/correlate/k/x"});
}
