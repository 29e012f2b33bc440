#pragma once
/// The audit of a database: is every instance what its journal says, does everything that waits
/// have its row, are the files there?

#include <string>
#include <vector>

#include "workflow/core/result.hpp"
#include "workflow/store/store.hpp"

namespace kyhan {

struct Finding {
  std::string code;     ///< "chain", "replay", "timer-missing", "timer-orphan", "attachment", ...
  InstanceId instance;  ///< Empty: of the database as a whole.
  Text text;
};

struct VerifyReport {
  std::int64_t instances = 0;
  std::int64_t journal_rows = 0;
  std::int64_t attachments = 0;
  std::vector<Finding> findings;  ///< At most findings_max.
};
constexpr std::size_t findings_max = 1000;

/// Checks: SQLite's integrity and foreign keys; each instance's hash chain; its journal replayed
/// through evolve() equals the stored state; waits_of(state) equals the rows of timers, tasks and
/// subscriptions; every attachment's bytes have their hash. One consistent view, while others
/// write.
[[nodiscard]] Result<VerifyReport> verify(Store& store);

}  // namespace kyhan
