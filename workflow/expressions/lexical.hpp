#pragma once
/// What an expression may not say, found before libjq sees it.

#include <optional>
#include <string>
#include <string_view>

namespace kyhan {

/// The names an expression may not call: they read the clock, the environment, the machine's time
/// zone, files or the terminal, or would end the process.
struct RefusedName {
  std::string_view name;
  std::string_view why;  ///< English, completes "`now` is not available: ...".
};

/// jq definitions that replace every refused name, and the builtins of jq 1.6 that loop for ever or
/// kill the process on some arguments, by safe ones. One line.
[[nodiscard]] const std::string& prelude();

/// The first refused thing in `program`, as a message; none if there is nothing. A name that could
/// also be an object's key is left to the prelude.
[[nodiscard]] std::optional<std::string> find_refused(std::string_view program);

}  // namespace kyhan
