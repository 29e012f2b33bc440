#include "tests/messaging/test_queue.hpp"

#include <stdexcept>

namespace kyhan::test {
namespace {

RabbitConnection connected(const RabbitEndpoint& endpoint) {
  return std::move(wire::connect(endpoint, {}).value());
}

void require(const amqp_rpc_reply_t& reply, const char* what) {
  if (const Result<void> done = wire::check(reply, what); !done) {
    throw std::runtime_error(done.error().detail.en);
  }
}

}  // namespace

void make_queue(const RabbitEndpoint& endpoint, const std::string& name, const std::string& key) {
  const RabbitConnection connection = connected(endpoint);
  wire::declare_events_exchange(connection.get()).value();
  amqp_table_entry_t quorum{};
  quorum.key = wire::bytes("x-queue-type");
  quorum.value.kind = AMQP_FIELD_KIND_UTF8;
  quorum.value.value.bytes = wire::bytes("quorum");
  amqp_queue_declare(connection.get(), wire::channel, wire::bytes(name), 0, 1, 0, 0, {1, &quorum});
  require(amqp_get_rpc_reply(connection.get()), "declare");
  amqp_queue_bind(connection.get(), wire::channel, wire::bytes(name), wire::bytes(events_exchange),
                  wire::bytes(key), amqp_empty_table);
  require(amqp_get_rpc_reply(connection.get()), "bind");
}

std::vector<Received> take_messages(const RabbitEndpoint& endpoint, const std::string& name,
                                    std::size_t count, Milliseconds within) {
  const RabbitConnection connection = connected(endpoint);
  amqp_basic_consume(connection.get(), wire::channel, wire::bytes(name), amqp_empty_bytes, 0, 0, 0,
                     amqp_empty_table);
  require(amqp_get_rpc_reply(connection.get()), "consume");
  std::vector<Received> received;
  for (;;) {
    amqp_maybe_release_buffers(connection.get());
    // Once the number is there, a short further wait shows whether more lies behind it.
    timeval limit = wire::to_timeval(received.size() < count ? within : Milliseconds{500});
    amqp_envelope_t envelope{};
    const amqp_rpc_reply_t reply = amqp_consume_message(connection.get(), &envelope, &limit, 0);
    if (reply.reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION &&
        reply.library_error == AMQP_STATUS_TIMEOUT) {
      return received;
    }
    require(reply, "consume");
    const amqp_basic_properties_t& properties = envelope.message.properties;
    received.push_back({wire::text(envelope.routing_key), wire::text(properties.message_id),
                        wire::text(properties.content_type), wire::text(properties.app_id),
                        properties.delivery_mode, wire::text(envelope.message.body)});
    amqp_basic_ack(connection.get(), wire::channel, envelope.delivery_tag, 0);
    amqp_destroy_envelope(&envelope);
  }
}

}  // namespace kyhan::test
