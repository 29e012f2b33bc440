// call: http and call: openapi, and who is asking: use.authentications, use.secrets.

#include <algorithm>
#include <array>

#include "workflow/core/definition_reader.hpp"
#include "workflow/core/openapi.hpp"
#include "workflow/core/uri.hpp"

namespace kyhan::definition {
namespace {

using Scheme = Authentication::Scheme;

/// Headers that the server sets itself.
constexpr std::array<std::string_view, 5> own_headers{"host", "content-length", "transfer-encoding",
                                                      "connection", "upgrade"};

std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

void check_headers(Reader& reader, const Json& headers, const std::string& pointer) {
  if (!headers.is_object()) return;
  for (const auto& [name, ignored] : headers.items()) {
    if (std::ranges::find(own_headers, lower_case(name)) == own_headers.end()) continue;
    reader.fault(below(pointer, name), "header-refused",
                 {"Tiêu đề này do máy chủ tự đặt.", "This header is set by the server alone."});
  }
}

RequestStep::Output output_named(std::optional<std::size_t> index) {
  return index ? static_cast<RequestStep::Output>(*index) : RequestStep::Output::content;
}

}  // namespace

void Reader::read_secrets(const Json& list, const std::string& pointer) {
  if (!list.is_array()) {
    return wrong_type(pointer, "danh sách tên bí mật", "a list of names of secrets");
  }
  for (std::size_t i = 0; i < list.size(); ++i) {
    const auto at = below(pointer, i);
    if (!list[i].is_string() || list[i].get_ref<const std::string&>().empty()) {
      wrong_type(at, "tên của một bí mật", "the name of a secret");
    } else if (is_secret(list[i].get_ref<const std::string&>())) {
      fault(at, "duplicate-name",
            {"Bí mật này đã được khai báo.", "This secret is declared already."});
    } else {
      definition_.secrets.push_back(list[i].get<std::string>());
    }
  }
}

bool Reader::is_secret(const std::string& name) const {
  return std::ranges::find(definition_.secrets, name) != definition_.secrets.end();
}

void Reader::unknown_secret(const std::string& pointer, const std::string& name) {
  fault(pointer, "unknown-secret",
        {"Bí mật \"" + name + "\" chưa được khai báo trong use.secrets.",
         "The secret \"" + name + "\" is not declared in use.secrets."},
        {"Thêm tên của nó vào use.secrets; giá trị do người vận hành cấp.",
         "Add its name to use.secrets; the operator supplies the value."});
}

namespace {

void read_oauth2(Reader& reader, const Json& json, const std::string& at) {
  reader.closed(
      json, at,
      {"authority", "endpoints", "grant", "client", "request", "issuers", "scopes", "audiences"},
      {"username", "password", "subject", "actor"});
  reader.required(json, at, "authority");
  if (const auto authority = literal_string(json, "authority")) {
    const Text wrong = fault_of_uri_template(*authority);
    if (!wrong.en.empty()) {
      reader.fault(below(at, "authority"), "uri-template", wrong);
    } else if (!is_http_uri(*authority)) {
      reader.wrong_type(below(at, "authority"), "một địa chỉ http(s)", "an http(s) address");
    }
  }
  reader.required(json, at, "grant");
  reader.choice(json, at, "grant", {"client_credentials"},
                {"authorization_code", "password", "refresh_token",
                 "urn:ietf:params:oauth:grant-type:token-exchange"});
  if (const auto* endpoints = find(json, "endpoints")) {
    const auto endpoints_at = below(at, "endpoints");
    reader.closed(*endpoints, endpoints_at, {"token", "revocation", "introspection"});
    for (const std::string key : {"token", "revocation", "introspection"}) {
      reader.text(*endpoints, endpoints_at, key);
    }
  }
  if (const auto* client = reader.required(json, at, "client")) {
    const auto client_at = below(at, "client");
    if (reader.closed(*client, client_at, {"id", "secret", "authentication"}, {"assertion"})) {
      reader.required(*client, client_at, "id");
      for (const std::string key : {"id", "secret"}) reader.text(*client, client_at, key);
      reader.choice(*client, client_at, "authentication",
                    {"client_secret_post", "client_secret_basic"},
                    {"client_secret_jwt", "private_key_jwt", "none"});
    }
  }
  if (const auto* request = find(json, "request")) {
    if (reader.closed(*request, below(at, "request"), {"encoding"})) {
      reader.choice(*request, below(at, "request"), "encoding",
                    {"application/x-www-form-urlencoded", "application/json"});
    }
  }
  for (const std::string key : {"issuers", "scopes", "audiences"}) {
    const auto* list = find(json, key);
    if (list == nullptr || is_expression(*list)) continue;
    const bool texts = list->is_array() && std::ranges::all_of(*list, [](const Json& item) {
                         return item.is_string();
                       });
    if (!texts) reader.wrong_type(below(at, key), "một danh sách chuỗi", "a list of strings");
  }
}

}  // namespace

std::optional<Authentication> Reader::authentication_policy(const Json& json,
                                                            const std::string& pointer,
                                                            const Scope& scope) {
  if (!closed(json, pointer, {"basic", "bearer", "digest", "oauth2"}, {"certificate", "oidc"})) {
    return std::nullopt;
  }
  if (json.size() != 1) {
    fault(pointer, "exactly-one",
          {"Cần đúng một trong basic, bearer, digest, oauth2.",
           "Exactly one of basic, bearer, digest, oauth2 is needed."});
    return std::nullopt;
  }
  const std::string name = json.begin().key();
  const Json& settings = json.begin().value();
  const auto at = below(pointer, name);
  Authentication out;
  if (name == "bearer") {
    out.scheme = Scheme::bearer;
  } else if (name == "digest") {
    out.scheme = Scheme::digest;
  } else if (name == "oauth2") {
    out.scheme = Scheme::oauth2;
  } else if (name != "basic") {
    return std::nullopt;  // Refused by name already.
  }
  if (settings.is_object() && settings.contains("use")) {
    if (!closed(settings, at, {"use"})) return std::nullopt;
    out.secret = text(settings, at, "use").value_or("");
    if (!is_secret(out.secret)) unknown_secret(below(at, "use"), out.secret);
    return out;
  }
  if (out.scheme == Scheme::oauth2) {
    if (!settings.is_object()) {
      wrong_type(at, "một đối tượng", "an object");
      return std::nullopt;
    }
    read_oauth2(*this, settings, at);
  } else {
    const bool bearer = out.scheme == Scheme::bearer;
    const bool object = bearer ? closed(settings, at, {"token", "use"})
                               : closed(settings, at, {"username", "password", "use"});
    if (!object) return std::nullopt;
    const std::vector<std::string> fields = bearer
                                                ? std::vector<std::string>{"token"}
                                                : std::vector<std::string>{"username", "password"};
    for (const std::string& field : fields) {
      if (required(settings, at, field) != nullptr) text(settings, at, field);
    }
  }
  out.settings = value(settings, at, scope);
  return out;
}

std::optional<Authentication> Reader::authentication(const Json& json, const std::string& pointer,
                                                     const Scope& scope) {
  if (!json.is_object() || !json.contains("use")) {
    return authentication_policy(json, pointer, scope);
  }
  if (!closed(json, pointer, {"use"})) return std::nullopt;
  const auto name = text(json, pointer, "use");
  if (!name) return std::nullopt;
  const auto* policy = used("authentications", *name);
  if (policy == nullptr) {
    fault(below(pointer, "use"), "unknown-reference",
          {"use.authentications không có \"" + *name + "\".",
           "use.authentications has no \"" + *name + "\"."});
    return std::nullopt;
  }
  return authentication_policy(*policy, below("/use/authentications", *name), scope);
}

Endpoint Reader::endpoint(const Json& json, const std::string& pointer, const Scope& scope) {
  Endpoint out;
  const Json* uri = &json;
  auto at = pointer;
  if (json.is_object()) {
    if (!closed(json, pointer, {"uri", "authentication"})) return out;
    if (const auto* who = find(json, "authentication")) {
      out.authentication = authentication(*who, below(pointer, "authentication"), scope);
    }
    uri = required(json, pointer, "uri");
    at = below(pointer, "uri");
    if (uri == nullptr) return out;
  }
  if (!uri->is_string()) {
    wrong_type(at, "một địa chỉ http(s) hoặc biểu thức", "an http(s) address or an expression");
    return out;
  }
  if (is_expression(*uri)) {
    out.uri.expression = expression(uri->get_ref<const std::string&>(), at, scope);
    return out;
  }
  const auto& literal = uri->get_ref<const std::string&>();
  out.uri.literal = literal;
  out.is_template = true;
  const Text wrong = fault_of_uri_template(literal);
  if (!wrong.en.empty()) {
    fault(at, "uri-template", wrong);
  } else if (!is_http_uri(literal)) {
    fault(at, "uri",
          {"Cần một địa chỉ tuyệt đối http hoặc https, không kèm tên đăng nhập.",
           "An absolute http or https address is needed, without a user in it."},
          {"Ví dụ: https://api.example.vn/ho-so/{soHoSo}",
           "Such as https://api.example.org/files/{number}"});
  }
  return out;
}

const Json* Reader::resource(ResourceRef::Kind kind, const Json& json, const std::string& pointer) {
  // Its expressions, if any, have no input to look at: they may mention secrets and nothing else.
  Scope scope;
  scope.standard = {"secrets", "runtime"};
  Endpoint where = endpoint(json, pointer, scope);
  const bool fixed = where.is_template && where.uri.literal.get_ref<const std::string&>().find('{') ==
                                              std::string::npos;
  if (!fixed) {
    if (where.is_template || !where.uri.is_literal()) {
      fault(pointer, "resource-address",
            {"Địa chỉ của tài liệu phải cố định: tài liệu được lấy khi công bố.",
             "The address of a document must be fixed: it is fetched when the definition is published."});
    }
    return nullptr;
  }
  return resource(kind, where.uri.literal.get<std::string>(), pointer,
                  std::move(where.authentication));
}

const Json* Reader::resource(ResourceRef::Kind kind, std::string uri, const std::string& pointer,
                             std::optional<Authentication> authentication) {
  if (!is_http_uri(uri)) return nullptr;  // Told already.
  if (resources_ != nullptr) {
    if (const auto found = resources_->find(uri); found != resources_->end()) {
      definition_.resources[uri] = found->second;
      return found->second.get();
    }
  }
  definition_.missing.push_back({kind, std::move(uri), pointer, std::move(authentication)});
  return nullptr;
}

Value Reader::text_map(const Json& json, const std::string& pointer, const Scope& scope,
                       bool scalars) {
  if (is_expression(json)) return value(json, pointer, scope);
  if (!json.is_object()) {
    wrong_type(pointer, "một đối tượng hoặc biểu thức", "an object or an expression");
    return {};
  }
  for (const auto& [name, member] : json.items()) {
    const auto at = below(pointer, name);
    if (!member.is_string() && !(scalars && !member.is_object())) {
      wrong_type(at, "một chuỗi", "a string");
    }
  }
  return value(json, pointer, scope);
}

bool Reader::read_openapi(RequestStep& out, const Json& with, const std::string& pointer,
                          const Scope& scope) {
  out.kind = RequestStep::Kind::openapi;
  if (!closed(with, pointer,
              {"document", "operationId", "parameters", "authentication", "output", "redirect"})) {
    return false;
  }
  const auto* operation = required(with, pointer, "operationId");
  if (operation != nullptr) {
    text(with, pointer, "operationId");
    out.operation = value(*operation, below(pointer, "operationId"), scope);
  }
  if (const auto* parameters = find(with, "parameters")) {
    const auto at = below(pointer, "parameters");
    if (!parameters->is_object() && !is_expression(*parameters)) {
      wrong_type(at, "một đối tượng hoặc biểu thức", "an object or an expression");
    }
    out.parameters = value(*parameters, at, scope);
  }
  if (const auto* who = find(with, "authentication")) {
    out.authentication = authentication(*who, below(pointer, "authentication"), scope);
  }
  const auto* document = required(with, pointer, "document");
  const auto at = below(pointer, "document");
  if (document == nullptr || !closed(*document, at, {"name", "endpoint"})) return true;
  const auto* where = required(*document, at, "endpoint");
  if (where == nullptr) return true;
  out.endpoint = endpoint(*where, below(at, "endpoint"), scope);
  const bool fixed = out.endpoint.is_template &&
                     out.endpoint.uri.literal.get_ref<const std::string&>().find('{') ==
                         std::string::npos;
  if (!fixed) return true;  // Fetched when it is called.
  const auto* api = resource(ResourceRef::Kind::api, out.endpoint.uri.literal.get<std::string>(),
                             below(at, "endpoint"), out.endpoint.authentication);
  const auto id = literal_string(with, "operationId");
  if (api != nullptr && id && !has_operation(*api, *id)) {
    fault(below(pointer, "operationId"), "unknown-operation",
          {"Tài liệu OpenAPI không có thao tác \"" + *id + "\".",
           "The OpenAPI document has no operation \"" + *id + "\"."});
  }
  return true;
}

RequestStep Reader::request(const Json& task, const std::string& pointer, const Scope& scope) {
  RequestStep out;
  const auto at = below(pointer, "with");
  const auto* with = required(task, pointer, "with");
  if (with == nullptr) return out;
  const auto first = definition_.expressions.size();
  if (task.at("call") == "http") {
    if (!closed(*with, at,
                {"method", "endpoint", "headers", "body", "query", "output", "redirect"})) {
      return out;
    }
    if (const auto* method = required(*with, at, "method")) {
      if (!method->is_string()) wrong_type(below(at, "method"), "một chuỗi", "a string");
      out.method = value(*method, below(at, "method"), scope);
    }
    if (const auto* where = required(*with, at, "endpoint")) {
      out.endpoint = endpoint(*where, below(at, "endpoint"), scope);
    }
    if (const auto* headers = find(*with, "headers")) {
      const auto headers_at = below(at, "headers");
      out.headers = text_map(*headers, headers_at, scope, false);
      check_headers(*this, *headers, headers_at);
    }
    if (const auto* query = find(*with, "query")) {
      out.query = text_map(*query, below(at, "query"), scope, true);
    }
    if (const auto* body = find(*with, "body")) {
      out.has_body = true;
      out.body = value(*body, below(at, "body"), scope);
    }
  }
  if (task.at("call") == "openapi" && !read_openapi(out, *with, at, scope)) return out;
  out.output = output_named(choice(*with, at, "output", {"content", "raw", "response"}));
  out.redirect = flag(*with, at, "redirect").value_or(false);
  for (auto i = first; i < definition_.expressions.size(); ++i) {
    const auto& names = definition_.expressions[i].variables;
    out.sees_context = out.sees_context || std::ranges::find(names, "context") != names.end();
    out.sees_authorization =
        out.sees_authorization || std::ranges::find(names, "authorization") != names.end();
  }
  return out;
}

}  // namespace kyhan::definition
