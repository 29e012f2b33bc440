#pragma once
/// Receipts as kept for an Idempotency-Key.

#include <optional>

#include "workflow/engine/engine.hpp"

namespace kyhan {

[[nodiscard]] std::string encode(const Receipt& receipt);
/// Empty when the text is none of ours.
[[nodiscard]] std::optional<Receipt> decode_receipt(const std::string& text);

}  // namespace kyhan
