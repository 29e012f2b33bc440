#include "workflow/core/uri.hpp"

#include <algorithm>

namespace kyhan {
namespace {

/// Operators of RFC 6570 that the language does not have.
constexpr std::string_view operators = "+#./;?&=,!@|";

bool is_unreserved(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

}  // namespace

std::string percent_encode(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_unreserved(byte)) {
      encoded += c;
    } else {
      encoded += '%';
      encoded += digits[byte >> 4];
      encoded += digits[byte & 15];
    }
  }
  return encoded;
}

std::string base64_encode(std::string_view bytes) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - at);
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      group = group << 8 | (i < count ? static_cast<unsigned char>(bytes[at + i]) : 0U);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      text += i <= count ? digits[group >> (18 - 6 * i) & 63U] : '=';
    }
  }
  return text;
}

Outcome<std::string> expand_uri_template(std::string_view text, const Json& input) {
  std::string uri;
  for (;;) {
    const auto open = text.find('{');
    uri += text.substr(0, open);
    if (open == std::string_view::npos) return given_text(std::move(uri));
    text.remove_prefix(open + 1);
    const auto close = text.find('}');
    if (close == std::string_view::npos) {
      return standard_error("expression", 400, "the address has `{` without `}`");
    }
    const std::string name(text.substr(0, close));
    text.remove_prefix(close + 1);
    if (!input.is_object() || !input.contains(name)) continue;
    const std::optional<std::string> value = plain_text(input.at(name));
    if (!value) {
      return standard_error("expression", 400,
                            "the address needs a text, number or boolean for {" + name +
                                "}, the input has " + input.at(name).type_name());
    }
    uri += percent_encode(*value);
  }
}

Text fault_of_uri_template(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto brace = text.find_first_of("{}", at);
    if (brace == std::string_view::npos) return {};
    const auto close = text.find_first_of("{}", brace + 1);
    if (text[brace] == '}' || close == std::string_view::npos || text[close] != '}') {
      return {"Dấu ngoặc nhọn trong địa chỉ không khớp nhau.",
              "The braces in the address do not match."};
    }
    const auto name = text.substr(brace + 1, close - brace - 1);
    if (name.empty() || operators.find(name.front()) != std::string_view::npos) {
      return {"Trong địa chỉ chỉ dùng được {tên}: một trường ở cấp ngoài cùng của dữ liệu vào.",
              "An address can have {name} only: a top-level member of the input."};
    }
    at = close + 1;
  }
  return {};
}

bool is_http_uri(std::string_view text) {
  const auto scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) return false;
  std::string scheme(text.substr(0, scheme_end));
  std::ranges::transform(scheme, scheme.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  if (scheme != "http" && scheme != "https") return false;
  const auto rest = text.substr(scheme_end + 3);
  const auto authority = rest.substr(0, rest.find_first_of("/?#"));
  if (authority.empty() || authority.find('@') != std::string_view::npos) return false;
  return std::ranges::all_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > 0x20 && byte != 0x7f;
  });
}

std::string form_encode(const TextPairs& fields) {
  std::string text;
  for (const auto& [name, value] : fields) {
    if (!text.empty()) text += '&';
    text += percent_encode(name) + "=" + percent_encode(value);
  }
  return text;
}

std::string with_query(std::string uri, const TextPairs& parameters) {
  if (const auto fragment = uri.find('#'); fragment != std::string::npos) uri.resize(fragment);
  if (parameters.empty()) return uri;
  const bool has_query = uri.find('?') != std::string::npos;
  if (!has_query) {
    uri += '?';
  } else if (uri.back() != '?' && uri.back() != '&') {
    uri += '&';
  }
  return uri + form_encode(parameters);
}

std::string_view without_query(std::string_view uri) {
  return uri.substr(0, uri.find_first_of("?#"));
}

std::optional<std::string> plain_text(const Json& value) {
  if (value.is_null()) return std::string{};
  if (value.is_string()) return value.get<std::string>();
  if (value.is_structured()) return std::nullopt;
  return value.dump();
}

}  // namespace kyhan
