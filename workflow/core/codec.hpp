#pragma once
/// Stored JSON of states and events. Written from each type's `fields`; empty members are left out
/// and come back as their defaults. Instants are milliseconds since the epoch.

#include <string_view>

#include "workflow/core/events.hpp"
#include "workflow/core/json.hpp"
#include "workflow/core/model.hpp"

namespace kyhan {

[[nodiscard]] Json encode(const Event& event);
/// Throws std::runtime_error on JSON that no released version wrote: a damaged journal.
[[nodiscard]] Event decode_event(const Json& json);

[[nodiscard]] Json encode_state(const State& state);
[[nodiscard]] State decode_state(const Json& json);  ///< Throws like decode_event.

/// The same as JSON text, written straight (members in another order). Throw std::invalid_argument
/// on text that is not UTF-8.
[[nodiscard]] std::string encode_text(const Event& event);
[[nodiscard]] std::string encode_text(const Task& task);
[[nodiscard]] std::string encode_state_text(const State& state);

[[nodiscard]] Json encode(const WorkflowError& error);
[[nodiscard]] Json encode(const Response& response);
[[nodiscard]] Json encode(const Attachment& attachment);
[[nodiscard]] Json encode(const Task& task);
[[nodiscard]] Json encode(const Fan& fan);
[[nodiscard]] Fan decode_fan(const Json& json);  ///< Throws like decode_event.
[[nodiscard]] WorkflowError decode_workflow_error(const Json& json);

[[nodiscard]] std::string_view to_text(TaskState state);
[[nodiscard]] std::string_view to_text(InstanceStatus status);
/// "step_ran": the type of an event.
[[nodiscard]] std::string_view type_of(const Event& event);

}  // namespace kyhan
