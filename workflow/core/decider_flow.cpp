// How control moves: scopes run their list step by step; a step either ends at once or becomes a
// node that stays.

#include <algorithm>

#include "workflow/core/codec.hpp"
#include "workflow/core/decider.hpp"
#include "workflow/core/time_text.hpp"

namespace kyhan {

Decider::Decider(State state, const World& world, const Now& now)
    : state_(std::move(state)),
      world_(world),
      now_(now),
      before_(waits_of(state_)),
      steps_left_(now.steps_max) {}

void Decider::apply(Event event) {
  if (definition().publish_lifecycle != "none") publish_lifecycle(event);
  evolve(state_, event);
  events_.push_back(std::move(event));
}

Node* Decider::find_node(NodeId id) {
  const auto found = state_.nodes.find(id);
  return found == state_.nodes.end() ? nullptr : &found->second;
}

const Step& Decider::step_of(const Node& node) const {
  return definition().steps.at(static_cast<std::size_t>(node.step));
}

Result<void> Decider::start(const StartInstance& command) {
  InstanceStarted started;
  started.id = command.id;
  started.definition = definition().ref;
  started.unit = command.unit;
  started.business_key = command.business_key;
  started.by = command.by;
  started.raw = command.input;
  started.parent = command.parent;
  started.ancestry = command.ancestry;
  started.scheduled_at = command.scheduled_at;
  started.at = now_.at;

  // The state needs a root before any expression can look at it.
  state_.id = command.id;
  state_.unit = command.unit;
  state_.started_at = now_.at;
  state_.nodes[root_node].raw = command.input;
  std::optional<WorkflowError> fault;
  const Place place{root_node, nullptr, nullptr, nullptr, nullptr, nullptr, now_.at, nullptr};
  if (Outcome<void> checked = check(definition().input_schema, command.input); !checked) {
    fault = checked.error();
  } else if (definition().input_from) {
    Outcome<Json> input = evaluate(*definition().input_from, command.input, place);
    if (input) {
      started.input = std::move(*input);
    } else {
      fault = input.error();
    }
  }
  if (definition().start.title != ExpressionId::none) {
    // A title that fails costs nobody an instance: lists then name the definition and the unit.
    const Outcome<Json> title = evaluate(definition().start.title, command.input, place);
    const Text text = title ? text_of(*title) : Text{};
    if (!text.vi.empty()) started.title = text_json(text);
  }
  if (!fault && definition().timeout) {
    Outcome<Duration> timeout = duration(*definition().timeout, command.input, place);
    if (timeout) {
      started.timeout_at = after(now_.at, *timeout);
    } else {
      fault = timeout.error();
    }
  }
  state_ = State{};
  apply(started);
  publish("instance", "started", state_.unit, state_.id.text(),
          {{"startedAt", to_rfc3339(now_.at)}, {"businessKey", state_.business_key}});
  if (fault) {
    fault->instance = "/";
    raise_from(root_node, *fault);
  }
  return {};
}

Result<void> Decider::cancel(const CancelInstance& command) {
  if (state_.ended_at) {
    return Error{ErrorCode::conflict,
                 "instance-ended",
                 {"Quy trình đã kết thúc, không thể hủy.",
                  "The instance has ended and cannot be cancelled."}};
  }
  cancel_descendants(root_node, "cancelled");
  apply(InstanceCancelled{command.by, command.reason, now_.at});
  tell_parent();
  publish("instance", "cancelled", state_.unit, state_.id.text(),
          {{"cancelledAt", to_rfc3339(now_.at)}});
  return {};
}

void Decider::run() {
  while (!state_.ended_at && !state_.suspended) {
    // The youngest scope first: depth first, branches of a fork in declared order.
    const auto ready = std::find_if(state_.nodes.rbegin(), state_.nodes.rend(),
                                    [](const auto& entry) { return entry.second.ready; });
    if (ready == state_.nodes.rend()) return;
    if (steps_left_ <= 0) return;
    step_scope(ready->first);
  }
}

Decision Decider::finish() {
  sync_timers();
  Decision decision;
  decision.unfinished = !state_.ended_at && state_.status == InstanceStatus::running;
  decision.events = std::move(events_);
  decision.effects = std::move(effects_);
  decision.state = std::move(state_);
  return decision;
}

void Decider::sync_timers() {
  const Waits now = waits_of(state_);
  for (const auto& [timer, due_at] : now.timers) {
    const auto was = before_.timers.find(timer);
    if (was == before_.timers.end() || was->second != due_at) effect(SetTimer{timer, due_at});
  }
  for (const auto& [timer, due_at] : before_.timers) {
    if (!now.timers.contains(timer)) effect(ClearTimer{timer});
  }
  for (const NodeId node : now.subscriptions) {
    if (before_.subscriptions.contains(node)) continue;
    Subscribe subscribe{node, {}};
    for (const Json& type : state_.nodes.at(node).spec.at("listenTypes")) {
      subscribe.types.push_back(type.get<std::string>());
    }
    effect(std::move(subscribe));
  }
  for (const NodeId node : before_.subscriptions) {
    if (!now.subscriptions.contains(node)) effect(Unsubscribe{node});
  }
  for (const auto& [node, key] : now.calls) {
    if (!before_.calls.contains(node)) effect(StartCall{node, key});
  }
  for (const auto& [node, key] : before_.calls) {
    if (!now.calls.contains(node)) effect(DropCall{node, key});
  }
  for (auto& [node, opened] : fans_) {
    if (now.fans.contains(node)) effect(std::move(opened));
  }
  for (const NodeId node : before_.fans) {
    if (!now.fans.contains(node)) effect(CloseFan{node});
  }
  // Whatever way a secret vote ends, its box goes with it.
  for (const std::string& vote : before_.ballot_boxes) {
    if (!now.ballot_boxes.contains(vote)) effect(CloseBallotBox{vote});
  }
}

const StepList& Decider::list_of(const Node& node) const {
  if (node.step == no_step) return definition().top;
  if (node.extension) {
    const StepExtension& extension = extension_of(node);
    return node.iteration == extension_before ? extension.before : extension.after;
  }
  const Step& step = step_of(node);
  if (const auto* one = std::get_if<DoStep>(&step.body)) return one->list;
  if (const auto* one = std::get_if<ForStep>(&step.body)) return one->list;
  if (const auto* one = std::get_if<TryStep>(&step.body)) {
    return node.in_catch ? one->catch_list : one->list;
  }
  if (const auto* one = std::get_if<CallStep>(&step.body)) return one->body;
  return std::get<ListenStep>(step.body).foreach_list;
}

void Decider::step_scope(NodeId id) {
  const Node& node = state_.nodes.at(id);
  if (extends_step(id)) return extension_part_finished(id);  // The step it extends has ended.
  if (node.step != no_step && !node.extension &&
      std::holds_alternative<ForkStep>(step_of(node).body)) {
    step_fork(id);
    return;
  }
  const StepList& list = list_of(node);
  if (node.position < 0 || node.position >= static_cast<int>(list.size())) {
    list_finished(id);
    return;
  }
  const StepIndex index = list[static_cast<std::size_t>(node.position)];
  run_step(definition().steps[static_cast<std::size_t>(index)], id, -1);
}

void Decider::step_fork(NodeId id) {
  const Node& node = state_.nodes.at(id);
  const auto& fork = std::get<ForkStep>(step_of(node).body);
  const auto done =
      std::ranges::find_if(node.results, [](const Json& one) { return !one.is_null(); });
  if (fork.compete && done != node.results.end()) {
    Json winner = done->at("output");
    cancel_descendants(id, "decided");
    complete_node(id, std::move(winner));
    return;
  }
  // Branches begin in their order; after a retry those that stand or have ended are passed over.
  for (int slot = node.position; slot < static_cast<int>(fork.branches.size()); ++slot) {
    const bool stands = std::ranges::any_of(state_.nodes, [&](const auto& entry) {
      return entry.second.parent == id && entry.second.slot == slot;
    });
    if (stands || !node.results[static_cast<std::size_t>(slot)].is_null()) continue;
    const StepIndex branch = fork.branches[static_cast<std::size_t>(slot)];
    run_step(definition().steps[static_cast<std::size_t>(branch)], id, slot);
    return;
  }
  const bool all =
      std::ranges::none_of(node.results, [](const Json& one) { return one.is_null(); });
  if (!all) {
    apply(NodeWoke{id, false, std::nullopt, std::nullopt, now_.at});
    return;
  }
  Json outputs = Json::array();
  for (const Json& one : node.results) outputs.push_back(one.at("output"));
  complete_node(id, std::move(outputs));
}

int Decider::next_position(const Step& step, const Flow& flow) const {
  switch (flow.kind) {
    case Flow::Kind::next:
      return step.position + 1;
    case Flow::Kind::jump:
      return definition().steps.at(static_cast<std::size_t>(flow.target)).position;
    case Flow::Kind::exit:
      return list_ends;
    case Flow::Kind::end:
      break;
  }
  return instance_ends;
}

void Decider::run_step(const Step& step, NodeId parent, int slot, std::size_t extension) {
  --steps_left_;
  if (state_.steps_run >= steps_per_instance_max) {
    // No `try` may catch this: it could go on for ever.
    WorkflowError spent =
        standard_error("runtime", 500,
                       "the instance has run " + std::to_string(steps_per_instance_max) +
                           " steps, the most an instance may run");
    spent.instance = step.pointer;
    apply(StepFaulted{parent, step.index, step.pointer, spent, now_.at});
    raise_from(root_node, std::move(spent));
    return;
  }
  const Node& scope = state_.nodes.at(parent);
  // Borrowed from the state until the step's fact is applied.
  const Json& raw = slot >= 0 ? scope.input : scope.data;
  Place place{parent, &step, &raw, nullptr, nullptr, nullptr, now_.at, nullptr};

  if (step.if_ != ExpressionId::none && !extends_step(parent)) {
    Outcome<bool> wanted = condition(step.if_, raw, place);
    if (!wanted) return fault_step(parent, step, wanted.error());
    if (!*wanted) {
      StepRan skipped{parent, step.index, step.pointer,      slot,   true,
                      {},     {},         step.position + 1, now_.at};
      apply(std::move(skipped));
      return;
    }
  }
  Outcome<bool> extended = extend(step, parent, slot, extension);
  if (!extended) return fault_step(parent, step, extended.error());
  if (*extended) return;

  if (Outcome<void> checked = check(step.input_schema, raw); !checked) {
    return fault_step(parent, step, checked.error());
  }
  std::optional<Json> transformed;
  if (step.input_from) {
    Outcome<Json> made = evaluate(*step.input_from, raw, place);
    if (!made) return fault_step(parent, step, made.error());
    transformed = std::move(*made);
  }
  const Json& input = transformed ? *transformed : raw;
  place.input = &input;
  if (stays(step)) return enter_step(step, parent, slot, raw, input);

  Flow flow = step.then;
  std::optional<Json> output;  // None: the input as it came.
  std::optional<StartChild> child;
  if (const auto* choice = std::get_if<SwitchStep>(&step.body)) {
    Outcome<const SwitchStep::Case*> taken = case_of(*choice, input, place);
    if (!taken) return fault_step(parent, step, taken.error());
    if (*taken != nullptr) flow = (*taken)->then;
  } else if (const auto* run = std::get_if<RunStep>(&step.body)) {
    Outcome<StartChild> made = child_of(*run, input, place);
    if (!made) return fault_step(parent, step, made.error());
    child = std::move(*made);
  } else {
    Outcome<Json> result = run_leaf(step, scope, raw, input);
    if (!result) return fault_step(parent, step, result.error());
    output = std::move(*result);
  }

  Outcome<Ended> ended = end_of(step, parent, raw, input, output ? *output : input, now_.at);
  if (!ended) return fault_step(parent, step, ended.error());
  StepRan ran{parent, step.index, step.pointer, slot, false, {}, {}, next_position(step, flow),
              now_.at};
  if (ended->output) {
    output = std::move(ended->output);
  } else if (!output) {
    output = std::move(transformed);
  }
  if (output && *output == raw) output.reset();
  Json last;
  const bool ends = flow.kind == Flow::Kind::end && !extends_step(parent);
  if (ends) last = output ? *output : raw;
  ran.output = std::move(output);
  ran.context = std::move(ended->context);
  if (child) ran.child = child->start.id;
  apply(std::move(ran));
  if (child) effect(std::move(*child));
  if (ends) end_instance(std::move(last));
}

/// Whether a step becomes a node: a scope with steps of its own, or a wait.
bool Decider::stays(const Step& step) {
  struct Visitor {
    bool operator()(const SetStep&) const { return false; }
    bool operator()(const SwitchStep&) const { return false; }
    bool operator()(const RaiseStep&) const { return false; }
    bool operator()(const EmitStep&) const { return false; }
    bool operator()(const RunStep& run) const { return run.await; }
    bool operator()(const CallStep& call) const {
      return call.function != Function::calendar && call.function != Function::notify;
    }
    bool operator()(const DoStep&) const { return true; }
    bool operator()(const ForStep&) const { return true; }
    bool operator()(const ForkStep&) const { return true; }
    bool operator()(const TryStep&) const { return true; }
    bool operator()(const WaitStep&) const { return true; }
    bool operator()(const ListenStep&) const { return true; }
    bool operator()(const RequestStep&) const { return true; }
  };
  return std::visit(Visitor{}, step.body);
}

/// The first case that is true, else the default one, else null.
Outcome<const SwitchStep::Case*> Decider::case_of(const SwitchStep& choice, const Json& input,
                                                  const Place& place) {
  const SwitchStep::Case* otherwise = nullptr;
  for (const SwitchStep::Case& one : choice.cases) {
    if (one.when == ExpressionId::none) {
      otherwise = &one;
      continue;
    }
    Outcome<bool> met = condition(one.when, input, place);
    if (!met) return met.error();
    if (*met) return &one;
  }
  return otherwise;
}

void Decider::enter_step(const Step& step, NodeId parent, int slot, const Json& raw,
                         const Json& input) {
  NodeEntered entered;
  entered.node = state_.next_node;
  entered.parent = parent;
  entered.step = step.index;
  entered.pointer = step.pointer;
  entered.slot = slot;
  entered.at = now_.at;
  if (step.input_from) entered.input = input;
  if (step.timeout) {
    const Place place{parent, &step, &raw, &input, nullptr, nullptr, now_.at, nullptr};
    Outcome<Duration> timeout = duration(*step.timeout, input, place);
    if (!timeout) return fault_step(parent, step, timeout.error());
    entered.timeout_at = after(now_.at, *timeout);
  }
  const Json raw_kept = raw;  // What is entered may change the scope.
  const Json input_kept = input;
  if (Outcome<void> done = enter(step, std::move(entered), raw_kept, input_kept); !done) {
    fault_step(parent, step, done.error());
  }
}

Outcome<Json> Decider::run_leaf(const Step& step, const Node& scope, const Json& raw,
                                const Json& input) {
  const Place place{scope.id, &step, &raw, &input, nullptr, nullptr, now_.at, nullptr};
  if (const auto* set = std::get_if<SetStep>(&step.body)) return evaluate(set->value, input, place);
  if (const auto* emit = std::get_if<EmitStep>(&step.body)) {
    Outcome<Json> event = evaluate(emit->event, input, place);
    if (!event) return event.error();
    return run_emit(step, std::move(*event));
  }
  if (const auto* raise = std::get_if<RaiseStep>(&step.body)) {
    WorkflowError error;
    const auto text = [&](const Value& value, std::string& into) -> Outcome<void> {
      Outcome<Json> one = evaluate(value, input, place);
      if (!one) return one.error();
      if (one->is_string())
        into = one->get<std::string>();
      else if (!one->is_null())
        into = one->dump();
      return {};
    };
    std::string author_instance;
    for (Outcome<void> done :
         {text(raise->error.type, error.type), text(raise->error.title, error.title),
          text(raise->error.detail, error.detail), text(raise->error.instance, author_instance)}) {
      if (!done) return done.error();
    }
    Outcome<Json> status = evaluate(raise->error.status, input, place);
    if (!status) return status.error();
    if (status->is_number_integer()) error.status = status->get<int>();
    if (!author_instance.empty()) error.extra = {{"raisedInstance", author_instance}};
    return error;
  }
  const auto& call = std::get<CallStep>(step.body);
  Outcome<Json> with = evaluate(call.with, input, place);
  if (!with) return with.error();
  return call.function == Function::calendar ? run_calendar(*with) : run_notify(step, *with);
}

Outcome<void> Decider::enter(const Step& step, NodeEntered entered, const Json& raw,
                             const Json& input) {
  const NodeId id = entered.node;
  const Place place{entered.parent, &step, &raw, &input, nullptr, nullptr, now_.at, nullptr};
  if (std::holds_alternative<DoStep>(step.body) || std::holds_alternative<TryStep>(step.body)) {
    entered.ready = true;
    apply(std::move(entered));
    return {};
  }
  if (const auto* fork = std::get_if<ForkStep>(&step.body)) {
    entered.ready = true;
    entered.results = Json::array();
    for (std::size_t i = 0; i < fork->branches.size(); ++i) entered.results.push_back(nullptr);
    apply(std::move(entered));
    return {};
  }
  if (std::holds_alternative<ForStep>(step.body)) {
    return enter_for(step, std::move(entered), input, place);
  }
  if (const auto* wait = std::get_if<WaitStep>(&step.body)) {
    Outcome<Duration> length = duration(wait->duration, input, place);
    if (!length) return length.error();
    entered.wake_at = after(now_.at, *length);
    apply(std::move(entered));
    if (*state_.nodes.at(id).wake_at <= now_.at) complete_node(id, input);
    return {};
  }
  if (std::holds_alternative<RequestStep>(step.body)) {
    return enter_call(step, std::move(entered), input, place);
  }
  if (std::holds_alternative<ListenStep>(step.body)) return enter_listen(step, std::move(entered));
  if (std::holds_alternative<RunStep>(step.body)) {
    return enter_run(step, std::move(entered), input, place);
  }
  const auto& call = std::get<CallStep>(step.body);
  Outcome<Json> with = call.passes_input ? given(input) : evaluate(call.with, input, place);
  if (!with) return with.error();
  if (call.function == Function::own) {
    // `with` is what flows into the function.
    apply(std::move(entered));
    apply(IterationBegan{id, 0, nullptr, std::move(*with), now_.at});
    return {};
  }
  if (call.function == Function::fan_out) return enter_fan(std::move(entered), std::move(*with));
  entered.spec = call.function == Function::human_task ? with_forms(std::move(*with))
                                                       : std::move(*with);
  apply(std::move(entered));
  Outcome<void> opened =
      call.function == Function::human_task ? open_human_task(id) : open_vote(id);
  if (!opened) fault_node(id, opened.error());
  return {};
}

Outcome<void> Decider::enter_for(const Step& step, NodeEntered entered, const Json& input,
                                 const Place& place) {
  const auto& loop = std::get<ForStep>(step.body);
  Json collection = loop.in_literal;
  if (loop.in != ExpressionId::none) {
    Outcome<Json> found = evaluate(loop.in, input, place);
    if (!found) return found.error();
    collection = std::move(*found);
  }
  if (!collection.is_array()) {
    return standard_error("expression", 400, "`for.in` must give an array");
  }
  const NodeId id = entered.node;
  entered.collection = std::move(collection);
  apply(std::move(entered));
  next_iteration(id);
  return {};
}

void Decider::next_iteration(NodeId id) {
  const Node& node = state_.nodes.at(id);
  const Step& step = step_of(node);
  const auto& loop = std::get<ForStep>(step.body);
  const int iteration = node.vars.is_null() ? 0 : node.iteration + 1;
  if (iteration >= static_cast<int>(node.collection.size())) {
    return complete_node(id, node.data);
  }
  Json vars = {{loop.each, node.collection[static_cast<std::size_t>(iteration)]},
               {loop.at, iteration}};
  if (loop.while_ != ExpressionId::none) {
    // `while` sees the variables of the round it decides about.
    Place place{id, &step, &node.raw, &node.input, nullptr, nullptr, node.started_at, nullptr};
    place.vars = &vars;
    Outcome<bool> more = condition(loop.while_, node.data, place);
    if (!more) return fault_node(id, more.error());
    if (!*more) return complete_node(id, node.data);
  }
  apply(IterationBegan{id, iteration, std::move(vars), {}, now_.at});
}

void Decider::list_finished(NodeId id) {
  const Node& node = state_.nodes.at(id);
  if (node.step == no_step) return end_instance(node.data);
  if (node.extension) return extension_part_finished(id);
  const Step& step = step_of(node);
  if (std::holds_alternative<ForStep>(step.body)) return next_iteration(id);
  if (std::holds_alternative<ListenStep>(step.body)) return listen_body_finished(id);
  const auto* attempt = std::get_if<TryStep>(&step.body);
  const bool caught = attempt != nullptr && node.in_catch && attempt->catch_then;
  complete_node(id, node.data, caught ? &*attempt->catch_then : nullptr);
}

void Decider::complete_node(NodeId id, Json raw_output, const Flow* flow) {
  const Node& node = state_.nodes.at(id);
  const Step& step = step_of(node);
  if (flow == nullptr) flow = &step.then;
  const bool ends = flow->kind == Flow::Kind::end && !extends_step(node.parent);
  Outcome<Ended> ended =
      end_of(step, node.parent, node.raw, node.input, raw_output, node.started_at);
  if (!ended) return fault_node(id, ended.error());
  NodeExited exited;
  exited.node = id;
  exited.pointer = step.pointer;
  exited.next = next_position(step, *flow);
  exited.at = now_.at;
  Json output = ended->output ? std::move(*ended->output) : std::move(raw_output);
  if (output != node.data) exited.output = output;
  exited.context = std::move(ended->context);
  apply(std::move(exited));
  if (ends) end_instance(std::move(output));
}

void Decider::end_instance(Json output) {
  const Place place{root_node, nullptr, nullptr, nullptr, nullptr, nullptr, state_.started_at,
                    nullptr};
  if (definition().output_as) {
    Outcome<Json> shaped = evaluate(*definition().output_as, output, place);
    if (!shaped) return raise_from(-1, shaped.error());
    output = std::move(*shaped);
  }
  if (Outcome<void> checked = check(definition().output_schema, output); !checked) {
    return raise_from(-1, checked.error());
  }
  cancel_descendants(root_node, "cancelled");
  apply(InstanceCompleted{std::move(output), now_.at});
  tell_parent();
  publish("instance", "completed", state_.unit, state_.id.text(),
          {{"completedAt", to_rfc3339(now_.at)}, {"startedAt", to_rfc3339(state_.started_at)}});
}

void Decider::cancel_descendants(NodeId id, const char* reason) {
  // Children have larger ids than their parents: from the youngest to the oldest.
  std::vector<NodeId> doomed;
  for (const auto& [other, node] : state_.nodes) {
    for (NodeId up = node.parent; up >= 0 && other != id;) {
      if (up == id) {
        doomed.push_back(other);
        break;
      }
      const auto parent = state_.nodes.find(up);
      up = parent == state_.nodes.end() ? -1 : parent->second.parent;
    }
  }
  for (auto one = doomed.rbegin(); one != doomed.rend(); ++one) cancel_node(*one, reason);
}

void Decider::cancel_node(NodeId id, const char* reason) {
  withdraw_tasks_of(id, reason);
  cancel_children_of(id);
  NodeExited exited;
  exited.node = id;
  exited.pointer = step_of(state_.nodes.at(id)).pointer;
  exited.status = "cancelled";
  exited.at = now_.at;
  apply(std::move(exited));
}

Result<void> Decider::fire(const TimerFired& command) {
  if (command.timer.empty()) return {};
  const std::string key = command.timer.substr(1);
  if (command.timer.front() == 't') {
    fire_task(TaskId(key));
    return {};
  }
  const NodeId id = std::strtoll(key.c_str(), nullptr, 10);
  const Node* node = find_node(id);
  if (node == nullptr) return {};
  if (command.timer.front() == 'x') {
    if (!node->timeout_at || *node->timeout_at > now_.at) return {};
    WorkflowError error = standard_error("timeout", 408, "the time allowed has passed");
    if (id == root_node) {
      error.instance = "/";
      cancel_descendants(root_node, "timeout");
      raise_from(-1, std::move(error));
    } else {
      fault_node(id, std::move(error));
    }
    return {};
  }
  if (command.timer.front() == 'a') {
    if (!node->attempt_ends_at || *node->attempt_ends_at > now_.at) return {};
    end_attempt(id);
    return {};
  }
  if (!node->wake_at || *node->wake_at > now_.at) return {};
  const Step& step = step_of(*node);
  if (std::holds_alternative<WaitStep>(step.body)) {
    complete_node(id, node->input);
  } else if (std::holds_alternative<TryStep>(step.body)) {
    apply(NodeWoke{id, true, std::nullopt, std::nullopt, now_.at});
  } else if (std::holds_alternative<CallStep>(step.body)) {
    wake_vote(id);
  }
  return {};
}

}  // namespace kyhan
