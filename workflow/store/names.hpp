#pragma once
/// Enumerators as the tables spell them: the words of docs/glossary.md and of the API.

#include <array>
#include <stdexcept>
#include <string_view>

#include "workflow/core/model.hpp"

namespace kyhan {

inline constexpr std::array<std::string_view, 5> status_names{"running", "waiting", "completed",
                                                              "faulted", "cancelled"};
inline constexpr std::array<std::string_view, 5> task_state_names{"offered", "claimed", "completed",
                                                                  "withdrawn", "expired"};

[[nodiscard]] constexpr std::string_view name_of(InstanceStatus status) {
  return status_names.at(static_cast<std::size_t>(status));
}
[[nodiscard]] constexpr std::string_view name_of(TaskState state) {
  return task_state_names.at(static_cast<std::size_t>(state));
}

/// A word the program never wrote means that the table was changed by other hands.
template <class Enum, std::size_t N>
[[nodiscard]] Enum enum_of(const std::array<std::string_view, N>& names, std::string_view name) {
  for (std::size_t i = 0; i < N; ++i) {
    if (names[i] == name) return static_cast<Enum>(i);
  }
  throw std::runtime_error("unknown name in the database: " + std::string{name});
}
[[nodiscard]] inline InstanceStatus status_of(std::string_view name) {
  return enum_of<InstanceStatus>(status_names, name);
}
[[nodiscard]] inline TaskState task_state_of(std::string_view name) {
  return enum_of<TaskState>(task_state_names, name);
}
[[nodiscard]] constexpr bool is_open(TaskState state) {
  return state == TaskState::offered || state == TaskState::claimed;
}

}  // namespace kyhan
