// What happens to an open task as time passes: reminders, the overdue mark, escalation, expiry.
// A task keeps its moments sorted and one timer for the first of them.

#include <algorithm>

#include "workflow/core/codec.hpp"
#include "workflow/core/decider.hpp"
#include "workflow/core/due_form.hpp"
#include "workflow/core/preferences.hpp"
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

const Json& reminder_of(const Node& node, const Moment& moment) {
  return node.spec.at("reminders").at(static_cast<std::size_t>(moment.index));
}

/// Whom a reminder reaches: the assignee where it names nobody.
Json addressees_of(const Json& reminder) {
  const Json& to = member(reminder, "to");
  return to.is_null() ? Json::array({"assignee"}) : to;
}

bool has_outcome(const Json& spec, const Json& wanted) {
  const Json& outcomes = member(spec, "outcomes");
  if (!outcomes.is_array() || outcomes.empty()) return wanted == "done";
  return std::ranges::any_of(outcomes,
                             [&](const Json& one) { return member(one, "id") == wanted; });
}

/// The day of the due date as people say it; empty without one.
Text due_day_of(const Task& task) {
  if (!task.due_explain.is_object()) return {};
  const Result<Date> day = parse_iso_date(task.due_explain.value("date", ""));
  return day ? long_day(*day) : Text{};
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
  const std::chrono::minutes opening =
      hours.empty() ? std::chrono::minutes{0} : hours.front().first;
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
    if (member(step, "action") == "complete" && !has_outcome(spec, member(step, "outcome"))) {
      return standard_error("validation", 400,
                            "escalation: there is no outcome " + member(step, "outcome").dump());
    }
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
      mark_overdue(id);
    }
  }
}

