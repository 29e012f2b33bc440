#pragma once
/// Reading text that came from outside: JSON and YAML with limits, before any DOM exists.
/// nlohmann::json accepts duplicate keys and 100 KB of `[` (and then overflows the stack when it is
/// written); yaml-cpp keeps duplicate keys and expands aliases without end. Neither gets past here.

#include <map>
#include <string>
#include <string_view>

#include "workflow/core/json.hpp"
#include "workflow/core/result.hpp"

namespace kyhan {

struct DocumentLimits {
  std::size_t bytes_max = 1 << 20;
  int depth_max = 100;
  std::size_t nodes_max = 200'000;  ///< After alias expansion (YAML).
};

/// 1-based place of a value in its text.
struct Place {
  int line = 0;
  int column = 0;
};

struct ParsedDocument {
  Json value;
  std::map<std::string, Place> places;  ///< JSON Pointer -> where the key (or item) starts.
};

/// JSON text -> value, all strings normalised to NFC. Errors: `invalid` with type "json-syntax",
/// "json-depth", "json-duplicate-key", "json-encoding" (not UTF-8); `too_large` "too-large".
[[nodiscard]] Result<Json> parse_json(std::string_view text, const DocumentLimits& limits = {});

/// JSON or YAML (told apart by the first character), with places for faults. Errors as parse_json,
/// and "yaml-syntax". On an error `*failed_at`, when given, is where it was met (0: not known).
[[nodiscard]] Result<ParsedDocument> parse_document(std::string_view text,
                                                    const DocumentLimits& limits = {},
                                                    Place* failed_at = nullptr);

/// Depth of a value: scalars 0, {} and [] 1.
[[nodiscard]] int depth_of(const Json& value);

/// NFC; text that is not UTF-8 is an error `invalid` "json-encoding".
[[nodiscard]] Result<std::string> to_nfc(std::string_view text);

/// Folded for search: NFC -> NFD -> marks stripped -> d for đ -> lower case.
[[nodiscard]] std::string fold_for_search(std::string_view text);

}  // namespace kyhan
