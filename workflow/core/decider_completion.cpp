// When the answers of several people make one result, and what the result says (language.md 5.2).

#include <algorithm>

#include "workflow/core/decider.hpp"
#include "workflow/core/time_text.hpp"

namespace kyhan {
namespace {

using Responses = std::vector<Response>;

bool is_by(const Response& response, const Candidate& candidate, const Directory& directory) {
  return directory.matches(candidate, response.by) ||
         (!response.on_behalf_of.empty() && directory.matches(candidate, response.on_behalf_of));
}

/// The outcome most frequent; on a tie the chair's, where it is one of those, else the earliest.
std::string majority_of(const Responses& responses, const Response* chair) {
  const auto votes = [&](const std::string& outcome) {
    return std::ranges::count(responses, outcome, &Response::outcome);
  };
  std::string best = responses.front().outcome;
  for (const Response& one : responses) {
    if (votes(one.outcome) > votes(best)) best = one.outcome;
  }
  return chair != nullptr && votes(chair->outcome) == votes(best) ? chair->outcome : best;
}

/// The first outcome of `order` (worst first) that occurs; the first response's where none does.
std::string worst_of(const Responses& responses, const Json& order) {
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

std::string decided_by(const Responses& responses, const Json& completion, const Response* chair) {
  const std::string how = text_member(completion, "decideBy", "first");
  if (how == "chair" && chair != nullptr) return chair->outcome;
  if (how == "majority") return majority_of(responses, chair);
  if (how == "worst") return worst_of(responses, member(completion, "order"));
  if (how == "unanimous") {
    const std::string& common = responses.front().outcome;
    if (std::ranges::all_of(responses, [&](const Response& r) { return r.outcome == common; })) {
      return common;
    }
    const Json& order = member(completion, "order");
    if (order.is_array()) return worst_of(responses, order);
    const std::string most = majority_of(responses, nullptr);
    return std::ranges::find_if(responses, [&](const Response& r) { return r.outcome != most; })
        ->outcome;
  }
  return responses.front().outcome;
}

/// Of the items of a step, or of one of its groups; added co-signers stand apart.
struct Count {
  std::size_t answered = 0;
  std::size_t left = 0;  ///< Open, or waiting for their turn.
};

std::size_t number_of(const Json& rule) {
  return member(rule, "count").is_number_integer() ? rule.at("count").get<std::size_t>()
                                                   : std::size_t{1};
}

/// What a rule asks of so many items.
std::size_t needed(const Json& rule, std::size_t items, const char* otherwise) {
  const std::string name = text_member(rule, "rule", otherwise);
  if (name == "all") return items;
  if (name == "atLeast") return number_of(rule);
  if (name == "quorum") {
    const Share share = parse_share(member(rule, "share")).value_or(Share{1, 2});
    // The least n with n*q >= p*items.
    const auto product = static_cast<std::size_t>(share.numerator) * items;
    const auto q = static_cast<std::size_t>(share.denominator);
    return std::max<std::size_t>(1, (product + q - 1) / q);
  }
  return 1;  // one, first
}

Json signature_json(const Response& response) {
  if (response.signature.empty()) return nullptr;
  return {
      {"kind", response.signature}, {"by", response.by.text()}, {"at", to_rfc3339(response.at)}};
}

}  // namespace

/// Whether so many people could ever satisfy the rule: two of one is nobody's four eyes.
Outcome<void> Decider::check_enough(const Json& rule, std::size_t items) const {
  const std::string name = text_member(rule, "rule", "one");
  if (items > 0 && (name != "atLeast" || number_of(rule) <= items)) return {};
  if (items == 0) return standard_error("configuration", 400, "nobody qualifies for this task");
  return standard_error("configuration", 400,
                        "completion asks for " + std::to_string(number_of(rule)) +
                            " answers, only " + std::to_string(items) + " can answer");
}

void Decider::accept_answer(TaskId id, Response response) {
  Task task = state_.tasks.at(id);
  if (task.holder != response.by && !response.automatic) {
    task.holder = response.by;
    if (!task.claimed_at) task.claimed_at = response.at;
  }
  if (!response.automatic) task.on_behalf_of = response.on_behalf_of;
  task.asked.clear();
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
  if (task.kind == "casting") return after_casting_vote(task.node, response);
  if (task.kind != "task") return after_tally(task.node, task.kind, response);
  settle_answers(task.node, &task);
}

/// Ends the step when its answers suffice, else asks the next in turn. `last`: the task answered
/// last, if it was an answer that brought us here.
void Decider::settle_answers(NodeId id, const Task* last) {
  const Node& node = state_.nodes.at(id);
  const Json& completion = member(node.spec, "completion");
  if (node.responses.empty()) return;

  std::map<int, Count> counts;  // By group; -1: without.
  bool signers_left = false;
  for (const auto& [task_id, task] : state_.tasks) {
    if (task.node != id) continue;
    if (task.added_by.empty()) {
      ++counts[task.group.value_or(-1)].left;
    } else {
      signers_left = true;
    }
  }
  const Json& queue = member(node.results, "queue");
  for (const Json& waiting : queue.is_array() ? queue : Json::array()) {
    ++counts[waiting.value("group", -1)].left;
  }
  const Response* chair = nullptr;
  std::vector<Candidate> chairs;
  if (completion.is_object() && completion.contains("chair")) {
    const auto found = world_.directory.resolve(Json::array({completion.at("chair")}), state_.unit);
    if (found) chairs = *found;
  }
  for (const Response& one : node.responses) {
    if (!one.added) ++counts[one.group.value_or(-1)].answered;
    const bool by_chair = std::ranges::any_of(
        chairs, [&](const Candidate& who) { return is_by(one, who, world_.directory); });
    if (by_chair && chair == nullptr) chair = &one;
  }

  const Json& groups = member(completion, "groups");
  bool enough = true;
  bool anything_left = signers_left;
  for (const auto& [group, count] : counts) {
    const bool of_group = group >= 0 && groups.is_array();
    const Json& rule = of_group ? groups.at(static_cast<std::size_t>(group)) : completion;
    const std::size_t items = count.answered + count.left;
    enough =
        enough && count.answered >= std::min(items, needed(rule, items, of_group ? "all" : "one"));
    anything_left = anything_left || count.left > 0;
  }
  const bool waits_for_chair = text_member(completion, "decideBy") == "chair" && chair == nullptr;
  const bool stop = lists(member(completion, "stopOn"), node.responses.back().outcome);
  const bool done = stop || !anything_left || (enough && !signers_left && !waits_for_chair);
  if (!done) {
    const bool in_turn_open = std::ranges::any_of(state_.tasks, [&](const auto& entry) {
      return entry.second.node == id && entry.second.added_by.empty();
    });
    if (in_turn_open) return;
    if (Outcome<void> next = open_next_in_turn(id); !next) fault_node(id, next.error());
    return;
  }

  const std::string outcome =
      stop ? node.responses.back().outcome : decided_by(node.responses, completion, chair);
  const Response* deciding = &node.responses.back();
  if (!stop && chair != nullptr && chair->outcome == outcome) {
    deciding = chair;
  } else if (!stop) {
    deciding = &*std::ranges::find(node.responses, outcome, &Response::outcome);
  }
  Json result = human_result(node, *deciding, last);
  watch(id, {"Việc bạn theo dõi đã xong: " + outcome + ".",
             "A task you watch is done: " + outcome + "."});
  withdraw_tasks_of(id, "decided");
  complete_node(id, std::move(result));
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
    if (!one.signature.empty()) responses.back()["signature"] = signature_json(one);
    if (one.group) responses.back()["group"] = *one.group;
    if (one.added) responses.back()["added"] = true;
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
  Json result = {
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
  if (!deciding.signature.empty()) result["signature"] = signature_json(deciding);
  return result;
}

}  // namespace kyhan
