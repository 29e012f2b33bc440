#include "api/dispatch.hpp"

#include <algorithm>
#include <spdlog/spdlog.h>

#include "api/events_hub.hpp"
#include "api/metrics.hpp"
#include "api/passwords.hpp"
#include "api/sessions.hpp"
#include "api/web_files.hpp"
#include "workflow/core/documents.hpp"

namespace kyhan {
namespace {

std::string_view path_of(const Request& request) {
  const std::string_view target = request.target;
  return target.substr(0, target.find('?'));
}

Result<void> check_door(Door door, const Caller& caller) {
  switch (door) {
    case Door::anyone:
    case Door::link:
      return {};
    case Door::own_machine:
      return caller.own_machine ? Result<void>{} : not_found();
    default:
      break;
  }
  if (!caller.signed_in) return not_signed_in();
  if (door == Door::administrator && !caller.administrator) {
    return forbidden("not-administrator", {"Chỉ quản trị viên hệ thống được làm việc này.",
                                           "Only a system administrator may do this."});
  }
  if (door == Door::system && !caller.administrator && !caller.system) {
    return forbidden("not-administrator",
                     {"Chỉ quản trị viên hoặc hệ thống có mã truy cập được làm việc này.",
                      "Only an administrator or a system's token may do this."});
  }
  return {};
}

asio::awaitable<Result<std::string>> read_whole(RequestBody& body, std::size_t bytes_max) {
  std::string text;
  if (body.declared_size().value_or(0) > bytes_max) co_return too_large(bytes_max);
  for (;;) {
    Result<std::string> piece = co_await body.next();
    if (!piece) co_return piece.error();
    if (piece->empty()) break;
    if (text.size() + piece->size() > bytes_max) co_return too_large(bytes_max);
    text += *piece;
  }
  co_return text;
}

bool is_json(std::string_view content_type) {
  const std::string_view type = content_type.substr(0, content_type.find(';'));
  return type == "application/json" || type == "application/merge-patch+json" ||
         type.ends_with("+json");
}

Result<Json> parse_body(const Request& request, const std::string& text, std::size_t bytes_max) {
  if (text.empty()) return Result<Json>{boost::system::in_place_value, Json::object()};
  if (!is_json(request.headers.find("Content-Type"))) {
    return Error{ErrorCode::invalid,
                 "unsupported-media-type",
                 {"Nội dung phải là JSON (Content-Type: application/json).",
                  "The body must be JSON (Content-Type: application/json)."}};
  }
  constexpr std::size_t bytes_a_node = 4;  // Fewer than any real body has.
  DocumentLimits limits;
  limits.bytes_max = bytes_max;
  limits.nodes_max = std::max(limits.nodes_max, bytes_max / bytes_a_node);
  Result<Json> parsed = parse_json(text, limits);
  if (!parsed) return parsed;
  if (!parsed->is_object()) {
    return bad_request("bad-body",
                       {"Nội dung phải là một đối tượng JSON.", "The body must be a JSON object."});
  }
  return parsed;
}

constexpr std::size_t idempotency_key_bytes_max = 255;

/// A key is printable ASCII of a bounded length: it is stored, and compared byte by byte.
Result<void> check_idempotency_key(const Request& request) {
  const std::string_view key = request.headers.find("Idempotency-Key");
  const bool printable = std::ranges::all_of(key, [](char c) { return c >= 0x21 && c <= 0x7E; });
  if (printable && key.size() <= idempotency_key_bytes_max) return {};
  return bad_request("bad-idempotency-key",
                     {"Idempotency-Key phải gồm tối đa 255 ký tự ASCII in được, không có dấu cách.",
                      "An Idempotency-Key is at most 255 printable ASCII characters, no spaces."});
}

}  // namespace

Dispatcher::Dispatcher(Services& services, std::span<const Route> table)
    : services_(services), table_(table), boot_(random_token(6)) {}

void Dispatcher::stopping() {
  services_.hub.close_all();
}

std::string Dispatcher::next_id() {
  return boot_ + "-" + std::to_string(++requests_);
}

asio::awaitable<Reply> Dispatcher::handle(Request& request) {
  const auto began = std::chrono::steady_clock::now();
  const std::string id = next_id();
  std::string label;
  Reply reply;
  try {
    reply = co_await answer(request, id, label);
  } catch (const std::exception& fault) {
    spdlog::error("request {} {} {} failed: {}", id, show(request.method), path_of(request),
                  fault.what());
    const Language language = language_of(request.headers.find("Accept-Language"));
    reply = problem(internal_fault(), language, id);
  }
  add_safety_headers(reply.headers, is_secure(services_, request));
  reply.headers.set("X-Request-Id", id);
  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - began);
  services_.metrics.count(show(request.method), label, reply.status, took);
  spdlog::debug("{} {} {} {} {} us", id, show(request.method), path_of(request), reply.status,
                took.count());
  co_return reply;
}

asio::awaitable<Reply> Dispatcher::answer(Request& request, const std::string& id,
                                          std::string& label) {
  const Language language = language_of(request.headers.find("Accept-Language"));
  const std::string_view path = path_of(request);
  RouteMatch match = find_route(table_, request.method, path);
  if (match.route == nullptr) {
    label = "other";
    if (!match.allow.empty()) {
      Error wrong{
          ErrorCode::invalid,
          "method-not-allowed",
          {"Đường dẫn này không nhận phương thức " + std::string{show(request.method)} + ".",
           "This path does not take " + std::string{show(request.method)} + "."}};
      Reply reply = problem(wrong, language, id);
      reply.headers.set("Allow", match.allow);
      co_return reply;
    }
    const bool page = request.method == Method::get || request.method == Method::head;
    if (page && !path.starts_with("/api/")) {
      label = "pages";
      const auto decoded = percent_decode(path, Plus::literal);
      co_return services_.web_files.serve(decoded.value_or(""), request);
    }
    co_return problem(not_found(), language, id);
  }
  const Route& route = *match.route;
  label = route.path;

  Call call{services_, request};
  call.language = language;
  call.id = id;
  call.parameters = std::move(match.parameters);
  call.directory = services_.engine.directory();
  Result<Reply> result = co_await run(route, call);
  if (!result) co_return problem(result.error(), language, id);
  co_return std::move(*result);
}

asio::awaitable<Result<Reply>> Dispatcher::run(const Route& route, Call& call) {
  Result<Caller> caller = identify(services_, call.request, *call.directory);
  if (!caller) co_return caller.error();
  call.caller = std::move(*caller);
  if (Result<void> door = check_door(route.door, call.caller); !door) co_return door.error();
  if (route.door != Door::link) {
    if (Result<void> origin = check_origin(services_, call.request, call.caller); !origin) {
      co_return origin.error();
    }
  }
  if (Result<void> key = check_idempotency_key(call.request); !key) co_return key.error();
  Result<Query> query = Query::parse(call.request.target, route.query);
  if (!query) co_return query.error();
  call.query = std::move(*query);
  if (route.body == Body::json || route.body == Body::text) {
    Result<std::string> text = co_await read_whole(*call.request.body, route.bytes_max);
    if (!text) co_return text.error();
    call.text = std::move(*text);
  }
  if (route.body == Body::json) {
    Result<Json> body = parse_body(call.request, call.text, route.bytes_max);
    if (!body) co_return body.error();
    call.body = std::move(*body);
  }
  co_return co_await route.handler(call);
}

}  // namespace kyhan
