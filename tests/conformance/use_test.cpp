// Functions, extensions and sub-workflows (checklist 1.4 and X1).

#include "tests/simulation/play.hpp"

namespace kyhan::test {
namespace {

TEST_CASE("call: a function of use.functions gets `with` as its input", "[conformance][call]") {
  const auto result = play({R"(
use:
  functions:
    add:
      input: {schema: {document: {type: object, required: [a, b]}}}
      set: {sum: "${ .a + .b }"}
      output: {as: "${ .sum }"}
do:
  - first: {call: add, with: {a: "${ .x }", b: 1}, output: {as: "${ {sum: ., before: $input.x} }"}}
  - second: {call: add, with: {a: "${ .sum }", b: 10}}
)",
                            R"({"x": 2})"});
  CHECK(outcome_of(result) == "13");
  CHECK(steps_of(result) == "first add second add");
}

TEST_CASE("call: a function's schema judges what it is given", "[conformance][call]") {
  CHECK(outcome_of(play({R"(
use: {functions: {strict: {input: {schema: {document: {type: object, required: [a]}}}, set: {x: 1}}}}
do:
  - bad: {call: strict, with: {b: 1}}
)"})) == "faulted validation /use/functions/strict");
}

TEST_CASE("call: without `with` a function gets the caller's input; errors can be caught",
          "[conformance][call]") {
  CHECK(outcome_of(play({R"(
use:
  functions:
    outer: {do: [{inner: {call: double}}]}
    double: {set: "${ . * 2 }"}
    fails: {raise: {error: {type: "https://x.example/e", status: 500}}}
do:
  - guarded:
      try: [{one: {call: outer}}, {two: {call: fails}}]
      catch: {do: [{ok: {set: "${ {n: ., at: $error.instance} }"}}]}
)",
                         "21"})) == R"({"at":"/use/functions/fails","n":21})");
}

TEST_CASE("call: functions that call themselves are refused", "[conformance][call]") {
  CHECK(faults_in(document_of("test", R"(
use: {functions: {a: {do: [{x: {call: b}}]}, b: {call: a}, c: {call: a}}}
do: [{x: {call: c}}]
)")) == "recursive-function /use/functions/a\nrecursive-function /use/functions/b\n");
  CHECK(faults_in(document_of("test", "do: [{x: {call: unheard}}]\n")) ==
        "unknown-function /do/0/x/call\n");
}

TEST_CASE("X1 an extension's steps run before and after the steps of its kind",
          "[conformance][X1]") {
  const auto result = play({R"(
use:
  extensions:
    - log:
        extend: set
        before: [{enter: {set: "${ {lost: true} }"}}]
        after: [{leave: {set: {seen: "${ . }"}, export: {as: "${ $context + {seen: $output.seen} }"}}}]
do:
  - one: {set: {n: "${ .n + 1 }"}}
  - two: {do: [{three: {set: {n: "${ .n + 1 }"}}}]}
  - last: {switch: [{x: {then: end}}]}
output: {as: "${ {n: .n, context: $context} }"}
)",
                            R"({"n": 1})"});
  CHECK(outcome_of(result) == R"({"context":{"seen":{"n":3}},"n":3})");
  CHECK(steps_of(result) == "enter one leave two enter three leave last");
}

TEST_CASE("X1 exit in `before` skips the step and gives the step's output", "[conformance][X1]") {
  const auto result = play({R"(
use:
  extensions:
    - mock:
        extend: raise
        when: "${ $task.raise.error.status == 503 }"
        before: [{answer: {set: {mocked: "${ $task.name }"}, then: exit}}, {never: {set: {x: 1}}}]
do:
  - down: {raise: {error: {type: "https://x.example/e", status: 503}}, then: last}
  - skipped: {set: {x: 1}}
  - last: {set: "${ [.] }"}
)"});
  CHECK(outcome_of(result) == R"([{"mocked":"down"}])");
  CHECK(steps_of(result) == "answer last");
}

TEST_CASE("X1 `when` looks at the step it would extend, by name and by definition",
          "[conformance][X1]") {
  const std::string steps = R"(
use:
  extensions:
    - only:
        extend: set
        when: )";
  const std::string rest = R"(
        before: [{told: {wait: {minutes: 1}}}]
do:
  - a: {set: {n: 1}}
  - b: {set: {n: 2}}
)";
  CHECK(steps_of(play({steps + "'${ $task.name == \"b\" }'" + rest})) == "a told b");
  CHECK(steps_of(play({steps + "'$task.set.n == 1'" + rest})) == "told a b");
  CHECK(steps_of(play({steps + "'${ $task.definition.set.n == 2 }'" + rest})) == "a told b");
  CHECK(steps_of(play({steps + "'${ $task.reference == \"/do/0/a\" }'" + rest})) == "told a b");
}

TEST_CASE("X1 several extensions nest; composite means do and fork; their own steps are left alone",
          "[conformance][X1]") {
  const auto result = play({R"(
use:
  extensions:
    - outer: {extend: all, before: [{b1: {set: {x: 1}}}], after: [{a1: {set: {x: 1}}}]}
    - inner: {extend: composite, before: [{b2: {do: [{deep: {set: {x: 1}}}]}}], after: [{a2: {set: {x: 1}}}]}
do:
  - group: {do: [{one: {set: {n: 1}}}]}
)"});
  CHECK(steps_of(result) == "b1 b2 deep group b1 one a1 a2 a1");
  CHECK(outcome_of(result) == R"({"n":1})");
}

TEST_CASE("X1 an extended step may jump, end the instance, wait and be a branch",
          "[conformance][X1]") {
  const std::string logged = R"(
use: {extensions: [{log: {extend: all, after: [{seen: {set: {x: 1}}}]}}]}
)";
  CHECK(steps_of(play({logged + R"(
do:
  - a: {set: {n: 1}, then: c}
  - b: {set: {n: 2}}
  - c: {switch: [{stop: {then: end}}]}
  - d: {set: {n: 4}}
)"})) == "a seen c seen");
  CHECK(outcome_of(play({logged + R"(
do:
  - both:
      fork:
        branches:
          - slow: {do: [{nap: {wait: {minutes: 5}}}, {x: {set: slow}}]}
          - fast: {set: fast}
)"})) == R"(["slow","fast"])");
}

TEST_CASE("X1 a fault in an extension is the extended step's", "[conformance][X1]") {
  CHECK(outcome_of(play({R"(
use: {extensions: [{bad: {extend: set, before: [{no: {raise: {error: {type: "https://x.example/e", status: 500}}}}]}}]}
do:
  - guarded: {try: [{a: {set: {n: 1}}}], catch: {do: [{told: {do: [], output: {as: "${ $error.instance }"}}}]}}
)"})) == R"("/use/extensions/0/bad/before/0/no")");
}

const std::vector<std::pair<std::string, std::string>> others = {
    {"double", "do: [{calc: {set: {twice: \"${ .n * 2 }\"}}}]\noutput: {as: \"${ .twice }\"}\n"},
    {"strict", "input: {schema: {document: {type: object, required: [a]}}}\ndo: []\n"},
    {"sleeper", "do: [{nap: {wait: {hours: 2}}}, {done: {set: rested}}]\n"},
    {"asks", R"(
do:
  - ask:
      call: humanTask:1.0.0@default
      with: {title: Duyệt, assignment: {mode: claim, candidates: [{role: head, unit: own}]}}
      output: {as: "${ .performer.user }"}
)"},
    {"again", "do: [{me: {run: {workflow: {namespace: test, name: again, version: latest}}}}]\n"}};

std::string running(const std::string& name, const std::string& more = "",
                    const std::string& input = "{n: \"${ .x }\"}") {
  return "do:\n  - sub:\n      run: {workflow: {namespace: test, name: " + name +
         ", version: latest, input: " + input + "}" + more + "}\n";
}

SimulationResult played(const std::string& steps, const std::string& input = "{}",
                        const std::string& answers = "[]") {
  Play given{steps, input, answers};
  given.others = others;
  return play(given);
}

TEST_CASE("run: a sub-workflow's output is the step's", "[conformance][run]") {
  const auto result = played(running("double") + "      output: {as: \"${ {got: .} }\"}\n",
                             R"({"x": 21})");
  CHECK(outcome_of(result) == R"({"got":42})");
  REQUIRE(result.others.size() == 1);
  CHECK(result.others[0].definition.version == "1.0.0");
  CHECK(result.others[0].unit == UnitId("so-a"));
}

TEST_CASE("run: a sub-workflow may wait for time and for people", "[conformance][run]") {
  const auto slept = played(running("sleeper"));
  CHECK(outcome_of(slept) == "\"rested\"");
  CHECK(ended_at(slept) == "2026-08-28T10:00");
  CHECK(outcome_of(played(running("asks"), "{}",
                          R"([{"task": "ask", "by": "binh", "after": "PT1H"}])")) == "\"binh\"");
}

TEST_CASE("run: a fault below is the same error here, at this step", "[conformance][run]") {
  const auto result = played(running("strict", "", "{b: 1}"));
  CHECK(outcome_of(result) == "faulted validation /do/0/sub");
  CHECK(result.state.error->status == 400);
  CHECK(result.state.error->extra.at("child").at("instance") == "/");
  CHECK(outcome_of(played(R"(
do:
  - guarded:
      try: [{sub: {run: {workflow: {namespace: test, name: strict, version: 1.0.0}}}}]
      catch: {errors: {with: {status: 400}}, do: [{ok: {set: caught}}]}
)")) == "\"caught\"");
}

TEST_CASE("run: without await the output is the input, and the other runs on its own",
          "[conformance][run]") {
  const auto result = played(running("sleeper", ", await: false") + "  - on: {set: \"${ [.] }\"}\n",
                             R"({"x": 1})");
  CHECK(outcome_of(result) == R"([{"x":1}])");
  CHECK(ended_at(result) == "2026-08-28T08:00");
  REQUIRE(result.others.size() == 1);
  CHECK_FALSE(result.others[0].ended_at);
}

TEST_CASE("run: ending the parent cancels what it waits for", "[conformance][run]") {
  const auto result = played(R"(
do:
  - slow:
      timeout: {after: {minutes: 30}}
      run: {workflow: {namespace: test, name: sleeper, version: latest}}
)");
  CHECK(outcome_of(result) == "faulted timeout /do/0/slow");
  REQUIRE(result.others.size() == 1);
  CHECK(result.others[0].status == InstanceStatus::cancelled);
}

TEST_CASE("run: an unknown workflow and endless nesting are errors", "[conformance][run]") {
  CHECK(outcome_of(played(running("nobody"))) == "faulted configuration /do/0/sub");
  CHECK(outcome_of(played(running("again"))) == "faulted runtime /do/0/sub");
  CHECK(faults_in(document_of("test", "do: [{x: {run: {workflow: {name: a}}}}]\n")) ==
        "required /do/0/x/run/workflow\nrequired /do/0/x/run/workflow\n");
}

}  // namespace
}  // namespace kyhan::test
