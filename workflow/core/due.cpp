#include <algorithm>

#include "workflow/core/calendar.hpp"
#include "workflow/core/due_form.hpp"

namespace kyhan {
namespace {

using std::chrono::days;
using std::chrono::minutes;
using std::chrono::sys_days;

/// Days off in a row after which a calendar counts as having no working day.
constexpr int longest_closure_days = 3660;
/// Lines of counting that are shown; those in the middle of a longer explanation are left out.
constexpr std::size_t most_lines_shown = 120;

/// Days in a row that are counted, or skipped for one reason.
struct Run {
  Date first, last;
  bool counted = false;
  int from = 0, to = 0;  ///< Numbers of the counted days.
  Text reason;           ///< Empty: an ordinary working day.
};

Error no_working_day(const Calendar& calendar) {
  return Error{ErrorCode::invalid, "no-working-day",
               Text{"Lịch “" + calendar.id() + "” không có ngày làm việc nào trong 10 năm liền.",
                    "The calendar “" + calendar.id() + "” has no working day for ten years."}};
}

class Computation {
 public:
  Computation(const Calendar& calendar, const DueForm& form, Instant from)
      : calendar_(calendar),
        form_(form),
        zone_(form.zone.empty() ? calendar.zone() : form.zone),
        from_(form.from_instant.value_or(from)) {}

