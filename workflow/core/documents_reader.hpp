#pragma once
/// Shared by the JSON and the YAML reader of documents.cpp. Not for use elsewhere.

#include <optional>
#include <string>
#include <vector>

#include "workflow/core/documents.hpp"

namespace kyhan::documents {

[[nodiscard]] Error too_large(const DocumentLimits& limits);
[[nodiscard]] Error too_many_nodes(const DocumentLimits& limits);
[[nodiscard]] Error too_deep(const DocumentLimits& limits);
[[nodiscard]] Error duplicate_key(const std::string& key);
[[nodiscard]] Error bad_encoding();
/// `type` is "json-syntax" or "yaml-syntax"; `why` may be empty.
[[nodiscard]] Error bad_syntax(const std::string& type, Place place, const std::string& why);

/// Line and column (in characters) of a byte.
[[nodiscard]] Place place_at(std::string_view text, std::size_t offset);
/// A key as one token of a JSON Pointer.
[[nodiscard]] std::string escape_token(std::string_view key);

/// Builds a value from parser events, and stops at the first limit passed, so that no value beyond
/// the limits ever exists. Each function returns the error that ends the reading, if any.
class Builder {
 public:
  explicit Builder(const DocumentLimits& limits) : limits_(limits) {}

  [[nodiscard]] std::optional<Error> add(Json value);
  [[nodiscard]] std::optional<Error> open(Json container);
  [[nodiscard]] std::optional<Error> key(std::string name);
  void close();
  /// Counts a value about to be added as a whole: `nodes` beyond itself, `depth` levels.
  [[nodiscard]] std::optional<Error> count(std::size_t nodes, int depth);

  [[nodiscard]] bool in_object() const { return !open_.empty() && open_.back()->is_object(); }
  [[nodiscard]] std::size_t depth() const { return open_.size(); }
  /// The container that was opened last.
  [[nodiscard]] const Json& top() const { return *open_.back(); }
  [[nodiscard]] std::size_t nodes() const { return nodes_; }
  [[nodiscard]] Json take() { return std::move(root_); }

 private:
  DocumentLimits limits_;
  Json root_;
  // Pointers into root_; a container grows only while it is the last one open, so the ones below
  // it never move.
  std::vector<Json*> open_;
  std::vector<std::string> keys_;
  std::size_t nodes_ = 0;
};

[[nodiscard]] Result<Json> read_json(std::string_view text, const DocumentLimits& limits,
                                     Place* failed_at);
/// Where each key and item of a text starts that read_json has accepted.
[[nodiscard]] std::map<std::string, Place> json_places(std::string_view text);
[[nodiscard]] Result<ParsedDocument> read_yaml(std::string_view text, const DocumentLimits& limits,
                                               Place* failed_at);

}  // namespace kyhan::documents
