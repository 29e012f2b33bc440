#pragma once
/// Rows as the JSON of docs/api.md: what several resources show alike.

#include <string>
#include <vector>

#include "api/access.hpp"
#include "api/call.hpp"
#include "workflow/core/definition.hpp"
#include "workflow/store/reads.hpp"

namespace kyhan {

struct ItemDone;  // workflow/engine/bulk.hpp

[[nodiscard]] Json to_json(const Text& text);
/// A text of a definition: a string stands for both languages; anything else is empty.
[[nodiscard]] Text text_from(const Json& value);
[[nodiscard]] Json to_json(const std::optional<Instant>& instant);  ///< RFC 3339 or null.
[[nodiscard]] Json page_json(Json items, const std::string& end_cursor, bool has_more);

[[nodiscard]] Json person_json(const Directory& directory, const PersonId& id);  ///< Or null.
[[nodiscard]] Json unit_json(const Directory& directory, const UnitId& id);      ///< Or null.
[[nodiscard]] std::string person_name(const Directory& directory, const PersonId& id);
[[nodiscard]] Text unit_name(const Directory& directory, const UnitId& id);
/// "Trưởng đơn vị": what a role is called; unknown roles show their id.
[[nodiscard]] Text role_name(const RoleId& role);
/// Who is meant by candidate keys, in words.
[[nodiscard]] Text candidates_text(const Directory& directory,
                                   const std::vector<std::string>& keys);

/// Bounds of today and the next seven days in the zone of the built-in calendar.
[[nodiscard]] DueBounds due_bounds(const Services& services);
[[nodiscard]] std::string_view to_text(DueGroup group);
[[nodiscard]] std::string local_zone(const Services& services);
/// The day people say for a due instant: one that ends at 24:00 belongs to the day before.
[[nodiscard]] std::string due_day(const Services& services, Instant due_at);

/// Null when it does not load any more.
[[nodiscard]] std::shared_ptr<const Definition> find_definition(const Call& call,
                                                                const std::string& name,
                                                                const std::string& version);
[[nodiscard]] Text definition_title(const Call& call, const std::string& name,
                                    const std::string& version);
/// The label of an outcome in an evaluated `with`; the id itself where it has none.
[[nodiscard]] Text outcome_label(const Json& spec, const std::string& outcome);
/// The outcomes of an evaluated `with`, each {id, label, style, requires}.
[[nodiscard]] Json outcomes_json(const Json& spec);
/// The evaluated `with` of a task; for a task of a vote in the form of a human task's.
[[nodiscard]] Json task_spec(const TaskRow& task);

[[nodiscard]] Json task_json(const Call& call, const TaskRow& task, const TaskStanding& standing,
                             const DueBounds& bounds);
[[nodiscard]] Json instance_json(const Call& call, const InstanceRow& instance);
[[nodiscard]] Json attachment_json(const Call& call, const AttachmentRow& row);

[[nodiscard]] Json job_json(const Call& call, const JobRow& job);
/// One item of a request of many: done, or refused.
[[nodiscard]] Json item_json(const std::string& id, const ItemDone& done);
[[nodiscard]] Json item_json(const Call& call, const std::string& id, const Error& why);

/// A JSON column; null when it is empty.
[[nodiscard]] Json parse_column(const std::string& json);

}  // namespace kyhan
