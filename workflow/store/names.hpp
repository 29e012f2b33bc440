#pragma once
/// Enumerators back from the words of the tables, which are those of core's codec.

#include <stdexcept>
#include <string_view>

#include "workflow/core/codec.hpp"

namespace kyhan {

/// A word the program never wrote means that the table was changed by other hands.
template <class Enum>
[[nodiscard]] Enum enum_of(Enum last, std::string_view name) {
  for (int i = 0; i <= static_cast<int>(last); ++i) {
    if (to_text(static_cast<Enum>(i)) == name) return static_cast<Enum>(i);
  }
  throw std::runtime_error("unknown name in the database: " + std::string{name});
}
[[nodiscard]] inline InstanceStatus status_of(std::string_view name) {
  return enum_of(InstanceStatus::suspended, name);
}
[[nodiscard]] inline TaskState task_state_of(std::string_view name) {
  return enum_of(TaskState::in_progress, name);
}

}  // namespace kyhan
