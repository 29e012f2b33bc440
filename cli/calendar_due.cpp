// kyhan calendar due: one deadline, and why it is that day.

#include "api/http.hpp"
#include "cli/commands.hpp"
#include "workflow/core/calendar.hpp"
#include "workflow/core/documents.hpp"
#include "workflow/core/time_text.hpp"

namespace kyhan {
namespace {

int print(const Terminal& terminal, const Json& answer) {
  if (terminal.json) {
    terminal.out << answer.dump() << "\n";
    return exit_done;
  }
  terminal.out << answer.value("date", "") << "  (" << answer.value("instant", "") << ")"
               << (answer.value("provisional", false)
                       ? terminal.say({"  [tạm tính]", "  [provisional]"})
                       : "")
               << "\n";
  for (const Json& line : answer.value("explain", Json::array())) {
    terminal.out << "  " << line.value(terminal.vietnamese ? "vi" : "en", "") << "\n";
  }
  return exit_done;
}

}  // namespace

int calendar_due(const Terminal& terminal, const Config& config,
                 const CalendarDueOptions& options) {
  if (!options.unit.empty() && options.calendar.empty()) {
    const Result<std::unique_ptr<Client>> client = connect(config, terminal.language());
    if (!client) return refuse(terminal, client.error());
    const Result<Answer> answer = (*client)->ask(
        "GET",
        "/api/v1/calendar/due?from=" + percent_encode(options.from) +
            "&due=" + percent_encode(options.due) + "&unit=" + percent_encode(options.unit),
        "", "");
    if (!answer) return refuse(terminal, answer.error());
    return answer->ok() ? print(terminal, answer->body) : refuse(terminal, *answer);
  }
  std::vector<Json> files;
  if (!options.calendar.empty()) {
    const Result<std::string> text = read_text(options.calendar);
    if (!text) return refuse(terminal, text.error());
    const Result<Json> file = parse_json(*text);
    if (!file) return refuse(terminal, file.error());
    files.push_back(*file);
  }
  const auto calendars = make_calendars(files);
  if (!calendars) return refuse(terminal, calendars.error());
  const Calendar* calendar = files.empty() || !files.front().contains("id")
                                 ? nullptr
                                 : (*calendars)->find(files.front()["id"].get<std::string>());
  if (calendar == nullptr) calendar = &(*calendars)->built_in();

  Instant from{};
  if (const Result<Instant> instant = parse_rfc3339(options.from)) {
    from = *instant;
  } else if (const Result<Date> date = parse_iso_date(options.from)) {
    from = instant_at(*date, std::chrono::minutes{0}, calendar->zone());
  } else {
    terminal.err << terminal.say({"--from cần thời điểm RFC 3339 hoặc ngày YYYY-MM-DD.",
                                  "--from needs an RFC 3339 time or a date YYYY-MM-DD."})
                 << "\n";
    return exit_wrong_usage;
  }
  const Result<Json> due = parse_json(options.due);
  if (!due) return refuse(terminal, due.error());
  const Result<DueDate> deadline = compute_due(*calendar, from, *due);
  if (!deadline) return refuse(terminal, deadline.error());
  Json explain = Json::array();
  for (const Text& line : deadline->explain) {
    explain.push_back({{"vi", line.vi}, {"en", line.en}});
  }
  return print(terminal, {{"instant", to_rfc3339(deadline->instant, calendar->zone())},
                          {"date", to_iso_date(deadline->date)},
                          {"provisional", deadline->provisional},
                          {"explain", std::move(explain)}});
}

}  // namespace kyhan
