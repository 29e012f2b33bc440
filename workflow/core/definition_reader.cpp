#include "workflow/core/definition_reader.hpp"

#include <algorithm>

#include "workflow/core/documents_reader.hpp"

namespace kyhan::definition {

std::string below(const std::string& pointer, std::string_view key) {
  return pointer + "/" + documents::escape_token(key);
}

std::string below(const std::string& pointer, std::size_t index) {
  return pointer + "/" + std::to_string(index);
}

namespace {

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

/// Names as they stand in a message: no longer than a line.
std::string in_quotes(std::string_view name) {
  constexpr std::size_t shown_max = 80;
  std::string out = "\"";
  if (name.size() <= shown_max) {
    out += name;
  } else {
    auto end = shown_max;
    while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0) == 0x80) --end;
    out.append(name, 0, end);
    out += "…";
  }
  return out + "\"";
}

std::string listed(Names names) {
  std::string out;
  for (const auto name : names) {
    if (!out.empty()) out += ", ";
    out += name;
  }
  return out;
}

bool contains(Names names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

bool is_expression(const Json& value) {
  if (!value.is_string()) return false;
  const auto text = trimmed(value.get_ref<const std::string&>());
  return text.size() >= 3 && text.substr(0, 2) == "${" && text.back() == '}';
}

const Json* find(const Json& object, std::string_view key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(std::string(key));
  return found == object.end() ? nullptr : &*found;
}

std::optional<std::string> literal_string(const Json& object, std::string_view key) {
  const auto* value = find(object, key);
  if (value == nullptr || !value->is_string() || is_expression(*value)) return std::nullopt;
  return value->get<std::string>();
}

Scope Scope::with(std::initializer_list<std::string> names) const {
  Scope scope = *this;
  for (const auto& name : names) {
    std::erase(scope.custom, name);
    scope.custom.push_back(name);
  }
  return scope;
}

const Scope& workflow_input_scope() {
  static const Scope scope{{"secrets", "workflow", "runtime"}, {}};
  return scope;
}
const Scope& workflow_output_scope() {
  static const Scope scope{{"context", "secrets", "workflow", "runtime"}, {}};
  return scope;
}
Scope step_input_scope(const Scope& outer) {
  return {{"secrets", "workflow", "runtime", "context", "task"}, outer.custom};
}
Scope step_body_scope(const Scope& outer) {
  auto scope = step_input_scope(outer);
  scope.standard.insert({"input", "authorization"});
  return scope;
}
Scope step_export_scope(const Scope& outer) {
  auto scope = step_body_scope(outer);
  scope.standard.insert("output");
  return scope;
}

void Reader::fault(Fault fault) {
  // A retry or error of `use` is read once for each use: its faults are told once.
  if (!seen_.emplace(fault.pointer, fault.code + fault.message.en).second) return;
  faults_.push_back(std::move(fault));
}

void Reader::fault(std::string pointer, std::string code, Text message, Text hint) {
  Fault found;
  found.pointer = std::move(pointer);
  found.code = std::move(code);
  found.message = std::move(message);
  found.hint = std::move(hint);
  fault(std::move(found));
}

void Reader::warn(std::string pointer, std::string code, Text message, Text hint) {
  Fault found;
  found.pointer = std::move(pointer);
  found.code = std::move(code);
  found.message = std::move(message);
  found.hint = std::move(hint);
  found.warning = true;
  fault(std::move(found));
}

void Reader::not_yet(const std::string& pointer, std::string_view name) {
  fault(pointer, "not-supported-yet",
        {in_quotes(name) + " chưa được hỗ trợ trong phiên bản này.",
         in_quotes(name) + " is not supported yet in this version."},
        {"Hãy bỏ phần này đi; định nghĩa có phần chưa hỗ trợ sẽ không được công bố.",
         "Leave it out; a definition with a part that is not supported is never published."});
}

void Reader::wrong_type(const std::string& pointer, std::string_view vi, std::string_view en) {
  fault(pointer, "wrong-type",
        {"Giá trị không đúng kiểu: cần " + std::string(vi) + ".",
         "The value has the wrong type: expected " + std::string(en) + "."});
}

bool Reader::closed(const Json& value, const std::string& pointer, Names known, Names later) {
  if (!value.is_object()) {
    wrong_type(pointer, "một đối tượng", "an object");
    return false;
  }
  for (const auto& [key, child] : value.items()) {
    if (contains(known, key)) continue;
    if (contains(later, key)) {
      not_yet(below(pointer, key), key);
      continue;
    }
    fault(
        below(pointer, key), "unknown-field",
        {"Không có trường " + in_quotes(key) + " ở vị trí này.",
         "There is no field " + in_quotes(key) + " at this place."},
        {"Các trường được dùng: " + listed(known) + ".", "Fields allowed: " + listed(known) + "."});
  }
  return true;
}

bool Reader::open(const Json& value, const std::string& pointer, Names known) {
  if (!value.is_object()) {
    wrong_type(pointer, "một đối tượng", "an object");
    return false;
  }
  for (const auto& [key, child] : value.items()) {
    if (contains(known, key)) continue;
    warn(below(pointer, key), "unknown-field",
         {"Trường " + in_quotes(key) + " không có tác dụng ở đây.",
          "The field " + in_quotes(key) + " has no effect here."},
         known.size() == 0 ? Text{}
                           : Text{"Các trường được dùng: " + listed(known) + ".",
                                  "Fields allowed: " + listed(known) + "."});
  }
  return true;
}

const Json* Reader::required(const Json& object, const std::string& pointer, std::string_view key) {
  const auto* value = find(object, key);
  if (value == nullptr) {
    fault(pointer, "required",
          {"Thiếu trường bắt buộc " + in_quotes(key) + ".",
           "The required field " + in_quotes(key) + " is missing."});
  }
  return value;
}

std::optional<std::size_t> Reader::choice(const Json& object, const std::string& pointer,
                                          std::string_view key, Names choices, Names later,
                                          bool or_expression) {
  const auto* value = find(object, key);
  if (value == nullptr || (or_expression && is_expression(*value))) return std::nullopt;
  const auto at = below(pointer, key);
  if (!value->is_string()) {
    wrong_type(at, "một trong các chuỗi: " + listed(choices),
               "one of the strings " + listed(choices));
    return std::nullopt;
  }
  const auto& text = value->get_ref<const std::string&>();
  if (const auto found = std::find(choices.begin(), choices.end(), text); found != choices.end()) {
    return static_cast<std::size_t>(found - choices.begin());
  }
  if (contains(later, text)) {
    not_yet(at, std::string(key) + ": " + text);
  } else {
    fault(at, "unknown-value",
          {"Giá trị " + in_quotes(text) + " không dùng được cho " + in_quotes(key) + ".",
           "The value " + in_quotes(text) + " cannot be used for " + in_quotes(key) + "."},
          {"Dùng một trong: " + listed(choices) + ".", "Use one of: " + listed(choices) + "."});
  }
  return std::nullopt;
}

std::optional<std::string> Reader::text(const Json& object, const std::string& pointer,
                                        std::string_view key) {
  const auto* value = find(object, key);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) {
    wrong_type(below(pointer, key), "một chuỗi", "a string");
    return std::nullopt;
  }
  return value->get<std::string>();
}

std::optional<bool> Reader::flag(const Json& object, const std::string& pointer,
                                 std::string_view key) {
  const auto* value = find(object, key);
  if (value == nullptr) return std::nullopt;
  if (!value->is_boolean()) {
    wrong_type(below(pointer, key), "true hoặc false", "true or false");
    return std::nullopt;
  }
  return value->get<bool>();
}

void Reader::run_later() {
  for (const auto& check : later_) check();
  later_.clear();
}

std::vector<Fault> Reader::take_faults() {
  return std::move(faults_);
}

const Json* Reader::used(std::string_view group, const std::string& name) const {
  const auto* use = find(document_, "use");
  if (use == nullptr) return nullptr;
  const auto* members = find(*use, group);
  return members == nullptr ? nullptr : find(*members, name);
}

bool Reader::is_step_pointer(const std::string& pointer) const {
  return std::any_of(step_names_.begin(), step_names_.end(),
                     [&](const auto& entry) { return entry.second == pointer; });
}

}  // namespace kyhan::definition
