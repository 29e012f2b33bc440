// People's decisions on a real database: messages held for a recall, races for one task, and what a
// secret vote leaves behind.

#include <fstream>
#include <future>
#include <thread>

#include "workflow/store/sqlite.hpp"

#include "tests/engine/support.hpp"

namespace kyhan::test {
namespace {

constexpr Milliseconds grace{10'000};

/// Answered by `an`; what follows emits an event and asks the head.
const char* told_steps = R"(
do:
  - draft:
      call: humanTask:1.0.0@default
      with:
        title: Draft
        assignment: {mode: claim, candidates: [{role: specialist, unit: own}]}
  - tell:
      emit: {event: {with: {source: 'https://example.vn/a', type: vn.example.drafted, data: {x: 1}}}}
  - approve:
      call: humanTask:1.0.0@default
      with:
        title: Approve
        assignment: {mode: claim, candidates: [{role: head, unit: own}]}
)";

std::string open_step(House& house, const Receipt& of) {
  const auto tasks = house.store->reads()->tasks_of(of.instance);
  REQUIRE(tasks);
  std::string open;
  for (const TaskRow& task : *tasks) {
    if (is_open(task.state)) open += (open.empty() ? "" : " ") + task.name;
  }
  return open;
}

bool told(House& house, const std::string& key) {
  for (const std::string& one : house.outbox_keys()) {
    if (one.starts_with(key)) return true;
  }
  return false;
}

Result<Receipt> recall(House& house, const Receipt& of, const std::string& by) {
  return house.engine->submit(of.instance,
                              RecallAnswer{of.open_tasks.at(0).id, PersonId{by}, "a slip"}, {});
}

TEST_CASE("in the grace an answer is taken back before anybody hears of it", "[engine][recall]") {
  House house;
  house.limits.recall_grace = grace;
  house.settle().publish(definition("told", told_steps));
  const Receipt started = house.start("told");
  REQUIRE(house.complete(started, "an"));
  CHECK(open_step(house, started) == "approve");
  CHECK_FALSE(told(house, "event."));
  CHECK_FALSE(told(house, "task.completed"));

  const Result<Receipt> back = recall(house, started, "an");
  INFO((back ? std::string{} : back.error().detail.en));
  REQUIRE(back);
  CHECK(open_step(house, started) == "draft");
  house.advance("2026-03-02T09:00:00+07:00");
  CHECK_FALSE(told(house, "event."));
  CHECK(house.findings().empty());

  // Given again, it leaves when its grace is over.
  CompleteTask again;
  again.task = started.open_tasks.at(0).id;
  again.by = PersonId{"an"};
  again.outcome = "done";
  REQUIRE(house.engine->submit(started.instance, again, {}));
  CHECK_FALSE(told(house, "event."));
  house.advance("2026-03-02T09:00:09+07:00");
  CHECK_FALSE(told(house, "event."));
  house.advance("2026-03-02T09:00:10+07:00");
  CHECK(told(house, "event."));
  CHECK(told(house, "task.completed"));
  CHECK(house.findings().empty());
}

TEST_CASE("what has left is not called back", "[engine][recall]") {
  House house;
  house.limits.recall_grace = grace;
  house.settle().publish(definition("told", told_steps));
  const Receipt started = house.start("told");
  REQUIRE(house.complete(started, "an"));
  house.advance("2026-03-02T08:00:11+07:00");
  const Result<Receipt> late = recall(house, started, "an");
  REQUIRE_FALSE(late);
  CHECK(late.error().type == "recall-too-late");
  CHECK(open_step(house, started) == "approve");
}

TEST_CASE("held messages survive a restart and leave in order", "[engine][recall]") {
  House house;
  house.limits.recall_grace = grace;
  house.settle().publish(definition("told", told_steps));
  const Receipt started = house.start("told");
  REQUIRE(house.complete(started, "an"));
  const auto tasks = house.store->reads()->tasks_of(started.instance);
  REQUIRE(tasks->size() == 2);
  CompleteTask approve;
  approve.task = tasks->back().id;
  approve.by = PersonId{"binh"};
  approve.outcome = "done";
  REQUIRE(house.engine->submit(started.instance, approve, {}));
  house.reopen();
  CHECK_FALSE(told(house, "event."));
  house.advance("2026-03-02T08:01:00+07:00");
  std::vector<std::string> keys;
  for (const std::string& key : house.outbox_keys()) {
    if (key.starts_with("task.completed") || key.starts_with("event.")) {
      keys.push_back(key.substr(0, key.find('.', key.find('.') + 1)));
    }
  }
  CHECK(keys == std::vector<std::string>{"task.completed", "event.example", "task.completed"});
  CHECK(house.findings().empty());
}

TEST_CASE("of many who answer one task in the same moment exactly one wins", "[engine][race]") {
  constexpr int rounds = 20, racers = 8;
  House house;
  house.settle().publish(definition("approval", approval_steps));
  for (int round = 0; round < rounds; ++round) {
    const Receipt started = house.start("approval");
    const std::int64_t version = started.open_tasks.at(0).version;
    std::promise<void> go;
    const std::shared_future<void> signal = go.get_future().share();
    std::atomic<int> won = 0, lost = 0, other = 0;
    std::vector<std::thread> threads;
    for (int racer = 0; racer < racers; ++racer) {
      threads.emplace_back([&, racer] {
        CompleteTask command;
        command.task = started.open_tasks.at(0).id;
        command.by = PersonId{racer % 2 == 0 ? "an" : "ba"};
        command.outcome = "done";
        SubmitOptions options;
        options.expected_version = version;
        signal.wait();
        const Result<Receipt> done = house.engine->submit(started.instance, command, options);
        if (done) {
          ++won;
        } else if (done.error().code == ErrorCode::conflict ||
                   done.error().code == ErrorCode::stale) {
          ++lost;
        } else {
          ++other;
        }
      });
    }
    go.set_value();
    for (std::thread& thread : threads) thread.join();
    CHECK(won == 1);
    CHECK(lost == racers - 1);
    CHECK(other == 0);
  }
  CHECK(house.findings().empty());
}

const char* expiring_steps = R"(
do:
  - guarded:
      try:
        - ask:
            call: humanTask:1.0.0@default
            with:
              title: Ask
              assignment: {mode: claim, candidates: [{role: specialist, unit: own}]}
              expire: {in: PT1H}
      catch:
        errors: {with: {type: 'https://serverlessworkflow.io/spec/1.0.0/errors/timeout'}}
        do: [{late: {set: {late: true}}}]
)";

TEST_CASE("an answer after expiry is refused", "[engine][race]") {
  House house;
  house.settle().publish(definition("expiring", expiring_steps));
  const Receipt started = house.start("expiring");
  house.advance("2026-03-02T10:00:00+07:00");
  const Result<Receipt> late = house.complete(started, "an");
  REQUIRE_FALSE(late);
  CHECK(late.error().code == ErrorCode::conflict);
  CHECK(house.findings().empty());
}

const char* secret_steps = R"(
do:
  - poll:
      call: vote:1.0.0@default
      with:
        question: Support?
        electorate: [{role: specialist}, {role: head}]
        options: [approve-of-it, turn-it-down]
        ballot: secret
        window: {closes: {in: PT2H}}
)";

