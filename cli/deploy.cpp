// kyhan deploy: publishes definitions.

#include "cli/commands.hpp"

namespace kyhan {
namespace {

/// What nobody could do, step by step, with the units concerned.
void show_people(const Terminal& terminal, const Json& people) {
  if (!people.is_object()) return;
  for (const Json& one : people.value("findings", Json::array())) {
    const Json& text = one.at("message");
    terminal.out << "  ! " << one.value("pointer", "") << ": "
                 << text.value(terminal.vietnamese ? "vi" : "en", "");
    std::string units;
    for (const Json& unit : one.value("units", Json::array())) {
      units += (units.empty() ? "" : ", ") + unit.get<std::string>();
    }
    if (!units.empty()) terminal.out << terminal.say({" Đơn vị: ", " Units: "}) << units << ".";
    terminal.out << "\n";
  }
}

}  // namespace

int deploy_files(const Terminal& terminal, const Config& config,
                 const std::vector<std::string>& files, bool dry_run, bool strict) {
  const Result<std::unique_ptr<Client>> client = connect(config, terminal.language());
  if (!client) return refuse(terminal, client.error());
  Json published = Json::array();
  for (const std::string& file : files) {
    const Result<std::string> text = read_text(file);
    if (!text) return refuse(terminal, text.error());
    std::string path = "/api/v1/definitions";
    if (dry_run) path += "?dryRun=true";
    if (strict) path += dry_run ? "&strict=true" : "?strict=true";
    const bool json = text->find_first_not_of(" \t\r\n") != std::string::npos &&
                      (*text)[text->find_first_not_of(" \t\r\n")] == '{';
    const Result<Answer> answer =
        (*client)->ask("POST", path, *text, json ? "application/json" : "application/yaml");
    if (!answer) return refuse(terminal, answer.error());
    if (!answer->ok()) {
      terminal.err << file << ": ";
      if (answer->body.is_object()) show_people(terminal, answer->body.value("people", Json()));
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
      for (const Json& change : report.value("difference", Json::array())) {
        terminal.out << "  " << change.at("text").value(terminal.vietnamese ? "vi" : "en", "")
                     << "\n";
      }
    }
    if (!terminal.json) show_people(terminal, report.value("people", Json()));
    published.push_back(std::move(report));
  }
  if (terminal.json) terminal.out << Json{{"definitions", std::move(published)}}.dump() << "\n";
  return exit_done;
}

}  // namespace kyhan
