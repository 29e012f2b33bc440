#pragma once
/// Local `$ref` of a JSON Schema, for the two halves of forms: the check of a schema and the check
/// of a value.

#include <string>

#include "workflow/core/json.hpp"

namespace kyhan::forms {

/// A fragment of a URI: %20 is a space. Empty when an escape is none.
[[nodiscard]] inline std::string percent_decoded(const std::string& text) {
  const auto value = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size() || value(text[i + 1]) < 0 || value(text[i + 2]) < 0) return {};
    out += static_cast<char>(value(text[i + 1]) * 16 + value(text[i + 2]));
    i += 2;
  }
  return out;
}

/// The schema a local reference ("#", "#/$defs/name") names, or null.
[[nodiscard]] inline const Json* resolve(const Json& root, const std::string& written) {
  const std::string reference = percent_decoded(written);
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
