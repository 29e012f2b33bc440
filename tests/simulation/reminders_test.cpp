// Ladders of reminders and escalation, on virtual time: who is told, when, once.

#include "workflow/core/reminders.hpp"

#include "tests/simulation/play.hpp"
#include "tests/support/results.hpp"

namespace kyhan::test {
namespace {

std::string ask(const std::string& with) {
  return "\ndo:\n  - ask:\n      call: humanTask:1.0.0@default\n      with:\n        title: "
         "Work\n" +
         with + "  - tell: {set: \"${ .outcome }\"}\n";
}

const std::string by_specialist =
    "        assignment: {mode: claim, candidates: [{role: specialist, unit: own}]}\n";

const std::string ladder = R"(
        due: {workingDays: 5}
        reminders:
          - {offset: {workingDays: -3}, at: "08:00", to: [assignee]}
          - {offset: {workingDays: -1}, at: "08:00", to: [assignee]}
          - {offset: {workingDays: 0}, at: "08:00", to: [assignee]}
          - {offset: {workingDays: 1}, at: "08:00", to: [assignee, head], repeat: {every: {workingDays: 1}, until: done}}
        escalation:
          - {after: {workingDays: 2}, action: notify, to: {role: chair}, note: Báo cáo}
)";

std::shared_ptr<const Directory> small_organisation() {
  return Directory::parse(*parse_json(small_directory)).value();
}

/// One task that is open, for decisions at times of the test's choice.
struct Waiting {
  Program program;
  std::shared_ptr<const Directory> directory = small_organisation();
  std::shared_ptr<const Calendars> calendars = make_calendars({}).value();
  State state;

