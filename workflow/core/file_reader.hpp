#pragma once
/// Reading the product's JSON files (organisation, calendars) with all faults at once. Internal to
/// core.

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/core/json.hpp"
#include "workflow/core/result.hpp"
#include "workflow/core/time_text.hpp"

namespace kyhan {

/// Ids of units, people, roles, groups and calendars: 1 to 40 of a-z, 0-9 and the hyphen.
inline bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= 40 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

/// Pointer of an array's element.
inline std::string member(const std::string& list, std::size_t index) {
  return list + "/" + std::to_string(index);
}

/// The members of JSON values, read with every fault noted under its pointer; what is faulty reads
/// as empty.
class FileReader {
 public:
  std::vector<FieldError> faults;

  void fault(std::string pointer, std::string code, Text message) {
    faults.push_back({std::move(pointer), std::move(code), std::move(message)});
  }

  /// True when `value` is an object; unknown members are faults.
  bool object(const Json& value, const std::string& pointer,
              std::initializer_list<std::string_view> known) {
    if (!value.is_object()) {
      fault(pointer, "type", {"Phải là một đối tượng JSON.", "It must be a JSON object."});
      return false;
    }
    for (const auto& [key, member] : value.items()) {
      if (std::find(known.begin(), known.end(), key) == known.end()) {
        fault(pointer + "/" + key, "unknown-field",
              {"Không có trường “" + key + "” ở đây.", "There is no field “" + key + "” here."});
      }
    }
    return true;
  }

  /// The array member, or an empty array with a fault when it is needed and not there.
  const Json& array(const Json& value, const char* key, const std::string& pointer, bool needed) {
    static const Json none = Json::array();
    if (!value.contains(key)) {
      if (needed) missing(pointer + "/" + key, key);
      return none;
    }
    if (value[key].is_array()) return value[key];
    fault(pointer + "/" + key, "type",
          {std::string("“") + key + "” phải là một mảng.",
           std::string("“") + key + "” must be an array."});
    return none;
  }

  std::string text(const Json& value, const char* key, const std::string& pointer, bool needed) {
    if (!value.contains(key)) {
      if (needed) missing(pointer + "/" + key, key);
      return {};
    }
    const Json& member = value[key];
    if (member.is_string() && !member.get_ref<const std::string&>().empty()) {
      return member.get<std::string>();
    }
    fault(pointer + "/" + key, "type",
          {std::string("“") + key + "” phải là chuỗi không rỗng.",
           std::string("“") + key + "” must be a string that is not empty."});
    return {};
  }

  /// Empty when missing or faulty.
  std::string id(const Json& value, const char* key, const std::string& pointer, bool needed) {
    return checked_id(text(value, key, pointer, needed), pointer + "/" + key);
  }

  std::string checked_id(const std::string& found, const std::string& pointer) {
    if (found.empty() || is_id(found)) return found;
    fault(pointer, "id-format",
          {"Mã “" + found + "” phải gồm 1 đến 40 chữ thường không dấu, chữ số, gạch nối.",
           "The id “" + found + "” must be 1 to 40 small letters, digits or hyphens."});
    return {};
  }

  Text name(const Json& value, const std::string& pointer) {
    if (!value.contains("name") || !value["name"].is_object()) {
      const std::string both = text(value, "name", pointer, true);
      return {both, both};
    }
    object(value["name"], pointer + "/name", {"vi", "en"});
    return {text(value["name"], "vi", pointer + "/name", true),
            text(value["name"], "en", pointer + "/name", true)};
  }

  Date date(const Json& value, const char* key, const std::string& pointer) {
    const std::string written = text(value, key, pointer, true);
    if (written.empty()) return {};
    const auto read = parse_iso_date(written);
    if (read.has_value()) return *read;
    fault(pointer + "/" + key, "date-format", read.error().detail);
    return {};
  }

 private:
  void missing(const std::string& pointer, const char* key) {
    fault(pointer, "required",
          {std::string("Thiếu trường “") + key + "”.",
           std::string("The field “") + key + "” is missing."});
  }
};

}  // namespace kyhan
