#pragma once
/// Room for as many sockets and files as the limits of connections and calls allow together.

namespace kyhan {

/// Raises the soft limit of open files of this process to what the hard one permits, at most 65536.
void allow_many_open_files();

}  // namespace kyhan
