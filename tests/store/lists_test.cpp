// Lists: who sees what, in which order, page by page.

#include "tests/store/support.hpp"

namespace kyhan::test {
namespace {

const DueBounds bounds{at(1000), at(2000), at(8000)};

std::vector<std::string> ids(const std::vector<TaskRow>& tasks) {
  std::vector<std::string> out;
  for (const TaskRow& task : tasks) out.push_back(task.id.text());
  return out;
}
std::vector<std::string> ids(const std::vector<InstanceRow>& instances) {
  std::vector<std::string> out;
  for (const InstanceRow& instance : instances) out.push_back(instance.id.text());
  return out;
}
using Ids = std::vector<std::string>;

/// Walks a list page by page until it ends.
template <class Ask>
Ids walk(const Ask& ask, int limit) {
  Ids all;
  PageRequest page{limit, ""};
  for (;;) {
    const auto got = ask(page).value();
    CHECK(static_cast<int>(got.items.size()) <= limit);
    for (const std::string& id : ids(got.items)) all.push_back(id);
    if (!got.has_more) return all;
    REQUIRE(static_cast<int>(got.items.size()) == limit);
    page.after = got.end_cursor;
  }
}

TEST_CASE("my tasks come by due date, those without one last, whatever the page",
          "[store][tasks]") {
  const Folder home;
  const auto store = open_store(home.path());
  commit_run(*store, "a", "u", "an", at(5000));
  commit_run(*store, "b", "u", "an", std::nullopt);
  commit_run(*store, "c", "u", "an", at(500));
  commit_run(*store, "d", "u", "an", at(1500));
  commit_run(*store, "e", "u", "an", at(9000));
  commit_run(*store, "f", "u", "an", at(500));
  commit_run(*store, "x", "u", "binh", at(1));
  const ReadLease reads = store->reads();
  for (const int limit : {1, 2, 3, 50}) {
    CAPTURE(limit);
    const auto mine = [&](const PageRequest& page) {
      return reads->my_tasks(PersonId{"an"}, {"user:an"}, {}, bounds, page);
    };
    CHECK(walk(mine, limit) == Ids{"c.1", "f.1", "d.1", "a.1", "e.1", "b.1"});
  }
  const DueCounts counts = reads->count_my_tasks(PersonId{"an"}, {"user:an"}, bounds).value();
  CHECK(counts.overdue == 2);
  CHECK(counts.today == 1);
  CHECK(counts.week == 1);
  CHECK(counts.later == 1);
  CHECK(counts.none == 1);
}

TEST_CASE("a due group is a filter with exact bounds", "[store][tasks]") {
  const Folder home;
  const auto store = open_store(home.path());
  commit_run(*store, "before", "u", "an", at(999));
  commit_run(*store, "now", "u", "an", at(1000));
  commit_run(*store, "tomorrow", "u", "an", at(2000));
  commit_run(*store, "after", "u", "an", at(8000));
  commit_run(*store, "never", "u", "an", std::nullopt);
  const ReadLease reads = store->reads();
  const auto of = [&](DueGroup group) {
    TaskFilter filter;
    filter.due = group;
    return ids(
        reads->my_tasks(PersonId{"an"}, {"user:an"}, filter, bounds, {50, ""}).value().items);
  };
  CHECK(of(DueGroup::overdue) == Ids{"before.1"});
  CHECK(of(DueGroup::today) == Ids{"now.1"});
  CHECK(of(DueGroup::week) == Ids{"tomorrow.1"});
  CHECK(of(DueGroup::later) == Ids{"after.1"});
  CHECK(of(DueGroup::none) == Ids{"never.1"});
}

TEST_CASE("a task offered under two of my keys is listed and counted once", "[store][tasks]") {
  const Folder home;
  const auto store = open_store(home.path());
  UnitOfWork work{*store};
  Run run{"a", "u"};
  Candidate head;
  head.kind = Candidate::Kind::role;
  head.role = RoleId{"head"};
  head.unit = UnitId{"u"};
  run.open_task(work, {user("an"), head}, at(1500));
  REQUIRE(work.commit());
  const ReadLease reads = store->reads();
  const std::vector<std::string> keys{"user:an", to_key(head)};
  CHECK(reads->my_tasks(PersonId{"an"}, keys, {}, bounds, {50, ""}).value().items.size() == 1);
  CHECK(reads->count_my_tasks(PersonId{"an"}, keys, bounds).value().today == 1);
}

TEST_CASE("a claimed task leaves the other candidates' lists, a done one leaves all",
          "[store][tasks]") {
  const Folder home;
  const auto store = open_store(home.path());
  const auto mine = [&](const std::string& person) {
    return ids(store->reads()
                   ->my_tasks(PersonId{person}, {"user:" + person}, {}, bounds, {50, ""})
                   .value()
                   .items);
  };
  Run run{"a", "u"};
  TaskRow task;
  {
    UnitOfWork work{*store};
    task = run.open_task(work, {user("an"), user("binh")}, at(1500));
    REQUIRE(work.commit());
  }
  CHECK(mine("an") == Ids{"a.1"});
  CHECK(mine("binh") == Ids{"a.1"});
  {
    UnitOfWork work{*store};
    run.claim(work, task, "an");
    REQUIRE(work.commit());
  }
  CHECK(mine("an") == Ids{"a.1"});
  CHECK(mine("binh").empty());
  {
    UnitOfWork work{*store};
    run.complete(work, task, "an", at(1200));
    REQUIRE(work.commit());
  }
  CHECK(mine("an").empty());
  const auto done = store->reads()->done_tasks(PersonId{"an"}, {}, {50, ""}).value();
  CHECK(ids(done.items) == Ids{"a.1"});
  CHECK(done.items[0].outcome == "approve");
  CHECK(store->reads()->done_tasks(PersonId{"binh"}, {}, {50, ""}).value().items.empty());
  CHECK(store->reads()->sizes().value().tasks_open == 0);
}

TEST_CASE("who is excluded does not see the task, who only shares a prefix does",
          "[store][tasks]") {
  const Folder home;
  const auto store = open_store(home.path());
  TaskRow task = commit_run(*store, "a", "u", "an", at(1500));
  UnitOfWork work{*store};
  const InstanceHead head = work.find_instance(InstanceId{"a"}).value()->head;
  task.candidates = {"role:head@u"};
  task.excluded = {PersonId{"an-binh"}, PersonId{"chi"}};
  work.stage_task(head, task);
  REQUIRE(work.commit());
  const auto seen = [&](const std::string& person) {
    const ReadLease reads = store->reads();
    const std::vector<std::string> keys{"role:head@u"};
    const auto page = reads->my_tasks(PersonId{person}, keys, {}, bounds, {50, ""}).value();
    const auto counts = reads->count_my_tasks(PersonId{person}, keys, bounds).value();
    CHECK(counts.today == static_cast<std::int64_t>(page.items.size()));
    return !page.items.empty();
  };
  CHECK(seen("an"));
  CHECK_FALSE(seen("an-binh"));
  CHECK_FALSE(seen("chi"));
}

TEST_CASE("team lists hold the open tasks of the units and no others", "[store][tasks]") {
  const Folder home;
  const auto store = open_store(home.path());
  commit_run(*store, "a", "u1", "an", at(3000));
  commit_run(*store, "b", "u2", "an", at(500));
  commit_run(*store, "c", "u3", "an", at(700));
  commit_run(*store, "d", "u1", "an", std::nullopt);
  const ReadLease reads = store->reads();
  const std::vector<UnitId> two{UnitId{"u1"}, UnitId{"u2"}};
  for (const int limit : {1, 2, 50}) {
    const auto team = [&](const PageRequest& page) {
      return reads->team_tasks(two, false, {}, bounds, page);
    };
    CHECK(walk(team, limit) == Ids{"b.1", "a.1", "d.1"});
    const auto all = [&](const PageRequest& page) {
      return reads->team_tasks({}, true, {}, bounds, page);
    };
    CHECK(walk(all, limit) == Ids{"b.1", "c.1", "a.1", "d.1"});
  }
  CHECK(reads->team_tasks({}, false, {}, bounds, {50, ""}).value().items.empty());
  CHECK(reads->count_team_tasks(two, false, bounds).value().overdue == 1);
  CHECK(reads->count_team_tasks({}, true, bounds).value().overdue == 2);
  CHECK(reads->count_team_tasks(two, false, bounds).value().none == 1);
}

TEST_CASE("instances are seen through their unit or a part in them, newest first",
          "[store][instances]") {
  const Folder home;
  const auto store = open_store(home.path());
  commit_run(*store, "a", "u1", "x");
  commit_run(*store, "b", "u2", "x");
  commit_run(*store, "c", "u1", "x");
  commit_run(*store, "d", "u3", "x");
  {
    UnitOfWork work{*store};
    const InstanceHead head = work.find_instance(InstanceId{"b"}).value()->head;
    work.stage_participant(head, PersonId{"chi"});
    const InstanceHead other = work.find_instance(InstanceId{"c"}).value()->head;
    work.stage_participant(other, PersonId{"chi"});
    REQUIRE(work.commit());
  }
  const ReadLease reads = store->reads();
  const auto seen = [&](const Visibility& visibility, const std::vector<UnitId>& units = {}) {
    InstanceQuery query;
    query.visibility = visibility;
    query.units = units;
    Ids whole;
    for (const int limit : {50, 1, 2}) {
      const Ids walked = walk(
          [&](const PageRequest& page) {
            query.page = page;
            return reads->instances(query);
          },
          limit);
      if (whole.empty()) whole = walked;
      CHECK(walked == whole);
    }
    return whole;
  };
  const Visibility everything{true, {}, {}};
  const Visibility chi{false, {UnitId{"u1"}}, PersonId{"chi"}};
  const Visibility outsider{false, {}, PersonId{"dung"}};
  CHECK(seen(everything) == Ids{"d", "c", "b", "a"});
  CHECK(seen(everything, {UnitId{"u1"}}) == Ids{"c", "a"});
  CHECK(seen(chi) == Ids{"c", "b", "a"});
  CHECK(seen(chi, {UnitId{"u2"}}) == Ids{"b"});
  CHECK(seen(chi, {UnitId{"u3"}}).empty());
  CHECK(seen(outsider).empty());
  CHECK(reads->instance_visible(InstanceId{"b"}, chi).value());
  CHECK_FALSE(reads->instance_visible(InstanceId{"d"}, chi).value());
  CHECK_FALSE(reads->instance_visible(InstanceId{"nothing"}, everything).value());
}

TEST_CASE("instances are narrowed by state, definition and search", "[store][instances]") {
  const Folder home;
  const auto store = open_store(home.path());
  commit_run(*store, "open", "u", "an");
  {
    UnitOfWork work{*store};
    Run run{"closed", "u"};
    TaskRow task = run.open_task(work, {user("an")}, at(1500));
    run.complete(work, task, "an", at(1200));
    REQUIRE(work.commit());
  }
  const ReadLease reads = store->reads();
  InstanceQuery query;
  query.visibility.everything = true;
  const auto found = [&] { return ids(reads->instances(query).value().items); };
  query.statuses = {InstanceStatus::completed};
  CHECK(found() == Ids{"closed"});
  query.statuses = {InstanceStatus::running, InstanceStatus::waiting};
  CHECK(found() == Ids{"open"});
  query.statuses = {};
  query.search = "thuong clo";
  CHECK(found() == Ids{"closed"});
  query.search = "";
  query.definition = "other";
  CHECK(found().empty());
}

TEST_CASE("the overview counts what runs, is late and was completed", "[store][overview]") {
  const Folder home;
  const auto store = open_store(home.path());
  const auto add = [&](const char* id, const char* unit, bool claimed, bool done, Instant due) {
    UnitOfWork work{*store};
    Run run{id, unit};
    TaskRow task = run.open_task(work, {user("an")}, due);
    if (claimed) run.claim(work, task, "an");
    if (done) run.complete(work, task, "an", at(1200));
    REQUIRE(work.commit());
  };
  add("late", "u1", true, false, at(500));
  add("soon", "u1", false, false, at(3000));
  add("done", "u1", true, true, at(3000));
  add("other", "u2", true, false, at(500));
  const ReadLease reads = store->reads();
  const auto one = reads->overview({UnitId{"u1"}}, false, bounds, at(0)).value();
  CHECK(one.running == 2);
  CHECK(one.completed == 1);
  CHECK(one.due_this_week == 1);
  REQUIRE(one.by_definition.size() == 1);
  CHECK(one.by_definition[0].running == 2);
  REQUIRE(one.by_person.size() == 1);
  CHECK(one.by_person[0].open == 1);
  CHECK(one.by_person[0].overdue == 1);
  CHECK(reads->overview({}, true, bounds, at(0)).value().running == 3);
  CHECK(reads->overview({}, false, bounds, at(0)).value().running == 0);
  CHECK(reads->overview({UnitId{"u1"}}, false, bounds, at(5000)).value().completed == 0);
}

TEST_CASE("a cursor that no page gave is refused", "[store][paging]") {
  const Folder home;
  const auto store = open_store(home.path());
  for (const char* cursor : {"x", "1", "1.", "1.2.3", "1.2 OR 1=1", "999999999999999999999.1"}) {
    CAPTURE(cursor);
    const auto page =
        store->reads()->my_tasks(PersonId{"an"}, {"user:an"}, {}, bounds, {50, cursor});
    REQUIRE_FALSE(page);
    CHECK(page.error().type == "bad-cursor");
  }
}

TEST_CASE("a page never holds more than its limit allows", "[store][paging]") {
  const Folder home;
  const auto store = open_store(home.path());
  {
    UnitOfWork work{*store};
    for (int i = 0; i < page_limit_max + 5; ++i) {
      Run run{"i" + std::to_string(i), "u"};
      run.open_task(work, {user("an")}, at(i));
    }
    REQUIRE(work.commit());
  }
  const auto page =
      store->reads()->my_tasks(PersonId{"an"}, {"user:an"}, {}, bounds, {100'000, ""}).value();
  CHECK(page.items.size() == page_limit_max);
  CHECK(page.has_more);
  CHECK(store->reads()
            ->my_tasks(PersonId{"an"}, {"user:an"}, {}, bounds, {0, ""})
            .value()
            .items.size() == 1);
}

TEST_CASE("every list is walked by an index", "[store][plans]") {
  // A plan that sorts or scans would be slow with a million rows, and nobody would see it here.
  const Folder home;
  const auto store = open_store(home.path());
  const ReadLease reads = store->reads();
  const auto plan = [&](const std::string& sql) {
    Statement row = reads->connection().prepare("EXPLAIN QUERY PLAN " + sql);
    std::string text;
    while (row.step()) text += row.text(3) + "\n";
    return text;
  };
  const std::vector<std::string> queries{
      "SELECT 1 FROM inbox i CROSS JOIN tasks t ON t.key = i.task WHERE i.person_key = ?1 "
      "AND (i.due_at, i.task) > (?2, ?3) AND i.due_at <= ?4 ORDER BY i.due_at, i.task",
      "SELECT 1 FROM tasks t WHERE t.open = 1 AND t.unit = ?1 AND (t.due_at, t.key) > (?2, ?3) "
      "AND t.due_at <= ?4 ORDER BY t.due_at, t.key",
      "SELECT 1 FROM tasks t WHERE t.open = 0 AND t.performer = ?1 AND t.performer <> '' "
      "AND (t.ended_at, t.key) < (?2, ?3) ORDER BY t.ended_at DESC, t.key DESC",
      "SELECT 1 FROM instances n WHERE n.unit = ?1 AND n.key < ?2 ORDER BY n.key DESC",
      "SELECT 1 FROM participants p WHERE p.person = ?1 AND p.instance < ?2 "
      "ORDER BY p.instance DESC",
      "SELECT 1 FROM timers t WHERE t.due_at <= ?1 ORDER BY t.due_at, t.instance, t.timer LIMIT 1",
      "SELECT 1 FROM notifications WHERE person = ?1 AND id < ?2 ORDER BY id DESC",
      "SELECT 1 FROM instances n INDEXED BY instances_open WHERE n.unit = ?1 AND n.key < ?2 "
      "AND n.ended_at IS NULL ORDER BY n.key DESC",
      "SELECT min(unit) FROM instances WHERE ended_at IS NULL AND unit > ?1",
      "SELECT id FROM instances WHERE runnable = 1 ORDER BY key LIMIT 9",
  };
  for (const std::string& sql : queries) {
    CAPTURE(sql);
    const std::string text = plan(sql);
    CAPTURE(text);
    CHECK(text.find("TEMP B-TREE") == std::string::npos);
    CHECK((text.rfind("SEARCH", 0) == 0 || text.find("instances_runnable") != std::string::npos));
  }
}

}  // namespace
}  // namespace kyhan::test
