// What an instance tells the outside in the language's own words: the events of its `emit` steps and,
// where a definition asks for them, its lifecycle.

#include <algorithm>

#include "workflow/core/decider.hpp"
#include "workflow/core/lifecycle.hpp"
#include "workflow/core/time_text.hpp"

namespace kyhan {
namespace {

/// "org.example.reward.granted.v1" -> "reward.granted": the last two words, the version left out.
std::string last_two_words(const std::string& type) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : type + ".") {
    if (c != '.') {
      word += c;
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  const auto is_version = [](const std::string& one) {
    return one.size() > 1 && one.front() == 'v' &&
           std::all_of(one.begin() + 1, one.end(), [](char c) { return c >= '0' && c <= '9'; });
  };
  if (words.size() > 1 && is_version(words.back())) words.pop_back();
  if (words.empty()) return "_._";
  return (words.size() > 1 ? words[words.size() - 2] : std::string("_")) + "." + words.back();
}

}  // namespace

Outcome<Json> Decider::run_emit(const Step& step, Json event) {
  if (!event.is_object() || !event.contains("type") || !event.at("type").is_string()) {
    return standard_error("validation", 400, "an emitted event needs a `type`, a string");
  }
  event["specversion"] = "1.0";
  // Derived, so that a repeat of this decision names the same event.
  if (!event.contains("id")) {
    event["id"] = state_.id.text() + "-" + std::to_string(state_.revision) + "-e" +
                  std::to_string(step.index);
  }
  if (!event.contains("time")) event["time"] = to_rfc3339(now_.at);
  if (!event.contains("source")) event["source"] = "/kyhan/instances/" + state_.id.text();
  const std::string type = event.at("type").get<std::string>();
  CloudEvent outside = event;
  // `document.metadata.publish.fields`: where the definition lists what may leave, nothing else
  // does.
  const auto listed = definition().publish.find("fields");
  if (listed != definition().publish.end() && listed->is_object() && listed->contains(type) &&
      outside.contains("data") && outside["data"].is_object()) {
    Json kept = Json::object();
    for (const Json& field : listed->at(type)) {
      const std::string name = field.get<std::string>();
      if (outside["data"].contains(name)) kept[name] = outside["data"][name];
    }
    outside["data"] = std::move(kept);
  }
  outside["instance"] = state_.id.text();
  const std::string unit = state_.unit.empty() ? "_" : state_.unit.text();
  effect(Publish{"event." + last_two_words(type) + "." + unit, std::move(outside)});
  return given(std::move(event));
}

/// The language's own events, for definitions that ask for them: of instances and, with `all`, of
/// steps. Keys "instance.<event>.<unit>" and "step.<event>.<unit>".
void Decider::publish_lifecycle(const Event& event) {
  static constexpr std::string_view of_workflow = "io.serverlessworkflow.workflow.";
  static constexpr std::string_view of_task = "io.serverlessworkflow.task.";
  for (CloudEvent& told : lifecycle_of(event, state_, definition())) {
    const std::string type = told.at("type").get<std::string>();
    const bool whole = type.starts_with(of_workflow);
    if (!whole && definition().publish_lifecycle != "all") continue;
    const std::size_t prefix = whole ? of_workflow.size() : of_task.size();
    const std::string name = type.substr(prefix, type.rfind('.') - prefix);
    told["data"].erase("output");  // Contents leave only where the definition lists them.
    const auto* started = std::get_if<InstanceStarted>(&event);
    const UnitId& unit = started != nullptr ? started->unit : state_.unit;
    effect(Publish{(whole ? "instance." : "step.") + name + "." +
                       (unit.empty() ? std::string("_") : unit.text()),
                   std::move(told)});
  }
}

}  // namespace kyhan
