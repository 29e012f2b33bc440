#include "api/parameters.hpp"

#include <algorithm>
#include <charconv>

#include "api/http.hpp"
#include "api/problem.hpp"
#include "workflow/core/documents.hpp"

namespace kyhan {
namespace {

std::string pointer_to(const std::string& name) {
  std::string pointer = "/";
  for (const char c : name) {
    if (c == '~') {
      pointer += "~0";
    } else if (c == '/') {
      pointer += "~1";
    } else {
      pointer += c;
    }
  }
  return pointer;
}

}  // namespace

Error bad_parameter(std::string_view name, Text message) {
  return bad_request("bad-parameter",
                     {"Tham số \"" + std::string{name} + "\" không hợp lệ: " + message.vi,
                      "The parameter \"" + std::string{name} + "\" is not valid: " + message.en},
                     {FieldError{"?" + std::string{name}, "invalid", message}});
}

Result<Query> Query::parse(std::string_view target, const std::vector<std::string_view>& known) {
  Query query;
  const std::size_t mark = target.find('?');
  std::string_view rest = mark == std::string_view::npos ? "" : target.substr(mark + 1);
  std::vector<FieldError> faults;
  while (!rest.empty()) {
    const std::size_t ampersand = rest.find('&');
    const std::string_view pair = rest.substr(0, ampersand);
    rest.remove_prefix(ampersand == std::string_view::npos ? rest.size() : ampersand + 1);
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    const auto name = percent_decode(pair.substr(0, equals), Plus::space);
    const auto raw = percent_decode(
        equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1),
        Plus::space);
    if (!name || !raw) {
      return bad_request("bad-parameter", {"Chuỗi truy vấn có mã hóa phần trăm sai.",
                                           "The query has a bad percent-encoding."});
    }
    Result<std::string> value = to_nfc(*raw);
    if (!value) return value.error();
    if (std::find(known.begin(), known.end(), *name) == known.end()) {
      faults.push_back({"?" + *name,
                        "unknown-parameter",
                        {"Không có tham số này.", "There is no such parameter."}});
    } else if (!query.values_.emplace(*name, std::move(*value)).second) {
      faults.push_back({"?" + *name,
                        "duplicate",
                        {"Tham số được gửi hai lần.", "The parameter is given twice."}});
    }
  }
  if (!faults.empty()) {
    const std::string name = faults.front().pointer.substr(1);
    return bad_request("unknown-parameter",
                       {"Yêu cầu có tham số không hợp lệ: " + name + ".",
                        "The request has a parameter that is not valid: " + name + "."},
                       std::move(faults));
  }
  return query;
}

const std::string& Query::text(std::string_view name) const {
  static const std::string none;
  const auto found = values_.find(name);
  return found == values_.end() ? none : found->second;
}

bool Query::contains(std::string_view name) const {
  return values_.contains(name);
}

Result<bool> Query::flag(std::string_view name) const {
  if (!contains(name)) return false;
  const std::string& value = text(name);
  if (value.empty() || value == "true" || value == "1") return true;
  if (value == "false" || value == "0") return false;
  return bad_parameter(name, {"chỉ nhận true hoặc false.", "only true or false."});
}

Result<int> Query::number(std::string_view name, int fallback, int min, int max) const {
  if (!contains(name)) return fallback;
  const std::string& value = text(name);
  int number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc{} || end != value.data() + value.size() || number < min || number > max) {
    const std::string bounds = std::to_string(min) + "-" + std::to_string(max);
    return bad_parameter(name, {"cần một số nguyên trong khoảng " + bounds + ".",
                                "a whole number within " + bounds + " is needed."});
  }
  return number;
}

void Fields::fault(const std::string& pointer, std::string code, Text message) {
  faults_.push_back({pointer, std::move(code), std::move(message)});
}

const Json* Fields::find(const std::string& name, Need need) {
  known_.push_back(name);
  const auto found = body_.find(name);
  if (found != body_.end() && !found->is_null()) return &*found;
  if (need == Need::required) {
    fault(pointer_to(name), "required", {"Bắt buộc phải có.", "This field is required."});
  }
  return nullptr;
}

