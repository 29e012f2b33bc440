#pragma once
/// Reading a durable queue, message by message acknowledged; and the way to the dead letters.

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "messaging/rabbit.hpp"

namespace kyhan {

/// A message that is ours until we say otherwise.
struct TakenMessage {
  std::uint64_t tag = 0;
  std::string id;  ///< message_id.
  std::string routing_key;
  std::string body;
};

/// The port through which messages come in. Blocks its caller: one thread.
class QueueReader {
 public:
  virtual ~QueueReader() = default;
  /// At least one message and at most `most`, or none when `wait` is over. After an error what was
  /// taken and not acknowledged comes again.
  [[nodiscard]] virtual Result<std::vector<TakenMessage>> take(std::size_t most,
                                                               Milliseconds wait) = 0;
  /// All up to this one are dealt with.
  [[nodiscard]] virtual Result<void> acknowledge(std::uint64_t up_to) = 0;
};

class RabbitQueueReader final : public QueueReader {
 public:
  /// `prefetch`: messages that may be taken and not acknowledged.
  RabbitQueueReader(RabbitEndpoint endpoint, std::string queue, int prefetch);
  [[nodiscard]] Result<std::vector<TakenMessage>> take(std::size_t most,
                                                       Milliseconds wait) override;
  [[nodiscard]] Result<void> acknowledge(std::uint64_t up_to) override;

 private:
  [[nodiscard]] Result<void> ensure_connected();
  [[nodiscard]] Result<std::optional<TakenMessage>> take_one(Milliseconds wait);

  RabbitEndpoint endpoint_;
  std::string queue_;
  int prefetch_;
  RabbitConnection connection_;
};

/// Where messages go that cannot be delivered: `kyhan.dlx`, with the reason. One thread at a time.
class DeadLetters {
 public:
  virtual ~DeadLetters() = default;
  /// Confirmed by the broker when it returns without error.
  [[nodiscard]] virtual Result<void> bury(const OutboxMessage& message,
                                          const std::string& reason) = 0;
};

class RabbitDeadLetters final : public DeadLetters {
 public:
  explicit RabbitDeadLetters(RabbitEndpoint endpoint) : endpoint_(std::move(endpoint)) {}
  [[nodiscard]] Result<void> bury(const OutboxMessage& message, const std::string& reason) override;

 private:
  RabbitEndpoint endpoint_;
};

}  // namespace kyhan
