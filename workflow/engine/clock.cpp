#include "workflow/engine/clock.hpp"

#include "workflow/core/time_text.hpp"

namespace kyhan {

Instant SystemClock::now() const {
  return std::chrono::floor<Milliseconds>(std::chrono::system_clock::now());
}

Instant VirtualClock::now() const {
  return Instant{Milliseconds{now_.load()}};
}

Result<void> VirtualClock::check_advance(Instant to) const {
  const Instant from = now();
  if (to < from) {
    return Error{ErrorCode::invalid,
                 "clock-goes-back",
                 {"Đồng hồ ảo đang ở " + to_rfc3339(from) + " và không lùi lại được.",
                  "The virtual clock stands at " + to_rfc3339(from) + " and never goes back."}};
  }
  if (to - from > clock_advance_days_max) {
    const std::string days = std::to_string(clock_advance_days_max.count());
    return Error{ErrorCode::invalid,
                 "clock-too-far",
                 {"Mỗi lần chỉ được tua đồng hồ ảo tối đa " + days + " ngày.",
                  "The virtual clock moves at most " + days + " days a call."}};
  }
  return {};
}

Result<void> VirtualClock::advance_to(Instant to) {
  if (Result<void> may = check_advance(to); !may) return may.error();
  now_ = to.time_since_epoch().count();
  return {};
}

void VirtualClock::restore(Instant kept) {
  if (kept > now()) now_ = kept.time_since_epoch().count();
}

}  // namespace kyhan
