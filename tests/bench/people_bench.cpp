// People at once: 64 who want the same task, over and over.

#include <algorithm>
#include <array>
#include <atomic>
#include <barrier>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <stdexcept>
#include <thread>
#include <unistd.h>

#include "workflow/engine/engine.hpp"
#include "workflow/store/store.hpp"

#include "tests/bench/row.hpp"

namespace kyhan::bench {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr int clients = 64;
constexpr int races = 500;

const char* errand = R"(
document:
  dsl: '1.0.3'
  namespace: bench
  name: errand
  version: '1.0.0'
  metadata: {start: {by: [{role: specialist, unit: own}]}}
do:
  - do-it:
      call: humanTask:1.0.0@default
      with:
        title: {vi: Việc, en: Errand}
        assignment: {mode: claim, candidates: [{role: specialist, unit: own}]}
)";

Json organisation() {
  Json document = {{"units", {{{"id", "so"}, {"name", "Sở"}, {"kind", "department"}}}},
                   {"people", Json::array()}};
  for (int i = 0; i < clients; ++i) {
    document["people"].push_back({{"id", "p" + std::to_string(i)},
                                  {"name", "Người " + std::to_string(i)},
                                  {"memberships", {{{"unit", "so"}, {"roles", {"specialist"}}}}}});
  }
  return document;
}

/// A home with an engine in it, gone with the object.
class House {
 public:
  House() : path_(fs::temp_directory_path() / ("kyhan-people-" + std::to_string(::getpid()))) {
    StoreOptions options;
    options.home = path_;
    store_ = Store::open(options).value();
    EngineConfig config;
    config.clock = std::make_shared<SystemClock>();
    engine_ = Engine::open(*store_, config).value();
    (void)engine_->import_organisation(organisation(), PersonId{}).value();
    publish(errand);
  }
  ~House() {
    engine_.reset();
    store_.reset();
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  House(const House&) = delete;
  House& operator=(const House&) = delete;

  void publish(const char* document) {
    const PublishedReport report =
        engine_->publish_definition(document, PersonId{}, false).value();
    if (report.published) return;
    throw std::runtime_error(report.faults.empty() ? "not published"
                                                   : report.faults.front().message.en);
  }
  Receipt start(const std::string& definition, Json input = Json::object()) {
    StartRequest request;
    request.definition = definition;
    request.unit = UnitId{"so"};
    request.by_administrator = true;
    request.input = std::move(input);
    return engine_->start(request).value();
  }
  Engine& engine() { return *engine_; }

 private:
  fs::path path_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Engine> engine_;
};

bool lost_fairly(const Error& why) {
  return why.code == ErrorCode::conflict || why.code == ErrorCode::stale;
}

/// Everybody claims, then everybody answers: one of each may come through.
void race(House& house) {
  std::vector<Receipt> tasks;
  for (int i = 0; i < races; ++i) tasks.push_back(house.start("errand"));
  std::vector<std::array<std::atomic<int>, 2>> winners(races);  // Of the claim, of the answer.
  std::atomic<int> unfair = 0;
  std::barrier line{clients};
  std::vector<std::thread> threads;
  const auto began = Clock::now();
  for (int i = 0; i < clients; ++i) {
    threads.emplace_back([&, i] {
      const PersonId me{"p" + std::to_string(i)};
      for (int round = 0; round < races; ++round) {
        const Receipt& task = tasks[static_cast<std::size_t>(round)];
        const TaskId id = task.open_tasks.at(0).id;
        auto& won = winners[static_cast<std::size_t>(round)];
        const auto count = [&](const Result<Receipt>& done, int which) {
          if (done) {
            ++won[static_cast<std::size_t>(which)];
          } else if (!lost_fairly(done.error())) {
            ++unfair;
          }
        };
        line.arrive_and_wait();
        count(house.engine().submit(task.instance, ClaimTask{id, me}, {}), 0);
        line.arrive_and_wait();
        CompleteTask answer;
        answer.task = id;
        answer.by = me;
        answer.outcome = "done";
        count(house.engine().submit(task.instance, answer, {}), 1);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const double seconds = std::chrono::duration<double>(Clock::now() - began).count();
  const auto exactly_one = std::ranges::count_if(
      winners, [](const auto& one) { return one[0] == 1 && one[1] == 1; });
  print_row("races of 64 to claim and to complete one task, exactly one winner each",
            std::to_string(exactly_one) + " of " + std::to_string(races), "", "", "all");
  print_row("  losers told something other than that they lost", std::to_string(unfair), "", "",
            "0");
  print_row("  attempts/s", number(2.0 * clients * races / seconds), "", "", "");
}

}  // namespace
}  // namespace kyhan::bench

int main() {
  try {
    kyhan::bench::House house;
    kyhan::bench::race(house);
  } catch (const std::exception& fault) {
    std::cerr << fault.what() << "\n";
    return 1;
  }
  return 0;
}
