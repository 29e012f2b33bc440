#pragma once
/// The part of jq that most expressions are made of, evaluated directly on Json: paths, variables,
/// literals, comparisons, `and` `or` `not`, `//`, `+ - * /`, objects, arrays, interpolated strings,
/// `if`, `map`, `select` and a few builtins. A test holds it equal to libjq.
///
/// It may decline twice: when a program is read (another construct: no NativeExpression) and when
/// it is evaluated (values on which jq does something rare: status `outside`). libjq then decides.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/core/json.hpp"

namespace kyhan {

enum class NativeStatus { value, fault, outside };

struct NativeOutcome {
  NativeStatus status;
  Json value;         ///< Its numbers are not yet in jq's form: `settle` it.
  std::string fault;  ///< In jq's words.
};

/// Immutable; any thread.
class NativeExpression {
 public:
  virtual ~NativeExpression() = default;
  /// `values` in the order of the variables it was read with; null stands for JSON null.
  /// First result; none gives null. Bounded work: on large products it declines.
  [[nodiscard]] virtual NativeOutcome evaluate(const Json& input,
                                               const std::vector<const Json*>& values) const = 0;
};

/// Null when the program is not wholly within the part above. What it accepts is valid jq.
/// Without `variables` every name counts as known: to check syntax, not to evaluate.
[[nodiscard]] std::unique_ptr<const NativeExpression> parse_native(
    std::string_view program, const std::optional<std::vector<std::string>>& variables);

}  // namespace kyhan
