// What two versions of a definition differ in, in words.

#include <catch2/catch.hpp>

#include "workflow/core/compare.hpp"

#include "tests/core/definition_support.hpp"

namespace kyhan::test {
namespace {

/// "<what> <change> <pointer>: <English>" of each change, one a line.
std::string changes(const Json& before, const Json& after) {
  const auto one = parse_definition(before);
  const auto two = parse_definition(after);
  REQUIRE(one.definition);
  REQUIRE(two.definition);
  std::string lines;
  for (const DefinitionChange& change : compare_definitions(*one.definition, *two.definition)) {
    const Json json = encode(change);
    CHECK_FALSE(change.sentence.vi.empty());
    lines += json["what"].get<std::string>() + " " + json["change"].get<std::string>() + " " +
             change.pointer + ": " + change.sentence.en + "\n";
  }
  return lines;
}

Json approval() {
  return human_task(
      {{"due", {{"workingDays", 5}}},
       {"reminders",
        {{{"offset", {{"workingDays", -1}}}, {"at", "08:00"}, {"to", {"assignee"}}}}}});
}

Json& with_of(Json& document) { return document["do"][0]["one"]["with"]; }

TEST_CASE("the same definition differs in nothing", "[definition][compare]") {
  CHECK(changes(approval(), approval()).empty());
  Json next = approval();
  next["document"]["version"] = "1.1.0";
  CHECK(changes(approval(), next).empty());
}

TEST_CASE("a deadline that changes is told in words", "[definition][compare]") {
  Json next = approval();
  with_of(next)["due"] = {{"workingDays", 3}};
  with_of(next)["expire"] = {{"in", "P30D"}};
  CHECK(changes(approval(), next) ==
        "deadline changed /do/0/one/with/due: Step “one”: the deadline changed from “within 5 "
        "working days” to “within 3 working days”.\n"
        "deadline added /do/0/one/with/expire: Step “one”: the hard end added: “within 30 days”.\n");
}

TEST_CASE("roles and reminders come and go one by one", "[definition][compare]") {
  Json next = approval();
  with_of(next)["assignment"]["candidates"] =
      Json::parse(R"([{"role": "specialist"}, {"role": "head", "unit": "own"}])");
  with_of(next)["reminders"] =
      Json::parse(R"([{"offset": {"workingDays": 1}, "to": ["head"]}])");
  CHECK(changes(approval(), next) ==
        "role added /do/0/one/with/assignment/candidates/1: Step “one”: who does it added: “head of "
        "unit own”.\n"
        "reminder added /do/0/one/with/reminders/0: Step “one”: a reminder added: “1 working day after "
        "it was due, to [\"head\"]”.\n"
        "reminder removed /do/0/one/with/reminders/0: Step “one”: a reminder removed: “1 working day "
        "before it is due, at 08:00, to [\"assignee\"]”.\n");
}

TEST_CASE("steps come, go and move; a step is known by its name and place", "[definition][compare]") {
  const Json before = with_steps(Json::parse(R"([
      {"a": {"set": {"x": 1}}}, {"b": {"do": [{"c": {"set": {"x": 1}}}]}}, {"d": {"set": {"x": 1}}}])"));
  const Json after = with_steps(Json::parse(R"([
      {"d": {"set": {"x": 2}}}, {"new": {"wait": "PT1H"}}, {"b": {"do": [{"c": {"set": {"x": 1}}}]}},
      {"a": {"switch": [{"x": {"then": "end"}}]}}])"));
  CHECK(changes(before, after) ==
        "step changed /do/0/d: Step “d”: set changed.\n"
        "step added /do/1/new: Step “new” added (wait).\n"
        "step changed /do/3/a: Step “a”: the kind of work changed from “set” to “switch”.\n"
        "order changed /do: The order of the steps in /do changed.\n");
  CHECK(changes(with_steps(Json::parse(R"([{"a": {"set": {"x": 1}}}, {"b": {"set": {"x": 1}}}])")),
                with_steps(Json::parse(R"([{"a": {"set": {"x": 1}}}])"))) ==
        "step removed /do/1/b: Step “b” removed (set).\n");
}

TEST_CASE("what is not said in words is named by its members", "[definition][compare]") {
  Json next = approval();
  with_of(next)["title"] = "Ký duyệt";
  with_of(next)["outcomes"] = Json::parse(R"([{"id": "yes"}])");
  CHECK(changes(approval(), next) ==
        "step changed /do/0/one: Step “one”: with.outcomes, with.title changed.\n");
}

TEST_CASE("the schedule, the start rule and the timeout are the definition's own",
          "[definition][compare]") {
  Json before = with_step({{"set", {{"x", 1}}}});
  before["document"]["metadata"]["start"]["by"] = Json::parse(R"([{"role": "staff"}])");
  Json after = before;
  after["schedule"] = {{"every", {{"days", 1}}}};
  after["timeout"] = {{"after", "P9D"}};
  after["document"]["metadata"]["start"]["by"] = Json::parse(R"([{"role": "head"}])");
  CHECK(changes(before, after) ==
        "deadline added /timeout: the timeout added: “{\"after\":\"P9D\"}”.\n"
        "role added /document/metadata/start/by/0: who may start it added: “head”.\n"
        "role removed /document/metadata/start/by/0: who may start it removed: “staff”.\n"
        "schedule added /schedule: the schedule added: “every 1 day”.\n");
}

}  // namespace
}  // namespace kyhan::test
