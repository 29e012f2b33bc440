#pragma once
/// OAuth 2 tokens by client credentials: fetched through the door, kept until they expire, one
/// question at a time for each client and scope. On the transport's thread only.

#include <map>

#include "workflow/calls/door.hpp"

namespace kyhan {

class Tokens {
 public:
  static constexpr std::size_t kept_max = 256;
  /// How long a token is used that does not say how long it lasts.
  static constexpr std::chrono::seconds unstated_lifetime{60};

  explicit Tokens(Door& door) : door_(door) {}

  struct Token {
    std::string text;
    bool kept = false;  ///< It was there already: it may have been revoked since.
  };
  using Done = std::function<void(Outcome<Token>)>;
  /// Errors: `authentication` 401 when the authority refuses or answers what is no token of an
  /// accepted issuer; `communication` when it cannot be reached.
  void get(const TokenRequest& request, std::chrono::steady_clock::time_point deadline, Done done);
  /// The other side did not take it.
  void forget(const TokenRequest& request);

 private:
  struct Entry {
    std::string token;
    std::chrono::steady_clock::time_point until;
    std::vector<Done> waiting;
    std::shared_ptr<Door::Way> way;
  };
  void answered(const std::string& key, const TokenRequest& request, Outcome<CallAnswer> answer);

  Door& door_;
  std::map<std::string, Entry> entries_;
};

}  // namespace kyhan
