// Votes: cast one by one by the electorate, or recorded from a meeting by a teller and
// countersigned by a second person. Shares are compared as integers: for*q >= p*base.

#include <algorithm>

#include "workflow/core/codec.hpp"
#include "workflow/core/decider.hpp"
#include "workflow/core/time_text.hpp"
#include "workflow/core/vote_count.hpp"

namespace kyhan {
Outcome<void> Decider::open_vote(NodeId id) {
  const Node& node = state_.nodes.at(id);
  const Json& opens = member(member(node.spec, "window"), "opens");
  Instant opened = now_.at;
  if (opens.is_object()) {
    const Outcome<DueDate> at = compute(opens, state_.unit, now_.at, {});
    if (!at) return at.error();
    opened = std::max(now_.at, at->instant);
  }
  if (opened > now_.at) {
    apply(NodeWoke{id, false, opened, Json{{"phase", "pending"}}, now_.at});
    return {};
  }
  return open_ballots(id);
}

Outcome<void> Decider::open_ballots(NodeId id) {
  const Json spec = state_.nodes.at(id).spec;
  Outcome<std::vector<PersonId>> excluded = resolve_excluded(member(spec, "exclude"));
  if (!excluded) return excluded.error();
  std::set<PersonId> eligible;
  std::vector<Candidate> electorate;
  if (spec.contains("electorate")) {
    Outcome<std::vector<Candidate>> found = resolve_candidates(spec.at("electorate"), "electorate");
    if (!found) return found.error();
    electorate = std::move(*found);
    for (const Candidate& candidate : electorate) {
      for (const PersonId& person : world_.directory.members_of(candidate)) {
        if (!std::ranges::binary_search(*excluded, person)) eligible.insert(person);
      }
    }
  }
  const bool recorded = member(spec, "mode") == "recorded";
  if (eligible.empty() && !recorded) {
    return standard_error("configuration", 400, "the electorate of this vote is empty");
  }

  Json results = {{"phase", recorded ? "tally" : "open"},
                  {"openedAt", to_rfc3339(now_.at)},
                  {"eligible", Json::array()}};
  for (const PersonId& person : eligible) results["eligible"].push_back(person.text());
  std::optional<Instant> closes_at;
  const Json& closes = member(member(spec, "window"), "closes");
  if (closes.is_object() && !recorded) {
    const Outcome<DueDate> at = compute(closes, state_.unit, now_.at, {});
    if (!at) return at.error();
    closes_at = at->instant;
  }
  apply(NodeWoke{id, false, closes_at, std::move(results), now_.at});

  if (recorded) {
    Outcome<std::vector<Candidate>> tellers = resolve_candidates(member(spec, "teller"), "teller");
    if (!tellers) return tellers.error();
    if (!anyone_of(*tellers, {})) {
      return standard_error("configuration", 400, "nobody qualifies as teller of this vote");
    }
    return open_task(id, {"tally", state_.unit, std::move(*tellers), {}, {}});
  }
  for (const PersonId& person : eligible) {
    Candidate one;
    one.user = person;
    UnitId unit = state_.unit;
    for (const Candidate& candidate : electorate) {
      if (!world_.directory.matches(candidate, person)) continue;
      const UnitId through = world_.directory.unit_through(candidate, person);
      if (!through.empty()) unit = through;
      break;
    }
    Outcome<void> opened = open_task(id, {"ballot", unit, {one}, {}, person});
    if (!opened) return opened.error();
  }
  return {};
}

void Decider::wake_vote(NodeId id) {
  const Node& node = state_.nodes.at(id);
  if (member(node.results, "phase") == "pending") {
    if (Outcome<void> opened = open_ballots(id); !opened) fault_node(id, opened.error());
    return;
  }
  close_vote(id, count_ballots(node));
}

void Decider::after_ballot(NodeId id) {
  const Node& node = state_.nodes.at(id);
  const Json count = count_ballots(node);
  const bool all = count.at("cast") == count.at("eligible");
  const std::string early = node.spec.value("earlyClose", "whenAllVoted");
  if ((all && early != "never") || (all && !node.wake_at) ||
      (early == "whenDecided" && is_decided(node.spec, count))) {
    close_vote(id, count);
  }
}

void Decider::after_tally(NodeId id, const std::string& kind, const Response& response) {
  const Json spec = state_.nodes.at(id).spec;
  if (kind == "tally") {
    const bool own = spec.contains("countersign");
    Outcome<std::vector<Candidate>> second =
        resolve_candidates(member(spec, own ? "countersign" : "teller"), "countersign");
    if (!second) return fault_node(id, second.error());
    std::vector<PersonId> teller{response.by};
    if (!anyone_of(*second, teller)) {
      return fault_node(id, standard_error("configuration", 400,
                                           "nobody but the teller can countersign this vote"));
    }
    Outcome<void> opened =
        open_task(id, {"countersign", state_.unit, std::move(*second), std::move(teller), {}});
    if (!opened) fault_node(id, opened.error());
    return;
  }
  if (response.outcome == "return") {
    Outcome<std::vector<Candidate>> tellers = resolve_candidates(member(spec, "teller"), "teller");
    if (!tellers) return fault_node(id, tellers.error());
    Outcome<void> opened = open_task(id, {"tally", state_.unit, std::move(*tellers), {}, {}});
    if (!opened) fault_node(id, opened.error());
    return;
  }
  close_vote(id, count_tally(state_.nodes.at(id)));
}

void Decider::close_vote(NodeId id, const Json& count) {
  withdraw_tasks_of(id, "closed");
  const Node& node = state_.nodes.at(id);
  Json result = judge(node.spec, count);
  result["openedAt"] = node.results.value("openedAt", "");
  result["closedAt"] = to_rfc3339(now_.at);
  result["protocolId"] = state_.id.text() + "-v" + std::to_string(id);
  result["legalBasis"] = node.spec.contains("legalBasis") ? node.spec.at("legalBasis") : Json::array();
  result["ballots"] = Json::array();
  result["attachments"] = Json::array();
  const bool recorded = member(node.spec, "mode") == "recorded";
  for (const Response& one : node.responses) {
    if (!recorded) {
      result["ballots"].push_back({{"voter", one.by.text()},
                                   {"unit", one.unit.text()},
                                   {"option", one.outcome},
                                   {"comment", one.comment},
                                   {"at", to_rfc3339(one.at)}});
    } else if (one.outcome == "record") {
      result["teller"] = one.by.text();
      result["attachments"] = Json::array();
      for (const Attachment& file : one.attachments) {
        result["attachments"].push_back({{"id", file.id}, {"type", file.type}, {"name", file.name},
                                         {"size", file.size}, {"sha256", file.sha256}});
      }
    } else if (one.outcome == "confirm") {
      result["countersigner"] = one.by.text();
    }
  }
  apply(VoteClosed{id, step_of(node).pointer, result, now_.at});
  complete_node(id, std::move(result));
}

}  // namespace kyhan
