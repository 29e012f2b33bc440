// What a start of the engine does: it goes on where it stopped, and loads nothing that waits.

#include <future>

#include "tests/engine/support.hpp"

namespace kyhan::test {
namespace {

TEST_CASE("a run that was interrupted between two slices goes on after the start",
          "[engine][start-up]") {
  House house;
  house.limits.slice_steps_max = 3;
  house.settle().publish(definition("long", R"(
do:
  - count:
      for: {each: i, in: "${ [range(150)] }"}
      do:
        - add: {set: {n: "${ $i }"}}
)"));
  const Receipt running = house.start("long");
  house.reopen();
  const auto between = house.store->reads()->find_instance(running.instance);
  CHECK((*between)->status == InstanceStatus::running);
  CHECK(house.findings().empty());
  house.advance("2026-03-02T08:00:01+07:00");
  const auto row = house.store->reads()->find_instance(running.instance);
  CHECK((*row)->status == InstanceStatus::completed);
  CHECK(house.findings().empty());
}

/// Starts `count` instances, some hundreds at a time.
void start_many(House& house, const std::string& name, int count) {
  constexpr int at_once = 500;
  for (int done = 0; done < count; done += at_once) {
    const int now = std::min(at_once, count - done);
    std::promise<void> all;
    std::atomic<int> left = now;
    for (int i = 0; i < now; ++i) {
      StartRequest request;
      request.definition = name;
      request.unit = UnitId{"so-a"};
      request.by = PersonId{"an"};
      house.engine->start(request, [&](const Result<Receipt>& started) {
        if (!started) FAIL(started.error().detail.en);
        if (--left == 0) all.set_value();
      });
    }
    all.get_future().wait();
  }
}

TEST_CASE("instances that wait are rows, not memory: a start loads none of them",
          "[engine][start-up]") {
  // KYHAN_WAITING=100000 measures what this only proves.
  const char* wanted = std::getenv("KYHAN_WAITING");
  const int count = wanted == nullptr ? 300 : std::atoi(wanted);
  House house;
  house.settle().publish(definition("approval", approval_steps));
  const auto before_starts = std::chrono::steady_clock::now();
  start_many(house, "approval", count);
  const auto started = std::chrono::steady_clock::now();
  const EngineCounters busy = house.engine->counters();
  house.close();
  const auto before_open = std::chrono::steady_clock::now();
  house.open();
  const auto opened = std::chrono::steady_clock::now();
  if (wanted != nullptr) {
    const auto seconds = [](auto span) { return std::chrono::duration<double>(span).count(); };
    WARN(count << " starts in " << seconds(started - before_starts) << " s, " << busy.commits
               << " commits; open in " << seconds(opened - before_open) << " s");
  }
  CHECK(house.engine->counters().states_cached == 0);
  CHECK(house.engine->counters().commands == 0);
  CHECK(busy.commits < static_cast<std::uint64_t>(count));  // Group commit.
  CHECK(house.store->reads()->sizes()->tasks_open == count);
}

}  // namespace
}  // namespace kyhan::test
