// Drafts of answers, and the files they name.

#include "workflow/store/lists.hpp"
#include "workflow/store/reads.hpp"
#include "workflow/store/row_readers.hpp"
#include "workflow/store/work.hpp"

namespace kyhan {
namespace {

#define KYHAN_DRAFT_COLUMNS \
  "person, task, instance, step, form, attachments, body, revision, saved_at"

DraftRow read_draft(const Statement& row) {
  DraftRow draft;
  draft.person = row.id<PersonId>(0);
  draft.task = row.id<TaskId>(1);
  draft.instance = row.id<InstanceId>(2);
  draft.step_pointer = row.text(3);
  draft.form = row.text(4);
  draft.attachments = split_list<std::string>(row.view(5));
  draft.body_json = row.text(6);
  draft.revision = row.integer(7);
  draft.saved_at = row.instant(8);
  return draft;
}

}  // namespace

void UnitOfWork::stage_draft(const DraftRow& row) {
  work_->stage([&] {
    work_->run("INSERT OR REPLACE INTO drafts (" KYHAN_DRAFT_COLUMNS
               ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
               row.person, row.task, row.instance, row.step_pointer, row.form,
               join_list(row.attachments), row.body_json, row.revision, row.saved_at);
  });
}

Result<std::int64_t> UnitOfWork::draft_revision(const PersonId& person, const TaskId& task) {
  return work_->ask([&]() -> std::int64_t {
    Statement& row =
        work_->writer.statement("SELECT revision FROM drafts WHERE person = ? AND task = ?");
    row.bind_all(person, task);
    const std::int64_t revision = row.step() ? row.integer(0) : 0;
    row.reset();
    return revision;
  });
}

void UnitOfWork::clear_draft(const PersonId& person, const TaskId& task) {
  work_->stage(
      [&] { work_->run("DELETE FROM drafts WHERE person = ? AND task = ?", person, task); });
}

void UnitOfWork::clear_drafts_answered(const PersonId& person, const TaskId& task,
                                       const InstanceId& instance, std::string_view step) {
  work_->stage([&] {
    work_->run("DELETE FROM drafts WHERE task = ?", task);
    work_->run("DELETE FROM drafts WHERE instance = ? AND step = ? AND person = ?", instance, step,
               person);
  });
}

void UnitOfWork::clear_drafts_before(Instant before) {
  work_->stage([&] { work_->run("DELETE FROM drafts WHERE saved_at < ?", before); });
}

Result<std::optional<DraftRow>> Reads::find_draft(const PersonId& person, const TaskId& task) {
  return guarded([&]() -> std::optional<DraftRow> {
    Statement row = connection_->prepare("SELECT " KYHAN_DRAFT_COLUMNS
                                         " FROM drafts WHERE person = ?1 AND task = ?2");
    row.bind_all(person, task);
    if (!row.step()) return std::nullopt;
    return read_draft(row);
  });
}

Result<std::optional<DraftRow>> Reads::find_draft_of_step(const PersonId& person,
                                                          const InstanceId& instance,
                                                          std::string_view step) {
  return guarded([&]() -> std::optional<DraftRow> {
    Statement row =
        connection_->prepare("SELECT " KYHAN_DRAFT_COLUMNS
                             " FROM drafts WHERE instance = ?1 AND step = ?2 AND person = ?3 "
                             "ORDER BY saved_at DESC, task DESC LIMIT 1");
    row.bind_all(instance, step, person);
    if (!row.step()) return std::nullopt;
    return read_draft(row);
  });
}

Result<std::int64_t> Reads::count_drafts(const PersonId& person) {
  return guarded([&] {
    Statement row = connection_->prepare("SELECT count(*) FROM drafts WHERE person = ?1");
    row.bind_all(person);
    row.step();
    return row.integer(0);
  });
}

}  // namespace kyhan
