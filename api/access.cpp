#include "api/access.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "api/services.hpp"

namespace kyhan {
namespace {

constexpr std::array<std::string_view, 5> overseeing_roles = {"head", "deputy", "hr", "chair",
                                                              "auditor"};
constexpr std::array<std::string_view, 3> leading_roles = {"head", "deputy", "chair"};

/// Whoever looks: the caller, or somebody a caller asks about.
struct Viewer {
  const Directory& directory;
  const PersonId& person;
  std::shared_ptr<const Calendars> snapshot;
  const Calendars& calendars;
  Instant now;
  bool everything = false;
};

Viewer viewer_of(const Call& call, const PersonId& person, bool everything) {
  std::shared_ptr<const Calendars> calendars = call.services.engine.calendars();
  const Calendars& all = *calendars;
  return {*call.directory,   person, std::move(calendars), all, call.services.engine.clock().now(),
          everything};
}

Viewer viewer_of(const Call& call) {
  return viewer_of(call, call.caller.person, call.caller.administrator);
}

/// Somebody the caller asks about.
Viewer viewer_of(const Call& call, const PersonId& person) {
  return viewer_of(call, person,
                   call.directory->has_role(person, RoleId{"administrator"}, UnitId{}));
}

template <std::size_t N>
std::vector<UnitId> units_with_role(const Viewer& viewer,
                                    const std::array<std::string_view, N>& roles) {
  std::vector<UnitId> units;
  const Person* person = viewer.directory.find_person(viewer.person);
  if (person == nullptr) return units;
  for (const Membership& membership : person->memberships) {
    const bool counts = std::ranges::any_of(membership.roles, [&](const RoleId& role) {
      return std::ranges::find(roles, role.text()) != roles.end();
    });
    if (counts) units.push_back(membership.unit);
  }
  return units;
}

std::vector<UnitId> with_subtrees(const Directory& directory, const std::vector<UnitId>& roots) {
  std::vector<UnitId> units;
  for (const auto& [id, unit] : directory.units()) {
    const bool within = std::ranges::any_of(
        roots, [&](const UnitId& root) { return directory.is_within(id, root); });
    if (within) units.push_back(id);
  }
  return units;
}

std::vector<UnitId> every_unit(const Directory& directory) {
  std::vector<UnitId> units;
  for (const auto& [id, unit] : directory.units()) units.push_back(id);
  return units;
}

std::vector<UnitId> overseen_by(const Viewer& viewer) {
  if (viewer.everything) return every_unit(viewer.directory);
  return with_subtrees(viewer.directory, units_with_role(viewer, overseeing_roles));
}

Visibility visibility_of(const Viewer& viewer) {
  Visibility visibility;
  visibility.everything = viewer.everything;
  visibility.person = viewer.person;
  if (!visibility.everything) visibility.units = overseen_by(viewer);
  return visibility;
}

/// Whether more time was asked of the viewer, or of somebody they stand in for.
bool decides(const Viewer& viewer, const TaskRow& task) {
  std::vector<Candidate> asked;
  for (const std::string& key : task.deciders) {
    if (Result<Candidate> one = candidate_from_key(key)) asked.push_back(std::move(*one));
  }
  return !asked.empty() &&
         asked_capacity(viewer.person, asked, PersonId{}, task.unit, task.definition,
                        viewer.directory, viewer.calendars, viewer.now)
             .may_act();
}

Result<TaskStanding> standing(const Viewer& viewer, Reads& reads, const TaskRow& task) {
  TaskStanding standing;
  const PersonId& person = viewer.person;
  standing.person = person;
  if (!person.empty()) {
    std::vector<Candidate> candidates;
    for (const std::string& key : task.candidates) {
      if (Result<Candidate> one = candidate_from_key(key)) candidates.push_back(std::move(*one));
    }
    const ActedOn acted{candidates,     task.excluded,  task.holder, task.on_behalf_of,
                        task.delegated, task.excluded_units, task.role, task.substitutes,
                        task.unit,      task.definition};
    standing.capacity =
        capacity_of(person, acted, viewer.directory, viewer.calendars, viewer.now);
    standing.holder = task.holder == person;
    standing.excluded = standing.capacity.as == Capacity::As::excluded;
    standing.asked = is_open(task.state) && std::ranges::find(task.asked, person) != task.asked.end();
    standing.candidate = !is_excluded(person, acted, viewer.directory) &&
                         (candidate_for(person, candidates, viewer.directory) != nullptr ||
                          standing.capacity.as == Capacity::As::stand_in ||
                          task.on_behalf_of == person);
    standing.decider = decides(viewer, task);
  }
  if (viewer.everything || standing.holder || standing.candidate || standing.asked ||
      standing.decider || (!person.empty() && task.performer == person)) {
    standing.visible = true;
    return standing;
  }
  const Result<bool> sees_instance = reads.instance_visible(task.instance, visibility_of(viewer));
  if (!sees_instance) return sees_instance.error();
  standing.visible = *sees_instance;
  return standing;
}

}  // namespace

std::vector<UnitId> overseen_roots(const Call& call) {
  if (call.caller.administrator) return every_unit(*call.directory);
  return units_with_role(viewer_of(call), overseeing_roles);
}

std::vector<UnitId> overseen_units(const Call& call) {
  return overseen_by(viewer_of(call));
}

std::vector<UnitId> team_units(const Call& call) {
  if (call.caller.administrator) return every_unit(*call.directory);
  return with_subtrees(*call.directory, units_with_role(viewer_of(call), leading_roles));
}

std::vector<UnitId> subtree(const Directory& directory, const UnitId& unit) {
  return with_subtrees(directory, {unit});
}

Visibility visibility_of(const Call& call) {
  return visibility_of(viewer_of(call));
}

Result<bool> may_see_instance(const Call& call, Reads& reads, const PersonId& person,
                              const InstanceId& instance) {
  return reads.instance_visible(instance, visibility_of(viewer_of(call, person)));
}

Result<bool> may_see_task(const Call& call, Reads& reads, const PersonId& person,
                          const TaskRow& task) {
  const Result<TaskStanding> stands = standing(viewer_of(call, person), reads, task);
  if (!stands) return stands.error();
  return stands->visible;
}

bool TaskStanding::may_act(const TaskRow& task) const {
  return is_open(task.state) && capacity.may_act();
}

Result<TaskStanding> standing(const Call& call, Reads& reads, const TaskRow& task) {
  return standing(viewer_of(call), reads, task);
}

bool decides_extension(const Call& call, const TaskRow& task) {
  return decides(viewer_of(call), task);
}

std::vector<ActingFor> acting_for(const Call& call) {
  std::vector<ActingFor> out;
  const Directory& directory = *call.directory;
  if (call.caller.person.empty()) return out;
  for (const StandIn& one :
       directory.stands_in_for(call.caller.person, *call.services.engine.calendars(),
                               call.services.engine.clock().now())) {
    const AbsenceScope& scope = one.absence->scope;
    ActingFor acting;
    acting.absent = one.absent;
    acting.keys = directory.keys_of(one.absent);
    acting.roles = scope.roles;
    for (const std::string& key : acting.keys) {
      const Result<Candidate> candidate = candidate_from_key(key);
      if (candidate && std::ranges::find(scope.roles, candidate->role) != scope.roles.end()) {
        acting.role_keys.push_back(key);
      }
    }
    acting.units = with_subtrees(directory, scope.units);
    acting.definitions = scope.definitions;
    // Units that no longer exist must not widen what falls to the deputy.
    if (acting.units.empty() && !scope.units.empty()) continue;
    out.push_back(std::move(acting));
  }
  return out;
}

bool may_manage_leave_of(const Call& call, const PersonId& person) {
  if (call.caller.administrator || call.caller.own_machine) return true;
  if (call.caller.person.empty()) return false;
  if (call.caller.person == person) return true;
  const Person* found = call.directory->find_person(person);
  if (found == nullptr) return false;
  constexpr std::array<std::string_view, 4> roles = {"head", "deputy", "hr", "chair"};
  const std::vector<UnitId> roots = units_with_role(viewer_of(call), roles);
  return std::ranges::any_of(found->memberships, [&](const Membership& membership) {
    return std::ranges::any_of(roots, [&](const UnitId& root) {
      return call.directory->is_within(membership.unit, root);
    });
  });
}

Result<TaskRow> visible_task(const Call& call, Reads& reads, const TaskId& id) {
  Result<std::optional<TaskRow>> found = reads.find_task(id);
  if (!found) return found.error();
  if (!*found) return not_found();
  const Result<TaskStanding> stands = standing(call, reads, **found);
  if (!stands) return stands.error();
  if (!stands->visible) return not_found();
  return std::move(**found);
}

Result<InstanceRow> visible_instance(const Call& call, Reads& reads, const InstanceId& id) {
  const Result<bool> visible = reads.instance_visible(id, visibility_of(call));
  if (!visible) return visible.error();
  if (!*visible) return not_found();
  Result<std::optional<InstanceRow>> found = reads.find_instance(id);
  if (!found) return found.error();
  if (!*found) return not_found();
  return std::move(**found);
}

std::vector<UnitId> startable_units(const Call& call, const Definition& definition) {
  if (call.caller.administrator) return every_unit(*call.directory);
  std::vector<UnitId> units;
  const Person* person = call.directory->find_person(call.caller.person);
  if (person == nullptr || !definition.start.by.is_array() || definition.start.by.empty()) {
    return units;
  }
  std::set<UnitId> tried;
  for (const Membership& membership : person->memberships) {
    if (!tried.insert(membership.unit).second) continue;
    const auto candidates = call.directory->resolve(definition.start.by, membership.unit);
    if (!candidates) continue;
    const bool may = std::ranges::any_of(*candidates, [&](const Candidate& candidate) {
      return call.directory->matches(candidate, person->id);
    });
    if (may) units.push_back(membership.unit);
  }
  return units;
}

}  // namespace kyhan
