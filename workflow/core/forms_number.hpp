#pragma once
/// Numbers of JSON compared exactly. A double is taken for the shortest decimal text that reads
/// back as it, which is what a person typed: 0.3 is a multiple of 0.1, and 0.1 + 0.2 of a program
/// (0.30000000000000004) is not.

#include <compare>
#include <optional>

#include "workflow/core/json.hpp"

namespace kyhan::forms {

/// sign * digits * 10^exponent, `digits` without zeros at its end; zero has exponent 0.
struct Decimal {
  bool negative = false;
  std::uint64_t digits = 0;
  int exponent = 0;
  friend bool operator==(const Decimal&, const Decimal&) = default;
};

/// Nothing: no number, or none that is finite.
[[nodiscard]] std::optional<Decimal> decimal_of(const Json& value);

[[nodiscard]] std::strong_ordering compare(const Decimal& a, const Decimal& b);
/// `of` is above 0.
[[nodiscard]] bool is_multiple(const Decimal& value, const Decimal& of);
[[nodiscard]] bool is_whole(const Decimal& value);

/// Equal as JSON Schema means it: 1 equals 1.0 at any depth, true does not equal 1. Adds the values
/// it looks at to `looked_at`.
[[nodiscard]] bool same(const Json& a, const Json& b, std::size_t& looked_at);

/// Equal texts for equal values, and only for these.
[[nodiscard]] std::string canonical(const Json& value);

}  // namespace kyhan::forms
