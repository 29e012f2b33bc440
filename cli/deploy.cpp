// kyhan deploy: publishes definitions.

#include "cli/commands.hpp"

namespace kyhan {

int deploy_files(const Terminal& terminal, const Config& config,
                 const std::vector<std::string>& files, bool dry_run) {
  const Result<std::unique_ptr<Client>> client = connect(config, terminal.language());
  if (!client) return refuse(terminal, client.error());
  Json published = Json::array();
  for (const std::string& file : files) {
    const Result<std::string> text = read_text(file);
    if (!text) return refuse(terminal, text.error());
    const std::string path = std::string{"/api/v1/definitions"} + (dry_run ? "?dryRun=true" : "");
    const bool json = text->find_first_not_of(" \t\r\n") != std::string::npos &&
                      (*text)[text->find_first_not_of(" \t\r\n")] == '{';
    const Result<Answer> answer =
        (*client)->ask("POST", path, *text, json ? "application/json" : "application/yaml");
    if (!answer) return refuse(terminal, answer.error());
    if (!answer->ok()) {
      terminal.err << file << ": ";
      return refuse(terminal, *answer);
    }
    Json report = answer->body;
    report["file"] = file;
    if (!terminal.json) {
      const Text state = report.value("unchanged", false) ? Text{"không thay đổi", "unchanged"}
                         : dry_run                        ? Text{"chạy thử", "dry run"}
                                                          : Text{"đã công bố", "published"};
      terminal.out << report.value("name", "") << " " << report.value("version", "") << ": "
                   << terminal.say(state) << "\n";
      const Json difference = report.value("difference", Json::object());
      for (const auto& [kind, pointers] : difference.items()) {
        if (!pointers.is_array()) continue;
        for (const Json& pointer : pointers) {
          terminal.out << "  " << kind << " "
                       << (pointer.is_string() ? pointer.get<std::string>() : pointer.dump())
                       << "\n";
        }
      }
    }
    published.push_back(std::move(report));
  }
  if (terminal.json) terminal.out << Json{{"definitions", std::move(published)}}.dump() << "\n";
  return exit_done;
}

}  // namespace kyhan
