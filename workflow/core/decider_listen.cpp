// Waiting for events from outside (language.md 1.4 listen, correlate).

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

}  // namespace

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
      Outcome<Json> expected = evaluate(one.expect, *place.input, place);
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
  Json results = node.results;
  Json correlation = results.at("correlation");
  if (results.value("closed", false)) return;

  // Events that end an `any` never enter its output.
  for (const EventFilter& filter : listen.until_filters) {
    Outcome<bool> met = matches(filter, event, correlation, place);
    if (!met) return fault_node(id, met.error());
    if (!*met) continue;
    results["closed"] = true;
    apply(EventConsumed{id, event.value("id", ""), results, now_.at});
    if (!node.ready) complete_node(id, state_.nodes.at(id).results.at("items"));
    return;
  }

  int matched = -1;
  const bool everything = listen.filters.empty();
  for (std::size_t i = 0; i < listen.filters.size() && matched < 0; ++i) {
    if (listen.mode == ListenStep::Mode::all &&
        results.at("matched").contains(std::to_string(i))) {
      continue;
    }
    Outcome<bool> met = matches(listen.filters[i], event, correlation, place);
    if (!met) return fault_node(id, met.error());
    if (*met) matched = static_cast<int>(i);
  }
  if (matched < 0 && !everything) return;

  results["correlation"] = correlation;
  if (matched >= 0) results["matched"][std::to_string(matched)] = true;
  const Json item = read_event(event, listen.read);
  const bool waits_on = listen.mode == ListenStep::Mode::any && listen.has_until;
  bool closed = listen.mode == ListenStep::Mode::one ||
                (listen.mode == ListenStep::Mode::any && !listen.has_until) ||
                (listen.mode == ListenStep::Mode::all &&
                 results.at("matched").size() == listen.filters.size());
  if (listen.has_foreach) {
    results["queue"].push_back(item);
  } else {
    results["items"].push_back(item);
  }
  if (waits_on && listen.until_expression != ExpressionId::none) {
    // `until` looks at all that was consumed, not at what foreach made of it.
    if (listen.has_foreach) results["consumed"].push_back(item);
    const Json& seen = listen.has_foreach ? results["consumed"] : results["items"];
    Outcome<bool> met = condition(listen.until_expression, seen, place);
    if (!met) return fault_node(id, met.error());
    closed = *met;
  }
  if (closed) results["closed"] = true;
  apply(EventConsumed{id, event.value("id", ""), results, now_.at});

  const Node& now = state_.nodes.at(id);
  if (!listen.has_foreach) {
    if (closed) complete_node(id, now.results.at("items"));
    return;
  }
  // Strictly one at a time: a body that is running finishes before the next event's begins.
  if (now.results.value("busy", false)) return;
  Json begun = now.results;
  const Json first = begun["queue"][0];
  begun["queue"].erase(0);
  begun["busy"] = true;
  apply(NodeWoke{id, false, std::nullopt, begun, now_.at});
  apply(IterationBegan{id, static_cast<int>(begun.at("items").size()),
                       {{listen.item, first}, {listen.at, begun.at("items").size()}},
                       first, now_.at});
}

void Decider::listen_body_finished(NodeId id) {
  const Node& node = state_.nodes.at(id);
  const auto& listen = std::get<ListenStep>(step_of(node).body);
  Json results = node.results;
  results["items"].push_back(node.data);
  if (results.at("queue").empty()) {
    results["busy"] = false;
    const bool closed = results.value("closed", false);
    apply(NodeWoke{id, false, std::nullopt, results, now_.at});
    if (closed) complete_node(id, results.at("items"));
    return;
  }
  const Json first = results["queue"][0];
  results["queue"].erase(0);
  apply(NodeWoke{id, false, std::nullopt, results, now_.at});
  apply(IterationBegan{id, static_cast<int>(results.at("items").size()),
                       {{listen.item, first}, {listen.at, results.at("items").size()}},
                       first, now_.at});
}

}  // namespace kyhan
