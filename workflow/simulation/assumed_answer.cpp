#include "workflow/simulation/assumed_answer.hpp"

#include <algorithm>

#include "workflow/core/vote_count.hpp"
#include "workflow/simulation/sample.hpp"

namespace kyhan {
namespace {

/// The size of a made-up meeting where the electorate is not known.
constexpr std::int64_t meeting_size = 20;
constexpr std::int64_t file_bytes = 1024;

const Json& part(const Json& object, const char* name) {
  static const Json null;
  if (!object.is_object()) return null;
  const auto found = object.find(name);
  return found == object.end() ? null : *found;
}

bool lists(const Json& array, const char* wanted) {
  return array.is_array() && std::ranges::find(array, Json(wanted)) != array.end();
}

std::string id_of(const Json& option) {
  return option.is_string() ? option.get<std::string>() : option.value("id", "");
}

/// The first that is marked positive, else the first that is not negative, else the first.
Json chosen_outcome(const Json& outcomes, const std::string& wanted) {
  if (!outcomes.is_array() || outcomes.empty()) return {{"id", wanted.empty() ? "done" : wanted}};
  const auto first = [&](auto&& fits) {
    return std::ranges::find_if(outcomes, [&](const Json& one) { return fits(one); });
  };
  auto found = outcomes.end();
  if (!wanted.empty()) found = first([&](const Json& one) { return id_of(one) == wanted; });
  if (found == outcomes.end()) {
    found = first([](const Json& one) { return part(one, "style") == "positive"; });
  }
  if (found == outcomes.end()) {
    found = first([](const Json& one) { return part(one, "style") != "negative"; });
  }
  return found == outcomes.end() ? outcomes.front() : *found;
}

std::vector<Attachment> evidence(const Json& spec, const Json& outcome) {
  std::vector<Attachment> files;
  const auto add = [&](const Json& rule) {
    const Json& media = part(rule, "mediaTypes");
    Attachment file;
    file.id = "a" + std::to_string(files.size() + 1);
    file.type = rule.value("type", "document");
    file.name = "dien-tap.pdf";
    file.media_type = media.is_array() && !media.empty() ? media[0].get<std::string>()
                                                         : std::string("application/pdf");
    file.size = file_bytes;
    files.push_back(std::move(file));
  };
  const Json& rules = part(spec, "attachments");
  if (rules.is_array()) {
    for (const Json& rule : rules) {
      const Json& only = part(rule, "forOutcomes");
      if (only.is_array() && !lists(only, id_of(outcome).c_str())) continue;
      const Json& least = part(rule, "min");
      for (int i = 0; i < (least.is_number() ? least.get<int>() : 0); ++i) add(rule);
    }
  }
  if (files.empty() && lists(part(outcome, "requires"), "attachment")) {
    add(rules.is_array() && !rules.empty() ? rules[0] : Json::object());
  }
  return files;
}

/// A teller's numbers: everybody is there and votes for the first option, or for as many candidates
/// as there are seats.
Json meeting(const Json& spec, std::int64_t electorate) {
  const std::int64_t present = electorate > 0 ? electorate : meeting_size;
  Json votes = Json::object();
  const Json& candidates = part(spec, "candidates");
  const Json& options = candidates.is_array() ? candidates : part(spec, "options");
  const Json& seats = part(spec, "seats");
  std::int64_t winners = candidates.is_array() && seats.is_number() ? seats.get<std::int64_t>() : 1;
  const Json usual = Json::array({"for", "against", "abstain"});
  for (const Json& option : options.is_array() && !options.empty() ? options : usual) {
    votes[id_of(option)] = winners-- > 0 ? present : 0;
  }
  Json data = {{"present", present}, {"issued", present}, {"valid", present}, {"votes", votes}};
  if (electorate == 0) data["eligible"] = present;
  return data;
}

}  // namespace

PlannedOutcomes::PlannedOutcomes(const Definition& definition,
                                 const std::vector<PlannedAnswer>& answers) {
  for (const PlannedAnswer& answer : answers) {
    if (answer.action != "complete") continue;
    for (const Step& step : definition.steps) {
      if (step.name == answer.task || step.pointer == answer.task) {
        by_step_[step.index].push_back(&answer);
      }
    }
  }
}

const PlannedAnswer* PlannedOutcomes::find(StepIndex step, const UnitId& unit, int round) const {
  const auto found = by_step_.find(step);
  if (found == by_step_.end()) return nullptr;
  const PlannedAnswer* last = nullptr;
  for (const PlannedAnswer* answer : found->second) {
    if (!answer->unit.empty() && answer->unit != unit) continue;
    last = answer;
    if (round-- == 0) break;
  }
  return last;
}

CompleteTask assumed_answer(const State& state, const Task& task, const PersonId& by,
                            const PlannedAnswer* planned, const Directory& directory, Date day) {
  const Node& node = state.nodes.at(task.node);
  const Json made = task.kind == "task" ? Json() : vote_task_spec(node.spec, task.kind);
  const Json& spec = task.kind == "task" ? node.spec : made;
  const Json outcome =
      chosen_outcome(part(spec, "outcomes"), planned != nullptr ? planned->outcome : "");
  CompleteTask answer;
  answer.task = task.id;
  answer.by = by;
  answer.outcome = id_of(outcome);
  if (planned != nullptr) {
    answer.comment = planned->comment;
    answer.data = planned->data;
    answer.attachments = planned->attachments;
  }
  if (answer.comment.empty() && lists(part(outcome, "requires"), "comment")) {
    answer.comment = "Diễn tập";
  }
  if (answer.attachments.empty()) answer.attachments = evidence(spec, outcome);
  if (!answer.data.is_null()) return answer;
  if (task.kind == "tally") {
    const Json& eligible = part(node.results, "eligible");
    answer.data = meeting(node.spec, static_cast<std::int64_t>(eligible.size()));
  } else if (part(spec, "form").is_object()) {
    const SampleSource source{directory, task.unit.empty() ? state.unit : task.unit, day};
    answer.data = sample_of_form(part(spec, "form"), source);
  }
  return answer;
}

}  // namespace kyhan
