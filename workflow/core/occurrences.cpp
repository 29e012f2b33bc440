#include "workflow/core/occurrences.hpp"

#include "workflow/core/cron.hpp"
#include "workflow/core/time_text.hpp"

namespace kyhan {
namespace {

constexpr int days_off_in_a_row_max = 60;

const std::string& zone_of(const Definition& definition) {
  return definition.schedule.time_zone.empty() ? definition.time_zone
                                               : definition.schedule.time_zone;
}

const Calendar& calendar_of(const Definition& definition, const Calendars& calendars) {
  for (const std::string& id : {definition.schedule.calendar, definition.calendar}) {
    if (const Calendar* found = id.empty() ? nullptr : calendars.find(id)) return *found;
  }
  return calendars.built_in();
}

std::optional<Instant> start_time(const Definition& definition, const Calendars& calendars,
                                  Instant occurrence) {
  using OnHoliday = Schedule::OnHoliday;
  const OnHoliday policy = definition.schedule.on_holiday;
  if (policy == OnHoliday::run) return occurrence;
  const std::string& zone = zone_of(definition);
  const Calendar& calendar = calendar_of(definition, calendars);
  const Date date = date_in_zone(occurrence, zone);
  if (calendar.day(date).working) return occurrence;
  if (policy == OnHoliday::skip) return std::nullopt;
  const auto time_of_day = std::chrono::duration_cast<std::chrono::minutes>(
      occurrence - instant_at(date, std::chrono::minutes{0}, zone));
  const int direction = policy == OnHoliday::next ? 1 : -1;
  for (int days = 1; days <= days_off_in_a_row_max; ++days) {
    const Date other{std::chrono::sys_days{date} + std::chrono::days{days * direction}};
    if (calendar.day(other).working) return instant_at(other, time_of_day, zone);
  }
  return std::nullopt;
}

}  // namespace

Result<std::vector<Occurrence>> occurrences(const Definition& definition,
                                            const Calendars& calendars, Instant from, Instant to,
                                            std::size_t most) {
  std::vector<Occurrence> found;
  if (definition.schedule.cron.empty()) return found;
  const Result<Cron> cron = Cron::parse(definition.schedule.cron);
  if (!cron) return cron.error();
  Instant base = from - Milliseconds{1};
  while (found.size() < most) {
    const std::optional<Instant> next = cron->next_after(base, zone_of(definition));
    if (!next || *next >= to) break;
    found.push_back({*next, start_time(definition, calendars, *next)});
    base = *next;
  }
  return found;
}

Milliseconds spread_of(const Definition& definition, Instant start, std::size_t index,
                       std::size_t count) {
  const Milliseconds whole =
      add_duration(start, definition.schedule.spread, zone_of(definition)) - start;
  return count == 0 ? Milliseconds{0}
                    : whole * static_cast<std::int64_t>(index) / static_cast<std::int64_t>(count);
}

}  // namespace kyhan
