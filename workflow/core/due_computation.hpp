#pragma once
/// One deadline under computation: counted, moved off days off, moved by what happened later, with
/// each step of the reasoning said as it is made. Internal to core; calendar.hpp is the way in.

#include "workflow/core/due_form.hpp"

namespace kyhan {

/// Days off in a row after which a calendar counts as having no working day.
constexpr int longest_closure_days = 3660;

/// Working time inside [from, to).
[[nodiscard]] Milliseconds working_time_between(const Calendar& calendar, const std::string& zone,
                                                Instant from, Instant to);
/// The days that lie in [from, to) from 00:00 to 24:00: the first of them and the one after the
/// last; equal when there is none.
struct WholeDays {
  std::chrono::sys_days first;
  std::chrono::sys_days end;
};
[[nodiscard]] WholeDays whole_days_in(Instant from, Instant to, const std::string& zone);
/// How many of them are worked; of all of them when the form counts calendar days.
[[nodiscard]] int days_lost(const Calendar& calendar, DueForm::Kind kind, const Stop& stop,
                            const std::string& zone);

class Computation {
 public:
  /// Counts from `from`, unless the form names its own beginning.
  Computation(const Calendar& calendar, DueForm form, Instant from);

  // due.cpp
  [[nodiscard]] Result<void> count();
  // due_adjust.cpp
  [[nodiscard]] Result<void> stand_still(const Stop& stop);
  /// Goes on from the deadline as it is now, by another form.
  [[nodiscard]] Result<void> extend(DueForm form, int number);
  [[nodiscard]] DueDate take();

 private:
  // due.cpp
  [[nodiscard]] Result<void> on_date();
  [[nodiscard]] Result<void> working_days();
  [[nodiscard]] Result<void> calendar_days();
  [[nodiscard]] Result<void> elapsed_time();
  [[nodiscard]] Result<void> working_hours();
  [[nodiscard]] Result<void> work_on(Instant from, Milliseconds time);
  [[nodiscard]] Date start_day();
  [[nodiscard]] std::optional<Date> step_to_work(Date date, int step);
  [[nodiscard]] Result<Date> roll_day(Date day, DueForm::Roll roll);
  [[nodiscard]] Result<void> finish(Date day, DueForm::Roll roll);
  void finish_at(Instant end, Date day);
  [[nodiscard]] Instant end_of(Date day) const;
  [[nodiscard]] DueForm::Roll default_roll(bool back) const;
  /// A day of the calendar; remembers that a provisional one had a say.
  const DayInfo& look(Date date);

  // due_adjust.cpp
  [[nodiscard]] Result<void> move_days(int lost);
  [[nodiscard]] Result<void> past(Instant resumed);
  void say_stop(const Stop& stop, const Text& lost);

  // due_explain.cpp
  void say(Text line);
  void say_start(Date start, bool back);
  void note(Date day, const DayInfo& info, int number);
  void say_runs();
  void note_hours(Date day, const DayInfo& info, Milliseconds worked);
  void say_limit(Date day);
  [[nodiscard]] Text moment(Instant instant) const;

  /// Days in a row that are counted, or skipped for one reason.
  struct Run {
    Date first, last;
    bool counted = false;
    int from = 0, to = 0;  ///< Numbers of the counted days.
    Text reason;           ///< Empty: an ordinary working day.
  };
  void say_run(const Run& run);

  const Calendar& calendar_;
  DueForm form_;
  std::string zone_;
  Instant from_;
  const Instant started_;
  Date day_;  ///< Before it is moved off a day off.
  DueForm::Roll roll_ = DueForm::Roll::none;
  bool limit_said_ = false;
  DueDate due_;
  std::vector<Run> runs_;
  std::optional<int> provisional_year_;
};

}  // namespace kyhan
