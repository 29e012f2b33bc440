#pragma once
/// Counters of the HTTP side, and the Prometheus text of everything.

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "workflow/core/types.hpp"

namespace kyhan {

struct Services;

/// Thread safe.
class HttpMetrics {
 public:
  /// `route` is the pattern, never the path: a label must not carry ids.
  void count(std::string_view method, std::string_view route, int status,
             std::chrono::microseconds took);
  void append_to(std::string& text) const;

 private:
  struct Series {
    std::map<int, std::uint64_t> by_status;
    std::array<std::uint64_t, 8> by_duration{};  ///< Not cumulative; the last is +Inf.
    std::uint64_t microseconds = 0;
  };
  mutable std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, Series> series_;
};

[[nodiscard]] std::string prometheus_text(Services& services);

}  // namespace kyhan
