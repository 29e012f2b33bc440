// kyhan why ID, kyhan retry ID: looking after a case.

#include "cli/commands.hpp"

namespace kyhan {
namespace {

/// Ids are letters, digits, hyphens and dots; anything else is nobody's id.
bool is_plain(const std::string& id) {
  return !id.empty() && id.find_first_not_of(
                            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                            "0123456789-._") == std::string::npos;
}

Error no_such_instance(const std::string& id) {
  return {ErrorCode::not_found,
          "not-found",
          {"Không có hồ sơ nào mang mã " + id + ".", "There is no instance " + id + "."}};
}

}  // namespace

int tell_why(const Terminal& terminal, const Config& config, const std::string& id) {
  if (!is_plain(id)) return refuse(terminal, no_such_instance(id));
  const Result<std::unique_ptr<Client>> client = connect(config, terminal.language());
  if (!client) return refuse(terminal, client.error());
  const Result<Answer> answer = (*client)->ask("GET", "/api/v1/instances/" + id + "/why", "", "");
  if (!answer) return refuse(terminal, answer.error());
  if (answer->status == 404) return refuse(terminal, no_such_instance(id));
  if (!answer->ok()) return refuse(terminal, *answer);
  if (terminal.json) {
    terminal.out << answer->body.dump() << "\n";
    return exit_done;
  }
  const Json& why = answer->body.at("why");
  terminal.out << why.at(terminal.vietnamese ? "vi" : "en").get<std::string>() << "\n";
  return exit_done;
}

int retry_instance(const Terminal& terminal, const Config& config, const std::string& id,
                   const std::string& comment) {
  if (!is_plain(id)) return refuse(terminal, no_such_instance(id));
  const Result<std::unique_ptr<Client>> client = connect(config, terminal.language());
  if (!client) return refuse(terminal, client.error());
  const Json body{{"comment", comment}};
  const Result<Answer> answer =
      (*client)->ask("POST", "/api/v1/instances/" + id + ":retry", body.dump(), "application/json");
  if (!answer) return refuse(terminal, answer.error());
  if (answer->status == 404) return refuse(terminal, no_such_instance(id));
  if (!answer->ok()) return refuse(terminal, *answer);
  const std::string state = answer->body.value("state", "");
  if (terminal.json) {
    terminal.out << answer->body.dump() << "\n";
  } else {
    terminal.out << id << ": " << state << "\n";
  }
  return state == "faulted" ? exit_failed : exit_done;
}

}  // namespace kyhan
