#include "workflow/engine/schedules.hpp"

#include <algorithm>
#include <spdlog/spdlog.h>

#include "workflow/core/cron.hpp"
#include "workflow/core/time_text.hpp"
#include "workflow/core/unit_calendar.hpp"

namespace kyhan {
namespace {

/// How long a schedule waits that cannot go on.
constexpr Milliseconds faulty_schedule_pause{60'000};
constexpr int days_off_in_a_row_max = 60;
/// Bounds a catch-up after years, and a schedule whose days are all skipped.
constexpr int occurrences_max = 10'000;

/// What an occurrence means for each unit.
struct Occurrence {
  Instant scheduled_at;
  std::vector<PlannedStart> starts;
  [[nodiscard]] Instant first() const {
    return std::ranges::min_element(starts, {}, &PlannedStart::start_at)->start_at;
  }
};

Json unit_json(const Unit& unit) {
  return {{"id", unit.id.text()}, {"name", {{"vi", unit.name.vi}, {"en", unit.name.en}}}};
}

/// The schedule of one definition, as of one state of the world.
class Scheduling {
 public:
  Scheduling(const Program& program, const Directory& directory, const Calendars& calendars)
      : program_(program),
        definition_(*program.definition),
        directory_(directory),
        calendars_(calendars) {}

  [[nodiscard]] const Schedule& schedule() const { return definition_.schedule; }
  [[nodiscard]] const std::string& name() const { return definition_.ref.name; }
  [[nodiscard]] const std::string& zone() const {
    return schedule().time_zone.empty() ? definition_.time_zone : schedule().time_zone;
  }

  /// An empty unit stands for a start without one.
  [[nodiscard]] std::vector<UnitId> units() const {
    if (schedule().unit_kind.empty()) return {UnitId{}};
    std::vector<UnitId> units = directory_.units_of_kind(schedule().unit_kind);
    std::erase_if(units, [this](const UnitId& unit) { return !wants(unit); });
    return units;
  }

  /// The next occurrence after `base`; nothing: none within ten years.
  [[nodiscard]] Result<std::optional<Instant>> next_after(Instant base) const {
    if (schedule().kind != Schedule::Kind::cron) {
      return std::optional{add_duration(base, schedule().interval, zone())};
    }
    const Result<Cron> cron = Cron::parse(schedule().cron);
    if (!cron) return cron.error();
    return cron->next_after(base, zone());
  }

  /// When an occurrence starts the unit's instance, after the policy for days off; nothing: not.
  [[nodiscard]] std::optional<Instant> start_time(const UnitId& unit, Instant occurrence) const {
    if (!unit_is_open(calendars_, directory_, unit, occurrence)) return std::nullopt;
    using OnHoliday = Schedule::OnHoliday;
    const OnHoliday policy = schedule().on_holiday;
    if (policy == OnHoliday::run) return occurrence;
    const Calendar* asked = calendar_asked_for(calendars_, directory_, schedule().calendar, unit);
    const Calendar& calendar = asked != nullptr ? *asked : calendars_.built_in();
    const Date date = date_in_zone(occurrence, zone());
    if (calendar.day(date).working) return occurrence;
    if (policy == OnHoliday::skip) return std::nullopt;
    const auto time_of_day = std::chrono::duration_cast<std::chrono::minutes>(
        occurrence - instant_at(date, std::chrono::minutes{0}, zone()));
    const int direction = policy == OnHoliday::next ? 1 : -1;
    for (int days = 1; days <= days_off_in_a_row_max; ++days) {
      const Date other{std::chrono::sys_days{date} + std::chrono::days{days * direction}};
      if (calendar.day(other).working) return instant_at(other, time_of_day, zone());
    }
    return std::nullopt;
  }

  /// The starts of an occurrence, spread over the units; none: every unit skips it.
  [[nodiscard]] Occurrence occurrence_at(Instant scheduled_at) const {
    Occurrence occurrence{scheduled_at, {}};
    const std::vector<UnitId> all = units();
    for (std::size_t i = 0; i < all.size(); ++i) {
      const std::optional<Instant> start_at = start_time(all[i], scheduled_at);
      if (!start_at) continue;
      const Milliseconds spread =
          add_duration(*start_at, schedule().spread, zone()) - *start_at;
      const Milliseconds offset =
          spread * static_cast<std::int64_t>(i) / static_cast<std::int64_t>(all.size());
      occurrence.starts.push_back({name(), all[i], scheduled_at, *start_at + offset});
    }
    return occurrence;
  }

 private:
  /// perUnit.filter. A filter that fails wants nobody.
  [[nodiscard]] bool wants(const UnitId& id) const {
    if (schedule().unit_filter == ExpressionId::none) return true;
    const Unit* unit = directory_.find_unit(id);
    if (unit == nullptr) return false;
    Json shown = unit_json(*unit);
    shown["kind"] = unit->kind;
    shown["parent"] = unit->parent.text();
    const Result<Json> wanted = program_.expressions->evaluate(schedule().unit_filter, shown, {});
    if (!wanted) {
      spdlog::error("engine: the units of {} cannot be told: {}", name(), wanted.error().detail.en);
      return false;
    }
    return *wanted == Json(true);
  }

  const Program& program_;
  const Definition& definition_;
  const Directory& directory_;
  const Calendars& calendars_;
};

/// The occurrences after `row.last_at` that are due at `now`, and the row as it stands after them.
struct Expansion {
  std::vector<Occurrence> due;
  ScheduleRow next;
};

Result<Expansion> expand(const Scheduling& scheduling, ScheduleRow row, Instant now) {
  Expansion expansion;
  Instant base = row.last_at.value_or(now);
  row.next_at.reset();
  for (int i = 0; i < occurrences_max; ++i) {
    Result<std::optional<Instant>> at = scheduling.next_after(base);
    if (!at) return at.error();
    if (!*at) break;
    Occurrence occurrence = scheduling.occurrence_at(**at);
    if (!occurrence.starts.empty()) {
      if (occurrence.first() > now) {
        row.next_at = occurrence.first();
        break;
      }
      expansion.due.push_back(std::move(occurrence));
    } else if (**at > now) {
      // Nobody starts then, as far as is known now.
      row.next_at = **at;
      break;
    }
    base = **at;
  }
  if (!row.next_at && base > row.last_at.value_or(now)) row.next_at = now;  // More to catch up with.
  row.last_at = base;
  expansion.next = std::move(row);
  return expansion;
}

/// Which of the due occurrences are to be made up for.
std::vector<Occurrence> chosen(std::vector<Occurrence> due, Schedule::Misfire misfire,
                               Instant now) {
  if (misfire == Schedule::Misfire::all || due.empty()) return due;
  const auto late = [now](const Occurrence& one) {
    return now - one.first() > start_lateness_max;
  };
  if (misfire == Schedule::Misfire::once && std::ranges::all_of(due, late)) return {due.back()};
  std::erase_if(due, late);
  return due;
}

std::string key_prefix(const std::string& definition, const UnitId& unit) {
  return definition + "/" + (unit.empty() ? std::string("_") : unit.text()) + "/";
}

/// The start after an end; days off that are skipped are passed over.
std::optional<PlannedStart> next_after_end(const Scheduling& scheduling, const UnitId& unit,
                                           Instant end) {
  Instant scheduled_at = end;
  for (int i = 0; i < days_off_in_a_row_max; ++i) {
    scheduled_at = add_duration(scheduled_at, scheduling.schedule().interval, scheduling.zone());
    if (const std::optional<Instant> at = scheduling.start_time(unit, scheduled_at)) {
      return PlannedStart{scheduling.name(), unit, scheduled_at, *at};
    }
  }
  return std::nullopt;
}

}  // namespace

Result<void> replace_schedule(Batch& batch, const Program& program) {
  const Definition& definition = *program.definition;
  const std::string& name = definition.ref.name;
  UnitOfWork& work = batch.work();
  work.clear_planned_starts_after(name, batch.now());
  const Snapshot& snapshot = batch.snapshot();
  const ScheduleRow row{name, definition.schedule.unit_kind, std::nullopt, batch.now()};
  switch (definition.schedule.kind) {
    case Schedule::Kind::none:
    case Schedule::Kind::on:
      work.clear_schedule(name);
      return {};
    case Schedule::Kind::after:
      work.stage_schedule(row);  // Without a time: its starts are planned one by one.
      plan_after(batch, program, *snapshot.directory, std::nullopt);
      return {};
    case Schedule::Kind::cron:
    case Schedule::Kind::every:
      break;
  }
  const Scheduling scheduling{program, *snapshot.directory, *snapshot.calendars};
  Result<Expansion> expansion = expand(scheduling, row, batch.now());
  if (!expansion) return expansion.error();
  // A day moved to before now is due at once.
  if (!expansion->due.empty()) {
    ScheduleRow due = row;
    due.next_at = expansion->due.front().first();
    work.stage_schedule(due);
  } else {
    work.stage_schedule(expansion->next);
  }
  return {};
}

Result<std::optional<ScheduleRow>> rescheduled(const Program& program, const Directory& directory,
                                               const Calendars& calendars, const ScheduleRow& row,
                                               Instant now) {
  const Schedule::Kind kind = program.definition->schedule.kind;
  if (kind != Schedule::Kind::cron && kind != Schedule::Kind::every) {
    return std::optional<ScheduleRow>{};
  }
  Result<Expansion> expansion = expand(Scheduling{program, directory, calendars}, row, now);
  if (!expansion) return expansion.error();
  if (expansion->due.empty()) return std::optional{std::move(expansion->next)};
  // What has moved into the past is due at once.
  ScheduleRow moved = row;
  moved.next_at = expansion->due.front().first();
  return std::optional{std::move(moved)};
}

Result<void> expand_schedule(Batch& batch, const ScheduleRow& row) {
  const Snapshot& snapshot = batch.snapshot();
  const auto put_off = [&](const Error& why) -> Result<void> {
    spdlog::error("engine: the schedule of {} waits: {}", row.definition, why.detail.en);
    ScheduleRow later = row;
    later.next_at = batch.now() + faulty_schedule_pause;
    batch.work().stage_schedule(later);
    return {};
  };
  Result<Program> program = snapshot.catalog->load(row.definition);
  if (!program) return put_off(program.error());
  const Schedule& schedule = program->definition->schedule;
  if (schedule.kind != Schedule::Kind::cron && schedule.kind != Schedule::Kind::every) {
    batch.work().clear_schedule(row.definition);
    return {};
  }
  const Scheduling scheduling{*program, *snapshot.directory, *snapshot.calendars};
  Result<Expansion> expansion = expand(scheduling, row, batch.now());
  if (!expansion) return put_off(expansion.error());
  for (const Occurrence& one :
       chosen(std::move(expansion->due), schedule.misfire, batch.now())) {
    for (const PlannedStart& start : one.starts) batch.work().stage_planned_start(start);
  }
  batch.work().stage_schedule(expansion->next);
  return {};
}

Result<void> make_planned_start(Batch& batch, const PlannedStart& planned, InstanceId id) {
  const Snapshot& snapshot = batch.snapshot();
  batch.work().clear_planned_start(planned);
  const auto given_up = [&](const std::string& why) -> Result<void> {
    spdlog::error("engine: {} does not start for {}: {}", planned.definition,
                  planned.unit.empty() ? "_" : planned.unit.text(), why);
    return {};
  };
  Result<Program> program = snapshot.catalog->load(planned.definition);
  if (!program) return given_up(program.error().detail.en);
  const Unit* unit = snapshot.directory->find_unit(planned.unit);
  if (!planned.unit.empty() && unit == nullptr) return given_up("the unit is gone");
  if (!unit_is_open(*snapshot.calendars, *snapshot.directory, planned.unit, batch.now())) {
    return given_up("the unit is closed");
  }
  const Scheduling scheduling{*program, *snapshot.directory, *snapshot.calendars};
  const std::string scheduled_for = to_rfc3339(planned.scheduled_at, scheduling.zone());
  StartInstance command;
  command.id = std::move(id);
  command.unit = planned.unit;
  command.business_key = key_prefix(planned.definition, planned.unit) + scheduled_for;
  command.input = {{"scheduledFor", scheduled_for}};
  if (unit != nullptr) command.input["unit"] = unit_json(*unit);
  command.scheduled_at = planned.scheduled_at;
  Result<Applied> started = batch.start(*program, std::move(command));
  if (started || started.error().type == "duplicate-business-key") return {};
  if (started.error().code == ErrorCode::unavailable) return started.error();
  return given_up(started.error().detail.en);
}

void plan_after(Batch& batch, const Program& program, const Directory& directory,
                const std::optional<UnitId>& unit) {
  if (program.definition->schedule.kind != Schedule::Kind::after) return;
  const Scheduling scheduling{program, directory, *batch.snapshot().calendars};
  for (const UnitId& one : scheduling.units()) {
    if (unit && *unit != one) continue;
    UnitOfWork& work = batch.work();
    const Result<bool> planned = work.start_is_planned(scheduling.name(), one);
    const Result<bool> open =
        work.scheduled_instance_is_open(scheduling.name(), key_prefix(scheduling.name(), one));
    if (!planned || !open || *planned || *open) continue;  // A failure is told by the command's end.
    if (const auto start = next_after_end(scheduling, one, batch.now())) {
      work.stage_planned_start(*start);
    }
  }
}

Result<void> plan_after_for_new_units(Batch& batch, const Directory& directory) {
  Result<std::vector<ScheduleRow>> rows = batch.reads().schedules();
  if (!rows) return rows.error();
  for (const ScheduleRow& row : *rows) {
    if (row.next_at) continue;
    const Result<Program> program = batch.snapshot().catalog->load(row.definition);
    if (program) plan_after(batch, *program, directory, std::nullopt);
  }
  return {};
}

}  // namespace kyhan
