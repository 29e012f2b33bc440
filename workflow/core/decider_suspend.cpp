// An instance that stands still: nothing new begins, no clock runs, nobody decides. What was asked
// of the world before (an event listened for) may still come in; it is kept, and what follows
// from it begins when the instance goes on.

#include <algorithm>

#include "workflow/core/decider.hpp"
#include "workflow/core/person_text.hpp"
#include "workflow/core/time_text.hpp"

namespace kyhan {

/// The next repetition of a reminder keeps its distance from the one before it.
void Decider::move_repeat(const Task& task, Moment& moment, const Stop& stop) const {
  const Json& spec = state_.nodes.at(task.node).spec;
  const Json& reminder = spec.at("reminders").at(static_cast<std::size_t>(moment.index));
  const Json due = spec.contains("due") ? spec.at("due") : Json();
  moment.at =
      after_stop(calendar_for(due, task.unit), reminder.at("repeat").at("every"), moment.at, stop);
}

Result<void> Decider::refuse_while_suspended() const {
  if (!state_.suspended) return {};
  return Error{ErrorCode::conflict,
               "instance-suspended",
               {"Quy trình đang tạm dừng; chờ tiếp tục rồi mới xử lý được.",
                "The instance is suspended; it has to be resumed first."}};
}

Result<void> Decider::suspend(const SuspendInstance& command) {
  if (state_.ended_at) {
    return Error{ErrorCode::conflict,
                 "instance-ended",
                 {"Quy trình đã kết thúc, không thể tạm dừng.",
                  "The instance has ended and cannot be suspended."}};
  }
  if (Result<void> runs = refuse_while_suspended(); !runs) return runs;
  if (Result<void> reasoned = check_reason(command.reason, "/reason"); !reasoned) return reasoned;
  apply(InstanceSuspended{command.by, command.reason, now_.at});
  publish("instance", "suspended", state_.unit, state_.id.text(),
          {{"suspendedAt", to_rfc3339(now_.at)}});
  return {};
}

Result<void> Decider::resume(const ResumeInstance& command) {
  if (!state_.suspended) {
    return Error{ErrorCode::conflict,
                 "not-suspended",
                 {"Quy trình không tạm dừng.", "The instance is not suspended."}};
  }
  apply(InstanceResumed{command.by, now_.at});
  const Stop stop = state_.stops.back();
  const Milliseconds length = stop.to - stop.from;

  DeadlinesMoved nodes{"resumed", std::nullopt, {}, {}, now_.at};
  for (const auto& [id, node] : state_.nodes) {
    if (!node.wake_at && !node.timeout_at && !node.attempt_ends_at) continue;
    NodePlan plan{id, node.wake_at, node.timeout_at, node.attempt_ends_at};
    if (const std::optional<NodePlan> vote = vote_planned_anew(node)) {
      plan = *vote;
    } else if (plan.wake_at) {
      *plan.wake_at += length;
    }
    if (plan.timeout_at) *plan.timeout_at += length;
    if (plan.attempt_ends_at) *plan.attempt_ends_at += length;
    nodes.nodes.push_back(plan);
  }
  // Nodes first: a ballot is due when its vote closes.
  if (!nodes.nodes.empty()) move_deadlines(std::move(nodes));

  DeadlinesMoved tasks{"resumed", std::nullopt, {}, {}, now_.at};
  for (const auto& [id, task] : state_.tasks) {
    Task moved = task;
    for (Moment& moment : moved.moments) {
      if (moment.kind == "reminder" && moment.round > 0) move_repeat(moved, moment, stop);
    }
    std::ranges::sort(moved.moments);
    if (std::optional<TaskPlan> plan = planned_anew(moved, Ladder::goes_on)) {
      tasks.tasks.push_back(std::move(*plan));
    } else if (moved.moments != task.moments) {
      tasks.tasks.push_back({id, task.due_at, task.due_at, task.due_explain, task.overdue,
                             std::move(moved.moments), task.plans});
    }
  }
  if (!tasks.tasks.empty()) move_deadlines(std::move(tasks));
  publish("instance", "resumed", state_.unit, state_.id.text(),
          {{"resumedAt", to_rfc3339(now_.at)}, {"suspendedAt", to_rfc3339(stop.from)}});
  return {};
}

}  // namespace kyhan
