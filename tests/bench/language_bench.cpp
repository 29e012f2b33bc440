// The language alone, without a database: pure steps a second, what an expression costs beside raw
// libjq, what it costs to deploy the shipped workflows beside libjq's own compile of their programs.
// Prints rows (row.hpp); it asserts nothing.

#include <chrono>
#include <fstream>
#include <iostream>
#include <iterator>

#include "workflow/core/decide.hpp"
#include "workflow/core/documents.hpp"
#include "workflow/expressions/conversion.hpp"
#include "workflow/expressions/jq.hpp"
#include "workflow/expressions/jq_program.hpp"
#include "workflow/expressions/libjq.hpp"

#include "tests/bench/row.hpp"

namespace kyhan::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

double seconds_since(SteadyClock::time_point began) {
  return std::chrono::duration<double>(SteadyClock::now() - began).count();
}

template <class F>
double nanoseconds(int times, const F& function) {
  for (int i = 0; i < times / 10 + 1; ++i) function();
  const auto began = SteadyClock::now();
  for (int i = 0; i < times; ++i) function();
  return seconds_since(began) * 1e9 / times;
}

std::string read(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

Json case_file() {
  Json document = {{"status", "in-review"}, {"round", 2}, {"votes", {{"for", 7}, {"members", 9}}}};
  document["candidate"] = {{"name", "Nguyễn Thị Mẫu"}, {"unit", {{"code", "HR"}}}};
  for (int i = 0; i < 20; ++i) {
    document["reviews"].push_back({{"unit", "u" + std::to_string(i)},
                                   {"outcome", i % 3 == 0 ? "object" : "approve"},
                                   {"comment", "Ý kiến của đơn vị về hồ sơ đề nghị khen thưởng"}});
  }
  return document;
}

double ours(const std::string& program, const Json& document, int times) {
  const auto compiled = make_jq_compiler()->compile({{program, "", {}, {}, {}}});
  return nanoseconds(times, [&] {
    const auto result = compiled.value()->evaluate(ExpressionId{0}, document, {});
    if (!result.has_value()) std::abort();
  });
}

/// libjq with its value ready, and with the document converted in and the result out.
struct Raw {
  double ready = 0;
  double converted = 0;
};
Raw raw(const std::string& program, const Json& document, int times) {
  jq_state* jq = jq_init();
  jq_set_attr(jq, jv_string("JQ_LIBRARY_PATH"), jv_array());
  jq_compile(jq, program.c_str());
  jv input = to_jv(document);
  Raw found;
  found.ready = nanoseconds(times, [&] {
    jq_start(jq, jv_copy(input), 0);
    jv_free(jq_next(jq));
  });
  jv_free(input);
  found.converted = nanoseconds(times / 4, [&] {
    jq_start(jq, to_jv(document), 0);
    jv result = jq_next(jq);
    jv text = jv_dump_string(result, 0);
    jv_free(text);
  });
  jq_teardown(&jq);
  return found;
}

void expressions() {
  const Json document = case_file();
  const std::string bytes = std::to_string(document.dump().size()) + " bytes";
  for (const auto& [name, program, times] :
       {std::tuple{"simple path", ".candidate.unit.code", 200'000},
        {"condition", ".votes.for / .votes.members >= 0.5 and .status == \"in-review\"", 200'000},
        {"object", "{id: .status, unit: .candidate.unit.code, round: (.round + 1)}", 100'000},
        {"whole-document update", ". + {status: \"approved\", round: (.round + 1)}", 20'000},
        {"a loop, in libjq", "[.reviews[] | select(.outcome == \"approve\")] | length", 5'000}}) {
    const Raw libjq = raw(program, document, 20'000);
    const double spent = ours(program, document, times);
    print_row(std::string{"expression, ns: "} + name + " (" + bytes + ")", number(spent),
              number(libjq.ready) + " raw libjq, " + number(libjq.converted) + " with conversions",
              number(libjq.converted / spent, 1) + " times", ">= 1 time with conversions");
  }
}

/// Slices of decide() alone, as the engine asks for them.
void pure_steps() {
  const std::string document =
      "document: {dsl: '1.0.3', namespace: bench, name: loop, version: '1.0.0'}\n"
      "do:\n"
      "  - add:\n"
      "      if: '${ .n < .limit }'\n"
      "      set: '${ . + {n: (.n + 1)} }'\n"
      "      then: add\n";
  const auto compiler = make_jq_compiler();
  const CompiledDefinition compiled = compile_definition(document, *compiler);
  const auto directory =
      Directory::parse({{"units", Json::array()}, {"people", Json::array()}}).value();
  const auto calendars = make_calendars({}).value();
  const World world{*compiled.program, *directory, *calendars};
  constexpr int rounds = 50'000;
  Json input = case_file();
  input["n"] = 0;
  input["limit"] = rounds;
  const Now now{Instant{std::chrono::hours{500'000}}};
  const auto began = SteadyClock::now();
  Decision decision =
      decide(State{}, world, StartInstance{InstanceId("b"), {}, {}, input, {}}, now).value();
  while (decision.unfinished) decision = decide(decision.state, world, ContinueRun{}, now).value();
  const double steps = rounds / seconds_since(began);
  const double evaluations =
      ours(".n < .limit", input, 100'000) + ours(". + {n: (.n + 1)}", input, 20'000);
  print_row("pure steps/s in the core (condition, update of 2 KB)", number(steps),
            number(1e9 / evaluations) + " pairs of evaluations",
            percent(steps * evaluations / 1e9), ">= 20,000");
}

/// One jq_compile of a definition's assembled program, as libjq itself does it.
double libjq_milliseconds(const std::string& program) {
  const auto began = SteadyClock::now();
  jq_state* jq = jq_init();
  jq_set_attr(jq, jv_string("JQ_LIBRARY_PATH"), jv_array());
  if (jq_compile(jq, program.c_str()) == 0) std::abort();
  const double spent = seconds_since(began) * 1e3;
  jq_teardown(&jq);
  return spent;
}

void deploying() {
  const auto compiler = make_jq_compiler();
  double ours_ms = 0;
  double raw_ms = 0;
  std::size_t count = 0;
  constexpr int rounds = 5;
  for (const std::string name :
       {"training-plan", "staff-conference", "inspection-board", "reward-nomination"}) {
    const std::string text =
        read(std::string{KYHAN_SOURCE_DIR} + "/definitions/workflows/" + name + "/workflow.json");
    for (int i = 0; i < rounds; ++i) {
      const auto began = SteadyClock::now();
      const CompiledDefinition compiled = compile_definition(text, *compiler);
      ours_ms += seconds_since(began) * 1e3 / rounds;
      if (!compiled.program) throw std::runtime_error(name + " does not compile");
      const auto& sources = compiled.program->definition->expressions;
      if (i == 0) count += sources.size();
      raw_ms += libjq_milliseconds(program_text(sources)) / rounds;
    }
  }
  print_row("deploying the four workflows, ms (" + std::to_string(count) + " expressions)",
            number(ours_ms, 1), number(raw_ms, 1) + " libjq's compile", 
            number(ours_ms / raw_ms, 2) + " times", "<= 2 times");
}

}  // namespace
}  // namespace kyhan::bench

int main() {
  try {
    kyhan::bench::pure_steps();
    kyhan::bench::expressions();
    kyhan::bench::deploying();
  } catch (const std::exception& fault) {
    std::cerr << fault.what() << "\n";
    return 1;
  }
  return 0;
}
