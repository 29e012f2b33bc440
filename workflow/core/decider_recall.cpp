// Recall (thu hồi): an answer is taken back, and with it what followed from it.
//
// Undone is the whole of what the answer's command brought about: the instance stands as it stood
// before, and what others have done elsewhere since is applied to it again. What cannot be undone
// refuses: somebody has taken up the work that followed, the case has ended, something has left
// the house, another case has heard of it.

#include <algorithm>
#include <set>

#include "workflow/core/codec.hpp"
#include "workflow/core/decider.hpp"

namespace kyhan {
namespace {

Error too_late(Text why) {
  return {ErrorCode::conflict,
          "recall-too-late",
          {"Không thu hồi được nữa: " + why.vi, "It can no longer be recalled: " + why.en}};
}

/// The task that a fact is about; empty: it is about none.
TaskId task_of(const Event& event) {
  return std::visit(
      [](const auto& one) -> TaskId {
        using One = std::decay_t<decltype(one)>;
        if constexpr (std::is_same_v<One, TaskCompleted>) {
          return one.response.task;
        } else if constexpr (std::is_same_v<One, TaskOpened>) {
          return one.task.id;
        } else if constexpr (requires { TaskId{one.task}; }) {
          return one.task;
        } else {
          return TaskId{};
        }
      },
      event);
}

/// The nodes that a fact changes.
std::vector<NodeId> nodes_of(const Event& event) {
  return std::visit(
      [](const auto& one) {
        std::vector<NodeId> nodes;
        if constexpr (requires { one.node + 0; }) nodes.push_back(one.node);
        if constexpr (requires { one.parent + 0; }) nodes.push_back(one.parent);
        return nodes;
      },
      event);
}

bool ends_instance(const Event& event) {
  return std::holds_alternative<InstanceCompleted>(event) ||
         std::holds_alternative<InstanceFaulted>(event) ||
         std::holds_alternative<InstanceCancelled>(event);
}

/// What somebody or the clock does at a task without taking it up: it goes with the task.
bool is_passing(const Event& event) {
  return std::holds_alternative<TaskReminded>(event) ||
         std::holds_alternative<TaskOverdue>(event) || std::holds_alternative<TaskCommented>(event);
}

}  // namespace

std::optional<AnswerTrace> trace_answer(const std::vector<Event>& journal, const TaskId& task,
                                        std::size_t ended_with) {
  std::size_t at = journal.size();
  for (std::size_t i = 0; i < journal.size(); ++i) {
    const auto* completed = std::get_if<TaskCompleted>(&journal[i]);
    if (completed != nullptr && completed->response.task == task) at = i;  // The last time counts.
  }
  if (at == journal.size() || ended_with <= at || ended_with > journal.size()) return std::nullopt;
  AnswerTrace trace;
  for (std::size_t i = 0; i < at; ++i) evolve(trace.before, journal[i]);
  const auto from = [&](std::size_t index) {
    return journal.begin() + static_cast<std::ptrdiff_t>(index);
  };
  trace.own.assign(from(at), from(ended_with));
  trace.later.assign(from(ended_with), journal.end());
  return trace;
}

/// Why the consequences of the answer cannot be undone; nothing: they can.
std::optional<Error> Decider::why_not_undone(const AnswerTrace& trace) const {
  if (trace.heard) {
    return too_late({"hồ sơ khác đã nhận sự kiện của kết quả này.",
                     "another case has received an event of it."});
  }
  for (const Event& event : trace.own) {
    if (ends_instance(event)) { return too_late({"hồ sơ đã kết thúc.", "the case has ended."}); }
    if (std::holds_alternative<VoteClosed>(event)) {
      return too_late({"cuộc biểu quyết đã kết thúc.", "the vote has closed."});
    }
    StepIndex index = no_step;
    if (const auto* ran = std::get_if<StepRan>(&event); ran != nullptr && !ran->skipped) {
      index = ran->step;
    } else if (const auto* entered = std::get_if<NodeEntered>(&event)) {
      index = entered->step;
    }
    if (index == no_step) continue;
    const Step& step = definition().steps.at(static_cast<std::size_t>(index));
    const auto* call = std::get_if<CallStep>(&step.body);
    const bool people = call != nullptr &&
                        (call->function == Function::human_task ||
                         call->function == Function::vote ||
                         call->function == Function::calendar || call->function == Function::own);
    const bool tells = std::holds_alternative<EmitStep>(step.body) ||
                       (call != nullptr && call->function == Function::notify);
    if (tells && !trace.held) {
      return too_late({"thông báo của bước “" + step.name + "” đã gửi đi.",
                       "what the step “" + step.name + "” tells has been sent."});
    }
    const bool fan = call != nullptr && call->function == Function::fan_out;
    if (call != nullptr && !people && !tells && !fan) {
      return too_late({"bước “" + step.name + "” đã gọi ra ngoài.",
                       "the step “" + step.name + "” has called out."});
    }
    if (step.kind == "run" || fan) {
      return too_late({"bước “" + step.name + "” đã khởi tạo quy trình khác.",
                       "the step “" + step.name + "” has started another workflow."});
    }
  }
  return std::nullopt;
}

/// What stood before, with what has happened elsewhere since; or what stands against it.
Result<State> Decider::undone(const AnswerTrace& trace) const {
  std::set<NodeId> touched;
  for (const Event& event : trace.own) {
    for (const NodeId node : nodes_of(event)) touched.insert(node);
  }
  // The step itself: once it has ended, it cannot be asked again.
  if (const auto answered = trace.before.tasks.find(task_of(trace.own.front()));
      answered != trace.before.tasks.end()) {
    touched.insert(answered->second.node);
  }
  State restored = trace.before;
  const auto stands = [&](NodeId node) {
    return restored.nodes.contains(node) && !touched.contains(node);
  };
  for (const Event& event : trace.later) {
    const TaskId task = task_of(event);
    if (const auto* opened = std::get_if<TaskOpened>(&event);
        opened != nullptr && stands(opened->task.node)) {
      evolve(restored, event);
      continue;
    }
    if (!task.empty()) {
      if (restored.tasks.contains(task) && !std::holds_alternative<TaskOpened>(event)) {
        evolve(restored, event);
        continue;
      }
      if (is_passing(event)) continue;
      const auto* claimed = std::get_if<TaskClaimed>(&event);
      const std::string who = claimed != nullptr ? claimed->by.text() : std::string{};
      return too_late(who.empty() ? Text{"việc tiếp theo đã được xử lý.",
                                         "the work that followed has been taken up."}
                                  : Text{who + " đã nhận việc tiếp theo.",
                                         who + " has taken up the work that followed."});
    }
    if (ends_instance(event)) return too_late({"hồ sơ đã kết thúc.", "the case has ended."});
    if (std::holds_alternative<InstanceCommented>(event)) continue;
    const auto* entered = std::get_if<NodeEntered>(&event);
    const std::vector<NodeId> nodes = nodes_of(event);
    const bool elsewhere = entered != nullptr
                               ? stands(entered->parent) && !touched.contains(entered->node)
                               : !nodes.empty() && std::ranges::all_of(nodes, stands);
    if (!elsewhere) return too_late({"hồ sơ đã đi tiếp.", "the case has gone on."});
    evolve(restored, event);
  }
  const bool whole = std::ranges::all_of(restored.tasks, [&](const auto& entry) {
    return restored.nodes.contains(entry.second.node);
  });
  if (!whole) return too_late({"hồ sơ đã đi tiếp.", "the case has gone on."});
  return restored;
}

Result<void> Decider::recall(const RecallAnswer& command) {
  if (command.trace == nullptr || command.trace->own.empty()) {
    return too_late({"không còn dấu vết của kết quả này.", "nothing is known of it any more."});
  }
  const AnswerTrace& trace = *command.trace;
  const auto* completed = std::get_if<TaskCompleted>(&trace.own.front());
  if (completed == nullptr || completed->response.task != command.task ||
      completed->response.automatic) {
    return too_late({"việc này không do người trả lời.", "nobody has answered it."});
  }
  const Response& response = completed->response;
  if (command.by.empty() || (response.by != command.by && response.on_behalf_of != command.by)) {
    return Error{ErrorCode::forbidden,
                 "not-the-performer",
                 {"Chỉ người đã xử lý mới thu hồi được.", "Only who answered may recall it."}};
  }
  const auto task = trace.before.tasks.find(command.task);
  if (task == trace.before.tasks.end() || task->second.kind != "task") {
    return Error{ErrorCode::forbidden,
                 "not-in-a-vote",
                 {"Phiếu đã bỏ không thu hồi được; hãy bỏ phiếu lại nếu được phép.",
                  "A ballot is not recalled; vote again where that is allowed."}};
  }
  if (std::optional<Error> against = why_not_undone(trace)) return *against;
  Result<State> restored = undone(trace);
  if (!restored) return restored.error();

  // A version names one appearance: what comes back is a new one.
  for (auto& [id, one] : restored->tasks) {
    const auto now = state_.tasks.find(id);
    if (now == state_.tasks.end()) one.version += 2;
  }
  const std::map<TaskId, Task> before = state_.tasks;
  AnswerRecalled event;
  event.task = command.task;
  event.by = command.by;
  event.on_behalf_of = response.on_behalf_of;
  event.reason = command.reason;
  event.after_revision = trace.before.revision;
  event.up_to_revision = trace.before.revision + static_cast<std::int64_t>(trace.own.size());
  event.restored = encode_state(*restored);
  event.at = now_.at;
  event.via = command.via;
  // What will be gone must still know its specification when lists are told.
  for (const auto& [id, one] : before) {
    if (restored->tasks.contains(id)) continue;
    Task gone = one;
    gone.state = TaskState::withdrawn;
    ++gone.version;
    save_task(gone);
    announce(gone, "withdrawn", {{"reason", "recalled"}});
    tell(gone, reached(addressees(Json::array({"assignee"}), gone), gone), "task.withdrawn",
         {"Việc được thu hồi vì bước trước đã được thu hồi.",
          "The task is withdrawn, for the step before it was recalled."});
  }
  const std::int64_t after = event.after_revision, up_to = event.up_to_revision;
  apply(std::move(event));
  effect(CallBack{after, up_to});
  for (const auto& [id, one] : state_.tasks) {
    const auto was = before.find(id);
    if (was != before.end() && was->second == one) continue;
    save_task(one);
  }
  announce(state_.tasks.at(command.task), "recalled",
           {{"by", command.by.text()}, {"reason", command.reason}});
  return {};
}

}  // namespace kyhan
