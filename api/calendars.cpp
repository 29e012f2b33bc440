// Working calendars as documents: read, changed with a preview before, followed while the open
// deadlines move, and changed back.

#include "api/engine_calls.hpp"
#include "api/handlers.hpp"
#include "api/services.hpp"
#include "api/show.hpp"
#include "workflow/core/calendar.hpp"
#include "workflow/core/time_text.hpp"
#include "workflow/engine/calendar_preview.hpp"
#include "workflow/store/store.hpp"

namespace kyhan {
namespace {

constexpr const char* built_in_id = "vn";
constexpr std::size_t reason_characters_max = 2'000;
constexpr int changes_page_max = 200;

Result<CalendarDocuments> imported(Reads& reads) {
  const Result<std::vector<std::string>> texts = reads.calendars();
  if (!texts) return texts.error();
  CalendarDocuments documents;
  for (const std::string& text : *texts) {
    Json document = Json::parse(text);
    std::string id = document.value("id", "");
    documents.emplace(std::move(id), std::move(document));
  }
  return documents;
}

/// The last layer that has this member says it.
Json said(const std::vector<Json>& layers, const char* member) {
  for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer) {
    if (layer->contains(member)) return (*layer)[member];
  }
  return nullptr;
}

Json calendar_json(const std::string& id, const std::vector<Json>& layers, const Calendar& calendar,
                   bool is_imported) {
  const Json title = said(layers, "title");
  const std::string parent = layers.front().value("parent", "");
  return {{"id", id},
          {"title", title.is_null() ? Json() : to_json(text_from(title))},
          {"zone", calendar.zone()},
          {"parent", parent.empty() ? Json() : Json(parent)},
          {"unit", said(layers, "unit")},
          {"officialThrough", calendar.official_through()},
          {"builtIn", id == built_in_id},
          {"imported", is_imported},
          {"layers", layers.size()}};
}

Json change_json(const Call& call, const CalendarChangeRow& row) {
  Json json = {{"id", row.id},
               {"calendar", row.calendar},
               {"madeAt", to_rfc3339(row.made_at)},
               {"madeBy", person_json(*call.directory, row.made_by)},
               {"reason", row.reason},
               {"phase", row.phase},
               {"openInstances", row.open_instances},
               {"lookedAt", row.looked_at},
               {"deadlinesMoved", row.deadlines_moved},
               {"instancesMoved", row.instances_moved},
               {"startsMoved", row.starts_moved},
               {"peopleTold", row.people_told},
               {"undoes", row.undoes ? Json(*row.undoes) : Json()},
               {"undoneBy", row.undone_by ? Json(*row.undone_by) : Json()}};
  if (row.done_at) json["doneAt"] = to_rfc3339(*row.done_at);
  return json;
}

/// What the request asks for: its body is the document; `replace` takes the place of what is there
/// even where the file extends its own id.
Result<CalendarChange> change_from(Call& call) {
  const Result<bool> replace = call.query.flag("replace");
  if (!replace) return replace.error();
  const std::string& reason = call.query.text("reason");
  if (auto fault = fault_in_text(reason, Lines::many, reason_characters_max, "reason")) {
    return bad_parameter("reason", fault->message);
  }
  const std::string id = call.parameters.front();
  CalendarChange change = import_of(std::move(call.body), call.caller.person, reason);
  if (*replace) change.how = CalendarChange::How::replace;
  if (change.calendar != id) {
    const Text message{"id của tệp phải là “" + id + "”.",
                       "The id of the file must be “" + id + "”."};
    return Error{ErrorCode::invalid, "bad-calendar", message, {{"/id", "mismatch", message}}};
  }
  return change;
}

/// Answers with the change as it stands; 200 and null when nothing changes.
Result<Reply> present_change(const Call& call, const Json& made) {
  if (made.at("change").is_null()) {
    return json_reply(200, {{"calendar", made.at("calendar")}, {"change", nullptr}});
  }
  const auto row =
      call.services.store.reads()->find_calendar_change(made.at("change").get<std::int64_t>());
  if (!row) return row.error();
  if (!*row) return not_found();
  return json_reply(202, {{"calendar", made.at("calendar")}, {"change", change_json(call, **row)}});
}

Result<std::int64_t> change_number(const std::string& text) {
  constexpr std::size_t digits_max = 15;
  const bool digits = !text.empty() && text.size() <= digits_max &&
                      text.find_first_not_of("0123456789") == std::string::npos;
  if (!digits) return not_found();
  return std::stoll(text);
}

Json move_json(const Call& call, const CalendarMove& move) {
  Json json = {{"kind", move.kind},
               {"definition", move.definition},
               {"unit", unit_json(*call.directory, move.unit)},
               {"title", to_json(move.title)},
               {"from", to_json(move.from)},
               {"to", to_json(move.to)}};
  if (!move.instance.empty()) {
    json["instance"] = {{"id", move.instance.text()}, {"title", to_json(move.instance_title)}};
  }
  if (!move.task.empty()) json["task"] = move.task.text();
  if (!move.from_date.empty()) json["fromDate"] = move.from_date;
  if (!move.to_date.empty()) json["toDate"] = move.to_date;
  return json;
}

/// How many times of each kind move, by unit; those of no unit under "".
Json by_unit_json(const Call& call, const std::vector<CalendarMove>& moves) {
  std::map<UnitId, std::map<std::string, int>> counts;
  for (const CalendarMove& move : moves) ++counts[move.unit][move.kind];
  Json list = Json::array();
  for (const auto& [unit, kinds] : counts) {
    list.push_back({{"unit", unit_json(*call.directory, unit)}, {"moves", Json(kinds)}});
  }
  return list;
}

}  // namespace

