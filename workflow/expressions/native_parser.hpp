#pragma once

#include <optional>
#include <string_view>

#include "workflow/expressions/native_node.hpp"

namespace kyhan::native {

/// Null: not in the native part of the language.
[[nodiscard]] NodePtr parse(std::string_view program,
                            const std::optional<std::vector<std::string>>& variables);

}  // namespace kyhan::native
