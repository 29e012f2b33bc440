// Lifecycle events, phases and the error object (checklist L, P, R).

#include "tests/simulation/play.hpp"

namespace kyhan::test {
namespace {

/// "<type without prefix and version> <task>" of each event, one a line.
std::string told(const SimulationResult& result) {
  constexpr std::string_view prefix = "io.serverlessworkflow.";
  std::string lines;
  for (const CloudEvent& event : result.trace) {
    const std::string type = event.at("type");
    lines += type.substr(prefix.size(), type.size() - prefix.size() - 3) + " " +
             event.at("data").value("task", "") + "\n";
  }
  return lines;
}

const Json* find(const SimulationResult& result, const std::string& type) {
  for (const CloudEvent& event : result.trace) {
    if (event.at("type") == "io.serverlessworkflow." + type + ".v1") return &event;
  }
  return nullptr;
}

TEST_CASE("L1 workflow events carry the qualified name, the definition and their time",
          "[conformance][L1]") {
  const auto result = play({"do:\n  - nap: {wait: {hours: 1}}\n  - one: {set: {n: 1}}\n"});
  const Json* started = find(result, "workflow.started");
  REQUIRE(started != nullptr);
  CHECK(started->at("specversion") == "1.0");
  CHECK(started->at("data") ==
        Json::parse(R"({"name": "test-run.test", "startedAt": "2026-08-28T01:00:00Z",
                        "definition": {"name": "test", "namespace": "test", "version": "1.0.0"}})"));
  const Json* completed = find(result, "workflow.completed");
  REQUIRE(completed != nullptr);
  CHECK(completed->at("data") ==
        Json::parse(R"({"name": "test-run.test", "completedAt": "2026-08-28T02:00:00Z",
                        "output": {"n": 1}})"));
}

TEST_CASE("L1 a fault tells the error, a large output where it is", "[conformance][L1]") {
  const auto faulted =
      play({"do:\n  - bad: {raise: {error: {type: 'https://x.example/e', status: 500}}}\n"});
  const Json* event = find(faulted, "workflow.faulted");
  REQUIRE(event != nullptr);
  CHECK(event->at("data").at("error").at("instance") == "/do/0/bad");
  CHECK(event->at("data").contains("faultedAt"));

  const auto large = play({"do:\n  - one: {set: {text: '${ .text }'}}\n",
                           Json{{"text", std::string(70'000, 'x')}}.dump()});
  const Json& data = find(large, "workflow.completed")->at("data");
  CHECK_FALSE(data.contains("output"));
  CHECK(data.at("outputUri") == "/api/v1/instances/run/history");
}

TEST_CASE("L1 correlation is told when a listen begins and when it has what it waited for",
          "[conformance][L1]") {
  const auto result = play({R"(
do:
  - hear:
      listen: {to: {one: {with: {type: t}, correlate: {order: {from: .data.id, expect: 7}}}}}
)",
                            "{}",
                            "[]",
                            {R"({"id": "1", "type": "t", "data": {"id": 7}})"}});
  CHECK(told(result) ==
        "workflow.started \n"
        "task.created /do/0/hear\n"
        "task.started /do/0/hear\n"
        "workflow.correlation-started \n"
        "workflow.correlation-completed \n"
        "task.completed /do/0/hear\n"
        "workflow.completed \n");
  CHECK(find(result, "workflow.correlation-completed")->at("data").at("correlationKeys") ==
        Json{{"order", 7}});
}

TEST_CASE("L2 task events carry workflow, pointer and their time, in the order of the changes",
          "[conformance][L2]") {
  const auto result = play({R"(
do:
  - guarded:
      try:
        - bad: {raise: {error: {type: "https://x.example/e", status: 500}}}
      catch: {retry: {limit: {attempt: {count: 1}}}, do: [{ok: {set: {n: 1}}}]}
)"});
  CHECK(told(result) ==
        "workflow.started \n"
        "task.created /do/0/guarded\n"
        "task.started /do/0/guarded\n"
        "task.created /do/0/guarded/try/0/bad\n"
        "task.started /do/0/guarded/try/0/bad\n"
        "task.faulted /do/0/guarded/try/0/bad\n"
        "task.retried /do/0/guarded\n"
        "task.created /do/0/guarded/try/0/bad\n"
        "task.started /do/0/guarded/try/0/bad\n"
        "task.faulted /do/0/guarded/try/0/bad\n"
        "task.created /do/0/guarded/catch/do/0/ok\n"
        "task.started /do/0/guarded/catch/do/0/ok\n"
        "task.completed /do/0/guarded/catch/do/0/ok\n"
        "task.completed /do/0/guarded\n"
        "workflow.completed \n");
  const Json& data = find(result, "task.completed")->at("data");
  CHECK(data.at("workflow") == "test-run.test");
  CHECK(data.at("output") == Json{{"n", 1}});
  CHECK(data.contains("completedAt"));
  CHECK(find(result, "task.faulted")->at("data").at("error").at("status") == 500);
  CHECK(find(result, "task.retried")->at("data").contains("retriedAt"));
}

TEST_CASE("L2 ids are unique and the same when the play is repeated", "[conformance][L2]") {
  const Play given{"do:\n  - a: {do: [{b: {set: {n: 1}}}, {c: {wait: {seconds: 1}}}]}\n"};
  const auto one = play(given);
  const auto two = play(given);
  CHECK(one.trace == two.trace);
  std::set<std::string> ids;
  for (const CloudEvent& event : one.trace) ids.insert(event.at("id"));
  CHECK(ids.size() == one.trace.size());
}

TEST_CASE("P1 an instance is running, waiting, then completed, faulted or cancelled",
          "[conformance][P1]") {
  const auto waits = play({"do:\n  - hear: {listen: {to: {one: {with: {type: never}}}}}\n"});
  CHECK(waits.state.status == InstanceStatus::waiting);
  CHECK(play({"do: []\n"}).state.status == InstanceStatus::completed);
  const auto faulted =
      play({"do:\n  - bad: {raise: {error: {type: 'https://x.example/e', status: 500}}}\n"});
  CHECK(faulted.state.status == InstanceStatus::faulted);
}

TEST_CASE("R1 standard errors have their types and statuses", "[conformance][R1]") {
  const auto error = [](const std::string& steps) {
    const auto result = play({steps});
    REQUIRE(result.state.error.has_value());
    const std::string& type = result.state.error->type;
    CHECK(type.starts_with("https://serverlessworkflow.io/spec/1.0.0/errors/"));
    return type.substr(type.rfind('/') + 1) + " " + std::to_string(result.state.error->status);
  };
  CHECK(error("input: {schema: {document: {type: string}}}\ndo: []\n") == "validation 400");
  CHECK(error("do:\n  - one: {set: '${ error }'}\n") == "expression 400");
  CHECK(error("do:\n  - one: {timeout: {after: {seconds: 1}}, do: [{n: {wait: {hours: 1}}}]}\n") ==
        "timeout 408");
  CHECK(error("do:\n  - one: {run: {workflow: {namespace: a, name: b, version: latest}}}\n") ==
        "configuration 400");
}

TEST_CASE("R1 the instance is a JSON Pointer into the definition, iterations kept apart",
          "[conformance][R1]") {
  const auto result = play({R"(
do:
  - loop:
      for: {in: "${ [1, 2] }", at: i}
      do:
        - both:
            fork:
              branches:
                - fine: {set: {n: 1}}
                - bad: {if: "${ $i == 1 }", raise: {error: {type: "https://x.example/e", status: 500}}}
)"});
  REQUIRE(result.state.error.has_value());
  CHECK(result.state.error->instance == "/do/0/loop/do/0/both/fork/branches/1/bad");
}

}  // namespace
}  // namespace kyhan::test
