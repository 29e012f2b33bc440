// fanOut: one sub-workflow for each item of a list.

#include "tests/simulation/play.hpp"

namespace kyhan::test {
namespace {

/// A step that calls fanOut with `with` (YAML in braces without the workflow) of `child`.
std::string fan(const std::string& with, const std::string& more = "") {
  return "do:\n  - many:\n      call: fanOut:1.0.0@default\n      with: {workflow: {namespace: "
         "test, "
         "name: child, version: 1.0.0}, " +
         with + "}\n" + more;
}
const char* doubles = "do:\n  - twice: {set: \"${ .item * 2 }\"}\n";
/// Fails for the item 2; waits as many minutes as the item says.
const char* fails_at_two = R"(
do:
  - pause: {wait: "${ \"PT\" + (.item | tostring) + \"M\" }"}
  - judge: {switch: [{bad: {when: "${ .item == 2 }", then: fail}}, {good: {then: exit}}]}
  - fail: {raise: {error: {type: https://example.vn/errors/two, status: 422, title: two}}}
)";
const char* asks = R"(
do:
  - ask:
      call: humanTask:1.0.0@default
      with: {title: Hỏi, assignment: {mode: claim, candidates: [{role: head, unit: own}]}}
      output: {as: "${ {outcome: .outcome, unit: .performer.unit} }"}
)";

SimulationResult play_fan(const std::string& steps, const std::string& child,
                          const std::string& answers = "[]") {
  Play given;
  given.steps = steps;
  given.others = {{"child", child}};
  given.answers = answers;
  return play(given);
}
std::string played(const std::string& steps, const std::string& child,
                   const std::string& answers = "[]") {
  return outcome_of(play_fan(steps, child, answers));
}
std::string states_of(const SimulationResult& result) {
  std::string words;
  for (const State& one : result.others) {
    words += (words.empty() ? "" : " ") + std::string(to_text(one.status));
  }
  return words;
}

TEST_CASE("fanOut runs one sub-workflow an item and gives their outputs in the order of the items",
          "[simulation][fan]") {
  CHECK(
      played(fan("items: [3, 1, 2]"), doubles) ==
      R"([{"index":0,"output":6,"status":"completed"},{"index":1,"output":2,"status":"completed"},)"
      R"({"index":2,"output":4,"status":"completed"}])");
  CHECK(played(fan("items: []"), doubles) == "[]");
  CHECK(played(fan("items: \"${ [range(3)] }\"", "      output: {as: \"${ map(.output) }\"}\n"),
               doubles) == "[0,2,4]");
}

TEST_CASE("the input of each is what `input` says, with item and index", "[simulation][fan]") {
  CHECK(played(fan("items: [a, b], input: {year: \"${ 2026 }\"}",
                   "      output: {as: \"${ map(.output) }\"}\n"),
               "do:\n  - show: {set: \"${ [.year, .item, .index] }\"}\n") ==
        R"([[2026,"a",0],[2026,"b",1]])");
}

TEST_CASE("fanOut of thousands ends", "[simulation][fan]") {
  const SimulationResult result = play_fan(fan("items: \"${ [range(3000)] }\", maxParallel: 50",
                                               "      output: {as: \"${ map(.output) | add }\"}\n"),
                                           doubles);
  CHECK(outcome_of(result) == "8997000");
  CHECK(result.others.size() == 3000);
  // The parent's journal grows with its own steps, not with its children.
  CHECK(result.journal.size() < 100);
}

TEST_CASE("maxParallel bounds how many are open at once", "[simulation][fan]") {
  // Each waits a minute: two at a time need three minutes for five.
  const char* waits = "do:\n  - pause: {wait: PT1M}\n";
  CHECK(ended_at(play_fan(fan("items: [1, 2, 3, 4, 5], maxParallel: 2"), waits)) ==
        "2026-08-28T08:03");
  CHECK(ended_at(play_fan(fan("items: [1, 2, 3, 4, 5]"), waits)) == "2026-08-28T08:01");
}

TEST_CASE("join: all waits for all, any for the first, atLeast for so many", "[simulation][fan]") {
  const auto ends = [](const std::string& join) {
    const SimulationResult result = play_fan(
        fan("items: [5, 1, 3], join: " + join, "      output: {as: \"${ map(.status) }\"}\n"),
        fails_at_two);
    return ended_at(result) + " " + outcome_of(result) + " " + states_of(result);
  };
  CHECK(ends("all") == R"(2026-08-28T08:05 ["completed","completed","completed"] )"
                       "completed completed completed");
  CHECK(ends("any") == R"(2026-08-28T08:01 ["cancelled","completed","cancelled"] )"
                       "cancelled completed cancelled");
  CHECK(ends("{atLeast: 2}") == R"(2026-08-28T08:03 ["cancelled","completed","completed"] )"
                                "cancelled completed completed");
}

TEST_CASE("onFault: fail ends the step with the child's error and cancels the others",
          "[simulation][fan]") {
  const SimulationResult result = play_fan(fan("items: [1, 2, 9]"), fails_at_two);
  CHECK(outcome_of(result) == "faulted two /do/0/many");
  CHECK(result.state.error->status == 422);
  CHECK(result.state.error->extra.at("child").at("instance") == "/do/2/fail");
  CHECK(states_of(result) == "completed faulted cancelled");
  CHECK(ended_at(result) == "2026-08-28T08:02");
}

TEST_CASE("onFault: collect gives the errors among the results", "[simulation][fan]") {
  const std::string brief = "      output: {as: \"${ map([.status, .error.title]) }\"}\n";
  CHECK(played(fan("items: [1, 2, 3], onFault: collect", brief), fails_at_two) ==
        R"([["completed",null],["faulted","two"],["completed",null]])");
  CHECK(played(fan("items: [2, 1], join: any, onFault: collect", brief), fails_at_two) ==
        R"([["cancelled",null],["completed",null]])");
}

TEST_CASE("a join that can no longer be reached is an error", "[simulation][fan]") {
  CHECK(played(fan("items: [2, 1, 2], join: {atLeast: 2}, onFault: collect"), fails_at_two) ==
        "faulted runtime /do/0/many");
  CHECK(played(fan("items: [2], join: any, onFault: collect"), fails_at_two) ==
        "faulted runtime /do/0/many");
}

TEST_CASE("perUnit: each runs in the unit that its item names", "[simulation][fan]") {
  const std::string answers = R"([{"task": "ask", "by": "binh", "unit": "so-a", "outcome": "done"},
                                  {"task": "ask", "by": "em", "unit": "so-b", "outcome": "done"}])";
  CHECK(played(fan("items: [so-b, {id: so-a}], perUnit: true",
                   "      output: {as: \"${ map(.output.unit) }\"}\n"),
               asks, answers) == R"(["so-b","so-a"])");
  CHECK(played(fan("items: [so-a, so-x], perUnit: true"), asks) == "faulted validation /do/0/many");
}

TEST_CASE("what fanOut cannot do is an error of its step", "[simulation][fan]") {
  CHECK(played(fan("items: \"${ 3 }\""), doubles) == "faulted validation /do/0/many");
  CHECK(played(fan("items: \"${ [range(50001)] }\""), doubles) == "faulted validation /do/0/many");
  CHECK(played(fan("items: \"${ [1] }\", join: {atLeast: 2}"), doubles) ==
        "faulted validation /do/0/many");
  CHECK(played(fan("items: \"${ [] }\", join: any"), doubles) == "faulted validation /do/0/many");
  CHECK(
      played("do:\n  - many: {call: fanOut:1.0.0@default, with: {workflow: {namespace: test, name: "
             "nowhere, version: latest}, items: [1]}}\n",
             doubles) == "faulted configuration /do/0/many");
}

TEST_CASE("fanOut in fanOut", "[simulation][fan]") {
  Play given;
  given.steps = fan("items: [1, 2]", "      output: {as: \"${ map(.output) }\"}\n");
  given.others = {{"child", R"(
do:
  - inner:
      call: fanOut:1.0.0@default
      with: {workflow: {namespace: test, name: leaf, version: 1.0.0}, items: "${ [range(.item)] }", input: {of: "${ .item }"}}
      output: {as: "${ map(.output) }"}
)"},
                  {"leaf", "do:\n  - show: {set: \"${ [.of, .item] }\"}\n"}};
  CHECK(outcome_of(play(given)) == "[[[1,0]],[[2,0],[2,1]]]");
}

TEST_CASE("a timeout, a cancelled branch and a caught error take the children with them",
          "[simulation][fan]") {
  const SimulationResult timed =
      play_fan(fan("items: [1, 9]", "      timeout: {after: PT5M}\n"), fails_at_two);
  CHECK(outcome_of(timed) == "faulted timeout /do/0/many");
  CHECK(states_of(timed) == "completed cancelled");

  const SimulationResult raced = play_fan(R"(
do:
  - race:
      fork:
        compete: true
        branches:
          - many: {call: fanOut:1.0.0@default, with: {workflow: {namespace: test, name: child, version: 1.0.0}, items: [7, 8]}}
          - quick: {set: quick}
)",
                                          fails_at_two);
  CHECK(outcome_of(raced) == "\"quick\"");

