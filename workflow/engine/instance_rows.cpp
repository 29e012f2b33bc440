#include "workflow/engine/instance_rows.hpp"

#include <algorithm>

#include "workflow/core/codec.hpp"
#include "workflow/core/decide.hpp"
#include "workflow/core/documents.hpp"
#include "workflow/core/json_text.hpp"
#include "workflow/core/time_text.hpp"

namespace kyhan {
namespace {

/// A text of a document: a string for both languages, or {vi, en}.
Text read_text(const Json& value) {
  if (value.is_string()) return {value.get<std::string>(), value.get<std::string>()};
  if (!value.is_object()) return {};
  const std::string vi = value.value("vi", "");
  return {vi, value.value("en", vi)};
}

Json text_object(const Text& text) {
  return {{"vi", text.vi}, {"en", text.en}};
}

Text title_of_spec(const Json& spec, std::string_view kind) {
  if (!spec.is_object()) return {};
  for (const char* member : {kind == "task" ? "title" : "question", "title"}) {
    if (const auto found = spec.find(member); found != spec.end()) return read_text(*found);
  }
  return {};
}

const Node* find_node(const State& state, NodeId id) {
  const auto found = state.nodes.find(id);
  return found == state.nodes.end() ? nullptr : &found->second;
}

std::string due_date_of(const Task& task) {
  if (!task.due_at || !task.due_explain.is_object()) return {};
  return task.due_explain.value("date", "");
}

Json current_task(const State& state, const Definition& definition, const Task& task) {
  Json entry{{"step", task.name},
             {"kind", task.kind},
             {"task", task.id.text()},
             {"since", to_rfc3339(task.opened_at)},
             {"overdue", task.overdue}};
  if (task.step >= 0 && static_cast<std::size_t>(task.step) < definition.steps.size()) {
    entry["pointer"] = definition.steps[static_cast<std::size_t>(task.step)].pointer;
  }
  const Node* node = find_node(state, task.node);
  const Text title = node ? title_of_spec(node->spec, task.kind) : Text{};
  entry["title"] = text_object(title.vi.empty() ? Text{task.name, task.name} : title);
  if (!task.unit.empty()) entry["unit"] = task.unit.text();
  if (!task.holder.empty()) entry["holder"] = task.holder.text();
  if (!task.on_behalf_of.empty()) entry["onBehalfOf"] = task.on_behalf_of.text();
  Json keys = Json::array();
  for (const Candidate& candidate : task.candidates) keys.push_back(to_key(candidate));
  entry["candidates"] = std::move(keys);
  if (task.due_at) entry["dueAt"] = to_rfc3339(*task.due_at);
  if (const std::string date = due_date_of(task); !date.empty()) entry["dueDate"] = date;
  return entry;
}

Json current_of(const State& state, const Definition& definition) {
  Json current = Json::array();
  for (const auto& [id, task] : state.tasks) {
    if (current.size() >= current_entries_max) return current;
    current.push_back(current_task(state, definition, task));
  }
  for (const auto& [id, node] : state.nodes) {
    if (current.size() >= current_entries_max) return current;
    if (node.step < 0 || static_cast<std::size_t>(node.step) >= definition.steps.size()) continue;
    const Step& step = definition.steps[static_cast<std::size_t>(node.step)];
    const bool calls = !node.call_key.empty();
    const bool waits =
        step.kind == "wait" || step.kind == "listen" || step.kind == "run" || calls || is_fan(node);
    if (node.extension || !waits) continue;
    const Json* title = nullptr;
    if (step.metadata.is_object() && step.metadata.contains("title")) {
      title = &step.metadata.at("title");
    }
    Json entry{{"step", step.name},
               {"kind", step.kind},
               {"pointer", step.pointer},
               {"title", text_object(title ? read_text(*title) : Text{step.name, step.name})},
               {"since", to_rfc3339(node.started_at)}};
    if (node.wake_at) entry["wakeAt"] = to_rfc3339(*node.wake_at);
    if (calls && node.spec.contains("uri")) entry["uri"] = node.spec.at("uri");
    if (is_fan(node)) entry["fanOut"] = node.results.at("fan");
    for (const InstanceId& child : node.children) entry["children"].push_back(child.text());
    current.push_back(std::move(entry));
  }
  return current;
}

/// One word for a list: what the output calls its outcome, or what went wrong.
std::string outcome_of(const State& state) {
  if (state.error) return state.error->title.empty() ? state.error->type : state.error->title;
  if (state.output.is_object()) {
    const auto found = state.output.find("outcome");
    if (found != state.output.end() && found->is_string()) return found->get<std::string>();
  }
  return {};
}

/// urgent 2, high 1, normal 0, low -1.
int priority_of(const Json& spec) {
  const auto found = spec.find("priority");
  if (found == spec.end()) return 0;
  if (*found == "urgent") return 2;
  if (*found == "high") return 1;
  return *found == "low" ? -1 : 0;
}

}  // namespace

InstanceRow instance_row(const State& state, const Definition& definition,
                         const Directory& directory, bool runnable) {
  InstanceRow row;
  row.id = state.id;
  row.definition = state.definition;
  row.unit = state.unit;
  row.business_key = state.business_key;
  row.initiator = state.initiator;
  row.status = state.status;
  row.started_at = state.started_at;
  row.ended_at = state.ended_at;
  row.revision = state.revision;
  row.runnable = runnable;
  row.overdue =
      std::ranges::any_of(state.tasks, [](const auto& one) { return one.second.overdue; });
  row.outcome = outcome_of(state);
  row.title = definition.title;
  if (row.title.vi.empty()) row.title = {definition.ref.name, definition.ref.name};
  if (state.title.is_object()) {
    row.title = read_text(state.title);
  } else if (const Unit* unit = directory.find_unit(state.unit)) {
    row.title.vi += " – " + unit->name.vi;
    row.title.en += " – " + unit->name.en;
  }
  row.current_json = json_text(current_of(state, definition));
  row.search = fold_for_search(row.title.vi + " " + row.title.en + " " + state.business_key);
  return row;
}

TaskRow task_row(const SaveTask& saved, const State& after, const State& before,
                 const Definition& definition, const InstanceRow& instance, Instant now) {
  const Task& task = saved.task;
  TaskRow row;
  row.id = task.id;
  row.instance = after.id;
  row.node = task.node;
  row.definition = definition.ref.name;
  row.name = task.name;
  row.kind = saved.kind;
  row.step_pointer = saved.step_pointer;
  row.title = saved.title;
  if (row.title.vi.empty()) {
    for (const State* state : {&after, &before}) {
      const Node* node = find_node(*state, task.node);
      if (node != nullptr && row.title.vi.empty())
        row.title = title_of_spec(node->spec, saved.kind);
    }
  }
  if (row.title.vi.empty()) row.title = {task.name, task.name};
  if (task.version == 1) row.spec_json = json_text(saved.spec);  // Kept from the opening alone.
  row.unit = task.unit;
  row.state = task.state;
  row.holder = task.holder;
  row.on_behalf_of = task.on_behalf_of;
  row.role = task.role;
  row.substitutes = task.substitutes;
  row.delegated = !task.delegated_by.empty();
  row.excluded_units = task.excluded_units;
  for (const InfoRequest& one : task.asked) row.asked.push_back(one.to);
  for (const Candidate& candidate : task.candidates) row.candidates.push_back(to_key(candidate));
  row.excluded = task.excluded;
  row.opened_at = task.opened_at;
  row.claimed_at = task.claimed_at;
  row.due_at = task.due_at;
  row.due_date = due_date_of(task);
  row.provisional = task.due_explain.is_object() && task.due_explain.value("provisional", false);
  row.overdue = task.overdue;
  row.first_due_date = task.first_due_date;
  if (!task.extensions.empty() && task.extensions.back().state == "asked" && is_open(task.state)) {
    row.asked_at = task.extensions.back().asked_at;
    for (const Candidate& one : task.extensions.back().deciders) {
      row.deciders.push_back(to_key(one));
    }
  }
  if (!is_open(task.state)) row.ended_at = now;
  if (saved.response) {
    row.outcome = saved.response->outcome;
    row.performer = saved.response->by;
    row.response_json = json_text(encode(*saved.response));
  }
  row.version = task.version;
  if (saved.spec.is_object()) {
    row.priority = priority_of(saved.spec);
    if (const auto found = saved.spec.find("category"); found != saved.spec.end()) {
      row.category = read_text(*found).vi;
    }
  }
  row.image_json = encode_text(task);
  row.search = fold_for_search(row.title.vi + " " + row.title.en) + " " + instance.search;
  return row;
}

}  // namespace kyhan
