// emit, listen and the filters of events.

#include <algorithm>
#include <array>
#include <cctype>

#include "workflow/core/definition_reader.hpp"
#include "workflow/core/forms_pattern.hpp"

namespace kyhan::definition {
namespace {

bool is_attribute_name(const std::string& name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::islower(c) != 0 || std::isdigit(c) != 0;
  });
}

/// Attributes of CloudEvents whose value is a string or an expression.
constexpr std::array<std::string_view, 7> text_attributes{
    "id", "source", "type", "time", "subject", "datacontenttype", "dataschema"};

}  // namespace

EmitStep Reader::emit(const Json& task, const std::string& pointer, const Scope& scope) {
  EmitStep out;
  const auto at = below(pointer, "emit");
  const auto& json = task.at("emit");
  if (!closed(json, at, {"event"})) return out;
  const auto* event = required(json, at, "event");
  if (event == nullptr) return out;
  const auto event_at = below(at, "event");
  if (!open(*event, event_at, {"with"})) return out;
  const auto* with = required(*event, event_at, "with");
  if (with == nullptr) return out;
  const auto with_at = below(event_at, "with");
  if (!with->is_object()) {
    wrong_type(with_at, "một đối tượng", "an object");
    return out;
  }
  required(*with, with_at, "type");
  for (const auto key : text_attributes) {
    const auto* attribute = find(*with, key);
    if (attribute == nullptr) continue;
    if (!attribute->is_string() || attribute->get_ref<const std::string&>().empty()) {
      wrong_type(below(with_at, key), "chuỗi không trống", "a string that is not empty");
    }
  }
  for (const auto& [key, attribute] : with->items()) {
    if (is_attribute_name(key)) continue;
    fault(below(with_at, key), "attribute-name",
          {"Tên thuộc tính của sự kiện chỉ gồm chữ thường không dấu và chữ số.",
           "An event attribute's name has lower-case letters and digits only."},
          {"Dữ liệu riêng đứng trong data.", "Data of your own stand in data."});
  }
  out.event = value(*with, with_at, scope);
  return out;
}

EventFilter Reader::event_filter(const Json& json, const std::string& pointer, const Scope& scope) {
  EventFilter out;
  if (!closed(json, pointer, {"with", "correlate"})) return out;
  if (const auto* with = required(json, pointer, "with")) {
    const auto at = below(pointer, "with");
    if (!with->is_object() || with->empty()) {
      wrong_type(at, "đối tượng có ít nhất một thuộc tính",
                 "an object with at least one attribute");
    } else {
      for (const auto& [key, value] : with->items()) {
        EventFilter::Attribute attribute;
        attribute.name = key;
        const auto value_at = below(at, key);
        if (is_expression(value)) {
          attribute.predicate = expression(value.get_ref<const std::string&>(), value_at, scope);
        } else {
          attribute.equals = value;
          if (value.is_string()) {
            const auto& text = value.get_ref<const std::string&>();
            attribute.regex = text.size() >= 2 && text.front() == '^' && text.back() == '$';
            if (attribute.regex) {
              if (const auto fault_text = Pattern::check(text)) {
                fault(value_at, "pattern", *fault_text);
              }
            }
          }
        }
        out.attributes.push_back(std::move(attribute));
      }
    }
  }
  if (const auto* correlate = find(json, "correlate")) {
    const auto at = below(pointer, "correlate");
    if (!correlate->is_object()) {
      wrong_type(at, "một đối tượng", "an object");
      return out;
    }
    for (const auto& [key, value] : correlate->items()) {
      const auto key_at = below(at, key);
      if (!open(value, key_at, {"from", "expect"})) continue;
      EventFilter::Correlation correlation;
      correlation.key = key;
      required(value, key_at, "from");
      correlation.from = condition(value, key_at, "from", scope);
      if (const auto* expect = find(value, "expect")) {
        correlation.has_expect = true;
        correlation.expect = this->value(*expect, below(key_at, "expect"), scope);
      }
      out.correlations.push_back(std::move(correlation));
    }
  }
  return out;
}

