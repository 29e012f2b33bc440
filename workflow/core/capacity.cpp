#include "workflow/core/capacity.hpp"

#include <algorithm>

namespace kyhan {
namespace {

using As = Capacity::As;

/// Whether the absence covers what falls to `absent` in this task: through one of the candidates
/// that name them, or in person where they hold it without.
bool covers(const Absence& absence, const PersonId& absent, const ActedOn& task,
            const Directory& directory) {
  bool named = false;
  for (const Candidate& candidate : task.candidates) {
    if (!directory.matches(candidate, absent)) continue;
    named = true;
    const RoleId& role = candidate.role.empty() ? task.role : candidate.role;
    if (directory.applies(absence.scope, {role, task.unit, std::string(task.definition)})) {
      return true;
    }
  }
  return !named && task.holder == absent &&
         directory.applies(absence.scope, {task.role, task.unit, std::string(task.definition)});
}

Capacity as_deputy(const PersonId& person, const ActedOn& task, const Directory& directory,
                   const Calendars& calendars, Instant now) {
  Capacity blocked;
  for (const StandIn& one : directory.stands_in_for(person, calendars, now)) {
    const bool theirs =
        task.holder == one.absent ||
        (task.holder.empty() && candidate_for(one.absent, task.candidates, directory) != nullptr);
    if (!theirs || !covers(*one.absence, one.absent, task, directory)) continue;
    if (!std::ranges::binary_search(task.excluded, one.absent)) return {As::stand_in, one.absent};
    if (blocked.on_behalf_of.empty()) blocked = {As::excluded, one.absent};
  }
  return blocked;
}

/// A deputy who holds a task must still be one.
Capacity as_holding_deputy(const PersonId& person, const ActedOn& task, const Directory& directory,
                           const Calendars& calendars, Instant now) {
  if (std::ranges::binary_search(task.excluded, task.on_behalf_of)) {
    return {As::excluded, task.on_behalf_of};
  }
  static const PersonId nobody;
  const ActedOn theirs{task.candidates, task.excluded,    task.on_behalf_of, nobody,
                       task.role,       task.substitutes, task.unit,         task.definition};
  for (const StandIn& one : directory.stands_in_for(person, calendars, now)) {
    if (one.absent == task.on_behalf_of && covers(*one.absence, one.absent, theirs, directory)) {
      return {As::stand_in, one.absent};
    }
  }
  return {As::over, task.on_behalf_of};
}

}  // namespace

const Candidate* candidate_for(const PersonId& person, const std::vector<Candidate>& candidates,
                               const Directory& directory) {
  const auto found = std::ranges::find_if(
      candidates, [&](const Candidate& candidate) { return directory.matches(candidate, person); });
  return found == candidates.end() ? nullptr : &*found;
}

Capacity capacity_of(const PersonId& person, const ActedOn& task, const Directory& directory,
                     const Calendars& calendars, Instant now) {
  if (person.empty()) return {};
  if (std::ranges::binary_search(task.excluded, person)) return {As::excluded, {}};
  if (task.holder == person) {
    return task.on_behalf_of.empty() ? Capacity{As::own, {}}
                                     : as_holding_deputy(person, task, directory, calendars, now);
  }
  // Back from leave: what a deputy holds is theirs again whenever they want it.
  if (!task.holder.empty() && task.on_behalf_of == person) return {As::own, {}};
  const bool named = candidate_for(person, task.candidates, directory) != nullptr;
  if (named && task.holder.empty()) return {As::own, {}};
  if (task.substitutes) {
    const Capacity deputy = as_deputy(person, task, directory, calendars, now);
    if (deputy.as != As::nobody) return deputy;
  }
  return {named ? As::held : As::nobody, {}};
}

}  // namespace kyhan
