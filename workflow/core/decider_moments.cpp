// What happens to an open task as time passes: reminders, the overdue mark, escalation, expiry.
// A task keeps its moments sorted and one timer for the first of them.

#include <algorithm>

#include "workflow/core/codec.hpp"
#include "workflow/core/decider.hpp"
#include "workflow/core/time_text.hpp"

namespace kyhan {
namespace {

/// A reminder that repeats without `max` stops at this count, so that nothing runs for ever.
constexpr int reminder_rounds_max = 1000;

bool counts_days(const Json& offset) {
  if (offset.contains("workingDays")) return true;
  if (!member(offset, "in").is_string()) return false;
  const Result<Duration> length = parse_duration(offset.at("in"));
  return length && length->exact == Milliseconds{0};
}

bool is_zero(const Json& offset) {
  if (member(offset, "workingDays").is_number()) return offset.at("workingDays") == 0;
  if (!member(offset, "in").is_string()) return offset.empty();
  const Result<Duration> length = parse_duration(offset.at("in"));
  return length && *length == Duration{};
}

void insert_sorted(std::vector<Moment>& moments, Moment moment) {
  moments.insert(std::ranges::upper_bound(moments, moment), std::move(moment));
}

}  // namespace

/// An offset from the due date. Day-counting offsets count from the due *day*; without `at` a
/// reminder goes out when that day's office hours begin, anything else at the day's end.
Outcome<Instant> Decider::offset_from_due(const Json& offset, const Json& at, const Task& task,
                                          bool office_hours) const {
  const Json& spec = state_.nodes.contains(task.node) ? state_.nodes.at(task.node).spec : Json();
  const Json& due = member(spec, "due");
  const Calendar& calendar = calendar_for(due, task.unit);
  if (!task.due_at) {
    return standard_error("validation", 400, "reminders and escalation need a `due`");
  }
  if (!counts_days(offset) && !is_zero(offset)) {
    const Result<DueDate> exact =
        compute_due(calendar, *task.due_at, offset, adjustments_since(*task.due_at));
    if (!exact) return standard_error("validation", 400, exact.error().detail.en);
    return exact->instant;
  }
  const Result<Date> due_day = parse_iso_date(task.due_explain.at("date").get<std::string>());
  if (!due_day) return standard_error("runtime", 500, "stored due date is damaged");
  Json form = offset;
  if (is_zero(offset)) form = {{"date", to_iso_date(*due_day)}};
  if (at.is_string()) form["at"] = at;
  const Instant noon = instant_at(*due_day, std::chrono::hours{12}, calendar.zone());
  const Result<DueDate> day = compute_due(calendar, noon, form, adjustments_since(*task.due_at));
  if (!day) return standard_error("validation", 400, day.error().detail.en);
  if (at.is_string()) {
    return in_working_time(calendar, day->instant) || !office_hours
               ? day->instant
               : next_working_time(calendar, day->instant);
  }
  if (!office_hours) return day->instant;
  const auto hours = calendar.hours(day->date);
  const std::chrono::minutes opening = hours.empty() ? std::chrono::minutes{0} : hours.front().first;
  return next_working_time(calendar, instant_at(day->date, opening, calendar.zone()));
}

Outcome<void> Decider::plan_moments(Task& task, const Json& spec, Instant since) const {
  if (task.due_at) insert_sorted(task.moments, {*task.due_at, "overdue", 0, 0});
  int index = 0;
  for (const Json& reminder : member(spec, "reminders")) {
    Outcome<Instant> at =
        offset_from_due(member(reminder, "offset"), member(reminder, "at"), task, true);
    if (!at) return at.error();
    // What would have been due before the task existed is not sent.
    if (*at >= since) insert_sorted(task.moments, {*at, "reminder", index, 0});
    ++index;
  }
  index = 0;
  for (const Json& step : member(spec, "escalation")) {
    Outcome<Instant> at =
        offset_from_due(member(step, "after"), member(step, "at"), task, step.contains("at"));
    if (!at) return at.error();
    insert_sorted(task.moments, {std::max(*at, now_.at), "escalation", index++, 0});
  }
  const Json& expire = member(spec, "expire");
  if (expire.is_object()) {
    const Outcome<DueDate> end =
        compute(expire, task.unit, task.opened_at, adjustments_since(task.opened_at));
    if (!end) return end.error();
    insert_sorted(task.moments, {end->instant, "expire", 0, 0});
  }
  return {};
}

void Decider::fire_task(const TaskId& id) {
  for (;;) {
    const auto found = state_.tasks.find(id);
    if (found == state_.tasks.end() || found->second.moments.empty()) return;
    const Moment moment = found->second.moments.front();
    if (moment.at > now_.at) return;
    if (moment.kind == "reminder") {
      remind(id, moment);
    } else if (moment.kind == "escalation") {
      escalate(id, moment);
    } else if (moment.kind == "expire") {
      expire_task(id);
    } else {
      std::vector<Moment> rest(found->second.moments.begin() + 1, found->second.moments.end());
      apply(TaskOverdue{id, std::move(rest), now_.at});
      const Task& task = state_.tasks.at(id);
      save_task(task);
      announce(task, "overdue", {{"date", task.due_explain.value("date", "")}});
      tell(task, reached(addressees(Json::array({"assignee"}), task), task), "task.overdue",
           {"Công việc đã quá hạn.", "The task is overdue."});
    }
  }
}

std::vector<PersonId> Decider::addressees(const Json& to, const Task& task) const {
  std::set<PersonId> people;
  const auto add = [&](const std::vector<Candidate>& candidates) {
    for (const Candidate& candidate : candidates) {
      for (const PersonId& person : world_.directory.members_of(candidate)) people.insert(person);
    }
  };
  for (const Json& one : to.is_array() ? to : Json::array({to})) {
    if (one.is_object()) {
      const Result<std::vector<Candidate>> found =
          world_.directory.resolve(Json::array({one}), task.unit);
      if (found) add(*found);
      continue;
    }
    const std::string word = one.is_string() ? one.get<std::string>() : "";
    if (word == "assignee" && !task.holder.empty()) {
      people.insert(task.holder);
    } else if (word == "assignee" || word == "candidates") {
      add(task.candidates);
      for (const PersonId& person : task.excluded) people.erase(person);
    } else if (word == "head") {
      Candidate head;
      head.kind = Candidate::Kind::role;
      head.role = RoleId("head");
      head.unit = task.unit;
      add({head});
    } else if (word == "author" && !state_.initiator.empty()) {
      people.insert(state_.initiator);
    }
  }
  return std::vector<PersonId>(people.begin(), people.end());
}

void Decider::remind(const TaskId& id, const Moment& moment) {
  const Task& task = state_.tasks.at(id);
  const Node& node = state_.nodes.at(task.node);
  const Json& reminder = node.spec.at("reminders").at(static_cast<std::size_t>(moment.index));
  std::vector<Moment> rest(task.moments.begin() + 1, task.moments.end());

  const Json& repeat = member(reminder, "repeat");
  const int rounds = member(repeat, "max").is_number() ? repeat.at("max").get<int>()
                                                        : reminder_rounds_max;
  if (repeat.is_object() && moment.round + 1 < rounds) {
    const Calendar& calendar = calendar_for(member(node.spec, "due"), task.unit);
    Json every = member(repeat, "every");
    if (counts_days(every) && reminder.contains("at")) every["at"] = reminder.at("at");
    // Counted from now where the moment is long past: what was missed is not sent in a heap.
    const Instant from = std::max(moment.at, now_.at);
    const Result<DueDate> next = compute_due(calendar, from, every);
    if (next) {
      Instant at = next->instant;
      if (counts_days(every) && !every.contains("at")) {
        const auto hours = calendar.hours(next->date);
        if (!hours.empty()) at = instant_at(next->date, hours.front().first, calendar.zone());
      }
      const bool until_due = member(repeat, "until") == "due";
      if (at > now_.at && !(until_due && task.due_at && at > *task.due_at)) {
        insert_sorted(rest, {at, "reminder", moment.index, moment.round + 1});
      }
    }
  }

  Json to = member(reminder, "to");
  if (to.is_null()) to = Json::array({"assignee"});
  const std::vector<Addressee> people = reached(addressees(to, task), task);
  TaskReminded reminded{id, moment, {}, std::move(rest), now_.at};
  for (const Addressee& one : people) reminded.to.push_back(one.person);
  apply(std::move(reminded));

  const Task& now = state_.tasks.at(id);
  std::string key = id.text() + "/" + std::to_string(moment.index) + "." +
                    std::to_string(moment.round);
  if (moment.plan) key += "p" + std::to_string(*moment.plan);
  for (const auto& [person, absent] : people) {
    Json data = {{"task", id.text()},
                 {"step", now.name},
                 {"to", person.text()},
                 {"reminder", moment.index},
                 {"round", moment.round},
                 {"plannedAt", to_rfc3339(moment.at)},
                 {"overdue", now.overdue}};
    if (!absent.empty()) data["onBehalfOf"] = absent.text();
    if (now.due_at) data["dueAt"] = to_rfc3339(*now.due_at);
    if (reminder.contains("channel")) data["channel"] = reminder.at("channel");
    if (reminder.contains("template")) data["template"] = reminder.at("template");
    publish("reminder", "sent", now.unit, id.text(), std::move(data), key + "/" + person.text());
  }
  const std::string day = now.due_explain.value("date", "");
  tell(now, people, "task.reminder",
       now.overdue ? Text{"Công việc đã quá hạn từ " + day + ".", "Overdue since " + day + "."}
                   : Text{"Hạn xử lý: " + day + ".", "Due: " + day + "."});
}

void Decider::escalate(const TaskId& id, const Moment& moment) {
  const Task& task = state_.tasks.at(id);
  const Node& node = state_.nodes.at(task.node);
  const Json step = node.spec.at("escalation").at(static_cast<std::size_t>(moment.index));
  const std::string action = step.value("action", "notify");
  TaskEscalated event;
  event.task = id;
  event.moment = moment;
  event.action = action;
  event.note = member(step, "note").is_string() ? step.at("note").get<std::string>()
                                                 : text_of(member(step, "note")).vi;
  event.moments.assign(task.moments.begin() + 1, task.moments.end());
  event.at = now_.at;
  const Json& to = member(step, "to");
  if (action == "reassign") {
    const Result<std::vector<Candidate>> found = world_.directory.resolve(
        to.is_array() ? to : Json::array({to}), task.unit);
    // With nobody to take it the task stays where it is; the escalation is recorded all the same.
    if (found) {
      event.to = eligible(*found, excluded_now(task));
      if (!event.to.empty()) event.candidates = *found;
      if (event.to.size() == 1) event.holder = event.to.front();
    }
  } else {
    event.to = addressees(to.is_null() ? Json::array({"head"}) : to, task);
  }
  const std::vector<Addressee> people = reached(event.to, task);
  event.to.clear();
  for (const Addressee& one : people) event.to.push_back(one.person);
  apply(std::move(event));
  const Task& now = state_.tasks.at(id);
  save_task(now);
  Json to_list = Json::array();
  for (const Addressee& one : people) to_list.push_back(one.person.text());
  announce(now, "escalated", {{"action", action}, {"to", std::move(to_list)}, {"level", moment.index + 1}});
  tell(now, people, "task.escalated",
       {"Công việc quá hạn được báo cáo lên cấp trên.", "An overdue task was escalated."});
  if (action == "raise") expire_task(id);
}

void Decider::expire_task(const TaskId& id) {
  const Task task = state_.tasks.at(id);
  Json detail = {{"taskId", id.text()}, {"candidates", Json::array()}};
  for (const Candidate& one : task.candidates) detail["candidates"].push_back(to_key(one));
  detail["due"] = task.due_at ? Json(to_rfc3339(*task.due_at)) : Json();
  end_task(id, TaskState::expired, "expired");
  withdraw_tasks_of(task.node, "expired");
  fault_node(task.node, standard_error("timeout", 408, detail.dump()));
}

}  // namespace kyhan
