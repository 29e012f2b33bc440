// listen, filters, correlation and emit (checklist 1.4), played in memory; durable ones are in
// tests/engine/events_test.cpp.

#include "tests/simulation/play.hpp"

namespace kyhan::test {
namespace {

std::string event(const std::string& id, const std::string& type, const std::string& data,
                  const std::string& more = "") {
  return R"({"specversion": "1.0", "id": ")" + id + R"(", "source": "/s", "type": ")" + type +
         R"(", "data": )" + data + more + "}";
}

std::string heard(const std::string& listen, const std::vector<std::string>& events,
                  const std::string& input = "{}") {
  return outcome_of(play({"do:\n  - hear: {listen: " + listen + "}\n", input, "[]", events}));
}

const std::vector<std::string> three = {event("1", "t", "1"), event("2", "t", "2"),
                                        event("3", "u", "3")};

TEST_CASE("listen: the output is always an array in order of arrival", "[conformance][listen]") {
  CHECK(heard("{to: {one: {with: {type: u}}}}", three) == "[3]");
  CHECK(heard("{to: {any: [{with: {type: u}}, {with: {type: t}}]}}", three) == "[1]");
  CHECK(heard("{to: {all: [{with: {type: u}}, {with: {type: t}}]}}", three) == "[1,3]");
  CHECK(heard("{to: {any: []}}", three) == "[1]");
}

TEST_CASE("listen: all takes one event for each filter", "[conformance][listen]") {
  CHECK(heard("{to: {all: [{with: {type: t}}, {with: {type: t}}]}}", three) == "[1,2]");
  CHECK(heard("{to: {all: [{with: {type: t}}, {with: {type: never}}]}}", three) == "waiting");
}

