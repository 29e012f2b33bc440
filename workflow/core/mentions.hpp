#pragma once
/// Who is named in a comment: `@person-id` at the start of a word.

#include <string_view>
#include <vector>

#include "workflow/core/directory.hpp"

namespace kyhan {

constexpr std::size_t mentions_max = 20;

/// The people of the directory named in `comment`, sorted, each once. What names nobody is plain
/// text, and so is an address such as `an@so-a.vn`, whose `@` stands inside a word.
[[nodiscard]] std::vector<PersonId> mentioned_in(std::string_view comment,
                                                 const Directory& directory);

}  // namespace kyhan
