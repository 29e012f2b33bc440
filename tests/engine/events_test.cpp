// Events on the engine: subscriptions that last, events that come early, once each.

#include "tests/engine/support.hpp"

namespace kyhan::test {
namespace {

CloudEvent event(const std::string& id, const std::string& type, Json data = Json::object()) {
  return {{"specversion", "1.0"}, {"id", id}, {"source", "/test"}, {"type", type},
          {"data", std::move(data)}};
}

struct Listening : House {
  explicit Listening(const std::string& steps) {
    settle();
    publish(definition("listens", steps));
  }
  State state_of(const InstanceId& id) {
    const auto text = store->reads()->find_state(id);
    REQUIRE(text);
    REQUIRE(*text);
    return decode_state(Json::parse(**text));
  }
  std::size_t deliver(const CloudEvent& one) {
    const Result<DeliveryReport> report = engine->deliver(one);
    REQUIRE(report);
    return report->delivered;
  }
  std::string output(const InstanceId& id) {
    const State state = state_of(id);
    return state.ended_at ? state.output.dump() : "waiting";
  }
};

const char* after_a_task = R"(
do:
  - first:
      call: humanTask:1.0.0@default
      with: {title: Việc đầu, assignment: {mode: claim, candidates: [{role: head, unit: own}]}}
  - hear: {listen: {to: {one: {with: {type: vn.example.paid}}}}}
)";

TEST_CASE("listen: an event that comes before its step is kept for it", "[engine][listen]") {
  Listening house{after_a_task};
  const Receipt started = house.start("listens");
  CHECK(house.deliver(event("1", "vn.example.paid", {{"n", 1}})) == 0);
  CHECK(house.deliver(event("2", "vn.example.other")) == 0);
  REQUIRE(house.complete(started, "binh"));
  CHECK(house.output(started.instance) == R"([{"n":1}])");
  CHECK(house.findings() == "");
}

TEST_CASE("listen: what is kept survives a restart, but not its time", "[engine][listen]") {
  Listening house{after_a_task};
  const Receipt one = house.start("listens");
  house.deliver(event("1", "vn.example.paid", {{"n", 1}}));
  house.reopen();
  REQUIRE(house.complete(one, "binh"));
  CHECK(house.output(one.instance) == R"([{"n":1}])");

  const Receipt two = house.start("listens");
  house.deliver(event("2", "vn.example.paid", {{"n", 2}}));
  house.advance("2026-03-03T08:00:01+07:00");  // A day and a second later.
  REQUIRE(house.complete(two, "binh"));
  CHECK(house.output(two.instance) == "waiting");
}

TEST_CASE("listen: an instance gets no event from before its start", "[engine][listen]") {
  Listening house{"do: [{hear: {listen: {to: {one: {with: {type: vn.example.paid}}}}}}]\n"};
  house.deliver(event("1", "vn.example.paid"));
  house.advance("2026-03-02T08:00:01+07:00");
  const Receipt started = house.start("listens");
  CHECK(house.output(started.instance) == "waiting");
}

TEST_CASE("listen: an event that an instance has had does not come again to a later listen",
          "[engine][listen]") {
  Listening house{R"(
do:
  - one: {listen: {to: {one: {with: {type: t}}}}}
  - two: {listen: {to: {one: {with: {type: t}}}}, output: {as: "${ . }"}}
)"};
  const Receipt started = house.start("listens");
  CHECK(house.deliver(event("1", "t", 1)) == 1);
  CHECK(house.output(started.instance) == "waiting");
  CHECK(house.deliver(event("1", "t", 1)) == 0);  // The same event again.
  CHECK(house.deliver(event("2", "t", 2)) == 1);
  CHECK(house.output(started.instance) == "[2]");
}

TEST_CASE("listen: every subscription gets an event once, in a restart too", "[engine][listen]") {
  Listening house{R"(
do:
  - both:
      fork:
        branches:
          - one: {listen: {to: {one: {with: {type: t}}}}}
          - two: {listen: {to: {any: [{with: {type: t}}], until: "${ length == 2 }"}}}
)"};
  const Receipt first = house.start("listens");
  const Receipt second = house.start("listens");
  CHECK(house.deliver(event("1", "t", 1)) == 4);
  house.reopen();
  CHECK(house.deliver(event("1", "t", 1)) == 0);
  CHECK(house.deliver(event("2", "t", 2)) == 2);
  CHECK(house.output(first.instance) == "[[1],[1,2]]");
  CHECK(house.output(second.instance) == "[[1],[1,2]]");
}

TEST_CASE("listen: correlation finds the instance an event is meant for", "[engine][listen]") {
  Listening house{R"(
do:
  - hear:
      listen:
        to: {one: {with: {type: t}, correlate: {order: {from: "${ .data.order }", expect: "${ .order }"}}}}
)"};
  const Receipt seven = *house.try_start("listens", "so-a", "an", {{"order", 7}});
  const Receipt eight = *house.try_start("listens", "so-a", "an", {{"order", 8}});
  CHECK(house.deliver(event("1", "t", {{"order", 8}})) == 1);
  CHECK(house.output(seven.instance) == "waiting");
  CHECK(house.output(eight.instance) == R"([{"order":8}])");
}

TEST_CASE("emit: what one instance emits, another one hears in the same transaction",
          "[engine][emit]") {
  Listening house{"do: [{hear: {listen: {to: {one: {with: {type: vn.example.said}}}}}}]\n"};
  house.publish(definition("speaks", R"(
do: [{say: {emit: {event: {with: {source: /s, type: vn.example.said, data: {n: 5}}}}}}]
)"));
  const Receipt hears = house.start("listens");
  house.start("speaks");
  CHECK(house.output(hears.instance) == R"([{"n":5}])");
}

// schedule.on

struct Started : House {
  explicit Started(const std::string& schedule) {
    settle();
    publish(definition("starts", schedule + "do: [{got: {set: '${ . }'}}]\n", "{}"));
  }
  void deliver(const CloudEvent& one) { REQUIRE(engine->deliver(one)); }
  /// Outputs of the instances of `starts`, oldest first, once nothing is left to run.
  std::vector<std::string> outputs() {
    REQUIRE(engine->advance_clock(clock->now() + Milliseconds{1}));
    InstanceQuery query;
    query.visibility.everything = true;
    query.page.limit = 100;
    const auto page = store->reads()->instances(query);
    REQUIRE(page);
    std::vector<std::string> found;
    for (const InstanceRow& row : page->items) {
      const auto text = store->reads()->find_state(row.id);
      REQUIRE(text);
      found.insert(found.begin(), decode_state(Json::parse(**text)).output.dump());
    }
    return found;
  }
};
using Outputs = std::vector<std::string>;

TEST_CASE("S4 one and any start an instance for each match, with the events as its input",
          "[engine][S4]") {
  Started one{"schedule: {on: {one: {with: {type: a}}}, read: data}\n"};
  one.deliver(event("1", "a", 1));
  one.deliver(event("1", "a", 1));  // Once only.
  one.deliver(event("2", "b", 2));
  one.deliver(event("3", "a", 3));
  CHECK(one.outputs() == Outputs{"[1]", "[3]"});

  Started any{"schedule: {on: {any: [{with: {type: a}}, {with: {type: b, data: '${ . > 1 }'}}]}}\n"};
  any.deliver(event("1", "b", 1));
  any.deliver(event("2", "b", 2));
  const Outputs outputs = any.outputs();
  REQUIRE(outputs.size() == 1);
  const Json input = Json::parse(outputs[0]);
  REQUIRE(input.size() == 1);
  CHECK(input[0].at("id") == "2");  // Whole envelopes, unless `read` says otherwise.
  CHECK(any.findings() == "");
}

TEST_CASE("S4 all keeps what has come by correlation, over a restart", "[engine][S4]") {
  Started house{R"(schedule:
  read: data
  on:
    all:
      - {with: {type: order}, correlate: {id: {from: "${ .data.id }"}}}
      - {with: {type: paid}, correlate: {id: {from: "${ .data.id }"}}}
)"};
  house.deliver(event("1", "order", {{"id", 1}}));
  house.deliver(event("2", "order", {{"id", 2}}));
  house.deliver(event("3", "order", {{"id", 1}, {"again", true}}));
  house.reopen();
  house.deliver(event("4", "paid", {{"id", 2}}));
  CHECK(house.outputs() == Outputs{R"([{"id":2},{"id":2}])"});
  house.deliver(event("5", "paid", {{"id", 1}}));
  house.deliver(event("6", "paid", {{"id", 1}}));
  CHECK(house.outputs() == Outputs{R"([{"id":2},{"id":2}])", R"([{"id":1},{"id":1}])",
                                   R"([{"again":true,"id":1},{"id":1}])"});
  CHECK(house.findings() == "");
}

TEST_CASE("S4 until gathers events for one start", "[engine][S4]") {
  Started house{"schedule: {read: data, on: {any: [{with: {type: a}}], until: '${ length == 3 }'}}\n"};
  for (int i = 1; i <= 4; ++i) house.deliver(event(std::to_string(i), "a", i));
  CHECK(house.outputs() == Outputs{"[1,2,3]"});
  Started ended{"schedule: {read: data, on: {any: [{with: {type: a}}], until: {one: {with: {type: z}}}}}\n"};
  ended.deliver(event("1", "z"));
  ended.deliver(event("2", "a", 2));
  ended.deliver(event("3", "z"));
  CHECK(ended.outputs() == Outputs{"[2]"});
}

TEST_CASE("S4 a new version takes the place of the one before", "[engine][S4]") {
  Started house{"schedule: {read: data, on: {one: {with: {type: a}}}}\n"};
  house.publish(definition("starts", "do: [{got: {set: '${ . }'}}]\n", "{}", "1.1.0"));
  house.deliver(event("1", "a", 1));
  CHECK(house.outputs().empty());
}

TEST_CASE("S4 an event that cannot be judged faults nothing; one may name its unit",
          "[engine][S4]") {
  Started house{"schedule: {read: data, on: {one: {with: {type: a, data: '${ .n > 1 }'}}}}\n"};
  house.deliver(event("1", "a", "text"));
  CloudEvent good = event("2", "a", {{"n", 2}});
  good["unit"] = "so-b";
  house.deliver(good);
  CHECK(house.outputs() == Outputs{R"([{"n":2}])"});
  InstanceQuery query;
  query.visibility.everything = true;
  query.page.limit = 5;
  CHECK(house.store->reads()->instances(query)->items.at(0).unit == UnitId("so-b"));
}

TEST_CASE("S4 a definition that starts itself holds up nobody", "[engine][S4]") {
  House house;
  house.settle();
  house.publish(definition("endless", R"(schedule: {on: {one: {with: {type: again}}}}
do: [{say: {emit: {event: {with: {source: /s, type: again}}}}}]
)",
                           "{}"));
  house.publish(definition("other", "do: [{x: {set: {x: 1}}}]\n"));
  REQUIRE(house.engine->deliver(event("1", "again")));
  for (int i = 0; i < 50; ++i) CHECK(house.start("other").status == InstanceStatus::completed);
}

}  // namespace
}  // namespace kyhan::test
