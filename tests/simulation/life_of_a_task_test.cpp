// What can be done with a task besides answering it, and what it cannot be used to get round.

#include "tests/simulation/play.hpp"

namespace kyhan::test {
namespace {

/// Names of the task events that went to the broker, in order.
std::string told(const SimulationResult& result) {
  std::string names;
  for (const CloudEvent& event : result.published) {
    const std::string type = event.at("type");
    if (!type.starts_with("vn.kyhan.task.")) continue;
    const std::string name = type.substr(14, type.rfind('.') - 14);
    names += (names.empty() ? "" : " ") + name;
  }
  return names;
}

/// A specialist drafts, the head of the unit decides.
std::string two_steps(const std::string& decide, const std::string& draft = "mode: claim") {
  return R"(
do:
  - draft:
      call: humanTask:1.0.0@default
      with:
        title: Draft
        assignment: {candidates: [{role: specialist, unit: so-a}], )" +
         draft + R"(}
        outcomes: [{id: submit}, {id: drop}]
  - decide:
      call: humanTask:1.0.0@default
      with:
        title: Decide
        assignment: {candidates: [{role: head, unit: so-a}, {role: deputy, unit: so-a}], )" +
         decide + R"(}
  - tell: {set: "${ [.performer.user, .performer.onBehalfOf] }"}
)";
}

TEST_CASE("a task that may be delegated once goes one step and no further", "[simulation][life]") {
  const auto once = play({two_steps("mode: claim, delegation: once"), "{}", R"([
    {"task": "draft", "by": "an", "outcome": "submit"},
    {"task": "decide", "by": "binh", "action": "delegate", "to": "giang", "comment": "Nhờ xem giúp"},
    {"task": "decide", "by": "giang", "action": "delegate", "to": "em"},
    {"task": "decide", "by": "chi"},
    {"task": "decide", "by": "giang"}])"});
  CHECK(refusals(once) == "2:delegation-not-allowed 3:task-held");
  CHECK(outcome_of(once) == R"(["giang","binh"])");
  CHECK(told(once) == "created completed created delegated completed");

  const auto none = play({two_steps("mode: claim"), "{}", R"([
    {"task": "draft", "by": "an", "outcome": "submit"},
    {"task": "decide", "by": "binh", "action": "delegate", "to": "giang"},
    {"task": "decide", "by": "binh"}])"});
  CHECK(refusals(none) == "1:delegation-not-allowed");

  const auto free = play({two_steps("mode: claim, delegation: free"), "{}", R"([
    {"task": "draft", "by": "an", "outcome": "submit"},
    {"task": "decide", "by": "binh", "action": "delegate", "to": "giang"},
    {"task": "decide", "by": "giang", "action": "delegate", "to": "em"},
    {"task": "decide", "by": "em", "action": "delegate", "to": "binh"},
    {"task": "decide", "by": "em", "action": "release"},
    {"task": "decide", "by": "em"},
    {"task": "decide", "by": "giang"}])"});
  CHECK(refusals(free) == "3:delegated-already 5:not-a-candidate");
  CHECK(outcome_of(free) == R"(["giang","binh"])");
}

TEST_CASE("whoever delegated takes the task back when they want it", "[simulation][life]") {
  const auto result = play({two_steps("mode: claim, delegation: once"), "{}", R"([
    {"task": "draft", "by": "an", "outcome": "submit"},
    {"task": "decide", "by": "binh", "action": "delegate", "to": "giang"},
    {"task": "decide", "by": "binh", "action": "claim"},
    {"task": "decide", "by": "giang"},
    {"task": "decide", "by": "binh"}])"});
  CHECK(refusals(result) == "3:not-a-candidate");
  CHECK(outcome_of(result) == R"(["binh",null])");
}

TEST_CASE("delegation is no way round four-eyes, in either direction",
          "[simulation][life][four-eyes]") {
  const std::string steps = R"(
do:
  - draft:
      call: humanTask:1.0.0@default
      with: {title: Draft, assignment: {mode: claim, delegation: free, candidates: [{role: specialist, unit: so-a}]}}
  - check:
      call: humanTask:1.0.0@default
      with: {title: Check, assignment: {mode: claim, delegation: free, candidates: [{role: head}], exclude: {performersOf: [draft]}}}
  - tell: {set: "${ .performer.user }"}
)";
  const auto to_excluded = play({steps, "{}", R"([
    {"task": "draft", "by": "an"},
    {"task": "check", "by": "binh", "action": "delegate", "to": "an"},
    {"task": "check", "by": "binh"}])"});
  CHECK(refusals(to_excluded) == "1:excluded");
  // Em drafted for An: both have a part in the draft.
  const auto both = play({steps, "{}", R"([
    {"task": "draft", "by": "an", "action": "delegate", "to": "em"},
    {"task": "draft", "by": "em"},
    {"task": "check", "by": "em"},
    {"task": "check", "by": "binh", "action": "delegate", "to": "an"},
    {"task": "check", "by": "binh"}])"});
  CHECK(refusals(both) == "2:excluded 3:excluded");
  CHECK(outcome_of(both) == "\"binh\"");
}

