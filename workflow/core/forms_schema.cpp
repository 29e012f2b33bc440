// check_schema: faults of the schema itself.

#include <algorithm>
#include <array>
#include <set>

#include "workflow/core/documents_reader.hpp"
#include "workflow/core/forms.hpp"
#include "workflow/core/forms_pattern.hpp"
#include "workflow/core/forms_reference.hpp"

namespace kyhan {
namespace {

using forms::member;

constexpr int depth_max = 100;
constexpr std::size_t faults_max = 100;

constexpr std::array types{"null", "boolean", "object", "array", "number", "integer", "string"};
constexpr std::array formats{"date", "date-time", "email"};
constexpr const char* dialect = "https://json-schema.org/draft/2020-12/schema";
/// What each keyword's value must be.
constexpr std::array lengths{"minItems", "maxItems", "minLength", "maxLength"};
constexpr std::array bounds{"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"};
constexpr std::array lists{"allOf", "anyOf", "oneOf"};
constexpr std::array schemas{"not", "if", "then", "else", "items", "additionalProperties"};
constexpr std::array maps{"properties", "$defs"};
constexpr std::array annotations{"title",    "description", "default", "examples",
                                 "$comment", "$schema",     "$id"};
constexpr std::array others{"type",       "enum",    "const",  "required", "uniqueItems",
                            "multipleOf", "pattern", "format", "$ref",     "dependentRequired"};

template <class Names>
bool has(const Names& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

class SchemaCheck {
 public:
  explicit SchemaCheck(const Json& root) : root_(root) {}

  std::vector<FieldError> run() {
    check(root_, "", 0);
    for (const auto& [at, reference] : references_) {
      const Json* target = forms::resolve(root_, reference);
      if (target != nullptr && schemas_.contains(target)) continue;
      fault(at, "unknown-reference",
            {"$ref phải trỏ vào một lược đồ có trong chính lược đồ này.",
             "$ref must point at a schema that exists in this very schema."});
    }
    if (errors_.empty()) find_cycles(root_, "", 0);
    return std::move(errors_);
  }

 private:
  void fault(const std::string& pointer, const std::string& code, Text message) {
    if (errors_.size() < faults_max) errors_.push_back({pointer, code, std::move(message)});
  }
  void wrong(const std::string& pointer, const std::string& vi, const std::string& en) {
    fault(pointer, "schema-type",
          {"Lược đồ không đúng: cần " + vi + ".", "The schema is not valid: expected " + en + "."});
  }

  void check(const Json& schema, const std::string& pointer, int depth) {
    schemas_.insert(&schema);
    if (schema.is_boolean()) return;
    if (!schema.is_object()) return wrong(pointer, "một đối tượng", "an object");
    if (depth > depth_max) return wrong(pointer, "ít cấp lồng nhau hơn", "fewer levels");
    for (const auto& [key, value] : schema.items()) {
      keyword(key, value, pointer + "/" + documents::escape_token(key), depth);
    }
  }

  void keyword(const std::string& key, const Json& value, const std::string& at, int depth) {
    if (has(schemas, key)) return check(value, at, depth + 1);
    if (has(maps, key)) {
      if (!value.is_object()) return wrong(at, "một đối tượng", "an object");
      for (const auto& [name, child] : value.items()) {
        check(child, at + "/" + documents::escape_token(name), depth + 2);
      }
    } else if (has(lists, key)) {
      if (!value.is_array() || value.empty()) {
        return wrong(at, "danh sách không trống", "a list that is not empty");
      }
      for (std::size_t i = 0; i < value.size(); ++i) {
        check(value[i], at + "/" + std::to_string(i), depth + 2);
      }
    } else if (has(lengths, key)) {
      if (!value.is_number_integer() || value < 0) {
        wrong(at, "số nguyên không âm", "an integer not below 0");
      }
    } else if (has(bounds, key)) {
      if (!value.is_number()) wrong(at, "một số", "a number");
    } else if (has(annotations, key)) {
      annotation(key, value, at);
    } else if (has(others, key)) {
      other(key, value, at);
    } else {
      fault(at, "unknown-keyword",
            {"Từ khóa \"" + key + "\" của lược đồ không được hỗ trợ.",
             "The schema keyword \"" + key + "\" is not supported."});
    }
  }

  void annotation(const std::string& key, const Json& value, const std::string& at) {
    if (key == "default" || key == "examples") return;
    if (key == "$schema" && value != dialect) {
      return fault(at, "unknown-dialect",
                   {"Chỉ dùng được JSON Schema 2020-12.", "Only JSON Schema 2020-12 can be used."});
    }
    if (key == "$id" && at != "/$id") {
      // It would give the references below it another base.
      return fault(at, "nested-id",
                   {"$id chỉ được đứng ở gốc của lược đồ.",
                    "$id may stand at the root of the schema only."});
    }
    const bool text = value.is_string();
    if (key != "title" && key != "description") {
      if (!text) wrong(at, "một chuỗi", "a string");
      return;
    }
    const auto* vi = member(value, "vi");
    const auto* en = member(value, "en");
    const bool both =
        vi != nullptr && en != nullptr && vi->is_string() && en->is_string() && value.size() == 2;
    if (!text && !both) wrong(at, "một chuỗi hoặc {vi, en}", "a string or {vi, en}");
  }

  void other(const std::string& key, const Json& value, const std::string& at) {
    if (key == "type") {
      const auto known = [](const Json& name) {
        return name.is_string() && has(types, name.get<std::string>());
      };
      const bool ok = known(value) || (value.is_array() && !value.empty() &&
                                       std::all_of(value.begin(), value.end(), known));
      if (!ok) wrong(at, "một kiểu của JSON Schema", "a type of JSON Schema");
    } else if (key == "enum") {
      if (!value.is_array() || value.empty()) {
        wrong(at, "danh sách không trống", "a list that is not empty");
      }
    } else if (key == "required") {
      if (!are_names(value)) wrong(at, "danh sách tên", "a list of names");
    } else if (key == "dependentRequired") {
      if (!value.is_object() || !std::all_of(value.begin(), value.end(), are_names)) {
        wrong(at, "đối tượng gồm các danh sách tên", "an object of lists of names");
      }
    } else if (key == "uniqueItems") {
      if (!value.is_boolean()) wrong(at, "true hoặc false", "true or false");
    } else if (key == "multipleOf") {
      if (!value.is_number() || value <= 0) wrong(at, "số dương", "a number above 0");
    } else if (key == "pattern") {
      if (!value.is_string()) return wrong(at, "một chuỗi", "a string");
      if (auto why = Pattern::check(value.get_ref<const std::string&>())) {
        fault(at, "pattern", *std::move(why));
      }
    } else if (key == "format") {
      if (!value.is_string() || !has(formats, value.get<std::string>())) {
        fault(at, "unknown-format",
              {"Chỉ dùng được định dạng date, date-time, email.",
               "Only the formats date, date-time, email can be used."});
      }
    } else if (key == "$ref") {
      if (!value.is_string()) return wrong(at, "một chuỗi", "a string");
      references_.emplace_back(at, value.get<std::string>());
    }
  }

  static bool are_names(const Json& value) {
    return value.is_array() && std::all_of(value.begin(), value.end(),
                                           [](const Json& name) { return name.is_string(); });
  }

  /// References that come back to themselves without going down into the value would never end.
  void find_cycles(const Json& schema, const std::string& pointer, int depth) {
    if (!schema.is_object() || depth > depth_max || errors_.size() >= faults_max) return;
    if (schema.contains("$ref")) {
      std::set<const Json*> open;
      if (returns(schema, open)) {
        fault(pointer + "/$ref", "reference-cycle",
              {"$ref quay vòng về chính nó.", "$ref leads back to itself."});
      }
    }
    for (const auto& [key, value] : schema.items()) {
      const auto at = pointer + "/" + documents::escape_token(key);
      if (has(schemas, key)) {
        find_cycles(value, at, depth + 1);
      } else if (has(maps, key)) {
        for (const auto& [name, child] : value.items()) {
          find_cycles(child, at + "/" + documents::escape_token(name), depth + 2);
        }
      } else if (has(lists, key)) {
        for (std::size_t i = 0; i < value.size(); ++i) {
          find_cycles(value[i], at + "/" + std::to_string(i), depth + 2);
        }
      }
    }
  }

  /// Depth-first over everything that is applied to the same value.
  bool returns(const Json& schema, std::set<const Json*>& open) {
    if (!schema.is_object() || ends_.contains(&schema)) return false;
    if (!open.insert(&schema).second) return true;
    if (open.size() > static_cast<std::size_t>(2 * depth_max)) return true;
    bool found = false;
    if (const auto* reference = member(schema, "$ref")) {
      const auto* target = forms::resolve(root_, reference->get<std::string>());
      found = target != nullptr && returns(*target, open);
    }
    for (const auto* key : lists) {
      if (const auto* list = member(schema, key)) {
        for (const auto& child : *list) found = found || returns(child, open);
      }
    }
    for (const auto* key : {"not", "if", "then", "else"}) {
      if (const auto* child = member(schema, key)) found = found || returns(*child, open);
    }
    open.erase(&schema);
    if (!found) ends_.insert(&schema);
    return found;
  }

  const Json& root_;
  std::vector<FieldError> errors_;
  std::set<const Json*> schemas_;                                ///< Every place of one.
  std::vector<std::pair<std::string, std::string>> references_;  ///< Where, and to what.
  std::set<const Json*> ends_;  ///< Known to lead back to nothing that is open.
};

}  // namespace

std::vector<FieldError> check_schema(const Json& schema) {
  return SchemaCheck(schema).run();
}

}  // namespace kyhan
