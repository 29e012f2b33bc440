#pragma once
/// Leave on its way into the database and the directory. What is staged here is checked against
/// what is staged already, so two records in one batch cannot contradict each other.

#include "workflow/engine/engine.hpp"
#include "workflow/engine/engine_loop.hpp"

namespace kyhan {

[[nodiscard]] Job record_absence_job(EngineLoop& loop, AbsenceRequest request,
                                     Callback<AbsenceRow> callback);
[[nodiscard]] Job end_absence_job(EngineLoop& loop, std::string id, PersonId by,
                                  Callback<AbsenceRow> callback);

/// Makes the absences of an organisation's file the ones that come from a file; those that people
/// recorded stay. The directory to use then. Errors: `invalid` "bad-directory" where the two
/// contradict each other.
[[nodiscard]] Result<std::shared_ptr<const Directory>> take_file_absences(
    Batch& batch, EngineLoop& loop, const Directory& file);

/// The directory with the absences that the database holds.
[[nodiscard]] Result<std::shared_ptr<const Directory>> with_stored_absences(
    UnitOfWork& work, const Directory& directory, Instant now);

}  // namespace kyhan
