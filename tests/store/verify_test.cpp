// The audit is content with what the program wrote, and with nothing else.

#include "workflow/store/verify.hpp"

#include "tests/store/support.hpp"

namespace kyhan::test {
namespace {

std::vector<std::string> findings(Store& store) {
  std::vector<std::string> codes;
  for (const Finding& finding : verify(store).value().findings) codes.push_back(finding.code);
  return codes;
}

/// Changes the database behind the program's back.
void tamper(Store& store, const std::string& sql) {
  Database::open(store.database_file(), {}).value()->execute(sql);
}

TEST_CASE("a database that the program wrote has no findings", "[store][verify]") {
  const Folder home;
  const auto store = open_store(home.path());
  commit_run(*store, "open", "u", "an");
  UnitOfWork work{*store};
  Run run{"done", "u", "KEY"};
  TaskRow task = run.open_task(work, {user("an"), user("binh")}, at(1500));
  run.claim(work, task, "binh");
  run.complete(work, task, "binh", at(1200));
  REQUIRE(work.commit());
  const VerifyReport report = verify(*store).value();
  for (const Finding& finding : report.findings) FAIL_CHECK(finding.code + finding.text.en);
  CHECK(report.instances == 2);
  CHECK(report.journal_rows == 3 + 7);
}

TEST_CASE("every kind of tampering is found and named", "[store][verify]") {
  struct Case {
    const char* sql;
    std::vector<std::string> codes;
  };
  const auto example = GENERATE(values<Case>({
      {"UPDATE journal SET body = replace(body, 'approve', 'reject ') WHERE seq = 3",
       {"chain", "replay"}},
      {"UPDATE journal SET actor = 'somebody' WHERE seq = 1", {"chain"}},
      {"UPDATE journal SET at = at + 1 WHERE seq = 2", {"chain"}},
      {"DELETE FROM journal WHERE seq = 3", {"chain", "replay"}},
      {"UPDATE journal SET body = 'no json' WHERE seq = 3", {"chain", "journal-unreadable"}},
      {"UPDATE states SET state = replace(state, 'approve', 'forged!')", {"replay"}},
      {"DELETE FROM states", {"state-missing"}},
      {"UPDATE instances SET status = 'completed'", {"summary"}},
      {"DELETE FROM timers", {"timer-missing"}},
      {"UPDATE timers SET due_at = due_at + 1", {"timer-missing"}},
      {"INSERT INTO timers SELECT key, 'n9', 5 FROM instances", {"timer-orphan"}},
      {"INSERT INTO subscriptions SELECT key, 9, 'x' FROM instances", {"subscription-orphan"}},
      {"UPDATE tasks SET open = 0", {"task-missing", "inbox-orphan"}},
      {"DELETE FROM inbox", {"inbox-missing"}},
      {"INSERT INTO attachments VALUES ('a', 'i-1', '', 't', 'n', 'm', 1, 'ff', 'an', 0, 1)",
       {"attachment"}},
      {"PRAGMA foreign_keys=OFF; INSERT INTO participants VALUES ('an', 77)", {"foreign-key"}},
  }));
  const Folder home;
  const auto store = open_store(home.path());
  commit_run(*store, "i-1", "u", "an");
  REQUIRE(findings(*store).empty());
  tamper(*store, example.sql);
  CAPTURE(example.sql);
  std::vector<std::string> expected = example.codes;
  std::vector<std::string> found = findings(*store);
  std::sort(expected.begin(), expected.end());
  std::sort(found.begin(), found.end());
  CHECK(found == expected);
}

TEST_CASE("a journal of another instance does not pass for one's own", "[store][verify]") {
  const Folder home;
  const auto store = open_store(home.path());
  commit_run(*store, "i-1", "u", "an");
  commit_run(*store, "i-2", "u", "an");
  tamper(*store,
         "PRAGMA foreign_keys=OFF; UPDATE journal SET instance = instance + 10; "
         "UPDATE journal SET instance = CASE instance WHEN 11 THEN 2 ELSE 1 END");
  const auto found = findings(*store);
  CHECK(std::count(found.begin(), found.end(), "chain") == 2);
}

TEST_CASE("the audit pages see every open instance with its rows", "[store][verify]") {
  const Folder home;
  const auto store = open_store(home.path());
  for (const char* id : {"a", "b", "c"}) commit_run(*store, id, "u", "an");
  const ReadLease reads = store->reads();
  const auto first = reads->open_instances_after(0, 2).value();
  REQUIRE(first.size() == 2);
  const auto rest = reads->open_instances_after(first.back().key, 2).value();
  REQUIRE(rest.size() == 1);
  CHECK(rest[0].id == InstanceId{"c"});
  const Waits waits = waits_of(decode_state(Json::parse(rest[0].state_json)));
  const WaitRows rows = reads->wait_rows(rest[0].key).value();
  CHECK(rows.timers == waits.timers);
  CHECK(rows.tasks == waits.tasks);
  CHECK(rows.subscriptions == waits.subscriptions);
}

}  // namespace
}  // namespace kyhan::test
