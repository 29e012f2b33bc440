// Several people: rules, groups, turns, the chair, who is asked, and when nobody is there.

#include "tests/simulation/play.hpp"

namespace kyhan::test {
namespace {

/// Everybody named is asked: binh, chi, em, giang.
std::string sign(const std::string& completion,
                 const std::string& assignment =
                     "mode: offer, candidates: [{role: head}, {role: deputy}, {role: chair}]") {
  return R"(
do:
  - sign:
      call: humanTask:1.0.0@default
      with:
        title: Sign
        assignment: {)" +
         assignment + R"(}
        completion: {)" +
         completion + R"(}
        outcomes: [{id: agree}, {id: object}, {id: return}]
  - tell: {set: "${ [.outcome, [.responses[].user]] }"}
)";
}

std::string answers(const std::vector<std::pair<const char*, const char*>>& given) {
  Json list = Json::array();
  int minute = 0;
  for (const auto& [by, outcome] : given) {
    list.push_back({{"task", "sign"},
                    {"by", by},
                    {"outcome", outcome},
                    {"after", "PT" + std::to_string(++minute) + "M"}});
  }
  return list.dump();
}

TEST_CASE("a quorum is reached by integers: two thirds of four are three",
          "[simulation][several]") {
  const auto two = play({sign("rule: quorum, share: 2/3, decideBy: majority"), "{}",
                         answers({{"binh", "agree"}, {"chi", "agree"}})});
  CHECK(outcome_of(two) == "waiting");
  const auto three = play({sign("rule: quorum, share: 2/3, decideBy: majority"), "{}",
                           answers({{"binh", "agree"}, {"chi", "object"}, {"em", "object"}})});
  CHECK(outcome_of(three) == R"(["object",["binh","chi","em"]])");
  const auto half = play(
      {sign("rule: quorum, share: 1/2"), "{}", answers({{"binh", "agree"}, {"chi", "object"}})});
  CHECK(outcome_of(half) == R"(["agree",["binh","chi"]])");
}

TEST_CASE("the chair decides, or breaks a tie", "[simulation][several]") {
  const auto decides =
      play({sign("rule: atLeast, count: 2, decideBy: chair, chair: {user: giang}"), "{}",
            answers({{"binh", "agree"}, {"chi", "agree"}, {"giang", "object"}})});
  CHECK(outcome_of(decides) == R"(["object",["binh","chi","giang"]])");
  const auto tie =
      play({sign("rule: all, decideBy: majority, chair: {user: giang}"), "{}",
            answers({{"binh", "agree"}, {"chi", "agree"}, {"em", "object"}, {"giang", "object"}})});
  CHECK(outcome_of(tie) == R"(["object",["binh","chi","em","giang"]])");
}

TEST_CASE("every group must pass by its own rule", "[simulation][several]") {
  const std::string groups =
      "decideBy: worst, order: [object, agree], groups: [{candidates: [{role: head}], rule: all}, "
      "{candidates: [{role: deputy}, {role: chair}], rule: one}]";
  const auto waits = play({sign(groups, "mode: offer"), "{}",
                           answers({{"giang", "agree"}, {"chi", "agree"}, {"binh", "agree"}})});
  CHECK(outcome_of(waits) == "waiting");  // Em has not answered: the heads are not complete.
  const auto passes = play({sign(groups, "mode: offer"), "{}",
                            answers({{"binh", "agree"}, {"em", "agree"}, {"chi", "object"}})});
  CHECK(outcome_of(passes) == R"(["object",["binh","em","chi"]])");
}

TEST_CASE("signing in turn asks one after the other, in the order named", "[simulation][several]") {
  const std::string ordered = "rule: all, sequence: ordered, stopOn: [return]";
  const std::string named = "mode: offer, candidates: [{user: giang}, {user: em}, {user: binh}]";
  const auto in_turn =
      play({sign(ordered, named), "{}",
            answers({{"em", "agree"}, {"giang", "agree"}, {"em", "agree"}, {"binh", "agree"}})});
  CHECK(refusals(in_turn) == "0:not-a-candidate");
  CHECK(outcome_of(in_turn) == R"(["agree",["giang","em","binh"]])");
  const auto veto = play({sign(ordered, named), "{}", answers({{"giang", "return"}})});
  CHECK(outcome_of(veto) == R"(["return",["giang"]])");
}

TEST_CASE("a rule that too few people could satisfy is a fault, not a shortcut",
          "[simulation][several]") {
  CHECK(
      outcome_of(play({sign("rule: atLeast, count: 2", "mode: offer, candidates: [{role: chair}]"),
                       "{}", "[]"})) == "faulted configuration /do/0/sign");
}

TEST_CASE("work goes round by turns, or to who has least", "[simulation][several]") {
  const std::string both = R"(
do:
  - one:
      call: humanTask:1.0.0@default
      with: {title: One, assignment: {mode: auto, strategy: leastLoaded, candidates: [{role: head}, {role: deputy}]}}
  - two:
      call: humanTask:1.0.0@default
      with: {title: Two, assignment: {mode: auto, candidates: [{role: head}, {role: deputy}]}}
)";
  const auto result = play({both, "{}", "[]"});
  REQUIRE(result.state.tasks.size() == 1);
  CHECK(result.state.tasks.begin()->second.holder == PersonId("binh"));
  CHECK(result.state.tasks.begin()->second.direct);
  // Who is away is passed over.
  Play away{both, "{}", "[]"};
  Json directory = Json::parse(small_directory);
  directory["people"][1]["absences"] = {
      {{"from", "2026-08-28"}, {"to", "2026-08-28"}, {"deputy", "an"}}};
  away.directory = directory.dump();
  CHECK(play(away).state.tasks.begin()->second.holder == PersonId("chi"));
}

