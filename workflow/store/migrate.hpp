#pragma once
/// The schema's history: numbered steps, only forward, each in one transaction.

#include <string_view>
#include <vector>

#include "workflow/store/sqlite.hpp"

namespace kyhan {

struct Migration {
  int number;
  std::string_view name;  ///< "0001-initial"
  std::string_view sql;
};

/// Every step this program knows, in order. Generated from migrations/*.sql when it is built.
[[nodiscard]] const std::vector<Migration>& migrations();

/// Brings the database up to date; does nothing when it is. Errors: `conflict` "database-newer"
/// (a later version of the program made it), `conflict` "migration-changed" (a step that was
/// applied read differently then: another program's database); `unavailable` "storage",
/// "disk-full".
[[nodiscard]] Result<void> migrate(Database& database,
                                   const std::vector<Migration>& steps = migrations());

}  // namespace kyhan
