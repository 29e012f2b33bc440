#include <algorithm>

#include "workflow/core/due_computation.hpp"

namespace kyhan {
namespace {

using std::chrono::days;
using std::chrono::minutes;
using std::chrono::sys_days;

Error no_working_day(const Calendar& calendar) {
  return Error{ErrorCode::invalid, "no-working-day",
               Text{"Lịch “" + calendar.id() + "” không có ngày làm việc nào trong 10 năm liền.",
                    "The calendar “" + calendar.id() + "” has no working day for ten years."}};
}

/// Dates are written with four digits of the year; sums beyond them stop at the last.
bool within_years(Date date) {
  return date.year() > std::chrono::year{0} && date.year() < std::chrono::year{9999};
}

Error too_far() {
  return Error{ErrorCode::invalid, "due-too-far",
               Text{"Hạn tính ra nằm ngoài khoảng năm 1 đến năm 9998.",
                    "The due date lies outside the years 1 to 9998."}};
}

}  // namespace

Computation::Computation(const Calendar& calendar, DueForm form, Instant from)
    : calendar_(calendar),
      form_(std::move(form)),
      zone_(form_.zone.empty() ? calendar.zone() : form_.zone),
      from_(form_.from_instant.value_or(from)),
      started_(from) {}

Result<void> Computation::count() {
  switch (form_.kind) {
    case DueForm::Kind::date:
      return on_date();
    case DueForm::Kind::working_hours:
      return working_hours();
    case DueForm::Kind::working_days:
      return working_days();
    case DueForm::Kind::duration:
      return form_.exact ? elapsed_time() : calendar_days();
  }
  return no_working_day(calendar_);
}

Result<void> Computation::on_date() {
  say({"Ngày hạn được ấn định: " + long_day(form_.date).vi + ".",
       "The day is fixed: " + long_day(form_.date).en + "."});
  return finish(form_.date, form_.roll.value_or(DueForm::Roll::none));
}

Result<void> Computation::working_days() {
  const Date start = start_day();
  const int wanted = std::abs(form_.working_days);
  const int step = form_.working_days < 0 ? -1 : 1;
  say_start(start, form_.working_days < 0);
  sys_days day = start;
  int closed = 0;
  for (int counted = 0; counted < wanted;) {
    day += days{step};
    const DayInfo& info = look(Date{day});
    if (info.working) ++counted;
    closed = info.working ? 0 : closed + 1;
    if (closed > longest_closure_days) return no_working_day(calendar_);
    note(Date{day}, info, counted);
  }
  say_runs();
  return finish(Date{day}, default_roll(form_.working_days < 0));
}

Result<void> Computation::calendar_days() {
  const Duration& duration = form_.duration;
  const bool back = duration.years < 0 || duration.months < 0 || duration.days < 0;
  const Date start = start_day();
  say_start(start, back);
  const auto plus = [&](const Duration& part) {
    return date_in_zone(add_duration(Instant{sys_days{start}}, part, "UTC"), "UTC");
  };
  const Date day = plus(duration);
  const Text span = in_words(duration);
  say(back ? Text{"Lùi lại " + span.vi + " theo lịch: " + long_day(day).vi + ".",
                  "Back " + span.en + " on the calendar: " + long_day(day).en + "."}
           : Text{"Cộng " + span.vi + " theo lịch: " + long_day(day).vi + ".",
                  "Plus " + span.en + " on the calendar: " + long_day(day).en + "."});
  if (plus({duration.years, duration.months, 0, Milliseconds{0}}).day() != start.day()) {
    say({"Tháng đó không có ngày tương ứng nên lấy ngày cuối tháng.",
         "That month has no corresponding day, so its last day is taken."});
  }
  return finish(day, default_roll(back));
}

Result<void> Computation::elapsed_time() {
  const Instant start = form_.from_date ? instant_at(*form_.from_date, minutes{0}, zone_) : from_;
  Instant end = add_duration(start, form_.duration, zone_);
  const Text span = in_words(form_.duration), from = moment(start), to = moment(end);
  say(end < start
          ? Text{"Lùi lại " + span.vi + " liên tục từ " + from.vi + ": " + to.vi + ".",
                 "Back " + span.en + " without a break from " + from.en + ": " + to.en + "."}
          : Text{"Cộng " + span.vi + " liên tục từ " + from.vi + ": " + to.vi + ".",
                 "Plus " + span.en + " without a break from " + from.en + ": " + to.en + "."});
  Date day = date_in_zone(end, zone_);
  if (!within_years(day)) return too_far();
  const auto rolled = roll_day(day, form_.roll.value_or(DueForm::Roll::none));
  if (rolled.has_error()) return rolled.error();
  if (*rolled != day) {
    const Duration shift{0, 0, static_cast<int>((sys_days{*rolled} - sys_days{day}).count()),
                         Milliseconds{0}};
    end = add_duration(end, shift, zone_);
    day = *rolled;
  }
  finish_at(end, day);
  return {};
}

Result<void> Computation::working_hours() {
  say({"Bắt đầu từ " + moment(from_).vi + "; chỉ tính giờ làm việc.",
       "Counting starts at " + moment(from_).en + "; only working hours count."});
  return work_on(from_, form_.working_time);
}

/// Goes on from `from` until so much working time is spent, backward where it is negative.
Result<void> Computation::work_on(Instant from, Milliseconds time) {
  const bool back = time < Milliseconds{0};
  Milliseconds left = back ? -time : time;
  Date day = date_in_zone(from, zone_);
  Instant end = from;
  for (int closed = 0; left > Milliseconds{0}; day = Date{sys_days{day} + days{back ? -1 : 1}}) {
    auto hours = calendar_.hours(day);
    if (back) std::reverse(hours.begin(), hours.end());
    const DayInfo& info = look(day);
    Milliseconds worked{0};
    for (const auto& [opens, closes] : hours) {
      Instant begin = instant_at(day, opens, zone_), stop = instant_at(day, closes, zone_);
      if (back) {
        stop = std::min(stop, from);
      } else {
        begin = std::max(begin, from);
      }
      if (stop <= begin) continue;
      const Milliseconds part = std::min<Milliseconds>(left, stop - begin);
      left -= part;
      worked += part;
      end = back ? stop - part : begin + part;
      if (left == Milliseconds{0}) break;
    }
    closed = worked > Milliseconds{0} ? 0 : closed + 1;
    if (closed > longest_closure_days) return no_working_day(calendar_);
    note_hours(day, info, worked);
    if (left == Milliseconds{0}) break;
  }
  finish_at(end, day);
  return {};
}

/// The day that is not counted: the one of the start, or the next working day when the start
/// comes after closing and the calendar says so.
Date Computation::start_day() {
  if (form_.from_date) return *form_.from_date;
  const Date day = date_in_zone(from_, zone_);
  if (!calendar_.after_hours_next_day(day) || form_.from_instant) return day;
  const auto& hours = calendar_.hours(day);
  const bool open = calendar_.day(day).working &&
                    (hours.empty() || from_ < instant_at(day, hours.back().second, zone_));
  if (open) return day;
  const auto next = step_to_work(day, 1);
  if (!next) return day;
  say({moment(from_).vi + " là ngoài giờ làm việc nên tính như nhận vào " + long_day(*next).vi +
           ".",
       moment(from_).en + " is outside working hours, so it counts as received on " +
           long_day(*next).en + "."});
  return *next;
}

DueForm::Roll Computation::default_roll(bool back) const {
  return form_.roll.value_or(back ? DueForm::Roll::backward : DueForm::Roll::forward);
}

std::optional<Date> Computation::step_to_work(Date date, int step) {
  sys_days day = date;
  for (int closed = 0; closed <= longest_closure_days; ++closed) {
    day += days{step};
    if (look(Date{day}).working) return Date{day};
  }
  return std::nullopt;
}

Result<Date> Computation::roll_day(Date day, DueForm::Roll roll) {
  const DayInfo& info = look(day);
  if (info.working || roll == DueForm::Roll::none) return day;
  const bool forward = roll == DueForm::Roll::forward;
  const auto moved = step_to_work(day, forward ? 1 : -1);
  if (!moved) return no_working_day(calendar_);
  const Text off = short_day(day), reason = reason_of(info), to = long_day(*moved);
  say({off.vi + " là ngày nghỉ (" + reason.vi + ") nên " +
           (forward ? "chuyển sang ngày làm việc tiếp theo: " : "lùi về ngày làm việc trước đó: ") +
           to.vi + ".",
       off.en + " is a day off (" + reason.en + "), so it moves to the " +
           (forward ? "next" : "previous") + " working day: " + to.en + "."});
  return *moved;
}

Result<void> Computation::finish(Date day, DueForm::Roll roll) {
  if (!within_years(day)) return too_far();
  day_ = day;
  roll_ = roll;
  const auto rolled = roll_day(day, roll);
  if (rolled.has_error()) return rolled.error();
  look(*rolled);
  due_.date = *rolled;
  due_.instant = end_of(*rolled);
  say_limit(*rolled);
  return {};
}

void Computation::finish_at(Instant end, Date day) {
  look(day);
  due_.instant = end;
  due_.date = day;
  const Text shown = moment(end);
  const bool again = std::exchange(limit_said_, true);
  say({(again ? "Hạn mới: " : "Hạn: ") + shown.vi + ".",
       (again ? "Now due at " : "Due at ") + shown.en + "."});
}

/// The moment of a due day that must not be passed.
Instant Computation::end_of(Date day) const {
  if (form_.before) return instant_at(day, minutes{0}, zone_);
  return instant_at(day, form_.at.value_or(minutes{24 * 60}), zone_);
}

const DayInfo& Computation::look(Date date) {
  const DayInfo& info = calendar_.day(date);
  if (info.provisional && !provisional_year_) { provisional_year_ = static_cast<int>(date.year()); }
  return info;
}

Result<DueDate> compute_due(const Calendar& calendar, Instant from, const Json& due) {
  return compute_due(calendar, from, due, {});
}

}  // namespace kyhan
