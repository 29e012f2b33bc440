// kyhan import organisation: replaces what the server knows of units and people, from one JSON file
// or from a folder of CSV files. kyhan export organisation: the same the other way.

#include <filesystem>
#include <fstream>

#include "cli/commands.hpp"
#include "workflow/core/documents.hpp"
#include "workflow/core/organisation_csv.hpp"

namespace kyhan {
namespace {

namespace fs = std::filesystem;

Result<Json> read_tables(const std::string& folder) {
  Tables tables;
  for (const auto& [name, head] : organisation_to_csv(
           {{"units", Json::array()}, {"people", Json::array()}, {"groups", Json::array()}})) {
    const fs::path file = fs::path(folder) / name;
    std::error_code missing;
    if (!fs::exists(file, missing)) continue;
    Result<std::string> text = read_text(file.string());
    if (!text) return text.error();
    tables[name] = std::move(*text);
  }
  return organisation_from_csv(tables);
}

Result<Json> read_organisation(const std::string& path) {
  std::error_code none;
  if (fs::is_directory(path, none)) return read_tables(path);
  const Result<std::string> text = read_text(path);
  if (!text) return text.error();
  return parse_json(*text);
}

}  // namespace

int import_organisation_file(const Terminal& terminal, const Config& config,
                             const std::string& file) {
  const Result<Json> document = read_organisation(file);
  if (!document) return refuse(terminal, document.error());
  const Result<std::unique_ptr<Client>> client = connect(config, terminal.language());
  if (!client) return refuse(terminal, client.error());
  const Result<Answer> answer =
      (*client)->ask("POST", "/api/v1/organisation:import", document->dump(), "application/json");
  if (!answer) return refuse(terminal, answer.error());
  if (!answer->ok()) return refuse(terminal, *answer);
  if (terminal.json) {
    terminal.out << answer->body.dump() << "\n";
  } else {
    terminal.out << terminal.say({"Đã nhập tổ chức.", "Imported the organisation."}) << " "
                 << answer->body.dump() << "\n";
  }
  return exit_done;
}

int export_organisation(const Terminal& terminal, const Config& config, const std::string& folder) {
  const Result<std::unique_ptr<Client>> client = connect(config, terminal.language());
  if (!client) return refuse(terminal, client.error());
  const Result<Answer> answer = (*client)->ask("GET", "/api/v1/organisation", "", "");
  if (!answer) return refuse(terminal, answer.error());
  if (!answer->ok()) return refuse(terminal, *answer);
  if (folder.empty()) {
    terminal.out << answer->body.dump(1) << "\n";
    return exit_done;
  }
  std::error_code failed;
  fs::create_directories(folder, failed);
  for (const auto& [name, text] : organisation_to_csv(answer->body)) {
    std::ofstream file{fs::path(folder) / name, std::ios::binary};
    file << text;
    file.flush();
    if (file.good()) continue;
    return refuse(terminal, Error{ErrorCode::unavailable,
                                  "file-not-written",
                                  {"Không ghi được " + (fs::path(folder) / name).string() + ".",
                                   "Cannot write " + (fs::path(folder) / name).string() + "."}});
  }
  terminal.out << folder << "\n";
  return exit_done;
}

}  // namespace kyhan
