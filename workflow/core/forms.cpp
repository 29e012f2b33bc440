// validate_against: faults of a value, in words for the person who filled in the form.

#include "workflow/core/forms.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "workflow/core/documents_reader.hpp"
#include "workflow/core/forms_number.hpp"
#include "workflow/core/forms_pattern.hpp"
#include "workflow/core/forms_reference.hpp"
#include "workflow/core/person_text.hpp"
#include "workflow/core/time_text.hpp"

namespace kyhan {
namespace {

using forms::member;

constexpr std::size_t faults_max = 100;
/// Schemas applied to values in one check: `allOf` of references can multiply without end.
constexpr int applications_max = 100'000;
/// Everything looked at in one check, some nanoseconds each: values compared with choices, states
/// of patterns by characters. Large documents may not multiply with large schemas without end.
constexpr std::size_t looked_at_max = 20'000'000;
constexpr int depth_max = 300;

bool is_type(const Json& value, const std::string& type) {
  if (type == "null") return value.is_null();
  if (type == "boolean") return value.is_boolean();
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "number") return value.is_number();
  if (type == "integer") {
    const auto number = forms::decimal_of(value);
    return number && forms::is_whole(*number);
  }
  return type == "string" && value.is_string();
}

Text type_name(const std::string& type) {
  if (type == "null") return {"để trống", "nothing"};
  if (type == "boolean") return {"có hoặc không", "yes or no"};
  if (type == "object") return {"một nhóm thông tin", "a group of fields"};
  if (type == "array") return {"một danh sách", "a list"};
  if (type == "number") return {"một số", "a number"};
  if (type == "integer") return {"một số nguyên", "a whole number"};
  return {"văn bản", "text"};
}

/// RFC 3339 with its T: the space that some write instead is no date-time of JSON Schema.
bool is_date_time(const std::string& text) {
  constexpr std::size_t date_length = 10;
  return text.size() > date_length && (text[date_length] == 'T' || text[date_length] == 't') &&
         parse_rfc3339(text).has_value();
}

bool is_email(const std::string& text) {
  const auto at = text.find('@');
  if (at == std::string::npos || at == 0 || text.find('@', at + 1) != std::string::npos)
    return false;
  if (text.find_first_of(" \t\r\n<>,;\"") != std::string::npos) return false;
  const auto host = text.substr(at + 1);
  const auto dot = host.find('.');
  return dot != std::string::npos && dot > 0 && host.back() != '.' &&
         host.find("..") == std::string::npos;
}

class ValueCheck {
 public:
  explicit ValueCheck(const Json& root) : root_(root) {}

  /// `name` is what the form calls the value; empty for the whole.
  void check(const Json& schema, const Json& value, const std::string& pointer, const Text& name,
             std::vector<FieldError>& errors) {
    if (++applications_ > applications_max || depth_ > depth_max || looked_at_ > looked_at_max) {
      if (!stopped_) {
        add(errors, pointer, "schema-too-complex",
            {"Lược đồ quá phức tạp để kiểm tra dữ liệu này.",
             "The schema is too complex to check this data."});
      }
      stopped_ = true;
      return;
    }
    if (schema.is_boolean()) {
      if (!schema.get<bool>()) {
        say(errors, pointer, "false", name, "không được có ở đây", "is not allowed here");
      }
      return;
    }
    if (!schema.is_object()) return;
    ++depth_;
    const auto called = title_of(schema, name);
    if (!of_type(schema, value, pointer, called, errors)) {
      --depth_;
      return;  // The rest would only repeat it.
    }
    values(schema, value, pointer, called, errors);
    if (value.is_string()) strings(schema, value, pointer, called, errors);
    if (value.is_number()) numbers(schema, value, pointer, called, errors);
    if (value.is_array()) arrays(schema, value, pointer, called, errors);
    if (value.is_object()) objects(schema, value, pointer, errors);
    combinations(schema, value, pointer, called, errors);
    --depth_;
  }

 private:
  static void add(std::vector<FieldError>& errors, const std::string& pointer,
                  const std::string& code, Text message) {
    if (errors.size() < faults_max) errors.push_back({pointer, code, std::move(message)});
  }