void Decider::mark_overdue(const TaskId& id) {
  const std::vector<Moment>& moments = state_.tasks.at(id).moments;
  std::vector<Moment> rest(moments.begin() + 1, moments.end());
  apply(TaskOverdue{id, std::move(rest), now_.at});
  const Task& task = state_.tasks.at(id);
  save_task(task);
  announce(task, "overdue", {{"date", task.due_explain.value("date", "")}});
  tell(task, reached(addressees(Json::array({"assignee"}), task), task), "task.overdue",
       {"Công việc đã quá hạn.", "The task is overdue."});
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
      const std::vector<PersonId> able = eligible(task.candidates, excluded_now(task));
      people.insert(able.begin(), able.end());
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

std::optional<Moment> Decider::next_round(const Task& task, const Moment& moment,
                                          Instant from) const {
  const Node& node = state_.nodes.at(task.node);
  const Json& reminder = reminder_of(node, moment);
  const Json& repeat = member(reminder, "repeat");
  if (!repeat.is_object()) return std::nullopt;
  const Json& most = member(repeat, "max");
  const int rounds = most.is_number() ? most.get<int>() : reminder_rounds_max;
  if (moment.round + 1 >= rounds) return std::nullopt;

  const Calendar& calendar = calendar_for(member(node.spec, "due"), task.unit);
  Json every = member(repeat, "every");
  if (counts_days(every) && reminder.contains("at")) every["at"] = reminder.at("at");
  const Result<DueDate> next = compute_due(calendar, from, every);
  if (!next) return std::nullopt;
  Instant at = next->instant;
  if (counts_days(every) && !every.contains("at")) {
    const auto hours = calendar.hours(next->date);
    if (!hours.empty()) at = instant_at(next->date, hours.front().first, calendar.zone());
  }
  const bool until_due = member(repeat, "until") == "due";
  if (at <= from || (until_due && task.due_at && at > *task.due_at)) return std::nullopt;
  return Moment{at, "reminder", moment.index, moment.round + 1, moment.plan};
}

/// Where several reminders of a task are due at once (the server was down), each person is sent the
/// last of theirs alone: what was missed does not come in a heap.
void Decider::remind(const TaskId& id, const Moment& moment) {
  const Task& task = state_.tasks.at(id);
  TaskReminded told;
  told.task = id;
  told.moment = moment;
  told.at = now_.at;
  told.late = now_.at - moment.at > reminder_late_after;
  told.moments.assign(task.moments.begin() + 1, task.moments.end());

  std::set<PersonId> later;
  for (const Moment& other : told.moments) {
    if (other.at > now_.at) break;
    if (other.kind != "reminder") continue;
    for (const Addressee& one : reminded(task, other)) later.insert(one.person);
  }
  std::vector<Addressee> people;
  for (Addressee& one : reminded(task, moment)) {
    (later.contains(one.person) ? told.collapsed : told.to).push_back(one.person);
    if (!later.contains(one.person)) people.push_back(std::move(one));
  }
  // Counted from now where the moment is long past.
  if (std::optional<Moment> next = next_round(task, moment, std::max(moment.at, now_.at))) {
    insert_sorted(told.moments, std::move(*next));
  }
  apply(told);
  if (!told.to.empty()) tell_of_reminder(told, people);
}

std::vector<Addressee> Decider::reminded(const Task& task, const Moment& moment) const {
  const Json& reminder = reminder_of(state_.nodes.at(task.node), moment);
  return reached(addressees(addressees_of(reminder), task), task);
}

void Decider::plan_deliveries(Notify& notify) const {
  if (world_.preferences == nullptr) return;
  for (const PersonId& person : notify.to) {
    const Calendar& calendar = calendar_of(person, world_.directory, world_.calendars);
    notify.deliveries.push_back(
        plan_delivery(world_.preferences->of(person), calendar, notify, now_.at));
  }
}

void Decider::say_delivery(Json& data, const Notify& notify, std::size_t index) {
  if (index >= notify.deliveries.size()) return;
  const Delivery& delivery = notify.deliveries[index];
  data["delivery"] = to_text(delivery.how);
  if (delivery.how == Delivery::How::later) data["deliverAt"] = to_rfc3339(delivery.at);
}

void Decider::tell_of_reminder(const TaskReminded& told, const std::vector<Addressee>& people) {
  const Task& task = state_.tasks.at(told.task);
  const Json& reminder = reminder_of(state_.nodes.at(task.node), told.moment);
  const std::string key = reminder_key(told.task, told.moment);
  const Text day = due_day_of(task);
  Notify how;
  how.kind = "task.reminder";
  how.body = task.overdue ? Text{"Công việc đã quá hạn từ " + day.vi + ".",
                                 "Overdue since " + day.en + "."}
                          : Text{"Hạn xử lý: " + day.vi + ".", "Due: " + day.en + "."};
  how.source = key;
  if (!task.overdue) how.due_at = task.due_at;
  // That a task is late is urgent once; what repeats after may wait for the digest.
  how.urgent = task.overdue && told.moment.round == 0;
  for (Notify& notify : notices_of(task, people, how)) {
    plan_deliveries(notify);
    for (std::size_t i = 0; i < notify.to.size(); ++i) {
      const PersonId& person = notify.to[i];
      Json data = {{"task", told.task.text()},   {"step", task.name},
                   {"to", person.text()},        {"reminder", told.moment.index},
                   {"round", told.moment.round}, {"plannedAt", to_rfc3339(told.moment.at)},
                   {"overdue", task.overdue}};
      if (!notify.on_behalf_of.empty()) data["onBehalfOf"] = notify.on_behalf_of.text();
      if (told.late) data["late"] = true;
      if (task.due_at) data["dueAt"] = to_rfc3339(*task.due_at);
      if (reminder.contains("channel")) data["channel"] = reminder.at("channel");
      if (reminder.contains("template")) data["template"] = reminder.at("template");
      say_delivery(data, notify, i);
      publish("reminder", "sent", task.unit, told.task.text(), std::move(data),
              key + "/" + person.text());
    }
    effect(std::move(notify));
  }
}

void Decider::prepare_escalation(const Task& task, const Json& step, TaskEscalated& event) const {
  const Json& to = member(step, "to");
  if (event.action != "reassign" && event.action != "addCandidates") {
    if (!to.is_null() || event.action != "complete") {
      event.to = addressees(to.is_null() ? Json::array({"head"}) : to, task);
    }
    return;
  }
  Result<std::vector<Candidate>> found =
      world_.directory.resolve(to.is_array() ? to : Json::array({to}), task.unit);
  if (!found) return;
  event.to = eligible(*found, excluded_now(task));
  // With nobody to take it the task stays where it is; the escalation is recorded all the same.
  if (event.to.empty()) return;
  if (event.action == "reassign") {
    if (event.to.size() == 1) event.holder = event.to.front();
    event.candidates = std::move(*found);
    return;
  }
  std::vector<Candidate> all = task.candidates;
  for (Candidate& one : *found) {
    if (std::ranges::find(all, one) == all.end()) all.push_back(std::move(one));
  }
  if (all.size() > task.candidates.size()) event.candidates = std::move(all);
}

void Decider::escalate(const TaskId& id, const Moment& moment) {
  const Task& task = state_.tasks.at(id);
  const Node& node = state_.nodes.at(task.node);
  const Json step = node.spec.at("escalation").at(static_cast<std::size_t>(moment.index));
  TaskEscalated event;
  event.task = id;
  event.moment = moment;
  event.action = step.value("action", "notify");
  event.note = text_of(member(step, "note")).vi;
  event.moments.assign(task.moments.begin() + 1, task.moments.end());
  event.at = now_.at;
  event.late = now_.at - moment.at > reminder_late_after;
  prepare_escalation(task, step, event);
  const std::vector<Addressee> people = reached(event.to, task);
  event.to.clear();
  for (const Addressee& one : people) event.to.push_back(one.person);
  const TaskEscalated told = event;
  apply(std::move(event));

  const Task& now = state_.tasks.at(id);
  save_task(now);
  Json to_list = Json::array();
  for (const PersonId& person : told.to) to_list.push_back(person.text());
  announce(now, "escalated",
           {{"action", told.action}, {"to", std::move(to_list)}, {"level", moment.index + 1}});
  tell(now, people, "task.escalated",
       {"Công việc quá hạn được báo cáo lên cấp trên.", "An overdue task was escalated."});
  if (told.action == "raise") {
    expire_task(id);
  } else if (told.action == "complete") {
    Response silent;
    silent.task = id;
    silent.unit = now.unit;
    silent.outcome = step.value("outcome", "");
    silent.comment = told.note;
    silent.at = now_.at;
    silent.automatic = true;
    accept_answer(id, std::move(silent));
  }
}

void Decider::expire_task(const TaskId& id) {
  const Task task = state_.tasks.at(id);
  Json detail = {{"taskId", id.text()}, {"candidates", Json::array()}};
  for (const Candidate& one : task.candidates) detail["candidates"].push_back(to_key(one));
  detail["due"] = task.due_at ? Json(to_rfc3339(*task.due_at)) : Json();
  tell(task, reached(addressees(Json::array({"assignee"}), task), task), "task.expired",
       {"Hết thời hạn, công việc được thu hồi.", "The time ran out; the task is withdrawn."});
  end_task(id, TaskState::expired, "expired");
  withdraw_tasks_of(task.node, "expired");
  fault_node(task.node, standard_error("timeout", 408, detail.dump()));
}

}  // namespace kyhan
