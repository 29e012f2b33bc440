// A non-deterministic automaton, simulated on all its states at once (Thompson 1968): no
// backtracking, so no pattern and no text can make it slow or deep.

#include <algorithm>
#include <utf8proc.h>

#include "workflow/core/forms_pattern_machine.hpp"

namespace kyhan {
namespace forms {
namespace {

bool in_set(Code c, Set set) {
  const auto category = utf8proc_category(c);
  switch (set) {
    case digit:
      return c >= '0' && c <= '9';
    case word:
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    case space:
      return (c >= 9 && c <= 13) || c == 0xFEFF ||
             (category >= UTF8PROC_CATEGORY_ZS && category <= UTF8PROC_CATEGORY_ZP);
    case letter:
      return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
    case upper:
      return category == UTF8PROC_CATEGORY_LU;
    case lower:
      return category == UTF8PROC_CATEGORY_LL;
    case number:
      return category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO;
    case punctuation:
      return category >= UTF8PROC_CATEGORY_PC && category <= UTF8PROC_CATEGORY_PO;
    case separator:
      return category >= UTF8PROC_CATEGORY_ZS && category <= UTF8PROC_CATEGORY_ZP;
  }
  return false;
}

}  // namespace

bool Class::has(Code c) const {
  const bool found =
      std::any_of(ranges.begin(), ranges.end(),
                  [c](const auto& range) { return range.first <= c && c <= range.second; }) ||
      std::any_of(sets.begin(), sets.end(),
                  [c](const auto& set) { return in_set(c, set.first) != set.second; });
  return found != negated;
}

std::vector<Code> code_points(std::string_view text, bool& ok) {
  std::vector<Code> out;
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  ok = true;
  for (std::size_t at = 0; at < text.size();) {
    utf8proc_int32_t code = 0;
    const auto length =
        utf8proc_iterate(bytes + at, static_cast<utf8proc_ssize_t>(text.size() - at), &code);
    if (length <= 0) {
      ok = false;
      return out;
    }
    out.push_back(code);
    at += static_cast<std::size_t>(length);
  }
  return out;
}

}  // namespace forms

namespace {
constexpr std::size_t text_max = 100'000;
}  // namespace

std::optional<Text> Pattern::check(std::string_view text) {
  const auto pattern = compile(text);
  if (pattern) return std::nullopt;
  return pattern.error().detail;
}

std::size_t Pattern::size() const {
  return machine_->states.size();
}

bool Pattern::matches(std::string_view text) const {
  bool utf8 = false;
  const auto points = forms::code_points(text, utf8);
  if (!utf8 || points.size() > text_max) return false;
  const auto& states = machine_->states;
  std::vector<int> now;
  std::vector<int> next;
  std::vector<int> open;
  std::vector<std::size_t> entered(states.size(), 0);  // in which round a state was entered
  bool matched = false;

  const auto enter = [&](int state, std::size_t position, std::vector<int>& into) {
    open.assign(1, state);
    while (!open.empty()) {
      const auto index = static_cast<std::size_t>(open.back());
      open.pop_back();
      if (entered[index] == position + 1) continue;
      entered[index] = position + 1;
      const auto& at = states[index];
      switch (at.kind) {
        case forms::State::Kind::match:
          matched = true;
          break;
        case forms::State::Kind::one:
          into.push_back(static_cast<int>(index));
          break;
        case forms::State::Kind::split:
          open.push_back(at.next);
          open.push_back(at.other);
          break;
        case forms::State::Kind::begin:
          if (position == 0) open.push_back(at.next);
          break;
        case forms::State::Kind::end:
          if (position == points.size()) open.push_back(at.next);
          break;
      }
    }
  };

  enter(machine_->start, 0, now);
  for (std::size_t i = 0; i < points.size() && !matched; ++i) {
    next.clear();
    for (const int index : now) {
      const auto& state = states[static_cast<std::size_t>(index)];
      const auto& set = machine_->classes[static_cast<std::size_t>(state.class_index)];
      if (set.has(points[i])) enter(state.next, i + 1, next);
    }
    enter(machine_->start, i + 1, next);
    std::swap(now, next);
  }
  return matched;
}

}  // namespace kyhan
