#pragma once
/// A due form as read from a definition, before it meets a calendar. Internal to core.

#include <optional>
#include <string>
#include <vector>

#include "workflow/core/calendar.hpp"
#include "workflow/core/time_text.hpp"

namespace kyhan {

struct DueForm {
  enum class Kind { duration, working_days, working_hours, date };
  enum class Roll { forward, backward, none };
  Kind kind = Kind::duration;
  Duration duration;
  bool exact = false;  ///< The duration has hours, minutes or seconds: elapsed time, not days.
  int working_days = 0;
  Milliseconds working_time{0};
  Date date;
  /// What is counted from instead of the start; a date alone is that whole day.
  std::optional<Date> from_date;
  std::optional<Instant> from_instant;
  std::optional<std::chrono::minutes> at;
  std::optional<Roll> roll;
  bool before = false;  ///< `bound: before`: done before the day begins.
  std::string zone;     ///< Empty: the calendar's.
};

struct ReadDueForm {
  DueForm form;
  std::vector<FieldError> faults;
};

/// `expressions_pass`: a `${ }` string stands for any value (checking a definition); otherwise it
/// is a fault like any other wrong value.
[[nodiscard]] ReadDueForm read_due_form(const Json& due, bool expressions_pass);

// --- Words of the explanation ---------------------------------------------------------------

/// "Thứ Hai 31/8", "Monday 31 August".
[[nodiscard]] Text short_day(Date date);
/// With the year: "Thứ Hai 31/8/2026", "Monday 31 August 2026".
[[nodiscard]] Text long_day(Date date);
[[nodiscard]] std::string clock_time(std::chrono::minutes of_day);  ///< "07:30"
/// Why a day is off, or why it is worked on a weekend: "Quốc khánh", "nghỉ hoán đổi".
[[nodiscard]] Text reason_of(const DayInfo& info);
/// "1 tháng 15 ngày", "1 month 15 days"; the sign is left out.
[[nodiscard]] Text in_words(const Duration& duration);

}  // namespace kyhan
