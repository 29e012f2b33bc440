#include "workflow/engine/calendar_change.hpp"

#include <algorithm>

#include "workflow/engine/batch.hpp"

namespace kyhan {
namespace {

std::string text_member(const Json& json, const char* name) {
  const bool there = json.is_object() && json.contains(name) && json[name].is_string();
  return there ? json[name].get<std::string>() : std::string{};
}

Error unknown_calendar(const std::string& id) {
  return Error{
      ErrorCode::not_found,
      "unknown-calendar",
      {"Không có lịch “" + id + "” do đơn vị nhập vào.", "No calendar “" + id + "” was imported."}};
}

Error in_use(const UnitId& unit) {
  return Error{ErrorCode::conflict,
               "calendar-in-use",
               {"Đơn vị “" + unit.text() + "” đang dùng lịch này; hãy đổi lịch của đơn vị trước.",
                "The unit “" + unit.text() + "” works by this calendar; give it another first."}};
}

/// Faults of make_calendars, told of the document that was given: those of other calendars, which
/// the change would break, stand at its root.
Error told_of(const Error& error, const CalendarDocuments& documents, const std::string& changed,
              std::size_t layer_given) {
  std::vector<std::string> ids;
  for (const auto& [id, document] : documents) ids.push_back(id);
  Error told = error;
  for (FieldError& field : told.fields) {
    const std::size_t end = field.pointer.find('/', 1);
    const std::size_t index = std::stoul(field.pointer.substr(1, end - 1));
    std::string rest = end == std::string::npos ? "" : field.pointer.substr(end);
    const std::string layer = "/layers/" + std::to_string(layer_given);
    if (ids.at(index) != changed) {
      field.pointer.clear();
      field.message = {"Lịch “" + ids.at(index) + "” dựa vào lịch này: " + field.message.vi,
                       "The calendar “" + ids.at(index) + "” builds on it: " + field.message.en};
    } else if (layer_given > 0 && rest.starts_with(layer)) {
      field.pointer = rest.substr(layer.size());
    } else {
      field.pointer = std::move(rest);
    }
  }
  if (!told.fields.empty()) {
    const Text first = told.fields.front().message;
    const std::string count = std::to_string(told.fields.size());
    told.detail = {
        "Lịch có " + count + " chỗ sai, lịch đang dùng được giữ nguyên; chỗ đầu tiên: " + first.vi,
        "The calendar has " + count +
            " faults, the one in use stays as it is; the first: " + first.en};
  }
  return told;
}

}  // namespace

CalendarChange import_of(Json file, PersonId by, std::string reason) {
  CalendarChange change;
  change.calendar = text_member(file, "id");
  change.how = extends_itself(file) ? CalendarChange::How::extend : CalendarChange::How::replace;
  change.document = std::move(file);
  change.by = std::move(by);
  change.reason = std::move(reason);
  return change;
}

Result<ChangedCalendars> changed_calendars(CalendarDocuments documents,
                                           const CalendarChange& change) {
  ChangedCalendars changed;
  const auto there = documents.find(change.calendar);
  if (there != documents.end()) changed.before = there->second;
  std::size_t layer_given = 0;
  if (change.document.is_null()) {
    if (there == documents.end()) return unknown_calendar(change.calendar);
    documents.erase(there);
  } else {
    changed.after = change.document;
    if (change.how == CalendarChange::How::extend && !changed.before.is_null()) {
      std::vector<Json> layers = layers_of(changed.before);
      // The same layer twice on end is the same step asked for twice.
      if (layers.back() == change.document) {
        changed.after = changed.before;
      } else {
        layer_given = layers.size();
        changed.after = with_layer(changed.before, change.document);
      }
    }
    documents[change.calendar] = changed.after;
  }
  std::vector<Json> list;
  for (const auto& [id, document] : documents) list.push_back(document);
  Result<std::shared_ptr<const Calendars>> calendars = make_calendars(list);
  if (!calendars) return told_of(calendars.error(), documents, change.calendar, layer_given);
  changed.documents = std::move(documents);
  changed.calendars = std::move(*calendars);
  return changed;
}

Result<MadeChange> make_calendar_change(Batch& batch, CalendarDocuments documents,
                                        const CalendarChange& change) {
  Result<ChangedCalendars> changed = changed_calendars(std::move(documents), change);
  if (!changed) return changed.error();
  MadeChange made{std::nullopt, std::move(*changed)};
  if (made.now.before == made.now.after) return made;
  if (made.now.after.is_null() && change.calendar != made.now.calendars->built_in().id()) {
    for (const auto& [id, unit] : batch.snapshot().directory->units()) {
      if (unit.calendar == change.calendar) return in_use(id);
    }
  }
  const auto text = [](const Json& document) {
    return document.is_null() ? std::string{} : document.dump();
  };
  CalendarChangeRow row;
  row.calendar = change.calendar;
  row.made_at = batch.now();
  row.made_by = change.by;
  row.reason = change.reason;
  row.document_before = text(made.now.before);
  row.document_after = text(made.now.after);
  row.undoes = change.undoes;
  const Result<Reads::Sizes> sizes = batch.reads().sizes();
  if (!sizes) return sizes.error();
  row.open_instances = sizes->instances_open;
  if (made.now.after.is_null()) {
    batch.work().clear_calendar(change.calendar);
  } else {
    batch.work().stage_calendar(change.calendar, row.document_after);
  }
  const Result<std::int64_t> id = batch.work().stage_calendar_change(row);
  if (!id) return id.error();
  made.id = *id;
  return made;
}

Result<CalendarChange> undo_of(Batch& batch, const CalendarDocuments& documents,
                               std::int64_t change, PersonId by, std::string reason) {
  const Result<std::optional<CalendarChangeRow>> row = batch.reads().find_calendar_change(change);
  if (!row) return row.error();
  const std::string number = std::to_string(change);
  if (!*row) {
    return Error{ErrorCode::not_found,
                 "unknown-change",
                 {"Không có lần thay đổi lịch số " + number + ".",
                  "There is no change " + number + " of a calendar."}};
  }
  if ((*row)->undone_by) {
    return Error{ErrorCode::conflict,
                 "change-undone",
                 {"Lần thay đổi số " + number + " đã được hoàn tác.",
                  "Change " + number + " has been undone already."}};
  }
  const auto there = documents.find((*row)->calendar);
  const Json now = there == documents.end() ? Json() : there->second;
  const Json then = (*row)->document_after.empty() ? Json() : Json::parse((*row)->document_after);
  if (now != then) {
    return Error{ErrorCode::conflict,
                 "calendar-changed-since",
                 {"Lịch “" + (*row)->calendar + "” đã thay đổi sau lần số " + number +
                      "; hoàn tác các lần sau trước.",
                  "The calendar “" + (*row)->calendar + "” was changed after change " + number +
                      "; undo the later ones first."}};
  }
  CalendarChange undo;
  undo.calendar = (*row)->calendar;
  if (!(*row)->document_before.empty()) undo.document = Json::parse((*row)->document_before);
  undo.by = std::move(by);
  undo.reason = std::move(reason);
  undo.undoes = change;
  return undo;
}

}  // namespace kyhan
