#pragma once
/// The five-field notation of recurring times: minute, hour, day of month, month, day of week.

#include <bitset>
#include <optional>
#include <string>
#include <string_view>

#include "workflow/core/result.hpp"
#include "workflow/core/types.hpp"

namespace kyhan {

/// A parsed expression. Lists, ranges, steps, names (jan, mon); Sunday is 0 or 7. Where day of
/// month and day of week are both given, either is enough, as cron has always had it.
class Cron {
 public:
  /// Errors: `invalid` "bad-cron" with the field in words.
  [[nodiscard]] static Result<Cron> parse(std::string_view text);
  /// The first occurrence after `after`, as local time of the zone; empty when none comes within
  /// eight years (30 February). A local time that the zone skips occurs at the later side of the
  /// gap.
  [[nodiscard]] std::optional<Instant> next_after(Instant after, const std::string& zone) const;

 private:
  [[nodiscard]] bool falls_on(Date date) const;

  std::bitset<60> minutes_;
  std::bitset<24> hours_;
  std::bitset<32> days_;
  std::bitset<13> months_;
  std::bitset<7> weekdays_;
  bool any_day_ = true;
  bool any_weekday_ = true;
};

}  // namespace kyhan
