#pragma once
/// Who may act on a task, and in whose name: one judgement behind every way in (pages, API, bulk,
/// deputies, answers files). The engine decides by it, pages show by it.

#include <string_view>
#include <vector>

#include "workflow/core/directory.hpp"

namespace kyhan {

class Calendars;
struct Task;

/// What of a task the judgement looks at. Borrowed.
struct ActedOn {
  const std::vector<Candidate>& candidates;
  const std::vector<PersonId>& excluded;  ///< Sorted.
  const PersonId& holder;                 ///< Empty: nobody.
  const PersonId& on_behalf_of;           ///< For whom the holder holds it; empty: for themselves.
  bool delegated = false;                 ///< They handed it to the holder; else a deputy holds it.
  const std::vector<UnitId>& excluded_units;
  const RoleId& role;        ///< In which it falls to the one person it names.
  bool substitutes = false;  ///< Deputies of those who are away may act.
  const UnitId& unit;
  std::string_view definition;  ///< Name.
};

[[nodiscard]] ActedOn acted_on(const Task& task, std::string_view definition);
/// Whether separation of duties keeps the person out.
[[nodiscard]] bool is_excluded(const PersonId& person, const ActedOn& task,
                               const Directory& directory);

/// In what capacity somebody meets a task.
struct Capacity {
  enum class As {
    nobody,    ///< Neither named nor standing in for somebody who is.
    own,       ///< Holder (perhaps by delegation), or a candidate while nobody holds it.
    stand_in,  ///< For somebody who is away, who could act otherwise.
    held,      ///< A candidate, but somebody else holds it.
    excluded,  ///< Separation of duties: they, or the one they would act for.
    over       ///< Holds it as a deputy, but the absence has ended.
  } as = As::nobody;
  /// Stand_in, over, excluded through them: who is away. Own: who delegated it, if somebody did.
  PersonId on_behalf_of;
  [[nodiscard]] bool may_act() const { return as == As::own || as == As::stand_in; }
};

/// One's own right goes before a deputy's; of several absent ones the holder, then the first by id.
/// Being away takes nobody's right: whoever comes in all the same may act.
[[nodiscard]] Capacity capacity_of(const PersonId& person, const ActedOn& task,
                                   const Directory& directory, const Calendars& calendars,
                                   Instant now);

/// In what capacity somebody decides about what was asked of `asked` in a task of that unit and
/// definition: more time for it. Nobody decides about what they have asked for themselves, as a
/// deputy neither.
[[nodiscard]] Capacity asked_capacity(const PersonId& person, const std::vector<Candidate>& asked,
                                      const PersonId& asked_by, const UnitId& unit,
                                      std::string_view definition, const Directory& directory,
                                      const Calendars& calendars, Instant now);

/// The candidate through which `person` is named; null: by none.
[[nodiscard]] const Candidate* candidate_for(const PersonId& person,
                                             const std::vector<Candidate>& candidates,
                                             const Directory& directory);

}  // namespace kyhan
