#pragma once
/// Counting and judging votes. Pure arithmetic on what a vote's node has collected.

#include <optional>

#include "workflow/core/json.hpp"
#include "workflow/core/model.hpp"
#include "workflow/core/result.hpp"

namespace kyhan {

/// A count: {eligible, present, cast, valid, votes: {option: n}, written: n}.
/// From the ballots cast so far (open ballot, one per elector).
[[nodiscard]] Json count_ballots(const Node& node);
/// From the teller's last record.
[[nodiscard]] Json count_tally(const Node& node);

/// {decision: accepted|rejected|noQuorum|tie, tally, eligible, cast, present, threshold, quorum,
/// elected?, tied?}. Not strict: for*q >= p*base; strict: >. A quorum not reached gives noQuorum
/// whatever the votes.
[[nodiscard]] Json judge(const Json& spec, const Json& count);

/// True when the votes still missing can no longer change the decision.
[[nodiscard]] bool is_decided(const Json& spec, const Json& count);

/// The specification of one task of a vote ("ballot", "tally", "countersign") as a human task's:
/// title, outcomes, form, attachments.
[[nodiscard]] Json vote_task_spec(const Json& spec, const std::string& kind);

/// What a teller's numbers must satisfy among themselves. `eligible_max`: size of the electorate,
/// if known.
[[nodiscard]] std::vector<FieldError> check_tally(const Json& spec, const Json& data,
                                                  std::optional<std::int64_t> eligible_max);

}  // namespace kyhan
