// One home, one process; a pool of readers; the schema's history.

#include <atomic>
#include <fstream>
#include <iterator>
#include <signal.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "workflow/store/migrate.hpp"
#include "workflow/store/verify.hpp"

#include "tests/store/support.hpp"

namespace kyhan::test {
namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& file) {
  std::ifstream in{file};
  return {std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
}

TEST_CASE("a second server on a home is refused and told the process", "[store][lock]") {
  const Folder home;
  StoreOptions options;
  options.home = home.path();
  {
    const auto store = open_store(home.path());
    const auto second = Store::open(options);
    REQUIRE_FALSE(second);
    CHECK(second.error().code == ErrorCode::conflict);
    CHECK(second.error().type == "home-in-use");
    CHECK(second.error().detail.en.find(std::to_string(::getpid())) != std::string::npos);
  }
  CHECK(Store::open(options));
}

TEST_CASE("the lock of a killed server does not outlive it", "[store][lock]") {
  const Folder home;
  int ready[2];
  REQUIRE(::pipe(ready) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto lock = HomeLock::take(home.path());
    const char answer = lock ? 'y' : 'n';
    [[maybe_unused]] const auto written = ::write(ready[1], &answer, 1);
    for (;;) ::pause();
  }
  char answer = 0;
  REQUIRE(::read(ready[0], &answer, 1) == 1);
  REQUIRE(answer == 'y');
  CHECK_FALSE(HomeLock::take(home.path()));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  CHECK(HomeLock::take(home.path()));
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST_CASE("the home is nobody else's to read", "[store][lock]") {
  const Folder place;
  const auto store = open_store(place.path() / "home");
  CHECK(fs::status(store->home()).permissions() == fs::perms::owner_all);
  CHECK(fs::status(store->database_file()).permissions() ==
        (fs::perms::owner_read | fs::perms::owner_write));
}

TEST_CASE("more readers than connections wait for one another and all are served",
          "[store][readers]") {
  const Folder home;
  StoreOptions options;
  options.home = home.path();
  options.readers_max = 2;
  const auto store = std::move(*Store::open(options));
  commit_run(*store, "i-1", "u", "an");
  std::vector<std::thread> threads;
  std::atomic<int> found{0};
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 50; ++round) {
        const ReadLease reads = store->reads();
        found += reads->find_instance(InstanceId{"i-1"}).value().has_value() ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(found == 400);
}

TEST_CASE("a reader cannot write", "[store][readers]") {
  const Folder home;
  const auto store = open_store(home.path());
  const ReadLease reads = store->reads();
  CHECK_FALSE(guarded([&] { reads->connection().execute("DELETE FROM settings"); }));
}

TEST_CASE("a reader sees a commit as soon as it is acknowledged", "[store][readers]") {
  const Folder home;
  const auto store = open_store(home.path());
  const ReadLease reads = store->reads();
  for (int i = 0; i < 20; ++i) {
    const std::string id = "i-" + std::to_string(i);
    commit_run(*store, id, "u", "an");
    CHECK(reads->find_instance(InstanceId{id}).value());
  }
}

TEST_CASE("an older database is brought up to date with everything in it", "[store][migrate]") {
  const Folder home;
  {
    const auto database = Database::open(home.path() / "kyhan.db", {}).value();
    REQUIRE(migrate(*database, {migrations().front()}));
    database->execute(text_of(fs::path{KYHAN_SOURCE_DIR} / "tests/store/fixtures/schema-1.sql"));
  }
  const auto store = open_store(home.path());
  const auto task = store->reads()->find_task(TaskId{"kt-2026-1.1"}).value();
  REQUIRE(task);
  CHECK(task->priority == 0);
  CHECK(task->title.vi == "Phê duyệt");
  CHECK(store->reads()->find_account("an").value()->person == PersonId{"an"});
  CHECK_FALSE(store->reads()->next_start().value());
  const VerifyReport report = verify(*store).value();
  for (const Finding& finding : report.findings) FAIL_CHECK(finding.code + finding.text.en);
  CHECK(report.journal_rows == 3);
  commit_run(*store, "new", "u", "an");
}

TEST_CASE("migrating twice does nothing", "[store][migrate]") {
  const Folder home;
  { const auto store = open_store(home.path()); }
  const auto store = open_store(home.path());
  Statement row = store->reads()->connection().prepare("SELECT count(*) FROM migrations");
  REQUIRE(row.step());
  CHECK(row.integer(0) == static_cast<std::int64_t>(migrations().size()));
}

TEST_CASE("a database of a later version is refused and left alone", "[store][migrate]") {
  const Folder home;
  { const auto store = open_store(home.path()); }
  const auto change = [&](const std::string& sql) {
    Database::open(home.path() / "kyhan.db", {}).value()->execute(sql);
  };
  StoreOptions options;
  options.home = home.path();
  SECTION("newer") {
    change("INSERT INTO migrations VALUES (9999, '9999-later', 'x')");
    const auto refused = Store::open(options);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().type == "database-newer");
    CHECK(refused.error().detail.en.find("9999") != std::string::npos);
  }
  SECTION("another history") {
    change("UPDATE migrations SET checksum = 'x' WHERE number = 1");
    const auto refused = Store::open(options);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().type == "migration-changed");
  }
}

TEST_CASE("a migration that fails half way changes nothing", "[store][migrate]") {
  const Folder home;
  const auto database = Database::open(home.path() / "kyhan.db", {}).value();
  const std::vector<Migration> steps{
      {1, "0001-good", "CREATE TABLE good (a INTEGER) STRICT"},
      {2, "0002-bad", "CREATE TABLE half (a INTEGER) STRICT; CREATE TABLE good (a INTEGER) STRICT"},
  };
  CHECK_FALSE(migrate(*database, steps));
  Statement row = database->prepare(
      "SELECT (SELECT count(*) FROM migrations), (SELECT count(*) FROM sqlite_master "
      "WHERE name = 'half')");
  REQUIRE(row.step());
  CHECK(row.integer(0) == 1);
  CHECK(row.integer(1) == 0);
}

TEST_CASE("a file that is no database is refused with a clear error", "[store][open]") {
  const Folder home;
  std::ofstream{home.path() / "kyhan.db"} << std::string(8192, 'x');
  StoreOptions options;
  options.home = home.path();
  const auto refused = Store::open(options);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().type == "storage");
}

}  // namespace
}  // namespace kyhan::test
