#pragma once
/// Could the people there are do what a definition asks of people? Looked at when a definition is
/// published, and whenever somebody asks: the organisation changes too.
///
/// Only what the document says in so many words is looked at: candidates that an expression
/// computes are named as unchecked, except the starting unit (`own`, `${ .unit.id }`). Judged is
/// the best case: a finding means that whoever does the steps before, nobody could do this one.

#include <string>
#include <vector>

#include "workflow/core/definition.hpp"
#include "workflow/core/directory.hpp"

namespace kyhan {

struct PeopleFinding {
  std::string pointer;  ///< Of the step.
  std::string step;
  std::string code;           ///< nobody | not-one | too-few | excluded
  std::vector<UnitId> units;  ///< For which starting units; empty: whichever.
  Text message;
};

struct PeopleReport {
  std::vector<PeopleFinding> findings;  ///< In document order.
  std::vector<std::string> unchecked;   ///< Pointers of steps whose people only the data will tell.
  std::size_t units = 0;                ///< Starting units looked at.
};

[[nodiscard]] PeopleReport check_people(const Definition& definition, const Directory& directory);

/// {findings: [{pointer, step, code, units, message: {vi, en}}], unchecked: [...], units: n}
[[nodiscard]] Json to_json(const PeopleReport& report);

}  // namespace kyhan
