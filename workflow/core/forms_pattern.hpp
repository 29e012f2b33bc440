#pragma once
/// Regular expressions in time linear in the text, for `pattern` of a JSON Schema and for event
/// filters written `^...$`.
///
/// Known: literals, `.`, classes `[a-z]` `[^...]`, `\d \w \s` and their capitals, `\p{L} \p{Lu}
/// \p{Ll} \p{N} \p{P} \p{Z}`, escapes of punctuation, `\t \n \r`, `\uXXXX`, groups `( )` and
/// `(?: )`, `|`, `* + ? {n} {n,} {n,m}` (also with `?`), `^`, `$`. Not known, and refused by name:
/// back references, look-around, `\b`, flags, named groups. Characters are code points.

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "workflow/core/result.hpp"

namespace kyhan {

class Pattern {
 public:
  /// Errors: `invalid`, type "pattern".
  [[nodiscard]] static Result<Pattern> compile(std::string_view text);
  /// What is wrong with it; nothing: it compiles.
  [[nodiscard]] static std::optional<Text> check(std::string_view text);

  /// Whether it occurs in `text` (UTF-8); `^` and `$` tie it to the ends. Texts of more than
  /// 100,000 characters never match.
  [[nodiscard]] bool matches(std::string_view text) const;

  /// States of its automaton: the work for each character is bounded by it.
  [[nodiscard]] std::size_t size() const;

  struct Machine;

 private:
  explicit Pattern(std::shared_ptr<const Machine> machine) : machine_(std::move(machine)) {}
  std::shared_ptr<const Machine> machine_;
};

}  // namespace kyhan
