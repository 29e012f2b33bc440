#pragma once
/// Compiles and evaluates expressions without a definition around them.

#include <string>
#include <vector>

#include "workflow/expressions/jq.hpp"

namespace kyhan::test {

inline const ExpressionCompiler& compiler() {
  static const auto one = make_jq_compiler();
  return *one;
}

inline auto compile(const std::vector<std::string>& programs,
                    const std::vector<std::string>& variables = {}) {
  std::vector<ExpressionSource> sources;
  for (const auto& program : programs) {
    sources.push_back({program, "/" + std::to_string(sources.size()), variables, {}, {}});
  }
  return compiler().compile(sources);
}

inline auto compile(const std::string& program) {
  return compile(std::vector<std::string>{program});
}

/// Requires that it compiles.
inline Result<Json> evaluate(const std::string& program, const Json& input = nullptr) {
  return compile(program).value()->evaluate(ExpressionId{0}, input, {});
}

}  // namespace kyhan::test
