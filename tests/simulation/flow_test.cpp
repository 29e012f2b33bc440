// Control flow and data flow of the language, line by line (F, N and the task types).

#include "tests/simulation/play.hpp"

namespace kyhan::test {
namespace {

TEST_CASE("set replaces the data; the next step gets it", "[simulation][F3][set]") {
  CHECK(outcome_of(play({R"(
do:
  - first: {set: {a: "${ .x + 1 }", b: [1, "${ .x }"]}}
  - second: {set: "${ .a * 10 }"}
)",
                         R"({"x": 2})"})) == "30");
}

TEST_CASE("if false skips: output is the raw input and `then` is ignored", "[simulation][F6]") {
  const auto result = play({R"(
do:
  - skipped: {if: "${ .go }", set: {never: true}, then: end}
  - last: {set: {seen: "${ .go }"}}
)",
                            R"({"go": false})"});
  CHECK(outcome_of(result) == R"({"seen":false})");
  CHECK(steps_of(result) == "last");
}

TEST_CASE("input.from shapes what the body sees, output.as what comes out", "[simulation][F1]") {
  CHECK(outcome_of(play({R"(
do:
  - one:
      input: {from: "${ {n: .deep.n} }"}
      set: {twice: "${ .n * 2 }"}
      output: {as: "${ {in: $input.n, out: .twice, raw: $task.input.deep.n} }"}
)",
                         R"({"deep": {"n": 4}})"})) == R"({"in":4,"out":8,"raw":4})");
}

