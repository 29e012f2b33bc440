#include "cli/open_files.hpp"

#include <algorithm>
#include <sys/resource.h>

namespace kyhan {

void allow_many_open_files() {
  constexpr rlim_t wanted = 65536;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  const rlim_t most = limit.rlim_max == RLIM_INFINITY ? wanted : std::min(limit.rlim_max, wanted);
  if (limit.rlim_cur >= most) return;
  limit.rlim_cur = most;
  (void)::setrlimit(RLIMIT_NOFILE, &limit);  // Refused: the limit stays what it was.
}

}  // namespace kyhan
