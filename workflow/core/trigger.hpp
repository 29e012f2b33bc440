#pragma once
/// Events that start instances (language.md S4): which a definition's `schedule.on` takes, what it
/// has taken so far, and when that is enough.
///
/// Events that belong together by correlation lie under one key, so that whoever keeps them looks
/// at few. What lies under a key is a JSON array of matches that are not complete.

#include <optional>
#include <string>
#include <vector>

#include "workflow/core/decide.hpp"

namespace kyhan {

/// Matches under one key that are not complete.
constexpr std::size_t partial_matches_of_key_max = 1'000;

/// The keys an event may belong to; none: it is no event of the schedule's. Errors: `invalid`
/// "expression-failed".
[[nodiscard]] Result<std::vector<std::string>> trigger_keys(const World& world,
                                                            const CloudEvent& event,
                                                            const Now& now);

struct Triggered {
  Json matches;               ///< What lies under the key now; empty: nothing.
  std::optional<Json> input;  ///< A match is complete: what starts an instance.
};
/// Nothing: what lies under the key has no use for the event. Errors: `invalid`
/// "expression-failed"; `too_large` "too-many-matches".
[[nodiscard]] Result<std::optional<Triggered>> trigger(const World& world, const Json& matches,
                                                       const CloudEvent& event, const Now& now);

/// Types of the events that a definition waits for: those its schedule takes, and those its steps
/// listen for. "" stands for any.
struct EventTypes {
  std::vector<std::string> start;
  std::vector<std::string> listen;
};
[[nodiscard]] EventTypes event_types_of(const Definition& definition);

}  // namespace kyhan
