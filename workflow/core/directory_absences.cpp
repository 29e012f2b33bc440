// Leave and substitution: who stands in for whom on a date, and which absences cannot be.

#include <algorithm>
#include <set>

#include "workflow/core/calendar.hpp"
#include "workflow/core/directory.hpp"
#include "workflow/core/time_text.hpp"

namespace kyhan {
namespace {

bool is_on(const Absence& absence, Date day) {
  return absence.from <= day && day <= absence.to;
}

template <class Item>
bool holds(const std::vector<Item>& list, const Item& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

/// Two lists that both narrow and share nothing.
template <class Item>
bool disjoint(const std::vector<Item>& one, const std::vector<Item>& other) {
  if (one.empty() || other.empty()) return false;
  return std::none_of(one.begin(), one.end(), [&](const Item& item) { return holds(other, item); });
}

Text period(const Absence& absence) {
  const std::string from = to_iso_date(absence.from), to = to_iso_date(absence.to);
  return {"từ " + from + " đến " + to, "from " + from + " to " + to};
}

Error refusal(ErrorCode code, std::string type, std::string field, Text text) {
  return {code, type, text, {{std::move(field), type, text}}};
}

}  // namespace

bool Directory::applies(const AbsenceScope& scope, const Duty& duty) const {
  if (!scope.roles.empty() && !holds(scope.roles, duty.role)) return false;
  if (!scope.definitions.empty() && !holds(scope.definitions, duty.definition)) return false;
  return scope.units.empty() ||
         std::any_of(scope.units.begin(), scope.units.end(),
                     [&](const UnitId& unit) { return is_within(duty.unit, unit); });
}

/// Whether some duty on some day falls under both. Units may lie in one another.
bool Directory::meet(const Absence& one, const Absence& other) const {
  if (one.to < other.from || other.to < one.from) return false;
  if (disjoint(one.scope.roles, other.scope.roles)) return false;
  if (disjoint(one.scope.definitions, other.scope.definitions)) return false;
  if (one.scope.units.empty() || other.scope.units.empty()) return true;
  return std::any_of(one.scope.units.begin(), one.scope.units.end(), [&](const UnitId& unit) {
    return std::any_of(other.scope.units.begin(), other.scope.units.end(),
                       [&](const UnitId& another) {
                         return is_within(unit, another) || is_within(another, unit);
                       });
  });
}

/// Whether following the deputies of those who are away in that time comes from `from` to `person`.
bool Directory::leads_to(const PersonId& from, const PersonId& person,
                         const Absence& during) const {
  std::set<PersonId> seen;
  std::vector<PersonId> at{from};
  while (!at.empty()) {
    const PersonId here = std::move(at.back());
    at.pop_back();
    if (here == person) return true;
    if (!seen.insert(here).second) continue;
    const Person* const known = find_person(here);
    if (known == nullptr) continue;
    for (const Absence& absence : known->absences) {
      if (meet(absence, during)) at.push_back(absence.deputy);
    }
  }
  return false;
}

std::vector<StandIn> Directory::stands_in_for(const PersonId& deputy, Date day) const {
  std::vector<StandIn> found;
  const auto absent = stood_in_for_.find(deputy);
  if (absent == stood_in_for_.end()) return found;
  for (const PersonId& person : absent->second) {
    for (const Absence& absence : people_.at(person).absences) {
      if (absence.deputy == deputy && is_on(absence, day)) found.push_back({person, &absence});
    }
  }
  return found;
}

std::vector<StandIn> Directory::stands_in_for(const PersonId& deputy, const Calendars& calendars,
                                              Instant at) const {
  std::vector<StandIn> found;
  const auto absent = stood_in_for_.find(deputy);
  if (absent == stood_in_for_.end()) return found;
  for (const PersonId& person : absent->second) {
    const Date day = day_for(person, calendars, at);
    for (const Absence& absence : people_.at(person).absences) {
      if (absence.deputy == deputy && is_on(absence, day)) found.push_back({person, &absence});
    }
  }
  return found;
}

PersonId Directory::deputy_of(const PersonId& absent, Date day, const Duty& duty) const {
  const Person* const person = find_person(absent);
  if (person == nullptr) return {};
  for (const Absence& absence : person->absences) {
    if (is_on(absence, day) && applies(absence.scope, duty)) return absence.deputy;
  }
  return {};
}

bool Directory::is_away(const PersonId& person, Date day) const {
  const Person* const known = find_person(person);
  return known != nullptr &&
         std::any_of(known->absences.begin(), known->absences.end(), [&](const Absence& absence) {
           return absence.scope.everything() && is_on(absence, day);
         });
}

Date Directory::day_for(const PersonId& person, const Calendars& calendars, Instant at) const {
  const Calendar* calendar = nullptr;
  const Person* const known = find_person(person);
  if (known != nullptr && !known->memberships.empty()) {
    for (const Unit* unit = find_unit(known->memberships.front().unit);
         unit != nullptr && calendar == nullptr; unit = find_unit(unit->parent)) {
      if (!unit->calendar.empty()) calendar = calendars.find(unit->calendar);
    }
  }
  return date_in_zone(at, calendar != nullptr ? calendar->zone() : calendars.built_in().zone());
}

Result<void> Directory::check_absence(const PersonId& person, const Absence& absence) const {
  const Person* const known = find_person(person);
  for (const auto& [id, field] :
       {std::pair{&person, "/person"}, std::pair{&absence.deputy, "/deputy"}}) {
    if (find_person(*id) != nullptr) continue;
    return refusal(ErrorCode::invalid, "unknown-person", field,
                   {"Không có người “" + id->text() + "” trong tổ chức.",
                    "There is no person “" + id->text() + "” in the organisation."});
  }
  if (absence.deputy == person) {
    return refusal(ErrorCode::invalid, "deputy-self", "/deputy",
                   {"Không thể tự thay mình.", "Nobody can be their own deputy."});
  }
  const auto days = std::chrono::sys_days{absence.to} - std::chrono::sys_days{absence.from};
  if (days.count() < 0 || days.count() >= absence_days_max) {
    const std::string most = std::to_string(absence_days_max);
    return refusal(ErrorCode::invalid, "absence-too-long", "/to",
                   {"Thời gian vắng mặt phải từ 1 đến " + most + " ngày.",
                    "An absence lasts 1 to " + most + " days."});
  }
  if (known->absences.size() >= absences_of_person_max) {
    return refusal(ErrorCode::conflict, "too-many-absences", "/person",
                   {"Người này đã có quá nhiều lần vắng mặt được ghi.",
                    "Too many absences of this person are recorded."});
  }
  for (const Absence& other : known->absences) {
    if (!meet(absence, other)) continue;
    return refusal(ErrorCode::conflict, "absence-overlap", "/from",
                   {"Đã ghi vắng mặt " + period(other).vi + " cho cùng phần việc.",
                    "An absence " + period(other).en + " is recorded for the same duties."});
  }
  for (const Absence& other : find_person(absence.deputy)->absences) {
    if (!meet(absence, other)) continue;
    if (leads_to(other.deputy, person, absence)) {
      return refusal(
          ErrorCode::conflict, "absence-cycle", "/deputy",
          {"“" + absence.deputy.text() + "” vắng mặt " + period(other).vi +
               ", và người thay lại chính là người này: không ai thay ai được.",
           "“" + absence.deputy.text() + "” is away " + period(other).en +
               " and the deputies lead back to this very person: nobody would be there."});
    }
    return refusal(ErrorCode::conflict, "deputy-absent", "/deputy",
                   {"Người thay “" + absence.deputy.text() + "” cũng vắng mặt " + period(other).vi +
                        ". Hãy chọn người khác.",
                    "The deputy “" + absence.deputy.text() + "” is away too " + period(other).en +
                        ". Choose somebody else."});
  }
  const auto others = stood_in_for_.find(person);
  if (others == stood_in_for_.end()) return {};
  for (const PersonId& absent : others->second) {
    for (const Absence& other : people_.at(absent).absences) {
      if (other.deputy != person || !meet(absence, other)) continue;
      return refusal(ErrorCode::conflict, "deputy-absent", "/from",
                     {"Người này đang được giao thay “" + absent.text() + "” " + period(other).vi +
                          ". Hãy giao người khác thay “" + absent.text() + "” trước.",
                      "This person stands in for “" + absent.text() + "” " + period(other).en +
                          ". Give “" + absent.text() + "” another deputy first."});
    }
  }
  return {};
}

std::shared_ptr<const Directory> Directory::with_absences(
    const std::map<PersonId, std::vector<Absence>>& absences) const {
  auto copy = std::make_shared<Directory>(*this);
  for (auto& [id, person] : copy->people_) person.absences.clear();
  copy->stood_in_for_.clear();
  for (const auto& [person, list] : absences) {
    for (const Absence& absence : list) {
      if (copy->people_.count(person) != 0 && copy->people_.count(absence.deputy) != 0) {
        copy->add_absence(person, absence);
      }
    }
  }
  return copy;
}

void Directory::add_absence(const PersonId& person, const Absence& absence) {
  std::vector<Absence>& all = people_.at(person).absences;
  all.insert(std::upper_bound(all.begin(), all.end(), absence,
                              [](const Absence& a, const Absence& b) { return a.from < b.from; }),
             absence);
  std::vector<PersonId>& absent = stood_in_for_[absence.deputy];
  const auto at = std::lower_bound(absent.begin(), absent.end(), person);
  if (at == absent.end() || *at != person) absent.insert(at, person);
}

}  // namespace kyhan
