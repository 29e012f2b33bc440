// Which `$names` a jq text uses. A lexical scan, so that a definition can be judged without libjq:
// it knows strings, `\( )` inside them, comments and patterns, and nothing else of the grammar.

#include "workflow/core/definition_reader.hpp"

namespace kyhan::definition {
namespace {

bool is_name_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_name(char c) {
  return is_name_start(c) || (c >= '0' && c <= '9');
}
bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

class Scan {
 public:
  explicit Scan(std::string_view text) : text_(text) {}

  Variables run() {
    while (at_ < text_.size()) step();
    return std::move(found_);
  }

 private:
  // What an open bracket is: of the program, or of an interpolation inside a string.
  enum class Open { bracket, interpolation };

  void step() {
    const char c = text_[at_];
    if (c == '#') return skip_comment();
    if (c == '"') {
      ++at_;
      return string();
    }
    if (c == '$') return variable();
    if (is_name_start(c)) return word();
    if (c == '(' || c == '[' || c == '{') {
      open_.push_back(Open::bracket);
    } else if (c == ')' || c == ']' || c == '}') {
      const bool back_in_string = !open_.empty() && open_.back() == Open::interpolation;
      if (!open_.empty()) open_.pop_back();
      if (in_parameters_ && open_.size() < parameters_depth_) in_parameters_ = false;
      ++at_;
      if (back_in_string) string();
      return;
    } else if (in_pattern_ && open_.size() <= pattern_depth_ && c == '|') {
      in_pattern_ = false;
    }
    // `reduce E as $x (...)`: the body starts at the bracket right after the pattern.
    if (in_pattern_ && c == '(' && open_.size() == pattern_depth_ + 1) in_pattern_ = false;
    ++at_;
  }

  void skip_comment() {
    while (at_ < text_.size() && text_[at_] != '\n') ++at_;
  }

  /// From inside a string to its end, or to the next `\(`.
  void string() {
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c == '"') return;
      if (c != '\\' || at_ >= text_.size()) continue;
      if (text_[at_++] == '(') {
        open_.push_back(Open::interpolation);
        return;
      }
    }
  }

  void variable() {
    ++at_;
    // jq allows space and comments between the sign and the name.
    for (;;) {
      if (at_ < text_.size() && is_space(text_[at_])) {
        ++at_;
      } else if (at_ < text_.size() && text_[at_] == '#') {
        skip_comment();
      } else {
        break;
      }
    }
    const auto start = at_;
    while (at_ < text_.size() && (is_name(text_[at_]) || text_[at_] == ':')) {
      // Only `a::b` is one name; a single colon belongs to an object.
      if (text_[at_] == ':') {
        if (text_.substr(at_, 2) != "::") break;
        ++at_;
      }
      ++at_;
    }
    if (at_ == start) return;
    std::string name(text_.substr(start, at_ - start));
    if (name == "secrets") secret();
    if (in_pattern_ || in_parameters_) found_.bound.insert(name);
    found_.used.insert(std::move(name));
  }

  /// After `$secrets`: `.name`, `."name"` or `["name"]`. Only looks.
  void secret() {
    std::string_view rest = text_.substr(at_);
    const bool bracket = rest.starts_with('[') || rest.starts_with(".[");
    if (!bracket && !rest.starts_with('.')) return;
    rest.remove_prefix(rest.starts_with(".[") ? 2 : 1);
    while (!rest.empty() && is_space(rest.front())) rest.remove_prefix(1);
    if (rest.starts_with('"')) {
      const auto end = rest.find('"', 1);
      if (end == std::string_view::npos ||
          rest.substr(0, end).find('\\') != std::string_view::npos) {
        return;
      }
      found_.secrets.insert(std::string(rest.substr(1, end - 1)));
    } else if (!bracket) {
      std::size_t end = 0;
      while (end < rest.size() && is_name(rest[end])) ++end;
      if (end > 0) found_.secrets.insert(std::string(rest.substr(0, end)));
    }
  }

  void word() {
    const auto start = at_;
    while (at_ < text_.size() && is_name(text_[at_])) ++at_;
    const auto name = text_.substr(start, at_ - start);
    const bool is_field = start > 0 && text_[start - 1] == '.';
    if (is_field) return;
    if (name == "as") {
      in_pattern_ = true;
      pattern_depth_ = open_.size();
    } else if (name == "def") {
      while (at_ < text_.size() && (is_space(text_[at_]) || is_name(text_[at_]))) ++at_;
      if (at_ < text_.size() && text_[at_] == '(') {
        open_.push_back(Open::bracket);
        ++at_;
        in_parameters_ = true;
        parameters_depth_ = open_.size();
      }
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<Open> open_;
  Variables found_;
  bool in_pattern_ = false;
  bool in_parameters_ = false;
  std::size_t pattern_depth_ = 0;
  std::size_t parameters_depth_ = 0;
};

}  // namespace

Variables variables_in(std::string_view jq) {
  return Scan(jq).run();
}

}  // namespace kyhan::definition
