// Drafts of answers, kept on the server: what was typed survives the session and the machine.
//
// A draft belongs to one person and one task. When a step is asked again (returned for supplement,
// its time ran out), the new task offers the draft of the earlier one, and says where the form has
// changed under it.

#include "api/drafts.hpp"

#include "api/access.hpp"
#include "api/engine_calls.hpp"
#include "api/handlers.hpp"
#include "api/services.hpp"
#include "api/show.hpp"
#include "workflow/core/forms.hpp"
#include "workflow/core/person_text.hpp"
#include "workflow/core/time_text.hpp"
#include "workflow/store/store.hpp"

namespace kyhan {
namespace {

constexpr std::size_t draft_bytes_max = 256 * 1024;
constexpr std::int64_t drafts_per_person_max = 500;
constexpr std::size_t attachments_max = 50;

Result<TaskRow> own_task(const Call& call, Reads& reads) {
  if (call.caller.person.empty()) {
    return forbidden("no-person", {"Chỉ người dùng có tài khoản mới lưu được bản nháp.",
                                   "Only a person's account can keep drafts."});
  }
  return visible_task(call, reads, TaskId{call.parameters.front()});
}

/// The open task of the same step, where the one asked for has ended.
Result<std::optional<TaskId>> successor_of(Reads& reads, const TaskRow& task) {
  const auto tasks = reads.tasks_of(task.instance);
  if (!tasks) return tasks.error();
  for (const TaskRow& other : *tasks) {
    const bool open = is_open(other.state);
    if (open && other.step_pointer == task.step_pointer) return std::optional{other.id};
  }
  return std::optional<TaskId>{};
}

Reply task_ended(const Call& call, const std::optional<TaskId>& successor) {
  Error error{ErrorCode::conflict,
              "task-not-open",
              {"Việc này đã kết thúc nên bản nháp không lưu được nữa.",
               "This task has ended, so its draft can no longer be kept."}};
  Json extra = nullptr;
  if (successor) extra = {{"successor", {{"id", successor->text()}}}};
  return problem(error, call.language, call.id, extra);
}

Error too_many_drafts() {
  const std::string most = std::to_string(drafts_per_person_max);
  return {ErrorCode::too_many,
          "too-many-drafts",
          {"Bạn đã có " + most + " bản nháp; hãy gửi hoặc xóa bớt.",
           "You have " + most + " drafts already; send or discard some."}};
}

Error draft_changed() {
  return {ErrorCode::stale,
          "draft-changed",
          {"Bản nháp đã được lưu từ nơi khác sau khi bạn mở.",
           "The draft was saved from elsewhere after you opened it."}};
}

/// What no longer fits the present form. Fields that are missing are no fault of a draft.
Json misfits_json(const Json& spec, const Json& data) {
  Json misfits = Json::array();
  const auto form = spec.find("form");
  if (form == spec.end() || !form->is_object() || !form->contains("schema")) return misfits;
  for (const FieldError& fault : validate_against(form->at("schema"), data)) {
    if (fault.code == "required") continue;
    misfits.push_back(
        {{"pointer", fault.pointer}, {"code", fault.code}, {"message", to_json(fault.message)}});
  }
  return misfits;
}

Json draft_json(const Call& call, Reads& reads, const TaskRow& task, const DraftRow& draft) {
  const Json spec = task_spec(task);
  Json json = parse_column(draft.body_json);
  Json files = Json::array();
  for (const std::string& id : draft.attachments) {
    const auto file = reads.find_attachment(id);
    if (file && *file) files.push_back(attachment_json(call, **file));
  }
  const std::string form = form_version(spec);
  json["attachments"] = std::move(files);
  json["savedAt"] = to_rfc3339(draft.saved_at);
  json["form"] = draft.form;
  json["formChanged"] = draft.form != form;
  json["misfits"] = draft.form == form ? Json::array() : misfits_json(spec, json["data"]);
  if (draft.task != task.id) json["from"] = draft.task.text();
  return json;
}

}  // namespace

std::string form_version(const Json& spec) {
  Json asked = Json::object();
  if (!spec.is_object()) return {};
  for (const char* member : {"form", "outcomes", "attachments"}) {
    if (spec.contains(member)) asked[member] = spec[member];
  }
  constexpr std::size_t digits = 16;
  return to_hex(sha256_of(asked.dump())).substr(0, digits);
}

HandlerResult show_draft(Call& call) {
  const ReadLease reads = call.services.store.reads();
  const Result<TaskRow> task = own_task(call, *reads);
  if (!task) co_return task.error();
  auto draft = reads->find_draft(call.caller.person, task->id);
  if (!draft) co_return draft.error();
  if (!*draft) {
    draft = reads->find_draft_of_step(call.caller.person, task->instance, task->step_pointer);
    if (!draft) co_return draft.error();
  }
  if (!*draft) co_return empty_reply(204);
  const bool own = (**draft).task == task->id;
  // A draft taken over from an earlier round has no revision here yet.
  const std::string etag = etag_of(own ? (**draft).revision : 0);
  co_return json_reply(call, draft_json(call, *reads, *task, **draft), etag);
}

HandlerResult save_draft(Call& call) {
  if (call.text.size() > draft_bytes_max) co_return too_large(draft_bytes_max);
  Fields fields{call.body};
  Json body = Json::object();
  body["outcome"] = fields.text("outcome", Need::optional, 100);
  body["comment"] = fields.paragraphs("comment", Need::optional, comment_characters_max);
  body["data"] = fields.any("data", nullptr);
  const std::string form = fields.text("form", Need::optional, 64);
  DraftRow draft;
  draft.attachments = fields.texts("attachments", attachments_max);
  if (const Result<void> whole = fields.finish(); !whole) co_return whole.error();
  std::vector<FieldError> faults = faults_in_texts(body["data"], "/data");
  if (!faults.empty()) {
    const Text first = faults.front().message;
    co_return bad_request("bad-body", first, std::move(faults));
  }
  std::optional<std::int64_t> expected;
  if (call.request.headers.contains("If-Match")) {
    const Result<std::int64_t> version = expected_version(call.request);
    if (!version) co_return version.error();
    expected = *version;
  }
  {
    const ReadLease reads = call.services.store.reads();
    const Result<TaskRow> task = own_task(call, *reads);
    if (!task) co_return task.error();
    if (!is_open(task->state)) {
      const auto successor = successor_of(*reads, *task);
      if (!successor) co_return successor.error();
      co_return task_ended(call, *successor);
    }
    if (task->kind == "ballot") {
      co_return forbidden("no-draft-of-a-ballot", {"Phiếu biểu quyết không lưu bản nháp.",
                                                   "Ballots are not kept as drafts."});
    }
    const Result<TaskStanding> stands = standing(call, *reads, *task);
    if (!stands) co_return stands.error();
    if (!stands->may_act(*task)) {
      co_return forbidden("not-a-candidate",
                          {"Bạn không được xử lý việc này nên không lưu được bản nháp.",
                           "You may not act on this task, so you cannot keep a draft of it."});
    }
    const Result<std::int64_t> count = reads->count_drafts(call.caller.person);
    if (!count) co_return count.error();
    const auto known = reads->find_draft(call.caller.person, task->id);
    if (!known) co_return known.error();
    if (!*known && *count >= drafts_per_person_max) co_return too_many_drafts();
    draft.person = call.caller.person;
    draft.task = task->id;
    draft.instance = task->instance;
    draft.step_pointer = task->step_pointer;
    draft.form = form.empty() ? form_version(task_spec(*task)) : form;
  }
  draft.body_json = body.dump();
  draft.saved_at = call.services.engine.clock().now();
  std::function<Result<Json>(UnitOfWork&)> work = [draft, expected](UnitOfWork& unit) mutable {
    const Result<std::int64_t> stored = unit.draft_revision(draft.person, draft.task);
    if (!stored) return Result<Json>{boost::system::in_place_error, stored.error()};
    if (expected && *expected != *stored) {
      return Result<Json>{boost::system::in_place_error, draft_changed()};
    }
    draft.revision = *stored + 1;
    unit.stage_draft(draft);
    return success(draft.revision);
  };
  const Result<Json> saved = co_await write(call.services.engine, std::move(work));
  if (!saved) co_return saved.error();
  draft.revision = saved->get<std::int64_t>();
  const ReadLease reads = call.services.store.reads();
  const Result<TaskRow> task = own_task(call, *reads);
  if (!task) co_return task.error();
  Reply reply = json_reply(200, draft_json(call, *reads, *task, draft));
  reply.headers.set("ETag", etag_of(draft.revision));
  co_return reply;
}

HandlerResult discard_draft(Call& call) {
  TaskId id;
  {
    const ReadLease reads = call.services.store.reads();
    const Result<TaskRow> task = own_task(call, *reads);
    if (!task) co_return task.error();
    id = task->id;
  }
  std::function<Result<Json>(UnitOfWork&)> work = [id,
                                                   person = call.caller.person](UnitOfWork& unit) {
    unit.clear_draft(person, id);
    return success(nullptr);
  };
  const Result<Json> done = co_await write(call.services.engine, std::move(work));
  if (!done) co_return done.error();
  co_return empty_reply(204);
}

}  // namespace kyhan
