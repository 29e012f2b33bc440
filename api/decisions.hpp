#pragma once
/// What every command carries besides itself: who, through which entry, under which key.

#include "api/call.hpp"
#include "api/services.hpp"

namespace kyhan {

[[nodiscard]] std::string via_of(const Call& call);  ///< web | api | cli
/// From `Idempotency-Key`; an empty key when there is none.
[[nodiscard]] Idempotency idempotency_of(const Call& call);
[[nodiscard]] SubmitOptions options_of(const Call& call);

}  // namespace kyhan
