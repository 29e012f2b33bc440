#pragma once
/// Counting and judging votes. Pure arithmetic on what a vote's node has collected.

#include <map>
#include <optional>

#include "workflow/core/json.hpp"
#include "workflow/core/model.hpp"
#include "workflow/core/result.hpp"

namespace kyhan {

/// A count: {eligible, present, cast, valid, votes: {option: n}, written: n}.
/// From the ballots cast so far (open ballot, one per elector).
[[nodiscard]] Json count_ballots(const Node& node);
/// From choices without voters (secret ballot): as JSON text, how many of each.
[[nodiscard]] Json count_choices(const Node& node,
                                 const std::map<std::string, std::int64_t>& choices);
/// From the teller's last record.
[[nodiscard]] Json count_tally(const Node& node);

/// {decision: accepted|rejected|noQuorum|tie, tally, eligible, cast, present, threshold, quorum,
/// elected?, tied?}. Not strict: for*q >= p*base; strict: >. A quorum not reached gives noQuorum
/// whatever the votes.
[[nodiscard]] Json judge(const Json& spec, const Json& count);

/// Cast one by one and kept apart from who cast them.
[[nodiscard]] bool is_secret(const Json& spec);
/// Whether the answer is an elector's ballot, not a chair's casting vote.
[[nodiscard]] bool is_ballot(const Response& response, const Json& results);
/// What a ballot says: an option's id, or with several seats the list of them.
[[nodiscard]] Json ballot_choice(const Response& ballot);

/// Between whom a tie is that a casting vote can break; empty: there is none.
[[nodiscard]] std::vector<std::string> tied_choices(const Json& spec, const Json& result);
/// The result with one casting vote.
void apply_casting_vote(const Json& spec, Json& result, const std::string& option,
                        const std::string& by, const std::string& at);

/// True when the votes still missing can no longer change the decision.
[[nodiscard]] bool is_decided(const Json& spec, const Json& count);

/// The specification of one task of a vote ("ballot", "tally", "countersign", "casting") as a human
/// task's: title, outcomes, form, attachments. "options": what is voted on as its outcomes. `tied`:
/// what a casting vote is between.
[[nodiscard]] Json vote_task_spec(const Json& spec, const std::string& kind,
                                  const Json& tied = Json());

/// What a teller's numbers must satisfy among themselves. `eligible_max`: size of the electorate,
/// if known.
[[nodiscard]] std::vector<FieldError> check_tally(const Json& spec, const Json& data,
                                                  std::optional<std::int64_t> eligible_max);

}  // namespace kyhan
