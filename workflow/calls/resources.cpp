#include "workflow/calls/resources.hpp"

#include <algorithm>
#include <future>

#include "workflow/core/documents.hpp"

namespace kyhan {
namespace {

Fault fault_at(const ResourceRef& wanted, const char* code, Text message) {
  Fault fault;
  fault.pointer = wanted.pointer;
  fault.code = code;
  fault.message = std::move(message);
  return fault;
}

Fault unreachable(const ResourceRef& wanted, const std::string& detail) {
  const std::string where(without_query(wanted.uri));
  Fault fault = fault_at(wanted, "resource-unreachable",
                         {"Không lấy được tài liệu " + where + ": " + detail,
                          "The document " + where + " cannot be fetched: " + detail});
  fault.hint = {"Tài liệu được lấy khi công bố; máy chủ của nó phải nằm trong allow_hosts.",
                "Documents are fetched when a definition is published; its host must be in "
                "allow_hosts."};
  return fault;
}

/// The settings of an authentication where there is no instance: literals, and what secrets give.
Outcome<Json> settings_of(const Authentication& authentication, const Definition& definition,
                          const ResourceSources& sources) {
  Json visible = Json::object();
  for (const std::string& name : definition.secrets) {
    if (sources.secrets == nullptr) break;
    const auto found = sources.secrets->values.find(name);
    if (found != sources.secrets->values.end()) visible[name] = found->second;
  }
  if (!authentication.secret.empty()) {
    if (!visible.contains(authentication.secret)) {
      return standard_error("authorization", 403,
                            "there is no secret `" + authentication.secret + "`");
    }
    return given(settings_of_secret(authentication.scheme, visible.at(authentication.secret)));
  }
  const Value& settings = authentication.settings;
  if (settings.is_literal()) return given(settings.literal);
  ExpressionSource source =
      definition.expressions.at(static_cast<std::size_t>(settings.expression));
  const auto compiled = sources.compiler.compile({source});
  if (!compiled) return standard_error("expression", 400, compiled.error().front().message);
  static const Json nothing;
  std::vector<Binding> bindings;
  for (const std::string& name : source.variables) {
    bindings.push_back({name, name == "secrets" ? &visible : &nothing});
  }
  Result<Json> value = (*compiled)->evaluate(ExpressionId{0}, nothing, bindings);
  if (!value) {
    Redaction redaction;
    for (const auto& [name, secret] : visible.items()) redaction.add_secret(secret);
    std::string detail = value.error().detail.en;
    redaction.apply(detail);
    return standard_error("expression", 400, detail);
  }
  return given(std::move(*value));
}

Outcome<HttpRequest> request_for(const ResourceRef& wanted, const Definition& definition,
                                 const ResourceSources& sources) {
  HttpRequest request;
  request.method = "GET";
  request.uri = wanted.uri;
  request.headers.emplace_back("Accept", "application/json, application/yaml, */*;q=0.8");
  if (wanted.authentication) {
    Outcome<Json> settings = settings_of(*wanted.authentication, definition, sources);
    if (!settings) return settings.error();
    Outcome<Credentials> who =
        credentials_of_settings(wanted.authentication->scheme, *settings, Json());
    if (!who) return who.error();
    request.credentials = std::move(*who);
  }
  return request;
}

using Answer = std::future<Outcome<std::string>>;

Answer ask(const ResourceRef& wanted, const Definition& definition,
           const ResourceSources& sources) {
  auto promise = std::make_shared<std::promise<Outcome<std::string>>>();
  Answer answer = promise->get_future();
  Outcome<HttpRequest> request = request_for(wanted, definition, sources);
  if (!request) {
    promise->set_value(request.error());
  } else {
    sources.calls->fetch(std::move(*request), [promise](Outcome<std::string> text) {
      promise->set_value(std::move(text));
    });
  }
  return answer;
}

void take(const ResourceRef& wanted, const Outcome<std::string>& text, FetchedResources& into) {
  if (!text) {
    into.faults.push_back(unreachable(wanted, text.error().detail));
    return;
  }
  DocumentLimits limits;
  limits.bytes_max = resource_bytes_max;
  Result<ParsedDocument> parsed = parse_document(*text, limits);
  if (!parsed) {
    into.faults.push_back(fault_at(
        wanted, "resource-unreadable",
        {"Tài liệu " + wanted.uri + " không đọc được: " + parsed.error().detail.vi,
         "The document " + wanted.uri + " cannot be read: " + parsed.error().detail.en}));
    return;
  }
  into.documents[wanted.uri] = std::make_shared<const Json>(std::move(parsed->value));
}

/// Each address once, whoever names it.
std::vector<ResourceRef> wanted_of(const Definition& definition, bool with_api) {
  std::vector<ResourceRef> wanted;
  for (const ResourceRef& one : definition.missing) {
    if (one.kind == ResourceRef::Kind::api && !with_api) continue;
    const bool known = std::ranges::any_of(
        wanted, [&](const ResourceRef& other) { return other.uri == one.uri; });
    if (!known) wanted.push_back(one);
  }
  return wanted;
}

}  // namespace

FetchedResources fetch_resources(const Json& document, const ResourceSources& sources) {
  FetchedResources fetched;
  for (int round = 0; round <= resource_rounds_max; ++round) {
    const ParsedDefinition parsed = parse_definition(document, fetched.documents);
    if (!parsed.definition) return fetched;
    const std::vector<ResourceRef> wanted = wanted_of(*parsed.definition, sources.with_api);
    if (wanted.empty()) return fetched;
    if (sources.calls == nullptr) {
      for (const ResourceRef& one : wanted) {
        fetched.faults.push_back(unreachable(one, "there is no network here"));
      }
      return fetched;
    }
    if (round == resource_rounds_max ||
        fetched.documents.size() + wanted.size() > resources_max) {
      fetched.faults.push_back(
          fault_at(wanted.front(), "too-many-resources",
                   {"Định nghĩa dẫn tới quá nhiều tài liệu ở nơi khác (tối đa " +
                        std::to_string(resources_max) + ").",
                    "The definition leads to too many documents elsewhere (at most " +
                        std::to_string(resources_max) + ")."}));
      return fetched;
    }
    std::vector<Answer> answers;
    for (const ResourceRef& one : wanted) answers.push_back(ask(one, *parsed.definition, sources));
    for (std::size_t i = 0; i < wanted.size(); ++i) take(wanted[i], answers[i].get(), fetched);
    if (!fetched.faults.empty()) return fetched;
  }
  return fetched;
}

}  // namespace kyhan
