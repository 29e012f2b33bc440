#pragma once
/// What a person in a rehearsal answers to a task: what the plan says, else the first positive
/// outcome with the data and evidence it needs. Internal to simulation.

#include "workflow/simulation/rehearsal.hpp"

namespace kyhan {

/// The answers that the plan has for the steps of one definition.
class PlannedOutcomes {
 public:
  PlannedOutcomes(const Definition& definition, const std::vector<PlannedAnswer>& answers);
  /// Of the `round`-th opening of a step, from 0; null: none is planned.
  [[nodiscard]] const PlannedAnswer* find(StepIndex step, const UnitId& unit, int round) const;

 private:
  std::map<StepIndex, std::vector<const PlannedAnswer*>> by_step_;
};

/// The answer `by` gives. `planned` may be null.
[[nodiscard]] CompleteTask assumed_answer(const State& state, const Task& task, const PersonId& by,
                                          const PlannedAnswer* planned, const Directory& directory,
                                          Date day);

}  // namespace kyhan
