// Every flagship workflow is played to each of its endings, from the scenarios beside it:
// definitions/workflows/<name>/scenarios/*.json.

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "workflow/core/codec.hpp"
#include "workflow/core/documents.hpp"
#include "workflow/core/time_text.hpp"
#include "workflow/expressions/jq.hpp"
#include "workflow/simulation/simulator.hpp"

namespace kyhan::test {
namespace {

namespace fs = std::filesystem;

const fs::path definitions = fs::path(KYHAN_SOURCE_DIR) / "definitions";

std::string text_of_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

Json json_of_file(const fs::path& path) {
  const Result<Json> parsed = parse_json(text_of_file(path));
  INFO(path.string());
  REQUIRE(parsed.has_value());
  return *parsed;
}

std::string show(const std::vector<Fault>& faults) {
  std::string out;
  for (const Fault& fault : faults) {
    if (!fault.warning) out += fault.pointer + ": " + fault.code + ": " + fault.message.en + "\n";
  }
  return out;
}

/// Everything of `wanted` stands in `given`, other members may be there too.
bool contains(const Json& given, const Json& wanted) {
  if (!wanted.is_object()) return given == wanted;
  if (!given.is_object()) return false;
  for (const auto& [key, value] : wanted.items()) {
    if (!given.contains(key) || !contains(given.at(key), value)) return false;
  }
  return true;
}

std::shared_ptr<const Directory> directory_of(const Json& scenario) {
  static const std::shared_ptr<const Directory> province = [] {
    const auto parsed = Directory::parse(json_of_file(definitions / "organisation/tinh-mau.json"));
    REQUIRE(parsed.has_value());
    return *parsed;
  }();
  Json directory = scenario.value("directory", Json("tinh-mau"));
  const Json absences = scenario.value("absences", Json::object());
  if (directory.is_string()) {
    if (absences.empty()) return province;
    directory = json_of_file(definitions / "organisation/tinh-mau.json");
  }
  for (Json& person : directory.at("people")) {  // "absences": {person: [{from, to, deputy, scope?}]}
    const auto away = absences.find(person.at("id").get<std::string>());
    if (away != absences.end()) person["absences"] = *away;
  }
  const auto parsed = Directory::parse(directory);
  REQUIRE(parsed.has_value());
  return *parsed;
}

std::string describe(const SimulationResult& played) {
  std::string out = "status: " + std::string(to_text(played.state.status)) +
                    "\noutput: " + played.state.output.dump(1);
  if (played.state.error) out += "\nerror: " + encode(*played.state.error).dump();
  for (const RefusedAnswer& refused : played.refused) {
    out += "\nrefused " + std::to_string(refused.answer) + ": " + refused.error.type + " " +
           refused.error.detail.en;
  }
  for (const std::size_t unused : played.unused) out += "\nunused " + std::to_string(unused);
  for (const auto& [id, task] : played.state.tasks) out += "\nopen " + task.name;
  return out.substr(0, 4000);
}

void play(const std::string& workflow) {
  const fs::path folder = definitions / "workflows" / workflow;
  static const std::shared_ptr<ExpressionCompiler> compiler = make_jq_compiler();
  const CompiledDefinition compiled =
      compile_definition(text_of_file(folder / "workflow.json"), *compiler);
  INFO(show(compiled.faults));
  REQUIRE(compiled.program.has_value());

  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder / "scenarios")) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  REQUIRE(!files.empty());
  for (const fs::path& file : files) {
    DYNAMIC_SECTION(file.stem().string()) {
      const Json scenario = json_of_file(file);
      Simulation simulation;
      simulation.program = *compiled.program;
      simulation.directory = directory_of(scenario);
      const auto calendars = make_calendars({});
      REQUIRE(calendars.has_value());
      simulation.calendars = *calendars;
      simulation.input = scenario.value("input", Json::object());
      if (simulation.input.contains("unit")) {
        simulation.unit = UnitId(simulation.input.at("unit").at("id").get<std::string>());
      }
      simulation.initiator = PersonId(scenario.value("initiator", ""));
      const auto from = parse_rfc3339(scenario.at("from").get<std::string>());
      REQUIRE(from.has_value());
      simulation.from = *from;
      const auto answers = parse_answers(scenario.value("answers", Json::array()));
      REQUIRE(answers.has_value());
      simulation.answers = *answers;
      simulation.events = scenario.value("events", std::vector<Json>{});

      const SimulationResult played = simulate(simulation);

      INFO(describe(played));
      const Json& expect = scenario.at("expect");
      CHECK(std::string(to_text(played.state.status)) == expect.at("status").get<std::string>());
      if (expect.contains("output")) CHECK(contains(played.state.output, expect.at("output")));
      std::vector<std::size_t> refused;
      for (const RefusedAnswer& one : played.refused) refused.push_back(one.answer);
      std::vector<std::size_t> expected;
      for (const Json& one : expect.value("refused", Json::array())) {
        expected.push_back(one.is_object() ? one.at("answer").get<std::size_t>()
                                           : one.get<std::size_t>());
      }
      CHECK(refused == expected);
      CHECK(played.unused == expect.value("unused", std::vector<std::size_t>{}));

      if (expect.contains("steps")) {
        std::vector<std::string> ran;
        for (const CloudEvent& event : played.trace) {
          if (event.at("type") != "io.serverlessworkflow.task.started.v1") continue;
          const std::string pointer = event.at("data").at("task").get<std::string>();
          ran.push_back(pointer.substr(pointer.rfind('/') + 1));
        }
        std::size_t at = 0;  // The named steps ran in this order, others between them.
        for (const Json& named : expect.at("steps")) {
          const std::string step = named.get<std::string>();
          while (at < ran.size() && ran[at] != step) ++at;
          INFO("step " << step);
          CHECK(at < ran.size());
          ++at;
        }
      }

      State replayed;
      for (const Event& event : played.journal) {
        const Json written = Json::parse(encode_text(event));
        CHECK(written == encode(event));
        evolve(replayed, decode_event(written));
      }
      CHECK(replayed == played.state);
      CHECK(decode_state(Json::parse(encode_state_text(played.state))) == played.state);
    }
  }
}

TEST_CASE("a reward nomination reaches each of its endings", "[simulation][flagship]") {
  play("reward-nomination");
}
TEST_CASE("a training plan reaches each of its endings", "[simulation][flagship]") {
  if (fs::exists(definitions / "workflows/training-plan")) play("training-plan");
}
TEST_CASE("a staff conference reaches each of its endings", "[simulation][flagship]") {
  if (fs::exists(definitions / "workflows/staff-conference")) play("staff-conference");
}
TEST_CASE("an inspection board's cycle reaches each of its endings", "[simulation][flagship]") {
  if (fs::exists(definitions / "workflows/inspection-board")) play("inspection-board");
}

}  // namespace
}  // namespace kyhan::test
