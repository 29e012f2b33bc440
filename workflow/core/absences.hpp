#pragma once
/// Leave and substitution: who is away, from when to when, who stands in, and for what.
///
/// A substitution is not handed on: a deputy acts for the one who named them, and nobody acts for
/// the deputy in that. So an absence is refused whose deputy is away for the same duties on one of
/// its days, and with that every cycle (Directory::check_absence).

#include <string>
#include <vector>

#include "workflow/core/types.hpp"

namespace kyhan {

/// What an absence is for. An empty list does not narrow.
struct AbsenceScope {
  std::vector<RoleId> roles;             ///< Duties in these roles.
  std::vector<UnitId> units;             ///< Tasks of these units and the units below them.
  std::vector<std::string> definitions;  ///< Tasks of these workflows, by name.
  [[nodiscard]] bool everything() const {
    return roles.empty() && units.empty() && definitions.empty();
  }
  friend bool operator==(const AbsenceScope&, const AbsenceScope&) = default;
};

/// Time away, both days included, in the zone of the calendar of the person's principal unit.
struct Absence {
  std::string id;  ///< Of the record; empty in files and in what is not recorded yet.
  Date from{}, to{};
  PersonId deputy;
  AbsenceScope scope;
  friend bool operator==(const Absence&, const Absence&) = default;
};

/// What somebody is to do, as far as the scope of an absence looks at it.
struct Duty {
  RoleId role;  ///< Through which it falls to them; empty: they are named in person.
  UnitId unit;  ///< Of the task.
  std::string definition;
};

/// Days one absence may last.
constexpr int absence_days_max = 366;
/// Absences of one person that are not over.
constexpr std::size_t absences_of_person_max = 50;

}  // namespace kyhan
