#pragma once
/// Cron expressions of five fields, as Unix has them: minute hour day-of-month month day-of-week.
/// Lists `1,2`, ranges `1-5`, steps `*/15` and `8-18/2`, English names of months and days, Sunday
/// as 0 or 7. When both days are given, a date that fits either one counts.

#include <bitset>
#include <optional>
#include <string>
#include <string_view>

#include "workflow/core/result.hpp"
#include "workflow/core/types.hpp"

namespace kyhan {

class Cron {
 public:
  /// Errors: `invalid`, type "cron"; the detail names the field.
  [[nodiscard]] static Result<Cron> parse(std::string_view text);

  /// The first time after `from` (never `from` itself) that fits in the IANA zone; nothing when
  /// there is none within ten years ("0 0 30 2 *"). A local time that a change of the clocks skips
  /// fires at the end of the gap; one that occurs twice fires the first time only.
  [[nodiscard]] std::optional<Instant> next_after(Instant from, const std::string& zone) const;

  /// "Lúc 08:00, ngày 1 tháng 12" and its English.
  [[nodiscard]] const Text& description() const { return description_; }

 private:
  [[nodiscard]] bool fits(Date date) const;

  std::bitset<60> minutes_;
  std::bitset<24> hours_;
  std::bitset<32> days_;
  std::bitset<13> months_;
  std::bitset<7> weekdays_;
  bool any_day_ = true;      ///< Day of month was `*`.
  bool any_weekday_ = true;  ///< Day of week was `*`.
  Text description_;
};

}  // namespace kyhan