  /// "<name>" <what is wrong>.
  static void say(std::vector<FieldError>& errors, const std::string& pointer,
                  const std::string& code, const Text& name, const std::string& vi,
                  const std::string& en) {
    const bool whole = name.vi.empty() && name.en.empty();
    add(errors, pointer, code,
        {(whole ? std::string("Dữ liệu") : "\"" + name.vi + "\"") + " " + vi + ".",
         (whole ? std::string("The data") : "\"" + name.en + "\"") + " " + en + "."});
  }

  Text title_of(const Json& schema, const Text& fallback) const {
    const auto* title = member(schema, "title");
    if (title == nullptr) {
      const auto* reference = member(schema, "$ref");
      const auto* target =
          reference == nullptr ? nullptr : forms::resolve(root_, reference->get<std::string>());
      title = target == nullptr ? nullptr : member(*target, "title");
    }
    if (title == nullptr) return fallback;
    if (title->is_string()) return {title->get<std::string>(), title->get<std::string>()};
    return {title->value("vi", fallback.vi), title->value("en", fallback.en)};
  }

  bool of_type(const Json& schema, const Json& value, const std::string& pointer, const Text& name,
               std::vector<FieldError>& errors) {
    const auto* type = member(schema, "type");
    if (type == nullptr) return true;
    Text wanted;
    const auto fits = [&](const Json& one) {
      const auto text = type_name(one.get<std::string>());
      wanted.vi += (wanted.vi.empty() ? "" : " hoặc ") + text.vi;
      wanted.en += (wanted.en.empty() ? "" : " or ") + text.en;
      return is_type(value, one.get<std::string>());
    };
    const bool ok = type->is_array() ? std::any_of(type->begin(), type->end(), fits) : fits(*type);
    if (!ok) say(errors, pointer, "type", name, "phải là " + wanted.vi, "must be " + wanted.en);
    return ok;
  }

  void values(const Json& schema, const Json& value, const std::string& pointer, const Text& name,
              std::vector<FieldError>& errors) {
    if (const auto* choices = member(schema, "enum")) {
      const bool chosen = std::any_of(choices->begin(), choices->end(), [&](const Json& choice) {
        return forms::same(choice, value, looked_at_);
      });
      if (!chosen) {
        std::string listed;
        constexpr std::size_t listed_max = 200;
        for (const auto& choice : *choices) {
          if (listed.size() > listed_max) break;
          listed += (listed.empty() ? "" : ", ") +
                    (choice.is_string() ? choice.get<std::string>() : choice.dump());
        }
        say(errors, pointer, "enum", name, "phải là một trong: " + listed,
            "must be one of: " + listed);
      }
    }
    const auto* constant = member(schema, "const");
    if (constant != nullptr && !forms::same(*constant, value, looked_at_)) {
      say(errors, pointer, "const", name, "phải đúng là " + constant->dump(),
          "must be exactly " + constant->dump());
    }
  }

  void strings(const Json& schema, const Json& value, const std::string& pointer, const Text& name,
               std::vector<FieldError>& errors) {
    const auto& text = value.get_ref<const std::string&>();
    const auto length = characters_in(text);
    if (const auto* least = member(schema, "minLength");
        least != nullptr && length < least->get<std::size_t>()) {
      say(errors, pointer, "minLength", name, "phải có ít nhất " + least->dump() + " ký tự",
          "must have at least " + least->dump() + " characters");
    }
    if (const auto* most = member(schema, "maxLength");
        most != nullptr && length > most->get<std::size_t>()) {
      say(errors, pointer, "maxLength", name, "chỉ được dài tối đa " + most->dump() + " ký tự",
          "must have at most " + most->dump() + " characters");
    }
    if (const auto* pattern = member(schema, "pattern")) {
      const auto& source = pattern->get_ref<const std::string&>();
      auto found = patterns_.find(source);
      if (found == patterns_.end())
        found = patterns_.emplace(source, Pattern::compile(source)).first;
      if (found->second) looked_at_ += text.size() * found->second->size();
      if (!found->second || !found->second->matches(text)) {
        say(errors, pointer, "pattern", name, "không đúng dạng yêu cầu (" + source + ")",
            "does not have the required form (" + source + ")");
      }
    }
    if (const auto* format = member(schema, "format")) {
      if (*format == "date" && !parse_iso_date(text)) {
        say(errors, pointer, "format", name, "phải là ngày dạng năm-tháng-ngày (2026-09-02)",
            "must be a date as year-month-day (2026-09-02)");
      } else if (*format == "date-time" && !is_date_time(text)) {
        say(errors, pointer, "format", name, "phải là thời điểm (2026-09-02T08:00:00+07:00)",
            "must be a point in time (2026-09-02T08:00:00+07:00)");
      } else if (*format == "email" && !is_email(text)) {
        say(errors, pointer, "format", name, "phải là địa chỉ thư điện tử",
            "must be an e-mail address");
      }
    }
  }

