#include "cli/run.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iostream>
#include <sstream>
#include <thread>

#include "cli/open_files.hpp"
#include "workflow/calls/http_calls.hpp"
#include "workflow/calls/resources.hpp"
#include "workflow/calls/secret_files.hpp"
#include "workflow/core/codec.hpp"
#include "workflow/core/documents.hpp"
#include "workflow/core/time_text.hpp"
#include "workflow/expressions/jq.hpp"
#include "workflow/simulation/given_calendars.hpp"
#include "workflow/simulation/simulator.hpp"

namespace kyhan {
namespace {

constexpr int exit_usage = 2;
constexpr int exit_faulted = 3;
constexpr int exit_cancelled = 4;
constexpr int exit_invalid = 5;

class Run {
 public:
  Run(const RunOptions& options, std::ostream& out, std::ostream& err)
      : options_(options), out_(out), err_(err) {}

  int operator()() {
    Simulation plan;
    if (!prepare(plan)) return exit_code_;
    const SimulationResult played = simulate(plan);
    if (!options_.trace.empty() && !write_trace(played)) return 1;
    report(played);
    switch (played.state.status) {
      case InstanceStatus::faulted:
        return exit_faulted;
      case InstanceStatus::cancelled:
        return exit_cancelled;
      default:
        return 0;
    }
  }

 private:
  bool prepare(Simulation& plan) {
    if (!read_secrets(plan) || !read_network()) return false;
    if (!read_definition(options_.file, plan, plan.program)) return false;
    for (const std::string& file : options_.with) {
      plan.others.emplace_back();
      if (!read_definition(file, plan, plan.others.back())) return false;
    }
    open_network(plan);
    if (!read_directory(plan) || !read_calendar(plan) || !read_from(plan)) return false;
    plan.input = Json::object();
    if (!options_.input.empty() && !read_json(options_.input, plan.input)) return false;
    if (plan.input.is_object() && plan.input.contains("unit") && plan.input["unit"].is_object()) {
      plan.unit = UnitId(plan.input["unit"].value("id", ""));
    }
    if (!options_.answers.empty()) {
      Json file;
      if (!read_json(options_.answers, file)) return false;
      Result<std::vector<PlannedAnswer>> answers = parse_answers(file);
      if (!answers) return refuse(answers.error(), options_.answers);
      plan.answers = std::move(*answers);
    }
    if (!options_.events.empty() && !read_events(plan)) return false;
    plan.keeps_trace = !options_.trace.empty();
    plan.keeps_journal = false;
    if (options_.real_time) {
      plan.before_clock_moves = [](Instant from, Instant to) {
        std::this_thread::sleep_for(to - from);
      };
    }
    return true;
  }

  bool read_definition(const std::string& path, const Simulation& plan, Program& into) {
    std::string text;
    if (!read(path, text)) return false;
    const std::unique_ptr<ExpressionCompiler> compiler = make_jq_compiler();
    const FetchedResources fetched = fetch(text, plan, *compiler);
    CompiledDefinition compiled = compile_definition(text, *compiler, fetched.documents);
    if (!compiled.program) return refuse(compiled.faults, path);
    if (!fetched.faults.empty()) return refuse(fetched.faults, path);
    into = std::move(*compiled.program);
    return true;
  }

  bool read_directory(Simulation& plan) {
    Json file = {{"units", Json::array()}, {"people", Json::array()}};
    if (!options_.directory.empty() && !read_json(options_.directory, file)) return false;
    Result<std::shared_ptr<const Directory>> directory = Directory::parse(file);
    if (!directory) return refuse(directory.error(), options_.directory);
    plan.directory = *directory;
    return true;
  }

  bool read_calendar(Simulation& plan) {
    Result<std::shared_ptr<const Calendars>> calendars = make_calendars({});
    if (!calendars) return refuse(calendars.error(), "vn");
    plan.calendars = *calendars;
    if (options_.calendar.empty()) return true;
    Json file;
    if (!read_json(options_.calendar, file)) return false;
    Result<std::shared_ptr<const Calendar>> given = parse_calendar(file, calendars->get());
    if (!given) return refuse(given.error(), options_.calendar);
    plan.calendars = std::make_shared<GivenCalendars>(*calendars, *given);
    return true;
  }

