// Requests to other systems: what is kept of one while it is out, and what is computed only when it
// is made (language.md 1.4 call: http, openapi; A1, A2, E5).

#include <algorithm>
#include <array>

#include "workflow/core/decider.hpp"
#include "workflow/core/openapi.hpp"

namespace kyhan {
namespace {

/// Headers that the client decides on; a definition that sets them would break the request.
constexpr std::array<std::string_view, 9> own_headers{
    "host",       "content-length", "transfer-encoding",   "connection",
    "keep-alive", "upgrade",        "proxy-authorization", "te",
    "trailer"};

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return out;
}

bool is_token(std::string_view text) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           marks.find(c) != std::string_view::npos;
  });
}

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7f;
  });
}

const std::string* find_header(const TextPairs& headers, std::string_view name) {
  for (const auto& [key, value] : headers) {
    if (lower_case(key) == name) return &value;
  }
  return nullptr;
}

WorkflowError wrong(const std::string& what) {
  return standard_error("configuration", 400, what);
}

/// {name: value} of the definition as headers or parameters.
Outcome<TextPairs> pairs_of(const Json& value, const std::string& field, bool lists) {
  TextPairs pairs;
  if (value.is_null()) return pairs;
  if (!value.is_object()) {
    return standard_error("expression", 400,
                          "`" + field + "` must give an object, it gave " + value.type_name());
  }
  for (const auto& [name, member] : value.items()) {
    if (member.is_null()) continue;
    const Json one = lists && member.is_array() ? member : Json::array({member});
    for (const Json& item : one) {
      const std::optional<std::string> text = plain_text(item);
      if (!text) {
        return standard_error("expression", 400,
                              "`" + field + "." + name + "` must be a text, number or boolean");
      }
      pairs.emplace_back(name, *text);
    }
  }
  return pairs;
}

Outcome<void> check_headers(const TextPairs& headers) {
  for (const auto& [name, value] : headers) {
    if (!is_token(name) || has_control(value)) {
      return standard_error("validation", 400,
                            "the header `" + name + "` has a name or value that HTTP cannot carry");
    }
    if (std::ranges::find(own_headers, lower_case(name)) != own_headers.end()) {
      return wrong("the header `" + name + "` is set by the server alone");
    }
  }
  return {};
}

/// The body as bytes; adds a content type where the definition gives none.
std::string body_text(const Json& body, TextPairs& headers) {
  const std::string* type = find_header(headers, "content-type");
  if (body.is_string()) {
    if (type == nullptr) headers.emplace_back("Content-Type", "text/plain; charset=utf-8");
    return body.get<std::string>();
  }
  if (type == nullptr) {
    headers.emplace_back("Content-Type", "application/json");
  } else if (lower_case(*type).starts_with("application/x-www-form-urlencoded") &&
             body.is_object()) {
    if (const Outcome<TextPairs> fields = pairs_of(body, "body", true)) return form_encode(*fields);
  }
  return body.dump();
}

}  // namespace

Outcome<Json> Decider::secrets_for(const ExpressionSource& source) const {
  Json visible = Json::object();
  for (const std::string& name : definition().secrets) {
    if (world_.secrets == nullptr) break;
    const auto found = world_.secrets->values.find(name);
    if (found != world_.secrets->values.end()) visible[name] = found->second;
  }
  for (const std::string& name : source.secrets) {
    if (!visible.contains(name)) {
      return standard_error("authorization", 403, "there is no secret `" + name + "`");
    }
  }
  return given(std::move(visible));
}

const Redaction& Decider::redaction() {
  if (redaction_) return *redaction_;
  redaction_.emplace();
  for (const std::string& name : definition().secrets) {
    if (world_.secrets == nullptr) break;
    const auto found = world_.secrets->values.find(name);
    if (found != world_.secrets->values.end()) redaction_->add_secret(found->second);
  }
  return *redaction_;
}

std::string Decider::call_key_of(const Step& step, NodeId id, NodeId parent) const {
  int attempt = 0;
  for (NodeId up = parent; up > root_node; up = state_.nodes.at(up).parent) {
    const Node& node = state_.nodes.at(up);
    if (!std::holds_alternative<TryStep>(step_of(node).body)) continue;
    attempt = node.attempt;
    break;
  }
  std::string pointer;
  for (const char c : step.pointer) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = byte > 0x20 && byte < 0x7f && c != '"' && c != '\\' && c != '%';
    pointer += plain ? std::string(1, c) : percent_encode(std::string_view(&c, 1));
  }
  return state_.id.text() + pointer + "/" + std::to_string(id) + "/" + std::to_string(attempt);
}

