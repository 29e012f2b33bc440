#pragma once
/// Where a faulted instance broke, found again in its journal.
///
/// A fault takes the scopes above it down one by one and withdraws what waited beside it, so the
/// state of a faulted instance no longer says where it stood. The journal does: the facts of the
/// collapse are the last ones, and what stood before them can go on.

#include <optional>
#include <string>

#include "workflow/core/events.hpp"

namespace kyhan {

struct Wreck {
  State before;                ///< As it stood before the first fact of the collapse.
  std::optional<NodeId> node;  ///< The step that failed, where it had begun to wait or was a scope.
  std::optional<NodeId> scope;  ///< The list it stands in. Neither: the time of the whole ran out.
  std::string pointer;          ///< Of the step; "/": the instance as a whole.
};

class WreckFinder {
 public:
  /// Every event of the instance, in order.
  void add(const Event& event);
  /// Nothing: the instance has not faulted, or it faulted before its first step.
  [[nodiscard]] const std::optional<Wreck>& found() const { return found_; }
  [[nodiscard]] std::int64_t revision() const { return state_.revision; }

 private:
  State state_;
  std::optional<Wreck> collapse_;  ///< The facts seen last belong to one.
  Instant collapse_at_{};
  bool failed_ = false;  ///< The collapse has its first cause.
  std::optional<Wreck> found_;
};

}  // namespace kyhan
