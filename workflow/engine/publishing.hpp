#pragma once
/// Publishing definitions: compiled on the workshop's thread, stored through the engine's door.

#include "workflow/engine/engine_loop.hpp"

namespace kyhan {

struct PublishRequest {
  std::string document;  ///< JSON or YAML.
  PersonId by;
  bool dry_run = false;
  Callback<PublishedReport> callback;
};

/// Compiles, compares with the newest version, and unless it is a dry run posts the job that stores
/// it. The callback is called exactly once.
void publish(EngineLoop& loop, const PublishRequest& request);

/// Everything that was published, in the order of publication, into an empty catalog.
[[nodiscard]] Result<void> load_catalog(Store& store, Catalog& catalog);

/// What was fetched when a version was published.
[[nodiscard]] Result<Resources> load_resources(Store& store, const DefinitionRef& ref);

}  // namespace kyhan
