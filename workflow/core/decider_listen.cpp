// Waiting for events from outside (language.md 1.4 listen, correlate). What a listen has taken so
// far is its node's `results`: items (its output so far), queue (for foreach), matched (filters of
// `all`), correlation (values by key), until (filters of a nested `until`), closed, busy.

#include <algorithm>

#include "workflow/core/decider.hpp"
#include "workflow/core/forms_pattern.hpp"

namespace kyhan {
namespace {

/// Checked when the definition was published; a pattern that does not compile matches nothing.
bool matches_pattern(std::string_view pattern, std::string_view text) {
  const Result<Pattern> compiled = Pattern::compile(pattern);
  return compiled && compiled->matches(text);
}

Json read_event(const CloudEvent& event, ListenStep::Read read) {
  if (read == ListenStep::Read::envelope) return event;
  if (read == ListenStep::Read::raw) {
    if (event.contains("data_base64")) return event.at("data_base64");
    if (!event.contains("data")) return nullptr;
    return event.at("data").is_string() ? event.at("data") : Json(event.at("data").dump());
  }
  return event.contains("data") ? event.at("data") : Json();
}

/// "3" of a filter's index: how progress names it.
std::string key_of(std::size_t filter) { return std::to_string(filter); }

/// The type a filter wants, "" when any may fit.
std::string type_of(const EventFilter& filter) {
  for (const EventFilter::Attribute& attribute : filter.attributes) {
    if (attribute.name == "type" && attribute.predicate == ExpressionId::none &&
        !attribute.regex && attribute.equals.is_string()) {
      return attribute.equals.get<std::string>();
    }
  }
  return {};
}

WorkflowError too_many_events() {
  return standard_error("runtime", 500,
                        "more than " + std::to_string(listen_events_max) +
                            " events were taken, the most one step may take");
}

}  // namespace

std::vector<std::string> event_types_of(const ListenStep& listen) {
  std::vector<std::string> types;
  for (const std::vector<EventFilter>* filters : {&listen.filters, &listen.until_filters}) {
    for (const EventFilter& filter : *filters) {
      std::string type = type_of(filter);
      if (std::ranges::find(types, type) == types.end()) types.push_back(std::move(type));
    }
  }
  if (listen.filters.empty() && std::ranges::find(types, "") == types.end()) types.push_back("");
  return types;
}

Json empty_progress() {
  return {{"items", Json::array()},
          {"matched", Json::object()},
          {"queue", Json::array()},
          {"correlation", Json::object()}};
}

Outcome<bool> Decider::matches(const EventFilter& filter, const CloudEvent& event,
                               Json& correlation, const Place& place) {
  for (const EventFilter::Attribute& attribute : filter.attributes) {
    const auto found = event.find(attribute.name);
    if (attribute.predicate != ExpressionId::none) {
      Outcome<bool> met =
          condition(attribute.predicate, found == event.end() ? Json() : *found, place);
      if (!met) return met.error();
      if (!*met) return false;
      continue;
    }
    if (found == event.end()) return false;
    if (attribute.regex) {
      if (!found->is_string() ||
          !matches_pattern(attribute.equals.get_ref<const std::string&>(),
                           found->get_ref<const std::string&>())) {
        return false;
      }
    } else if (*found != attribute.equals) {
      return false;
    }
  }
  Json resolved = correlation;
  for (const EventFilter::Correlation& one : filter.correlations) {
    Outcome<Json> value = evaluate(one.from, event, place);
    if (!value) return value.error();
    if (value->is_null()) return false;
    if (one.has_expect) {
      Outcome<Json> expected =
          evaluate(one.expect, place.input != nullptr ? *place.input : Json(), place);
      if (!expected) return expected.error();
      if (*expected != *value && *expected != Json(true)) return false;
    } else if (resolved.contains(one.key)) {
      if (resolved.at(one.key) != *value) return false;
    }
    resolved[one.key] = *value;
  }
  correlation = std::move(resolved);
  return true;
}

Outcome<std::optional<Json>> Decider::take(const ListenStep& listen, const Json& progress,
                                           const CloudEvent& event, const Place& place) {
  if (progress.value("closed", false)) return std::optional<Json>{};
  Json correlation = progress.at("correlation");

  // Events that end an `any` never enter its output.
  for (std::size_t i = 0; i < listen.until_filters.size(); ++i) {
    Outcome<bool> met = matches(listen.until_filters[i], event, correlation, place);
    if (!met) return met.error();
    if (!*met) continue;
    Json next = progress;
    next["until"][key_of(i)] = true;
    next["closed"] = listen.until_mode != ListenStep::Mode::all ||
                     next["until"].size() == listen.until_filters.size();
    return std::optional<Json>(std::move(next));
  }

  std::optional<std::size_t> matched;
  for (std::size_t i = 0; i < listen.filters.size() && !matched; ++i) {
    const bool had = progress.at("matched").contains(key_of(i));
    if (listen.mode == ListenStep::Mode::all && had) continue;
    Outcome<bool> met = matches(listen.filters[i], event, correlation, place);
    if (!met) return met.error();
    if (*met) matched = i;
  }
  if (!matched && !listen.filters.empty()) return std::optional<Json>{};

  Json next = progress;
  next["correlation"] = std::move(correlation);
  if (matched) next["matched"][key_of(*matched)] = true;
  const Json item = read_event(event, listen.read);
  next[listen.has_foreach ? "queue" : "items"].push_back(item);
  if (next["queue"].size() + next["items"].size() > listen_events_max) return too_many_events();
  bool closed = true;
  if (listen.mode == ListenStep::Mode::all) {
    closed = next.at("matched").size() == listen.filters.size();
  } else if (listen.mode == ListenStep::Mode::any && listen.has_until) {
    closed = false;
    if (listen.until_expression != ExpressionId::none) {
      // `until` looks at all that was consumed, not at what foreach made of it.
      if (listen.has_foreach) next["consumed"].push_back(item);
      const Json& seen = listen.has_foreach ? next["consumed"] : next["items"];
      Outcome<bool> met = condition(listen.until_expression, seen, place);
      if (!met) return met.error();
      closed = *met;
    }
  }
  if (closed) next["closed"] = true;
  return std::optional<Json>(std::move(next));
}

Outcome<void> Decider::enter_listen(const Step& step, NodeEntered entered) {
  entered.results = empty_progress();
  Json types = Json::array();
  for (std::string& type : event_types_of(std::get<ListenStep>(step.body))) {
    types.push_back(std::move(type));
  }
  entered.spec = {{"listenTypes", std::move(types)}};
  apply(std::move(entered));
  return {};
}

Result<void> Decider::deliver(const DeliverEvent& command) {
  const Node* node = find_node(command.node);
  if (node == nullptr || node->step == no_step ||
      !std::holds_alternative<ListenStep>(step_of(*node).body)) {
    return {};  // It no longer listens: events may come late.
  }
  consume(command.node, command.event);
  return {};
}

void Decider::consume(NodeId id, const CloudEvent& event) {
  const Node& node = state_.nodes.at(id);
  const Step& step = step_of(node);
  const auto& listen = std::get<ListenStep>(step.body);
  const Place place{id, &step, &node.raw, &node.input, nullptr, nullptr, node.started_at, nullptr};
  Outcome<std::optional<Json>> taken = take(listen, node.results, event, place);
  if (!taken) return fault_node(id, taken.error());
  if (!*taken) return;
  const bool busy = node.results.value("busy", false);
  apply(EventConsumed{id, event.value("id", ""), std::move(**taken), now_.at});
  // Strictly one at a time: a body that is running finishes before the next event's begins.
  if (!busy) next_event(id, state_.nodes.at(id).results, std::nullopt);
}

/// The next event in the queue gets its round; without one the listen goes on waiting or ends.
void Decider::next_event(NodeId id, Json results, std::optional<Json> context) {
  const Node& node = state_.nodes.at(id);
  const auto& listen = std::get<ListenStep>(step_of(node).body);
  if (results.at("queue").empty()) {
    const bool was_busy = results.value("busy", false);
    results.erase("busy");
    const Json items = results.at("items");
    const bool closed = results.value("closed", false);
    if (was_busy) {
      apply(NodeWoke{id, false, std::nullopt, std::move(results), now_.at, std::move(context)});
    }
    if (closed) complete_node(id, items);
    return;
  }
  const Json first = results["queue"][0];
  const std::size_t round = results.at("items").size();
  results["queue"].erase(0);
  results["busy"] = true;
  apply(NodeWoke{id, false, std::nullopt, std::move(results), now_.at, std::move(context)});
  apply(IterationBegan{id, static_cast<int>(round), {{listen.item, first}, {listen.at, round}},
                       first, now_.at});
}

void Decider::listen_body_finished(NodeId id) {
  const Node& node = state_.nodes.at(id);
  const Step& step = step_of(node);
  const auto& listen = std::get<ListenStep>(step.body);
  Place place{id, &step, &node.raw, &node.input, &node.data, nullptr, node.started_at, nullptr};
  Json item = node.data;
  if (listen.item_output_as) {
    Outcome<Json> shaped = evaluate(*listen.item_output_as, node.data, place);
    if (!shaped) return fault_node(id, shaped.error());
    item = std::move(*shaped);
  }
  if (Outcome<void> checked = check(listen.item_output_schema, item); !checked) {
    return fault_node(id, checked.error());
  }
  std::optional<Json> context;
  if (listen.item_export_as) {
    place.output = &item;
    Outcome<Json> exported = evaluate(*listen.item_export_as, item, place);
    if (!exported) return fault_node(id, exported.error());
    if (Outcome<void> checked = check(listen.item_export_schema, *exported); !checked) {
      return fault_node(id, checked.error());
    }
    context = std::move(*exported);
  }
  Json results = node.results;
  results["items"].push_back(std::move(item));
  next_event(id, std::move(results), std::move(context));
}

}  // namespace kyhan
