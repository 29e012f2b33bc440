// Whether the people there are could do what a definition asks, said when it is published.

#include <catch2/catch.hpp>

#include "workflow/core/people_check.hpp"

#include "tests/core/definition_support.hpp"

namespace kyhan::test {
namespace {

/// so-a: an, ba (specialist), binh (head). so-b: em (head, and specialist too). Nobody in so-c.
std::shared_ptr<const Directory> organisation() {
  return Directory::parse(Json::parse(R"({
    "units": [{"id": "tinh", "name": "Tỉnh", "kind": "province"},
              {"id": "so-a", "name": "Sở A", "kind": "department", "parent": "tinh"},
              {"id": "so-b", "name": "Sở B", "kind": "department", "parent": "tinh"},
              {"id": "so-c", "name": "Sở C", "kind": "department", "parent": "tinh"}],
    "people": [
      {"id": "an", "name": "An", "memberships": [{"unit": "so-a", "roles": ["specialist"]}]},
      {"id": "ba", "name": "Ba", "memberships": [{"unit": "so-a", "roles": ["specialist"]}]},
      {"id": "binh", "name": "Bình", "memberships": [{"unit": "so-a", "roles": ["head"]}]},
      {"id": "em", "name": "Em", "memberships": [{"unit": "so-b", "roles": ["head", "specialist"]}]}]
  })"))
      .value();
}

Json task(const std::string& assignment, const std::string& more = "{}") {
  Json with = {{"title", "Step"}, {"assignment", Json::parse(assignment)}};
  with.update(Json::parse(more));
  return {{"call", "humanTask:1.0.0@default"}, {"with", std::move(with)}};
}

/// "<code> <step> <units>" of each finding, started by specialists or heads of their own unit.
std::vector<std::string> findings(const Json& steps) {
  Json document = with_steps(steps);
  document["document"]["metadata"]["start"] = Json::parse(
      R"({"by": [{"role": "specialist", "unit": "own"}, {"role": "head", "unit": "own"}]})");
  const auto parsed = parse_definition(document);
  for (const Fault& fault : parsed.faults) UNSCOPED_INFO(fault.pointer << " " << fault.message.en);
  REQUIRE(parsed.definition);
  std::vector<std::string> out;
  for (const PeopleFinding& one : check_people(*parsed.definition, *organisation()).findings) {
    std::string row = one.code + " " + one.step;
    for (const UnitId& unit : one.units) row += " " + unit.text();
    out.push_back(row);
    CHECK_FALSE(one.message.vi.empty());
  }
  return out;
}

using Rows = std::vector<std::string>;

const std::string by_specialist =
    R"({"mode": "claim", "candidates": [{"role": "specialist", "unit": "own"}]})";

std::string not_who_did(const char* steps, const char* role = "specialist") {
  return std::string(R"({"mode": "claim", "candidates": [{"role": ")") + role +
         R"(", "unit": "own"}], "exclude": {"performersOf": )" + steps + "}}";
}

TEST_CASE("a role that nobody has is found, with the units it is missing in", "[people]") {
  CHECK(findings(Json::array({{{"ask", task(by_specialist)}}})) == Rows{});
  CHECK(findings(Json::array(
            {{{"ask", task(R"({"mode": "claim", "candidates": [{"role": "clerk", "unit": "own"}]})")}}})) ==
        Rows{"nobody ask so-a so-b"});
  CHECK(findings(Json::array(
            {{{"ask", task(R"({"mode": "claim", "candidates": [{"role": "head", "unit": "so-c"}]})")}}}))
            .size() == 1);
}

TEST_CASE("four-eyes that only one pair of eyes could satisfy is found", "[people]") {
  // In so-b the one specialist is also the head: whoever drafts cannot approve.
  CHECK(findings(Json::array({{{"draft", task(by_specialist)}},
                              {{"check", task(not_who_did(R"(["draft"])"))}}})) ==
        Rows{"excluded check so-b"});
  CHECK(findings(Json::array({{{"draft", task(by_specialist)}},
                              {{"approve", task(not_who_did(R"(["draft"])", "head"))}}})) ==
        Rows{"excluded approve so-b"});
  // Three steps of three people, and so-a has two specialists.
  CHECK(findings(Json::array({{{"one", task(by_specialist)}},
                              {{"two", task(not_who_did(R"(["one"])"))}},
                              {{"three", task(not_who_did(R"(["one", "two"])"))}}})) ==
        Rows{"excluded two so-b", "excluded three so-a so-b"});
}

TEST_CASE("more answers than there are people is found", "[people]") {
  const std::string both = R"({"mode": "offer", "candidates": [{"role": "specialist", "unit": "own"}]})";
  CHECK(findings(Json::array(
            {{{"ask", task(both, R"({"completion": {"rule": "atLeast", "count": 2}})")}}})) ==
        Rows{"too-few ask so-b"});
  CHECK(findings(Json::array({{{"ask", task(both, R"({"completion": {"rule": "all"}})")}}})) ==
        Rows{});
  CHECK(findings(Json::array(
            {{{"ask", task(R"({"mode": "direct", "candidates": [{"role": "specialist", "unit": "own"}]})")}}})) ==
        Rows{"not-one ask so-a"});
}

TEST_CASE("who stands in for nobody makes a step possible", "[people]") {
  CHECK(findings(Json::array({{{"ask", task(R"({"mode": "claim",
      "candidates": [{"role": "clerk", "unit": "own"}], "onEmpty": {"role": "head", "unit": "own"}})")}}})) ==
        Rows{});
}

TEST_CASE("what only the data says is left open, and named", "[people]") {
  const auto parsed = parse_definition(
      with_steps(Json::array({{{"ask", task(R"({"mode": "claim", "candidates": [{"user": "${ .who }"}]})")}}})));
  REQUIRE(parsed.definition);
  const PeopleReport report = check_people(*parsed.definition, *organisation());
  CHECK(report.findings.empty());
  CHECK(report.unchecked == std::vector<std::string>{"/do/0/ask"});
}

}  // namespace
}  // namespace kyhan::test
