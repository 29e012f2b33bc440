#pragma once
/// What every command carries besides itself: who, through which entry, under which key.

#include "api/call.hpp"
#include "api/services.hpp"

namespace kyhan {

class Reads;

[[nodiscard]] std::string via_of(const Call& call);  ///< web | api | cli
/// From `Idempotency-Key`; an empty key when there is none.
[[nodiscard]] Idempotency idempotency_of(const Call& call);
[[nodiscard]] SubmitOptions options_of(const Call& call);

/// Files an answer may name.
constexpr std::size_t attachments_max = 50;
/// Files named by an answer: uploaded for this task by the one who answers. Errors: `invalid`
/// "unknown-attachment".
[[nodiscard]] Result<std::vector<Attachment>> attachments_from(const Call& call, Reads& reads,
                                                               const TaskRow& task,
                                                               const std::vector<std::string>& ids);
/// The task as it is after an action: its detail, under its ETag.
[[nodiscard]] Result<Reply> present_task(const Call& call, const TaskId& id);

}  // namespace kyhan
