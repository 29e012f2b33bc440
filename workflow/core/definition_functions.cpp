// call: which function is meant, and what its `with` may say.

#include "workflow/core/definition_functions.hpp"

#include <algorithm>
#include <array>

namespace kyhan::definition {
namespace {

struct Known {
  std::string_view call;
  Function function;
};
constexpr std::array catalog{Known{"humanTask:1.0.0@default", Function::human_task},
                             Known{"vote:1.0.0@default", Function::vote},
                             Known{"calendar:1.0.0@default", Function::calendar},
                             Known{"notify:1.0.0@default", Function::notify},
                             Known{"fanOut:1.0.0@default", Function::fan_out}};
constexpr std::array refused_calls{"grpc", "asyncapi", "mcp", "a2a"};

void check_calendar(Reader& reader, const Json& with, const std::string& pointer) {
  if (!reader.closed(with, pointer, {"from", "add", "calendar", "timeZone"})) return;
  if (const auto* from = find(with, "from")) check_word(reader, *from, below(pointer, "from"));
  if (const auto* add = reader.required(with, pointer, "add")) {
    check_due(reader, *add, below(pointer, "add"));
  }
  check_member(reader, with, pointer, "calendar", check_word);
  check_member(reader, with, pointer, "timeZone", check_word);
}

void check_notify(Reader& reader, const Json& with, const std::string& pointer) {
  if (!reader.closed(with, pointer, {"to", "channel", "template", "title", "body", "data"})) return;
  if (const auto* to = reader.required(with, pointer, "to")) {
    check_recipients(reader, *to, below(pointer, "to"));
  }
  if (const auto* channel = find(with, "channel")) {
    check_each(reader, *channel, below(pointer, "channel"), check_word);
  }
  check_member(reader, with, pointer, "template", check_word);
  check_member(reader, with, pointer, "title", check_text);
  check_member(reader, with, pointer, "body", check_text);
}

/// Ids of a list of outcomes or options, literal ones only. Nothing when one is an expression.
std::optional<std::set<std::string>> literal_ids(const Json* list) {
  if (list == nullptr || !list->is_array()) return std::nullopt;
  std::set<std::string> ids;
  for (const auto& item : *list) {
    const auto id = literal_string(item, "id");
    if (!id) return std::nullopt;
    ids.insert(*id);
  }
  return ids;
}

void check_outcome_id(Reader& reader, const Json& item, const std::string& pointer,
                      const std::set<std::string>* known) {
  if (known == nullptr || !item.is_string() || is_expression(item)) return;
  const auto& id = item.get_ref<const std::string&>();
  if (known->contains(id)) return;
  reader.fault(pointer, "unknown-outcome",
               {"Không có kết quả \"" + id + "\" trong outcomes.",
                "There is no outcome \"" + id + "\" in outcomes."});
}

void check_known(Reader& reader, const Json& list, const std::string& pointer,
                 const std::set<std::string>* known) {
  check_each(reader, list, pointer, [known](Reader& r, const Json& item, const std::string& at) {
    check_word(r, item, at);
    check_outcome_id(r, item, at, known);
  });
}

void check_outcome(Reader& reader, const Json& item, const std::string& pointer) {
  if (is_expression(item)) return;
  if (!reader.closed(item, pointer, {"id", "label", "style", "requires", "form"})) return;
  if (const auto* id = reader.required(item, pointer, "id")) {
    check_word(reader, *id, below(pointer, "id"));
  }
  check_member(reader, item, pointer, "label", check_text);
  reader.choice(item, pointer, "style", {"positive", "neutral", "negative"}, {}, true);
  if (const auto* needs = find(item, "requires")) {
    const auto at = below(pointer, "requires");
    check_each(reader, *needs, at, [](Reader& r, const Json& need, const std::string& need_at) {
      if (need == "comment" || need == "attachment" || need == "form" || need == "signature") {
        return;
      }
      r.fault(need_at, "unknown-value",
              {"Chỉ có thể yêu cầu comment, attachment, form hoặc signature.",
               "Only comment, attachment, form or signature can be required."});
    });
  }
  check_member(reader, item, pointer, "form", check_form);
}

/// `grouped`: completion.groups say who is asked instead.
void check_assignment(Reader& reader, const Json& value, const std::string& pointer, bool grouped) {
  if (is_expression(value)) return;
  if (!reader.closed(value, pointer,
                     {"mode", "candidates", "exclude", "strategy", "substitutes", "delegation",
                      "onEmpty"})) {
    return;
  }
  reader.required(value, pointer, "mode");
  constexpr std::size_t automatic = 3;
  const auto mode =
      reader.choice(value, pointer, "mode", {"direct", "claim", "offer", "auto"}, {}, true);
  const auto* candidates = find(value, "candidates");
  if (candidates == nullptr && !grouped) candidates = reader.required(value, pointer, "candidates");
  if (candidates != nullptr) check_candidates(reader, *candidates, below(pointer, "candidates"));
  check_member(reader, value, pointer, "exclude", check_exclude);
  reader.choice(value, pointer, "strategy", {"roundRobin", "leastLoaded"}, {}, true);
  if (mode && *mode != automatic && value.contains("strategy")) {
    reader.fault(
        below(pointer, "strategy"), "unknown-field",
        {"\"strategy\" chỉ đi cùng mode: auto.", "\"strategy\" only goes with mode: auto."});
  }
  reader.flag(value, pointer, "substitutes");
  reader.choice(value, pointer, "delegation", {"none", "once", "free"}, {}, true);
  if (const auto* empty = find(value, "onEmpty"); empty != nullptr && !is_expression(*empty)) {
    const auto at = below(pointer, "onEmpty");
    if (empty->is_object()) {
      check_candidate(reader, *empty, at);
    } else if (*empty != "raise" && *empty != "escalate") {
      reader.fault(at, "unknown-value",
                   {"Dùng raise, escalate hoặc một đối tượng {role, unit}.",
                    "Use raise, escalate or a candidate {role, unit}."});
    }
  }
}

/// rule, count and share, which stand together at a task and at each of its groups.
void check_rule(Reader& reader, const Json& value, const std::string& pointer) {
  constexpr std::size_t quorum = 3, at_least = 4;
  const auto rule = reader.choice(value, pointer, "rule",
                                  {"one", "all", "first", "quorum", "atLeast"}, {}, true);
  if (rule == at_least) reader.required(value, pointer, "count");
  if (rule == quorum) reader.required(value, pointer, "share");
  check_integer(reader, value, pointer, "count", 1);
  check_member(reader, value, pointer, "share", check_share);
  const auto only_with = [&](const std::string& field, std::size_t needs, const std::string& name) {
    if (!rule || *rule == needs || !value.contains(field)) return;
    reader.fault(below(pointer, field), "unknown-field",
                 {"\"" + field + "\" chỉ đi cùng rule: " + name + ".",
                  "\"" + field + "\" only goes with rule: " + name + "."});
  };
  only_with("count", at_least, "atLeast");
  only_with("share", quorum, "quorum");
}

void check_group(Reader& reader, const Json& value, const std::string& pointer) {
  if (is_expression(value)) return;
  if (!reader.closed(value, pointer, {"label", "candidates", "rule", "count", "share"})) return;
  check_member(reader, value, pointer, "label", check_text);
  if (const auto* candidates = reader.required(value, pointer, "candidates")) {
    check_candidates(reader, *candidates, below(pointer, "candidates"));
  }
  check_rule(reader, value, pointer);
}

void check_completion(Reader& reader, const Json& value, const std::string& pointer,
                      const std::set<std::string>* outcomes) {
  if (is_expression(value)) return;
  if (!reader.closed(value, pointer,
                     {"per", "rule", "count", "share", "decideBy", "order", "stopOn", "chair",
                      "groups", "sequence"})) {
    return;
  }
  reader.choice(value, pointer, "per", {"user", "unit"}, {}, true);
  check_rule(reader, value, pointer);
  constexpr std::size_t worst = 2, chair = 4;
  const auto decide =
      reader.choice(value, pointer, "decideBy",
                    {"majority", "unanimous", "worst", "first", "chair"}, {}, true);
  if (decide == worst) reader.required(value, pointer, "order");
  if (decide == chair) reader.required(value, pointer, "chair");
  check_member(reader, value, pointer, "chair", check_candidate);
  reader.choice(value, pointer, "sequence", {"any", "ordered"}, {}, true);
  if (const auto* groups = find(value, "groups")) {
    const auto at = below(pointer, "groups");
    check_each(reader, *groups, at, check_group);
    if (groups->is_array() && groups->empty()) {
      reader.fault(at, "required", {"Cần ít nhất một nhóm.", "At least one group is needed."});
    }
    for (const std::string key : {"rule", "count", "share"}) {
      if (!value.contains(key)) continue;
      reader.fault(below(pointer, key), "unknown-field",
                   {"Khi có groups, \"" + key + "\" đặt trong từng nhóm.",
                    "With groups, \"" + key + "\" stands in each of them."});
    }
  }
  for (const std::string key : {"order", "stopOn"}) {
    if (const auto* list = find(value, key)) {
      check_known(reader, *list, below(pointer, key), outcomes);
    }
  }
}

}  // namespace

void check_exclude(Reader& reader, const Json& value, const std::string& pointer) {
  if (is_expression(value)) return;
  if (!reader.closed(value, pointer, {"users", "performersOf", "unitsOf", "author"})) return;
  if (const auto* users = find(value, "users")) {
    check_each(reader, *users, below(pointer, "users"), check_word);
  }
  reader.flag(value, pointer, "author");
  for (const std::string key : {"performersOf", "unitsOf"}) {
    const auto* steps = find(value, key);
    if (steps == nullptr) continue;
    check_each(reader, *steps, below(pointer, key),
             [](Reader& r, const Json& item, const std::string& at) {
               check_word(r, item, at);
               if (!item.is_string() || is_expression(item)) return;
               r.later([&r, at, name = item.get<std::string>()] {
                 if (r.is_step_pointer(name)) return;
                 const auto count = r.step_names().count(name);
                 if (count == 1) return;
                 if (count == 0) {
                   r.fault(at, "unknown-step",
                           {"Không có bước nào tên \"" + name + "\".",
                            "There is no step named \"" + name + "\"."});
                 } else {
                   r.fault(at, "ambiguous-step",
                           {"Có nhiều bước tên \"" + name + "\".",
                            "There are several steps named \"" + name + "\"."},
                           {"Dùng con trỏ JSON của bước, ví dụ \"/do/0/" + name + "\".",
                            "Give the step's JSON Pointer, such as \"/do/0/" + name + "\"."});
                 }
               });
             });
  }
}

void check_share(Reader& reader, const Json& value, const std::string& pointer) {
  if (is_expression(value)) return;
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    const auto slash = text.find('/');
    const auto number = [](std::string_view part) {
      constexpr std::size_t digits_max = 6;
      return !part.empty() && part.size() <= digits_max &&
             part.find_first_not_of("0123456789") == std::string_view::npos;
    };
    if (slash != std::string::npos && number(std::string_view(text).substr(0, slash)) &&
        number(std::string_view(text).substr(slash + 1))) {
      const auto part = std::stoi(text.substr(0, slash));
      const auto whole = std::stoi(text.substr(slash + 1));
      if (whole > 0 && part <= whole) return;
    }
  }
  reader.wrong_type(pointer, "một phân số dạng chuỗi, ví dụ \"2/3\"",
                    "a share as a string, such as \"2/3\"");
}

