#pragma once
/// The published definitions. A version never changes once published, so each is parsed and
/// compiled at most once, when it is first needed.

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "workflow/core/definition.hpp"
#include "workflow/core/expressions.hpp"
#include "workflow/core/result.hpp"
#include "workflow/core/types.hpp"

namespace kyhan {

/// One published version as it was handed in.
struct PublishedDefinition {
  DefinitionRef ref;
  std::string document;  ///< JSON or YAML text.
  std::string sha256;    ///< Hex, of the document.
  Instant published_at{};
  PersonId published_by;
};

/// Thread safe; shared by the engine and everybody who reads. Versions are only ever added.
class Catalog {
 public:
  /// The documents that were fetched when a version was published.
  using ResourceLoader = std::function<Result<Resources>(const DefinitionRef&)>;
  explicit Catalog(std::shared_ptr<const ExpressionCompiler> compiler,
                   ResourceLoader resources = {});

  /// Adds a version; the first in time order is the oldest. A program compiled already may be
  /// handed over with it.
  void add(PublishedDefinition published, std::optional<Program> program = std::nullopt);

  /// Names, sorted.
  [[nodiscard]] std::vector<std::string> names() const;
  /// Versions of a name, newest first; empty when there is no such definition.
  [[nodiscard]] std::vector<std::string> versions(const std::string& name) const;
  /// The version as published; an empty `version` is the newest one (last published). Null: none.
  [[nodiscard]] std::shared_ptr<const PublishedDefinition> find(
      const std::string& name, const std::string& version = {}) const;

  /// The definition with its compiled expressions. The first call for a version compiles (tens of
  /// milliseconds); later ones are a look-up. Errors: `not_found` "unknown-definition" or
  /// "unknown-definition-version"; `unavailable` "definition-unusable" when a version that was
  /// published once no longer compiles.
  [[nodiscard]] Result<Program> load(const std::string& name,
                                     const std::string& version = {}) const;

 private:
  struct Entry {
    std::shared_ptr<const PublishedDefinition> published;
    std::once_flag once;
    std::optional<Program> program;
    std::vector<Fault> faults;
  };
  [[nodiscard]] std::shared_ptr<Entry> find_entry(const std::string& name,
                                                  const std::string& version) const;

  std::shared_ptr<const ExpressionCompiler> compiler_;
  ResourceLoader resources_;
  mutable std::mutex mutex_;
  std::map<std::string, std::vector<std::shared_ptr<Entry>>> by_name_;  ///< Oldest first.
};

}  // namespace kyhan
