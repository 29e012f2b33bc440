#include "workflow/engine/absences.hpp"

#include <algorithm>

#include "workflow/core/time_text.hpp"

namespace kyhan {
namespace {

/// Absences that ended longer ago than any zone is wide are history: the directory needs them no
/// more.
constexpr std::chrono::days kept_in_directory{2};

using ByPerson = std::map<PersonId, std::vector<Absence>>;

Date first_kept_day(Instant now) {
  return Date{std::chrono::floor<std::chrono::days>(now) - kept_in_directory};
}

ByPerson by_person(const std::vector<AbsenceRow>& rows) {
  ByPerson found;
  for (const AbsenceRow& row : rows) found[row.person].push_back(row.absence);
  return found;
}

Text days_of(const Absence& absence) {
  const std::string from = to_iso_date(absence.from), to = to_iso_date(absence.to);
  return {"từ " + from + " đến " + to, "from " + from + " to " + to};
}

std::string name_of(const Directory& directory, const PersonId& person) {
  const Person* found = directory.find_person(person);
  return found != nullptr ? found->name : person.text();
}

/// Tells the deputy, whose lists change with it.
void tell_deputy(Batch& batch, const AbsenceRow& row, const Text& body) {
  NotificationRow notification;
  notification.person = row.absence.deputy;
  notification.at = batch.now();
  notification.kind = "absence";
  const std::string name = name_of(*batch.snapshot().directory, row.person);
  notification.title = {"Thay mặt " + name, "On behalf of " + name};
  notification.body = body;
  batch.tell(notification);
}

/// Who is away hears of what others record for them.
void tell_absent(Batch& batch, const AbsenceRow& row, const PersonId& by, const Text& body) {
  if (by == row.person) return;
  NotificationRow notification;
  notification.person = row.person;
  notification.at = batch.now();
  notification.kind = "absence";
  notification.title = {"Lịch vắng mặt của bạn", "Your leave"};
  const std::string deputy = name_of(*batch.snapshot().directory, row.absence.deputy);
  notification.body = {body.vi + " Người thay: " + deputy + ".", body.en + " Deputy: " + deputy + "."};
  batch.tell(notification);
}

Error unknown_absence() {
  return {ErrorCode::not_found,
          "unknown-absence",
          {"Không có lần vắng mặt này.", "There is no such absence."}};
}

/// Runs after the commit: whatever directory is the present one gets the absences of then.
After replacing(EngineLoop& loop, std::vector<AbsenceRow> rows, Callback<AbsenceRow> callback,
                AbsenceRow told) {
  return [&loop, rows = std::move(rows), callback = std::move(callback), told = std::move(told)] {
    loop.replace(loop.snapshot().directory->with_absences(by_person(rows)));
    callback(told);
  };
}

}  // namespace

Job record_absence_job(EngineLoop& loop, AbsenceRequest request, Callback<AbsenceRow> callback) {
  return {[&loop, request = std::move(request), callback](Batch& batch) -> Result<After> {
            const Directory& people = *batch.snapshot().directory;
            Result<std::vector<AbsenceRow>> rows =
                batch.work().absences_from(first_kept_day(batch.now()));
            if (!rows) return rows.error();
            const Date today =
                people.day_for(request.person, *batch.snapshot().calendars, batch.now());
            if (request.absence.to < today) {
              const Text text{"Thời gian vắng mặt đã qua.", "The time of the absence has passed."};
              return Error{ErrorCode::invalid, "absence-past", text, {{"/to", "past", text}}};
            }
            const auto known = people.with_absences(by_person(*rows));
            if (Result<void> may = known->check_absence(request.person, request.absence); !may) {
              return may.error();
            }
            AbsenceRow row;
            row.person = request.person;
            row.absence = request.absence;
            row.absence.id = loop.new_id(batch.now()).text();
            row.planned_to = row.absence.to;
            row.recorded_by = request.by;
            row.recorded_at = batch.now();
            batch.work().stage_absence(row);
            const Text days = days_of(row.absence);
            tell_deputy(batch, row,
                        {"Bạn được giao thay " + days.vi + ".", "You stand in " + days.en + "."});
            tell_absent(batch, row, request.by,
                        {"Lịch vắng mặt đã được ghi " + days.vi + ".",
                         "Your leave was recorded " + days.en + "."});
            rows->push_back(row);
            return replacing(loop, std::move(*rows), callback, std::move(row));
          },
          [callback](const Error& why) { callback(why); }};
}

Job end_absence_job(EngineLoop& loop, std::string id, PersonId by, Callback<AbsenceRow> callback) {
  return {[&loop, id = std::move(id), by = std::move(by), callback](Batch& batch) -> Result<After> {
            Result<std::optional<AbsenceRow>> found = batch.work().find_absence(id);
            if (!found) return found.error();
            if (!*found) return unknown_absence();
            AbsenceRow row = std::move(**found);
            const std::chrono::sys_days today = batch.snapshot().directory->day_for(
                row.person, *batch.snapshot().calendars, batch.now());
            const Date last{std::max<std::chrono::sys_days>(
                today, std::chrono::sys_days{row.absence.from}) - std::chrono::days{1}};
            if (row.absence.to < Date{today} || row.absence.to < row.absence.from) {
              return Error{ErrorCode::conflict,
                           "absence-over",
                           {"Lần vắng mặt này đã kết thúc.", "This absence is over."}};
            }
            row.absence.to = last;
            row.ended_by = by;
            row.ended_at = batch.now();
            batch.work().stage_absence(row);
            tell_deputy(batch, row,
                        {"Việc thay mặt kết thúc: người được thay đã trở lại.",
                         "It ends: the person you stood in for is back."});
            Result<std::vector<AbsenceRow>> rows =
                batch.work().absences_from(first_kept_day(batch.now()));
            if (!rows) return rows.error();
            return replacing(loop, std::move(*rows), callback, std::move(row));
          },
          [callback](const Error& why) { callback(why); }};
}

Result<std::shared_ptr<const Directory>> take_file_absences(Batch& batch, EngineLoop& loop,
                                                            const Directory& file) {
  Result<std::vector<AbsenceRow>> rows =
      batch.work().absences_from(first_kept_day(batch.now()));
  if (!rows) return rows.error();
  std::vector<AbsenceRow> kept;  // What people recorded.
  std::vector<AbsenceRow> from_file;
  for (AbsenceRow& row : *rows) (row.from_file ? from_file : kept).push_back(std::move(row));
  std::vector<AbsenceRow> all = kept;
  std::vector<FieldError> faults;
  for (const auto& [id, person] : file.people()) {
    for (const Absence& absence : person.absences) {
      const auto same = [&, &who = id](const AbsenceRow& row) {
        Absence other = row.absence;
        other.id = absence.id;
        return row.person == who && other == absence;
      };
      if (std::ranges::any_of(kept, same)) continue;  // A file that was exported with it.
      const auto before = std::ranges::find_if(from_file, same);
      if (before != from_file.end()) {
        all.push_back(*before);
        from_file.erase(before);
        continue;
      }
      const auto known = file.with_absences(by_person(all));
      if (Result<void> may = known->check_absence(id, absence); !may) {
        const FieldError fault = may.error().fields.front();
        faults.push_back({"/people/" + id.text() + "/absences", fault.code, fault.message});
        continue;
      }
      AbsenceRow row;
      row.person = id;
      row.absence = absence;
      row.absence.id = loop.new_id(batch.now()).text();
      row.planned_to = absence.to;
      row.from_file = true;
      row.recorded_at = batch.now();
      batch.work().stage_absence(row);
      all.push_back(std::move(row));
    }
  }
  if (!faults.empty()) {
    const Text first = faults.front().message;
    return Error{ErrorCode::invalid,
                 "bad-directory",
                 {"Tệp tổ chức mâu thuẫn với lịch vắng mặt đã ghi: " + first.vi,
                  "The organisation file contradicts recorded absences: " + first.en},
                 std::move(faults)};
  }
  for (const AbsenceRow& row : from_file) batch.work().clear_absence(row.absence.id);
  return file.with_absences(by_person(all));
}

Result<std::shared_ptr<const Directory>> with_stored_absences(UnitOfWork& work,
                                                              const Directory& directory,
                                                              Instant now) {
  Result<std::vector<AbsenceRow>> rows = work.absences_from(first_kept_day(now));
  if (!rows) return rows.error();
  return directory.with_absences(by_person(*rows));
}

}  // namespace kyhan
