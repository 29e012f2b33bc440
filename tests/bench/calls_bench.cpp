// A thousand calls to a slow system at once, and what they do to people who work meanwhile.
//
// Each of a thousand instances calls ten times; the other side answers after half a second. The
// limit is what arithmetic says: a thousand calls each half second. Meanwhile four people start and
// approve cases one after another; their latency stands beside the same without any call.

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <future>
#include <mutex>
#include <spdlog/spdlog.h>
#include <stdexcept>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>

#include "workflow/calls/http_calls.hpp"
#include "workflow/engine/engine.hpp"
#include "workflow/store/store.hpp"

#include "tests/bench/row.hpp"
#include "tests/support/stub_server.hpp"

namespace kyhan::bench {
namespace {

namespace fs = std::filesystem;
using SteadyClock = std::chrono::steady_clock;

constexpr int instances = 1000;
constexpr int calls_each = 10;
constexpr int answer_after_ms = 500;
constexpr int people = 4;

const char* organisation = R"({
  "units": [{"id": "so-a", "name": "Sở A", "kind": "department"}],
  "people": [{"id": "an", "name": "An", "memberships": [{"unit": "so-a", "roles": ["specialist"]}]}]})";

std::string head(const std::string& name) {
  return "document: {dsl: '1.0.3', namespace: bench, name: " + name +
         ", version: '1.0.0', metadata: {start: {by: [{role: specialist, unit: own}]}}}\n";
}

std::string asking(const std::string& url) {
  return head("asks") + "do:\n  - loop:\n      for: {each: i, in: '${ [range(" +
         std::to_string(calls_each) + ")] }'}\n      do:\n        - ask: {call: http, with: {method: get, endpoint: '" +
         url + "/x'}, output: {as: '${ {n: 1} }'}}\n";
}

std::string approving() {
  return head("approval") + R"(do:
  - approve:
      call: humanTask:1.0.0@default
      with:
        title: Duyệt
        assignment: {mode: claim, candidates: [{role: specialist, unit: own}]}
        due: {workingDays: 5}
)";
}

/// Latencies of approvals, until told to stop.
class People {
 public:
  explicit People(Engine& engine) {
    for (int i = 0; i < people; ++i) {
      threads_.emplace_back([this, &engine] {
        while (!stop_) {
          const auto begun = SteadyClock::now();
          StartRequest request;
          request.definition = "approval";
          request.unit = UnitId{"so-a"};
          request.by = PersonId{"an"};
          const Receipt started = engine.start(request).value();
          CompleteTask answer;
          answer.task = started.open_tasks.at(0).id;
          answer.by = PersonId{"an"};
          answer.outcome = "done";
          (void)engine.submit(started.instance, answer, {}).value();
          const std::chrono::duration<double, std::milli> took = SteadyClock::now() - begun;
          const std::lock_guard lock{mutex_};
          took_ms_.push_back(took.count());
        }
      });
    }
  }
  std::vector<double> stop() {
    stop_ = true;
    for (std::thread& thread : threads_) thread.join();
    std::ranges::sort(took_ms_);
    return took_ms_;
  }

 private:
  std::atomic<bool> stop_ = false;
  std::mutex mutex_;
  std::vector<double> took_ms_;
  std::vector<std::thread> threads_;
};

double at(const std::vector<double>& sorted, double part) {
  if (sorted.empty()) return 0;
  return sorted[static_cast<std::size_t>(part * static_cast<double>(sorted.size() - 1))];
}

std::string latencies(const std::vector<double>& sorted) {
  return number(at(sorted, 0.5), 2) + " / " + number(at(sorted, 0.99), 2) + " ms";
}

