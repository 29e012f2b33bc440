#pragma once
/// A period played before it comes: definitions for all units on a virtual clock, with the same
/// decide() as the server, people answering as assumed. `kyhan rehearse`, and the API.

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "workflow/simulation/simulator.hpp"

namespace kyhan {

/// When people answer: in the middle of the time they have, at the last moment, or after it. Where
/// a task has no due date, its time is one working day.
enum class Assumed { on_time, at_due, late };

struct RehearsalPlan {
  std::vector<Program> programs;
  std::shared_ptr<const Directory> directory;
  std::shared_ptr<const Calendars> calendars;
  Date from, to;  ///< Both included, in the zone of each definition.
  Assumed assumed = Assumed::at_due;
  Duration late_by;  ///< With `late`: after the due date.
  /// What people answer at named steps, in this order round by round, the last one again and again;
  /// `by` may be empty. Elsewhere: the first positive outcome, with made-up data and evidence.
  std::vector<PlannedAnswer> answers;
  int threads = 1;  ///< More only where no definition listens to events.
  const std::atomic<bool>* stopped = nullptr;  ///< Set by others: give up ("stopping").
};

/// One instance of the rehearsal. Indices below are into the lists of Rehearsal.
struct RehearsedCase {
  std::size_t program = 0;  ///< Into RehearsalPlan::programs.
  UnitId unit;
  Instant started_at{};
  bool scheduled = false;  ///< Else by hand, on the first working day.
  InstanceStatus status = InstanceStatus::running;
  std::optional<Instant> ended_at;
  std::optional<WorkflowError> error;
};

struct RehearsedTask {
  std::size_t of = 0;  ///< The case.
  TaskId id;
  StepIndex step = no_step;
  std::string kind;
  Text title;
  UnitId unit;
  Instant opened_at{};
  std::optional<Instant> due_at;
  std::string due_date;  ///< The day people say; empty: none.
  bool provisional = false;
  TaskState state = TaskState::offered;
  PersonId by;  ///< Who answered; empty: nobody.
  std::string outcome;
  std::optional<Instant> ended_at;
  bool overdue = false;
};

struct RehearsedReminder {
  std::size_t task = 0;
  Instant at{};
  int index = 0;
  int round = 0;
  bool overdue = false;
  std::vector<PersonId> to;
};

struct RehearsedEscalation {
  std::size_t task = 0;
  Instant at{};
  int level = 0;
  std::string action;
  std::vector<PersonId> to;
};

/// Where the plan meets a day off.
struct Collision {
  std::string kind;  ///< start | deadline | deadline-moved | reminder | wait
  std::size_t of = 0;
  std::optional<std::size_t> task;
  std::string step;  ///< Pointer; empty: the start.
  Date day;          ///< The day off.
  Text reason;       ///< Of the day off.
  Date instead;      ///< Where it went; the same day: it stayed.
};

/// A step that nobody could take, or an answer that the rules refused.
struct Hindrance {
  std::size_t of = 0;
  std::optional<std::size_t> task;
  std::string step;
  Instant at{};
  std::string detail;
};

struct PersonWeek {
  PersonId person;
  std::string week;  ///< "2026-W36", by the day of the answer, or of the due date.
  int answered = 0;
  int due = 0;
  int reminders = 0;
};

struct Rehearsal {
  std::vector<RehearsedCase> cases;  ///< In order of their start.
  std::vector<RehearsedTask> tasks;
  std::vector<RehearsedReminder> reminders;
  std::vector<RehearsedEscalation> escalations;
  std::vector<Collision> collisions;
  std::vector<Hindrance> nobody;
  std::vector<Hindrance> refused;
  std::vector<PersonWeek> load;  ///< By person, then week.
  /// Starts that a schedule's policy for days off leaves out.
  std::vector<Collision> skipped;
};

/// Bounds of what one rehearsal may be asked for.
constexpr int rehearsal_days_max = 800;
constexpr std::size_t rehearsal_cases_max = 50'000;

/// Errors: `invalid` "rehearsal-invalid" (to before from, too long), `too_large` "rehearsal-large",
/// `unavailable` "stopping".
[[nodiscard]] Result<Rehearsal> rehearse(const RehearsalPlan& plan);

/// "2026-W36" of ISO 8601.
[[nodiscard]] std::string iso_week(Date date);

}  // namespace kyhan
