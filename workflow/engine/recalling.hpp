#pragma once
/// What followed from an answer, read from the journal: what RecallAnswer is decided by.

#include <memory>

#include "workflow/core/decide.hpp"
#include "workflow/store/unit_of_work.hpp"

namespace kyhan {

/// Facts of an instance beyond which a recall is refused: they are read at once.
constexpr std::size_t recall_events_max = 20'000;

/// Null: nothing is known of how the task ended. Errors: `conflict` "recall-too-late"; of the
/// database.
[[nodiscard]] Result<std::shared_ptr<const AnswerTrace>> trace_of(UnitOfWork& work,
                                                                  const InstanceHead& head,
                                                                  const TaskId& task);

}  // namespace kyhan
