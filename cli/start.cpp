// kyhan start: starts instances of a definition, for one unit or many.

#include "cli/commands.hpp"
#include "workflow/core/documents.hpp"

namespace kyhan {

int start_workflow(const Terminal& terminal, const Config& config, const StartOptions& options) {
  Json body = {{"definition", options.definition}};
  if (!options.version.empty()) body["version"] = options.version;
  if (!options.business_key.empty()) body["businessKey"] = options.business_key;
  if (options.units.size() == 1) body["unit"] = options.units.front();
  if (options.units.size() > 1) body["units"] = options.units;
  if (!options.input.empty()) {
    const Result<std::string> text = read_text(options.input);
    if (!text) return refuse(terminal, text.error());
    const Result<Json> input = parse_json(*text);
    if (!input) return refuse(terminal, input.error());
    body["input"] = *input;
  }
  const Result<std::unique_ptr<Client>> client = connect(config, terminal.language());
  if (!client) return refuse(terminal, client.error());
  const Result<Answer> answer =
      (*client)->ask("POST", "/api/v1/instances", body.dump(), "application/json");
  if (!answer) return refuse(terminal, answer.error());
  if (!answer->ok()) return refuse(terminal, *answer);
  bool all = true;
  for (const Json& one : answer->body.value("results", Json::array())) {
    all = all && one.value("status", 0) == 201;
  }
  if (terminal.json) {
    terminal.out << answer->body.dump() << "\n";
  } else if (answer->body.contains("id")) {
    terminal.out << answer->body["id"].get<std::string>() << "\n";
  } else {
    for (const Json& one : answer->body.value("results", Json::array())) {
      terminal.out << one.value("unit", "") << ": "
                   << (one.contains("id")
                           ? one.value("id", "")
                           : one.value("problem", Json::object()).value("detail", ""))
                   << "\n";
    }
  }
  return all ? exit_done : exit_failed;
}

}  // namespace kyhan
