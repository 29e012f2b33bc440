#include <limits>

#include "workflow/store/lists.hpp"
#include "workflow/store/names.hpp"
#include "workflow/store/paging.hpp"
#include "workflow/store/row_readers.hpp"

namespace kyhan {
namespace {

HistoryRow read_journal(const Statement& row) {
  HistoryRow out;
  out.entry.seq = row.integer(0);
  out.position = row.integer(2);
  out.entry.at = row.instant(3);
  out.entry.type = row.text(4);
  out.entry.actor = row.text(5);
  out.entry.body_json = row.text(6);
  out.previous = row.bytes<32>(7);
  out.hash = row.bytes<32>(8);
  return out;
}

}  // namespace

Reads::Reads(std::unique_ptr<Database> connection) : connection_(std::move(connection)) {}
Reads::~Reads() = default;

Result<std::optional<InstanceRow>> Reads::find_instance(const InstanceId& id) {
  return guarded([&]() -> std::optional<InstanceRow> {
    Statement row =
        connection_->prepare("SELECT " KYHAN_INSTANCE_COLUMNS " FROM instances n WHERE n.id = ?");
    row.bind_all(id);
    if (!row.step()) return std::nullopt;
    return read_instance(row, 0);
  });
}

Result<bool> Reads::instance_visible(const InstanceId& id, const Visibility& to) {
  return guarded([&] {
    Statement row = connection_->prepare(
        "SELECT n.unit, EXISTS (SELECT 1 FROM participants p WHERE p.person = ?2 "
        "AND p.instance = n.key) FROM instances n WHERE n.id = ?1");
    row.bind_all(id, to.person);
    if (!row.step()) return false;
    const UnitId unit = row.id<UnitId>(0);
    return to.everything || (!to.person.empty() && row.flag(1)) ||
           std::find(to.units.begin(), to.units.end(), unit) != to.units.end();
  });
}

Result<std::optional<std::string>> Reads::find_state(const InstanceId& id) {
  return guarded([&]() -> std::optional<std::string> {
    Statement row = connection_->prepare(
        "SELECT s.state FROM instances n JOIN states s ON s.key = n.key WHERE n.id = ?");
    row.bind_all(id);
    if (!row.step()) return std::nullopt;
    return row.text(0);
  });
}

Result<Page<InstanceRow>> Reads::instances(const InstanceQuery& query) {
  const Result<std::optional<Position>> after = from_cursor(query.page.after);
  if (!after) return after.error();
  return guarded([&] {
    const std::int64_t before = *after ? (**after).first : std::numeric_limits<std::int64_t>::max();
    std::vector<std::string_view> status_names;
    bool open_only = !query.statuses.empty();
    for (const InstanceStatus status : query.statuses) {
      status_names.push_back(to_text(status));
      open_only =
          open_only && (status == InstanceStatus::running || status == InstanceStatus::waiting ||
                        status == InstanceStatus::suspended);
    }
    const std::string statuses = join_list(status_names);
    const std::string units = join_list(query.units);

    // Every way in gives its rows newest first; the page merges them. ?1 is the way's own key.
    const std::string filter =
        " AND n.key < ?2 AND (?3 = '' OR instr(?3, char(10) || n.status || char(10)) > 0)"
        " AND (?4 = '' OR n.definition = ?4) AND (?5 = '' OR instr(n.search, ?5) > 0)"
        " AND (?6 = '' OR instr(?6, char(10) || n.unit || char(10)) > 0)" +
        std::string{open_only ? " AND n.ended_at IS NULL" : ""};
    const std::string columns = "SELECT n.key, 0, " KYHAN_INSTANCE_COLUMNS " FROM ";
    // Ended instances pile up over the years: a list of open ones must not wade through them.
    const std::string by_unit = columns + "instances n " +
                                std::string{open_only ? "INDEXED BY instances_open " : ""} +
                                "WHERE n.unit = ?1" + filter + " ORDER BY n.key DESC";
    const std::string by_person =
        columns +
        "participants p CROSS JOIN instances n ON n.key = p.instance WHERE p.person = ?1" +
        " AND p.instance < ?2" + filter + " ORDER BY p.instance DESC";
    const std::string all = columns + "instances n WHERE ?1 = ?1" + filter + " ORDER BY n.key DESC";

    std::vector<UnitId> open_units;  // Bound text is not copied: it outlives the statements.
    std::vector<Statement> ways;
    const auto add = [&](const std::string& sql, std::string_view key) {
      ways.push_back(connection_->prepare(sql));
      ways.back().bind_all(key, before, statuses, query.definition, query.search, units);
    };
    const Visibility& to = query.visibility;
    if (to.everything && query.units.empty() && open_only) {
      open_units = units_in(*connection_, "instances WHERE ended_at IS NULL");
      for (const UnitId& unit : open_units) add(by_unit, unit.text());
    } else if (to.everything && query.units.empty()) {
      add(all, "");
    } else {
      // Of the units asked for, only those that the caller may see; all are walked by their index.
      const std::vector<UnitId>& walked = to.everything ? query.units : to.units;
      for (const UnitId& unit : walked) {
        const bool asked = query.units.empty() || std::find(query.units.begin(), query.units.end(),
                                                            unit) != query.units.end();
        if (asked) add(by_unit, unit.text());
      }
      if (!to.everything && !to.person.empty()) add(by_person, to.person.text());
    }
    return merge_page<InstanceRow>(std::move(ways), Order::descending, limit_of(query.page),
                                   [](const Statement& row) { return read_instance(row, 2); });
  });
}

#define KYHAN_JOURNAL_COLUMNS \
  "j.seq, 0, j.position, j.at, j.type, j.actor, j.body, j.previous, j.hash"

Result<Page<HistoryRow>> Reads::history(const InstanceId& id, const PageRequest& page) {
  const Result<std::optional<Position>> after = from_cursor(page.after);
  if (!after) return after.error();
  return guarded([&] {
    std::vector<Statement> query;
    query.push_back(connection_->prepare("SELECT " KYHAN_JOURNAL_COLUMNS
                                         " FROM instances n CROSS JOIN journal j "
                                         "ON j.instance = n.key "
                                         "WHERE n.id = ?1 AND j.seq > ?2 ORDER BY j.seq"));
    const std::int64_t from = *after ? (**after).first : 0;
    query.back().bind_all(id, from);
    return merge_page<HistoryRow>(std::move(query), Order::ascending, limit_of(page), read_journal);
  });
}

Result<Page<HistoryRow>> Reads::comments(const InstanceId& instance, const TaskId& task,
                                         const PageRequest& page) {
  const Result<std::optional<Position>> after = from_cursor(page.after);
  if (!after) return after.error();
  return guarded([&] {
    std::vector<Statement> query;
    query.push_back(connection_->prepare(
        "SELECT " KYHAN_JOURNAL_COLUMNS
        " FROM instances n CROSS JOIN journal j ON j.instance = n.key WHERE n.id = ?1 "
        "AND j.seq > ?2 AND j.type IN ('task_commented', 'instance_commented') "
        "AND (?3 = '' OR json_extract(j.body, '$.task') = ?3) ORDER BY j.seq"));
    const std::int64_t from = *after ? (**after).first : 0;
    query.back().bind_all(instance, from, task);
    return merge_page<HistoryRow>(std::move(query), Order::ascending, limit_of(page), read_journal);
  });
}

Result<std::vector<HistoryRow>> Reads::votes_closed(const InstanceId& id) {
  return guarded([&] {
    Statement row = connection_->prepare("SELECT " KYHAN_JOURNAL_COLUMNS
                                         " FROM instances n CROSS JOIN journal j "
                                         "ON j.instance = n.key WHERE n.id = ? "
                                         "AND j.type = 'vote_closed' ORDER BY j.seq");
    row.bind_all(id);
    std::vector<HistoryRow> out;
    while (row.step()) out.push_back(read_journal(row));
    return out;
  });
}

Result<std::vector<JournalEntry>> Reads::facts_of(const InstanceId& id,
                                                  std::initializer_list<std::string_view> types,
                                                  int limit) {
  return guarded([&] {
    Statement row = connection_->prepare(
        "SELECT j.seq, j.at, j.type, j.actor, j.body FROM instances n CROSS JOIN journal j "
        "ON j.instance = n.key WHERE n.id = ?1 AND instr(?2, char(10) || j.type || char(10)) > 0 "
        "ORDER BY j.seq LIMIT ?3");
    const std::string wanted = join_list(types);
    row.bind_all(id, wanted, limit);
    std::vector<JournalEntry> facts;
    while (row.step()) {
      facts.push_back({row.integer(0), row.instant(1), row.text(2), row.text(3), row.text(4)});
    }
    return facts;
  });
}

Result<std::vector<PersonId>> Reads::participants_of(const InstanceId& id) {
  return guarded([&] {
    Statement row = connection_->prepare(
        "SELECT p.person FROM instances n JOIN participants p ON p.instance = n.key "
        "WHERE n.id = ? ORDER BY p.person");
    row.bind_all(id);
    std::vector<PersonId> out;
    while (row.step()) out.push_back(row.id<PersonId>(0));
    return out;
  });
}

Result<std::vector<InstanceId>> Reads::runnable_instances(int limit) {
  return guarded([&] {
    Statement row =
        connection_->prepare("SELECT id FROM instances WHERE runnable = 1 ORDER BY key LIMIT ?");
    row.bind_all(limit);
    std::vector<InstanceId> out;
    while (row.step()) out.push_back(row.id<InstanceId>(0));
    return out;
  });
}

Result<std::vector<AuditRow>> Reads::open_instances_after(std::int64_t after_key, int limit) {
  return guarded([&] {
    Statement row = connection_->prepare(
        "SELECT n.key, n.id, n.runnable, s.state FROM instances n CROSS JOIN states s "
        "ON s.key = n.key WHERE n.key > ?1 AND +n.ended_at IS NULL ORDER BY n.key LIMIT ?2");
    row.bind_all(after_key, limit);
    std::vector<AuditRow> out;
    while (row.step()) {
      out.push_back({row.integer(0), row.id<InstanceId>(1), row.flag(2), row.text(3)});
    }
    return out;
  });
}

Result<WaitRows> Reads::wait_rows(std::int64_t instance_key) {
  return guarded([&] {
    WaitRows out;
    Statement timer = connection_->prepare("SELECT timer, due_at FROM timers WHERE instance = ?");
    timer.bind_all(instance_key);
    while (timer.step()) out.timers.emplace(timer.text(0), timer.instant(1));
    Statement node = connection_->prepare("SELECT node FROM subscriptions WHERE instance = ?");
    node.bind_all(instance_key);
    while (node.step()) out.subscriptions.insert(node.integer(0));
    Statement task = connection_->prepare("SELECT id FROM tasks WHERE instance = ? AND open = 1");
    task.bind_all(instance_key);
    while (task.step()) out.tasks.insert(task.id<TaskId>(0));
    Statement call = connection_->prepare("SELECT node, key FROM calls WHERE instance = ?");
    call.bind_all(instance_key);
    while (call.step()) out.calls.emplace(call.integer(0), call.text(1));
    Statement fan = connection_->prepare("SELECT node FROM fans WHERE parent = ? AND closing = 0");
    fan.bind_all(instance_key);
    while (fan.step()) out.fans.insert(fan.integer(0));
    return out;
  });
}

Result<std::vector<PendingCall>> Reads::pending_calls(std::int64_t after_instance,
                                                      NodeId after_node, int limit) {
  return guarded([&] {
    std::vector<PendingCall> out;
    Statement row = connection_->prepare(
        "SELECT i.id, c.node, c.key, c.instance FROM calls c JOIN instances i ON i.key = "
        "c.instance "
        "WHERE (c.instance, c.node) > (?, ?) ORDER BY c.instance, c.node LIMIT ?");
    row.bind_all(after_instance, after_node, limit);
    while (row.step()) {
      out.push_back({row.id<InstanceId>(0), row.integer(1), row.text(2), row.integer(3)});
    }
    return out;
  });
}

Result<Reads::Sizes> Reads::sizes() {
  return guarded([&] {
    Statement row = connection_->prepare(
        "SELECT (SELECT count(*) FROM instances WHERE ended_at IS NULL), "
        "(SELECT count(*) FROM tasks WHERE open = 1), (SELECT count(*) FROM timers), "
        "(SELECT count(*) FROM outbox), (SELECT count(*) FROM calls)");
    row.step();
    return Sizes{row.integer(0), row.integer(1), row.integer(2), row.integer(3), row.integer(4)};
  });
}

Result<std::vector<InstanceId>> Reads::running_in(const UnitId& unit, int limit) {
  return guarded([&] {
    Statement row = connection_->prepare(
        "SELECT id FROM instances WHERE key IN (SELECT key FROM instances WHERE unit = ?1 "
        "AND ended_at IS NULL UNION SELECT instance FROM tasks WHERE unit = ?1 AND open = 1) "
        "ORDER BY key LIMIT ?2");
    row.bind_all(unit, limit);
    std::vector<InstanceId> found;
    while (row.step()) found.push_back(row.id<InstanceId>(0));
    return found;
  });
}

}  // namespace kyhan
