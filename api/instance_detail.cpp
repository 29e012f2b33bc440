// The plan page: where one instance stands, and why it waits.

#include "api/access.hpp"
#include "api/handlers.hpp"
#include "api/outline.hpp"
#include "api/progress.hpp"
#include "api/services.hpp"
#include "api/show.hpp"
#include "api/why.hpp"
#include "workflow/core/codec.hpp"
#include "workflow/core/time_text.hpp"
#include "workflow/store/store.hpp"

namespace kyhan {
namespace {

/// The input as it was given: the first fact of the journal.
Json input_of(Reads& reads, const InstanceId& id) {
  const auto page = reads.history(id, PageRequest{1, ""});
  if (!page || page->items.empty()) return nullptr;
  return Json::parse(page->items.front().entry.body_json).value("raw", Json());
}

Json suspended_json(const Call& call, const State& state) {
  if (!state.suspended) return nullptr;
  return {{"since", to_rfc3339(state.suspended->since)},
          {"by", person_json(*call.directory, state.suspended->by)},
          {"reason", state.suspended->reason}};
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
  json["suspended"] = suspended_json(call, state);
  json["output"] = state.output;
  if (state.error) json["error"] = error_json(*state.error);
  json["steps"] = Json::array();
  const auto definition =
      find_definition(call, instance->definition.name, instance->definition.version);
  if (definition) {
    json["steps"] = outline(*definition, state.context);
    mark_progress(call, json["steps"], *tasks, *instance);
  }
  json["progress"] = definition ? progress_json(call, *reads, state, *definition) : Json::array();
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
  json["waiting"] = to_json(in_one_sentence(reasons_of(call, state, definition.get())));
  co_return json_reply(call, json, etag_of(instance->revision));
}

}  // namespace kyhan
