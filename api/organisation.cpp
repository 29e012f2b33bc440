// Units and people, as far as everybody who works here may know them.

#include "api/handlers.hpp"
#include "api/show.hpp"
#include "workflow/core/documents.hpp"

namespace kyhan {
namespace {

constexpr std::size_t people_max = 20;

Json person_entry(const Directory& directory, const Person& person) {
  Json roles = Json::array();
  Json unit;
  Json name = nullptr;
  for (const Membership& membership : person.memberships) {
    if (unit.is_null()) {
      unit = membership.unit.text();
      name = to_json(unit_name(directory, membership.unit));
    }
    for (const RoleId& role : membership.roles) {
      roles.push_back({{"role", role.text()}, {"unit", membership.unit.text()}});
    }
  }
  return {{"id", person.id.text()},
          {"name", person.name},
          {"unit", std::move(unit)},
          {"unitName", std::move(name)},
          {"roles", std::move(roles)}};
}

bool works_in(const Person& person, const UnitId& unit) {
  return std::any_of(person.memberships.begin(), person.memberships.end(),
                     [&](const Membership& membership) { return membership.unit == unit; });
}

}  // namespace

HandlerResult list_units(Call& call) {
  Json items = Json::array();
  for (const auto& [id, unit] : call.directory->units()) {
    items.push_back({{"id", id.text()},
                     {"name", to_json(unit.name)},
                     {"kind", unit.kind},
                     {"parent", unit.parent.empty() ? Json() : Json(unit.parent.text())}});
  }
  co_return json_reply(200, {{"items", std::move(items)}});
}

HandlerResult list_people(Call& call) {
  const std::string wanted = fold_for_search(call.query.text("q"));
  const UnitId unit{call.query.text("unit")};
  Json items = Json::array();
  for (const auto& [id, person] : call.directory->people()) {
    if (items.size() >= people_max) break;
    if (!unit.empty() && !works_in(person, unit)) continue;
    if (!wanted.empty() && fold_for_search(person.name).find(wanted) == std::string::npos &&
        id.text().find(wanted) == std::string::npos) {
      continue;
    }
    items.push_back(person_entry(*call.directory, person));
  }
  co_return json_reply(200, {{"items", std::move(items)}});
}

}  // namespace kyhan
