#include "messaging/rabbit_consumer.hpp"

#include "messaging/rabbit_wire.hpp"

namespace kyhan {

RabbitQueueReader::RabbitQueueReader(RabbitEndpoint endpoint, std::string queue, int prefetch)
    : endpoint_(std::move(endpoint)), queue_(std::move(queue)), prefetch_(prefetch) {}

Result<void> RabbitQueueReader::ensure_connected() {
  if (connection_) return {};
  Result<RabbitConnection> opened = wire::connect(endpoint_, {});
  if (!opened) return opened.error();
  if (Result<void> done = wire::declare_topology(opened->get()); !done) return done;
  if (Result<void> done = wire::consume_queue(opened->get(), queue_, prefetch_); !done) return done;
  connection_ = std::move(*opened);
  return {};
}

Result<std::vector<TakenMessage>> RabbitQueueReader::take(std::size_t most, Milliseconds wait) {
  if (Result<void> connected = ensure_connected(); !connected) return connected.error();
  std::vector<TakenMessage> taken;
  while (taken.size() < most) {
    // What has arrived already comes along; nobody waits for more.
    Result<std::optional<TakenMessage>> one = take_one(taken.empty() ? wait : Milliseconds{0});
    if (!one) {
      connection_.reset();
      return one.error();
    }
    if (!*one) break;
    taken.push_back(std::move(**one));
  }
  return taken;
}

Result<std::optional<TakenMessage>> RabbitQueueReader::take_one(Milliseconds wait) {
  amqp_maybe_release_buffers(connection_.get());
  amqp_envelope_t envelope{};
  timeval limit = wire::to_timeval(wait);
  const amqp_rpc_reply_t reply = amqp_consume_message(connection_.get(), &envelope, &limit, 0);
  if (reply.reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION) {
    if (reply.library_error == AMQP_STATUS_TIMEOUT) return std::optional<TakenMessage>{};
    if (reply.library_error == AMQP_STATUS_UNEXPECTED_STATE) {
      // A frame that is no delivery: the broker takes leave, or cancels the consumer.
      amqp_frame_t frame{};
      if (amqp_simple_wait_frame(connection_.get(), &frame) == AMQP_STATUS_OK &&
          frame.frame_type == AMQP_FRAME_METHOD) {
        return wire::broker_error("consume", wire::reason_of(frame.payload.method));
      }
    }
  }
  if (auto done = wire::check(reply, "consume"); !done) return done.error();
  TakenMessage taken;
  taken.tag = envelope.delivery_tag;
  taken.routing_key = wire::text(envelope.routing_key);
  if (envelope.message.properties._flags & AMQP_BASIC_MESSAGE_ID_FLAG) {
    taken.id = wire::text(envelope.message.properties.message_id);
  }
  taken.body = wire::text(envelope.message.body);
  amqp_destroy_envelope(&envelope);
  return std::optional{std::move(taken)};
}

Result<void> RabbitQueueReader::acknowledge(std::uint64_t up_to) {
  if (!connection_) return wire::broker_error("acknowledge", "the connection is gone");
  Result<void> done = wire::acknowledge(connection_.get(), up_to);
  if (!done) connection_.reset();
  return done;
}

Result<void> RabbitDeadLetters::bury(const OutboxMessage& message, const std::string& reason) {
  // Rare enough for a connection of its own.
  constexpr Milliseconds confirm_max{15'000};
  Result<RabbitConnection> opened = wire::connect(endpoint_, {});
  if (!opened) return opened.error();
  amqp_connection_state_t connection = opened->get();
  if (Result<void> done = wire::declare_topology(connection); !done) return done;
  if (Result<void> done = wire::ask_for_confirms(connection); !done) return done;
  if (Result<void> done = wire::publish_dead(connection, message, reason); !done) return done;
  const Result<std::optional<wire::Notice>> notice = wire::next_notice(connection, confirm_max);
  if (!notice) return notice.error();
  if (!*notice || (*notice)->kind != wire::Notice::Kind::confirmed) {
    return wire::broker_error("publish", "a dead letter was not confirmed");
  }
  return {};
}

}  // namespace kyhan
