#include "workflow/core/calendar.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>

#include "workflow/core/calendar_data.hpp"
#include "workflow/core/time_text.hpp"

namespace kyhan {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

/// Days that are looked through for one working day before a calendar counts as having none.
constexpr int longest_closure_days = 3660;

/// One year of a calendar, worked out: what kind of day each is, and its hours. Most days are
/// alike, so each names one of a few.
struct Year {
  std::vector<DayInfo> kinds;
  std::vector<std::vector<Interval>> hours;
  std::vector<std::uint16_t> kind_of;   ///< By the day's number in the year, from 0.
  std::vector<std::uint16_t> hours_of;  ///< The same.
};

/// The index of a value in a list, which it joins when it is new.
template <class T, class Same>
std::uint16_t place_in(std::vector<T>& list, T value, const Same& same) {
  const auto found = std::ranges::find_if(list, [&](const T& one) { return same(one, value); });
  if (found != list.end()) return static_cast<std::uint16_t>(found - list.begin());
  list.push_back(std::move(value));
  return static_cast<std::uint16_t>(list.size() - 1);
}

bool same_day(const DayInfo& a, const DayInfo& b) {
  return a.kind == b.kind && a.working == b.working && a.provisional == b.provisional &&
         a.name == b.name && a.legal_basis == b.legal_basis;
}

class FileCalendar final : public Calendar {
 public:
  explicit FileCalendar(CalendarPeriods periods) : periods_(std::move(periods)) {}
  ~FileCalendar() override {
    for (auto& slot : near_years_) delete slot.load();
  }
  FileCalendar(const FileCalendar&) = delete;
  FileCalendar& operator=(const FileCalendar&) = delete;

  [[nodiscard]] const CalendarPeriods& periods() const { return periods_; }
  [[nodiscard]] const std::string& id() const override { return last().id; }
  [[nodiscard]] const std::string& zone() const override { return last().zone; }
  [[nodiscard]] int official_through() const override { return last().official_through; }
  [[nodiscard]] bool after_hours_next_day(Date date) const override {
    return at(sys_days{date}).after_hours_next_day;
  }

  [[nodiscard]] const DayInfo& day(Date date) const override {
    const Year& year = year_of(date);
    return year.kinds[year.kind_of[number_of(date)]];
  }
  [[nodiscard]] const std::vector<Interval>& hours(Date date) const override {
    const Year& year = year_of(date);
    return year.hours[year.hours_of[number_of(date)]];
  }

 private:
  static constexpr int first_near_year = 1900;
  static constexpr std::size_t near_years = 300;

  [[nodiscard]] const CalendarData& last() const { return periods_.back().data; }
  [[nodiscard]] const CalendarData& at(sys_days day) const {
    auto period = periods_.rbegin();
    while (period->since > day) ++period;
    return period->data;
  }
  static std::size_t number_of(Date date) {
    const sys_days first = date.year() / std::chrono::January / 1;
    return static_cast<std::size_t>((sys_days{date} - first).count());
  }

  /// Worked out once; then read without a lock for the years that anybody lives in.
  const Year& year_of(Date date) const {
    const int number = static_cast<int>(date.year());
    const auto near = static_cast<std::size_t>(number - first_near_year);
    if (number >= first_near_year && near < near_years) {
      if (const Year* known = near_years_[near].load(std::memory_order_acquire)) return *known;
      const std::lock_guard lock(mutex_);
      if (const Year* known = near_years_[near].load(std::memory_order_relaxed)) return *known;
      const Year* made = new Year(work_out(number));
      near_years_[near].store(made, std::memory_order_release);
      return *made;
    }
    const std::lock_guard lock(mutex_);
    const auto known = far_years_.find(number);
    if (known != far_years_.end()) return known->second;
    return far_years_.emplace(number, work_out(number)).first->second;
  }

