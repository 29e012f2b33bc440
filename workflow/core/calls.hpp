#pragma once
/// Calls to other systems, as the core sees them: what is asked, what an answer means, and the port
/// through which workflow/calls asks it.
///
/// A step that calls is a node that waits: NodeEntered is the intent, with the idempotency key
/// under which the call is made. After the commit the engine (or the simulation) hands a CallOrder
/// to `Calls`; its answer comes back as the command FinishCall. After a crash the same order is
/// made again, with the same key. The request itself is never stored: `request_of` computes it from
/// the state whenever it is needed, with the secrets of that moment.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "workflow/core/decide.hpp"
#include "workflow/core/outcome.hpp"
#include "workflow/core/secrets.hpp"
#include "workflow/core/uri.hpp"

namespace kyhan {

/// OAuth 2, grant client_credentials.
struct TokenRequest {
  std::string uri;  ///< Of the token endpoint.
  std::string client_id, client_secret;
  bool basic = false;  ///< client_secret_basic, else client_secret_post.
  bool json = false;   ///< Encoding of the request, else a form.
  std::vector<std::string> scopes, audiences;
  std::vector<std::string> issuers;  ///< Of whom a token may be; empty: anybody.
};

/// Who is asking, in the clear.
struct Credentials {
  Authentication::Scheme scheme = Authentication::Scheme::basic;
  std::string username, password;  ///< basic, digest
  std::string token;               ///< bearer
  TokenRequest oauth2;
  bool confidential = false;  ///< Made of secrets: what comes of them must not be seen either.
};

/// From the settings that a definition or secret gives: {username, password}, {token}, ... `input`
/// fills templates in addresses. Errors: `configuration`.
[[nodiscard]] Outcome<Credentials> credentials_of_settings(Authentication::Scheme scheme,
                                                           const Json& settings,
                                                           const Json& input);
/// A secret as settings: one that is a plain text is the token, or "username:password".
[[nodiscard]] Json settings_of_secret(Authentication::Scheme scheme, const Json& secret);

/// One request over HTTP.
struct HttpRequest {
  std::string method;
  std::string uri;
  TextPairs headers;
  std::optional<std::string> body;
  std::optional<Credentials> credentials;
};

/// What a call asks.
struct CallRequest {
  /// Something has to be had before `http` can be known: a token (for expressions that mention
  /// `$authorization`), or the OpenAPI document that `document` fetches.
  enum class Needs { nothing, token, document } needs = Needs::nothing;
  HttpRequest http;
  HttpRequest document;
  RequestStep::Output output = RequestStep::Output::content;
  bool redirect = false;
  Redaction redaction;  ///< What must not be seen of the answer.
};

/// What was learnt since the request was first asked for.
struct CallFindings {
  std::optional<Json> authorization;     ///< {scheme, parameter}
  std::shared_ptr<const Json> document;  ///< The OpenAPI document.
};

struct CallAnswer {
  int status = 0;
  TextPairs headers;  ///< As received.
  std::string body;
  std::string uri;  ///< Of the request that was answered: after redirects another one.
};

/// The request of the call that the node is out with, secrets in place.
[[nodiscard]] Outcome<CallRequest> request_of(const State& state, const World& world, NodeId node,
                                              const CallFindings& findings);

/// The step's raw output: what the answer says, redacted, or the error it means.
[[nodiscard]] Outcome<Json> output_of(const CallRequest& request, const CallAnswer& answer);

/// `$authorization` of credentials; `token` is what oauth2 got. Null: it cannot be known (digest
/// answers a challenge).
[[nodiscard]] Json authorization_of(const Credentials& credentials, const std::string& token);

/// A call on its way.
struct CallOrder {
  NodeId node = 0;
  std::string key;  ///< Of the call, unique: the idempotency key.
  /// Computes the request; may be asked again with more findings, from any thread.
  std::function<Outcome<CallRequest>(const CallFindings&)> request;
  std::function<void(FinishCall)> done;  ///< Any thread; once, unless the call is cancelled.
};

/// Makes calls without holding anybody up. Thread safe.
class Calls {
 public:
  virtual ~Calls() = default;
  virtual void start(CallOrder order) = 0;
  /// Aborts it; `done` may be called all the same if it was about to be.
  virtual void cancel(const std::string& key) = 0;
  /// Fetches a document: schema, function, API description. `done` is called once, on any thread.
  virtual void fetch(HttpRequest request, std::function<void(Outcome<std::string>)> done) = 0;
};

}  // namespace kyhan
