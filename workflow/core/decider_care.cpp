// What those who look after the cases may do to them, beside the people whose work it is.

#include "workflow/core/codec.hpp"
#include "workflow/core/decider.hpp"
#include "workflow/core/person_text.hpp"
#include "workflow/core/time_text.hpp"

namespace kyhan {
namespace {

constexpr std::string_view withdrawn_error = "https://kyhan.vn/errors/human/withdrawn";

Error refused(ErrorCode code, const char* type, Text detail) {
  return Error{code, type, std::move(detail)};
}

/// Whoever interferes says why.
Result<void> check_reason(const std::string& comment) {
  std::optional<FieldError> fault;
  if (comment.find_first_not_of(" \t\r\n") == std::string::npos) {
    fault = FieldError{
        "/comment", "required", {"Phải ghi lý do.", "A comment with the reason is required."}};
  } else {
    fault = fault_in_text(comment, Lines::many, comment_characters_max, "/comment");
  }
  if (!fault) return {};
  Error error{ErrorCode::invalid, "comment-invalid", fault->message};
  error.fields.push_back(std::move(*fault));
  return error;
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
  if (Result<void> reasoned = check_reason(command.comment); !reasoned) return reasoned;

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

}  // namespace kyhan
