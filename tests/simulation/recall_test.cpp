// Recall: what is undone, what of others stays, and what refuses it.

#include "tests/simulation/play.hpp"

namespace kyhan::test {
namespace {

const std::string draft_then_decide = R"(
do:
  - draft:
      call: humanTask:1.0.0@default
      with:
        title: Draft
        assignment: {mode: claim, candidates: [{role: specialist, unit: so-a}]}
        outcomes: [{id: submit}, {id: drop}]
      export: {as: "${ $context + {drafted: .outcome} }"}
  - decide:
      call: humanTask:1.0.0@default
      with:
        title: Decide
        assignment: {mode: claim, candidates: [{role: head, unit: so-a}]}
        due: {workingDays: 5}
        reminders: [{offset: {workingDays: -2}, to: [assignee]}]
  - tell: {set: "${ [$context.drafted, .performer.user] }"}
)";

TEST_CASE("an answer that nobody has built on is taken back, and given anew",
          "[simulation][recall]") {
  for (const char* when : {"PT5S", "P1D", "P4D"}) {  // The last one after a reminder.
    CAPTURE(when);
    const std::string later = when;
    const auto result = play({draft_then_decide, "{}",
                              R"([
      {"task": "draft", "by": "an", "outcome": "submit"},
      {"task": "draft", "by": "an", "action": "recall", "comment": "Nhầm", "after": ")" +
                                  later + R"("},
      {"task": "draft", "by": "an", "outcome": "drop", "after": ")" +
                                  later + R"("},
      {"task": "decide", "by": "binh", "after": "P9D"}])"});
    CHECK(refusals(result).empty());
    CHECK(outcome_of(result) == R"(["drop","binh"])");
    std::string states;
    for (const Event& event : result.journal) {
      if (const auto* ended = std::get_if<TaskEnded>(&event)) states += ended->reason + " ";
      if (std::holds_alternative<AnswerRecalled>(event)) states += "recalled ";
      if (std::holds_alternative<TaskCompleted>(event)) states += "completed ";
    }
    CHECK(states == "completed recalled completed completed ");
  }
}

TEST_CASE("once somebody has taken up what followed, nothing is taken back",
          "[simulation][recall]") {
  const auto result = play({draft_then_decide, "{}", R"([
    {"task": "draft", "by": "an", "outcome": "submit"},
    {"task": "decide", "by": "binh", "action": "claim", "after": "PT1S"},
    {"task": "draft", "by": "an", "action": "recall", "after": "PT2S"},
    {"task": "decide", "by": "binh", "after": "PT3S"},
    {"task": "decide", "by": "binh", "action": "recall", "after": "PT4S"}])"});
  CHECK(refusals(result) == "2:recall-too-late");
  CHECK(result.refused[0].error.detail.en.find("binh") != std::string::npos);
  CHECK(outcome_of(result) == R"(["submit","binh"])");
  CHECK(result.unused == std::vector<std::size_t>{4});  // The case has ended with the answer.
}

TEST_CASE("only the performer, or whom they acted for, recalls", "[simulation][recall]") {
  const auto result = play({draft_then_decide, "{}", R"([
    {"task": "draft", "by": "an", "outcome": "submit"},
    {"task": "draft", "by": "dung", "action": "recall", "after": "PT1S"},
    {"task": "decide", "by": "binh", "after": "PT9S"}])"});
  CHECK(refusals(result).empty());
  CHECK(result.unused == std::vector<std::size_t>{1});  // Dũng has nothing to recall.
}

TEST_CASE("what has left the house is not called back; what is held still is",
          "[simulation][recall]") {
  const std::string steps = R"(
do:
  - draft:
      call: humanTask:1.0.0@default
      with: {title: Draft, assignment: {mode: claim, candidates: [{role: specialist, unit: so-a}]}, outcomes: [{id: submit}, {id: drop}]}
  - announce: {emit: {event: {with: {source: 'https://example.vn/a', type: vn.example.drafted}}}}
  - decide:
      call: humanTask:1.0.0@default
      with: {title: Decide, assignment: {mode: claim, candidates: [{role: head, unit: so-a}]}}
)";
  CHECK(refusals(play({steps, "{}", R"([
    {"task": "draft", "by": "an", "outcome": "submit"},
    {"task": "draft", "by": "an", "action": "recall", "after": "PT10S"}])"})) == "");
  CHECK(refusals(play({steps, "{}", R"([
    {"task": "draft", "by": "an", "outcome": "submit"},
    {"task": "draft", "by": "an", "action": "recall", "after": "PT11S"}])"})) ==
        "1:recall-too-late");
}

TEST_CASE("what others did elsewhere since stays done", "[simulation][recall]") {
  const auto result = play({R"(
do:
  - both:
      fork:
        branches:
          - left:
              do:
                - draft:
                    call: humanTask:1.0.0@default
                    with: {title: Draft, assignment: {mode: claim, candidates: [{role: specialist, unit: so-a}]}, outcomes: [{id: submit}, {id: drop}]}
                - confirm:
                    call: humanTask:1.0.0@default
                    with: {title: Confirm, assignment: {mode: claim, candidates: [{role: head, unit: so-a}]}}
          - right:
              do:
                - opinion:
                    call: humanTask:1.0.0@default
                    with: {title: Opinion, assignment: {mode: claim, candidates: [{role: specialist, unit: so-b}]}, outcomes: [{id: agree}, {id: object}]}
                - second:
                    call: humanTask:1.0.0@default
                    with: {title: Second, assignment: {mode: claim, candidates: [{role: head, unit: so-b}]}}
  - tell: {set: "${ [.[].performer.user] }"}
)",
                            "{}", R"([
    {"task": "draft", "by": "an", "outcome": "submit"},
    {"task": "opinion", "by": "dung", "outcome": "object", "after": "PT1H"},
    {"task": "draft", "by": "an", "action": "recall", "after": "PT2H"},
    {"task": "second", "by": "em", "after": "PT3H"},
    {"task": "draft", "by": "an", "outcome": "drop", "after": "PT4H"},
    {"task": "confirm", "by": "binh", "after": "PT5H"}])"});
  CHECK(refusals(result) == "");
  CHECK(outcome_of(result) == R"(["binh","em"])");
}

TEST_CASE("one of several answers is taken back while the others stand", "[simulation][recall]") {
  const std::string steps = R"(
do:
  - sign:
      call: humanTask:1.0.0@default
      with:
        title: Sign
        assignment: {mode: offer, candidates: [{role: head}, {role: deputy}]}
        completion: {rule: all, decideBy: worst, order: [object, agree]}
        outcomes: [{id: agree}, {id: object}]
  - tell: {set: "${ [.outcome, ([.responses[].user] | sort)] }"}
)";
  const auto result = play({steps, "{}", R"([
    {"task": "sign", "by": "binh", "outcome": "object"},
    {"task": "sign", "by": "em", "outcome": "agree", "after": "PT1M"},
    {"task": "sign", "by": "binh", "action": "recall", "after": "PT2M"},
    {"task": "sign", "by": "binh", "outcome": "agree", "after": "PT3M"},
    {"task": "sign", "by": "chi", "outcome": "agree", "after": "PT4M"}])"});
  CHECK(refusals(result).empty());
  CHECK(outcome_of(result) == R"(["agree",["binh","chi","em"]])");
}

TEST_CASE("an answer is not taken back once its step has ended with others'", "[simulation][recall]") {
  const auto result = play({R"(
do:
  - sign:
      call: humanTask:1.0.0@default
      with:
        title: Sign
        assignment: {mode: offer, candidates: [{role: head}, {role: deputy}]}
        completion: {rule: atLeast, count: 2}
  - next:
      call: humanTask:1.0.0@default
      with: {title: Next, assignment: {mode: claim, candidates: [{role: chair}]}}
)",
                            "{}", R"([
    {"task": "sign", "by": "binh"},
    {"task": "sign", "by": "chi", "after": "PT1M"},
    {"task": "sign", "by": "binh", "action": "recall", "after": "PT2M"},
    {"task": "next", "by": "giang", "after": "PT3M"}])"});
  CHECK(refusals(result) == "2:recall-too-late");
  CHECK(result.state.status == InstanceStatus::completed);
}

TEST_CASE("who hands work on has taken part in it", "[simulation][recall]") {
  const auto result = play({R"(
do:
  - draft:
      call: humanTask:1.0.0@default
      with:
        title: Draft
        assignment: {mode: claim, delegation: free, candidates: [{role: head, unit: so-a}]}
  - check:
      call: humanTask:1.0.0@default
      with:
        title: Check
        assignment:
          mode: claim
          candidates: [{role: deputy, unit: so-a}, {role: head, unit: so-a}, {role: chair}]
          exclude: {performersOf: [draft]}
)",
                            "{}", R"([
    {"task": "draft", "by": "binh", "action": "delegate", "to": "chi"},
    {"task": "draft", "by": "chi", "action": "delegate", "to": "an", "after": "PT1M"},
    {"task": "draft", "by": "an", "after": "PT2M"},
    {"task": "check", "by": "chi", "after": "PT3M"},
    {"task": "check", "by": "binh", "after": "PT4M"},
    {"task": "check", "by": "giang", "after": "PT5M"}])"});
  CHECK(refusals(result) == "3:excluded 4:excluded");
  CHECK(result.state.status == InstanceStatus::completed);
}

}  // namespace
}  // namespace kyhan::test
