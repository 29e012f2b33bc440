// Sub-workflows: `run: workflow`. The other instance is started in the same transaction and runs
// afterwards; its end comes back as EndChild.

#include "workflow/core/codec.hpp"
#include "workflow/core/decider.hpp"

namespace kyhan {
namespace {

std::string name_of(const DefinitionRef& ref) {
  return ref.namespace_ + "." + ref.name + ":" + ref.version;
}

}  // namespace

WorkflowError error_of(const EndChild& ended) {
  if (ended.status == InstanceStatus::cancelled) {
    return standard_error("runtime", 500,
                          "the sub-workflow " + ended.child.text() + " was cancelled");
  }
  if (!ended.error) {
    return standard_error("configuration", 400,
                          "the sub-workflow " + ended.child.text() + " cannot be run");
  }
  WorkflowError error = *ended.error;
  Json extra = error.extra.is_object() ? error.extra : Json::object();
  extra["child"] = {{"id", ended.child.text()}, {"instance", error.instance}};
  error.extra = std::move(extra);
  error.instance.clear();
  return error;
}

Outcome<Ancestry> Decider::next_ancestry() const {
  Ancestry ancestry = state_.ancestry.value_or(Ancestry{0, state_.started_at});
  if (++ancestry.depth <= run_depth_max) return ancestry;
  return standard_error("runtime", 500,
                        "more than " + std::to_string(run_depth_max) +
                            " workflows run one in another, the most allowed");
}

Outcome<DefinitionRef> Decider::find_workflow(const DefinitionRef& wanted) const {
  std::optional<DefinitionRef> found;
  if (world_.workflows != nullptr) found = world_.workflows->find(wanted);
  if (found) return std::move(*found);
  return standard_error("configuration", 400, "there is no workflow " + name_of(wanted));
}

Outcome<StartChild> Decider::child_of(const RunStep& run, const Json& input, const Place& place) {
  Outcome<Ancestry> ancestry = next_ancestry();
  if (!ancestry) return ancestry.error();
  Outcome<DefinitionRef> found = find_workflow({run.namespace_, run.name, run.version});
  if (!found) return found.error();
  Outcome<Json> given_input = evaluate(run.input, input, place);
  if (!given_input) return given_input.error();
  StartChild child;
  child.definition = std::move(*found);
  // Derived, so that a repeat of this decision names the same instance.
  child.start.id = InstanceId(state_.id.text() + "-" + std::to_string(state_.revision + 1));
  child.start.unit = state_.unit;
  child.start.input = std::move(*given_input);
  child.start.by = state_.initiator;
  child.start.ancestry = *ancestry;
  return child;
}

Outcome<void> Decider::enter_run(const Step& step, NodeEntered entered, const Json& input,
                                 const Place& place) {
  Outcome<StartChild> child = child_of(std::get<RunStep>(step.body), input, place);
  if (!child) return child.error();
  child->start.parent = ParentNode{state_.id, entered.node};
  entered.children = {child->start.id};
  apply(std::move(entered));
  effect(std::move(*child));
  return {};
}

Result<void> Decider::end_child(const EndChild& command) {
  const Node* node = find_node(command.node);
  if (node == nullptr || std::ranges::find(node->children, command.child) == node->children.end()) {
    return {};  // Nobody waits for it any more.
  }
  apply(ChildEnded{command.node, command.child, std::string(to_text(command.status)), now_.at});
  if (command.status == InstanceStatus::completed) {
    complete_node(command.node, command.output);
  } else {
    fault_node(command.node, error_of(command));
  }
  return {};
}

void Decider::cancel_children_of(NodeId id) {
  for (const InstanceId& child : state_.nodes.at(id).children) effect(CancelChild{child});
}

void Decider::tell_parent() {
  if (!state_.parent) return;
  effect(TellParent{state_.parent->instance,
                    EndChild{state_.parent->node, state_.id, state_.status, state_.output,
                             state_.error, state_.parent->item}});
}

}  // namespace kyhan
