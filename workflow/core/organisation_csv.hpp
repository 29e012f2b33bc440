#pragma once
/// The organisation's file as tables, which spreadsheets and registers of personnel give and take.
///
///     units.csv        id, name, name_en, kind, parent, calendar, from, to, successor
///     people.csv       id, name, email
///     memberships.csv  person, unit, roles          (roles: ids with spaces between)
///     groups.csv       group, person
///     absences.csv     person, from, to, deputy, roles, units, definitions
///
/// UTF-8, commas, a first line with the names of the columns in any order; a column that is not
/// needed may be left out (RFC 4180).

#include <map>
#include <string>

#include "workflow/core/json.hpp"
#include "workflow/core/result.hpp"

namespace kyhan {

/// Text by the name of its file.
using Tables = std::map<std::string, std::string>;

/// What Directory::parse reads and judges. Errors: `invalid` "bad-table", each fault with
/// "<file>:<line>" as its pointer.
[[nodiscard]] Result<Json> organisation_from_csv(const Tables& tables);
/// Of what Directory::to_json gives; from there and back it is equal.
[[nodiscard]] Tables organisation_to_csv(const Json& organisation);

}  // namespace kyhan
