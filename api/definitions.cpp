// What may be run: the published definitions.

#include <array>

#include "api/access.hpp"
#include "api/engine_calls.hpp"
#include "api/handlers.hpp"
#include "api/outline.hpp"
#include "api/services.hpp"
#include "api/show.hpp"
#include "workflow/core/people_check.hpp"
#include "workflow/core/documents.hpp"
#include "workflow/core/time_text.hpp"
#include "workflow/store/store.hpp"

namespace kyhan {
namespace {

const char* kind_of(const Schedule& schedule) {
  constexpr std::array names{"none", "cron", "every", "after", "on"};
  return names.at(static_cast<std::size_t>(schedule.kind));
}

Json definition_json(const Call& call, const Definition& definition,
                     const PublishedDefinition& published) {
  Json units = Json::array();
  for (const UnitId& unit : startable_units(call, definition)) {
    units.push_back(unit_json(*call.directory, unit));
  }
  Json schedule = nullptr;
  if (definition.schedule.kind != Schedule::Kind::none) {
    schedule = {{"kind", kind_of(definition.schedule)},
                {"cron", definition.schedule.cron},
                {"description", to_json(schedule_in_words(definition.schedule))}};
  }
  const bool startable = !units.empty() || call.caller.administrator;
  const Json& form = definition.start.form;
  return {
      {"name", definition.ref.name},
      {"namespace", definition.ref.namespace_},
      {"version", definition.ref.version},
      {"title", to_json(definition.title)},
      {"summary", to_json(definition.summary)},
      {"publishedAt", to_rfc3339(published.published_at)},
      {"schedule", std::move(schedule)},
      {"startable", startable},
      {"startableUnits", std::move(units)},
      {"startForm", startable && form.is_object() ? form : Json()},
      {"legalBasis", definition.legal_basis.is_array() ? definition.legal_basis : Json::array()}};
}

/// The documents elsewhere that were fetched when this version was published.
Json resources_json(const Call& call, const DefinitionRef& ref) {
  Json list = Json::array();
  const auto rows = call.services.store.reads()->definition_resources(ref);
  if (!rows) return list;
  for (const ResourceRow& row : *rows) list.push_back({{"uri", row.uri}, {"sha256", row.sha256}});
  return list;
}

Json fault_json(const Fault& fault, Language language) {
  return {{"pointer", fault.pointer},
          {"line", fault.line},
          {"column", fault.column},
          {"code", fault.code},
          {"message", in_language(fault.message, language)},
          {"hint", in_language(fault.hint, language)}};
}

/// `{document: ...}` holds a definition; so does a body that is one itself (which has a member
/// `document` too, but never alone).
Result<std::string> definition_text(const std::string& body) {
  if (body.empty()) {
    return bad_request("bad-body", {"Thiếu tài liệu định nghĩa.", "The definition is missing."});
  }
  DocumentLimits limits;
  const Result<Json> parsed = parse_json(body, limits);
  if (!parsed) return body;  // YAML, or faulty: the compiler says where.
  if (parsed->is_object() && parsed->size() == 1 && parsed->contains("document")) {
    const Json& inner = (*parsed)["document"];
    if (inner.is_string()) return inner.get<std::string>();
    if (inner.is_object() && !inner.contains("dsl")) return inner.dump();
  }
  return body;
}

}  // namespace

HandlerResult list_definitions(Call& call) {
  const auto catalog = call.services.engine.catalog();
  Json items = Json::array();
  for (const std::string& name : catalog->names()) {
    const auto published = catalog->find(name);
    const auto definition = find_definition(call, name, "");
    if (published && definition) items.push_back(definition_json(call, *definition, *published));
  }
  co_return json_reply(200, {{"items", std::move(items)}});
}

HandlerResult show_definition(Call& call) {
  const auto catalog = call.services.engine.catalog();
  const std::string& name = call.parameters.front();
  const std::string& version = call.query.text("version");
  const auto published = catalog->find(name, version);
  const auto definition = find_definition(call, name, version);
  if (!published || !definition) co_return not_found();
  Json json = definition_json(call, *definition, *published);
  json["steps"] = outline(*definition, Json());
  json["document"] = definition->document;
  json["versions"] = catalog->versions(name);
  json["resources"] = resources_json(call, definition->ref);
  co_return json_reply(call, json, "\"" + published->sha256.substr(0, 32) + "\"");
}

HandlerResult show_people_check(Call& call) {
  const auto definition =
      find_definition(call, call.parameters.front(), call.query.text("version"));
  if (!definition) co_return not_found();
  co_return json_reply(200, to_json(check_people(*definition, *call.directory)));
}

HandlerResult publish(Call& call) {
  const Result<bool> dry_run = call.query.flag("dryRun");
  if (!dry_run) co_return dry_run.error();
  const Result<bool> strict = call.query.flag("strict");
  if (!strict) co_return strict.error();
  Result<std::string> text = definition_text(call.text);
  if (!text) co_return text.error();
  if (*strict && !*dry_run) {
    // Looked at first: what is published stays.
    const Result<PublishedReport> looked =
        co_await publish_definition(call.services.engine, *text, call.caller.person, true);
    if (!looked) co_return looked.error();
    if (looked->people.is_object() && !looked->people.at("findings").empty()) {
      const Error impossible{ErrorCode::invalid,
                             "people-cannot",
                             {"Có bước mà không ai trong tổ chức làm được; định nghĩa chưa được "
                              "công bố.",
                              "Some steps could be done by nobody in the organisation; the "
                              "definition was not published."}};
      co_return problem(impossible, call.language, call.id, Json{{"people", looked->people}});
    }
  }
  const Result<PublishedReport> report = co_await publish_definition(
      call.services.engine, std::move(*text), call.caller.person, *dry_run);
  if (!report) co_return report.error();
  Json warnings = Json::array();
  Json faults = Json::array();
  for (const Fault& fault : report->faults) {
    (fault.warning ? warnings : faults).push_back(fault_json(fault, call.language));
  }
  if (!faults.empty()) {
    const Error invalid{ErrorCode::invalid,
                        "invalid-definition",
                        {"Định nghĩa có lỗi nên chưa được công bố.",
                         "The definition has faults and was not published."}};
    co_return problem(invalid, call.language, call.id, Json{{"faults", std::move(faults)}});
  }
  const int status = report->published ? 201 : 200;
  co_return json_reply(status, {{"name", report->ref.name},
                                {"version", report->ref.version},
                                {"published", report->published},
                                {"unchanged", report->unchanged},
                                {"warnings", std::move(warnings)},
                                {"people", report->people},
                                {"difference", report->difference}});
}

}  // namespace kyhan
