#pragma once
/// One request on its way through a handler, and what a handler is.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/http.hpp"
#include "api/parameters.hpp"
#include "api/problem.hpp"
#include "workflow/core/directory.hpp"
#include "workflow/core/json.hpp"
#include "workflow/store/rows.hpp"

namespace kyhan {

struct Services;

/// Bodies that are read whole, unless their route says otherwise.
constexpr std::size_t json_bytes_max = 1 << 20;

/// Who asks.
struct Caller {
  PersonId person;      ///< Empty: nobody, a system, or the Unix socket.
  std::string account;  ///< Sign-in name, token name, or "local" for the Unix socket.
  bool signed_in = false;
  bool administrator = false;
  bool system = false;       ///< A token of another system.
  bool own_machine = false;  ///< The Unix socket: the server's own user.
  bool by_session = false;   ///< A browser: state changes need a matching Origin.
  Sha256 session{};          ///< Hash of the session's token, with by_session.
};

struct Call {
  Call(Services& all, Request& asked) : services(all), request(asked) {}

  Services& services;
  Request& request;
  Caller caller;
  Language language = Language::vi;
  std::string id;                       ///< Of the request, in problems and the log.
  std::vector<std::string> parameters;  ///< Of the path, decoded.
  Query query;
  Json body;                                   ///< With Body::json: an object.
  std::string text;                            ///< With Body::text.
  std::shared_ptr<const Directory> directory;  ///< The snapshot this request looks at.
};

/// A refusal becomes a problem document. Runs on the connection's strand; `call` outlives it.
using Handler = asio::awaitable<Result<Reply>> (*)(Call& call);

[[nodiscard]] Reply json_reply(int status, const Json& body);
/// With a strong ETag; 304 when If-None-Match names it.
[[nodiscard]] Reply json_reply(const Call& call, const Json& body, const std::string& etag);
[[nodiscard]] Reply empty_reply(int status);

/// The version a decision was made on. Errors: "precondition-required" (428) without If-Match,
/// "bad-request" when it is no version of ours.
[[nodiscard]] Result<std::int64_t> expected_version(const Request& request);
/// The version an ETag of ours says. Errors: "bad-request".
[[nodiscard]] Result<std::int64_t> version_from(std::string_view etag);
[[nodiscard]] std::string etag_of(std::int64_t version);  ///< "\"7\"", quotes included.

}  // namespace kyhan
