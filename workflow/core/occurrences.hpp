#pragma once
/// When a definition's schedule starts it within a period: the policy for days off applied.

#include <vector>

#include "workflow/core/calendar.hpp"
#include "workflow/core/definition.hpp"
#include "workflow/core/result.hpp"

namespace kyhan {

struct Occurrence {
  Instant scheduled_at;  ///< What the cron expression says.
  /// When it starts; empty: left out, because the day is off.
  std::optional<Instant> start_at;
};

/// In [from, to), by the time they are scheduled for, at most `most`. Empty for a definition
/// without a cron expression.
[[nodiscard]] Result<std::vector<Occurrence>> occurrences(const Definition& definition,
                                                          const Calendars& calendars, Instant from,
                                                          Instant to, std::size_t most);

/// How long after the first of `count` units the `index`-th one starts.
[[nodiscard]] Milliseconds spread_of(const Definition& definition, Instant start, std::size_t index,
                                     std::size_t count);

}  // namespace kyhan
