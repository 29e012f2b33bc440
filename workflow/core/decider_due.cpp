// Deadlines of tasks and votes: computed when they open, computed again when the clocks stood
// still, more time is granted or the calendar is another. All that is needed is in the state: the
// evaluated `with`, the moment it was counted from, the stops and the extensions.

#include <algorithm>

#include "workflow/core/decider.hpp"
#include "workflow/core/time_text.hpp"
#include "workflow/core/unit_calendar.hpp"

namespace kyhan {
namespace {

Json explained(const DueDate& due) {
  Json explain = Json::array();
  for (const Text& line : due.explain) explain.push_back(text_json(line));
  return {{"date", to_iso_date(due.date)},
          {"provisional", due.provisional},
          {"explain", std::move(explain)}};
}

const Moment* find_moment(const std::vector<Moment>& moments, const Moment& like) {
  const auto found = std::ranges::find_if(
      moments, [&](const Moment& one) { return one.kind == like.kind && one.index == like.index; });
  return found == moments.end() ? nullptr : &*found;
}

/// What is overdue already stays where it is; what has moved into the past is due at once.
Instant not_before(Instant planned, Instant was, Instant now) {
  return planned >= now ? planned : std::min(was, now);
}

}  // namespace

const Calendar& Decider::calendar_for(const Json& form, const UnitId& unit) const {
  const Json& named = member(form, "calendar");
  const Calendar* found = calendar_asked_for(
      world_.calendars, world_.directory,
      named.is_string() ? named.get<std::string>() : definition().calendar, unit);
  return found != nullptr ? *found : calendar_of_unit(world_.calendars, world_.directory, unit);
}

Outcome<DueDate> Decider::compute(const Json& form, const UnitId& unit, Instant from,
                                  const std::vector<Adjustment>& adjustments) const {
  const Json& named = member(form, "calendar");
  const std::string asked = named.is_string() ? named.get<std::string>() : definition().calendar;
  const Calendar* calendar = calendar_asked_for(world_.calendars, world_.directory, asked, unit);
  if (calendar == nullptr) {
    return standard_error("configuration", 400, "there is no calendar \"" + asked + "\"");
  }
  Result<DueDate> due = compute_due(*calendar, from, form, adjustments);
  if (!due) return standard_error("validation", 400, due.error().detail.en);
  return std::move(*due);
}

std::vector<Adjustment> Decider::adjustments_since(Instant from) const {
  std::vector<Adjustment> found;
  for (const Stop& stop : state_.stops) {
    if (stop.to > from) found.emplace_back(stop);
  }
  return found;
}

std::vector<Adjustment> Decider::adjustments_of(const Task& task) const {
  std::vector<Adjustment> found;
  auto stop = state_.stops.begin();
  const auto add_stops_before = [&](Instant until) {
    for (; stop != state_.stops.end() && stop->from < until; ++stop) {
      if (stop->to > task.opened_at) found.emplace_back(*stop);
    }
  };
  for (const Extension& one : task.extensions) {
    if (one.state != "granted") continue;
    add_stops_before(*one.decided_at);
    found.emplace_back(Extended{one.given});
  }
  add_stops_before(Instant::max());
  return found;
}

Outcome<void> Decider::set_due(Task& task) const {
  const Node& node = state_.nodes.at(task.node);
  const Json& due = member(node.spec, "due");
  if (due.is_object()) {
    Outcome<DueDate> computed = compute(due, task.unit, task.opened_at, adjustments_of(task));
    if (!computed) {
      WorkflowError error = computed.error();
      error.detail = "due: " + error.detail;
      return error;
    }
    task.due_at = computed->instant;
    task.due_explain = explained(*computed);
  } else if (task.kind == "ballot" && node.wake_at) {
    // A ballot is due when the vote closes.
    task.due_at = node.wake_at;
    const Json& closes = member(member(node.spec, "window"), "closes");
    const Outcome<DueDate> computed =
        compute(closes, state_.unit, task.opened_at, adjustments_since(task.opened_at));
    if (computed) {
      task.due_explain = explained(*computed);
    } else {
      const std::string day = to_iso_date(
          date_in_zone(*node.wake_at - Milliseconds{1}, calendar_for(closes, state_.unit).zone()));
      task.due_explain = {{"date", day}, {"provisional", false}, {"explain", Json::array()}};
    }
  }
  return {};
}

std::optional<TaskPlan> Decider::planned_anew(const Task& before, Ladder ladder) const {
  const Json& spec = state_.nodes.at(before.node).spec;
  Task task = before;
  task.moments.clear();
  // What the calendar of today cannot give stays as it was.
  if (!set_due(task) || !plan_moments(task, spec, Instant::min())) return std::nullopt;
  const bool anew = ladder == Ladder::begins_anew;
  const bool later = task.due_at && before.due_at && *task.due_at > *before.due_at;
  task.overdue = before.overdue && task.due_at && *task.due_at <= now_.at;
  const int next_plan = before.plans.value_or(0) + 1;

  std::vector<Moment> ahead;
  std::set<int> begun_again;
  for (Moment moment : task.moments) {
    const Moment* was = find_moment(before.moments, moment);
    if (moment.kind == "overdue") {
      if (!task.overdue) ahead.push_back(moment);
    } else if (moment.kind == "reminder") {
      if (was != nullptr && was->round == 0) {
        moment.at = not_before(moment.at, was->at, now_.at);
        moment.plan = was->plan;
        ahead.push_back(moment);
      } else if ((anew || later) && moment.at > now_.at) {
        moment.plan = next_plan;
        begun_again.insert(moment.index);
        ahead.push_back(moment);
      }
    } else if (was != nullptr || (anew && moment.kind == "escalation")) {
      if (was != nullptr) moment.at = not_before(moment.at, was->at, now_.at);
      ahead.push_back(moment);
    }
  }
  for (const Moment& was : before.moments) {
    const bool repeats = was.kind == "reminder" && was.round > 0;
    if (repeats && begun_again.contains(was.index)) continue;
    if (repeats || find_moment(task.moments, was) == nullptr) ahead.push_back(was);
  }
  std::ranges::sort(ahead);
  task.moments = std::move(ahead);
  if (!begun_again.empty()) task.plans = next_plan;
  if (task.due_at == before.due_at && task.due_explain == before.due_explain &&
      task.overdue == before.overdue && task.moments == before.moments) {
    return std::nullopt;
  }
  return TaskPlan{task.id,      before.due_at,           task.due_at, task.due_explain,
                  task.overdue, std::move(task.moments), task.plans};
}

std::optional<NodePlan> Decider::vote_planned_anew(const Node& node) const {
  const Json& window = member(node.spec, "window");
  if (!node.wake_at || !window.is_object()) return std::nullopt;
  const bool pending = member(node.results, "phase") == "pending";
  Instant from = node.started_at;
  if (const Json& opened = member(node.results, "openedAt"); !pending && opened.is_string()) {
    if (const Result<Instant> at = parse_rfc3339(opened.get<std::string>())) from = *at;
  }
  const Outcome<DueDate> at = compute(member(window, pending ? "opens" : "closes"), state_.unit,
                                      from, adjustments_since(from));
  if (!at) return std::nullopt;
  return NodePlan{node.id, at->instant, node.timeout_at};
}

void Decider::move_deadlines(DeadlinesMoved moved) {
  const std::vector<TaskPlan> plans = moved.tasks;
  const std::string cause = moved.cause;
  apply(std::move(moved));
  for (const TaskPlan& plan : plans) {
    const Task& task = state_.tasks.at(plan.task);
    save_task(task);
    if (plan.due_was == plan.due_at) continue;
    Json data = {{"cause", cause}, {"date", task.due_explain.value("date", "")}};
    if (plan.due_was) data["dueWas"] = to_rfc3339(*plan.due_was);
    announce(task, "rescheduled", std::move(data));
  }
}

}  // namespace kyhan
