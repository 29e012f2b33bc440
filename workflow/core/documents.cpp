#include "workflow/core/documents.hpp"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>
#include <set>
#include <utf8proc.h>

#include "workflow/core/documents_reader.hpp"

namespace kyhan {

namespace documents {

Error too_large(const DocumentLimits& limits) {
  const auto kib = std::to_string(limits.bytes_max / 1024);
  return {ErrorCode::too_large, "too-large",
          Text{"Tài liệu lớn hơn mức cho phép (" + kib + " KiB).",
               "The document is larger than allowed (" + kib + " KiB)."}};
}

Error too_many_nodes(const DocumentLimits& limits) {
  const auto count = std::to_string(limits.nodes_max);
  return {ErrorCode::too_large, "too-large",
          Text{"Tài liệu có quá nhiều giá trị (tối đa " + count + ", kể cả sau khi mở bí danh).",
               "The document has too many values (at most " + count +
                   ", counted after aliases are expanded)."}};
}

Error too_deep(const DocumentLimits& limits) {
  const auto depth = std::to_string(limits.depth_max);
  return {ErrorCode::invalid, "json-depth",
          Text{"Tài liệu lồng nhau quá sâu (tối đa " + depth + " cấp).",
               "The document is nested too deeply (at most " + depth + " levels)."}};
}

Error duplicate_key(const std::string& key) {
  return {ErrorCode::invalid, "json-duplicate-key",
          Text{"Khóa \"" + key + "\" xuất hiện hai lần trong cùng một đối tượng.",
               "The key \"" + key + "\" occurs twice in the same object."}};
}

Error bad_encoding() {
  return {ErrorCode::invalid, "json-encoding",
          Text{"Văn bản không phải là UTF-8 hợp lệ.", "The text is not valid UTF-8."}};
}

Error bad_syntax(const std::string& type, Place place, const std::string& why) {
  const auto line = std::to_string(place.line);
  const auto column = std::to_string(place.column);
  const std::string language = type == "yaml-syntax" ? "YAML" : "JSON";
  return {ErrorCode::invalid, type,
          Text{"Không đúng cú pháp " + language + " ở dòng " + line + ", cột " + column +
                   (why.empty() ? std::string(".") : " (" + why + ")."),
               "This is not valid " + language + " at line " + line + ", column " + column +
                   (why.empty() ? std::string(".") : " (" + why + ").")}};
}

Place place_at(std::string_view text, std::size_t offset) {
  Place place{1, 1};
  offset = std::min(offset, text.size());
  for (std::size_t i = 0; i < offset; ++i) {
    if (text[i] == '\n') {
      ++place.line;
      place.column = 1;
    } else if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) {
      ++place.column;
    }
  }
  return place;
}

std::string escape_token(std::string_view key) {
  std::string out;
  for (const char c : key) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

std::optional<Error> Builder::add(Json value) {
  if (++nodes_ > limits_.nodes_max) return too_many_nodes(limits_);
  if (open_.empty()) {
    root_ = std::move(value);
    return std::nullopt;
  }
  auto& top = *open_.back();
  if (top.is_array()) {
    top.push_back(std::move(value));
  } else {
    top[keys_.back()] = std::move(value);
  }
  return std::nullopt;
}

std::optional<Error> Builder::open(Json container) {
  if (static_cast<int>(open_.size()) >= limits_.depth_max) return too_deep(limits_);
  if (auto error = add(std::move(container))) return error;
  Json* added = &root_;
  if (!open_.empty()) {
    auto& top = *open_.back();
    added = top.is_array() ? &top.back() : &top[keys_.back()];
  }
  open_.push_back(added);
  keys_.emplace_back();
  return std::nullopt;
}

std::optional<Error> Builder::key(std::string name) {
  if (open_.back()->contains(name)) return duplicate_key(name);
  keys_.back() = std::move(name);
  return std::nullopt;
}

void Builder::close() {
  open_.pop_back();
  keys_.pop_back();
}

std::optional<Error> Builder::count(std::size_t nodes, int depth) {
  nodes_ += nodes;
  if (nodes_ > limits_.nodes_max) return too_many_nodes(limits_);
  if (static_cast<int>(open_.size()) + depth > limits_.depth_max) return too_deep(limits_);
  return std::nullopt;
}

}  // namespace documents

namespace {

using namespace documents;

/// What is wrong with the text whatever its language.
std::optional<Error> check_text(std::string_view text, const DocumentLimits& limits,
                                Place* failed_at) {
  if (text.size() > limits.bytes_max) return too_large(limits);
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  for (std::size_t at = 0; at < text.size();) {
    utf8proc_int32_t code = 0;
    const auto length =
        utf8proc_iterate(bytes + at, static_cast<utf8proc_ssize_t>(text.size() - at), &code);
    if (length <= 0) {
      if (failed_at != nullptr) *failed_at = place_at(text, at);
      return bad_encoding();
    }
    at += static_cast<std::size_t>(length);
  }
  const auto zero = text.find('\0');
  if (zero != std::string_view::npos) {
    const auto place = place_at(text, zero);
    if (failed_at != nullptr) *failed_at = place;
    return bad_syntax("json-syntax", place, "NUL");
  }
  return std::nullopt;
}

}  // namespace

Result<Json> parse_json(std::string_view text, const DocumentLimits& limits) {
  if (auto error = check_text(text, limits, nullptr)) return *error;
  return read_json(text, limits, nullptr);
}

Result<ParsedDocument> parse_document(std::string_view text, const DocumentLimits& limits,
                                      Place* failed_at) {
  if (auto error = check_text(text, limits, failed_at)) return *error;
  auto first = text.find_first_not_of(" \t\r\n", text.substr(0, 3) == "\xEF\xBB\xBF" ? 3 : 0);
  if (first == std::string_view::npos) first = 0;
  if (!text.empty() && (text[first] == '{' || text[first] == '[')) {
    auto value = read_json(text, limits, failed_at);
    if (!value) return value.error();
    ParsedDocument parsed;
    parsed.value = *std::move(value);
    parsed.places = json_places(text);
    return parsed;
  }
  return documents::read_yaml(text, limits, failed_at);
}

int depth_of(const Json& value) {
  int deepest = 0;
  std::vector<std::pair<const Json*, int>> open{{&value, 0}};
  while (!open.empty()) {
    const auto [node, above] = open.back();
    open.pop_back();
    if (!node->is_structured()) continue;
    deepest = std::max(deepest, above + 1);
    for (const auto& child : *node) {
      if (child.is_structured()) open.emplace_back(&child, above + 1);
    }
  }
  return deepest;
}

Result<std::string> to_nfc(std::string_view text) {
  const bool ascii = std::all_of(text.begin(), text.end(),
                                 [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (ascii) return std::string(text);
  utf8proc_uint8_t* raw = nullptr;
  const auto size =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                   static_cast<utf8proc_ssize_t>(text.size()), &raw,
                   static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(raw, &std::free);
  if (size < 0) return bad_encoding();
  return std::string(reinterpret_cast<const char*>(raw), static_cast<std::size_t>(size));
}

std::string fold_for_search(std::string_view text) {
  // Bytes that are not UTF-8 are left out: a search word must never be refused.
  std::string clean;
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  for (std::size_t at = 0; at < text.size();) {
    utf8proc_int32_t code = 0;
    const auto length =
        utf8proc_iterate(bytes + at, static_cast<utf8proc_ssize_t>(text.size() - at), &code);
    if (length > 0) clean.append(text, at, static_cast<std::size_t>(length));
    at += length > 0 ? static_cast<std::size_t>(length) : 1;
  }
  utf8proc_uint8_t* raw = nullptr;
  const auto size =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(clean.data()),
                   static_cast<utf8proc_ssize_t>(clean.size()), &raw,
                   static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_DECOMPOSE |
                                                  UTF8PROC_STRIPMARK | UTF8PROC_CASEFOLD));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(raw, &std::free);
  if (size < 0) return clean;
  std::string folded(reinterpret_cast<const char*>(raw), static_cast<std::size_t>(size));
  // đ is a letter of its own in Unicode, with no mark that could be stripped.
  for (auto at = folded.find("đ"); at != std::string::npos; at = folded.find("đ", at + 1)) {
    folded.replace(at, std::string_view("đ").size(), "d");
  }
  return folded;
}

}  // namespace kyhan
