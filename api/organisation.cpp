// Units and people, as far as everybody who works here may know them; the work of a closed unit.

#include "api/decisions.hpp"
#include "api/engine_calls.hpp"
#include "api/handlers.hpp"
#include "api/services.hpp"
#include "api/show.hpp"
#include "workflow/core/documents.hpp"
#include "workflow/core/time_text.hpp"
#include "workflow/core/unit_calendar.hpp"
#include "workflow/engine/bulk.hpp"
#include "workflow/store/store.hpp"

namespace kyhan {
namespace {

constexpr std::size_t people_max = 20;
/// Cases that one request hands over; `more` says that others are left.
constexpr std::size_t handed_over_at_once_max = 10'000;

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
    Json one{{"id", id.text()},
             {"name", to_json(unit.name)},
             {"kind", unit.kind},
             {"parent", unit.parent.empty() ? Json() : Json(unit.parent.text())},
             {"open", unit_is_open(*call.services.engine.calendars(), *call.directory, id,
                                   call.services.engine.clock().now())}};
    if (unit.from) one["from"] = to_iso_date(*unit.from);
    if (unit.to) one["to"] = to_iso_date(*unit.to);
    if (!unit.successor.empty()) one["successor"] = unit.successor.text();
    items.push_back(std::move(one));
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

HandlerResult export_organisation(Call& call) {
  co_return json_reply(200, call.directory->to_json());
}

/// A job: each case that runs in the unit, or has a task open there, is an item of its own.
HandlerResult hand_over_unit(Call& call) {
  Fields fields{call.body};
  const UnitId to{fields.text("to", Need::required, 100)};
  const std::string reason = fields.paragraphs("reason", Need::required, comment_characters_max);
  if (const Result<void> whole = fields.finish(); !whole) co_return whole.error();
  const UnitId from{call.parameters.front()};
  if (call.directory->find_unit(from) == nullptr) co_return not_found();
  if (from == to || !unit_is_open(*call.services.engine.calendars(), *call.directory, to,
                                  call.services.engine.clock().now())) {
    const Text message{"Phải là một đơn vị khác đang hoạt động.",
                       "It must be another unit that is open."};
    co_return Error{ErrorCode::invalid, "unit-closed", message, {{"/to", "unit-closed", message}}};
  }
  JobRequest request;
  request.kind = "handOver";
  request.by = call.caller.person;
  request.idempotency = idempotency_of(call);
  const auto running =
      call.services.store.reads()->running_in(from, static_cast<int>(handed_over_at_once_max) + 1);
  if (!running) co_return running.error();
  const bool more = running->size() > handed_over_at_once_max;
  for (const InstanceId& id : *running) {
    if (request.items.size() == handed_over_at_once_max) break;
    request.items.push_back(
        {id.text(), Addressed{id, HandOver{call.caller.person, from, to, reason}}, std::nullopt});
  }
  const std::size_t count = request.items.size();
  if (count == 0) co_return json_reply(200, {{"instances", 0}, {"more", false}});
  const Result<std::string> id = co_await add_job(call.services.engine, std::move(request));
  if (!id) co_return id.error();
  Json body = {{"job", *id}, {"instances", count}, {"more", more}};
  Reply reply = json_reply(202, body);
  reply.headers.set("Location", "/api/v1/jobs/" + *id);
  co_return reply;
}

}  // namespace kyhan
