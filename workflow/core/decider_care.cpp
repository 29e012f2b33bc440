// What those who look after the cases may do to them, beside the people whose work it is.

#include "workflow/core/codec.hpp"
#include "workflow/core/decider.hpp"
#include "workflow/core/person_text.hpp"
#include "workflow/core/time_text.hpp"
#include "workflow/core/wreck.hpp"

namespace kyhan {
namespace {

constexpr std::string_view withdrawn_error = "https://kyhan.vn/errors/human/withdrawn";

Error refused(ErrorCode code, const char* type, Text detail) {
  return Error{code, type, std::move(detail)};
}

}  // namespace

/// Nobody: the server's own user, through the command line.
bool Decider::looks_after_all(const PersonId& by) const {
  return by.empty() || world_.directory.has_role(by, RoleId{"administrator"}, UnitId{});
}

Result<void> Decider::withdraw(const WithdrawTask& command) {
  const auto found = state_.tasks.find(command.task);
  if (found == state_.tasks.end()) {
    return task_not_open(command.task);
  }
  if (!looks_after_all(command.by)) {
    return refused(ErrorCode::forbidden, "not-administrator",
                   {"Chỉ quản trị viên hệ thống được thu hồi công việc của người khác.",
                    "Only a system administrator may withdraw the tasks of others."});
  }
  if (found->second.kind != "task") {
    return refused(ErrorCode::conflict, "vote-not-withdrawable",
                   {"Phiếu biểu quyết không thu hồi riêng được; hãy hủy cả quy trình.",
                    "A ballot cannot be withdrawn by itself; cancel the whole case."});
  }
  if (Result<void> reasoned = check_reason(command.comment, "/comment"); !reasoned) return reasoned;

  Task task = found->second;
  Json detail = {{"taskId", task.id.text()}, {"candidates", Json::array()}};
  for (const Candidate& one : task.candidates) detail["candidates"].push_back(to_key(one));
  detail["due"] = task.due_at ? Json(to_rfc3339(*task.due_at)) : Json();
  detail["comment"] = command.comment;
  apply(TaskEnded{task.id, TaskState::withdrawn, "withdrawn", now_.at, command.by, command.comment,
                  command.via});
  task.state = TaskState::withdrawn;
  task.asked.clear();
  ++task.version;
  save_task(task);
  announce(task, "withdrawn", {{"reason", "withdrawn"}});
  withdraw_tasks_of(task.node, "withdrawn");
  WorkflowError error;
  error.type = withdrawn_error;
  error.status = 409;
  error.title = "withdrawn";
  error.detail = detail.dump();
  fault_node(task.node, std::move(error));
  return {};
}

/// Takes a step and all below it out; the list it stands in runs it anew.
void Decider::drop_branch(std::map<NodeId, Node>& nodes, NodeId id) const {
  std::vector<NodeId> doomed{id};
  for (std::size_t i = 0; i < doomed.size(); ++i) {
    for (const auto& [other, node] : nodes) {
      if (node.parent == doomed[i]) doomed.push_back(other);
    }
  }
  const Node& top = nodes.at(id);
  Node& scope = nodes.at(top.parent);
  scope.ready = true;
  if (top.slot >= 0) scope.position = std::min(scope.position, top.slot);
  for (const NodeId one : doomed) nodes.erase(one);
}

/// Reminders that would have gone out meanwhile are not sent in a heap; one that repeats goes on.
void Decider::forget_missed_reminders(Task& task, const Node& node) const {
  const Json& reminders = member(node.spec, "reminders");
  std::erase_if(task.moments, [&](const Moment& moment) {
    if (moment.kind != "reminder" || moment.at > now_.at || !reminders.is_array()) return false;
    const auto index = static_cast<std::size_t>(moment.index);
    return index < reminders.size() && !reminders[index].contains("repeat");
  });
}

Result<void> Decider::retry(const RetryInstance& command) {
  if (state_.status != InstanceStatus::faulted) {
    return refused(ErrorCode::conflict, "not-faulted",
                   {"Quy trình không dừng vì lỗi nên không có bước nào để chạy lại.",
                    "The case did not stop with an error: there is no step to run again."});
  }
  if (!looks_after_all(command.by)) {
    return refused(ErrorCode::forbidden, "not-administrator",
                   {"Chỉ quản trị viên hệ thống được chạy lại bước lỗi.",
                    "Only a system administrator may run a failed step again."});
  }
  if (Result<void> reasoned = check_reason(command.comment, "/comment"); !reasoned) return reasoned;
  // Its parent has heard how it ended, and asks no second time.
  if (state_.parent) {
    return refused(ErrorCode::conflict, "retry-the-parent",
                   {"Đây là quy trình con; hãy chạy lại bước lỗi của quy trình mẹ " +
                        state_.parent->instance.text() + ".",
                    "This is a sub-workflow; run the failed step of " +
                        state_.parent->instance.text() + " again instead."});
  }
  if (command.wreck == nullptr || command.revision != state_.revision) {
    return refused(ErrorCode::conflict, "nothing-to-retry",
                   {"Quy trình hỏng trước bước đầu tiên; hãy khởi tạo lại.",
                    "The case failed before its first step; start it again."});
  }
  const Wreck& wreck = *command.wreck;
  InstanceRetried event{command.by,         command.comment,    wreck.pointer,
                        wreck.before.nodes, wreck.before.tasks, now_.at};
  if (wreck.node) {
    drop_branch(event.nodes, *wreck.node);
  } else if (wreck.scope) {
    event.nodes.at(*wreck.scope).ready = true;
  }
  // The sub-workflows of steps beside it were cancelled with it, the box of a secret vote went: those
  // steps run anew too.
  std::vector<NodeId> lost;
  for (const auto& [id, node] : event.nodes) {
    const bool boxed = node.results.is_object() && node.results.contains("box");
    if (!node.children.empty() || is_fan(node) || boxed) lost.push_back(id);
  }
  for (const NodeId id : lost) {
    if (event.nodes.contains(id)) drop_branch(event.nodes, id);
  }
  Node& root = event.nodes.at(root_node);
  if (root.timeout_at && *root.timeout_at <= now_.at) {
    root.timeout_at = now_.at + (*root.timeout_at - state_.started_at);
  }
  std::erase_if(event.tasks,
                [&](const auto& entry) { return !event.nodes.contains(entry.second.node); });
  for (auto& [id, task] : event.tasks) {
    task.version += 2;  // Its withdrawal was one version, this is another.
    forget_missed_reminders(task, event.nodes.at(task.node));
  }
  std::vector<TaskId> open;
  for (const auto& [id, task] : event.tasks) open.push_back(id);
  apply(std::move(event));
  for (const TaskId& id : open) {
    const Task& task = state_.tasks.at(id);
    save_task(task);
    announce(task, "reopened");
    std::vector<PersonId> to = addressees(Json::array({"assignee"}), task);
    if (to.empty()) continue;
    effect(Notify{std::move(to),
                  "task.created",
                  text_of(member(spec_of(task), "title")),
                  {"Việc này được mở lại.", "This task is open again."},
                  id});
  }
  publish("instance", "retried", state_.unit, state_.id.text(),
          {{"retriedAt", to_rfc3339(now_.at)}, {"step", wreck.pointer}});
  return {};
}

}  // namespace kyhan