HandlerResult list_calendars(Call& call) {
  Result<CalendarDocuments> documents = imported(*call.services.store.reads());
  if (!documents) co_return documents.error();
  const bool replaced = documents->contains(built_in_id);
  if (!replaced) documents->emplace(built_in_id, built_in_calendar_document());
  const auto calendars = call.services.engine.calendars();
  Json items = Json::array();
  for (const auto& [id, document] : *documents) {
    const Calendar* calendar = calendars->find(id);
    if (calendar == nullptr) continue;  // Imported this very moment.
    items.push_back(
        calendar_json(id, layers_of(document), *calendar, id != built_in_id || replaced));
  }
  co_return json_reply(200, {{"items", std::move(items)}});
}

HandlerResult show_calendar(Call& call) {
  const Result<CalendarDocuments> documents = imported(*call.services.store.reads());
  if (!documents) co_return documents.error();
  const std::string& id = call.parameters.front();
  if (const auto found = documents->find(id); found != documents->end()) {
    co_return json_reply(200, found->second);
  }
  if (id == built_in_id) co_return json_reply(200, built_in_calendar_document());
  co_return not_found();
}

HandlerResult put_calendar(Call& call) {
  Result<CalendarChange> change = change_from(call);
  if (!change) co_return change.error();
  const Result<Json> made = co_await change_calendar(call.services.engine, std::move(*change));
  if (!made) co_return made.error();
  co_return present_change(call, *made);
}

HandlerResult remove_calendar(Call& call) {
  CalendarChange change;
  change.calendar = call.parameters.front();
  change.by = call.caller.person;
  change.reason = call.query.text("reason");
  const Result<Json> made = co_await change_calendar(call.services.engine, std::move(change));
  if (!made) co_return made.error();
  co_return present_change(call, *made);
}

HandlerResult preview_calendar(Call& call) {
  const Result<int> after = call.query.number("after", 0, 0, std::numeric_limits<int>::max());
  if (!after) co_return after.error();
  Result<CalendarChange> change = change_from(call);
  if (!change) co_return change.error();
  const Engine& engine = call.services.engine;
  const Snapshot seen{engine.directory(), engine.calendars(), engine.catalog()};
  CalendarPreview preview;
  std::function<Result<Json>()> work = [&store = call.services.store, &seen, &change, &preview,
                                        after = *after, now = engine.clock().now()] {
    Result<CalendarPreview> found = preview_calendar_change(store, seen, *change, after, now);
    if (!found) return Result<Json>{found.error()};
    preview = std::move(*found);
    return success(nullptr);
  };
  const Result<Json> done = co_await run_blocking(call.services, std::move(work));
  if (!done) co_return done.error();
  const auto sizes = call.services.store.reads()->sizes();
  if (!sizes) co_return sizes.error();
  Json items = Json::array();
  for (const CalendarMove& move : preview.moves) items.push_back(move_json(call, move));
  Json body = page_json(std::move(items), std::to_string(preview.last_key), preview.has_more);
  body["byUnit"] = by_unit_json(call, preview.moves);
  body["confirmed"] = preview.confirmed;
  body["lookedAt"] = preview.looked_at;
  body["openInstances"] = sizes->instances_open;
  co_return json_reply(200, body);
}

HandlerResult list_calendar_changes(Call& call) {
  const Result<int> limit = call.query.number("limit", 50, 1, changes_page_max);
  if (!limit) co_return limit.error();
  const Result<int> after = call.query.number("after", std::numeric_limits<int>::max(), 1,
                                              std::numeric_limits<int>::max());
  if (!after) co_return after.error();
  const auto rows = call.services.store.reads()->calendar_changes(*after, *limit + 1);
  if (!rows) co_return rows.error();
  Json items = Json::array();
  std::string last;
  for (const CalendarChangeRow& row : *rows) {
    if (static_cast<int>(items.size()) == *limit) break;
    items.push_back(change_json(call, row));
    last = std::to_string(row.id);
  }
  const bool more = static_cast<int>(rows->size()) > *limit;
  co_return json_reply(200, page_json(std::move(items), last, more));
}

HandlerResult show_calendar_change(Call& call) {
  const Result<std::int64_t> number = change_number(call.parameters.front());
  if (!number) co_return number.error();
  const auto row = call.services.store.reads()->find_calendar_change(*number);
  if (!row) co_return row.error();
  if (!*row) co_return not_found();
  Json json = change_json(call, **row);
  const auto document = [](const std::string& text) {
    return text.empty() ? Json() : Json::parse(text);
  };
  json["documentBefore"] = document((*row)->document_before);
  json["documentAfter"] = document((*row)->document_after);
  co_return json_reply(200, json);
}

HandlerResult undo_calendar_change(Call& call) {
  Fields fields{call.body};
  const std::string reason = fields.paragraphs("reason", Need::optional, reason_characters_max);
  if (const Result<void> whole = fields.finish(); !whole) co_return whole.error();
  const Result<std::int64_t> number = change_number(call.parameters.front());
  if (!number) co_return number.error();
  const Result<Json> made =
      co_await undo_calendar(call.services.engine, *number, call.caller.person, reason);
  if (!made) co_return made.error();
  co_return present_change(call, *made);
}

}  // namespace kyhan
