// People's work: who may act, what an answer must bring, several people, deadlines, reminders,
// escalation, expiry, votes (language.md 5).

#include "tests/simulation/play.hpp"

namespace kyhan::test {
namespace {

/// One humanTask step named `ask`, then the outcome as the output.
std::string ask(const std::string& with) {
  return R"(
do:
  - ask:
      call: humanTask:1.0.0@default
      with:
        title: {vi: Việc, en: Work}
)" + with + R"(
  - tell: {set: "${ .outcome }"}
)";
}

const std::string by_specialist = R"(
        assignment: {mode: claim, candidates: [{role: specialist, unit: so-a}]}
)";

/// "due 2026-09-09" of the one open task.
std::string open_due(const SimulationResult& result) {
  REQUIRE(result.state.tasks.size() == 1);
  const Task& task = result.state.tasks.begin()->second;
  return task.due_explain.value("date", "none");
}

TEST_CASE("only a candidate may complete; the result says who did", "[simulation][task]") {
  const auto result = play({ask(by_specialist), "{}", R"([
    {"task": "ask", "by": "binh"},
    {"task": "ask", "by": "an", "outcome": "nonsense"},
    {"task": "ask", "by": "an", "outcome": "done"},
    {"task": "ask", "by": "an", "outcome": "done"}
  ])"});
  CHECK(refusals(result) == "0:not-a-candidate 1:unknown-outcome");
  CHECK(result.unused == std::vector<std::size_t>{3});
  CHECK(outcome_of(result) == "\"done\"");
}

