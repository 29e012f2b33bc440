#include "workflow/simulation/simulator.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <set>

#include "workflow/core/capacity.hpp"
#include "workflow/core/codec.hpp"
#include "workflow/core/lifecycle.hpp"
#include "workflow/core/time_text.hpp"

namespace kyhan {
namespace {

/// Answers of calls, as they come from another thread. Outlives the play: a call that was cancelled
/// may still be answered.
class Answered {
 public:
  void put(std::pair<InstanceId, FinishCall> answer) {
    const std::lock_guard lock{mutex_};
    answers_.push_back(std::move(answer));
    changed_.notify_all();
  }
  /// The next one, or nothing after `patience`.
  std::optional<std::pair<InstanceId, FinishCall>> take(Milliseconds patience) {
    std::unique_lock lock{mutex_};
    if (!changed_.wait_for(lock, patience, [this] { return !answers_.empty(); })) return {};
    std::pair<InstanceId, FinishCall> answer = std::move(answers_.front());
    answers_.pop_front();
    return answer;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::pair<InstanceId, FinishCall>> answers_;
};

/// The definitions a run knows, its own among them.
class GivenWorkflows final : public Workflows {
 public:
  explicit GivenWorkflows(const Simulation& plan) : plan_(plan) {}

  [[nodiscard]] std::optional<DefinitionRef> find(const DefinitionRef& wanted) const override {
    const Program* found = program(wanted);
    return found == nullptr ? std::nullopt : std::optional(found->definition->ref);
  }
  [[nodiscard]] const Program* program(const DefinitionRef& wanted) const {
    for (auto one = plan_.others.rbegin(); one != plan_.others.rend(); ++one) {
      if (is(*one, wanted)) return &*one;
    }
    return is(plan_.program, wanted) ? &plan_.program : nullptr;
  }

