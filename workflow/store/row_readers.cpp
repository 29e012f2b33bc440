#include "workflow/store/row_readers.hpp"

#include "workflow/core/json.hpp"
#include "workflow/core/time_text.hpp"
#include "workflow/store/lists.hpp"
#include "workflow/store/names.hpp"
#include "workflow/store/no_due.hpp"

namespace kyhan {

InstanceRow read_instance(const Statement& row, int first) {
  InstanceRow out;
  int at = first;
  ++at;  // The key orders pages and is nobody else's.
  out.id = row.id<InstanceId>(at++);
  out.definition.namespace_ = row.text(at++);
  out.definition.name = row.text(at++);
  out.definition.version = row.text(at++);
  out.unit = row.id<UnitId>(at++);
  out.business_key = row.text(at++);
  out.initiator = row.id<PersonId>(at++);
  out.status = status_of(row.view(at++));
  out.started_at = row.instant(at++);
  out.ended_at = row.optional_instant(at++);
  out.revision = row.integer(at++);
  out.runnable = row.flag(at++);
  out.overdue = row.flag(at++);
  out.outcome = row.text(at++);
  out.title.vi = row.text(at++);
  out.title.en = row.text(at++);
  out.current_json = row.text(at++);
  out.search = row.text(at++);
  return out;
}

TaskRow read_task(const Statement& row, int first) {
  TaskRow out;
  int at = first;
  ++at;
  out.due_at = due_from_column(row.integer(at++));
  out.id = row.id<TaskId>(at++);
  out.instance = row.id<InstanceId>(at++);
  out.node = row.integer(at++);
  out.definition = row.text(at++);
  out.definition_version = row.text(at++);
  out.name = row.text(at++);
  out.kind = row.text(at++);
  out.step_pointer = row.text(at++);
  out.title.vi = row.text(at++);
  out.title.en = row.text(at++);
  out.unit = row.id<UnitId>(at++);
  out.state = task_state_of(row.view(at++));
  out.holder = row.id<PersonId>(at++);
  out.candidates = split_list<std::string>(row.view(at++));
  out.excluded = split_list<PersonId>(row.view(at++));
  out.opened_at = row.instant(at++);
  out.claimed_at = row.optional_instant(at++);
  out.due_date = row.text(at++);
  out.provisional = row.flag(at++);
  out.overdue = row.flag(at++);
  out.ended_at = row.optional_instant(at++);
  out.outcome = row.text(at++);
  out.performer = row.id<PersonId>(at++);
  out.version = row.integer(at++);
  out.round = static_cast<int>(row.integer(at++));
  out.priority = static_cast<int>(row.integer(at++));
  out.search = row.text(at++);
  out.instance_title.vi = row.text(at++);
  out.instance_title.en = row.text(at++);
  out.business_key = row.text(at++);
  out.on_behalf_of = row.id<PersonId>(at++);
  out.role = row.id<RoleId>(at++);
  out.substitutes = row.flag(at++);
  out.delegated = row.flag(at++);
  out.excluded_units = split_list<UnitId>(row.view(at++));
  out.asked = split_list<PersonId>(row.view(at++));
  out.category = row.text(at++);
  out.ended_revision = row.integer(at++);
  out.first_due_date = row.text(at++);
  out.asked_at = row.optional_instant(at++);
  out.deciders = split_list<std::string>(row.view(at++));
  return out;
}

TaskRow read_task_detail(const Statement& row) {
  TaskRow out = read_task(row);
  out.image_json = row.text(task_columns);
  out.response_json = row.text(task_columns + 1);
  out.spec_json = row.text(task_columns + 2);
  return out;
}

AbsenceRow read_absence(const Statement& row) {
  const auto day = [&](int column) { return parse_iso_date(row.text(column)).value(); };
  AbsenceRow out;
  out.absence.id = row.text(0);
  out.person = row.id<PersonId>(1);
  out.absence.from = day(2);
  out.absence.to = day(3);
  out.planned_to = day(4);
  out.absence.deputy = row.id<PersonId>(5);
  if (const std::string scope = row.text(6); !scope.empty()) {
    out.absence.scope = parse_absence_scope(Json::parse(scope)).value();
  }
  out.from_file = row.view(7) == "file";
  out.recorded_by = row.id<PersonId>(8);
  out.recorded_at = row.instant(9);
  out.ended_by = row.id<PersonId>(10);
  out.ended_at = row.optional_instant(11);
  return out;
}

AttachmentRow read_attachment(const Statement& row) {
  AttachmentRow out;
  out.file.id = row.text(0);
  out.instance = row.id<InstanceId>(1);
  out.task = row.id<TaskId>(2);
  out.file.type = row.text(3);
  out.file.name = row.text(4);
  out.file.media_type = row.text(5);
  out.file.size = row.integer(6);
  out.file.sha256 = row.text(7);
  out.uploaded_by = row.id<PersonId>(8);
  out.uploaded_at = row.instant(9);
  out.used = row.flag(10);
  return out;
}

std::optional<IdempotencyRow> find_idempotency_row(Database& database, std::string_view user,
                                                   std::string_view key) {
  Statement row = database.prepare(
      "SELECT user, key, route, body_hash, status, response, etag, created_at FROM idempotency "
      "WHERE user = ? AND key = ?");
  row.bind_all(user, key);
  if (!row.step()) return std::nullopt;
  IdempotencyRow out;
  out.user = row.text(0);
  out.key = row.text(1);
  out.route = row.text(2);
  out.body_hash = row.bytes<32>(3);
  out.status = static_cast<int>(row.integer(4));
  out.response = row.text(5);
  out.etag = row.text(6);
  out.created_at = row.instant(7);
  return out;
}

}  // namespace kyhan
