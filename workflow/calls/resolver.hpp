#pragma once
/// Names to addresses, without holding up whoever asks: a few threads that block in the system's
/// resolver, one question a name at a time, answers kept for half a minute.

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "workflow/calls/network.hpp"

namespace kyhan {

class Resolver {
 public:
  static constexpr int threads_max = 4;
  static constexpr std::size_t kept_max = 1024;
  static constexpr std::chrono::seconds kept_for{30};

  /// Empty: there is no such name, or nobody can say.
  using Answer = std::function<void(const std::vector<IpAddress>&)>;

  Resolver();
  ~Resolver();  ///< Open questions are answered with nothing, once their threads return.
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  /// `answer` is called once, on another thread; for an address in digits and for what is kept, on
  /// this one.
  void resolve(const std::string& host, Answer answer);

 private:
  struct Kept {
    std::vector<IpAddress> addresses;
    std::chrono::steady_clock::time_point until;
  };
  void run();
  void settle(const std::string& host, std::vector<IpAddress> addresses);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> asked_;
  std::map<std::string, std::vector<Answer>> waiting_;
  std::map<std::string, Kept> kept_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace kyhan
