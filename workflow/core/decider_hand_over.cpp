// A unit is closed, merged or divided, and its running work goes to another one: the case, its open
// tasks, the people who are asked in them. Deadlines stay as they are; who holds a task keeps it.

#include <algorithm>

#include "workflow/core/decider.hpp"
#include "workflow/core/person_text.hpp"
#include "workflow/core/time_text.hpp"
#include "workflow/core/unit_calendar.hpp"

namespace kyhan {
namespace {

Error refused(ErrorCode code, const char* type, Text detail) {
  return Error{code, type, std::move(detail)};
}

bool asks(const Candidate& candidate, const UnitId& unit) {
  return candidate.kind == Candidate::Kind::role && candidate.unit == unit;
}

/// True: something of it was the old unit's.
bool move(std::vector<Candidate>& candidates, const UnitId& from, const UnitId& to) {
  bool moved = false;
  for (Candidate& one : candidates) {
    if (!asks(one, from)) continue;
    one.unit = to;
    moved = true;
  }
  return moved;
}

/// The same for those who wait for their turn: [{unit, candidates, ...}].
bool move(Json& queue, const UnitId& from, const UnitId& to) {
  bool moved = false;
  for (Json& waiting : queue) {
    if (waiting.value("unit", "") == from.text()) {
      waiting["unit"] = to.text();
      moved = true;
    }
    for (Json& key : waiting["candidates"]) {
      Result<Candidate> candidate = candidate_from_key(key.get<std::string>());
      if (!candidate || !asks(*candidate, from)) continue;
      candidate->unit = to;
      key = to_key(*candidate);
      moved = true;
    }
  }
  return moved;
}

}  // namespace

Result<void> Decider::hand_over(const HandOver& command) {
  if (!looks_after_all(command.by)) {
    return refused(ErrorCode::forbidden, "not-administrator",
                   {"Chỉ quản trị viên hệ thống được chuyển giao công việc của một đơn vị.",
                    "Only a system administrator may hand over the work of a unit."});
  }
  if (state_.ended_at) {
    return refused(ErrorCode::conflict, "instance-ended",
                   {"Quy trình đã kết thúc, không còn gì để chuyển giao.",
                    "The instance has ended: there is nothing to hand over."});
  }
  if (Result<void> reasoned = check_reason(command.reason, "/reason"); !reasoned) return reasoned;
  if (command.from == command.to || command.to.empty() ||
      !unit_is_open(world_.calendars, world_.directory, command.to, now_.at)) {
    return refused(
        ErrorCode::conflict, "unit-closed",
        {"Đơn vị nhận (" + command.to.text() + ") không hoạt động hoặc chính là đơn vị giao.",
         "The unit that takes over (" + command.to.text() +
             ") is not open, or is the one that hands over."});
  }
  HandedOver event{
      command.by, command.from, command.to, command.reason, state_.unit == command.from,
      {},         {},           now_.at,    command.via};
  for (const auto& [id, task] : state_.tasks) {
    MovedTask moved{id, task.unit == command.from ? command.to : task.unit, task.candidates};
    const bool asked = move(moved.candidates, command.from, command.to);
    if (asked || moved.unit != task.unit) event.tasks.push_back(std::move(moved));
  }
  for (const auto& [id, node] : state_.nodes) {
    Json queue = member(node.results, "queue");
    if (queue.is_array() && move(queue, command.from, command.to)) {
      event.queues.push_back({id, std::move(queue)});
    }
  }
  if (!event.whole && event.tasks.empty() && event.queues.empty()) return {};

  std::vector<TaskId> tasks;
  for (const MovedTask& moved : event.tasks) tasks.push_back(moved.task);
  apply(std::move(event));
  for (const TaskId& id : tasks) {
    const Task& task = state_.tasks.at(id);
    save_task(task);
    announce(task, "handedOver",
             {{"by", command.by.text()}, {"from", command.from.text()}, {"to", command.to.text()}});
    if (task.holder.empty() && task.kind == "task") {
      tell(task, reached(eligible(task.candidates, excluded_now(task)), task), "task.created",
           {"Việc được chuyển giao từ đơn vị khác.", "The task was handed over by another unit."});
    }
  }
  publish("instance", "handedOver", state_.unit, state_.id.text(),
          {{"handedOverAt", to_rfc3339(now_.at)},
           {"from", command.from.text()},
           {"to", command.to.text()}});
  return {};
}

}  // namespace kyhan
