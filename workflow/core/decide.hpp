#pragma once
/// All of the engine's judgement, as one pure function.
///
/// Nothing in this folder reads a clock, a file, a socket or a random source: equal arguments give
/// equal decisions, so history can be replayed and tests need no fakes. Called by engine/batch.cpp
/// (live) and simulation/ (kyhan run). Reasons: docs/decisions/0003-pure-core.md.

#include <vector>

#include "workflow/core/calendar.hpp"
#include "workflow/core/definition.hpp"
#include "workflow/core/directory.hpp"
#include "workflow/core/events.hpp"
#include "workflow/core/model.hpp"
#include "workflow/core/result.hpp"

namespace kyhan {

/// How much people have to do, where a step chooses among them (assignment.mode auto).
class Workload {
 public:
  virtual ~Workload() = default;
  virtual std::int64_t open_tasks(const PersonId& person) const = 0;  ///< Held by them.
  /// Who was given the last one of this circle (TakeTurn); empty: nobody yet.
  virtual PersonId last_turn(const std::string& circle) const = 0;
};

/// The ballots of secret votes: how many there are of each choice, never whose.
class BallotCounts {
 public:
  virtual ~BallotCounts() = default;
  /// {choice as JSON text: how many}; nothing for a vote that has no box.
  virtual std::map<std::string, std::int64_t> count(const std::string& vote) const = 0;
};

/// What followed from an answer, for RecallAnswer.
struct AnswerTrace {
  State before;              ///< Just before the answer was accepted.
  std::vector<Event> own;    ///< The answer and what the same command brought about.
  std::vector<Event> later;  ///< Everything since.
  /// Messages that tell of it have not left yet: an event that the definition emitted can still be
  /// called back.
  bool held = false;
  bool heard = false;  ///< Another instance has consumed an event of it.
};

/// From the whole journal of an instance. `ended_with`: how many facts there were when the command
/// of the answer was through. Nothing: the task was not answered.
[[nodiscard]] std::optional<AnswerTrace> trace_answer(const std::vector<Event>& journal,
                                                      const TaskId& task, std::size_t ended_with);
class PreferenceBook;  // preferences.hpp

/// The definitions there are to run as sub-workflows.
class Workflows {
 public:
  virtual ~Workflows() = default;
  /// The exact version of the one that is meant; "latest" is the newest. Nothing: there is none.
  [[nodiscard]] virtual std::optional<DefinitionRef> find(const DefinitionRef& wanted) const = 0;
};

/// How the children of a fanOut have ended; its state only counts them.
class ChildEnds {
 public:
  virtual ~ChildEnds() = default;
  /// Of a step of the instance that decides, by the place of the item: {status, output | error}.
  [[nodiscard]] virtual std::map<std::int64_t, Json> of(NodeId node) const = 0;
};
/// Items one fanOut may have.
constexpr std::size_t fan_out_items_max = 50'000;
/// Bytes of its output as JSON text; of any other step: output_bytes_max.
constexpr std::size_t fan_out_output_bytes_max = 8 << 20;

/// The child for one item of a fanOut.
[[nodiscard]] StartInstance fan_child(const InstanceId& parent, NodeId node, const Fan& fan,
                                      std::int64_t index, const Json& item);
[[nodiscard]] InstanceId fan_child_id(const InstanceId& parent, NodeId node, std::int64_t index);

/// What a parent is told of a fault below it: the same error, at the step that ran the workflow.
[[nodiscard]] WorkflowError error_of(const EndChild& ended);

/// What a decision may look at besides the instance: snapshots, borrowed for the call.
struct World {
  const Program& program;
  const Directory& directory;
  const Calendars& calendars;
  const Secrets* secrets = nullptr;  ///< Null: none.
  const Workload* workload = nullptr;    ///< Null: nobody has anything to do.
  const BallotCounts* ballots = nullptr;  ///< Null: there is no secret vote.
  /// How people wish to be told; null where nobody is (a rehearsal).
  const PreferenceBook* preferences = nullptr;
  const Workflows* workflows = nullptr;  ///< Null: there is no other.
  const ChildEnds* children = nullptr;   ///< Null: no fanOut has any.
};

/// The moment of a decision. `jitter` in [0, 1) is the only chance there is; it comes with the
/// command. `steps_max` bounds the slice: beyond it the state is left `ready` and
/// Decision::unfinished is set, and the caller submits ContinueRun.
struct Now {
  Instant at;
  double jitter = 0.0;
  int steps_max = 256;
};

/// Steps an instance may run in all before it faults (backward jumps make endless loops legal).
constexpr std::int64_t steps_per_instance_max = 100'000;
/// How many workflows may run one in another.
constexpr int run_depth_max = 32;
/// Events one `listen` may take before it ends.
constexpr std::size_t listen_events_max = 10'000;
/// Bytes of one step's output as JSON text.
constexpr std::size_t output_bytes_max = 1 << 20;

struct Decision {
  State state;  ///< After the events; equal to evolve() over them.
  std::vector<Event> events;
  std::vector<Effect> effects;
  bool unfinished = false;
};

/// Decides what `command` means for `state`, handled at `now`. A timer that fires early, or twice,
/// or after its task is done gives an empty Decision: timers may safely be delivered repeatedly.
///
/// \returns a refusal (state unchanged) when the command cannot be: the task is not open (any more)
/// `conflict` "task-not-open"; not a candidate `forbidden` "not-a-candidate"; excluded `forbidden`
/// "excluded"; held by somebody else `conflict` "task-held"; unknown outcome, missing comment or
/// evidence, data against the form `invalid` with fields.
[[nodiscard]] Result<Decision> decide(const State& state, const World& world,
                                      const Command& command, const Now& now);

/// The same for whoever owns the state: it is moved through the decision instead of copied, and
/// Decision::state is left empty. A refusal leaves it as it was.
[[nodiscard]] Result<Decision> decide_in_place(State& state, const World& world,
                                               const Command& command, const Now& now);

/// The only code that changes a state. Applies one fact; never evaluates, never fails on events
/// that decide() made.
void evolve(State& state, const Event& event);

/// What waits, as rows: timers by id, the nodes that listen, open tasks, calls that are out. The
/// audit compares them with the tables.
struct Waits {
  std::map<std::string, Instant> timers;
  std::set<NodeId> subscriptions;
  std::set<TaskId> tasks;
  std::map<NodeId, std::string>
      calls;  ///< Calls to the outside without an answer, with their keys.
  std::set<std::string> ballot_boxes;  ///< Secret votes that are open.
  std::set<InstanceId> children;  ///< Sub-workflows it waits for.
  std::set<NodeId> fans;          ///< Steps that wait for the children of a fanOut.
};
[[nodiscard]] Waits waits_of(const State& state);
/// Whether the step waits for the children of a fanOut. `results.fan` then counts them: {total,
/// needed, completed, faulted, cancelled}.
[[nodiscard]] bool is_fan(const Node& node);

}  // namespace kyhan
