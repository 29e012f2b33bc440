#pragma once
/// What was kept for a digest, or for the end of quiet hours, on its way out.

#include "workflow/engine/batch.hpp"

namespace kyhan {

/// Everything of `person` that is to leave by now, as one message `vn.kyhan.reminder.digest.v1`.
/// Looks at each task again: what is done, or held by somebody else, stays behind.
[[nodiscard]] Result<void> release_notices(Batch& batch, const PersonId& person);

}  // namespace kyhan