  [[nodiscard]] Year work_out(int number) const {
    std::map<const CalendarData*, std::map<sys_days, DayInfo>> holidays;
    const sys_days first = std::chrono::year{number} / std::chrono::January / 1;
    const sys_days end = std::chrono::year{number + 1} / std::chrono::January / 1;
    Year year;
    for (sys_days day = first; day < end; day += days{1}) {
      const CalendarData& data = at(day);
      auto by_rule = holidays.find(&data);
      if (by_rule == holidays.end()) {
        by_rule = holidays.emplace(&data, holidays_by_rule(data, number)).first;
      }
      DayInfo info = info_of(data, by_rule->second, day);
      std::vector<Interval> open = hours_of(data, info, day);
      info.provisional = info.provisional || number > data.official_through;
      year.kind_of.push_back(place_in(year.kinds, std::move(info), same_day));
      year.hours_of.push_back(place_in(year.hours, std::move(open), std::equal_to<>{}));
    }
    return year;
  }

  static DayInfo info_of(const CalendarData& data, const std::map<sys_days, DayInfo>& by_rule,
                         sys_days day) {
    if (const auto named = data.days.find(day); named != data.days.end()) return named->second.info;
    if (const auto holiday = by_rule.find(day); holiday != by_rule.end()) return holiday->second;
    DayInfo info;
    info.working = !data.week[std::chrono::weekday{day}.c_encoding()].empty();
    if (!info.working) info.kind = DayKind::weekend;
    return info;
  }

  static std::vector<Interval> hours_of(const CalendarData& data, const DayInfo& info,
                                        sys_days day) {
    const auto named = data.days.find(day);
    if (named != data.days.end() && named->second.hours) return *named->second.hours;
    if (!info.working) return {};
    const auto& usual = data.week[std::chrono::weekday{day}.c_encoding()];
    if (!usual.empty()) return usual;
    // Worked on a weekday that is off otherwise: as on the first working weekday, from Monday.
    for (unsigned weekday = 1; weekday <= 7; ++weekday) {
      if (!data.week[weekday % 7].empty()) return data.week[weekday % 7];
    }
    return {};
  }

  const CalendarPeriods periods_;
  mutable std::mutex mutex_;
  mutable std::array<std::atomic<const Year*>, near_years> near_years_{};
  mutable std::map<int, Year> far_years_;  ///< Guarded by mutex_.
};

}  // namespace

const CalendarPeriods* periods_of(const Calendar& calendar) {
  const auto* file = dynamic_cast<const FileCalendar*>(&calendar);
  return file == nullptr ? nullptr : &file->periods();
}

Result<std::shared_ptr<const Calendar>> parse_calendar(const Json& file, const Calendars* parents) {
  auto data = read_calendar_file(file, parents);
  if (data.has_error()) return data.error();
  return std::shared_ptr<const Calendar>(std::make_shared<FileCalendar>(std::move(*data)));
}

bool in_working_time(const Calendar& calendar, Instant instant) {
  const Date date = date_in_zone(instant, calendar.zone());
  const auto& hours = calendar.hours(date);
  return std::any_of(hours.begin(), hours.end(), [&](const Interval& open) {
    return instant_at(date, open.first, calendar.zone()) <= instant &&
           instant < instant_at(date, open.second, calendar.zone());
  });
}

Instant next_working_time(const Calendar& calendar, Instant instant) {
  sys_days day = date_in_zone(instant, calendar.zone());
  for (int looked = 0; looked < longest_closure_days; ++looked, day += days{1}) {
    for (const Interval& open : calendar.hours(Date{day})) {
      const Instant from = instant_at(Date{day}, open.first, calendar.zone());
      const Instant to = instant_at(Date{day}, open.second, calendar.zone());
      if (instant < to && from < to) return std::max(instant, from);
    }
  }
  return instant;
}

int working_days_between(const Calendar& calendar, Date from, Date to) {
  if (to < from) return -working_days_between(calendar, to, from);
  int count = 0;
  for (sys_days day = sys_days{from} + days{1}; day <= sys_days{to}; day += days{1}) {
    if (calendar.day(Date{day}).working) ++count;
  }
  return count;
}

}  // namespace kyhan
