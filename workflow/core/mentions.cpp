#include "workflow/core/mentions.hpp"

#include <set>

#include "workflow/core/file_reader.hpp"

namespace kyhan {
namespace {

bool is_word(char c) {
  // Bytes of letters with diacritics count as letters.
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.' || (static_cast<unsigned char>(c) & 0x80) != 0;
}

}  // namespace

std::vector<PersonId> mentioned_in(std::string_view comment, const Directory& directory) {
  std::set<PersonId> found;
  for (std::size_t at = comment.find('@'); at != std::string_view::npos;
       at = comment.find('@', at + 1)) {
    if (at > 0 && is_word(comment[at - 1])) continue;
    std::string_view rest = comment.substr(at + 1);
    std::size_t length = 0;
    while (length < rest.size() && is_id(rest.substr(length, 1))) ++length;
    // "@an-" at the end of a clause names `an`; the id itself may hold hyphens.
    for (; length > 0; --length) {
      const PersonId person{std::string(rest.substr(0, length))};
      if (directory.find_person(person) != nullptr) {
        found.insert(person);
        break;
      }
      if (rest[length - 1] != '-') break;
    }
  }
  return {found.begin(), found.end()};
}

}  // namespace kyhan
