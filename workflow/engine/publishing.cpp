#include "workflow/engine/publishing.hpp"

#include <algorithm>
#include <spdlog/spdlog.h>

#include "workflow/calls/resources.hpp"
#include "workflow/core/compare.hpp"
#include "workflow/core/documents.hpp"
#include "workflow/core/json_text.hpp"
#include "workflow/core/people_check.hpp"
#include "workflow/core/trigger.hpp"
#include "workflow/engine/schedules.hpp"
#include "workflow/expressions/jq.hpp"

namespace kyhan {
namespace {

Error version_exists(const DefinitionRef& ref) {
  return Error{ErrorCode::conflict,
               "version-exists",
               {"Phiên bản " + ref.version + " của \"" + ref.name +
                    "\" đã công bố với nội dung khác. Hãy tăng số phiên bản.",
                "Version " + ref.version + " of \"" + ref.name +
                    "\" is published with other content. Give it a higher version."}};
}

Json difference_to(const Catalog& catalog, const Definition& definition) {
  Json difference = Json::array();
  const Result<Program> before = catalog.load(definition.ref.name);
  if (!before) return difference;  // The first version, or one that cannot be read any more.
  for (const DefinitionChange& change : compare_definitions(*before->definition, definition)) {
    difference.push_back(encode(change));
  }
  return difference;
}

/// What the definition names by address, at the places where it names it.
FetchedResources fetch_for(EngineLoop& loop, const std::string& text,
                           const ExpressionCompiler& compiler) {
  const Result<ParsedDocument> document = parse_document(text);
  if (!document) return {};  // The compiler tells.
  const std::shared_ptr<const Secrets> secrets = loop.secrets();
  FetchedResources fetched =
      fetch_resources(document->value, {loop.calls(), secrets.get(), compiler});
  for (Fault& fault : fetched.faults) {
    const auto place = document->places.find(fault.pointer);
    if (place == document->places.end()) continue;
    fault.line = place->second.line;
    fault.column = place->second.column;
  }
  return fetched;
}

void stage_resources(UnitOfWork& work, const Definition& definition) {
  for (const auto& [uri, document] : definition.resources) {
    const std::string text = json_text(*document);
    work.stage_definition_resource(definition.ref, {uri, text, to_hex(sha256_of(text))});
  }
}

}  // namespace

void publish(EngineLoop& loop, const PublishRequest& request) {
  PublishedReport report;
  const std::unique_ptr<ExpressionCompiler> compiler = make_jq_compiler();
  FetchedResources fetched = fetch_for(loop, request.document, *compiler);
  CompiledDefinition compiled =
      compile_definition(request.document, *compiler, fetched.documents);
  report.faults = std::move(compiled.faults);
  const bool whole = fetched.faults.empty();
  std::ranges::move(fetched.faults, std::back_inserter(report.faults));
  if (!compiled.program || !whole) return request.callback(std::move(report));
  const Program program = *compiled.program;
  const Definition& definition = *program.definition;
  report.ref = definition.ref;
  report.people = to_json(check_people(definition, *loop.snapshot().directory));

  const std::shared_ptr<const Catalog> catalog = loop.snapshot().catalog;
  const std::string text = definition.document.dump();
  const std::string sha256 = to_hex(sha256_of(text));
  report.difference = difference_to(*catalog, definition);
  if (const auto same = catalog->find(definition.ref.name, definition.ref.version)) {
    if (same->sha256 != sha256) return request.callback(version_exists(definition.ref));
    report.unchanged = true;
    return request.callback(std::move(report));
  }
  if (request.dry_run) return request.callback(std::move(report));

  loop.post({[&loop, program, text, sha256, by = request.by, callback = request.callback,
              report](Batch& batch) mutable -> Result<After> {
               const Definition& published = *program.definition;
               const Catalog& known = *batch.snapshot().catalog;
               if (known.find(published.ref.name, published.ref.version)) {
                 return version_exists(published.ref);  // Somebody else was faster.
               }
               batch.work().stage_definition(
                   {published.ref, published.title, text, batch.now(), by, true});
               stage_resources(batch.work(), published);
               if (Result<void> set = replace_schedule(batch, program); !set) return set.error();
               const EventTypes types = event_types_of(published);
               batch.work().stage_event_types(published.ref.name, published.ref.version,
                                              types.listen, types.start);
               batch.work().clear_partial_matches(published.ref.name);
               report.published = true;
               return After{
                   [&loop, program, text, sha256, by, callback, report, now = batch.now()] {
                     loop.add_definition({program.definition->ref, text, sha256, now, by}, program);
                     callback(report);
                   }};
             },
             [callback = request.callback](const Error& why) { callback(why); }});
}

Result<Resources> load_resources(Store& store, const DefinitionRef& ref) {
  Result<std::vector<ResourceRow>> rows = store.reads()->definition_resources(ref);
  if (!rows) return rows.error();
  Resources resources;
  for (const ResourceRow& row : *rows) {
    resources[row.uri] = std::make_shared<const Json>(Json::parse(row.document));
  }
  return resources;
}

Result<void> load_catalog(Store& store, Catalog& catalog) {
  Result<std::vector<DefinitionRow>> rows = store.reads()->definitions();
  if (!rows) return rows.error();
  std::ranges::stable_sort(*rows, {}, [](const DefinitionRow& row) {
    return std::pair{row.latest, row.published_at};  // The latest of each name comes last.
  });
  for (DefinitionRow& row : *rows) {
    PublishedDefinition published{
        row.ref, std::move(row.document), {}, row.published_at, row.published_by};
    published.sha256 = to_hex(sha256_of(published.document));
    catalog.add(std::move(published));
  }
  return {};
}

}  // namespace kyhan
