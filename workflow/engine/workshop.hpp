#pragma once
/// One thread for work that is slow and must not hold up the writer: compiling definitions, the
/// audit scan.

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "workflow/core/types.hpp"

namespace kyhan {

class Workshop {
 public:
  /// `idle` is called on the thread after each `pause` without other work; a pause of zero: never.
  Workshop(Milliseconds pause, std::function<void(const Workshop&)> idle)
      : pause_(pause), idle_(std::move(idle)), thread_([this] { run(); }) {}
  ~Workshop() { stop(); }
  Workshop(const Workshop&) = delete;
  Workshop& operator=(const Workshop&) = delete;

  /// False when it has been stopped: `work` will not be done.
  [[nodiscard]] bool post(std::function<void()> work) {
    const std::lock_guard lock{mutex_};
    if (stopping_) return false;
    works_.push_back(std::move(work));
    changed_.notify_one();
    return true;
  }
  /// Finishes what was posted, then ends.
  void stop() {
    {
      const std::lock_guard lock{mutex_};
      stopping_ = true;
      changed_.notify_one();
    }
    if (thread_.joinable()) thread_.join();
  }
  [[nodiscard]] bool stopping() const {
    const std::lock_guard lock{mutex_};
    return stopping_;
  }

 private:
  void run() {
    std::unique_lock lock{mutex_};
    for (;;) {
      const auto ready = [this] { return stopping_ || !works_.empty(); };
      const bool woken = pause_.count() > 0 ? changed_.wait_for(lock, pause_, ready)
                                            : (changed_.wait(lock, ready), true);
      std::function<void()> work = [this] { idle_(*this); };
      if (woken) {
        if (works_.empty()) return;
        work = std::move(works_.front());
        works_.pop_front();
      }
      lock.unlock();
      work();
      lock.lock();
    }
  }

  Milliseconds pause_;
  std::function<void(const Workshop&)> idle_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> works_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace kyhan
