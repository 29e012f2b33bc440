#include "api/access.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace kyhan {
namespace {

constexpr std::array<std::string_view, 5> overseeing_roles = {"head", "deputy", "hr", "chair",
                                                              "auditor"};
constexpr std::array<std::string_view, 3> leading_roles = {"head", "deputy", "chair"};

/// Whoever looks: the caller, or somebody a caller asks about.
struct Viewer {
  const Directory& directory;
  const PersonId& person;
  bool everything = false;
};

Viewer viewer_of(const Call& call) {
  return {*call.directory, call.caller.person, call.caller.administrator};
}

Viewer viewer_of(const Directory& directory, const PersonId& person) {
  return {directory, person, directory.has_role(person, RoleId{"administrator"}, UnitId{})};
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

Result<TaskStanding> standing(const Viewer& viewer, Reads& reads, const TaskRow& task) {
  TaskStanding standing;
  const PersonId& person = viewer.person;
  bool named = false;
  if (!person.empty()) {
    const std::vector<std::string> keys = viewer.directory.keys_of(person);
    named = std::ranges::any_of(task.candidates, [&](const std::string& key) {
      return std::ranges::find(keys, key) != keys.end();
    });
    standing.holder = task.holder == person;
    standing.excluded = std::ranges::find(task.excluded, person) != task.excluded.end();
    standing.candidate = named && !standing.excluded;
  }
  if (viewer.everything || standing.holder || standing.candidate ||
      (!person.empty() && task.performer == person)) {
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

Result<bool> may_see_instance(const Directory& directory, Reads& reads, const PersonId& person,
                              const InstanceId& instance) {
  return reads.instance_visible(instance, visibility_of(viewer_of(directory, person)));
}

Result<bool> may_see_task(const Directory& directory, Reads& reads, const PersonId& person,
                          const TaskRow& task) {
  const Result<TaskStanding> stands = standing(viewer_of(directory, person), reads, task);
  if (!stands) return stands.error();
  return stands->visible;
}

bool TaskStanding::may_act(const TaskRow& task) const {
  if (task.state != TaskState::offered && task.state != TaskState::claimed) return false;
  if (excluded) return false;
  return holder || (candidate && task.holder.empty());
}

Result<TaskStanding> standing(const Call& call, Reads& reads, const TaskRow& task) {
  return standing(viewer_of(call), reads, task);
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
