#include "workflow/simulation/rehearsed_case.hpp"

#include <algorithm>

#include "workflow/core/due_form.hpp"
#include "workflow/core/time_text.hpp"

namespace kyhan {
namespace {

/// A step that comes back more often than this goes round in circles: the case is left.
constexpr int rounds_max = 200;

const Json& part(const Json& object, const char* name) {
  static const Json null;
  if (!object.is_object()) return null;
  const auto found = object.find(name);
  return found == object.end() ? null : *found;
}

bool is_configuration(const WorkflowError& error) {
  return error.type.ends_with("/configuration");
}

}  // namespace

CasePlayer::CasePlayer(const CaseSetting& setting, std::size_t number, CaseRecord record,
                       Json input, PersonId initiator)
    : setting_(setting), number_(number), record_(std::move(record)) {
  begin(std::move(input), std::move(initiator));
}

void CasePlayer::begin(Json input, PersonId initiator) {
  const InstanceId id{"r" + std::to_string(number_)};
  now_ = record_.of.started_at;
  (void)submit(StartInstance{id, record_.of.unit, {}, std::move(input), std::move(initiator)},
               now_);
}

std::optional<Instant> CasePlayer::next() const {
  if (state_.ended_at) return std::nullopt;
  std::optional<Instant> at;
  if (!answers_.empty()) at = answers_.begin()->at;
  if (!due_.empty() && (!at || due_.begin()->first < *at)) at = due_.begin()->first;
  return at;
}

/// At the same moment people come first: what is done at the deadline is in time.
void CasePlayer::step() {
  const bool answer_first =
      !answers_.empty() && (due_.empty() || answers_.begin()->at <= due_.begin()->first);
  if (answer_first) {
    const Answer due = *answers_.begin();
    answers_.erase(answers_.begin());
    answer(due);
    return;
  }
  const auto [at, timer] = *due_.begin();
  due_.erase(due_.begin());
  timers_.erase(timer);
  (void)submit(TimerFired{timer}, at);
}

void CasePlayer::deliver(const CloudEvent& event, Instant at) {
  for (const NodeId node : waits_of(state_).subscriptions) {
    (void)submit(DeliverEvent{node, event}, at);
  }
}

CaseRecord CasePlayer::finish() {
  record_.of.status = state_.status;
  record_.of.ended_at = state_.ended_at;
  record_.of.error = state_.error;
  return std::move(record_);
}

bool CasePlayer::submit(const Command& command, Instant at, std::optional<Error>* refusal) {
  now_ = std::max(now_, at);
  Command follows = ContinueRun{};
  const Command* next = &command;
  for (;;) {
    Result<Decision> decision = decide_in_place(state_, setting_.world, *next, Now{now_});
    if (!decision) {
      if (refusal != nullptr) *refusal = decision.error();
      return false;
    }
    const bool more = decision->unfinished;
    take(*decision);
    if (!more && calls_.empty()) return true;
    if (more) {
      follows = ContinueRun{};
    } else {
      follows = assumed_call(calls_.front());
      calls_.pop_front();
    }
    next = &follows;
  }
}

void CasePlayer::take(Decision& decision) {
  for (const Effect& effect : decision.effects) note_effect(effect);
  for (const Event& event : decision.events) note(event);
}

void CasePlayer::note_effect(const Effect& effect) {
  if (const auto* set = std::get_if<SetTimer>(&effect)) {
    if (const auto old = timers_.find(set->timer); old != timers_.end()) {
      due_.erase({old->second, set->timer});
    }
    timers_[set->timer] = set->due_at;
    due_.emplace(set->due_at, set->timer);
  } else if (const auto* clear = std::get_if<ClearTimer>(&effect)) {
    if (const auto old = timers_.find(clear->timer); old != timers_.end()) {
      due_.erase({old->second, clear->timer});
      timers_.erase(old);
    }
  } else if (const auto* publish = std::get_if<Publish>(&effect)) {
    if (publish->routing_key.starts_with("event.")) emitted_.push_back(publish->event);
  } else if (const auto* call = std::get_if<StartCall>(&effect)) {
    calls_.push_back(*call);
  } else if (const auto* dropped = std::get_if<DropCall>(&effect)) {
    std::erase_if(calls_, [&](const StartCall& one) { return one.key == dropped->key; });
  }
}

/// Nobody is called: the other system says what the plan has for the step, else nothing.
FinishCall CasePlayer::assumed_call(const StartCall& call) {
  FinishCall answer;
  answer.node = call.node;
  answer.key = call.key;
  answer.output = Json::object();
  const auto node = state_.nodes.find(call.node);
  if (node == state_.nodes.end()) return answer;
  const StepIndex step = node->second.step;
  const PlannedAnswer* planned = setting_.planned.find(step, state_.unit, rounds_[step]++);
  if (planned != nullptr && !planned->data.is_null()) answer.output = planned->data;
  return answer;
}

void CasePlayer::note(const Event& event) {
  if (const auto* open = std::get_if<TaskOpened>(&event)) {
    opened(*open);
  } else if (const auto* done = std::get_if<TaskCompleted>(&event)) {
    RehearsedTask& task = record_.tasks[index_of(done->response.task)];
    task.state = TaskState::completed;
    task.by = done->response.by;
    task.outcome = done->response.outcome;
    task.ended_at = done->response.at;
    task.overdue = task.overdue || (task.due_at && *task.due_at < done->response.at);
  } else if (const auto* ended = std::get_if<TaskEnded>(&event)) {
    RehearsedTask& task = record_.tasks[index_of(ended->task)];
    task.state = ended->state;
    task.ended_at = ended->at;
  } else if (const auto* late = std::get_if<TaskOverdue>(&event)) {
    record_.tasks[index_of(late->task)].overdue = true;
  } else if (const auto* told = std::get_if<TaskReminded>(&event)) {
    const std::size_t task = index_of(told->task);
    record_.reminders.push_back({task, told->at, told->moment.index, told->moment.round,
                                 record_.tasks[task].overdue, told->to});
    look_at_day("reminder", told->at, {}, task);
  } else if (const auto* up = std::get_if<TaskEscalated>(&event)) {
    record_.escalations.push_back(
        {index_of(up->task), up->at, up->moment.index + 1, up->action, up->to});
  } else if (const auto* fault = std::get_if<StepFaulted>(&event)) {
    hindered(fault->pointer, fault->error, fault->at);
  } else if (const auto* exited = std::get_if<NodeExited>(&event)) {
    if (exited->error) hindered(exited->pointer, *exited->error, exited->at);
  } else if (const auto* entered = std::get_if<NodeEntered>(&event)) {
    const Step& step =
        setting_.program.definition->steps.at(static_cast<std::size_t>(entered->step));
    if (entered->wake_at && step.kind == "wait") {
      look_at_day("wait", *entered->wake_at, entered->pointer, std::nullopt);
    }
  }
}

void CasePlayer::opened(const TaskOpened& event) {
  const Task& task = event.task;
  RehearsedTask seen;
  seen.id = task.id;
  seen.step = task.step;
  seen.kind = task.kind;
  seen.title = event.title;
  seen.unit = task.unit;
  seen.opened_at = task.opened_at;
  seen.due_at = task.due_at;
  if (task.due_at && task.due_explain.is_object()) {
    seen.due_date = task.due_explain.value("date", "");
    seen.provisional = task.due_explain.value("provisional", false);
  }
  const std::size_t index = record_.tasks.size();
  index_[task.id] = index;
  record_.tasks.push_back(std::move(seen));
  look_at_due(task, index);
  const int round = rounds_[task.step]++;
  if (round > rounds_max) return;
  const PlannedAnswer* planned = setting_.planned.find(task.step, task.unit, round);
  answers_.insert({answer_time(task, planned), task.id});
}

Instant CasePlayer::answer_time(const Task& task, const PlannedAnswer* planned) const {
  if (planned != nullptr && planned->after != Duration{}) {
    return add_duration(task.opened_at, planned->after, zone());
  }
  const Calendar& calendar = calendar_of_unit(task.unit);
  Instant due = task.opened_at;
  if (task.due_at) {
    due = *task.due_at;
  } else if (const auto day = compute_due(calendar, task.opened_at, {{"workingDays", 1}})) {
    due = day->instant;
  }
  switch (setting_.plan.assumed) {
    case Assumed::on_time:
      return std::min(due,
                      next_working_time(calendar, task.opened_at + (due - task.opened_at) / 2));
    case Assumed::at_due:
      return std::max(due, task.opened_at);
    case Assumed::late:
      break;
  }
  return add_duration(due, setting_.plan.late_by, zone());
}

void CasePlayer::answer(const Answer& due) {
  const auto found = state_.tasks.find(due.task);
  if (found == state_.tasks.end()) return;  // Withdrawn meanwhile, or answered by the system.
  const Task& task = found->second;
  const int round = rounds_[task.step] - 1;
  const PlannedAnswer* planned = setting_.planned.find(task.step, task.unit, round);
  const PersonId by = who(task, planned);
  const std::size_t index = index_of(task.id);
  if (by.empty()) {
    record_.nobody.push_back({0, index, {}, due.at, "nobody is left who may take it"});
    return;
  }
  const Date day = date_in_zone(due.at - Milliseconds{1}, zone());
  const CompleteTask command =
      assumed_answer(state_, task, by, planned, *setting_.plan.directory, day);
  std::optional<Error> refusal;
  if (submit(command, due.at, &refusal) || !refusal) return;
  std::string detail = refusal->detail.en;
  for (const FieldError& fault : refusal->fields) {
    detail += " " + fault.pointer + ": " + fault.message.en;
  }
  record_.refused.push_back({0, index, {}, due.at, std::move(detail)});
}

/// The holder; else the candidates in turn, so that the load is shared.
PersonId CasePlayer::who(const Task& task, const PlannedAnswer* planned) const {
  if (!task.holder.empty()) return task.holder;
  const Directory& directory = *setting_.plan.directory;
  std::set<PersonId> able;
  for (const Candidate& candidate : task.candidates) {
    for (const PersonId& person : directory.members_of(candidate)) {
      if (!std::ranges::binary_search(task.excluded, person)) able.insert(person);
    }
  }
  if (able.empty()) return {};
  if (planned != nullptr && able.contains(planned->by)) return planned->by;
  const std::size_t turn = (number_ + index_of(task.id)) % able.size();
  return *std::next(able.begin(), static_cast<std::ptrdiff_t>(turn));
}

void CasePlayer::hindered(const std::string& pointer, const WorkflowError& error, Instant at) {
  if (!is_configuration(error)) return;
  // An error that goes up through scopes is told once, where it began.
  if (!record_.nobody.empty() && record_.nobody.back().at == at &&
      record_.nobody.back().detail == error.detail) {
    return;
  }
  record_.nobody.push_back({0, std::nullopt, pointer, at, error.detail});
}

/// A due day that is a day off, or one that the calendar moved because its day was off.
void CasePlayer::look_at_due(const Task& task, std::size_t index) {
  const auto node = state_.nodes.find(task.node);
  if (!task.due_at || task.kind != "task" || node == state_.nodes.end()) return;
  const Result<Date> day = parse_iso_date(record_.tasks[index].due_date);
  const Json& form = part(node->second.spec, "due");
  if (!day || !form.is_object()) return;
  const Calendar& calendar = calendar_of_unit(task.unit);
  if (const DayInfo info = calendar.day(*day); !info.working) {
    record_.collisions.push_back({"deadline", 0, index, {}, *day, reason_of(info), *day});
    return;
  }
  if (!form.contains("in") || form.contains("relativeTo")) return;
  const Result<Duration> length = parse_duration(form.at("in"));
  if (!length || length->exact != Milliseconds{0}) return;
  const Date counted =
      date_in_zone(add_duration(task.opened_at, *length, calendar.zone()), calendar.zone());
  if (counted == *day) return;
  const DayInfo info = calendar.day(counted);
  if (info.working) return;
  record_.collisions.push_back({"deadline-moved", 0, index, {}, counted, reason_of(info), *day});
}

void CasePlayer::look_at_day(const char* kind, Instant at, const std::string& step,
                             std::optional<std::size_t> task) {
  const UnitId& unit = task ? record_.tasks[*task].unit : state_.unit;
  const Calendar& calendar = calendar_of_unit(unit);
  const Date day = date_in_zone(at, calendar.zone());
  const DayInfo info = calendar.day(day);
  if (info.working) return;
  record_.collisions.push_back({kind, 0, task, step, day, reason_of(info), day});
}

const Calendar& CasePlayer::calendar_of_unit(const UnitId& unit) const {
  const std::string& named = setting_.program.definition->calendar;
  const Calendars& calendars = *setting_.plan.calendars;
  if (named == "unit") {
    return calendar_of(unit.empty() ? state_.unit : unit, *setting_.plan.directory, calendars);
  }
  const Calendar* found = named.empty() ? nullptr : calendars.find(named);
  return found != nullptr ? *found : calendars.built_in();
}

}  // namespace kyhan