  bool read_from(Simulation& plan) {
    if (options_.from.empty()) {
      plan.from = std::chrono::floor<Milliseconds>(std::chrono::system_clock::now());
      return true;
    }
    const Result<Instant> from = parse_rfc3339(options_.from);
    if (!from) return wrong_usage("--from", from.error());
    plan.from = *from;
    return true;
  }

  bool read_secrets(Simulation& plan) {
    if (options_.secrets.empty()) return true;
    Json file;
    if (!read_json(options_.secrets, file)) return false;
    Result<Secrets> secrets = parse_secrets(file);
    if (!secrets) return refuse(secrets.error(), options_.secrets);
    plan.secrets = std::make_shared<const Secrets>(std::move(*secrets));
    return true;
  }

  /// What calls may reach is said on the command line.
  bool read_network() {
    for (const std::string& text : options_.routes) {
      Result<Detour> detour = parse_detour(text);
      if (!detour) return wrong_usage("--route", detour.error());
      rules_.detours.push_back(std::move(*detour));
    }
    for (const std::string& text : options_.allow_net) {
      Result<Network> network = parse_network(text);
      if (!network) return wrong_usage("--allow-net", network.error());
      rules_.allow_net.push_back(*network);
    }
    rules_.proxy = options_.proxy;
    rules_.ca_file = options_.ca_file;
    return true;
  }

  /// Schemas and functions that stand elsewhere; API descriptions are fetched when they are called.
  FetchedResources fetch(const std::string& text, const Simulation& plan,
                         const ExpressionCompiler& compiler) {
    const Result<ParsedDocument> document = parse_document(text);
    if (!document) return {};
    const ParsedDefinition parsed = parse_definition(document->value);
    if (!parsed.definition || parsed.definition->missing.empty()) return {};
    return fetch_resources(document->value, {&calls(), plan.secrets.get(), compiler, false});
  }

  /// Calls go out for real. The network is opened only where a definition needs it.
  Calls& calls() {
    if (!calls_) {
      allow_many_open_files();
      calls_ = std::make_unique<HttpCalls>(rules_);
    }
    return *calls_;
  }
  void open_network(Simulation& plan) {
    const auto calls_out = [](const Program& program) {
      return std::ranges::any_of(program.definition->steps, [](const Step& step) {
        return std::holds_alternative<RequestStep>(step.body);
      });
    };
    if (calls_out(plan.program) || std::ranges::any_of(plan.others, calls_out)) {
      plan.calls = &calls();
    }
  }

  bool wrong_usage(const char* option, const Error& error) {
    err_ << option << ": " << say(error.detail) << "\n";
    exit_code_ = exit_usage;
    return false;
  }

  bool read_events(Simulation& plan) {
    std::string text;
    if (!read(options_.events, text)) return false;
    std::istringstream lines(text);
    std::string line;
    for (int number = 1; std::getline(lines, line); ++number) {
      if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
      Result<Json> event = parse_json(line);
      if (!event) return refuse(event.error(), options_.events + ":" + std::to_string(number));
      if (!event->is_object() || !event->contains("type")) {
        return refuse(Error{ErrorCode::invalid,
                            "event-invalid",
                            {"Sự kiện phải là một CloudEvent có `type`.",
                             "An event must be a CloudEvent with a `type`."}},
                      options_.events + ":" + std::to_string(number));
      }
      plan.events.push_back(std::move(*event));
    }
    return true;
  }

  bool read(const std::string& path, std::string& into) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    if (!in) {
      err_ << path << ": " << say({"không đọc được tệp", "the file cannot be read"}) << "\n";
      exit_code_ = exit_usage;
      return false;
    }
    into = text.str();
    return true;
  }

  bool read_json(const std::string& path, Json& into) {
    std::string text;
    if (!read(path, text)) return false;
    Result<ParsedDocument> parsed = parse_document(text);
    if (!parsed) return refuse(parsed.error(), path);
    into = std::move(parsed->value);
    return true;
  }