  static void numbers(const Json& schema, const Json& value, const std::string& pointer,
                      const Text& name, std::vector<FieldError>& errors) {
    const auto number = forms::decimal_of(value);
    if (!number) return;  // No JSON text gives one that is not finite.
    const auto against = [&](const char* keyword, const auto& holds, const char* vi,
                             const char* en) {
      const auto* bound = member(schema, keyword);
      if (bound == nullptr || holds(*number, *forms::decimal_of(*bound))) return;
      say(errors, pointer, keyword, name, std::string(vi) + " " + bound->dump(),
          std::string(en) + " " + bound->dump());
    };
    using forms::compare;
    against(
        "minimum", [](const auto& n, const auto& b) { return compare(n, b) >= 0; },
        "không được nhỏ hơn", "must not be less than");
    against(
        "maximum", [](const auto& n, const auto& b) { return compare(n, b) <= 0; },
        "không được lớn hơn", "must not be more than");
    against(
        "exclusiveMinimum", [](const auto& n, const auto& b) { return compare(n, b) > 0; },
        "phải lớn hơn", "must be more than");
    against(
        "exclusiveMaximum", [](const auto& n, const auto& b) { return compare(n, b) < 0; },
        "phải nhỏ hơn", "must be less than");
    against(
        "multipleOf", [](const auto& n, const auto& b) { return forms::is_multiple(n, b); },
        "phải là bội số của", "must be a multiple of");
  }

  void arrays(const Json& schema, const Json& value, const std::string& pointer, const Text& name,
              std::vector<FieldError>& errors) {
    if (const auto* least = member(schema, "minItems");
        least != nullptr && value.size() < least->get<std::size_t>()) {
      say(errors, pointer, "minItems", name, "phải có ít nhất " + least->dump() + " mục",
          "must have at least " + least->dump() + " items");
    }
    if (const auto* most = member(schema, "maxItems");
        most != nullptr && value.size() > most->get<std::size_t>()) {
      say(errors, pointer, "maxItems", name, "chỉ được có tối đa " + most->dump() + " mục",
          "must have at most " + most->dump() + " items");
    }
    if (const auto* unique = member(schema, "uniqueItems"); unique != nullptr && *unique == true) {
      std::set<std::string> different;
      for (const Json& item : value) {
        const std::string text = forms::canonical(item);
        looked_at_ += text.size();
        different.insert(text);
      }
      if (different.size() != value.size()) {
        say(errors, pointer, "uniqueItems", name, "có mục bị trùng", "has the same item twice");
      }
    }
    if (const auto* items = member(schema, "items")) {
      for (std::size_t i = 0; i < value.size() && errors.size() < faults_max && !stopped_; ++i) {
        const auto number = " " + std::to_string(i + 1);
        check(*items, value[i], pointer + "/" + std::to_string(i),
              {name.vi.empty() ? "Mục" + number : name.vi + number,
               name.en.empty() ? "Item" + number : name.en + number},
              errors);
      }
    }
  }

