#pragma once
/// Starting instances: by hand, after asking who may; and by schedule, after asking when.

#include "workflow/engine/batch.hpp"
#include "workflow/engine/engine.hpp"

namespace kyhan {

/// A start this much behind its time was missed, and the definition's misfire policy decides.
constexpr Milliseconds start_lateness_max{60'000};

/// A fresh id, in the order of time: ten characters of milliseconds, ten of chance, base 32.
[[nodiscard]] InstanceId new_instance_id(Instant now, std::mt19937_64& chance);

/// Checks unit, start rule, input and business key, then starts. Errors: see Engine::start.
[[nodiscard]] Result<Applied> start_by_request(Batch& batch, const StartRequest& request,
                                               InstanceId id);

/// The row of a definition's schedule as of `after`; empty when it has none. Errors: those of
/// Cron::parse.
[[nodiscard]] Result<std::optional<ScheduleRow>> schedule_row(const Definition& definition,
                                                              const Calendars& calendars,
                                                              Instant after);
/// Turns the occurrences that are due into planned starts, one a unit, and sets the next time.
[[nodiscard]] Result<void> expand_schedule(Batch& batch, const ScheduleRow& row);
/// Makes one planned start. One that is there already (by its business key) is only struck off.
[[nodiscard]] Result<void> make_planned_start(Batch& batch, const PlannedStart& planned,
                                              InstanceId id);

}  // namespace kyhan
