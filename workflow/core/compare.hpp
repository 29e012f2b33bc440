#pragma once
/// What a reader should know of a new version of a definition: what it adds, drops and changes, in
/// words. Steps are the same when they have the same name at the same place of the document; where
/// they stand in their list does not matter.

#include <string>
#include <vector>

#include "workflow/core/definition.hpp"

namespace kyhan {

struct DefinitionChange {
  enum class What { definition, schedule, step, order, deadline, role, reminder, escalation };
  enum class Kind { added, removed, changed };
  What what = What::step;
  Kind kind = Kind::changed;
  std::string pointer;  ///< In the new version; of what was removed: in the old one.
  std::string step;     ///< Name; empty: the definition as a whole.
  Text before, after;   ///< In words; empty: there is none, or it is too long to be said.
  Text sentence;        ///< All of it as one sentence.
};

/// In the order of the new document, what was removed at the end. At most 500.
[[nodiscard]] std::vector<DefinitionChange> compare_definitions(const Definition& before,
                                                                const Definition& after);

/// {what, change, pointer, step, before, after, text}; texts as {vi, en}.
[[nodiscard]] Json encode(const DefinitionChange& change);

}  // namespace kyhan
