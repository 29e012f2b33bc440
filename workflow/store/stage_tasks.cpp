// Tasks, and the inbox: the index by which a person's own work is found.

#include <algorithm>

#include "workflow/store/lists.hpp"
#include "workflow/store/names.hpp"
#include "workflow/store/no_due.hpp"
#include "workflow/store/work.hpp"

namespace kyhan {
namespace {

/// Under which keys the task is found: those of its candidates while nobody holds it, then the
/// holder's own and that of whom the holder acts for, and none once it has ended; those of whom
/// something is asked besides.
std::string inbox_of(const TaskRow& task) {
  if (!is_open(task.state)) return {};
  std::vector<std::string> keys = task.candidates;
  if (!task.holder.empty()) {
    keys = {"user:" + task.holder.text()};
    // What a deputy or a delegate holds stays in sight of whom they act for.
    if (!task.on_behalf_of.empty()) keys.push_back("user:" + task.on_behalf_of.text());
  }
  for (const PersonId& person : task.asked) {
    const std::string key = "user:" + person.text();
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
  }
  return join_list(keys);
}

/// The task's place in the inbox, as it was stored.
struct Place {
  std::int64_t task = 0;
  std::string keys;
  std::int64_t due_at = no_due;
  std::string excluded;
  std::string asked;  ///< People: what is asked of them does not depend on who is excluded.
  friend bool operator==(const Place&, const Place&) = default;
};

}  // namespace

void UnitOfWork::stage_task(const InstanceHead& head, const TaskRow& row) {
  work_->stage([&] {
    Place before;
    {
      Statement& found =
          work_->writer.statement("SELECT key, inbox, due_at, excluded, asked FROM tasks WHERE id = ?");
      found.bind_all(row.id);
      if (found.step()) {
        before = {found.integer(0), found.text(1), found.integer(2), found.text(3), found.text(4)};
      }
      found.reset();
    }
    Place now{before.task, inbox_of(row), due_column(row.due_at), join_list(row.excluded),
              join_list(row.asked)};
    const std::string excluded_units = join_list(row.excluded_units);
    const std::int64_t ended_revision = is_open(row.state) ? 0 : head.seq;
    const std::string candidates = join_list(row.candidates);
    const std::string deciders = join_list(row.deciders);
    if (before.task == 0) {
      work_->run(
          "INSERT INTO tasks (id, instance, open, node, definition, name, kind, step, title_vi, "
          "title_en, unit, state, holder, candidates, excluded, inbox, opened_at, claimed_at, "
          "due_at, due_date, provisional, overdue, ended_at, outcome, performer, version, round, "
          "priority, search, image, response, spec, on_behalf_of, role, substitutes, delegated, "
          "excluded_units, asked, category, ended_revision, first_due_date, asked_at, deciders) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
          "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
          row.id, head.key, is_open(row.state), row.node, row.definition, row.name, row.kind,
          row.step_pointer, row.title.vi, row.title.en, row.unit, to_text(row.state), row.holder,
          candidates, now.excluded, now.keys, row.opened_at, row.claimed_at, now.due_at,
          row.due_date, row.provisional, row.overdue, row.ended_at, row.outcome, row.performer,
          row.version, row.round, row.priority, row.search, row.image_json, row.response_json,
          row.spec_json, row.on_behalf_of, row.role, row.substitutes, row.delegated, excluded_units,
          now.asked, row.category, ended_revision, row.first_due_date, row.asked_at, deciders);
      now.task = work_->writer.database->last_row();
    } else {
      work_->run(
          "UPDATE tasks SET open = ?2, state = ?3, holder = ?4, candidates = ?5, excluded = ?6, "
          "inbox = ?7, claimed_at = ?8, due_at = ?9, due_date = ?10, provisional = ?11, "
          "overdue = ?12, ended_at = ?13, outcome = ?14, performer = ?15, version = ?16, "
          "priority = ?17, search = ?18, image = ?19, response = ?20, on_behalf_of = ?21, "
          "role = ?22, delegated = ?23, excluded_units = ?24, asked = ?25, ended_revision = ?26, "
          "first_due_date = ?27, asked_at = ?28, deciders = ?29, unit = ?30 WHERE key = ?1",
          now.task, is_open(row.state), to_text(row.state), row.holder, candidates, now.excluded,
          now.keys, row.claimed_at, now.due_at, row.due_date, row.provisional, row.overdue,
          row.ended_at, row.outcome, row.performer, row.version, row.priority, row.search,
          row.image_json, row.response_json, row.on_behalf_of, row.role, row.delegated,
          excluded_units, now.asked, ended_revision, row.first_due_date, row.asked_at, deciders,
          row.unit);
      if (now == before) return;
    }
    for (const auto& key : split_list<std::string>(before.keys)) {
      work_->run("DELETE FROM inbox WHERE person_key = ? AND due_at = ? AND task = ?", key,
                 before.due_at, before.task);
    }
    for (const auto& key : split_list<std::string>(now.keys)) {
      const bool asked = std::ranges::any_of(
          row.asked, [&](const PersonId& person) { return key == "user:" + person.text(); });
      work_->run(
          "INSERT OR IGNORE INTO inbox (person_key, due_at, task, excluded) VALUES (?, ?, ?, ?)",
          key, now.due_at, now.task, asked ? std::string{} : now.excluded);
    }
  });
}

}  // namespace kyhan
