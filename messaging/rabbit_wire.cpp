#include "messaging/rabbit_wire.hpp"

#include <amqp_tcp_socket.h>
#include <array>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace kyhan {

void CloseConnection::operator()(amqp_connection_state_t_* connection) const noexcept {
  amqp_destroy_connection(connection);  // Also closes the socket; the return code tells us nothing.
}

namespace wire {
namespace {

constexpr int frame_bytes_max = 131'072;

amqp_table_entry_t text_entry(std::string_view key, std::string_view value) {
  amqp_table_entry_t entry{};
  entry.key = bytes(key);
  entry.value.kind = AMQP_FIELD_KIND_UTF8;
  entry.value.value.bytes = bytes(value);
  return entry;
}

amqp_table_entry_t number_entry(std::string_view key, std::int32_t value) {
  amqp_table_entry_t entry{};
  entry.key = bytes(key);
  entry.value.kind = AMQP_FIELD_KIND_I32;
  entry.value.value.i32 = value;
  return entry;
}

Result<void> declare_exchange(amqp_connection_state_t connection, std::string_view name,
                              std::string_view type) {
  amqp_exchange_declare(connection, channel, bytes(name), bytes(type), /*passive=*/0,
                        /*durable=*/1, /*auto_delete=*/0, /*internal=*/0, amqp_empty_table);
  return check(amqp_get_rpc_reply(connection), "declare exchange " + std::string{name});
}

template <std::size_t size>
Result<void> declare_queue(amqp_connection_state_t connection, std::string_view name,
                           std::array<amqp_table_entry_t, size> arguments,
                           std::string_view exchange, std::string_view key) {
  const amqp_table_t table{static_cast<int>(size), arguments.data()};
  amqp_queue_declare(connection, channel, bytes(name), /*passive=*/0, /*durable=*/1,
                     /*exclusive=*/0, /*auto_delete=*/0, table);
  if (auto done = check(amqp_get_rpc_reply(connection), "declare queue " + std::string{name});
      !done) {
    return done;
  }
  amqp_queue_bind(connection, channel, bytes(name), bytes(exchange), bytes(key), amqp_empty_table);
  return check(amqp_get_rpc_reply(connection), "bind queue " + std::string{name});
}

}  // namespace

Error broker_error(const std::string& what, std::string why) {
  while (why.ends_with('.')) why.pop_back();  // rabbitmq-c ends some of its sentences.
  return Error{ErrorCode::unavailable,
               "broker-unavailable",
               {"Không làm việc được với RabbitMQ (" + what + "): " + why + ".",
                "RabbitMQ does not answer as it should (" + what + "): " + why + "."}};
}

std::string reason_of(const amqp_method_t& method) {
  if (method.id == AMQP_CONNECTION_CLOSE_METHOD) {
    const auto* close = static_cast<const amqp_connection_close_t*>(method.decoded);
    return std::to_string(close->reply_code) + " " + text(close->reply_text);
  }
  if (method.id == AMQP_CHANNEL_CLOSE_METHOD) {
    const auto* close = static_cast<const amqp_channel_close_t*>(method.decoded);
    return std::to_string(close->reply_code) + " " + text(close->reply_text);
  }
  const char* name = amqp_method_name(method.id);
  return name == nullptr ? "unknown method" : name;
}

Result<void> check(const amqp_rpc_reply_t& reply, const std::string& what) {
  switch (reply.reply_type) {
    case AMQP_RESPONSE_NORMAL:
      return {};
    case AMQP_RESPONSE_LIBRARY_EXCEPTION:
      return broker_error(what, amqp_error_string2(reply.library_error));
    case AMQP_RESPONSE_SERVER_EXCEPTION:
      return broker_error(what, reason_of(reply.reply));
    case AMQP_RESPONSE_NONE:
      break;
  }
  return broker_error(what, "no answer");
}

Result<RabbitConnection> connect(const RabbitEndpoint& endpoint, const RabbitTimeouts& timeouts) {
  const std::string what = "connect to " + endpoint.host + ":" + std::to_string(endpoint.port);
  RabbitConnection connection{amqp_new_connection()};
  if (!connection) return broker_error(what, "out of memory");
  amqp_socket_t* socket = amqp_tcp_socket_new(connection.get());
  if (socket == nullptr) return broker_error(what, "out of memory");

  timeval limit = to_timeval(timeouts.connect);
  amqp_set_handshake_timeout(connection.get(), &limit);
  amqp_set_rpc_timeout(connection.get(), &limit);
  if (const int status =
          amqp_socket_open_noblock(socket, endpoint.host.c_str(), endpoint.port, &limit);
      status != AMQP_STATUS_OK) {
    return broker_error(what, amqp_error_string2(status));
  }
  // rabbitmq-c sends without a time limit; a broker that hangs must not hang us.
  const unsigned unacknowledged_ms_max = static_cast<unsigned>(timeouts.confirm.count());
  ::setsockopt(amqp_get_sockfd(connection.get()), IPPROTO_TCP, TCP_USER_TIMEOUT,
               &unacknowledged_ms_max, sizeof unacknowledged_ms_max);

  std::array<amqp_table_entry_t, 1> about{text_entry("connection_name", "kyhan")};
  const amqp_table_t properties{static_cast<int>(about.size()), about.data()};
  if (auto login = check(amqp_login_with_properties(
                             connection.get(), endpoint.vhost.c_str(), 0, frame_bytes_max,
                             timeouts.heartbeat_seconds, &properties, AMQP_SASL_METHOD_PLAIN,
                             endpoint.user.c_str(), endpoint.password.c_str()),
                         "sign in as " + endpoint.user);
      !login) {
    return login.error();
  }
  amqp_channel_open(connection.get(), channel);
  if (auto opened = check(amqp_get_rpc_reply(connection.get()), "open a channel"); !opened) {
    return opened.error();
  }
  return connection;
}

Result<void> declare_events_exchange(amqp_connection_state_t connection) {
  return declare_exchange(connection, events_exchange, "topic");
}

Result<void> declare_topology(amqp_connection_state_t connection) {
  if (auto done = declare_events_exchange(connection); !done) return done;
  if (auto done = declare_exchange(connection, dead_letter_exchange, "fanout"); !done) return done;
  if (auto done =
          declare_queue(connection, dead_letter_queue,
                        std::array<amqp_table_entry_t, 1>{text_entry("x-queue-type", "quorum")},
                        dead_letter_exchange, "");
      !done) {
    return done;
  }
  return declare_queue(
      connection, reminders_queue,
      std::array<amqp_table_entry_t, 3>{text_entry("x-queue-type", "quorum"),
                                        number_entry("x-delivery-limit", reminder_deliveries_max),
                                        text_entry("x-dead-letter-exchange", dead_letter_exchange)},
      events_exchange, "reminder.#");
}

Result<void> ask_for_confirms(amqp_connection_state_t connection) {
  amqp_confirm_select(connection, channel);
  return check(amqp_get_rpc_reply(connection), "ask for confirms");
}

namespace {

amqp_basic_properties_t properties_of(const OutboxMessage& message) {
  amqp_basic_properties_t properties{};
  properties._flags = AMQP_BASIC_DELIVERY_MODE_FLAG | AMQP_BASIC_CONTENT_TYPE_FLAG |
                      AMQP_BASIC_MESSAGE_ID_FLAG | AMQP_BASIC_APP_ID_FLAG;
  properties.delivery_mode = AMQP_DELIVERY_PERSISTENT;
  properties.content_type = bytes("application/cloudevents+json");
  properties.message_id = bytes(message.id);
  properties.app_id = bytes("kyhan");
  return properties;
}

}  // namespace

Result<void> publish(amqp_connection_state_t connection, const OutboxMessage& message) {
  const amqp_basic_properties_t properties = properties_of(message);
  const int status =
      amqp_basic_publish(connection, channel, bytes(events_exchange), bytes(message.routing_key),
                         /*mandatory=*/1, /*immediate=*/0, &properties, bytes(message.body));
  if (status != AMQP_STATUS_OK) return broker_error("publish", amqp_error_string2(status));
  return {};
}

Result<std::optional<Notice>> next_notice(amqp_connection_state_t connection,
                                          Milliseconds timeout) {
  for (;;) {
    amqp_maybe_release_buffers(connection);
    amqp_frame_t frame{};
    timeval limit = to_timeval(timeout);
    const int status = amqp_simple_wait_frame_noblock(connection, &frame, &limit);
    if (status == AMQP_STATUS_TIMEOUT) return std::optional<Notice>{};
    if (status != AMQP_STATUS_OK) return broker_error("wait", amqp_error_string2(status));
    // Returned messages are followed by their header and body: we have them already.
    if (frame.frame_type != AMQP_FRAME_METHOD) continue;
    const amqp_method_t& method = frame.payload.method;
    switch (method.id) {
      case AMQP_BASIC_ACK_METHOD: {
        const auto* ack = static_cast<const amqp_basic_ack_t*>(method.decoded);
        return std::optional{
            Notice{Notice::Kind::confirmed, ack->delivery_tag, ack->multiple != 0}};
      }
      case AMQP_BASIC_NACK_METHOD: {
        const auto* nack = static_cast<const amqp_basic_nack_t*>(method.decoded);
        return std::optional{
            Notice{Notice::Kind::refused, nack->delivery_tag, nack->multiple != 0}};
      }
      case AMQP_BASIC_RETURN_METHOD:
        return std::optional{Notice{Notice::Kind::returned}};
      case AMQP_CHANNEL_CLOSE_METHOD:
      case AMQP_CONNECTION_CLOSE_METHOD:
        return broker_error("wait", reason_of(method));
      default:
        continue;
    }
  }
}

Result<void> publish_dead(amqp_connection_state_t connection, const OutboxMessage& message,
                          const std::string& reason) {
  std::array<amqp_table_entry_t, 1> why{text_entry("x-kyhan-reason", reason)};
  amqp_basic_properties_t properties = properties_of(message);
  properties._flags |= AMQP_BASIC_HEADERS_FLAG;
  properties.headers = {static_cast<int>(why.size()), why.data()};
  const int status = amqp_basic_publish(connection, channel, bytes(dead_letter_exchange),
                                        bytes(message.routing_key), /*mandatory=*/0,
                                        /*immediate=*/0, &properties, bytes(message.body));
  if (status != AMQP_STATUS_OK) return broker_error("publish", amqp_error_string2(status));
  return {};
}

Result<void> consume_queue(amqp_connection_state_t connection, const std::string& queue,
                           int prefetch) {
  amqp_basic_qos(connection, channel, 0, static_cast<std::uint16_t>(prefetch), /*global=*/0);
  if (auto done = check(amqp_get_rpc_reply(connection), "limit what is taken"); !done) return done;
  amqp_basic_consume(connection, channel, bytes(queue), amqp_empty_bytes, /*no_local=*/0,
                     /*no_ack=*/0, /*exclusive=*/0, amqp_empty_table);
  return check(amqp_get_rpc_reply(connection), "consume " + queue);
}

Result<void> acknowledge(amqp_connection_state_t connection, std::uint64_t tag) {
  const int status = amqp_basic_ack(connection, channel, tag, /*multiple=*/1);
  if (status != AMQP_STATUS_OK) return broker_error("acknowledge", amqp_error_string2(status));
  return {};
}

Result<void> consume_own_queue(amqp_connection_state_t connection, const std::string& key) {
  const amqp_queue_declare_ok_t* queue =
      amqp_queue_declare(connection, channel, amqp_empty_bytes, /*passive=*/0, /*durable=*/0,
                         /*exclusive=*/1, /*auto_delete=*/1, amqp_empty_table);
  if (auto done = check(amqp_get_rpc_reply(connection), "declare a queue"); !done) return done;
  const std::string name = text(queue->queue);  // The next call frees what `queue` points to.
  amqp_queue_bind(connection, channel, bytes(name), bytes(events_exchange), bytes(key),
                  amqp_empty_table);
  if (auto done = check(amqp_get_rpc_reply(connection), "bind a queue"); !done) return done;
  amqp_basic_consume(connection, channel, bytes(name), amqp_empty_bytes, /*no_local=*/0,
                     /*no_ack=*/1, /*exclusive=*/1, amqp_empty_table);
  return check(amqp_get_rpc_reply(connection), "consume");
}

}  // namespace wire
}  // namespace kyhan
