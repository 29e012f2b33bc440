// One thread: read a page of the outbox, publish it, strike it off through the engine's door,
// again.

#include "messaging/relay.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <spdlog/spdlog.h>
#include <thread>

#include "workflow/core/reminders.hpp"
#include "workflow/engine/engine.hpp"
#include "workflow/store/store.hpp"
#include "workflow/store/unit_of_work.hpp"

namespace kyhan {
namespace {

/// How often an idle relay looks after its connection (and, should a wake ever be missed, at the
/// outbox).
constexpr Milliseconds idle_every{1'000};
/// How long stop() waits for the batch in flight, and then for the last rows to be struck off.
constexpr Milliseconds stop_grace{2'000};
/// How the routing keys of messages to people begin.
constexpr std::string_view reminder_keys = "reminder.";

}  // namespace

/// Lives as long as a callback of the engine may still name it.
struct RelayShared {
  mutable std::mutex mutex;
  std::condition_variable changed;
  bool stopping = false;
  bool ended = false;
  std::uint64_t wakes = 0;      ///< Commits that put something into the outbox.
  std::int64_t confirmed = 0;   ///< The broker has everything up to this sequence.
  std::int64_t struck_off = 0;  ///< The database knows up to here.
  bool striking = false;        ///< A write that strikes off is with the engine.
  RelayCounters counters;
};

class RelayThread {
 public:
  RelayThread(Store& store, Engine& engine, Publisher& publisher, RelayLimits limits)
      : store_(store), engine_(engine), publisher_(publisher), limits_(limits) {
    engine_.on_outbox([shared = shared_] {
      const std::lock_guard lock{shared->mutex};
      ++shared->wakes;
      shared->changed.notify_all();
    });
    thread_ = std::thread{[this] { run(); }};
  }
  ~RelayThread() { stop(); }
  RelayThread(const RelayThread&) = delete;
  RelayThread& operator=(const RelayThread&) = delete;

  void stop() {
    if (!thread_.joinable()) return;
    engine_.on_outbox({});
    {
      std::unique_lock lock{shared_->mutex};
      shared_->stopping = true;
      shared_->changed.notify_all();
      shared_->changed.wait_for(lock, stop_grace, [this] { return shared_->ended; });
    }
    publisher_.interrupt();
    thread_.join();
    std::unique_lock lock{shared_->mutex};
    shared_->changed.wait_for(lock, stop_grace, [this] { return !shared_->striking; });
  }

  [[nodiscard]] RelayCounters counters() const {
    RelayCounters counters;
    {
      const std::lock_guard lock{shared_->mutex};
      counters = shared_->counters;
    }
    const ReadLease reads = store_.reads();
    if (const auto size = reads->outbox_size())
      counters.pending = static_cast<std::uint64_t>(*size);
    if (const auto oldest = reads->outbox_after(0, 1); oldest && !oldest->empty()) {
      counters.oldest_age =
          std::max(Milliseconds{0}, engine_.clock().now() - oldest->front().created_at);
    }
    return counters;
  }

 private:
  void run() {
    Milliseconds backoff = limits_.backoff_first;
    while (!stopping()) {
      const std::uint64_t wakes_seen = wakes();
      std::optional<Error> fault;
      const Result<std::vector<OutboxRow>> page = read_page();
      if (!page) {
        fault = page.error();
      } else if (page->empty()) {
        strike_off();
        if (wait_for_work(wakes_seen)) continue;
        if (const Result<void> alive = publisher_.idle(); !alive) fault = alive.error();
      } else {
        fault = publish(*page);
      }
      note(fault);
      if (!fault) {
        backoff = limits_.backoff_first;
        continue;
      }
      strike_off();
      pause(backoff);
      backoff = std::min(backoff * 2, limits_.backoff_max);
    }
    strike_off();
    const std::lock_guard lock{shared_->mutex};
    shared_->ended = true;
    shared_->changed.notify_all();
  }

  [[nodiscard]] Result<std::vector<OutboxRow>> read_page() {
    return store_.reads()->outbox_after(position_, static_cast<int>(limits_.in_flight_max));
  }

  [[nodiscard]] std::optional<Error> publish(const std::vector<OutboxRow>& page) {
    std::vector<OutboxMessage> batch;
    batch.reserve(page.size());
    for (const OutboxRow& row : page) {
      batch.push_back({row.seq, row.routing_key, row.id, row.body_json});
    }
    const PublishReport report = publisher_.publish(batch);
    const Instant now = engine_.clock().now();
    {
      const std::lock_guard lock{shared_->mutex};
      for (std::size_t i = 0; i < report.confirmed; ++i) {
        if (!page[i].routing_key.starts_with(reminder_keys)) continue;
        ++shared_->counters.reminders_confirmed;
        if (now - page[i].created_at > reminder_late_after) ++shared_->counters.reminders_late;
      }
      shared_->counters.published += report.confirmed;
      shared_->counters.unroutable += report.unroutable;
      ++shared_->counters.batches;
      if (report.confirmed > 0) shared_->confirmed = batch[report.confirmed - 1].sequence;
    }
    if (report.confirmed > 0) {
      position_ = batch[report.confirmed - 1].sequence;
      strike_off();
    }
    return report.fault;
  }

  /// Asks the engine to forget what the broker has. One such write at a time: what is confirmed in
  /// the meantime goes with the next. A refusal (busy, disk full) is made good by the next call.
  void strike_off() {
    std::int64_t up_to = 0;
    {
      const std::lock_guard lock{shared_->mutex};
      if (shared_->striking || shared_->confirmed == shared_->struck_off) return;
      shared_->striking = true;
      up_to = shared_->confirmed;
    }
    engine_.write(
        [up_to, now = engine_.clock().now()](UnitOfWork& work) -> Result<Json> {
          work.stage_sent_up_to(up_to, now);
          return Result<Json>{boost::system::in_place_value, nullptr};
        },
        [shared = shared_, up_to](const Result<Json>& done) {
          const std::lock_guard lock{shared->mutex};
          shared->striking = false;
          if (done) {
            shared->struck_off = up_to;
            if (shared->confirmed > up_to) ++shared->wakes;
          }
          shared->changed.notify_all();
        });
  }

  void note(const std::optional<Error>& fault) {
    const std::lock_guard lock{shared_->mutex};
    RelayCounters& counters = shared_->counters;
    if (fault) {
      if (counters.connected || counters.faults == 0) {
        spdlog::warn("relay: {}; the outbox holds what is to be sent", fault->detail.en);
      }
      ++counters.faults;
      counters.connected = false;
      counters.last_fault = fault->detail.en;
    } else {
      if (!counters.connected) spdlog::info("relay: the broker takes messages");
      counters.connected = true;
    }
  }

  [[nodiscard]] bool stopping() const {
    const std::lock_guard lock{shared_->mutex};
    return shared_->stopping;
  }
  [[nodiscard]] std::uint64_t wakes() const {
    const std::lock_guard lock{shared_->mutex};
    return shared_->wakes;
  }
  /// False when the idle time passed without any.
  [[nodiscard]] bool wait_for_work(std::uint64_t seen) {
    std::unique_lock lock{shared_->mutex};
    return shared_->changed.wait_for(lock, idle_every,
                                     [&] { return shared_->stopping || shared_->wakes != seen; });
  }
  void pause(Milliseconds span) {
    std::unique_lock lock{shared_->mutex};
    shared_->changed.wait_for(lock, span, [this] { return shared_->stopping; });
  }

  Store& store_;
  Engine& engine_;
  Publisher& publisher_;
  RelayLimits limits_;
  std::int64_t position_ =
      0;  ///< Sent and confirmed; rows that stay unsent have a higher sequence.
  std::shared_ptr<RelayShared> shared_ = std::make_shared<RelayShared>();
  std::thread thread_;
};

Relay::Relay(Store& store, Engine& engine, Publisher& publisher, RelayLimits limits)
    : thread_(std::make_unique<RelayThread>(store, engine, publisher, limits)) {}
Relay::~Relay() = default;
RelayCounters Relay::counters() const {
  return thread_->counters();
}
void Relay::stop() {
  thread_->stop();
}

}  // namespace kyhan
