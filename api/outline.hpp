#pragma once
/// The human steps of a definition in document order, as the plan page draws them.

#include <string>

#include "api/call.hpp"
#include "workflow/core/definition.hpp"
#include "workflow/core/plain_words.hpp"
#include "workflow/store/reads.hpp"

namespace kyhan {

/// `[StepOutline]` of docs/api.md. `context` is the instance's `$context`, with which deadlines
/// that refer to it can be said in words; null: the values are looked for in the document.
[[nodiscard]] Json outline(const Definition& definition, const Json& context);

/// Adds to each step of `steps` where it stands: state, rounds, by, at, outcome.
void mark_progress(const Call& call, Json& steps, const std::vector<TaskRow>& tasks,
                   const InstanceRow& instance);

}  // namespace kyhan
