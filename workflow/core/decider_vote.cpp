// Votes while they are open: cast one by one by the electorate, which is frozen at the opening, or
// recorded from a meeting by a teller and countersigned by a second person.

#include <algorithm>

#include "workflow/core/decider.hpp"
#include "workflow/core/time_text.hpp"
#include "workflow/core/vote_count.hpp"

namespace kyhan {
namespace {

/// What would tie a choice to the voter, or let it be seen on its way.
Result<void> check_secret(const CompleteTask& command) {
  const bool blank = command.comment.find_first_not_of(" \t\r\n") == std::string::npos;
  const bool only_choice =
      command.data.is_null() ||
      (command.data.is_object() && command.data.size() == 1 && command.data.contains("choices"));
  if (blank && only_choice && command.attachments.empty() && command.signature.empty() &&
      command.via != "bulk" && !command.chance.empty()) {
    return {};
  }
  return Error{
      ErrorCode::invalid,
      "secret-ballot",
      {"Phiếu kín chỉ gồm lựa chọn: không ghi ý kiến, không kèm tệp, không ký, không xử lý "
       "hàng loạt.",
       "A secret ballot is the choice alone: no comment, no file, no signature, not in "
       "bulk."}};
}

}  // namespace

std::string Decider::vote_id(NodeId id) const {
  return state_.id.text() + "-v" + std::to_string(id);
}

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
  const Excluded excluded = resolve_excluded(member(spec, "exclude"));
  std::vector<PersonId> electors;
  std::vector<Candidate> electorate;
  if (spec.contains("electorate")) {
    Outcome<std::vector<Candidate>> found = resolve_candidates(spec.at("electorate"), "electorate");
    if (!found) return found.error();
    electorate = std::move(*found);
    electors = eligible(electorate, excluded);
  }
  const bool recorded = member(spec, "mode") == "recorded";
  if (electors.empty() && !recorded) {
    return standard_error("configuration", 400, "the electorate of this vote is empty");
  }

  Json results = {{"phase", recorded ? "tally" : "open"},
                  {"openedAt", to_rfc3339(now_.at)},
                  {"eligible", Json::array()}};
  for (const PersonId& person : electors) results["eligible"].push_back(person.text());
  if (is_secret(spec)) results["box"] = vote_id(id);
  std::optional<Instant> closes_at;
  const Json& closes = member(member(spec, "window"), "closes");
  if (closes.is_object() && !recorded) {
    const Outcome<DueDate> at = compute(closes, state_.unit, now_.at, {});
    if (!at) return at.error();
    closes_at = at->instant;
  }
  apply(NodeWoke{id, false, closes_at, std::move(results), now_.at});
  if (is_secret(spec)) effect(OpenBallotBox{vote_id(id)});
  publish("vote", "opened", state_.unit, vote_id(id),
          {{"openedAt", to_rfc3339(now_.at)},
           {"closesAt", closes_at ? Json(to_rfc3339(*closes_at)) : Json()},
           {"eligible", electors.size()}});

  if (recorded) {
    Outcome<std::vector<Candidate>> tellers = resolve_candidates(member(spec, "teller"), "teller");
    if (!tellers) return tellers.error();
    if (eligible(*tellers, {}).empty()) {
      return standard_error("configuration", 400, "nobody qualifies as teller of this vote");
    }
    return open_task(id, {"tally", state_.unit, std::move(*tellers), {}, {}});
  }
  for (const PersonId& person : electors) {
    Candidate one;
    one.user = person;
    const Candidate* named = candidate_for(person, electorate, world_.directory);
    UnitId unit = world_.directory.unit_through(*named, person);
    if (unit.empty()) unit = state_.unit;
    Outcome<void> opened = open_task(id, {"ballot", unit, {one}, {}, person});
    if (!opened) return opened.error();
  }
  return {};
}

Result<void> Decider::cast_ballot(const Task& task, const CompleteTask& command,
                                  const Capacity& capacity) {
  const NodeId id = task.node;
  const TaskId ballot = task.id;
  const Json& spec = state_.nodes.at(id).spec;
  const bool secret = is_secret(spec);
  const bool again = member(spec, "revote") == true && !secret;
  if (task.voted_at && !again) {
    return Error{
        ErrorCode::conflict, "voted-already", {"Bạn đã bỏ phiếu.", "You have voted already."}};
  }
  if (secret) {
    if (Result<void> fits = check_secret(command); !fits) return fits;
  }
  if (Result<void> valid = check_answer(task, command); !valid) return valid;
  Response response = response_of(task, command, capacity);
  if (secret) {
    Json choice = ballot_choice(response);
    response.outcome.clear();
    response.data = nullptr;
    effect(CastBallot{vote_id(id), command.chance, std::move(choice)});
  }
  apply(BallotCast{id, step_of(state_.nodes.at(id)).pointer, response});

  // Lists and other systems learn that somebody voted, and what only when the vote has closed.
  Response told;
  told.task = ballot;
  told.by = response.by;
  told.unit = response.unit;
  told.role = response.role;
  told.outcome = "voted";
  told.at = response.at;
  Task shown = state_.tasks.at(ballot);
  if (again) {
    save_task(shown);
  } else {
    apply(TaskEnded{ballot, TaskState::completed, "voted", now_.at, response.by, {}, command.via});
    shown.state = TaskState::completed;
    save_task(shown, &told);
  }
  announce(shown, "completed", {{"outcome", "voted"}, {"by", response.by.text()}});
  after_ballot(id);
  return {};
}

void Decider::wake_vote(NodeId id) {
  const Node& node = state_.nodes.at(id);
  if (member(node.results, "phase") == "pending") {
    if (Outcome<void> opened = open_ballots(id); !opened) fault_node(id, opened.error());
    return;
  }
  close_vote(id, count_of(id));
}

void Decider::after_ballot(NodeId id) {
  const Node& node = state_.nodes.at(id);
  const bool all = node.responses.size() >= node.results.at("eligible").size();
  const std::string usual = member(node.spec, "revote") == true ? "never" : "whenAllVoted";
  const std::string early = text_member(node.spec, "earlyClose", usual);
  // A secret ballot that closed the vote by deciding it would be read from that.
  const bool decided =
      early == "whenDecided" && !is_secret(node.spec) && is_decided(node.spec, count_of(id));
  if ((all && (early != "never" || !node.wake_at)) || decided) close_vote(id, count_of(id));
}

void Decider::after_tally(NodeId id, const std::string& kind, const Response& response) {
  const Json spec = state_.nodes.at(id).spec;
  if (kind == "tally") {
    const bool own = spec.contains("countersign");
    Outcome<std::vector<Candidate>> second =
        resolve_candidates(member(spec, own ? "countersign" : "teller"), "countersign");
    if (!second) return fault_node(id, second.error());
    std::vector<PersonId> teller{response.by};
    if (eligible(*second, {teller, {}}).empty()) {
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

}  // namespace kyhan
