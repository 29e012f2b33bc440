#pragma once
/// What a changed calendar would move, before anybody changes it. Reads only; any thread.

#include <string>
#include <vector>

#include "workflow/engine/batch.hpp"
#include "workflow/engine/calendar_change.hpp"
#include "workflow/store/store.hpp"

namespace kyhan {

/// One time that would be another.
struct CalendarMove {
  /// due | reminder | escalation | expire | voteOpens | voteCloses | start
  std::string kind;
  std::string definition;  ///< Name.
  UnitId unit;             ///< Of the task, else of the instance.
  InstanceId instance;     ///< Empty: a scheduled start.
  Text instance_title;
  TaskId task;  ///< Empty: a vote, a start.
  Text title;   ///< Of the task or step.
  std::optional<Instant> from;
  std::optional<Instant> to;
  std::string from_date;  ///< due: the day people say.
  std::string to_date;
};

struct CalendarPreview {
  std::vector<CalendarMove> moves;
  std::int64_t confirmed = 0;  ///< Deadlines that stay and are no longer provisional.
  std::int64_t looked_at = 0;  ///< Instances, in this page.
  std::int64_t last_key = 0;   ///< Where the next page begins.
  bool has_more = false;
};

/// Instances that one page looks at, and moves after which it ends early.
constexpr int preview_page = 2'000;
constexpr std::size_t preview_moves_max = 500;

/// One page of the open instances behind `after_key`; the first page (0) has the scheduled starts
/// too. Errors: those of changed_calendars.
[[nodiscard]] Result<CalendarPreview> preview_calendar_change(Store& store, const Snapshot& seen,
                                                              const CalendarChange& change,
                                                              std::int64_t after_key, Instant now);

}  // namespace kyhan
