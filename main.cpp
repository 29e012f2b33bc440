// The command line: what there is to ask for, in Vietnamese or English by locale. Every command is
// one function in cli/; `serve` builds the server's parts in cli/house.cpp.

#include <CLI/CLI.hpp>
#include <iostream>
#include <sys/stat.h>

#include "cli/commands.hpp"
#include "cli/run.hpp"
#include "workflow/core/time_text.hpp"

namespace {

using namespace kyhan;

class CommandLine {
 public:
  explicit CommandLine(bool vietnamese)
      : app_{vietnamese ? "Kỳ Hạn: máy chủ quy trình, thời hạn và thông báo"
                        : "Kỳ Hạn: a server for workflows, deadlines and messages"},
        terminal_{std::cout, std::cerr, vietnamese, false} {
    app_.name("kyhan");
    app_.require_subcommand(1);
    app_.set_version_flag("--version", KYHAN_VERSION);
    app_.set_help_flag("-h,--help", say("Hiện trợ giúp", "Show this help"));
    add_server();
    add_definitions();
    add_running();
    add_upkeep();
    add_people();
  }

  int run(int count, char** arguments) {
    try {
      app_.parse(count, arguments);
    } catch (const CLI::Success& asked) {
      return app_.exit(asked);
    } catch (const CLI::ParseError& fault) {
      app_.exit(fault);
      return exit_wrong_usage;
    }
    return exit_code_;
  }

 private:
  std::string say(const char* vi, const char* en) const { return terminal_.vietnamese ? vi : en; }

  CLI::App* command(CLI::App& parent, const std::string& name, const std::string& words) {
    CLI::App* added = parent.add_subcommand(name, words);
    added->set_help_flag("-h,--help", say("Hiện trợ giúp", "Show this help"));
    return added;
  }
  void with_json(CLI::App* command) {
    command->add_flag("--json", terminal_.json,
                      say("In đúng một tài liệu JSON", "Print one JSON document"));
  }
  void with_config(CLI::App* command) {
    command->add_option("--config", config_file_, say("Tệp cấu hình JSON", "Configuration, JSON"));
    command->add_option("--home", flags_["home"],
                        say("Thư mục dữ liệu ($KYHAN_HOME)", "Folder of the data ($KYHAN_HOME)"));
  }
  void setting(CLI::App* command, const std::string& name, const std::string& words) {
    std::string option = "--" + name;
    for (char& c : option) c = c == '_' ? '-' : c;
    command->add_option(option, flags_[name], words);
  }

  Result<Config> config() const {
    Settings given;
    for (const auto& [name, value] : flags_) {
      if (!value.empty()) given.emplace(name, value);
    }
    return load_config(config_file_, environment_variable, given);
  }
  /// The command runs only with a sound configuration.
  template <class Work>
  void on_run(CLI::App* command, Work work) {
    command->callback([this, work] {
      const Result<Config> settings = config();
      exit_code_ = settings ? work(*settings) : refuse(terminal_, settings.error());
    });
  }

  void add_server();
  void add_definitions();
  void add_running();
  void add_calendars(CLI::App& calendar);
  void add_upkeep();
  void add_people();