void check_attachments(Reader& reader, const Json& value, const std::string& pointer,
                       const std::set<std::string>* outcomes) {
  check_each(
      reader, value, pointer, [outcomes](Reader& r, const Json& item, const std::string& at) {
        if (is_expression(item)) return;
        if (!r.closed(item, at,
                      {"type", "label", "min", "max", "mediaTypes", "maxBytes", "forOutcomes"})) {
          return;
        }
        if (const auto* type = r.required(item, at, "type")) {
          check_word(r, *type, below(at, "type"));
        }
        check_member(r, item, at, "label", check_text);
        check_integer(r, item, at, "min", 0);
        check_integer(r, item, at, "max", 1);
        check_integer(r, item, at, "maxBytes", 1);
        if (const auto* types = find(item, "mediaTypes")) {
          check_each(r, *types, below(at, "mediaTypes"), check_word);
        }
        if (const auto* list = find(item, "forOutcomes")) {
          check_known(r, *list, below(at, "forOutcomes"), outcomes);
        }
        const auto* min = find(item, "min");
        const auto* max = find(item, "max");
        if (min != nullptr && max != nullptr && min->is_number_integer() &&
            max->is_number_integer() && *min > *max) {
          r.fault(below(at, "min"), "out-of-range",
                  {"min lớn hơn max.", "min is greater than max."});
        }
      });
}

