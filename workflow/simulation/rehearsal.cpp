#include "workflow/simulation/rehearsal.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <queue>
#include <set>
#include <thread>

#include "workflow/core/due_form.hpp"
#include "workflow/core/occurrences.hpp"
#include "workflow/core/time_text.hpp"
#include "workflow/core/unit_calendar.hpp"
#include "workflow/simulation/rehearsed_case.hpp"
#include "workflow/simulation/sample.hpp"

namespace kyhan {
namespace {

using std::chrono::days;
using std::chrono::minutes;
using std::chrono::sys_days;

Json unit_json(const Unit& unit) {
  return {{"id", unit.id.text()}, {"name", {{"vi", unit.name.vi}, {"en", unit.name.en}}}};
}

bool listens(const Definition& definition) {
  return std::ranges::any_of(definition.steps, [](const Step& step) {
    return std::holds_alternative<ListenStep>(step.body);
  });
}

/// An instance that will start.
struct Start {
  std::size_t program = 0;
  UnitId unit;
  Instant at{};
  bool scheduled = false;
  Json input;
  PersonId initiator;
};

class Rehearser {
 public:
  explicit Rehearser(const RehearsalPlan& plan) : plan_(plan) {}

  Result<Rehearsal> run() {
    for (const Program& program : plan_.programs) {
      settings_.push_back(std::make_unique<CaseSetting>(
          CaseSetting{plan_, program, World{program, *plan_.directory, *plan_.calendars},
                      PlannedOutcomes{*program.definition, plan_.answers}}));
    }
    for (std::size_t i = 0; i < plan_.programs.size(); ++i) {
      if (Result<void> found = find_starts(i); !found) return found.error();
    }
    if (starts_.size() > rehearsal_cases_max) {
      return Error{ErrorCode::too_large,
                   "rehearsal-large",
                   {"Diễn tập quá lớn: " + std::to_string(starts_.size()) + " lần khởi tạo.",
                    "The rehearsal is too large: " + std::to_string(starts_.size()) + " starts."}};
    }
    std::ranges::stable_sort(starts_, {}, &Start::at);
    records_.resize(starts_.size());
    const bool together = std::ranges::any_of(
        plan_.programs, [](const Program& one) { return listens(*one.definition); });
    together ? play_together() : play_apart();
    if (is_stopped()) {
      return Error{ErrorCode::unavailable,
                   "stopping",
                   {"Máy chủ đang dừng, hãy thử lại sau.", "The server is stopping; try again later."}};
    }
    gather();
    return std::move(result_);
  }

 private:
  [[nodiscard]] const std::string& zone_of(const Definition& definition) const {
    return definition.time_zone;
  }
  [[nodiscard]] bool is_stopped() const { return plan_.stopped != nullptr && *plan_.stopped; }
  [[nodiscard]] Instant end_of(const Definition& definition) const {
    return instant_at(Date{sys_days{plan_.to} + days{1}}, minutes{0}, zone_of(definition));
  }

  Result<void> find_starts(std::size_t program) {
    const Definition& definition = *plan_.programs[program].definition;
    if (definition.schedule.cron.empty()) {
      start_by_hand(program);
      return {};
    }
    const Instant from = instant_at(plan_.from, minutes{0}, zone_of(definition));
    const Result<std::vector<Occurrence>> found = occurrences(
        definition, *plan_.calendars, from, end_of(definition), rehearsal_cases_max + 1);
    if (!found) return found.error();
    std::vector<UnitId> units{UnitId{}};
    if (!definition.schedule.unit_kind.empty()) {
      units = plan_.directory->units_of_kind(definition.schedule.unit_kind);
    }
    for (const Occurrence& one : *found) {
      note_day_off(program, one);
      if (!one.start_at || *one.start_at >= end_of(definition)) continue;
      for (std::size_t i = 0; i < units.size(); ++i) {
        Start start;
        start.program = program;
        start.unit = units[i];
        start.at = *one.start_at + spread_of(definition, *one.start_at, i, units.size());
        if (!unit_is_open(*plan_.calendars, *plan_.directory, units[i], *one.start_at)) continue;
        start.scheduled = true;
        start.input = {{"scheduledFor", to_rfc3339(one.scheduled_at, zone_of(definition))}};
        if (const Unit* unit = plan_.directory->find_unit(units[i])) {
          start.input["unit"] = unit_json(*unit);
        }
        starts_.push_back(std::move(start));
      }
    }
    return {};
  }

