#include "api/call.hpp"

#include <charconv>

namespace kyhan {

Reply json_reply(int status, const Json& body) {
  Reply response;
  response.status = status;
  response.headers.set("Content-Type", "application/json");
  response.headers.set("Cache-Control", "no-store");
  response.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  return response;
}

/// The tag names a version for If-Match. What is shown also depends on who looks and when, so nothing is
/// answered from a cache by it.
Reply json_reply(const Call&, const Json& body, const std::string& etag) {
  Reply response = json_reply(200, body);
  response.headers.set("ETag", etag);
  return response;
}

Reply empty_reply(int status) {
  Reply response;
  response.status = status;
  response.headers.set("Cache-Control", "no-store");
  return response;
}

std::string etag_of(std::int64_t version) {
  return "\"" + std::to_string(version) + "\"";
}

Result<std::int64_t> version_from(std::string_view text) {
  if (text.size() >= 2 && text.starts_with('"') && text.ends_with('"')) {
    text = text.substr(1, text.size() - 2);
  }
  std::int64_t version = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (error != std::errc{} || end != text.data() + text.size()) {
    return bad_request("bad-request", {"If-Match không phải là một etag của máy chủ này.",
                                       "If-Match is no etag of this server."});
  }
  return version;
}

Result<std::int64_t> expected_version(const Request& request) {
  const std::string_view text = request.headers.find("If-Match");
  if (text.empty()) {
    return Error{ErrorCode::invalid,
                 "precondition-required",
                 {"Thiếu tiêu đề If-Match: hãy gửi etag của nhiệm vụ mà bạn đang xem.",
                  "If-Match is missing: send the etag of the task you are looking at."}};
  }
  return version_from(text);
}

}  // namespace kyhan
