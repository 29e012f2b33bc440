// The plan page: where one instance stands, and why it waits.

#include <fmt/format.h>

#include "api/access.hpp"
#include "api/handlers.hpp"
#include "api/outline.hpp"
#include "api/progress.hpp"
#include "api/services.hpp"
#include "api/show.hpp"
#include "workflow/core/codec.hpp"
#include "workflow/core/time_text.hpp"
#include "workflow/store/store.hpp"

namespace kyhan {
namespace {

std::string day_in_words(const std::string& iso_date) {
  return iso_date.size() == 10
             ? iso_date.substr(8, 2) + "/" + iso_date.substr(5, 2) + "/" + iso_date.substr(0, 4)
             : iso_date;
}

Text ended_sentence(const InstanceRow& instance) {
  switch (instance.status) {
    case InstanceStatus::completed:
      return {"Quy trình đã hoàn thành.", "The case is completed."};
    case InstanceStatus::cancelled:
      return {"Quy trình đã bị hủy.", "The case was cancelled."};
    case InstanceStatus::faulted:
      return {"Quy trình dừng vì lỗi; quản trị viên cần xem xét.",
              "The case stopped with an error; an administrator must look at it."};
    default:
      break;
  }
  return {"Quy trình đang chạy.", "The case is running."};
}

/// "Đang chờ Nguyễn An xử lý "Thẩm định hồ sơ", hạn 09/09/2026; còn 2 việc khác."
Text waiting_sentence(const Call& call, const InstanceRow& instance, const Json& shown) {
  const Json stages = parse_column(instance.current_json);
  if (instance.ended_at || !stages.is_array() || stages.empty()) return ended_sentence(instance);
  const Json& first = stages.front();
  const Text title = text_from(first.value("title", Json()));
  Text text;
  const std::string kind = first.value("kind", "task");
  if (kind == "wait") {
    text = {"Đang chờ đến thời điểm của bước “" + title.vi + "”",
            "Waiting until the time of the step “" + title.en + "”"};
    if (const Result<Instant> at = parse_rfc3339(first.value("wakeAt", ""))) {
      const std::string day = day_in_words(due_day(call.services, *at));
      text.vi += " (" + day + ")";
      text.en += " (" + day + ")";
    }
  } else if (kind == "listen") {
    text = {"Đang chờ sự kiện của bước “" + title.vi + "”",
            "Waiting for an event of the step “" + title.en + "”"};
  } else {
    const Text holders = text_from(shown["current"].front().value("holders", Json()));
    text = {"Đang chờ " + holders.vi + " xử lý “" + title.vi + "”",
            "Waiting for " + holders.en + " to do “" + title.en + "”"};
  }
  if (shown["current"].front().contains("dueDate")) {
    const std::string day =
        day_in_words(shown["current"].front()["dueDate"].get_ref<const std::string&>());
    text.vi += ", hạn " + day;
    text.en += ", due " + day;
  }
  if (stages.size() > 1) {
    text.vi += fmt::format("; và {} việc khác", stages.size() - 1);
    text.en += fmt::format("; and {} more", stages.size() - 1);
  }
  text.vi += ".";
  text.en += ".";
  return text;
}

/// The input as it was given: the first fact of the journal.
Json input_of(Reads& reads, const InstanceId& id) {
  const auto page = reads.history(id, PageRequest{1, ""});
  if (!page || page->items.empty()) return nullptr;
  return Json::parse(page->items.front().entry.body_json).value("raw", Json());
}

Json error_json(const WorkflowError& error) {
  return {{"type", error.type},
          {"status", error.status},
          {"title", error.title},
          {"detail", error.detail},
          {"instance", error.instance}};
}

}  // namespace

HandlerResult show_instance(Call& call) {
  const ReadLease reads = call.services.store.reads();
  const InstanceId id{call.parameters.front()};
  const Result<InstanceRow> instance = visible_instance(call, *reads, id);
  if (!instance) co_return instance.error();
  const Result<std::optional<std::string>> stored = reads->find_state(id);
  if (!stored) co_return stored.error();
  const auto tasks = reads->tasks_of(id);
  if (!tasks) co_return tasks.error();
  const auto attachments = reads->attachments_of(id);
  if (!attachments) co_return attachments.error();
  const State state = *stored ? decode_state(Json::parse(**stored)) : State{};

  Json json = instance_json(call, *instance);
  json["input"] = input_of(*reads, id);
  json["output"] = state.output;
  if (state.error) json["error"] = error_json(*state.error);
  json["steps"] = Json::array();
  const auto definition =
      find_definition(call, instance->definition.name, instance->definition.version);
  if (definition) {
    json["steps"] = outline(*definition, state.context);
    mark_progress(call, json["steps"], *tasks, *instance);
  }
  json["progress"] = definition ? progress_json(call, state, *definition) : Json::array();
  Json shown_tasks = Json::array();
  const DueBounds bounds = due_bounds(call.services);
  for (const TaskRow& task : *tasks) {
    const Result<TaskStanding> stands = standing(call, *reads, task);
    if (!stands) co_return stands.error();
    shown_tasks.push_back(task_json(call, task, *stands, bounds));
  }
  json["tasks"] = std::move(shown_tasks);
  Json files = Json::array();
  for (const AttachmentRow& file : *attachments) files.push_back(attachment_json(call, file));
  json["attachments"] = std::move(files);
  json["waiting"] = to_json(waiting_sentence(call, *instance, json));
  co_return json_reply(call, json, etag_of(instance->revision));
}

}  // namespace kyhan