TEST_CASE("a task held by one is refused to the others until it is released", "[simulation][task]") {
  const auto result = play({ask(R"(
        assignment: {mode: claim, candidates: [{role: specialist}]}
)"), "{}", R"([
    {"task": "ask", "by": "an", "action": "claim"},
    {"task": "ask", "by": "dung"},
    {"task": "ask", "by": "dung", "action": "release"},
    {"task": "ask", "by": "an", "action": "release"},
    {"task": "ask", "by": "dung"}
  ])"});
  CHECK(refusals(result) == "1:task-held 2:not-the-holder");
  CHECK(outcome_of(result) == "\"done\"");
}

TEST_CASE("an outcome that requires a comment is refused without one", "[simulation][task]") {
  const auto result = play({ask(by_specialist + R"(
        outcomes: [{id: approve}, {id: reject, requires: [comment]}]
)"), "{}", R"([
    {"task": "ask", "by": "an", "outcome": "reject", "comment": "  "},
    {"task": "ask", "by": "an", "outcome": "reject", "comment": "Thiếu căn cứ"}
  ])"});
  CHECK(refusals(result) == "0:answer-invalid");
  CHECK(outcome_of(result) == "\"reject\"");
}

TEST_CASE("data is checked against the form, field by field", "[simulation][task]") {
  const auto result = play({ask(by_specialist + R"(
        form:
          schema:
            type: object
            required: [amount]
            properties: {amount: {type: integer, minimum: 1, title: {vi: Số tiền, en: Amount}}}
)"), "{}", R"([
    {"task": "ask", "by": "an"},
    {"task": "ask", "by": "an", "data": {"amount": 0}},
    {"task": "ask", "by": "an", "data": {"amount": 5}}
  ])"});
  REQUIRE(result.refused.size() == 2);
  CHECK(result.refused[0].error.fields.at(0).pointer.starts_with("/data"));
  CHECK(result.refused[1].error.fields.at(0).pointer == "/data/amount");
  CHECK(outcome_of(result) == "\"done\"");
}

TEST_CASE("evidence must be there, of the right kind, type and size", "[simulation][task]") {
  const auto result = play({ask(by_specialist + R"(
        outcomes: [{id: submit}, {id: withdraw}]
        attachments: [{type: report, label: {vi: Báo cáo, en: Report}, min: 1, max: 1, mediaTypes: [application/pdf], maxBytes: 1000, forOutcomes: [submit]}]
)"), "{}", R"([
    {"task": "ask", "by": "an", "outcome": "submit"},
    {"task": "ask", "by": "an", "outcome": "submit", "attachments": [{"type": "report", "mediaType": "text/html", "size": 10}]},
    {"task": "ask", "by": "an", "outcome": "submit", "attachments": [{"type": "report", "mediaType": "application/pdf", "size": 1001}]},
    {"task": "ask", "by": "an", "outcome": "submit", "attachments": [{"type": "other", "mediaType": "application/pdf", "size": 10}]},
    {"task": "ask", "by": "an", "outcome": "withdraw"}
  ])"});
  CHECK(refusals(result) == "0:answer-invalid 1:answer-invalid 2:answer-invalid 3:answer-invalid");
  CHECK(outcome_of(result) == "\"withdraw\"");
}

TEST_CASE("whoever did a named step may not do the next", "[simulation][four-eyes]") {
  const auto result = play({R"(
do:
  - draft:
      call: humanTask:1.0.0@default
      with: {title: Draft, assignment: {mode: claim, candidates: [{role: specialist}]}}
  - check:
      call: humanTask:1.0.0@default
      with: {title: Check, assignment: {mode: claim, candidates: [{role: specialist}], exclude: {performersOf: [draft]}}}
  - tell: {set: "${ .performer.user }"}
)", "{}", R"([{"task": "draft", "by": "an"}, {"task": "check", "by": "an"}, {"task": "check", "by": "dung"}])"});
  CHECK(refusals(result) == "1:excluded");
  CHECK(outcome_of(result) == "\"dung\"");
}

TEST_CASE("nobody who qualifies is a configuration error", "[simulation][task]") {
  CHECK(outcome_of(play({ask(R"(
        assignment: {mode: claim, candidates: [{role: auditor, unit: so-a}]}
)")})) == "faulted configuration /do/0/ask");
  CHECK(outcome_of(play({ask(R"(
        assignment: {mode: direct, candidates: [{role: specialist}]}
)")})) == "faulted configuration /do/0/ask");
}

TEST_CASE("offered to each unit, all must answer and the worst decides", "[simulation][several]") {
  const std::string steps = ask(R"(
        assignment: {mode: offer, candidates: [{role: head, units: [so-a, so-b]}]}
        completion: {per: unit, rule: all, decideBy: worst, order: [return, object, agree], stopOn: [return]}
        outcomes: [{id: agree}, {id: object, requires: [comment]}, {id: return, requires: [comment]}]
)");
  CHECK(outcome_of(play({steps, "{}", R"([
    {"task": "ask", "by": "em", "outcome": "object", "comment": "x"},
    {"task": "ask", "by": "binh", "outcome": "agree", "after": "P1D"}])"})) == "\"object\"");
  const auto stopped = play({steps, "{}", R"([
    {"task": "ask", "by": "em", "outcome": "return", "comment": "x"},
    {"task": "ask", "by": "binh", "outcome": "agree", "after": "P1D"}])"});
  CHECK(outcome_of(stopped) == "\"return\"");
  CHECK(stopped.unused == std::vector<std::size_t>{1});
  CHECK(outcome_of(play({steps, "{}", R"([{"task": "ask", "by": "em", "outcome": "agree"}])"})) ==
        "waiting");
}

TEST_CASE("at least n of the people asked is enough, the rest is withdrawn", "[simulation][several]") {
  const auto result = play({ask(R"(
        assignment: {mode: offer, candidates: [{role: head}, {role: specialist}]}
        completion: {per: user, rule: atLeast, count: 2, decideBy: majority}
        outcomes: [{id: yes}, {id: no}]
)"), "{}", R"([{"task": "ask", "by": "an", "outcome": "yes"}, {"task": "ask", "by": "em", "outcome": "yes"}])"});
  CHECK(outcome_of(result) == "\"yes\"");
  int withdrawn = 0;
  for (const CloudEvent& event : result.published) {
    if (event.at("type") == "vn.kyhan.task.withdrawn.v1") ++withdrawn;
  }
  CHECK(withdrawn == 2);
}

TEST_CASE("due dates skip the long National Day of 2026", "[simulation][due]") {
  CHECK(open_due(play({ask(by_specialist + "        due: {workingDays: 5}\n")})) == "2026-09-09");
  CHECK(open_due(play({ask(by_specialist + "        due: {in: P15D}\n"), "{}", "[]", {},
                       "2026-08-17T09:00:00+07:00"})) == "2026-09-03");
}

TEST_CASE("reminders go out before and after the due day until the task is done",
          "[simulation][reminders]") {
  const auto result = play({ask(by_specialist + R"(
        due: {workingDays: 5}
        reminders:
          - {offset: {workingDays: -1}, at: "09:00", to: [assignee]}
          - {offset: {workingDays: 1}, at: "09:00", to: [assignee, head], repeat: {every: {workingDays: 1}, until: done}}
)"), "{}", R"([{"task": "ask", "by": "an", "after": "P18D"}])"});
  std::string told;
  for (const CloudEvent& event : result.published) {
    const std::string type = event.at("type");
    if (type != "vn.kyhan.reminder.sent.v1" && type != "vn.kyhan.task.overdue.v1") continue;
    told += event.at("time").get<std::string>() + " " + event.at("data").value("to", "overdue") + "\n";
  }
  CHECK(told ==
        "2026-09-08T02:00:00Z an\n"
        "2026-09-09T17:00:00Z overdue\n"
        "2026-09-10T02:00:00Z an\n"
        "2026-09-10T02:00:00Z binh\n"
        "2026-09-11T02:00:00Z an\n"
        "2026-09-11T02:00:00Z binh\n"
        "2026-09-14T02:00:00Z an\n"
        "2026-09-14T02:00:00Z binh\n");  // Completed on 15/9 at 08:00, an hour before the next.
}

TEST_CASE("escalation reassigns to the head, who then may act", "[simulation][escalation]") {
  const auto result = play({ask(by_specialist + R"(
        due: {workingDays: 5}
        escalation: [{after: {workingDays: 2}, action: reassign, to: {role: head, unit: own}}]
)"), "{}", R"([
    {"task": "ask", "by": "binh", "after": "P1D"},
    {"task": "ask", "by": "an", "after": "P20D"},
    {"task": "ask", "by": "binh", "after": "P21D"}])"});
  CHECK(refusals(result) == "0:not-a-candidate 1:not-a-candidate");
  CHECK(outcome_of(result) == "\"done\"");
}

TEST_CASE("expiry raises the standard timeout, which a try routes", "[simulation][expire]") {
  const auto result = play({R"(
do:
  - guarded:
      try:
        - ask:
            call: humanTask:1.0.0@default
            with: {title: Work, assignment: {mode: claim, candidates: [{role: specialist}]}, expire: {workingDays: 5}}
      catch:
        errors: {with: {type: "https://serverlessworkflow.io/spec/1.0.0/errors/timeout"}}
        as: late
        do: [{marked: {set: "${ $late.instance }"}}]
)"});
  CHECK(outcome_of(result) == "\"/do/0/guarded/try/0/ask\"");
  CHECK(ended_at(result) == "2026-09-10T00:00");
}

std::string vote(const std::string& with) {
  return R"(
do:
  - vote:
      call: vote:1.0.0@default
      with:
        question: {vi: "Tán thành?", en: "Do you agree?"}
)" + with + R"(
  - tell: {set: "${ .decision }"}
)";
}

const std::string open_vote = R"(
        mode: cast
        ballot: open
        electorate: [{role: head}, {role: specialist}, {role: deputy}]
        options: [for, against, abstain]
        window: {opens: {in: PT0S}, closes: {workingDays: 2, at: "17:00"}}
        quorum: {share: "2/3", of: eligible}
)";

TEST_CASE("an open vote is judged by whole numbers when it closes", "[simulation][vote]") {
  // Five electors. 2/3 of five is 3.33: four must take part.
  const std::string two_thirds = vote(open_vote + R"(
        threshold: {option: for, share: "2/3", of: cast}
        earlyClose: never
)");
  const auto cast = [](std::initializer_list<const char*> votes) {
    const char* people[] = {"an", "binh", "chi", "dung", "em"};
    Json answers = Json::array();
    int i = 0;
    for (const char* one : votes) {
      answers.push_back({{"task", "vote"}, {"by", people[i++]}, {"outcome", one}});
    }
    return answers.dump();
  };
  CHECK(outcome_of(play({two_thirds, "{}", cast({"for", "for", "for"})})) == "\"noQuorum\"");
  CHECK(outcome_of(play({two_thirds, "{}", cast({"for", "for", "for", "against"})})) ==
        "\"accepted\"");
  CHECK(outcome_of(play({two_thirds, "{}", cast({"for", "for", "for", "against", "abstain"})})) ==
        "\"rejected\"");
  const auto closed = play({two_thirds, "{}", cast({"for", "for", "for", "against"})});
  CHECK(ended_at(closed) == "2026-09-04T17:00");
}

TEST_CASE("a vote closes early only when nothing can change it", "[simulation][vote]") {
  const std::string early = vote(open_vote + R"(
        threshold: {option: for, share: "1/2", of: eligible, strict: true}
        earlyClose: whenDecided
)");
  const auto result = play({early, "{}", R"([
    {"task": "vote", "by": "an", "outcome": "for"},
    {"task": "vote", "by": "binh", "outcome": "for"},
    {"task": "vote", "by": "chi", "outcome": "against"},
    {"task": "vote", "by": "dung", "outcome": "for"},
    {"task": "vote", "by": "em", "outcome": "against", "after": "PT1H"}])"});
  CHECK(outcome_of(result) == "\"accepted\"");
  CHECK(result.unused == std::vector<std::size_t>{4});
}

TEST_CASE("nobody votes twice, for another, or after the close", "[simulation][vote]") {
  const auto result = play({vote(open_vote + "        earlyClose: never\n"), "{}", R"([
    {"task": "vote", "by": "an", "outcome": "for"},
    {"task": "vote", "by": "an", "outcome": "for"},
    {"task": "vote", "by": "giang", "outcome": "for"},
    {"task": "vote", "by": "binh", "outcome": "for", "after": "P30D"}])"});
  CHECK(refusals(result) == "1:not-a-candidate 2:not-a-candidate");
  CHECK(result.unused == std::vector<std::size_t>{3});
}

const std::string recorded_vote = R"(
        mode: recorded
        teller: [{role: specialist}]
        countersign: [{role: head}, {role: specialist}]
        quorum: {share: "2/3", of: eligible}
)";

TEST_CASE("a meeting's vote is recorded, checked and countersigned by a second person",
          "[simulation][vote]") {
  const auto result = play({vote(recorded_vote + R"(
        threshold: {option: for, share: "1/2", of: present, strict: true}
)"), "{}", R"([
    {"task": "vote", "by": "an", "outcome": "record", "data": {"eligible": 30, "present": 40, "issued": 20, "valid": 20, "votes": {"for": 11, "against": 8, "abstain": 1}}},
    {"task": "vote", "by": "an", "outcome": "record", "data": {"eligible": 30, "present": 20, "issued": 20, "valid": 20, "votes": {"for": 11, "against": 8, "abstain": 2}}},
    {"task": "vote", "by": "an", "outcome": "record", "data": {"eligible": 30, "present": 20, "issued": 20, "valid": 20, "votes": {"for": 11, "against": 8, "abstain": 1}}},
    {"task": "vote", "by": "an", "outcome": "confirm"},
    {"task": "vote", "by": "binh", "outcome": "confirm"}])"});
  CHECK(refusals(result) == "0:answer-invalid 1:answer-invalid 3:excluded");
  CHECK(outcome_of(result) == "\"accepted\"");
}

TEST_CASE("seats go to those above the threshold, a tie at the last seat is said",
          "[simulation][vote]") {
  const std::string election = vote(recorded_vote + R"(
        seats: 2
        candidates: [hoa, lan, mai]
        threshold: {share: "1/2", of: present, strict: true}
)");
  const auto elect = [&](int hoa, int lan, int mai) {
    return outcome_of(play({election, "{}", Json({{{"task", "vote"}, {"by", "an"}, {"outcome", "record"},
        {"data", {{"eligible", 30}, {"present", 30}, {"issued", 30}, {"valid", 30},
                  {"votes", {{"hoa", hoa}, {"lan", lan}, {"mai", mai}}}}}},
        {{"task", "vote"}, {"by", "binh"}, {"outcome", "confirm"}}}).dump()}));
  };
  CHECK(elect(20, 18, 10) == "\"accepted\"");
  CHECK(elect(20, 18, 18) == "\"tie\"");
  CHECK(elect(20, 15, 10) == "\"rejected\"");
}

TEST_CASE("calendar gives a deadline in working time to standard fields", "[simulation][calendar]") {
  CHECK(ended_at(play({R"(
do:
  - deadline: {call: "calendar:1.0.0@default", with: {add: {workingDays: 5, at: "17:00"}}}
  - nap: {wait: "${ .duration }"}
)"})) == "2026-09-09T17:00");
}

TEST_CASE("notify tells people and does not wait", "[simulation][notify]") {
  const auto result = play({R"(
do:
  - tell: {call: "notify:1.0.0@default", with: {to: [{role: head}], title: Tin, body: Nội dung}}
  - count: {set: "${ .ids | length }"}
)"});
  CHECK(outcome_of(result) == "2");
}

}  // namespace
}  // namespace kyhan::test
