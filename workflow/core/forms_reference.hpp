#pragma once
/// Local `$ref` of a JSON Schema, for the two halves of forms: the check of a schema and the check
/// of a value.

#include <string>

#include "workflow/core/json.hpp"

namespace kyhan::forms {

/// The schema a local reference ("#", "#/$defs/name") names, or null.
[[nodiscard]] inline const Json* resolve(const Json& root, const std::string& reference) {
  if (reference == "#") return &root;
  if (!reference.starts_with("#/")) return nullptr;
  const Json* at = &root;
  std::size_t start = 2;
  for (;;) {
    const auto slash = reference.find('/', start);
    std::string token;
    for (auto i = start; i < std::min(slash, reference.size()); ++i) {
      if (reference[i] == '~' && i + 1 < reference.size()) {
        token += reference[++i] == '1' ? '/' : '~';
      } else {
        token += reference[i];
      }
    }
    if (at->is_object()) {
      const auto found = at->find(token);
      if (found == at->end()) return nullptr;
      at = &*found;
    } else if (at->is_array() && !token.empty() && token.size() < 6 &&
               token.find_first_not_of("0123456789") == std::string::npos &&
               std::stoul(token) < at->size()) {
      at = &(*at)[std::stoul(token)];
    } else {
      return nullptr;
    }
    if (slash == std::string::npos) return at;
    start = slash + 1;
  }
}

/// A member of an object, or null.
[[nodiscard]] inline const Json* member(const Json& object, const char* key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

}  // namespace kyhan::forms
