// Where a faulted instance broke, and how it goes on.

#include "workflow/core/wreck.hpp"

#include "tests/simulation/play.hpp"
#include "tests/support/results.hpp"

namespace kyhan::test {
namespace {

/// Plays until the fault, then retries as an administrator and gives what follows.
struct Retried {
  SimulationResult before;
  Result<Decision> decision = Error{ErrorCode::invalid, "none", {}};
  WreckFinder finder;

  /// The whole journal says the same as the state after the retry.
  void check_replay() const {
    REQUIRE(decision);
    State replayed;
    for (const Event& event : before.journal) evolve(replayed, event);
    for (const Event& event : decision->events) {
      evolve(replayed, decode_event(Json::parse(encode_text(event))));
    }
    CHECK(replayed == decision->state);
  }
};

Retried retry(const Play& given, const std::string& by = "", const std::string& at = "",
              const std::string& comment = "Đã sửa dữ liệu") {
  static const std::shared_ptr<ExpressionCompiler> compiler = make_jq_compiler();
  Retried retried;
  retried.before = play(given);
  for (const Event& event : retried.before.journal) retried.finder.add(event);
  const std::string document =
      "document: {dsl: '1.0.3', namespace: test, name: test, version: '1.0.0', metadata: {publish: "
      "{lifecycle: none}}}\n" +
      given.steps;
  const CompiledDefinition compiled = compile_definition(document, *compiler);
  REQUIRE(compiled.program.has_value());
  const auto directory = Directory::parse(*parse_json(small_directory)).value();
  const auto calendars = make_calendars({}).value();
  RetryInstance command{PersonId{by}, comment, nullptr, retried.finder.revision()};
  if (retried.finder.found()) {
    command.wreck = std::make_shared<const Wreck>(*retried.finder.found());
  }
  const Instant now =
      at.empty() ? *retried.before.state.ended_at + Milliseconds{1000} : *parse_rfc3339(at);
  retried.decision = decide(retried.before.state, World{*compiled.program, *directory, *calendars},
                            command, Now{now});
  return retried;
}

std::string open_tasks(const State& state) {
  std::string text;
  for (const auto& [id, task] : state.tasks) {
    text += (text.empty() ? "" : " ") + id.text() + ":" + task.name + ":" +
            std::string(to_text(task.state));
  }
  return text;
}

const char* expiring = R"(
do:
  - first: {set: {round: 1}}
  - ask:
      call: humanTask:1.0.0@default
      with:
        title: {vi: Việc, en: Work}
        assignment: {mode: claim, candidates: [{role: specialist, unit: so-a}]}
        expire: {in: PT1H}
  - tell: {set: "${ .outcome }"}
)";

TEST_CASE("an expired step is asked again, and what came before stays", "[simulation][retry]") {
  const Retried retried = retry({expiring});
  CHECK(outcome_of(retried.before) == "faulted timeout /do/1/ask");
  REQUIRE(retried.finder.found());
  CHECK(retried.finder.found()->pointer == "/do/1/ask");
  retried.check_replay();
  const State& state = retried.decision->state;
  CHECK(state.status == InstanceStatus::waiting);
  CHECK_FALSE(state.ended_at);
  CHECK_FALSE(state.error);
  CHECK(open_tasks(state) == "run.2:ask:offered");
  CHECK(state.nodes.at(root_node).data == Json{{"round", 1}});
  CHECK(std::holds_alternative<InstanceRetried>(retried.decision->events.front()));
}

TEST_CASE("what waited beside the fault stands again as it was", "[simulation][retry]") {
  const Retried retried =
      retry({R"(
do:
  - both:
      fork:
        branches:
          - left:
              call: humanTask:1.0.0@default
              with:
                title: {vi: Trái, en: Left}
                assignment: {mode: claim, candidates: [{role: specialist, unit: so-a}]}
                due: {in: P14D}
                reminders: [{offset: {in: -PT313H}}, {offset: {in: -P1D}}]
          - right:
              do:
                - pause: {wait: {hours: 30}}
                - break: {raise: {error: {type: https://example.vn/e, status: 500}}}
          - middle: {wait: {days: 9}}
)",
             "{}", R"([{"task": "left", "by": "an", "action": "claim", "after": "PT1H"}])"},
            "", "2026-08-30T08:00:00+07:00");
  CHECK(outcome_of(retried.before) == "faulted e /do/0/both/fork/branches/1/right/do/1/break");
  retried.check_replay();
  const Decision& decision = *retried.decision;
  // The raise fails again at once, so look at the state that the retry itself made.
  State again = retried.before.state;
  evolve(again, decision.events.front());
  CHECK(open_tasks(again) == "run.1:left:claimed");
  const Task& left = again.tasks.begin()->second;
  CHECK(left.holder == PersonId{"an"});
  CHECK(left.version == 4);  // Opened 1, claimed 2, withdrawn 3.
  std::string moments;
  for (const Moment& one : left.moments) moments += one.kind + std::to_string(one.index) + " ";
  CHECK(moments == "reminder1 overdue0 ");  // The first reminder's time has passed.
  CHECK(again.nodes.size() == 5);           // Root, fork, left, right, middle: not the raise.
  CHECK(decision.state.status == InstanceStatus::faulted);
  // Both withdrawals of the task are told, and in between that it was open again.
  std::vector<std::int64_t> versions;
  for (const Effect& effect : decision.effects) {
    if (const auto* save = std::get_if<SaveTask>(&effect)) versions.push_back(save->task.version);
  }
  CHECK(versions == std::vector<std::int64_t>{4, 5});
}

TEST_CASE("a branch that failed at its first step begins again, the others do not",
          "[simulation][retry]") {
  const Retried retried = retry({R"(
do:
  - both:
      fork:
        branches:
          - done: {set: {x: 1}}
          - bad: {call: humanTask:1.0.0@default, with: {title: A, assignment: {mode: claim, candidates: [{role: specialist, unit: so-a}]}, expire: {in: PT1H}}}
          - slow: {wait: {days: 9}}
)"});
  CHECK(outcome_of(retried.before) == "faulted timeout /do/0/both/fork/branches/1/bad");
  retried.check_replay();
  const State& state = retried.decision->state;
  CHECK(open_tasks(state) == "run.2:bad:offered");
  int waits = 0;
  for (const auto& [id, node] : state.nodes) waits += node.slot == 2 ? 1 : 0;
  CHECK(waits == 1);
  const Json& results = state.nodes.at(1).results;
  CHECK(results[0] == Json{{"output", {{"x", 1}}}});
}

TEST_CASE("the time of the whole runs anew", "[simulation][retry]") {
  const Retried retried = retry({R"(
timeout: {after: {hours: 2}}
do:
  - pause: {wait: {days: 1}}
)",
                                 "{}",
                                 "[]",
                                 {},
                                 "2026-08-28T08:00:00+07:00"},
                                "", "2026-08-28T12:00:00+07:00");
  CHECK(outcome_of(retried.before) == "faulted timeout /");
  retried.check_replay();
  const Node& root = retried.decision->state.nodes.at(root_node);
  CHECK(to_rfc3339(*root.timeout_at, "Asia/Ho_Chi_Minh") == "2026-08-28T14:00:00+07:00");
}

TEST_CASE("a loop goes on in the round that failed", "[simulation][retry]") {
  const Retried retried = retry({R"(
do:
  - each:
      for: {in: "${ [1, 2, 3] }"}
      do:
        - look: {switch: [{bad: {when: "${ $item == 2 }", then: fail}}, {good: {then: exit}}]}
        - fail: {raise: {error: {type: https://example.vn/e, status: 500}}}
)"});
  State again = retried.before.state;
  evolve(again, retried.decision->events.front());
  CHECK(again.nodes.at(1).iteration == 1);
  CHECK(again.nodes.at(1).vars == Json{{"item", 2}, {"index", 1}});
  retried.check_replay();
}

TEST_CASE("only a fault can be retried, by an administrator, with a reason",
          "[simulation][retry]") {
  CHECK(retry({expiring}, "an").decision.error().type == "not-administrator");
  CHECK(retry({expiring}, "", "", " ").decision.error().type == "comment-invalid");
  const Retried done = retry({"do:\n  - one: {set: {x: 1}}\n"});
  CHECK(done.decision.error().type == "not-faulted");
  const Retried never = retry({R"(
input: {schema: {document: {type: object, required: [a]}}}
do:
  - one: {set: {x: 1}}
)"});
  CHECK(outcome_of(never.before) == "faulted validation /");
  CHECK(never.decision.error().type == "nothing-to-retry");
}

}  // namespace
}  // namespace kyhan::test
