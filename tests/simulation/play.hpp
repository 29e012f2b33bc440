#pragma once
/// Plays a definition written in a test, in YAML, with what people answer.

#include <catch2/catch.hpp>
#include <string>

#include "workflow/core/codec.hpp"
#include "workflow/core/documents.hpp"
#include "workflow/core/time_text.hpp"
#include "workflow/expressions/jq.hpp"
#include "workflow/simulation/simulator.hpp"

namespace kyhan::test {

/// Two units of three people: an (specialist), binh (head), chi (deputy) in `so-a`; dung
/// (specialist), em (head) in `so-b`, which uses no calendar of its own; giang is chair of `tinh`.
inline const char* small_directory = R"({
  "units": [{"id": "tinh", "name": "Tỉnh", "kind": "province"},
            {"id": "so-a", "name": "Sở A", "kind": "department", "parent": "tinh"},
            {"id": "so-b", "name": "Sở B", "kind": "department", "parent": "tinh"}],
  "people": [
    {"id": "an", "name": "An", "memberships": [{"unit": "so-a", "roles": ["specialist", "staff"]}]},
    {"id": "binh", "name": "Bình", "memberships": [{"unit": "so-a", "roles": ["head"]}]},
    {"id": "chi", "name": "Chi", "memberships": [{"unit": "so-a", "roles": ["deputy"]}]},
    {"id": "dung", "name": "Dũng", "memberships": [{"unit": "so-b", "roles": ["specialist", "staff"]}]},
    {"id": "em", "name": "Em", "memberships": [{"unit": "so-b", "roles": ["head"]}]},
    {"id": "giang", "name": "Giang", "memberships": [{"unit": "tinh", "roles": ["chair"]}]}]
})";

struct Play {
  std::string steps;                 ///< YAML of everything from `do:` (or `input:` ...) on.
  std::string input = "{}";
  std::string answers = "[]";
  std::vector<std::string> events = {};
  std::string from = "2026-08-28T08:00:00+07:00";  ///< A Friday, before the long National Day.
  std::string lifecycle = "none";                  ///< document.metadata.publish.lifecycle
  Calls* calls = nullptr;                          ///< Makes the calls; null: they wait.
  std::shared_ptr<const Secrets> secrets = nullptr;
  std::string directory = small_directory;
  /// Name and steps of other definitions, namespace `test`, version 1.0.0.
  std::vector<std::pair<std::string, std::string>> others = {};
};

/// A definition around `steps` (from `do:` or before it on).
inline std::string document_of(const std::string& name, const std::string& steps,
                               const std::string& lifecycle = "none") {
  return "document: {dsl: '1.0.3', namespace: test, name: " + name +
         ", version: '1.0.0', metadata: {publish: {lifecycle: " + lifecycle + "}}}\n" + steps;
}

inline Program compiled(const std::string& document) {
  static const std::shared_ptr<ExpressionCompiler> compiler = make_jq_compiler();
  const CompiledDefinition compiled = compile_definition(document, *compiler);
  std::string faults;
  for (const Fault& fault : compiled.faults) {
    faults += fault.pointer + " " + fault.code + " " + fault.message.en + "\n";
  }
  INFO(document << faults);
  REQUIRE(compiled.program.has_value());
  return *compiled.program;
}

/// "<code> <pointer>" of each fault, warnings marked with "~", one a line.
inline std::string faults_in(const std::string& document) {
  static const std::shared_ptr<ExpressionCompiler> compiler = make_jq_compiler();
  std::string faults;
  for (const Fault& fault : compile_definition(document, *compiler).faults) {
    faults += (fault.warning ? "~" : "") + fault.code + " " + fault.pointer + "\n";
  }
  return faults;
}

inline SimulationResult play(const Play& given) {
  Simulation simulation;
  simulation.program = compiled(document_of("test", given.steps, given.lifecycle));
  for (const auto& [name, steps] : given.others) {
    simulation.others.push_back(compiled(document_of(name, steps)));
  }
  simulation.directory = Directory::parse(*parse_json(given.directory)).value();
  simulation.calendars = make_calendars({}).value();
  simulation.input = parse_json(given.input).value();
  simulation.unit = UnitId("so-a");
  simulation.initiator = PersonId("an");
  simulation.from = parse_rfc3339(given.from).value();
  simulation.answers = parse_answers(parse_json(given.answers).value()).value();
  for (const std::string& event : given.events) {
    simulation.events.push_back(parse_json(event).value());
  }
  simulation.calls = given.calls;
  simulation.secrets = given.secrets;
  const SimulationResult result = simulate(simulation);

  // Whatever is played, the journal says the same as the state.
  State replayed;
  for (const Event& event : result.journal) {
    evolve(replayed, decode_event(Json::parse(encode_text(event))));
  }
  CHECK(replayed == result.state);
  return result;
}

/// The output as JSON text, or "faulted <type> <pointer>", or "waiting".
inline std::string outcome_of(const SimulationResult& result) {
  if (result.state.error) {
    const std::string& type = result.state.error->type;
    return "faulted " + type.substr(type.rfind('/') + 1) + " " + result.state.error->instance;
  }
  if (!result.state.ended_at) return "waiting";
  return result.state.output.dump();
}

/// "<place of the answer>:<problem>" of each answer that was refused.
inline std::string refusals(const SimulationResult& result) {
  std::string out;
  for (const RefusedAnswer& one : result.refused) {
    out += (out.empty() ? "" : " ") + std::to_string(one.answer) + ":" + one.error.type;
  }
  return out;
}

/// Names of the steps in the order in which they started.
inline std::string steps_of(const SimulationResult& result) {
  std::string names;
  for (const CloudEvent& event : result.trace) {
    if (event.at("type") != "io.serverlessworkflow.task.started.v1") continue;
    const std::string pointer = event.at("data").at("task").get<std::string>();
    names += (names.empty() ? "" : " ") + pointer.substr(pointer.rfind('/') + 1);
  }
  return names;
}

/// When the instance ended, in Vietnam: "2026-09-10T00:00".
inline std::string ended_at(const SimulationResult& result) {
  if (!result.state.ended_at) return "never";
  return to_rfc3339(*result.state.ended_at, "Asia/Ho_Chi_Minh").substr(0, 16);
}

}  // namespace kyhan::test
