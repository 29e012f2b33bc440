#pragma once
/// Slows down whoever guesses passwords, in memory. Few failures of one address at one account
/// close that account to that address alone, so that nobody can lock a colleague out from
/// elsewhere; many failures of an address, or at an account from anywhere, close it altogether.

#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "workflow/core/types.hpp"

namespace kyhan {

struct ThrottleLimits {
  int pair_failures_max = 5;         ///< Of one address at one account.
  int address_failures_max = 30;     ///< Many people may share an address.
  int account_failures_max = 100;    ///< From all addresses together.
  Milliseconds window{15 * 60'000};  ///< Failures older than this are forgotten.
  std::size_t entries_max = 20'000;  ///< The oldest make room.
};

/// Thread safe. Time is an argument.
class SignInThrottle {
 public:
  explicit SignInThrottle(ThrottleLimits limits = {}) : limits_(limits) {}

  /// How long to wait before the next try may be made; empty: go on.
  [[nodiscard]] std::optional<Milliseconds> must_wait(const std::string& account,
                                                      const std::string& address, Instant now);
  void failed(const std::string& account, const std::string& address, Instant now);
  /// A right password clears what this address failed at this account; the other counts stay.
  void succeeded(const std::string& account, const std::string& address);

 private:
  struct Entry {
    int failures = 0;
    Instant first_at{};
  };
  std::optional<Milliseconds> wait_of(const std::string& key, int max, Instant now);
  void count(const std::string& key, Instant now);

  ThrottleLimits limits_;
  std::mutex mutex_;
  std::map<std::string, Entry> entries_;
  std::list<std::string> order_;  ///< Oldest first, for making room.
};

}  // namespace kyhan
