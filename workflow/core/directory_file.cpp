/// Reading and writing the file format of the directory.

#include <algorithm>

#include "workflow/core/directory.hpp"
#include "workflow/core/file_reader.hpp"
#include "workflow/core/time_text.hpp"

namespace kyhan {
namespace {

Unit read_unit(FileReader& reader, const Json& value, const std::string& pointer) {
  if (!reader.object(value, pointer,
                     {"id", "name", "kind", "parent", "calendar", "from", "to", "successor"})) {
    return {};
  }
  Unit unit;
  unit.id = UnitId{reader.id(value, "id", pointer, true)};
  unit.name = reader.name(value, pointer);
  unit.kind = reader.id(value, "kind", pointer, true);
  unit.parent = UnitId{reader.id(value, "parent", pointer, false)};
  unit.calendar = reader.id(value, "calendar", pointer, false);
  if (value.contains("from")) unit.from = reader.date(value, "from", pointer);
  if (value.contains("to")) unit.to = reader.date(value, "to", pointer);
  if (unit.from && unit.to && unit.from->ok() && unit.to->ok() && *unit.to < *unit.from) {
    reader.fault(pointer + "/to", "before-from",
                 {"Ngày hết hiệu lực đứng trước ngày có hiệu lực.",
                  "The last day of effect lies before the first."});
  }
  unit.successor = UnitId{reader.id(value, "successor", pointer, false)};
  return unit;
}

Membership read_membership(FileReader& reader, const Json& value, const std::string& pointer) {
  if (!reader.object(value, pointer, {"unit", "roles"})) return {};
  Membership membership;
  membership.unit = UnitId{reader.id(value, "unit", pointer, true)};
  const Json& roles = reader.array(value, "roles", pointer, true);
  for (std::size_t i = 0; i < roles.size(); ++i) {
    const std::string at = member(pointer + "/roles", i);
    const RoleId role{roles[i].is_string() ? reader.checked_id(roles[i].get<std::string>(), at)
                                           : std::string{}};
    if (!roles[i].is_string() || roles[i] == "") {
      reader.fault(at, "type", {"Vai trò phải là một mã.", "A role must be an id."});
    } else if (std::find(membership.roles.begin(), membership.roles.end(), role) !=
               membership.roles.end()) {
      reader.fault(at, "duplicate",
                   {"Vai trò “" + role.text() + "” lặp lại.",
                    "The role “" + role.text() + "” is repeated."});
    } else if (!role.empty()) {
      membership.roles.push_back(role);
    }
  }
  return membership;
}

template <class Item>
std::vector<Item> read_scope_list(FileReader& reader, const Json& scope, const char* key,
                                  const std::string& pointer) {
  std::vector<Item> items;
  const Json& list = reader.array(scope, key, pointer, false);
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::string at = member(pointer + "/" + key, i);
    if (list[i].is_string() && !list[i].get_ref<const std::string&>().empty()) {
      items.emplace_back(list[i].get<std::string>());
    } else {
      reader.fault(at, "type", {"Phải là một mã.", "It must be an id."});
    }
  }
  return items;
}

AbsenceScope read_scope(FileReader& reader, const Json& value, const std::string& pointer) {
  if (!reader.object(value, pointer, {"roles", "units", "definitions"})) return {};
  return {read_scope_list<RoleId>(reader, value, "roles", pointer),
          read_scope_list<UnitId>(reader, value, "units", pointer),
          read_scope_list<std::string>(reader, value, "definitions", pointer)};
}

Absence read_absence(FileReader& reader, const Json& value, const std::string& pointer) {
  if (!reader.object(value, pointer, {"from", "to", "deputy", "scope"})) return {};
  Absence absence;
  absence.from = reader.date(value, "from", pointer);
  absence.to = reader.date(value, "to", pointer);
  absence.deputy = PersonId{reader.id(value, "deputy", pointer, true)};
  if (value.contains("scope")) {
    absence.scope = read_scope(reader, value["scope"], pointer + "/scope");
  }
  if (absence.from.ok() && absence.to.ok() && absence.to < absence.from) {
    reader.fault(pointer + "/to", "before-from",
                 {"Ngày cuối vắng mặt đứng trước ngày đầu.",
                  "The last day of absence lies before the first."});
  }
  return absence;
}

Person read_person(FileReader& reader, const Json& value, const std::string& pointer) {
  if (!reader.object(value, pointer, {"id", "name", "email", "memberships", "absences"})) return {};
  Person person;
  person.id = PersonId{reader.id(value, "id", pointer, true)};
  person.name = reader.text(value, "name", pointer, true);
  person.email = reader.text(value, "email", pointer, false);
  if (!person.email.empty() && !is_email_address(person.email)) {
    reader.fault(pointer + "/email", "email-format",
                 {"“" + person.email + "” không phải địa chỉ thư điện tử.",
                  "“" + person.email + "” is not an e-mail address."});
  }
  const Json& memberships = reader.array(value, "memberships", pointer, true);
  for (std::size_t i = 0; i < memberships.size(); ++i) {
    const std::string at = member(pointer + "/memberships", i);
    Membership one = read_membership(reader, memberships[i], at);
    const bool again = std::any_of(
        person.memberships.begin(), person.memberships.end(),
        [&](const Membership& other) { return !one.unit.empty() && other.unit == one.unit; });
    if (again) {
      reader.fault(at + "/unit", "duplicate",
                   {"Đơn vị “" + one.unit.text() + "” lặp lại; hãy gộp các vai trò.",
                    "The unit “" + one.unit.text() + "” is repeated; put the roles together."});
    }
    person.memberships.push_back(std::move(one));
  }
  const Json& absences = reader.array(value, "absences", pointer, false);
  for (std::size_t i = 0; i < absences.size(); ++i) {
    person.absences.push_back(read_absence(reader, absences[i], member(pointer + "/absences", i)));
  }
  return person;
}

void unknown_unit(FileReader& reader, std::string pointer, const UnitId& unit) {
  reader.fault(std::move(pointer), "unknown-unit",
               {"Không có đơn vị “" + unit.text() + "” trong tệp.",
                "There is no unit “" + unit.text() + "” in the file."});
}

void unknown_person(FileReader& reader, std::string pointer, const PersonId& person) {
  reader.fault(std::move(pointer), "unknown-person",
               {"Không có người “" + person.text() + "” trong tệp.",
                "There is no person “" + person.text() + "” in the file."});
}

/// Parents that exist, and no unit below itself. `place`: where each unit stands in the file.
void check_parents(FileReader& reader, const std::map<UnitId, Unit>& units,
                   const std::map<UnitId, std::string>& place) {
  std::set<UnitId> sound;  // Known to reach the top.
  for (const auto& [id, unit] : units) {
    if (!unit.parent.empty() && units.count(unit.parent) == 0) {
      unknown_unit(reader, place.at(id) + "/parent", unit.parent);
    }
    if (!unit.successor.empty() && units.count(unit.successor) == 0) {
      unknown_unit(reader, place.at(id) + "/successor", unit.successor);
    } else if (unit.successor == id) {
      reader.fault(place.at(id) + "/successor", "self",
                   {"Đơn vị không thể kế thừa chính nó.", "A unit cannot succeed itself."});
    }
    std::set<UnitId> path;
    for (auto at = units.find(id); at != units.end() && sound.count(at->first) == 0;
         at = units.find(at->second.parent)) {
      if (!path.insert(at->first).second) {
        if (at->first == id) {
          reader.fault(place.at(id) + "/parent", "cycle",
                       {"Đơn vị “" + id.text() + "” là cấp dưới của chính nó.",
                        "The unit “" + id.text() + "” lies below itself."});
        }
        path.clear();
        break;
      }
    }
    sound.insert(path.begin(), path.end());
  }
}

void check_references(FileReader& reader, const Person& person, const std::string& pointer,
                      const std::map<UnitId, Unit>& units,
                      const std::map<PersonId, Person>& people) {
  for (std::size_t i = 0; i < person.memberships.size(); ++i) {
    const UnitId& unit = person.memberships[i].unit;
    if (!unit.empty() && units.count(unit) == 0) {
      unknown_unit(reader, member(pointer + "/memberships", i) + "/unit", unit);
    }
  }
  for (std::size_t i = 0; i < person.absences.size(); ++i) {
    const std::string at = member(pointer + "/absences", i);
    const PersonId& deputy = person.absences[i].deputy;
    if (deputy == person.id && !deputy.empty()) {
      reader.fault(at + "/deputy", "self",
                   {"Không thể tự thay mình.", "Nobody can be their own deputy."});
    } else if (!deputy.empty() && people.count(deputy) == 0) {
      unknown_person(reader, at + "/deputy", deputy);
    }
    const std::vector<UnitId>& scope = person.absences[i].scope.units;
    for (std::size_t j = 0; j < scope.size(); ++j) {
      if (units.count(scope[j]) == 0) {
        unknown_unit(reader, member(at + "/scope/units", j), scope[j]);
      }
    }
  }
}

/// Puts `item` under its id, or notes that the id is taken.
template <class Id, class Item>
bool put(FileReader& reader, std::map<Id, Item>& items, const Id& id, Item item,
         const std::string& pointer) {
  if (id.empty()) return false;
  if (items.emplace(id, std::move(item)).second) return true;
  reader.fault(pointer + "/id", "duplicate",
               {"Mã “" + id.text() + "” đã dùng.", "The id “" + id.text() + "” is taken."});
  return false;
}

Json name_json(const Text& name) {
  if (name.vi == name.en) return name.vi;
  return Json{{"vi", name.vi}, {"en", name.en}};
}

template <class Item>
Json texts_of(const std::vector<Item>& items) {
  Json list = Json::array();
  for (const Item& item : items) {
    if constexpr (std::is_same_v<Item, std::string>) {
      list.push_back(item);
    } else {
      list.push_back(item.text());
    }
  }
  return list;
}

Json person_json(const Person& person) {
  Json memberships = Json::array();
  for (const Membership& membership : person.memberships) {
    Json roles = Json::array();
    for (const RoleId& role : membership.roles) roles.push_back(role.text());
    memberships.push_back({{"unit", membership.unit.text()}, {"roles", std::move(roles)}});
  }
  Json json{
      {"id", person.id.text()}, {"name", person.name}, {"memberships", std::move(memberships)}};
  if (!person.email.empty()) json["email"] = person.email;
  for (const Absence& absence : person.absences) {
    Json one{{"from", to_iso_date(absence.from)},
             {"to", to_iso_date(absence.to)},
             {"deputy", absence.deputy.text()}};
    if (!absence.scope.everything()) one["scope"] = to_json(absence.scope);
    json["absences"].push_back(std::move(one));
  }
  return json;
}

}  // namespace

