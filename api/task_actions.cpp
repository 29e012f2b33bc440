// Acting on a task. Who may, and what an answer must bring, the core decides; here the request
// becomes a command and the refusal a problem.

#include "api/access.hpp"
#include "api/decisions.hpp"
#include "api/engine_calls.hpp"
#include "api/handlers.hpp"
#include "api/services.hpp"
#include "api/show.hpp"
#include "workflow/core/codec.hpp"
#include "workflow/core/person_text.hpp"
#include "workflow/store/store.hpp"

namespace kyhan {
namespace {


/// The task as the caller sees it now. Tokens of systems and the Unix socket are no persons: they
/// cannot hold a task.
Result<TaskRow> task_to_act_on(const Call& call) {
  if (call.caller.person.empty()) {
    return forbidden("no-person", {"Chỉ người dùng có tài khoản mới xử lý được nhiệm vụ.",
                                   "Only a person's account can act on a task."});
  }
  const ReadLease reads = call.services.store.reads();
  return visible_task(call, *reads, TaskId{call.parameters.front()});
}

/// The refusal of a decision that came too late shows the present task.
Reply refuse(const Call& call, const Error& error, const TaskId& id) {
  Json extra = nullptr;
  if (error.code == ErrorCode::stale || error.code == ErrorCode::conflict ||
      error.type == "precondition-required") {
    const ReadLease reads = call.services.store.reads();
    if (const Result<TaskRow> task = visible_task(call, *reads, id)) {
      if (const Result<TaskStanding> stands = standing(call, *reads, *task)) {
        extra = {{"current", task_json(call, *task, *stands, due_bounds(call.services))}};
      }
    }
  }
  return problem(error, call.language, call.id, extra);
}

/// If-Match is required for decisions and checked where it is given for anything else.
enum class Version { required, optional };

Result<void> take_version(const Call& call, Version need, SubmitOptions& options) {
  if (need == Version::optional && !call.request.headers.contains("If-Match")) return {};
  const Result<std::int64_t> version = expected_version(call.request);
  if (!version) return version.error();
  options.expected_version = *version;
  return {};
}

HandlerResult act(Call& call, Command command) {
  Fields fields{call.body};
  if (const Result<void> whole = fields.finish(); !whole) co_return whole.error();
  const Result<TaskRow> task = task_to_act_on(call);
  if (!task) co_return task.error();
  SubmitOptions options = options_of(call);
  if (const Result<void> read = take_version(call, Version::optional, options); !read) {
    co_return read.error();
  }
  const Result<Receipt> receipt =
      co_await submit(call.services.engine, task->instance, std::move(command), std::move(options));
  if (!receipt) co_return refuse(call, receipt.error(), task->id);
  co_return present_task(call, task->id);
}

}  // namespace

HandlerResult claim_task(Call& call) {
  Command command = ClaimTask{TaskId{call.parameters.front()}, call.caller.person};
  return act(call, std::move(command));
}

HandlerResult release_task(Call& call) {
  Command command = ReleaseTask{TaskId{call.parameters.front()}, call.caller.person};
  return act(call, std::move(command));
}

HandlerResult complete_task(Call& call) {
  Fields fields{call.body};
  CompleteTask answer;
  answer.outcome = fields.text("outcome", Need::required, 100);
  answer.comment = fields.paragraphs("comment", Need::optional, comment_characters_max);
  answer.data = fields.any("data", nullptr);
  const std::vector<std::string> ids = fields.texts("attachments", attachments_max);
  if (const Result<void> whole = fields.finish(); !whole) co_return whole.error();
  const Result<TaskRow> task = task_to_act_on(call);
  if (!task) co_return task.error();
  SubmitOptions options = options_of(call);
  if (const Result<void> read = take_version(call, Version::required, options); !read) {
    co_return refuse(call, read.error(), task->id);
  }
  Result<std::vector<Attachment>> files =
      attachments_from(call, *call.services.store.reads(), *task, ids);
  if (!files) co_return files.error();
  answer.attachments = std::move(*files);
  answer.task = task->id;
  answer.by = call.caller.person;

  Command command = std::move(answer);
  const Result<Receipt> receipt =
      co_await submit(call.services.engine, task->instance, std::move(command), std::move(options));
  if (!receipt) co_return refuse(call, receipt.error(), task->id);

  const ReadLease reads = call.services.store.reads();
  const Result<std::optional<TaskRow>> after = reads->find_task(task->id);
  if (!after) co_return after.error();
  const TaskRow& shown = *after ? **after : *task;
  const Result<TaskStanding> stands = standing(call, *reads, shown);
  if (!stands) co_return stands.error();
  Json open = Json::array();
  for (const OpenTask& one : receipt->open_tasks) {
    open.push_back({{"id", one.id.text()}, {"name", one.name}, {"etag", etag_of(one.version)}});
  }
  co_return json_reply(
      200, {{"task", task_json(call, shown, *stands, due_bounds(call.services))},
            {"instance",
             {{"id", receipt->instance.text()}, {"state", std::string{to_text(receipt->status)}}}},
            {"openTasks", std::move(open)}});
}

HandlerResult delegate_task(Call& call) {
  const Result<TaskRow> task = task_to_act_on(call);
  if (!task) co_return task.error();
  co_return forbidden("delegation-not-allowed", {"Quy trình này không cho phép ủy quyền nhiệm vụ.",
                                                 "This workflow does not allow delegation."});
}

}  // namespace kyhan
