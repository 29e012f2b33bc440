#pragma once
/// `kyhan run`: one definition played to its end in memory, on a virtual clock.

#include <iosfwd>
#include <string>
#include <vector>

namespace kyhan {

struct RunOptions {
  std::string file;
  std::vector<std::string> with;  ///< Further definitions, to be run as sub-workflows.
  std::string input, events, answers, directory, calendar;  ///< Paths; empty: not given.
  std::string from;                                         ///< RFC 3339; empty: now.
  std::string trace;                                        ///< Path to write; empty: none.
  std::string secrets;                                      ///< Path; empty: there are none.
  std::vector<std::string> routes;                          ///< PREFIX=URL, the target loopback.
  std::vector<std::string> allow_net;  ///< CIDR blocks that calls may reach besides the internet.
  std::string proxy;                   ///< URL; empty: none.
  std::string ca_file;                 ///< PEM; empty: the system's authorities.
  bool real_time = false;
  bool json = false;
  bool vietnamese = true;  ///< Language of what people read.
};

/// Exit codes: 0 completed or waiting, 2 wrong usage, 3 faulted, 4 cancelled, 5 material faulty.
[[nodiscard]] int run_definition(const RunOptions& options, std::ostream& out, std::ostream& err);

}  // namespace kyhan
