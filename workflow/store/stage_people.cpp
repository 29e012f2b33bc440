// What people's work needs besides the tasks: turns, how much somebody has to do, messages held
// back while an answer can be recalled, the journal of an instance to recall from.

#include "workflow/store/work.hpp"

namespace kyhan {

void UnitOfWork::stage_turn(std::string_view circle, const PersonId& person) {
  work_->stage([&] {
    work_->run("INSERT OR REPLACE INTO turns (circle, person) VALUES (?, ?)", circle, person);
  });
}

Result<PersonId> UnitOfWork::last_turn(std::string_view circle) {
  return work_->ask([&] {
    Statement& row = work_->writer.statement("SELECT person FROM turns WHERE circle = ?");
    row.bind_all(circle);
    const PersonId person = row.step() ? row.id<PersonId>(0) : PersonId{};
    row.reset();
    return person;
  });
}

Result<std::int64_t> UnitOfWork::count_held_by(const PersonId& person) {
  return work_->ask([&] {
    Statement& row = work_->writer.statement(
        "SELECT count(*) FROM tasks WHERE open = 1 AND holder = ? AND holder <> ''");
    row.bind_all(person);
    row.step();
    const std::int64_t count = row.integer(0);
    row.reset();
    return count;
  });
}

void UnitOfWork::stage_held(const InstanceHead& head, const OutboxRow& row, Instant release_at) {
  work_->stage([&] {
    work_->run(
        "INSERT INTO held_messages (instance, revision, id, routing_key, body, created_at, "
        "release_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        head.key, head.seq, row.id, row.routing_key, row.body_json, row.created_at, release_at);
  });
}

Result<std::optional<Instant>> UnitOfWork::held_until(const InstanceHead& head) {
  return work_->ask([&] {
    Statement& row =
        work_->writer.statement("SELECT max(release_at) FROM held_messages WHERE instance = ?");
    row.bind_all(head.key);
    std::optional<Instant> until;
    if (row.step()) until = row.optional_instant(0);
    row.reset();
    return until;
  });
}

Result<std::int64_t> UnitOfWork::release_held(Instant now) {
  return work_->ask([&] {
    work_->run(
        "INSERT INTO outbox (id, routing_key, body, created_at) SELECT id, routing_key, body, "
        "created_at FROM held_messages WHERE release_at <= ? ORDER BY seq",
        now);
    const std::int64_t released = work_->writer.database->changes();
    work_->run("DELETE FROM held_messages WHERE release_at <= ?", now);
    return released;
  });
}

Result<bool> UnitOfWork::holds(const InstanceHead& head, std::int64_t after_revision,
                               std::int64_t up_to_revision) {
  return work_->ask([&] {
    Statement& row = work_->writer.statement(
        "SELECT 1 FROM held_messages WHERE instance = ? AND revision > ? AND revision <= ?");
    row.bind_all(head.key, after_revision, up_to_revision);
    const bool any = row.step();
    row.reset();
    return any;
  });
}

void UnitOfWork::clear_held(const InstanceHead& head, std::int64_t after_revision,
                            std::int64_t up_to_revision) {
  work_->stage([&] {
    work_->run("DELETE FROM held_messages WHERE instance = ? AND revision > ? AND revision <= ?",
               head.key, after_revision, up_to_revision);
  });
}

Result<std::int64_t> UnitOfWork::ended_revision(const TaskId& task) {
  return work_->ask([&] {
    Statement& row = work_->writer.statement("SELECT ended_revision FROM tasks WHERE id = ?");
    row.bind_all(task);
    const std::int64_t revision = row.step() ? row.integer(0) : 0;
    row.reset();
    return revision;
  });
}

void UnitOfWork::stage_heard(const TaskId& task) {
  work_->stage([&] {
    work_->run("UPDATE tasks SET ended_revision = -abs(ended_revision) WHERE id = ?", task);
  });
}

Result<std::vector<std::string>> UnitOfWork::journal_of(const InstanceHead& head) {
  return work_->ask([&] {
    Statement& row = work_->writer.statement(
        "SELECT body FROM journal WHERE instance = ? ORDER BY seq");
    row.bind_all(head.key);
    std::vector<std::string> bodies;
    while (row.step()) bodies.push_back(row.text(0));
    row.reset();
    return bodies;
  });
}

}  // namespace kyhan
