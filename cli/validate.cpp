// kyhan validate: all faults of definitions, without any server or database.

#include "cli/commands.hpp"
#include "workflow/core/definition.hpp"
#include "workflow/expressions/jq.hpp"

namespace kyhan {

int validate_files(const Terminal& terminal, const std::vector<std::string>& files) {
  const auto compiler = make_jq_compiler();
  Json faults = Json::array();
  bool valid = true;
  for (const std::string& file : files) {
    const Result<std::string> text = read_text(file);
    if (!text) {
      refuse(Terminal{terminal.out, terminal.err, terminal.vietnamese, false}, text.error());
      faults.push_back({{"file", file},
                        {"pointer", ""},
                        {"line", 0},
                        {"column", 0},
                        {"code", "file-unreadable"},
                        {"message", terminal.say(text.error().detail)},
                        {"hint", ""}});
      valid = false;
      continue;
    }
    const CompiledDefinition compiled = compile_definition(*text, *compiler);
    for (const Fault& fault : compiled.faults) {
      valid = valid && fault.warning;
      faults.push_back({{"file", file},
                        {"pointer", fault.pointer},
                        {"line", fault.line},
                        {"column", fault.column},
                        {"code", fault.code},
                        {"message", terminal.say(fault.message)},
                        {"hint", terminal.say(fault.hint)},
                        {"warning", fault.warning}});
      if (terminal.json) continue;
      terminal.out << file << ":" << fault.line << ":" << fault.column << ": "
                   << (fault.warning ? terminal.say({"cảnh báo", "warning"})
                                     : terminal.say({"lỗi", "fault"}))
                   << " [" << fault.code << "] " << fault.pointer << " "
                   << terminal.say(fault.message) << "\n";
      if (!fault.hint.vi.empty()) terminal.out << "    " << terminal.say(fault.hint) << "\n";
    }
  }
  if (terminal.json) {
    terminal.out << Json{{"valid", valid}, {"faults", std::move(faults)}}.dump() << "\n";
  } else if (valid) {
    terminal.out << terminal.say({"Hợp lệ.", "Valid."}) << "\n";
  }
  return valid ? exit_done : exit_material_faulty;
}

}  // namespace kyhan
