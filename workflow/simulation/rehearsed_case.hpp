#pragma once
/// One instance of a rehearsal on its way through the period. Internal to simulation.

#include <deque>
#include <map>
#include <set>

#include "workflow/core/preferences.hpp"
#include "workflow/simulation/assumed_answer.hpp"

namespace kyhan {

/// What all cases of a definition share.
struct CaseSetting {
  const RehearsalPlan& plan;
  const Program& program;
  World world;
  PlannedOutcomes planned;
};

/// What one case has told; indices of tasks are its own.
struct CaseRecord {
  RehearsedCase of;
  std::vector<RehearsedTask> tasks;
  std::vector<RehearsedReminder> reminders;
  std::vector<RehearsedEscalation> escalations;
  std::vector<Collision> collisions;
  std::vector<Hindrance> nobody;
  std::vector<Hindrance> refused;
};

class CasePlayer {
 public:
  /// `number` tells the cases apart: it is part of the id and turns who answers.
  CasePlayer(const CaseSetting& setting, std::size_t number, CaseRecord record, Json input,
             PersonId initiator);

  /// When something happens next; empty: nothing does any more.
  [[nodiscard]] std::optional<Instant> next() const;
  /// Does what happens next.
  void step();
  [[nodiscard]] bool listening() const { return !waits_of(state_).subscriptions.empty(); }
  /// Offers an event of another case (or its own) to what listens.
  void deliver(const CloudEvent& event, Instant at);
  /// What the last step emitted.
  [[nodiscard]] std::vector<CloudEvent> take_emitted() { return std::move(emitted_); }
  [[nodiscard]] CaseRecord finish();

 private:
  struct Answer {
    Instant at;
    TaskId task;
    friend auto operator<=>(const Answer&, const Answer&) = default;
  };

  void begin(Json input, PersonId initiator);
  bool submit(const Command& command, Instant at, std::optional<Error>* refusal = nullptr);
  void take(Decision& decision);
  void note(const Event& event);
  void note_effect(const Effect& effect);
  [[nodiscard]] FinishCall assumed_call(const StartCall& call);
  void opened(const TaskOpened& event);
  [[nodiscard]] Instant answer_time(const Task& task, const PlannedAnswer* planned) const;
  void answer(const Answer& due);
  [[nodiscard]] PersonId who(const Task& task, const PlannedAnswer* planned) const;
  void hindered(const std::string& pointer, const WorkflowError& error, Instant at);
  void look_at_due(const Task& task, std::size_t index);
  void look_at_day(const char* kind, Instant at, const std::string& step,
                   std::optional<std::size_t> task);
  [[nodiscard]] const Calendar& calendar_of_unit(const UnitId& unit) const;
  [[nodiscard]] const std::string& zone() const { return setting_.program.definition->time_zone; }
  [[nodiscard]] std::size_t index_of(const TaskId& task) const { return index_.at(task); }

  const CaseSetting& setting_;
  std::size_t number_;
  CaseRecord record_;
  State state_;
  Instant now_{};
  std::map<std::string, Instant> timers_;
  std::set<std::pair<Instant, std::string>> due_;  ///< The timers by time.
  std::set<Answer> answers_;
  std::map<TaskId, std::size_t> index_;
  std::map<StepIndex, int> rounds_;
  std::vector<CloudEvent> emitted_;
  std::deque<StartCall> calls_;  ///< To other systems: answered at once.
};

}  // namespace kyhan
