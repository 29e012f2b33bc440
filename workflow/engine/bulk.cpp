// Jobs: how their items are kept, and how each is done.

#include "workflow/engine/bulk.hpp"

#include <array>
#include <spdlog/spdlog.h>

#include "workflow/core/codec.hpp"
#include "workflow/engine/engine_loop.hpp"
#include "workflow/engine/receipts.hpp"

namespace kyhan {
namespace {

constexpr std::array error_codes = {"invalid",   "unauthorized", "forbidden",
                                    "not_found", "conflict",     "stale",
                                    "too_large", "too_many",     "unavailable"};

Json to_json(const Text& text) {
  return {{"vi", text.vi}, {"en", text.en}};
}
Text text_from(const Json& json) {
  return {json.at("vi").get<std::string>(), json.at("en").get<std::string>()};
}

Attachment attachment_from(const Json& json) {
  Attachment file;
  file.id = json.value("id", "");
  file.type = json.value("type", "");
  file.name = json.value("name", "");
  file.media_type = json.value("mediaType", "");
  file.size = json.value("size", std::int64_t{0});
  file.sha256 = json.value("sha256", "");
  return file;
}

/// The commands a job can hold, by name.
struct Encoded {
  Json& out;
  void operator()(const CompleteTask& one) {
    out["do"] = "complete";
    out["task"] = one.task.text();
    out["by"] = one.by.text();
    out["outcome"] = one.outcome;
    out["comment"] = one.comment;
    out["data"] = one.data;
    out["attachments"] = Json::array();
    for (const Attachment& file : one.attachments) out["attachments"].push_back(encode(file));
  }
  void operator()(const ClaimTask& one) { plain("claim", one.task, one.by); }
  void operator()(const ReleaseTask& one) { plain("release", one.task, one.by); }
  void operator()(const ReassignTask& one) {
    plain("reassign", one.task, one.by);
    out["to"] = one.to.text();
    out["comment"] = one.comment;
  }
  void operator()(const WithdrawTask& one) {
    plain("withdraw", one.task, one.by);
    out["comment"] = one.comment;
  }
  void operator()(const HandOver& one) {
    plain("handOver", TaskId{}, one.by);
    out["from"] = one.from.text();
    out["to"] = one.to.text();
    out["comment"] = one.reason;
  }
  template <class Other>
  void operator()(const Other&) {
    throw std::logic_error("a job cannot hold this command");
  }
  void plain(const char* name, const TaskId& task, const PersonId& by) {
    out["do"] = name;
    out["task"] = task.text();
    out["by"] = by.text();
  }
};

Command command_from(const Json& json) {
  const std::string what = json.at("do").get<std::string>();
  const TaskId task{json.value("task", "")};
  const PersonId by{json.value("by", "")};
  if (what == "claim") return ClaimTask{task, by};
  if (what == "release") return ReleaseTask{task, by};
  if (what == "reassign") {
    return ReassignTask{task, by, PersonId{json.value("to", "")}, json.value("comment", "")};
  }
  if (what == "withdraw") return WithdrawTask{task, by, json.value("comment", "")};
  if (what == "handOver") {
    return HandOver{by, UnitId{json.value("from", "")}, UnitId{json.value("to", "")},
                    json.value("comment", "")};
  }
  if (what != "complete") throw std::runtime_error("unknown command of a job: " + what);
  CompleteTask answer;
  answer.task = task;
  answer.by = by;
  answer.outcome = json.value("outcome", "");
  answer.comment = json.value("comment", "");
  answer.data = json.value("data", Json());
  for (const Json& file : json.at("attachments")) {
    answer.attachments.push_back(attachment_from(file));
  }
  return answer;
}

TaskId task_named_by(const Command& command) {
  return std::visit(
      [](const auto& one) -> TaskId {
        if constexpr (requires { one.task; }) {
          return one.task;
        } else {
          return TaskId{};
        }
      },
      command);
}

Error damaged_item() {
  return {ErrorCode::unavailable,
          "internal",
          {"Lỗi nội bộ của máy chủ; mục này chưa được thực hiện.",
           "An internal error; this item was not done."}};
}

/// What the item does, or why it does nothing.
Result<ItemDone> do_item(Batch& batch, const OpenJobItem& item) {
  try {
    Addressed work = decode_addressed(item.command_json);
    set_via(work.command, "bulk");
    const Result<Applied> applied =
        batch.apply(work.instance, work.command, item.person, work.expected_version);
    if (!applied) return applied.error();
    return item_done(batch.receipt(work.instance, task_named_by(work.command)));
  } catch (const std::exception& bug) {
    // Tried again it would fail again: the job must go on.
    spdlog::critical("engine: item {} of a job failed in a way nobody foresaw: {}", item.number,
                     bug.what());
    return damaged_item();
  }
}

void tell_finished(Batch& batch, const JobRow& job) {
  if (job.person.empty()) return;
  const std::string done = std::to_string(job.total - job.refused);
  const std::string refused = std::to_string(job.refused);
  NotificationRow row;
  row.person = job.person;
  row.at = batch.now();
  row.kind = "job.finished";
  row.title = {"Xử lý hàng loạt đã xong", "A bulk request is done"};
  row.body = {done + " mục thành công, " + refused + " mục bị từ chối.",
              done + " items done, " + refused + " refused."};
  batch.work().stage_notification(row);
}

}  // namespace

std::string encode(const Addressed& work) {
  Json json{{"instance", work.instance.text()}};
  if (work.expected_version) json["version"] = *work.expected_version;
  std::visit(Encoded{json}, work.command);
  return json.dump();
}

Addressed decode_addressed(const std::string& text) {
  const Json json = Json::parse(text);
  Addressed work{InstanceId{json.at("instance").get<std::string>()}, command_from(json)};
  if (json.contains("version")) work.expected_version = json.at("version").get<std::int64_t>();
  return work;
}

std::string encode(const Error& error) {
  Json json{{"code", error_codes.at(static_cast<std::size_t>(error.code))},
            {"type", error.type},
            {"detail", to_json(error.detail)}};
  for (const FieldError& field : error.fields) {
    json["fields"].push_back(
        {{"pointer", field.pointer}, {"code", field.code}, {"message", to_json(field.message)}});
  }
  return json.dump();
}

Error decode_error(const std::string& text) {
  const Json json = Json::parse(text);
  Error error{ErrorCode::unavailable, json.at("type").get<std::string>(),
              text_from(json.at("detail"))};
  const std::string code = json.at("code").get<std::string>();
  for (std::size_t i = 0; i < error_codes.size(); ++i) {
    if (code == error_codes[i]) error.code = static_cast<ErrorCode>(i);
  }
  for (const Json& field : json.value("fields", Json::array())) {
    error.fields.push_back({field.at("pointer").get<std::string>(),
                            field.at("code").get<std::string>(), text_from(field.at("message"))});
  }
  return error;
}

ItemDone item_done(const Receipt& receipt) {
  ItemDone done;
  done.instance = receipt.instance.text();
  done.instance_state = to_text(receipt.status);
  if (receipt.task) {
    done.state = to_text(receipt.task->state);
    done.version = receipt.task->version;
  }
  return done;
}

std::string encode(const ItemDone& done) {
  return Json{{"state", done.state},
              {"version", done.version},
              {"instance", done.instance},
              {"instanceState", done.instance_state}}
      .dump();
}

ItemDone decode_item_done(const std::string& text) {
  const Json json = Json::parse(text);
  return {json.value("state", ""), json.value("version", std::int64_t{0}),
          json.value("instance", ""), json.value("instanceState", "")};
}

void Engine::add_job(JobRequest request, Callback<std::string> callback) {
  auto items = std::make_shared<std::vector<JobItemRow>>();
  for (JobItem& item : request.items) {
    JobItemRow row;
    row.number = static_cast<std::int64_t>(items->size());
    row.subject = std::move(item.subject);
    if (item.work) {
      row.command_json = encode(*item.work);
    } else {
      row.state = JobItemState::refused;
      row.result_json = encode(item.refusal.value_or(damaged_item()));
    }
    items->push_back(std::move(row));
  }
  request.items.clear();
  loop_->post(
      {[this, request = std::move(request), items, callback](Batch& batch) -> Result<After> {
         const Idempotency& once = request.idempotency;
         Result<std::optional<std::string>> before = find_answer(batch, once);
         if (!before) return before.error();
         if (*before) return After{[callback, id = **before] { callback(id); }};
         JobRow job;
         job.id = loop_->new_id(batch.now()).text();
         job.kind = request.kind;
         job.person = request.by;
         job.total = static_cast<std::int64_t>(items->size());
         job.created_at = batch.now();
         for (JobItemRow& item : *items) {
           if (item.state != JobItemState::open) item.done_at = batch.now();
         }
         batch.work().stage_job(job, *items);
         Result<std::optional<JobRow>> finished = batch.work().finish_job(job.key, batch.now());
         if (!finished) return finished.error();
         keep_answer(batch, once, job.id);
         return After{[this, callback, id = job.id] {
           loop_->job_added();
           callback(id);
         }};
       },
       [callback](const Error& why) { callback(why); }});
}

Job EngineLoop::item_job(const OpenJobItem& item) {
  return {[item](Batch& batch) -> Result<After> {
            const Result<bool> open = batch.work().job_item_open(item.job, item.number);
            if (!open) return open.error();
            if (!*open) return After{[] {}};
            const Result<ItemDone> done = do_item(batch, item);
            if (done) {
              batch.work().stage_job_item(item.job, item.number, JobItemState::done, encode(*done),
                                          batch.now());
            } else if (done.error().code == ErrorCode::unavailable &&
                       done.error().type != damaged_item().type) {
              return done.error();
            } else {
              // Only the refusal is kept of it.
              batch.drop_command();
              batch.begin_command();
              batch.work().stage_job_item(item.job, item.number, JobItemState::refused,
                                          encode(done.error()), batch.now());
            }
            const Result<std::optional<JobRow>> finished =
                batch.work().finish_job(item.job, batch.now());
            if (!finished) return finished.error();
            if (*finished) tell_finished(batch, **finished);
            return After{[] {}};
          },
          [this, item](const Error& why) {
            // The item stays open; only the disk can have been at fault.
            spdlog::error("engine: item {} of a job is put off: {}", item.number, why.detail.en);
            pause_due_ = true;
          }};
}

}  // namespace kyhan
