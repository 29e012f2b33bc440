// Events inside a batch: to those who listen now, to those who will listen within the time an event is
// kept, and to definitions whose schedule they fulfil.

#include <algorithm>
#include <spdlog/spdlog.h>

#include "workflow/core/json_text.hpp"
#include "workflow/core/trigger.hpp"
#include "workflow/core/unit_calendar.hpp"
#include "workflow/engine/batch.hpp"
#include "workflow/engine/starting.hpp"

namespace kyhan {
namespace {

/// How many kept events a step that begins to listen is offered in one look.
constexpr int early_events_page = 200;
/// Kinds of partial matches a definition may have open.
constexpr std::int64_t partial_matches_max = 100'000;

/// Since when events are meant for the instance too.
Instant hears_since(const State& state) {
  return state.ancestry ? state.ancestry->since : state.started_at;
}

Json parsed(const std::string& json_text) { return Json::parse(json_text, nullptr, false); }

}  // namespace

std::vector<Subscription> Batch::listeners(const std::string& type) {
  std::vector<Subscription> found;
  if (auto committed = reads_.subscriptions(type)) found = std::move(*committed);
  for (const auto* staged : {&subscribed_, &pending_.subscribed}) {
    for (const std::string& wanted : {type, std::string{}}) {
      const auto [begin, end] = staged->equal_range(wanted);
      for (auto one = begin; one != end; ++one) found.push_back(one->second);
    }
  }
  // One delivery a node, in a steady order.
  std::ranges::sort(found, {}, [](const Subscription& s) { return std::tie(s.instance, s.node); });
  const auto same = std::ranges::unique(found, [](const Subscription& a, const Subscription& b) {
    return a.instance == b.instance && a.node == b.node;
  });
  found.erase(same.begin(), same.end());
  return found;
}

Result<std::size_t> Batch::deliver(const CloudEvent& event) {
  const std::string type = event.value("type", "");
  Result<bool> wanted = work_.event_is_listened_for(type);
  if (!wanted) return wanted.error();
  std::optional<std::int64_t> kept;
  if (*wanted) {
    Result<std::int64_t> position =
        work_.stage_early_event(type, json_text(event), now_, limits_.early_events_max);
    if (!position) return position.error();
    kept = *position;
  }
  std::size_t consumed = 0;
  for (const Subscription& one : listeners(type)) {
    Result<bool> took = offer(one.instance, one.node, event, kept);
    if (!took) return took.error();
    if (*took) ++consumed;
  }
  Result<std::size_t> started = start_by_event(event);
  if (!started) return started.error();
  if (kept || consumed + *started > 0) pending_.heard = true;
  return consumed + *started;
}

/// Whether the node had use for the event.
Result<bool> Batch::offer(const InstanceId& id, NodeId node, const CloudEvent& event,
                          std::optional<std::int64_t> kept) {
  Result<std::optional<LoadedInstance>> loaded = load(id);
  if (!loaded) return loaded.error();
  if (!*loaded) return false;
  const State& state = *(*loaded)->state;
  Result<Program> program =
      snapshot_.catalog->load(state.definition.name, state.definition.version);
  if (!program) {
    spdlog::error("engine: {} misses an event: {}", state.id.text(), program.error().detail.en);
    return false;
  }
  Result<Applied> applied =
      decide_and_stage(**loaded, *program, DeliverEvent{node, event}, PersonId{});
  if (!applied) return applied.error();
  if (applied->changed && kept) work_.stage_early_event_taken(*kept, (*loaded)->head);
  return applied->changed;
}

Result<std::size_t> Batch::deliver_from_outside(const CloudEvent& event) {
  Result<std::size_t> consumed = deliver(event);
  if (!consumed) return consumed;
  if (Result<void> followed = follow_up(); !followed) return followed.error();
  return consumed;
}

/// A step begins to listen: what has come before it is offered first, oldest first.
Result<std::size_t> Batch::follow(const Listening& listening) {
  std::size_t offered = 0;
  std::int64_t last = 0;
  for (;;) {
    Result<std::vector<EarlyEvent>> page = early_events(listening, last);
    if (!page) return page.error();
    if (page->empty()) return offered;
    for (const EarlyEvent& one : *page) {
      Result<bool> took = offer(listening.instance, listening.node, parsed(one.event_json),
                                one.position);
      if (!took) return took.error();
      ++offered;
      last = one.position;
      Result<bool> listens = still_listens(listening);
      if (!listens) return listens.error();
      if (!*listens) return offered;
    }
  }
}

Result<bool> Batch::still_listens(const Listening& listening) {
  Result<std::optional<LoadedInstance>> loaded = load(listening.instance);
  if (!loaded) return loaded.error();
  return *loaded && waits_of(*(*loaded)->state).subscriptions.contains(listening.node);
}

Result<std::vector<EarlyEvent>> Batch::early_events(const Listening& listening,
                                                    std::int64_t after) {
  Result<std::optional<LoadedInstance>> loaded = load(listening.instance);
  if (!loaded) return loaded.error();
  if (!*loaded || (*loaded)->state->ended_at) return std::vector<EarlyEvent>{};
  const Instant since =
      std::max(hears_since(*(*loaded)->state), now_ - limits_.early_event_ttl);
  return work_.find_early_events((*loaded)->head, listening.types, since, after,
                                 early_events_page);
}

/// Definitions whose `schedule.on` the event fulfils start an instance each. What goes wrong there is
/// the definition's own affair: it is told in the log and stops nobody.
Result<std::size_t> Batch::start_by_event(const CloudEvent& event) {
  Result<std::vector<std::string>> names =
      work_.definitions_started_by(event.value("type", ""));
  if (!names) return names.error();
  std::size_t started = 0;
  for (const std::string& name : *names) {
    Result<Program> program = snapshot_.catalog->load(name);
    if (!program) {
      spdlog::error("engine: {} is not started by an event: {}", name, program.error().detail.en);
      continue;
    }
    const World world{*program, *snapshot_.directory, *snapshot_.calendars};
    const Result<std::vector<std::string>> keys = trigger_keys(world, event, Now{now_});
    if (!keys) {
      spdlog::error("engine: {} is not started by an event: {}", name, keys.error().detail.en);
      continue;
    }
    for (const std::string& key : *keys) {
      Result<std::optional<Json>> input = match(world, name, key, event);
      if (!input) return input.error();
      if (!*input) continue;
      pending_.follow_ups.emplace_back(StartByEvent{name, std::move(**input), event});
      ++started;
      break;
    }
  }
  return started;
}

/// Puts the event to what waits under the key; the input of an instance when a match is complete.
Result<std::optional<Json>> Batch::match(const World& world, const std::string& name,
                                         const std::string& key, const CloudEvent& event) {
  Result<std::string> stored = work_.find_partial_matches(name, key);
  if (!stored) return stored.error();
  const bool fresh = *stored == "[]";
  const Result<std::optional<Triggered>> triggered =
      trigger(world, parsed(*stored), event, Now{now_});
  if (!triggered) {
    spdlog::error("engine: {} is not started by an event: {}", name, triggered.error().detail.en);
    return std::optional<Json>{};
  }
  if (!*triggered) return std::optional<Json>{};
  const Triggered& result = **triggered;
  if (result.matches.empty()) {
    if (!fresh) work_.clear_partial_matches(name, key);
    return result.input;
  }
  if (fresh) {
    Result<std::int64_t> count = work_.count_partial_matches(name);
    if (!count) return count.error();
    if (*count >= partial_matches_max) {
      spdlog::error("engine: {} has {} events waiting for others: one more is dropped", name,
                    *count);
      return result.input;
    }
  }
  work_.stage_partial_matches(name, key, json_text(result.matches), now_);
  return result.input;
}

Result<std::size_t> Batch::follow(const StartByEvent& start) {
  Result<Program> program = snapshot_.catalog->load(start.definition);
  if (!program) return program.error();
  StartInstance command;
  command.id = new_instance_id(now_, chance_);
  command.input = start.input;
  // An event may say which unit it concerns.
  const UnitId unit{start.event.contains("unit") && start.event.at("unit").is_string()
                        ? start.event.at("unit").get<std::string>()
                        : std::string{}};
  if (const Unit* concerned = snapshot_.directory->find_unit(unit); concerned != nullptr) {
    if (!unit_is_open(*snapshot_.calendars, *snapshot_.directory, unit, now_)) {
      spdlog::warn("engine: {} is not started by an event: the unit {} is closed", start.definition,
                   unit.text());
      return std::size_t{0};
    }
    command.unit = unit;
  }
  LoadedInstance none;
  none.state = std::make_shared<const State>();
  // It runs in slices of its own: a definition that starts itself cannot hold up the others.
  Result<Applied> applied = decide_and_stage(none, *program, command, PersonId{}, 0);
  if (!applied) return applied.error();
  return std::size_t{1};
}

}  // namespace kyhan