Result<Receipt> vote(House& house, const Receipt& of, const std::string& by,
                     const std::string& choice) {
  const auto tasks = house.store->reads()->tasks_of(of.instance);
  for (const TaskRow& task : *tasks) {
    if (task.holder != PersonId{by}) continue;
    CompleteTask command;
    command.task = task.id;
    command.by = PersonId{by};
    command.outcome = choice;
    return house.engine->submit(of.instance, command, {});
  }
  return Error{ErrorCode::not_found, "no-ballot", {}};
}

/// All bytes of the database's files.
std::string bytes_of(const House& house) {
  std::string bytes;
  for (const auto& entry : std::filesystem::directory_iterator{house.folder.path()}) {
    if (!entry.is_regular_file() || entry.path().filename().string().find("kyhan.db") != 0) continue;
    std::ifstream file{entry.path(), std::ios::binary};
    bytes.append(std::istreambuf_iterator<char>{file}, {});
  }
  return bytes;
}

std::size_t count_of(const std::string& bytes, const std::string& text) {
  std::size_t count = 0;
  for (std::size_t at = bytes.find(text); at != std::string::npos; at = bytes.find(text, at + 1)) {
    ++count;
  }
  return count;
}

TEST_CASE("after a secret vote has closed no file joins a voter and a choice",
          "[engine][vote]") {
  House house;
  house.settle().publish(definition("poll", secret_steps));
  const Receipt started = house.start("poll");
  // A ballot in the table is the choice as JSON text: "\"turn-it-down\"" with its quotes.
  const std::string ballot = "\"turn-it-down\"";
  const std::size_t elsewhere = count_of(bytes_of(house), ballot);  // In the definition and tasks.
  CHECK(vote(house, started, "an", "turn-it-down"));
  CHECK(vote(house, started, "ba", "turn-it-down"));
  CHECK(vote(house, started, "binh", "approve-of-it"));
  CHECK(house.store->reads()->ballot_boxes()->size() == 1);
  CHECK(house.findings().empty());
  CHECK(vote(house, started, "an", "approve-of-it").error().code == ErrorCode::conflict);

  house.advance("2026-03-02T12:00:00+07:00");
  CHECK(house.store->reads()->ballot_boxes()->empty());
  CHECK(house.findings().empty());
  const auto closed = house.store->reads()->votes_closed(started.instance);
  REQUIRE(closed->size() == 1);
  const Json result = Json::parse(closed->front().entry.body_json).at("result");
  CHECK(result.at("tally").at("turn-it-down") == 2);

  // The log was truncated, and the pages of the ballots are zeros: what is left of the word is in
  // the definition, in the tasks' options and in the tally.
  const auto tasks = house.store->reads()->tasks_of(started.instance);
  for (const TaskRow& task : *tasks) {
    CHECK(task.outcome != "turn-it-down");
    CHECK(task.response_json.find("turn-it-down") == std::string::npos);
  }
  std::string after;
  const auto page = house.store->reads()->history(started.instance, {200, after});
  for (const HistoryRow& row : page->items) {
    if (row.entry.type != "ballot_cast") continue;
    CHECK(row.entry.body_json.find("turn-it-down") == std::string::npos);
  }
  // Rows of the ballots' table: 32 hexadecimal digits right before the choice.
  const std::string bytes = bytes_of(house);
  std::size_t rows = 0;
  for (std::size_t at = bytes.find(ballot); at != std::string::npos;
       at = bytes.find(ballot, at + 1)) {
    constexpr std::size_t digits = 32;
    if (at < digits) continue;
    const std::string before = bytes.substr(at - digits, digits);
    if (before.find_first_not_of("0123456789abcdef") == std::string::npos) ++rows;
  }
  CHECK(rows == 0);
  CHECK(count_of(bytes, ballot) >= elsewhere);  // The search itself finds what it looks for.
}

