#pragma once
/// The link in an e-mail that switches e-mail off for its reader, without signing in (RFC 8058). It
/// names the person and is signed with a key of this server; looking at it changes nothing.

#include <optional>
#include <string>

#include "workflow/core/result.hpp"
#include "workflow/core/types.hpp"

namespace kyhan {

class Engine;
class Store;

/// The server's own key, made at the first call and kept in the database. Errors: of the database.
[[nodiscard]] Result<std::string> mail_key(Store& store, Engine& engine);

[[nodiscard]] std::string unsubscribe_token(const std::string& key, const PersonId& person);
/// Empty when this server has not signed it.
[[nodiscard]] std::optional<PersonId> person_of_token(const std::string& key,
                                                      const std::string& token);

}  // namespace kyhan
