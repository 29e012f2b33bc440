#pragma once
/// Starting instances by hand, after asking who may. By schedule: schedules.hpp.

#include "workflow/engine/batch.hpp"
#include "workflow/engine/engine.hpp"

namespace kyhan {

/// A fresh id, in the order of time: ten characters of milliseconds, ten of chance, base 32.
[[nodiscard]] InstanceId new_instance_id(Instant now, std::mt19937_64& chance);

/// Checks unit, start rule, input and business key, then starts. Errors: see Engine::start.
[[nodiscard]] Result<Applied> start_by_request(Batch& batch, const StartRequest& request,
                                               InstanceId id);

}  // namespace kyhan
