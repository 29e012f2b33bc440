#pragma once
/// Receipts as kept for an Idempotency-Key.

#include <optional>

#include "workflow/engine/engine.hpp"

namespace kyhan {

class Batch;

[[nodiscard]] Error key_reused(const std::string& key);
/// The first answer to the same key, as keep_answer() kept it; empty when the key is new. Errors:
/// key_reused() where the key was used for something else.
[[nodiscard]] Result<std::optional<std::string>> find_answer(Batch& batch, const Idempotency& once);
void keep_answer(Batch& batch, const Idempotency& once, std::string answer);

[[nodiscard]] std::string encode(const Receipt& receipt);
/// Empty when the text is none of ours.
[[nodiscard]] std::optional<Receipt> decode_receipt(const std::string& text);

}  // namespace kyhan
