#include "workflow/engine/catalog.hpp"

#include <algorithm>

namespace kyhan {
namespace {

Error unknown(const std::string& name, const std::string& version) {
  if (version.empty()) {
    return Error{ErrorCode::not_found,
                 "unknown-definition",
                 {"Không có quy trình nào tên \"" + name + "\".",
                  "There is no definition named \"" + name + "\"."}};
  }
  return Error{ErrorCode::not_found,
               "unknown-definition-version",
               {"Quy trình \"" + name + "\" không có phiên bản " + version + ".",
                "The definition \"" + name + "\" has no version " + version + "."}};
}

}  // namespace

Catalog::Catalog(std::shared_ptr<const ExpressionCompiler> compiler, ResourceLoader resources)
    : compiler_(std::move(compiler)), resources_(std::move(resources)) {}

void Catalog::add(PublishedDefinition published, std::optional<Program> program) {
  auto entry = std::make_shared<Entry>();
  const std::string name = published.ref.name;
  entry->published = std::make_shared<const PublishedDefinition>(std::move(published));
  if (program) {
    std::call_once(entry->once, [&] { entry->program = std::move(program); });
  }
  const std::lock_guard lock{mutex_};
  by_name_[name].push_back(std::move(entry));
}

std::vector<std::string> Catalog::names() const {
  const std::lock_guard lock{mutex_};
  std::vector<std::string> names;
  for (const auto& [name, entries] : by_name_) names.push_back(name);
  return names;
}

std::vector<std::string> Catalog::versions(const std::string& name) const {
  const std::lock_guard lock{mutex_};
  std::vector<std::string> versions;
  if (const auto found = by_name_.find(name); found != by_name_.end()) {
    for (const auto& entry : found->second) versions.push_back(entry->published->ref.version);
  }
  std::reverse(versions.begin(), versions.end());
  return versions;
}

std::shared_ptr<const PublishedDefinition> Catalog::find(const std::string& name,
                                                         const std::string& version) const {
  const std::shared_ptr<Entry> entry = find_entry(name, version);
  return entry ? entry->published : nullptr;
}

Result<Program> Catalog::load(const std::string& name, const std::string& version) const {
  const std::shared_ptr<Entry> entry = find_entry(name, version);
  if (!entry) return unknown(name, version);
  std::call_once(entry->once, [&] {
    Resources resources;
    if (resources_) {
      Result<Resources> kept = resources_(entry->published->ref);
      if (kept) resources = std::move(*kept);
    }
    CompiledDefinition compiled =
        compile_definition(entry->published->document, *compiler_, resources);
    entry->program = std::move(compiled.program);
    entry->faults = std::move(compiled.faults);
  });
  if (entry->program) return *entry->program;
  const std::string why =
      entry->faults.empty() ? std::string{"?"} : entry->faults.front().message.en;
  return Error{ErrorCode::unavailable,
               "definition-unusable",
               {"Quy trình \"" + name + "\" đã công bố nhưng không còn dùng được: " + why,
                "The published definition \"" + name + "\" can no longer be used: " + why}};
}

std::shared_ptr<Catalog::Entry> Catalog::find_entry(const std::string& name,
                                                    const std::string& version) const {
  const std::lock_guard lock{mutex_};
  const auto found = by_name_.find(name);
  if (found == by_name_.end() || found->second.empty()) return nullptr;
  if (version.empty()) return found->second.back();
  for (const auto& entry : found->second) {
    if (entry->published->ref.version == version) return entry;
  }
  return nullptr;
}

}  // namespace kyhan
