#include "workflow/engine/calendar_walk.hpp"

#include <algorithm>
#include <set>
#include <spdlog/spdlog.h>

#include "workflow/core/codec.hpp"
#include "workflow/core/json_text.hpp"
#include "workflow/core/time_text.hpp"
#include "workflow/engine/engine_loop.hpp"
#include "workflow/engine/schedules.hpp"

namespace kyhan {
namespace {

/// People told in one transaction.
constexpr int people_page = 200;
constexpr std::chrono::seconds pause_after_stall{1};

/// Everybody whom a deadline concerns: the holder, or all who may take the task.
std::set<PersonId> concerned_by(const Task& task, const Directory& directory) {
  if (!task.holder.empty()) return {task.holder};
  std::set<PersonId> people;
  for (const Candidate& candidate : task.candidates) {
    for (const PersonId& person : directory.members_of(candidate)) people.insert(person);
  }
  for (const PersonId& person : task.excluded) people.erase(person);
  return people;
}

/// Moves what a change moves of one instance, and notes whom it concerns.
Result<void> move_instance(Batch& batch, std::int64_t change, const InstanceId& id) {
  Result<std::optional<LoadedInstance>> loaded = batch.load(id);
  if (!loaded) return loaded.error();
  if (!*loaded || (*loaded)->state->ended_at) return {};
  const std::shared_ptr<const State> before = (*loaded)->state;
  const Result<Applied> applied = batch.apply(id, RecomputeDeadlines{change}, PersonId{});
  if (!applied) return applied.error();
  if (!applied->changed) return {};
  std::int64_t deadlines = 0;
  for (const auto& [task_id, task] : applied->state->tasks) {
    const auto was = before->tasks.find(task_id);
    if (was == before->tasks.end() || was->second.due_at == task.due_at) continue;
    ++deadlines;
    for (const PersonId& person : concerned_by(task, *batch.snapshot().directory)) {
      batch.work().stage_calendar_concern(change, person, 1);
    }
  }
  batch.work().stage_calendar_moved(change, 1, deadlines);
  return {};
}

/// Schedules whose next start the calendars move: how many.
Result<std::int64_t> move_schedules(Batch& batch) {
  const Result<std::vector<ScheduleRow>> rows = batch.reads().schedules();
  if (!rows) return rows.error();
  std::int64_t moved = 0;
  for (const ScheduleRow& row : *rows) {
    const Result<Program> program = batch.snapshot().catalog->load(row.definition);
    if (!program) continue;
    const Result<std::optional<ScheduleRow>> now =
        rescheduled(*program, *batch.snapshot().directory, *batch.snapshot().calendars, row,
                    batch.now());
    if (!now || !*now || (*now)->next_at == row.next_at) continue;
    batch.work().stage_schedule(**now);
    ++moved;
  }
  return moved;
}

Text digest_of(const CalendarChangeRow& change, std::int64_t deadlines) {
  const std::string count = std::to_string(deadlines);
  const std::string why = change.reason.empty() ? "" : " " + change.reason;
  return {"Hạn của " + count + " việc của bạn đã được tính lại." + why,
          (deadlines == 1 ? "The deadline of 1 task of yours was"
                          : "The deadlines of " + count + " tasks of yours were") +
              std::string(" computed again.") + why};
}

/// One notice for one person, however many deadlines moved, told as they wish to be told.
void tell_person(Batch& batch, const CalendarChangeRow& change, const CalendarConcern& concern) {
  NotificationRow notification;
  notification.person = concern.person;
  notification.at = batch.now();
  notification.kind = "calendar.changed";
  notification.title = {"Lịch làm việc thay đổi", "The working calendar has changed"};
  notification.body = digest_of(change, concern.deadlines);
  Json data = {{"calendar", change.calendar},
               {"change", change.id},
               {"deadlines", concern.deadlines}};
  batch.tell(notification,
             "calendar-" + std::to_string(change.id) + "/" + concern.person.text(),
             std::move(data));
  batch.work().clear_calendar_concern(change.id, concern.person);
}

void announce_end(Batch& batch, const CalendarChangeRow& change) {
  batch.publish("calendar.changed._", {{"specversion", "1.0"},
                                       {"id", "calendar-" + std::to_string(change.id)},
                                       {"source", "/kyhan/calendars/" + change.calendar},
                                       {"type", "vn.kyhan.calendar.changed.v1"},
                                       {"subject", change.calendar},
                                       {"time", to_rfc3339(batch.now())},
                                       {"datacontenttype", "application/json"},
                                       {"data",
                                        {{"calendar", change.calendar},
                                         {"change", change.id},
                                         {"deadlinesMoved", change.deadlines_moved},
                                         {"startsMoved", change.starts_moved}}}});
}

}  // namespace

std::optional<State> moved_by(const State& state, const World& world, Instant now) {
  Result<Decision> decision = decide(state, world, RecomputeDeadlines{}, Now{now});
  if (!decision || decision->events.empty()) return std::nullopt;
  return std::move(decision->state);
}

void CalendarWalk::begin(std::int64_t change) {
  moving_.store(change);
  {
    const std::lock_guard lock{mutex_};
    if (under_way_) return;
    under_way_ = true;
  }
  go_on();
}

void CalendarWalk::nudge() {
  {
    const std::lock_guard lock{mutex_};
    if (!stalled_since_) return;
    if (std::chrono::steady_clock::now() - *stalled_since_ < pause_after_stall) return;
    stalled_since_.reset();
  }
  go_on();
}

Result<void> CalendarWalk::catch_up(Batch& batch, const InstanceId& id) const {
  const std::int64_t change = moving_.load();
  return change == 0 ? Result<void>{} : move_instance(batch, change, id);
}

void CalendarWalk::go_on() {
  (void)loop_.workshop().post([this] { page(); });  // Stopping: the next start goes on.
}

void CalendarWalk::stall(const Error& why) {
  if (why.type == "stopping") return;
  spdlog::warn("engine: moving deadlines to the new calendar pauses: {}", why.detail.en);
  const std::lock_guard lock{mutex_};
  stalled_since_ = std::chrono::steady_clock::now();
}

void CalendarWalk::page() {
  if (loop_.workshop().stopping()) return;
  const auto change = store_.reads()->next_calendar_change();
  if (!change) return stall(change.error());
  if (!*change) {
    const std::lock_guard lock{mutex_};
    under_way_ = false;
    return;
  }
  if ((*change)->phase == "moving") {
    look(**change);
  } else {
    tell(**change);
  }
}

void CalendarWalk::look(const CalendarChangeRow& change) {
  const std::size_t page = loop_.limits().calendar_page_max;
  const auto rows = store_.reads()->open_instances_after(change.last_key, static_cast<int>(page));
  if (!rows) return stall(rows.error());
  const Snapshot seen = loop_.snapshot();
  std::vector<InstanceId> found;
  for (const AuditRow& row : *rows) {
    try {
      const State state = decode_state(Json::parse(row.state_json));
      const Result<Program> program =
          seen.catalog->load(state.definition.name, state.definition.version);
      if (!program) continue;
      const World world{*program, *seen.directory, *seen.calendars};
      if (moved_by(state, world, loop_.clock().now())) found.push_back(row.id);
    } catch (const std::exception& damage) {
      spdlog::error("engine: the state of {} cannot be read: {}", row.id.text(), damage.what());
    }
  }
  CalendarChangeRow next = change;
  next.looked_at = static_cast<std::int64_t>(rows->size());
  next.last_key = rows->empty() ? change.last_key : rows->back().key;
  if (rows->size() < page) next.phase = "telling";
  loop_.post({[this, next, found, first = change.last_key == 0](Batch& batch) -> Result<After> {
                for (const InstanceId& id : found) {
                  if (const Result<void> moved = move_instance(batch, next.id, id); !moved) {
                    if (batch.work().failed()) return moved.error();
                    spdlog::error("engine: the deadlines of {} stay: {}", id.text(),
                                  moved.error().detail.en);
                  }
                }
                CalendarChangeRow progress = next;
                if (first) {
                  const Result<std::int64_t> starts = move_schedules(batch);
                  if (!starts) return starts.error();
                  progress.starts_moved = *starts;
                }
                batch.work().stage_calendar_progress(progress);
                return After{[this, next] {
                  if (next.phase == "telling") {
                    std::int64_t mine = next.id;
                    moving_.compare_exchange_strong(mine, 0);
                  }
                  go_on();
                }};
              },
              [this](const Error& why) { stall(why); }});
}

void CalendarWalk::tell(const CalendarChangeRow& change) {
  const auto people = store_.reads()->calendar_concerns(change.id, people_page);
  if (!people) return stall(people.error());
  CalendarChangeRow next = change;
  next.looked_at = 0;
  next.starts_moved = 0;
  next.people_told = static_cast<std::int64_t>(people->size());
  const bool last = people->size() < static_cast<std::size_t>(people_page);
  if (last) next.phase = "done";
  loop_.post({[this, change, next, people = *people, last](Batch& batch) -> Result<After> {
                for (const CalendarConcern& one : people) tell_person(batch, change, one);
                CalendarChangeRow progress = next;
                if (last) {
                  progress.done_at = batch.now();
                  announce_end(batch, change);
                }
                batch.work().stage_calendar_progress(progress);
                return After{[this, change, last] {
                  if (last) {
                    spdlog::info("engine: change {} of the calendar {}: {} deadlines moved",
                                 change.id, change.calendar, change.deadlines_moved);
                  }
                  go_on();
                }};
              },
              [this](const Error& why) { stall(why); }});
}

}  // namespace kyhan
