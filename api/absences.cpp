// Leave and substitution: recorded by the person or the head of their unit, listed for those it
// concerns.

#include "api/access.hpp"
#include "api/engine_calls.hpp"
#include "api/handlers.hpp"
#include "api/services.hpp"
#include "api/show.hpp"
#include "workflow/core/time_text.hpp"
#include "workflow/store/store.hpp"

namespace kyhan {
namespace {

constexpr std::size_t scope_items_max = 50;
/// How far ahead a list looks where nothing is asked for.
constexpr std::chrono::days shown_ahead{366};

Json absence_json(const Call& call, const AbsenceRow& row) {
  const Absence& absence = row.absence;
  const Date today = call.directory->day_for(row.person, *call.services.engine.calendars(),
                                             call.services.engine.clock().now());
  const char* state = absence.to < absence.from ? "takenBack"
                      : absence.to < today      ? "over"
                      : absence.from <= today   ? "now"
                                                : "planned";
  return {{"id", absence.id},
          {"person", person_json(*call.directory, row.person)},
          {"from", to_iso_date(absence.from)},
          {"to", to_iso_date(absence.to < absence.from ? row.planned_to : absence.to)},
          {"plannedTo", to_iso_date(row.planned_to)},
          {"deputy", person_json(*call.directory, absence.deputy)},
          {"scope", absence.scope.everything() ? Json() : to_json(absence.scope)},
          {"state", state},
          {"recordedBy", person_json(*call.directory, row.recorded_by)},
          {"recordedAt", to_rfc3339(row.recorded_at)},
          {"fromFile", row.from_file},
          {"mayEnd", may_manage_leave_of(call, row.person) &&
                         (*state == 'n' || *state == 'p')}};
}

Result<Date> date_from(const std::string& text, const std::string& field) {
  Result<Date> date = parse_iso_date(text);
  if (date) return date;
  return Error{ErrorCode::invalid, "bad-date", date.error().detail,
               {{"/" + field, "date", date.error().detail}}};
}

/// The people of a unit and below, as far as the caller may manage their leave.
std::vector<PersonId> people_shown(const Call& call) {
  const UnitId unit{call.query.text("unit")};
  std::vector<PersonId> people;
  for (const auto& [id, person] : call.directory->people()) {
    if (!may_manage_leave_of(call, id)) continue;
    const bool inside =
        unit.empty() || std::any_of(person.memberships.begin(), person.memberships.end(),
                                    [&](const Membership& membership) {
                                      return call.directory->is_within(membership.unit, unit);
                                    });
    if (inside) people.push_back(id);
  }
  return people;
}

}  // namespace

HandlerResult list_absences(Call& call) {
  AbsenceQuery query;
  const Date today = call.directory->day_for(call.caller.person, *call.services.engine.calendars(),
                                             call.services.engine.clock().now());
  query.from = today;
  query.to = Date{std::chrono::sys_days{today} + shown_ahead};
  for (const auto& [name, into] :
       {std::pair{"from", &query.from}, std::pair{"to", &query.to}}) {
    if (call.query.text(name).empty()) continue;
    const Result<Date> date = parse_iso_date(call.query.text(name));
    if (!date) co_return bad_parameter(name, date.error().detail);
    *into = *date;
  }
  if (const PersonId person{call.query.text("person")}; !person.empty()) {
    const auto stands_in = call.directory->stands_in_for(
        call.caller.person, *call.services.engine.calendars(), call.services.engine.clock().now());
    const bool deputy = std::any_of(stands_in.begin(), stands_in.end(),
                                    [&](const StandIn& one) { return one.absent == person; });
    if (!deputy && !may_manage_leave_of(call, person)) co_return not_found();
    query.people = {person};
  } else {
    const bool all = call.caller.administrator || call.caller.own_machine;
    query.everything = all && call.query.text("unit").empty();
    if (!query.everything) query.people = people_shown(call);
  }
  const Result<std::vector<AbsenceRow>> rows = call.services.store.reads()->absences(query);
  if (!rows) co_return rows.error();
  Json items = Json::array();
  for (const AbsenceRow& row : *rows) items.push_back(absence_json(call, row));
  co_return json_reply(200, {{"items", std::move(items)}});
}

HandlerResult add_absence(Call& call) {
  Fields fields{call.body};
  AbsenceRequest request;
  request.by = call.caller.person;
  request.person = PersonId{fields.text("person", Need::optional, 40)};
  const std::string from = fields.text("from", Need::required, 10);
  const std::string to = fields.text("to", Need::required, 10);
  request.absence.deputy = PersonId{fields.text("deputy", Need::required, 40)};
  const Json scope = fields.any("scope", nullptr);
  if (const Result<void> whole = fields.finish(); !whole) co_return whole.error();
  if (request.person.empty()) request.person = call.caller.person;
  if (request.person.empty()) {
    co_return Error{ErrorCode::invalid,
                    "no-person",
                    {"Hãy cho biết ai vắng mặt.", "Say who is away."},
                    {{"/person", "required", {"Thiếu người vắng mặt.", "Who is away is missing."}}}};
  }
  if (!may_manage_leave_of(call, request.person)) {
    co_return forbidden("not-your-leave",
                        {"Chỉ người vắng mặt, thủ trưởng, cấp phó hoặc cán bộ tổ chức của đơn vị "
                         "ghi được lịch vắng mặt.",
                         "Only the person, the head, deputy head or personnel of their unit may "
                         "record their leave."});
  }
  if (request.person != call.caller.person && request.absence.deputy == call.caller.person &&
      !call.caller.administrator) {
    co_return forbidden("deputy-by-oneself",
                        {"Không tự ghi mình làm người thay cho người khác.",
                         "Nobody makes themselves the deputy of somebody else."});
  }
  const Result<Date> first = date_from(from, "from");
  if (!first) co_return first.error();
  const Result<Date> last = date_from(to, "to");
  if (!last) co_return last.error();
  request.absence.from = *first;
  request.absence.to = *last;
  if (!scope.is_null()) {
    Result<AbsenceScope> parsed = parse_absence_scope(scope);
    if (!parsed) co_return parsed.error();
    const bool long_list = parsed->roles.size() > scope_items_max ||
                           parsed->units.size() > scope_items_max ||
                           parsed->definitions.size() > scope_items_max;
    if (long_list) {
      co_return Error{ErrorCode::invalid,
                      "bad-absence-scope",
                      {"Phạm vi có quá nhiều mục.", "The scope lists too much."}};
    }
    for (const UnitId& unit : parsed->units) {
      if (call.directory->find_unit(unit) != nullptr) continue;
      const Text text{"Không có đơn vị “" + unit.text() + "”.",
                      "There is no unit “" + unit.text() + "”."};
      co_return Error{
          ErrorCode::invalid, "unknown-unit", text, {{"/scope/units", "unknown-unit", text}}};
    }
    request.absence.scope = std::move(*parsed);
  }
  const Result<AbsenceRow> row =
      co_await record_absence(call.services.engine, std::move(request));
  if (!row) co_return row.error();
  co_return json_reply(201, absence_json(call, *row));
}

HandlerResult take_back_absence(Call& call) {
  const std::string id = call.parameters.front();
  const Result<std::optional<AbsenceRow>> found = call.services.store.reads()->find_absence(id);
  if (!found) co_return found.error();
  if (!*found || !may_manage_leave_of(call, (*found)->person)) co_return not_found();
  const Result<AbsenceRow> row =
      co_await end_absence(call.services.engine, id, call.caller.person);
  if (!row) co_return row.error();
  co_return json_reply(200, absence_json(call, *row));
}

}  // namespace kyhan