Json to_json(const AbsenceScope& scope) {
  Json json = Json::object();
  if (!scope.roles.empty()) json["roles"] = texts_of(scope.roles);
  if (!scope.units.empty()) json["units"] = texts_of(scope.units);
  if (!scope.definitions.empty()) json["definitions"] = texts_of(scope.definitions);
  return json;
}

Result<AbsenceScope> parse_absence_scope(const Json& json) {
  FileReader reader;
  AbsenceScope scope = read_scope(reader, json, "");
  if (reader.faults.empty()) return scope;
  return Error{ErrorCode::invalid, "bad-absence-scope", reader.faults.front().message,
               std::move(reader.faults)};
}

bool is_email_address(std::string_view text) {
  constexpr std::size_t address_max = 254;
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos || at == 0 || at + 1 >= text.size() ||
      text.size() > address_max || text.find('@', at + 1) != std::string_view::npos) {
    return false;
  }
  const std::string_view domain = text.substr(at + 1);
  if (domain.front() == '.' || domain.back() == '.' ||
      domain.find("..") != std::string_view::npos) {
    return false;
  }
  return std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("@.!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
  });
}

Result<std::shared_ptr<const Directory>> Directory::parse(const Json& file) {
  FileReader reader;
  const auto directory = std::make_shared<Directory>();
  std::map<UnitId, std::string> unit_place;
  std::map<PersonId, std::string> person_place;
  std::vector<std::pair<std::string, GroupId>> group_members;  // Pointer and group.
  if (reader.object(file, "", {"units", "people", "groups"})) {
    const Json& units = reader.array(file, "units", "", true);
    for (std::size_t i = 0; i < units.size(); ++i) {
      const std::string at = member("/units", i);
      Unit unit = read_unit(reader, units[i], at);
      const UnitId id = unit.id;
      if (put(reader, directory->units_, id, std::move(unit), at)) unit_place[id] = at;
    }
    const Json& people = reader.array(file, "people", "", true);
    for (std::size_t i = 0; i < people.size(); ++i) {
      const std::string at = member("/people", i);
      Person person = read_person(reader, people[i], at);
      const PersonId id = person.id;
      if (put(reader, directory->people_, id, std::move(person), at)) person_place[id] = at;
    }
    check_parents(reader, directory->units_, unit_place);
    for (const auto& [id, person] : directory->people_) {
      check_references(reader, person, person_place.at(id), directory->units_, directory->people_);
    }
    const Json& groups = reader.array(file, "groups", "", false);
    for (std::size_t i = 0; i < groups.size(); ++i) {
      const std::string at = member("/groups", i);
      if (!reader.object(groups[i], at, {"id", "members"})) continue;
      const Json& members = reader.array(groups[i], "members", at, true);
      std::set<PersonId> found;
      for (std::size_t j = 0; j < members.size(); ++j) {
        const PersonId person{members[j].is_string() ? members[j].get<std::string>() : ""};
        if (directory->people_.count(person) == 0) {
          unknown_person(reader, member(at + "/members", j), person);
        }
        found.insert(person);
      }
      const GroupId id{reader.id(groups[i], "id", at, true)};
      put(reader, directory->groups_, id, std::vector<PersonId>(found.begin(), found.end()), at);
    }
  }
  if (reader.faults.empty()) directory->take_absences(reader, person_place);
  if (!reader.faults.empty()) {
    const std::string count = std::to_string(reader.faults.size());
    return Error{ErrorCode::invalid, "bad-directory",
                 Text{"Tệp tổ chức có " + count +
                          " chỗ sai; chỗ đầu tiên: " + reader.faults.front().message.vi,
                      "The organisation file has " + count +
                          " faults; the first: " + reader.faults.front().message.en},
                 std::move(reader.faults)};
  }
  directory->index();
  return std::shared_ptr<const Directory>(directory);
}

