#include "api/throttle.hpp"

#include <algorithm>

namespace kyhan {

std::optional<Milliseconds> SignInThrottle::must_wait(const std::string& account,
                                                      const std::string& address, Instant now) {
  const std::lock_guard lock{mutex_};
  const auto by_account = wait_of("a:" + account, limits_.account_failures_max, now);
  const auto by_address = wait_of("i:" + address, limits_.address_failures_max, now);
  if (!by_account) return by_address;
  if (!by_address) return by_account;
  return std::max(*by_account, *by_address);
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
  count("a:" + account, now);
  count("i:" + address, now);
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

void SignInThrottle::succeeded(const std::string& account) {
  const std::lock_guard lock{mutex_};
  if (entries_.erase("a:" + account) > 0) order_.remove("a:" + account);
}

}  // namespace kyhan
