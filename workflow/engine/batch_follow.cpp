// What one command sets off in other instances, in the same transaction: sub-workflows that start and
// end, events that are delivered, instances that events start, starts that follow an end.

#include <algorithm>
#include <spdlog/spdlog.h>

#include "workflow/engine/batch.hpp"
#include "workflow/engine/schedules.hpp"

namespace kyhan {

Result<void> Batch::follow_up() {
  for (std::size_t done = 0; !pending_.follow_ups.empty();) {
    const FollowUp next = std::move(pending_.follow_ups.front());
    pending_.follow_ups.pop_front();
    Result<std::size_t> set_off =
        std::visit([this](const auto& one) { return follow(one); }, next);
    if (!set_off) return set_off.error();
    done += *set_off;
    if (done > deliveries_per_command_max) {
      return Error{ErrorCode::too_large,
                   "event-cascade",
                   {"Một lệnh kéo theo quá nhiều sự kiện nối tiếp nhau.",
                    "One command set off too many events after one another."}};
    }
  }
  return {};
}

/// `schedule.after` counts from here.
Result<std::size_t> Batch::follow(const ScheduledEnd& ended) {
  Result<Program> program = snapshot_.catalog->load(ended.definition);
  if (program) plan_after(*this, *program, *snapshot_.directory, ended.unit);
  return std::size_t{1};
}

Result<std::size_t> Batch::follow(const Emitted& emitted) { return deliver(emitted.event); }

/// It starts now and runs in slices of its own, like everything long.
Result<std::size_t> Batch::follow(const StartChild& child) {
  pending_.heard = true;
  Result<Program> program =
      snapshot_.catalog->load(child.definition.name, child.definition.version);
  if (!program) {
    spdlog::error("engine: {} cannot run: {}", child.start.id.text(), program.error().detail.en);
    if (!child.start.parent) return std::size_t{1};
    return command_other(
        child.start.parent->instance,
        EndChild{child.start.parent->node, child.start.id, InstanceStatus::faulted, {}, {}});
  }
  LoadedInstance fresh;
  fresh.state = std::make_shared<const State>();
  Result<Applied> started = decide_and_stage(fresh, *program, child.start, PersonId{}, 0);
  if (!started) return started.error();
  return std::size_t{1};
}

Result<std::size_t> Batch::follow(const CancelChild& child) {
  return command_other(child.id, CancelInstance{PersonId{}, "parent"});
}

Result<std::size_t> Batch::follow(const TellParent& ended) {
  pending_.heard = true;
  if (ended.command.item) return end_fan_child(ended);
  return command_other(ended.parent, ended.command);
}

Result<std::size_t> Batch::command_other(const InstanceId& id, const Command& command) {
  Result<std::optional<LoadedInstance>> loaded = load(id);
  if (!loaded) return loaded.error();
  if (!*loaded || (*loaded)->state->ended_at) return std::size_t{1};
  const State& state = *(*loaded)->state;
  Result<Program> program =
      snapshot_.catalog->load(state.definition.name, state.definition.version);
  if (!program) return program.error();
  Result<Applied> applied = decide_and_stage(**loaded, *program, command, PersonId{});
  if (!applied) return applied.error();
  return std::size_t{1};
}

}  // namespace kyhan