  /// Without a schedule: one for every unit in which somebody may start it, on the first working
  /// day, with what the form needs.
  void start_by_hand(std::size_t program) {
    const Definition& definition = *plan_.programs[program].definition;
    for (const auto& [id, unit] : plan_.directory->units()) {
      const auto may = plan_.directory->resolve(definition.start.by, id);
      if (!may) continue;
      std::vector<PersonId> people;
      for (const Candidate& one : *may) {
        people = plan_.directory->members_of(one);
        if (!people.empty()) break;
      }
      if (people.empty()) continue;
      starts_.push_back(start_in(program, definition, &unit, people.front()));
    }
    const bool by_administrator = !definition.start.by.is_array() || definition.start.by.empty();
    if (by_administrator) starts_.push_back(start_in(program, definition, nullptr, PersonId{}));
  }

  Start start_in(std::size_t program, const Definition& definition, const Unit* unit,
                 PersonId by) const {
    const UnitId id = unit == nullptr ? UnitId{} : unit->id;
    const Calendar& calendar = calendar_of(id, *plan_.directory, *plan_.calendars);
    Start start;
    start.program = program;
    start.unit = id;
    start.at = next_working_time(calendar, instant_at(plan_.from, minutes{0}, calendar.zone()));
    start.initiator = std::move(by);
    const Date day = date_in_zone(start.at, calendar.zone());
    const SampleSource source{*plan_.directory, id, day};
    start.input = sample_of_form(definition.start.form, source);
    if (!start.input.is_object()) start.input = Json::object();
    if (unit != nullptr) start.input["unit"] = unit_json(*unit);
    return start;
  }

  void note_day_off(std::size_t program, const Occurrence& one) {
    const Definition& definition = *plan_.programs[program].definition;
    if (one.start_at == one.scheduled_at &&
        definition.schedule.on_holiday != Schedule::OnHoliday::run) {
      return;
    }
    const Calendar& calendar = calendar_of(UnitId{}, *plan_.directory, *plan_.calendars);
    const Date day = date_in_zone(one.scheduled_at, zone_of(definition));
    const DayInfo info = calendar.day(day);
    if (info.working) return;
    Collision collision{"start", program, std::nullopt, {}, day, reason_of(info), day};
    if (one.start_at) collision.instead = date_in_zone(*one.start_at, zone_of(definition));
    (one.start_at ? starts_moved_ : result_.skipped).push_back(std::move(collision));
  }

  CasePlayer player_of(std::size_t index) {
    Start& start = starts_[index];
    CaseRecord record;
    record.of.program = start.program;
    record.of.unit = start.unit;
    record.of.started_at = start.at;
    record.of.scheduled = start.scheduled;
    return CasePlayer{*settings_[start.program], index, std::move(record), std::move(start.input),
                      std::move(start.initiator)};
  }

  /// Nobody listens: every case goes its own way, on as many threads as were given.
  void play_apart() {
    std::atomic<std::size_t> taken = 0;
    std::exception_ptr failure;
    std::atomic<bool> failed = false;
    const auto work = [&] {
      try {
        for (std::size_t i = taken++; i < starts_.size() && !failed && !is_stopped(); i = taken++) {
          const Instant end = end_of(*plan_.programs[starts_[i].program].definition);
          CasePlayer player = player_of(i);
          for (auto next = player.next(); next && *next < end; next = player.next()) player.step();
          records_[i] = player.finish();
        }
      } catch (...) {
        if (!failed.exchange(true)) failure = std::current_exception();
      }
    };
    std::vector<std::thread> others;
    for (int i = 1; i < plan_.threads; ++i) others.emplace_back(work);
    work();
    for (std::thread& one : others) one.join();
    if (failure) std::rethrow_exception(failure);
  }

  /// In the order of time, so that what one case emits another one hears.
  void play_together() {
    using Turn = std::pair<Instant, std::size_t>;
    std::priority_queue<Turn, std::vector<Turn>, std::greater<>> turns;
    std::vector<std::unique_ptr<CasePlayer>> players(starts_.size());
    for (std::size_t i = 0; i < starts_.size(); ++i) turns.emplace(starts_[i].at, i);
    const auto wait = [&](std::size_t i) {
      const Instant end = end_of(*plan_.programs[records_program(i)].definition);
      if (const auto next = players[i]->next(); next && *next < end) turns.emplace(*next, i);
    };
    while (!turns.empty() && !is_stopped()) {
      const auto [at, i] = turns.top();
      turns.pop();
      if (!players[i]) {
        players[i] = std::make_unique<CasePlayer>(player_of(i));
      } else if (players[i]->next() == at) {
        players[i]->step();
      } else {
        continue;  // An event has moved it; its new turn is in the queue.
      }
      for (const std::size_t heard : spread_word(players, i, at)) wait(heard);
      wait(i);
    }
    for (std::size_t i = 0; i < players.size(); ++i) {
      if (players[i]) records_[i] = players[i]->finish();
    }
  }

