#include "workflow/core/unit_calendar.hpp"

#include "workflow/core/time_text.hpp"

namespace kyhan {

const Calendar& calendar_of_unit(const Calendars& calendars, const Directory& directory,
                                 const UnitId& unit) {
  for (const Unit* at = directory.find_unit(unit); at != nullptr;
       at = directory.find_unit(at->parent)) {
    if (!at->calendar.empty()) {
      if (const Calendar* named = calendars.find(at->calendar)) return *named;
    }
    if (const Calendar* own = calendars.find_of_unit(at->id)) return *own;
  }
  return calendars.built_in();
}

const Calendar* calendar_asked_for(const Calendars& calendars, const Directory& directory,
                                   const std::string& asked, const UnitId& unit) {
  if (asked.empty() || asked == "unit") return &calendar_of_unit(calendars, directory, unit);
  return calendars.find(asked);
}

bool unit_is_open(const Calendars& calendars, const Directory& directory, const UnitId& unit,
                  Instant at) {
  if (unit.empty()) return true;
  const Unit* found = directory.find_unit(unit);
  if (found == nullptr) return false;
  if (!found->from && !found->to) return true;
  return found->open_on(date_in_zone(at, calendar_of_unit(calendars, directory, unit).zone()));
}

}  // namespace kyhan
