#pragma once
/// The subset of JSON Schema 2020-12 that forms and data schemas use: type, enum, const, required,
/// properties, additionalProperties, items, minItems, maxItems, uniqueItems, minLength, maxLength,
/// minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf, pattern, format (date,
/// date-time, email), allOf, anyOf, oneOf, not, if/then/else, local $ref, $defs, dependentRequired;
/// annotations title, description, default, examples, $comment, $schema, $id are accepted.

#include <string>
#include <vector>

#include "workflow/core/json.hpp"
#include "workflow/core/result.hpp"

namespace kyhan {

/// Faults of the schema itself: unknown or refused keywords by name, bad patterns, wrong types.
/// Pointers are relative to the schema.
[[nodiscard]] std::vector<FieldError> check_schema(const Json& schema);

/// Faults of `value` against a schema that check_schema accepted. Titles of the schema's properties
/// name the field in the messages, both languages. At most 100 faults.
[[nodiscard]] std::vector<FieldError> validate_against(const Json& schema, const Json& value);

}  // namespace kyhan