void check_human_task(Reader& reader, const Json& with, const std::string& pointer) {
  if (!reader.closed(with, pointer,
                     {"title", "instructions", "priority", "category", "assignment", "completion",
                      "form", "outcomes", "attachments", "legalBasis", "due", "dueCertainty",
                      "certainty", "reminders", "escalation", "expire", "extension", "context",
                      "signature", "watchers"})) {
    return;
  }
  if (const auto* title = reader.required(with, pointer, "title")) {
    check_text(reader, *title, below(pointer, "title"));
  }
  check_member(reader, with, pointer, "instructions", check_text);
  reader.choice(with, pointer, "priority", {"low", "normal", "high", "urgent"}, {}, true);
  check_member(reader, with, pointer, "category", check_text);
  if (const auto* assignment = reader.required(with, pointer, "assignment")) {
    const auto* completion = find(with, "completion");
    check_assignment(reader, *assignment, below(pointer, "assignment"),
                     completion != nullptr && completion->is_object() &&
                         completion->contains("groups"));
  }
  const auto* outcomes = find(with, "outcomes");
  auto ids = literal_ids(outcomes);
  if (outcomes == nullptr) ids = std::set<std::string>{"done"};
  const auto* known = ids ? &*ids : nullptr;
  if (outcomes != nullptr) {
    const auto at = below(pointer, "outcomes");
    check_each(reader, *outcomes, at, check_outcome);
    if (outcomes->is_array() && outcomes->empty()) {
      reader.fault(at, "required", {"Cần ít nhất một kết quả.", "At least one outcome is needed."});
    }
    if (ids && ids->size() != outcomes->size()) {
      reader.fault(at, "duplicate-name",
                   {"Hai kết quả có cùng id.", "Two outcomes have the same id."});
    }
  }
  if (const auto* completion = find(with, "completion")) {
    check_completion(reader, *completion, below(pointer, "completion"), known);
  }
  check_member(reader, with, pointer, "form", check_form);
  check_member(reader, with, pointer, "watchers", check_candidates);
  // A signature by certificate is not there yet; the word of it must not pass for one.
  reader.choice(with, pointer, "signature", {"simple"}, {"qualified"});
  if (const auto* attachments = find(with, "attachments")) {
    check_attachments(reader, *attachments, below(pointer, "attachments"), known);
  }
  check_member(reader, with, pointer, "legalBasis", check_legal_basis);
  check_certainty(reader, with, pointer, "dueCertainty");
  check_certainty(reader, with, pointer, "certainty");
  check_member(reader, with, pointer, "due", check_due);
  check_member(reader, with, pointer, "expire", check_due);
  check_member(reader, with, pointer, "extension", check_extension);
  check_member(reader, with, pointer, "reminders", check_reminders);
  check_member(reader, with, pointer, "escalation", check_escalation);
  if (const auto* steps = find(with, "escalation"); steps != nullptr && steps->is_array()) {
    for (std::size_t i = 0; i < steps->size(); ++i) {
      const Json& step = (*steps)[i];
      if (!step.is_object() || !step.contains("outcome")) continue;
      if (step.value("action", Json()) != "complete") continue;  // Refused where it stands.
      const auto at = below(below(below(pointer, "escalation"), std::to_string(i)), "outcome");
      check_outcome_id(reader, step.at("outcome"), at, known);
    }
  }
  if (const auto* context = find(with, "context")) {
    check_each(reader, *context, below(pointer, "context"),
               [](Reader& r, const Json& item, const std::string& at) {
                 if (is_expression(item) || !r.closed(item, at, {"label", "value"})) return;
                 if (const auto* label = r.required(item, at, "label")) {
                   check_text(r, *label, below(at, "label"));
                 }
                 r.required(item, at, "value");
               });
  }
  // Reminders and escalation are counted from the due date.
  for (const std::string key : {"reminders", "escalation"}) {
    if (with.contains(key) && !with.contains("due")) {
      reader.fault(below(pointer, key), "required",
                   {"\"" + key + "\" tính từ hạn, nhưng chưa có due.",
                    "\"" + key + "\" counts from the due date, but there is no due."});
    }
  }
}