bool Decider::mentions(const Value& value, std::string_view name) const {
  if (value.is_literal()) return false;
  const auto& source = definition().expressions.at(static_cast<std::size_t>(value.expression));
  return std::ranges::find(source.variables, name) != source.variables.end();
}

Outcome<std::string> Decider::uri_of(const Endpoint& endpoint, const Json& input,
                                     const Place& place) {
  if (endpoint.is_template) {
    return expand_uri_template(endpoint.uri.literal.get_ref<const std::string&>(), input);
  }
  Outcome<Json> uri = evaluate(endpoint.uri, input, place);
  if (!uri) return uri.error();
  if (!uri->is_string() || !is_http_uri(uri->get_ref<const std::string&>())) {
    return standard_error("expression", 400,
                          "`endpoint` must give an absolute http or https address");
  }
  return given_text(uri->get<std::string>());
}

/// What is kept of a call that is out is for people: where it goes. The request is computed again
/// when it is made, so `$context` is kept where the request looks at it: others may change it.
Outcome<void> Decider::enter_call(const Step& step, NodeEntered entered, const Json& input,
                                  Place place) {
  const auto& call = std::get<RequestStep>(step.body);
  entered.spec = Json::object();
  if (call.sees_context) entered.spec["context"] = state_.context;
  place.outgoing = true;
  const bool is_http = call.kind == RequestStep::Kind::http;
  if (!mentions(call.endpoint.uri, "authorization")) {
    Outcome<std::string> uri = uri_of(call.endpoint, input, place);
    if (!uri) return uri.error();
    entered.spec["uri"] = std::string(without_query(*uri));
    redaction().apply(entered.spec["uri"]);
  }
  place.outgoing = false;
  Outcome<Json> what = evaluate(is_http ? call.method : call.operation, input, place);
  if (!what) return what.error();
  entered.spec[is_http ? "method" : "operation"] = std::move(*what);
  entered.call_key = call_key_of(step, entered.node, entered.parent);
  apply(std::move(entered));
  return {};
}

Result<void> Decider::finish_call(const FinishCall& command) {
  const Node* node = find_node(command.node);
  if (node == nullptr || node->call_key.empty() || node->call_key != command.key) return {};
  if (command.error) {
    fault_node(command.node, *command.error);
    return {};
  }
  answered_ = &command;
  complete_node(command.node, command.output);
  answered_ = nullptr;
  return {};
}

Outcome<Credentials> Decider::credentials_of(const Authentication& authentication,
                                             const Json& input, const Place& place) {
  Json settings;
  if (authentication.secret.empty()) {
    Outcome<Json> evaluated = evaluate(authentication.settings, input, place);
    if (!evaluated) return evaluated.error();
    settings = std::move(*evaluated);
  } else {
    ExpressionSource named;
    named.secrets.push_back(authentication.secret);
    Outcome<Json> secrets = secrets_for(named);
    if (!secrets) return secrets.error();
    settings = settings_of_secret(authentication.scheme, secrets->at(authentication.secret));
  }
  Outcome<Credentials> who = credentials_of_settings(authentication.scheme, settings, input);
  if (who) {
    who->confidential =
        !authentication.secret.empty() || mentions(authentication.settings, "secrets");
  }
  return who;
}

Outcome<void> Decider::fill_http(const RequestStep& call, const Json& input, const Place& place,
                                 HttpRequest& into) {
  Outcome<Json> method = evaluate(call.method, input, place);
  if (!method) return method.error();
  if (!method->is_string() || !is_token(method->get_ref<const std::string&>())) {
    return standard_error("expression", 400, "`method` must give the name of an HTTP method");
  }
  into.method = method->get<std::string>();
  std::ranges::transform(into.method, into.method.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  });
  Outcome<std::string> uri = uri_of(call.endpoint, input, place);
  if (!uri) return uri.error();
  Outcome<Json> query = evaluate(call.query, input, place);
  if (!query) return query.error();
  Outcome<TextPairs> parameters = pairs_of(*query, "query", true);
  if (!parameters) return parameters.error();
  into.uri = with_query(std::move(*uri), *parameters);
  Outcome<Json> headers = evaluate(call.headers, input, place);
  if (!headers) return headers.error();
  Outcome<TextPairs> fields = pairs_of(*headers, "headers", false);
  if (!fields) return fields.error();
  into.headers = std::move(*fields);
  if (Outcome<void> checked = check_headers(into.headers); !checked) return checked;
  if (call.has_body) {
    Outcome<Json> body = evaluate(call.body, input, place);
    if (!body) return body.error();
    if (!body->is_null()) into.body = body_text(*body, into.headers);
  }
  return {};
}

