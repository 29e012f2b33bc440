// try, catch and retry (checklist 1.4, rulings 13 to 21).

#include "tests/simulation/play.hpp"

namespace kyhan::test {
namespace {

const std::string failing =
    "[{bad: {raise: {error: {type: 'https://x.example/e', status: 503, title: Down}}}}]";

std::string guarded(const std::string& caught) {
  return "do:\n  - guarded:\n      try: " + failing + "\n      catch: " + caught +
         "\n  - after: {set: \"${ [.] }\"}\n  - last: {set: \"${ {last: .} }\"}\n";
}

TEST_CASE("catch: errors.with, when and exceptWhen must all agree", "[conformance][try]") {
  const auto outcome = [](const std::string& caught) { return outcome_of(play({guarded(caught)})); };
  CHECK(outcome("{errors: {with: {status: 503}}, when: '.status == 503'}") == R"({"last":[{}]})");
  CHECK(outcome("{errors: {with: {status: 503}}, when: '${ .title == \"Up\" }'}") ==
        "faulted e /do/0/guarded/try/0/bad");
  CHECK(outcome("{exceptWhen: '${ $error.status == 503 }'}") ==
        "faulted e /do/0/guarded/try/0/bad");
  CHECK(outcome("{errors: {with: {title: Down, status: 404}}}") ==
        "faulted e /do/0/guarded/try/0/bad");
}

TEST_CASE("catch: `details` of a filter means the error's `detail`", "[conformance][try]") {
  CHECK(outcome_of(play({R"(
do:
  - guarded:
      try: [{bad: {raise: {error: {type: "https://x.example/e", status: 500, detail: why}}}}]
      catch: {errors: {with: {details: why}}, do: [{ok: {set: caught}}]}
)"})) == "\"caught\"");
}

TEST_CASE("catch: known roots of standard error types are equal", "[conformance][try][R1]") {
  for (const char* root : {"https://serverlessworkflow.io/spec/1.0.0/errors/",
                           "https://serverlessworkflow.io/dsl/errors/types/",
                           "https://open-workflow-specification.org/spec/1.0.0/errors/",
                           "https://open-workflow-specification.org/dsl/errors/types/"}) {
    CHECK(outcome_of(play({std::string(R"(
do:
  - guarded:
      try: [{slow: {timeout: {after: {seconds: 1}}, do: [{nap: {wait: {seconds: 9}}}]}}]
      catch: {errors: {with: {type: ")") +
                           root + R"(timeout"}}, do: [{ok: {set: caught}}]}
)"})) == "\"caught\"");
  }
}

TEST_CASE("catch: the error is `$error` or what `as` names, in its list alone",
          "[conformance][try][E9]") {
  CHECK(outcome_of(play({guarded("{do: [{tell: {set: '${ $error.status }'}}]}")})) ==
        R"({"last":[503]})");
  CHECK(outcome_of(play({guarded("{as: oops, do: [{tell: {set: '${ $oops.title }'}}]}")})) ==
        R"({"last":["Down"]})");
  CHECK(faults_in(document_of("test", guarded("{as: oops}") +
                                          "  - late: {set: \"${ $oops }\"}\n")) ==
        "unknown-variable /do/3/late/set\n");
}

TEST_CASE("catch: a fault inside catch.do goes on outward", "[conformance][try]") {
  CHECK(outcome_of(play({guarded(
            "{do: [{worse: {raise: {error: {type: 'https://x.example/f', status: 500}}}}]}")})) ==
        "faulted f /do/0/guarded/catch/do/0/worse");
}

TEST_CASE("catch.then leads the error's way elsewhere, with or without catch.do",
          "[conformance][try]") {
  const auto jumped = play({guarded("{do: [{ok: {set: caught}}], then: last}")});
  CHECK(outcome_of(jumped) == R"({"last":"caught"})");
  CHECK(steps_of(jumped) == "guarded bad ok last");
  CHECK(outcome_of(play({guarded("{then: last}"), R"({"kept": 1})"})) == R"({"last":{"kept":1}})");
  CHECK(outcome_of(play({guarded("{do: [{ok: {set: caught}}], then: end}")})) == "\"caught\"");
  CHECK(faults_in(document_of("test", guarded("{then: nowhere}"))) ==
        "unknown-step /do/0/guarded/catch/then\n");
  // Without an error the step's own `then` counts.
  CHECK(outcome_of(play({R"(
do:
  - guarded: {try: [{fine: {set: fine}}], catch: {then: end}}
  - after: {set: "${ [.] }"}
)"})) == R"(["fine"])");
}

std::string retried(const std::string& policy) {
  return "do:\n  - guarded:\n      try: " + failing + "\n      catch:\n        retry: " + policy +
         "\n        do: [{gaveUp: {set: gave up}}]\n";
}

TEST_CASE("retry: constant, linear and exponential delays", "[conformance][retry]") {
  const auto ended = [](const std::string& backoff) {
    return ended_at(play({retried("{delay: {minutes: 2}, backoff: {" + backoff +
                                  ": {}}, limit: {attempt: {count: 3}}}")}));
  };
  CHECK(ended("constant") == "2026-08-28T08:06");      // 2 + 2 + 2
  CHECK(ended("linear") == "2026-08-28T08:12");        // 2 + 4 + 6
  CHECK(ended("exponential") == "2026-08-28T08:14");   // 2 + 4 + 8
}

TEST_CASE("retry: when and exceptWhen are asked before each", "[conformance][retry]") {
  const auto runs = [](const std::string& gate) {
    return steps_of(play({retried("{" + gate + ", limit: {attempt: {count: 2}}}")}));
  };
  CHECK(runs("when: '${ .status == 503 }'") == "guarded bad bad bad gaveUp");
  CHECK(runs("when: '${ .status == 404 }'") == "guarded bad gaveUp");
  CHECK(runs("exceptWhen: '${ $error.status == 503 }'") == "guarded bad gaveUp");
}

TEST_CASE("retry: a policy by name; each retry starts from the try's own input",
          "[conformance][retry]") {
  const auto result = play({R"(
use: {retries: {twice: {delay: PT1M, limit: {attempt: {count: 2}}}}}
do:
  - guarded:
      try:
        - add: {set: {n: "${ .n + 1 }"}}
        - bad: {raise: {error: {type: "https://x.example/e", status: 500, detail: "${ .n | tostring }"}}}
      catch: {retry: twice, do: [{tell: {set: {n: "${ .n }", detail: "${ $error.detail }"}}}]}
)",
                            R"({"n": 5})"});
  CHECK(outcome_of(result) == R"({"detail":"6","n":5})");
  CHECK(ended_at(result) == "2026-08-28T08:02");
}

TEST_CASE("retry: limit.duration bounds all of it", "[conformance][retry]") {
  const auto result =
      play({retried("{delay: {minutes: 4}, limit: {duration: {minutes: 10}}}")});
  CHECK(steps_of(result) == "guarded bad bad bad gaveUp");
  CHECK(ended_at(result) == "2026-08-28T08:08");
}

TEST_CASE("retry: limit.attempt.duration ends a retry that lasts too long",
          "[conformance][retry]") {
  // The first run fails at once; the retry would wait an hour but is given five minutes.
  const auto result = play({R"(
do:
  - guarded:
      try:
        - first: {switch: [{again: {when: "${ $context.tried == true }", then: slow}}, {once: {then: continue}}]}
        - bad:
            do: [{mark: {set: {x: 1}, export: {as: "${ {tried: true} }"}}}, {no: {raise: {error: {type: "https://x.example/e", status: 500}}}}]
        - slow: {wait: {hours: 1}}
      catch:
        retry: {limit: {attempt: {count: 1, duration: {minutes: 5}}}}
        do: [{late: {set: "${ $error.type | split(\"/\") | last }"}}]
)"});
  CHECK(outcome_of(result) == "\"timeout\"");
  CHECK(ended_at(result) == "2026-08-28T08:05");
}

TEST_CASE("retry: jitter adds between from and to", "[conformance][retry]") {
  // The simulation's chance is 0: the least is added.
  CHECK(ended_at(play({retried("{delay: {minutes: 1}, jitter: {from: {minutes: 2}, to: {minutes: "
                               "9}}, limit: {attempt: {count: 1}}}")})) == "2026-08-28T08:03");
}

}  // namespace
}  // namespace kyhan::test
