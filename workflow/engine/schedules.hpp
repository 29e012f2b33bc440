#pragma once
/// When instances start by themselves: `schedule.cron`, `every` and `after`, with the zone, calendar
/// and units of `document.metadata.schedule` (language.md S1 to S3). `schedule.on` is in
/// batch_events.cpp.

#include "workflow/engine/batch.hpp"

namespace kyhan {

/// A start this much behind its time was missed, and the definition's misfire policy decides.
constexpr Milliseconds start_lateness_max{60'000};

/// The schedule of a version that is being published takes the place of the one before: what was
/// planned for times ahead is struck off, and the next start is computed. Errors: those of
/// Cron::parse.
[[nodiscard]] Result<void> replace_schedule(Batch& batch, const Program& program);

/// The row as other calendars make it; nothing when it counts no days. The next time may lie in the
/// past: then it is due at once.
[[nodiscard]] Result<std::optional<ScheduleRow>> rescheduled(const Program& program,
                                                             const Directory& directory,
                                                             const Calendars& calendars,
                                                             const ScheduleRow& row, Instant now);

/// Turns the occurrences that are due into planned starts, one a unit, and sets the next time.
[[nodiscard]] Result<void> expand_schedule(Batch& batch, const ScheduleRow& row);

/// Makes one planned start. One that is there already (by its business key) is only struck off.
[[nodiscard]] Result<void> make_planned_start(Batch& batch, const PlannedStart& planned,
                                              InstanceId id);

/// `schedule.after`: plans the start that follows an end, or the first one, for each of the units
/// that has none planned and none open. `unit` set: for this one alone.
void plan_after(Batch& batch, const Program& program, const Directory& directory,
                const std::optional<UnitId>& unit);

/// The same for every definition with `schedule.after`: units may have come.
[[nodiscard]] Result<void> plan_after_for_new_units(Batch& batch, const Directory& directory);

}  // namespace kyhan
