/// Reads the native part of jq 1.6 by precedence climbing. Whatever it does not know for certain it
/// declines, by throwing Declined inside this file: then libjq reads the program.

#include "workflow/expressions/native_parser.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

namespace kyhan::native {
namespace {

struct Declined {};

constexpr int depth_max = 60;
constexpr std::size_t program_bytes_max = 16 * 1024;

constexpr std::array<std::string_view, 21> keywords{
    "as",   "import", "include", "module", "def",     "if",     "then",
    "else", "elif",   "end",     "and",    "or",      "reduce", "foreach",
    "try",  "catch",  "label",   "not",    "__loc__", "break",  "limit"};

struct Builtin {
  std::string_view name;
  std::size_t arguments;
  Function function;
};

constexpr std::array builtins{
    Builtin{"length", 0, Function::length},
    Builtin{"not", 0, Function::negation},
    Builtin{"empty", 0, Function::empty},
    Builtin{"select", 1, Function::select},
    Builtin{"map", 1, Function::map},
    Builtin{"first", 0, Function::first},
    Builtin{"last", 0, Function::last},
    Builtin{"any", 0, Function::any},
    Builtin{"all", 0, Function::all},
    Builtin{"any", 1, Function::any},
    Builtin{"all", 1, Function::all},
    Builtin{"add", 0, Function::add},
    Builtin{"keys", 0, Function::keys},
    Builtin{"has", 1, Function::has},
    Builtin{"type", 0, Function::type},
    Builtin{"startswith", 1, Function::starts_with},
    Builtin{"endswith", 1, Function::ends_with},
    Builtin{"floor", 0, Function::floor},
    Builtin{"tostring", 0, Function::to_string},
};

bool is_name_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_name(char c) {
  return is_name_start(c) || is_digit(c);
}

NodePtr make(Kind kind) {
  auto node = std::make_unique<Node>();
  node->kind = kind;
  return node;
}

NodePtr make(Kind kind, NodePtr first, NodePtr second) {
  auto node = make(kind);
  node->child.push_back(std::move(first));
  if (second != nullptr) node->child.push_back(std::move(second));
  return node;
}

NodePtr make_literal(Json value) {
  auto node = make(Kind::literal);
  node->literal = std::move(value);
  return node;
}

// Every operand of an operator must give one result: jq's order over several is not copied here.
const NodePtr& one(const NodePtr& node) {
  if (!node->single) throw Declined{};
  return node;
}

enum Precedence {
  pipe_level,
  comma_level,
  alternative_level,
  or_level,
  and_level,
  compare_level,
  add_level,
  multiply_level
};

struct Operator {
  std::string_view text;
  Precedence level;
  Kind kind;
};

// Longer ones first.
constexpr std::array operators{
    Operator{"==", compare_level, Kind::equal},
    Operator{"!=", compare_level, Kind::unequal},
    Operator{"<=", compare_level, Kind::less_equal},
    Operator{">=", compare_level, Kind::greater_equal},
    Operator{"//", alternative_level, Kind::alternative},
    Operator{"<", compare_level, Kind::less},
    Operator{">", compare_level, Kind::greater},
    Operator{"+", add_level, Kind::add},
    Operator{"-", add_level, Kind::subtract},
    Operator{"*", multiply_level, Kind::multiply},
    Operator{"/", multiply_level, Kind::divide},
    Operator{"|", pipe_level, Kind::pipe},
    Operator{",", comma_level, Kind::comma},
    Operator{"and", and_level, Kind::both},
    Operator{"or", or_level, Kind::either},
};

class Parser {
 public:
  Parser(std::string_view text, const std::optional<std::vector<std::string>>& variables)
      : text_(text), variables_(variables) {}

  NodePtr run() {
    NodePtr node = expression(pipe_level);
    skip_space();
    if (at_ != text_.size()) throw Declined{};
    return node;
  }

 private:
  struct Deeper {
    explicit Deeper(int& depth) : depth_(depth) {
      if (++depth_ > depth_max) throw Declined{};
    }
    ~Deeper() { --depth_; }
    Deeper(const Deeper&) = delete;
    Deeper& operator=(const Deeper&) = delete;
    int& depth_;
  };

