#pragma once
/// Rehearsals asked for over HTTP: one at a time, on a thread of its own, so that nothing else waits.

#include <atomic>
#include <boost/asio/thread_pool.hpp>

namespace kyhan {

struct RehearsalRoom {
  boost::asio::thread_pool thread{1};
  std::atomic<bool> busy = false;
  std::atomic<bool> stopping = false;

  /// Breaks off what is played and ends the thread.
  void stop() {
    stopping = true;
    thread.join();
  }
};

}  // namespace kyhan
