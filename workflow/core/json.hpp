#pragma once
/// The one JSON type. Its header is precompiled, so including it costs nothing.

#include <nlohmann/json.hpp>

namespace kyhan {
using Json = nlohmann::json;
}  // namespace kyhan
