// What a command changes of its instance: state, journal, tasks, and everything that waits.

#include "workflow/store/names.hpp"
#include "workflow/store/work.hpp"

namespace kyhan {

Result<std::optional<StoredInstance>> UnitOfWork::find_instance(const InstanceId& id) {
  return work_->ask([&]() -> std::optional<StoredInstance> {
    Statement& row = work_->writer.statement(
        "SELECT s.key, s.seq, s.hash, s.state FROM instances i JOIN states s ON s.key = i.key "
        "WHERE i.id = ?");
    row.bind_all(id);
    std::optional<StoredInstance> found;
    if (row.step()) {
      found.emplace();
      found->head = {row.integer(0), row.integer(1), row.bytes<32>(2)};
      found->state_json = row.text(3);
    }
    row.reset();
    return found;
  });
}

Result<std::optional<InstanceId>> UnitOfWork::find_business_key(std::string_view definition_name,
                                                                std::string_view business_key,
                                                                const std::optional<UnitId>& unit) {
  return work_->ask([&]() -> std::optional<InstanceId> {
    Statement& row = work_->writer.statement(
        unit ? "SELECT id FROM instances WHERE definition = ? AND business_key = ? AND unit = ?"
             : "SELECT id FROM instances WHERE definition = ? AND business_key = ? LIMIT 1");
    if (unit) {
      row.bind_all(definition_name, business_key, *unit);
    } else {
      row.bind_all(definition_name, business_key);
    }
    std::optional<InstanceId> found;
    if (row.step()) found = row.id<InstanceId>(0);
    row.reset();
    return found;
  });
}

void UnitOfWork::stage_instance(InstanceHead& head, const InstanceRow& row) {
  work_->stage([&] {
    if (head.key == 0) {
      const std::optional<std::string_view> business_key =
          row.business_key.empty() ? std::nullopt
                                   : std::optional<std::string_view>{row.business_key};
      work_->run(
          "INSERT INTO instances (id, namespace, definition, version, unit, business_key, "
          "initiator, status, started_at, ended_at, revision, runnable, overdue, outcome, "
          "title_vi, title_en, current, search) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
          row.id, row.definition.namespace_, row.definition.name, row.definition.version, row.unit,
          business_key, row.initiator, to_text(row.status), row.started_at, row.ended_at,
          row.revision, row.runnable, row.overdue, row.outcome, row.title.vi, row.title.en,
          row.current_json, row.search);
      head.key = work_->writer.database->last_row();
      head.hash = chain_start(row.id);
      return;
    }
    work_->run(
        "UPDATE instances SET status = ?2, ended_at = ?3, revision = ?4, runnable = ?5, "
        "overdue = ?6, outcome = ?7, title_vi = ?8, title_en = ?9, current = ?10, search = ?11, "
        "unit = ?12 WHERE key = ?1",
        head.key, to_text(row.status), row.ended_at, row.revision, row.runnable, row.overdue,
        row.outcome, row.title.vi, row.title.en, row.current_json, row.search, row.unit);
  });
}

void UnitOfWork::stage_state(const InstanceHead& head, std::string_view state_json) {
  work_->stage([&] {
    work_->run(
        "INSERT INTO states (key, seq, hash, state) VALUES (?, ?, ?, ?) ON CONFLICT (key) "
        "DO UPDATE SET seq = excluded.seq, hash = excluded.hash, state = excluded.state",
        head.key, head.seq, head.hash, state_json);
  });
}

void UnitOfWork::stage_journal(InstanceHead& head, const JournalEntry& entry) {
  if (entry.seq != head.seq + 1) throw std::logic_error("a journal has no gaps");
  work_->stage([&] {
    const Sha256 hash = work_->writer.hasher.next(head.hash, entry);
    work_->run(
        "INSERT INTO journal (instance, seq, at, type, actor, body, previous, hash) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        head.key, entry.seq, entry.at, entry.type, entry.actor, entry.body_json, head.hash, hash);
    head.seq = entry.seq;
    head.hash = hash;
  });
}

void UnitOfWork::stage_timer(const InstanceHead& head, std::string_view timer, Instant due_at) {
  work_->stage([&] {
    work_->run(
        "INSERT INTO timers (instance, timer, due_at) VALUES (?, ?, ?) "
        "ON CONFLICT (instance, timer) DO UPDATE SET due_at = excluded.due_at",
        head.key, timer, due_at);
  });
}

void UnitOfWork::clear_timer(const InstanceHead& head, std::string_view timer) {
  work_->stage(
      [&] { work_->run("DELETE FROM timers WHERE instance = ? AND timer = ?", head.key, timer); });
}

void UnitOfWork::stage_subscription(const InstanceHead& head, NodeId node,
                                    const std::vector<std::string>& types) {
  clear_subscription(head, node);
  work_->stage([&] {
    for (const std::string& type : types) {
      work_->run("INSERT OR IGNORE INTO subscriptions (instance, node, type) VALUES (?, ?, ?)",
                 head.key, node, type);
    }
  });
}

void UnitOfWork::clear_subscription(const InstanceHead& head, NodeId node) {
  work_->stage([&] {
    work_->run("DELETE FROM subscriptions WHERE instance = ? AND node = ?", head.key, node);
  });
}

void UnitOfWork::stage_call(const InstanceHead& head, NodeId node, std::string_view key,
                            Instant at) {
  work_->stage([&] {
    work_->run("INSERT INTO calls (instance, node, key, since) VALUES (?, ?, ?, ?)", head.key, node,
               key, at);
  });
}

void UnitOfWork::clear_call(const InstanceHead& head, NodeId node) {
  work_->stage(
      [&] { work_->run("DELETE FROM calls WHERE instance = ? AND node = ?", head.key, node); });
}

void UnitOfWork::stage_participant(const InstanceHead& head, const PersonId& person) {
  if (person.empty()) return;
  work_->stage([&] {
    work_->run("INSERT OR IGNORE INTO participants (person, instance) VALUES (?, ?)", person,
               head.key);
  });
}

}  // namespace kyhan
