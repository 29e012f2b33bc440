#include "cli/terminal.hpp"

#include <fstream>
#include <iostream>
#include <termios.h>
#include <unistd.h>

namespace kyhan {

bool prefers_vietnamese() {
  for (const char* variable : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    if (const auto value = environment_variable(variable)) return !value->starts_with("en");
  }
  return true;
}

int refuse(const Terminal& terminal, const Error& error) {
  terminal.err << terminal.say(error.detail) << "\n";
  for (const FieldError& field : error.fields) {
    terminal.err << "  " << field.pointer << ": " << terminal.say(field.message) << "\n";
  }
  if (terminal.json) {
    Json problem = {{"type", error.type}, {"detail", terminal.say(error.detail)}};
    for (const FieldError& field : error.fields) {
      problem["errors"].push_back({{"pointer", field.pointer},
                                   {"code", field.code},
                                   {"message", terminal.say(field.message)}});
    }
    terminal.out << Json{{"error", std::move(problem)}}.dump() << "\n";
  }
  return error.code == ErrorCode::invalid ? exit_material_faulty : exit_failed;
}

int refuse(const Terminal& terminal, const Answer& answer) {
  const Json problem = answer.body.is_object() ? answer.body : Json::object();
  terminal.err << problem.value("detail", "HTTP " + std::to_string(answer.status)) << "\n";
  for (const char* list : {"errors", "faults"}) {
    for (const Json& fault : problem.value(list, Json::array())) {
      terminal.err << "  " << fault.value("pointer", "") << ": " << fault.value("message", "")
                   << "\n";
    }
  }
  if (terminal.json) terminal.out << Json{{"error", problem}}.dump() << "\n";
  return answer.status == 422 || answer.status == 400 ? exit_material_faulty : exit_failed;
}

Result<std::string> read_text(const std::string& file) {
  if (file == "-") return std::string{std::istreambuf_iterator<char>{std::cin}, {}};
  std::ifstream stream{file, std::ios::binary};
  std::string text{std::istreambuf_iterator<char>{stream}, {}};
  if (!stream.is_open() || stream.bad()) {
    return Error{ErrorCode::invalid,
                 "file-unreadable",
                 {"Không đọc được tệp " + file + ".", "The file " + file + " cannot be read."}};
  }
  return text;
}

std::string read_password(const Terminal& terminal, const Text& question) {
  std::string password;
  const bool interactive = ::isatty(STDIN_FILENO) == 1;
  termios before{};
  if (interactive) {
    terminal.err << terminal.say(question) << ": " << std::flush;
    ::tcgetattr(STDIN_FILENO, &before);
    termios silent = before;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
  }
  std::getline(std::cin, password);
  if (interactive) {
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    terminal.err << "\n";
  }
  return password;
}

}  // namespace kyhan
