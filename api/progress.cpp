#include "api/progress.hpp"

#include "api/show.hpp"
#include "workflow/core/decide.hpp"
#include "workflow/core/definition.hpp"
#include "workflow/core/time_text.hpp"
#include "workflow/core/vote_count.hpp"
#include "workflow/store/reads.hpp"

namespace kyhan {
namespace {

const Json& member(const Json& object, const char* name) {
  static const Json null;
  if (!object.is_object()) return null;
  const auto found = object.find(name);
  return found == object.end() ? null : *found;
}

const CallStep* call_of(const Definition& definition, const Node& node) {
  if (node.step < 0) return nullptr;
  return std::get_if<CallStep>(&definition.steps.at(static_cast<std::size_t>(node.step)).body);
}

std::vector<std::string> keys_of(const Task& task) {
  std::vector<std::string> keys;
  for (const Candidate& one : task.candidates) keys.push_back(to_key(one));
  return keys;
}

Json missing_json(const Call& call, const UnitId& unit, const PersonId& holder,
                  const std::vector<std::string>& keys) {
  const std::string name = person_name(*call.directory, holder);
  return {{"unit", unit_json(*call.directory, unit)},
          {"holder", person_json(*call.directory, holder)},
          {"holders", to_json(holder.empty() ? candidates_text(*call.directory, keys)
                                             : Text{name, name})}};
}

/// Answers of a human task lie open to those who may see the case.
Json answers_json(const Call& call, const Node& node, bool show_outcomes) {
  Json answers = Json::array();
  for (const Response& one : node.responses) {
    Json answer = {{"by", person_json(*call.directory, one.by)},
                   {"onBehalfOf", person_json(*call.directory, one.on_behalf_of)},
                   {"unit", unit_json(*call.directory, one.unit)},
                   {"at", to_rfc3339(one.at)},
                   {"automatic", one.automatic}};
    if (show_outcomes) answer["outcome"] = to_json(outcome_label(node.spec, one.outcome));
    if (one.group) answer["group"] = *one.group;
    answers.push_back(std::move(answer));
  }
  return answers;
}

Json missing_of(const Call& call, const State& state, const Node& node) {
  Json missing = Json::array();
  for (const auto& [id, task] : state.tasks) {
    if (task.node != node.id || task.voted_at) continue;
    Json one = missing_json(call, task.unit, task.holder, keys_of(task));
    one["task"] = id.text();
    one["waitsForTurn"] = false;
    if (task.group) one["group"] = *task.group;
    missing.push_back(std::move(one));
  }
  const Json& queue = member(node.results, "queue");
  for (const Json& waiting : queue.is_array() ? queue : Json::array()) {
    Json one = missing_json(call, UnitId{waiting.value("unit", "")},
                            PersonId{waiting.value("holder", "")},
                            waiting.at("candidates").get<std::vector<std::string>>());
    one["waitsForTurn"] = true;
    if (waiting.contains("group")) one["group"] = waiting["group"];
    missing.push_back(std::move(one));
  }
  return missing;
}

Json tally_of(const Node& node, bool vote) {
  if (vote) {
    // The choices themselves stay closed until the vote is: a running tally is the author's choice.
    if (is_secret(node.spec) || node.spec.value("publishTally", "atClose") != "live") return nullptr;
    return count_ballots(node).at("votes");
  }
  Json tally = Json::object();
  for (const Response& one : node.responses) {
    tally[one.outcome] = tally.value(one.outcome, 0) + 1;
  }
  return tally;
}

/// The sub-workflows of a fanOut. `children`: of those that have not completed, the first.
Json fan_json(Reads& reads, const State& state, const Node& node, const Step& step) {
  constexpr int children_shown = 50;
  const Json& known = node.results.at("fan");
  Json json = {{"pointer", step.pointer},
               {"step", step.name},
               {"title", to_json(text_from(member(step.metadata, "title").is_null()
                                               ? Json(step.name)
                                               : member(step.metadata, "title")))},
               {"kind", "fanOut"},
               {"asked", known.at("total")},
               {"needed", known.at("needed")},
               {"answers", Json::array()},
               {"missing", Json::array()}};
  FanRow fan;
  fan.total = known.value("total", std::int64_t{0});
  // The table is ahead of the state, which is told of many ends at a time.
  if (const auto fans = reads.fans_of(state.id)) {
    for (const FanRow& row : *fans) {
      if (row.node == node.id) fan = row;
    }
  }
  json["answered"] = fan.ended();
  json["tally"] = {{"completed", fan.completed},
                   {"faulted", fan.faulted},
                   {"cancelled", fan.cancelled},
                   {"running", fan.open()},
                   {"waiting", fan.total - fan.next}};
  json["children"] = Json::array();
  if (const auto children = reads.fan_children(fan.parent, node.id, children_shown)) {
    for (const FanChildRow& child : *children) {
      json["children"].push_back({{"index", child.number},
                                  {"id", fan_child_id(state.id, node.id, child.number).text()},
                                  {"state", child.status}});
    }
  }
  return json;
}

}  // namespace

Json progress_json(const Call& call, const State& state, const Definition& definition,
                   NodeId id) {
  const auto found = state.nodes.find(id);
  if (found == state.nodes.end()) return nullptr;
  const Node& node = found->second;
  const CallStep* step = call_of(definition, node);
  if (step == nullptr || !node.spec.is_object()) return nullptr;
  const bool vote = step->function == Function::vote;
  if (!vote && step->function != Function::human_task) return nullptr;
  const bool recorded = vote && node.spec.value("mode", "cast") == "recorded";
  Json missing = missing_of(call, state, node);
  const std::size_t asked = node.responses.size() + missing.size();
  if (recorded || asked == 0 || (!vote && asked < 2)) return nullptr;
  const Step& place = definition.steps.at(static_cast<std::size_t>(node.step));
  Json json = {{"pointer", place.pointer},
               {"step", place.name},
               {"title", to_json(text_from(member(node.spec, vote ? "question" : "title")))},
               {"kind", vote ? "vote" : "task"},
               {"asked", asked},
               {"answered", node.responses.size()},
               {"answers", answers_json(call, node, !vote)},
               {"missing", std::move(missing)},
               {"tally", tally_of(node, vote)}};
  if (vote) {
    json["ballot"] = is_secret(node.spec) ? "secret" : "open";
    json["closesAt"] = to_json(node.wake_at);
  }
  return json;
}

Json progress_json(const Call& call, Reads& reads, const State& state,
                   const Definition& definition) {
  Json all = Json::array();
  for (const auto& [id, node] : state.nodes) {
    if (is_fan(node)) {
      const Step& step = definition.steps.at(static_cast<std::size_t>(node.step));
      all.push_back(fan_json(reads, state, node, step));
      continue;
    }
    Json one = progress_json(call, state, definition, id);
    if (!one.is_null()) all.push_back(std::move(one));
  }
  return all;
}

}  // namespace kyhan
