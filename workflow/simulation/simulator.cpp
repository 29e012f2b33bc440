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
#include "workflow/core/lifecycle.hpp"
#include "workflow/core/time_text.hpp"

namespace kyhan {
namespace {

/// Answers of calls, as they come from another thread. Outlives the play: a call that was cancelled
/// may still be answered.
class Answered {
 public:
  void put(FinishCall answer) {
    const std::lock_guard lock{mutex_};
    answers_.push_back(std::move(answer));
    changed_.notify_all();
  }
  /// The next one, or nothing after `patience`.
  std::optional<FinishCall> take(Milliseconds patience) {
    std::unique_lock lock{mutex_};
    if (!changed_.wait_for(lock, patience, [this] { return !answers_.empty(); })) return {};
    FinishCall answer = std::move(answers_.front());
    answers_.pop_front();
    return answer;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<FinishCall> answers_;
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

class Simulator {
 public:
  explicit Simulator(const Simulation& plan)
      : plan_(plan),
        world_{plan.program,       *plan.directory, *plan.calendars,
               plan.secrets.get(), nullptr,         &boxes_},
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
    submit(StartInstance{InstanceId("run"), plan_.unit, {}, plan_.input, plan_.initiator});
    while (!state().ended_at && take_next()) {}
    for (const auto& [node, key] : out_) plan_.calls->cancel(key);
    for (std::size_t i = 0; i < used_.size(); ++i) {
      if (!used_[i]) result_.unused.push_back(i);
    }
    return std::move(result_);
  }

 private:
  struct Coming {
    Instant at;
    CloudEvent event;
  };

  [[nodiscard]] State& state() { return result_.state; }

  // ---- calls to other systems: they take no virtual time

  /// Hands a call on. What it asks is computed from the state as it is now.
  void begin_call(const StartCall& call) {
    if (plan_.calls == nullptr) return;
    out_.insert_or_assign(call.node, call.key);
    CallOrder order;
    order.node = call.node;
    order.key = call.key;
    // Asked on another thread, perhaps when the play is over: it owns what it looks at.
    order.request = [before = std::make_shared<const State>(state()), program = plan_.program,
                     directory = plan_.directory, calendars = plan_.calendars,
                     secrets = plan_.secrets, node = call.node](const CallFindings& findings) {
      const World world{program, *directory, *calendars, secrets.get()};
      return request_of(*before, world, node, findings);
    };
    order.done = [answered = answered_](FinishCall answer) { answered->put(std::move(answer)); };
    plan_.calls->start(std::move(order));
  }

  /// Waits for the next answer while the clock stands. A call that really takes longer than what is
  /// left of a timeout around it is timed out all the same.
  void await_call() {
    std::optional<std::pair<Instant, std::string>> limit;
    for (const auto& [node, key] : out_) {
      for (NodeId up = node; up >= 0;) {
        const auto found = state().nodes.find(up);
        if (found == state().nodes.end()) break;
        const auto& at = found->second.timeout_at;
        if (at && (!limit || *at < limit->first)) limit.emplace(*at, "x" + std::to_string(up));
        up = found->second.parent;
      }
    }
    constexpr Milliseconds longest = std::chrono::hours{1};
    const Milliseconds patience =
        limit ? std::clamp(limit->first - now_, Milliseconds{0}, longest) : longest;
    if (std::optional<FinishCall> answer = answered_->take(patience)) {
      submit(*answer);
      return;
    }
    if (!limit) return;
    // Everything up to the timeout, in order, and then it.
    for (std::string fired; !state().ended_at && fired != limit->second;) {
      fired = fire_earliest_until(limit->first);
      if (fired.empty()) return;
    }
  }

  /// The timer that fired; empty: none is due by then.
  std::string fire_earliest_until(Instant until) {
    const auto timer = earliest_timer();
    if (timer == timers_.end() || timer->second > until) return "";
    const std::string id = timer->first;
    move_to(timer->second);
    timers_.erase(timer);
    submit(TimerFired{id});
    return id;
  }

  [[nodiscard]] std::map<std::string, Instant>::iterator earliest_timer() {
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
      arrive(one);
    } else {
      move_to(timer->second);
      const std::string id = timer->first;
      timers_.erase(timer);
      submit(TimerFired{id});
    }
    return true;
  }

