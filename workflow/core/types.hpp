#pragma once
/// Names for the values every layer passes around. Each is its own type, so a task's id can never
/// be handed over where an instance's is expected.

#include <chrono>
#include <compare>
#include <functional>
#include <string>
#include <utility>

namespace kyhan {

/// A point on the UTC time line, millisecond resolution (the resolution of the stored history).
using Instant = std::chrono::sys_time<std::chrono::milliseconds>;
using Milliseconds = std::chrono::milliseconds;
using Date = std::chrono::year_month_day;

/// An opaque key. `Tag` keeps the kinds of key apart at compile time. Empty means "none".
template <class Tag>
class Id {
 public:
  Id() = default;
  explicit Id(std::string text) : text_(std::move(text)) {}
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] bool empty() const { return text_.empty(); }
  friend auto operator<=>(const Id&, const Id&) = default;

 private:
  std::string text_;
};

using InstanceId = Id<struct InstanceTag>;  ///< One run of a definition.
using TaskId = Id<struct TaskTag>;          ///< One piece of work of a person: `<instance>.<n>`.
using PersonId = Id<struct PersonTag>;
using UnitId = Id<struct UnitTag>;
using RoleId = Id<struct RoleTag>;
using GroupId = Id<struct GroupTag>;

/// Something a person reads, in both languages. English is complete, Vietnamese comes first.
struct Text {
  std::string vi;
  std::string en;
  friend bool operator==(const Text&, const Text&) = default;
};

}  // namespace kyhan

template <class Tag>
struct std::hash<kyhan::Id<Tag>> {
  std::size_t operator()(const kyhan::Id<Tag>& id) const noexcept {
    return std::hash<std::string>{}(id.text());
  }
};