 private:
  static bool is(const Program& program, const DefinitionRef& wanted) {
    const DefinitionRef& ref = program.definition->ref;
    return ref.namespace_ == wanted.namespace_ && ref.name == wanted.name &&
           (wanted.version == "latest" || wanted.version == ref.version);
  }
  const Simulation& plan_;
};

/// As long as the server by default keeps messages that tell of an answer.
constexpr Milliseconds recall_grace{10'000};

/// The ballots of secret votes, counted as they come.
class Boxes : public BallotCounts {
 public:
  std::map<std::string, std::int64_t> count(const std::string& vote) const override {
    const auto found = counts_.find(vote);
    return found == counts_.end() ? std::map<std::string, std::int64_t>{} : found->second;
  }
  void cast(const CastBallot& ballot) { ++counts_[ballot.vote][ballot.choice.dump()]; }

 private:
  std::map<std::string, std::map<std::string, std::int64_t>> counts_;
};

/// The children of one fanOut.
struct PlayedFan {
  OpenFan opened;
  std::int64_t next = 0;
  std::int64_t completed = 0, faulted = 0, cancelled = 0;
  std::int64_t counted = 0;                 ///< Ends that the parent knows of.
  std::map<std::int64_t, Json> ends = {};   ///< {status, output | error}
  std::optional<WorkflowError> error = {};  ///< Of the first that failed.

  [[nodiscard]] std::int64_t failed() const { return faulted + cancelled; }
  [[nodiscard]] std::int64_t ended() const { return completed + failed(); }
  [[nodiscard]] bool decides() const {
    const Fan& fan = opened.fan;
    return ended() == fan.total || completed >= fan.needed || (fan.fails && failed() > 0);
  }
};
using PlayedFans = std::map<std::pair<InstanceId, NodeId>, PlayedFan>;

class PlayedEnds final : public ChildEnds {
 public:
  PlayedEnds(const PlayedFans& fans, const InstanceId& parent) : fans_(fans), parent_(parent) {}
  [[nodiscard]] std::map<std::int64_t, Json> of(NodeId node) const override {
    const auto found = fans_.find({parent_, node});
    return found == fans_.end() ? std::map<std::int64_t, Json>{} : found->second.ends;
  }

 private:
  const PlayedFans& fans_;
  const InstanceId& parent_;
};

class Simulator {
 public:
  explicit Simulator(const Simulation& plan)
      : plan_(plan),
        keeps_journal_(plan.keeps_journal ||
                       std::ranges::count(plan.answers, "recall", &PlannedAnswer::action) > 0),
        workflows_(plan),
        now_(plan.from),
        due_(plan.answers.size()),
        used_(plan.answers.size(), false) {
    for (const CloudEvent& event : plan.events) {
      Instant at = plan.from;
      if (event.contains("time") && event.at("time").is_string()) {
        if (const Result<Instant> time = parse_rfc3339(event.at("time").get<std::string>())) {
          at = std::max(at, *time);
        }
      }
      coming_.push_back({at, event});
    }
    std::ranges::stable_sort(coming_, {}, &Coming::at);
  }

  SimulationResult play() {
    instances_.emplace(main_, Playing{&plan_.program, {}, {}});
    order_.push_back(main_);
    submit(main_, StartInstance{main_, plan_.unit, {}, plan_.input, plan_.initiator});
    while (!state(main_).ended_at && take_next()) {}
    for (const auto& [caller, key] : out_) plan_.calls->cancel(key);
    for (std::size_t i = 0; i < used_.size(); ++i) {
      if (!used_[i]) result_.unused.push_back(i);
    }
    result_.journal = std::move(instances_.at(main_).journal);
    for (const InstanceId& id : order_) {
      if (id == main_) {
        result_.state = std::move(instances_.at(id).state);
      } else {
        result_.others.push_back(std::move(instances_.at(id).state));
      }
    }
    return std::move(result_);
  }

 private:
  struct Playing {
    const Program* program;
    State state;
    std::vector<Event> journal;  ///< Kept where it is asked for or an answer is to be taken back.
  };
  struct GivenAnswer {
    InstanceId instance;
    Task task;
    Response response;
    std::size_t ended_with;  ///< Facts in the journal when the answer's command was through.
  };
  struct Coming {
    Instant at;
    CloudEvent event;
  };
  /// An event that has come: whoever listens later may still want it.
  struct Kept {
    Instant at;
    CloudEvent event;
    std::set<std::pair<InstanceId, NodeId>> offered;
    std::set<InstanceId> taken;  ///< By these instances: no second time.
  };
  struct OpenTask {
    InstanceId instance;
    const Task* task;
  };

  [[nodiscard]] const State& state(const InstanceId& id) const { return instances_.at(id).state; }

  // ---- calls to other systems: they take no virtual time

  /// Hands a call on. What it asks is computed from the state as it is now.
  void begin_call(const InstanceId& id, const StartCall& call) {
    if (plan_.calls == nullptr) return;
    out_.insert_or_assign({id, call.node}, call.key);
    CallOrder order;
    order.node = call.node;
    order.key = call.key;
    // Asked on another thread, perhaps when the play is over: it owns what it looks at.
    order.request = [before = std::make_shared<const State>(state(id)),
                     program = *instances_.at(id).program,
                     directory = plan_.directory, calendars = plan_.calendars,
                     secrets = plan_.secrets, node = call.node](const CallFindings& findings) {
      const World world{program, *directory, *calendars, secrets.get()};
      return request_of(*before, world, node, findings);
    };
    order.done = [answered = answered_, id](FinishCall answer) {
      answered->put({id, std::move(answer)});
    };
    plan_.calls->start(std::move(order));
  }

  /// Waits for the next answer while the clock stands. A call that really takes longer than what is
  /// left of a timeout around it is timed out all the same.
  void await_call() {
    using TimerKey = std::pair<InstanceId, std::string>;
    std::optional<std::pair<Instant, TimerKey>> limit;
    for (const auto& [caller, key] : out_) {
      const std::map<NodeId, Node>& nodes = state(caller.first).nodes;
      for (NodeId up = caller.second; up >= 0;) {
        const auto found = nodes.find(up);
        if (found == nodes.end()) break;
        const auto& at = found->second.timeout_at;
        if (at && (!limit || *at < limit->first)) {
          limit.emplace(*at, TimerKey{caller.first, "x" + std::to_string(up)});
        }
        up = found->second.parent;
      }
    }
    constexpr Milliseconds longest = std::chrono::hours{1};
    const Milliseconds patience =
        limit ? std::clamp(limit->first - now_, Milliseconds{0}, longest) : longest;
    if (const auto answer = answered_->take(patience)) {
      submit(answer->first, answer->second);
      return;
    }
    if (!limit) return;
    // Everything up to the timeout, in order, and then it.
    while (!state(main_).ended_at) {
      const auto timer = earliest_timer();
      if (timer == timers_.end() || timer->second > limit->first) return;
      const TimerKey fired = timer->first;
      fire(timer);
      if (fired == limit->second) return;
    }
  }

  void fire(std::map<std::pair<InstanceId, std::string>, Instant>::iterator timer) {
    move_to(timer->second);
    const auto [instance, id] = timer->first;
    timers_.erase(timer);
    submit(instance, TimerFired{id});
  }

  [[nodiscard]] std::map<std::pair<InstanceId, std::string>, Instant>::iterator earliest_timer() {
    return std::ranges::min_element(timers_, {}, [](const auto& one) { return one.second; });
  }

  /// The earliest of: a planned answer, an event, a timer. False: nothing is left to wait for.
  bool take_next() {
    if (!out_.empty()) {
      await_call();
      return true;
    }
    std::optional<std::size_t> answer;
    for (std::size_t i = 0; i < due_.size(); ++i) {
      if (used_[i] || !due_[i]) continue;
      if (!answer || *due_[i] < *due_[*answer]) answer = i;
    }
    const bool event = !coming_.empty();
    const auto timer = earliest_timer();
    if (!answer && !event && !timers_matter()) return false;

    const auto earlier = [](std::optional<Instant> a, std::optional<Instant> b) {
      return a && (!b || *a <= *b);
    };
    const std::optional<Instant> answer_at = answer ? due_[*answer] : std::nullopt;
    const std::optional<Instant> event_at =
        event ? std::optional<Instant>(coming_.front().at) : std::nullopt;
    const std::optional<Instant> timer_at =
        timer != timers_.end() ? std::optional<Instant>(timer->second) : std::nullopt;
    // At the same moment people come first: what is done at the deadline is in time.
    if (earlier(answer_at, event_at) && earlier(answer_at, timer_at)) {
      move_to(*answer_at);
      give(*answer);
    } else if (earlier(event_at, timer_at)) {
      move_to(*event_at);
      const CloudEvent one = coming_.front().event;
      coming_.erase(coming_.begin());
      keep(one);
      offer_kept();
    } else {
      fire(timer);
    }
    return true;
  }

  /// Whether any timer can still change the outcome: a reminder cannot.
  [[nodiscard]] bool timers_matter() const {
    for (const auto& [key, at] : timers_) {
      const auto& [instance, id] = key;
      if (id.front() != 't') return true;
      const auto task = state(instance).tasks.find(TaskId(id.substr(1)));
      if (task == state(instance).tasks.end()) continue;
      for (const Moment& moment : task->second.moments) {
        if (moment.kind == "expire") return true;
        if (moment.kind == "escalation") {
          const Json& spec = state(instance).nodes.at(task->second.node).spec;
          const Json& step = spec.at("escalation").at(static_cast<std::size_t>(moment.index));
          const std::string action = step.value("action", "");
          if (action == "raise" || action == "complete") return true;
        }
      }
    }
    return false;
  }

  void move_to(Instant at) {
    if (at <= now_) return;
    if (plan_.before_clock_moves) plan_.before_clock_moves(now_, at);
    now_ = at;
  }

  /// The open task a planned answer fits best.
  [[nodiscard]] std::optional<OpenTask> task_for(const PlannedAnswer& answer) const {
    std::optional<OpenTask> chosen;
    int best = -1;
    for (const InstanceId& id : order_) {
      for (const auto& [task_id, task] : state(id).tasks) {
        if (!fits(id, task, answer.task)) continue;
        if (!answer.unit.empty() && task.unit != answer.unit) continue;
        int score = 0;
        if (task.holder == answer.by) {
          score = 2;
        } else if (capacity(id, task, answer.by).may_act()) {
          score = 1;
        }
        if (score > best) best = score, chosen = OpenTask{id, &task};
      }
    }
    return chosen;
  }

  /// Gives one planned answer to the open task it fits best, or leaves it for the next round.
  void give(std::size_t index) {
    const PlannedAnswer& answer = plan_.answers[index];
    due_[index].reset();
    if (answer.action == "recall") return give_back(index);
    const std::optional<OpenTask> chosen = task_for(answer);
    if (!chosen) return;
    used_[index] = true;
    const TaskId id = chosen->task->id;
    std::optional<Error> refusal;
    if (const auto command = command_of(answer, id)) refusal = submit(chosen->instance, *command);
    if (refusal) result_.refused.push_back({index, std::move(*refusal)});
  }

  [[nodiscard]] static std::optional<Command> command_of(const PlannedAnswer& answer,
                                                         const TaskId& id) {
    const PersonId& by = answer.by;
    const std::string& words = answer.comment;
    if (answer.action == "complete") {
      return CompleteTask{id,          by, answer.outcome,     words, answer.data, answer.attachments,
                          answer.signs ? "simple" : "",
                          "",          "ballot"};
    }
    if (answer.action == "claim") return ClaimTask{id, by};
    if (answer.action == "release") return ReleaseTask{id, by};
    if (answer.action == "start") return StartTask{id, by};
    if (answer.action == "delegate") return DelegateTask{id, by, answer.to, words};
    if (answer.action == "reassign") return ReassignTask{id, by, answer.to, words};
    if (answer.action == "requestInfo") return RequestInfo{id, by, answer.to, words};
    if (answer.action == "provideInfo") return ProvideInfo{id, by, words};
    if (answer.action == "addSigner") return AddSigner{id, by, answer.to, words};
    if (answer.action == "removeSigner") return RemoveSigner{id, by, words};
    if (answer.action == "withdraw") return WithdrawTask{id, by, words};
    if (answer.action == "comment") return CommentOnTask{id, by, words};
    return std::nullopt;
  }

  /// Takes back the last answer of that person to a task of that name.
  void give_back(std::size_t index) {
    const PlannedAnswer& answer = plan_.answers[index];
    const auto last = std::find_if(given_.rbegin(), given_.rend(), [&](const GivenAnswer& one) {
      return fits(one.instance, one.task, answer.task) &&
             (one.response.by == answer.by || one.response.on_behalf_of == answer.by);
    });
    if (last == given_.rend()) return;
    used_[index] = true;
    RecallAnswer command{last->task.id, answer.by, answer.comment};
    const std::vector<Event>& journal = instances_.at(last->instance).journal;
    if (auto trace = trace_answer(journal, last->task.id, last->ended_with)) {
      trace->held = now_ - last->response.at <= recall_grace;
      command.trace = std::make_shared<const AnswerTrace>(std::move(*trace));
    }
    if (auto refusal = submit(last->instance, command)) {
      result_.refused.push_back({index, std::move(*refusal)});
    }
  }

  [[nodiscard]] Capacity capacity(const InstanceId& id, const Task& task,
                                  const PersonId& person) const {
    return capacity_of(person, acted_on(task, instances_.at(id).program->definition->ref.name),
                       *plan_.directory, *plan_.calendars, now_);
  }

  [[nodiscard]] bool fits(const InstanceId& id, const Task& task, const std::string& wanted) const {
    if (task.name == wanted) return true;
    const Definition& definition = *instances_.at(id).program->definition;
    return definition.steps.at(static_cast<std::size_t>(task.step)).pointer == wanted;
  }

  void keep(const CloudEvent& event) { kept_.push_back({now_, event, {}, {}}); }

  /// Offers what has come to everyone who listens and has not been offered it.
  void offer_kept() {
    bool again = true;
    while (again && !state(main_).ended_at) {
      again = false;
      for (std::size_t i = 0; i < kept_.size() && !again; ++i) {
        for (const auto& [id, node] : listeners_of(kept_[i])) {
          kept_[i].offered.insert({id, node});
          offered_ = i;
          const CloudEvent event = kept_[i].event;
          submit(id, DeliverEvent{node, event});
          offered_.reset();
          again = true;  // Everything may have changed: look again from the start.
          break;
        }
      }
    }
  }

  [[nodiscard]] std::vector<std::pair<InstanceId, NodeId>> listeners_of(const Kept& kept) const {
    std::vector<std::pair<InstanceId, NodeId>> found;
    for (const InstanceId& id : order_) {
      const State& listening = state(id);
      const Instant since =
          listening.ancestry ? listening.ancestry->since : listening.started_at;
      if (listening.ended_at || kept.at < since || kept.taken.contains(id)) continue;
      for (const NodeId node : waits_of(listening).subscriptions) {
        if (!kept.offered.contains({id, node})) found.emplace_back(id, node);
      }
    }
    return found;
  }

  std::optional<Error> submit(const InstanceId& id, const Command& command) {
    if (std::optional<Error> refusal = apply(id, command)) return refusal;
    while (!inbox_.empty() || count_children()) {
      const auto [other, next] = std::move(inbox_.front());
      inbox_.pop_front();
      (void)apply(other, next);  // Only people are refused.
    }
    if (!delivering_) {
      delivering_ = true;
      offer_kept();
      delivering_ = false;
    }
    return std::nullopt;
  }

  std::optional<Error> apply(const InstanceId& id, const Command& command) {
    Command next = command;
    for (;;) {
      const Playing& playing = instances_.at(id);
      const PlayedEnds children{fans_, id};
      const World world{*playing.program, *plan_.directory, *plan_.calendars, plan_.secrets.get(),
                        nullptr,          &boxes_,          nullptr,          &workflows_,
                        &children};
      Result<Decision> decision = decide(playing.state, world, next, Now{now_});
      if (!decision) return decision.error();
      const bool more = decision->unfinished;
      accept(id, std::move(*decision));
      if (!more) return std::nullopt;
      next = ContinueRun{};
    }
  }

  void accept(const InstanceId& id, Decision decision) {
    Playing& playing = instances_.at(id);
    State before = plan_.keeps_trace ? playing.state : State{};
    const std::size_t known = given_.size();
    for (const Event& event : decision.events) {
      if (const auto* completed = std::get_if<TaskCompleted>(&event)) {
        const auto task = playing.state.tasks.find(completed->response.task);
        if (task != playing.state.tasks.end()) {
          given_.push_back({id, task->second, completed->response, 0});
        }
      }
      if (plan_.keeps_trace) {
        for (CloudEvent& told : lifecycle_of(event, before, *playing.program->definition)) {
          result_.trace.push_back(std::move(told));
        }
        evolve(before, event);
      }
      if (offered_ && std::holds_alternative<EventConsumed>(event)) {
        kept_[*offered_].taken.insert(id);
      }
      if (keeps_journal_) playing.journal.push_back(event);
    }
    for (std::size_t i = known; i < given_.size(); ++i) {
      given_[i].ended_with = playing.journal.size();
    }
    playing.state = std::move(decision.state);
    for (const Effect& effect : decision.effects) act(id, effect);
  }

  void act(const InstanceId& id, const Effect& effect) {
    if (const auto* set = std::get_if<SetTimer>(&effect)) {
      timers_[{id, set->timer}] = set->due_at;
    } else if (const auto* clear = std::get_if<ClearTimer>(&effect)) {
      timers_.erase({id, clear->timer});
    } else if (const auto* publish = std::get_if<Publish>(&effect)) {
      result_.published.push_back(publish->event);
      // What a definition emits can be heard by its own listeners too.
      if (publish->routing_key.starts_with("event.")) keep(publish->event);
    } else if (const auto* save = std::get_if<SaveTask>(&effect)) {
      opened(id, save->task);
    } else if (const auto* child = std::get_if<StartChild>(&effect)) {
      start_child(child->definition, child->start);
    } else if (const auto* opened = std::get_if<OpenFan>(&effect)) {
      fans_.emplace(std::pair{id, opened->node}, PlayedFan{*opened});
      start_children(id, opened->node);
    } else if (const auto* closed = std::get_if<CloseFan>(&effect)) {
      close_fan(id, closed->node);
    } else if (const auto* cancel = std::get_if<CancelChild>(&effect)) {
      inbox_.emplace_back(cancel->id, CancelInstance{PersonId{}, "parent"});
    } else if (const auto* tell = std::get_if<TellParent>(&effect)) {
      if (tell->command.item) {
        end_fan_child(tell->parent, tell->command);
      } else {
        inbox_.emplace_back(tell->parent, tell->command);
      }
    } else if (const auto* call = std::get_if<StartCall>(&effect)) {
      begin_call(id, *call);
    } else if (const auto* dropped = std::get_if<DropCall>(&effect)) {
      if (plan_.calls != nullptr) plan_.calls->cancel(dropped->key);
      out_.erase({id, dropped->node});
    } else if (const auto* cast = std::get_if<CastBallot>(&effect)) {
      boxes_.cast(*cast);
    }
  }

  void start_child(const DefinitionRef& definition, const StartInstance& start) {
    instances_.emplace(start.id, Playing{workflows_.program(definition), {}, {}});
    order_.push_back(start.id);
    inbox_.emplace_back(start.id, start);
  }

  // ---- fanOut: children are started as there is room, their ends counted many at a time

  void start_children(const InstanceId& parent, NodeId node) {
    PlayedFan& one = fans_.at({parent, node});
    const Fan& fan = one.opened.fan;
    while (one.next < fan.total && one.next - one.ended() < fan.most) {
      const std::int64_t index = one.next++;
      start_child(fan.definition, fan_child(parent, node, fan, index,
                                            one.opened.items.at(static_cast<std::size_t>(index))));
    }
  }

  void end_fan_child(const InstanceId& parent, const EndChild& end) {
    const auto found = fans_.find({parent, end.node});
    if (found == fans_.end()) return;
    PlayedFan& fan = found->second;
    Json result = {{"status", std::string{to_text(end.status)}}};
    if (end.status == InstanceStatus::completed) {
      ++fan.completed;
      result["output"] = end.output;
    } else if (end.status == InstanceStatus::faulted) {
      ++fan.faulted;
      result["error"] = encode(end.error.value_or(WorkflowError{}));
    } else {
      ++fan.cancelled;
    }
    if (end.status != InstanceStatus::completed && !fan.error) fan.error = error_of(end);
    fan.ends.emplace(*end.item, std::move(result));
    if (fan.decides()) {
      count(found->first, fan);
    } else {
      start_children(parent, end.node);
    }
  }

  void count(const std::pair<InstanceId, NodeId>& key, PlayedFan& fan) {
    fan.counted = fan.ended();
    inbox_.emplace_front(
        key.first, CountChildren{key.second, fan.completed, fan.faulted, fan.cancelled, fan.error});
  }

  /// What has ended since the parents were told last. False: nothing.
  bool count_children() {
    for (auto& [key, fan] : fans_) {
      if (fan.ended() > fan.counted) count(key, fan);
    }
    return !inbox_.empty();
  }

  void close_fan(const InstanceId& parent, NodeId node) {
    const auto found = fans_.find({parent, node});
    if (found == fans_.end()) return;
    const PlayedFan fan = std::move(found->second);
    fans_.erase(found);
    for (std::int64_t index = 0; index < fan.next; ++index) {
      if (fan.ends.contains(index)) continue;
      inbox_.emplace_back(fan_child_id(parent, node, index), CancelInstance{PersonId{}, "parent"});
    }
  }

  void opened(const InstanceId& id, const Task& task) {
    if (!seen_.insert(task.id).second) return;
    const std::string& zone = instances_.at(id).program->definition->time_zone;
    for (std::size_t i = 0; i < due_.size(); ++i) {
      if (used_[i] || !fits(id, task, plan_.answers[i].task)) continue;
      due_[i] = add_duration(now_, plan_.answers[i].after, zone);
    }
  }

  const Simulation& plan_;
  Boxes boxes_;
  const bool keeps_journal_;
  GivenWorkflows workflows_;
  const InstanceId main_{"run"};
  Instant now_;
  SimulationResult result_;
  std::map<InstanceId, Playing> instances_;
  std::vector<InstanceId> order_;  ///< Of their starts.
  std::deque<std::pair<InstanceId, Command>> inbox_;
  PlayedFans fans_;
  std::map<std::pair<InstanceId, std::string>, Instant> timers_;
  std::vector<std::optional<Instant>> due_;  ///< When each unused answer comes, if a task is open.
  std::vector<bool> used_;
  std::vector<Coming> coming_;
  std::vector<Kept> kept_;
  std::optional<std::size_t> offered_;  ///< Which of them is being delivered.
  std::set<TaskId> seen_;
  std::vector<GivenAnswer> given_;
  bool delivering_ = false;
  /// Calls that have no answer yet, with their keys.
  std::map<std::pair<InstanceId, NodeId>, std::string> out_;
  std::shared_ptr<Answered> answered_ = std::make_shared<Answered>();
};

}  // namespace

SimulationResult simulate(const Simulation& simulation) { return Simulator(simulation).play(); }

}  // namespace kyhan
