// When the answers of several people make one result, and what the result says (language.md 5.2).

#include <algorithm>

#include "workflow/core/decider.hpp"
#include "workflow/core/time_text.hpp"

namespace kyhan {
namespace {

/// The outcome most frequent among the responses; the earlier one on a tie.
std::string majority_of(const std::vector<Response>& responses) {
  std::string best;
  std::size_t best_count = 0;
  for (const Response& one : responses) {
    const auto count =
        static_cast<std::size_t>(std::ranges::count(responses, one.outcome, &Response::outcome));
    if (count > best_count) best = one.outcome, best_count = count;
  }
  return best;
}

/// The first outcome of `order` (worst first) that occurs; the first response's where none does.
std::string worst_of(const std::vector<Response>& responses, const Json& order) {
  if (order.is_array()) {
    for (const Json& outcome : order) {
      if (std::ranges::find(responses, outcome.get<std::string>(), &Response::outcome) !=
          responses.end()) {
        return outcome.get<std::string>();
      }
    }
  }
  return responses.front().outcome;
}

std::string decided_by(const std::vector<Response>& responses, const Json& completion) {
  const std::string how = text_member(completion, "decideBy", "first");
  if (how == "majority") return majority_of(responses);
  if (how == "worst") return worst_of(responses, member(completion, "order"));
  if (how == "unanimous") {
    const std::string& common = responses.front().outcome;
    if (std::ranges::all_of(responses, [&](const Response& r) { return r.outcome == common; })) {
      return common;
    }
    const Json& order = member(completion, "order");
    if (order.is_array()) return worst_of(responses, order);
    const std::string most = majority_of(responses);
    return std::ranges::find_if(responses, [&](const Response& r) { return r.outcome != most; })
        ->outcome;
  }
  return responses.front().outcome;
}

}  // namespace

void Decider::accept_answer(TaskId id, Response response) {
  Task task = state_.tasks.at(id);
  if (task.holder != response.by) {
    task.holder = response.by;
    if (!task.claimed_at) task.claimed_at = response.at;
  }
  task.on_behalf_of = response.on_behalf_of;
  const Step& step = definition().steps.at(static_cast<std::size_t>(task.step));
  // What the result will say about this task must outlive it.
  apply(TaskCompleted{step.pointer, response});
  task.state = TaskState::completed;
  task.overdue = task.overdue || (task.due_at && *task.due_at < now_.at);
  ++task.version;
  save_task(task, &response);
  announce(task, "completed",
           {{"outcome", response.outcome},
            {"by", response.by.text()},
            {"completedAt", to_rfc3339(response.at)}});
  if (task.kind != "task") {
    if (task.kind == "ballot")
      after_ballot(task.node);
    else
      after_tally(task.node, task.kind, response);
    return;
  }

  const Node& node = state_.nodes.at(task.node);
  const Json& completion = member(node.spec, "completion");
  const std::string rule = text_member(completion, "rule", "one");
  const bool open = std::ranges::any_of(
      state_.tasks, [&](const auto& entry) { return entry.second.node == task.node; });
  const bool stop = lists(member(completion, "stopOn"), response.outcome);
  const auto count = member(completion, "count").is_number()
                         ? completion.at("count").get<std::size_t>()
                         : std::size_t{1};
  const bool done = stop || !open || rule == "one" || rule == "first" ||
                    (rule == "atLeast" && node.responses.size() >= count);
  if (!done) return;

  const std::string outcome =
      stop ? response.outcome
           : (rule == "one" ? response.outcome : decided_by(node.responses, completion));
  const auto deciding = stop ? std::prev(node.responses.end())
                             : std::ranges::find(node.responses, outcome, &Response::outcome);
  Json result = human_result(node, *deciding, &task);
  const NodeId node_id = task.node;
  withdraw_tasks_of(node_id, "decided");
  complete_node(node_id, std::move(result));
}

Json Decider::human_result(const Node& node, const Response& deciding, const Task* last) const {
  const auto person = [](const Response& one) {
    return Json{{"user", one.by.text()},
                {"unit", one.unit.text()},
                {"role", one.role.text()},
                {"onBehalfOf", one.on_behalf_of.empty() ? Json() : Json(one.on_behalf_of.text())}};
  };
  Json responses = Json::array();
  Json tally = Json::object();
  for (const Response& one : node.responses) {
    responses.push_back({{"unit", one.unit.text()},
                         {"user", one.by.text()},
                         {"outcome", one.outcome},
                         {"comment", one.comment},
                         {"data", one.data},
                         {"at", to_rfc3339(one.at)},
                         {"auto", one.automatic}});
    if (!one.on_behalf_of.empty()) responses.back()["onBehalfOf"] = one.on_behalf_of.text();
    tally[one.outcome] = tally.value(one.outcome, 0) + 1;
  }
  Json attachments = Json::array();
  for (const Attachment& file : deciding.attachments) {
    attachments.push_back({{"id", file.id},
                           {"type", file.type},
                           {"name", file.name},
                           {"size", file.size},
                           {"sha256", file.sha256}});
  }
  return {
      {"taskId", deciding.task.text()},
      {"outcome", deciding.outcome},
      {"comment", deciding.comment},
      {"data", deciding.data},
      {"attachments", std::move(attachments)},
      {"performer", person(deciding)},
      {"startedAt", to_rfc3339(node.started_at)},
      {"claimedAt",
       last != nullptr && last->claimed_at ? Json(to_rfc3339(*last->claimed_at)) : Json()},
      {"completedAt", to_rfc3339(deciding.at)},
      {"due", last != nullptr && last->due_at ? Json(to_rfc3339(*last->due_at)) : Json()},
      {"overdue", last != nullptr && last->overdue},
      {"escalations", last != nullptr ? last->escalations : 0},
      {"legalBasis", node.spec.contains("legalBasis") ? node.spec.at("legalBasis") : Json::array()},
      {"responses", std::move(responses)},
      {"tally", std::move(tally)}};
}

}  // namespace kyhan
