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

/// What a decision may look at besides the instance: snapshots, borrowed for the call.
struct World {
  const Program& program;
  const Directory& directory;
  const Calendars& calendars;
  const Secrets* secrets = nullptr;  ///< Null: none.
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
};
[[nodiscard]] Waits waits_of(const State& state);

}  // namespace kyhan
