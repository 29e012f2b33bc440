// The text of a pattern into the states of its automaton.

#include <string>

#include "workflow/core/forms_pattern_machine.hpp"

namespace kyhan {
namespace {

using namespace forms;

constexpr std::size_t states_max = 2'000;
constexpr int groups_max = 50;
constexpr int repeat_max = 1'000;

/// A refusal from inside the parser; never leaves this file.
struct Refused {
  Text why;
};

/// The pattern as a tree; repeated parts are written out as states again and again.
struct Node {
  enum class Kind { empty, one, begin, end, sequence, either, repeat } kind = Kind::empty;
  int class_index = -1;
  int least = 0;
  int most = -1;  ///< -1: no bound.
  std::vector<Node> parts;
};

class PatternParser {
 public:
  PatternParser(std::vector<Code> text, Pattern::Machine& machine)
      : text_(std::move(text)), machine_(machine) {}

  Node parse() {
    auto node = either();
    if (at_ != text_.size()) refuse("dấu ) thừa", "a ) too many");
    return node;
  }

 private:
  [[noreturn]] static void refuse(const std::string& vi, const std::string& en) {
    throw Refused{{"Biểu thức chính quy không dùng được: " + vi + ".",
                   "The regular expression cannot be used: " + en + "."}};
  }

  [[nodiscard]] bool more() const { return at_ < text_.size(); }
  [[nodiscard]] bool next_is(char c) const { return more() && text_[at_] == c; }
  bool take(char c) {
    if (!next_is(c)) return false;
    ++at_;
    return true;
  }

  Node either() {
    if (++depth_ > groups_max) refuse("quá nhiều nhóm lồng nhau", "too many groups in groups");
    Node node;
    node.kind = Node::Kind::either;
    node.parts.push_back(sequence());
    while (take('|')) node.parts.push_back(sequence());
    --depth_;
    return node.parts.size() == 1 ? std::move(node.parts.front()) : node;
  }

  Node sequence() {
    Node node;
    node.kind = Node::Kind::sequence;
    while (more() && text_[at_] != '|' && text_[at_] != ')') node.parts.push_back(repeated());
    return node;
  }

  Node repeated() {
    auto node = atom();
    for (bool again = true; again && more();) {
      int least = 0;
      int most = -1;
      if (take('*')) {
      } else if (take('+')) {
        least = 1;
      } else if (take('?')) {
        most = 1;
      } else if (take('{')) {
        least = count();
        most = least;
        if (take(',')) most = next_is('}') ? -1 : count();
        if (!take('}')) refuse("thiếu }", "a } is missing");
        if (most >= 0 && most < least) refuse("{n,m} với m < n", "{n,m} with m < n");
      } else {
        break;
      }
      if (node.kind == Node::Kind::begin || node.kind == Node::Kind::end) {
        refuse("không lặp lại được ^ hoặc $", "^ or $ cannot be repeated");
      }
      take('?');  // lazy: which text is found makes no difference here
      Node outer;
      outer.kind = Node::Kind::repeat;
      outer.least = least;
      outer.most = most;
      outer.parts.push_back(std::move(node));
      node = std::move(outer);
      again = more() && (text_[at_] == '*' || text_[at_] == '+' || text_[at_] == '{');
      if (again) refuse("hai dấu lặp liền nhau", "two repetitions in a row");
    }
    return node;
  }

  int count() {
    int value = 0;
    const auto start = at_;
    while (more() && text_[at_] >= '0' && text_[at_] <= '9') {
      value = value * 10 + (text_[at_++] - '0');
      if (value > repeat_max) refuse("số lần lặp quá lớn", "too many repetitions");
    }
    if (at_ == start) refuse("thiếu số trong { }", "a number is missing in { }");
    return value;
  }

  Node atom() {
    const auto c = text_[at_++];
    if (c == '(') {
      if (take('?') && !take(':')) {
        refuse("nhóm (?...) khác (?:...)", "a group (?...) other than (?:...)");
      }
      auto node = either();
      if (!take(')')) refuse("thiếu )", "a ) is missing");
      return node;
    }
    if (c == '*' || c == '+' || c == '?') refuse("không có gì để lặp lại", "nothing to repeat");
    if (c == '{' || c == '}' || c == ']')
      refuse("cần \\ trước { } ]", "{ } ] need a \\ before them");
    Node node;
    if (c == '^' || c == '$') {
      node.kind = c == '^' ? Node::Kind::begin : Node::Kind::end;
      return node;
    }
    Class set;
    if (c == '.') {
      set.negated = true;
      set.ranges = {{'\n', '\n'}, {'\r', '\r'}, {0x2028, 0x2029}};
    } else if (c == '[') {
      set = bracket();
    } else if (c == '\\') {
      escape(set);
    } else {
      set.ranges = {{c, c}};
    }
    return one(std::move(set));
  }

  Node one(Class set) {
    Node node;
    node.kind = Node::Kind::one;
    node.class_index = static_cast<int>(machine_.classes.size());
    machine_.classes.push_back(std::move(set));
    return node;
  }

