#pragma once
/// The automaton behind Pattern: its states, and the parser that writes them. Only
/// forms_pattern*.cpp includes it.

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "workflow/core/forms_pattern.hpp"

namespace kyhan {
namespace forms {

using Code = std::int32_t;

/// Named sets of characters, as flags.
enum Set : unsigned {
  digit = 1,
  word = 2,
  space = 4,
  letter = 8,
  upper = 16,
  lower = 32,
  number = 64,
  punctuation = 128,
  separator = 256
};

struct Class {
  std::vector<std::pair<Code, Code>> ranges;
  std::vector<std::pair<Set, bool>> sets;  ///< (set, negated)
  bool negated = false;

  [[nodiscard]] bool has(Code c) const;
};

struct State {
  enum class Kind { one, split, begin, end, match } kind = Kind::match;
  int class_index = -1;
  int next = -1;
  int other = -1;  ///< Second way of a split.
};

/// The characters of UTF-8 text; `ok` is false when it is none.
[[nodiscard]] std::vector<Code> code_points(std::string_view text, bool& ok);

}  // namespace forms

struct Pattern::Machine {
  std::vector<forms::State> states;
  std::vector<forms::Class> classes;
  int start = 0;
};

}  // namespace kyhan
