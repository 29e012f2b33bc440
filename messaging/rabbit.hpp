#pragma once
/// RabbitMQ as the outside world: where it is, what the server declares there, and the publisher.
/// rabbitmq-c is seen only in rabbit_wire.*, rabbit_publisher.cpp and rabbit_tail.cpp.

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "messaging/publisher.hpp"
#include "workflow/core/types.hpp"

struct amqp_connection_state_t_;  // rabbitmq-c's handle; its header stays out of ours.

namespace kyhan {

/// Durable topic exchange that carries everything the server tells.
constexpr std::string_view events_exchange = "kyhan.events";
/// Durable quorum queue for the programs that send reminders on, bound with "reminder.#".
constexpr std::string_view reminders_queue = "kyhan.reminders";
/// Where reminders go that nobody could handle, and the queue that keeps them.
constexpr std::string_view dead_letter_exchange = "kyhan.dlx";
constexpr std::string_view dead_letter_queue = "kyhan.reminders.dead";
/// How often a reminder is handed out before it counts as dead.
constexpr int reminder_deliveries_max = 20;

/// Where a broker is.
struct RabbitEndpoint {
  std::string host = "127.0.0.1";
  int port = 5672;
  std::string vhost = "/";
  std::string user = "guest";
  std::string password = "guest";
  friend bool operator==(const RabbitEndpoint&, const RabbitEndpoint&) = default;
};

/// Reads `amqp://user:password@host:port/vhost` (percent-encoded; a missing part has its default,
/// `/%2F` is the vhost "/"). Errors: `invalid` "bad-amqp-url".
[[nodiscard]] Result<RabbitEndpoint> parse_amqp_url(std::string_view url);

struct CloseConnection {
  void operator()(amqp_connection_state_t_* connection) const noexcept;
};
using RabbitConnection = std::unique_ptr<amqp_connection_state_t_, CloseConnection>;

struct RabbitTimeouts {
  Milliseconds connect{5'000};
  Milliseconds confirm{15'000};  ///< Without any sign of the broker while confirms are owed.
  int heartbeat_seconds = 15;
};

/// Publishes with confirms over one connection that it opens when first needed and again after any
/// fault. Used by one thread, except interrupt().
class RabbitPublisher final : public Publisher {
 public:
  explicit RabbitPublisher(RabbitEndpoint endpoint, RabbitTimeouts timeouts = {});
  ~RabbitPublisher() override;
  [[nodiscard]] PublishReport publish(const std::vector<OutboxMessage>& batch) override;
  [[nodiscard]] Result<void> idle() override;
  void interrupt() override;

 private:
  [[nodiscard]] Result<void> ensure_connected();
  void drop_connection();

  RabbitEndpoint endpoint_;
  RabbitTimeouts timeouts_;
  std::mutex mutex_;  ///< Guards opening and closing `connection_` against interrupt().
  RabbitConnection connection_;
  std::uint64_t next_tag_ = 1;
  std::atomic<bool> interrupted_ = false;
};

}  // namespace kyhan
