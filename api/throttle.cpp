#include "api/throttle.hpp"

#include <algorithm>

namespace kyhan {

namespace {

std::string of_account(const std::string& account) {
  return "a:" + account;
}
std::string of_address(const std::string& address) {
  return "i:" + address;
}
std::string of_pair(const std::string& account, const std::string& address) {
  return "p:" + address + "\n" + account;
}

}  // namespace

std::optional<Milliseconds> SignInThrottle::must_wait(const std::string& account,
                                                      const std::string& address, Instant now) {
  const std::lock_guard lock{mutex_};
  std::optional<Milliseconds> longest;
  for (const auto& wait : {wait_of(of_pair(account, address), limits_.pair_failures_max, now),
                           wait_of(of_address(address), limits_.address_failures_max, now),
                           wait_of(of_account(account), limits_.account_failures_max, now)}) {
    if (wait) longest = std::max(longest.value_or(*wait), *wait);
  }
  return longest;
}

std::optional<Milliseconds> SignInThrottle::wait_of(const std::string& key, int max, Instant now) {
  const auto found = entries_.find(key);
  if (found == entries_.end()) return std::nullopt;
  const Instant over_at = found->second.first_at + limits_.window;
  if (now >= over_at || now < found->second.first_at) {
    order_.remove(key);
    entries_.erase(found);
    return std::nullopt;
  }
  if (found->second.failures < max) return std::nullopt;
  return over_at - now;
}

void SignInThrottle::failed(const std::string& account, const std::string& address, Instant now) {
  const std::lock_guard lock{mutex_};
  count(of_pair(account, address), now);
  count(of_address(address), now);
  count(of_account(account), now);
}

void SignInThrottle::count(const std::string& key, Instant now) {
  const auto [found, inserted] = entries_.try_emplace(key);
  Entry& entry = found->second;
  if (inserted) {
    entry.first_at = now;
    order_.push_back(key);
    if (entries_.size() > limits_.entries_max) {
      entries_.erase(order_.front());
      order_.pop_front();
    }
  }
  ++entry.failures;
}

void SignInThrottle::succeeded(const std::string& account, const std::string& address) {
  const std::lock_guard lock{mutex_};
  const std::string key = of_pair(account, address);
  if (entries_.erase(key) > 0) order_.remove(key);
}

}  // namespace kyhan
