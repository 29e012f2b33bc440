#include "api/problem.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>

namespace kyhan {
namespace {

struct SlugStatus {
  std::string_view slug;
  int status;
};

// Slugs whose status is not the one of their error code.
constexpr std::array slug_statuses = {
    SlugStatus{"json-syntax", 400},
    SlugStatus{"json-depth", 400},
    SlugStatus{"json-duplicate-key", 400},
    SlugStatus{"json-encoding", 400},
    SlugStatus{"bad-request", 400},
    SlugStatus{"bad-idempotency-key", 400},
    SlugStatus{"bad-parameter", 400},
    SlugStatus{"bad-body", 400},
    SlugStatus{"unknown-parameter", 400},
    SlugStatus{"unknown-field", 400},
    SlugStatus{"body-incomplete", 408},
    SlugStatus{"method-not-allowed", 405},
    SlugStatus{"unsupported-media-type", 415},
    SlugStatus{"precondition-required", 428},
    SlugStatus{"header-too-large", 431},
    SlugStatus{"internal", 500},
};

Text title_of(int status) {
  switch (status) {
    case 400:
      return {"Yêu cầu không hợp lệ", "Bad request"};
    case 401:
      return {"Chưa đăng nhập", "Not signed in"};
    case 403:
      return {"Không được phép", "Not allowed"};
    case 404:
      return {"Không tìm thấy", "Not found"};
    case 405:
      return {"Phương thức không được hỗ trợ", "Method not allowed"};
    case 408:
      return {"Yêu cầu chưa được gửi đầy đủ", "Request incomplete"};
    case 409:
      return {"Xung đột với trạng thái hiện tại", "Conflict with the present state"};
    case 412:
      return {"Dữ liệu đã thay đổi", "The data has changed"};
    case 413:
      return {"Dữ liệu quá lớn", "Too large"};
    case 415:
      return {"Loại dữ liệu không được hỗ trợ", "Unsupported media type"};
    case 422:
      return {"Dữ liệu chưa hợp lệ", "Invalid data"};
    case 428:
      return {"Thiếu phiên bản dữ liệu", "Precondition required"};
    case 429:
      return {"Quá nhiều yêu cầu", "Too many requests"};
    case 431:
      return {"Tiêu đề yêu cầu quá lớn", "Request header too large"};
    case 503:
      return {"Tạm thời không phục vụ được", "Temporarily unavailable"};
    default:
      return {"Lỗi máy chủ", "Server fault"};
  }
}

}  // namespace

Language language_of(std::string_view accept_language) {
  double vi = 0.0;
  double en = 0.0;
  while (!accept_language.empty()) {
    const std::size_t comma = accept_language.find(',');
    std::string_view part = accept_language.substr(0, comma);
    accept_language.remove_prefix(comma == std::string_view::npos ? accept_language.size()
                                                                  : comma + 1);
    while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
    double quality = 1.0;
    if (const std::size_t q = part.find(";q="); q != std::string_view::npos) {
      quality = std::strtod(std::string{part.substr(q + 3, 5)}.c_str(), nullptr);
    }
    if (part.starts_with("vi")) vi = std::max(vi, quality);
    if (part.starts_with("en")) en = std::max(en, quality);
  }
  return en > vi ? Language::en : Language::vi;
}

const std::string& in_language(const Text& text, Language language) {
  return language == Language::en ? text.en : text.vi;
}

int status_of(const Error& error) {
  for (const SlugStatus& known : slug_statuses) {
    if (known.slug == error.type) return known.status;
  }
  switch (error.code) {
    case ErrorCode::invalid:
      return 422;
    case ErrorCode::unauthorized:
      return 401;
    case ErrorCode::forbidden:
      return 403;
    case ErrorCode::not_found:
      return 404;
    case ErrorCode::conflict:
      return 409;
    case ErrorCode::stale:
      return 412;
    case ErrorCode::too_large:
      return 413;
    case ErrorCode::too_many:
      return 429;
    case ErrorCode::unavailable:
      return 503;
  }
  return 500;
}

Json problem_document(const Error& error, Language language, const std::string& instance,
                      const Json& extra) {
  const int status = status_of(error);
  Json document = {{"type", "https://kyhan.vn/problems/" + error.type},
                   {"title", in_language(title_of(status), language)},
                   {"status", status},
                   {"detail", in_language(error.detail, language)},
                   {"instance", instance}};
  if (!error.fields.empty()) {
    Json& fields = document["errors"] = Json::array();
    for (const FieldError& field : error.fields) {
      fields.push_back({{"pointer", field.pointer},
                        {"code", field.code},
                        {"message", in_language(field.message, language)}});
    }
  }
  if (extra.is_object()) document.update(extra);
  return document;
}

Reply problem(const Error& error, Language language, const std::string& instance,
              const Json& extra) {
  Reply response;
  response.status = status_of(error);
  response.headers.set("Content-Type", "application/problem+json");
  response.headers.set("Content-Language", language == Language::en ? "en" : "vi");
  response.headers.set("Cache-Control", "no-store");
  if (response.status == 503) response.headers.set("Retry-After", "2");
  // Words of a client may have come in with broken UTF-8; the problem must be writable all the
  // same.
  response.body = problem_document(error, language, instance, extra)
                      .dump(-1, ' ', false, Json::error_handler_t::replace);
  return response;
}

Error bad_request(std::string slug, Text detail, std::vector<FieldError> fields) {
  return Error{ErrorCode::invalid, std::move(slug), std::move(detail), std::move(fields)};
}

Error not_signed_in() {
  return Error{ErrorCode::unauthorized,
               "not-signed-in",
               {"Bạn chưa đăng nhập hoặc phiên làm việc đã hết hạn. Vui lòng đăng nhập lại.",
                "You are not signed in, or your session has ended. Please sign in again."}};
}

Error not_found() {
  return Error{ErrorCode::not_found,
               "not-found",
               {"Không có mục này, hoặc bạn không có quyền xem.",
                "There is no such thing, or none that you may see."}};
}

Error forbidden(std::string slug, Text detail) {
  return Error{ErrorCode::forbidden, std::move(slug), std::move(detail)};
}

Error too_large(std::size_t bytes_max) {
  const std::string bytes = std::to_string(bytes_max);
  return Error{ErrorCode::too_large,
               "too-large",
               {"Dữ liệu gửi lên vượt quá giới hạn " + bytes + " byte.",
                "What was sent is larger than the limit of " + bytes + " bytes."}};
}

Error internal_fault() {
  return Error{ErrorCode::unavailable,
               "internal",
               {"Máy chủ gặp lỗi khi xử lý yêu cầu; quản trị viên xem nhật ký theo mã yêu cầu.",
                "The server failed on this request; its log names it by the id of the request."}};
}

}  // namespace kyhan
