// kyhan rehearse: everything that definitions would do in a period, before it comes.

#include <algorithm>
#include <thread>

#include "cli/commands.hpp"
#include "workflow/core/documents.hpp"
#include "workflow/core/time_text.hpp"
#include "workflow/expressions/jq.hpp"
#include "workflow/simulation/given_calendars.hpp"
#include "workflow/simulation/rehearsal_text.hpp"

namespace kyhan {
namespace {

class Rehearse {
 public:
  Rehearse(const Terminal& terminal, const RehearseOptions& options)
      : terminal_(terminal), options_(options) {}

  int operator()() {
    if (!read_period() || !read_definitions() || !read_directory() || !read_calendar() ||
        !read_answers()) {
      return exit_code_;
    }
    plan_.threads = static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1U, 8U));
    const Result<Rehearsal> played = rehearse(plan_);
    if (!played) {
      if (played.error().type != "rehearsal-invalid") return refuse(terminal_, played.error());
      wrong_usage(played.error());
      return exit_code_;
    }
    terminal_.out << (terminal_.json ? rehearsal_json(plan_, *played) + "\n"
                                     : rehearsal_table(plan_, *played, terminal_.vietnamese));
    return exit_done;
  }

 private:
  bool wrong_usage(const Error& error) {
    terminal_.err << terminal_.say(error.detail) << "\n";
    exit_code_ = exit_wrong_usage;
    return false;
  }

  bool read_period() {
    const Result<Date> from = parse_iso_date(options_.from);
    const Result<Date> to = parse_iso_date(options_.to);
    for (const Result<Date>* one : {&from, &to}) {
      if (!*one) return wrong_usage(one->error());
    }
    plan_.from = *from;
    plan_.to = *to;
    const Result<void> assumed = read_assumed(options_.assume, plan_);
    return assumed ? true : wrong_usage(assumed.error());
  }

  bool faulty(const Error& error, const std::string& file) {
    Error told = error;
    told.detail = {file + ": " + error.detail.vi, file + ": " + error.detail.en};
    (void)refuse(terminal_, told);
    exit_code_ = exit_material_faulty;
    return false;
  }

  bool read_definitions() {
    const std::unique_ptr<ExpressionCompiler> compiler = make_jq_compiler();
    for (const std::string& file : options_.files) {
      const Result<std::string> text = read_text(file);
      if (!text) return faulty(text.error(), file);
      CompiledDefinition compiled = compile_definition(*text, *compiler);
      if (compiled.program) {
        plan_.programs.push_back(std::move(*compiled.program));
        continue;
      }
      Error error{ErrorCode::invalid,
                  "definition-invalid",
                  {"định nghĩa chưa hợp lệ.", "the definition is not valid."}};
      for (const Fault& fault : compiled.faults) {
        if (!fault.warning) error.fields.push_back({fault.pointer, fault.code, fault.message});
      }
      return faulty(error, file);
    }
    return true;
  }

  bool read_json(const std::string& file, Json& into) {
    const Result<std::string> text = read_text(file);
    if (!text) return faulty(text.error(), file);
    Result<ParsedDocument> parsed = parse_document(*text);
    if (!parsed) return faulty(parsed.error(), file);
    into = std::move(parsed->value);
    return true;
  }

  bool read_directory() {
    Json file = {{"units", Json::array()}, {"people", Json::array()}};
    if (!options_.directory.empty() && !read_json(options_.directory, file)) return false;
    Result<std::shared_ptr<const Directory>> directory = Directory::parse(file);
    if (!directory) return faulty(directory.error(), options_.directory);
    plan_.directory = std::move(*directory);
    return true;
  }

  bool read_calendar() {
    Result<std::shared_ptr<const Calendars>> built_in = make_calendars({});
    if (!built_in) return faulty(built_in.error(), "vn");
    plan_.calendars = std::move(*built_in);
    if (options_.calendar.empty()) return true;
    Json file;
    if (!read_json(options_.calendar, file)) return false;
    Result<std::shared_ptr<const Calendar>> given = parse_calendar(file, plan_.calendars.get());
    if (!given) return faulty(given.error(), options_.calendar);
    plan_.calendars = std::make_shared<GivenCalendars>(plan_.calendars, std::move(*given));
    return true;
  }

  bool read_answers() {
    if (options_.answers.empty()) return true;
    Json file;
    if (!read_json(options_.answers, file)) return false;
    Result<std::vector<PlannedAnswer>> answers = parse_answers(file, WhoAnswers::may_be_open);
    if (!answers) return faulty(answers.error(), options_.answers);
    plan_.answers = std::move(*answers);
    return true;
  }

  const Terminal& terminal_;
  const RehearseOptions& options_;
  RehearsalPlan plan_;
  int exit_code_ = exit_done;
};

}  // namespace

int rehearse_definitions(const Terminal& terminal, const RehearseOptions& options) {
  return Rehearse(terminal, options)();
}

}  // namespace kyhan
