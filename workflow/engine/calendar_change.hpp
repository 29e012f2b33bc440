#pragma once
/// A working calendar that becomes another one.
///
/// A change is one step: the calendar's document and a row of `calendar_changes` in one
/// transaction; from the next command on the new calendar holds. What was computed before is moved
/// by a walk through the open instances (calendar_walk.hpp). To undo is to make the change back.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "workflow/core/calendar.hpp"
#include "workflow/core/json.hpp"
#include "workflow/core/result.hpp"
#include "workflow/core/types.hpp"

namespace kyhan {

class Batch;

/// What is asked for.
struct CalendarChange {
  std::string calendar;  ///< Its id.
  Json document;         ///< As make_calendars reads it; null: the calendar is taken away.
  /// `extend`: the document is one more layer over the calendar as it stands.
  enum class How { replace, extend } how = How::replace;
  PersonId by;  ///< Empty: the server's own user.
  std::string reason;
  std::optional<std::int64_t> undoes;
};

/// A file as `kyhan import calendar` takes it: one that extends its own id is a layer, any other
/// takes the place of what is there.
[[nodiscard]] CalendarChange import_of(Json file, PersonId by, std::string reason);

/// The documents that were imported, by id.
using CalendarDocuments = std::map<std::string, Json>;

/// What the change makes of the documents, and the calendars that gives.
struct ChangedCalendars {
  CalendarDocuments documents;
  std::shared_ptr<const Calendars> calendars;
  Json before;  ///< Null: there was none.
  Json after;   ///< Null: there is none.
};
/// Errors: `invalid` "bad-calendar" with all faults, pointers into the document that was given;
/// `not_found` "unknown-calendar" for one that is to be taken away and is not there.
[[nodiscard]] Result<ChangedCalendars> changed_calendars(CalendarDocuments documents,
                                                         const CalendarChange& change);

struct MadeChange {
  std::optional<std::int64_t> id;  ///< Empty: the document is what it was.
  ChangedCalendars now;
};
/// Makes the change, in a command of the batch. Errors besides: `conflict` "calendar-in-use".
[[nodiscard]] Result<MadeChange> make_calendar_change(Batch& batch, CalendarDocuments documents,
                                                      const CalendarChange& change);

/// The change that takes another one back. Errors: `not_found` "unknown-change"; `conflict`
/// "change-undone", "calendar-changed-since".
[[nodiscard]] Result<CalendarChange> undo_of(Batch& batch, const CalendarDocuments& documents,
                                             std::int64_t change, PersonId by, std::string reason);

}  // namespace kyhan
