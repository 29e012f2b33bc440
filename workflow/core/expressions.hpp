#pragma once
/// The port through which the core evaluates runtime expressions. Implemented over libjq in
/// workflow/expressions/; the core never sees libjq.

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/core/json.hpp"
#include "workflow/core/result.hpp"

namespace kyhan {

/// Index into Definition::expressions. `none`: there is no expression.
enum class ExpressionId : std::int32_t { none = -1 };

/// One expression of a definition, as found by the parser.
struct ExpressionSource {
  std::string program;                 ///< jq text, without the `${ }` around it.
  std::string pointer;                 ///< Where it stands in the document, for faults.
  std::vector<std::string> variables;  ///< Names it may refer to, without `$`, in binding order.
  std::vector<std::string> secrets;    ///< Members of `$secrets` it names.
  /// The author's own leaves when `program` was assembled from a template with several `${ }`:
  /// each (pointer, text), so that a syntax fault names the leaf and not the whole. Empty: program
  /// is the author's.
  std::vector<std::pair<std::string, std::string>> leaves{};
};

/// A variable by name, without `$`. The value is borrowed for the call.
struct Binding {
  std::string_view name;
  const Json* value;
};

struct ExpressionFault {
  ExpressionId expression;
  std::string pointer;
  std::string message;  ///< jq's own words, English, trimmed to one line.
};

/// All compiled expressions of one definition version. Immutable to the caller; calls may come from
/// any thread (the implementation serialises or pools).
class Expressions {
 public:
  virtual ~Expressions() = default;

  /// Evaluates one expression with `.` = input. First result; no result gives null (the caller
  /// makes that false for conditions). Variables that `bindings` does not name are null.
  ///
  /// Errors: `invalid`, type "expression-failed", whatever went wrong: a jq error, or a limit of
  /// time, memory, size or depth reached (the detail names the limit). Never throws, never hangs.
  [[nodiscard]] virtual Result<Json> evaluate(ExpressionId id, const Json& input,
                                              const std::vector<Binding>& bindings) const = 0;
};

/// Compiles all expressions of a definition at once.
class ExpressionCompiler {
 public:
  virtual ~ExpressionCompiler() = default;

  /// Quick check of syntax alone, ~30 us an expression. Empty: no fault.
  [[nodiscard]] virtual std::vector<ExpressionFault> check_syntax(
      const std::vector<ExpressionSource>& sources) const = 0;

  /// On failure every fault found (syntax, unknown names, imports, refused builtins).
  [[nodiscard]] virtual boost::system::result<std::shared_ptr<const Expressions>,
                                              std::vector<ExpressionFault>>
  compile(const std::vector<ExpressionSource>& sources) const = 0;
};

[[noreturn]] inline void throw_exception_from_error(const std::vector<ExpressionFault>& faults,
                                                    const boost::source_location&) {
  throw std::logic_error("unchecked compile: " +
                         (faults.empty() ? std::string{} : faults.front().message));
}

}  // namespace kyhan
