#include "workflow/engine/batch.hpp"

#include <algorithm>
#include <spdlog/spdlog.h>

#include "workflow/core/codec.hpp"
#include "workflow/core/json_text.hpp"
#include "workflow/core/time_text.hpp"
#include "workflow/engine/instance_rows.hpp"
#include "workflow/engine/recalling.hpp"

namespace kyhan {
namespace {

/// Every instance gets events that definitions emit; what the server itself tells stays outside.
constexpr std::string_view emitted_key_prefix = "event.";

/// The task a command names; empty: none.
TaskId task_of(const Command& command) {
  return std::visit(
      [](const auto& one) -> TaskId {
        if constexpr (requires { one.task; }) {
          return one.task;
        } else {
          return TaskId{};
        }
      },
      command);
}

Error task_changed(const TaskId& task) {
  return Error{
      ErrorCode::stale,
      "task-changed",
      {"Công việc " + task.text() +
           " đã thay đổi sau khi bạn mở. Hãy xem lại rồi thực hiện lần nữa.",
       "Task " + task.text() + " has changed since you opened it. Look again, then retry."}};
}

/// 128 bits of the machine's own randomness: from the engine's generator, whose state shows in
/// other numbers, the order of the ballots could be computed.
std::string ballot_id() {
  constexpr int words = 4;
  std::random_device chance;
  std::string id;
  for (int i = 0; i < words; ++i) {
    constexpr std::string_view digits = "0123456789abcdef";
    for (std::uint32_t word = chance(), digit = 0; digit < 8; ++digit, word >>= 4) {
      id += digits[word & 0xF];
    }
  }
  return id;
}

Error unknown_instance(const InstanceId& id) {
  return Error{
      ErrorCode::not_found,
      "unknown-instance",
      {"Không có hồ sơ nào mang mã " + id.text() + ".", "There is no instance " + id.text() + "."}};
}

Error duplicate_business_key(const std::string& key, const InstanceId& existing) {
  Error error{ErrorCode::conflict,
              "duplicate-business-key",
              {"Đã có hồ sơ mang mã nghiệp vụ \"" + key + "\": " + existing.text() + ".",
               "There is an instance with the business key \"" + key +
                   "\" already: " + existing.text() + "."}};
  error.fields.push_back({"/businessKey", existing.text(), error.detail});
  return error;
}

/// What an instance may run as sub-workflows: whatever is published.
class PublishedWorkflows final : public Workflows {
 public:
  explicit PublishedWorkflows(const Catalog& catalog) : catalog_(catalog) {}
  [[nodiscard]] std::optional<DefinitionRef> find(const DefinitionRef& wanted) const override {
    const auto published =
        catalog_.find(wanted.name, wanted.version == "latest" ? "" : wanted.version);
    if (!published || published->ref.namespace_ != wanted.namespace_) return std::nullopt;
    return published->ref;
  }

