// Comments on tasks and cases, with the people they name.

#include "api/access.hpp"
#include "api/decisions.hpp"
#include "api/engine_calls.hpp"
#include "api/handlers.hpp"
#include "api/services.hpp"
#include "api/show.hpp"
#include "workflow/core/codec.hpp"
#include "workflow/core/mentions.hpp"
#include "workflow/core/person_text.hpp"
#include "workflow/core/time_text.hpp"
#include "workflow/store/store.hpp"

namespace kyhan {
namespace {

Result<std::string> comment_from(const Call& call) {
  Fields fields{call.body};
  std::string comment = fields.paragraphs("comment", Need::required, comment_characters_max);
  if (const Result<void> whole = fields.finish(); !whole) return whole.error();
  if (call.caller.person.empty()) {
    return forbidden("no-person", {"Chỉ người dùng có tài khoản mới ghi được ý kiến.",
                                   "Only a person's account can comment."});
  }
  return comment;
}

/// Naming somebody must not show them what they may not see: the author is told instead.
Result<void> check_mentioned(const Call& call, Reads& reads, const std::string& comment,
                             const InstanceId& instance, const TaskRow* task) {
  std::vector<FieldError> faults;
  for (const PersonId& person : mentioned_in(comment, *call.directory)) {
    const Result<bool> sees = task == nullptr
                                  ? may_see_instance(call, reads, person, instance)
                                  : may_see_task(call, reads, person, *task);
    if (!sees) return sees.error();
    if (*sees) continue;
    const std::string name = person_name(*call.directory, person);
    faults.push_back({"/comment",
                      "mention-cannot-see",
                      {name + " (@" + person.text() + ") không được xem hồ sơ này.",
                       name + " (@" + person.text() + ") may not see this case."}});
  }
  if (faults.empty()) return {};
  return Error{
      ErrorCode::invalid,
      "comment-invalid",
      {"Ý kiến nhắc đến người không được xem hồ sơ: " + faults.front().message.vi,
       "The comment names somebody who may not see the case: " + faults.front().message.en},
      std::move(faults)};
}

Json comment_json(const Call& call, const HistoryRow& row,
                  const std::map<TaskId, const TaskRow*>& tasks) {
  const Event event = decode_event(Json::parse(row.entry.body_json));
  Json json = {{"seq", row.entry.seq}, {"at", to_rfc3339(row.entry.at)}};
  const auto fill = [&](const PersonId& by, const std::string& text,
                        const std::vector<PersonId>& mentions) {
    json["by"] = person_json(*call.directory, by);
    json["text"] = text;
    json["mentions"] = Json::array();
    for (const PersonId& one : mentions) {
      json["mentions"].push_back(person_json(*call.directory, one));
    }
  };
  if (const auto* on_task = std::get_if<TaskCommented>(&event)) {
    fill(on_task->by, on_task->comment, on_task->mentions);
    json["task"] = {{"id", on_task->task.text()}};
    if (const auto task = tasks.find(on_task->task); task != tasks.end()) {
      json["task"]["title"] = to_json(task->second->title);
    }
  } else if (const auto* on_case = std::get_if<InstanceCommented>(&event)) {
    fill(on_case->by, on_case->comment, on_case->mentions);
  }
  return json;
}

Result<Reply> comments_page(const Call& call, Reads& reads, const InstanceId& instance,
                            const TaskId& task) {
  const Result<int> limit = call.query.number("limit", 50, 1, page_limit_max);
  if (!limit) return limit.error();
  const auto page = reads.comments(instance, task, PageRequest{*limit, call.query.text("after")});
  if (!page) return page.error();
  const auto rows = reads.tasks_of(instance);
  if (!rows) return rows.error();
  std::map<TaskId, const TaskRow*> tasks;
  for (const TaskRow& row : *rows) tasks.emplace(row.id, &row);
  Json items = Json::array();
  for (const HistoryRow& row : page->items) items.push_back(comment_json(call, row, tasks));
  return json_reply(200, page_json(std::move(items), page->end_cursor, page->has_more));
}

}  // namespace

HandlerResult comment_on_task(Call& call) {
  const Result<std::string> comment = comment_from(call);
  if (!comment) co_return comment.error();
  TaskId id;
  InstanceId instance;
  {
    const ReadLease reads = call.services.store.reads();
    const Result<TaskRow> task = visible_task(call, *reads, TaskId{call.parameters.front()});
    if (!task) co_return task.error();
    const Result<void> checked = check_mentioned(call, *reads, *comment, task->instance, &*task);
    if (!checked) co_return checked.error();
    id = task->id;
    instance = task->instance;
  }
  Command command = CommentOnTask{id, call.caller.person, *comment};
  SubmitOptions options = options_of(call);
  const Result<Receipt> receipt =
      co_await submit(call.services.engine, instance, std::move(command), std::move(options));
  if (!receipt) co_return receipt.error();
  const ReadLease reads = call.services.store.reads();
  const Result<TaskRow> after = visible_task(call, *reads, id);
  if (!after) co_return after.error();
  const Result<Json> detail = task_detail(call, *after);
  if (!detail) co_return detail.error();
  Reply reply = json_reply(200, *detail);
  reply.headers.set("ETag", etag_of(after->version));
  co_return reply;
}

HandlerResult comment_on_instance(Call& call) {
  const Result<std::string> comment = comment_from(call);
  if (!comment) co_return comment.error();
  const InstanceId id{call.parameters.front()};
  {
    const ReadLease reads = call.services.store.reads();
    const Result<InstanceRow> instance = visible_instance(call, *reads, id);
    if (!instance) co_return instance.error();
    const Result<void> checked = check_mentioned(call, *reads, *comment, id, nullptr);
    if (!checked) co_return checked.error();
  }
  Command command = CommentOnInstance{call.caller.person, *comment};
  SubmitOptions options = options_of(call);
  const Result<Receipt> receipt =
      co_await submit(call.services.engine, id, std::move(command), std::move(options));
  if (!receipt) co_return receipt.error();
  const ReadLease reads = call.services.store.reads();
  const Result<InstanceRow> instance = visible_instance(call, *reads, id);
  if (!instance) co_return instance.error();
  co_return json_reply(200, instance_json(call, *instance));
}

HandlerResult list_task_comments(Call& call) {
  const ReadLease reads = call.services.store.reads();
  const Result<TaskRow> task = visible_task(call, *reads, TaskId{call.parameters.front()});
  if (!task) co_return task.error();
  co_return comments_page(call, *reads, task->instance, task->id);
}

HandlerResult list_instance_comments(Call& call) {
  const ReadLease reads = call.services.store.reads();
  const InstanceId id{call.parameters.front()};
  const Result<InstanceRow> instance = visible_instance(call, *reads, id);
  if (!instance) co_return instance.error();
  co_return comments_page(call, *reads, id, TaskId{});
}

}  // namespace kyhan
