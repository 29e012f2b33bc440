#pragma once
/// A durable quorum queue as another system would have one, and its reader.

#include <string>
#include <vector>

#include "messaging/rabbit_wire.hpp"

namespace kyhan::test {

struct Received {
  std::string key;
  std::string id;
  std::string content_type;
  std::string app;
  int delivery_mode = 0;
  std::string body;
};

/// Declares the queue and binds it to kyhan.events.
void make_queue(const RabbitEndpoint& endpoint, const std::string& name, const std::string& key);
/// Everything that lies in the queue, in order, acknowledged; waits up to `within` for the first
/// `count` messages.
std::vector<Received> take_messages(const RabbitEndpoint& endpoint, const std::string& name,
                                    std::size_t count, Milliseconds within = Milliseconds{20'000});

}  // namespace kyhan::test