TEST_CASE("while a secret vote is open its box holds as many ballots as have voted",
          "[engine][vote]") {
  House house;
  house.settle().publish(definition("poll", secret_steps));
  const Receipt started = house.start("poll");
  CHECK(vote(house, started, "an", "turn-it-down"));
  {
    const auto boxes = house.store->reads()->ballot_boxes();
    REQUIRE(boxes->size() == 1);
    CHECK(boxes->begin()->second == 1);
  }
  house.reopen();
  CHECK(vote(house, started, "ba", "approve-of-it"));
  CHECK(house.findings().empty());
  // A cancelled case leaves no box behind.
  REQUIRE(house.engine->submit(started.instance, CancelInstance{PersonId{"an"}, "over"}, {}));
  CHECK(house.store->reads()->ballot_boxes()->empty());
  CHECK(house.findings().empty());
}

const char* turns_steps = R"(
do:
  - ask:
      call: humanTask:1.0.0@default
      with:
        title: Ask
        assignment: {mode: auto, strategy: STRATEGY, candidates: [{role: specialist, unit: own}]}
)";

std::string holders(House& house, const std::string& name, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) {
    const Receipt started = house.start(name);
    all += (all.empty() ? "" : " ") + house.store->reads()->tasks_of(started.instance)->at(0).holder.text();
  }
  return all;
}

TEST_CASE("tasks go round, or to whoever has least", "[engine][auto]") {
  House house;
  house.settle();
  for (const char* strategy : {"roundRobin", "leastLoaded"}) {
    std::string steps = turns_steps;
    steps.replace(steps.find("STRATEGY"), 8, strategy);
    house.publish(definition(std::string("auto-") + (strategy[0] == 'r' ? "turn" : "load"), steps));
  }
  CHECK(holders(house, "auto-turn", 3) == "an ba an");
  house.reopen();
  CHECK(holders(house, "auto-turn", 1) == "ba");
  CHECK(holders(house, "auto-load", 3) == "an ba an");  // Two each so far: the first by id.
  const Receipt last = house.start("auto-load");
  CHECK(house.store->reads()->tasks_of(last.instance)->at(0).holder == PersonId{"ba"});
}

}  // namespace
}  // namespace kyhan::test