  bool refuse(const Error& error, const std::string& file) {
    exit_code_ = exit_invalid;
    if (options_.json) {
      Json faults = Json::array();
      for (const FieldError& fault : error.fields) {
        faults.push_back({{"file", file}, {"pointer", fault.pointer}, {"code", fault.code},
                          {"message", say(fault.message)}});
      }
      if (faults.empty()) {
        faults.push_back({{"file", file}, {"pointer", ""}, {"code", error.type},
                          {"message", say(error.detail)}});
      }
      out_ << Json{{"status", "invalid"}, {"faults", faults}}.dump(2) << "\n";
    }
    err_ << file << ": " << say(error.detail) << "\n";
    for (const FieldError& fault : error.fields) {
      err_ << "  " << fault.pointer << ": " << say(fault.message) << "\n";
    }
    return false;
  }

  bool refuse(const std::vector<Fault>& faults, const std::string& path) {
    exit_code_ = exit_invalid;
    Json list = Json::array();
    for (const Fault& fault : faults) {
      if (fault.warning) continue;
      list.push_back({{"file", path}, {"pointer", fault.pointer}, {"line", fault.line},
                      {"column", fault.column}, {"code", fault.code},
                      {"message", say(fault.message)}, {"hint", say(fault.hint)}});
      err_ << path << ":" << fault.line << ":" << fault.column << ": " << fault.pointer
           << ": " << say(fault.message) << " " << say(fault.hint) << "\n";
    }
    if (options_.json) out_ << Json{{"status", "invalid"}, {"faults", list}}.dump(2) << "\n";
    return false;
  }

  bool write_trace(const SimulationResult& played) {
    std::ofstream file(options_.trace, std::ios::binary);
    for (const CloudEvent& event : played.trace) file << event.dump() << "\n";
    file.flush();
    if (file) return true;
    err_ << options_.trace << ": " << say({"không ghi được tệp", "the file cannot be written"})
         << "\n";
    return false;
  }

  void report(const SimulationResult& played) {
    const std::string status =
        played.state.ended_at ? std::string(to_text(played.state.status)) : "waiting";
    Json refused = Json::array();
    for (const RefusedAnswer& one : played.refused) {
      refused.push_back({{"answer", one.answer}, {"type", one.error.type},
                         {"detail", say(one.error.detail)}});
    }
    if (options_.json) {
      Json document = {{"status", status},
                       {"output", played.state.output},
                       {"refused", refused},
                       {"unused", played.unused}};
      if (played.state.error) document["error"] = encode(*played.state.error);
      out_ << document.dump(2) << "\n";
      return;
    }
    out_ << say({"Trạng thái: ", "Status: "}) << status << "\n";
    if (played.state.error) out_ << encode(*played.state.error).dump(2) << "\n";
    if (played.state.status == InstanceStatus::completed) out_ << played.state.output.dump(2) << "\n";
    for (const auto& [id, task] : played.state.tasks) {
      out_ << say({"Đang chờ: ", "Waiting for: "}) << task.name << "\n";
    }
    for (const RefusedAnswer& one : played.refused) {
      out_ << say({"Câu trả lời bị từ chối ", "Answer refused "}) << one.answer << ": "
           << say(one.error.detail) << "\n";
    }
    for (const std::size_t one : played.unused) {
      out_ << say({"Câu trả lời không dùng đến: ", "Answer never used: "}) << one << "\n";
    }
  }

  [[nodiscard]] const std::string& say(const Text& text) const {
    return options_.vietnamese ? text.vi : text.en;
  }

  const RunOptions& options_;
  std::ostream& out_;
  std::ostream& err_;
  NetworkRules rules_;
  std::unique_ptr<HttpCalls> calls_;
  int exit_code_ = 0;
};

}  // namespace

int run_definition(const RunOptions& options, std::ostream& out, std::ostream& err) {
  return Run(options, out, err)();
}

}  // namespace kyhan
