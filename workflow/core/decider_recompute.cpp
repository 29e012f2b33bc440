// The calendar is another one: every deadline, reminder, escalation, hard end and window of a vote
// that is still ahead is counted again, from where it was counted before. Times that a `wait` has
// taken stay: it holds a span, not a day.

#include "workflow/core/decider.hpp"

namespace kyhan {

Result<void> Decider::recompute(const RecomputeDeadlines& command) {
  if (state_.ended_at) return {};
  const std::optional<std::int64_t> change =
      command.change == 0 ? std::nullopt : std::optional{command.change};
  DeadlinesMoved votes{"calendar", change, {}, {}, now_.at};
  for (const auto& [id, node] : state_.nodes) {
    const std::optional<NodePlan> plan = vote_planned_anew(node);
    if (plan && plan->wake_at != node.wake_at) votes.nodes.push_back(*plan);
  }
  // Votes first: a ballot is due when its vote closes.
  if (!votes.nodes.empty()) move_deadlines(std::move(votes));
  DeadlinesMoved tasks{"calendar", change, {}, {}, now_.at};
  for (const auto& [id, task] : state_.tasks) {
    if (std::optional<TaskPlan> plan = planned_anew(task, Ladder::goes_on)) {
      tasks.tasks.push_back(std::move(*plan));
    }
  }
  if (!tasks.tasks.empty()) move_deadlines(std::move(tasks));
  return {};
}

}  // namespace kyhan