 private:
  const Catalog& catalog_;
};

std::uint64_t steps_in(const std::vector<Event>& events) {
  return static_cast<std::uint64_t>(std::ranges::count_if(events, [](const Event& event) {
    return std::holds_alternative<StepRan>(event) || std::holds_alternative<NodeExited>(event);
  }));
}

/// What an event says of reminders that went out.
void count_reminders(const Event& event, BatchTally& tally) {
  const auto count = [&tally](const Moment& moment, Instant at, bool late, std::size_t people) {
    tally.reminders += people;
    if (late) tally.reminders_late += people;
    tally.reminder_lag = std::max(tally.reminder_lag, at - moment.at);
  };
  if (const auto* told = std::get_if<TaskReminded>(&event)) {
    count(told->moment, told->at, told->late, told->to.size());
  } else if (const auto* up = std::get_if<TaskEscalated>(&event)) {
    count(up->moment, up->at, up->late, up->to.size());
  }
}

}  // namespace

void set_via(Command& command, const std::string& via) {
  std::visit(
      [&](auto& one) {
        if constexpr (requires { one.via.size(); }) one.via = via;
      },
      command);
}

void BatchTally::add(const BatchTally& other) {
  events += other.events;
  steps += other.steps;
  outbox += other.outbox;
  reminders += other.reminders;
  reminders_late += other.reminders_late;
  reminder_lag = std::max(reminder_lag, other.reminder_lag);
}

Batch::Batch(Store& store, Reads& reads, StateCache& cache, const Snapshot& snapshot,
             const EngineLimits& limits, Instant now, std::mt19937_64& chance)
    : work_(store),
      reads_(reads),
      cache_(cache),
      snapshot_(snapshot),
      limits_(limits),
      now_(now),
      chance_(chance) {}

void Batch::begin_command() {
  pending_ = {};
  work_.begin_command();
}

Result<void> Batch::keep_command() {
  if (Result<void> kept = work_.keep_command(); !kept) {
    pending_ = {};
    return kept;
  }
  for (auto& [id, loaded] : pending_.states) states_[id] = std::move(loaded);
  for (Change& change : pending_.changes) changes_.push_back(std::move(change));
  for (const auto& [id, left] : pending_.runnable) runnable_[id] = left;
  subscribed_.merge(pending_.subscribed);
  for (CallChange& change : pending_.call_changes) call_changes_.push_back(std::move(change));
  tally_.add(pending_.tally);
  pending_ = {};
  return {};
}

void Batch::drop_command() noexcept {
  work_.drop_command();
  pending_ = {};
}

Result<void> Batch::commit() {
  if (Result<void> done = work_.commit(); !done) return done;
  for (auto& [id, loaded] : states_) {
    if (loaded.state->ended_at) {
      cache_.erase(id);
    } else {
      cache_.put(id, std::move(loaded));
    }
  }
  return {};
}

Result<std::optional<LoadedInstance>> Batch::load(const InstanceId& id) {
  if (const auto found = pending_.states.find(id); found != pending_.states.end()) {
    return std::optional{found->second};
  }
  if (const auto found = states_.find(id); found != states_.end()) {
    return std::optional{found->second};
  }
  if (const LoadedInstance* cached = cache_.find(id)) return std::optional{*cached};
  Result<std::optional<StoredInstance>> stored = work_.find_instance(id);
  if (!stored) return stored.error();
  if (!*stored) return std::optional<LoadedInstance>{};
  try {
    LoadedInstance loaded;
    loaded.state = std::make_shared<const State>(decode_state(Json::parse((*stored)->state_json)));
    loaded.head = (*stored)->head;
    loaded.bytes = (*stored)->state_json.size();
    return std::optional{std::move(loaded)};
  } catch (const std::exception& damage) {
    spdlog::error("engine: the state of {} cannot be read: {}", id.text(), damage.what());
    return Error{ErrorCode::unavailable,
                 "state-damaged",
                 {"Dữ liệu của hồ sơ " + id.text() + " bị hỏng; hãy chạy kyhan verify.",
                  "The state of " + id.text() + " is damaged; run kyhan verify."}};
  }
}

Result<Applied> Batch::apply(const InstanceId& id, const Command& given, const PersonId& actor,
                             std::optional<std::int64_t> expected_version) {
  Result<std::optional<LoadedInstance>> loaded = load(id);
  if (!loaded) return loaded.error();
  if (!*loaded) return unknown_instance(id);
  Command command = given;
  if (auto* recall = std::get_if<RecallAnswer>(&command)) {
    Result<std::shared_ptr<const AnswerTrace>> trace =
        trace_of(work_, (*loaded)->head, recall->task);
    if (!trace) return trace.error();
    recall->trace = std::move(*trace);
  }
  if (auto* answer = std::get_if<CompleteTask>(&command)) {
    const auto task = (*loaded)->state->tasks.find(answer->task);
    if (task != (*loaded)->state->tasks.end() && task->second.kind == "ballot") {
      answer->chance = ballot_id();
    }
  }
  const State& state = *(*loaded)->state;
  if (expected_version) {
    const auto task = state.tasks.find(task_of(command));
    if (task != state.tasks.end() && task->second.version != *expected_version) {
      return task_changed(task->first);
    }
  }
  Result<Program> program =
      snapshot_.catalog->load(state.definition.name, state.definition.version);
  if (!program) return program.error();
  Result<Applied> applied = decide_and_stage(**loaded, *program, command, actor);
  if (!applied) return applied;
  if (Result<void> followed = follow_up(); !followed) return followed.error();
  const auto* answer = std::get_if<CompleteTask>(&command);
  if (answer != nullptr && pending_.heard) work_.stage_heard(answer->task);
  return applied;
}

Result<Applied> Batch::start(const Program& program, StartInstance command, KeyScope scope) {
  if (!command.business_key.empty()) {
    Result<std::optional<InstanceId>> existing = work_.find_business_key(
        program.definition->ref.name, command.business_key,
        scope == KeyScope::unit ? std::optional{command.unit} : std::nullopt);
    if (!existing) return existing.error();
    if (*existing) return duplicate_business_key(command.business_key, **existing);
  }
  LoadedInstance fresh;
  fresh.state = std::make_shared<const State>();
  const PersonId by = command.by;
  Result<Applied> applied = decide_and_stage(fresh, program, std::move(command), by);
  if (!applied) return applied;
  if (Result<void> followed = follow_up(); !followed) return followed.error();
  return applied;
}

Result<Applied> Batch::decide_and_stage(const LoadedInstance& loaded, const Program& program,
                                        const Command& command, const PersonId& actor) {
  return decide_and_stage(loaded, program, command, actor, limits_.slice_steps_max);
}

Result<Applied> Batch::decide_and_stage(const LoadedInstance& loaded, const Program& program,
                                        const Command& command, const PersonId& actor,
                                        int steps_max) {
  const StagedWorkload workload{work_};
  const StagedBallots ballots{work_};
  const PublishedWorkflows workflows{*snapshot_.catalog};
  const StagedChildEnds children{work_, loaded.head};
  const World world{program,
                    *snapshot_.directory,
                    *snapshot_.calendars,
                    snapshot_.secrets.get(),
                    &workload,
                    &ballots,
                    snapshot_.preferences.get(),
                    &workflows,
                    &children};
  Now now{now_};
  now.jitter = std::uniform_real_distribution<double>{0.0, 1.0}(chance_);
  now.steps_max = steps_max;
  Result<Decision> decision = decide(*loaded.state, world, command, now);
  if (!decision) return decision.error();

  const bool continues = std::holds_alternative<ContinueRun>(command);
  const bool nothing = decision->events.empty() && decision->effects.empty();
  if (!nothing || continues) {
    stage(loaded, program, command, std::move(*decision), actor);
    return Applied{
        pending_.states
            .at(loaded.state->id.empty() ? std::get<StartInstance>(command).id : loaded.state->id)
            .state,
        !nothing};
  }
  if (const auto* timer = std::get_if<TimerFired>(&command)) heal_timer(loaded, timer->timer);
  return Applied{loaded.state, false};
}

void Batch::stage(const LoadedInstance& loaded, const Program& program, const Command& command,
                  Decision decision, const PersonId& actor) {
  const Definition& definition = *program.definition;
  const State& before = *loaded.state;
  auto after = std::make_shared<const State>(std::move(decision.state));
  const InstanceRow row =
      instance_row(*after, definition, *snapshot_.directory, decision.unfinished);
  InstanceHead head = loaded.head;
  const bool is_new = head.key == 0;
  work_.stage_instance(head, row);

  JournalEntry entry;
  entry.at = now_;
  entry.actor = actor.empty() ? "system" : actor.text();
  for (const Event& event : decision.events) {
    entry.seq = head.seq + 1;
    entry.type = type_of(event);
    entry.body_json = encode_text(event);
    work_.stage_journal(head, entry);
    if (work_.failed()) break;  // keep_command() tells.
    count_reminders(event, pending_.tally);
  }
  if (is_new) work_.stage_participant(head, after->initiator);
  const std::optional<Instant> hold = hold_of(command, head, is_new);
  for (const Effect& effect : decision.effects) {
    stage_effect(effect, head, row, before, *after, definition, hold);
  }
  if (const auto* answer = std::get_if<CompleteTask>(&command)) {
    for (const Attachment& file : answer->attachments) {
      work_.stage_attachment_used(file.id, after->id, answer->task);
    }
  }
  if (std::holds_alternative<ResumeInstance>(command)) {
    work_.wake_fans(head, now_);
    fans_changed_ = true;
  }
  const std::string state_json = encode_state_text(*after);
  work_.stage_state(head, state_json);

  Change change;
  change.kind = Change::Kind::instance;
  change.id = after->id.text();
  change.instance = after->id;
  change.unit = after->unit;
  if (!after->initiator.empty()) change.persons.push_back(after->initiator);
  pending_.changes.push_back(std::move(change));
  pending_.tally.events += decision.events.size();
  pending_.tally.steps += steps_in(decision.events);
  pending_.runnable[after->id] = decision.unfinished;
  if (after->ended_at && after->scheduled_at) {
    pending_.follow_ups.emplace_back(ScheduledEnd{after->definition.name, after->unit});
  }
  pending_.states[after->id] = {after, head, state_json.size()};
}

void Batch::stage_effect(const Effect& effect, const InstanceHead& head, const InstanceRow& row,
                         const State& before, const State& after, const Definition& definition,
                         const std::optional<Instant>& hold) {
  if (const auto* timer = std::get_if<SetTimer>(&effect)) {
    work_.stage_timer(head, timer->timer, timer->due_at);
    timers_changed_ = true;
  } else if (const auto* clear = std::get_if<ClearTimer>(&effect)) {
    work_.clear_timer(head, clear->timer);
    timers_changed_ = true;
  } else if (const auto* saved = std::get_if<SaveTask>(&effect)) {
    stage_task(*saved, head, row, before, after, definition);
  } else if (const auto* publish = std::get_if<Publish>(&effect)) {
    stage_message(*publish, head, hold);
  } else if (const auto* notify = std::get_if<Notify>(&effect)) {
    stage_notify(*notify, after);
  } else if (const auto* subscribe = std::get_if<Subscribe>(&effect)) {
    // No type at all means any.
    const std::vector<std::string> types =
        subscribe->types.empty() ? std::vector<std::string>{""} : subscribe->types;
    work_.stage_subscription(head, subscribe->node, types);
    for (const std::string& type : types) {
      pending_.subscribed.emplace(type, Subscription{after.id, subscribe->node});
    }
    pending_.follow_ups.emplace_back(Listening{after.id, subscribe->node, types});
  } else if (const auto* unsubscribe = std::get_if<Unsubscribe>(&effect)) {
    work_.clear_subscription(head, unsubscribe->node);
  } else if (const auto* call = std::get_if<StartCall>(&effect)) {
    work_.stage_call(head, call->node, call->key, now_);
    pending_.call_changes.push_back({{after.id, call->node, call->key}, false});
  } else if (const auto* dropped = std::get_if<DropCall>(&effect)) {
    work_.clear_call(head, dropped->node);
    pending_.call_changes.push_back({{after.id, dropped->node, dropped->key}, true});
  } else if (const auto* admit = std::get_if<Admit>(&effect)) {
    for (const PersonId& person : admit->people) work_.stage_participant(head, person);
  } else if (const auto* turn = std::get_if<TakeTurn>(&effect)) {
    work_.stage_turn(turn->circle, turn->person);
  } else if (const auto* box = std::get_if<OpenBallotBox>(&effect)) {
    work_.stage_ballot_box(box->vote);
  } else if (const auto* ballot = std::get_if<CastBallot>(&effect)) {
    work_.stage_ballot(ballot->vote, ballot->id, ballot->choice.dump());
  } else if (const auto* closed = std::get_if<CloseBallotBox>(&effect)) {
    work_.clear_ballot_box(closed->vote);
    closed_ballot_box_ = true;
  } else if (const auto* call_back = std::get_if<CallBack>(&effect)) {
    work_.clear_held(head, call_back->after_revision, call_back->up_to_revision);
  } else if (const auto* child = std::get_if<StartChild>(&effect)) {
    pending_.follow_ups.emplace_back(*child);
  } else if (const auto* cancel = std::get_if<CancelChild>(&effect)) {
    pending_.follow_ups.emplace_back(*cancel);
  } else if (const auto* tell = std::get_if<TellParent>(&effect)) {
    pending_.follow_ups.emplace_back(*tell);
  } else if (const auto* opened = std::get_if<OpenFan>(&effect)) {
    stage_fan(*opened, head);
  } else if (const auto* fan = std::get_if<CloseFan>(&effect)) {
    work_.stage_fan_closing(head, fan->node, now_);
    fans_changed_ = true;
  }
}

void Batch::stage_message(const Publish& publish, const InstanceHead& head,
                          const std::optional<Instant>& hold) {
  const OutboxRow row{0, publish.event.value("id", ""), publish.routing_key,
                      json_text(publish.event), now_};
  if (hold) {
    work_.stage_held(head, row, *hold);
  } else {
    work_.stage_outbox(row);
    ++pending_.tally.outbox;
  }
  if (publish.routing_key.starts_with(emitted_key_prefix)) {
    pending_.follow_ups.emplace_back(Emitted{publish.event});
  }
}

/// Messages of one instance leave in order: what comes after a held one waits behind it.
std::optional<Instant> Batch::hold_of(const Command& command, const InstanceHead& head,
                                      bool is_new) {
  if (limits_.recall_grace <= Milliseconds{0} || is_new) return std::nullopt;
  std::optional<Instant> hold;
  if (std::holds_alternative<CompleteTask>(command)) hold = now_ + limits_.recall_grace;
  const Result<std::optional<Instant>> others = work_.held_until(head);
  if (others && *others && (!hold || **others > *hold)) hold = **others;
  return hold;
}

Result<void> Batch::release_held() {
  const Result<std::int64_t> released = work_.release_held(now_);
  if (!released) return released.error();
  pending_.tally.outbox += static_cast<std::uint64_t>(*released);
  return {};
}

std::map<std::string, std::int64_t> StagedBallots::count(const std::string& vote) const {
  Result<std::map<std::string, std::int64_t>> counts = work_.count_ballots(vote);
  if (!counts) return {};  // keep_command() tells of a database that fails.
  return std::move(*counts);
}

std::int64_t StagedWorkload::open_tasks(const PersonId& person) const {
  const Result<std::int64_t> count = work_.count_held_by(person);
  return count ? *count : 0;  // keep_command() tells of a database that fails.
}

PersonId StagedWorkload::last_turn(const std::string& circle) const {
  const Result<PersonId> person = work_.last_turn(circle);
  return person ? *person : PersonId{};
}

/// A row of the bell, and what of it leaves otherwise: now, with a message of its own (`id`, unless it
/// is empty because one was published with it), or kept until its time.
void Batch::tell_person(NotificationRow row, const Delivery& delivery, const UnitId& unit,
                        const std::string& id, Json data) {
  if (delivery.how == Delivery::How::later) row.release_at = delivery.at;
  const std::int64_t notification = work_.stage_notification(row);
  if (delivery.how != Delivery::How::now || id.empty()) return;
  data["kind"] = row.kind;
  data["to"] = row.person.text();
  data["notification"] = notification;
  data["delivery"] = "now";
  if (!row.instance.empty()) data["instance"] = row.instance.text();
  if (!row.task.empty()) data["task"] = row.task.text();
  tell_people(row.person, unit, "notice", id, std::move(data));
}

void Batch::tell(const NotificationRow& notification, std::string id, Json data) {
  Notify notify;
  notify.kind = notification.kind;
  const PersonId& person = notification.person;
  const Delivery delivery =
      plan_delivery(snapshot_.preferences->of(person),
                    calendar_of(person, *snapshot_.directory, *snapshot_.calendars), notify, now_);
  if (id.empty()) {
    id = notification.kind + "/" + std::to_string(now_.time_since_epoch().count()) + "-" +
         std::to_string(pending_.tally.outbox) + "/" + person.text();
  }
  tell_person(notification, delivery, UnitId{}, id, std::move(data));
  for (const Change::Kind kind : {Change::Kind::notification, Change::Kind::task}) {
    Change change;
    change.kind = kind;
    change.persons.push_back(notification.person);
    pending_.changes.push_back(std::move(change));
  }
}

/// The bell has everything at once.
void Batch::stage_notify(const Notify& notify, const State& after) {
  const PreferenceBook& book = *snapshot_.preferences;
  for (std::size_t i = 0; i < notify.to.size(); ++i) {
    const PersonId& person = notify.to[i];
    const Delivery delivery =
        notify.deliveries.size() == notify.to.size()
            ? notify.deliveries[i]
            : plan_delivery(book.of(person),
                            calendar_of(person, *snapshot_.directory, *snapshot_.calendars),
                            notify, now_);
    NotificationRow row;
    row.person = person;
    row.at = now_;
    row.kind = notify.kind;
    row.title = notify.title;
    row.body = notify.body;
    row.task = notify.task;
    row.instance = after.id;
    row.source = notify.source;
    const std::string id = notify.source.empty()
                               ? after.id.text() + "-" + std::to_string(after.revision) + "-" +
                                     std::to_string(pending_.tally.outbox) + "/" + notify.kind +
                                     "/" + person.text()
                               : "";
    tell_person(std::move(row), delivery, after.unit, id);
  }
  Change change;
  change.kind = Change::Kind::notification;
  change.instance = after.id;
  change.persons = notify.to;
  pending_.changes.push_back(std::move(change));
}

void Batch::tell_people(const PersonId& person, const UnitId& unit, std::string_view event,
                        const std::string& id, Json data) {
  const std::string name = "reminder." + std::string(event);
  const CloudEvent message = {{"specversion", "1.0"},
                              {"id", id},
                              {"source", "/kyhan/people/" + person.text()},
                              {"type", "vn.kyhan." + name + ".v1"},
                              {"subject", person.text()},
                              {"time", to_rfc3339(now_)},
                              {"datacontenttype", "application/json"},
                              {"data", std::move(data)}};
  work_.stage_outbox(
      {0, id, name + "." + (unit.empty() ? "_" : unit.text()), json_text(message), now_});
  ++pending_.tally.outbox;
}

void Batch::stage_task(const SaveTask& saved, const InstanceHead& head, const InstanceRow& row,
                       const State& before, const State& after, const Definition& definition) {
  TaskRow task = task_row(saved, after, before, definition, row, now_);
  if (saved.task.version == 1 && before.performers.contains(saved.step_pointer)) {
    // The step runs again: the rounds before are its other nodes.
    std::set<NodeId> rounds{saved.task.node};
    if (const auto earlier = reads_.tasks_of(after.id)) {
      for (const TaskRow& one : *earlier) {
        if (one.step_pointer == saved.step_pointer) rounds.insert(one.node);
      }
    }
    task.round = static_cast<int>(rounds.size());
  }
  work_.stage_task(head, task);
  work_.stage_participant(head, saved.task.holder);
  work_.stage_participant(head, saved.task.on_behalf_of);
  if (saved.response) {
    work_.stage_participant(head, saved.response->by);
    work_.clear_drafts_answered(saved.response->by, saved.task.id, after.id, saved.step_pointer);
  }

  Change change;
  change.kind = Change::Kind::task;
  change.id = saved.task.id.text();
  change.instance = after.id;
  change.unit = saved.task.unit;
  change.keys = task.candidates;
  if (!saved.task.holder.empty()) {
    change.persons.push_back(saved.task.holder);
    change.keys.push_back("user:" + saved.task.holder.text());  // Deputies listen under it.
  }
  if (!saved.task.on_behalf_of.empty()) change.persons.push_back(saved.task.on_behalf_of);
  if (saved.response) change.persons.push_back(saved.response->by);
  pending_.changes.push_back(std::move(change));
  pending_.tasks[saved.task.id] = saved.task;
}

/// A timer row that the state does not know, or knows for later, would fire for ever.
void Batch::heal_timer(const LoadedInstance& loaded, const std::string& timer) {
  const Waits waits = waits_of(*loaded.state);
  const auto known = waits.timers.find(timer);
  if (known != waits.timers.end() && known->second <= now_) return;
  if (known == waits.timers.end()) {
    work_.clear_timer(loaded.head, timer);
  } else {
    work_.stage_timer(loaded.head, timer, known->second);
  }
  timers_changed_ = true;
}

void Batch::publish(std::string routing_key, const CloudEvent& event) {
  work_.stage_outbox(
      {0, event.value("id", ""), std::move(routing_key), json_text(event), now_});
  ++pending_.tally.outbox;
}

Receipt Batch::receipt(const InstanceId& id, const TaskId& task) const {
  Receipt receipt;
  receipt.instance = id;
  const LoadedInstance* loaded = nullptr;
  if (const auto pending = pending_.states.find(id); pending != pending_.states.end()) {
    loaded = &pending->second;
  } else if (const auto kept = states_.find(id); kept != states_.end()) {
    loaded = &kept->second;
  } else {
    loaded = cache_.find(id);
  }
  if (loaded != nullptr) {
    const State& state = *loaded->state;
    receipt.status = state.status;
    receipt.revision = state.revision;
    for (const auto& [key, open] : state.tasks) {
      receipt.open_tasks.push_back({key, open.name, open.version});
    }
    if (const auto open = state.tasks.find(task); open != state.tasks.end()) {
      receipt.task = open->second;
    }
  }
  if (const auto saved = pending_.tasks.find(task); saved != pending_.tasks.end()) {
    receipt.task = saved->second;
  }
  return receipt;
}

}  // namespace kyhan