  Result<DueDate> run() {
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

 private:
  Result<DueDate> on_date() {
    say({"Ngày hạn được ấn định: " + long_day(form_.date).vi + ".",
         "The day is fixed: " + long_day(form_.date).en + "."});
    return finish(form_.date, form_.roll.value_or(DueForm::Roll::none));
  }

  Result<DueDate> working_days() {
    const Date start = start_day();
    const int wanted = std::abs(form_.working_days);
    const int step = form_.working_days < 0 ? -1 : 1;
    say_start(start, form_.working_days < 0);
    sys_days day = start;
    int closed = 0;
    for (int counted = 0; counted < wanted;) {
      day += days{step};
      const DayInfo info = look(Date{day});
      if (info.working) ++counted;
      closed = info.working ? 0 : closed + 1;
      if (closed > longest_closure_days) return no_working_day(calendar_);
      note(Date{day}, info, counted);
    }
    say_runs();
    return finish(Date{day}, default_roll(form_.working_days < 0));
  }

  Result<DueDate> calendar_days() {
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

  Result<DueDate> elapsed_time() {
    const Instant start = form_.from_date ? instant_at(*form_.from_date, minutes{0}, zone_) : from_;
    Instant end = add_duration(start, form_.duration, zone_);
    const Text span = in_words(form_.duration), from = moment(start), to = moment(end);
    say(end < start
            ? Text{"Lùi lại " + span.vi + " liên tục từ " + from.vi + ": " + to.vi + ".",
                   "Back " + span.en + " without a break from " + from.en + ": " + to.en + "."}
            : Text{"Cộng " + span.vi + " liên tục từ " + from.vi + ": " + to.vi + ".",
                   "Plus " + span.en + " without a break from " + from.en + ": " + to.en + "."});
    Date day = date_in_zone(end, zone_);
    const auto roll = form_.roll.value_or(DueForm::Roll::none);
    const auto rolled = roll_day(day, roll);
    if (rolled.has_error()) return rolled.error();
    if (*rolled != day) {
      const Duration shift{0, 0, static_cast<int>((sys_days{*rolled} - sys_days{day}).count()),
                           Milliseconds{0}};
      end = add_duration(end, shift, zone_);
      day = *rolled;
    }
    return finish_at(end, day);
  }

  Result<DueDate> working_hours() {
    const bool back = form_.working_time < Milliseconds{0};
    Milliseconds left = back ? -form_.working_time : form_.working_time;
    Date day = date_in_zone(from_, zone_);
    say({"Bắt đầu từ " + moment(from_).vi + "; chỉ tính giờ làm việc.",
         "Counting starts at " + moment(from_).en + "; only working hours count."});
    Instant end = from_;
    for (int closed = 0; left > Milliseconds{0}; day = Date{sys_days{day} + days{back ? -1 : 1}}) {
      auto hours = calendar_.hours(day);
      if (back) std::reverse(hours.begin(), hours.end());
      const DayInfo info = look(day);
      Milliseconds worked{0};
      for (const auto& [opens, closes] : hours) {
        Instant from = instant_at(day, opens, zone_), to = instant_at(day, closes, zone_);
        if (back) {
          to = std::min(to, from_);
        } else {
          from = std::max(from, from_);
        }
        if (to <= from) continue;
        const Milliseconds part = std::min<Milliseconds>(left, to - from);
        left -= part;
        worked += part;
        end = back ? to - part : from + part;
        if (left == Milliseconds{0}) break;
      }
      closed = worked > Milliseconds{0} ? 0 : closed + 1;
      if (closed > longest_closure_days) return no_working_day(calendar_);
      note_hours(day, info, worked);
      if (left == Milliseconds{0}) break;
    }
    return finish_at(end, day);
  }

  /// The day that is not counted: the one of the start, or the next working day when the start
  /// comes after closing and the calendar says so.
  Date start_day() {
    if (form_.from_date) return *form_.from_date;
    const Date day = date_in_zone(from_, zone_);
    if (!calendar_.after_hours_next_day() || form_.from_instant) return day;
    const auto hours = calendar_.hours(day);
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

  DueForm::Roll default_roll(bool back) const {
    return form_.roll.value_or(back ? DueForm::Roll::backward : DueForm::Roll::forward);
  }

  std::optional<Date> step_to_work(Date date, int step) {
    sys_days day = date;
    for (int closed = 0; closed <= longest_closure_days; ++closed) {
      day += days{step};
      if (look(Date{day}).working) return Date{day};
    }
    return std::nullopt;
  }

  Result<Date> roll_day(Date day, DueForm::Roll roll) {
    const DayInfo info = look(day);
    if (info.working || roll == DueForm::Roll::none) return day;
    const bool forward = roll == DueForm::Roll::forward;
    const auto moved = step_to_work(day, forward ? 1 : -1);
    if (!moved) return no_working_day(calendar_);
    const Text off = short_day(day), reason = reason_of(info), to = long_day(*moved);
    say({off.vi + " là ngày nghỉ (" + reason.vi + ") nên " +
             (forward ? "chuyển sang ngày làm việc tiếp theo: "
                      : "lùi về ngày làm việc trước đó: ") +
             to.vi + ".",
         off.en + " is a day off (" + reason.en + "), so it moves to the " +
             (forward ? "next" : "previous") + " working day: " + to.en + "."});
    return *moved;
  }

  Result<DueDate> finish(Date day, DueForm::Roll roll) {
    const auto rolled = roll_day(day, roll);
    if (rolled.has_error()) return rolled.error();
    look(*rolled);
    const Text shown = long_day(*rolled);
    due_.date = *rolled;
    if (form_.before) {
      due_.instant = instant_at(*rolled, minutes{0}, zone_);
      say({"Hạn: xong trước 00:00 " + shown.vi + ".", "Due before 00:00 on " + shown.en + "."});
    } else if (form_.at && *form_.at != minutes{24 * 60}) {
      due_.instant = instant_at(*rolled, *form_.at, zone_);
      say({"Hạn: " + clock_time(*form_.at) + " " + shown.vi + ".",
           "Due by " + clock_time(*form_.at) + " on " + shown.en + "."});
    } else {
      due_.instant = instant_at(*rolled, minutes{24 * 60}, zone_);
      say({"Hạn: hết ngày " + shown.vi + " (24:00).",
           "Due by the end of " + shown.en + " (24:00)."});
    }
    return finished();
  }

  Result<DueDate> finish_at(Instant end, Date day) {
    look(day);
    due_.instant = end;
    due_.date = day;
    const Text shown = moment(end);
    say({"Hạn: " + shown.vi + ".", "Due at " + shown.en + "."});
    return finished();
  }

  Result<DueDate> finished() {
    if (provisional_year_) {
      due_.provisional = true;
      const std::string year = std::to_string(*provisional_year_);
      say({"Tạm tính: chưa có quyết định chính thức về ngày nghỉ năm " + year +
               "; hạn được tính lại khi có quyết định.",
           "Provisional: no official decision on the days off of " + year +
               " yet; the date is computed again when there is one."});
    }
    return std::move(due_);
  }

  /// A day of the calendar; remembers that a provisional one had a say.
  DayInfo look(Date date) {
    DayInfo info = calendar_.day(date);
    if (info.provisional && !provisional_year_) {
      provisional_year_ = static_cast<int>(date.year());
    }
    return info;
  }

  void say(Text line) { due_.explain.push_back(std::move(line)); }

  void say_start(Date start, bool back) {
    const Text day = long_day(start);
    say(back ? Text{"Tính ngược từ " + day.vi + "; không tính ngày này.",
                    "Counting back from " + day.en + "; that day is not counted."}
             : Text{"Bắt đầu từ " + day.vi + "; không tính ngày này.",
                    "Counting starts from " + day.en + "; that day is not counted."});
  }

  void note(Date day, const DayInfo& info, int number) {
    const bool plain = info.working && info.kind == DayKind::work;
    Run run{day, day, info.working, number, number, plain ? Text{} : reason_of(info)};
    if (!runs_.empty() && runs_.back().counted == run.counted &&
        runs_.back().reason == run.reason) {
      runs_.back().last = day;
      runs_.back().to = number;
    } else {
      runs_.push_back(std::move(run));
    }
  }

  void say_runs() {
    const bool all = runs_.size() <= most_lines_shown;
    const std::size_t half = most_lines_shown / 2;
    for (std::size_t i = 0; i < runs_.size(); ++i) {
      if (all || i < half || i >= runs_.size() - half) {
        say_run(runs_[i]);
      } else if (i == half) {
        const std::string count = std::to_string(runs_.size() - 2 * half);
        say({"… (lược bớt " + count + " dòng)", "… (" + count + " lines left out)"});
      }
    }
  }

  void say_run(const Run& run) {
    const bool back = run.last < run.first;
    Text when = short_day(run.first);
    if (run.last != run.first) {
      const Text last = short_day(run.last);
      when = {when.vi + (back ? " ngược về " : " đến ") + last.vi,
              when.en + (back ? " back to " : " to ") + last.en};
    }
    const Text why = run.reason.vi.empty()
                         ? Text{}
                         : Text{" (" + run.reason.vi + ")", " (" + run.reason.en + ")"};
    if (!run.counted) {
      return say({"Bỏ qua " + when.vi + why.vi, "Skipped: " + when.en + why.en});
    }
    const std::string from = std::to_string(run.from), to = std::to_string(run.to);
    say(from == to ? Text{"Ngày làm việc thứ " + from + ": " + when.vi + why.vi,
                          "Working day " + from + ": " + when.en + why.en}
                   : Text{"Ngày làm việc thứ " + from + " đến thứ " + to + ": " + when.vi + why.vi,
                          "Working days " + from + " to " + to + ": " + when.en + why.en});
  }

  void note_hours(Date day, const DayInfo& info, Milliseconds worked) {
    if (due_.explain.size() > most_lines_shown) return;
    const Text when = short_day(day);
    if (worked > Milliseconds{0}) {
      const Text span = in_words({0, 0, 0, worked});
      say({when.vi + ": tính " + span.vi, when.en + ": " + span.en + " counted"});
    } else if (!info.working) {
      const Text reason = reason_of(info);
      say({"Bỏ qua " + when.vi + " (" + reason.vi + ")",
           "Skipped: " + when.en + " (" + reason.en + ")"});
    } else {
      say({when.vi + ": không còn giờ làm việc", when.en + ": no working hours left"});
    }
  }

  Text moment(Instant instant) const {
    const std::string clock = to_rfc3339(instant, zone_).substr(11, 5);
    const Text day = long_day(date_in_zone(instant, zone_));
    return {clock + " " + day.vi, clock + " on " + day.en};
  }

  const Calendar& calendar_;
  const DueForm& form_;
  const std::string zone_;
  const Instant from_;
  DueDate due_;
  std::vector<Run> runs_;
  std::optional<int> provisional_year_;
};

}  // namespace

Result<DueDate> compute_due(const Calendar& calendar, Instant from, const Json& due) {
  ReadDueForm read = read_due_form(due, false);
  if (read.faults.empty()) return Computation(calendar, read.form, from).run();
  return Error{ErrorCode::invalid, "bad-due",
               Text{"Không tính được hạn: " + read.faults.front().message.vi,
                    "The due date cannot be computed: " + read.faults.front().message.en},
               std::move(read.faults)};
}

}  // namespace kyhan
