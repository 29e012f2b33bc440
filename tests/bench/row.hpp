#pragma once
/// One line of the table that ops/bench prints: what was measured, what was reached, the raw limit
/// of the same run, the ratio of the two, the goal.

#include <cstdio>
#include <string>

namespace kyhan::bench {

inline void print_row(const std::string& what, const std::string& reached,
                      const std::string& raw_limit, const std::string& ratio,
                      const std::string& goal) {
  std::printf("row\t%s\t%s\t%s\t%s\t%s\n", what.c_str(), reached.c_str(), raw_limit.c_str(),
              ratio.c_str(), goal.c_str());
  std::fflush(stdout);
}

/// A number with so many decimals.
inline std::string number(double value, int decimals = 0) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", decimals, value);
  return text;
}

inline std::string percent(double part) {
  return number(100.0 * part, 1) + " %";
}

}  // namespace kyhan::bench
