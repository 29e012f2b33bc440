#pragma once
/// What the lists show of an instance and its tasks, made from the state after a decision.

#include "workflow/core/definition.hpp"
#include "workflow/core/directory.hpp"
#include "workflow/core/model.hpp"
#include "workflow/store/rows.hpp"

namespace kyhan {

/// Entries of `current_json`; a step offered to hundreds shows the first ones.
constexpr std::size_t current_entries_max = 20;

/// The row of the instance. `current_json` is an array of what it stands at:
/// {step, pointer, kind: task kind | "wait" | "listen", title: {vi, en}, task?, holder?,
///  candidates?: [key], unit?, since, dueAt?, dueDate?, overdue?, wakeAt?}, times RFC 3339.
[[nodiscard]] InstanceRow instance_row(const State& state, const Definition& definition,
                                       const Directory& directory, bool runnable);

/// The row of a task. `before`: the state before the decision, which still knows the node of a task
/// that has ended.
[[nodiscard]] TaskRow task_row(const SaveTask& saved, const State& after, const State& before,
                               const Definition& definition, const InstanceRow& instance,
                               Instant now);

}  // namespace kyhan
