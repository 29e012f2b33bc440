#pragma once
/// How "no due date" stands in the tables: as the largest integer, so that it sorts last.

#include <limits>
#include <optional>

#include "workflow/core/types.hpp"

namespace kyhan {

constexpr std::int64_t no_due = std::numeric_limits<std::int64_t>::max();

[[nodiscard]] inline std::int64_t due_column(const std::optional<Instant>& due_at) {
  return due_at ? due_at->time_since_epoch().count() : no_due;
}
[[nodiscard]] inline std::optional<Instant> due_from_column(std::int64_t value) {
  if (value == no_due) return std::nullopt;
  return Instant{Milliseconds{value}};
}

}  // namespace kyhan
