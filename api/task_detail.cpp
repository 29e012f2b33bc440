// One task with all a person needs to decide: form, outcomes, evidence, law, the case, what was
// decided before.

#include "api/access.hpp"
#include "api/extensions.hpp"
#include "api/drafts.hpp"
#include "api/handlers.hpp"
#include "api/progress.hpp"
#include "api/reminders.hpp"
#include "api/services.hpp"
#include "api/show.hpp"
#include "workflow/core/codec.hpp"
#include "workflow/core/time_text.hpp"
#include "workflow/store/store.hpp"

namespace kyhan {
namespace {

constexpr std::size_t earlier_max = 50;
constexpr std::size_t upcoming_shown = 10;

const Json& member(const Json& object, const char* name) {
  static const Json null;
  if (!object.is_object()) return null;
  const auto found = object.find(name);
  return found == object.end() ? null : *found;
}

Json evidence_json(const Json& spec) {
  Json evidence = Json::array();
  const Json& rules = member(spec, "attachments");
  if (!rules.is_array()) return evidence;
  for (const Json& rule : rules) {
    const Json& type = member(rule, "type");
    const Json& label = member(rule, "label");
    const Json& bytes_max = member(rule, "maxBytes");
    const Json& most = member(rule, "max");
    const Json& outcomes = member(rule, "forOutcomes");
    const Json& media = member(rule, "mediaTypes");
    evidence.push_back(
        {{"type", type},
         {"label", to_json(text_from(label.is_null() ? type : label))},
         {"min", member(rule, "min").is_number() ? member(rule, "min") : Json(0)},
         {"max", most.is_number() ? most : Json()},
         {"mediaTypes", media.is_array() ? media : Json::array()},
         {"maxBytes", bytes_max.is_number() ? bytes_max : Json(attachment_bytes_max)},
         {"forOutcomes", outcomes.is_array() ? outcomes : Json()}});
  }
  return evidence;
}

void add_fact(Json& facts, const Text& label, Json value) {
  facts.push_back({{"label", to_json(label)}, {"value", std::move(value)}});
}

/// What the definition chose to show, and who and what the case is about.
Json context_json(const Call& call, const TaskRow& task, const Json& spec,
                  const std::optional<InstanceRow>& instance) {
  Json facts = Json::array();
  if (const Json& given = member(spec, "context"); given.is_array()) {
    for (const Json& fact : given) {
      if (!fact.is_object() || member(fact, "value").is_null()) continue;
      add_fact(facts, text_from(member(fact, "label")), member(fact, "value"));
    }
  }
  if (!task.unit.empty()) {
    add_fact(facts, {"Đơn vị", "Unit"}, to_json(unit_name(*call.directory, task.unit)));
  }
  if (instance) {
    if (!instance->initiator.empty()) {
      add_fact(facts, {"Người khởi tạo", "Started by"},
               person_name(*call.directory, instance->initiator));
    }
    add_fact(facts, {"Bắt đầu", "Began"}, to_rfc3339(instance->started_at));
    if (!instance->business_key.empty()) {
      add_fact(facts, {"Mã hồ sơ", "Case key"}, instance->business_key);
    }
  }
  return facts;
}

Json earlier_json(const Call& call, const TaskRow& current, const std::vector<TaskRow>& tasks) {
  Json earlier = Json::array();
  // Open ballots of the same vote stay closed to each other until it ends.
  const bool voting = current.kind == "ballot" && is_open(current.state);
  for (const TaskRow& task : tasks) {
    if (task.state != TaskState::completed || earlier.size() >= earlier_max) continue;
    if (voting && task.node == current.node) continue;
    const Json response = parse_column(task.response_json);
    const Json& files = member(response, "attachments");
    earlier.push_back({{"step", task.name},
                       {"title", to_json(task.title)},
                       {"by", person_json(*call.directory, task.performer)},
                       {"at", to_json(task.ended_at)},
                       {"outcome", to_json(outcome_label(task_spec(task), task.outcome))},
                       {"comment", response.is_object() ? response.value("comment", "") : ""},
                       {"attachments", files.is_array() ? files : Json::array()}});
  }
  return earlier;
}

/// Where several are asked: how far the others have come.
Result<Json> others_json(const Call& call, Reads& reads, const TaskRow& task, const Json& spec) {
  const Json none;
  if (!is_open(task.state) || (task.kind != "ballot" && !member(spec, "completion").is_object())) {
    return Result<Json>{boost::system::in_place_value, none};
  }
  const Result<std::optional<std::string>> stored = reads.find_state(task.instance);
  if (!stored) return stored.error();
  const auto definition = find_definition(call, task.definition, task.definition_version);
  if (!*stored || !definition) return Result<Json>{boost::system::in_place_value, none};
  const State state = decode_state(Json::parse(**stored));
  return Result<Json>{boost::system::in_place_value,
                      progress_json(call, state, *definition, task.node)};
}

Text blocked_reason(const Call& call, const TaskRow& task, const TaskStanding& stands) {
  if (!is_open(task.state)) {
    return {"Việc này đã kết thúc.", "This task has ended."};
  }
  const std::string absent = person_name(*call.directory, stands.capacity.on_behalf_of);
  if (stands.capacity.as == Capacity::As::over) {
    return {"Thời gian bạn thay " + absent + " đã hết.", "You no longer stand in for " + absent + "."};
  }
  if (stands.excluded && !stands.capacity.on_behalf_of.empty()) {
    return {"Bạn thay " + absent +
                ", người đã tham gia bước trước của hồ sơ (nguyên tắc hai người).",
            "You stand in for " + absent +
                ", who took part in an earlier step of this case (four-eyes)."};
  }
  if (stands.excluded) {
    return {
        "Bạn đã tham gia bước trước của hồ sơ nên không được xử lý bước này (nguyên tắc hai "
        "người).",
        "You took part in an earlier step of this case, so you may not act here (four-eyes)."};
  }
  if (!task.holder.empty()) {
    const std::string holder = person_name(*call.directory, task.holder);
    return {"Việc đang do " + holder + " xử lý.", "The task is held by " + holder + "."};
  }
  return {"Việc này được giao cho người khác; bạn chỉ xem được.",
          "This task is for others; you may only look."};
}

}  // namespace

Result<Json> task_detail(const Call& call, const TaskRow& task) {
  const ReadLease reads = call.services.store.reads();
  const Result<TaskStanding> stands = standing(call, *reads, task);
  if (!stands) return stands.error();
  const auto instance = reads->find_instance(task.instance);
  if (!instance) return instance.error();
  const auto tasks = reads->tasks_of(task.instance);
  if (!tasks) return tasks.error();

  const Json spec = task_spec(task);
  const Json image = parse_column(task.image_json);
  const Json& form = member(spec, "form");
  const Json& explain = member(member(image, "dueExplain"), "explain");
  const Json& legal = member(spec, "legalBasis");
  Json json = task_json(call, task, *stands, due_bounds(call.services));
  json["instructions"] = to_json(text_from(member(spec, "instructions")));
  json["outcomes"] = outcomes_json(spec);
  json["form"] = nullptr;
  json["formVersion"] = form_version(spec);
  json["prefill"] = Json::object();
  if (form.is_object() && member(form, "schema").is_object()) {
    json["form"] = {{"schema", form["schema"]},
                    {"ui", member(form, "ui").is_object() ? form["ui"] : Json::object()}};
    if (member(form, "prefill").is_object()) json["prefill"] = form["prefill"];
  }
  json["evidence"] = evidence_json(spec);
  json["legalBasis"] = legal.is_array() ? legal : Json::array();
  json["dueExplain"] = explain.is_array() ? explain : Json::array();
  Result<Json> upcoming = upcoming_json(call, *reads, task, upcoming_shown);
  if (!upcoming) return upcoming.error();
  json["reminders"] = std::move(*upcoming);
  show_extensions(json, call, task, spec, image, *stands);
  json["context"] = context_json(call, task, spec, *instance);
  json["earlier"] = earlier_json(call, task, *tasks);
  Result<Json> others = others_json(call, *reads, task, spec);
  if (!others) return others.error();
  json["progress"] = std::move(*others);
  const bool suspended = *instance && (*instance)->status == InstanceStatus::suspended;
  const bool can_complete = stands->may_act(task) && !suspended;
  json["canComplete"] = can_complete;
  json["blockedReason"] = nullptr;
  if (!can_complete) {
    json["blockedReason"] =
        to_json(stands->may_act(task)
                    ? Text{"Quy trình đang tạm dừng.", "The instance is suspended."}
                    : blocked_reason(call, task, *stands));
  }
  return Result<Json>{boost::system::in_place_value, std::move(json)};
}

}  // namespace kyhan
