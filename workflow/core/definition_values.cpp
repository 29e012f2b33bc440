// Values, expressions, templates and durations of a definition.

#include <algorithm>
#include <cctype>

#include "workflow/core/definition_reader.hpp"
#include "workflow/core/forms.hpp"
#include "workflow/core/time_text.hpp"

namespace kyhan::definition {
namespace {

constexpr std::array standard_names{"context",  "input",   "output",  "task",
                                    "workflow", "runtime", "secrets", "authorization"};

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

/// The jq text of an expression, without `${ }` when it has one.
std::string_view program_of(std::string_view text) {
  const auto inner = trimmed(text);
  if (inner.size() >= 3 && inner.substr(0, 2) == "${" && inner.back() == '}') {
    return trimmed(inner.substr(2, inner.size() - 3));
  }
  return inner;
}

bool is_standard(const std::string& name) {
  return std::find(standard_names.begin(), standard_names.end(), name) != standard_names.end();
}

bool has_leaf(const Json& json) {
  if (is_expression(json)) return true;
  if (!json.is_structured()) return false;
  return std::any_of(json.begin(), json.end(), has_leaf);
}

/// `.path` or `$name.path` and nothing else: most likely an expression whose `${ }` was forgotten.
bool looks_like_path(std::string_view text) {
  const auto inner = trimmed(text);
  if (inner.size() < 2 || (inner[0] != '.' && inner[0] != '$')) return false;
  if (std::isalpha(static_cast<unsigned char>(inner[1])) == 0 && inner[1] != '_') return false;
  return std::all_of(inner.begin() + 1, inner.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '.' || c == '[' || c == ']';
  });
}

}  // namespace

void Reader::check_variables(std::string_view text, const std::string& pointer, const Scope& scope,
                             ExpressionSource& source) {
  const auto found = variables_in(text);
  auto& variables = source.variables;
  const auto add = [&](const std::string& name) {
    if (std::find(variables.begin(), variables.end(), name) == variables.end()) {
      variables.push_back(name);
    }
  };
  for (const auto& name : found.used) {
    const bool custom =
        std::find(scope.custom.begin(), scope.custom.end(), name) != scope.custom.end();
    const bool bound = found.bound.contains(name) || name == "__loc__";
    if (custom) {
      add(name);
    } else if (name == "secrets" && !bound) {
      add(name);
      if (definition_.secrets.empty()) unknown_secret(pointer, "$secrets");
      for (const auto& secret : found.secrets) {
        if (!definition_.secrets.empty() && !is_secret(secret)) unknown_secret(pointer, secret);
        source.secrets.push_back(secret);
      }
    } else if (is_standard(name)) {
      add(name);
      if (!scope.standard.contains(name) && !bound) {
        warn(pointer, "variable-not-set",
             {"$" + name + " không có giá trị ở vị trí này (luôn là null).",
              "$" + name + " has no value at this place (it is always null)."});
      }
    } else if (!bound) {
      std::string names;
      for (const auto& visible : scope.standard) {
        if (visible != "secrets") names += (names.empty() ? "$" : ", $") + visible;
      }
      for (const auto& visible : scope.custom) names += ", $" + visible;
      fault(pointer, "unknown-variable",
            {"Không có biến $" + name + " ở vị trí này.",
             "There is no variable $" + name + " at this place."},
            {"Các biến dùng được: " + names + ".", "Variables to use here: " + names + "."});
    }
  }
}

bool Reader::has_room(std::size_t bytes) {
  bytes_ += bytes;
  if (bytes_ <= expression_bytes_max) return true;
  fault("", "too-large",
        {"Các biểu thức, tính mỗi lần được dùng lại, dài quá mức cho phép.",
         "The expressions, counted each time they are reused, are longer than allowed."});
  return false;
}

ExpressionId Reader::keep(ExpressionSource source) {
  leaves_ += std::max<std::size_t>(1, source.leaves.size());
  if (leaves_ > expressions_max) {
    fault("", "too-many-expressions",
          {"Định nghĩa có hơn " + std::to_string(expressions_max) + " biểu thức.",
           "The definition has more than " + std::to_string(expressions_max) + " expressions."});
    return ExpressionId::none;
  }
  definition_.expressions.push_back(std::move(source));
  return static_cast<ExpressionId>(definition_.expressions.size() - 1);
}

