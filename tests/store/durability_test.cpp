// Bad days of the disk: what was acknowledged is there, what was not leaves nothing half.

#include "workflow/store/verify.hpp"

#include "tests/store/counting_vfs.hpp"
#include "tests/store/support.hpp"

namespace kyhan::test {
namespace {

void check_content(Store& store) {
  const Result<VerifyReport> report = verify(store);
  REQUIRE(report);
  for (const Finding& finding : report->findings) {
    FAIL_CHECK(finding.code + " " + finding.instance.text() + ": " + finding.text.en);
  }
}

/// A batch of two commands: a new instance, and an answer to the one before.
Result<void> batch(Store& store, int number) {
  UnitOfWork work{store};
  Run run{"i-" + std::to_string(number), "u"};
  work.begin_command();
  TaskRow task = run.open_task(work, {user("an")}, at(number));
  if (const Result<void> kept = work.keep_command(); !kept) return kept;
  work.begin_command();
  run.claim(work, task, "an");
  work.stage_outbox({0, "e-" + std::to_string(number), "task.claimed.u", "{}", at(number)});
  if (const Result<void> kept = work.keep_command(); !kept) return kept;
  return work.commit();
}

bool stored(Store& store, int number) {
  return store.reads()
      ->find_instance(InstanceId{"i-" + std::to_string(number)})
      .value()
      .has_value();
}

TEST_CASE("every acknowledged commit was preceded by the log's sync", "[store][durability]") {
  CountingVfs disk;
  const Folder home;
  const auto store = open_store(home.path(), disk.name());
  for (int number = 1; number <= 100; ++number) {
    const int syncs = disk.log_syncs();
    REQUIRE(batch(*store, number));
    CHECK(disk.log_syncs() > syncs);
    CHECK(disk.log_writes_unsynced() == 0);
  }
}

TEST_CASE("nothing is on its way to the disk before the commit asks for it",
          "[store][durability]") {
  CountingVfs disk;
  const Folder home;
  const auto store = open_store(home.path(), disk.name());
  REQUIRE(batch(*store, 1));
  UnitOfWork work{*store};
  Run run{"i-2", "u"};
  run.open_task(work, {user("an")}, at(2));
  const int syncs = disk.log_syncs();
  const Folder cut;
  disk.power_cut(home.path(), cut.path() / "home");
  const auto survivor = open_store(cut.path() / "home");
  CHECK(stored(*survivor, 1));
  CHECK_FALSE(stored(*survivor, 2));
  REQUIRE(work.commit());
  CHECK(disk.log_syncs() > syncs);
}

TEST_CASE("a power cut after any commit leaves every acknowledged one and a sound database",
          "[store][durability]") {
  CountingVfs disk;
  const Folder home;
  const auto store = open_store(home.path(), disk.name());
  for (int number = 1; number <= 40; ++number) {
    REQUIRE(batch(*store, number));
    // A checkpoint rewrites the database file and starts the log again.
    if (number == 20) {
      Database::Options options;
      options.vfs = disk.name();
      Database::open(store->database_file(), options)
          .value()
          ->execute("PRAGMA wal_checkpoint(TRUNCATE)");
    }
    if (number % 8 != 0) continue;
    const Folder cut;
    disk.power_cut(home.path(), cut.path() / "home");
    const auto survivor = open_store(cut.path() / "home");
    for (int earlier = 1; earlier <= number; ++earlier) {
      CAPTURE(number, earlier);
      CHECK(stored(*survivor, earlier));
    }
    check_content(*survivor);
  }
}

TEST_CASE("a disk that is full at any operation gives a clear error and loses nothing",
          "[store][durability]") {
  const auto failure = GENERATE(CountingVfs::Failure::full, CountingVfs::Failure::io);
  bool ran_through = false;
  for (int n = 1; !ran_through; ++n) {
    REQUIRE(n < 200);
    CAPTURE(n);
    CountingVfs disk;
    const Folder home;
    const auto store = open_store(home.path(), disk.name());
    REQUIRE(batch(*store, 1));

    disk.fail_after(n, failure);
    const Result<void> failed = batch(*store, 2);
    disk.heal();
    if (failed) {
      ran_through = true;
      CHECK(stored(*store, 2));
    } else {
      CHECK(failed.error().code == ErrorCode::unavailable);
      CHECK((failed.error().type == "disk-full" || failed.error().type == "storage"));
      CHECK_FALSE(stored(*store, 2));
    }

    // There is room again: the same store goes on.
    REQUIRE(batch(*store, 3));
    CHECK(stored(*store, 1));
    CHECK(stored(*store, 3));
    check_content(*store);
    const Folder cut;
    disk.power_cut(home.path(), cut.path() / "home");
    const auto survivor = open_store(cut.path() / "home");
    CHECK(stored(*survivor, 1));
    CHECK(stored(*survivor, 3));
    check_content(*survivor);
  }
}

TEST_CASE("a full disk is called by its name", "[store][durability]") {
  CountingVfs disk;
  const Folder home;
  const auto store = open_store(home.path(), disk.name());
  disk.fail_after(1);
  const Result<void> failed = batch(*store, 1);
  REQUIRE_FALSE(failed);
  CHECK(failed.error().type == "disk-full");
}

}  // namespace
}  // namespace kyhan::test
