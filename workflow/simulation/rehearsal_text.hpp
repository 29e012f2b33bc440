#pragma once
/// A rehearsal to read: as one JSON document, and as a table for people.

#include <cstddef>
#include <string>

#include "workflow/simulation/rehearsal.hpp"

namespace kyhan {

/// Entries of each list; the totals always count all.
struct RehearsalShown {
  std::size_t entries_max = static_cast<std::size_t>(-1);
};

/// {from, to, assume, totals, starts, tasks, deadlines, reminders, escalations, load, collisions,
/// skipped, nobody, refused}; lists by time. A list that was cut is named in `truncated`.
[[nodiscard]] std::string rehearsal_json(const RehearsalPlan& plan, const Rehearsal& played,
                                         RehearsalShown shown = {});

/// What a person wants to know first: how much, when, who has most of it, and what will not work.
[[nodiscard]] std::string rehearsal_table(const RehearsalPlan& plan, const Rehearsal& played,
                                          bool vietnamese);

/// "on-time", "at-due", "late:P5D" as the plan has it.
[[nodiscard]] std::string assumed_text(const RehearsalPlan& plan);
/// The other way round. Errors: `invalid` "assumption-invalid".
[[nodiscard]] Result<void> read_assumed(const std::string& text, RehearsalPlan& plan);

}  // namespace kyhan
