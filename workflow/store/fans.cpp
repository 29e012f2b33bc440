// The children of each fanOut: which are open, how the others have ended, what is still to be
// started.

#include "workflow/store/reads.hpp"
#include "workflow/store/work.hpp"

namespace kyhan {
namespace {

#define KYHAN_FAN_COLUMNS                                                                       \
  "f.parent, f.node, f.plan, f.total, f.next, f.completed, f.faulted, f.cancelled, f.counted, " \
  "f.closing"

FanRow read_fan(const Statement& row) {
  FanRow fan;
  fan.parent = row.integer(0);
  fan.node = row.integer(1);
  fan.plan_json = row.text(2);
  fan.total = row.integer(3);
  fan.next = row.integer(4);
  fan.completed = row.integer(5);
  fan.faulted = row.integer(6);
  fan.cancelled = row.integer(7);
  fan.counted = row.integer(8);
  fan.closing = row.flag(9);
  return fan;
}

FanChildRow read_child(const Statement& row) {
  return {row.integer(0), row.text(1), row.text(2)};
}

}  // namespace

void UnitOfWork::stage_fan(const FanRow& row, const std::vector<std::string>& items, Instant at) {
  work_->stage([&] {
    work_->run("INSERT INTO fans (parent, node, plan, total, turn_at) VALUES (?, ?, ?, ?, ?)",
               row.parent, row.node, row.plan_json, row.total, at);
    std::int64_t first = 0;
    for (const std::string& some : items) {
      work_->run("INSERT INTO fan_items (parent, node, first, items) VALUES (?, ?, ?, ?)",
                 row.parent, row.node, first, some);
      first += fan_items_per_row;
    }
  });
}

Result<std::optional<FanRow>> UnitOfWork::find_fan(std::int64_t parent, NodeId node) {
  return work_->ask([&]() -> std::optional<FanRow> {
    Statement& row = work_->writer.statement("SELECT " KYHAN_FAN_COLUMNS
                                             " FROM fans f WHERE f.parent = ? AND f.node = ?");
    row.bind_all(parent, node);
    std::optional<FanRow> found;
    if (row.step()) found = read_fan(row);
    row.reset();
    return found;
  });
}

Result<std::string> UnitOfWork::find_fan_items(std::int64_t parent, NodeId node,
                                               std::int64_t number) {
  return work_->ask([&] {
    Statement& row = work_->writer.statement(
        "SELECT items FROM fan_items WHERE parent = ? AND node = ? AND first = ?");
    row.bind_all(parent, node, number - number % fan_items_per_row);
    std::string items = row.step() ? row.text(0) : "[]";
    row.reset();
    return items;
  });
}

void UnitOfWork::stage_fan_child(std::int64_t parent, NodeId node, std::int64_t number) {
  work_->stage([&] {
    work_->run(
        "INSERT OR IGNORE INTO fan_children (parent, node, number, status) "
        "VALUES (?, ?, ?, 'running')",
        parent, node, number);
    work_->run("UPDATE fans SET next = max(next, ?3 + 1) WHERE parent = ?1 AND node = ?2", parent,
               node, number);
  });
}

void UnitOfWork::stage_fan_child_end(std::int64_t parent, NodeId node, const FanChildRow& end,
                                     Instant at) {
  work_->stage([&] {
    work_->run(
        "UPDATE fan_children SET status = ?4, result = ?5 "
        "WHERE parent = ?1 AND node = ?2 AND number = ?3 AND status = 'running'",
        parent, node, end.number, end.status, end.result_json);
    if (work_->writer.database->changes() == 0) return;
    work_->run(
        "UPDATE fans SET completed = completed + (?3 = 'completed'), "
        "faulted = faulted + (?3 = 'faulted'), cancelled = cancelled + (?3 = 'cancelled'), "
        "turn_at = coalesce(turn_at, ?4) WHERE parent = ?1 AND node = ?2",
        parent, node, end.status, at);
  });
}

void UnitOfWork::stage_fan_turn(const FanRow& row, const std::optional<Instant>& turn_at) {
  work_->stage([&] {
    work_->run("UPDATE fans SET counted = ?3, turn_at = ?4 WHERE parent = ?1 AND node = ?2",
               row.parent, row.node, row.counted, turn_at);
  });
}

void UnitOfWork::wake_fans(const InstanceHead& head, Instant at) {
  work_->stage([&] { work_->run("UPDATE fans SET turn_at = ?2 WHERE parent = ?1", head.key, at); });
}

void UnitOfWork::stage_fan_closing(const InstanceHead& head, NodeId node, Instant at) {
  work_->stage([&] {
    work_->run("UPDATE fans SET closing = 1, turn_at = ?3 WHERE parent = ?1 AND node = ?2",
               head.key, node, at);
  });
}

Result<std::vector<FanChildRow>> UnitOfWork::find_fan_ends(std::int64_t parent, NodeId node) {
  return work_->ask([&] {
    Statement& row = work_->writer.statement(
        "SELECT number, status, result FROM fan_children "
        "WHERE parent = ? AND node = ? AND status <> 'running' ORDER BY number");
    row.bind_all(parent, node);
    std::vector<FanChildRow> ends;
    while (row.step()) ends.push_back(read_child(row));
    row.reset();
    return ends;
  });
}

Result<std::optional<FanChildRow>> UnitOfWork::find_failed_fan_child(std::int64_t parent,
                                                                     NodeId node) {
  return work_->ask([&]() -> std::optional<FanChildRow> {
    Statement& row = work_->writer.statement(
        "SELECT number, status, result FROM fan_children "
        "WHERE parent = ? AND node = ? AND status IN ('faulted', 'cancelled') "
        "ORDER BY number LIMIT 1");
    row.bind_all(parent, node);
    std::optional<FanChildRow> found;
    if (row.step()) found = read_child(row);
    row.reset();
    return found;
  });
}

Result<std::vector<std::int64_t>> UnitOfWork::find_open_fan_children(std::int64_t parent,
                                                                     NodeId node, int limit) {
  return work_->ask([&] {
    Statement& row = work_->writer.statement(
        "SELECT number FROM fan_children WHERE parent = ? AND node = ? AND status = 'running' "
        "ORDER BY number LIMIT ?");
    row.bind_all(parent, node, limit);
    std::vector<std::int64_t> numbers;
    while (row.step()) numbers.push_back(row.integer(0));
    row.reset();
    return numbers;
  });
}

void UnitOfWork::clear_fan_child(std::int64_t parent, NodeId node, std::int64_t number) {
  work_->stage([&] {
    work_->run("DELETE FROM fan_children WHERE parent = ? AND node = ? AND number = ?", parent,
               node, number);
  });
}

Result<bool> UnitOfWork::clear_fan(std::int64_t parent, NodeId node, int limit) {
  return work_->ask([&] {
    std::int64_t removed = 0;
    work_->run(
        "DELETE FROM fan_children WHERE parent = ?1 AND node = ?2 AND number IN (SELECT number "
        "FROM fan_children WHERE parent = ?1 AND node = ?2 AND status <> 'running' LIMIT ?3)",
        parent, node, limit);
    removed += work_->writer.database->changes();
    work_->run(
        "DELETE FROM fan_items WHERE parent = ?1 AND node = ?2 AND first IN (SELECT first "
        "FROM fan_items WHERE parent = ?1 AND node = ?2 LIMIT ?3)",
        parent, node, limit);
    removed += work_->writer.database->changes();
    if (removed > 0) return false;
    work_->run("DELETE FROM fans WHERE parent = ? AND node = ?", parent, node);
    return true;
  });
}

Result<std::vector<DueFan>> Reads::due_fans(int limit) {
  return guarded([&] {
    Statement row = connection_->prepare(
        "SELECT f.parent, n.id, f.node FROM fans f CROSS JOIN instances n ON n.key = f.parent "
        "WHERE f.turn_at IS NOT NULL ORDER BY f.turn_at, f.parent, f.node LIMIT ?");
    row.bind_all(limit);
    std::vector<DueFan> due;
    while (row.step()) due.push_back({row.integer(0), row.id<InstanceId>(1), row.integer(2)});
    return due;
  });
}

Result<std::vector<FanRow>> Reads::fans_of(std::int64_t instance_key) {
  return guarded([&] {
    Statement row = connection_->prepare("SELECT " KYHAN_FAN_COLUMNS
                                         " FROM fans f WHERE f.parent = ? AND f.closing = 0 "
                                         "ORDER BY f.node");
    row.bind_all(instance_key);
    std::vector<FanRow> fans;
    while (row.step()) fans.push_back(read_fan(row));
    return fans;
  });
}

Result<std::vector<FanRow>> Reads::fans_of(const InstanceId& id) {
  return guarded([&]() -> Result<std::vector<FanRow>> {
    Statement row = connection_->prepare("SELECT key FROM instances WHERE id = ?");
    row.bind_all(id);
    if (!row.step()) return std::vector<FanRow>{};
    return fans_of(row.integer(0));
  });
}

Result<std::vector<FanChildRow>> Reads::fan_children(std::int64_t instance_key, NodeId node,
                                                     int limit) {
  return guarded([&] {
    Statement row = connection_->prepare(
        "SELECT number, status, result FROM fan_children "
        "WHERE parent = ? AND node = ? AND status <> 'completed' ORDER BY number LIMIT ?");
    row.bind_all(instance_key, node, limit);
    std::vector<FanChildRow> children;
    while (row.step()) children.push_back(read_child(row));
    return children;
  });
}

Result<std::vector<std::int64_t>> Reads::open_fan_children(std::int64_t instance_key, NodeId node) {
  return guarded([&] {
    Statement row = connection_->prepare(
        "SELECT number FROM fan_children WHERE parent = ? AND node = ? AND status = 'running' "
        "ORDER BY number");
    row.bind_all(instance_key, node);
    std::vector<std::int64_t> numbers;
    while (row.step()) numbers.push_back(row.integer(0));
    return numbers;
  });
}

}  // namespace kyhan
