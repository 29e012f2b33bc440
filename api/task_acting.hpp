#pragma once
/// What the verbs of a task share: the task as the caller may see it, its version, the refusal that
/// shows how it stands, the answer that shows it. Private to task_actions.cpp and task_verbs.cpp.

#include "api/call.hpp"
#include "api/handlers.hpp"
#include "workflow/core/model.hpp"
#include "workflow/engine/engine.hpp"

namespace kyhan {

/// The task as the caller sees it now. Tokens of systems and the Unix socket are no persons: they
/// cannot hold a task.
[[nodiscard]] Result<TaskRow> task_to_act_on(const Call& call);
/// The refusal of a decision that came too late shows the present task.
[[nodiscard]] Reply refuse_on_task(const Call& call, const Error& error, const TaskId& id);

/// If-Match is required for decisions and checked where it is given for anything else.
enum class Version { required, optional };
[[nodiscard]] Result<void> take_version(const Call& call, Version need, SubmitOptions& options);

/// Gives the command to the engine and shows the task as it is then.
[[nodiscard]] HandlerResult act_on_task(Call& call, TaskRow task, Command command);

}  // namespace kyhan
