#pragma once
/// What a reminder is called, when it counts as late, and those of a task that are still to come.

#include <cstddef>
#include <string>
#include <vector>

#include "workflow/core/decide.hpp"

namespace kyhan {

/// A reminder or an escalation that leaves later than this after its moment is late: it is marked
/// as such and counted, for somebody to be alarmed.
constexpr Milliseconds reminder_late_after{60'000};

/// "<task>/<index>.<round>", with "p<plan>" behind it once the deadline has moved. With "/<person>" behind it, it is the id of the message that carries
/// the reminder to one person: each is sent once.
[[nodiscard]] std::string reminder_key(const TaskId& task, const Moment& moment);

/// One person whom a message about a task reaches.
struct Addressee {
  PersonId person;
  PersonId on_behalf_of;  ///< Who is away, where the person is their deputy; else empty.
};

/// Something that will happen to an open task, should nobody act before.
struct UpcomingNotice {
  Instant at{};
  std::string kind;  ///< reminder | overdue | escalation | expire | opens | closes
  int index = 0;     ///< Which reminder or escalation of the specification.
  int round = 0;
  std::string action;  ///< Of an escalation: notify | addCandidates | reassign | complete | raise
  std::vector<Addressee> to;  ///< Whom it would reach if it happened now.
  Text why;                  ///< "Nhắc trước hạn 3 ngày làm việc."
};

/// The next `most` of the task, earliest first, with the rounds of what repeats. Who is reached is
/// judged again when the time comes. Empty for a task that is not open and while the instance is
/// suspended.
[[nodiscard]] std::vector<UpcomingNotice> upcoming_notices(const State& state, const World& world,
                                                           const TaskId& task, Instant now,
                                                           std::size_t most);

}  // namespace kyhan
