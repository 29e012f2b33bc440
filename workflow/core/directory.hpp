#pragma once
/// Who there is: units, people, roles, groups. An immutable snapshot; decide() gets it as an
/// argument, the engine swaps in a new one after an import.

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/core/absences.hpp"
#include "workflow/core/json.hpp"
#include "workflow/core/result.hpp"
#include "workflow/core/types.hpp"

namespace kyhan {

class Calendars;
class FileReader;

struct Unit {
  UnitId id;
  Text name;  ///< In the file: a string or {vi, en}.
  std::string kind;
  UnitId parent;         ///< Empty: top.
  std::string calendar;  ///< Id of its own calendar; empty: its parent's, at last the built-in.
  // Nothing new begins in it outside its days of effect, both included.
  std::optional<Date> from = {}, to = {};
  UnitId successor = {};  ///< Takes over what is left when it is closed; empty: not said.
  [[nodiscard]] bool open_on(Date day) const {
    return (!from || *from <= day) && (!to || day <= *to);
  }
};

struct Membership {
  UnitId unit;
  std::vector<RoleId> roles;
};

struct Person {
  PersonId id;
  std::string name;
  std::string email;  ///< Empty: none.
  std::vector<Membership> memberships;  ///< In the file's order: the first is the principal one.
  std::vector<Absence> absences;  ///< In order of their first day.
};

/// An absence of somebody else, seen by the deputy.
struct StandIn {
  PersonId absent;
  const Absence* absence = nullptr;  ///< Lives as long as the directory.
};

/// One selector of people, resolved from `{user}`, `{role, unit|units, scope}` or `{group}`.
struct Candidate {
  enum class Kind { user, role, group } kind = Kind::user;
  PersonId user;
  RoleId role;
  UnitId unit;  ///< With role: empty means anywhere.
  enum class Scope { exact, subtree, ancestors } scope = Scope::exact;
  GroupId group;
  friend auto operator<=>(const Candidate&, const Candidate&) = default;
};

/// `local@domain` as SMTP carries it, ASCII.
[[nodiscard]] bool is_email_address(std::string_view text);

/// Text key of a candidate, as stored and indexed: "user:an", "role:head@so-noi-vu",
/// "role:chair@*", "role:staff@so-noi-vu/subtree", "group:hd-tdkt".
[[nodiscard]] std::string to_key(const Candidate& candidate);
[[nodiscard]] Result<Candidate> candidate_from_key(std::string_view key);

/// {roles?, units?, definitions?}, each a list of ids.
[[nodiscard]] Json to_json(const AbsenceScope& scope);
[[nodiscard]] Result<AbsenceScope> parse_absence_scope(const Json& json);

class Directory {
 public:
  /// Reads the file format of `kyhan import organisation` (ids [a-z0-9-]{1,40}). All faults at once
  /// in `fields`: unknown unit, parent cycle, duplicate id, unknown member, bad id.
  [[nodiscard]] static Result<std::shared_ptr<const Directory>> parse(const Json& file);
  /// The same format back, sorted by id: parse(to_json()) gives an equal directory.
  [[nodiscard]] Json to_json() const;

  [[nodiscard]] const Unit* find_unit(const UnitId& id) const;
  [[nodiscard]] const Person* find_person(const PersonId& id) const;
  [[nodiscard]] const std::map<UnitId, Unit>& units() const { return units_; }
  [[nodiscard]] const std::map<PersonId, Person>& people() const { return people_; }
  [[nodiscard]] const std::map<GroupId, std::vector<PersonId>>& groups() const { return groups_; }

  /// True when `unit` is `ancestor` or lies below it.
  [[nodiscard]] bool is_within(const UnitId& unit, const UnitId& ancestor) const;
  [[nodiscard]] std::vector<UnitId> units_of_kind(std::string_view kind) const;  ///< Sorted by id.

  /// Everybody a candidate selects, sorted by id, each once.
  [[nodiscard]] std::vector<PersonId> members_of(const Candidate& candidate) const;
  [[nodiscard]] bool matches(const Candidate& candidate, const PersonId& person) const;
  /// The unit in which `person` fulfils the candidate (membership's unit; empty for users without
  /// any).
  [[nodiscard]] UnitId unit_through(const Candidate& candidate, const PersonId& person) const;
  [[nodiscard]] bool has_role(const PersonId& person, const RoleId& role,
                              const UnitId& unit) const;  ///< Empty unit: anywhere.
  /// Every key (to_key) under which a task offered to this person could be indexed.
  [[nodiscard]] std::vector<std::string> keys_of(const PersonId& person) const;

  // Leave and substitution (directory_absences.cpp).

  /// Whom `deputy` stands in for on that day, by the absent person's id.
  [[nodiscard]] std::vector<StandIn> stands_in_for(const PersonId& deputy, Date day) const;
  /// The same at an instant, each absence in the zone of its person's calendar.
  [[nodiscard]] std::vector<StandIn> stands_in_for(const PersonId& deputy,
                                                   const Calendars& calendars, Instant at) const;
  /// Who stands in for `absent` on that day in that duty; empty: nobody, they are there.
  [[nodiscard]] PersonId deputy_of(const PersonId& absent, Date day, const Duty& duty) const;
  /// Whether a day of an absence that covers everything.
  [[nodiscard]] bool is_away(const PersonId& person, Date day) const;
  [[nodiscard]] bool applies(const AbsenceScope& scope, const Duty& duty) const;
  /// What day it is for a person: in the zone of the calendar of their principal unit.
  [[nodiscard]] Date day_for(const PersonId& person, const Calendars& calendars, Instant at) const;
  /// Whether `person` could be away like that. Errors: `invalid` "unknown-person", "deputy-self",
  /// "absence-too-long"; `conflict` "absence-overlap" (the same days and duties twice),
  /// "absence-cycle", "deputy-absent" (a deputy must be there), "too-many-absences".
  [[nodiscard]] Result<void> check_absence(const PersonId& person, const Absence& absence) const;
  /// This directory with these absences instead of its own; people it does not know are left out.
  [[nodiscard]] std::shared_ptr<const Directory> with_absences(
      const std::map<PersonId, std::vector<Absence>>& absences) const;

  /// Reads `candidates` of a definition: [{user}|{role, unit|units, scope}|{group}], after
  /// expressions were evaluated. `own` replaces unit "own". Unknown units, people, groups are
  /// faults; a role nobody holds is not.
  [[nodiscard]] Result<std::vector<Candidate>> resolve(const Json& candidates,
                                                       const UnitId& own) const;

 private:
  std::map<UnitId, Unit> units_;
  std::map<PersonId, Person> people_;
  std::map<GroupId, std::vector<PersonId>> groups_;
  // Indexes the implementer adds go here.
  std::map<std::pair<RoleId, UnitId>, std::vector<PersonId>> holders_;  ///< People sorted by id.
  std::map<UnitId, std::vector<UnitId>> children_;                      ///< Sorted by id.
  std::map<PersonId, std::vector<PersonId>> stood_in_for_;  ///< By deputy: people sorted by id.

  void index();
  void take_absences(FileReader& reader, const std::map<PersonId, std::string>& place);
  void add_absence(const PersonId& person, const Absence& absence);
  [[nodiscard]] bool meet(const Absence& one, const Absence& other) const;
  [[nodiscard]] bool leads_to(const PersonId& from, const PersonId& person,
                              const Absence& during) const;
};

}  // namespace kyhan
