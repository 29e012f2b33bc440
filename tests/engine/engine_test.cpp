// The one door: what a command leaves behind, and what a refusal does not.

#include <future>

#include "tests/engine/support.hpp"

namespace kyhan::test {
namespace {

TEST_CASE("an approval goes from start to end, and everything of it is in one place", "[engine]") {
  House house;
  house.settle().publish(definition("approval", approval_steps));

  const Receipt started = house.start("approval");
  REQUIRE(started.open_tasks.size() == 1);
  CHECK(started.open_tasks[0].name == "draft");
  CHECK(started.status == InstanceStatus::waiting);
  const Result<Receipt> drafted = house.complete(started, "an");
  REQUIRE(drafted);
  REQUIRE(drafted->task);
  CHECK(drafted->task->state == TaskState::completed);
  REQUIRE(drafted->open_tasks.size() == 1);
  CHECK(drafted->open_tasks[0].name == "approve");
  const Result<Receipt> approved = house.complete(*drafted, "binh", "approve");
  REQUIRE(approved);
  CHECK(approved->status == InstanceStatus::completed);
  CHECK(approved->open_tasks.empty());

  const auto tasks = house.store->reads()->tasks_of(started.instance);
  REQUIRE(tasks);
  REQUIRE(tasks->size() == 2);
  CHECK((*tasks)[1].outcome == "approve");
  CHECK((*tasks)[1].performer == PersonId{"binh"});
  CHECK((*tasks)[1].title.vi == "Duyệt");
  const auto instance = house.store->reads()->find_instance(started.instance);
  REQUIRE(instance);
  CHECK((*instance)->status == InstanceStatus::completed);
  CHECK((*instance)->title.vi == "approval – Sở A");
  const std::vector<std::string> keys = house.outbox_keys();
  CHECK(std::ranges::count(keys, "task.completed.so-a") == 2);
  CHECK(std::ranges::count(keys, "event.case.decided.so-a") == 1);
  CHECK(house.store->reads()->count_unread(PersonId{"binh"}).value() == 1);
  CHECK(house.findings().empty());
  const EngineCounters counters = house.engine->counters();
  CHECK(counters.refused == 0);
  CHECK(counters.commits >= 5);
  CHECK(counters.outbox_written == keys.size());
}

TEST_CASE("a refused command leaves nothing behind", "[engine]") {
  House house;
  house.settle().publish(definition("approval", approval_steps));
  const Receipt started = house.start("approval");
  const std::vector<std::string> before = house.history(started.instance);

  const Result<Receipt> refused = house.complete(started, "binh");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().type == "not-a-candidate");
  const Result<Receipt> unknown = house.engine->submit(
      InstanceId{"nowhere"}, ClaimTask{TaskId{"nowhere.1"}, PersonId{"an"}}, {});
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().type == "unknown-instance");

  CHECK(house.history(started.instance) == before);
  CHECK(house.complete(started, "an"));
  CHECK(house.findings().empty());
}

TEST_CASE("a task that changed since it was read is refused", "[engine]") {
  House house;
  house.settle().publish(definition("approval", approval_steps));
  const Receipt started = house.start("approval");
  REQUIRE(house.engine->submit(started.instance,
                               ClaimTask{started.open_tasks[0].id, PersonId{"an"}}, {}));
  SubmitOptions seen;
  seen.expected_version = started.open_tasks[0].version;
  const Result<Receipt> stale = house.complete(started, "an", "done", seen);
  REQUIRE_FALSE(stale);
  CHECK(stale.error().code == ErrorCode::stale);
  seen.expected_version = started.open_tasks[0].version + 1;
  CHECK(house.complete(started, "an", "done", seen));
}

TEST_CASE("a second start with the same business key is refused and names the first",
          "[engine][start]") {
  House house;
  house.settle().publish(definition("approval", approval_steps));
  const Result<Receipt> first = house.try_start("approval", "so-a", "an", Json::object(), "2026/1");
  REQUIRE(first);
  const Result<Receipt> second =
      house.try_start("approval", "so-a", "ba", Json::object(), "2026/1");
  REQUIRE_FALSE(second);
  CHECK(second.error().type == "duplicate-business-key");
  REQUIRE(second.error().fields.size() == 1);
  CHECK(second.error().fields[0].code == first->instance.text());
  CHECK(house.instances_total() == 1);
}

