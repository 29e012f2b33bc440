// From the outbox to a real broker, on days when the broker comes and goes.

#include "messaging/relay.hpp"

#include <thread>

#include "tests/engine/support.hpp"
#include "tests/messaging/test_queue.hpp"
#include "tests/support/rabbit_node.hpp"

namespace kyhan::test {
namespace {

/// Waits until the outbox is empty; false when it is not within a minute.
bool drained(House& house) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{60};
  while (std::chrono::steady_clock::now() < deadline) {
    if (house.store->reads()->outbox_size().value() == 0) return true;
    std::this_thread::yield();
  }
  return false;
}

/// Everything in the outbox while no relay runs: id by id, in order.
std::vector<std::string> outbox_ids(House& house) {
  std::vector<std::string> ids;
  for (const OutboxRow& row : house.store->reads()->outbox_after(0, 100'000).value()) {
    ids.push_back(row.id);
  }
  return ids;
}

std::string instance_of(const std::string& event_id) {
  return event_id.substr(0, event_id.find_first_of("-."));
}

/// The ids of a queue's messages, each once, in the order of their first arrival.
std::vector<std::string> first_arrivals(const std::vector<Received>& received) {
  std::vector<std::string> order;
  std::set<std::string> seen;
  for (const Received& one : received) {
    if (seen.insert(one.id).second) order.push_back(one.id);
  }
  return order;
}

TEST_CASE("every event reaches the queue, whatever happens to the broker",
          "[messaging][rabbit][relay]") {
  House house;
  house.settle().publish(definition("approval", approval_steps));
  RabbitNode node;
  const RabbitEndpoint endpoint = parse_amqp_url(node.url()).value();
  RabbitPublisher publisher{endpoint, {Milliseconds{2'000}, Milliseconds{5'000}, 15}};

  // The broker is not there yet: work goes on, the outbox holds.
  house.start("approval");
  const std::vector<std::string> early = outbox_ids(house);
  REQUIRE_FALSE(early.empty());
  std::set<std::string> expected(early.begin(), early.end());
  node.start();
  make_queue(endpoint, "all", "#");
  node.stop();

  std::map<std::string, std::vector<std::string>> order;  // By instance.
  {
    Relay relay{*house.store, *house.engine, publisher, {64, Milliseconds{20}, Milliseconds{200}}};
    house.start("approval");
    node.start();
    REQUIRE(drained(house));
    CHECK(relay.counters().connected);

    // A burst with kill -9 and a restart in its midst.
    std::thread burst{[&] {
      for (int i = 0; i < 150; ++i) {
        const Receipt started = house.start("approval");
        (void)house.complete(started, "an");
      }
    }};
    node.kill();
    node.start();
    burst.join();
    REQUIRE(drained(house));
    CHECK(relay.counters().pending == 0);
    relay.stop();
  }
  const auto received = take_messages(endpoint, "all", 302 * 2);
  const std::vector<std::string> arrived = first_arrivals(received);
  // The journal names every event: what was started and opened and completed.
  std::set<std::string> seen(arrived.begin(), arrived.end());
  CHECK(seen.size() == static_cast<std::size_t>(house.engine->counters().outbox_written));
  for (const std::string& id : early) CHECK(seen.contains(id));
  std::map<std::string, std::string> bodies;
  for (const Received& one : received) {
    const auto [known, first] = bodies.emplace(one.id, one.body);
    if (!first) CHECK(known->second == one.body);
  }
  // In order per instance: revisions in the ids only rise.
  std::map<std::string, int> last_revision;
  for (const std::string& id : arrived) {
    const std::size_t dash = id.find('-');
    if (dash == std::string::npos) continue;
    const int revision = std::atoi(id.c_str() + dash + 1);
    int& last = last_revision[instance_of(id)];
    CHECK(revision >= last);
    last = revision;
  }
  CHECK(last_revision.size() == 152);
}

TEST_CASE("reminders due while the broker is down leave when it is back, once, each with its proof",
          "[messaging][rabbit][relay][reminders][bad-days]") {
  House house;
  house.settle().publish(definition("reminded", R"(
do:
  - work:
      call: humanTask:1.0.0@default
      with:
        title: Work
        assignment: {mode: claim, candidates: [{role: head, unit: own}]}
        due: {workingDays: 3}
        reminders: [{offset: {workingDays: -1}, at: "08:00", to: [assignee]}]
)"));
  RabbitNode node;
  const RabbitEndpoint endpoint = parse_amqp_url(node.url()).value();
  node.start();
  make_queue(endpoint, "told", "reminder.sent.#");
  node.stop();
  constexpr int cases = 300;
  std::vector<Receipt> started;
  for (int i = 0; i < cases; ++i) started.push_back(house.start("reminded"));

  RabbitPublisher publisher{endpoint, {Milliseconds{2'000}, Milliseconds{5'000}, 15}};
  Relay relay{*house.store, *house.engine, publisher, {64, Milliseconds{20}, Milliseconds{200}}};
  house.advance("2026-03-04T08:00:00+07:00");
  CHECK(house.engine->counters().reminders_sent == cases);
  CHECK(house.engine->counters().reminders_late == 0);
  house.advance("2026-03-04T10:00:00+07:00");  // Two hours without a broker.
  node.start();
  REQUIRE(drained(house));
  // And the digest of the new tasks, which was due at 07:30.
  CHECK(relay.counters().reminders_confirmed == cases + 1);
  CHECK(relay.counters().reminders_late == cases + 1);
  relay.stop();

  const auto received = take_messages(endpoint, "told", cases);
  const std::vector<std::string> once = first_arrivals(received);
  CHECK(once.size() == cases);
  const std::set<std::string> arrived(once.begin(), once.end());
  const Instant back = parse_rfc3339("2026-03-04T10:00:00+07:00").value();
  for (const Receipt& one : started) {
    const std::string key = one.open_tasks.at(0).id.text() + "/0.0/binh";
    CHECK(arrived.contains(key));
    const auto confirmed = house.store->reads()->confirmed_reminders(one.instance);
    CHECK(*confirmed == std::map<std::string, Instant>{{key, back}});
  }
}

/// A broker that does what a test says.
class ScriptedPublisher final : public Publisher {
 public:
  PublishReport publish(const std::vector<OutboxMessage>& batch) override {
    const std::lock_guard lock{mutex};
    ++calls;
    PublishReport report;
    if (calls == 1) {
      report.confirmed = batch.size() / 2;
      report.fault = Error{ErrorCode::unavailable, "broker-unavailable", {"hỏng", "broken"}};
    } else {
      report.confirmed = batch.size();
    }
    for (const OutboxMessage& message : batch) sent.push_back(message.id);
    return report;
  }
  Result<void> idle() override { return {}; }
  void interrupt() override {}

  std::mutex mutex;
  int calls = 0;
  std::vector<std::string> sent;
};

TEST_CASE("after half a batch was confirmed only the other half is sent again",
          "[messaging][relay]") {
  House house;
  house.settle().publish(definition("approval", approval_steps));
  for (int i = 0; i < 5; ++i) house.start("approval");
  const std::vector<std::string> ids = outbox_ids(house);
  REQUIRE(ids.size() >= 10);
  ScriptedPublisher publisher;
  Relay relay{*house.store, *house.engine, publisher, {256, Milliseconds{1}, Milliseconds{1}}};
  REQUIRE(drained(house));
  relay.stop();
  std::vector<std::string> expected = ids;
  expected.insert(expected.end(), ids.begin() + static_cast<std::ptrdiff_t>(ids.size() / 2),
                  ids.end());
  CHECK(publisher.sent == expected);
  CHECK(relay.counters().faults == 1);
}

}  // namespace
}  // namespace kyhan::test
