#pragma once
/// The only object that asks what time it is. Everything below takes the time as an argument.

#include <atomic>
#include <chrono>

#include "workflow/core/result.hpp"
#include "workflow/core/types.hpp"

namespace kyhan {

/// Thread safe.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Instant now() const = 0;
  /// True when only `Engine::advance_clock` moves it.
  [[nodiscard]] virtual bool is_virtual() const = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override;
  [[nodiscard]] bool is_virtual() const override { return false; }
};

/// How far one call may move a virtual clock.
constexpr std::chrono::days clock_advance_days_max{400};

/// A clock that stands still until it is moved, and never goes back. The engine keeps its time in
/// the database and moves it (Engine::advance_clock), so that every timer fires at its own time.
class VirtualClock final : public Clock {
 public:
  explicit VirtualClock(Instant start) : now_(start.time_since_epoch().count()) {}
  [[nodiscard]] Instant now() const override;
  [[nodiscard]] bool is_virtual() const override { return true; }
  /// Moves the clock to `to`. Errors: `invalid` "clock-goes-back", "clock-too-far".
  [[nodiscard]] Result<void> advance_to(Instant to);
  /// What advance_to would refuse: backwards "clock-goes-back", too far at once "clock-too-far".
  [[nodiscard]] Result<void> check_advance(Instant to) const;
  /// Takes up the time found in the database; never goes back, has no upper limit.
  void restore(Instant kept);

 private:
  std::atomic<Milliseconds::rep> now_;
};

}  // namespace kyhan
