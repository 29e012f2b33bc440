#pragma once
/// Refusals as RFC 9457 documents, in the language the client asks for.

#include <string>
#include <string_view>

#include "api/http.hpp"
#include "workflow/core/json.hpp"
#include "workflow/core/result.hpp"

namespace kyhan {

enum class Language { vi, en };

/// By quality in Accept-Language; Vietnamese when neither is named.
[[nodiscard]] Language language_of(std::string_view accept_language);
[[nodiscard]] const std::string& in_language(const Text& text, Language language);

/// The HTTP status of a refusal: by its slug where one family has several, else by its code.
[[nodiscard]] int status_of(const Error& error);

/// `instance` is the id of the request. `extra` (an object or null) adds members such as `current`.
[[nodiscard]] Reply problem(const Error& error, Language language, const std::string& instance,
                            const Json& extra = nullptr);
/// The document alone, for bulk results.
[[nodiscard]] Json problem_document(const Error& error, Language language,
                                    const std::string& instance, const Json& extra = nullptr);

// The refusals the API itself has, one function each so that their words stand in one place.
[[nodiscard]] Error bad_request(std::string slug, Text detail, std::vector<FieldError> fields = {});
[[nodiscard]] Error not_signed_in();
[[nodiscard]] Error not_found();
[[nodiscard]] Error forbidden(std::string slug, Text detail);
[[nodiscard]] Error too_large(std::size_t bytes_max);
[[nodiscard]] Error internal_fault();

}  // namespace kyhan