/// Waits until no call is out or announced any more.
class Ended {
 public:
  Ended(Engine& engine, Store& store) : engine_(engine), store_(store) {
    listening_ = engine.subscribe([this](const std::vector<Change>&) {
      const std::lock_guard lock{mutex_};
      changed_.notify_all();
    });
  }
  ~Ended() { engine_.unsubscribe(listening_); }
  void wait() {
    std::unique_lock lock{mutex_};
    while (store_.reads()->sizes()->calls > 0 || engine_.counters().calls_out > 0) {
      changed_.wait_for(lock, std::chrono::milliseconds{100});
    }
  }

 private:
  Engine& engine_;
  Store& store_;
  int listening_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
};

int run() {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = std::min<rlim_t>(files.rlim_max, 65536);
  ::setrlimit(RLIMIT_NOFILE, &files);  // Both ends of a thousand connections are ours.
  spdlog::set_level(spdlog::level::warn);

  const fs::path home = fs::temp_directory_path() / ("kyhan-calls-bench-" + std::to_string(::getpid()));
  test::StubServer stub{[](const test::StubRequest&) {
    return test::StubAnswer{200, R"({"ok":true})", "application/json", {}, false, answer_after_ms};
  }};
  StoreOptions options;
  options.home = home;
  const auto store = Store::open(options).value();
  NetworkRules rules;
  rules.allow_net.push_back(parse_network("127.0.0.0/8").value());
  EngineConfig config;
  config.clock = std::make_shared<SystemClock>();
  config.calls = std::make_shared<HttpCalls>(rules);
  const auto engine = Engine::open(*store, config).value();
  (void)engine->import_organisation(Json::parse(organisation), PersonId{}).value();
  for (const std::string& document : {asking(stub.url()), approving()}) {
    const PublishedReport report = engine->publish_definition(document, PersonId{}, false).value();
    if (!report.published) throw std::runtime_error(report.faults.at(0).message.en);
  }

  People undisturbed{*engine};
  std::this_thread::sleep_for(std::chrono::seconds{4});
  const std::vector<double> alone = undisturbed.stop();

  People meanwhile{*engine};
  const auto begun = SteadyClock::now();
  std::atomic<int> not_begun = instances;
  std::promise<void> all_begun;
  for (int i = 0; i < instances; ++i) {
    StartRequest request;
    request.definition = "asks";
    request.unit = UnitId{"so-a"};
    request.by = PersonId{"an"};
    engine->start(request, [&](const Result<Receipt>& started) {
      if (!started) std::fprintf(stderr, "calls_bench: %s\n", started.error().detail.en.c_str());
      if (--not_begun == 0) all_begun.set_value();
    });
  }
  all_begun.get_future().wait();
  Ended ended{*engine, *store};
  ended.wait();
  const std::chrono::duration<double> took = SteadyClock::now() - begun;
  const std::vector<double> disturbed = meanwhile.stop();

  const auto made = static_cast<double>(engine->counters().calls_begun);
  const double limit = instances * 1000.0 / answer_after_ms;
  const double reached = made / took.count();
  print_row(std::to_string(instances) + " calls of " + std::to_string(answer_after_ms) + " ms at once",
            number(reached) + " calls/s", number(limit) + " calls/s by arithmetic",
            percent(reached / limit), "none blocks another");
  print_row("start and approve meanwhile, p50 / p99", latencies(disturbed),
            latencies(alone) + " without calls",
            number(at(disturbed, 0.5) / at(alone, 0.5), 2) + " / " +
                number(at(disturbed, 0.99) / at(alone, 0.99), 2) + " times",
            "p99 below 100 ms");
  std::fprintf(stderr, "calls_bench: %.0f calls, %llu failed, %zu + %zu approvals\n", made,
               static_cast<unsigned long long>(engine->counters().calls_failed), alone.size(),
               disturbed.size());
  engine->stop();
  std::error_code ignored;
  fs::remove_all(home, ignored);
  return 0;
}

}  // namespace
}  // namespace kyhan::bench

int main() {
  try {
    return kyhan::bench::run();
  } catch (const std::exception& fault) {
    std::fprintf(stderr, "calls_bench: %s\n", fault.what());
    return 1;
  }
}
