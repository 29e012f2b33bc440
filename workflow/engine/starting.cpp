#include "workflow/engine/starting.hpp"

#include <algorithm>
#include <spdlog/spdlog.h>

#include "workflow/core/cron.hpp"
#include "workflow/core/form_references.hpp"
#include "workflow/core/forms.hpp"
#include "workflow/core/person_text.hpp"
#include "workflow/core/time_text.hpp"

namespace kyhan {
namespace {

Error unknown_unit(const UnitId& unit) {
  return Error{ErrorCode::not_found,
               "unknown-unit",
               {"Không có đơn vị nào mang mã \"" + unit.text() + "\".",
                "There is no unit \"" + unit.text() + "\"."}};
}

Error may_not_start(const Definition& definition, const UnitId& unit) {
  const std::string where_vi = unit.empty() ? "" : " cho đơn vị " + unit.text();
  const std::string where_en = unit.empty() ? "" : " for the unit " + unit.text();
  return Error{
      ErrorCode::forbidden,
      "may-not-start",
      {"Bạn không có quyền khởi tạo quy trình \"" + definition.ref.name + "\"" + where_vi + ".",
       "You may not start \"" + definition.ref.name + "\"" + where_en + "."}};
}

bool may_start(const Definition& definition, const Directory& directory,
               const StartRequest& request) {
  if (request.by_administrator) return true;
  if (request.by.empty() || !definition.start.by.is_array()) return false;
  const Result<std::vector<Candidate>> allowed =
      directory.resolve(definition.start.by, request.unit);
  return allowed && std::ranges::any_of(*allowed, [&](const Candidate& candidate) {
           return directory.matches(candidate, request.by);
         });
}

/// `given` is what was filled in, against the start form; `input` what the instance will get.
Result<void> check_input(const Definition& definition, const Directory& directory,
                         const Json& given, const Json& input) {
  std::vector<FieldError> faults = faults_in_texts(given, "/input");
  const auto check = [&](const Json& schema, const Json& value) {
    for (FieldError& fault : validate_against(schema, value)) {
      fault.pointer = "/input" + fault.pointer;
      faults.push_back(std::move(fault));
    }
  };
  if (definition.start.form.is_object() && definition.start.form.contains("schema")) {
    check(definition.start.form.at("schema"), given);
  }
  for (FieldError& fault : check_references(definition.start.form, given, directory)) {
    fault.pointer = "/input" + fault.pointer;
    faults.push_back(std::move(fault));
  }
  if (faults.empty() && definition.input_schema) check(definition.input_schema->document, input);
  if (faults.empty()) return {};
  Error error{ErrorCode::invalid,
              "invalid-input",
              {"Thông tin khởi tạo chưa đúng: " + faults.front().message.vi,
               "The input is not as the definition needs it: " + faults.front().message.en}};
  error.fields = std::move(faults);
  return error;
}

Json unit_json(const Unit& unit) {
  return {{"id", unit.id.text()}, {"name", {{"vi", unit.name.vi}, {"en", unit.name.en}}}};
}

/// What the instance gets: what was filled in, and the unit it is started for, which the caller
/// names beside the input.
Json input_of(const Directory& directory, const StartRequest& request) {
  Json input = request.input;
  const Unit* unit = directory.find_unit(request.unit);
  if (unit != nullptr && (input.is_object() || input.is_null())) input["unit"] = unit_json(*unit);
  return input;
}

Result<std::string> business_key(const Program& program, const StartRequest& request,
                                 const Json& input) {
  const ExpressionId expression = program.definition->start.business_key;
  if (!request.business_key.empty() && expression != ExpressionId::none &&
      !request.by_administrator) {
    // Nobody may take, or ask about, the key of a case that is not theirs.
    Error error{ErrorCode::invalid,
                "business-key-computed",
                {"Mã nghiệp vụ của quy trình này được tính từ nội dung hồ sơ, không tự đặt được.",
                 "The business key of this workflow is computed from the case; leave it out."}};
    error.fields.push_back(
        {"/businessKey", "computed", {"Bỏ trường này đi.", "Leave this field out."}});
    return error;
  }
  if (!request.business_key.empty() || expression == ExpressionId::none) {
    return request.business_key;
  }
  Result<Json> key = program.expressions->evaluate(expression, input, {});
  if (!key) return key.error();
  if (key->is_null()) return std::string{};
  return key->is_string() ? key->get<std::string>() : key->dump();
}

// Schedules.

const std::string& zone_of(const Definition& definition) {
  return definition.schedule.time_zone.empty() ? definition.time_zone
                                               : definition.schedule.time_zone;
}

const Calendar& calendar_of(const Definition& definition, const Calendars& calendars) {
  for (const std::string& id : {definition.schedule.calendar, definition.calendar}) {
    if (const Calendar* found = id.empty() ? nullptr : calendars.find(id)) return *found;
  }
  return calendars.built_in();
}

/// When an occurrence is to start, after the policy for days off; empty: not at all.
std::optional<Instant> start_time(const Definition& definition, const Calendars& calendars,
                                  Instant occurrence) {
  constexpr int days_off_in_a_row_max = 60;
  using OnHoliday = Schedule::OnHoliday;
  const OnHoliday policy = definition.schedule.on_holiday;
  if (policy == OnHoliday::run) return occurrence;
  const std::string& zone = zone_of(definition);
  const Calendar& calendar = calendar_of(definition, calendars);
  const Date date = date_in_zone(occurrence, zone);
  if (calendar.day(date).working) return occurrence;
  if (policy == OnHoliday::skip) return std::nullopt;
  const auto time_of_day = std::chrono::duration_cast<std::chrono::minutes>(
      occurrence - instant_at(date, std::chrono::minutes{0}, zone));
  const int direction = policy == OnHoliday::next ? 1 : -1;
  for (int days = 1; days <= days_off_in_a_row_max; ++days) {
    const Date other{std::chrono::sys_days{date} + std::chrono::days{days * direction}};
    if (calendar.day(other).working) return instant_at(other, time_of_day, zone);
  }
  return std::nullopt;
}

struct Occurrence {
  Instant scheduled_at;
  Instant start_at;
};

/// The occurrences after `row.last_at` that are due at `now`, and the row as it stands after them.
struct Expansion {
  std::vector<Occurrence> due;
  ScheduleRow next;
};

Result<Expansion> expand(const Definition& definition, const Calendars& calendars, ScheduleRow row,
                         Instant now) {
  // Bounds a catch-up after years, and a schedule whose days are all skipped.
  constexpr int occurrences_max = 10'000;
  const Result<Cron> cron = Cron::parse(definition.schedule.cron);
  if (!cron) return cron.error();
  Expansion expansion;
  Instant base = row.last_at.value_or(now);
  row.next_at.reset();
  for (int i = 0; i < occurrences_max; ++i) {
    const std::optional<Instant> occurrence = cron->next_after(base, zone_of(definition));
    if (!occurrence) break;
    const std::optional<Instant> at = start_time(definition, calendars, *occurrence);
    if (at && *at > now) {
      row.next_at = at;
      break;
    }
    if (at) expansion.due.push_back({*occurrence, *at});
    base = *occurrence;
  }
  row.last_at = base;
  expansion.next = std::move(row);
  return expansion;
}

/// Which of the due occurrences are to be made up for.
std::vector<Occurrence> chosen(const std::vector<Occurrence>& due, Schedule::Misfire misfire,
                               Instant now) {
  if (misfire == Schedule::Misfire::all) return due;
  std::vector<Occurrence> on_time;
  for (const Occurrence& one : due) {
    if (now - one.start_at <= start_lateness_max) on_time.push_back(one);
  }
  if (on_time.empty() && misfire == Schedule::Misfire::once && !due.empty()) return {due.back()};
  return on_time;
}

}  // namespace

InstanceId new_instance_id(Instant now, std::mt19937_64& chance) {
  constexpr std::string_view digits = "0123456789abcdefghjkmnpqrstvwxyz";
  constexpr std::size_t half = 10;
  std::string id(2 * half, '0');
  auto time = static_cast<std::uint64_t>(std::max<std::int64_t>(now.time_since_epoch().count(), 0));
  for (std::size_t i = half; i-- > 0; time /= digits.size()) id[i] = digits[time % digits.size()];
  for (std::size_t i = half; i < 2 * half; ++i) {
    id[i] = digits[std::uniform_int_distribution<std::size_t>{0, digits.size() - 1}(chance)];
  }
  return InstanceId{std::move(id)};
}

Result<Applied> start_by_request(Batch& batch, const StartRequest& request, InstanceId id) {
  const Directory& directory = *batch.snapshot().directory;
  Result<Program> program = batch.snapshot().catalog->load(request.definition, request.version);
  if (!program) return program.error();
  const Definition& definition = *program->definition;
  if (!request.unit.empty() && directory.find_unit(request.unit) == nullptr) {
    return unknown_unit(request.unit);
  }
  if (!may_start(definition, directory, request)) return may_not_start(definition, request.unit);
  Json input = input_of(directory, request);
  if (Result<void> checked = check_input(definition, directory, request.input, input); !checked) {
    return checked.error();
  }
  Result<std::string> key = business_key(*program, request, input);
  if (!key) return key.error();
  // What somebody made up binds nobody outside the unit.
  const KeyScope scope = request.business_key.empty() ? KeyScope::definition : KeyScope::unit;
  return batch.start(
      *program,
      StartInstance{std::move(id), request.unit, std::move(*key), std::move(input), request.by},
      scope);
}

Result<std::optional<ScheduleRow>> schedule_row(const Definition& definition,
                                                const Calendars& calendars, Instant after) {
  if (definition.schedule.cron.empty()) return std::optional<ScheduleRow>{};
  ScheduleRow row{definition.ref.name, definition.schedule.unit_kind, std::nullopt, after};
  const Result<Cron> cron = Cron::parse(definition.schedule.cron);
  if (!cron) return cron.error();
  Result<Expansion> expansion = expand(definition, calendars, row, after);
  if (!expansion) return expansion.error();
  // A day moved to before `after` is due at once.
  if (!expansion->due.empty()) {
    row.next_at = expansion->due.front().start_at;
    return std::optional{row};
  }
  return std::optional{std::move(expansion->next)};
}

Result<void> expand_schedule(Batch& batch, const ScheduleRow& row) {
  const Snapshot& snapshot = batch.snapshot();
  Result<Program> program = snapshot.catalog->load(row.definition);
  if (!program) return program.error();
  const Definition& definition = *program->definition;
  if (definition.schedule.cron.empty()) {
    batch.work().clear_schedule(row.definition);
    return {};
  }
  Result<Expansion> expansion = expand(definition, *snapshot.calendars, row, batch.now());
  if (!expansion) return expansion.error();

  std::vector<UnitId> units{UnitId{}};
  if (!definition.schedule.unit_kind.empty()) {
    units = snapshot.directory->units_of_kind(definition.schedule.unit_kind);
  }
  for (const Occurrence& one : chosen(expansion->due, definition.schedule.misfire, batch.now())) {
    const Milliseconds spread =
        add_duration(one.start_at, definition.schedule.spread, zone_of(definition)) - one.start_at;
    for (std::size_t i = 0; i < units.size(); ++i) {
      const Milliseconds offset =
          spread * static_cast<std::int64_t>(i) / static_cast<std::int64_t>(units.size());
      batch.work().stage_planned_start(
          {row.definition, units[i], one.scheduled_at, one.start_at + offset});
    }
  }
  batch.work().stage_schedule(expansion->next);
  return {};
}

Result<void> make_planned_start(Batch& batch, const PlannedStart& planned, InstanceId id) {
  const Snapshot& snapshot = batch.snapshot();
  Result<Program> program = snapshot.catalog->load(planned.definition);
  if (!program) return program.error();
  const Unit* unit = snapshot.directory->find_unit(planned.unit);
  batch.work().clear_planned_start(planned);
  if (!planned.unit.empty() && unit == nullptr) {
    spdlog::warn("engine: {} does not start for {}: the unit is gone", planned.definition,
                 planned.unit.text());
    return {};
  }
  const std::string scheduled_for = to_rfc3339(planned.scheduled_at, zone_of(*program->definition));
  Json input{{"scheduledFor", scheduled_for}};
  if (unit != nullptr) input["unit"] = unit_json(*unit);
  const std::string key = planned.definition + "/" +
                          (planned.unit.empty() ? "_" : planned.unit.text()) + "/" + scheduled_for;
  Result<Applied> started = batch.start(
      *program, StartInstance{std::move(id), planned.unit, key, std::move(input), PersonId{}});
  if (!started && started.error().type != "duplicate-business-key") return started.error();
  return {};
}

}  // namespace kyhan
