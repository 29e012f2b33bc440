// JSON: nlohmann's SAX parser, which keeps no stack of its own, into a Builder; and the places of
// the keys, which that parser does not tell.

#include "workflow/core/documents_reader.hpp"

namespace kyhan::documents {
namespace {

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

std::map<std::string, Place> json_places(std::string_view text) {
  return JsonPlaces(text).read();
}

}  // namespace kyhan::documents
