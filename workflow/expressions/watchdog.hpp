#pragma once
/// Stops evaluations that use too much processor time. One thread serves all of them.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <pthread.h>
#include <thread>
#include <vector>

#include "workflow/expressions/libjq.hpp"

namespace kyhan {

/// One jq state as the watchdog sees it. `jq_halt` is called at most once a run and never outside
/// one: a second call trips an assertion of libjq.
class HaltSwitch {
 public:
  enum class Reason { none, time, memory };

  /// From jq_start to the last jq_next; the calling thread is the one that is watched.
  void begin(jq_state* jq, std::chrono::nanoseconds time_limit);
  /// Why the run was stopped, if it was.
  Reason end();
  /// Any thread. Without a run under way it does nothing.
  void halt(Reason reason);

 private:
  friend class Watchdog;
  void look();  // By the watchdog: halts when the thread has used up its time.

  std::mutex mutex_;
  jq_state* running_ = nullptr;
  pthread_t thread_{};
  std::chrono::nanoseconds time_limit_{};
  std::uint64_t generation_ = 0;
  std::uint64_t seen_generation_ = 0;
  std::chrono::nanoseconds used_before_{};  // The thread's processor time when first seen.
  Reason reason_ = Reason::none;
};

/// Must outlive every switch it watches. It looks every few milliseconds while something runs and
/// sleeps otherwise, so starting a run costs no system call.
class Watchdog {
 public:
  Watchdog();
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  void watch(HaltSwitch* one);
  void forget(HaltSwitch* one);
  /// A run begins: wakes the thread if it sleeps.
  void wake();

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<HaltSwitch*> watched_;
  std::atomic<bool> asleep_{false};
  std::atomic<std::uint64_t> runs_{0};
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace kyhan
