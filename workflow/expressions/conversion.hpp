#pragma once
/// JSON to and from libjq's values, never through text.

#include <cstddef>
#include <cstdint>

#include "workflow/core/json.hpp"
#include "workflow/expressions/libjq.hpp"

namespace kyhan {

/// What a value may measure. `bytes_left` counts down about the size of the value as JSON text.
struct Measure {
  std::int64_t bytes_left;
  std::size_t depth_max;
};

enum class Fits { yes, too_large, too_deep };

/// A number as jq means it: a double. Whole numbers within 2^53 come out as integers, NaN as null,
/// infinities as the largest finite number.
[[nodiscard]] Json json_number(double number);

/// The caller owns the result. May jump out of the containment, so it owns nothing meanwhile.
[[nodiscard]] jv to_jv(const Json& json);

/// `value` is borrowed. On refusal `json` is left unspecified.
[[nodiscard]] Fits from_jv(jv value, Json& json, Measure& measure);

/// Puts every number of `json` in the form json_number gives and measures it, as from_jv does.
[[nodiscard]] Fits settle(Json& json, Measure& measure);

/// true when nothing in `json` is nested deeper than `depth_max`.
[[nodiscard]] bool within_depth(const Json& json, std::size_t depth_max);

}  // namespace kyhan
