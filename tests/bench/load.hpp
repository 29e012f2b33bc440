#pragma once
/// Clients of the server's HTTP interface, all in one thread: each keeps one connection and starts
/// a case and completes its task, over and over.

#include <string>
#include <vector>

namespace kyhan::bench {

/// Whom a client speaks for.
struct Desk {
  std::string unit;
  std::string starter_token;
  std::string approver_token;
};

struct LoadResult {
  int completed = 0;  ///< Cases started and their task completed.
  int refused = 0;    ///< Answers that were not 2xx.
  std::string first_refusal;
  double seconds = 0;
  std::vector<double> completion_ms;  ///< Of the completions, sorted.
  [[nodiscard]] double per_second() const { return completed / seconds; }
  [[nodiscard]] double percentile(double part) const;
};

/// `clients` at once for so many seconds; each ends the case it is at.
[[nodiscard]] LoadResult approve(int port, const std::vector<Desk>& desks, int clients,
                                 double seconds);

/// The same clients asking for /healthz: what HTTP alone costs. Requests a second.
[[nodiscard]] double ask_health(int port, int clients, double seconds);

/// Milliseconds until /readyz says 200; negative: not within `seconds_max`.
[[nodiscard]] double wait_until_ready(int port, double seconds_max);

}  // namespace kyhan::bench
