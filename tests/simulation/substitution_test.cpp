// Substitution: who acts for somebody who is away, what the record says, and that four-eyes holds.

#include "tests/simulation/play.hpp"

namespace kyhan::test {
namespace {

/// The small organisation with leave: {"binh": [{from, to, deputy, scope?}]}.
std::string with_leave(const char* absences) {
  Json file = Json::parse(small_directory);
  const Json leave = Json::parse(absences);
  for (Json& person : file["people"]) {
    const std::string id = person["id"];
    if (leave.contains(id)) person["absences"] = leave.at(id);
  }
  return file.dump();
}

/// Binh, head of so-a, is away on the day the case starts; Chi, the deputy head, stands in.
const std::string binh_away =
    with_leave(R"({"binh": [{"from": "2026-08-28", "to": "2026-08-31", "deputy": "chi"}]})");

std::string decide_by_head(const std::string& assignment) {
  return R"(
do:
  - decide:
      call: humanTask:1.0.0@default
      with:
        title: {vi: Duyệt, en: Decide}
        assignment: {candidates: [{role: head, unit: so-a}], )" +
         assignment + R"(}
  - tell: {set: "${ [.performer.user, .performer.onBehalfOf, .performer.role, .performer.unit] }"}
)";
}

SimulationResult play_away(const std::string& steps, const std::string& answers,
                           const std::string& directory = binh_away) {
  Play given{steps, "{}", answers};
  given.directory = directory;
  return play(given);
}

TEST_CASE("a deputy answers for the head who is away, and the result names both",
          "[simulation][leave]") {
  for (const char* mode : {"mode: claim", "mode: direct"}) {
    CAPTURE(mode);
    const auto result = play_away(decide_by_head(std::string(mode) + ", substitutes: true"),
                                  R"([{"task": "decide", "by": "chi"}])");
    CHECK(refusals(result).empty());
    CHECK(outcome_of(result) == R"(["chi","binh","head","so-a"])");
  }
}

TEST_CASE("nobody stands in where the step does not allow it, nor after or outside the absence",
          "[simulation][leave]") {
  CHECK(refusals(play_away(decide_by_head("mode: claim"),
                           R"([{"task": "decide", "by": "chi"}])")) == "0:not-a-candidate");
  const std::string allowed = decide_by_head("mode: claim, substitutes: true");
  CHECK(refusals(play_away(allowed, R"([{"task": "decide", "by": "chi", "after": "P3D"}])")) == "");
  CHECK(refusals(play_away(allowed, R"([{"task": "decide", "by": "chi", "after": "P4D"}])")) ==
        "0:not-a-candidate");
  CHECK(refusals(play_away(allowed, R"([{"task": "decide", "by": "an"}])")) == "0:not-a-candidate");
  const std::string narrow = with_leave(
      R"({"binh": [{"from": "2026-08-28", "to": "2026-08-31", "deputy": "chi",
                    "scope": {"roles": ["trainer"]}}]})");
  for (const char* mode : {"mode: claim", "mode: direct"}) {
    CHECK(refusals(play_away(decide_by_head(std::string(mode) + ", substitutes: true"),
                             R"([{"task": "decide", "by": "chi"}])", narrow)) ==
          "0:not-a-candidate");
  }
}

TEST_CASE("being away takes nobody's right: whoever is first holds it", "[simulation][leave]") {
  const std::string steps = decide_by_head("mode: claim, substitutes: true");
  const auto head = play_away(steps, R"([
    {"task": "decide", "by": "binh", "action": "claim"},
    {"task": "decide", "by": "binh"}])");
  CHECK(outcome_of(head) == R"(["binh",null,"head","so-a"])");
  // What a deputy holds the head takes back at any time; the deputy is then a stranger to it again
  // only where the head is back.
  const auto back = play_away(steps, R"([
    {"task": "decide", "by": "chi", "action": "claim"},
    {"task": "decide", "by": "binh", "action": "claim", "after": "P5D"},
    {"task": "decide", "by": "chi", "after": "P5D"},
    {"task": "decide", "by": "binh", "after": "P5D"}])");
  CHECK(refusals(back) == "2:not-a-candidate");
  CHECK(outcome_of(back) == R"(["binh",null,"head","so-a"])");
}

TEST_CASE("a deputy cannot sign once the absence is over, but gives the task back",
          "[simulation][leave]") {
  for (const char* mode : {"mode: claim", "mode: direct"}) {
    CAPTURE(mode);
    const auto result = play_away(decide_by_head(std::string(mode) + ", substitutes: true"), R"([
      {"task": "decide", "by": "chi", "action": "claim"},
      {"task": "decide", "by": "chi", "after": "P4D"},
      {"task": "decide", "by": "chi", "action": "release", "after": "P4D"},
      {"task": "decide", "by": "binh", "after": "P4D"}])");
    CHECK(refusals(result) == "1:substitution-over");
    CHECK(outcome_of(result) == R"(["binh",null,"head","so-a"])");
  }
}