  /// After a backslash. The character it stands for, or -1 when it stands for a set.
  Code escape(Class& set) {
    if (!more()) refuse("\\ ở cuối", "a \\ at the end");
    const auto c = text_[at_++];
    const auto single = [&](Code code) {
      set.ranges.emplace_back(code, code);
      return code;
    };
    switch (c) {
      case 'd':
        set.sets.emplace_back(digit, false);
        return -1;
      case 'D':
        set.sets.emplace_back(digit, true);
        return -1;
      case 'w':
        set.sets.emplace_back(word, false);
        return -1;
      case 'W':
        set.sets.emplace_back(word, true);
        return -1;
      case 's':
        set.sets.emplace_back(space, false);
        return -1;
      case 'S':
        set.sets.emplace_back(space, true);
        return -1;
      case 't':
        return single('\t');
      case 'n':
        return single('\n');
      case 'r':
        return single('\r');
      case 'f':
        return single('\f');
      case 'v':
        return single('\v');
      case 'p':
      case 'P':
        set.sets.emplace_back(property(), c == 'P');
        return -1;
      case 'u': {
        Code code = 0;
        for (int i = 0; i < 4; ++i) {
          const auto hex = more() ? text_[at_++] : 0;
          const auto value = hex >= '0' && hex <= '9'   ? hex - '0'
                             : hex >= 'a' && hex <= 'f' ? hex - 'a' + 10
                             : hex >= 'A' && hex <= 'F' ? hex - 'A' + 10
                                                        : -1;
          if (value < 0) refuse("\\u cần bốn chữ số hệ 16", "\\u needs four hexadecimal digits");
          code = code * 16 + value;
        }
        return single(code);
      }
      default:
        break;
    }
    const bool alphanumeric =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (alphanumeric) {
      const auto name = "\\" + std::string(1, static_cast<char>(c));
      refuse(name + " không được hỗ trợ", name + " is not supported");
    }
    return single(c);
  }

  Set property() {
    std::string name;
    if (take('{')) {
      while (more() && text_[at_] != '}' && name.size() < 8) {
        name += static_cast<char>(text_[at_++]);
      }
      if (!take('}')) name.clear();
    }
    if (name == "L" || name == "Letter") return letter;
    if (name == "Lu") return upper;
    if (name == "Ll") return lower;
    if (name == "N") return number;
    if (name == "P") return punctuation;
    if (name == "Z") return separator;
    refuse("\\p{...} khác L, Lu, Ll, N, P, Z", "\\p{...} other than L, Lu, Ll, N, P, Z");
  }

  Class bracket() {
    Class set;
    set.negated = take('^');
    for (;;) {
      if (!more()) refuse("thiếu ]", "a ] is missing");
      if (take(']')) return set;
      const auto from = item(set);
      const bool range = next_is('-') && at_ + 1 < text_.size() && text_[at_ + 1] != ']';
      if (!range || from < 0) continue;
      ++at_;
      Class ignored;
      const auto to = item(ignored);
      if (to < from) refuse("khoảng ký tự ngược", "a range of characters is reversed");
      set.ranges.emplace_back(from, to);
    }
  }

  Code item(Class& set) {
    const auto c = text_[at_++];
    if (c == '\\') return escape(set);
    set.ranges.emplace_back(c, c);
    return c;
  }

  std::vector<Code> text_;
  Pattern::Machine& machine_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

/// Writes a tree as states, from the end to the start: each part is told where to go on.
class Writer {
 public:
  explicit Writer(Pattern::Machine& machine) : machine_(machine) {}

  int write(const Node& node, int next) {
    switch (node.kind) {
      case Node::Kind::empty:
        return next;
      case Node::Kind::one:
        return add({State::Kind::one, node.class_index, next, -1});
      case Node::Kind::begin:
        return add({State::Kind::begin, -1, next, -1});
      case Node::Kind::end:
        return add({State::Kind::end, -1, next, -1});
      case Node::Kind::sequence:
        for (auto part = node.parts.rbegin(); part != node.parts.rend(); ++part) {
          next = write(*part, next);
        }
        return next;
      case Node::Kind::either: {
        int way = write(node.parts.back(), next);
        for (std::size_t i = node.parts.size() - 1; i-- > 0;) {
          way = add({State::Kind::split, -1, write(node.parts[i], next), way});
        }
        return way;
      }
      case Node::Kind::repeat:
        return repeat(node, next);
    }
    return next;
  }

  int add(State state) {
    if (machine_.states.size() >= states_max) {
      throw Refused{{"Biểu thức chính quy quá lớn.", "The regular expression is too large."}};
    }
    machine_.states.push_back(state);
    return static_cast<int>(machine_.states.size() - 1);
  }

 private:
  int repeat(const Node& node, int next) {
    const auto& part = node.parts.front();
    if (node.most < 0) {
      const int loop = add({State::Kind::split, -1, -1, next});
      machine_.states[static_cast<std::size_t>(loop)].next = write(part, loop);
      next = loop;
    } else {
      const int end = next;
      for (int i = node.least; i < node.most; ++i) {
        next = add({State::Kind::split, -1, write(part, next), end});
      }
    }
    for (int i = 0; i < node.least; ++i) next = write(part, next);
    return next;
  }

  Pattern::Machine& machine_;
};

}  // namespace

Result<Pattern> Pattern::compile(std::string_view text) {
  const auto refused = [](Text why) {
    return Error{ErrorCode::invalid, "pattern", std::move(why), {}};
  };
  bool utf8 = false;
  auto points = code_points(text, utf8);
  if (!utf8 || points.size() > states_max) {
    return refused({"Biểu thức chính quy quá dài.", "The regular expression is too long."});
  }
  auto machine = std::make_shared<Machine>();
  try {
    const auto tree = PatternParser(std::move(points), *machine).parse();
    Writer writer(*machine);
    machine->start = writer.write(tree, writer.add({State::Kind::match, -1, -1, -1}));
  } catch (const Refused& reason) { return refused(reason.why); }
  return Pattern(std::move(machine));
}

}  // namespace kyhan