TEST_CASE("export replaces the context, which later steps see", "[simulation][F4]") {
  CHECK(outcome_of(play({R"(
do:
  - one: {set: {n: 1}, export: {as: "${ $context + {kept: $output.n} }"}}
  - two: {set: {n: 2}, export: {as: "${ $context + {also: .n} }"}}
  - three: {set: "${ $context }"}
)"})) == R"({"also":2,"kept":1})");
}

TEST_CASE("the workflow's own input and output are shaped too", "[simulation][F2]") {
  CHECK(outcome_of(play({R"(
input: {from: "${ .list }"}
output: {as: "${ {count: length, context: $context} }"}
do:
  - one: {set: "${ . + [4] }"}
)",
                         R"({"list": [1, 2, 3]})"})) == R"({"context":{},"count":4})");
}

TEST_CASE("input against the schema faults before the first step", "[simulation][F2]") {
  const auto result = play({R"(
input:
  schema: {document: {type: object, required: [name]}}
do:
  - one: {set: {x: 1}}
)"});
  CHECK(outcome_of(result) == "faulted validation /");
  CHECK(steps_of(result).empty());
}

TEST_CASE("then jumps forward and backward in its own list", "[simulation][N4]") {
  const auto result = play({R"(
do:
  - count: {set: {n: "${ .n + 1 }"}}
  - again: {switch: [{more: {when: "${ .n < 3 }", then: count}}, {done: {then: last}}]}
  - never: {set: {x: 1}}
  - last: {set: "${ .n }"}
)",
                            R"({"n": 0})"});
  CHECK(outcome_of(result) == "3");
  CHECK(steps_of(result) == "count again count again count again last");
}

TEST_CASE("exit ends its list only, end the whole instance", "[simulation][N2][N3]") {
  CHECK(outcome_of(play({R"(
do:
  - inner:
      do:
        - a: {set: {a: 1}, then: exit}
        - b: {set: {b: 1}}
  - after: {set: "${ . + {after: true} }"}
)"})) == R"({"a":1,"after":true})");
  CHECK(outcome_of(play({R"(
output: {as: "${ {shaped: .} }"}
do:
  - inner:
      do:
        - a: {set: {a: 1}, then: end}
  - after: {set: {never: true}}
)"})) == R"({"shaped":{"a":1}})");
}

TEST_CASE("a switch takes the first true case, then the default, then its own then",
          "[simulation][switch]") {
  const std::string steps = R"(
do:
  - choose:
      switch:
        - otherwise: {then: three}
        - one: {when: "${ .n == 1 }", then: one}
        - two: {when: ".n == 2", then: two}
  - one: {set: "one", then: end}
  - two: {set: "two", then: end}
  - three: {set: "three"}
)";
  CHECK(outcome_of(play({steps, R"({"n": 1})"})) == "\"one\"");
  CHECK(outcome_of(play({steps, R"({"n": 2})"})) == "\"two\"");
  CHECK(outcome_of(play({steps, R"({"n": 9})"})) == "\"three\"");
  CHECK(outcome_of(play({R"(
do:
  - choose: {switch: [{never: {when: "${ false }", then: end}}], then: last}
  - middle: {set: "middle"}
  - last: {set: "last"}
)"})) == "\"last\"");
}

TEST_CASE("for chains its iterations; while is asked before each", "[simulation][for]") {
  CHECK(outcome_of(play({R"(
do:
  - loop:
      for: {each: color, in: "${ .colors }"}
      do:
        - add: {set: "${ {colors: .colors, seen: ((.seen // []) + [{color: $color, index: $index}])} }"}
  - last: {set: "${ .seen }"}
)",
                         R"({"colors": ["red", "green"]})"})) ==
        R"([{"color":"red","index":0},{"color":"green","index":1}])");
  CHECK(outcome_of(play({R"(
do:
  - loop:
      for: {in: "${ [1, 2, 3, 4] }", each: n, at: i}
      while: "${ $n < 3 }"
      do:
        - add: {set: "${ (if type == \"number\" then . else 0 end) + $n }"}
)"})) == "3");
  CHECK(outcome_of(play({R"(
do:
  - loop: {for: {in: "${ [] }"}, do: [{add: {set: {never: true}}}]}
)",
                         R"({"kept": 1})"})) == R"({"kept":1})");
  CHECK(outcome_of(play({R"(
do:
  - loop: {for: {in: "${ .x }"}, do: [{add: {set: {x: 1}}}]}
)",
                         R"({"x": 5})"})) == "faulted expression /do/0/loop");
}

TEST_CASE("fork joins in declared order; compete takes the first to finish", "[simulation][fork]") {
  CHECK(outcome_of(play({R"(
do:
  - both:
      fork:
        branches:
          - slow: {do: [{nap: {wait: {minutes: 5}}}, {a: {set: "slow"}}]}
          - fast: {set: "fast"}
)"})) == R"(["slow","fast"])");
  const auto race = play({R"(
do:
  - race:
      fork:
        compete: true
        branches:
          - slow: {do: [{nap: {wait: {hours: 5}}}, {a: {set: "slow"}}]}
          - fast: {do: [{nap: {wait: {minutes: 1}}}, {b: {set: "fast"}}]}
)"});
  CHECK(outcome_of(race) == "\"fast\"");
  CHECK(ended_at(race) == "2026-08-28T08:01");
}

TEST_CASE("a fault in a branch faults the fork and cancels the others", "[simulation][fork]") {
  const auto result = play({R"(
do:
  - guarded:
      try:
        - both:
            fork:
              branches:
                - waits: {wait: {days: 9}}
                - fails: {raise: {error: {type: "https://x.example/broken", status: 418}}}
      catch:
        as: e
        do: [{told: {set: {status: "${ $e.status }", at: "${ $e.instance }"}}}]
)"});
  CHECK(outcome_of(result) ==
        R"({"at":"/do/0/guarded/try/0/both/fork/branches/1/fails","status":418})");
  CHECK(ended_at(result) == "2026-08-28T08:00");
}

TEST_CASE("raise fills in the pointer of its step", "[simulation][raise]") {
  const auto result = play({R"(
do:
  - raiseError:
      raise: {error: {type: "https://x.example/e", status: 400, title: "${ .why }", detail: d}}
)",
                            R"({"why": "because"})"});
  REQUIRE(result.state.error.has_value());
  CHECK(encode(*result.state.error) ==
        Json::parse(R"({"type": "https://x.example/e", "status": 400, "title": "because",
                        "detail": "d", "instance": "/do/0/raiseError"})"));
}

TEST_CASE("catch filters by every member, the known roots of types being equal",
          "[simulation][try]") {
  const auto caught = [](const std::string& filter) {
    return outcome_of(play({R"(
do:
  - guarded:
      try: [{bad: {set: "${ .x | error(\"no\") }"}}]
      catch: {errors: {with: )" +
                            filter + R"(}, do: [{ok: {set: "caught"}}]}
)"}));
  };
  CHECK(caught("{type: 'https://serverlessworkflow.io/spec/1.0.0/errors/expression'}") ==
        "\"caught\"");
  CHECK(
      caught("{type: 'https://serverlessworkflow.io/dsl/errors/types/expression', status: 400}") ==
      "\"caught\"");
  CHECK(caught("{status: 503}") == "faulted expression /do/0/guarded/try/0/bad");
}

TEST_CASE("retry runs the whole list again; when exhausted catch.do runs", "[simulation][retry]") {
  const auto result = play({R"(
do:
  - guarded:
      try:
        - bad: {raise: {error: {type: "https://x.example/e", status: 500}}}
      catch:
        retry:
          delay: {minutes: 1}
          backoff: {exponential: {}}
          limit: {attempt: {count: 3}}
        do: [{gaveUp: {set: "gave up"}}]
)"});
  CHECK(outcome_of(result) == "\"gave up\"");
  CHECK(steps_of(result) == "guarded bad bad bad bad gaveUp");
  CHECK(ended_at(result) == "2026-08-28T08:07");  // 1 + 2 + 4 minutes.
}

TEST_CASE("caught without do or retry gives the try's input", "[simulation][try]") {
  CHECK(outcome_of(play({R"(
do:
  - guarded:
      try: [{a: {set: {lost: 1}}}, {bad: {raise: {error: {type: "https://x.example/e", status: 500}}}}]
      catch: {}
)",
                         R"({"kept": 1})"})) == R"({"kept":1})");
}

TEST_CASE("a wait resumes after its time with its input", "[simulation][wait]") {
  const auto result = play({R"(
do:
  - nap: {wait: {days: 1, hours: 2}}
  - more: {wait: "${ .length }"}
)",
                            R"({"length": "PT30M"})"});
  CHECK(outcome_of(result) == R"({"length":"PT30M"})");
  CHECK(ended_at(result) == "2026-08-29T10:30");
}

TEST_CASE("a timeout of a task is an error its enclosing try can catch", "[simulation][timeout]") {
  const auto result = play({R"(
do:
  - guarded:
      try:
        - slow: {timeout: {after: {minutes: 10}}, do: [{nap: {wait: {days: 1}}}]}
      catch:
        errors: {with: {type: "https://serverlessworkflow.io/spec/1.0.0/errors/timeout", status: 408}}
        do: [{late: {set: "late"}}]
)"});
  CHECK(outcome_of(result) == "\"late\"");
  CHECK(ended_at(result) == "2026-08-28T08:10");
}

TEST_CASE("emit gives the event, and it leaves", "[simulation][emit]") {
  const auto result = play({R"(
do:
  - tell:
      emit: {event: {with: {source: "https://x.example", type: org.example.reward.granted.v1, data: {n: "${ .n }"}}}}
)",
                            R"({"n": 7})"});
  const Json& event = result.state.output;
  CHECK(event.at("specversion") == "1.0");
  CHECK(event.at("data") == Json{{"n", 7}});
  CHECK(event.contains("id"));
  CHECK(event.contains("time"));
}

TEST_CASE("listen one, any and all give arrays of what they took", "[simulation][listen]") {
  const std::vector<std::string> events = {
      R"({"specversion": "1.0", "id": "1", "type": "a", "data": {"n": 1}, "time": "2026-08-28T03:00:00Z"})",
      R"({"specversion": "1.0", "id": "2", "type": "b", "data": {"n": 2}, "time": "2026-08-28T04:00:00Z"})"};
  CHECK(outcome_of(play({R"(
do:
  - hear: {listen: {to: {one: {with: {type: b}}}}}
)",
                         "{}", "[]", events})) == R"([{"n":2}])");
  CHECK(outcome_of(play({R"(
do:
  - hear: {listen: {to: {all: [{with: {type: b}}, {with: {type: a}}]}}}
)",
                         "{}", "[]", events})) == R"([{"n":1},{"n":2}])");
  CHECK(outcome_of(play({R"(
do:
  - hear: {listen: {to: {any: [{with: {type: b, data: "${ .n > 1 }"}}, {with: {type: c}}]}, read: envelope}}
  - id: {set: "${ .[0].id }"}
)",
                         "{}", "[]", events})) == "\"2\"");
  CHECK(outcome_of(play({R"(
do:
  - hear: {listen: {to: {one: {with: {type: "^[b-z]+$"}}}}}
)",
                         "{}", "[]", events})) == R"([{"n":2}])");
  CHECK(outcome_of(play({R"(
do:
  - hear: {listen: {to: {one: {with: {type: never}}}}}
)",
                         "{}", "[]", events})) == "waiting");
}

TEST_CASE("listen until and foreach work through events one by one", "[simulation][listen]") {
  const std::vector<std::string> events = {R"({"id": "1", "type": "t", "data": 1})",
                                           R"({"id": "2", "type": "t", "data": 2})",
                                           R"({"id": "3", "type": "t", "data": 3})"};
  CHECK(outcome_of(play({R"(
do:
  - hear:
      listen: {to: {any: [{with: {type: t}}], until: "${ length == 2 }"}}
)",
                         "{}", "[]", events})) == "[1,2]");
  CHECK(outcome_of(play({R"(
do:
  - hear:
      listen: {to: {any: [{with: {type: t}}], until: "${ length == 3 }"}}
      foreach:
        item: n
        do: [{nap: {wait: {minutes: 1}}}, {twice: {set: "${ $n * 2 }"}}]
)",
                         "{}", "[]", events})) == "[2,4,6]");
}

TEST_CASE("correlation holds events of one activation together", "[simulation][listen]") {
  CHECK(outcome_of(play({R"(
do:
  - hear:
      listen:
        to:
          all:
            - {with: {type: order}, correlate: {order: {from: "${ .data.id }"}}}
            - {with: {type: paid}, correlate: {order: {from: "${ .data.id }"}}}
)",
                         "{}",
                         "[]",
                         {R"({"id": "1", "type": "order", "data": {"id": 7}})",
                          R"({"id": "2", "type": "paid", "data": {"id": 8}})",
                          R"({"id": "3", "type": "paid", "data": {"id": 7}})"}})) ==
        R"([{"id":7},{"id":7}])");
}

TEST_CASE("an endless loop faults when its budget of steps is spent", "[simulation][N4]") {
  const auto result = play({R"(
do:
  - a: {set: {x: 1}}
  - b: {set: {x: 1}, then: a}
)"});
  REQUIRE(result.state.error.has_value());
  CHECK(result.state.error->status == 500);
  CHECK(result.state.steps_run >= steps_per_instance_max);
}

TEST_CASE("no try catches a spent budget of steps, however often it retries",
          "[simulation][retry]") {
  const auto result = play({R"(
do:
  - guarded:
      try: [{bad: {raise: {error: {type: "https://x.example/e", status: 500}}}}]
      catch: {retry: {delay: {seconds: 0}}}
)"});
  REQUIRE(result.state.error.has_value());
  CHECK(result.state.error->type.ends_with("/runtime"));
}

TEST_CASE("a condition that is not a boolean is an expression error", "[simulation][E4]") {
  CHECK(outcome_of(play({R"(
do:
  - odd: {if: "${ 1 }", set: {x: 1}}
)"})) == "faulted expression /do/0/odd");
}

TEST_CASE("the trace names each executed step with created, started and an end",
          "[simulation][L2]") {
  const auto result = play({R"(
do:
  - outer: {do: [{inner: {set: {x: 1}}}]}
)"});
  std::string told;
  for (const CloudEvent& event : result.trace) {
    const std::string type = event.at("type");
    told += type.substr(22, type.size() - 25) + " " + event.at("data").value("task", "") + "\n";
  }
  CHECK(told ==
        "workflow.started \n"
        "task.created /do/0/outer\n"
        "task.started /do/0/outer\n"
        "task.created /do/0/outer/do/0/inner\n"
        "task.started /do/0/outer/do/0/inner\n"
        "task.completed /do/0/outer/do/0/inner\n"
        "task.completed /do/0/outer\n"
        "workflow.completed \n");
}

TEST_CASE("lifecycle events leave only for definitions that ask for them", "[simulation][L1]") {
  const auto keys = [](const std::string& level) {
    std::string told;
    for (const CloudEvent& event : play({"do:\n  - one: {set: {secret: 1}}\n",
                                         "{}",
                                         "[]",
                                         {},
                                         "2026-08-28T08:00:00+07:00",
                                         level})
                                       .published) {
      const std::string type = event.at("type");
      if (!type.starts_with("io.serverlessworkflow.")) continue;
      CHECK_FALSE(event.at("data").contains("output"));
      told += type.substr(22, type.size() - 25) + " ";
    }
    return told;
  };
  CHECK(keys("none").empty());
  CHECK(keys("workflow") == "workflow.started workflow.completed ");
  CHECK(keys("all") ==
        "workflow.started task.created task.started task.completed workflow.completed ");
}

}  // namespace
}  // namespace kyhan::test
