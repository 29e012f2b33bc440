#pragma once
/// The one place that says who may see what. Handlers ask here and answer 404 for the rest.
///
///   administrator (and the Unix socket)   everything
///   head, deputy, hr, chair               the instances and tasks of their unit and those below it
///   auditor                               the same, to read
///   everybody                             the instances they take part in, tasks offered to them,
///                                         and to those they stand in for
///   a system's token                      nothing of people; it may only send events

#include <string>
#include <vector>

#include "api/call.hpp"
#include "workflow/core/capacity.hpp"
#include "workflow/store/reads.hpp"

namespace kyhan {

/// Units whose instances the caller oversees, subtrees spelled out, sorted. Administrators: all.
[[nodiscard]] std::vector<UnitId> overseen_units(const Call& call);
/// The top ones of these, as the pages offer them: the units of the caller's own memberships.
[[nodiscard]] std::vector<UnitId> overseen_roots(const Call& call);
/// Units whose open tasks the caller may list as `team`: as head, deputy or chair.
[[nodiscard]] std::vector<UnitId> team_units(const Call& call);

[[nodiscard]] Visibility visibility_of(const Call& call);

// The same questions about somebody who is not asking.
[[nodiscard]] Result<bool> may_see_instance(const Call& call, Reads& reads, const PersonId& person,
                                            const InstanceId& instance);
[[nodiscard]] Result<bool> may_see_task(const Call& call, Reads& reads, const PersonId& person,
                                        const TaskRow& task);

/// `unit` and all below it.
[[nodiscard]] std::vector<UnitId> subtree(const Directory& directory, const UnitId& unit);

/// What the caller is to a task.
struct TaskStanding {
  PersonId person;  ///< Who looks; empty: nobody in person.
  bool visible = false;
  bool holder = false;
  bool candidate = false;  ///< Named by it, not excluded.
  bool excluded = false;   ///< Four-eyes: took part before, or stands in for somebody who did.
  bool asked = false;      ///< For information that they have not given yet.
  bool decider = false;    ///< More time was asked of the caller.
  Capacity capacity;       ///< In what capacity the caller would act.
  [[nodiscard]] bool may_act(const TaskRow& task) const;
};
/// Errors: of the database.
[[nodiscard]] Result<TaskStanding> standing(const Call& call, Reads& reads, const TaskRow& task);

/// The task, or `not_found` when there is none that the caller may see.
[[nodiscard]] Result<TaskRow> visible_task(const Call& call, Reads& reads, const TaskId& id);
[[nodiscard]] Result<InstanceRow> visible_instance(const Call& call, Reads& reads,
                                                   const InstanceId& id);

/// Whether more time was asked of the caller, or of somebody the caller stands in for today.
[[nodiscard]] bool decides_extension(const Call& call, const TaskRow& task);

/// Those the caller stands in for today, for the lists of tasks.
[[nodiscard]] std::vector<ActingFor> acting_for(const Call& call);
/// Whether the caller may record and end leave of `person`: their own; as head, deputy, hr or chair
/// that of the people of the unit and below; administrators everybody's.
[[nodiscard]] bool may_manage_leave_of(const Call& call, const PersonId& person);

/// Units for which the caller may start the definition; administrators: every unit.
[[nodiscard]] std::vector<UnitId> startable_units(const Call& call, const Definition& definition);

}  // namespace kyhan
