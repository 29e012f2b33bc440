#pragma once
/// One function per thing we say to a broker; the only place that knows rabbitmq-c's ways. Every
/// failure is `unavailable` "broker-unavailable", and after one the connection is of no more use.

#include <amqp.h>
#include <optional>

#include "messaging/rabbit.hpp"

namespace kyhan::wire {

/// All our traffic runs on one channel.
constexpr amqp_channel_t channel = 1;

/// What the broker has said about messages we sent. Tags count publishes on the channel from 1.
struct Notice {
  enum class Kind { confirmed, refused, returned } kind;
  std::uint64_t tag = 0;  ///< Not for `returned`: a return comes before its own confirm.
  bool multiple = false;  ///< All up to `tag`.
};

[[nodiscard]] Error broker_error(const std::string& what, std::string why);

/// TCP, login, channel.
[[nodiscard]] Result<RabbitConnection> connect(const RabbitEndpoint& endpoint,
                                               const RabbitTimeouts& timeouts);
[[nodiscard]] Result<void> declare_events_exchange(amqp_connection_state_t connection);
/// The exchange, the queue of reminders, its dead letters. Repeating it changes nothing.
[[nodiscard]] Result<void> declare_topology(amqp_connection_state_t connection);
[[nodiscard]] Result<void> ask_for_confirms(amqp_connection_state_t connection);
[[nodiscard]] Result<void> publish(amqp_connection_state_t connection,
                                   const OutboxMessage& message);
/// The next notice; empty when `timeout` passes without one. Answers heartbeats on the way.
[[nodiscard]] Result<std::optional<Notice>> next_notice(amqp_connection_state_t connection,
                                                        Milliseconds timeout);
/// A queue that lives as long as the connection, bound with `key`; consuming from it.
[[nodiscard]] Result<void> consume_own_queue(amqp_connection_state_t connection,
                                             const std::string& key);

/// Consuming from a queue that stays, each message to be acknowledged.
[[nodiscard]] Result<void> consume_queue(amqp_connection_state_t connection,
                                         const std::string& queue, int prefetch);
/// All deliveries up to `tag`.
[[nodiscard]] Result<void> acknowledge(amqp_connection_state_t connection, std::uint64_t tag);
/// Into the dead letters, with the reason as header `x-kyhan-reason`.
[[nodiscard]] Result<void> publish_dead(amqp_connection_state_t connection,
                                        const OutboxMessage& message, const std::string& reason);

/// The answer to the last call, as a Result.
[[nodiscard]] Result<void> check(const amqp_rpc_reply_t& reply, const std::string& what);
/// What a method frame that ends a channel or connection says.
[[nodiscard]] std::string reason_of(const amqp_method_t& method);

[[nodiscard]] inline amqp_bytes_t bytes(std::string_view text) {
  return {text.size(), const_cast<char*>(text.data())};
}
[[nodiscard]] inline std::string text(const amqp_bytes_t& bytes) {
  return {static_cast<const char*>(bytes.bytes), bytes.len};
}
[[nodiscard]] inline timeval to_timeval(Milliseconds duration) {
  return {static_cast<time_t>(duration.count() / 1000),
          static_cast<suseconds_t>(duration.count() % 1000 * 1000)};
}

}  // namespace kyhan::wire
