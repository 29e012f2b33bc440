// kyhan import organisation: replaces what the server knows of units and people.

#include "cli/commands.hpp"
#include "workflow/core/documents.hpp"

namespace kyhan {
namespace {

int import_file(const Terminal& terminal, const Config& config, const std::string& file,
                const std::string& path, const Text& done) {
  const Result<std::string> text = read_text(file);
  if (!text) return refuse(terminal, text.error());
  const Result<Json> document = parse_json(*text);
  if (!document) return refuse(terminal, document.error());
  const Result<std::unique_ptr<Client>> client = connect(config, terminal.language());
  if (!client) return refuse(terminal, client.error());
  const Result<Answer> answer = (*client)->ask("POST", path, document->dump(), "application/json");
  if (!answer) return refuse(terminal, answer.error());
  if (!answer->ok()) return refuse(terminal, *answer);
  if (terminal.json) {
    terminal.out << answer->body.dump() << "\n";
  } else {
    terminal.out << terminal.say(done) << " " << answer->body.dump() << "\n";
  }
  return exit_done;
}

}  // namespace

int import_organisation_file(const Terminal& terminal, const Config& config,
                             const std::string& file) {
  return import_file(terminal, config, file, "/api/v1/organisation:import",
                     {"Đã nhập tổ chức.", "Imported the organisation."});
}

}  // namespace kyhan
