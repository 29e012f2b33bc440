#pragma once
/// Watching what arrives from RabbitMQ, for `kyhan events tail`.

#include <atomic>
#include <functional>
#include <string>

#include "messaging/rabbit.hpp"
#include "workflow/core/model.hpp"
#include "workflow/core/result.hpp"

namespace kyhan {

struct TailOptions {
  RabbitEndpoint endpoint;
  std::string key = "#";  ///< Topic pattern: `*` one word, `#` any number.
};

struct TailedEvent {
  std::string routing_key;
  std::string id;    ///< message_id.
  CloudEvent event;  ///< Null when the body is no JSON object.
  std::string body;  ///< As it arrived.
};

/// Binds a queue of its own (exclusive, gone with the connection) to `kyhan.events` and hands every
/// message on until `on_event` gives false or `stop` is set (looked at four times a second).
/// `on_ready` is called once the queue is bound: what is published from then on is seen.
/// Errors: `unavailable` "broker-unavailable".
[[nodiscard]] Result<void> tail_events(const TailOptions& options,
                                       const std::function<bool(const TailedEvent&)>& on_event,
                                       const std::atomic<bool>& stop,
                                       const std::function<void()>& on_ready = {});

}  // namespace kyhan
