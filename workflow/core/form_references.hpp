#pragma once
/// Fields of a form that name somebody: what the schema alone cannot check.

#include <vector>

#include "workflow/core/directory.hpp"
#include "workflow/core/json.hpp"
#include "workflow/core/result.hpp"

namespace kyhan {

/// Faults of `data` in the fields whose hint is `widget: person` or `widget: unit`: each value there
/// must be the id of a person or unit that exists. A name misspelt would otherwise switch off what
/// the definition does with it, such as keeping a nominee out of the vote. `form` is {schema, ui};
/// pointers are relative to the data.
[[nodiscard]] std::vector<FieldError> check_references(const Json& form, const Json& data,
                                                       const Directory& directory);

}  // namespace kyhan
