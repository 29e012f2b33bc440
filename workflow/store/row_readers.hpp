#pragma once
/// Columns -> structs, each beside the list of columns it expects. Private to the store.

#include "workflow/store/rows.hpp"
#include "workflow/store/sqlite.hpp"

namespace kyhan {

#define KYHAN_INSTANCE_COLUMNS                                                               \
  "n.key, n.id, n.namespace, n.definition, n.version, n.unit, n.business_key, n.initiator, " \
  "n.status, n.started_at, n.ended_at, n.revision, n.runnable, n.overdue, n.outcome, "       \
  "n.title_vi, n.title_en, n.current, n.search"
/// Columns from `first` on, KYHAN_INSTANCE_COLUMNS of `instances n`.
[[nodiscard]] InstanceRow read_instance(const Statement& row, int first);

#define KYHAN_TASK_COLUMNS                                                                     \
  "t.key, t.due_at, t.id, n.id, t.node, t.definition, n.version, t.name, t.kind, t.step, "     \
  "t.title_vi, t.title_en, t.unit, t.state, t.holder, t.candidates, t.excluded, t.opened_at, " \
  "t.claimed_at, t.due_date, t.provisional, t.overdue, t.ended_at, t.outcome, t.performer, "   \
  "t.version, t.round, t.priority, t.search, n.title_vi, n.title_en, n.business_key, "         \
  "t.on_behalf_of, t.role, t.substitutes, t.delegated, t.excluded_units, t.asked, t.category, " \
  "t.ended_revision, t.first_due_date, t.asked_at, t.deciders"
constexpr int task_columns = 43;
/// KYHAN_TASK_COLUMNS of `tasks t JOIN instances n`, which begin at column `first`.
[[nodiscard]] TaskRow read_task(const Statement& row, int first = 0);
#define KYHAN_TASK_DETAIL_COLUMNS KYHAN_TASK_COLUMNS ", t.image, t.response, t.spec"
[[nodiscard]] TaskRow read_task_detail(const Statement& row);

#define KYHAN_ABSENCE_COLUMNS                                                            \
  "id, person, from_day, to_day, planned_to, deputy, scope, source, recorded_by, recorded_at, " \
  "ended_by, ended_at"
[[nodiscard]] AbsenceRow read_absence(const Statement& row);

#define KYHAN_ATTACHMENT_COLUMNS \
  "id, instance, task, type, name, media_type, size, sha256, uploaded_by, uploaded_at, used"
[[nodiscard]] AttachmentRow read_attachment(const Statement& row);

[[nodiscard]] std::optional<IdempotencyRow> find_idempotency_row(Database& database,
                                                                 std::string_view user,
                                                                 std::string_view key);

}  // namespace kyhan
