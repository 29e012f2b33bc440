#pragma once
/// Deadlines and schedules in the words a clerk uses.

#include <string>

#include "workflow/core/definition.hpp"

namespace kyhan {

/// "trong 5 ngày làm việc": a due form in words. Empty texts when it has expressions that cannot be
/// read.
[[nodiscard]] Text due_in_words(const Json& due);
/// "hằng năm, ngày 15/9, 08:00": a cron expression in words; the expression itself when it is of no
/// common form.
[[nodiscard]] Text cron_in_words(const std::string& cron);
/// Empty texts when there is no schedule.
[[nodiscard]] Text schedule_in_words(const Schedule& schedule);

}  // namespace kyhan
