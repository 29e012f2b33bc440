#include "workflow/core/calendar_data.hpp"

namespace kyhan {

using std::chrono::days;
using std::chrono::sys_days;

std::map<sys_days, DayInfo> holidays_by_rule(const CalendarData& data, int year) {
  std::map<sys_days, DayInfo> found;
  if (!data.rules) return found;
  std::vector<std::pair<sys_days, const HolidayRule*>> compensated;
  // A day off of one year may lie in the next, and so may a day in lieu.
  for (const int of : {year - 1, year, year + 1}) {
    const bool decided = data.decided_years.count(of) != 0;
    for (const HolidayRule& rule : data.rules->holidays) {
      // A decision fixes every holiday of its year but those that the calendar itself adds.
      if (rule.optional ? data.enabled.count(rule.id) == 0 : decided) continue;
      const Date date =
          rule.lunar ? lunar_to_solar(of, static_cast<int>(rule.month), static_cast<int>(rule.day))
                     : Date{std::chrono::year{of}, std::chrono::month{rule.month},
                            std::chrono::day{rule.day}};
      for (const int offset : rule.offsets) {
        const sys_days day = sys_days{date} + days{offset};
        found.emplace(day, DayInfo{DayKind::holiday, false, false, rule.name, rule.legal_basis});
        if (rule.compensated) compensated.emplace_back(day, &rule);
      }
    }
  }
  const auto works = [&](sys_days day) {
    const auto named = data.days.find(day);
    if (named != data.days.end()) return named->second.info.working;
    return !data.week[std::chrono::weekday{day}.c_encoding()].empty() && found.count(day) == 0;
  };
  bool any_working_weekday = false;
  for (const auto& intervals : data.week) any_working_weekday |= !intervals.empty();
  if (!any_working_weekday) return found;
  std::sort(compensated.begin(), compensated.end());
  for (const auto& [holiday, rule] : compensated) {
    if (!data.week[std::chrono::weekday{holiday}.c_encoding()].empty()) continue;
    sys_days day = holiday;
    while (!works(day)) day += days{1};
    found.emplace(day, DayInfo{DayKind::compensation, false, false, rule->name,
                               data.rules->compensation_basis});
  }
  return found;
}

}  // namespace kyhan