  void missing(const Json& properties, const std::string& key, const std::string& pointer,
               std::vector<FieldError>& errors) const {
    const auto* schema = member(properties, key.c_str());
    const auto name = schema == nullptr ? Text{key, key} : title_of(*schema, {key, key});
    add(errors, pointer + "/" + documents::escape_token(key), "required",
        {"Cần nhập \"" + name.vi + "\".", "\"" + name.en + "\" is required."});
  }

  void objects(const Json& schema, const Json& value, const std::string& pointer,
               std::vector<FieldError>& errors) {
    static const Json none = Json::object();
    const auto* given = member(schema, "properties");
    const auto& properties = given == nullptr ? none : *given;
    if (const auto* names = member(schema, "required")) {
      for (const auto& key : *names) {
        if (!value.contains(key.get<std::string>())) {
          missing(properties, key.get<std::string>(), pointer, errors);
        }
      }
    }
    if (const auto* dependent = member(schema, "dependentRequired")) {
      for (const auto& [key, names] : dependent->items()) {
        if (!value.contains(key)) continue;
        for (const auto& other : names) {
          if (!value.contains(other.get<std::string>())) {
            missing(properties, other.get<std::string>(), pointer, errors);
          }
        }
      }
    }
    const auto* additional = member(schema, "additionalProperties");
    for (const auto& [key, child] : value.items()) {
      if (errors.size() >= faults_max || stopped_) return;
      const auto at = pointer + "/" + documents::escape_token(key);
      if (const auto* property = member(properties, key.c_str())) {
        check(*property, child, at, {key, key}, errors);
      } else if (additional != nullptr && *additional == false) {
        say(errors, at, "additionalProperties", {key, key}, "không có trong biểu mẫu",
            "is not a field of the form");
      } else if (additional != nullptr) {
        check(*additional, child, at, {key, key}, errors);
      }
    }
  }

  bool accepts(const Json& schema, const Json& value, const std::string& pointer,
               const Text& name) {
    std::vector<FieldError> found;
    check(schema, value, pointer, name, found);
    return found.empty();
  }

  void combinations(const Json& schema, const Json& value, const std::string& pointer,
                    const Text& name, std::vector<FieldError>& errors) {
    if (const auto* reference = member(schema, "$ref")) {
      if (const auto* target = forms::resolve(root_, reference->get<std::string>())) {
        check(*target, value, pointer, name, errors);
      }
    }
    if (const auto* all = member(schema, "allOf")) {
      for (const auto& one : *all) check(one, value, pointer, name, errors);
    }
    const auto count = [&](const Json& list) {
      return std::count_if(list.begin(), list.end(),
                           [&](const Json& one) { return accepts(one, value, pointer, name); });
    };
    if (const auto* any = member(schema, "anyOf"); any != nullptr && count(*any) == 0) {
      say(errors, pointer, "anyOf", name, "không đúng với khả năng nào được phép",
          "fits none of the allowed ways");
    }
    if (const auto* one = member(schema, "oneOf"); one != nullptr && count(*one) != 1) {
      say(errors, pointer, "oneOf", name, "phải đúng với đúng một khả năng được phép",
          "must fit exactly one of the allowed ways");
    }
    if (const auto* not_ = member(schema, "not");
        not_ != nullptr && accepts(*not_, value, pointer, name)) {
      say(errors, pointer, "not", name, "có giá trị không được phép",
          "has a value that is not allowed");
    }
    if (const auto* condition = member(schema, "if")) {
      const auto* branch =
          member(schema, accepts(*condition, value, pointer, name) ? "then" : "else");
      if (branch != nullptr) check(*branch, value, pointer, name, errors);
    }
  }

  const Json& root_;
  std::map<std::string, Result<Pattern>> patterns_;
  int applications_ = 0;
  std::size_t looked_at_ = 0;
  int depth_ = 0;
  bool stopped_ = false;
};

}  // namespace

std::vector<FieldError> validate_against(const Json& schema, const Json& value) {
  std::vector<FieldError> errors;
  ValueCheck(schema).check(schema, value, "", {}, errors);
  return errors;
}

}  // namespace kyhan