  explicit Waiting(const std::string& steps) {
    static const std::shared_ptr<ExpressionCompiler> compiler = make_jq_compiler();
    const CompiledDefinition compiled = compile_definition(
        "document: {dsl: '1.0.3', namespace: test, name: test, version: '1.0.0'}\n" + steps,
        *compiler);
    REQUIRE(compiled.program.has_value());
    program = *compiled.program;
    (void)give(StartInstance{InstanceId{"i"}, UnitId{"so-a"}, {}, Json::object(), PersonId{"an"}},
               "2026-08-28T08:00:00+07:00");
  }
  [[nodiscard]] World world() const { return {program, *directory, *calendars}; }
  Decision give(const Command& command, const std::string& at) {
    Result<Decision> decided = decide(state, world(), command, Now{parse_rfc3339(at).value()});
    REQUIRE(decided);
    state = decided->state;
    return std::move(*decided);
  }
  Decision fire(const std::string& at) { return give(TimerFired{"ti.1"}, at); }
  [[nodiscard]] std::vector<UpcomingNotice> next(const std::string& at, std::size_t most) const {
    return upcoming_notices(state, world(), TaskId{"i.1"}, parse_rfc3339(at).value(), most);
  }
};

std::string local(Instant at) {
  return to_rfc3339(at, "Asia/Ho_Chi_Minh").substr(0, 16);
}

std::string names(const std::vector<PersonId>& people) {
  std::string text;
  for (const PersonId& person : people) text += (text.empty() ? "" : ",") + person.text();
  return text;
}

/// "an", or "binh for an" of a deputy.
std::string names(const std::vector<Addressee>& people) {
  std::string text;
  for (const Addressee& one : people) {
    text += (text.empty() ? "" : ",") + one.person.text();
    if (!one.on_behalf_of.empty()) text += " for " + one.on_behalf_of.text();
  }
  return text;
}

/// "i.1/0.0/an ..." of a decision: the ids of the messages to people.
std::string messages(const Decision& decision) {
  std::string ids;
  for (const Effect& effect : decision.effects) {
    const auto* publish = std::get_if<Publish>(&effect);
    if (publish == nullptr || !publish->routing_key.starts_with("reminder.")) continue;
    ids += (ids.empty() ? "" : " ") + publish->event.at("id").get<std::string>();
  }
  return ids;
}

template <class E>
std::vector<E> events_of(const Decision& decision) {
  std::vector<E> found;
  for (const Event& event : decision.events) {
    if (const auto* one = std::get_if<E>(&event)) found.push_back(*one);
  }
  return found;
}

TEST_CASE("what a task will tell whom is known before it happens, with the reason",
          "[simulation][reminders]") {
  // Friday 28 August: 31 August to 2 September are days off, so five working days end on the 9th.
  const Waiting waiting{ask(by_specialist + ladder)};
  std::string told;
  for (const UpcomingNotice& one : waiting.next("2026-08-28T08:00:00+07:00", 9)) {
    told += local(one.at) + " " + one.kind + " " + names(one.to) + ": " + one.why.vi + "\n";
  }
  CHECK(
      told ==
      "2026-09-04T08:00 reminder an: Nhắc việc: trước hạn Thứ Tư 09/9/2026 là 3 ngày làm việc.\n"
      "2026-09-08T08:00 reminder an: Nhắc việc: trước hạn Thứ Tư 09/9/2026 là 1 ngày làm việc.\n"
      "2026-09-09T08:00 reminder an: Nhắc việc: đúng hạn Thứ Tư 09/9/2026.\n"
      "2026-09-10T00:00 overdue an: Qua hạn Thứ Tư 09/9/2026: đánh dấu quá hạn.\n"
      "2026-09-10T08:00 reminder an,binh: Nhắc việc: quá hạn Thứ Tư 09/9/2026 là 1 ngày làm việc.\n"
      "2026-09-11T08:00 reminder an,binh: Nhắc lại lần 2, cứ 1 ngày làm việc một lần đến khi "
      "xong.\n"
      "2026-09-12T00:00 escalation giang: Còn chưa xong khi quá hạn Thứ Tư 09/9/2026 là 2 ngày "
      "làm việc: báo cáo cấp trên. Báo cáo.\n"
      "2026-09-14T08:00 reminder an,binh: Nhắc lại lần 3, cứ 1 ngày làm việc một lần đến khi "
      "xong.\n"
      "2026-09-15T08:00 reminder an,binh: Nhắc lại lần 4, cứ 1 ngày làm việc một lần đến khi "
      "xong.\n");
  CHECK(waiting.next("2026-08-28T08:00:00+07:00", 1).front().why.en ==
        "Reminder: 3 working days before the due date, Wednesday 9 September 2026.");
  CHECK(waiting.next("2026-08-28T08:00:00+07:00", 200).size() == 200);
}

TEST_CASE("what was foretold is what happens", "[simulation][reminders][property]") {
  Waiting waiting{ask(by_specialist + ladder)};
  for (int i = 0; i < 12; ++i) {
    const std::vector<UpcomingNotice> next = waiting.next("2026-08-28T08:00:00+07:00", 1);
    REQUIRE(next.size() == 1);
    const Decision decision = waiting.fire(to_rfc3339(next.front().at));
    std::string reached;
    for (const TaskReminded& one : events_of<TaskReminded>(decision)) {
      CHECK(one.moment.at == next.front().at);
      CHECK_FALSE(one.late);
      reached = names(one.to);
    }
    for (const TaskEscalated& one : events_of<TaskEscalated>(decision)) reached = names(one.to);
    if (next.front().kind != "overdue") CHECK(reached == names(next.front().to));
  }
}

TEST_CASE("after a long silence each person gets the last of theirs, once, marked late",
          "[simulation][reminders][bad-days]") {
  Waiting waiting{ask(by_specialist + ladder)};
  // The server was off from before the first reminder until two days after the due date.
  const Decision decision = waiting.fire("2026-09-11T09:00:00+07:00");
  const auto reminded = events_of<TaskReminded>(decision);
  REQUIRE(reminded.size() == 4);
  for (int i = 0; i < 3; ++i) {
    CHECK(reminded[static_cast<std::size_t>(i)].to.empty());
    CHECK(names(reminded[static_cast<std::size_t>(i)].collapsed) == "an");
  }
  CHECK(names(reminded[3].to) == "an,binh");
  CHECK(reminded[3].late);
  CHECK(messages(decision) == "i.1/3.0/an i.1/3.0/binh");
  // The rounds that were missed are not made up for: the next one is tomorrow's.
  const auto next = waiting.next("2026-09-11T09:00:00+07:00", 2);
  CHECK(local(next.at(0).at) == "2026-09-12T00:00");
  CHECK(local(next.at(1).at) == "2026-09-14T08:00");
  CHECK(next.at(1).round == 1);
  CHECK(messages(waiting.fire("2026-09-11T09:00:00+07:00")).empty());
}

TEST_CASE("a reminder within a minute of its time is not late", "[simulation][reminders]") {
  Waiting waiting{ask(by_specialist + ladder)};
  CHECK_FALSE(events_of<TaskReminded>(waiting.fire("2026-09-04T08:01:00+07:00")).at(0).late);
  CHECK(events_of<TaskReminded>(waiting.fire("2026-09-08T08:01:00.001+07:00")).at(0).late);
}

TEST_CASE("a clock that goes back or forward sends nothing twice and forgets nothing",
          "[simulation][reminders][bad-days]") {
  Waiting waiting{ask(by_specialist + ladder)};
  CHECK(messages(waiting.fire("2026-09-04T08:00:00+07:00")) == "i.1/0.0/an");
  // Set back by a day: the same moment passes again.
  CHECK(messages(waiting.fire("2026-09-03T08:00:00+07:00")).empty());
  CHECK(messages(waiting.fire("2026-09-04T08:00:00+07:00")).empty());
  // Set forward over the due date and a repetition, then right again.
  CHECK(messages(waiting.fire("2026-09-10T09:00:00+07:00")) == "i.1/3.0/an i.1/3.0/binh");
  CHECK(messages(waiting.fire("2026-09-08T08:00:00+07:00")).empty());
  CHECK(messages(waiting.fire("2026-09-10T08:00:00+07:00")).empty());
  CHECK(messages(waiting.fire("2026-09-11T08:00:00+07:00")) == "i.1/3.1/an i.1/3.1/binh");
}

TEST_CASE("who holds the task, and who is head, is asked when the reminder goes out",
          "[simulation][reminders]") {
  Waiting waiting{ask(R"(
        assignment: {mode: claim, candidates: [{role: specialist}]}
        due: {workingDays: 5}
        reminders: [{offset: {workingDays: -1}, to: [assignee]}]
)")};
  CHECK(names(waiting.next("2026-08-28T08:00:00+07:00", 1).front().to) == "an,dung");
  (void)waiting.give(ClaimTask{TaskId{"i.1"}, PersonId{"dung"}}, "2026-09-01T08:00:00+07:00");
  CHECK(names(waiting.next("2026-09-01T08:00:00+07:00", 1).front().to) == "dung");
  CHECK(messages(waiting.fire("2026-09-08T07:30:00+07:00")) == "i.1/0.0/dung");
}

TEST_CASE("nothing is told any more once the task is done", "[simulation][reminders]") {
  Waiting waiting{ask(by_specialist + ladder)};
  (void)waiting.give(CompleteTask{TaskId{"i.1"}, PersonId{"an"}, "done", {}, {}, {}},
                     "2026-09-03T08:00:00+07:00");
  CHECK(waiting.next("2026-09-03T08:00:00+07:00", 10).empty());
  CHECK(messages(waiting.fire("2026-09-04T08:00:00+07:00")).empty());
}

TEST_CASE("escalation may invite more people, who may then take the task",
          "[simulation][escalation]") {
  const auto result = play({ask(by_specialist + R"(
        due: {workingDays: 5}
        escalation: [{after: {workingDays: 2}, action: addCandidates, to: {role: head, unit: own}}]
)"),
                            "{}", R"([
    {"task": "ask", "by": "an", "action": "claim", "after": "PT1H"},
    {"task": "ask", "by": "binh", "after": "P1D"},
    {"task": "ask", "by": "binh", "after": "P20D"}])"});
  CHECK(refusals(result) == "1:not-a-candidate");
  CHECK(outcome_of(result) == "\"done\"");
}

TEST_CASE("escalation may answer in the place of who was silent, and says so",
          "[simulation][escalation]") {
  const auto result =
      play({ask(R"(
        assignment: {mode: offer, candidates: [{role: head, units: [so-a, so-b]}]}
        completion: {per: unit, rule: all, decideBy: worst, order: [object, agree]}
        outcomes: [{id: agree}, {id: object, requires: [comment]}]
        due: {workingDays: 5}
        escalation: [{after: {workingDays: 1}, action: complete, outcome: agree, note: Coi như đồng ý}]
)") + "",
            "{}", R"([{"task": "ask", "by": "em", "outcome": "agree", "after": "P1D"}])"});
  CHECK(outcome_of(result) == "\"agree\"");
  CHECK(ended_at(result) == "2026-09-11T00:00");
  std::string silent;
  for (const Event& event : result.journal) {
    const auto* answered = std::get_if<TaskCompleted>(&event);
    if (answered == nullptr || !answered->response.automatic) continue;
    silent = answered->response.unit.text() + " " + answered->response.comment;
  }
  CHECK(silent == "so-a Coi như đồng ý");
}

TEST_CASE("an outcome that does not exist cannot be given by the system",
          "[simulation][escalation]") {
  CHECK(outcome_of(play({ask(by_specialist + R"(
        due: {workingDays: 5}
        escalation: "${ [{after: {workingDays: 1}, action: \"complete\", outcome: \"maybe\"}] }"
)")})) == "faulted validation /do/0/ask");
}

TEST_CASE("at the hard end the holder is told that the task is withdrawn", "[simulation][expire]") {
  Waiting waiting{ask(by_specialist + "        expire: {workingDays: 5}\n")};
  const Decision decision = waiting.fire("2026-09-10T00:00:00+07:00");
  std::string told;
  for (const Effect& effect : decision.effects) {
    if (const auto* notify = std::get_if<Notify>(&effect)) {
      told += notify->kind + " " + names(notify->to);
    }
  }
  CHECK(told == "task.expired an");
}

}  // namespace
}  // namespace kyhan::test
