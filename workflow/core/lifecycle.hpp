#pragma once
/// The language's own lifecycle events (language.md L1, L2) as CloudEvents, told from the facts.

#include <vector>

#include "workflow/core/definition.hpp"
#include "workflow/core/events.hpp"
#include "workflow/core/model.hpp"

namespace kyhan {

/// The lifecycle events that one fact means, in order. `before` is the state the fact was applied
/// to. A step that needs no waiting gives created, started and completed at once; a skipped one
/// nothing. Ids are derived: a repeat carries the same.
[[nodiscard]] std::vector<CloudEvent> lifecycle_of(const Event& event, const State& before,
                                                   const Definition& definition);

}  // namespace kyhan
