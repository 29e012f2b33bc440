#pragma once
/// Who is at the door: session cookies, API tokens and the Unix socket become a Caller.

#include <string>

#include "api/call.hpp"
#include "api/services.hpp"

namespace kyhan {

constexpr std::string_view session_cookie = "kyhan_session";

/// A caller that is nobody when there is no valid session, token or socket. Errors: only those of
/// the database. Extends a session's life now and then, without waiting for it.
[[nodiscard]] Result<Caller> identify(Services& services, const Request& request,
                                      const Directory& directory);

/// Changes of state asked for by a browser must come from our own pages: `Origin` names our scheme,
/// host and port. Tokens and the Unix socket need none. Error: `forbidden` "foreign-origin".
[[nodiscard]] Result<void> check_origin(const Services& services, const Request& request,
                                        const Caller& caller);

/// True when clients reach us by https, ourselves or through the proxy.
[[nodiscard]] bool is_secure(const Services& services, const Request& request);
/// The client's address, through the proxy where one is configured.
[[nodiscard]] std::string client_address(const Services& services, const Request& request);

/// `Set-Cookie` for a fresh session, and for the end of one.
[[nodiscard]] std::string cookie_for(const std::string& token, bool secure);
[[nodiscard]] std::string expired_cookie(bool secure);

}  // namespace kyhan
