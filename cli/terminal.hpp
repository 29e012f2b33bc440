#pragma once
/// What the commands share: language, exit codes, how answers and refusals are printed.

#include <ostream>
#include <string>

#include "cli/client.hpp"
#include "cli/config.hpp"
#include "workflow/core/json.hpp"
#include "workflow/core/result.hpp"

namespace kyhan {

enum Exit { exit_done = 0, exit_failed = 1, exit_wrong_usage = 2, exit_material_faulty = 5 };

/// What every command gets.
struct Terminal {
  std::ostream& out;
  std::ostream& err;
  bool vietnamese = true;
  bool json = false;

  [[nodiscard]] const std::string& say(const Text& text) const {
    return vietnamese ? text.vi : text.en;
  }
  [[nodiscard]] std::string language() const { return vietnamese ? "vi" : "en"; }
};

/// Vietnamese unless LC_ALL, LC_MESSAGES or LANG name English.
[[nodiscard]] bool prefers_vietnamese();

/// Prints a refusal and gives the exit code: material that is faulty 5, all else 1.
int refuse(const Terminal& terminal, const Error& error);
/// The same for a problem document of the API.
int refuse(const Terminal& terminal, const Answer& answer);

/// The bytes of a file, "-" for standard input. Errors: `invalid` "file-unreadable".
[[nodiscard]] Result<std::string> read_text(const std::string& file);

/// Asks on the terminal without echo, or reads a line of standard input.
[[nodiscard]] std::string read_password(const Terminal& terminal, const Text& question);

}  // namespace kyhan