ExpressionId Reader::expression(std::string_view text, const std::string& pointer,
                                const Scope& scope) {
  const auto program = program_of(text);
  if (program.empty() || program.find('\0') != std::string_view::npos) {
    fault(pointer, "expression-syntax",
          {"Biểu thức trống hoặc có ký tự không hợp lệ.",
           "The expression is empty or has a character that is not allowed."});
    return ExpressionId::none;
  }
  if (!has_room(program.size())) return ExpressionId::none;
  ExpressionSource source;
  source.program = program;
  source.pointer = pointer;
  check_variables(program, pointer, scope, source);
  return keep(std::move(source));
}

ExpressionId Reader::condition(const Json& object, const std::string& pointer, std::string_view key,
                               const Scope& scope) {
  const auto* json = find(object, key);
  if (json == nullptr) return ExpressionId::none;
  const auto at = below(pointer, key);
  if (!json->is_string()) {
    wrong_type(at, "một biểu thức (chuỗi)", "an expression (a string)");
    return ExpressionId::none;
  }
  return expression(json->get_ref<const std::string&>(), at, scope);
}

void Reader::warn_about_literal(const std::string& text, const std::string& pointer) {
  if (text.find("${") != std::string::npos) {
    warn(
        pointer, "embedded-expression",
        {"Chuỗi chứa \"${\" nhưng không phải là biểu thức: chỉ chuỗi nằm trọn trong ${ } mới được "
         "tính.",
         "The text contains \"${\" but is no expression: only a text that stands wholly in ${ } is "
         "evaluated."},
        {R"(Viết: ${ "… \(.ten) …" })", R"(Write: ${ "… \(.name) …" })"});
  } else if (looks_like_path(text)) {
    warn(pointer, "bare-path",
         {"Chuỗi \"" + text + "\" trông như một biểu thức nhưng được giữ nguyên là chữ.",
          "The text \"" + text + "\" looks like an expression but is kept as plain text."},
         {"Nếu là biểu thức, viết: ${ " + text + " }", "If it is one, write: ${ " + text + " }"});
  }
}

// Writes `json` as one jq term: literals as JSON text, each expression as `([E][0])`, which is its
// first result or null. The newline ends a comment the author may have left open.
void Reader::collect(const Json& json, const std::string& pointer, const Scope& scope,
                     ExpressionSource& source, bool& any) {
  if (is_expression(json)) {
    const auto program = program_of(json.get_ref<const std::string&>());
    if (program.empty()) {
      fault(pointer, "expression-syntax", {"Biểu thức trống.", "The expression is empty."});
      return;
    }
    check_variables(program, pointer, scope, source);
    source.leaves.emplace_back(pointer, program);
    source.program += "([";
    source.program += program;
    source.program += "\n][0])";
    any = true;
    return;
  }
  if (json.is_string()) warn_about_literal(json.get_ref<const std::string&>(), pointer);
  if (json.is_object()) {
    source.program += "{";
    bool first = true;
    for (const auto& [key, child] : json.items()) {
      if (!first) source.program += ",";
      first = false;
      source.program += Json(key).dump() + ":";
      collect(child, below(pointer, key), scope, source, any);
    }
    source.program += "}";
  } else if (json.is_array()) {
    source.program += "[";
    std::size_t index = 0;
    for (const auto& child : json) {
      if (index > 0) source.program += ",";
      collect(child, below(pointer, index++), scope, source, any);
    }
    source.program += "]";
  } else {
    source.program += json.dump();
  }
}

Value Reader::value(const Json& json, const std::string& pointer, const Scope& scope) {
  Value value;
  if (is_expression(json)) {
    value.expression = expression(json.get_ref<const std::string&>(), pointer, scope);
    return value;
  }
  if (pointer.starts_with("/use/") && !has_room(json.dump().size())) return value;
  ExpressionSource source;
  source.pointer = pointer;
  bool any = false;
  collect(json, pointer, scope, source, any);
  if (any) {
    value.expression = keep(std::move(source));
  } else {
    value.literal = json;
  }
  return value;
}

Value Reader::transformation(const Json& json, const std::string& pointer, const Scope& scope) {
  if (json.is_string()) {
    Value value;
    value.expression = expression(json.get_ref<const std::string&>(), pointer, scope);
    return value;
  }
  if (!json.is_object()) wrong_type(pointer, "biểu thức hoặc đối tượng", "an expression or object");
  return value(json, pointer, scope);
}

