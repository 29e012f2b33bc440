#pragma once
/// Who took part in a step without answering it, by handing it on: beside the performers of State, under
/// a name that no step's pointer has.

#include <string>

#include "workflow/core/definition.hpp"

namespace kyhan {

/// The key in State::performers for a step of the instance's own definition.
[[nodiscard]] inline std::string taken_part_key(StepIndex step) {
  return "#" + std::to_string(static_cast<int>(step));
}

}  // namespace kyhan
