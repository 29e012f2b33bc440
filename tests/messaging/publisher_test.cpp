// Publishing to a real broker, on its good days and its bad ones.

#include <catch2/catch.hpp>
#include <future>
#include <thread>

#include "messaging/rabbit.hpp"
#include "messaging/tail.hpp"

#include "tests/messaging/test_queue.hpp"
#include "tests/support/rabbit_node.hpp"
#include "tests/support/results.hpp"

namespace kyhan::test {
namespace {

OutboxMessage message(int number, std::string key = "task.created.so-a") {
  const std::string id = "event-" + std::to_string(number);
  return {
      number, std::move(key), id,
      Json{{"specversion", "1.0"}, {"id", id}, {"data", {{"note", "Đề nghị khen thưởng"}}}}.dump()};
}

std::vector<OutboxMessage> messages(int first, int count) {
  std::vector<OutboxMessage> batch;
  for (int i = 0; i < count; ++i) batch.push_back(message(first + i));
  return batch;
}

std::vector<std::string> ids(const std::vector<Received>& received) {
  std::vector<std::string> found;
  for (const Received& one : received) found.push_back(one.id);
  return found;
}

TEST_CASE("a broker that is not there is a fault, not a wait", "[messaging][publisher]") {
  RabbitEndpoint nowhere;
  nowhere.port = free_port();
  RabbitPublisher publisher{nowhere};

  const PublishReport report = publisher.publish({message(1)});

  CHECK(report.confirmed == 0);
  REQUIRE(report.fault);
  CHECK(report.fault->type == "broker-unavailable");
  CHECK_FALSE(publisher.idle());
}

// One node serves all steps, for its start takes seconds; each step makes what it needs.
TEST_CASE("with a real RabbitMQ node", "[messaging][publisher][rabbit]") {
  RabbitNode node;
  node.start();
  const RabbitEndpoint endpoint = parse_amqp_url(node.url()).value();

  {
    INFO("a confirmed batch lies in the queues bound before, in order and as it was sent");
    make_queue(endpoint, "all", "#");
    RabbitPublisher publisher{endpoint};
    const auto batch = messages(1, 300);

    const PublishReport report = publisher.publish(batch);

    REQUIRE_FALSE(report.fault);
    CHECK(report.confirmed == 300);
    CHECK(report.unroutable == 0);
    const auto received = take_messages(endpoint, "all", 300);
    REQUIRE(received.size() == 300);
    for (std::size_t i = 0; i < received.size(); ++i) {
      REQUIRE(received[i].id == batch[i].id);
      REQUIRE(received[i].body == batch[i].body);
    }
    CHECK(received[0].key == "task.created.so-a");
    CHECK(received[0].content_type == "application/cloudevents+json");
    CHECK(received[0].app == "kyhan");
    CHECK(received[0].delivery_mode == 2);
  }
  {
    INFO("reminders lie in their own durable queue, whoever reads them later");
    RabbitPublisher publisher{endpoint};
    const PublishReport report =
        publisher.publish({message(1, "reminder.due.so-a"), message(2, "task.created.so-a")});
    REQUIRE_FALSE(report.fault);
    CHECK(ids(take_messages(endpoint, "kyhan.reminders", 1)) ==
          std::vector<std::string>{"event-1"});
    take_messages(endpoint, "all", 2);
  }
  {
    INFO("a message nobody is bound for counts as sent, and is counted");
    make_queue(endpoint, "few", "vote.#");
    RabbitConnection connection = std::move(wire::connect(endpoint, {}).value());
    amqp_queue_unbind(connection.get(), wire::channel, wire::bytes("all"),
                      wire::bytes(events_exchange), wire::bytes("#"), amqp_empty_table);
    RabbitPublisher publisher{endpoint};
    const PublishReport report =
        publisher.publish({message(1), message(2, "vote.opened.so-a"), message(3)});
    REQUIRE_FALSE(report.fault);
    CHECK(report.confirmed == 3);
    CHECK(report.unroutable == 2);
    CHECK(ids(take_messages(endpoint, "few", 1)) == std::vector<std::string>{"event-2"});
    make_queue(endpoint, "all", "#");
  }
  {
    INFO("the tail sees what is published from then on, and takes it from nobody");
    std::promise<void> ready;
    std::vector<TailedEvent> seen;
    std::atomic<bool> stop = false;
    auto tail = std::async(std::launch::async, [&] {
      return tail_events(
          {endpoint, "task.#"},
          [&](const TailedEvent& event) {
            seen.push_back(event);
            return seen.size() < 2;
          },
          stop, [&] { ready.set_value(); });
    });
    REQUIRE(ready.get_future().wait_for(std::chrono::seconds{20}) == std::future_status::ready);
    RabbitPublisher publisher{endpoint};
    REQUIRE_FALSE(
        publisher.publish({message(1), message(2, "vote.opened.so-a"), message(3)}).fault);
    REQUIRE(tail.wait_for(std::chrono::seconds{20}) == std::future_status::ready);
    REQUIRE(tail.get());
    REQUIRE(seen.size() == 2);
    CHECK(seen[0].id == "event-1");
    CHECK(seen[1].id == "event-3");
    CHECK(seen[1].routing_key == "task.created.so-a");
    CHECK(seen[1].event["data"]["note"] == "Đề nghị khen thưởng");
    CHECK(ids(take_messages(endpoint, "all", 3)).size() == 3);
  }
  {
    INFO("a broker that falls silent is noticed, and the batch is not counted as sent");
    RabbitPublisher publisher{endpoint, {Milliseconds{2'000}, Milliseconds{1'500}, 15}};
    REQUIRE_FALSE(publisher.publish({message(1)}).fault);
    node.freeze();
    const PublishReport report = publisher.publish(messages(2, 3));
    node.thaw();
    REQUIRE(report.fault);
    CHECK(report.confirmed == 0);
    REQUIRE_FALSE(publisher.publish(messages(2, 3)).fault);
    const auto received = ids(take_messages(endpoint, "all", 4));
    CHECK(std::set<std::string>(received.begin(), received.end()) ==
          std::set<std::string>{"event-1", "event-2", "event-3", "event-4"});
  }
  {
    INFO("interrupt() ends a wait that would last");
    RabbitPublisher publisher{endpoint, {Milliseconds{2'000}, Milliseconds{60'000}, 60}};
    REQUIRE(publisher.idle());
    node.freeze();
    auto waiting =
        std::async(std::launch::async, [&] { return publisher.publish(messages(1, 3)); });
    publisher.interrupt();
    const bool ended = waiting.wait_for(std::chrono::seconds{10}) == std::future_status::ready;
    node.thaw();
    CHECK(ended);
    CHECK(waiting.get().fault);
    take_messages(endpoint, "all", 0);
  }
  {
    INFO("after kill -9 and a restart the next attempts succeed and durable queues have kept all");
    RabbitPublisher publisher{endpoint};
    REQUIRE_FALSE(publisher.publish(messages(1, 50)).fault);
    node.kill();
    CHECK(publisher.publish(messages(51, 50)).fault);
    node.start();
    REQUIRE_FALSE(publisher.publish(messages(51, 50)).fault);
    const auto received = ids(take_messages(endpoint, "all", 100));
    REQUIRE(received.size() == 100);
    for (int i = 0; i < 100; ++i) {
      REQUIRE(received[static_cast<std::size_t>(i)] == "event-" + std::to_string(i + 1));
    }
  }
}

}  // namespace
}  // namespace kyhan::test
