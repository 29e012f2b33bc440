// Data flow (checklist F), beyond tests/simulation/flow_test.cpp.

#include "tests/simulation/play.hpp"

namespace kyhan::test {
namespace {

TEST_CASE("F1 the stages of a step, in order: a schema that fails stops what follows",
          "[conformance][F1]") {
  const auto step = [](const std::string& parts, const std::string& input) {
    return outcome_of(play({"do:\n  - one:\n      set: {n: \"${ .n }\"}\n" + parts, input}));
  };
  const std::string number = "{document: {type: object, properties: {n: {type: number}}}}";
  // input.schema judges what comes in raw, before input.from could repair it.
  CHECK(step("      input: {schema: " + number + ", from: '${ {n: 1} }'}\n", R"({"n": "x"})") ==
        "faulted validation /do/0/one");
  CHECK(step("      input: {schema: " + number + ", from: '${ {n: \"y\"} }'}\n", R"({"n": 1})") ==
        R"({"n":"y"})");
  // output.schema judges what output.as has made.
  CHECK(step("      output: {as: '${ {n: 1} }', schema: " + number + "}\n", R"({"n": "x"})") ==
        R"({"n":1})");
  CHECK(step("      output: {as: '${ {n: \"x\"} }', schema: " + number + "}\n", R"({"n": 1})") ==
        "faulted validation /do/0/one");
  // export.schema judges the new context.
  CHECK(step("      export: {as: '${ {n: \"x\"} }', schema: " + number + "}\n", R"({"n": 1})") ==
        "faulted validation /do/0/one");
}

TEST_CASE("F2 the workflow's own schemas judge raw input and shaped output", "[conformance][F2]") {
  const std::string schema = "{document: {type: object, required: [ok]}}";
  CHECK(outcome_of(play({"input: {schema: " + schema + ", from: '${ 1 }'}\ndo: []\n",
                         R"({"no": 1})"})) == "faulted validation /");
  CHECK(outcome_of(play({"output: {schema: " + schema + "}\ndo:\n  - one: {set: {no: 1}}\n"})) ==
        "faulted validation /");
  CHECK(outcome_of(play({"output: {as: '${ {ok: .} }', schema: " + schema +
                         "}\ndo:\n  - one: {set: {no: 1}}\n"})) == R"({"ok":{"no":1}})");
}

TEST_CASE("F3 the output of a step is the raw input of the one that runs next, also over a jump",
          "[conformance][F3]") {
  CHECK(outcome_of(play({R"(
do:
  - a: {set: {from: a}, then: c}
  - b: {set: "${ . + {b: $task.input.from} }", then: end}
  - c: {do: [{d: {set: "${ {from: \"d\", had: .from} }"}}], then: b}
)"})) == R"({"b":"d","from":"d","had":"a"})");
}

TEST_CASE("F4 export replaces the context; nested and later steps see it", "[conformance][F4]") {
  CHECK(outcome_of(play({R"(
do:
  - one: {set: {n: 1}, export: {as: "${ {a: $output.n} }"}}
  - two: {do: [{deep: {set: {n: "${ $context.a + 1 }"}, export: {as: "${ {b: .n} }"}}}]}
  - three: {set: "${ $context }"}
)"})) == R"({"b":2})");
}

TEST_CASE("F5 a schema may name its draft; another format or an unsound schema is refused",
          "[conformance][F5]") {
  CHECK(faults_in(document_of(
            "test", "input: {schema: {format: 'json:2020-12', document: {type: object}}}\ndo: []\n"))
            .empty());
  CHECK(faults_in(document_of("test",
                              "input: {schema: {format: avro, document: {type: object}}}\ndo: []\n")) ==
        "unknown-value /input/schema/format\n");
  CHECK(faults_in(document_of("test", "input: {schema: {document: {type: 5}}}\ndo: []\n"))
            .find("/input/schema/document/type") != std::string::npos);
}

TEST_CASE("F6 a step that is skipped does none of its data flow and has no lifecycle",
          "[conformance][F6]") {
  const auto result = play({R"(
do:
  - skipped:
      if: "${ false }"
      input: {schema: {document: {type: string}}, from: "${ error }"}
      set: {x: 1}
      output: {as: "${ error }"}
      export: {as: "${ error }"}
      then: end
  - next: {set: "${ [.] }"}
)",
                            "7"});
  CHECK(outcome_of(result) == "[7]");
  CHECK(steps_of(result) == "next");
}

TEST_CASE("F7 numbers, texts, arrays and null flow unchanged", "[conformance][F7]") {
  for (const char* value : {"7", "\"text\"", "[1,[2]]", "null", "true", "0.5"}) {
    CHECK(outcome_of(play({R"(
do:
  - one: {do: []}
  - two: {wait: {seconds: 1}}
  - three: {switch: [{on: {then: continue}}]}
  - four: {fork: {branches: [{a: {do: []}}], compete: true}}
  - five: {set: "${ . }", input: {from: "${ . }"}, output: {as: "${ . }"}}
)",
                           value})) == value);
  }
}

}  // namespace
}  // namespace kyhan::test
