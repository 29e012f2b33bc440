// kyhan absence add|list|end: leave, with who stands in.

#include "api/http.hpp"
#include "cli/commands.hpp"

namespace kyhan {
namespace {

std::string line_of(const Json& absence) {
  const auto name = [](const Json& person) {
    return person.is_object() ? person.value("name", "") : std::string{};
  };
  std::string line = absence.value("id", "") + "  " + absence.value("from", "") + "  " +
                     absence.value("to", "") + "  " + name(absence.value("person", Json())) +
                     "  ->  " + name(absence.value("deputy", Json())) + "  [" +
                     absence.value("state", "") + "]";
  if (absence.contains("scope") && !absence["scope"].is_null()) line += "  " + absence["scope"].dump();
  return line;
}

int ask(const Terminal& terminal, const Config& config, const std::string& method,
        const std::string& path, const Json& body) {
  const Result<std::unique_ptr<Client>> client = connect(config, terminal.language());
  if (!client) return refuse(terminal, client.error());
  const Result<Answer> answer =
      (*client)->ask(method, path, body.is_null() ? "" : body.dump(), "application/json");
  if (!answer) return refuse(terminal, answer.error());
  if (!answer->ok()) return refuse(terminal, *answer);
  if (terminal.json) {
    terminal.out << answer->body.dump() << "\n";
  } else if (answer->body.contains("items")) {
    for (const Json& one : answer->body["items"]) terminal.out << line_of(one) << "\n";
  } else {
    terminal.out << line_of(answer->body) << "\n";
  }
  return exit_done;
}

}  // namespace

int add_leave(const Terminal& terminal, const Config& config, const AbsenceOptions& options) {
  Json body = {{"person", options.person},
               {"from", options.from},
               {"to", options.to},
               {"deputy", options.deputy}};
  Json scope = Json::object();
  if (!options.roles.empty()) scope["roles"] = options.roles;
  if (!options.units.empty()) scope["units"] = options.units;
  if (!options.definitions.empty()) scope["definitions"] = options.definitions;
  if (!scope.empty()) body["scope"] = std::move(scope);
  return ask(terminal, config, "POST", "/api/v1/absences", body);
}

int list_leave(const Terminal& terminal, const Config& config, const AbsenceOptions& options) {
  std::string path = "/api/v1/absences";
  char separator = '?';
  for (const auto& [name, value] : {std::pair{"person", &options.person},
                                    std::pair{"from", &options.from}, std::pair{"to", &options.to}}) {
    if (value->empty()) continue;
    path += separator + std::string(name) + "=" + percent_encode(*value);
    separator = '&';
  }
  return ask(terminal, config, "GET", path, nullptr);
}

int end_leave(const Terminal& terminal, const Config& config, const std::string& id) {
  return ask(terminal, config, "DELETE", "/api/v1/absences/" + percent_encode(id), nullptr);
}

}  // namespace kyhan
