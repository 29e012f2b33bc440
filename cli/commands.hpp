#pragma once
/// One function a subcommand, each in the file of its name; the result is the exit code (design of
/// the command line: 0 done, 1 failed, 2 wrong usage, 5 the material given is faulty).

#include <optional>
#include <string>
#include <vector>

#include "cli/config.hpp"
#include "cli/terminal.hpp"

namespace kyhan {

struct ServeOptions {
  bool demonstration = false;
  std::optional<Instant> virtual_clock;
  std::string definitions;  ///< Folder with organisation/ for the demonstration's accounts.
};
int serve(const Terminal& terminal, const Config& config, const ServeOptions& options);

int validate_files(const Terminal& terminal, const std::vector<std::string>& files);
int deploy_files(const Terminal& terminal, const Config& config,
                 const std::vector<std::string>& files, bool dry_run, bool strict);

struct RehearseOptions {
  std::vector<std::string> files;
  std::string from, to;  ///< Dates.
  std::string directory, calendar, answers;  ///< Files; empty: not given.
  std::string assume;                        ///< on-time | at-due | late:P5D
};
int rehearse_definitions(const Terminal& terminal, const RehearseOptions& options);

struct StartOptions {
  std::string definition;
  std::string version;
  std::vector<std::string> units;
  std::string input;  ///< File; empty: {}.
  std::string business_key;
};
int start_workflow(const Terminal& terminal, const Config& config, const StartOptions& options);

int tell_why(const Terminal& terminal, const Config& config, const std::string& id);
int retry_instance(const Terminal& terminal, const Config& config, const std::string& id,
                   const std::string& comment);

struct CalendarDueOptions {
  std::string from;
  std::string due;       ///< JSON text.
  std::string calendar;  ///< File; empty: built-in.
  std::string unit;      ///< The calendar of this unit, asked of the server or its database.
};
int calendar_due(const Terminal& terminal, const Config& config, const CalendarDueOptions& options);

int verify_home(const Terminal& terminal, const Config& config);
int back_up_home(const Terminal& terminal, const Config& config, const std::string& folder);
int restore_home(const Terminal& terminal, const Config& config, const std::string& folder);

int add_user(const Terminal& terminal, const Config& config, const std::string& account,
             const std::string& person);
int set_user_password(const Terminal& terminal, const Config& config, const std::string& account);
int add_user_token(const Terminal& terminal, const Config& config, const std::string& name,
                   const std::string& person);
int list_users(const Terminal& terminal, const Config& config);

struct AbsenceOptions {
  std::string person;
  std::string from, to;  ///< "2027-01-04", both included.
  std::string deputy;
  std::vector<std::string> roles, units, definitions;  ///< The scope.
};
int add_leave(const Terminal& terminal, const Config& config, const AbsenceOptions& options);
int list_leave(const Terminal& terminal, const Config& config, const AbsenceOptions& options);
int end_leave(const Terminal& terminal, const Config& config, const std::string& id);

int export_organisation(const Terminal& terminal, const Config& config, const std::string& folder);
int hand_over_unit(const Terminal& terminal, const Config& config, const std::string& from,
                   const std::string& to, const std::string& reason);
int import_organisation_file(const Terminal& terminal, const Config& config,
                             const std::string& file);
struct CalendarFileOptions {
  std::string file;
  std::string reason;
  bool replace = false;  ///< Even where the file extends its own id.
};
int import_calendar_file(const Terminal& terminal, const Config& config,
                         const CalendarFileOptions& options);
int preview_calendar_file(const Terminal& terminal, const Config& config,
                          const CalendarFileOptions& options);
int list_calendars(const Terminal& terminal, const Config& config);
int show_calendar(const Terminal& terminal, const Config& config, const std::string& id);
int list_calendar_changes(const Terminal& terminal, const Config& config);
int undo_calendar_change(const Terminal& terminal, const Config& config, std::int64_t change,
                         const std::string& reason);
int check_config(const Terminal& terminal, const Result<Config>& config);
int tail_broker(const Terminal& terminal, const Config& config, const std::string& key);

}  // namespace kyhan
