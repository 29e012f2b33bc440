// Votes at their end: counted, a tie broken, judged, and what the minutes need kept.

#include <algorithm>

#include "workflow/core/decider.hpp"
#include "workflow/core/time_text.hpp"
#include "workflow/core/vote_count.hpp"

namespace kyhan {

Json Decider::count_of(NodeId id) const {
  const Node& node = state_.nodes.at(id);
  if (!is_secret(node.spec)) return count_ballots(node);
  std::map<std::string, std::int64_t> choices;
  if (world_.ballots != nullptr) choices = world_.ballots->count(vote_id(id));
  for (const Effect& effect : effects_) {  // Cast by this very command: not in the box yet.
    const auto* cast = std::get_if<CastBallot>(&effect);
    if (cast != nullptr && cast->vote == vote_id(id)) ++choices[cast->choice.dump()];
  }
  return count_choices(node, choices);
}

void Decider::close_vote(NodeId id, const Json& count) {
  // Whoever could vote until now has voted by what was cast last.
  std::vector<TaskId> open;
  for (const auto& [task_id, task] : state_.tasks) {
    if (task.node == id) open.push_back(task_id);
  }
  for (const TaskId& task : open) {
    const bool voted = state_.tasks.at(task).voted_at.has_value();
    end_task(task, voted ? TaskState::completed : TaskState::withdrawn, voted ? "voted" : "closed");
  }
  Json result = judge(state_.nodes.at(id).spec, count);
  if (break_tie(id, result)) return;
  end_vote(id, std::move(result));
}

bool Decider::break_tie(NodeId id, Json& result) {
  const Node& node = state_.nodes.at(id);
  const Json& chair = member(node.spec, "tieBreak");
  const std::vector<std::string> tied = tied_choices(node.spec, result);
  if (!chair.is_object() || tied.empty()) return false;
  Outcome<std::vector<Candidate>> chairs = resolve_candidates(Json::array({chair}), "tieBreak");
  if (!chairs) {
    fault_node(id, chairs.error());
    return true;
  }
  // A ballot that lies open has said already how the chair decides.
  for (const Response& one : node.responses) {
    if (candidate_for(one.by, *chairs, world_.directory) == nullptr) continue;
    if (std::ranges::find(tied, one.outcome) == tied.end()) continue;
    apply_casting_vote(node.spec, result, one.outcome, one.by.text(), to_rfc3339(one.at));
    return !tied_choices(node.spec, result).empty() && break_tie(id, result);
  }
  const std::vector<PersonId> people =
      eligible(*chairs, resolve_excluded(member(node.spec, "exclude")));
  if (people.empty()) {
    fault_node(id, standard_error("configuration", 400, "nobody can break the tie of this vote"));
    return true;
  }
  Json results = node.results;
  results["phase"] = "casting";
  results["tied"] = tied;
  results["judged"] = result;
  results["castingTasks"].push_back(state_.id.text() + "." + std::to_string(state_.next_task));
  results.erase("box");  // Counted: the box is not needed any more.
  apply(NodeWoke{id, false, std::nullopt, std::move(results), now_.at});
  Outcome<void> opened = open_task(id, {"casting", state_.unit, std::move(*chairs), {}, {}});
  if (!opened) fault_node(id, opened.error());
  return true;
}

void Decider::after_casting_vote(NodeId id, const Response& response) {
  const Node& node = state_.nodes.at(id);
  Json result = node.results.at("judged");
  apply_casting_vote(node.spec, result, response.outcome, response.by.text(),
                     to_rfc3339(response.at));
  if (!tied_choices(node.spec, result).empty() && break_tie(id, result)) return;
  end_vote(id, std::move(result));
}

/// What the minutes say besides the result: nothing of it is news to who saw the vote.
Json Decider::vote_record(const Node& node) const {
  Json voters = Json::array(), absent = Json::array();
  std::set<std::string> voted;
  for (const Response& one : node.responses) voted.insert(one.by.text());
  for (const Json& person : node.results.value("eligible", Json::array())) {
    (voted.contains(person.get<std::string>()) ? voters : absent).push_back(person);
  }
  Json options = Json::array();
  const Json asked = vote_task_spec(node.spec, "options");
  for (const Json& outcome : asked.at("outcomes")) {
    options.push_back({{"id", outcome.at("id")}, {"label", outcome.at("label")}});
  }
  const bool recorded = member(node.spec, "mode") == "recorded";
  return {{"question", node.spec.value("question", Json(""))},
          {"title", node.spec.value("title", Json())},
          {"options", std::move(options)},
          {"mode", recorded ? "recorded" : "cast"},
          {"ballot", is_secret(node.spec) ? "secret" : "open"},
          {"seats", node.spec.value("seats", Json())},
          {"template", node.spec.value("minutes", Json()).is_object()
                           ? node.spec.at("minutes").value("template", Json())
                           : Json()},
          // Who was in a meeting's hall, the teller's numbers tell and no names.
          {"voters", recorded ? Json::array() : std::move(voters)},
          {"absent", recorded ? Json::array() : std::move(absent)}};
}

void Decider::end_vote(NodeId id, Json result) {
  const Node& node = state_.nodes.at(id);
  result["openedAt"] = node.results.value("openedAt", "");
  result["closedAt"] = to_rfc3339(now_.at);
  result["protocolId"] = vote_id(id);
  result["legalBasis"] =
      node.spec.contains("legalBasis") ? node.spec.at("legalBasis") : Json::array();
  result["ballots"] = Json::array();
  result["attachments"] = Json::array();
  const bool recorded = member(node.spec, "mode") == "recorded";
  for (const Response& one : node.responses) {
    if (one.outcome == "record" && recorded) {
      result["teller"] = one.by.text();
      result["attachments"] = Json::array();
      for (const Attachment& file : one.attachments) {
        result["attachments"].push_back({{"id", file.id},
                                         {"type", file.type},
                                         {"name", file.name},
                                         {"size", file.size},
                                         {"sha256", file.sha256}});
      }
    } else if (one.outcome == "confirm" && recorded) {
      result["countersigner"] = one.by.text();
    } else if (!recorded && !is_secret(node.spec) && is_ballot(one, node.results)) {
      result["ballots"].push_back({{"voter", one.by.text()},
                                   {"unit", one.unit.text()},
                                   {"option", ballot_choice(one)},
                                   {"comment", one.comment},
                                   {"at", to_rfc3339(one.at)}});
    }
  }
  if (member(node.spec, "minutes").is_object()) {
    result["minutes"] = {{"uri", "/api/v1/votes/" + vote_id(id) + "/minutes"}};
  }
  apply(VoteClosed{id, step_of(node).pointer, result, now_.at, vote_record(node)});
  publish("vote", "closed", state_.unit, vote_id(id),
          {{"closedAt", to_rfc3339(now_.at)},
           {"decision", result.at("decision")},
           {"tally", result.at("tally")},
           {"eligible", result.at("eligible")},
           {"cast", result.at("cast")}});
  complete_node(id, std::move(result));
}

}  // namespace kyhan
