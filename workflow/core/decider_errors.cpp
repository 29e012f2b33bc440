// Errors climb the scopes until a `try` catches them (language.md 1.4 try/catch, rulings 13-20).

#include <algorithm>

#include "workflow/core/codec.hpp"
#include "workflow/core/decider.hpp"
#include "workflow/core/time_text.hpp"

namespace kyhan {
namespace {

/// The longest a retry waits, whatever the policy makes of its delay.
constexpr Milliseconds retry_delay_max = std::chrono::hours{24 * 366 * 10};

/// The last part of a standard error type, whatever known root it was written with.
std::string_view standard_name(std::string_view type) {
  static constexpr std::string_view roots[] = {
      "https://serverlessworkflow.io/spec/1.0.0/errors/",
      "https://serverlessworkflow.io/dsl/errors/types/",
      "https://open-workflow-specification.org/spec/1.0.0/errors/",
      "https://open-workflow-specification.org/dsl/errors/types/",
  };
  for (const std::string_view root : roots) {
    if (type.starts_with(root)) return type.substr(root.size());
  }
  return {};
}

bool same_type(const std::string& left, const std::string& right) {
  if (left == right) return true;
  const std::string_view name = standard_name(left);
  return !name.empty() && name == standard_name(right);
}

Milliseconds length_of(const Duration& duration, Instant from, const std::string& zone) {
  return add_duration(from, duration, zone) - from;
}

}  // namespace

void Decider::fault_step(NodeId parent, const Step& step, WorkflowError error) {
  error.instance = step.pointer;
  if (find_node(parent) == nullptr || state_.ended_at) return;
  apply(StepFaulted{parent, step.index, step.pointer, error, now_.at});
  raise_from(parent, std::move(error));
}

void Decider::fault_node(NodeId id, WorkflowError error) {
  const Node& node = state_.nodes.at(id);
  const NodeId parent = node.parent;
  if (error.instance.empty()) error.instance = step_of(node).pointer;
  cancel_descendants(id, "cancelled");
  withdraw_tasks_of(id, "cancelled");
  cancel_children_of(id);
  NodeExited exited;
  exited.node = id;
  exited.pointer = step_of(state_.nodes.at(id)).pointer;
  exited.status = "faulted";
  exited.error = error;
  exited.at = now_.at;
  apply(std::move(exited));
  raise_from(parent, std::move(error));
}

void Decider::raise_from(NodeId scope, WorkflowError error) {
  if (scope > root_node) {
    const Node& node = state_.nodes.at(scope);
    if (!node.extension && std::holds_alternative<TryStep>(step_of(node).body) &&
        !node.in_catch && catches(node, error)) {
      cancel_descendants(scope, "cancelled");
      if (retry(scope, error)) return;
      const auto& body = std::get<TryStep>(step_of(state_.nodes.at(scope)).body);
      if (body.has_catch_list) {
        apply(CatchEntered{scope, {{body.as, encode(error)}}, error, now_.at});
      } else {
        complete_node(scope, state_.nodes.at(scope).input,
                      body.catch_then ? &*body.catch_then : nullptr);
      }
      return;
    }
    fault_node(scope, std::move(error));
    return;
  }
  if (error.instance.empty()) error.instance = "/";
  cancel_descendants(root_node, "cancelled");
  apply(InstanceFaulted{error, now_.at});
  tell_parent();
  publish(
      "instance", "faulted", state_.unit, state_.id.text(),
      {{"faultedAt", to_rfc3339(now_.at)},
       {"error", {{"type", error.type}, {"status", error.status}, {"instance", error.instance}}}});
}

bool Decider::catches(const Node& node, const WorkflowError& error) {
  const Step& step = step_of(node);
  const auto& body = std::get<TryStep>(step.body);
  const Json json = encode(error);
  for (const auto& [member, wanted] : body.error_filter.items()) {
    const auto found = json.find(member);
    if (found == json.end()) return false;
    if (member == "type" && found->is_string() && wanted.is_string()) {
      if (!same_type(found->get<std::string>(), wanted.get<std::string>())) return false;
    } else if (*found != wanted) {
      return false;
    }
  }
  Place place{node.id, &step, &node.raw, &node.input, nullptr, nullptr, node.started_at, &json};
  place.error_name = body.as;
  if (body.when != ExpressionId::none) {
    const Outcome<bool> met = condition(body.when, json, place);
    if (!met || !*met) return false;
  }
  if (body.except_when != ExpressionId::none) {
    const Outcome<bool> met = condition(body.except_when, json, place);
    if (!met || *met) return false;
  }
  return true;
}

bool Decider::retry(NodeId id, const WorkflowError& error) {
  const Node& node = state_.nodes.at(id);
  const Step& step = step_of(node);
  const auto& body = std::get<TryStep>(step.body);
  if (!body.retry) return false;
  const RetryPolicy& policy = *body.retry;
  const Json json = encode(error);
  Place place{id, &step, &node.raw, &node.input, nullptr, nullptr, node.started_at, &json};
  place.error_name = body.as;
  if (policy.when != ExpressionId::none) {
    const Outcome<bool> met = condition(policy.when, json, place);
    if (!met || !*met) return false;
  }
  if (policy.except_when != ExpressionId::none) {
    const Outcome<bool> met = condition(policy.except_when, json, place);
    if (!met || *met) return false;
  }
  const int attempt = node.attempt + 1;
  if (policy.attempt_count && attempt > *policy.attempt_count) return false;
  const Instant first = node.first_failed_at.value_or(now_.at);

  Outcome<Duration> base = duration(policy.delay, json, place);
  if (!base) return false;
  Milliseconds delay = length_of(*base, now_.at, definition().time_zone);
  std::int64_t times = 1;
  if (policy.backoff == RetryPolicy::Backoff::linear) times = attempt;
  if (policy.backoff == RetryPolicy::Backoff::exponential) times = 1LL << std::min(attempt - 1, 30);
  delay = delay < retry_delay_max / times ? delay * times : retry_delay_max;
  if (policy.jitter_from && policy.jitter_to) {
    const Milliseconds from = length_of(*policy.jitter_from, now_.at, definition().time_zone);
    const Milliseconds to = length_of(*policy.jitter_to, now_.at, definition().time_zone);
    delay += from + Milliseconds(static_cast<std::int64_t>(
                        static_cast<double>((to - from).count()) * now_.jitter));
  }
  if (policy.duration &&
      now_.at + delay > add_duration(first, *policy.duration, definition().time_zone)) {
    return false;
  }
  std::optional<Instant> wake_at;
  if (delay > Milliseconds{0}) wake_at = now_.at + delay;
  std::optional<Instant> attempt_ends_at;
  if (policy.attempt_duration) {
    attempt_ends_at = after(wake_at.value_or(now_.at), *policy.attempt_duration);
  }
  apply(RetryScheduled{id, attempt, error, wake_at, first, now_.at, attempt_ends_at});
  return true;
}

/// A retry has lasted longer than its policy allows: an error like any other of the list.
void Decider::end_attempt(NodeId id) {
  WorkflowError error = standard_error("timeout", 408, "the time allowed for one retry has passed");
  error.instance = step_of(state_.nodes.at(id)).pointer;
  cancel_descendants(id, "timeout");
  raise_from(id, std::move(error));
}

}  // namespace kyhan
