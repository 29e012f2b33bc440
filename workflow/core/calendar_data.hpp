#pragma once
/// What a calendar file says, and what its rules give. Internal to core.

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/core/calendar.hpp"

namespace kyhan {

/// The text of definitions/calendars/vn.json, compiled in.
extern const std::string_view built_in_calendar_text;

/// Minutes from local midnight, the second after the first.
using Interval = std::pair<std::chrono::minutes, std::chrono::minutes>;

/// A day that a file names.
struct CalendarDay {
  DayInfo info;
  std::optional<std::vector<Interval>> hours;
};

/// A holiday that comes back every year.
struct HolidayRule {
  std::string id;
  Text name;
  std::string legal_basis;
  bool lunar = false;
  unsigned month = 1, day = 1;
  std::vector<int> offsets{0};  ///< Days off, counted from the date.
  bool compensated = false;     ///< A day off on a weekend moves to the next working day.
  bool optional = false;        ///< Off unless the calendar enables it.
};

struct HolidayRules {
  std::vector<HolidayRule> holidays;
  std::string compensation_basis;
};

/// A calendar with what it inherits already put in.
struct CalendarData {
  std::string id;
  std::string zone;
  UnitId unit;  ///< Whose calendar it is; empty: whoever names it. Not inherited.
  std::array<std::vector<Interval>, 7> week;  ///< From Sunday, as std::chrono::weekday counts.
  bool after_hours_next_day = false;
  int official_through = 9999;
  std::map<std::chrono::sys_days, CalendarDay> days;
  std::shared_ptr<const HolidayRules> rules;
  std::set<int> decided_years;  ///< Years of which `days` names every day off.
  std::set<std::string> enabled;
};

/// A calendar's data from a day on, until the next period begins.
struct CalendarPeriod {
  std::chrono::sys_days since = std::chrono::sys_days::min();
  CalendarData data;
};
/// In the order of time; the first begins with time itself.
using CalendarPeriods = std::vector<CalendarPeriod>;

/// Days off of one year by the rules, with the days in lieu, and of the years beside it what may
/// reach into it. Days that `data.days` names are in it too; they are overridden by the caller.
[[nodiscard]] std::map<std::chrono::sys_days, DayInfo> holidays_by_rule(const CalendarData& data,
                                                                        int year);

/// The file's data over that of `parents`; a fault's pointer is into the file.
[[nodiscard]] Result<CalendarPeriods> read_calendar_file(const Json& file,
                                                         const Calendars* parents);
/// The data behind a calendar that parse_calendar made; null for any other implementation.
[[nodiscard]] const CalendarPeriods* periods_of(const Calendar& calendar);

}  // namespace kyhan
