// kyhan verify, backup, restore. With a server running they go through it; without one they open
// the database alone, so that nothing in it moves while it is looked at.

#include "api/upkeep.hpp"

#include "cli/commands.hpp"
#include "workflow/engine/clock.hpp"
#include "workflow/store/backup.hpp"

namespace kyhan {
namespace {

Result<Json> through_server(const Terminal& terminal, const Config& config, const std::string& path,
                            const Json& body, int& exit) {
  const Result<std::unique_ptr<Client>> client = connect(config, terminal.language());
  if (!client) return client.error();
  const Result<Answer> answer = (*client)->ask("POST", path, body.dump(), "application/json");
  if (!answer) return answer.error();
  if (!answer->ok()) {
    exit = refuse(terminal, *answer);
    return Result<Json>{boost::system::in_place_value, nullptr};
  }
  return Result<Json>{boost::system::in_place_value, answer->body};
}

Result<std::unique_ptr<Store>> open_store(const Config& config) {
  StoreOptions options;
  options.home = config.home;
  return Store::open(options);
}

}  // namespace

int verify_home(const Terminal& terminal, const Config& config) {
  int exit = exit_done;
  Result<Json> report = Result<Json>{boost::system::in_place_value, nullptr};
  if (server_runs(config)) {
    report = through_server(terminal, config, "/api/v1/maintenance:verify", Json::object(), exit);
  } else {
    const Result<std::unique_ptr<Store>> store = open_store(config);
    if (!store) return refuse(terminal, store.error());
    report = verify_report(**store);
  }
  if (!report) return refuse(terminal, report.error());
  if (report->is_null()) return exit;
  const Json findings = report->value("findings", Json::array());
  if (terminal.json) {
    terminal.out << report->dump() << "\n";
  } else {
    for (const Json& finding : findings) {
      const Json text = finding.value("text", Json::object());
      terminal.out << finding.value("code", "") << " " << finding.value("instance", "") << " "
                   << text.value(terminal.vietnamese ? "vi" : "en", "") << "\n";
    }
    terminal.out << terminal.say({"Đã kiểm tra ", "Checked "}) << report->value("instances", 0)
                 << terminal.say({" quy trình, ", " instances, "})
                 << report->value("journalRows", 0)
                 << terminal.say({" dòng nhật ký, ", " journal rows, "})
                 << report->value("attachments", 0)
                 << terminal.say({" tệp đính kèm: ", " attachments: "})
                 << (findings.empty()
                         ? terminal.say({"không có lỗi.", "no findings."})
                         : std::to_string(findings.size()) + terminal.say({" lỗi.", " findings."}))
                 << "\n";
  }
  return findings.empty() ? exit_done : exit_material_faulty;
}

int back_up_home(const Terminal& terminal, const Config& config, const std::string& folder) {
  const std::string target = std::filesystem::absolute(folder).string();
  int exit = exit_done;
  Result<Json> report = Result<Json>{boost::system::in_place_value, nullptr};
  if (server_runs(config)) {
    const Json body = {{"folder", target}};
    report = through_server(terminal, config, "/api/v1/maintenance:backup", body, exit);
  } else {
    const Result<std::unique_ptr<Store>> store = open_store(config);
    if (!store) return refuse(terminal, store.error());
    report = backup_report(**store, target, SystemClock{}.now());
  }
  if (!report) return refuse(terminal, report.error());
  if (report->is_null()) return exit;
  if (terminal.json) {
    terminal.out << report->dump() << "\n";
  } else {
    terminal.out << terminal.say({"Đã sao lưu vào ", "Backed up into "}) << target << ": "
                 << report->value("files", 0) << terminal.say({" tệp, ", " files, "})
                 << report->value("bytes", 0) << " byte\n";
  }
  return exit_done;
}

int restore_home(const Terminal& terminal, const Config& config, const std::string& folder) {
  if (server_runs(config)) {
    return refuse(terminal, Error{ErrorCode::conflict,
                                  "server-runs",
                                  {"Máy chủ đang chạy; hãy dừng máy chủ trước khi phục hồi.",
                                   "The server runs; stop it before restoring."}});
  }
  const Result<BackupReport> report = restore(folder, config.home);
  if (!report) return refuse(terminal, report.error());
  if (terminal.json) {
    terminal.out << Json{{"home", config.home.string()},
                         {"files", report->files},
                         {"bytes", report->bytes}}
                        .dump()
                 << "\n";
  } else {
    terminal.out << terminal.say({"Đã phục hồi vào ", "Restored into "}) << config.home.string()
                 << ": " << report->files << terminal.say({" tệp", " files"}) << "\n";
  }
  return exit_done;
}

}  // namespace kyhan
