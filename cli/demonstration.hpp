#pragma once
/// The demonstration organisation and its accounts, put in when a demonstration first starts.

#include <filesystem>

#include "api/services.hpp"
#include "cli/terminal.hpp"

namespace kyhan {

/// Imports `definitions/organisation/tinh-mau.json` into an empty directory, and gives every person
/// of `demo-accounts.json` who has no account yet one with a random password; these are written to
/// `<home>/accounts.json` (mode 0600) and printed, this once.
[[nodiscard]] Result<void> furnish_demonstration(const Terminal& terminal, Services& services,
                                                 const std::filesystem::path& definitions,
                                                 const std::filesystem::path& home);

/// The folder `definitions/` beside a build of this source, or where a package puts it; empty when
/// there is none.
[[nodiscard]] std::filesystem::path find_definitions();

}  // namespace kyhan
