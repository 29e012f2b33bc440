// What an answer over HTTP means to the step that asked (language.md 1.4 call: http, ruling 29).

#include <algorithm>
#include <array>

#include "workflow/core/calls.hpp"
#include "workflow/core/documents.hpp"

namespace kyhan {
namespace {

constexpr std::size_t answer_bytes_max = 10u << 20;

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return out;
}

/// "application/json" of "Application/JSON; charset=utf-8"; empty: the answer does not say.
std::string media_type(const TextPairs& headers) {
  for (const auto& [name, value] : headers) {
    if (lower_case(name) != "content-type") continue;
    std::string type = lower_case(value.substr(0, value.find(';')));
    while (!type.empty() && type.back() == ' ') type.pop_back();
    return type;
  }
  return {};
}

bool is_json(const std::string& type) {
  return type == "application/json" || type == "text/json" || type.ends_with("+json");
}

bool is_text(const std::string& type) {
  return type.starts_with("text/") || type.ends_with("/xml") || type.ends_with("+xml") ||
         type.ends_with("yaml") || type.ends_with("javascript") ||
         type == "application/x-www-form-urlencoded";
}

Result<Json> read_json(const std::string& body) {
  DocumentLimits limits;
  limits.bytes_max = answer_bytes_max;
  return parse_json(body, limits);
}

Outcome<Json> content_of(const CallAnswer& answer) {
  if (answer.body.empty()) return given(nullptr);
  const std::string type = media_type(answer.headers);
  if (is_json(type)) {
    Result<Json> json = read_json(answer.body);
    if (json) return given(std::move(*json));
    return standard_error("communication", 500,
                          "the answer says it is JSON, but: " + json.error().detail.en);
  }
  if (type.empty()) {
    if (Result<Json> json = read_json(answer.body)) return given(std::move(*json));
  }
  const bool text = (type.empty() || is_text(type)) && to_nfc(answer.body);
  return given(text ? answer.body : base64_encode(answer.body));
}

/// Several headers of a name are one, with commas between.
Json headers_of(const TextPairs& headers) {
  Json object = Json::object();
  for (const auto& [name, value] : headers) {
    if (!to_nfc(name) || !to_nfc(value)) continue;
    if (object.contains(name)) {
      object[name] = object[name].get<std::string>() + ", " + value;
    } else {
      object[name] = value;
    }
  }
  return object;
}

Json request_json(const CallRequest& request, const CallAnswer& answer) {
  static constexpr std::array<std::string_view, 3> hidden{"authorization", "cookie",
                                                          "proxy-authorization"};
  Json headers = headers_of(request.http.headers);
  for (auto& [name, value] : headers.items()) {
    if (std::ranges::find(hidden, lower_case(name)) != hidden.end()) value = Redaction::mark;
  }
  if (request.http.credentials) {
    const Json authorization = authorization_of(*request.http.credentials, {});
    headers["Authorization"] = authorization.at("scheme").get<std::string>() + " ***";
  }
  return {{"method", request.http.method}, {"uri", answer.uri}, {"headers", std::move(headers)}};
}

WorkflowError refusal(const CallRequest& request, const CallAnswer& answer) {
  const char* name = "communication";
  if (answer.status == 401) name = "authentication";
  if (answer.status == 403) name = "authorization";
  return standard_error(name, answer.status,
                        request.http.method + " " + std::string(without_query(answer.uri)) +
                            " was answered with " + std::to_string(answer.status));
}

WorkflowError shown(const CallRequest& request, WorkflowError error) {
  request.redaction.apply(error.detail);
  return error;
}

}  // namespace

Outcome<Json> output_of(const CallRequest& request, const CallAnswer& answer) {
  const bool accepted = answer.status >= 200 && answer.status < (request.redirect ? 400 : 300);
  if (!accepted) return shown(request, refusal(request, answer));
  Json output;
  if (request.output == RequestStep::Output::raw) {
    output = base64_encode(answer.body);
  } else {
    Outcome<Json> content = content_of(answer);
    if (!content) return shown(request, content.error());
    output = std::move(*content);
  }
  if (request.output == RequestStep::Output::response) {
    output = {{"request", request_json(request, answer)},
              {"statusCode", answer.status},
              {"headers", headers_of(answer.headers)},
              {"content", std::move(output)}};
  }
  request.redaction.apply(output);
  return given(std::move(output));
}

}  // namespace kyhan
