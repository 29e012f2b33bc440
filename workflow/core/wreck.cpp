#include "workflow/core/wreck.hpp"

#include "workflow/core/decide.hpp"

namespace kyhan {
namespace {

/// When a fact that may belong to a collapse happened; nothing: it is no such fact.
std::optional<Instant> breaks(const Event& event) {
  if (const auto* fault = std::get_if<StepFaulted>(&event)) return fault->at;
  if (const auto* task = std::get_if<TaskEnded>(&event)) return task->at;
  const auto* exited = std::get_if<NodeExited>(&event);
  if (exited != nullptr && exited->status != "completed") return exited->at;
  return std::nullopt;
}

}  // namespace

void WreckFinder::add(const Event& event) {
  if (const auto* faulted = std::get_if<InstanceFaulted>(&event)) {
    const bool began = state_.steps_run > 0 || (collapse_ && failed_);
    if (collapse_ && collapse_at_ == faulted->at) {
      found_ = std::move(collapse_);
    } else if (began) {
      found_ = Wreck{state_, std::nullopt, std::nullopt, "/"};
    }
  } else if (const auto at = breaks(event)) {
    if (!collapse_ || collapse_at_ != *at) {
      collapse_ = Wreck{state_, std::nullopt, std::nullopt, "/"};
      collapse_at_ = *at;
      failed_ = false;
    }
    if (!failed_) {
      if (const auto* fault = std::get_if<StepFaulted>(&event)) {
        failed_ = true;
        collapse_->scope = fault->parent;
        collapse_->pointer = fault->pointer;
      } else if (const auto* exited = std::get_if<NodeExited>(&event);
                 exited != nullptr && exited->status == "faulted") {
        failed_ = true;
        collapse_->node = exited->node;
        collapse_->scope = state_.nodes.at(exited->node).parent;
        collapse_->pointer = exited->pointer;
      }
    }
  } else {
    collapse_.reset();
    if (!std::holds_alternative<InstanceCommented>(event)) found_.reset();
  }
  evolve(state_, event);
}

}  // namespace kyhan
