// schedule.on: an event is judged before there is an instance, by the same rules as in a listen.

#include <algorithm>

#include "workflow/core/decider.hpp"
#include "workflow/core/trigger.hpp"

namespace kyhan {
namespace {

Error failed(const WorkflowError& error) {
  return {ErrorCode::invalid,
          "expression-failed",
          {"Không xét được sự kiện: " + error.detail, "The event cannot be judged: " + error.detail}};
}

/// Names by which every filter correlates: their values tell matches apart.
std::vector<std::string> shared_names(const ListenStep& on) {
  std::vector<std::string> names;
  bool first = true;
  for (const std::vector<EventFilter>* filters : {&on.filters, &on.until_filters}) {
    for (const EventFilter& filter : *filters) {
      const auto has = [&filter](const std::string& name) {
        return std::ranges::find(filter.correlations, name, &EventFilter::Correlation::key) !=
               filter.correlations.end();
      };
      if (first) {
        for (const EventFilter::Correlation& one : filter.correlations) names.push_back(one.key);
      } else {
        std::erase_if(names, [&](const std::string& name) { return !has(name); });
      }
      first = false;
    }
  }
  return names;
}

}  // namespace

Result<std::vector<std::string>> Decider::trigger_keys(const CloudEvent& event) {
  const ListenStep& on = definition().schedule.on;
  const Place place{root_node, nullptr, nullptr, nullptr, nullptr, nullptr, now_.at, nullptr};
  const std::vector<std::string> names = shared_names(on);
  std::vector<std::string> keys;
  if (on.filters.empty()) keys.emplace_back("{}");
  for (const std::vector<EventFilter>* filters : {&on.until_filters, &on.filters}) {
    for (const EventFilter& filter : *filters) {
      Json correlation = Json::object();
      const Outcome<bool> met = matches(filter, event, correlation, place);
      if (!met) return failed(met.error());
      if (!*met) continue;
      Json values = Json::object();
      for (const std::string& name : names) values[name] = correlation.at(name);
      std::string key = values.dump();
      if (std::ranges::find(keys, key) == keys.end()) keys.push_back(std::move(key));
    }
  }
  return keys;
}

Result<std::optional<Triggered>> Decider::trigger(const Json& matches, const CloudEvent& event) {
  const ListenStep& on = definition().schedule.on;
  const Place place{root_node, nullptr, nullptr, nullptr, nullptr, nullptr, now_.at, nullptr};
  Triggered triggered{matches, std::nullopt};
  // The oldest match that has use for the event takes it; else it begins one of its own.
  for (std::size_t i = 0; i <= matches.size(); ++i) {
    const bool fresh = i == matches.size();
    Outcome<std::optional<Json>> taken =
        take(on, fresh ? empty_progress() : matches[i], event, place);
    if (!taken) return failed(taken.error());
    if (!*taken) continue;
    const Json& progress = **taken;
    if (progress.value("closed", false)) {
      // An `until` that comes first has nothing to start with.
      if (!progress.at("items").empty()) triggered.input = progress.at("items");
      if (!fresh) triggered.matches.erase(i);
    } else if (fresh) {
      if (matches.size() >= partial_matches_of_key_max) {
        return Error{ErrorCode::too_large,
                     "too-many-matches",
                     {"Quá nhiều sự kiện chờ ghép với nhau.",
                      "Too many events wait for the others they belong to."}};
      }
      triggered.matches.push_back(progress);
    } else {
      triggered.matches[i] = progress;
    }
    return std::optional{std::move(triggered)};
  }
  return std::optional<Triggered>{};
}

Result<std::vector<std::string>> trigger_keys(const World& world, const CloudEvent& event,
                                              const Now& now) {
  return Decider(State{}, world, now).trigger_keys(event);
}

Result<std::optional<Triggered>> trigger(const World& world, const Json& matches,
                                         const CloudEvent& event, const Now& now) {
  return Decider(State{}, world, now).trigger(matches, event);
}

EventTypes event_types_of(const Definition& definition) {
  EventTypes types;
  if (definition.schedule.kind == Schedule::Kind::on) {
    types.start = event_types_of(definition.schedule.on);
  }
  for (const Step& step : definition.steps) {
    const auto* listen = std::get_if<ListenStep>(&step.body);
    if (listen == nullptr) continue;
    for (std::string& type : event_types_of(*listen)) {
      if (std::ranges::find(types.listen, type) == types.listen.end()) {
        types.listen.push_back(std::move(type));
      }
    }
  }
  return types;
}

}  // namespace kyhan
