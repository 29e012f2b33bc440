#pragma once
/// Working days and due dates, with the reason for each date. Law is data: nothing in here knows a
/// number of days or a holiday of any country but the rules by which Vietnam's unpublished years
/// are foreseen (design: provisional years), which are data of the built-in calendar too.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "workflow/core/json.hpp"
#include "workflow/core/result.hpp"
#include "workflow/core/types.hpp"

namespace kyhan {

enum class DayKind { work, weekend, holiday, compensation, swap_off, swap_work };

struct DayInfo {
  DayKind kind = DayKind::work;
  bool working = true;
  bool provisional = false;
  Text name;  ///< "Tết Nguyên đán"; empty for ordinary days.
  std::string legal_basis;
};

class Calendar {
 public:
  virtual ~Calendar() = default;
  [[nodiscard]] virtual const std::string& id() const = 0;
  [[nodiscard]] virtual const std::string& zone() const = 0;
  /// What is given stays as long as the calendar.
  [[nodiscard]] virtual const DayInfo& day(Date date) const = 0;
  /// Working intervals of a day as minutes from local midnight, sorted; empty on days off.
  [[nodiscard]] virtual const std::vector<
      std::pair<std::chrono::minutes, std::chrono::minutes>>&
  hours(Date date) const = 0;
  /// Whether what arrives on this day after closing counts as received on the next working day.
  [[nodiscard]] virtual bool after_hours_next_day(Date date) const = 0;
  [[nodiscard]] virtual int official_through() const = 0;  ///< Last year with an official decision.
};

/// One step of the reasoning, in words a clerk understands.
struct DueDate {
  Instant instant;  ///< The moment that must not be passed.
  Date date;        ///< The day people say: "by 09/09/2026".
  bool provisional = false;
  std::vector<Text> explain;
};

/// Computes one due form (language.md 5.2): {in} | {workingDays, at?} | {workingHours} |
/// {date, at?} | {relativeTo, in|workingDays, at?}, + roll, bound. All expressions are already
/// evaluated. `from` is the start (first day not counted). Errors: `invalid` with the field's
/// pointer.
[[nodiscard]] Result<DueDate> compute_due(const Calendar& calendar, Instant from, const Json& due);

/// A span in which the clocks of an instance stood still.
struct Stop {
  Instant from{};
  Instant to{};
  template <class V>
  void fields(V& v) {
    v("from", from), v("to", to);
  }
  friend bool operator==(const Stop&, const Stop&) = default;
};
/// A longer time that was granted: a due form, counted from the deadline it takes the place of.
struct Extended {
  Json due;
};
/// What moved a deadline after it was set.
using Adjustment = std::variant<Stop, Extended>;

/// The same with what has moved the deadline since, in the order of time. A stop moves forms that
/// count days by the days (working or calendar) that lie wholly inside it, exact ones by its
/// length, working hours by the working time inside it; a deadline that was passed before it began
/// stays. No deadline comes to lie inside a stop: the day of the resumption is the earliest.
[[nodiscard]] Result<DueDate> compute_due(const Calendar& calendar, Instant from, const Json& due,
                                          const std::vector<Adjustment>& adjustments);

/// A moment counted by `form` (a due form or an offset) that lay ahead when the clocks stopped:
/// where it lies after they go on again.
[[nodiscard]] Instant after_stop(const Calendar& calendar, const Json& form, Instant moment,
                                 const Stop& stop);

/// Faults of a due form that hold whatever the data (unknown keys, wrong types, two forms at once).
/// Strings that are `${ }` expressions pass for any type.
[[nodiscard]] std::vector<FieldError> check_due_form(const Json& due);

/// Whether `instant` lies in working time.
[[nodiscard]] bool in_working_time(const Calendar& calendar, Instant instant);
/// `instant` itself, or the next opening of working time after it.
[[nodiscard]] Instant next_working_time(const Calendar& calendar, Instant instant);
/// Whole working days between two days: (from, to], negative when reversed.
[[nodiscard]] int working_days_between(const Calendar& calendar, Date from, Date to);

/// All calendars by id. Immutable snapshot.
class Calendars {
 public:
  virtual ~Calendars() = default;
  /// Null when there is none.
  [[nodiscard]] virtual const Calendar* find(const std::string& id) const = 0;
  /// The one whose file names this unit; null when there is none.
  [[nodiscard]] virtual const Calendar* find_of_unit(const UnitId&) const { return nullptr; }
  [[nodiscard]] virtual const Calendar& built_in() const = 0;  ///< "vn"
};

/// Reads one calendar file (design: `--calendar`); `parents` resolves "parent". All faults at once.
[[nodiscard]] Result<std::shared_ptr<const Calendar>> parse_calendar(const Json& file,
                                                                     const Calendars* parents);
/// The built-in calendars plus `documents`: each a file as parse_calendar reads it, or {id, layers:
/// [file, ...]}, where each layer after the first extends what those before it make. One with the
/// id of a built-in replaces or extends that. The pointer of a fault begins with the index.
[[nodiscard]] Result<std::shared_ptr<const Calendars>> make_calendars(
    const std::vector<Json>& documents);

/// The files of a document, in order.
[[nodiscard]] std::vector<Json> layers_of(const Json& document);
/// The document with one more layer; null: there was none.
[[nodiscard]] Json with_layer(const Json& document, const Json& layer);
/// Whether a file extends the calendar of its own id as it stands: a new year's decision, a day off
/// after a storm.
[[nodiscard]] bool extends_itself(const Json& file);
/// The document of the built-in calendar.
[[nodiscard]] Json built_in_calendar_document();

/// Solar date of a lunar date at UTC+7, by the published astronomical rules.
[[nodiscard]] Date lunar_new_year(int year);
[[nodiscard]] Date lunar_to_solar(int lunar_year, int lunar_month, int lunar_day);

}  // namespace kyhan
