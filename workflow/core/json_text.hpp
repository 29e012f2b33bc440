#pragma once
/// JSON values as text, appended to what is there: the engine writes much of it.

#include <string>
#include <string_view>

#include "workflow/core/json.hpp"

namespace kyhan {

/// The same text as `value.dump()`. Throws std::invalid_argument on a string that is not UTF-8:
/// nobody could read it back.
void append_json(std::string& out, const Json& value);
/// A JSON string with its quotes. Throws likewise.
void append_json(std::string& out, std::string_view text);

[[nodiscard]] std::string json_text(const Json& value);

}  // namespace kyhan
