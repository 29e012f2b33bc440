// Deadlines with their reasons, days, and the clock.

#include "workflow/core/calendar.hpp"

#include "api/engine_calls.hpp"
#include "api/handlers.hpp"
#include "api/services.hpp"
#include "api/show.hpp"
#include "workflow/core/documents.hpp"
#include "workflow/core/time_text.hpp"
#include "workflow/core/unit_calendar.hpp"

namespace kyhan {
namespace {

constexpr int days_max = 400;

std::string_view to_text(DayKind kind) {
  switch (kind) {
    case DayKind::work:
      return "work";
    case DayKind::weekend:
      return "weekend";
    case DayKind::holiday:
      return "holiday";
    case DayKind::compensation:
      return "compensation";
    case DayKind::swap_off:
      return "swap_off";
    case DayKind::swap_work:
      return "swap_work";
  }
  return "work";
}

/// The calendar that `calendar` names, else that of `unit`, at last the built-in.
Result<const Calendar*> calendar_from(const Call& call, const Calendars& calendars) {
  const UnitId unit{call.query.text("unit")};
  if (!unit.empty() && call.directory->find_unit(unit) == nullptr) return not_found();
  const Calendar* found =
      calendar_asked_for(calendars, *call.directory, call.query.text("calendar"), unit);
  if (found == nullptr) return not_found();
  return found;
}

std::string clock_text(std::chrono::minutes of_day) {
  char text[16];
  std::snprintf(text, sizeof text, "%02d:%02d", static_cast<int>(of_day.count() / 60),
                static_cast<int>(of_day.count() % 60));
  return text;
}

Json clock_json(Instant now, bool is_virtual) {
  return {{"now", to_rfc3339(now)}, {"virtual", is_virtual}};
}

Result<Date> day_parameter(const Call& call, std::string_view name) {
  const Result<Date> day = parse_iso_date(call.query.text(name));
  if (!day)
    return bad_parameter(name, {"cần ngày dạng YYYY-MM-DD.", "a date YYYY-MM-DD is needed."});
  return day;
}

}  // namespace

HandlerResult compute_deadline(Call& call) {
  const auto calendars = call.services.engine.calendars();
  const Result<const Calendar*> chosen = calendar_from(call, *calendars);
  if (!chosen) co_return chosen.error();
  const Calendar& calendar = **chosen;
  Instant from = call.services.engine.clock().now();
  if (const std::string& text = call.query.text("from"); !text.empty()) {
    if (const Result<Instant> instant = parse_rfc3339(text)) {
      from = *instant;
    } else if (const Result<Date> date = parse_iso_date(text)) {
      from = instant_at(*date, std::chrono::minutes{0}, calendar.zone());
    } else {
      co_return bad_parameter("from", {"cần thời điểm RFC 3339 hoặc ngày YYYY-MM-DD.",
                                       "an RFC 3339 time or a date YYYY-MM-DD is needed."});
    }
  }
  const Result<Json> due = parse_json(call.query.text("due"));
  if (!due) co_return due.error();
  const Result<DueDate> deadline = compute_due(calendar, from, *due);
  if (!deadline) co_return deadline.error();
  Json explain = Json::array();
  for (const Text& line : deadline->explain) explain.push_back(to_json(line));
  co_return json_reply(200, {{"instant", to_rfc3339(deadline->instant, calendar.zone())},
                             {"date", to_iso_date(deadline->date)},
                             {"provisional", deadline->provisional},
                             {"explain", std::move(explain)}});
}

HandlerResult list_days(Call& call) {
  const Result<Date> from = day_parameter(call, "from");
  if (!from) co_return from.error();
  const Result<Date> to = day_parameter(call, "to");
  if (!to) co_return to.error();
  const std::chrono::sys_days first{*from};
  const std::chrono::sys_days last{*to};
  if (last < first || (last - first).count() > days_max) {
    co_return bad_parameter(
        "to", {"khoảng thời gian từ 0 đến 400 ngày.", "the span must be between 0 and 400 days."});
  }
  const auto calendars = call.services.engine.calendars();
  const Result<const Calendar*> chosen = calendar_from(call, *calendars);
  if (!chosen) co_return chosen.error();
  const Calendar& calendar = **chosen;
  Json items = Json::array();
  for (std::chrono::sys_days day = first; day <= last; day += std::chrono::days{1}) {
    const DayInfo& known = calendar.day(Date{day});
    Json hours = Json::array();
    for (const auto& [opens, closes] : calendar.hours(Date{day})) {
      hours.push_back({clock_text(opens), clock_text(closes)});
    }
    items.push_back({{"date", to_iso_date(Date{day})},
                     {"kind", to_text(known.kind)},
                     {"working", known.working},
                     {"name", to_json(known.name)},
                     {"hours", std::move(hours)},
                     {"legalBasis", known.legal_basis},
                     {"provisional", known.provisional}});
  }
  co_return json_reply(200, {{"items", std::move(items)}});
}

HandlerResult show_clock(Call& call) {
  const Clock& clock = call.services.engine.clock();
  co_return json_reply(200, clock_json(clock.now(), clock.is_virtual()));
}

HandlerResult move_clock(Call& call) {
  if (!call.services.settings.demonstration || !call.services.engine.clock().is_virtual() ||
      !call.caller.administrator) {
    co_return not_found();
  }
  Fields fields{call.body};
  const std::string to = fields.text("to", Need::required, 40);
  if (const Result<void> whole = fields.finish(); !whole) co_return whole.error();
  const Result<Instant> instant = parse_rfc3339(to);
  if (!instant) co_return instant.error();
  const Result<ClockReport> report = co_await advance_clock(call.services.engine, *instant);
  if (!report) co_return report.error();
  co_return json_reply(200, {{"now", to_rfc3339(report->now)}, {"fired", report->fired}});
}

}  // namespace kyhan