  CLI::App app_;
  Terminal terminal_;
  int exit_code_ = 0;
  std::string config_file_;
  std::map<std::string, std::string> flags_;
  ServeOptions serve_;
  std::string virtual_clock_;
  std::vector<std::string> files_;
  bool dry_run_ = false;
  bool strict_ = false;
  RunOptions run_;
  RehearseOptions rehearse_;
  StartOptions start_;
  CalendarDueOptions due_;
  AbsenceOptions absence_;
  CalendarFileOptions calendar_file_;
  std::int64_t change_ = 0;
  std::string name_;
  std::string person_;
  std::string folder_;
  std::string to_unit_;
  std::string key_ = "#";
};

void CommandLine::add_server() {
  CLI::App* serve_command = command(app_, "serve", say("Chạy máy chủ", "Run the server"));
  with_config(serve_command);
  setting(serve_command, "address", say("Địa chỉ lắng nghe", "Address to listen on"));
  setting(serve_command, "port", say("Cổng; 0: cổng trống bất kỳ", "Port; 0: any free one"));
  setting(serve_command, "web_root", say("Thư mục trang web đã dựng", "Folder of the built pages"));
  setting(serve_command, "amqp_url", say("Địa chỉ RabbitMQ", "Address of RabbitMQ"));
  setting(serve_command, "log_level", "trace|debug|info|warn|error");
  serve_command->add_flag("--demo", serve_.demonstration,
                          say("Chế độ dùng thử: chỉ loopback, có tài khoản mẫu",
                              "Demonstration: loopback only, with sample accounts"));
  serve_command->add_option("--virtual-clock", virtual_clock_,
                            say("Giờ ảo bắt đầu (RFC 3339), chỉ cùng --demo",
                                "Virtual time to begin at (RFC 3339), with --demo only"));
  serve_command->add_option(
      "--definitions", serve_.definitions,
      say("Thư mục definitions/ của bản dùng thử", "Folder definitions/ of the demonstration"));
  on_run(serve_command, [this](const Config& settings) {
    if (!virtual_clock_.empty()) {
      const Result<Instant> start = parse_rfc3339(virtual_clock_);
      if (!start || !serve_.demonstration) {
        std::cerr << say("--virtual-clock cần thời điểm RFC 3339 và --demo.",
                         "--virtual-clock needs an RFC 3339 time, and --demo.")
                  << "\n";
        return static_cast<int>(exit_wrong_usage);
      }
      serve_.virtual_clock = *start;
    }
    return serve(terminal_, settings, serve_);
  });

  CLI::App* config_command = command(app_, "config", say("Cấu hình", "Configuration"));
  config_command->require_subcommand(1);
  CLI::App* check = command(*config_command, "check",
                            say("Kiểm tra cấu hình, nêu mọi lỗi", "Check it, naming every fault"));
  with_config(check);
  with_json(check);
  check->callback([this] { exit_code_ = check_config(terminal_, config()); });

  CLI::App* events = command(app_, "events", say("Sự kiện trên RabbitMQ", "Events on RabbitMQ"));
  events->require_subcommand(1);
  CLI::App* tail = command(*events, "tail", say("Hiện các sự kiện khi đến", "Show what arrives"));
  with_config(tail);
  with_json(tail);
  setting(tail, "amqp_url", say("Địa chỉ RabbitMQ", "Address of RabbitMQ"));
  tail->add_option("--key", key_, say("Mẫu khóa định tuyến", "Pattern of routing keys"));
  on_run(tail, [this](const Config& settings) { return tail_broker(terminal_, settings, key_); });
}

void CommandLine::add_definitions() {
  CLI::App* validate = command(app_, "validate",
                               say("Nêu mọi lỗi của định nghĩa", "Name all faults of definitions"));
  validate->add_option("FILE", files_)->required();
  with_json(validate);
  validate->callback([this] { exit_code_ = validate_files(terminal_, files_); });

  CLI::App* deploy = command(app_, "deploy", say("Công bố định nghĩa", "Publish definitions"));
  deploy->add_option("FILE", files_)->required();
  deploy->add_flag("--dry-run", dry_run_, say("Chỉ xem khác biệt", "Only show the difference"));
  deploy->add_flag("--strict", strict_,
                   say("Không công bố khi có bước không ai làm được",
                       "Do not publish what nobody could do"));
  with_config(deploy);
  with_json(deploy);
  on_run(deploy, [this](const Config& settings) {
    return deploy_files(terminal_, settings, files_, dry_run_, strict_);
  });
}

void CommandLine::add_running() {
  CLI::App* run = command(app_, "run",
                          say("Chạy thử một định nghĩa trong bộ nhớ, với giờ ảo",
                              "Run one definition in memory, on a virtual clock"));
  run->add_option("FILE", run_.file)->required();
  run->add_option("--with", run_.with,
                  say("Định nghĩa chạy làm quy trình con, lặp lại được",
                      "Definition to run as a sub-workflow, may be repeated"))
      ->allow_extra_args(false);
  run->add_option("--input", run_.input, say("Dữ liệu vào (JSON)", "Input (JSON)"));
  run->add_option("--events", run_.events, say("CloudEvent, mỗi dòng một", "CloudEvents, by line"));
  run->add_option("--answers", run_.answers, say("Câu trả lời của người", "Answers of people"));
  run->add_option("--directory", run_.directory, say("Tổ chức", "Organisation"));
  run->add_option("--calendar", run_.calendar, say("Lịch làm việc", "Calendar"));
  run->add_option("--from", run_.from, say("Thời điểm bắt đầu", "Time to begin at"));
  run->add_option("--trace", run_.trace, say("Ghi sự kiện vòng đời", "Write lifecycle events"));
  run->add_option("--secrets", run_.secrets,
                  say("Bí mật (JSON): tên → giá trị", "Secrets (JSON): name to value"));
  run->add_option("--route", run_.routes,
                  say("TIỀN_TỐ=URL: lời gọi tới TIỀN_TỐ đi tới URL loopback này",
                      "PREFIX=URL: calls to PREFIX go to this loopback URL"));
  run->add_option("--allow-net", run_.allow_net,
                  say("Dải CIDR nội bộ được phép gọi", "CIDR block that calls may reach too"));
  run->add_option("--proxy", run_.proxy, say("Proxy HTTP cho lời gọi", "HTTP proxy of calls"));
  run->add_option("--ca-file", run_.ca_file,
                  say("Chứng thư gốc (PEM) tin cậy", "Trusted authorities (PEM)"));
  run->add_flag("--real-time", run_.real_time, say("Chờ thật", "Really wait"));
  with_json(run);
  run->callback([this] {
    run_.json = terminal_.json;
    run_.vietnamese = terminal_.vietnamese;
    exit_code_ = run_definition(run_, std::cout, std::cerr);
  });

  CLI::App* rehearse = command(app_, "rehearse",
                               say("Diễn tập một khoảng thời gian cho mọi đơn vị, với giờ ảo",
                                   "Play a period for all units, on a virtual clock"));
  rehearse->add_option("FILE", rehearse_.files)->required();
  rehearse->add_option("--from", rehearse_.from, "YYYY-MM-DD")->required();
  rehearse->add_option("--to", rehearse_.to, "YYYY-MM-DD")->required();
  rehearse->add_option("--directory", rehearse_.directory,
                       say("Tổ chức: đơn vị, người", "Organisation: units, people"));
  rehearse->add_option("--calendar", rehearse_.calendar, say("Lịch làm việc", "Calendar"));
  rehearse->add_option("--assume", rehearse_.assume, "on-time | at-due | late:P5D");
  rehearse->add_option("--answers", rehearse_.answers,
                       say("Câu trả lời ở từng bước", "Answers at named steps"));
  with_json(rehearse);
  rehearse->callback([this] { exit_code_ = rehearse_definitions(terminal_, rehearse_); });

  CLI::App* start = command(app_, "start", say("Khởi tạo quy trình", "Start instances"));
  start->add_option("NAME", start_.definition)->required();
  start->add_option("--version", start_.version, say("Phiên bản", "Version"));
  start->add_option("--unit", start_.units, say("Đơn vị, lặp lại được", "Unit, may be repeated"));
  start->add_option("--input", start_.input, say("Dữ liệu vào (JSON)", "Input (JSON)"));
  start->add_option("--business-key", start_.business_key, say("Mã hồ sơ", "Business key"));
  with_config(start);
  with_json(start);
  on_run(start,
         [this](const Config& settings) { return start_workflow(terminal_, settings, start_); });

  CLI::App* why = command(app_, "why", say("Vì sao một hồ sơ đang chờ", "Why a case is waiting"));
  why->add_option("ID", name_)->required();
  CLI::App* retry = command(
      app_, "retry", say("Chạy lại bước bị lỗi của một hồ sơ", "Run a case's failed step again"));
  retry->add_option("ID", name_)->required();
  retry->add_option("--comment", key_, say("Lý do", "The reason"))->required();
  for (CLI::App* one : {why, retry}) {
    with_config(one);
    with_json(one);
  }
  on_run(why, [this](const Config& c) { return tell_why(terminal_, c, name_); });
  on_run(retry, [this](const Config& c) { return retry_instance(terminal_, c, name_, key_); });

  CLI::App* calendar = command(app_, "calendar", say("Lịch làm việc", "Working calendar"));
  calendar->require_subcommand(1);
  CLI::App* due = command(*calendar, "due", say("Tính một thời hạn", "Compute one deadline"));
  due->add_option("--from", due_.from, "RFC 3339 | YYYY-MM-DD")->required();
  due->add_option("--due", due_.due, "JSON: {\"workingDays\": 5}")->required();
  due->add_option("--calendar", due_.calendar, say("Tệp lịch", "Calendar file"));
  due->add_option("--unit", due_.unit, say("Lịch của đơn vị", "Calendar of a unit"));
  with_config(due);
  with_json(due);
  on_run(due, [this](const Config& settings) { return calendar_due(terminal_, settings, due_); });
  add_calendars(*calendar);
}

void CommandLine::add_calendars(CLI::App& calendar) {
  const auto with_file = [this](CLI::App* one) {
    one->add_option("FILE", calendar_file_.file)->required();
    one->add_flag("--replace", calendar_file_.replace,
                  say("Thay hẳn lịch đang có, không chồng thêm lớp",
                      "Take the place of the calendar, not another layer over it"));
  };
  CLI::App* list = command(calendar, "list", say("Liệt kê các lịch", "List the calendars"));
  CLI::App* show = command(calendar, "show", say("Xuất một lịch", "Export one calendar"));
  show->add_option("ID", name_)->required();
  CLI::App* preview =
      command(calendar, "preview",
              say("Xem trước: hạn nào sẽ đổi nếu nhập tệp này", "What would move with this file"));
  with_file(preview);
  CLI::App* changes =
      command(calendar, "changes", say("Các lần thay đổi lịch", "Changes of calendars"));
  CLI::App* undo = command(calendar, "undo", say("Hoàn tác một lần thay đổi", "Undo a change"));
  undo->add_option("NUMBER", change_)->required();
  undo->add_option("--reason", calendar_file_.reason, say("Lý do", "Reason"));
  for (CLI::App* one : {list, show, preview, changes, undo}) {
    with_config(one);
    with_json(one);
  }
  on_run(list, [this](const Config& c) { return list_calendars(terminal_, c); });
  on_run(show, [this](const Config& c) { return show_calendar(terminal_, c, name_); });
  on_run(preview,
         [this](const Config& c) { return preview_calendar_file(terminal_, c, calendar_file_); });
  on_run(changes, [this](const Config& c) { return list_calendar_changes(terminal_, c); });
  on_run(undo, [this](const Config& c) {
    return undo_calendar_change(terminal_, c, change_, calendar_file_.reason);
  });
}

void CommandLine::add_upkeep() {
  CLI::App* verify = command(app_, "verify", say("Kiểm tra cơ sở dữ liệu", "Check the database"));
  with_config(verify);
  with_json(verify);
  on_run(verify, [this](const Config& settings) { return verify_home(terminal_, settings); });

  CLI::App* backup = command(app_, "backup", say("Sao lưu", "Back up"));
  backup->add_option("DIR", folder_)->required();
  with_config(backup);
  with_json(backup);
  on_run(backup,
         [this](const Config& settings) { return back_up_home(terminal_, settings, folder_); });

  CLI::App* restore = command(app_, "restore", say("Phục hồi", "Restore"));
  restore->add_option("DIR", folder_)->required();
  with_config(restore);
  with_json(restore);
  on_run(restore,
         [this](const Config& settings) { return restore_home(terminal_, settings, folder_); });
}

void CommandLine::add_people() {
  CLI::App* user = command(app_, "user", say("Tài khoản", "Accounts"));
  user->require_subcommand(1);
  CLI::App* add = command(
      *user, "add",
      say("Thêm (mật khẩu từ bàn phím hoặc stdin)", "Add (password from terminal or stdin)"));
  add->add_option("ACCOUNT", name_)->required();
  add->add_option("--person", person_, say("Mã người", "Id of the person"))->required();
  CLI::App* passwd = command(*user, "passwd", say("Đổi mật khẩu", "Set a password"));
  passwd->add_option("ACCOUNT", name_)->required();
  CLI::App* token = command(*user, "token", say("Tạo mã truy cập API", "Make an API token"));
  token->add_option("NAME", name_)->required();
  token->add_option(
      "--person", person_,
      say("Mã người; không có: của một hệ thống", "Id of the person; none: of another system"));
  CLI::App* list = command(*user, "list", say("Liệt kê", "List"));
  for (CLI::App* one : {add, passwd, token, list}) {
    with_config(one);
    with_json(one);
  }
  on_run(add, [this](const Config& c) { return add_user(terminal_, c, name_, person_); });
  on_run(passwd, [this](const Config& c) { return set_user_password(terminal_, c, name_); });
  on_run(token, [this](const Config& c) { return add_user_token(terminal_, c, name_, person_); });
  on_run(list, [this](const Config& c) { return list_users(terminal_, c); });

  CLI::App* absence = command(app_, "absence", say("Vắng mặt, thay mặt", "Leave and deputies"));
  absence->require_subcommand(1);
  CLI::App* add_absence =
      command(*absence, "add", say("Ghi một lần vắng mặt", "Record somebody's leave"));
  add_absence->add_option("PERSON", absence_.person)->required();
  add_absence->add_option("--from", absence_.from, say("Ngày đầu", "First day"))->required();
  add_absence->add_option("--to", absence_.to, say("Ngày cuối", "Last day"))->required();
  add_absence->add_option("--deputy", absence_.deputy, say("Người thay", "Who stands in"))
      ->required();
  add_absence->add_option("--role", absence_.roles,
                          say("Chỉ với vai trò này, lặp lại được", "Only in this role, repeatable"));
  add_absence->add_option("--unit", absence_.units,
                          say("Chỉ việc của đơn vị này", "Only tasks of this unit"));
  add_absence->add_option("--definition", absence_.definitions,
                          say("Chỉ quy trình này", "Only this workflow"));
  CLI::App* list_absence = command(*absence, "list", say("Liệt kê", "List"));
  list_absence->add_option("--person", absence_.person, say("Của ai", "Whose"));
  list_absence->add_option("--from", absence_.from, say("Từ ngày", "From this day"));
  list_absence->add_option("--to", absence_.to, say("Đến ngày", "To this day"));
  CLI::App* end_absence =
      command(*absence, "end", say("Kết thúc hoặc hủy", "End it, or take it back"));
  end_absence->add_option("ID", name_)->required();
  for (CLI::App* one : {add_absence, list_absence, end_absence}) {
    with_config(one);
    with_json(one);
  }
  on_run(add_absence, [this](const Config& c) { return add_leave(terminal_, c, absence_); });
  on_run(list_absence, [this](const Config& c) { return list_leave(terminal_, c, absence_); });
  on_run(end_absence, [this](const Config& c) { return end_leave(terminal_, c, name_); });

  CLI::App* import = command(app_, "import", say("Nhập dữ liệu", "Import"));
  import->require_subcommand(1);
  CLI::App* organisation =
      command(*import, "organisation", say("Đơn vị, người, vai trò", "Units, people, roles"));
  CLI::App* calendar = command(*import, "calendar",
                               say("Lịch làm việc; hạn đang mở được tính lại",
                                   "A working calendar; open deadlines are computed again"));
  organisation
      ->add_option(
          "FILE", name_,
          say("Tệp JSON, hoặc thư mục các tệp CSV", "A JSON file, or a folder of CSV files"))
      ->required();
  calendar->add_option("FILE", calendar_file_.file)->required();
  calendar->add_option("--reason", calendar_file_.reason, say("Lý do, căn cứ", "Reason"));
  calendar->add_flag("--replace", calendar_file_.replace,
                     say("Thay hẳn lịch đang có, không chồng thêm lớp",
                         "Take the place of the calendar, not another layer over it"));
  CLI::App* exported = command(app_, "export", say("Xuất dữ liệu", "Export"));
  exported->require_subcommand(1);
  CLI::App* all =
      command(*exported, "organisation", say("Đơn vị, người, vai trò", "Units, people, roles"));
  all->add_option("--csv", name_,
                  say("Ghi các tệp CSV vào thư mục này", "Write CSV files into this folder"));
  CLI::App* hand_over = command(
      app_, "hand-over",
      say("Chuyển giao việc đang chạy của một đơn vị", "Hand over the running work of a unit"));
  hand_over->add_option("FROM", name_)->required();
  hand_over->add_option("TO", to_unit_)->required();
  hand_over->add_option("--reason", key_, say("Lý do, căn cứ", "Reason"))->required();
  for (CLI::App* one : {organisation, calendar, all, hand_over}) {
    with_config(one);
    with_json(one);
  }
  on_run(all, [this](const Config& c) { return export_organisation(terminal_, c, name_); });
  on_run(hand_over,
         [this](const Config& c) { return hand_over_unit(terminal_, c, name_, to_unit_, key_); });
  on_run(organisation,
         [this](const Config& c) { return import_organisation_file(terminal_, c, name_); });
  on_run(calendar, [this](const Config& c) {
    return import_calendar_file(terminal_, c, calendar_file_);
  });
}

}  // namespace

int main(int count, char** arguments) {
  ::umask(S_IRWXG | S_IRWXO);  // Whatever is written is the user's alone: it holds personal data.
  try {
    return CommandLine{prefers_vietnamese()}.run(count, arguments);
  } catch (const std::exception& fault) {
    std::cerr << "kyhan: " << fault.what() << "\n";
    return exit_failed;
  }
}
