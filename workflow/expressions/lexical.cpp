#include "workflow/expressions/lexical.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace kyhan {
namespace {

constexpr std::string_view clock_why =
    "an expression gives the same value whenever it is evaluated";
constexpr std::string_view zone_why = "it depends on the server's time zone";
constexpr std::string_view environment_why = "expressions do not see the server's environment";
constexpr std::string_view input_why = "the only input is `.`";
constexpr std::string_view output_why = "expressions do not write";
constexpr std::string_view end_why = "an expression cannot end the program";
constexpr std::string_view module_why = "expressions have no modules";

struct Refused {
  RefusedName what;
  int parameters;
};

constexpr std::array refused{
    Refused{{"now", clock_why}, 0},
    Refused{{"localtime", zone_why}, 0},
    Refused{{"strflocaltime", zone_why}, 1},
    Refused{{"env", environment_why}, 0},
    Refused{{"input", input_why}, 0},
    Refused{{"_input", input_why}, 0},
    Refused{{"inputs", input_why}, 0},
    Refused{{"input_filename", input_why}, 0},
    Refused{{"input_line_number", input_why}, 0},
    Refused{{"debug", output_why}, 0},
    Refused{{"stderr", output_why}, 0},
    Refused{{"halt", end_why}, 0},
    Refused{{"halt_error", end_why}, 0},
    Refused{{"halt_error", end_why}, 1},
    Refused{{"modulemeta", module_why}, 0},
    Refused{{"get_search_list", module_why}, 0},
    Refused{{"get_prog_origin", module_why}, 0},
    Refused{{"get_jq_origin", module_why}, 0},
    Refused{{"import", module_why}, -1},
    Refused{{"include", module_why}, -1},
    Refused{{"module", module_why}, -1},
};

std::string refusal(std::string_view name, std::string_view why) {
  return "`" + std::string(name) + "` is not available: " + std::string(why);
}

std::string build_prelude() {
  std::string text;
  for (const Refused& one : refused) {
    if (one.parameters < 0) continue;
    text += "def " + std::string(one.what.name) + (one.parameters == 1 ? "(f)" : "") +
            ": error(\"" + refusal(one.what.name, one.what.why) + "\"); ";
  }
  // A string is repeated by appending, in C, for minutes.
  text +=
      "def __kyhan_multiply(a; b): _multiply(a; b); "
      "def __kyhan_repeated($text; $times): "
      "if ($times | type) == \"number\" and "
      "__kyhan_multiply($text | utf8bytelength; $times) > 1048576 "
      "then error(\"the repeated string would pass the limit of size\") "
      "else __kyhan_multiply($text; $times) end; "
      "def _multiply(a; b): b as $b | a as $a | "
      "if ($a | type) == \"string\" then __kyhan_repeated($a; $b) "
      "elif ($b | type) == \"string\" then __kyhan_repeated($b; $a) "
      "else __kyhan_multiply($a; $b) end; ";
  // The smallest integer divided by -1 raises SIGFPE.
  text +=
      "def __kyhan_mod(a; b): _mod(a; b); "
      "def _mod(a; b): b as $b | a as $a | "
      "if ($a | type) == \"number\" and ($b | type) == \"number\" and $b > -2 and $b <= -1 "
      "then 0 else __kyhan_mod($a; $b) end; ";
  // Searching for the empty string never ends.
  text +=
      "def __kyhan_find($i): "
      "if type == \"string\" and $i == \"\" then [] else indices($i) end; "
      "def indices($i): __kyhan_find($i); "
      "def index($i): __kyhan_find($i) | .[0]; "
      "def rindex($i): __kyhan_find($i) | .[-1:][0]; "
      "def _strindices($i): __kyhan_find($i); ";
  return text;
}

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

  std::optional<std::string> run() {
    while (at_ < text_.size() && !found_) step();
    return std::move(found_);
  }

 private:
  void step() {
    const char c = text_[at_];
    if (c == '#') {
      while (at_ < text_.size() && text_[at_] != '\n') ++at_;
      return;
    }
    if (is_space(c)) {
      ++at_;
      return;
    }
    if (is_name_start(c)) {
      word();
      return;
    }
    ++at_;
    if (c == '"') {
      string();
    } else if (c == '(') {
      open_.push_back(false);
    } else if (c == ')' && !open_.empty()) {
      const bool back_in_string = open_.back();
      open_.pop_back();
      if (back_in_string) string();
    }
    before_ = c;
  }

  void string() {
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c == '"') break;
      if (c != '\\' || at_ >= text_.size()) continue;
      if (text_[at_++] == '(') {
        open_.push_back(true);
        break;
      }
    }
    before_ = '"';
  }

  void word() {
    const std::size_t start = at_;
    while (at_ < text_.size() && is_name(text_[at_])) ++at_;
    const auto name = text_.substr(start, at_ - start);
    const char before = before_;
    before_ = 'a';
    if (name.starts_with("__kyhan")) {
      found_ = "names that begin with `__kyhan` are reserved";
      return;
    }
    if (before == '$') {
      if (name == "ENV") found_ = refusal("$ENV", environment_why);
      if (name == "__prog_args") found_ = refusal("$__prog_args", input_why);
      return;
    }
    if (before == '.') return;
    const char after = next();
    if (after == ':') return;  // An object's key, or the author's own definition.
    if ((before == '{' || before == ',') && (after == ',' || after == '}')) return;
    const auto one = std::ranges::find(refused, name, [](const Refused& r) { return r.what.name; });
    if (one != refused.end()) found_ = refusal(name, one->what.why);
  }

  [[nodiscard]] char next() const {
    std::size_t at = at_;
    while (at < text_.size() && is_space(text_[at])) ++at;
    return at < text_.size() ? text_[at] : '\0';
  }

  std::string_view text_;
  std::size_t at_ = 0;
  char before_ = '\0';
  std::vector<bool> open_;  // true: an interpolation of a string.
  std::optional<std::string> found_;
};

}  // namespace

const std::string& prelude() {
  static const std::string text = build_prelude();
  return text;
}

std::optional<std::string> find_refused(std::string_view program) {
  return Scan(program).run();
}

}  // namespace kyhan
