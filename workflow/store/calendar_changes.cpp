// Changes of the working calendars: what was changed by whom, how far the open deadlines have been
// moved, and who has still to be told.

#include "workflow/store/reads.hpp"
#include "workflow/store/row_readers.hpp"
#include "workflow/store/work.hpp"

namespace kyhan {
namespace {

constexpr const char* columns =
    "id, calendar, made_at, made_by, reason, document_before, document_after, undoes, undone_by, "
    "phase, last_key, open_instances, looked_at, instances_moved, deadlines_moved, starts_moved, "
    "people_told, done_at";

CalendarChangeRow read_change(const Statement& row) {
  CalendarChangeRow out;
  out.id = row.integer(0);
  out.calendar = row.text(1);
  out.made_at = row.instant(2);
  out.made_by = row.id<PersonId>(3);
  out.reason = row.text(4);
  out.document_before = row.text(5);
  out.document_after = row.text(6);
  if (!row.is_null(7)) out.undoes = row.integer(7);
  if (!row.is_null(8)) out.undone_by = row.integer(8);
  out.phase = row.text(9);
  out.last_key = row.integer(10);
  out.open_instances = row.integer(11);
  out.looked_at = row.integer(12);
  out.instances_moved = row.integer(13);
  out.deadlines_moved = row.integer(14);
  out.starts_moved = row.integer(15);
  out.people_told = row.integer(16);
  out.done_at = row.optional_instant(17);
  return out;
}

}  // namespace

Result<std::int64_t> UnitOfWork::stage_calendar_change(const CalendarChangeRow& row) {
  return work_->ask([&] {
    work_->run(
        "INSERT INTO calendar_changes (calendar, made_at, made_by, reason, document_before, "
        "document_after, undoes, phase, last_key, open_instances, looked_at, instances_moved, "
        "deadlines_moved, starts_moved, people_told) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?, 0, 0, 0, 0, 0)",
        row.calendar, row.made_at, row.made_by, row.reason, row.document_before, row.document_after,
        row.undoes, row.phase, row.open_instances);
    const std::int64_t id = work_->writer.database->last_row();
    if (row.undoes) {
      work_->run("UPDATE calendar_changes SET undone_by = ?2 WHERE id = ?1", *row.undoes, id);
    }
    return id;
  });
}

void UnitOfWork::stage_calendar_progress(const CalendarChangeRow& row) {
  work_->stage([&] {
    work_->run(
        "UPDATE calendar_changes SET phase = ?2, last_key = ?3, looked_at = looked_at + ?4, "
        "starts_moved = starts_moved + ?5, people_told = people_told + ?6, done_at = ?7 "
        "WHERE id = ?1",
        row.id, row.phase, row.last_key, row.looked_at, row.starts_moved, row.people_told,
        row.done_at);
  });
}

void UnitOfWork::stage_calendar_moved(std::int64_t change, std::int64_t instances,
                                      std::int64_t deadlines) {
  work_->stage([&] {
    work_->run(
        "UPDATE calendar_changes SET instances_moved = instances_moved + ?2, "
        "deadlines_moved = deadlines_moved + ?3 WHERE id = ?1",
        change, instances, deadlines);
  });
}

void UnitOfWork::stage_calendar_concern(std::int64_t change, const PersonId& person,
                                        std::int64_t deadlines) {
  work_->stage([&] {
    work_->run(
        "INSERT INTO calendar_change_people (change, person, deadlines) VALUES (?1, ?2, ?3) "
        "ON CONFLICT (change, person) DO UPDATE SET deadlines = deadlines + ?3",
        change, person, deadlines);
  });
}

void UnitOfWork::clear_calendar_concern(std::int64_t change, const PersonId& person) {
  work_->stage([&] {
    work_->run("DELETE FROM calendar_change_people WHERE change = ? AND person = ?", change,
               person);
  });
}

void UnitOfWork::clear_calendar(std::string_view id) {
  work_->stage([&] { work_->run("DELETE FROM calendars WHERE id = ?", id); });
}

Result<std::optional<CalendarChangeRow>> Reads::find_calendar_change(std::int64_t id) {
  return guarded([&]() -> std::optional<CalendarChangeRow> {
    Statement row = connection_->prepare(std::string{"SELECT "} + columns +
                                         " FROM calendar_changes WHERE id = ?");
    row.bind_all(id);
    if (!row.step()) return std::nullopt;
    return read_change(row);
  });
}

Result<std::optional<CalendarChangeRow>> Reads::next_calendar_change() {
  return guarded([&]() -> std::optional<CalendarChangeRow> {
    Statement row =
        connection_->prepare(std::string{"SELECT "} + columns +
                             " FROM calendar_changes WHERE phase <> 'done' ORDER BY id LIMIT 1");
    if (!row.step()) return std::nullopt;
    return read_change(row);
  });
}

Result<std::vector<CalendarChangeRow>> Reads::calendar_changes(std::int64_t before, int limit) {
  return guarded([&] {
    Statement row = connection_->prepare(std::string{"SELECT "} + columns +
                                         " FROM calendar_changes WHERE id < ?1 ORDER BY id DESC "
                                         "LIMIT ?2");
    row.bind_all(before, limit);
    std::vector<CalendarChangeRow> out;
    while (row.step()) out.push_back(read_change(row));
    return out;
  });
}

Result<std::vector<CalendarConcern>> Reads::calendar_concerns(std::int64_t change, int limit) {
  return guarded([&] {
    Statement row = connection_->prepare(
        "SELECT person, deadlines FROM calendar_change_people WHERE change = ?1 ORDER BY person "
        "LIMIT ?2");
    row.bind_all(change, limit);
    std::vector<CalendarConcern> out;
    while (row.step()) out.push_back({row.id<PersonId>(0), row.integer(1)});
    return out;
  });
}

}  // namespace kyhan
