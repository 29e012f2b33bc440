#pragma once
/// The human steps of a definition in document order, as the plan page draws them.

#include <string>

#include "api/call.hpp"
#include "workflow/core/definition.hpp"
#include "workflow/store/reads.hpp"

namespace kyhan {

/// `[StepOutline]` of docs/api.md. `context` is the instance's `$context`, with which deadlines
/// that refer to it can be said in words; null: the values are looked for in the document.
[[nodiscard]] Json outline(const Definition& definition, const Json& context);

/// Adds to each step of `steps` where it stands: state, rounds, by, at, outcome.
void mark_progress(const Call& call, Json& steps, const std::vector<TaskRow>& tasks,
                   const InstanceRow& instance);

/// "trong 5 ngày làm việc": a due form in words. Empty texts when it has expressions that cannot be
/// read.
[[nodiscard]] Text due_in_words(const Json& due);
/// "hằng năm, ngày 15/9, 08:00": a cron expression in words; the expression itself when it is of no
/// common form.
[[nodiscard]] Text cron_in_words(const std::string& cron);
[[nodiscard]] Text schedule_in_words(const Schedule& schedule);

}  // namespace kyhan