std::optional<Duration> Reader::fixed_duration(const Json& json, const std::string& pointer) {
  bool shape = json.is_string() || (json.is_object() && !json.empty());
  if (json.is_object()) {
    if (!closed(json, pointer, {"days", "hours", "minutes", "seconds", "milliseconds"})) {
      return std::nullopt;
    }
    for (const auto& [key, part] : json.items()) {
      // Bounded so that sums of milliseconds stay far inside 64 bits.
      shape = shape && part.is_number_integer() && part >= 0 && part <= 1'000'000'000'000;
    }
  } else if (json.is_string()) {
    shape = json.get_ref<const std::string&>().starts_with("P");
  }
  if (shape) {
    const auto parsed = parse_duration(json);
    if (parsed) return *parsed;
  }
  fault(
      pointer, "duration", {"Khoảng thời gian không hợp lệ.", "This is not a duration."},
      {"Viết theo ISO 8601 (\"P3D\", \"PT2H\") hoặc {\"days\": 3}; số ngày làm việc chỉ dùng được "
       "trong due và expire.",
       "Write ISO 8601 (\"P3D\", \"PT2H\") or {\"days\": 3}; working days can stand in due and "
       "expire only."});
  return std::nullopt;
}

DurationValue Reader::duration(const Json& json, const std::string& pointer, const Scope& scope) {
  DurationValue value;
  if (is_expression(json)) {
    value.expression = expression(json.get_ref<const std::string&>(), pointer, scope);
  } else if (const auto fixed = fixed_duration(json, pointer)) {
    value.fixed = *fixed;
  }
  return value;
}

namespace {

/// The schema without what expressions will give: they fit any type.
Json without_expressions(const Json& json) {
  if (!json.is_structured()) return json;
  Json out = json.is_object() ? Json::object() : Json::array();
  for (const auto& [key, child] : json.items()) {
    if (is_expression(child)) continue;
    auto kept = without_expressions(child);
    if (kept.is_array() && kept.empty() && !child.empty()) continue;
    if (json.is_object()) {
      out[key] = std::move(kept);
    } else {
      out.push_back(std::move(kept));
    }
  }
  return out;
}

}  // namespace

void Reader::check_json_schema(const Json& schema, const std::string& pointer) {
  for (const auto& error : check_schema(has_leaf(schema) ? without_expressions(schema) : schema)) {
    fault(pointer + error.pointer, error.code, error.message);
  }
}

std::optional<Schema> Reader::schema(const Json& json, const std::string& pointer) {
  if (!closed(json, pointer, {"format", "document", "resource"})) return std::nullopt;
  if (const auto format = text(json, pointer, "format")) {
    if (*format != "json" && !format->starts_with("json:")) {
      fault(below(pointer, "format"), "unknown-value",
            {"Chỉ dùng được định dạng lược đồ \"json\".",
             "Only the schema format \"json\" can be used."});
    }
  }
  const auto* resource = find(json, "resource");
  const auto* document = find(json, "document");
  if ((resource == nullptr) == (document == nullptr)) {
    fault(pointer, "exactly-one",
          {"Cần đúng một trong document, resource.",
           "Exactly one of document, resource is needed."});
    return std::nullopt;
  }
  if (document != nullptr) {
    check_json_schema(*document, below(pointer, "document"));
    return Schema{{}, *document};
  }
  return schema_elsewhere(*resource, below(pointer, "resource"));
}

std::optional<Schema> Reader::schema_elsewhere(const Json& json, const std::string& pointer) {
  if (!closed(json, pointer, {"name", "endpoint"})) return std::nullopt;
  const auto* where = required(json, pointer, "endpoint");
  if (where == nullptr) return std::nullopt;
  const auto at = below(pointer, "endpoint");
  const auto* found = this->resource(ResourceRef::Kind::schema, *where, at);
  Schema schema;
  const auto* uri = where->is_object() ? find(*where, "uri") : where;
  if (uri != nullptr && uri->is_string()) schema.resource = uri->get<std::string>();
  if (found == nullptr) return schema;
  for (const auto& error : check_schema(*found)) {
    fault(at, error.code,
          {"Trong lược đồ lấy từ địa chỉ này, tại " + error.pointer + ": " + error.message.vi,
           "In the schema at this address, at " + error.pointer + ": " + error.message.en});
  }
  schema.document = *found;
  return schema;
}

}  // namespace kyhan::definition
