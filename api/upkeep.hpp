#pragma once
/// Reports on the database, the same through the socket and without a server.

#include <string>

#include "workflow/core/json.hpp"
#include "workflow/core/result.hpp"
#include "workflow/store/store.hpp"

namespace kyhan {

/// {instances, journalRows, attachments, findings: [{code, instance, text}]}.
[[nodiscard]] Result<Json> verify_report(Store& store);
/// {folder, files, bytes}. Errors as back_up().
[[nodiscard]] Result<Json> backup_report(Store& store, const std::string& folder, Instant at);

}  // namespace kyhan
