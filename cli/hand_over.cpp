// kyhan hand-over FROM TO: a unit is closed, and what runs in it goes to another one.

#include "cli/commands.hpp"

namespace kyhan {

int hand_over_unit(const Terminal& terminal, const Config& config, const std::string& from,
                   const std::string& to, const std::string& reason) {
  const bool plain =
      !from.empty() &&
      from.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
  if (!plain) {
    return refuse(terminal, Error{ErrorCode::not_found,
                                  "unknown-unit",
                                  {"Không có đơn vị nào mang mã \"" + from + "\".",
                                   "There is no unit \"" + from + "\"."}});
  }
  const Result<std::unique_ptr<Client>> client = connect(config, terminal.language());
  if (!client) return refuse(terminal, client.error());
  const Json body{{"to", to}, {"reason", reason}};
  const Result<Answer> answer = (*client)->ask("POST", "/api/v1/units/" + from + ":handOver",
                                               body.dump(), "application/json");
  if (!answer) return refuse(terminal, answer.error());
  if (!answer->ok()) return refuse(terminal, *answer);
  if (terminal.json) {
    terminal.out << answer->body.dump() << "\n";
    return exit_done;
  }
  const std::string count = std::to_string(answer->body.value("instances", 0));
  terminal.out << terminal.say({"Chuyển giao " + count + " hồ sơ từ " + from + " sang " + to + ".",
                                count + " cases are handed over from " + from + " to " + to + "."})
               << "\n";
  if (answer->body.value("more", false)) {
    terminal.out << terminal.say({"Vẫn còn hồ sơ khác; hãy chạy lại lệnh này.",
                                  "There are more; run this command again."})
                 << "\n";
  }
  return exit_done;
}

}  // namespace kyhan
