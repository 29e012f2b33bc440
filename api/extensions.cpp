#include "api/extensions.hpp"

#include "api/decisions.hpp"
#include "api/engine_calls.hpp"
#include "api/handlers.hpp"
#include "api/services.hpp"
#include "api/show.hpp"
#include "workflow/core/time_text.hpp"
#include "workflow/store/store.hpp"

namespace kyhan {
namespace {

const Json& member_of(const Json& object, const char* name) {
  static const Json null;
  if (!object.is_object()) return null;
  const auto found = object.find(name);
  return found == object.end() ? null : *found;
}

Json instant_json(const Json& milliseconds) {
  if (!milliseconds.is_number_integer()) return nullptr;
  return to_rfc3339(Instant{Milliseconds{milliseconds.get<std::int64_t>()}});
}

Json extension_json(const Call& call, const Json& kept) {
  const auto person = [&](const char* name) {
    const Json& id = member_of(kept, name);
    return id.is_string() ? person_json(*call.directory, PersonId{id.get<std::string>()}) : Json();
  };
  Json json = {{"askedBy", person("askedBy")},
               {"askedAt", instant_json(member_of(kept, "askedAt"))},
               {"reason", member_of(kept, "reason")},
               {"wanted", member_of(kept, "wanted")},
               {"state", member_of(kept, "state")},
               {"decidedBy", person("decidedBy")},
               {"onBehalfOf", person("onBehalfOf")},
               {"decidedAt", instant_json(member_of(kept, "decidedAt"))},
               {"comment", member_of(kept, "comment")},
               {"given", member_of(kept, "given")},
               {"dueWas", instant_json(member_of(kept, "dueWas"))}};
  std::vector<std::string> keys;
  for (const Json& key : member_of(kept, "deciders")) keys.push_back(key.get<std::string>());
  json["deciders"] = to_json(candidates_text(*call.directory, keys));
  return json;
}

bool is_open(const TaskRow& task) {
  return task.state == TaskState::offered || task.state == TaskState::claimed ||
         task.state == TaskState::in_progress;
}

/// The command to the task of the request, and its detail afterwards.
HandlerResult act_on_task(Call& call, Command command) {
  if (call.caller.person.empty()) {
    co_return forbidden("no-person", {"Chỉ người dùng có tài khoản mới xử lý được nhiệm vụ.",
                                      "Only a person's account can act on a task."});
  }
  const TaskId id{call.parameters.front()};
  const Result<TaskRow> task = visible_task(call, *call.services.store.reads(), id);
  if (!task) co_return task.error();
  SubmitOptions options = options_of(call);
  if (call.request.headers.contains("If-Match")) {
    const Result<std::int64_t> version = expected_version(call.request);
    if (!version) co_return version.error();
    options.expected_version = *version;
  }
  const Result<Receipt> receipt =
      co_await submit(call.services.engine, task->instance, std::move(command), std::move(options));
  if (!receipt) co_return receipt.error();
  co_return present_task(call, id);
}

}  // namespace

void show_extensions(Json& detail, const Call& call, const TaskRow& task, const Json& spec,
                     const Json& image, const TaskStanding& stands) {
  const Json& first = member_of(image, "firstDueAt");
  if (!first.is_null()) detail["originalDueAt"] = instant_json(first);
  Json list = Json::array();
  for (const Json& kept : member_of(image, "extensions")) {
    list.push_back(extension_json(call, kept));
  }
  const Json& asked_by =
      list.empty() ? Json() : member_of(member_of(image, "extensions").back(), "askedBy");
  detail["extensions"] = std::move(list);
  const Json& rule = member_of(spec, "extension");
  detail["canAskExtension"] = stands.may_act(task) && task.due_at && task.kind == "task" &&
                              !task.asked_at && rule != "none";
  detail["canDecideExtension"] = is_open(task) && task.asked_at && stands.decider &&
                                 asked_by != Json(call.caller.person.text());
}

HandlerResult request_extension(Call& call) {
  Fields fields{call.body};
  RequestExtension asked;
  asked.due = fields.any("due", nullptr);
  asked.reason = fields.paragraphs("reason", Need::required, comment_characters_max);
  if (const Result<void> whole = fields.finish(); !whole) co_return whole.error();
  asked.task = TaskId{call.parameters.front()};
  asked.by = call.caller.person;
  Command command = std::move(asked);
  co_return co_await act_on_task(call, std::move(command));
}

HandlerResult decide_extension(Call& call) {
  Fields fields{call.body};
  DecideExtension decided;
  const std::string decision = fields.text("decision", Need::required, 20);
  decided.due = fields.any("due", nullptr);
  decided.comment = fields.paragraphs("comment", Need::optional, comment_characters_max);
  if (const Result<void> whole = fields.finish(); !whole) co_return whole.error();
  if (decision != "grant" && decision != "refuse") {
    const Text message{"Chỉ nhận grant hoặc refuse.", "Only grant or refuse."};
    co_return Error{ErrorCode::invalid, "bad-body", message, {{"/decision", "enum", message}}};
  }
  decided.granted = decision == "grant";
  decided.task = TaskId{call.parameters.front()};
  decided.by = call.caller.person;
  Command command = std::move(decided);
  co_return co_await act_on_task(call, std::move(command));
}

}  // namespace kyhan
