#include "workflow/core/decide.hpp"

#include "workflow/core/decider.hpp"

namespace kyhan {
namespace {

bool ended(const State& state) {
  return state.status == InstanceStatus::completed || state.status == InstanceStatus::faulted ||
         state.status == InstanceStatus::cancelled;
}

/// What people do about a task; remarks may be made at any time.
bool acts_on_task(const Command& command) {
  return std::visit(
      [](const auto& one) {
        using One = std::decay_t<decltype(one)>;
        return !std::is_same_v<One, CommentOnTask> && requires { one.task; };
      },
      command);
}

Result<void> dispatch(Decider& decider, const Command& command) {
  struct Visitor {
    Decider& decider;
    Result<void> operator()(const StartInstance& one) { return decider.start(one); }
    Result<void> operator()(const ContinueRun&) { return {}; }
    Result<void> operator()(const TimerFired& one) { return decider.fire(one); }
    Result<void> operator()(const ClaimTask& one) { return decider.claim(one); }
    Result<void> operator()(const ReleaseTask& one) { return decider.release(one); }
    Result<void> operator()(const CompleteTask& one) { return decider.complete(one); }
    Result<void> operator()(const CommentOnTask& one) { return decider.comment(one); }
    Result<void> operator()(const CommentOnInstance& one) { return decider.comment(one); }
    Result<void> operator()(const DeliverEvent& one) { return decider.deliver(one); }
    Result<void> operator()(const CancelInstance& one) { return decider.cancel(one); }
    Result<void> operator()(const RetryInstance& one) { return decider.retry(one); }
    Result<void> operator()(const SuspendInstance& one) { return decider.suspend(one); }
    Result<void> operator()(const ResumeInstance& one) { return decider.resume(one); }
    Result<void> operator()(const RequestExtension& one) { return decider.request_extension(one); }
    Result<void> operator()(const DecideExtension& one) { return decider.decide_extension(one); }
    Result<void> operator()(const RecomputeDeadlines& one) { return decider.recompute(one); }
    Result<void> operator()(const FinishCall& one) { return decider.finish_call(one); }
    Result<void> operator()(const StartTask& one) { return decider.begin(one); }
    Result<void> operator()(const DelegateTask& one) { return decider.delegate(one); }
    Result<void> operator()(const ReassignTask& one) { return decider.reassign(one); }
    Result<void> operator()(const WithdrawTask& one) { return decider.withdraw(one); }
    Result<void> operator()(const RequestInfo& one) { return decider.request_info(one); }
    Result<void> operator()(const ProvideInfo& one) { return decider.provide_info(one); }
    Result<void> operator()(const AddSigner& one) { return decider.add_signer(one); }
    Result<void> operator()(const RemoveSigner& one) { return decider.remove_signer(one); }
    Result<void> operator()(const RecallAnswer& one) { return decider.recall(one); }
    Result<void> operator()(const EndChild& one) { return decider.end_child(one); }
    Result<void> operator()(const HandOver& one) { return decider.hand_over(one); }
    Result<void> operator()(const CountChildren& one) { return decider.count_children(one); }
  };
  return std::visit(Visitor{decider}, command);
}

Result<void> judge(Decider& decider, const Command& command) {
  const State& state = decider.state();
  // Timers, answers and continuations of what has ended may arrive late: they mean nothing any
  // more. Nor do timers and continuations while the clocks stand still.
  const bool from_clock = std::holds_alternative<TimerFired>(command) ||
                          std::holds_alternative<ContinueRun>(command);
  const bool from_outside = std::holds_alternative<DeliverEvent>(command) ||
                            std::holds_alternative<FinishCall>(command) ||
                            std::holds_alternative<EndChild>(command) ||
                            std::holds_alternative<CountChildren>(command);
  const bool late =
      (ended(state) && from_outside) || ((ended(state) || state.suspended) && from_clock);
  if (late) return {};
  if (acts_on_task(command)) {
    if (Result<void> runs = decider.refuse_while_suspended(); !runs) return runs.error();
  }
  if (Result<void> accepted = dispatch(decider, command); !accepted) return accepted.error();
  // Dates are computed again between two slices, whatever is ready to run.
  if (!std::holds_alternative<RecomputeDeadlines>(command)) decider.run();
  return {};
}

}  // namespace

Result<Decision> decide(const State& state, const World& world, const Command& command,
                        const Now& now) {
  State copy = state;
  Result<Decision> decision = decide_in_place(copy, world, command, now);
  if (decision) decision->state = std::move(copy);
  return decision;
}

Result<Decision> decide_in_place(State& state, const World& world, const Command& command,
                                 const Now& now) {
  Decider decider(std::move(state), world, now);
  const Result<void> accepted = judge(decider, command);
  Decision decision = decider.finish();
  state = std::move(decision.state);
  decision.state = {};
  if (!accepted) return accepted.error();
  return decision;
}

}  // namespace kyhan
