#pragma once
/// Times and durations as text.

#include <optional>
#include <string>
#include <string_view>

#include "workflow/core/definition.hpp"
#include "workflow/core/json.hpp"
#include "workflow/core/result.hpp"
#include "workflow/core/types.hpp"

namespace kyhan {

/// "2026-09-10T00:00:00Z"; milliseconds only when they are not zero.
[[nodiscard]] std::string to_rfc3339(Instant instant);
/// With the offset of an IANA zone: "2026-09-10T00:00:00+07:00".
[[nodiscard]] std::string to_rfc3339(Instant instant, const std::string& zone);
[[nodiscard]] Result<Instant> parse_rfc3339(std::string_view text);

[[nodiscard]] std::string to_iso_date(Date date);  ///< "2026-09-09"
[[nodiscard]] Result<Date> parse_iso_date(std::string_view text);

/// ISO 8601 duration "P1Y2M3W4DT5H6M7.8S", with an optional leading minus (all parts negative).
[[nodiscard]] Result<Duration> parse_iso_duration(std::string_view text);
[[nodiscard]] std::string to_iso_duration(const Duration& duration);
/// The DSL's duration in a document: an ISO string or {days, hours, minutes, seconds, milliseconds}.
[[nodiscard]] Result<Duration> parse_duration(const Json& value);

/// instant + duration: years, months (clamped to the month's end) and days on the zone's calendar,
/// then the exact part.
[[nodiscard]] Instant add_duration(Instant from, const Duration& duration, const std::string& zone);

[[nodiscard]] bool zone_exists(const std::string& zone);
/// Date in a zone, and the instant at which a local time of a date occurs (first of two, later side
/// of a gap).
[[nodiscard]] Date date_in_zone(Instant instant, const std::string& zone);
[[nodiscard]] Instant instant_at(Date date, std::chrono::minutes time_of_day,
                                 const std::string& zone);

}  // namespace kyhan