/// Each absence as if it were recorded after the ones before it.
void Directory::take_absences(FileReader& reader, const std::map<PersonId, std::string>& place) {
  std::map<PersonId, std::vector<Absence>> given;
  for (auto& [id, person] : people_) given[id].swap(person.absences);
  for (const auto& [id, absences] : given) {
    for (std::size_t i = 0; i < absences.size(); ++i) {
      const Result<void> may = check_absence(id, absences[i]);
      if (may) {
        add_absence(id, absences[i]);
        continue;
      }
      const FieldError fault = may.error().fields.front();
      const std::string at = member(place.at(id) + "/absences", i);
      reader.fault(fault.pointer == "/person" ? at : at + fault.pointer, fault.code, fault.message);
    }
  }
}

Json Directory::to_json() const {
  Json json{{"units", Json::array()}, {"people", Json::array()}, {"groups", Json::array()}};
  for (const auto& [id, unit] : units_) {
    Json one{{"id", id.text()}, {"name", name_json(unit.name)}, {"kind", unit.kind}};
    if (!unit.parent.empty()) one["parent"] = unit.parent.text();
    if (!unit.calendar.empty()) one["calendar"] = unit.calendar;
    if (unit.from) one["from"] = to_iso_date(*unit.from);
    if (unit.to) one["to"] = to_iso_date(*unit.to);
    if (!unit.successor.empty()) one["successor"] = unit.successor.text();
    json["units"].push_back(std::move(one));
  }
  for (const auto& [id, person] : people_) json["people"].push_back(person_json(person));
  for (const auto& [id, members] : groups_) {
    Json list = Json::array();
    for (const PersonId& person : members) list.push_back(person.text());
    json["groups"].push_back({{"id", id.text()}, {"members", std::move(list)}});
  }
  return json;
}

}  // namespace kyhan
