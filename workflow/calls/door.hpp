#pragma once
/// The one door to the outside: calls, API descriptions, schemas, functions and tokens all go
/// through it. It judges the host, has the name resolved, judges the addresses, and lets the
/// transport connect to those alone; it follows redirects itself and judges every hop again.
///
/// Everything here happens on the transport's thread.

#include <memory>

#include "workflow/calls/network.hpp"
#include "workflow/calls/resolver.hpp"
#include "workflow/calls/transport.hpp"
#include "workflow/core/calls.hpp"

namespace kyhan {

constexpr int redirects_max = 5;

/// What goes through the door.
struct Errand {
  std::string method;
  std::string uri;
  TextPairs headers;
  std::optional<std::string> body;
  std::string authorization;  ///< The header's value; empty: none.
  std::string digest_username, digest_password;
  bool follow = false;  ///< Redirects, up to `redirects_max`; GET and HEAD only.
  std::chrono::steady_clock::time_point deadline;
};

class Door {
 public:
  /// All must outlive the door.
  Door(const NetworkRules& rules, Resolver& resolver, Transport& transport)
      : rules_(rules), resolver_(resolver), transport_(transport) {}

  using Done = std::function<void(Outcome<CallAnswer>)>;
  /// An errand on its way; when it is let go, nobody is told any more and the exchange is aborted.
  class Way;
  [[nodiscard]] std::shared_ptr<Way> send(Errand errand, Done done);

 private:
  friend class Way;
  const NetworkRules& rules_;
  Resolver& resolver_;
  Transport& transport_;
};

}  // namespace kyhan