namespace {

bool holds_expression(const Json& value) {
  if (is_expression(value)) return true;
  return value.is_structured() && std::any_of(value.begin(), value.end(), [](const Json& child) {
           return holds_expression(child);
         });
}

}  // namespace

CallStep Reader::call(const Json& task, const std::string& pointer, const Scope& scope) {
  CallStep out;
  out.function = Function::human_task;
  const auto at = below(pointer, "call");
  const auto& json = task.at("call");
  if (!json.is_string()) {
    wrong_type(at, "tên của hàm", "the name of a function");
    return out;
  }
  out.call = json.get<std::string>();
  if (std::find(refused_calls.begin(), refused_calls.end(), out.call) != refused_calls.end() ||
      out.call.find("://") != std::string::npos) {
    not_yet(at, "call: " + out.call);
    return out;
  }
  const auto with_at = below(pointer, "with");
  const auto empty = Json::object();
  const auto* with = find(task, "with");
  if (with != nullptr && !with->is_object()) {
    wrong_type(with_at, "một đối tượng", "an object");
    return out;
  }
  if (const auto own = own_function(out.call)) {
    out.function = Function::own;
    out.body = {*own};
    out.passes_input = with == nullptr;
    if (with != nullptr) out.with = value(*with, with_at, scope);
    return out;
  }
  const auto known = std::find_if(catalog.begin(), catalog.end(),
                                  [&](const Known& entry) { return entry.call == out.call; });
  if (known == catalog.end()) {
    std::string names;
    for (const auto& [name, index] : functions_) names += (names.empty() ? "" : ", ") + name;
    for (const auto& entry : catalog)
      names += (names.empty() ? "" : ", ") + std::string(entry.call);
    fault(at, "unknown-function",
          {"Không có hàm \"" + out.call + "\".", "There is no function \"" + out.call + "\"."},
          {"Các hàm dùng được: " + names + ".", "Functions to use: " + names + "."});
    return out;
  }
  out.function = known->function;
  check_call(out.function, with == nullptr ? empty : *with, with == nullptr ? pointer : with_at);
  const auto* form = with == nullptr ? nullptr : find(*with, "form");
  out.computed_form = form != nullptr && holds_expression(*form);
  out.with = value(with == nullptr ? empty : *with, with_at, scope);
  return out;
}

void Reader::check_call(Function function, const Json& with, const std::string& pointer) {
  switch (function) {
    case Function::human_task:
      return check_human_task(*this, with, pointer);
    case Function::vote:
      return check_vote(*this, with, pointer);
    case Function::calendar:
      return check_calendar(*this, with, pointer);
    case Function::notify:
      return check_notify(*this, with, pointer);
    case Function::fan_out:
      return check_fan_out(*this, with, pointer);
    case Function::own:
      return;  // Its input.schema judges when it runs.
  }
}

}  // namespace kyhan::definition
