// Who is asking: from the settings of an authentication to what a request shows (language.md A1, A2).

#include <algorithm>

#include "workflow/core/calls.hpp"

namespace kyhan {
namespace {

WorkflowError wrong(const std::string& what) { return standard_error("configuration", 400, what); }

/// A text member of the settings of an authentication; empty when it is not there.
Outcome<std::string> text_setting(const Json& settings, const std::string& name) {
  if (!settings.is_object() || !settings.contains(name)) return given_text({});
  const std::optional<std::string> text = plain_text(settings.at(name));
  if (!text) return wrong("authentication: `" + name + "` must be a text");
  return given_text(*text);
}

std::vector<std::string> texts_setting(const Json& settings, const std::string& name) {
  std::vector<std::string> texts;
  if (!settings.is_object() || !settings.contains(name)) return texts;
  const Json& list = settings.at(name);
  if (!list.is_array()) {
    texts.push_back(plain_text(list).value_or(""));
  } else {
    for (const Json& item : list) texts.push_back(plain_text(item).value_or(""));
  }
  std::erase(texts, "");
  return texts;
}

Outcome<TokenRequest> token_request(const Json& settings, const Json& input) {
  TokenRequest request;
  const Json none = Json::object();
  const auto part = [&](const char* name) -> const Json& {
    return settings.is_object() && settings.contains(name) ? settings.at(name) : none;
  };
  const std::string grant = settings.is_object() ? settings.value("grant", Json()).dump() : "";
  if (grant != "\"client_credentials\"") {
    return wrong("authentication: oauth2 supports the grant client_credentials only");
  }
  Outcome<std::string> authority = text_setting(settings, "authority");
  Outcome<std::string> endpoint = text_setting(part("endpoints"), "token");
  Outcome<std::string> id = text_setting(part("client"), "id");
  Outcome<std::string> secret = text_setting(part("client"), "secret");
  Outcome<std::string> how = text_setting(part("client"), "authentication");
  Outcome<std::string> encoding = text_setting(part("request"), "encoding");
  for (const Outcome<std::string>* one : {&authority, &endpoint, &id, &secret, &how, &encoding}) {
    if (!*one) return one->error();
  }
  if (id->empty()) return wrong("authentication: oauth2 needs `client.id`");
  if (!how->empty() && *how != "client_secret_post" && *how != "client_secret_basic") {
    return wrong("authentication: oauth2 supports client_secret_post and client_secret_basic only");
  }
  request.basic = *how == "client_secret_basic";
  request.json = *encoding == "application/json";
  request.client_id = *id;
  request.client_secret = *secret;
  std::string uri = *authority;
  while (!uri.empty() && uri.back() == '/') uri.pop_back();
  const std::string path = endpoint->empty() ? "/oauth2/token" : *endpoint;
  uri += (path.starts_with('/') ? "" : "/") + path;
  Outcome<std::string> expanded = expand_uri_template(uri, input);
  if (!expanded) return expanded.error();
  request.uri = std::move(*expanded);
  if (!is_http_uri(request.uri))
    return wrong("authentication: `authority` must be an http address");
  request.scopes = texts_setting(settings, "scopes");
  request.audiences = texts_setting(settings, "audiences");
  request.issuers = texts_setting(settings, "issuers");
  return request;
}

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

}  // namespace

Json settings_of_secret(Authentication::Scheme scheme, const Json& secret) {
  if (!secret.is_string()) return secret;
  if (scheme == Authentication::Scheme::bearer) return {{"token", secret}};
  const std::string text = secret.get<std::string>();
  const auto colon = text.find(':');
  return {{"username", text.substr(0, colon)},
          {"password", colon == std::string::npos ? "" : text.substr(colon + 1)}};
}

Outcome<Credentials> credentials_of_settings(Authentication::Scheme scheme, const Json& settings,
                                             const Json& input) {
  using Scheme = Authentication::Scheme;
  Credentials who;
  who.scheme = scheme;
  if (scheme == Scheme::oauth2) {
    Outcome<TokenRequest> token = token_request(settings, input);
    if (!token) return token.error();
    who.oauth2 = std::move(*token);
    return who;
  }
  for (const auto& [name, into] : {std::pair{"username", &who.username},
                                   {"password", &who.password},
                                   {"token", &who.token}}) {
    Outcome<std::string> text = text_setting(settings, name);
    if (!text) return text.error();
    *into = std::move(*text);
    if (has_control(*into)) {
      return wrong(std::string("authentication: `") + name + "` has a control character");
    }
  }
  const bool complete = scheme == Scheme::bearer ? !who.token.empty() : !who.username.empty();
  if (!complete) {
    return wrong(scheme == Scheme::bearer ? "authentication: bearer needs `token`"
                                          : "authentication: `username` is missing");
  }
  return who;
}

Json authorization_of(const Credentials& credentials, const std::string& token) {
  using Scheme = Authentication::Scheme;
  switch (credentials.scheme) {
    case Scheme::basic:
      return {{"scheme", "Basic"},
              {"parameter", base64_encode(credentials.username + ":" + credentials.password)}};
    case Scheme::bearer:
      return {{"scheme", "Bearer"}, {"parameter", credentials.token}};
    case Scheme::oauth2:
      return {{"scheme", "Bearer"}, {"parameter", token}};
    case Scheme::digest:
      break;
  }
  return {{"scheme", "Digest"}, {"parameter", ""}};
}

}  // namespace kyhan
