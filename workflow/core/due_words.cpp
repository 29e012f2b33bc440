/// The words in which a due date is explained.

#include <array>
#include <cstdlib>

#include "workflow/core/due_form.hpp"

namespace kyhan {
namespace {

constexpr std::array<const char*, 7> weekdays_vi{"Chủ Nhật", "Thứ Hai", "Thứ Ba", "Thứ Tư",
                                                 "Thứ Năm",  "Thứ Sáu", "Thứ Bảy"};
constexpr std::array<const char*, 7> weekdays_en{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                 "Thursday", "Friday", "Saturday"};
constexpr std::array<const char*, 12> months_en{"January",   "February", "March",    "April",
                                                "May",       "June",     "July",     "August",
                                                "September", "October",  "November", "December"};

/// Official Vietnamese writing puts a zero before days under 10 and before January and February.
std::string padded(unsigned number, unsigned below) {
  return (number < below ? "0" : "") + std::to_string(number);
}

void add_part(Text& words, long long number, const char* vi, const char* en) {
  if (number == 0) return;
  const std::string count = std::to_string(std::llabs(number));
  if (!words.vi.empty()) words = {words.vi + " ", words.en + " "};
  words.vi += count + " " + vi;
  words.en += count + " " + en + (count == "1" ? "" : "s");
}

}  // namespace

Text short_day(Date date) {
  const unsigned weekday = std::chrono::weekday{std::chrono::sys_days{date}}.c_encoding();
  const auto day = static_cast<unsigned>(date.day());
  const auto month = static_cast<unsigned>(date.month());
  return {
      std::string(weekdays_vi[weekday]) + " " + padded(day, 10) + "/" + padded(month, 3),
      std::string(weekdays_en[weekday]) + " " + std::to_string(day) + " " + months_en[month - 1]};
}

Text long_day(Date date) {
  const std::string year = std::to_string(static_cast<int>(date.year()));
  const Text day = short_day(date);
  return {day.vi + "/" + year, day.en + " " + year};
}

std::string clock_time(std::chrono::minutes of_day) {
  const auto minutes = static_cast<unsigned>(of_day.count());
  return padded(minutes / 60, 10) + ":" + padded(minutes % 60, 10);
}

Text reason_of(const DayInfo& info) {
  const bool named = !info.name.vi.empty();
  switch (info.kind) {
    case DayKind::weekend:
      return {"cuối tuần", "weekend"};
    case DayKind::holiday:
      return named ? info.name : Text{"ngày lễ", "public holiday"};
    case DayKind::compensation:
      return named ? Text{"nghỉ bù " + info.name.vi, "day in lieu of " + info.name.en}
                   : Text{"nghỉ bù", "day in lieu"};
    case DayKind::swap_off:
      return {"nghỉ hoán đổi", "swapped day off"};
    case DayKind::swap_work:
      return {"làm bù ngày hoán đổi", "working day in exchange"};
    case DayKind::work:
      break;
  }
  return named ? info.name : Text{"ngày làm việc", "working day"};
}

Text in_words(const Duration& duration) {
  Text words;
  add_part(words, duration.years, "năm", "year");
  add_part(words, duration.months, "tháng", "month");
  add_part(words, duration.days, "ngày", "day");
  const auto exact = duration.exact.count();
  add_part(words, exact / 3'600'000, "giờ", "hour");
  add_part(words, exact / 60'000 % 60, "phút", "minute");
  add_part(words, exact / 1000 % 60, "giây", "second");
  add_part(words, exact % 1000, "mili giây", "millisecond");
  if (words.vi.empty()) return {"0 ngày", "0 days"};
  return words;
}

}  // namespace kyhan
