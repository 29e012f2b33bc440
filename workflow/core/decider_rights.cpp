// Who may act on a task: the one judgement of capacity.hpp, with what only the instance knows, and
// the words of the refusals.

#include <algorithm>

#include "workflow/core/decider.hpp"

namespace kyhan {
namespace {

Error excluded_error(const PersonId& through) {
  if (through.empty()) {
    return {ErrorCode::forbidden,
            "excluded",
            {"Bạn không được thực hiện bước này vì đã tham gia bước trước của hồ sơ (nguyên tắc "
             "hai người).",
             "You may not act here: you took part in an earlier step of this case (four-eyes)."}};
  }
  const std::string& absent = through.text();
  return {ErrorCode::forbidden,
          "excluded",
          {"Bạn thay " + absent +
               ", người không được thực hiện bước này vì đã tham gia bước trước của hồ sơ (nguyên "
               "tắc hai người).",
           "You act for " + absent +
               ", who took part in an earlier step of this case and may not act here "
               "(four-eyes)."}};
}

Error not_a_candidate(const PersonId& person) {
  return {ErrorCode::forbidden,
          "not-a-candidate",
          {person.text() + " không thuộc những người được giao công việc này.",
           person.text() + " is not among those who may act on this task."}};
}

}  // namespace

/// What was excluded when the task opened, and whoever has performed a named step since: a branch
/// that runs beside it must not be a way round.
Decider::Excluded Decider::excluded_now(const Task& task) const {
  Excluded found{task.excluded, task.excluded_units};
  const auto node = state_.nodes.find(task.node);
  if (node == state_.nodes.end()) return found;
  const bool vote = task.kind != "task";
  const Json& exclude = vote ? member(node->second.spec, "exclude")
                             : member(member(node->second.spec, "assignment"), "exclude");
  // A ballot, once handed out, stays: the electorate is frozen at the opening.
  if (!exclude.is_object() || vote) return found;
  Excluded now = resolve_excluded(exclude);
  std::set<PersonId> people(found.people.begin(), found.people.end());
  people.insert(now.people.begin(), now.people.end());
  std::set<UnitId> units(found.units.begin(), found.units.end());
  units.insert(now.units.begin(), now.units.end());
  return {{people.begin(), people.end()}, {units.begin(), units.end()}};
}

Capacity Decider::capacity(const Task& task, const PersonId& person) const {
  const Excluded excluded = excluded_now(task);
  const ActedOn stored = acted_on(task, state_.definition.name);
  const ActedOn now{stored.candidates, excluded.people,  stored.holder, stored.on_behalf_of,
                    stored.delegated,  excluded.units,   stored.role,   stored.substitutes,
                    stored.unit,       stored.definition};
  return capacity_of(person, now, world_.directory, world_.calendars, now_.at);
}

bool Decider::keeps_out(const Task& task, const PersonId& person) const {
  const Excluded excluded = excluded_now(task);
  const ActedOn stored = acted_on(task, state_.definition.name);
  const ActedOn now{stored.candidates, excluded.people,  stored.holder, stored.on_behalf_of,
                    stored.delegated,  excluded.units,   stored.role,   stored.substitutes,
                    stored.unit,       stored.definition};
  return is_excluded(person, now, world_.directory);
}

Result<Capacity> Decider::may_act(const Task& task, const PersonId& person) const {
  const Capacity found = capacity(task, person);
  switch (found.as) {
    case Capacity::As::own:
    case Capacity::As::stand_in:
      break;
    case Capacity::As::excluded:
      return excluded_error(found.on_behalf_of);
    case Capacity::As::over:
      return Error{
          ErrorCode::forbidden,
          "substitution-over",
          {"Thời gian bạn thay " + found.on_behalf_of.text() + " đã hết. Hãy trả lại công việc.",
           "You no longer stand in for " + found.on_behalf_of.text() + ". Release the task."}};
    case Capacity::As::held:
      if (task.direct) return not_a_candidate(person);
      return Error{ErrorCode::conflict,
                   "task-held",
                   {"Công việc đang do " + task.holder.text() + " xử lý.",
                    "The task is held by " + task.holder.text() + "."}};
    case Capacity::As::nobody:
      return not_a_candidate(person);
  }
  if (task.kind == "task" && has_answered(task.node, person, found.on_behalf_of)) {
    return Error{ErrorCode::conflict,
                 "answered-already",
                 {"Bạn đã có ý kiến ở bước này, không thể cho ý kiến lần nữa với tư cách khác.",
                  "You have answered in this step already and cannot answer again in another "
                  "capacity."}};
  }
  return found;
}

/// A person answers once, also where acting for another would give them a second voice. Somebody
/// who speaks for two units, in their own right for both, does so.
bool Decider::has_answered(NodeId node, const PersonId& person,
                           const PersonId& on_behalf_of) const {
  const auto same = [](const PersonId& a, const PersonId& b) { return !a.empty() && a == b; };
  return std::ranges::any_of(state_.nodes.at(node).responses, [&](const Response& one) {
    if (one.automatic || (one.on_behalf_of.empty() && on_behalf_of.empty())) return false;
    return same(one.by, person) || same(one.on_behalf_of, person) || same(one.by, on_behalf_of) ||
           same(one.on_behalf_of, on_behalf_of);
  });
}

/// Whoever leads the unit of a task or one above it, or administers; nobody is the server's own
/// user.
bool Decider::leads(const PersonId& person, const UnitId& unit) const {
  if (person.empty()) return true;
  const Person* known = world_.directory.find_person(person);
  if (known == nullptr) return false;
  for (const Membership& one : known->memberships) {
    for (const RoleId& role : one.roles) {
      if (role.text() == "administrator") return true;
      const bool leading =
          role.text() == "head" || role.text() == "deputy" || role.text() == "chair";
      if (leading && world_.directory.is_within(unit, one.unit)) return true;
    }
  }
  return false;
}

std::vector<Addressee> Decider::reached(const std::vector<PersonId>& people,
                                        const Task& task) const {
  std::vector<Addressee> found;
  for (const PersonId& person : people) {
    const Candidate* through = candidate_for(person, task.candidates, world_.directory);
    const bool acts = through != nullptr || task.holder == person;
    const RoleId& role = through != nullptr && !through->role.empty() ? through->role : task.role;
    const bool nobody_else = acts && (!task.substitutes || !task.delegated_by.empty());
    const PersonId deputy =
        nobody_else ? PersonId{}
                    : world_.directory.deputy_of(
                          person, world_.directory.day_for(person, world_.calendars, now_.at),
                          {role, task.unit, state_.definition.name});
    const bool stands_in = !deputy.empty() && !std::ranges::binary_search(task.excluded, deputy);
    Addressee one = stands_in ? Addressee{deputy, person} : Addressee{person, {}};
    // Somebody meant in their own right is told once, as such.
    const auto same = std::ranges::find(found, one.person, &Addressee::person);
    if (same == found.end()) {
      found.push_back(std::move(one));
    } else if (one.on_behalf_of.empty()) {
      same->on_behalf_of = PersonId{};
    }
  }
  return found;
}

}  // namespace kyhan
