// Full queues, full disks, sudden death.

#include <csignal>
#include <future>
#include <random>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "workflow/store/sqlite.hpp"

#include "tests/engine/support.hpp"
#include "tests/store/counting_vfs.hpp"

namespace kyhan::test {
namespace {

TEST_CASE("a full inbox refuses at once instead of letting anybody wait", "[engine][limits]") {
  House house;
  house.limits.inbox_commands_max = 3;
  house.settle();
  std::promise<void> inside, go_on;
  std::promise<void> all_answered;
  int answered = 0;
  const auto count = [&](const Result<Json>&) {
    if (++answered == 4) all_answered.set_value();
  };
  const auto nothing = [](UnitOfWork&) -> Result<Json> {
    return Result<Json>{boost::system::in_place_value, nullptr};
  };
  house.engine->write(
      [&](UnitOfWork& work) {
        inside.set_value();
        go_on.get_future().wait();
        return nothing(work);
      },
      count);
  inside.get_future().wait();
  for (int i = 0; i < 3; ++i) house.engine->write(nothing, count);
  std::optional<Error> refused;
  house.engine->write(nothing, [&](const Result<Json>& result) {
    if (!result) refused = result.error();
  });
  REQUIRE(refused);
  CHECK(refused->type == "busy");
  CHECK(refused->code == ErrorCode::unavailable);
  go_on.set_value();
  all_answered.get_future().wait();
  CHECK(house.engine->write(nothing));
  CHECK(house.engine->counters().inbox_refused == 1);
}

TEST_CASE("after stop() nothing is taken any more, and everybody was answered",
          "[engine][limits]") {
  House house;
  house.settle().publish(definition("approval", approval_steps));
  std::atomic<int> answered = 0;
  StartRequest request;
  request.definition = "approval";
  request.unit = UnitId{"so-a"};
  request.by = PersonId{"an"};
  for (int i = 0; i < 200; ++i) {
    house.engine->start(request, [&](const Result<Receipt>&) { ++answered; });
  }
  house.engine->stop();
  CHECK(answered == 200);
  const Result<Receipt> late = house.engine->start(request);
  REQUIRE_FALSE(late);
  CHECK(late.error().type == "stopping");
}

TEST_CASE("a full disk refuses whole batches clearly, and the engine goes on when there is room",
          "[engine][disk]") {
  CountingVfs vfs;
  House house;
  house.vfs = vfs.name();
  house.settle().publish(definition("approval", approval_steps));
  const Receipt first = house.start("approval");
  const std::vector<std::string> before = house.history(first.instance);

  // The commit may fail at any of its writes: each is tried.
  for (int operation = 1; operation <= 12; ++operation) {
    vfs.fail_after(operation);
    const Result<Receipt> refused = house.complete(first, "an");
    vfs.heal();
    if (refused) break;  // Fewer writes than that.
    CAPTURE(operation);
    CHECK(refused.error().type == "disk-full");
    CHECK(refused.error().code == ErrorCode::unavailable);
    CHECK(house.history(first.instance) == before);
    REQUIRE(house.engine->counters().commits_failed >= 1);
  }
  const auto tasks = house.store->reads()->tasks_of(first.instance);
  if (tasks->size() == 1) CHECK(house.complete(first, "an"));
  CHECK(house.engine->healthy());
  CHECK(house.start("approval").open_tasks.size() == 1);
  CHECK(house.findings().empty());
  house.close();
}

TEST_CASE("the audit scan finds an instance that lost its timer", "[engine][audit]") {
  House house;
  house.settle().publish(definition("wait", "\ndo:\n  - w: {wait: {days: 3}}\n"));
  house.start("wait");
  house.close();
  {
    auto database = Database::open(house.folder.path() / "kyhan.db", {});
    (*database)->execute("DELETE FROM timers");
  }
  house.limits.audit_pause = Milliseconds{1};
  house.open();
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  while (house.engine->counters().orphans_found == 0 &&
         std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  CHECK(house.engine->counters().orphans_found > 0);
}

// Not a test of its own: the program that is killed, run by the test below. It starts and completes
// as fast as it can, and tells each answer on its standard output.
TEST_CASE("works until it is killed", "[.worker]") {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  House house;
  StoreOptions options;
  options.home = std::getenv("KYHAN_WORKER_HOME");
  house.store = std::move(*Store::open(options));
  house.engine = std::move(*Engine::open(*house.store, {house.clock, house.limits, true}));
  const auto tell = [](char kind, const std::string& what) {
    const std::string line = std::string{"@"} + kind + what + "\n";
    if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) ::_exit(1);
  };
  std::vector<std::thread> clients;
  for (int client = 0; client < 4; ++client) {
    clients.emplace_back([&] {
      for (;;) {
        StartRequest request;
        request.definition = "approval";
        request.unit = UnitId{"so-a"};
        request.by = PersonId{"an"};
        const Result<Receipt> started = house.engine->start(request);
        if (!started) {
          std::fprintf(stderr, "worker: %s\n", started.error().detail.en.c_str());
          ::_exit(2);
        }
        tell('S', started->instance.text());
        CompleteTask answer;
        answer.task = started->open_tasks.at(0).id;
        answer.by = PersonId{"an"};
        answer.outcome = "done";
        if (!house.engine->submit(started->instance, answer, {})) ::_exit(3);
        tell('C', answer.task.text());
      }
    });
  }
  for (;;) ::pause();
}

/// This very program again, as the worker on `home`; its answers come out of `answers`.
pid_t start_worker(const std::filesystem::path& home, FILE*& answers) {
  int ends[2];
  if (::pipe(ends) != 0) return -1;
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(ends[1], STDOUT_FILENO);
    ::close(ends[0]);
    ::close(ends[1]);
    ::setenv("KYHAN_WORKER_HOME", home.c_str(), 1);
    ::execl("/proc/self/exe", "engine_test", "[.worker]", static_cast<char*>(nullptr));
    ::_exit(127);
  }
  ::close(ends[1]);
  answers = ::fdopen(ends[0], "r");
  return child;
}

TEST_CASE("kill -9 under load loses nothing that was acknowledged and does nothing twice",
          "[engine][kill]") {
  House house;
  house.settle().publish(definition("approval", approval_steps));
  house.close();
  std::set<std::string> started, completed;
  std::minstd_rand chance{20260302};
  for (int round = 0; round < 4; ++round) {
    FILE* lines = nullptr;
    const pid_t child = start_worker(house.folder.path(), lines);
    REQUIRE(child > 0);
    // Killed after so and so many answers: at any point of a batch.
    const int answers = 20 + static_cast<int>(chance() % 200);
    char line[128];
    int seen = 0;
    while (std::fgets(line, sizeof line, lines) != nullptr) {
      if (line[0] != '@') continue;
      const std::string id{line + 2, std::strlen(line) - 3};
      (line[1] == 'S' ? started : completed).insert(id);
      if (++seen == answers) ::kill(child, SIGKILL);
    }
    std::fclose(lines);
    ::waitpid(child, nullptr, 0);
    REQUIRE(seen >= answers);

    house.open();
    CHECK(house.findings().empty());
    for (const std::string& id : started) {
      REQUIRE(house.store->reads()->find_instance(InstanceId{id}).value());
    }
    for (const std::string& id : completed) {
      REQUIRE(house.store->reads()->find_task(TaskId{id}).value()->state == TaskState::completed);
    }
    std::set<std::string> ids;
    for (std::int64_t after = 0;;) {
      const auto page = house.store->reads()->outbox_after(after, 1000);
      REQUIRE(page);
      if (page->empty()) break;
      for (const OutboxRow& row : *page) REQUIRE(ids.insert(row.id).second);
      after = page->back().seq;
    }
    house.close();
  }
  CHECK(completed.size() > 40);
}

TEST_CASE("whatever is asked in whatever order, the journal says what the state is",
          "[engine][property]") {
  const unsigned seed = GENERATE(1u, 2u, 3u);
  CAPTURE(seed);
  std::mt19937 chance{seed};
  House house;
  house.limits.cached_states_max = 3;  // States are dropped and read again all the time.
  house.limits.slice_steps_max = 4;
  house.settle().publish(definition("approval", approval_steps));
  house.publish(definition("mixed", R"(
do:
  - both:
      fork:
        branches:
          - work:
              call: humanTask:1.0.0@default
              with:
                title: Work
                assignment: {mode: claim, candidates: [{role: specialist}]}
                due: {in: P2D}
          - pause: {wait: {hours: 30}}
  - hear: {listen: {to: {one: {with: {type: vn.example.case.decided}}}}}
  - loop:
      for: {each: i, in: "${ [range(10)] }"}
      do: [{add: {set: {n: "${ $i }"}}}]
)"));
  std::vector<InstanceId> instances;
  const std::vector<std::string> people{"an", "ba", "binh", "dung", "em"};
  const auto any = [&](std::size_t size) {
    return std::uniform_int_distribution<std::size_t>{0, size - 1}(chance);
  };
  std::vector<std::future<void>> answers;
  for (int i = 0; i < 300; ++i) {
    const std::size_t what = any(10);
    const PersonId by{people[any(people.size())]};
    if (what < 2 || instances.empty()) {
      const auto started =
          house.try_start(any(2) == 0 ? "approval" : "mixed", "so-a", any(4) == 0 ? "em" : "an");
      if (started) instances.push_back(started->instance);
      continue;
    }
    const InstanceId id = instances[any(instances.size())];
    const TaskId task{id.text() + "." + std::to_string(1 + any(3))};
    Command command = ContinueRun{};
    if (what < 6) command = CompleteTask{task, by, any(3) == 0 ? "approve" : "done", "", {}, {}};
    if (what == 6) command = ClaimTask{task, by};
    if (what == 7) command = ReleaseTask{task, by};
    if (what == 8 && any(5) == 0) command = CancelInstance{by, "thử"};
    if (what == 9) {
      REQUIRE(
          house.engine->advance_clock(house.engine->clock().now() + std::chrono::hours{any(20)}));
      continue;
    }
    auto answered = std::make_shared<std::promise<void>>();
    answers.push_back(answered->get_future());
    house.engine->submit(id, command, {},
                         [answered](const Result<Receipt>&) { answered->set_value(); });
    if (any(60) == 0) {
      for (auto& one : answers) one.get();
      answers.clear();
      house.reopen();
    }
  }
  for (auto& one : answers) one.get();
  CHECK(house.findings().empty());
  CHECK(house.engine->counters().orphans_found == 0);
}

}  // namespace
}  // namespace kyhan::test