TEST_CASE("the definition's expression gives the business key, from input and unit",
          "[engine][start]") {
  House house;
  house.settle().publish(definition(
      "yearly", approval_steps,
      R"({start: {by: [{role: specialist, unit: own}], businessKey: "${ \"ke-hoach/\\(.year)/\\(.unit.id)\" }"}})"));
  REQUIRE(house.try_start("yearly", "so-a", "an", {{"year", 2027}}));
  CHECK(house.try_start("yearly", "so-b", "dung", {{"year", 2027}}));
  const Result<Receipt> again = house.try_start("yearly", "so-a", "ba", {{"year", 2027}});
  REQUIRE_FALSE(again);
  CHECK(again.error().type == "duplicate-business-key");
  // Taking another unit's key beforehand, or asking for it, is refused.
  const Result<Receipt> taken =
      house.try_start("yearly", "so-b", "dung", {{"year", 2028}}, "ke-hoach/2028/so-a");
  REQUIRE_FALSE(taken);
  CHECK(taken.error().type == "business-key-computed");
}

TEST_CASE("only those named by the definition, in their own unit, and administrators may start",
          "[engine][start]") {
  House house;
  house.settle().publish(definition("approval", approval_steps));
  for (const auto& [unit, by] : {std::pair{"so-b", "an"}, {"so-a", "binh"}, {"so-a", "nobody"}}) {
    const Result<Receipt> refused = house.try_start("approval", unit, by);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().type == "may-not-start");
  }
  const Result<Receipt> nowhere = house.try_start("approval", "so-x", "an");
  REQUIRE_FALSE(nowhere);
  CHECK(nowhere.error().type == "unknown-unit");
  StartRequest by_administrator;
  by_administrator.definition = "approval";
  by_administrator.unit = UnitId{"so-b"};
  by_administrator.by_administrator = true;
  CHECK(house.engine->start(by_administrator));
}

TEST_CASE("the same Idempotency-Key gives the first answer again", "[engine]") {
  House house;
  house.settle().publish(definition("approval", approval_steps));
  StartRequest request;
  request.definition = "approval";
  request.unit = UnitId{"so-a"};
  request.by = PersonId{"an"};
  request.idempotency = {"an", "k1", "POST /instances", sha256_of("body")};
  const Result<Receipt> first = house.engine->start(request);
  REQUIRE(first);
  const Result<Receipt> again = house.engine->start(request);
  REQUIRE(again);
  CHECK(again->repeated);
  CHECK(again->instance == first->instance);
  CHECK(again->open_tasks[0].id == first->open_tasks[0].id);
  CHECK(house.instances_total() == 1);

  SubmitOptions options;
  options.idempotency = {"an", "k2", "POST complete", sha256_of("answer")};
  REQUIRE(house.complete(*first, "an", "done", options));
  house.reopen();
  const Result<Receipt> completed = house.complete(*first, "an", "done", options);
  REQUIRE(completed);
  CHECK(completed->repeated);
  REQUIRE(completed->task);
  CHECK(completed->task->state == TaskState::completed);

  request.idempotency.body_hash = sha256_of("another body");
  const Result<Receipt> other = house.engine->start(request);
  REQUIRE_FALSE(other);
  CHECK(other.error().type == "idempotency-key-reused");
}