TEST_CASE("listen: until as a condition over what was consumed, or as events that never count",
          "[conformance][listen]") {
  CHECK(heard("{to: {any: [{with: {type: t}}], until: '. | add == 3'}}", three) == "[1,2]");
  CHECK(heard("{to: {any: [{with: {type: t}}], until: {one: {with: {type: u}}}}}", three) ==
        "[1,2]");
  CHECK(heard("{to: {any: [], until: {any: [{with: {type: u}}]}}}", three) == "[1,2]");
  const std::string both = "{to: {any: [{with: {type: t}}], until: {all: [{with: {type: u}}, "
                           "{with: {type: v}}]}}}";
  CHECK(heard(both, three) == "waiting");
  CHECK(heard(both, {three[0], three[2], three[1], event("4", "v", "4")}) == "[1,2]");
  CHECK(faults_in(document_of("test", R"(
do:
  - hear: {listen: {to: {any: [], until: {any: [], until: '${ true }'}}}}
)")) == "unknown-field /do/0/hear/listen/to/until/until\n");
}

TEST_CASE("listen: read gives data, the envelope or the raw body", "[conformance][listen]") {
  const std::vector<std::string> one = {event("1", "t", R"({"n": 1})", R"(, "unit": "so-a")")};
  CHECK(heard("{to: {one: {with: {type: t}}}}", one) == R"([{"n":1}])");
  CHECK(heard("{to: {one: {with: {type: t}}}, read: envelope}", one) ==
        R"([{"data":{"n":1},"id":"1","source":"/s","specversion":"1.0","type":"t","unit":"so-a"}])");
  CHECK(heard("{to: {one: {with: {type: t}}}, read: raw}", one) == R"(["{\"n\":1}"])");
  CHECK(heard("{to: {one: {with: {type: t}}}, read: raw}", {event("1", "t", "\"text\"")}) ==
        R"(["text"])");
  CHECK(heard("{to: {one: {with: {type: t}}}, read: raw}",
              {R"({"id": "1", "type": "t", "data_base64": "AAE="})"}) == R"(["AAE="])");
}

TEST_CASE("listen: read also shapes what until sees", "[conformance][listen]") {
  CHECK(heard("{to: {any: [{with: {type: t}}], until: '.[-1].id == \"2\"'}, read: envelope}",
              three)
            .find("\"id\":\"2\"") != std::string::npos);
}

TEST_CASE("filter: every attribute must agree, extension attributes too; ^...$ is a pattern",
          "[conformance][filter]") {
  const std::vector<std::string> one = {
      event("1", "vn.example.case.closed.v1", R"({"n": 5})", R"(, "subject": "s1", "unit": "so-a")")};
  const auto takes = [&one](const std::string& with) {
    return heard("{to: {one: {with: " + with + "}}}", one) != "waiting";
  };
  CHECK(takes("{type: vn.example.case.closed.v1, unit: so-a}"));
  CHECK_FALSE(takes("{type: vn.example.case.closed.v1, unit: so-b}"));
  CHECK_FALSE(takes("{type: vn.example.case.closed.v1, missing: x}"));
  CHECK(takes("{type: '^vn\\.example\\.case\\.[a-z]+\\.v1$'}"));
  CHECK_FALSE(takes("{type: '^closed$'}"));
  CHECK_FALSE(takes("{type: case.closed}"));
  CHECK(takes("{data: '${ .n > 4 }'}"));
  CHECK_FALSE(takes("{data: '${ .n > 5 }', subject: s1}"));
  CHECK(takes("{subject: '${ startswith(\"s\") }'}"));
  CHECK(faults_in(document_of("test", "do: [{hear: {listen: {to: {one: {with: {}}}}}}]\n"))
            .find("/do/0/hear/listen/to/one/with") != std::string::npos);
}

TEST_CASE("correlate: the first value counts for the others, or `expect` says what it is",
          "[conformance][correlate]") {
  const std::vector<std::string> events = {
      event("1", "order", R"({"id": 7})"), event("2", "paid", R"({"id": 8})"),
      event("3", "paid", R"({"no": 1})"), event("4", "paid", R"({"id": 7})")};
  CHECK(heard("{to: {all: [{with: {type: order}, correlate: {id: {from: '${ .data.id }'}}}, "
              "{with: {type: paid}, correlate: {id: {from: .data.id}}}]}}",
              events) == R"([{"id":7},{"id":7}])");
  const auto expected = [&events](const std::string& expect) {
    return heard("{to: {one: {with: {type: paid}, correlate: {id: {from: .data.id, expect: " +
                     expect + "}}}}}",
                 events, R"({"wanted": 7})");
  };
  CHECK(expected("'${ .wanted }'") == R"([{"id":7}])");
  CHECK(expected("8") == R"([{"id":8}])");
  CHECK(expected("'${ $workflow.input.wanted }'") == R"([{"id":7}])");
  CHECK(expected("99") == "waiting");
}

TEST_CASE("correlate: all keys must agree", "[conformance][correlate]") {
  CHECK(heard("{to: {one: {with: {type: t}, correlate: {a: {from: .data.a, expect: 1}, b: {from: "
              ".data.b, expect: 2}}}}}",
              {event("1", "t", R"({"a": 1, "b": 9})"), event("2", "t", R"({"a": 1, "b": 2})")}) ==
        R"([{"a":1,"b":2}])");
}

TEST_CASE("foreach: one event after the other, its result shaped, the context kept",
          "[conformance][listen]") {
  const auto result = play({R"(
do:
  - hear:
      listen: {to: {any: [{with: {type: t}}], until: "${ length == 2 }"}}
      foreach:
        item: n
        at: i
        do: [{nap: {wait: {minutes: 1}}}, {twice: {set: {twice: "${ $n * 2 }", at: "${ $i }"}}}]
        output: {as: "${ .twice + $i }"}
        export: {as: "${ $context + {last: $output} }"}
  - tell: {set: {all: "${ . }", context: "${ $context }"}}
)",
                            "{}",
                            "[]",
                            {three[0], three[1]}});
  CHECK(outcome_of(result) == R"({"all":[2,5],"context":{"last":5}})");
  CHECK(ended_at(result) == "2026-08-28T08:02");
  CHECK(outcome_of(play({R"(
do:
  - hear:
      listen: {to: {any: [{with: {type: t}}], until: "${ length == 2 }"}}
      foreach: {output: {as: "${ . * 10 }", schema: {document: {type: number}}}}
)",
                         "{}",
                         "[]",
                         {three[0], three[1]}})) == "[10,20]");
  CHECK(outcome_of(play({R"(
do:
  - hear:
      listen: {to: {one: {with: {type: t}}}}
      foreach: {do: [{bad: {raise: {error: {type: "https://x.example/e", status: 500}}}}]}
)",
                         "{}",
                         "[]",
                         {three[0]}})) == "faulted e /do/0/hear/foreach/do/0/bad");
}

