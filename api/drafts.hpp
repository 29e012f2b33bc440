#pragma once
/// Which form a draft was written for.

#include <string>

#include "workflow/core/json.hpp"

namespace kyhan {

/// Short name of what a task asks: its form, outcomes and evidence. It changes when any of these
/// does. `spec` as task_spec gives it.
[[nodiscard]] std::string form_version(const Json& spec);

}  // namespace kyhan
