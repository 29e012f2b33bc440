// Jobs: many items of one request, and what has become of each.

#include <limits>

#include "workflow/store/paging.hpp"
#include "workflow/store/work.hpp"

namespace kyhan {
namespace {

#define KYHAN_JOB_COLUMNS                                                    \
  "j.key, j.id, j.kind, j.person, j.total, j.created_at, j.finished_at, "    \
  "(SELECT count(*) FROM job_items i WHERE i.job = j.key AND i.state = 0), " \
  "(SELECT count(*) FROM job_items i WHERE i.job = j.key AND i.state = 2)"

JobRow read_job(const Statement& row, int first) {
  JobRow job;
  job.key = row.integer(first);
  job.id = row.text(first + 1);
  job.kind = row.text(first + 2);
  job.person = row.id<PersonId>(first + 3);
  job.total = row.integer(first + 4);
  job.created_at = row.instant(first + 5);
  job.finished_at = row.optional_instant(first + 6);
  job.open = row.integer(first + 7);
  job.refused = row.integer(first + 8);
  return job;
}

}  // namespace

void UnitOfWork::stage_job(JobRow& job, const std::vector<JobItemRow>& items) {
  work_->stage([&] {
    work_->run(
        "INSERT INTO jobs (id, kind, person, total, created_at, finished_at) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        job.id, job.kind, job.person, job.total, job.created_at, job.finished_at);
    job.key = work_->writer.database->last_row();
    for (const JobItemRow& item : items) {
      work_->run(
          "INSERT INTO job_items (job, number, subject, state, command, result, done_at) "
          "VALUES (?, ?, ?, ?, ?, ?, ?)",
          job.key, item.number, item.subject, static_cast<int>(item.state), item.command_json,
          item.result_json, item.done_at);
    }
  });
}

Result<bool> UnitOfWork::job_item_open(std::int64_t job, std::int64_t number) {
  return work_->ask([&] {
    Statement& row = work_->writer.statement(
        "SELECT 1 FROM job_items WHERE job = ? AND number = ? AND state = 0");
    row.bind_all(job, number);
    const bool open = row.step();
    row.reset();
    return open;
  });
}

void UnitOfWork::stage_job_item(std::int64_t job, std::int64_t number, JobItemState state,
                                std::string_view result_json, Instant at) {
  work_->stage([&] {
    // The command is no longer needed, and may hold what somebody wrote.
    work_->run(
        "UPDATE job_items SET state = ?3, result = ?4, done_at = ?5, command = '' "
        "WHERE job = ?1 AND number = ?2",
        job, number, static_cast<int>(state), result_json, at);
  });
}

Result<std::optional<JobRow>> UnitOfWork::finish_job(std::int64_t job, Instant at) {
  return work_->ask([&]() -> std::optional<JobRow> {
    Statement& left =
        work_->writer.statement("SELECT 1 FROM job_items WHERE job = ? AND state = 0 LIMIT 1");
    left.bind_all(job);
    const bool open = left.step();
    left.reset();
    if (open) return std::nullopt;
    work_->run("UPDATE jobs SET finished_at = ?2 WHERE key = ?1", job, at);
    Statement& row =
        work_->writer.statement("SELECT " KYHAN_JOB_COLUMNS " FROM jobs j WHERE j.key = ?");
    row.bind_all(job);
    std::optional<JobRow> found;
    if (row.step()) found = read_job(row, 0);
    row.reset();
    return found;
  });
}

void UnitOfWork::clear_jobs_before(Instant before) {
  work_->stage([&] {
    work_->run("DELETE FROM job_items WHERE job IN (SELECT key FROM jobs WHERE finished_at < ?)",
               before);
    work_->run("DELETE FROM jobs WHERE finished_at < ?", before);
  });
}

Result<std::vector<OpenJobItem>> Reads::open_job_items(int limit) {
  return guarded([&] {
    Statement row = connection_->prepare(
        "SELECT i.job, i.number, j.person, i.command FROM job_items i INDEXED BY job_items_open "
        "CROSS JOIN jobs j ON j.key = i.job WHERE i.state = 0 ORDER BY i.job, i.number LIMIT ?");
    row.bind_all(limit);
    std::vector<OpenJobItem> out;
    while (row.step()) {
      out.push_back({row.integer(0), row.integer(1), row.id<PersonId>(2), row.text(3)});
    }
    return out;
  });
}

Result<std::optional<JobRow>> Reads::find_job(std::string_view id) {
  return guarded([&]() -> std::optional<JobRow> {
    Statement row = connection_->prepare("SELECT " KYHAN_JOB_COLUMNS " FROM jobs j WHERE j.id = ?");
    row.bind_all(id);
    if (!row.step()) return std::nullopt;
    return read_job(row, 0);
  });
}

Result<Page<JobRow>> Reads::jobs(const PersonId& person, bool everybody, const PageRequest& page) {
  const Result<std::optional<Position>> after = from_cursor(page.after);
  if (!after) return after.error();
  return guarded([&] {
    const std::int64_t before = *after ? (**after).first : std::numeric_limits<std::int64_t>::max();
    std::vector<Statement> query;
    query.push_back(connection_->prepare("SELECT j.key, 0, " KYHAN_JOB_COLUMNS
                                         " FROM jobs j WHERE " +
                                         std::string{everybody ? "?1 = ?1" : "j.person = ?1"} +
                                         " AND j.key < ?2 ORDER BY j.key DESC"));
    query.back().bind_all(person, before);
    return merge_page<JobRow>(std::move(query), Order::descending, limit_of(page),
                              [](const Statement& row) { return read_job(row, 2); });
  });
}

Result<Page<JobItemRow>> Reads::job_items(std::int64_t job, std::optional<JobItemState> state,
                                          const PageRequest& page) {
  const Result<std::optional<Position>> after = from_cursor(page.after);
  if (!after) return after.error();
  return guarded([&] {
    const std::int64_t from = *after ? (**after).first : -1;
    const int wanted = state ? static_cast<int>(*state) : -1;
    std::vector<Statement> query;
    query.push_back(connection_->prepare(
        "SELECT number, 0, subject, state, result, done_at FROM job_items "
        "WHERE job = ?1 AND number > ?2 AND (?3 < 0 OR state = ?3) ORDER BY number"));
    query.back().bind_all(job, from, wanted);
    return merge_page<JobItemRow>(std::move(query), Order::ascending, limit_of(page),
                                  [](const Statement& row) {
                                    JobItemRow item;
                                    item.number = row.integer(0);
                                    item.subject = row.text(2);
                                    item.state = static_cast<JobItemState>(row.integer(3));
                                    item.result_json = row.text(4);
                                    item.done_at = row.optional_instant(5);
                                    return item;
                                  });
  });
}

}  // namespace kyhan
