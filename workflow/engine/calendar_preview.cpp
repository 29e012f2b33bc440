#include "workflow/engine/calendar_preview.hpp"

#include <algorithm>
#include <spdlog/spdlog.h>

#include "workflow/core/codec.hpp"
#include "workflow/engine/calendar_walk.hpp"
#include "workflow/engine/instance_rows.hpp"
#include "workflow/engine/schedules.hpp"

namespace kyhan {
namespace {

std::string day_of(const Task& task) {
  return task.due_explain.is_object() ? task.due_explain.value("date", "") : "";
}
bool provisional(const Task& task) {
  return task.due_explain.is_object() && task.due_explain.value("provisional", false);
}

/// The differences of one instance between two states.
class Comparison {
 public:
  Comparison(const State& before, const State& after, const Definition& definition,
             const Directory& directory, CalendarPreview& into)
      : before_(before), after_(after), definition_(definition), into_(into) {
    head_.definition = definition.ref.name;
    head_.instance = after.id;
    head_.instance_title = instance_row(after, definition, directory, false).title;
  }

  void run() {
    for (const auto& [id, task] : after_.tasks) {
      const auto was = before_.tasks.find(id);
      if (was != before_.tasks.end()) compare(was->second, task);
    }
    for (const auto& [id, node] : after_.nodes) {
      const auto was = before_.nodes.find(id);
      if (was == before_.nodes.end() || was->second.wake_at == node.wake_at) continue;
      CalendarMove move = head_;
      const bool pending = node.results.is_object() && node.results.value("phase", "") == "pending";
      move.kind = pending ? "voteOpens" : "voteCloses";
      move.unit = after_.unit;
      move.title = title_of(node, "question");
      move.from = was->second.wake_at;
      move.to = node.wake_at;
      into_.moves.push_back(std::move(move));
    }
  }

 private:
  [[nodiscard]] Text title_of(const Node& node, const char* member) const {
    const std::string& name = definition_.steps.at(static_cast<std::size_t>(node.step)).name;
    if (!node.spec.is_object() || !node.spec.contains(member)) return {name, name};
    const Json& title = node.spec[member];
    if (title.is_string()) return {title.get<std::string>(), title.get<std::string>()};
    return title.is_object() ? Text{title.value("vi", name), title.value("en", name)}
                             : Text{name, name};
  }

  void compare(const Task& was, const Task& task) {
    CalendarMove of_task = head_;
    of_task.task = task.id;
    of_task.unit = task.unit;
    of_task.title =
        title_of(after_.nodes.at(task.node), task.kind == "task" ? "title" : "question");
    if (was.due_at != task.due_at) {
      CalendarMove move = of_task;
      move.kind = "due";
      move.from = was.due_at;
      move.to = task.due_at;
      move.from_date = day_of(was);
      move.to_date = day_of(task);
      into_.moves.push_back(std::move(move));
    } else if (provisional(was) && !provisional(task)) {
      ++into_.confirmed;
    }
    for (const Moment& moment : task.moments) {
      if (moment.kind == "overdue") continue;  // The due date itself.
      const auto old = std::ranges::find_if(was.moments, [&](const Moment& one) {
        return one.kind == moment.kind && one.index == moment.index;
      });
      if (old != was.moments.end() && old->at == moment.at) continue;
      CalendarMove move = of_task;
      move.kind = moment.kind;
      if (old != was.moments.end()) move.from = old->at;
      move.to = moment.at;
      into_.moves.push_back(std::move(move));
    }
  }

  const State& before_;
  const State& after_;
  const Definition& definition_;
  CalendarPreview& into_;
  CalendarMove head_;
};

Result<void> compare_schedules(Store& store, const Snapshot& seen, const Calendars& calendars,
                               Instant now, CalendarPreview& into) {
  const Result<std::vector<ScheduleRow>> rows = store.reads()->schedules();
  if (!rows) return rows.error();
  for (const ScheduleRow& row : *rows) {
    const Result<Program> program = seen.catalog->load(row.definition);
    if (!program) continue;
    const Result<std::optional<ScheduleRow>> moved =
        rescheduled(*program, *seen.directory, calendars, row, now);
    if (!moved || !*moved || (*moved)->next_at == row.next_at) continue;
    CalendarMove move;
    move.kind = "start";
    move.definition = row.definition;
    move.title = program->definition->title;
    move.from = row.next_at;
    move.to = (*moved)->next_at;
    into.moves.push_back(std::move(move));
  }
  return {};
}

}  // namespace

Result<CalendarPreview> preview_calendar_change(Store& store, const Snapshot& seen,
                                                const CalendarChange& change,
                                                std::int64_t after_key, Instant now) {
  const Result<std::vector<std::string>> texts = store.reads()->calendars();
  if (!texts) return texts.error();
  CalendarDocuments documents;
  for (const std::string& text : *texts) {
    Json document = Json::parse(text);
    std::string id = document.value("id", "");
    documents[id] = std::move(document);
  }
  const Result<ChangedCalendars> changed = changed_calendars(std::move(documents), change);
  if (!changed) return changed.error();

  CalendarPreview preview;
  preview.last_key = after_key;
  if (after_key == 0) {
    if (Result<void> done = compare_schedules(store, seen, *changed->calendars, now, preview);
        !done) {
      return done.error();
    }
  }
  const auto rows = store.reads()->open_instances_after(after_key, preview_page);
  if (!rows) return rows.error();
  preview.has_more = rows->size() == static_cast<std::size_t>(preview_page);
  for (const AuditRow& row : *rows) {
    if (preview.moves.size() >= preview_moves_max) {
      preview.has_more = true;
      break;
    }
    ++preview.looked_at;
    preview.last_key = row.key;
    try {
      const State state = decode_state(Json::parse(row.state_json));
      const Result<Program> program =
          seen.catalog->load(state.definition.name, state.definition.version);
      if (!program) continue;
      const World world{*program, *seen.directory, *changed->calendars};
      const std::optional<State> moved = moved_by(state, world, now);
      if (!moved) continue;
      Comparison{state, *moved, *program->definition, *seen.directory, preview}.run();
    } catch (const std::exception& damage) {
      spdlog::error("calendar: the state of {} cannot be read: {}", row.id.text(), damage.what());
    }
  }
  return preview;
}

}  // namespace kyhan
