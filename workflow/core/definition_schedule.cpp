// schedule, and what document.metadata.schedule adds to it.

#include "workflow/core/cron.hpp"
#include "workflow/core/definition_functions.hpp"
#include "workflow/core/time_text.hpp"

namespace kyhan::definition {
namespace {

/// Instances may not start faster than this by themselves.
constexpr Milliseconds interval_min = std::chrono::seconds{1};

/// Filters of a schedule are judged before there is an instance.
const Scope& trigger_scope() {
  static const Scope scope{{"runtime", "secrets"}, {}};
  return scope;
}

}  // namespace

void Reader::read_schedule() {
  auto& out = definition_.schedule;
  const std::string at = "/schedule";
  const auto* schedule = find(document_, "schedule");
  if (schedule != nullptr &&
      closed(*schedule, at, {"cron", "every", "after", "on", "read"})) {
    const auto kinds = schedule->count("every") + schedule->count("after") + schedule->count("on") +
                       schedule->count("cron");
    if (kinds != 1) {
      fault(at, "exactly-one",
            {"Cần đúng một cách lập lịch: cron, every, after hoặc on.",
             "Exactly one kind of schedule is needed: cron, every, after or on."});
    }
    if (const auto cron = text(*schedule, at, "cron")) {
      out.kind = Schedule::Kind::cron;
      out.cron = *cron;
      if (const auto parsed = Cron::parse(*cron); !parsed) {
        fault("/schedule/cron", "cron", parsed.error().detail,
              {"Năm trường: phút giờ ngày tháng thứ, ví dụ \"0 8 1 12 *\".",
               "Five fields: minute hour day month weekday, such as \"0 8 1 12 *\"."});
      }
    }
    for (const auto& [key, kind] :
         {std::pair{"every", Schedule::Kind::every}, {"after", Schedule::Kind::after}}) {
      const auto* length = find(*schedule, key);
      if (length == nullptr) continue;
      out.kind = kind;
      const auto fixed = fixed_duration(*length, below(at, key));
      if (!fixed) continue;
      out.interval = *fixed;
      const bool days = fixed->years > 0 || fixed->months > 0 || fixed->days > 0;
      if (!days && fixed->exact < interval_min) {
        fault(below(at, key), "interval-too-short",
              {"Khoảng cách giữa hai lần khởi tạo phải từ 1 giây trở lên.",
               "Two starts must be at least 1 second apart."});
      }
    }
    if (const auto* on = find(*schedule, "on")) {
      out.kind = Schedule::Kind::on;
      read_consumption(*on, "/schedule/on", trigger_scope(), out.on);
    }
    out.on.read = ListenStep::Read::envelope;
    if (schedule->contains("read")) {
      if (!schedule->contains("on")) {
        fault("/schedule/read", "read-without-on",
              {"read chỉ dùng được cùng với on.", "read can stand beside on only."});
      }
      if (const auto read = choice(*schedule, at, "read", {"data", "envelope", "raw"})) {
        out.on.read = static_cast<ListenStep::Read>(*read);
      }
    }
  }
  read_schedule_metadata();
}

/// document.metadata.schedule
void Reader::read_schedule_metadata() {
  auto& out = definition_.schedule;
  out.time_zone = definition_.time_zone;
  out.calendar = definition_.calendar;
  const auto* ours = find(definition_.metadata, "schedule");
  if (ours == nullptr) return;
  const std::string at = "/document/metadata/schedule";
  if (!closed(*ours, at, {"timeZone", "calendar", "perUnit", "misfire", "onHoliday"})) return;
  const bool by_time = out.kind == Schedule::Kind::cron || out.kind == Schedule::Kind::every ||
                       out.kind == Schedule::Kind::after;
  if (!by_time) {
    warn(at, "schedule-without-time",
         {"metadata.schedule không có tác dụng khi không có schedule.cron, every hoặc after.",
          "metadata.schedule has no effect without schedule.cron, every or after."});
  }
  out.time_zone = checked_zone(*this, *ours, at, out.time_zone);
  out.calendar = text(*ours, at, "calendar").value_or(out.calendar);
  if (const auto* unit = find(*ours, "perUnit")) {
    const auto unit_at = below(at, "perUnit");
    if (closed(*unit, unit_at, {"kind", "filter", "spread"})) {
      if (required(*unit, unit_at, "kind") != nullptr) {
        check_member(*this, *unit, unit_at, "kind", check_word);
        out.unit_kind = text(*unit, unit_at, "kind").value_or("");
      }
      out.unit_filter = condition(*unit, unit_at, "filter", Scope{});
      if (const auto* spread = find(*unit, "spread")) {
        out.spread = fixed_duration(*spread, below(unit_at, "spread")).value_or(Duration{});
      }
    }
  }
  if (const auto misfire = choice(*ours, at, "misfire", {"skip", "once", "all"})) {
    out.misfire = static_cast<Schedule::Misfire>(*misfire);
  }
  if (const auto holiday = choice(*ours, at, "onHoliday", {"skip", "next", "previous", "run"})) {
    out.on_holiday = static_cast<Schedule::OnHoliday>(*holiday);
  }
}

}  // namespace kyhan::definition
