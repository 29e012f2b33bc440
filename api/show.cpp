#include "api/show.hpp"

#include "api/services.hpp"
#include "workflow/core/codec.hpp"
#include "workflow/core/time_text.hpp"
#include "workflow/core/vote_count.hpp"

namespace kyhan {
namespace {

const Json& member(const Json& object, const char* name) {
  static const Json null;
  if (!object.is_object()) return null;
  const auto found = object.find(name);
  return found == object.end() ? null : *found;
}

/// One stage of an instance, from what the engine keeps for lists.
Json current_json(const Call& call, const Json& stage, Instant now) {
  Json shown = {{"step", member(stage, "step")},
                {"title", to_json(text_from(member(stage, "title")))}};
  const Json& holder = member(stage, "holder");
  if (holder.is_string() && !holder.get_ref<const std::string&>().empty()) {
    const std::string name = person_name(*call.directory, PersonId{holder.get<std::string>()});
    Text holders{name, name};
    if (const Json& absent = member(stage, "onBehalfOf"); absent.is_string()) {
      const std::string other =
          person_name(*call.directory, PersonId{absent.get<std::string>()});
      holders = {name + " (thay mặt " + other + ")", name + " (on behalf of " + other + ")"};
    }
    shown["holders"] = to_json(holders);
  } else if (const Json& keys = member(stage, "candidates"); keys.is_array()) {
    shown["holders"] =
        to_json(candidates_text(*call.directory, keys.get<std::vector<std::string>>()));
  } else {
    shown["holders"] = to_json(text_from(member(stage, "holders")));
  }
  if (const Json& task = member(stage, "task"); task.is_string()) shown["task"] = task;
  const auto instant = [](const Json& value) -> std::optional<Instant> {
    if (value.is_number_integer()) return Instant{Milliseconds{value.get<std::int64_t>()}};
    if (!value.is_string()) return std::nullopt;
    const Result<Instant> parsed = parse_rfc3339(value.get_ref<const std::string&>());
    return parsed ? std::optional{*parsed} : std::nullopt;
  };
  shown["since"] = to_json(instant(member(stage, "since")));
  bool overdue = false;
  if (const auto due_at = instant(member(stage, "dueAt"))) {
    shown["dueAt"] = to_rfc3339(*due_at);
    const Json& day = member(stage, "dueDate");
    shown["dueDate"] = day.is_string() ? day : Json(due_day(call.services, *due_at));
    overdue = *due_at <= now;
  }
  shown["overdue"] = overdue;
  return shown;
}

}  // namespace

Json to_json(const Text& text) {
  return {{"vi", text.vi}, {"en", text.en}};
}

Text text_from(const Json& value) {
  if (value.is_string()) return {value.get<std::string>(), value.get<std::string>()};
  const Json& vi = member(value, "vi");
  const Json& en = member(value, "en");
  Text text;
  if (vi.is_string()) text.vi = vi.get<std::string>();
  if (en.is_string()) text.en = en.get<std::string>();
  if (text.en.empty()) text.en = text.vi;
  if (text.vi.empty()) text.vi = text.en;
  return text;
}

Json to_json(const std::optional<Instant>& instant) {
  return instant ? Json(to_rfc3339(*instant)) : Json();
}

Json page_json(Json items, const std::string& end_cursor, bool has_more) {
  return {
      {"items", std::move(items)},
      {"page",
       {{"end_cursor", end_cursor.empty() ? Json() : Json(end_cursor)}, {"has_more", has_more}}}};
}

Json parse_column(const std::string& json) {
  return json.empty() ? Json() : Json::parse(json);
}

std::string local_zone(const Services& services) {
  return services.engine.calendars()->built_in().zone();
}

DueBounds due_bounds(const Services& services) {
  const std::string zone = local_zone(services);
  const Instant now = services.engine.clock().now();
  const std::chrono::sys_days today = date_in_zone(now, zone);
  constexpr std::chrono::minutes midnight{0};
  // A deadline at 24:00 belongs to the day that ends there.
  constexpr Milliseconds past_midnight{1};
  return {now, instant_at(today + std::chrono::days{1}, midnight, zone) + past_midnight,
          instant_at(today + std::chrono::days{8}, midnight, zone) + past_midnight};
}

std::string due_day(const Services& services, Instant due_at) {
  return to_iso_date(date_in_zone(due_at - Milliseconds{1}, local_zone(services)));
}

std::string_view to_text(DueGroup group) {
  switch (group) {
    case DueGroup::overdue:
      return "overdue";
    case DueGroup::today:
      return "today";
    case DueGroup::week:
      return "week";
    case DueGroup::later:
      return "later";
    case DueGroup::none:
      break;
  }
  return "none";
}

std::shared_ptr<const Definition> find_definition(const Call& call, const std::string& name,
                                                  const std::string& version) {
  const Result<Program> program = call.services.engine.catalog()->load(name, version);
  return program ? program->definition : nullptr;
}

Text definition_title(const Call& call, const std::string& name, const std::string& version) {
  const auto definition = find_definition(call, name, version);
  return definition && !definition->title.vi.empty() ? definition->title : Text{name, name};
}

Json task_spec(const TaskRow& task) {
  Json spec = parse_column(task.spec_json);
  if (!spec.is_object()) return Json::object();
  // Rows hold what the core made of the vote for this task; very old ones the vote itself.
  const bool of_vote = task.kind != "task" && !spec.contains("outcomes") &&
                       (spec.contains("question") || spec.contains("options"));
  return of_vote ? vote_task_spec(spec, task.kind) : spec;
}

Json outcomes_json(const Json& spec) {
  const Json& given = member(spec, "outcomes");
  Json outcomes = Json::array();
  if (given.is_array()) {
    for (const Json& one : given) {
      const std::string id = one.is_string() ? one.get<std::string>() : one.value("id", "");
      const Json& label = member(one, "label");
      const Text text = label.is_null() ? Text{id, id} : text_from(label);
      const Json& style = member(one, "style");
      const Json& needs = member(one, "requires");
      outcomes.push_back({{"id", id},
                          {"label", to_json(text)},
                          {"style", style.is_string() ? style : Json("neutral")},
                          {"requires", needs.is_array() ? needs : Json::array()}});
    }
  }
  if (outcomes.empty()) {
    outcomes.push_back({{"id", "done"},
                        {"label", to_json(Text{"Hoàn thành", "Done"})},
                        {"style", "positive"},
                        {"requires", Json::array()}});
  }
  return outcomes;
}

Text outcome_label(const Json& spec, const std::string& outcome) {
  for (const char* list : {"outcomes", "options"}) {
    const Json& given = member(spec, list);
    if (!given.is_array()) continue;
    for (const Json& one : given) {
      if (one.is_object() && one.value("id", "") == outcome && one.contains("label")) {
        return text_from(one["label"]);
      }
    }
  }
  if (outcome == "done") return {"Hoàn thành", "Done"};
  return {outcome, outcome};
}

Json task_json(const Call& call, const TaskRow& task, const TaskStanding& stands,
               const DueBounds& bounds) {
  const Directory& directory = *call.directory;
  const bool open = is_open(task.state);
  Json json = {
      {"id", task.id.text()},
      {"etag", etag_of(task.version)},
      {"name", task.name},
      {"kind", task.kind},
      {"title", to_json(task.title)},
      {"state", std::string{to_text(task.state)}},
      {"instance", {{"id", task.instance.text()}, {"title", to_json(task.instance_title)}}},
      {"definition",
       {{"name", task.definition},
        {"title", to_json(definition_title(call, task.definition, task.definition_version))}}},
      {"unit", unit_json(directory, task.unit)},
      {"openedAt", to_rfc3339(task.opened_at)},
      {"provisional", task.provisional},
      {"overdue", task.overdue || (open && task.due_at && *task.due_at <= bounds.now)},
      {"dueGroup", to_text(due_group_of(task.due_at, bounds))},
      {"holder", person_json(directory, task.holder)},
      {"candidates", to_json(candidates_text(directory, task.candidates))},
      {"onBehalfOf", person_json(directory, task.on_behalf_of)},
      {"mine", stands.holder},
      {"claimable", task.state == TaskState::offered && stands.candidate},
      {"actingFor", person_json(directory, stands.capacity.as == Capacity::As::stand_in
                                               ? stands.capacity.on_behalf_of
                                               : PersonId{})},
      {"delegated", task.delegated},
      {"asked", stands.asked},
      {"category", task.category},
      {"priority", task.priority},
      {"round", task.round}};
  if (task.due_at) {
    json["dueAt"] = to_rfc3339(*task.due_at);
    json["dueDate"] = task.due_date.empty() ? due_day(call.services, *task.due_at) : task.due_date;
  }
  if (!task.first_due_date.empty()) json["originalDueDate"] = task.first_due_date;
  if (task.asked_at) json["extensionAskedAt"] = to_rfc3339(*task.asked_at);
  if (!open) {
    if (!task.outcome.empty()) {
      json["outcome"] = to_json(outcome_label(task_spec(task), task.outcome));
    }
    json["completedAt"] = to_json(task.ended_at);
    json["completedBy"] = person_json(directory, task.performer);
    // Whether it can be undone, the engine finds out when it is asked to.
    json["mayRecall"] = task.state == TaskState::completed && task.kind == "task" &&
                        task.ended_revision > 0 && !stands.person.empty() &&
                        (task.performer == stands.person || task.on_behalf_of == stands.person);
  }
  return json;
}

Json instance_json(const Call& call, const InstanceRow& instance) {
  const Instant now = call.services.engine.clock().now();
  Json current = Json::array();
  const Json stages = parse_column(instance.current_json);
  if (stages.is_array()) {
    for (const Json& stage : stages) current.push_back(current_json(call, stage, now));
  }
  const Text title = definition_title(call, instance.definition.name, instance.definition.version);
  Json json = {{"id", instance.id.text()},
               {"definition",
                {{"name", instance.definition.name},
                 {"version", instance.definition.version},
                 {"title", to_json(title)}}},
               {"unit", unit_json(*call.directory, instance.unit)},
               {"title", to_json(instance.title.vi.empty() ? title : instance.title)},
               {"businessKey", instance.business_key},
               {"state", std::string{to_text(instance.status)}},
               {"startedAt", to_rfc3339(instance.started_at)},
               {"initiator", person_json(*call.directory, instance.initiator)},
               {"current", std::move(current)},
               {"overdue", instance.overdue}};
  if (instance.ended_at) json["endedAt"] = to_rfc3339(*instance.ended_at);
  if (!instance.outcome.empty()) json["outcome"] = instance.outcome;
  return json;
}

Json attachment_json(const Call& call, const AttachmentRow& row) {
  return {{"id", row.file.id},
          {"type", row.file.type},
          {"name", row.file.name},
          {"mediaType", row.file.media_type},
          {"size", row.file.size},
          {"sha256", row.file.sha256},
          {"uploadedBy", person_json(*call.directory, row.uploaded_by)},
          {"uploadedAt", to_rfc3339(row.uploaded_at)}};
}

}  // namespace kyhan