TEST_CASE("who leads the unit reassigns, but not to or by somebody excluded",
          "[simulation][life][four-eyes]") {
  const std::string steps = R"(
do:
  - draft:
      call: humanTask:1.0.0@default
      with: {title: Draft, assignment: {mode: claim, candidates: [{role: head, unit: so-a}, {role: specialist, unit: so-a}]}}
  - check:
      call: humanTask:1.0.0@default
      with: {title: Check, assignment: {mode: claim, candidates: [{role: specialist}], exclude: {performersOf: [draft]}}}
  - tell: {set: "${ .performer.user }"}
)";
  const auto result = play({steps, "{}", R"([
    {"task": "draft", "by": "an"},
    {"task": "check", "by": "dung", "action": "reassign", "to": "chi"},
    {"task": "check", "by": "binh", "action": "reassign", "to": "an"},
    {"task": "check", "by": "binh", "action": "reassign", "to": "chi"},
    {"task": "check", "by": "dung"},
    {"task": "check", "by": "chi"}])"});
  CHECK(refusals(result) == "1:may-not-reassign 2:excluded 4:not-a-candidate");
  CHECK(outcome_of(result) == "\"chi\"");
  const auto own_work = play({steps, "{}", R"([
    {"task": "draft", "by": "binh"},
    {"task": "check", "by": "binh", "action": "reassign", "to": "chi"},
    {"task": "check", "by": "dung"}])"});
  CHECK(refusals(own_work) == "1:excluded");
}

TEST_CASE("information is asked for and given while the due clock runs on", "[simulation][life]") {
  const auto result = play({R"(
do:
  - decide:
      call: humanTask:1.0.0@default
      with: {title: Decide, assignment: {mode: claim, candidates: [{role: head, unit: so-a}]}, due: {workingDays: 1}}
  - tell: {set: "${ [.performer.user, .overdue] }"}
)",
                            "{}", R"([
    {"task": "decide", "by": "binh", "action": "requestInfo", "to": "an", "comment": "Số liệu năm trước?"},
    {"task": "decide", "by": "binh", "action": "requestInfo", "to": "an", "comment": "Còn nữa?"},
    {"task": "decide", "by": "dung", "action": "provideInfo", "comment": "Không biết"},
    {"task": "decide", "by": "an", "action": "provideInfo", "comment": "12", "after": "P20D"},
    {"task": "decide", "by": "binh", "after": "P20D"}])"});
  CHECK(refusals(result) == "1:asked-already 2:not-asked");
  CHECK(outcome_of(result) == R"(["binh",true])");
  CHECK(told(result) == "created infoRequested overdue infoProvided completed");
}

TEST_CASE("an added co-signer's answer is waited for, until they are removed",
          "[simulation][life]") {
  const std::string steps = R"(
do:
  - decide:
      call: humanTask:1.0.0@default
      with:
        title: Decide
        assignment: {mode: claim, candidates: [{role: head, unit: so-a}]}
        outcomes: [{id: agree}, {id: object}]
        completion: {decideBy: worst, order: [object, agree]}
  - tell: {set: "${ [.outcome, [.responses[].user]] }"}
)";
  const auto waited = play({steps, "{}", R"([
    {"task": "decide", "by": "binh", "action": "addSigner", "to": "em"},
    {"task": "decide", "by": "binh", "action": "addSigner", "to": "em"},
    {"task": "decide", "by": "binh", "outcome": "agree"},
    {"task": "decide", "by": "em", "outcome": "object", "after": "P1D"}])"});
  CHECK(refusals(waited) == "1:signs-already");
  CHECK(outcome_of(waited) == R"(["object",["binh","em"]])");
  const auto removed = play({steps, "{}", R"([
    {"task": "decide", "by": "binh", "action": "addSigner", "to": "em"},
    {"task": "decide", "by": "binh", "outcome": "agree"},
    {"task": "decide", "by": "em", "action": "removeSigner", "after": "P1D"},
    {"task": "decide", "by": "binh", "action": "removeSigner", "after": "P1D"}])"});
  CHECK(refusals(removed) == "2:may-not-remove");
  CHECK(outcome_of(removed) == R"(["agree",["binh"]])");
}

TEST_CASE("a withdrawal by an administrator raises the error of its own", "[simulation][life]") {
  Play given{R"(
do:
  - try_it:
      try:
        - decide:
            call: humanTask:1.0.0@default
            with: {title: Decide, assignment: {mode: claim, candidates: [{role: head, unit: so-a}]}}
      catch:
        errors: {with: {type: "https://kyhan.vn/errors/human/withdrawn"}}
        as: gone
        do: [{note: {set: "${ [$gone.status, ($gone.detail | fromjson | .comment)] }"}}]
)",
             "{}", R"([
    {"task": "decide", "by": "binh", "action": "withdraw", "comment": "Thử"},
    {"task": "decide", "by": "quan-tri", "action": "withdraw"},
    {"task": "decide", "by": "quan-tri", "action": "withdraw", "comment": "Trùng hồ sơ"}])"};
  Json directory = Json::parse(small_directory);
  directory["people"].push_back(
      {{"id", "quan-tri"},
       {"name", "Quản Trị"},
       {"memberships", {{{"unit", "tinh"}, {"roles", {"administrator"}}}}}});
  given.directory = directory.dump();
  const auto result = play(given);
  CHECK(refusals(result) == "0:not-administrator 1:comment-invalid");
  CHECK(outcome_of(result) == R"([409,"Trùng hồ sơ"])");
}

TEST_CASE("an outcome that is signed needs the password again", "[simulation][life]") {
  const auto result = play({R"(
do:
  - decide:
      call: humanTask:1.0.0@default
      with:
        title: Decide
        signature: simple
        assignment: {mode: claim, candidates: [{role: head, unit: so-a}]}
        outcomes: [{id: approve, requires: [signature]}, {id: return}]
  - tell: {set: "${ [.outcome, .signature.kind, .signature.by, .responses[0].signature.kind] }"}
)",
                            "{}", R"([
    {"task": "decide", "by": "binh", "outcome": "approve"},
    {"task": "decide", "by": "binh", "outcome": "approve", "signature": "simple"}])"});
  CHECK(refusals(result) == "0:answer-invalid");
  CHECK(outcome_of(result) == R"(["approve","simple","binh","simple"])");
}

}  // namespace
}  // namespace kyhan::test
