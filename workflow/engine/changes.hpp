#pragma once
/// What has changed, told after the commit to whoever shows it live (server-sent events).

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "workflow/core/types.hpp"

namespace kyhan {

/// One committed change. A hint: the reader looks up the thing itself.
struct Change {
  enum class Kind { task, instance, notification, clock };
  std::int64_t sequence = 0;  ///< Counts from 1 in this process, without gaps.
  Kind kind = Kind::instance;
  std::string id;                 ///< Of the task or instance; empty for notification and clock.
  InstanceId instance;            ///< Empty for clock.
  UnitId unit;                    ///< Of the instance or the task.
  std::vector<PersonId> persons;  ///< Concerned by name: holder, who acted, who was notified.
  std::vector<std::string> keys;  ///< Candidate keys (directory.hpp) of the task.
};

/// Called on the engine thread after each commit: must be quick, must not call the engine and wait.
using ChangeListener = std::function<void(const std::vector<Change>&)>;

}  // namespace kyhan
