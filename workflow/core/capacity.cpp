#include "workflow/core/capacity.hpp"

#include <algorithm>

#include "workflow/core/model.hpp"

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
    if (!is_excluded(one.absent, task, directory)) return {As::stand_in, one.absent};
    if (blocked.on_behalf_of.empty()) blocked = {As::excluded, one.absent};
  }
  return blocked;
}

/// A deputy who holds a task must still be one.
Capacity as_holding_deputy(const PersonId& person, const ActedOn& task, const Directory& directory,
                           const Calendars& calendars, Instant now) {
  if (is_excluded(task.on_behalf_of, task, directory)) return {As::excluded, task.on_behalf_of};
  static const PersonId nobody;
  const ActedOn theirs{task.candidates, task.excluded,       task.on_behalf_of, nobody,
                       false,           task.excluded_units, task.role,         task.substitutes,
                       task.unit,       task.definition};
  for (const StandIn& one : directory.stands_in_for(person, calendars, now)) {
    if (one.absent == task.on_behalf_of && covers(*one.absence, one.absent, theirs, directory)) {
      return {As::stand_in, one.absent};
    }
  }
  return {As::over, task.on_behalf_of};
}

}  // namespace

ActedOn acted_on(const Task& task, std::string_view definition) {
  return {task.candidates,
          task.excluded,
          task.holder,
          task.on_behalf_of,
          !task.delegated_by.empty(),
          task.excluded_units,
          task.role,
          task.substitutes,
          task.unit,
          definition};
}

bool is_excluded(const PersonId& person, const ActedOn& task, const Directory& directory) {
  if (std::ranges::binary_search(task.excluded, person)) return true;
  if (task.excluded_units.empty()) return false;
  const Person* const known = directory.find_person(person);
  return known != nullptr && std::ranges::any_of(known->memberships, [&](const Membership& one) {
           return std::ranges::find(task.excluded_units, one.unit) != task.excluded_units.end();
         });
}

const Candidate* candidate_for(const PersonId& person, const std::vector<Candidate>& candidates,
                               const Directory& directory) {
  const auto found = std::ranges::find_if(
      candidates, [&](const Candidate& candidate) { return directory.matches(candidate, person); });
  return found == candidates.end() ? nullptr : &*found;
}

Capacity capacity_of(const PersonId& person, const ActedOn& task, const Directory& directory,
                     const Calendars& calendars, Instant now) {
  if (person.empty()) return {};
  if (is_excluded(person, task, directory)) return {As::excluded, {}};
  if (task.holder == person) {
    if (task.on_behalf_of.empty()) return {As::own, {}};
    if (!task.delegated) return as_holding_deputy(person, task, directory, calendars, now);
    if (is_excluded(task.on_behalf_of, task, directory)) return {As::excluded, task.on_behalf_of};
    return {As::own, task.on_behalf_of};
  }
  // Back from leave, or having thought better of it: what one's deputy or delegate holds is one's
  // own again whenever one wants it.
  if (!task.holder.empty() && task.on_behalf_of == person) return {As::own, {}};
  const bool named = candidate_for(person, task.candidates, directory) != nullptr;
  if (named && task.holder.empty()) return {As::own, {}};
  // What was handed to somebody in person is not handed on by their leave.
  if (task.substitutes && !task.delegated) {
    const Capacity deputy = as_deputy(person, task, directory, calendars, now);
    if (deputy.as != As::nobody) return deputy;
  }
  return {named ? As::held : As::nobody, {}};
}

Capacity asked_capacity(const PersonId& person, const std::vector<Candidate>& asked,
                        const PersonId& asked_by, const UnitId& unit, std::string_view definition,
                        const Directory& directory, const Calendars& calendars, Instant now) {
  if (person.empty()) return {};
  if (person == asked_by) return {As::excluded, {}};
  if (candidate_for(person, asked, directory) != nullptr) return {As::own, {}};
  for (const StandIn& one : directory.stands_in_for(person, calendars, now)) {
    if (one.absent == asked_by) continue;
    for (const Candidate& candidate : asked) {
      if (directory.matches(candidate, one.absent) &&
          directory.applies(one.absence->scope, {candidate.role, unit, std::string(definition)})) {
        return {As::stand_in, one.absent};
      }
    }
  }
  return {};
}

}  // namespace kyhan
