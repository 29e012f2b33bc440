#pragma once
/// Which calendar a unit works by: its own over that of the unit above it, at last the built-in.

#include "workflow/core/calendar.hpp"
#include "workflow/core/directory.hpp"

namespace kyhan {

/// A unit's own calendar is the one its record in the organisation names, else the one whose file
/// names the unit. A name that stands for no calendar gives the next one above.
[[nodiscard]] const Calendar& calendar_of_unit(const Calendars& calendars,
                                               const Directory& directory, const UnitId& unit);

/// The calendar that `asked` means: an id; "unit" or nothing: that of the unit. Null: no calendar
/// has this id.
[[nodiscard]] const Calendar* calendar_asked_for(const Calendars& calendars,
                                                 const Directory& directory,
                                                 const std::string& asked, const UnitId& unit);

/// Whether the instant lies in the unit's days of effect, in the zone of its calendar. No unit at
/// all is always open, an unknown one never.
[[nodiscard]] bool unit_is_open(const Calendars& calendars, const Directory& directory,
                                const UnitId& unit, Instant at);

}  // namespace kyhan
