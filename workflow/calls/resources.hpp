#pragma once
/// The documents that a definition names by address, fetched before it runs: schemas, functions, API
/// descriptions. What they name in their turn is fetched too.

#include <vector>

#include "workflow/core/calls.hpp"
#include "workflow/core/definition.hpp"
#include "workflow/core/expressions.hpp"

namespace kyhan {

constexpr std::size_t resources_max = 64;       ///< Of one definition.
constexpr int resource_rounds_max = 5;          ///< A document that names one that names one ...
constexpr std::size_t resource_bytes_max = 10u << 20;

struct ResourceSources {
  Calls* calls = nullptr;  ///< Null: there is no network; everything missing is a fault.
  const Secrets* secrets = nullptr;
  const ExpressionCompiler& compiler;
  /// API descriptions too; without, they are fetched when they are called.
  bool with_api = true;
};

struct FetchedResources {
  Resources documents;
  std::vector<Fault> faults;  ///< What could not be had, at the place that names it.
};

/// Blocks, at most half a minute a round. A definition that is faulty in itself gives nothing: its
/// own faults come first.
[[nodiscard]] FetchedResources fetch_resources(const Json& document,
                                               const ResourceSources& sources);

}  // namespace kyhan
