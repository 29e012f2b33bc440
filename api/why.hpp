#pragma once
/// Why an instance is where it is, in sentences.

#include <optional>
#include <string>
#include <vector>

#include "api/call.hpp"
#include "workflow/core/definition.hpp"
#include "workflow/core/model.hpp"

namespace kyhan {

struct Reason {
  /// task | ballot | vote | wait | retry | listen | call | step | runs | suspended | faulted | cancelled |
  /// completed
  std::string kind;
  Text sentence;  ///< Without the full stop.
  std::optional<Instant> since;
  std::optional<Instant> due_at;  ///< Of a task; of what waits for a time, that time.
  TaskId task;                    ///< Empty: none.
};

/// What is most urgent comes first; never empty. `definition` may be null: then steps go by their
/// numbers.
[[nodiscard]] std::vector<Reason> reasons_of(const Call& call, const State& state,
                                             const Definition* definition);
/// One sentence: the first reason, and how many more there are.
[[nodiscard]] Text in_one_sentence(const std::vector<Reason>& reasons);

}  // namespace kyhan