/// all | any | one, with `until` beside `any`: what a listen waits for and what starts an instance.
void Reader::read_consumption(const Json& to, const std::string& pointer, const Scope& scope,
                              ListenStep& into) {
  // The same for `to` and for a nested `until`.
  const auto strategy = [&](const Json& json, const std::string& at, bool nested,
                            ListenStep::Mode& mode, std::vector<EventFilter>& filters) {
    const bool shape = nested ? closed(json, at, {"all", "any", "one"})
                              : closed(json, at, {"all", "any", "one", "until"});
    if (!shape) return;
    const auto count = json.count("all") + json.count("any") + json.count("one");
    if (count != 1) {
      fault(at, "exactly-one",
            {"Cần đúng một trong all, any, one.", "Exactly one of all, any, one is needed."});
      return;
    }
    if (const auto* one = find(json, "one")) {
      mode = ListenStep::Mode::one;
      filters.push_back(event_filter(*one, below(at, "one"), scope));
      return;
    }
    const std::string key = json.contains("all") ? "all" : "any";
    mode = key == "all" ? ListenStep::Mode::all : ListenStep::Mode::any;
    const auto& list = json.at(key);
    const auto list_at = below(at, key);
    if (!list.is_array() || (key == "all" && list.empty())) {
      wrong_type(list_at, "một danh sách bộ lọc", "a list of filters");
      return;
    }
    for (std::size_t i = 0; i < list.size(); ++i) {
      filters.push_back(event_filter(list[i], below(list_at, i), scope));
    }
  };

  strategy(to, pointer, false, into.mode, into.filters);
  const auto* until = find(to, "until");
  if (until == nullptr) return;
  const auto until_at = below(pointer, "until");
  if (!to.contains("any")) {
    fault(until_at, "until-without-any",
          {"until chỉ dùng được cùng với any.", "until can stand beside any only."});
  }
  into.has_until = true;
  if (until->is_string()) {
    into.until_expression = expression(until->get_ref<const std::string&>(), until_at, scope);
  } else {
    strategy(*until, until_at, true, into.until_mode, into.until_filters);
  }
}

ListenStep Reader::listen(const Json& task, const std::string& pointer, StepIndex self,
                          const Scope& outer) {
  ListenStep out;
  const auto at = below(pointer, "listen");
  const auto& json = task.at("listen");
  if (!closed(json, at, {"to", "read"})) return out;
  if (const auto read = choice(json, at, "read", {"data", "envelope", "raw"})) {
    out.read = static_cast<ListenStep::Read>(*read);
  }
  if (const auto* to = required(json, at, "to")) {
    read_consumption(*to, below(at, "to"), step_body_scope(outer), out);
  }
  const auto* foreach = find(task, "foreach");
  const auto each_at = below(pointer, "foreach");
  if (foreach == nullptr || !closed(*foreach, each_at, {"item", "at", "do", "output", "export"})) {
    return out;
  }
  out.has_foreach = true;
  out.item = variable_name(*foreach, each_at, "item", out.item);
  out.at = variable_name(*foreach, each_at, "at", out.at);
  const auto inner = outer.with({out.item, out.at});
  if (const auto* list = find(*foreach, "do")) {
    out.foreach_list = read_steps(*list, below(each_at, "do"), self, inner);
  }
  const auto shaped = [&](const char* key, const Scope& scope, std::optional<Value>& as,
                          std::optional<Schema>& checked) {
    const auto* part = find(*foreach, key);
    const auto part_at = below(each_at, key);
    if (part == nullptr || !closed(*part, part_at, {"schema", "as"})) return;
    if (const auto* given = find(*part, "schema")) {
      checked = schema(*given, below(part_at, "schema"));
    }
    if (const auto* given = find(*part, "as")) {
      as = transformation(*given, below(part_at, "as"), scope);
    }
  };
  shaped("output", step_body_scope(inner), out.item_output_as, out.item_output_schema);
  shaped("export", step_export_scope(inner), out.item_export_as, out.item_export_schema);
  return out;
}

}  // namespace kyhan::definition
