#pragma once
/// Runtime expressions over libjq 1.6, behind the core's port.
///
/// Most expressions of a definition are paths, comparisons and small objects; those are evaluated
/// here directly on the JSON (native.hpp). The rest, and whatever the native evaluator declines,
/// runs in libjq inside a containment (jq_program.hpp), so that no expression an author can write
/// stops, starves or kills the process.

#include <chrono>
#include <cstddef>
#include <memory>

#include "workflow/core/expressions.hpp"

namespace kyhan {

struct JqLimits {
  std::chrono::milliseconds time{250};          ///< Processor time of one evaluation.
  std::size_t memory_bytes = 64 * 1024 * 1024;  ///< Live memory of one evaluation.
  std::size_t depth_max = 100;                  ///< Nesting of input and result.
  std::size_t result_bytes_max = 1024 * 1024;   ///< Size of the result as JSON, about.
  std::size_t states_max = 4;                   ///< Evaluations of one definition at once.
  bool native = true;                           ///< false: libjq alone (to compare the two).
};

/// The programs it compiles may outlive it. Any thread may call it.
[[nodiscard]] std::unique_ptr<ExpressionCompiler> make_jq_compiler(JqLimits limits = {});

}  // namespace kyhan