  /// Whether any timer can still change the outcome: a reminder cannot.
  [[nodiscard]] bool timers_matter() {
    for (const auto& [id, at] : timers_) {
      if (id.front() != 't') return true;
      const auto task = state().tasks.find(TaskId(id.substr(1)));
      if (task == state().tasks.end()) continue;
      for (const Moment& moment : task->second.moments) {
        if (moment.kind == "expire") return true;
        if (moment.kind == "escalation") {
          const Json& spec = state().nodes.at(task->second.node).spec;
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

  /// Gives one planned answer to the open task it fits best, or leaves it for the next round.
  void give(std::size_t index) {
    const PlannedAnswer& answer = plan_.answers[index];
    due_[index].reset();
    if (answer.action == "recall") return give_back(index);
    const Task* chosen = nullptr;
    int best = -1;
    for (const auto& [id, task] : state().tasks) {
      if (!fits(task, answer.task)) continue;
      if (!answer.unit.empty() && task.unit != answer.unit) continue;
      int score = 0;
      if (task.holder == answer.by) {
        score = 2;
      } else if (capacity(task, answer.by).may_act()) {
        score = 1;
      }
      if (score > best) best = score, chosen = &task;
    }
    if (chosen == nullptr) return;
    used_[index] = true;
    const TaskId id = chosen->id;
    std::optional<Error> refusal;
    if (const auto command = command_of(answer, id)) refusal = submit(*command);
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
      return fits(one.task, answer.task) &&
             (one.response.by == answer.by || one.response.on_behalf_of == answer.by);
    });
    if (last == given_.rend()) return;
    used_[index] = true;
    RecallAnswer command{last->task.id, answer.by, answer.comment};
    if (auto trace = trace_answer(result_.journal, last->task.id, last->ended_with)) {
      trace->held = now_ - last->response.at <= recall_grace;
      command.trace = std::make_shared<const AnswerTrace>(std::move(*trace));
    }
    if (auto refusal = submit(command)) result_.refused.push_back({index, std::move(*refusal)});
  }

  [[nodiscard]] Capacity capacity(const Task& task, const PersonId& person) const {
    return capacity_of(person, acted_on(task, plan_.program.definition->ref.name),
                       *plan_.directory, *plan_.calendars, now_);
  }

  [[nodiscard]] bool fits(const Task& task, const std::string& wanted) const {
    if (task.name == wanted) return true;
    const Step& step =
        plan_.program.definition->steps.at(static_cast<std::size_t>(task.step));
    return step.pointer == wanted;
  }

  /// Offers an event to everyone who listens, and keeps it for those who will.
  void arrive(const CloudEvent& event) {
    kept_.push_back({event, {}});
    offer_kept();
  }

  void offer_kept() {
    bool again = true;
    while (again && !state().ended_at) {
      again = false;
      for (std::size_t i = 0; i < kept_.size() && !again; ++i) {
        for (const NodeId node : waits_of(state()).subscriptions) {
          if (!kept_[i].offered.insert(node).second) continue;
          const CloudEvent event = kept_[i].event;
          submit(DeliverEvent{node, event});
          again = true;  // Everything may have changed: look again from the start.
          break;
        }
      }
    }
  }

  std::optional<Error> submit(const Command& command) {
    Command next = command;
    for (;;) {
      Result<Decision> decision = decide(state(), world_, next, Now{now_});
      if (!decision) return decision.error();
      const bool more = decision->unfinished;
      accept(std::move(*decision));
      if (!more) break;
      next = ContinueRun{};
    }
    if (!delivering_) {
      delivering_ = true;
      offer_kept();
      delivering_ = false;
    }
    return std::nullopt;
  }

  void accept(Decision decision) {
    State before = state();
    const std::size_t known = given_.size();
    for (const Event& event : decision.events) {
      if (const auto* completed = std::get_if<TaskCompleted>(&event)) {
        const auto task = before.tasks.find(completed->response.task);
        if (task != before.tasks.end()) {
          given_.push_back({task->second, completed->response, 0});
        }
      }
      for (CloudEvent& told : lifecycle_of(event, before, *plan_.program.definition)) {
        result_.trace.push_back(std::move(told));
      }
      evolve(before, event);
      result_.journal.push_back(event);
    }
    for (std::size_t i = known; i < given_.size(); ++i) {
      given_[i].ended_with = result_.journal.size();
    }
    result_.state = std::move(decision.state);
    for (const Effect& effect : decision.effects) {
      if (const auto* set = std::get_if<SetTimer>(&effect)) timers_[set->timer] = set->due_at;
      if (const auto* clear = std::get_if<ClearTimer>(&effect)) timers_.erase(clear->timer);
      if (const auto* publish = std::get_if<Publish>(&effect)) {
        result_.published.push_back(publish->event);
        // What the definition emits can be heard by its own listeners too.
        if (publish->routing_key.starts_with("event.")) kept_.push_back({publish->event, {}});
      }
      if (const auto* save = std::get_if<SaveTask>(&effect)) opened(save->task);
      if (const auto* call = std::get_if<StartCall>(&effect)) begin_call(*call);
      if (const auto* call = std::get_if<DropCall>(&effect)) {
        if (plan_.calls != nullptr) plan_.calls->cancel(call->key);
        out_.erase(call->node);
      }
      if (const auto* cast = std::get_if<CastBallot>(&effect)) boxes_.cast(*cast);
    }
  }

  void opened(const Task& task) {
    if (!seen_.insert(task.id).second) return;
    for (std::size_t i = 0; i < due_.size(); ++i) {
      if (used_[i] || !fits(task, plan_.answers[i].task)) continue;
      due_[i] = add_duration(now_, plan_.answers[i].after, plan_.program.definition->time_zone);
    }
  }

  const Simulation& plan_;
  Boxes boxes_;
  World world_;
  Instant now_;
  SimulationResult result_;
  std::map<std::string, Instant> timers_;
  std::vector<std::optional<Instant>> due_;  ///< When each unused answer comes, if a task is open.
  std::vector<bool> used_;
  std::vector<Coming> coming_;
  struct Kept {
    CloudEvent event;
    std::set<NodeId> offered;
  };
  std::vector<Kept> kept_;
  std::set<TaskId> seen_;
  struct GivenAnswer {
    Task task;
    Response response;
    std::size_t ended_with;  ///< Facts in the journal when the answer's command was through.
  };
  std::vector<GivenAnswer> given_;
  bool delivering_ = false;
  std::map<NodeId, std::string> out_;  ///< Calls that have no answer yet.
  std::shared_ptr<Answered> answered_ = std::make_shared<Answered>();
};

}  // namespace

SimulationResult simulate(const Simulation& simulation) { return Simulator(simulation).play(); }

}  // namespace kyhan
