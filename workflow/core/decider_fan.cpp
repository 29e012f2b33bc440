// fanOut: one sub-workflow for each item of a list, many of them open at once.
//
// The state holds how many children there are and how many have ended, never the children: a list
// of thousands costs each decision no more than a list of three. Items and ends are kept beside it
// (engine/fans.cpp, simulation/simulator.cpp), which start the children as there is room for them.

#include <algorithm>

#include "workflow/core/codec.hpp"
#include "workflow/core/decider.hpp"
#include "workflow/core/unit_calendar.hpp"

namespace kyhan {
namespace {

WorkflowError wrong(const std::string& what) {
  return standard_error("validation", 400, "fanOut: " + what);
}

/// The unit that an item names: "id", {id} or {unit}.
std::string unit_of(const Json& item) {
  if (item.is_string()) return item.get<std::string>();
  for (const char* name : {"unit", "id"}) {
    if (std::string unit = text_member(item, name); !unit.empty()) return unit;
  }
  return {};
}

/// How many must complete.
Outcome<std::int64_t> needed_of(const Json& join, std::int64_t total) {
  std::int64_t needed = total;
  if (join == "any") {
    needed = 1;
  } else if (join.is_object()) {
    const Json& least = member(join, "atLeast");
    if (!least.is_number_integer() || least < 1) {
      return wrong("join.atLeast must be a whole number of at least 1");
    }
    needed = least.get<std::int64_t>();
  } else if (!join.is_null() && join != "all") {
    return wrong("join must be all, any or {atLeast: n}");
  }
  if (needed > total) {
    return wrong("join asks for " + std::to_string(needed) + ", but there are " +
                 std::to_string(total) + " items");
  }
  return needed;
}

}  // namespace

InstanceId fan_child_id(const InstanceId& parent, NodeId node, std::int64_t index) {
  return InstanceId(parent.text() + "-f" + std::to_string(node) + "-" + std::to_string(index));
}

StartInstance fan_child(const InstanceId& parent, NodeId node, const Fan& fan, std::int64_t index,
                        const Json& item) {
  StartInstance start;
  start.id = fan_child_id(parent, node, index);
  start.unit = fan.per_unit ? UnitId(unit_of(item)) : fan.unit;
  start.input = fan.input.is_object() ? fan.input : Json::object();
  start.input["item"] = item;
  start.input["index"] = index;
  start.by = fan.by;
  start.parent = ParentNode{parent, node, index};
  start.ancestry = fan.ancestry;
  return start;
}

Outcome<Fan> Decider::fan_of(const Json& with, const Json& items) const {
  if (!items.is_array()) return wrong("items must be an array");
  if (items.size() > fan_out_items_max) {
    return wrong(std::to_string(items.size()) + " items are more than " +
                 std::to_string(fan_out_items_max) + ", the most allowed");
  }
  Fan fan;
  fan.unit = state_.unit;
  fan.by = state_.initiator;
  fan.total = static_cast<std::int64_t>(items.size());
  Outcome<Ancestry> ancestry = next_ancestry();
  if (!ancestry) return ancestry.error();
  fan.ancestry = *ancestry;
  const Json& workflow = member(with, "workflow");
  Outcome<DefinitionRef> found =
      find_workflow({text_member(workflow, "namespace"), text_member(workflow, "name"),
                     text_member(workflow, "version")});
  if (!found) return found.error();
  fan.definition = std::move(*found);
  fan.input = member(with, "input");
  if (!fan.input.is_null() && !fan.input.is_object()) return wrong("input must be an object");
  const Json& most = member(with, "maxParallel");
  if (!most.is_null() && (!most.is_number_integer() || most < 1)) {
    return wrong("maxParallel must be a whole number of at least 1");
  }
  fan.most = most.is_null() ? fan.total : most.get<std::int64_t>();
  Outcome<std::int64_t> needed = needed_of(member(with, "join"), fan.total);
  if (!needed) return needed.error();
  fan.needed = *needed;
  const std::string on_fault = text_member(with, "onFault", "fail");
  if (on_fault != "fail" && on_fault != "collect") return wrong("onFault must be fail or collect");
  fan.fails = on_fault == "fail";
  const Json& per_unit = member(with, "perUnit");
  if (!per_unit.is_null() && !per_unit.is_boolean()) return wrong("perUnit must be true or false");
  fan.per_unit = per_unit == true;
  if (!fan.per_unit) return fan;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::string unit = unit_of(items[i]);
    const bool open =
        !unit.empty() && unit_is_open(world_.calendars, world_.directory, UnitId(unit), now_.at);
    if (open) continue;
    return wrong("item " + std::to_string(i) + " names no unit that is open" +
                 (unit.empty() ? "" : ": " + unit));
  }
  return fan;
}

Outcome<void> Decider::enter_fan(NodeEntered entered, Json with) {
  Json items = std::move(with["items"]);
  with.erase("items");
  Outcome<Fan> fan = fan_of(with, items);
  if (!fan) return fan.error();
  const NodeId id = entered.node;
  entered.spec = std::move(with);
  entered.results = {{"fan",
                      {{"total", fan->total},
                       {"needed", fan->needed},
                       {"completed", 0},
                       {"faulted", 0},
                       {"cancelled", 0}}}};
  apply(std::move(entered));
  if (fan->total == 0) {
    complete_node(id, Json::array());
  } else {
    fans_.emplace(id, OpenFan{id, std::move(*fan), std::move(items)});
  }
  return {};
}

/// One entry an item, in the order of the items.
Json Decider::fan_results(NodeId id) const {
  std::map<std::int64_t, Json> ends;
  if (world_.children != nullptr) ends = world_.children->of(id);
  const auto total = state_.nodes.at(id).results.at("fan").at("total").get<std::int64_t>();
  Json results = Json::array();
  for (std::int64_t i = 0; i < total; ++i) {
    const auto found = ends.find(i);
    Json one = found == ends.end() ? Json{{"status", "cancelled"}} : std::move(found->second);
    one["index"] = i;
    results.push_back(std::move(one));
  }
  return results;
}

Result<void> Decider::count_children(const CountChildren& command) {
  const NodeId id = command.node;
  const Node* node = find_node(id);
  if (node == nullptr || !is_fan(*node)) return {};  // The step has ended.
  const Json fan = node->results.at("fan");
  const auto failed = command.faulted + command.cancelled;
  const auto known = fan.at("completed").get<std::int64_t>() +
                     fan.at("faulted").get<std::int64_t>() +
                     fan.at("cancelled").get<std::int64_t>();
  if (command.completed + failed <= known) return {};  // Told already.
  apply(ChildrenCounted{id, command.completed, command.faulted, command.cancelled, now_.at});

  const auto total = fan.at("total").get<std::int64_t>();
  const auto needed = fan.at("needed").get<std::int64_t>();
  const bool all =
      text_member(node->spec, "join", "all") == "all" && !member(node->spec, "join").is_object();
  const bool collects = text_member(node->spec, "onFault", "fail") == "collect";
  if (failed > 0 && !collects) {
    fault_node(id, command.error.value_or(
                       standard_error("runtime", 500, "fanOut: a sub-workflow failed")));
  } else if (command.completed >= needed || (all && command.completed + failed == total)) {
    complete_node(id, fan_results(id));
  } else if (!all && total - failed < needed) {
    fault_node(id, standard_error("runtime", 500,
                                  "fanOut: " + std::to_string(failed) + " of " +
                                      std::to_string(total) + " sub-workflows failed, so that " +
                                      std::to_string(needed) + " can no longer complete"));
  }
  return {};
}

}  // namespace kyhan
