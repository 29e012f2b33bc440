// What would happen in a period: published definitions, or drafts, for all units.

#include "api/rehearsals.hpp"

#include <thread>

#include "api/engine_calls.hpp"
#include "api/handlers.hpp"
#include "api/services.hpp"
#include "api/when_done.hpp"
#include "workflow/core/time_text.hpp"
#include "workflow/expressions/jq.hpp"
#include "workflow/simulation/rehearsal_text.hpp"

namespace kyhan {
namespace {

constexpr std::size_t definitions_max = 50;
constexpr std::int64_t entries_default = 1'000;
constexpr std::int64_t entries_most = 20'000;  ///< Of each list.

struct Asked {
  std::vector<std::string> names;
  std::vector<std::string> documents;
  RehearsalPlan plan;
  RehearsalShown shown;
};

Error busy() {
  return {ErrorCode::unavailable,
          "rehearsal-busy",
          {"Đang có một lần diễn tập khác; hãy thử lại sau ít giây.",
           "Another rehearsal is being played; try again in a few seconds."}};
}

Result<void> read_dates(const std::string& from, const std::string& to, RehearsalPlan& plan) {
  std::vector<FieldError> faults;
  const auto read = [&faults](const std::string& text, const char* pointer, Date& into) {
    if (const Result<Date> date = parse_iso_date(text)) {
      into = *date;
    } else {
      faults.push_back({pointer, "date-format", date.error().detail});
    }
  };
  read(from, "/from", plan.from);
  read(to, "/to", plan.to);
  if (faults.empty()) return {};
  return bad_request("bad-body", {"Ngày chưa đúng.", "A date is not valid."}, std::move(faults));
}

Result<Asked> read_body(const Call& call) {
  Fields fields{call.body};
  Asked asked;
  asked.names = fields.texts("definitions", definitions_max);
  const Json documents = fields.any("documents", Json::array());
  const std::string from = fields.text("from", Need::required, 10);
  const std::string to = fields.text("to", Need::required, 10);
  const std::string assume = fields.text("assume", Need::optional, 40);
  const Json answers = fields.any("answers", Json::array());
  const Json entries = fields.any("entries", entries_default);
  if (const Result<void> whole = fields.finish(); !whole) return whole.error();
  if (const Result<void> dates = read_dates(from, to, asked.plan); !dates) return dates.error();
  if (const Result<void> assumed = read_assumed(assume, asked.plan); !assumed) {
    return assumed.error();
  }
  Result<std::vector<PlannedAnswer>> planned = parse_answers(answers, WhoAnswers::may_be_open);
  if (!planned) return planned.error();
  asked.plan.answers = std::move(*planned);
  const bool counted = entries.is_number_integer() && entries.get<std::int64_t>() >= 0 &&
                       entries.get<std::int64_t>() <= entries_most;
  if (!counted || !documents.is_array() || documents.size() > definitions_max) {
    return bad_request("bad-body", {"documents là mảng; entries từ 0 đến 20000.",
                                    "documents is an array; entries lies within 0 and 20000."});
  }
  asked.shown.entries_max = static_cast<std::size_t>(entries.get<std::int64_t>());
  for (const Json& one : documents) {
    asked.documents.push_back(one.is_string() ? one.get<std::string>() : one.dump());
  }
  return asked;
}

/// Published ones by name, drafts by their text.
Result<void> load_programs(const Engine& engine, Asked& asked) {
  const auto catalog = engine.catalog();
  for (const std::string& name : asked.names) {
    Result<Program> program = catalog->load(name);
    if (!program) return program.error();
    asked.plan.programs.push_back(std::move(*program));
  }
  const std::unique_ptr<ExpressionCompiler> compiler = make_jq_compiler();
  for (std::size_t i = 0; i < asked.documents.size(); ++i) {
    CompiledDefinition compiled = compile_definition(asked.documents[i], *compiler);
    if (compiled.program) {
      asked.plan.programs.push_back(std::move(*compiled.program));
      continue;
    }
    Error error{ErrorCode::invalid,
                "definition-invalid",
                {"Định nghĩa chưa hợp lệ.", "A definition is not valid."}};
    for (const Fault& fault : compiled.faults) {
      if (fault.warning) continue;
      error.fields.push_back(
          {"/documents/" + std::to_string(i) + fault.pointer, fault.code, fault.message});
    }
    return error;
  }
  return {};
}

Result<Json> play(Services& services, Asked& asked) {
  if (Result<void> loaded = load_programs(services.engine, asked); !loaded) return loaded.error();
  asked.plan.directory = services.engine.directory();
  asked.plan.calendars = services.engine.calendars();
  asked.plan.stopped = &services.rehearsals->stopping;
  const Result<Rehearsal> played = rehearse(asked.plan);
  if (!played) return played.error();
  return success(rehearsal_json(asked.plan, *played, asked.shown));
}

}  // namespace

HandlerResult rehearse_period(Call& call) {
  Result<Asked> read = read_body(call);
  if (!read) co_return read.error();
  RehearsalRoom& room = *call.services.rehearsals;
  if (room.busy.exchange(true)) co_return busy();
  const auto asked = std::make_shared<Asked>(std::move(*read));
  std::function<void(std::function<void(Result<Json>)>)> begin =
      [&services = call.services, &room, asked](std::function<void(Result<Json>)> done) {
        asio::post(room.thread, [&services, &room, asked, done = std::move(done)] {
          Result<Json> played = play(services, *asked);
          room.busy = false;
          done(std::move(played));
        });
      };
  const Result<Json> played = co_await when_done<Result<Json>>(std::move(begin));
  if (!played) co_return played.error();
  Reply reply;
  reply.headers.set("Content-Type", "application/json");
  reply.body = played->get<std::string>();
  co_return reply;
}

}  // namespace kyhan
