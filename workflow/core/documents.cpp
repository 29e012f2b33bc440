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

/// Reads characters for nlohmann's parser and lets the handler see how far it has come.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, const char** seen) : at_(at), seen_(seen) {}
  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    *seen_ = ++at_;
    return *this;
  }
  friend bool operator==(const CountingIterator& a, const CountingIterator& b) {
    return a.at_ == b.at_;
  }
  friend bool operator!=(const CountingIterator& a, const CountingIterator& b) {
    return a.at_ != b.at_;
  }

 private:
  const char* at_;
  const char** seen_;
};

/// nlohmann's SAX events into a Builder. A false return stops the parser.
class JsonHandler {
 public:
  using number_integer_t = Json::number_integer_t;
  using number_unsigned_t = Json::number_unsigned_t;
  using number_float_t = Json::number_float_t;
  using string_t = Json::string_t;
  using binary_t = Json::binary_t;

  JsonHandler(Builder& builder, std::string_view text, const char** seen)
      : builder_(builder), text_(text), seen_(seen) {}

  bool null() { return keep(builder_.add(nullptr)); }
  bool boolean(bool value) { return keep(builder_.add(value)); }
  bool number_integer(number_integer_t value) { return keep(builder_.add(value)); }
  bool number_unsigned(number_unsigned_t value) { return keep(builder_.add(value)); }
  bool number_float(number_float_t value, const string_t&) { return keep(builder_.add(value)); }
  bool string(string_t& value) {
    auto normal = to_nfc(value);
    if (!normal) return keep(normal.error());
    return keep(builder_.add(*std::move(normal)));
  }
  bool binary(binary_t&) { return false; }
  bool start_object(std::size_t) { return keep(builder_.open(Json::object())); }
  bool start_array(std::size_t) { return keep(builder_.open(Json::array())); }
  bool key(string_t& name) {
    auto normal = to_nfc(name);
    if (!normal) return keep(normal.error());
    return keep(builder_.key(*std::move(normal)));
  }
  bool end_object() {
    builder_.close();
    return true;
  }
  bool end_array() {
    builder_.close();
    return true;
  }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) {
    place_ = place_at(text_, position == 0 ? 0 : position - 1);
    error_ = bad_syntax("json-syntax", place_, "");
    return false;
  }

  [[nodiscard]] const std::optional<Error>& error() const { return error_; }
  [[nodiscard]] Place place() const { return place_; }

 private:
  bool keep(std::optional<Error> error) {
    if (!error) return true;
    error_ = std::move(error);
    const auto read = static_cast<std::size_t>(*seen_ - text_.data());
    place_ = place_at(text_, read == 0 ? 0 : read - 1);
    return false;
  }

  Builder& builder_;
  std::string_view text_;
  const char** seen_;
  std::optional<Error> error_;
  Place place_;
};

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

Result<Json> read_json(std::string_view text, const DocumentLimits& limits, Place* failed_at) {
  Builder builder(limits);
  const char* seen = text.data();
  JsonHandler handler(builder, text, &seen);
  const CountingIterator first(text.data(), &seen);
  const CountingIterator last(text.data() + text.size(), &seen);
  if (!Json::sax_parse(first, last, &handler)) {
    if (failed_at != nullptr) *failed_at = handler.place();
    return handler.error().value_or(bad_syntax("json-syntax", handler.place(), ""));
  }
  // Named: a Json converts to anything, so the compiler cannot choose for itself.
  return Result<Json>(boost::system::in_place_value, builder.take());
}

/// Walks JSON text already known to be valid and notes where each key and item starts.
class JsonPlaces {
 public:
  explicit JsonPlaces(std::string_view text) : text_(text) {}

  std::map<std::string, Place> read() {
    places_[""] = skip_space();
    value("");
    return std::move(places_);
  }

 private:
  // Recursion is bounded by the depth limit the text has already passed.
  void value(const std::string& pointer) {
    const char c = text_[at_];
    if (c == '{') {
      step();
      for (;;) {
        const auto place = skip_space();
        if (text_[at_] == '}') break;
        if (text_[at_] == ',') {
          step();
          continue;
        }
        const auto below = pointer + "/" + escape_token(string());
        places_[below] = place;
        skip_space();
        step();  // the colon
        skip_space();
        value(below);
      }
      step();
    } else if (c == '[') {
      step();
      for (std::size_t index = 0;;) {
        const auto place = skip_space();
        if (text_[at_] == ']') break;
        if (text_[at_] == ',') {
          step();
          continue;
        }
        const auto below = pointer + "/" + std::to_string(index++);
        places_[below] = place;
        value(below);
      }
      step();
    } else if (c == '"') {
      string();
    } else {
      while (at_ < text_.size() &&
             std::string_view(",]} \t\r\n").find(text_[at_]) == std::string_view::npos) {
        step();
      }
    }
  }

  std::string string() {
    const auto start = at_;
    step();
    while (text_[at_] != '"') {
      if (text_[at_] == '\\') step();
      step();
    }
    step();
    const auto raw = text_.substr(start, at_ - start);
    auto plain = Json::parse(raw, nullptr, false);
    auto normal = to_nfc(plain.is_string() ? plain.get_ref<const std::string&>() : std::string());
    return normal ? *normal : std::string();
  }

  Place skip_space() {
    if (at_ == 0 && text_.substr(0, 3) == "\xEF\xBB\xBF") at_ = 3;
    while (at_ < text_.size() &&
           std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) {
      step();
    }
    return {line_, column_};
  }

  void step() {
    if (at_ >= text_.size()) return;
    if (text_[at_] == '\n') {
      ++line_;
      column_ = 1;
    } else if ((static_cast<unsigned char>(text_[at_]) & 0xC0) != 0x80) {
      ++column_;
    }
    ++at_;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int line_ = 1;
  int column_ = 1;
  std::map<std::string, Place> places_;
};

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
    parsed.places = JsonPlaces(text).read();
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
