#pragma once
/// More time for a task, as its page shows it.

#include "api/access.hpp"
#include "api/call.hpp"

namespace kyhan {

/// `extensions`, `canAskExtension`, `canDecideExtension` and the first deadline of a task, into its
/// detail. `image` is the task as the engine keeps it, `spec` its evaluated `with`.
void show_extensions(Json& detail, const Call& call, const TaskRow& task, const Json& spec,
                     const Json& image, const TaskStanding& stands);

}  // namespace kyhan