TEST_CASE("an emitted event wakes who listens for it, in the same transaction", "[engine][event]") {
  House house;
  house.settle();
  house.publish(definition("listener", R"(
do:
  - hear: {listen: {to: {one: {with: {type: vn.example.case.decided}}}}}
  - keep: {set: {heard: "${ .[0].outcome }"}}
)"));
  house.publish(definition("approval", approval_steps));
  const Receipt listening = house.start("listener");
  const Receipt started = house.start("approval");
  const Result<Receipt> drafted = house.complete(started, "an");
  REQUIRE(drafted);
  const std::uint64_t commits = house.engine->counters().commits;
  REQUIRE(house.complete(*drafted, "binh", "approve"));
  CHECK(house.engine->counters().commits == commits + 1);
  const auto state = house.store->reads()->find_state(listening.instance);
  REQUIRE(state);
  CHECK(Json::parse(**state)["output"]["heard"] == "approve");
  CHECK(house.findings().empty());
}

TEST_CASE("an event from outside reaches those that wait, each id once", "[engine][event]") {
  House house;
  house.settle().publish(definition("listener", R"(
do:
  - hear: {listen: {to: {one: {with: {type: vn.example.arrived}}}}}
)"));
  const Receipt first = house.start("listener");
  const Receipt second = house.start("listener");
  const CloudEvent event{{"id", "1"}, {"source", "x"}, {"type", "vn.example.arrived"}, {"data", 1}};
  CHECK(house.engine->deliver(event).value().delivered == 2);
  house.advance("2026-03-02T08:00:01+07:00");  // It starts after the event came.
  const Receipt third = house.start("listener");
  CHECK(house.engine->deliver(event).value().delivered == 0);
  const auto row = house.store->reads()->find_instance(third.instance);
  CHECK((*row)->status == InstanceStatus::waiting);
  const Result<DeliveryReport> bad = house.engine->deliver({{"id", "2"}});
  REQUIRE_FALSE(bad);
  CHECK(bad.error().type == "bad-event");
  CHECK(house.findings().empty());
}

TEST_CASE("a long run shares the engine: others are answered between its slices",
          "[engine][slices]") {
  House house;
  house.limits.slice_steps_max = 20;
  house.settle();
  house.publish(definition("long", R"(
do:
  - count:
      for: {each: i, in: "${ [range(500)] }"}
      do:
        - add: {set: {n: "${ $i }"}}
)"));
  house.publish(definition("approval", approval_steps));
  const Receipt running = house.start("long");
  CHECK(running.status == InstanceStatus::running);
  const Receipt other = house.start("approval");
  CHECK(other.open_tasks.size() == 1);
  // The clock answers only when all is settled.
  house.advance("2026-03-02T08:00:01+07:00");
  const auto row = house.store->reads()->find_instance(running.instance);
  CHECK((*row)->status == InstanceStatus::completed);
  CHECK_FALSE((*row)->runnable);
  CHECK(house.findings().empty());
}

TEST_CASE("changes are told after the commit, to those concerned", "[engine][changes]") {
  House house;
  house.settle().publish(definition("approval", approval_steps));
  std::vector<Change> told;
  const int subscription = house.engine->subscribe([&](const std::vector<Change>& changes) {
    told.insert(told.end(), changes.begin(), changes.end());
  });
  const Receipt started = house.start("approval");
  REQUIRE(house.complete(started, "an"));
  // Answers come before the feed; what comes after them has seen it.
  REQUIRE(house.engine->write([](UnitOfWork&) {
    return Result<Json>{boost::system::in_place_value, nullptr};
  }));
  house.engine->unsubscribe(subscription);
  house.start("approval");

  std::vector<std::string> tasks;
  for (std::size_t i = 0; i < told.size(); ++i) {
    CHECK(told[i].sequence == static_cast<std::int64_t>(i) + 1);
    if (told[i].kind == Change::Kind::task) tasks.push_back(told[i].id);
    if (told[i].id == started.instance.text() + ".2") {
      CHECK(told[i].keys == std::vector<std::string>{"role:head@so-a"});
    }
  }
  const std::string id = started.instance.text();
  CHECK(tasks == std::vector<std::string>{id + ".1", id + ".1", id + ".2"});
}

TEST_CASE("a definition is published once a version, and tells what differs", "[engine][publish]") {
  House house;
  house.settle();
  const std::string document = definition("approval", approval_steps);
  house.publish(document);
  const Result<PublishedReport> same = house.engine->publish_definition(document, {}, false);
  REQUIRE(same);
  CHECK(same->unchanged);
  const std::string other = definition("approval", "\ndo:\n  - a: {set: {x: 1}}\n");
  const Result<PublishedReport> refused = house.engine->publish_definition(other, {}, false);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().type == "version-exists");
  const std::string next = definition("approval", "\ndo:\n  - a: {set: {x: 1}}\n", "{}", "1.1.0");
  const Result<PublishedReport> dry = house.engine->publish_definition(next, {}, true);
  REQUIRE(dry);
  CHECK_FALSE(dry->published);
  std::string told;
  for (const Json& change : dry->difference) {
    told += change["what"].get<std::string>() + " " + change["change"].get<std::string>() + " " +
            change["step"].get<std::string>() + "\n";
  }
  CHECK(told.find("step added a\n") != std::string::npos);
  CHECK(told.find("step removed ") != std::string::npos);
  CHECK(house.engine->catalog()->versions("approval") == std::vector<std::string>{"1.0.0"});
  const Result<PublishedReport> faulty =
      house.engine->publish_definition("document: {}\ndo: []\n", {}, false);
  REQUIRE(faulty);
  CHECK_FALSE(faulty->published);
  CHECK_FALSE(faulty->faults.empty());

  const Receipt old = house.start("approval");
  house.publish(next);
  house.reopen();
  CHECK(house.engine->catalog()->versions("approval") ==
        std::vector<std::string>{"1.1.0", "1.0.0"});
  CHECK(house.complete(old, "an"));  // A running instance stays with its version.
}

TEST_CASE("a home has one engine, and a demonstration stays one", "[engine]") {
  House house;
  house.settle();
  StoreOptions options;
  options.home = house.folder.path();
  const Result<std::unique_ptr<Store>> second = Store::open(options);
  REQUIRE_FALSE(second);
  CHECK(second.error().type == "home-in-use");
  house.engine.reset();
  const auto production = Engine::open(*house.store, {house.clock, house.limits, false});
  REQUIRE_FALSE(production);
  CHECK(production.error().type == "demonstration-database");
}

}  // namespace
}  // namespace kyhan::test