  void skip_space() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '#') {
        while (at_ < text_.size() && text_[at_] != '\n') ++at_;
      } else if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
        ++at_;
      } else {
        return;
      }
    }
  }

  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  bool take(char c) {
    skip_space();
    if (peek() != c) return false;
    ++at_;
    return true;
  }

  void expect(char c) {
    if (!take(c)) throw Declined{};
  }

  std::string_view name() {
    const std::size_t start = at_;
    while (at_ < text_.size() && is_name(text_[at_])) ++at_;
    if (peek() == ':' && peek(1) == ':') throw Declined{};
    return text_.substr(start, at_ - start);
  }

  bool take_word(std::string_view word) {
    skip_space();
    if (!text_.substr(at_).starts_with(word) || is_name(peek(word.size()))) return false;
    at_ += word.size();
    return true;
  }

  void expect_word(std::string_view word) {
    if (!take_word(word)) throw Declined{};
  }

  const Operator* next_operator() {
    skip_space();
    const auto rest = text_.substr(at_);
    for (const Operator& one : operators) {
      if (!rest.starts_with(one.text)) continue;
      const char after = peek(one.text.size());
      if (is_name(one.text.front())) {
        if (is_name(after)) continue;
      } else if (after == '=' && one.kind != Kind::equal && one.kind != Kind::unequal &&
                 one.kind != Kind::less_equal && one.kind != Kind::greater_equal) {
        throw Declined{};  // An assignment: `+=`, `|=`, `//=`.
      }
      return &one;
    }
    return nullptr;
  }

  NodePtr expression(int level) {
    const Deeper deeper(depth_);
    NodePtr left = operand();
    while (const Operator* op = next_operator()) {
      if (op->level < level) break;
      at_ += op->text.size();
      // Right: `|` and `//` associate; comparisons do not associate at all.
      const bool to_the_right = op->kind == Kind::pipe || op->kind == Kind::alternative;
      NodePtr right = expression(to_the_right ? op->level : op->level + 1);
      if (op->level == compare_level) {
        const Operator* after = next_operator();
        if (after != nullptr && after->level == compare_level) throw Declined{};
      }
      left = combine(*op, std::move(left), std::move(right));
    }
    return left;
  }

  static NodePtr combine(const Operator& op, NodePtr left, NodePtr right) {
    bool single = true;
    if (op.kind == Kind::pipe) {
      single = left->single && right->single;
    } else if (op.kind == Kind::comma) {
      single = false;
    } else if (op.kind == Kind::alternative) {
      single = left->single && right->single;
    } else {
      one(left);
      one(right);
    }
    if (op.kind == Kind::divide && !divides_safely(*right)) throw Declined{};
    auto node = make(op.kind, std::move(left), std::move(right));
    node->single = single;
    return node;
  }

  // jq folds constants and refuses to compile a division by zero.
  static bool divides_safely(const Node& divisor) {
    if (divisor.kind == Kind::literal) {
      return divisor.literal.is_number() && divisor.literal.get<double>() != 0;
    }
    return divisor.kind == Kind::field || divisor.kind == Kind::variable ||
           divisor.kind == Kind::identity;
  }

  NodePtr operand() {
    const Deeper deeper(depth_);
    skip_space();
    if (peek() == '-') {
      ++at_;
      if (peek() == '=') throw Declined{};
      NodePtr child = expression(multiply_level);
      one(child);
      return make(Kind::negate, std::move(child), nullptr);
    }
    if (take_word("if")) return choice();
    return term();
  }

  NodePtr choice() {
    const Deeper deeper(depth_);
    NodePtr condition = expression(pipe_level);
    one(condition);
    expect_word("then");
    NodePtr yes = expression(pipe_level);
    NodePtr no;
    if (take_word("elif")) {
      no = choice();
    } else {
      expect_word("else");
      no = expression(pipe_level);
      expect_word("end");
    }
    const bool single = yes->single && no->single;
    auto node = make(Kind::choice, std::move(condition), std::move(yes));
    node->child.push_back(std::move(no));
    node->single = single;
    return node;
  }

  NodePtr term() {
    skip_space();
    NodePtr node = primary();
    while (true) {
      skip_space();
      if (peek() == '.' && is_name_start(peek(1))) {
        ++at_;
        node = field(std::move(node), std::string(name()));
      } else if (peek() == '.' && peek(1) == '"') {
        ++at_;
        node = field(std::move(node), plain_string());
      } else if (peek() == '[') {
        ++at_;
        node = bracket(std::move(node));
      } else if (peek() == '.' || peek() == '?') {
        throw Declined{};
      } else {
        return node;
      }
    }
  }

  NodePtr optional_mark(NodePtr node) {
    skip_space();
    if (peek() == '?') {
      if (peek(1) == '/' || peek(1) == '?') throw Declined{};
      ++at_;
      node->optional = true;
      node->single = false;
    }
    return node;
  }

  NodePtr field(NodePtr of, std::string key) {
    const bool single = of->single;
    auto node = make(Kind::field, std::move(of), nullptr);
    node->text = std::move(key);
    node->single = single;
    return optional_mark(std::move(node));
  }

  // After `[`.
  NodePtr bracket(NodePtr of) {
    const Deeper deeper(depth_);
    if (take(']')) {
      auto node = make(Kind::each, std::move(of), nullptr);
      node->single = false;
      return optional_mark(std::move(node));
    }
    NodePtr key = expression(pipe_level);
    one(key);
    expect(']');
    const bool single = of->single;
    auto node = make(Kind::element, std::move(of), std::move(key));
    node->single = single;
    return optional_mark(std::move(node));
  }

  NodePtr primary() {
    const char c = peek();
    if (c == '.') return dot();
    if (is_digit(c)) return number();
    if (c == '"') return string();
    if (c == '(') {
      ++at_;
      NodePtr node = expression(pipe_level);
      expect(')');
      return node;
    }
    if (c == '[') {
      ++at_;
      auto node = make(Kind::array);
      if (take(']')) return node;
      node->child.push_back(expression(pipe_level));
      expect(']');
      return node;
    }
    if (c == '{') return object();
    if (c == '$' && is_name_start(peek(1))) return variable();
    if (is_name_start(c)) return call();
    throw Declined{};
  }

  NodePtr dot() {
    if (is_digit(peek(1))) return number();
    ++at_;
    auto node = make(Kind::identity);
    if (is_name_start(peek())) return field(std::move(node), std::string(name()));
    if (peek() == '"') return field(std::move(node), plain_string());
    if (peek() == '.') throw Declined{};
    return node;
  }

  NodePtr number() {
    const std::size_t start = at_;
    while (is_digit(peek())) ++at_;
    if (peek() == '.') {
      ++at_;
      while (is_digit(peek())) ++at_;
    }
    if (peek() == 'e' || peek() == 'E') {
      std::size_t ahead = 1;
      if (peek(ahead) == '+' || peek(ahead) == '-') ++ahead;
      if (!is_digit(peek(ahead))) throw Declined{};
      at_ += ahead;
      while (is_digit(peek())) ++at_;
    }
    if (is_name(peek()) || peek() == '.') throw Declined{};
    const std::string text(text_.substr(start, at_ - start));
    const double value = std::strtod(text.c_str(), nullptr);
    if (!std::isfinite(value)) throw Declined{};
    return make_literal(value);
  }

  // At the opening quote. The text up to the closing quote or to `\(`, which is taken.
  std::string string_part(bool& interpolated) {
    const std::size_t start = at_;
    interpolated = false;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') break;
      if (c == '\\') {
        if (peek(1) == '(') {
          interpolated = true;
          break;
        }
        ++at_;
      }
      ++at_;
    }
    if (at_ >= text_.size()) throw Declined{};
    Json decoded =
        Json::parse("\"" + std::string(text_.substr(start, at_ - start)) + "\"", nullptr, false);
    if (!decoded.is_string()) throw Declined{};
    at_ += interpolated ? 2 : 1;
    return decoded.get<std::string>();
  }

  std::string plain_string() {
    ++at_;
    bool interpolated = false;
    std::string text = string_part(interpolated);
    if (interpolated) throw Declined{};
    return text;
  }

  NodePtr string() {
    const Deeper deeper(depth_);
    ++at_;
    bool interpolated = false;
    std::string text = string_part(interpolated);
    if (!interpolated) return make_literal(std::move(text));
    auto node = make(Kind::text);
    node->child.push_back(make_literal(std::move(text)));
    while (interpolated) {
      NodePtr part = expression(pipe_level);
      one(part);
      node->child.push_back(std::move(part));
      skip_space();
      if (peek() != ')') throw Declined{};
      ++at_;
      node->child.push_back(make_literal(string_part(interpolated)));
    }
    return node;
  }

  NodePtr variable() {
    ++at_;
    const std::string key(name());
    if (std::ranges::find(keywords, key) != keywords.end() || key == "ENV" ||
        key.starts_with("__")) {
      throw Declined{};
    }
    auto node = make(Kind::variable);
    if (variables_) {
      const auto found = std::ranges::find(*variables_, key);
      if (found == variables_->end()) throw Declined{};
      node->index = static_cast<int>(found - variables_->begin());
    }
    node->text = key;
    return node;
  }

  NodePtr object() {
    const Deeper deeper(depth_);
    ++at_;
    auto node = make(Kind::object);
    if (take('}')) return node;
    do { member(*node); } while (take(','));
    expect('}');
    return node;
  }

  void member(Node& object) {
    skip_space();
    std::string key;
    NodePtr shorthand;
    if (peek() == '"') {
      key = plain_string();
    } else if (peek() == '$' && is_name_start(peek(1))) {
      shorthand = variable();
      key = shorthand->text;
    } else if (is_name_start(peek())) {
      key = name();
      if (std::ranges::find(keywords, key) != keywords.end() && key != "not" && key != "limit") {
        throw Declined{};
      }
    } else {
      throw Declined{};
    }
    object.keys.push_back(key);
    if (shorthand == nullptr && take(':')) {
      object.child.push_back(member_value());
    } else {
      if (shorthand == nullptr) {
        shorthand = make(Kind::field, make(Kind::identity), nullptr);
        shorthand->text = key;
      }
      object.child.push_back(std::move(shorthand));
    }
    one(object.child.back());
  }

  // Terms joined by `|`; other operators need brackets there.
  NodePtr member_value() {
    NodePtr left;
    skip_space();
    if (peek() == '-') {
      ++at_;
      NodePtr child = term();
      one(child);
      left = make(Kind::negate, std::move(child), nullptr);
    } else {
      left = term();
    }
    skip_space();
    if (peek() != '|') return left;
    if (peek(1) == '=') throw Declined{};
    const Deeper deeper(depth_);
    ++at_;
    NodePtr right = member_value();
    const bool single = left->single && right->single;
    auto node = make(Kind::pipe, std::move(left), std::move(right));
    node->single = single;
    return node;
  }

  NodePtr call() {
    const Deeper deeper(depth_);
    const auto word = name();
    if (word == "true") return make_literal(true);
    if (word == "false") return make_literal(false);
    if (word == "null") return make_literal(nullptr);
    auto node = make(Kind::call);
    if (take('(')) {
      node->child.push_back(expression(pipe_level));
      expect(')');
    }
    const auto found = std::ranges::find_if(builtins, [&](const Builtin& b) {
      return b.name == word && b.arguments == node->child.size();
    });
    if (found == builtins.end()) throw Declined{};
    node->function = found->function;
    switch (found->function) {
      case Function::map:
        break;
      case Function::select:
        one(node->child[0]);
        node->single = false;
        break;
      case Function::empty:
        node->single = false;
        break;
      default:
        if (!node->child.empty()) one(node->child[0]);
    }
    return node;
  }

  std::string_view text_;
  const std::optional<std::vector<std::string>>& variables_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

NodePtr parse(std::string_view program, const std::optional<std::vector<std::string>>& variables) {
  if (program.size() > program_bytes_max) return nullptr;
  try {
    return Parser(program, variables).run();
  } catch (const Declined&) { return nullptr; }
}

}  // namespace kyhan::native
