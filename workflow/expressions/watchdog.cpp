#include "workflow/expressions/watchdog.hpp"

#include <algorithm>
#include <time.h>

namespace kyhan {
namespace {

constexpr std::chrono::milliseconds look_every{10};
// This many looks without a run and the thread sleeps until the next one.
constexpr int idle_looks_max = 100;

std::chrono::nanoseconds processor_time(pthread_t thread) {
  clockid_t clock{};
  timespec time{};
  if (::pthread_getcpuclockid(thread, &clock) != 0 || ::clock_gettime(clock, &time) != 0) return {};
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

void HaltSwitch::begin(jq_state* jq, std::chrono::nanoseconds time_limit) {
  const std::lock_guard lock(mutex_);
  running_ = jq;
  thread_ = ::pthread_self();
  time_limit_ = time_limit;
  reason_ = Reason::none;
  ++generation_;
}

HaltSwitch::Reason HaltSwitch::end() {
  const std::lock_guard lock(mutex_);
  running_ = nullptr;
  return reason_;
}

void HaltSwitch::halt(Reason reason) {
  const std::lock_guard lock(mutex_);
  if (running_ == nullptr || reason_ != Reason::none) return;
  reason_ = reason;
  ::jq_halt(running_, ::jv_invalid(), ::jv_invalid());
}

void HaltSwitch::look() {
  {
    const std::lock_guard lock(mutex_);
    if (running_ == nullptr || reason_ != Reason::none) return;
    const auto used = processor_time(thread_);
    if (seen_generation_ != generation_) {
      seen_generation_ = generation_;
      used_before_ = used;
      return;
    }
    if (used - used_before_ < time_limit_) return;
    reason_ = Reason::time;
    ::jq_halt(running_, ::jv_invalid(), ::jv_invalid());
  }
}

Watchdog::Watchdog() : thread_([this] { run(); }) {}

Watchdog::~Watchdog() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Watchdog::watch(HaltSwitch* one) {
  const std::lock_guard lock(mutex_);
  watched_.push_back(one);
}

void Watchdog::forget(HaltSwitch* one) {
  const std::lock_guard lock(mutex_);
  std::erase(watched_, one);
}

void Watchdog::wake() {
  runs_.fetch_add(1);
  if (!asleep_.load()) return;
  { const std::lock_guard lock(mutex_); }  // The sleeper is in its wait, or will see runs_.
  changed_.notify_all();
}

void Watchdog::run() {
  std::unique_lock lock(mutex_);
  std::uint64_t runs_seen = 0;
  int idle_looks = 0;
  while (!ending_) {
    if (idle_looks >= idle_looks_max) {
      asleep_ = true;
      changed_.wait(lock, [&] { return ending_ || runs_.load() != runs_seen; });
      asleep_ = false;
      idle_looks = 0;
    } else {
      changed_.wait_for(lock, look_every, [&] { return ending_; });
    }
    const auto runs = runs_.load();
    bool busy = runs != runs_seen;
    runs_seen = runs;
    for (HaltSwitch* one : watched_) {
      one->look();
      const std::lock_guard one_lock(one->mutex_);
      busy = busy || one->running_ != nullptr;
    }
    idle_looks = busy ? 0 : idle_looks + 1;
  }
}

}  // namespace kyhan