TEST_CASE("foreach: an until that comes while a body runs waits for it", "[conformance][listen]") {
  const auto timed = [](const std::string& id, const std::string& type, const std::string& time) {
    return event(id, type, id, R"(, "time": ")" + time + "\"");
  };
  CHECK(outcome_of(play({R"(
do:
  - hear:
      listen: {to: {any: [{with: {type: t}}], until: {one: {with: {type: u}}}}}
      foreach: {do: [{nap: {wait: {hours: 1}}}]}
)",
                         "{}",
                         "[]",
                         {timed("1", "t", "2026-08-28T02:00:00Z"),
                          timed("2", "u", "2026-08-28T02:30:00Z"),
                          timed("3", "t", "2026-08-28T02:40:00Z")}})) == "[1]");
}

TEST_CASE("emit: fills in id, time, specversion and source; other keys are extensions",
          "[conformance][emit]") {
  const auto result = play({R"(
do:
  - tell: {emit: {event: {with: {type: "${ .type }", unit: so-a, data: {n: "${ .n }"}}}}}
)",
                            R"({"type": "vn.example.case.closed", "n": 1})"});
  const Json& event = result.state.output;
  CHECK(event.at("type") == "vn.example.case.closed");
  CHECK(event.at("specversion") == "1.0");
  CHECK(event.at("time") == "2026-08-28T01:00:00Z");
  CHECK(event.at("unit") == "so-a");
  CHECK_FALSE(event.at("id").get<std::string>().empty());
  CHECK_FALSE(event.at("source").get<std::string>().empty());
  CHECK(event.at("data") == Json{{"n", 1}});
  CHECK(outcome_of(play({"do:\n  - tell: {emit: {event: {with: {type: '${ 5 }'}}}}\n"})) ==
        "faulted validation /do/0/tell");
  CHECK(faults_in(document_of("test", "do: [{tell: {emit: {event: {with: {source: /s}}}}}]\n")) ==
        "required /do/0/tell/emit/event/with\n");
}

TEST_CASE("listen: more events than a step may take end it with an error",
          "[conformance][listen]") {
  const std::string endless = "do:\n  - hear: {listen: {to: {any: [], until: '${ false }'}}}\n";
  SimulationResult result = play({endless});
  const auto subscriptions = waits_of(result.state).subscriptions;
  REQUIRE(subscriptions.size() == 1);
  const NodeId node = *subscriptions.begin();
  const auto next_with = [&](std::size_t taken) {
    result.state.nodes.at(node).results["items"] = Json::array_t(taken, Json(0));
    const Program program = compiled(document_of("test", endless));
    const auto directory = Directory::parse(*parse_json(small_directory)).value();
    const auto calendars = make_calendars({}).value();
    const World world{program, *directory, *calendars};
    const CloudEvent one = parse_json(event("1", "t", "0")).value();
    State state = result.state;
    const Result<Decision> decision = decide(state, world, DeliverEvent{node, one}, Now{});
    REQUIRE(decision.has_value());
    for (const Event& happened : decision->events) evolve(state, happened);
    return state.error ? state.error->type + " " + state.error->instance : "goes on";
  };
  CHECK(next_with(listen_events_max - 1) == "goes on");
  CHECK(next_with(listen_events_max) ==
        "https://serverlessworkflow.io/spec/1.0.0/errors/runtime /do/0/hear");
}

}  // namespace
}  // namespace kyhan::test