  const SimulationResult caught = play_fan(R"(
do:
  - try-it:
      try:
        - many: {call: fanOut:1.0.0@default, with: {workflow: {namespace: test, name: child, version: 1.0.0}, items: [2, 9]}}
      catch: {errors: {with: {status: 422}}, do: [{mend: {set: mended}}]}
)",
                                           fails_at_two);
  CHECK(outcome_of(caught) == "\"mended\"");
  CHECK(states_of(caught) == "faulted cancelled");
}

TEST_CASE("what a fanOut may say is checked when it is published", "[simulation][fan]") {
  const auto faults = [](const std::string& with) {
    return faults_in(
        document_of("test", "do:\n  - many: {call: fanOut:1.0.0@default, with: " + with + "}\n"));
  };
  const std::string child = "workflow: {namespace: test, name: child, version: 1.0.0}";
  const std::string at = "/do/0/many/with";
  CHECK(faults("{" + child + ", items: [1]}") == "");
  CHECK(faults("{}") == "required " + at + "\nrequired " + at + "\n");
  CHECK(faults("{" + child + ", items: 3}") == "wrong-type " + at + "/items\n");
  CHECK(faults("{" + child + ", items: [1], input: 3}") == "wrong-type " + at + "/input\n");
  CHECK(faults("{" + child + ", items: [1], join: some}") == "unknown-value " + at + "/join\n");
  CHECK(faults("{" + child + ", items: [1], join: {atLeast: 2}}") ==
        "out-of-range " + at + "/join/atLeast\n");
  CHECK(faults("{" + child + ", items: [1], onFault: ignore}") ==
        "unknown-value " + at + "/onFault\n");
  CHECK(faults("{" + child + ", items: [1], maxParallel: 0}") ==
        "wrong-type " + at + "/maxParallel\n");
  CHECK(faults("{" + child + ", items: [1], parallel: 3}") ==
        "unknown-field " + at + "/parallel\n");
  CHECK(faults("{workflow: {namespace: test, name: child, version: '1'}, items: [1]}") ==
        "document-version " + at + "/workflow/version\n");
}

}  // namespace
}  // namespace kyhan::test
