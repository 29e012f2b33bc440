// Expressions where they are evaluated (checklist E), beyond tests/core/definition_expressions_test.cpp.

#include "tests/simulation/play.hpp"

namespace kyhan::test {
namespace {

/// One `set` of this value, with this input.
std::string set_to(const std::string& value, const std::string& input = "{}") {
  return outcome_of(play({"do:\n  - one: {set: " + value + "}\n", input}));
}

TEST_CASE("E1 strict: only a whole string is an expression, spaces around it allowed",
          "[conformance][E1]") {
  CHECK(set_to(R"({a: "  ${ .n }  ", b: "n: ${ .n }", c: ".n", d: "${ "})", R"({"n": 1})") ==
        R"({"a":1,"b":"n: ${ .n }","c":".n","d":"${ "})");
}

TEST_CASE("E1 fields that are expressions take bare jq", "[conformance][E1]") {
  const auto result = play({R"(
input: {from: .wrapped}
output: {as: "{got: .}"}
do:
  - skipped: {if: .go == false, set: {x: 1}}
  - loop:
      for: {in: .list}
      while: $item < 3
      do: [{add: {set: "${ {list: .list, go: .go, sum: ((.sum // 0) + $item)} }"}}]
  - choose: {switch: [{enough: {when: .sum == 3, then: last}}, {no: {then: end}}]}
  - never: {set: {x: 1}}
  - last: {input: {from: .sum}, set: "${ . }", output: {as: ". + 1"}}
)",
                            R"({"wrapped": {"go": true, "list": [1, 2, 3, 4]}})"});
  CHECK(outcome_of(result) == R"({"got":4})");
}

TEST_CASE("E2 objects and arrays are walked to any depth, the rest is kept", "[conformance][E2]") {
  CHECK(set_to(R"({a: [{b: ["${ .n }", "x"]}], n: null, t: true, "k ${ .n }": 1})", R"({"n": 7})") ==
        R"({"a":[{"b":[7,"x"]}],"k ${ .n }":1,"n":null,"t":true})");
}

TEST_CASE("E2 text in data that looks like an expression is never evaluated",
          "[conformance][E2]") {
  CHECK(set_to(R"({a: "${ .evil }"})", R"({"evil": "${ .secret }", "secret": "s"})") ==
        R"({"a":"${ .secret }"})");
  CHECK(outcome_of(play({R"(
do:
  - one: {set: "${ .evil }"}
  - two: {set: {got: "${ . }"}}
)",
                         R"({"evil": "${ 1 + 1 }"})"})) == R"({"got":"${ 1 + 1 }"})");
}

TEST_CASE("E3 languages other than jq and modes nobody knows are refused", "[conformance][E3][D4]") {
  CHECK(faults_in(document_of("test", "evaluate: {language: js}\ndo: []\n")) ==
        "unknown-value /evaluate/language\n");
  CHECK(faults_in(document_of("test", "evaluate: {mode: lax}\ndo: []\n")) ==
        "unknown-value /evaluate/mode\n");
}

TEST_CASE("E4 a failing expression is an error of type expression at its step, and can be caught",
          "[conformance][E4]") {
  const auto result = play({"do:\n  - one: {set: '${ .x | error(\"no\") }'}\n", R"({"x": 1})"});
  CHECK(outcome_of(result) == "faulted expression /do/0/one");
  CHECK(result.state.error->status == 400);
  CHECK(outcome_of(play({R"(
do:
  - guarded:
      try: [{one: {set: "${ 1 + \"a\" }"}}]
      catch: {errors: {with: {status: 400}}, do: [{ok: {set: "${ $error.instance }"}}]}
)"})) == R"("/do/0/guarded/try/0/one")");
  CHECK(faults_in(document_of("test", "do:\n  - one: {set: '${ .a + }'}\n")) ==
        "expression-syntax /do/0/one/set\n");
  CHECK(faults_in(document_of("test", "do:\n  - one: {set: '${ nosuch(1) }'}\n")) ==
        "expression-unknown-name /do/0/one/set\n");
}

TEST_CASE("E6 each place sees its variables, others are null", "[conformance][E6]") {
  const auto result = play({R"(
input: {from: "${ . + {wf: $workflow.input.n, id: ($workflow.id != null), run: $runtime.name} }"}
output: {as: "${ . + {context: $context, input: $input} }"}
do:
  - one:
      if: "${ $context == {} and $task.name == \"one\" and $input == null }"
      input: {from: "${ {n: .n, wf: .wf, id: .id, run: .run, seen: $task.input.n} }"}
      set: {n: "${ $input.n }", wf: "${ .wf }", id: "${ .id }", run: "${ .run }", seen: "${ .seen }", out: "${ $output }"}
      output: {as: "${ . + {in: $input.n} }"}
      export: {as: "${ {kept: $output.in} }"}
)",
                            R"({"n": 3})"});
  CHECK(outcome_of(result) ==
        R"({"context":{"kept":3},"id":true,"in":3,"input":null,"n":3,"out":null,"run":"kyhan","seen":3,"wf":3})");
  CHECK(faults_in(document_of("test", "do: []\noutput: {as: '${ $input }'}\n")) ==
        "~variable-not-set /output/as\n");
}

TEST_CASE("E7 what `.` is at each stage", "[conformance][E7]") {
  CHECK(outcome_of(play({R"(
input: {from: "${ {raw: .} }"}
output: {as: "${ {last: ., context: $context} }"}
do:
  - one:
      if: "${ .raw == 1 }"
      input: {from: "${ {transformed: .raw} }"}
      set: {body: "${ . }"}
      output: {as: "${ {shaped: .} }"}
      export: {as: "${ {exported: .} }"}
)",
                         "1"})) ==
        R"({"context":{"exported":{"shaped":{"body":{"transformed":1}}}},"last":{"shaped":{"body":{"transformed":1}}}})");
}

TEST_CASE("E8 $workflow, $task and $runtime have their members", "[conformance][E8]") {
  const auto result = play({R"(
do:
  - one:
      input: {from: "${ .n }"}
      set:
        workflow: "${ $workflow | {id, input, name: .definition.document.name, at: .startedAt.iso8601} }"
        task: "${ $task | {name, reference, input, kind: (.definition | has(\"set\"))} }"
        epoch: "${ $task.startedAt.epoch.seconds * 1000 == $task.startedAt.epoch.milliseconds }"
        runtime: "${ $runtime | keys }"
      output: {as: "${ . + {raw: ($task.output | keys)} }"}
)",
                            R"({"n": 5})"});
  CHECK(
      outcome_of(result) ==
      R"({"epoch":true,"raw":["epoch","runtime","task","workflow"],"runtime":["metadata","name","version"],)"
      R"("task":{"input":{"n":5},"kind":true,"name":"one","reference":"/do/0/one"},)"
      R"("workflow":{"at":"2026-08-28T01:00:00Z","id":"run","input":{"n":5},"name":"test"}})");
}

TEST_CASE("E9 loop variables are seen in all nested scopes, hide outer ones and vanish",
          "[conformance][E9]") {
  CHECK(outcome_of(play({R"(
do:
  - outer:
      for: {in: "${ [1, 2] }", each: x, at: i}
      do:
        - inner:
            for: {in: "${ [10, 20] }", each: x}
            do: [{add: {set: "${ (if type == \"array\" then . else [] end) + [$x + $i + $index] }"}}]
        - after: {set: "${ . + [$x] }"}
)"})) == "[10,21,1,11,22,2]");
  CHECK(faults_in(document_of("test", R"(
do:
  - loop: {for: {in: "${ [1] }", each: x}, do: [{a: {set: "${ $x }"}}]}
  - late: {set: "${ $x }"}
)")) == "unknown-variable /do/1/late/set\n");
}

TEST_CASE("E24 the first result counts; none is null for data and false for conditions",
          "[conformance][E4]") {
  CHECK(set_to(R"({a: "${ .[] }", b: "${ empty }"})", "[5, 6]") == R"({"a":5,"b":null})");
  CHECK(outcome_of(play({"do:\n  - one: {if: '${ empty }', set: {x: 1}}\n", "7"})) == "7");
}

}  // namespace
}  // namespace kyhan::test
