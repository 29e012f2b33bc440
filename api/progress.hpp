#pragma once
/// How far the answers of several people have come while they are asked: who has answered what, who
/// is missing.

#include "api/call.hpp"
#include "workflow/core/model.hpp"

namespace kyhan {

struct Definition;
class Reads;

/// One entry for each step of the instance that asks several people now, or runs sub-workflows by
/// fanOut.
[[nodiscard]] Json progress_json(const Call& call, Reads& reads, const State& state,
                                 const Definition& definition);
/// Of one step; null where it asks one person alone.
[[nodiscard]] Json progress_json(const Call& call, const State& state, const Definition& definition,
                                 NodeId node);

}  // namespace kyhan
