// What moves a deadline after it was set: times in which the clocks stood still, and more time that
// was granted.

#include <algorithm>

#include "workflow/core/due_computation.hpp"

namespace kyhan {
namespace {

using std::chrono::days;
using std::chrono::minutes;
using std::chrono::sys_days;

Error bad_due(std::vector<FieldError> faults) {
  return Error{ErrorCode::invalid, "bad-due",
               Text{"Không tính được hạn: " + faults.front().message.vi,
                    "The due date cannot be computed: " + faults.front().message.en},
               std::move(faults)};
}

bool counts_days(const DueForm& form) {
  return form.kind != DueForm::Kind::working_hours && !form.exact;
}

std::string plural(int number, const char* one) {
  return std::to_string(number) + " " + one + (number == 1 ? "" : "s");
}

}  // namespace

WholeDays whole_days_in(Instant from, Instant to, const std::string& zone) {
  sys_days first = date_in_zone(from, zone);
  if (instant_at(Date{first}, minutes{0}, zone) < from) first += days{1};
  const sys_days end = date_in_zone(to, zone);  // Its own 24:00 lies after `to`.
  return {first, std::max(first, end)};
}

int days_lost(const Calendar& calendar, DueForm::Kind kind, const Stop& stop,
              const std::string& zone) {
  const WholeDays whole = whole_days_in(stop.from, stop.to, zone);
  if (kind != DueForm::Kind::working_days) {
    return static_cast<int>((whole.end - whole.first).count());
  }
  int lost = 0;
  for (sys_days day = whole.first; day < whole.end; day += days{1}) {
    if (calendar.day(Date{day}).working) ++lost;
  }
  return lost;
}

Milliseconds working_time_between(const Calendar& calendar, const std::string& zone, Instant from,
                                  Instant to) {
  Milliseconds time{0};
  const sys_days last = date_in_zone(to, zone);
  for (sys_days day = date_in_zone(from, zone); day <= last; day += days{1}) {
    for (const auto& [opens, closes] : calendar.hours(Date{day})) {
      const Instant begin = std::max(from, instant_at(Date{day}, opens, zone));
      const Instant end = std::min(to, instant_at(Date{day}, closes, zone));
      if (begin < end) time += end - begin;
    }
  }
  return time;
}

Result<void> Computation::stand_still(const Stop& whole) {
  const Stop stop{std::max(whole.from, started_), whole.to};
  if (stop.to <= stop.from || due_.instant <= stop.from) return {};
  if (form_.kind == DueForm::Kind::working_hours) {
    const Milliseconds lost = working_time_between(calendar_, zone_, stop.from, stop.to);
    const Text span = in_words({0, 0, 0, lost});
    if (lost == Milliseconds{0}) {
      say_stop(stop, {"không mất giờ làm việc nào", "no working time is lost"});
      return {};
    }
    say_stop(stop, {span.vi + " làm việc không tính", span.en + " of working time not counted"});
    return work_on(due_.instant, lost);
  }
  if (form_.exact) {
    const Text span = in_words({0, 0, 0, stop.to - stop.from});
    say_stop(stop, {span.vi + " không tính", span.en + " not counted"});
    const Instant end = due_.instant + (stop.to - stop.from);
    finish_at(end, date_in_zone(end, zone_));
    return {};
  }
  const int lost = days_lost(calendar_, form_.kind, stop, zone_);
  const bool worked = form_.kind == DueForm::Kind::working_days;
  const std::string number = std::to_string(lost);
  if (lost == 0) {
    say_stop(stop, worked
                       ? Text{"không có ngày làm việc nào nằm trọn trong đó",
                              "no whole working day lies inside"}
                       : Text{"không có ngày nào nằm trọn trong đó", "no whole day lies inside"});
  } else {
    say_stop(stop, worked ? Text{number + " ngày làm việc trọn vẹn không tính",
                                 plural(lost, "whole working day") + " not counted"}
                          : Text{number + " ngày trọn vẹn không tính",
                                 plural(lost, "whole day") + " not counted"});
    if (Result<void> moved = move_days(lost); !moved) return moved;
  }
  return past(stop.to);
}

/// Moves the due day later: by working days where the form counts these, else on the calendar.
Result<void> Computation::move_days(int lost) {
  if (form_.kind != DueForm::Kind::working_days) {
    return finish(Date{sys_days{day_} + days{lost}}, roll_);
  }
  Date day = due_.date;
  for (int moved = 0; moved < lost; ++moved) {
    const std::optional<Date> next = step_to_work(day, 1);
    if (!next) return finish(day, roll_);
    day = *next;
  }
  return finish(day, roll_);
}

/// A deadline that would lie before the clocks go on again falls on the day they do.
Result<void> Computation::past(Instant resumed) {
  if (due_.instant > resumed) return {};
  Date day = date_in_zone(resumed, zone_);
  while (end_of(day) <= resumed) day = Date{sys_days{day} + days{1}};
  say({"Hạn không rơi vào lúc tạm dừng mà sớm nhất là " + long_day(day).vi + ".",
       "No deadline falls into a suspension; the earliest day is " + long_day(day).en + "."});
  return finish(day, roll_ == DueForm::Roll::none ? roll_ : DueForm::Roll::forward);
}

void Computation::say_stop(const Stop& stop, const Text& lost) {
  const Text from = moment(stop.from), to = moment(stop.to);
  say({"Tạm dừng từ " + from.vi + " đến " + to.vi + ": " + lost.vi + ".",
       "Suspended from " + from.en + " to " + to.en + ": " + lost.en + "."});
}

Result<void> Computation::extend(DueForm form, int number) {
  const std::string which = std::to_string(number);
  say({"Gia hạn lần " + which + ":", "Extension " + which + ":"});
  if (form.zone.empty()) form.zone = form_.zone;
  if (counts_days(form)) {
    // The hour of the day stays what it was.
    if (counts_days(form_) && !form.at && !form.before) {
      form.at = form_.at;
      form.before = form_.before;
    }
    form.from_date = due_.date;
  }
  form_ = std::move(form);
  zone_ = form_.zone.empty() ? calendar_.zone() : form_.zone;
  from_ = due_.instant;
  return count();
}

Result<DueDate> compute_due(const Calendar& calendar, Instant from, const Json& due,
                            const std::vector<Adjustment>& adjustments) {
  ReadDueForm read = read_due_form(due, false);
  if (!read.faults.empty()) return bad_due(std::move(read.faults));
  Computation computation(calendar, std::move(read.form), from);
  if (Result<void> counted = computation.count(); !counted) return counted.error();
  int extensions = 0;
  for (const Adjustment& one : adjustments) {
    Result<void> done;
    if (const auto* stop = std::get_if<Stop>(&one)) {
      done = computation.stand_still(*stop);
    } else {
      ReadDueForm more = read_due_form(std::get<Extended>(one).due, false);
      if (!more.faults.empty()) return bad_due(std::move(more.faults));
      done = computation.extend(std::move(more.form), ++extensions);
    }
    if (!done) return done.error();
  }
  return computation.take();
}

Instant after_stop(const Calendar& calendar, const Json& form, Instant moment, const Stop& stop) {
  if (moment <= stop.from || stop.to <= stop.from) return moment;
  const ReadDueForm read = read_due_form(form, false);
  if (!read.faults.empty() || !counts_days(read.form)) {
    if (read.faults.empty() && read.form.kind == DueForm::Kind::working_hours) {
      const Milliseconds lost = working_time_between(calendar, calendar.zone(), stop.from, stop.to);
      const Json hours = {{"workingHours", static_cast<double>(lost.count()) / 3'600'000}};
      const Result<DueDate> moved = compute_due(calendar, moment, hours);
      return moved ? moved->instant : moment;
    }
    return moment + (stop.to - stop.from);
  }
  const std::string& zone = calendar.zone();
  const Date day = date_in_zone(moment, zone);
  const Milliseconds of_day = moment - instant_at(day, minutes{0}, zone);
  const int lost = days_lost(calendar, read.form.kind, stop, zone);
  const Json by = read.form.kind == DueForm::Kind::working_days
                      ? Json{{"workingDays", lost}}
                      : Json{{"in", "P" + std::to_string(lost) + "D"}, {"roll", "none"}};
  const Result<DueDate> moved = compute_due(calendar, moment, by);
  const Instant later =
      !moved || lost == 0 ? moment : instant_at(moved->date, minutes{0}, zone) + of_day;
  return std::max(later, stop.to);
}

}  // namespace kyhan
