// A second way to every deadline, sharing nothing with the first: its own calendar arithmetic on
// plain day numbers, holidays of the published lunar table, days off of the decided years by hand,
// hours by stepping through minutes. Both must agree; and what must hold for any calendar holds.

#include <array>
#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <sstream>

#include "workflow/core/calendar.hpp"
#include "workflow/core/time_text.hpp"

using namespace kyhan;

namespace {

// --- Plain day numbers: 0 is 1 January 1970, a Thursday -----------------------------------------

bool leap(int year) {
  return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}
int month_length(int year, int month) {
  static const std::array<int, 12> usual{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && leap(year) ? 29 : usual.at(static_cast<std::size_t>(month - 1));
}

struct Civil {
  int year, month, day;
};

int number_of(Civil date) {
  int number = 0;
  for (int year = 1970; year < date.year; ++year) number += leap(year) ? 366 : 365;
  for (int month = 1; month < date.month; ++month) number += month_length(date.year, month);
  return number + date.day - 1;
}
Civil date_of(int number) {
  Civil date{1970, 1, 1};
  while (number >= (leap(date.year) ? 366 : 365)) number -= leap(date.year++) ? 366 : 365;
  while (number >= month_length(date.year, date.month)) {
    number -= month_length(date.year, date.month++);
  }
  date.day += number;
  return date;
}
std::string text_of(int number) {
  const Civil date = date_of(number);
  char text[40];
  std::snprintf(text, sizeof text, "%04d-%02d-%02d", date.year, date.month, date.day);
  return text;
}
int number_from(const std::string& text) {
  return number_of(
      {std::stoi(text.substr(0, 4)), std::stoi(text.substr(5, 2)), std::stoi(text.substr(8, 2))});
}
bool weekend(int number) {
  const int weekday = (number + 4) % 7;  // 0: Sunday
  return weekday == 0 || weekday == 6;
}

// --- The Vietnamese year ------------------------------------------------------------------------

/// Weekdays off and weekend days worked of the years that were decided, from the announcements.
const std::map<int, std::pair<std::set<std::string>, std::set<std::string>>> decided{
    {2023,
     {{"01-02", "01-20", "01-23", "01-24", "01-25", "01-26", "05-01", "05-02", "05-03", "09-01",
       "09-04"},
      {}}},
    {2024,
     {{"01-01", "02-08", "02-09", "02-12", "02-13", "02-14", "04-18", "04-29", "04-30", "05-01",
       "09-02", "09-03"},
      {"05-04"}}},
    {2025,
     {{"01-01", "01-27", "01-28", "01-29", "01-30", "01-31", "04-07", "04-30", "05-01", "05-02",
       "09-01", "09-02"},
      {"04-26"}}},
    {2026,
     {{"01-01", "01-02", "02-16", "02-17", "02-18", "02-19", "02-20", "04-27", "04-30", "05-01",
       "08-31", "09-01", "09-02"},
      {"01-10", "08-22"}}}};

/// Days off from 1976 to 2100.
class Off {
 public:
  Off() {
    std::ifstream table(std::string(KYHAN_SOURCE_DIR) +
                        "/tests/data/vn-lunar-holidays-1976-2100.csv");
    std::string line;
    std::getline(table, line);
    while (std::getline(table, line)) {
      std::istringstream row(line);
      std::string year, new_year, hung_kings;
      std::getline(row, year, ',');
      std::getline(row, new_year, ',');
      std::getline(row, hung_kings, ',');
      add_year(std::stoi(year), number_from(new_year), number_from(hung_kings));
    }
  }
  bool operator()(int number) const {
    return works_.contains(number) ? false : weekend(number) || off_.contains(number);
  }
  bool provisional(int number) const { return date_of(number).year > 2026; }

 private:
  void add_year(int year, int new_year, int hung_kings) {
    if (const auto fixed = decided.find(year); fixed != decided.end()) {
      for (const auto& day : fixed->second.first) {
        off_.insert(number_from(std::to_string(year) + "-" + day));
      }
      for (const auto& day : fixed->second.second) {
        works_.insert(number_from(std::to_string(year) + "-" + day));
      }
      return;
    }
    for (int day = -1; day <= 3; ++day) off_.insert(new_year + day);
    std::vector<int> compensated{number_of({year, 1, 1}), hung_kings, number_of({year, 4, 30}),
                                 number_of({year, 5, 1}), number_of({year, 9, 2})};
    std::sort(compensated.begin(), compensated.end());
    off_.insert(compensated.begin(), compensated.end());
    for (const int holiday : compensated) {
      if (!weekend(holiday)) continue;
      int instead = holiday + 1;
      while (weekend(instead) || off_.contains(instead)) ++instead;
      off_.insert(instead);
    }
  }
  std::set<int> off_;
  std::set<int> works_;
};

const Off& off() {
  static const Off all;
  return all;
}

int roll(int day, const std::string& how) {
  if (how == "none") return day;
  while (off()(day)) day += how == "forward" ? 1 : -1;
  return day;
}

int working_days_from(int start, int count) {
  int day = start;
  for (int left = std::abs(count); left > 0;) {
    day += count < 0 ? -1 : 1;
    if (!off()(day)) --left;
  }
  return day;
}

int months_from(int start, int months, int days) {
  Civil date = date_of(start);
  int month = date.year * 12 + date.month - 1 + months;
  date.year = month / 12;
  date.month = month % 12 + 1;
  date.day = std::min(date.day, month_length(date.year, date.month));
  return number_of(date) + days;
}

/// Minutes since 1970 in Vietnam, which has kept UTC+7 since 1975.
using Minutes = long long;
bool open_at(Minutes minute) {
  const int of_day = static_cast<int>(minute % 1440);
  if (off()(static_cast<int>(minute / 1440))) return false;
  return (of_day >= 450 && of_day < 690) || (of_day >= 810 && of_day < 1020);
}
/// The minute after `count` open minutes have passed.
Minutes open_minutes_from(Minutes start, long long count) {
  Minutes minute = start;
  while (count > 0) {
    if (open_at(minute)) --count;
    ++minute;
  }
  return minute;
}

const std::shared_ptr<const Calendars> calendars = make_calendars({}).value();
const Calendar& vn = calendars->built_in();

Instant instant_of(int day, int minutes) {
  return parse_rfc3339(text_of(day) + "T00:00:00+07:00").value() + std::chrono::minutes{minutes};
}
DueDate first_way(int start, int minutes, const Json& form) {
  const auto found = compute_due(vn, instant_of(start, minutes), form);
  INFO(form.dump() << " from " << text_of(start));
  REQUIRE(found.has_value());
  return *found;
}

constexpr unsigned seed = 20260909;
const int first_day = number_of({1976, 6, 1});
const int last_day = number_of({2099, 6, 1});

}  // namespace

TEST_CASE("every day from 1976 to 2100 is off or worked alike in both ways") {
  int differing = 0;
  for (int day = number_of({1976, 1, 1}); day <= number_of({2100, 12, 31}); ++day) {
    const DayInfo& info = vn.day(parse_iso_date(text_of(day)).value());
    if (info.working == !off()(day) && info.provisional == off().provisional(day)) continue;
    ++differing;
    UNSCOPED_INFO(text_of(day));
  }
  CHECK(differing == 0);
}

TEST_CASE("working days and calendar days end on the same day in both ways") {
  std::mt19937 chance{seed};
  const auto any = [&](int from, int to) {
    return std::uniform_int_distribution<int>{from, to}(chance);
  };
  const std::array<std::string, 3> rolls{"forward", "backward", "none"};
  for (int i = 0; i < 4000; ++i) {
    const int start = any(first_day, last_day), minutes = any(0, 1439);
    const int count = any(-60, 60);
    const DueDate counted = first_way(start, minutes, {{"workingDays", count}});
    const int expected = count == 0 ? roll(start, "forward") : working_days_from(start, count);
    CAPTURE(text_of(start), count);
    CHECK(to_iso_date(counted.date) == text_of(expected));
    CHECK(counted.instant == instant_of(expected + 1, 0));

    const int months = any(0, 14), days = any(0, 40);
    const std::string how = rolls.at(static_cast<std::size_t>(any(0, 2)));
    const std::string span = "P" + std::to_string(months) + "M" + std::to_string(days) + "D";
    const DueDate added = first_way(start, minutes, {{"in", span}, {"roll", how}});
    const int plain = months_from(start, months, days);
    CHECK(to_iso_date(added.date) == text_of(roll(plain, how)));

    const DueDate back =
        first_way(start, minutes,
                  {{"relativeTo", text_of(start)}, {"in", "-P" + std::to_string(days) + "D"}});
    const int earlier = start - days;
    CHECK(to_iso_date(back.date) == text_of(roll(earlier, days == 0 ? "forward" : "backward")));
  }
}

TEST_CASE("working hours end at the same minute in both ways") {
  std::mt19937 chance{seed};
  for (int i = 0; i < 300; ++i) {
    const int start = std::uniform_int_distribution<int>{first_day, last_day}(chance);
    const int minutes = std::uniform_int_distribution<int>{0, 1439}(chance);
    const int halves = std::uniform_int_distribution<int>{1, 90}(chance);
    const DueDate found = first_way(start, minutes, {{"workingHours", halves / 2.0}});
    const Minutes expected =
        open_minutes_from(Minutes{start} * 1440 + minutes, Minutes{halves} * 30);
    CAPTURE(text_of(start), minutes, halves);
    CHECK(found.instant ==
          instant_of(static_cast<int>(expected / 1440), static_cast<int>(expected % 1440)));
  }
}

TEST_CASE("what is added can be taken away again, and a later start is never due earlier") {
  std::mt19937 chance{seed};
  const auto any = [&](int from, int to) {
    return std::uniform_int_distribution<int>{from, to}(chance);
  };
  for (int i = 0; i < 2000; ++i) {
    const int start = any(first_day, last_day), count = any(1, 80), later = start + any(1, 10);
    const DueDate due = first_way(start, 600, {{"workingDays", count}});
    CAPTURE(text_of(start), count);
    CHECK(vn.day(due.date).working);
    // Back by as many: the start itself, or the working day before it.
    const DueDate back =
        first_way(start, 600, {{"relativeTo", to_iso_date(due.date)}, {"workingDays", -count}});
    CHECK(to_iso_date(back.date) == text_of(roll(start, "backward")));
    CHECK(working_days_between(vn, parse_iso_date(text_of(start)).value(), due.date) == count);
    CHECK(first_way(start, 600, {{"workingDays", count + 1}}).date > due.date);
    CHECK(first_way(later, 600, {{"workingDays", count}}).date >= due.date);

    const std::string span = "P" + std::to_string(count) + "D";
    const DueDate rolled = first_way(start, 600, {{"in", span}});
    CHECK(vn.day(rolled.date).working);
    CHECK(first_way(later, 600, {{"in", span}}).date >= rolled.date);
    const DueDate hours = first_way(start, 600, {{"workingHours", count}});
    CHECK(first_way(later, 600, {{"workingHours", count}}).instant >= hours.instant);
    CHECK(first_way(start, 600, {{"workingHours", count + 1}}).instant > hours.instant);
  }
}

TEST_CASE("what stands still is never due earlier, and lost days are given back one by one") {
  std::mt19937 chance{seed};
  const auto any = [&](int from, int to) {
    return std::uniform_int_distribution<int>{from, to}(chance);
  };
  for (int i = 0; i < 1500; ++i) {
    const int start = any(first_day, last_day), count = any(2, 40);
    const int from = start + any(0, 20), length = any(0, 30);
    const Stop stop{instant_of(from, any(0, 1439)), instant_of(from + length + 1, any(0, 1439))};
    for (const Json& form :
         {Json{{"workingDays", count}}, Json{{"in", "P" + std::to_string(count) + "D"}},
          Json{{"in", "PT" + std::to_string(count) + "H"}}, Json{{"workingHours", count}}}) {
      const DueDate before = first_way(start, 540, form);
      const auto after = compute_due(vn, instant_of(start, 540), form, {stop});
      REQUIRE(after.has_value());
      CAPTURE(form.dump(), text_of(start), text_of(from), length);
      CHECK(after->instant >= before.instant);
      if (before.instant <= stop.from) CHECK(after->instant == before.instant);
      if (before.instant > stop.from) CHECK(after->instant > stop.to - std::chrono::hours{24});
    }
    // In working days: as many later as whole working days lie inside.
    const DueDate before = first_way(start, 540, {{"workingDays", count}});
    if (before.instant <= stop.to) continue;
    int lost = 0;
    for (int day = from + 1; day < from + length + 1; ++day) lost += off()(day) ? 0 : 1;
    if (stop.from == instant_of(from, 0) && !off()(from)) ++lost;
    const auto after =
        compute_due(vn, instant_of(start, 540), Json{{"workingDays", count}}, {stop});
    CHECK(to_iso_date(after->date) == text_of(working_days_from(start, count + lost)));
  }
}
