#include "api/outline.hpp"

#include <algorithm>

#include "api/show.hpp"
#include "workflow/core/codec.hpp"
#include "workflow/core/time_text.hpp"

namespace kyhan {
namespace {

/// The first member of that name in the document, wherever it stands: definitions keep their legal
/// numbers in one object that a first step puts into the context.
const Json* find_member(const Json& value, const std::string& name) {
  if (value.is_object()) {
    if (const auto found = value.find(name); found != value.end() && found->is_object()) {
      return &*found;
    }
  }
  if (value.is_structured()) {
    for (const Json& child : value) {
      if (const Json* found = find_member(child, name)) return found;
    }
  }
  return nullptr;
}

/// What `${ $context.law.days.value }` stands for, where it is such a plain path; else the value.
Json plain_value(const Json& value, const Json& context, const Json& document) {
  constexpr std::string_view begin = "${ $context.";
  if (!value.is_string()) return value;
  std::string_view text = value.get_ref<const std::string&>();
  if (!text.starts_with(begin) || !text.ends_with(" }")) return value;
  text = text.substr(begin.size(), text.size() - begin.size() - 2);
  if (text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.") !=
      std::string_view::npos) {
    return value;
  }
  const Json* at = context.is_object() && !context.empty() ? &context : nullptr;
  bool first = true;
  while (!text.empty()) {
    const std::size_t dot = text.find('.');
    const std::string name{text.substr(0, dot)};
    text.remove_prefix(dot == std::string_view::npos ? text.size() : dot + 1);
    if (first && (at == nullptr || !at->contains(name))) {
      at = find_member(document, name);
    } else if (at != nullptr) {
      const auto found = at->is_object() ? at->find(name) : at->end();
      at = found == at->end() ? nullptr : &*found;
    }
    first = false;
    if (at == nullptr) return value;
  }
  return *at;
}

Json resolved(const Json& value, const Json& context, const Json& document) {
  if (!value.is_object()) return plain_value(value, context, document);
  Json out = Json::object();
  for (const auto& [name, member] : value.items()) {
    out[name] = plain_value(member, context, document);
  }
  return out;
}

/// A title that needs the case's data to be known shows the step's name instead.
Text step_title(const Step& step, const Json& with) {
  const auto readable = [](const Json& value) {
    const Text text = text_from(value);
    return !text.vi.empty() && text.vi.find("${") == std::string::npos;
  };
  if (step.metadata.is_object() && step.metadata.contains("title")) {
    return text_from(step.metadata["title"]);
  }
  for (const char* name : {"title", "question"}) {
    if (with.contains(name) && readable(with[name])) return text_from(with[name]);
  }
  return {step.name, step.name};
}

Json roles_of(const Json& with) {
  Json roles = Json::array();
  const Json* candidates = nullptr;
  if (with.contains("assignment") && with["assignment"].is_object() &&
      with["assignment"].contains("candidates")) {
    candidates = &with["assignment"]["candidates"];
  } else if (with.contains("electorate")) {
    candidates = &with["electorate"];
  }
  if (candidates == nullptr || !candidates->is_array()) return roles;
  for (const Json& candidate : *candidates) {
    if (candidate.is_object() && candidate.contains("role") && candidate["role"].is_string() &&
        std::find(roles.begin(), roles.end(), candidate["role"]) == roles.end()) {
      roles.push_back(candidate["role"]);
    }
  }
  return roles;
}

/// All steps as a reader of the document meets them: a container, then what it holds. (The
/// definition's own array goes list by list.)
void walk(const Definition& definition, const StepList& list, std::vector<const Step*>& order) {
  for (const StepIndex index : list) {
    const Step& step = definition.steps.at(static_cast<std::size_t>(index));
    if (std::ranges::find(order, &step) != order.end()) continue;  // A function called again.
    order.push_back(&step);
    if (const auto* call = std::get_if<CallStep>(&step.body)) walk(definition, call->body, order);
    if (const auto* scope = std::get_if<DoStep>(&step.body)) walk(definition, scope->list, order);
    if (const auto* loop = std::get_if<ForStep>(&step.body)) walk(definition, loop->list, order);
    if (const auto* fork = std::get_if<ForkStep>(&step.body)) {
      walk(definition, fork->branches, order);
    }
    if (const auto* attempt = std::get_if<TryStep>(&step.body)) {
      walk(definition, attempt->list, order);
      walk(definition, attempt->catch_list, order);
    }
    if (const auto* listen = std::get_if<ListenStep>(&step.body)) {
      walk(definition, listen->foreach_list, order);
    }
  }
}

}  // namespace

Json outline(const Definition& definition, const Json& context) {
  Json steps = Json::array();
  std::vector<const Step*> order;
  walk(definition, definition.top, order);
  for (const Step* at : order) {
    const Step& step = *at;
    const auto* call = std::get_if<CallStep>(&step.body);
    if (call == nullptr ||
        (call->function != Function::human_task && call->function != Function::vote)) {
      continue;
    }
    const Json::json_pointer pointer{step.pointer + "/with"};
    const Json with =
        definition.document.contains(pointer) ? definition.document.at(pointer) : Json::object();
    if (!with.is_object()) continue;
    const Json due =
        with.contains("due") ? resolved(with["due"], context, definition.document) : Json();
    Json legal = with.contains("legalBasis")
                     ? resolved(with["legalBasis"], context, definition.document)
                     : Json::array();
    if (!legal.is_array()) legal = Json::array();
    const bool vote = call->function == Function::vote;
    steps.push_back({{"pointer", step.pointer},
                     {"name", step.name},
                     {"kind", vote ? "vote" : "task"},
                     {"title", to_json(step_title(step, with))},
                     {"roles", roles_of(with)},
                     {"due", due},
                     {"dueText", to_json(due_in_words(due))},
                     {"legalBasis", std::move(legal)}});
  }
  return steps;
}

void mark_progress(const Call& call, Json& steps, const std::vector<TaskRow>& tasks,
                   const InstanceRow& instance) {
  const bool ended = instance.ended_at.has_value();
  std::size_t last_touched = 0;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const bool touched = std::ranges::any_of(tasks, [&](const TaskRow& task) {
      return task.step_pointer == steps[i]["pointer"].get_ref<const std::string&>();
    });
    if (touched) last_touched = i;
  }
  for (std::size_t i = 0; i < steps.size(); ++i) {
    Json& step = steps[i];
    const TaskRow* open = nullptr;
    const TaskRow* answered = nullptr;
    int rounds = 0;
    for (const TaskRow& task : tasks) {
      if (task.step_pointer != step["pointer"].get_ref<const std::string&>()) continue;
      rounds = std::max(rounds, task.round);
      if (is_open(task.state)) {
        open = &task;
      } else if (task.state == TaskState::completed &&
                 (answered == nullptr || task.ended_at >= answered->ended_at)) {
        answered = &task;
      }
    }
    step["rounds"] = rounds;
    if (answered != nullptr) {
      const std::string name = person_name(*call.directory, answered->performer);
      if (!answered->performer.empty()) step["by"] = to_json(Text{name, name});
      step["at"] = to_json(answered->ended_at);
      step["outcome"] = to_json(outcome_label(task_spec(*answered), answered->outcome));
    }
    if (open != nullptr) {
      step["state"] = "current";
    } else if (answered != nullptr) {
      step["state"] = answered->outcome.starts_with("return") ? "returned" : "done";
    } else if (rounds > 0) {
      step["state"] = "done";  // Withdrawn or expired: it is over, without an answer.
    } else {
      step["state"] = ended || i < last_touched ? "skipped" : "waiting";
    }
  }
}

}  // namespace kyhan
