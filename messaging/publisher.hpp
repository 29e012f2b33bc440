#pragma once
/// The port through which messages leave. Implemented over RabbitMQ in rabbit_publisher.cpp, and by
/// a fake where a test needs a broker that misbehaves on cue.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "workflow/core/result.hpp"

namespace kyhan {

/// A row of the outbox on its way out.
struct OutboxMessage {
  std::int64_t sequence = 0;
  std::string routing_key;
  std::string id;    ///< Of the event: a repeat carries the same.
  std::string body;  ///< CloudEvent, structured mode.
};

struct PublishReport {
  /// How many messages from the front of the batch the broker has taken over. With `fault` the rest
  /// may or may not have arrived and is to be sent again.
  std::size_t confirmed = 0;
  /// Of these, how many no queue was bound for; they count as sent.
  std::size_t unroutable = 0;
  std::optional<Error> fault;
};

/// Blocks its caller: used on the relay's own thread.
class Publisher {
 public:
  virtual ~Publisher() = default;
  /// Sends all of `batch` in order and waits until the broker has confirmed each.
  [[nodiscard]] virtual PublishReport publish(const std::vector<OutboxMessage>& batch) = 0;
  /// To be called about once a second while there is nothing to send: connects when there is no
  /// connection (so that queues exist before the first message), keeps it alive, notices its death.
  [[nodiscard]] virtual Result<void> idle() = 0;
  /// Makes a call that is waiting return soon, from another thread, for good.
  virtual void interrupt() = 0;
};

}  // namespace kyhan