TEST_CASE("where nobody qualifies it goes up, to a substitute, or is a fault",
          "[simulation][several]") {
  const auto to_nobody = [](const std::string& rule) {
    return play(
        {sign("rule: one", "mode: claim, candidates: [{role: accountant, unit: so-a}]" + rule),
         "{}", answers({{"binh", "agree"}, {"giang", "agree"}})});
  };
  CHECK(outcome_of(to_nobody("")) == "faulted configuration /do/0/sign");
  CHECK(outcome_of(to_nobody(", onEmpty: escalate")) == R"(["agree",["binh"]])");
  CHECK(outcome_of(to_nobody(", onEmpty: {role: chair}")) == R"(["agree",["giang"]])");
  CHECK(outcome_of(to_nobody(", onEmpty: escalate, exclude: {users: [binh]}")) ==
        "faulted configuration /do/0/sign");
}

TEST_CASE("people of the units that took part, and who started, are kept out",
          "[simulation][four-eyes]") {
  const auto result = play({R"(
do:
  - draft:
      call: humanTask:1.0.0@default
      with: {title: Draft, assignment: {mode: claim, candidates: [{role: deputy, unit: so-a}]}}
  - check:
      call: humanTask:1.0.0@default
      with: {title: Check, assignment: {mode: claim, candidates: [{role: head}, {role: specialist}], exclude: {unitsOf: [draft], author: true}}}
  - tell: {set: "${ .performer.user }"}
)",
                            "{}", R"([
    {"task": "draft", "by": "chi"},
    {"task": "check", "by": "binh"},
    {"task": "check", "by": "an"},
    {"task": "check", "by": "dung"}])"});
  CHECK(refusals(result) == "1:excluded 2:excluded");
  CHECK(outcome_of(result) == "\"dung\"");
}

TEST_CASE("a branch that runs beside it is no way round an exclusion", "[simulation][four-eyes]") {
  const auto result = play({R"(
do:
  - both:
      fork:
        branches:
          - one:
              call: humanTask:1.0.0@default
              with: {title: One, assignment: {mode: claim, candidates: [{role: head}]}}
          - two:
              call: humanTask:1.0.0@default
              with: {title: Two, assignment: {mode: claim, candidates: [{role: head}], exclude: {performersOf: [one]}}}
  - tell: {set: "${ [.[].performer.user] }"}
)",
                            "{}", R"([
    {"task": "one", "by": "binh"},
    {"task": "two", "by": "binh", "after": "PT1M"},
    {"task": "two", "by": "em", "after": "PT2M"}])"});
  CHECK(refusals(result) == "1:excluded");
  CHECK(outcome_of(result) == R"(["binh","em"])");
}

TEST_CASE("an outcome may have a form of its own, and forms may stand once for many",
          "[simulation][task]") {
  const auto result = play({R"(
do:
  - decide:
      call: humanTask:1.0.0@default
      with:
        title: Decide
        assignment: {mode: claim, candidates: [{role: head, unit: so-a}]}
        outcomes:
          - {id: approve}
          - {id: reject, form: {schema: {type: object, required: [clause], properties: {clause: {type: string}}}}}
  - tell: {set: "${ [.outcome, .data.clause] }"}
)",
                            "{}", R"([
    {"task": "decide", "by": "binh", "outcome": "reject"},
    {"task": "decide", "by": "binh", "outcome": "reject", "data": {"clause": "Điều 5"}}])"});
  CHECK(refusals(result) == "0:answer-invalid");
  CHECK(outcome_of(result) == R"(["reject","Điều 5"])");
}

}  // namespace
}  // namespace kyhan::test