/// False: the document has to be fetched first.
Outcome<bool> Decider::fill_openapi(const RequestStep& call, const Json& input, const Place& place,
                                    const CallFindings& findings, CallRequest& request) {
  Outcome<std::string> uri = uri_of(call.endpoint, input, place);
  if (!uri) return uri.error();
  const Json* document = findings.document.get();
  if (const auto kept = definition().resources.find(*uri);
      document == nullptr && kept != definition().resources.end()) {
    document = kept->second.get();
  }
  if (document == nullptr) {
    request.needs = CallRequest::Needs::document;
    request.document.method = "GET";
    request.document.uri = *uri;
    if (call.endpoint.authentication) {
      Outcome<Credentials> who = credentials_of(*call.endpoint.authentication, input, place);
      if (!who) return who.error();
      request.document.credentials = std::move(*who);
    }
    return false;
  }
  Outcome<Json> operation = evaluate(call.operation, input, place);
  if (!operation) return operation.error();
  Outcome<Json> parameters = evaluate(call.parameters, input, place);
  if (!parameters) return parameters.error();
  Outcome<HttpRequest> asked =
      openapi_request(*document, *uri, plain_text(*operation).value_or(""), *parameters);
  if (!asked) return asked.error();
  asked->credentials = std::move(request.http.credentials);
  request.http = std::move(*asked);
  if (Outcome<void> checked = check_headers(request.http.headers); !checked) {
    return checked.error();
  }
  return true;
}

Outcome<CallRequest> Decider::request(NodeId id, const CallFindings& findings) {
  const Node& node = state_.nodes.at(id);
  const Step& step = step_of(node);
  const auto& call = std::get<RequestStep>(step.body);
  Place place{node.parent, &step,   &node.raw,       &node.input,
              nullptr,     nullptr, node.started_at, nullptr};
  place.outgoing = true;
  if (node.spec.contains("context")) place.context = &node.spec.at("context");

  CallRequest request;
  request.output = call.output;
  request.redirect = call.redirect;
  request.redaction = redaction();
  const std::optional<Authentication>& authentication =
      call.kind == RequestStep::Kind::http ? call.endpoint.authentication : call.authentication;
  Json authorization;
  if (authentication) {
    Outcome<Credentials> who = credentials_of(*authentication, node.input, place);
    if (!who) return who.error();
    authorization = authorization_of(*who, {});
    if (who->confidential) {
      for (const std::string& text : {who->password, who->token, who->oauth2.client_secret,
                                      authorization.value("parameter", std::string{})}) {
        request.redaction.add(text);
      }
    }
    request.http.credentials = std::move(*who);
    if (findings.authorization) authorization = *findings.authorization;
    place.authorization = &authorization;
    const bool needs_token = authentication->scheme == Authentication::Scheme::oauth2 &&
                             !findings.authorization && call.sees_authorization;
    if (needs_token) {
      request.needs = CallRequest::Needs::token;
      return request;
    }
  }
  if (call.kind == RequestStep::Kind::openapi) {
    Outcome<bool> known = fill_openapi(call, node.input, place, findings, request);
    if (!known) return known.error();
    if (!*known) return request;
  } else if (Outcome<void> filled = fill_http(call, node.input, place, request.http); !filled) {
    return filled.error();
  }
  if (find_header(request.http.headers, "accept") == nullptr) {
    request.http.headers.emplace_back("Accept", "application/json, */*;q=0.8");
  }
  if (find_header(request.http.headers, "idempotency-key") == nullptr) {
    request.http.headers.emplace_back("Idempotency-Key", node.call_key);
  }
  return request;
}

Outcome<CallRequest> request_of(const State& state, const World& world, NodeId node,
                                const CallFindings& findings) {
  return Decider(state, world, Now{}).request(node, findings);
}

}  // namespace kyhan
