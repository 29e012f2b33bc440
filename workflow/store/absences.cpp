// Leave and substitution: written by the engine, read back for the directory and for lists.

#include "workflow/core/json.hpp"
#include "workflow/core/time_text.hpp"
#include "workflow/store/lists.hpp"
#include "workflow/store/reads.hpp"
#include "workflow/store/row_readers.hpp"
#include "workflow/store/work.hpp"

namespace kyhan {
namespace {

std::optional<AbsenceRow> find_row(Statement& row, std::string_view id) {
  row.bind_all(id);
  std::optional<AbsenceRow> found;
  if (row.step()) found = read_absence(row);
  row.reset();
  return found;
}

constexpr const char* by_id = "SELECT " KYHAN_ABSENCE_COLUMNS " FROM absences WHERE id = ?";

}  // namespace

void UnitOfWork::stage_absence(const AbsenceRow& row) {
  work_->stage([&] {
    const Absence& absence = row.absence;
    work_->run("INSERT OR REPLACE INTO absences (" KYHAN_ABSENCE_COLUMNS
               ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
               absence.id, row.person, to_iso_date(absence.from), to_iso_date(absence.to),
               to_iso_date(row.planned_to), absence.deputy,
               absence.scope.everything() ? std::string{} : to_json(absence.scope).dump(),
               row.from_file ? "file" : "person", row.recorded_by, row.recorded_at, row.ended_by,
               row.ended_at);
  });
}

void UnitOfWork::clear_absence(std::string_view id) {
  work_->stage([&] { work_->run("DELETE FROM absences WHERE id = ?", id); });
}

Result<std::vector<AbsenceRow>> UnitOfWork::absences_from(Date day) {
  return work_->ask([&] {
    Statement& row = work_->writer.statement(
        "SELECT " KYHAN_ABSENCE_COLUMNS
        " FROM absences WHERE to_day >= ? AND to_day >= from_day ORDER BY person, from_day, id");
    const std::string first = to_iso_date(day);
    row.bind_all(first);
    std::vector<AbsenceRow> found;
    while (row.step()) found.push_back(read_absence(row));
    row.reset();
    return found;
  });
}

Result<std::optional<AbsenceRow>> UnitOfWork::find_absence(std::string_view id) {
  return work_->ask([&] { return find_row(work_->writer.statement(by_id), id); });
}

Result<std::optional<AbsenceRow>> Reads::find_absence(std::string_view id) {
  return guarded([&] {
    Statement row = connection_->prepare(by_id);
    return find_row(row, id);
  });
}

Result<std::optional<Instant>> Reads::next_held() {
  return guarded([&] {
    Statement row = connection_->prepare("SELECT min(release_at) FROM held_messages");
    row.step();
    return row.optional_instant(0);
  });
}

Result<std::vector<AbsenceRow>> Reads::absences(const AbsenceQuery& query) {
  return guarded([&] {
    Json people = Json::array();
    for (const PersonId& person : query.people) people.push_back(person.text());
    Statement row = connection_->prepare(
        std::string{"SELECT " KYHAN_ABSENCE_COLUMNS
                    " FROM absences WHERE to_day >= ?1 AND from_day <= ?2 AND to_day >= from_day"} +
        (query.everything ? " AND ?3 = ?3"
                          : " AND (person IN (SELECT value FROM json_each(?3)) "
                            "OR deputy IN (SELECT value FROM json_each(?3)))") +
        " ORDER BY from_day, person, id LIMIT ?4");
    const std::string from = to_iso_date(query.from), to = to_iso_date(query.to);
    const std::string list = people.dump();
    row.bind_all(from, to, list, absences_shown_max);
    std::vector<AbsenceRow> found;
    while (row.step()) found.push_back(read_absence(row));
    return found;
  });
}

}  // namespace kyhan