  /// Which cases an event of `from` reached, and what they emitted in their turn.
  static std::set<std::size_t> spread_word(std::vector<std::unique_ptr<CasePlayer>>& players,
                                           std::size_t from, Instant at) {
    constexpr std::size_t events_max = 10'000;  // Of one step, as the server has it.
    std::set<std::size_t> heard;
    std::vector<CloudEvent> told = players[from]->take_emitted();
    for (std::size_t e = 0; e < told.size() && e < events_max; ++e) {
      const CloudEvent event = told[e];
      for (std::size_t i = 0; i < players.size(); ++i) {
        if (!players[i] || !players[i]->listening()) continue;
        players[i]->deliver(event, at);
        heard.insert(i);
        for (CloudEvent& more : players[i]->take_emitted()) told.push_back(std::move(more));
      }
    }
    return heard;
  }

  [[nodiscard]] std::size_t records_program(std::size_t i) const { return starts_[i].program; }

  void gather() {
    std::map<std::pair<PersonId, std::string>, PersonWeek> load;
    for (CaseRecord& record : records_) {
      const std::size_t number = result_.cases.size();
      const std::size_t first = result_.tasks.size();
      const std::string& zone = zone_of(*plan_.programs[record.of.program].definition);
      result_.cases.push_back(std::move(record.of));
      for (RehearsedTask& task : record.tasks) {
        task.of = number;
        add_load(load, task, zone);
        result_.tasks.push_back(std::move(task));
      }
      for (RehearsedReminder& one : record.reminders) {
        one.task += first;
        const std::string week = iso_week(date_in_zone(one.at, zone));
        for (const PersonId& person : one.to) ++week_of(load, person, week).reminders;
        result_.reminders.push_back(std::move(one));
      }
      for (RehearsedEscalation& one : record.escalations) {
        one.task += first;
        result_.escalations.push_back(std::move(one));
      }
      const auto take = [&](auto& from, auto& into) {
        for (auto& one : from) {
          one.of = number;
          if (one.task) *one.task += first;
          into.push_back(std::move(one));
        }
      };
      take(record.collisions, result_.collisions);
      take(record.nobody, result_.nobody);
      take(record.refused, result_.refused);
      record = {};
    }
    for (Collision& moved : starts_moved_) {
      // Told for the first case of the definition: the start is the same for all.
      const auto found = std::ranges::find(result_.cases, moved.of, &RehearsedCase::program);
      moved.of = static_cast<std::size_t>(found - result_.cases.begin());
      if (found != result_.cases.end()) result_.collisions.push_back(std::move(moved));
    }
    for (auto& [key, week] : load) result_.load.push_back(std::move(week));
  }

  static PersonWeek& week_of(std::map<std::pair<PersonId, std::string>, PersonWeek>& load,
                             const PersonId& person, const std::string& week) {
    PersonWeek& found = load[{person, week}];
    if (found.week.empty()) found.person = person, found.week = week;
    return found;
  }

  static void add_load(std::map<std::pair<PersonId, std::string>, PersonWeek>& load,
                       const RehearsedTask& task, const std::string& zone) {
    if (task.by.empty() || !task.ended_at) return;
    const std::string week = iso_week(date_in_zone(*task.ended_at - Milliseconds{1}, zone));
    ++week_of(load, task.by, week).answered;
    if (const Result<Date> due = parse_iso_date(task.due_date)) {
      ++week_of(load, task.by, iso_week(*due)).due;
    }
  }

  const RehearsalPlan& plan_;
  std::vector<std::unique_ptr<CaseSetting>> settings_;  ///< By program; addresses stay.
  std::vector<Start> starts_;
  std::vector<Collision> starts_moved_;  ///< `of` is a program until they are gathered.
  std::vector<CaseRecord> records_;
  Rehearsal result_;
};

}  // namespace

std::string iso_week(Date date) {
  const sys_days day{date};
  // The week belongs to the year of its Thursday.
  const unsigned from_monday = (std::chrono::weekday{day}.c_encoding() + 6) % 7;
  const sys_days thursday = day - days{from_monday} + days{3};
  const auto year = std::chrono::year_month_day{thursday}.year();
  const sys_days first{year / std::chrono::January / 1};
  const auto week = (thursday - first).count() / 7 + 1;
  return std::to_string(static_cast<int>(year)) + (week < 10 ? "-W0" : "-W") + std::to_string(week);
}

Result<Rehearsal> rehearse(const RehearsalPlan& plan) {
  const auto length = sys_days{plan.to} - sys_days{plan.from};
  if (!plan.from.ok() || !plan.to.ok() || length < days{0} || length > days{rehearsal_days_max}) {
    const std::string most = std::to_string(rehearsal_days_max);
    return Error{
        ErrorCode::invalid,
        "rehearsal-invalid",
        {"Khoảng thời gian không đúng: ngày cuối không trước ngày đầu, dài nhất " + most + " ngày.",
         "The period is not valid: the last day is not before the first, and it has at "
         "most " +
             most + " days."}};
  }
  return Rehearser(plan).run();
}

}  // namespace kyhan
