// The consumer behind `kyhan events tail`. It looks on: its queue is its own and it acknowledges
// nothing, so it never takes a message from anybody.

#include <amqp.h>

#include "messaging/rabbit_wire.hpp"
#include "messaging/tail.hpp"

namespace kyhan {
namespace {

constexpr Milliseconds look_up_every{250};

/// The body is somebody else's text: read without trust, within the depth any honest event has.
CloudEvent read_event(const std::string& body) {
  constexpr int depth_max = 100;
  bool too_deep = false;
  const auto callback = [&too_deep](int depth, Json::parse_event_t, Json&) {
    too_deep = too_deep || depth > depth_max;
    return !too_deep;
  };
  Json event = Json::parse(body, callback, /*allow_exceptions=*/false);
  if (too_deep || !event.is_object()) return nullptr;
  return event;
}

}  // namespace

Result<void> tail_events(const TailOptions& options,
                         const std::function<bool(const TailedEvent&)>& on_event,
                         const std::atomic<bool>& stop, const std::function<void()>& on_ready) {
  Result<RabbitConnection> connection = wire::connect(options.endpoint, {});
  if (!connection) return connection.error();
  if (auto done = wire::declare_events_exchange(connection->get()); !done) return done;
  if (auto done = wire::consume_own_queue(connection->get(), options.key); !done) return done;
  if (on_ready) on_ready();

  while (!stop) {
    amqp_maybe_release_buffers(connection->get());
    amqp_envelope_t envelope{};
    timeval limit = wire::to_timeval(look_up_every);
    const amqp_rpc_reply_t reply = amqp_consume_message(connection->get(), &envelope, &limit, 0);
    if (reply.reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION) {
      if (reply.library_error == AMQP_STATUS_TIMEOUT) continue;
      if (reply.library_error == AMQP_STATUS_UNEXPECTED_STATE) {
        // A frame that is no delivery: the broker takes leave, or cancels the consumer.
        amqp_frame_t frame{};
        if (amqp_simple_wait_frame(connection->get(), &frame) == AMQP_STATUS_OK &&
            frame.frame_type == AMQP_FRAME_METHOD) {
          return wire::broker_error("consume", wire::reason_of(frame.payload.method));
        }
      }
    }
    if (auto done = wire::check(reply, "consume"); !done) return done;

    TailedEvent event;
    event.routing_key = wire::text(envelope.routing_key);
    if (envelope.message.properties._flags & AMQP_BASIC_MESSAGE_ID_FLAG) {
      event.id = wire::text(envelope.message.properties.message_id);
    }
    event.body = wire::text(envelope.message.body);
    event.event = read_event(event.body);
    amqp_destroy_envelope(&envelope);
    if (!on_event(event)) break;
  }
  return {};
}

}  // namespace kyhan
