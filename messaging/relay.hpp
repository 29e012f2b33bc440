#pragma once
/// Carries the outbox to the broker. Rows leave in the order in which they were committed; a row is
/// struck off only after the broker's confirm, so nothing is lost, and a crash between the two
/// sends it again with the same id.

#include <memory>

#include "messaging/publisher.hpp"
#include "workflow/core/types.hpp"

namespace kyhan {

class Engine;
class Store;
class RelayThread;  // relay.cpp

struct RelayLimits {
  std::size_t in_flight_max = 256;   ///< Messages sent before their confirms are awaited.
  Milliseconds backoff_first{250};   ///< Pause after a fault; doubles,
  Milliseconds backoff_max{10'000};  ///< up to this.
};

/// A consistent copy, for /metrics and /readyz.
struct RelayCounters {
  std::uint64_t published = 0;   ///< Confirmed by the broker, repeats too.
  std::uint64_t unroutable = 0;  ///< Of these, nobody was bound for.
  std::uint64_t batches = 0;
  std::uint64_t faults = 0;
  std::uint64_t reminders_confirmed = 0;
  std::uint64_t reminders_late = 0;  ///< Of these, reminder_late_after or more after their commit.
  bool connected = false;            ///< The last attempt went well.
  std::uint64_t pending = 0;         ///< Rows still in the outbox, as of the last look.
  std::string last_fault;      ///< English, for the log and /readyz?verbose; empty: none since.
  Milliseconds oldest_age{0};  ///< How long the oldest unsent row has waited, as of the last look.
};

class Relay {
 public:
  /// Starts the relay's thread. All three must outlive it.
  Relay(Store& store, Engine& engine, Publisher& publisher, RelayLimits limits = {});
  ~Relay();  ///< stop(), if nobody has.
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  [[nodiscard]] RelayCounters counters() const;
  /// Ends the thread after the batch in flight, within a second or two. To be called before
  /// Engine::stop, so that what was confirmed is struck off.
  void stop();

 private:
  std::unique_ptr<RelayThread> thread_;
};

}  // namespace kyhan
