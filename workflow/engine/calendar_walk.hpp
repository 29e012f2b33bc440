#pragma once
/// The walk through the open instances after a working calendar has changed.
///
/// A page at a time: the workshop's thread finds the instances whose deadlines would move, then one
/// job of the engine moves them and notes how far the walk has come, in one transaction; after a
/// crash it goes on from there. Other commands run between two pages. When the walk is over each
/// person concerned is told once. Changes are walked one after the other; each walk looks at the
/// calendars as they are by then.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>

#include "workflow/core/decide.hpp"
#include "workflow/engine/batch.hpp"
#include "workflow/store/store.hpp"

namespace kyhan {

class EngineLoop;

class CalendarWalk {
 public:
  CalendarWalk(EngineLoop& loop, Store& store) : loop_(loop), store_(store) {}

  /// A change was made, or one may be left from before a restart. Any thread.
  void begin(std::int64_t change);
  /// Engine thread, now and then: goes on where the disk or a full inbox has stopped it.
  void nudge();
  /// Engine thread, before a timer fires: moves the deadlines of its instance first, for the walk
  /// may not have come to it yet.
  [[nodiscard]] Result<void> catch_up(Batch& batch, const InstanceId& id) const;

 private:
  void page();
  void look(const CalendarChangeRow& change);
  void tell(const CalendarChangeRow& change);
  void go_on();
  void stall(const Error& why);

  EngineLoop& loop_;
  Store& store_;
  std::atomic<std::int64_t> moving_{0};  ///< The latest change whose walk is not over; 0: none.
  std::mutex mutex_;
  bool under_way_ = false;                                              ///< Guarded by mutex_.
  std::optional<std::chrono::steady_clock::time_point> stalled_since_;  ///< Guarded by mutex_.
};

/// Whether the calendars move anything of this state that is still ahead: the state afterwards.
[[nodiscard]] std::optional<State> moved_by(const State& state, const World& world, Instant now);

}  // namespace kyhan
