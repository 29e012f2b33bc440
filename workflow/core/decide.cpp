#include "workflow/core/decide.hpp"

#include "workflow/core/decider.hpp"

namespace kyhan {
namespace {

bool ended(const State& state) {
  return state.status == InstanceStatus::completed || state.status == InstanceStatus::faulted ||
         state.status == InstanceStatus::cancelled;
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
  };
  return std::visit(Visitor{decider}, command);
}

}  // namespace

Result<Decision> decide(const State& state, const World& world, const Command& command,
                        const Now& now) {
  Decider decider(state, world, now);
  // Timers and continuations of what has ended may arrive late: they mean nothing any more.
  const bool late = ended(state) && (std::holds_alternative<TimerFired>(command) ||
                                     std::holds_alternative<ContinueRun>(command) ||
                                     std::holds_alternative<DeliverEvent>(command));
  if (late) return decider.finish();
  if (Result<void> accepted = dispatch(decider, command); !accepted) return accepted.error();
  decider.run();
  return decider.finish();
}

}  // namespace kyhan
