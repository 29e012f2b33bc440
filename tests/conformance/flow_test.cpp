// Flow directives and the steps that hold other steps (checklist N and 1.4), beyond
// tests/simulation/flow_test.cpp.

#include "tests/simulation/play.hpp"

namespace kyhan::test {
namespace {

TEST_CASE("N1 continue and no directive lead on; after the last step the list ends",
          "[conformance][N1]") {
  const auto result = play({R"(
do:
  - a: {set: {n: 1}, then: continue}
  - b: {set: {n: "${ .n + 1 }"}}
)"});
  CHECK(outcome_of(result) == R"({"n":2})");
  CHECK(steps_of(result) == "a b");
}

TEST_CASE("N2 exit ends its list; the step around it follows its own then", "[conformance][N2]") {
  const auto result = play({R"(
do:
  - outer:
      do:
        - a: {set: {a: 1}, then: exit}
        - b: {set: {b: 1}}
      then: last
  - never: {set: {never: true}}
  - last: {set: "${ . + {last: true} }"}
)"});
  CHECK(outcome_of(result) == R"({"a":1,"last":true})");
  CHECK(steps_of(result) == "outer a last");
  CHECK(outcome_of(play({"do:\n  - a: {set: {a: 1}, then: exit}\n  - b: {set: {b: 1}}\n"})) ==
        R"({"a":1})");
}

TEST_CASE("N2 exit in a loop ends that round only", "[conformance][N2]") {
  CHECK(outcome_of(play({R"(
do:
  - loop:
      for: {in: "${ [1, 2, 3] }", each: n}
      do:
        - odd: {if: "${ $n == 2 }", set: "${ . }", then: exit}
        - add: {set: "${ (if type == \"array\" then . else [] end) + [$n] }"}
)"})) == "[1,3]");
}

TEST_CASE("N3 end completes the instance from any depth, its output shaped, branches cancelled",
          "[conformance][N3]") {
  const auto result = play({R"(
output: {as: "${ {got: .} }"}
do:
  - both:
      fork:
        branches:
          - waits: {wait: {days: 30}}
          - ends:
              try:
                - loop:
                    for: {in: "${ [1] }"}
                    do: [{done: {set: "enough", then: end}}]
              catch: {}
  - never: {set: {never: true}}
)"});
  CHECK(outcome_of(result) == R"({"got":"enough"})");
  CHECK(ended_at(result) == "2026-08-28T08:00");
  bool cancelled = false;
  for (const CloudEvent& event : result.trace) {
    cancelled = cancelled || (event.at("type") == "io.serverlessworkflow.task.cancelled.v1" &&
                              event.at("data").at("task") == "/do/0/both/fork/branches/0/waits");
  }
  CHECK(cancelled);
}

TEST_CASE("N4 a jump leads forward or backward within its list and nowhere else",
          "[conformance][N4]") {
  CHECK(steps_of(play({R"(
do:
  - a: {set: {n: 1}, then: c}
  - b: {set: {n: 2}, then: end}
  - c: {set: {n: 3}, then: b}
)"})) == "a c b");
  CHECK(faults_in(document_of("test", R"(
do:
  - a: {do: [{inner: {set: {x: 1}, then: b}}]}
  - b: {set: {x: 1}, then: inner}
)")) == "jump-out-of-list /do/0/a/do/0/inner/then\njump-out-of-list /do/1/b/then\n");
}

TEST_CASE("N5 after an uncaught error no later step runs", "[conformance][N5]") {
  const auto result = play({R"(
do:
  - bad: {raise: {error: {type: "https://x.example/e", status: 500}}}
  - never: {set: {never: true}}
)"});
  CHECK(outcome_of(result) == "faulted e /do/0/bad");
  CHECK(steps_of(result) == "bad");
}

TEST_CASE("do: an empty list gives its input, a full one the last step's output",
          "[conformance][do]") {
  CHECK(outcome_of(play({"do:\n  - nothing: {do: []}\n", R"({"kept": 1})"})) == R"({"kept":1})");
  CHECK(outcome_of(play({R"(
do:
  - outer:
      input: {from: "${ .list }"}
      do:
        - one: {set: "${ . + [1] }"}
        - two: {set: "${ . + [2] }"}
)",
                         R"({"list": [0]})"})) == "[0,1,2]");
}

TEST_CASE("set: an expression may give any type", "[conformance][set]") {
  CHECK(outcome_of(play({"do:\n  - one: {set: \"${ null }\"}\n"})) == "null");
  CHECK(outcome_of(play({"do:\n  - one: {set: \"${ [.] }\"}\n", "7"})) == "[7]");
}

TEST_CASE("switch: a case may end the list or the instance", "[conformance][switch]") {
  const std::string steps = R"(
do:
  - inner:
      do:
        - choose:
            switch:
              - stop: {when: "${ .n == 0 }", then: exit}
              - all: {when: "${ .n == 1 }", then: end}
              - on: {then: continue}
        - more: {set: "more"}
  - after: {set: "${ [.] }"}
)";
  CHECK(outcome_of(play({steps, R"({"n": 0})"})) == R"([{"n":0}])");
  CHECK(outcome_of(play({steps, R"({"n": 1})"})) == R"({"n":1})");
  CHECK(outcome_of(play({steps, R"({"n": 2})"})) == R"(["more"])");
}

TEST_CASE("for: an inline array is a collection, its expressions evaluated once",
          "[conformance][for]") {
  CHECK(outcome_of(play({R"(
do:
  - loop:
      for: {each: pet, in: [{name: "${ .first }"}, {name: Meo}]}
      do:
        - add: {set: "${ (if type == \"array\" then . else [] end) + [$pet.name] }"}
)",
                         R"({"first": "Vện"})"})) == R"(["Vện","Meo"])");
}

TEST_CASE("fork: the first branch to complete wins; a fault before that faults the fork",
          "[conformance][fork]") {
  const auto lost = play({R"(
do:
  - race:
      fork:
        compete: true
        branches:
          - slow: {wait: {minutes: 5}}
          - bad: {do: [{nap: {wait: {minutes: 1}}}, {no: {raise: {error: {type: "https://x.example/e", status: 500}}}}]}
)"});
  CHECK(outcome_of(lost) == "faulted e /do/0/race/fork/branches/1/bad/do/1/no");
  CHECK(ended_at(lost) == "2026-08-28T08:01");
}

TEST_CASE("wait: calendar parts of a duration count in the zone", "[conformance][wait][U2]") {
  CHECK(ended_at(play({"do:\n  - nap: {wait: P1M1DT1H}\n"})) == "2026-09-29T09:00");
  CHECK(ended_at(play({"do:\n  - nap: {wait: {days: 1, milliseconds: 60000}}\n"})) ==
        "2026-08-29T08:01");
}

TEST_CASE("raise: a named error, with expressions; the author's instance is kept beside",
          "[conformance][raise][R1]") {
  const auto result = play({R"(
use:
  errors:
    notFound: {type: "${ .kind }", status: 404, title: "${ \"no \" + .what }", instance: /mine}
do:
  - look: {raise: {error: notFound}}
)",
                            R"({"kind": "https://x.example/not-found", "what": "pet"})"});
  REQUIRE(result.state.error.has_value());
  CHECK(encode(*result.state.error) ==
        Json::parse(R"({"type": "https://x.example/not-found", "status": 404, "title": "no pet",
                        "instance": "/do/0/look", "raisedInstance": "/mine"})"));
}

TEST_CASE("timeout: a named one of the workflow faults the instance and cancels its steps",
          "[conformance][timeout]") {
  const auto result = play({R"(
timeout: short
use: {timeouts: {short: {after: {hours: 1}}}}
do:
  - guarded:
      try: [{nap: {wait: {days: 2}}}]
      catch: {do: [{never: {set: {never: true}}}]}
)"});
  CHECK(outcome_of(result) == "faulted timeout /");
  CHECK(result.state.error->status == 408);
  CHECK(ended_at(result) == "2026-08-28T09:00");
}

TEST_CASE("timeout: an expression gives its length", "[conformance][timeout]") {
  CHECK(ended_at(play({R"(
do:
  - slow: {timeout: {after: "${ .length }"}, do: [{nap: {wait: {days: 1}}}]}
)",
                       R"({"length": "PT10M"})"})) == "2026-08-28T08:10");
}

}  // namespace
}  // namespace kyhan::test
