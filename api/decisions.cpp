#include "api/decisions.hpp"

#include "api/handlers.hpp"
#include "workflow/store/store.hpp"

namespace kyhan {

std::string via_of(const Call& call) {
  if (call.caller.own_machine) return "cli";
  return call.caller.by_session ? "web" : "api";
}

Idempotency idempotency_of(const Call& call) {
  Idempotency idempotency;
  idempotency.key = std::string{call.request.headers.find("Idempotency-Key")};
  if (idempotency.key.empty()) return idempotency;
  idempotency.user = call.caller.account;
  idempotency.route = call.request.target;
  idempotency.body_hash = sha256_of(call.text);
  return idempotency;
}

Result<std::vector<Attachment>> attachments_from(const Call& call, Reads& reads,
                                                 const TaskRow& task,
                                                 const std::vector<std::string>& ids) {
  std::vector<Attachment> files;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto row = reads.find_attachment(ids[i]);
    if (!row) return row.error();
    if (!*row || (*row)->task != task.id || (*row)->uploaded_by != call.caller.person) {
      return Error{ErrorCode::invalid,
                   "unknown-attachment",
                   {"Tệp đính kèm không có hoặc không thuộc nhiệm vụ này.",
                    "An attachment does not exist or does not belong to this task."},
                   {FieldError{"/attachments/" + std::to_string(i),
                               "unknown",
                               {"Không có tệp này.", "There is no such file."}}}};
    }
    files.push_back((*row)->file);
  }
  return files;
}

Result<Reply> present_task(const Call& call, const TaskId& id) {
  const ReadLease reads = call.services.store.reads();
  const Result<std::optional<TaskRow>> task = reads->find_task(id);
  if (!task) return task.error();
  if (!*task) return not_found();
  const Result<Json> detail = task_detail(call, **task);
  if (!detail) return detail.error();
  Reply reply = json_reply(200, *detail);
  reply.headers.set("ETag", etag_of((*task)->version));
  return reply;
}

SubmitOptions options_of(const Call& call) {
  SubmitOptions options;
  options.actor = call.caller.person;
  options.via = via_of(call);
  options.idempotency = idempotency_of(call);
  return options;
}

}  // namespace kyhan
