#include <algorithm>
#include <cassert>

#include "workflow/core/codec.hpp"
#include "workflow/core/decide.hpp"
#include "workflow/core/taken_part.hpp"

// Every overload applies one fact. A fact about a node or task that is gone is a bug in decide().

namespace kyhan {
namespace {

Node& node_of(State& state, NodeId id) { return state.nodes.at(id); }

/// What a step's end does to the scope around it. Without an output, what came in goes on.
void flow_into_parent(State& state, NodeId parent_id, int slot, std::optional<Json> output,
                      const std::optional<Json>& context, int next) {
  if (context) state.context = *context;
  Node& parent = node_of(state, parent_id);
  if (slot >= 0) {
    parent.results[static_cast<std::size_t>(slot)] = {
        {"output", output ? std::move(*output) : parent.input}};
    parent.position = std::max(parent.position, slot + 1);
  } else {
    if (output) parent.data = std::move(*output);
    parent.position = next;
  }
  parent.ready = true;
}

void apply(State& state, const InstanceStarted& event) {
  state.id = event.id;
  state.definition = event.definition;
  state.unit = event.unit;
  state.business_key = event.business_key;
  state.initiator = event.by;
  state.title = event.title;
  state.started_at = event.at;
  state.status = InstanceStatus::running;
  Node root;
  root.id = root_node;
  root.raw = event.raw;
  root.input = event.input ? *event.input : event.raw;
  root.data = root.input;
  root.ready = true;
  root.started_at = event.at;
  root.timeout_at = event.timeout_at;
  state.parent = event.parent;
  state.ancestry = event.ancestry;
  state.scheduled_at = event.scheduled_at;
  state.nodes.emplace(root_node, std::move(root));
}

void apply(State& state, const NodeEntered& event) {
  Node& parent = node_of(state, event.parent);
  Node node;
  node.id = event.node;
  node.parent = event.parent;
  node.step = event.step;
  node.slot = event.slot;
  node.raw = event.slot >= 0 ? parent.input : parent.data;
  node.input = event.input ? *event.input : node.raw;
  node.data = node.input;
  node.vars = event.vars;
  node.collection = event.collection;
  node.spec = event.spec;
  node.results = event.results;
  node.ready = event.ready;
  node.wake_at = event.wake_at;
  node.timeout_at = event.timeout_at;
  node.call_key = event.call_key;
  node.children = event.children;
  node.extension = event.extension;
  node.started_at = event.at;
  if (event.slot >= 0) {
    parent.position = event.slot + 1;
  } else {
    parent.ready = false;
  }
  state.next_node = event.node + 1;
  if (!event.extension) ++state.steps_run;
  state.nodes.emplace(event.node, std::move(node));
}

void apply(State& state, const StepRan& event) {
  ++state.steps_run;
  flow_into_parent(state, event.parent, event.slot, event.output, event.context, event.next);
}

void apply(State& state, const StepFaulted& event) {
  ++state.steps_run;
  node_of(state, event.parent).ready = false;  // The error decides what runs next.
}

void apply(State& state, const NodeExited& event) {
  Node node = std::move(node_of(state, event.node));
  state.nodes.erase(event.node);
  if (event.status != "completed") return;
  flow_into_parent(state, node.parent, node.slot,
                   event.output ? event.output : std::optional<Json>(std::move(node.data)),
                   event.context, event.next);
}

void apply(State& state, const IterationBegan& event) {
  Node& node = node_of(state, event.node);
  node.iteration = event.iteration;
  node.vars = event.vars;
  if (event.data) node.data = *event.data;
  node.position = 0;
  node.ready = true;
}

void apply(State& state, const RetryScheduled& event) {
  Node& node = node_of(state, event.node);
  node.attempt = event.attempt;
  node.first_failed_at = event.first_failed_at;
  node.data = node.input;
  node.position = 0;
  node.wake_at = event.wake_at;
  node.attempt_ends_at = event.attempt_ends_at;
  node.ready = !event.wake_at;
}

void apply(State& state, const CatchEntered& event) {
  Node& node = node_of(state, event.node);
  node.in_catch = true;
  node.vars = event.vars;
  node.data = node.input;
  node.position = 0;
  node.wake_at.reset();
  node.attempt_ends_at.reset();
  node.ready = true;
}

void apply(State& state, const NodeWoke& event) {
  Node& node = node_of(state, event.node);
  node.wake_at = event.wake_at;
  node.ready = event.ready;
  if (event.results) node.results = *event.results;
  if (event.context) state.context = *event.context;
}

void apply(State& state, const EventConsumed& event) {
  node_of(state, event.node).results = event.results;
}

void apply(State& state, const ChildEnded& event) {
  std::erase(node_of(state, event.node).children, event.child);
}

void apply(State& state, const ChildrenCounted& event) {
  Json& fan = node_of(state, event.node).results.at("fan");
  fan["completed"] = event.completed;
  fan["faulted"] = event.faulted;
  fan["cancelled"] = event.cancelled;
}

void end(State& state, InstanceStatus status, Instant at) {
  state.status = status;
  state.ended_at = at;
  state.suspended.reset();
  state.nodes.clear();
  state.tasks.clear();
}

void apply(State& state, const InstanceCompleted& event) {
  end(state, InstanceStatus::completed, event.at);
  state.output = event.output;
}

void apply(State& state, const InstanceFaulted& event) {
  end(state, InstanceStatus::faulted, event.at);
  state.error = event.error;
}

void apply(State& state, const InstanceCancelled& event) {
  end(state, InstanceStatus::cancelled, event.at);
}

void apply(State& state, const InstanceRetried& event) {
  state.status = InstanceStatus::running;
  state.ended_at.reset();
  state.error.reset();
  state.nodes = event.nodes;
  state.tasks = event.tasks;
  state.steps_run = 0;
}

void apply(State& state, const TaskOpened& event) {
  state.tasks.emplace(event.task.id, event.task);
  ++state.next_task;
}

void apply(State& state, const TaskClaimed& event) {
  Task& task = state.tasks.at(event.task);
  task.holder = event.by;
  task.on_behalf_of = event.on_behalf_of;
  task.delegated_by.clear();
  task.claimed_at = event.at;
  task.state = TaskState::claimed;
  ++task.version;
}

void apply(State& state, const TaskReleased& event) {
  Task& task = state.tasks.at(event.task);
  ++task.version;
  if (!task.delegated_by.empty()) {
    // A delegate gives it back to whoever handed it on.
    task.holder = task.delegated_by.back();
    task.delegated_by.pop_back();
    task.on_behalf_of = task.delegated_by.empty() ? PersonId{} : task.delegated_by.front();
    task.state = TaskState::claimed;
    return;
  }
  // What was given to one person goes back to that person.
  task.holder = task.direct ? task.on_behalf_of : PersonId{};
  task.on_behalf_of = PersonId{};
  task.state = task.direct ? TaskState::claimed : TaskState::offered;
  if (!task.direct) task.claimed_at.reset();
}

void apply(State& state, const TaskCompleted& event) {
  const auto found = state.tasks.find(event.response.task);
  assert(found != state.tasks.end());
  node_of(state, found->second.node).responses.push_back(event.response);
  if (!event.response.automatic) {
    std::set<PersonId>& performers = state.performers[event.pointer];
    performers.insert(event.response.by);
    if (!event.response.on_behalf_of.empty()) performers.insert(event.response.on_behalf_of);
    if (!event.response.unit.empty()) {
      state.performer_units[event.pointer].insert(event.response.unit);
    }
  }
  state.tasks.erase(found);
}

void apply(State& state, const TaskStarted& event) {
  Task& task = state.tasks.at(event.task);
  task.state = TaskState::in_progress;
  ++task.version;
}

void apply(State& state, const TaskDelegated& event) {
  Task& task = state.tasks.at(event.task);
  state.performers[taken_part_key(task.step)].insert(event.by);
  task.delegated_by.push_back(event.by);
  task.on_behalf_of = task.delegated_by.front();
  task.holder = event.to;
  if (!task.claimed_at) task.claimed_at = event.at;
  task.state = TaskState::claimed;
  ++task.version;
}

void apply(State& state, const TaskReassigned& event) {
  Task& task = state.tasks.at(event.task);
  Candidate one;
  one.user = event.to;
  task.candidates = {one};
  task.holder = event.to;
  task.direct = true;
  task.role = RoleId{};
  task.on_behalf_of = PersonId{};
  task.delegated_by.clear();
  task.claimed_at = event.at;
  task.state = TaskState::claimed;
  ++task.version;
}

void apply(State& state, const InfoRequested& event) {
  Task& task = state.tasks.at(event.task);
  task.asked.push_back(event.request);
  ++task.version;
}

void apply(State& state, const InfoProvided& event) {
  Task& task = state.tasks.at(event.task);
  std::erase_if(task.asked, [&](const InfoRequest& one) { return one.to == event.by; });
  ++task.version;
}

void apply(State&, const SignerAdded&) {}

void apply(State& state, const AnswerRecalled& event) {
  State restored = decode_state(event.restored);
  // What is counted is never counted back: ids name one thing for ever.
  restored.revision = state.revision;
  restored.next_node = state.next_node;
  restored.next_task = state.next_task;
  restored.steps_run = state.steps_run;
  state = std::move(restored);
}

void apply(State& state, const TaskEnded& event) { state.tasks.erase(event.task); }

void apply(State& state, const TaskReminded& event) {
  state.tasks.at(event.task).moments = event.moments;
}

void apply(State& state, const TaskOverdue& event) {
  Task& task = state.tasks.at(event.task);
  task.overdue = true;
  task.moments = event.moments;
  ++task.version;
}

void apply(State& state, const TaskEscalated& event) {
  Task& task = state.tasks.at(event.task);
  ++task.escalations;
  task.moments = event.moments;
  if (event.candidates) {
    task.candidates = *event.candidates;
    task.holder = event.holder;
    task.on_behalf_of = PersonId{};
    task.delegated_by.clear();
    task.role = RoleId{};
    task.direct = !event.holder.empty();
    task.state = task.direct ? TaskState::claimed : TaskState::offered;
    task.claimed_at = task.direct ? std::optional<Instant>(event.at) : std::nullopt;
  }
  ++task.version;
}

void apply(State& state, const InstanceSuspended& event) {
  state.suspended = Suspension{event.at, event.by, event.reason};
  state.status = InstanceStatus::suspended;
}

void apply(State& state, const InstanceResumed& event) {
  // A clock set back may have it end before it began: then nothing stood still.
  state.stops.push_back({state.suspended->since, std::max(state.suspended->since, event.at)});
  state.suspended.reset();
  state.status = InstanceStatus::waiting;
}

void take_plan(State& state, const TaskPlan& plan) {
  Task& task = state.tasks.at(plan.task);
  if (!task.first_due_at && task.due_at != plan.due_at) {
    task.first_due_at = task.due_at;
    task.first_due_date = task.due_explain.value("date", "");
  }
  task.due_at = plan.due_at;
  task.due_explain = plan.due_explain;
  task.overdue = plan.overdue;
  task.moments = plan.moments;
  task.plans = plan.plans;
}

void apply(State& state, const DeadlinesMoved& event) {
  for (const NodePlan& plan : event.nodes) {
    Node& node = node_of(state, plan.node);
    node.wake_at = plan.wake_at;
    node.timeout_at = plan.timeout_at;
    node.attempt_ends_at = plan.attempt_ends_at;
  }
  for (const TaskPlan& plan : event.tasks) {
    take_plan(state, plan);
    ++state.tasks.at(plan.task).version;
  }
}

void apply(State& state, const HandedOver& event) {
  if (event.whole) state.unit = event.to;
  for (const MovedTask& moved : event.tasks) {
    Task& task = state.tasks.at(moved.task);
    task.unit = moved.unit;
    task.candidates = moved.candidates;
    ++task.version;
  }
  for (const MovedQueue& moved : event.queues) {
    node_of(state, moved.node).results["queue"] = moved.queue;
  }
}

void apply(State& state, const ExtensionRequested& event) {
  Task& task = state.tasks.at(event.task);
  task.extensions.push_back(event.extension);
  ++task.version;
}

void apply(State& state, const ExtensionDecided& event) {
  Task& task = state.tasks.at(event.task);
  task.extensions.back() = event.extension;
  if (event.plan) take_plan(state, *event.plan);
  ++task.version;
}

void apply(State&, const TaskCommented&) {}
void apply(State&, const InstanceCommented&) {}
void apply(State& state, const BallotCast& event) {
  std::vector<Response>& responses = node_of(state, event.node).responses;
  std::erase_if(responses,
                [&](const Response& one) { return one.task == event.response.task; });
  responses.push_back(event.response);
  state.performers[event.pointer].insert(event.response.by);
  if (!event.response.unit.empty()) {
    state.performer_units[event.pointer].insert(event.response.unit);
  }
  Task& task = state.tasks.at(event.response.task);
  task.voted_at = event.response.at;
  ++task.version;
}

void apply(State&, const VoteClosed&) {}

}  // namespace

void evolve(State& state, const Event& event) {
  std::visit([&state](const auto& one) { apply(state, one); }, event);
  ++state.revision;
  if (state.status == InstanceStatus::running || state.status == InstanceStatus::waiting) {
    const bool ready = std::ranges::any_of(
        state.nodes, [](const auto& entry) { return entry.second.ready; });
    state.status = ready ? InstanceStatus::running : InstanceStatus::waiting;
  }
}

bool is_fan(const Node& node) {
  return node.results.is_object() && node.results.contains("fan");
}

Waits waits_of(const State& state) {
  Waits waits;
  const bool clocks_run = !state.suspended;
  for (const auto& [id, node] : state.nodes) {
    if (node.wake_at && clocks_run) waits.timers["n" + std::to_string(id)] = *node.wake_at;
    if (node.timeout_at && clocks_run) waits.timers["x" + std::to_string(id)] = *node.timeout_at;
    if (node.attempt_ends_at && clocks_run) {
      waits.timers["a" + std::to_string(id)] = *node.attempt_ends_at;
    }
    if (node.spec.is_object() && node.spec.contains("listenTypes")) waits.subscriptions.insert(id);
    if (!node.call_key.empty()) waits.calls.emplace(id, node.call_key);
    waits.children.insert(node.children.begin(), node.children.end());
  }
  for (const auto& [id, node] : state.nodes) {
    if (node.results.is_object() && node.results.contains("box")) {
      waits.ballot_boxes.insert(node.results.at("box").get<std::string>());
    }
    if (is_fan(node)) waits.fans.insert(id);
  }
  for (const auto& [id, task] : state.tasks) {
    waits.tasks.insert(id);
    if (!task.moments.empty() && clocks_run) waits.timers["t" + id.text()] = task.moments.front().at;
  }
  return waits;
}

}  // namespace kyhan
