// kyhan calendar list, show, preview, changes, undo; kyhan import calendar: through the server, or
// through the same handlers in this process.

#include <chrono>
#include <map>
#include <thread>

#include "api/http.hpp"
#include "cli/commands.hpp"
#include "workflow/core/documents.hpp"

namespace kyhan {
namespace {

/// Between two looks at a change that is under way.
constexpr std::chrono::milliseconds look_every{200};

Result<Json> read_document(const std::string& file) {
  const Result<std::string> text = read_text(file);
  if (!text) return text.error();
  Result<Json> document = parse_json(*text);
  if (!document) return document.error();
  const bool named = document->is_object() && document->contains("id") &&
                     (*document)["id"].is_string() &&
                     !(*document)["id"].get_ref<const std::string&>().empty();
  if (!named) {
    return Error{ErrorCode::invalid,
                 "bad-calendar",
                 {"Tệp lịch thiếu trường “id”.", "The calendar file has no field “id”."}};
  }
  return document;
}

std::string words(const Terminal& terminal, const Json& text) {
  return text.is_object() ? text.value(terminal.vietnamese ? "vi" : "en", "") : "";
}

int answered(const Terminal& terminal, const Result<Answer>& answer) {
  if (!answer) return refuse(terminal, answer.error());
  return answer->ok() ? exit_done : refuse(terminal, *answer);
}

void print_change(const Terminal& terminal, const Json& change) {
  terminal.out << "#" << change.value("id", 0) << "  " << change.value("madeAt", "") << "  "
               << change.value("calendar", "") << "  [" << change.value("phase", "") << "]  "
               << terminal.say({"hạn đã đổi: ", "deadlines moved: "})
               << change.value("deadlinesMoved", 0)
               << terminal.say({", lịch khởi tạo: ", ", starts: "})
               << change.value("startsMoved", 0)
               << terminal.say({", người được báo: ", ", people told: "})
               << change.value("peopleTold", 0);
  if (change.value("undoes", Json()).is_number()) {
    terminal.out << terminal.say({"; hoàn tác #", "; undoes #"}) << change["undoes"];
  }
  if (change.value("undoneBy", Json()).is_number()) {
    terminal.out << terminal.say({"; đã hoàn tác bởi #", "; undone by #"}) << change["undoneBy"];
  }
  if (const std::string reason = change.value("reason", ""); !reason.empty()) {
    terminal.out << "  " << reason;
  }
  terminal.out << "\n";
}

/// Follows a change until every deadline has moved and everybody is told.
int follow(const Terminal& terminal, Client& client, const Json& made) {
  Json change = made.value("change", Json());
  if (change.is_null()) {
    if (terminal.json) {
      terminal.out << made.dump() << "\n";
    } else {
      terminal.out << terminal.say({"Lịch không thay đổi gì.", "The calendar stays as it is."})
                   << "\n";
    }
    return exit_done;
  }
  while (change.value("phase", "done") != "done") {
    std::this_thread::sleep_for(look_every);
    const Result<Answer> answer = client.ask(
        "GET", "/api/v1/calendar-changes/" + std::to_string(change.value("id", 0)), "", "");
    if (const int exit = answered(terminal, answer); exit != exit_done) return exit;
    change = answer->body;
    if (!terminal.json && change.value("phase", "") == "moving") {
      terminal.err << terminal.say({"Đã xem ", "Looked at "}) << change.value("lookedAt", 0) << "/"
                   << change.value("openInstances", 0)
                   << terminal.say({" quy trình đang mở\n", " open instances\n"});
    }
  }
  if (terminal.json) {
    change.erase("documentBefore");
    change.erase("documentAfter");
    terminal.out << Json{{"calendar", made.at("calendar")}, {"change", change}}.dump() << "\n";
  } else {
    print_change(terminal, change);
  }
  return exit_done;
}

void print_move(const Terminal& terminal, const Json& move) {
  static const std::map<std::string, Text> kinds{{"due", {"hạn", "due"}},
                                                 {"reminder", {"nhắc", "reminder"}},
                                                 {"escalation", {"báo cấp trên", "escalation"}},
                                                 {"expire", {"hết thời hạn", "expires"}},
                                                 {"voteOpens", {"mở biểu quyết", "vote opens"}},
                                                 {"voteCloses", {"đóng biểu quyết", "vote closes"}},
                                                 {"start", {"khởi tạo", "start"}}};
  const auto kind = kinds.find(move.value("kind", ""));
  const auto when = [&](const char* date, const char* at) {
    if (move.contains(date)) return move.value(date, "");
    const Json instant = move.value(at, Json());
    return instant.is_string() ? instant.get<std::string>() : std::string{"-"};
  };
  terminal.out << "  " << (kind == kinds.end() ? "" : terminal.say(kind->second)) << "  "
               << when("fromDate", "from") << " -> " << when("toDate", "to") << "  "
               << words(terminal, move.value("title", Json()));
  if (move.contains("instance")) {
    terminal.out << "  (" << words(terminal, move["instance"].value("title", Json())) << ")";
  }
  terminal.out << "\n";
}

}  // namespace

int import_calendar_file(const Terminal& terminal, const Config& config,
                         const CalendarFileOptions& options) {
  const Result<Json> document = read_document(options.file);
  if (!document) return refuse(terminal, document.error());
  const Result<std::unique_ptr<Client>> client = connect(config, terminal.language());
  if (!client) return refuse(terminal, client.error());
  const std::string path = "/api/v1/calendars/" + percent_encode(document->value("id", "")) +
                           "?replace=" + (options.replace ? "true" : "false") +
                           "&reason=" + percent_encode(options.reason);
  const Result<Answer> answer = (*client)->ask("PUT", path, document->dump(), "application/json");
  if (const int exit = answered(terminal, answer); exit != exit_done) return exit;
  return follow(terminal, **client, answer->body);
}

int preview_calendar_file(const Terminal& terminal, const Config& config,
                          const CalendarFileOptions& options) {
  const Result<Json> document = read_document(options.file);
  if (!document) return refuse(terminal, document.error());
  const Result<std::unique_ptr<Client>> client = connect(config, terminal.language());
  if (!client) return refuse(terminal, client.error());
  // By unit, as those read it who are responsible for one.
  std::map<std::string, std::vector<Json>> by_unit;
  Json all = Json::array();
  std::int64_t looked_at = 0, confirmed = 0;
  std::string after = "0";
  for (bool more = true; more;) {
    const std::string path = "/api/v1/calendars/" + percent_encode(document->value("id", "")) +
                             ":preview?replace=" + (options.replace ? "true" : "false") +
                             "&after=" + after;
    const Result<Answer> answer =
        (*client)->ask("POST", path, document->dump(), "application/json");
    if (const int exit = answered(terminal, answer); exit != exit_done) return exit;
    const Json& page = answer->body;
    for (const Json& move : page.at("items")) {
      const Json unit = move.value("unit", Json());
      by_unit[unit.is_object() ? words(terminal, unit.value("name", Json())) : ""].push_back(move);
      if (terminal.json) all.push_back(move);
    }
    looked_at += page.value("lookedAt", std::int64_t{0});
    confirmed += page.value("confirmed", std::int64_t{0});
    more = page.at("page").value("has_more", false);
    after = page.at("page").value("end_cursor", "0");
  }
  if (terminal.json) {
    terminal.out << Json{{"moves", all}, {"lookedAt", looked_at}, {"confirmed", confirmed}}.dump()
                 << "\n";
    return exit_done;
  }
  for (const auto& [unit, moves] : by_unit) {
    terminal.out << (unit.empty() ? terminal.say({"(không thuộc đơn vị nào)", "(of no unit)"})
                                  : unit)
                 << ": " << moves.size() << "\n";
    for (const Json& move : moves) print_move(terminal, move);
  }
  terminal.out << terminal.say({"Đã xem ", "Looked at "}) << looked_at
               << terminal.say({" quy trình đang mở; ", " open instances; "}) << confirmed
               << terminal.say({" hạn giữ nguyên ngày và không còn là tạm tính.\n",
                                " deadlines keep their day and are no longer provisional.\n"});
  return exit_done;
}

int list_calendars(const Terminal& terminal, const Config& config) {
  const Result<std::unique_ptr<Client>> client = connect(config, terminal.language());
  if (!client) return refuse(terminal, client.error());
  const Result<Answer> answer = (*client)->ask("GET", "/api/v1/calendars", "", "");
  if (const int exit = answered(terminal, answer); exit != exit_done) return exit;
  if (terminal.json) {
    terminal.out << answer->body.dump() << "\n";
    return exit_done;
  }
  for (const Json& one : answer->body.at("items")) {
    const Json unit = one.value("unit", Json());
    terminal.out << one.value("id", "") << "  " << one.value("zone", "") << "  "
                 << terminal.say({"chính thức đến ", "official through "})
                 << one.value("officialThrough", 0)
                 << (unit.is_string() ? "  " + unit.get<std::string>() : "") << "\n";
  }
  return exit_done;
}

int show_calendar(const Terminal& terminal, const Config& config, const std::string& id) {
  const Result<std::unique_ptr<Client>> client = connect(config, terminal.language());
  if (!client) return refuse(terminal, client.error());
  const Result<Answer> answer =
      (*client)->ask("GET", "/api/v1/calendars/" + percent_encode(id), "", "");
  if (const int exit = answered(terminal, answer); exit != exit_done) return exit;
  terminal.out << (terminal.json ? answer->body.dump() : answer->body.dump(2)) << "\n";
  return exit_done;
}

int list_calendar_changes(const Terminal& terminal, const Config& config) {
  const Result<std::unique_ptr<Client>> client = connect(config, terminal.language());
  if (!client) return refuse(terminal, client.error());
  const Result<Answer> answer = (*client)->ask("GET", "/api/v1/calendar-changes?limit=200", "", "");
  if (const int exit = answered(terminal, answer); exit != exit_done) return exit;
  if (terminal.json) {
    terminal.out << answer->body.dump() << "\n";
    return exit_done;
  }
  for (const Json& change : answer->body.at("items")) print_change(terminal, change);
  return exit_done;
}

int undo_calendar_change(const Terminal& terminal, const Config& config, std::int64_t change,
                         const std::string& reason) {
  const Result<std::unique_ptr<Client>> client = connect(config, terminal.language());
  if (!client) return refuse(terminal, client.error());
  const Json body = {{"reason", reason}};
  const Result<Answer> answer =
      (*client)->ask("POST", "/api/v1/calendar-changes/" + std::to_string(change) + ":undo",
                     reason.empty() ? "{}" : body.dump(), "application/json");
  if (const int exit = answered(terminal, answer); exit != exit_done) return exit;
  return follow(terminal, **client, answer->body);
}

}  // namespace kyhan