std::string Fields::text(const std::string& name, Need need, std::size_t characters_max) {
  return words(name, need, Lines::one, characters_max);
}

std::string Fields::paragraphs(const std::string& name, Need need, std::size_t characters_max) {
  return words(name, need, Lines::many, characters_max);
}

std::string Fields::words(const std::string& name, Need need, Lines lines,
                          std::size_t characters_max) {
  const Json* value = find(name, need);
  if (value == nullptr) return {};
  if (!value->is_string()) {
    fault(pointer_to(name), "type", {"Phải là chuỗi ký tự.", "It must be a string."});
    return {};
  }
  const auto& text = value->get_ref<const std::string&>();
  if (auto wrong = fault_in_text(text, lines, characters_max, pointer_to(name))) {
    faults_.push_back(std::move(*wrong));
  }
  if (need == Need::required && text.empty()) {
    fault(pointer_to(name), "minLength", {"Không được để trống.", "It must not be empty."});
  }
  return text;
}

bool Fields::flag(const std::string& name) {
  const Json* value = find(name, Need::optional);
  if (value == nullptr) return false;
  if (value->is_boolean()) return value->get<bool>();
  fault(pointer_to(name), "type", {"Phải là true hoặc false.", "It must be true or false."});
  return false;
}

std::vector<std::string> Fields::texts(const std::string& name, std::size_t items_max) {
  const Json* value = find(name, Need::optional);
  if (value == nullptr) return {};
  std::vector<std::string> items;
  if (!value->is_array() || value->size() > items_max) {
    const std::string max = std::to_string(items_max);
    fault(pointer_to(name), "type",
          {"Phải là danh sách không quá " + max + " chuỗi.",
           "It must be a list of at most " + max + " strings."});
    return items;
  }
  for (std::size_t i = 0; i < value->size(); ++i) {
    if ((*value)[i].is_string()) {
      items.push_back((*value)[i].get<std::string>());
    } else {
      fault(pointer_to(name) + "/" + std::to_string(i), "type",
            {"Phải là chuỗi ký tự.", "It must be a string."});
    }
  }
  return items;
}

std::vector<std::int64_t> Fields::numbers(const std::string& name, std::size_t items_max) {
  const Json* value = find(name, Need::optional);
  if (value == nullptr) return {};
  std::vector<std::int64_t> items;
  if (!value->is_array() || value->size() > items_max) {
    const std::string max = std::to_string(items_max);
    fault(pointer_to(name), "type",
          {"Phải là danh sách không quá " + max + " số.",
           "It must be a list of at most " + max + " numbers."});
    return items;
  }
  for (std::size_t i = 0; i < value->size(); ++i) {
    if ((*value)[i].is_number_integer()) {
      items.push_back((*value)[i].get<std::int64_t>());
    } else {
      fault(pointer_to(name) + "/" + std::to_string(i), "type",
            {"Phải là số nguyên.", "It must be a whole number."});
    }
  }
  return items;
}

Json Fields::any(const std::string& name, Json fallback) {
  const Json* value = find(name, Need::optional);
  return value == nullptr ? std::move(fallback) : *value;
}

Result<void> Fields::finish() {
  bool unknown = false;
  for (const auto& [name, value] : body_.items()) {
    if (std::find(known_.begin(), known_.end(), name) == known_.end()) {
      unknown = true;
      fault(pointer_to(name), "unknown-field", {"Không có trường này.", "There is no such field."});
    }
  }
  if (faults_.empty()) return {};
  const FieldError first = faults_.front();
  return bad_request(
      unknown ? "unknown-field" : "bad-body",
      {"Nội dung yêu cầu không hợp lệ tại " + first.pointer + ": " + first.message.vi,
       "The request is not valid at " + first.pointer + ": " + first.message.en},
      std::move(faults_));
}

}  // namespace kyhan
