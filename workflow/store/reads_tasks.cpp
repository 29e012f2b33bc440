#include <deque>
#include <limits>

#include "workflow/core/json.hpp"
#include "workflow/store/lists.hpp"
#include "workflow/store/no_due.hpp"
#include "workflow/store/paging.hpp"
#include "workflow/store/row_readers.hpp"

namespace kyhan {
namespace {

/// The due times of a group, both ends included.
struct DueRange {
  std::int64_t from = std::numeric_limits<std::int64_t>::min();
  std::int64_t to = no_due;
};

DueRange range_of(const std::optional<DueGroup>& group, const DueBounds& bounds) {
  const std::int64_t now = bounds.now.time_since_epoch().count();
  const std::int64_t tomorrow = bounds.tomorrow.time_since_epoch().count();
  const std::int64_t after_week = bounds.after_week.time_since_epoch().count();
  DueRange range;
  if (!group) return range;
  switch (*group) {
    case DueGroup::overdue:
      range.to = now - 1;
      break;
    case DueGroup::today:
      range = {now, tomorrow - 1};
      break;
    case DueGroup::week:
      range = {tomorrow, after_week - 1};
      break;
    case DueGroup::later:
      range = {after_week, no_due - 1};
      break;
    case DueGroup::none:
      range.from = no_due;
      break;
  }
  return range;
}

/// What every list of tasks narrows by, ready to be bound as ?2 to ?7.
struct Narrowing {
  Position after;
  std::int64_t to;
  std::string units;
};

Narrowing narrowing_of(const TaskFilter& filter, const DueBounds& bounds,
                       const std::optional<Position>& after) {
  const DueRange range = range_of(filter.due, bounds);
  const Position from{range.from, -1};
  return {after ? std::max(*after, from) : from, range.to, join_list(filter.units)};
}

constexpr const char* filter_sql =
    " AND (?5 = '' OR t.definition = ?5) AND (?6 = '' OR instr(t.search, ?6) > 0)"
    " AND (?7 = '' OR instr(?7, char(10) || t.unit || char(10)) > 0)";

/// An ActingFor as it is bound; it must outlive the statements.
struct Deputised {
  const std::vector<std::string>& keys;
  std::string absent;  ///< As a member of a list.
  std::string definitions, units, roles;  ///< Lists, '' for any.
  std::string role_keys;  ///< JSON.
};

std::deque<Deputised> deputised_of(const std::vector<ActingFor>& acting_for) {
  std::deque<Deputised> out;
  for (const ActingFor& one : acting_for) {
    out.push_back({one.keys, list_member(one.absent.text()), join_list(one.definitions),
                   join_list(one.units), join_list(one.roles), Json(one.role_keys).dump()});
  }
  return out;
}

/// What of the work of somebody who is away falls to the deputy; the values of a Deputised are
/// bound from `first` on.
std::string deputy_sql(int first) {
  const auto at = [first](int i) { return "?" + std::to_string(first + i); };
  const auto listed = [](const std::string& list, const char* column) {
    return " AND (" + list + " = '' OR instr(" + list + ", char(10) || " + column +
           " || char(10)) > 0)";
  };
  return " AND t.substitutes = 1 AND instr(i.excluded, " + at(0) + ") = 0" +
         listed(at(1), "t.definition") + listed(at(2), "t.unit") + " AND (" + at(3) +
         " = '' OR instr(" + at(3) + ", char(10) || t.role || char(10)) > 0 OR EXISTS (SELECT 1 "
         "FROM json_each(" + at(4) +
         ") k WHERE instr(t.candidates, char(10) || k.value || char(10)) > 0))";
}

constexpr const char* open_tasks = "tasks WHERE open = 1";

void add_to(DueCounts& counts, DueGroup group, std::int64_t number) {
  std::int64_t* const count = group == DueGroup::overdue ? &counts.overdue
                              : group == DueGroup::today ? &counts.today
                              : group == DueGroup::week  ? &counts.week
                              : group == DueGroup::later ? &counts.later
                                                         : &counts.none;
  *count = std::min(*count + number, counted_max);
}

}  // namespace

DueGroup due_group_of(const std::optional<Instant>& due_at, const DueBounds& bounds) {
  if (!due_at) return DueGroup::none;
  if (*due_at < bounds.now) return DueGroup::overdue;
  if (*due_at < bounds.tomorrow) return DueGroup::today;
  if (*due_at < bounds.after_week) return DueGroup::week;
  return DueGroup::later;
}

Result<std::optional<TaskRow>> Reads::find_task(const TaskId& id) {
  return guarded([&]() -> std::optional<TaskRow> {
    Statement row = connection_->prepare("SELECT " KYHAN_TASK_DETAIL_COLUMNS
                                         " FROM tasks t JOIN instances n ON n.key = t.instance "
                                         "WHERE t.id = ?");
    row.bind_all(id);
    if (!row.step()) return std::nullopt;
    return read_task_detail(row);
  });
}

Result<std::vector<TaskRow>> Reads::tasks_of(const InstanceId& id) {
  return guarded([&] {
    Statement row = connection_->prepare("SELECT " KYHAN_TASK_DETAIL_COLUMNS
                                         " FROM instances n JOIN tasks t ON t.instance = n.key "
                                         "WHERE n.id = ? ORDER BY t.key");
    row.bind_all(id);
    std::vector<TaskRow> out;
    while (row.step()) out.push_back(read_task_detail(row));
    return out;
  });
}

Result<Page<TaskRow>> Reads::my_tasks(const PersonId& person, const std::vector<std::string>& keys,
                                      const TaskFilter& filter, const DueBounds& bounds,
                                      const PageRequest& page,
                                      const std::vector<ActingFor>& acting_for) {
  const Result<std::optional<Position>> after = from_cursor(page.after);
  if (!after) return after.error();
  return guarded([&] {
    const Narrowing narrow = narrowing_of(filter, bounds, *after);
    const std::string me = list_member(person.text());
    const std::string sql =
        "SELECT i.due_at, i.task, " KYHAN_TASK_COLUMNS
        " FROM inbox i CROSS JOIN tasks t ON t.key = i.task CROSS JOIN instances n "
        "ON n.key = t.instance WHERE i.person_key = ?1 AND (i.due_at, i.task) > (?2, ?3) "
        "AND i.due_at <= ?4 AND instr(i.excluded, ?8) = 0" +
        std::string{filter_sql};
    const std::string order = " ORDER BY i.due_at, i.task";
    std::vector<Statement> queries;
    for (const std::string& key : keys) {
      queries.push_back(connection_->prepare(sql + order));
      queries.back().bind_all(key, narrow.after.first, narrow.after.second, narrow.to,
                              filter.definition, filter.search, narrow.units, me);
    }
    const std::deque<Deputised> deputised = deputised_of(acting_for);
    for (const Deputised& one : deputised) {
      for (const std::string& key : one.keys) {
        queries.push_back(connection_->prepare(sql + deputy_sql(9) + order));
        queries.back().bind_all(key, narrow.after.first, narrow.after.second, narrow.to,
                                filter.definition, filter.search, narrow.units, me, one.absent,
                                one.definitions, one.units, one.roles, one.role_keys);
      }
    }
    return merge_page<TaskRow>(std::move(queries), Order::ascending, limit_of(page),
                               [](const Statement& row) { return read_task(row, 2); });
  });
}

Result<DueCounts> Reads::count_my_tasks(const PersonId& person,
                                        const std::vector<std::string>& keys,
                                        const DueBounds& bounds,
                                        const std::vector<ActingFor>& acting_for) {
  return guarded([&] {
    const std::string me = list_member(person.text());
    std::set<std::int64_t> seen;  // A task offered under two of the keys counts once.
    DueCounts counts;
    const auto count = [&](Statement& row) {
      while (row.step()) {
        if (!seen.insert(row.integer(1)).second) continue;
        add_to(counts, due_group_of(due_from_column(row.integer(0)), bounds), 1);
      }
    };
    for (const std::string& key : keys) {
      Statement row = connection_->prepare(
          "SELECT due_at, task FROM inbox WHERE person_key = ?1 AND instr(excluded, ?2) = 0 "
          "ORDER BY due_at, task LIMIT ?3");
      row.bind_all(key, me, counted_max);
      count(row);
    }
    const std::deque<Deputised> deputised = deputised_of(acting_for);
    for (const Deputised& one : deputised) {
      for (const std::string& key : one.keys) {
        Statement row = connection_->prepare(
            "SELECT i.due_at, i.task FROM inbox i CROSS JOIN tasks t ON t.key = i.task "
            "WHERE i.person_key = ?1 AND instr(i.excluded, ?2) = 0" +
            deputy_sql(4) + " ORDER BY i.due_at, i.task LIMIT ?3");
        row.bind_all(key, me, counted_max, one.absent, one.definitions, one.units, one.roles,
                     one.role_keys);
        count(row);
      }
    }
    return counts;
  });
}

Result<Page<TaskRow>> Reads::done_tasks(const PersonId& person, const TaskFilter& filter,
                                        const PageRequest& page) {
  const Result<std::optional<Position>> after = from_cursor(page.after);
  if (!after) return after.error();
  return guarded([&] {
    constexpr std::int64_t latest = std::numeric_limits<std::int64_t>::max();
    const Position before = after->value_or(Position{latest, latest});
    const std::string units = join_list(filter.units);
    std::vector<Statement> queries;
    for (const std::string column : {"t.performer", "t.on_behalf_of"}) {
      queries.push_back(connection_->prepare(
          "SELECT t.ended_at, t.key, " KYHAN_TASK_COLUMNS
          " FROM tasks t CROSS JOIN instances n ON n.key = t.instance WHERE t.open = 0 AND " +
          column + " = ?1 AND " + column +
          " <> '' AND (t.ended_at, t.key) < (?2, ?3) AND ?4 = ?4" + std::string{filter_sql} +
          " ORDER BY t.ended_at DESC, t.key DESC"));
      queries.back().bind_all(person, before.first, before.second, 0, filter.definition,
                              filter.search, units);
    }
    return merge_page<TaskRow>(std::move(queries), Order::descending, limit_of(page),
                               [](const Statement& row) { return read_task(row, 2); });
  });
}

Result<Page<TaskRow>> Reads::team_tasks(const std::vector<UnitId>& units, bool everything,
                                        const TaskFilter& filter, const DueBounds& bounds,
                                        const PageRequest& page) {
  const Result<std::optional<Position>> after = from_cursor(page.after);
  if (!after) return after.error();
  return guarded([&] {
    const Narrowing narrow = narrowing_of(filter, bounds, *after);
    const std::vector<UnitId> walked = everything ? units_in(*connection_, open_tasks) : units;
    const std::string sql =
        "SELECT t.due_at, t.key, " KYHAN_TASK_COLUMNS
        " FROM tasks t CROSS JOIN instances n ON n.key = t.instance WHERE t.open = 1 "
        "AND t.unit = ?1 AND (t.due_at, t.key) > (?2, ?3) AND t.due_at <= ?4" +
        std::string{filter_sql} + " ORDER BY t.due_at, t.key";
    std::vector<Statement> queries;
    for (const UnitId& unit : walked) {
      queries.push_back(connection_->prepare(sql));
      queries.back().bind_all(unit, narrow.after.first, narrow.after.second, narrow.to,
                              filter.definition, filter.search, narrow.units);
    }
    return merge_page<TaskRow>(std::move(queries), Order::ascending, limit_of(page),
                               [](const Statement& row) { return read_task(row, 2); });
  });
}

Result<DueCounts> Reads::count_team_tasks(const std::vector<UnitId>& units, bool everything,
                                          const DueBounds& bounds) {
  return guarded([&] {
    const std::vector<UnitId> walked = everything ? units_in(*connection_, open_tasks) : units;
    DueCounts counts;
    for (const UnitId& unit : walked) {
      for (const DueGroup group :
           {DueGroup::overdue, DueGroup::today, DueGroup::week, DueGroup::later, DueGroup::none}) {
        const DueRange range = range_of(group, bounds);
        Statement row = connection_->prepare(
            "SELECT count(*) FROM (SELECT 1 FROM tasks WHERE open = 1 AND unit = ?1 "
            "AND due_at BETWEEN ?2 AND ?3 LIMIT ?4)");
        row.bind_all(unit, range.from, range.to, counted_max);
        row.step();
        add_to(counts, group, row.integer(0));
      }
    }
    return counts;
  });
}

Result<OverviewRows> Reads::overview(const std::vector<UnitId>& units, bool everything,
                                     const DueBounds& bounds, Instant since) {
  constexpr int persons_max = 100;
  return guarded([&] {
    Json unit_ids = Json::array();
    for (const UnitId& unit : units) unit_ids.push_back(unit.text());
    const std::string list = unit_ids.dump();
    const std::string of_units =
        everything ? " AND ?1 = ?1" : " AND unit IN (SELECT value FROM json_each(?1))";

    OverviewRows out;
    std::map<std::string, DefinitionLoad> loads;
    {
      Statement row = connection_->prepare(
          "SELECT definition, count(*), sum(overdue) FROM instances WHERE ended_at IS NULL" +
          of_units + " GROUP BY definition");
      row.bind_all(list);
      while (row.step()) {
        DefinitionLoad& load = loads[row.text(0)];
        load.running = row.integer(1);
        load.overdue = row.integer(2);
        out.running += load.running;
        out.overdue += load.overdue;
      }
    }
    {
      Statement row = connection_->prepare(
          "SELECT definition, count(*) FROM instances WHERE ended_at IS NOT NULL "
          "AND ended_at >= ?2 AND status = 'completed'" +
          of_units + " GROUP BY definition");
      row.bind_all(list, since);
      while (row.step()) {
        loads[row.text(0)].completed = row.integer(1);
        out.completed += row.integer(1);
      }
    }
    for (auto& [definition, load] : loads) {
      load.definition = definition;
      out.by_definition.push_back(load);
    }
    {
      Statement row = connection_->prepare(
          "SELECT count(*) FROM tasks WHERE open = 1 AND due_at >= ?2 AND due_at < ?3" + of_units);
      row.bind_all(list, bounds.now, bounds.after_week);
      row.step();
      out.due_this_week = row.integer(0);
    }
    Statement row = connection_->prepare(
        "SELECT holder, count(*), sum(due_at < ?2) AS late FROM tasks WHERE open = 1 "
        "AND holder <> ''" +
        of_units + " GROUP BY holder ORDER BY late DESC, count(*) DESC, holder LIMIT ?3");
    row.bind_all(list, bounds.now, persons_max);
    while (row.step()) {
      out.by_person.push_back({row.id<PersonId>(0), row.integer(1), row.integer(2)});
    }
    return out;
  });
}

Result<Page<TaskRow>> Reads::asked_extensions(const std::function<bool(const TaskRow&)>& wanted,
                                              const PageRequest& page) {
  const Result<std::optional<Position>> after = from_cursor(page.after);
  if (!after) return after.error();
  return guarded([&] {
    // Few requests wait at a time: they are walked in order, and those of others left out.
    Statement row = connection_->prepare(
        "SELECT t.asked_at, t.key, " KYHAN_TASK_COLUMNS
        " FROM tasks t JOIN instances n ON n.key = t.instance WHERE t.asked_at IS NOT NULL "
        "AND t.open = 1 AND (t.asked_at, t.key) > (?1, ?2) ORDER BY t.asked_at, t.key");
    const Position from = (*after).value_or(Position{std::numeric_limits<std::int64_t>::min(), 0});
    row.bind_all(from.first, from.second);
    Page<TaskRow> found;
    while (row.step()) {
      TaskRow task = read_task(row, 2);
      if (!wanted(task)) continue;
      if (static_cast<int>(found.items.size()) == limit_of(page)) {
        found.has_more = true;
        break;
      }
      found.end_cursor = to_cursor({row.integer(0), row.integer(1)});
      found.items.push_back(std::move(task));
    }
    return found;
  });
}

}  // namespace kyhan
