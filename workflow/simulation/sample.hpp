#pragma once
/// Data that a form accepts, made up: what a rehearsal lets people fill in where nobody says.

#include "workflow/core/directory.hpp"
#include "workflow/core/json.hpp"
#include "workflow/core/types.hpp"

namespace kyhan {

/// What made-up values are taken from.
struct SampleSource {
  const Directory& directory;
  UnitId unit;  ///< Its people and itself stand where a form names somebody.
  Date day;     ///< For dates.
};

/// The least that `form` ({schema, ui, prefill}) accepts: its prefill, its defaults, else the first
/// choice, the smallest number, `true`, a word. Best effort: whoever needs certainty validates.
[[nodiscard]] Json sample_of_form(const Json& form, const SampleSource& source);

}  // namespace kyhan
