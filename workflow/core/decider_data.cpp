// Data flow: what `.` is and which variables a place sees (language.md E6-E9, F1-F7).

#include <algorithm>
#include <list>

#include "workflow/core/decider.hpp"
#include "workflow/core/forms.hpp"
#include "workflow/core/time_text.hpp"

namespace kyhan {
namespace {

Json started_at_json(Instant at) {
  const auto ms = at.time_since_epoch().count();
  return {{"iso8601", to_rfc3339(at)}, {"epoch", {{"seconds", ms / 1000}, {"milliseconds", ms}}}};
}

/// About the bytes of a value as JSON text, counted until `left` is spent.
void count_bytes(const Json& value, std::int64_t& left) {
  left -= 4;
  if (left < 0) return;
  if (value.is_string()) {
    left -= static_cast<std::int64_t>(value.get_ref<const std::string&>().size());
  } else if (value.is_object()) {
    for (const auto& [key, one] : value.get_ref<const Json::object_t&>()) {
      left -= static_cast<std::int64_t>(key.size());
      count_bytes(one, left);
    }
  } else if (value.is_array()) {
    for (const Json& one : value) count_bytes(one, left);
  }
}

bool exceeds(const Json& value, std::size_t bytes_max) {
  auto left = static_cast<std::int64_t>(bytes_max);
  count_bytes(value, left);
  return left < 0;
}

}  // namespace

Outcome<Json> Decider::evaluate(ExpressionId id, const Json& dot, const Place& place) {
  static const Json null;
  static const Json runtime = {
      {"name", "kyhan"}, {"version", KYHAN_VERSION}, {"metadata", Json::object()}};
  const ExpressionSource& source = definition().expressions.at(static_cast<std::size_t>(id));
  std::list<Json> made;       // Keeps what is built for this evaluation at a fixed place.
  bool confidential = false;  // It has looked at secrets.
  std::vector<Binding> bindings;
  bindings.reserve(source.variables.size());
  for (const std::string& name : source.variables) {
    const Json* value = nullptr;
    if (place.error != nullptr && name == place.error_name) value = place.error;
    if (value == nullptr && place.vars != nullptr) {
      const auto found = place.vars->find(name);
      if (found != place.vars->end()) value = &*found;
    }
    for (NodeId up = place.scope; value == nullptr && up >= 0;) {
      const auto node = state_.nodes.find(up);
      if (node == state_.nodes.end()) break;
      const auto found = node->second.vars.find(name);
      if (node->second.vars.is_object() && found != node->second.vars.end()) value = &*found;
      up = node->second.parent;
    }
    if (value == nullptr) {
      if (name == "context") {
        value = place.context != nullptr ? place.context : &state_.context;
      } else if (name == "input") {
        value = place.input;
      } else if (name == "output") {
        value = place.output;
      } else if (name == "runtime") {
        value = &runtime;
      } else if (name == "secrets") {
        Outcome<Json> secrets = secrets_for(source);
        if (!secrets) {
          WorkflowError error = secrets.error();
          if (place.step != nullptr) error.instance = place.step->pointer;
          return error;
        }
        confidential = true;
        value = &made.emplace_back(std::move(*secrets));
      } else if (name == "authorization") {
        confidential = true;
        value = place.authorization;
        if (value == nullptr && answered_ != nullptr) value = &answered_->authorization;
      } else if (name == "workflow") {
        const auto root = state_.nodes.find(root_node);
        value = &made.emplace_back(Json{
            {"id", state_.id.text()},
            {"definition", definition().document},
            {"input", root == state_.nodes.end() ? Json() : root->second.raw},
            {"startedAt", started_at_json(state_.started_at)}});
      } else if (name == "task" && place.step != nullptr) {
        value = &made.emplace_back(task_json(place));
      }
    }
    bindings.push_back({name, value != nullptr ? value : &null});
  }
  Result<Json> result = world_.program.expressions->evaluate(id, dot, bindings);
  if (!result) {
    WorkflowError error = standard_error("expression", 400, result.error().detail.en);
    if (confidential) redaction().apply(error.detail);
    if (place.step != nullptr) error.instance = place.step->pointer;
    return error;
  }
  if (confidential && !place.outgoing) {
    redaction().apply(*result);
    if (answered_ != nullptr) answered_->redaction.apply(*result);
  }
  return given(std::move(*result));
}

Json Decider::task_json(const Place& place) const {
  const Step* step = place.step;
  Json input = place.raw ? *place.raw : Json();
  Json output = place.raw_output ? *place.raw_output : Json();
  Instant started_at = place.started_at;
  bool whole = place.whole_task;
  // The steps of an extension speak of the step it extends.
  for (NodeId up = place.scope; up > root_node && !whole;) {
    const Node& node = state_.nodes.at(up);
    if (node.extension && node.iteration != extension_step) {
      step = &step_of(node);
      input = node.raw;
      output = member(node.results, "output");
      started_at = node.started_at;
      whole = true;
    }
    up = node.parent;
  }
  const Json::json_pointer at{step->pointer};
  Json task = definition().document.contains(at) ? definition().document.at(at) : Json();
  Json json = whole && task.is_object() ? task : Json::object();
  json["definition"] = std::move(task);
  json["name"] = step->name;
  json["reference"] = step->pointer;
  json["input"] = std::move(input);
  json["output"] = std::move(output);
  json["startedAt"] = started_at_json(started_at);
  return json;
}

Outcome<Json> Decider::evaluate(const Value& value, const Json& dot, const Place& place) {
  if (value.is_literal()) return given(value.literal);
  return evaluate(value.expression, dot, place);
}

Outcome<bool> Decider::condition(ExpressionId id, const Json& dot, const Place& place) {
  Outcome<Json> value = evaluate(id, dot, place);
  if (!value) return value.error();
  if (value->is_null()) return false;
  if (value->is_boolean()) return value->get<bool>();
  WorkflowError error = standard_error(
      "expression", 400,
      std::string("a condition must give true, false or null, this one gave ") +
          value->type_name());
  if (place.step != nullptr) error.instance = place.step->pointer;
  return error;
}

Outcome<Duration> Decider::duration(const DurationValue& value, const Json& dot,
                                    const Place& place) {
  if (value.expression == ExpressionId::none) return value.fixed;
  Outcome<Json> text = evaluate(value.expression, dot, place);
  if (!text) return text.error();
  Result<Duration> parsed = parse_duration(*text);
  if (!parsed) return standard_error("expression", 400, parsed.error().detail.en);
  return *parsed;
}

Instant Decider::after(Instant from, const Duration& duration) const {
  return add_duration(from, duration, definition().time_zone);
}

Outcome<void> Decider::check(const std::optional<Schema>& schema, const Json& value) {
  if (!schema) return {};
  if (!schema->resource.empty() && schema->document.is_null()) {
    return standard_error("configuration", 400, "the schema at " + schema->resource +
                                                    " was not fetched");
  }
  const std::vector<FieldError> faults = validate_against(schema->document, value);
  if (faults.empty()) return {};
  std::string detail;
  for (const FieldError& fault : faults) {
    if (!detail.empty()) detail += "; ";
    detail += (fault.pointer.empty() ? "/" : fault.pointer) + ": " + fault.message.en;
  }
  return standard_error("validation", 400, std::move(detail));
}

Outcome<Decider::Ended> Decider::end_of(const Step& step, NodeId scope, const Json& raw,
                                        const Json& input, const Json& raw_output,
                                        Instant started_at) {
  Ended ended;
  const Json* output = &raw_output;
  Place place{scope, &step, &raw, &input, &raw_output, nullptr, started_at, nullptr};
  if (step.output_as) {
    Outcome<Json> shaped = evaluate(*step.output_as, raw_output, place);
    if (!shaped) return shaped.error();
    ended.output = std::move(*shaped);
    output = &*ended.output;
  }
  if (Outcome<void> checked = check(step.output_schema, *output); !checked) {
    return checked.error();
  }
  if (step.export_as) {
    place.output = output;
    Outcome<Json> context = evaluate(*step.export_as, *output, place);
    if (!context) return context.error();
    if (Outcome<void> checked = check(step.export_schema, *context); !checked) {
      return checked.error();
    }
    ended.context = std::move(*context);
  }
  const auto* call = std::get_if<CallStep>(&step.body);
  const bool fan = call != nullptr && call->function == Function::fan_out;
  const std::size_t most = fan ? fan_out_output_bytes_max : output_bytes_max;
  if (exceeds(*output, most)) {
    return standard_error(
        "runtime", 500,
        "the output of a step is larger than " + std::to_string(most) + " bytes, the most allowed");
  }
  return ended;
}

const Json& member(const Json& object, const char* name) {
  static const Json null;
  if (!object.is_object()) return null;
  const auto found = object.find(name);
  return found == object.end() ? null : *found;
}

std::string text_member(const Json& object, const char* name, std::string otherwise) {
  const Json& value = member(object, name);
  return value.is_string() ? value.get<std::string>() : std::move(otherwise);
}

bool lists(const Json& array, std::string_view wanted) {
  return array.is_array() && std::ranges::find(array, Json(std::string(wanted))) != array.end();
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

Text text_of(const Json& value) {
  if (value.is_string()) return {value.get<std::string>(), value.get<std::string>()};
  if (value.is_object()) {
    Text text{value.value("vi", std::string{}), value.value("en", std::string{})};
    if (text.vi.empty()) text.vi = text.en;
    if (text.en.empty()) text.en = text.vi;
    return text;
  }
  return {};
}

Json text_json(const Text& text) { return {{"vi", text.vi}, {"en", text.en}}; }

}  // namespace kyhan
