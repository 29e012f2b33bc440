#pragma once
/// How commands reach the data: through the running server's Unix socket, or, with no server
/// running, through the same handlers in this process, under the database's lock.

#include <memory>
#include <string>

#include "cli/config.hpp"
#include "workflow/core/json.hpp"
#include "workflow/core/result.hpp"

namespace kyhan {

struct Answer {
  int status = 0;
  Json body;  ///< Null when there is none or it is no JSON.
  [[nodiscard]] bool ok() const { return status >= 200 && status < 300; }
};

class Client {
 public:
  virtual ~Client() = default;
  /// `body` empty: none. Errors: `unavailable` "server-unreachable".
  [[nodiscard]] virtual Result<Answer> ask(const std::string& method, const std::string& path,
                                           const std::string& body,
                                           const std::string& content_type) = 0;
};

/// `language` is "vi" or "en": of the problems. Errors: those of opening the database.
[[nodiscard]] Result<std::unique_ptr<Client>> connect(const Config& config,
                                                      const std::string& language);
/// Whether a server answers on the socket.
[[nodiscard]] bool server_runs(const Config& config);

}  // namespace kyhan