TEST_CASE("four-eyes binds the deputy and the one who is away", "[simulation][leave][four-eyes]") {
  const std::string steps = R"(
do:
  - draft:
      call: humanTask:1.0.0@default
      with: {title: Draft, assignment: {mode: claim, substitutes: true, candidates: [{role: head, unit: so-a}, {role: deputy, unit: so-a}]}}
  - check:
      call: humanTask:1.0.0@default
      with: {title: Check, assignment: {mode: claim, substitutes: true, candidates: [{role: head}, {role: deputy}], exclude: {performersOf: [draft]}}}
  - tell: {set: "${ [.performer.user, .performer.onBehalfOf] }"}
)";
  SECTION("a deputy who drafted in their own right does not check for the absent one") {
    const auto result = play_away(steps, R"([
      {"task": "draft", "by": "chi"},
      {"task": "check", "by": "chi"},
      {"task": "check", "by": "em"}])");
    CHECK(refusals(result) == "1:excluded");
    CHECK(outcome_of(result) == R"(["em",null])");
  }
  SECTION("what a deputy drafted for the absent one excludes both, also after the return") {
    const std::string only_head = R"(
do:
  - draft:
      call: humanTask:1.0.0@default
      with: {title: Draft, assignment: {mode: direct, substitutes: true, candidates: [{role: head, unit: so-a}]}}
  - check:
      call: humanTask:1.0.0@default
      with: {title: Check, assignment: {mode: claim, substitutes: true, candidates: [{role: head}, {role: deputy}], exclude: {performersOf: [draft]}}}
  - tell: {set: "${ .performer.user }"}
)";
    const auto result = play_away(only_head, R"([
      {"task": "draft", "by": "chi"},
      {"task": "check", "by": "chi"},
      {"task": "check", "by": "binh", "after": "P5D"},
      {"task": "check", "by": "em", "after": "P6D"}])");
    CHECK(refusals(result) == "1:excluded 2:excluded");
    CHECK(outcome_of(result) == "\"em\"");
  }
  SECTION("the deputy of somebody excluded is excluded in their place") {
    const std::string an_away =
        with_leave(R"({"an": [{"from": "2026-08-29", "to": "2026-08-31", "deputy": "chi"}]})");
    const auto result = play_away(R"(
do:
  - draft:
      call: humanTask:1.0.0@default
      with: {title: Draft, assignment: {mode: claim, candidates: [{role: specialist, unit: so-a}]}}
  - check:
      call: humanTask:1.0.0@default
      with: {title: Check, assignment: {mode: claim, substitutes: true, candidates: [{role: specialist}], exclude: {performersOf: [draft]}}}
  - tell: {set: "${ .performer.user }"}
)",
                                  R"([
      {"task": "draft", "by": "an"},
      {"task": "check", "by": "chi", "after": "P1D"},
      {"task": "check", "by": "dung", "after": "P2D"}])",
                                  an_away);
    CHECK(refusals(result) == "1:excluded");
    CHECK(outcome_of(result) == "\"dung\"");
  }
}

TEST_CASE("nobody answers twice in one step by standing in", "[simulation][leave][four-eyes]") {
  const auto result = play_away(R"(
do:
  - sign:
      call: humanTask:1.0.0@default
      with:
        title: Sign
        assignment: {mode: offer, substitutes: true, candidates: [{role: head, unit: so-a}, {role: deputy, unit: so-a}, {role: head, unit: so-b}]}
        completion: {rule: atLeast, count: 2}
  - tell: {set: "${ [.responses[].user] }"}
)",
                                R"([
    {"task": "sign", "by": "chi"},
    {"task": "sign", "by": "chi"},
    {"task": "sign", "by": "em"}])");
  CHECK(refusals(result) == "1:answered-already");
  CHECK(outcome_of(result) == R"(["chi","em"])");
}

TEST_CASE("work and reminders of the absent one reach the deputy, marked", "[simulation][leave]") {
  const std::string long_away =
      with_leave(R"({"binh": [{"from": "2026-08-28", "to": "2026-09-30", "deputy": "chi"}]})");
  const auto result = play_away(R"(
do:
  - decide:
      call: humanTask:1.0.0@default
      with:
        title: Decide
        assignment: {mode: direct, substitutes: true, candidates: [{role: head, unit: so-a}]}
        due: {workingDays: 4}
        reminders: [{offset: {workingDays: -3}, at: '09:00', to: [assignee]}]
)",
                                R"([{"task": "decide", "by": "binh", "after": "P9D"}])", long_away);
  std::string reminded;
  for (const CloudEvent& event : result.published) {
    if (event.at("type") != "vn.kyhan.reminder.sent.v1") continue;
    const Json& data = event.at("data");
    reminded += data.value("to", "") + " for " + data.value("onBehalfOf", "nobody") + "; ";
  }
  CHECK(reminded == "chi for binh; ");
}

}  // namespace
}  // namespace kyhan::test
