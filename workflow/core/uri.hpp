#pragma once
/// Addresses as text: templates, queries, encodings. Where they lead is judged by workflow/calls.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "workflow/core/json.hpp"
#include "workflow/core/outcome.hpp"

namespace kyhan {

/// Every byte but letters, digits and -._~ as %XX.
[[nodiscard]] std::string percent_encode(std::string_view text);
[[nodiscard]] std::string base64_encode(std::string_view bytes);

/// "https://x/{petId}" with `{name}` replaced by the percent-encoded top-level member `name` of
/// `input`, taken verbatim (language.md U1). A missing member and null give nothing; an object or
/// array is an expression error.
[[nodiscard]] Outcome<std::string> expand_uri_template(std::string_view text, const Json& input);

/// What is wrong with a template, in words for its author; empty: nothing.
[[nodiscard]] Text fault_of_uri_template(std::string_view text);

/// An absolute http or https address without credentials, spaces or control characters.
[[nodiscard]] bool is_http_uri(std::string_view text);

using TextPairs = std::vector<std::pair<std::string, std::string>>;
/// Adds parameters to what query there is; a fragment is dropped.
[[nodiscard]] std::string with_query(std::string uri, const TextPairs& parameters);
/// application/x-www-form-urlencoded.
[[nodiscard]] std::string form_encode(const TextPairs& fields);
/// The address without query and fragment, as messages may show it.
[[nodiscard]] std::string_view without_query(std::string_view uri);

/// A scalar as it stands in a URI, header or form; nothing for objects and arrays.
[[nodiscard]] std::optional<std::string> plain_text(const Json& value);

}  // namespace kyhan
