// Extensions: steps before and after the steps of a kind (language.md X1). An extension is a node
// around the step it extends; it runs its own steps before, the step, its own steps after. Several
// lie one in another, the first one outermost. What their steps give goes nowhere, unless the ones
// before say `exit`: then the step is not run and that is its output.

#include "workflow/core/decider.hpp"

namespace kyhan {

/// Whether the scope lies in the steps of an extension, which are not extended themselves.
bool Decider::in_extension(NodeId scope) const {
  for (NodeId up = scope; up > root_node;) {
    const Node& node = state_.nodes.at(up);
    if (node.extension && node.iteration != extension_step) return true;
    up = node.parent;
  }
  return false;
}

/// Opens the first extension, from `first` on, that wants the step. False: none does.
Outcome<bool> Decider::extend(const Step& step, NodeId parent, int slot, std::size_t first) {
  if (first >= step.extensions.size() || in_extension(parent)) return false;
  const Node& scope = state_.nodes.at(parent);
  const Json& raw = slot >= 0 ? scope.input : scope.data;
  Place place{parent, &step, &raw, nullptr, nullptr, nullptr, now_.at, nullptr};
  place.whole_task = true;
  for (std::size_t k = first; k < step.extensions.size(); ++k) {
    const StepExtension& extension =
        definition().extensions.at(static_cast<std::size_t>(step.extensions[k]));
    if (extension.when != ExpressionId::none) {
      Outcome<bool> wanted = condition(extension.when, raw, place);
      if (!wanted) return wanted.error();
      if (!*wanted) continue;
    }
    NodeEntered entered;
    entered.node = state_.next_node;
    entered.parent = parent;
    entered.step = step.index;
    entered.pointer = step.pointer;
    entered.slot = slot;
    entered.ready = true;
    entered.extension = static_cast<int>(k);
    entered.at = now_.at;
    apply(std::move(entered));
    return true;
  }
  return false;
}

const StepExtension& Decider::extension_of(const Node& node) const {
  const Step& step = step_of(node);
  const int index = step.extensions.at(static_cast<std::size_t>(*node.extension));
  return definition().extensions.at(static_cast<std::size_t>(index));
}

void Decider::extension_part_finished(NodeId id) {
  const Node& node = state_.nodes.at(id);
  const Step& step = step_of(node);
  switch (node.iteration) {
    case extension_before:
      if (node.position < 0) return leave_extension(id, node.data, next_position(step, step.then));
      // The step gets what came in, whatever the steps before made of it.
      apply(IterationBegan{id, extension_step, node.vars, node.raw, now_.at});
      return run_step(step, id, -1, static_cast<std::size_t>(*state_.nodes.at(id).extension) + 1);
    case extension_step:
      // `position` says where the list around it goes on.
      if (extension_of(node).after.empty()) return leave_extension(id, node.data, node.position);
      apply(NodeWoke{id, true, std::nullopt,
                     Json{{"output", node.data}, {"next", node.position}}, now_.at});
      apply(IterationBegan{id, extension_after, state_.nodes.at(id).vars, std::nullopt, now_.at});
      return;
    default:
      return leave_extension(id, node.results.at("output"), node.results.at("next").get<int>());
  }
}

void Decider::leave_extension(NodeId id, Json output, int next) {
  const Node& node = state_.nodes.at(id);
  const bool ends = next == instance_ends && !extends_step(node.parent);
  NodeExited exited;
  exited.node = id;
  exited.pointer = step_of(node).pointer;
  exited.next = next;
  exited.at = now_.at;
  if (output != node.data) exited.output = output;
  apply(std::move(exited));
  if (ends) end_instance(std::move(output));
}

/// Whether the node is an extension that is running the step it extends.
bool Decider::extends_step(NodeId id) const {
  const auto found = state_.nodes.find(id);
  return found != state_.nodes.end() && found->second.extension &&
         found->second.iteration == extension_step;
}

}  // namespace kyhan
