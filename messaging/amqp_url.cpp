// Reading amqp:// URLs. By hand, because a vhost is percent-encoded and rabbitmq-c's reader edits
// its argument in place and gives no reason when it refuses.

#include <charconv>

#include "messaging/rabbit.hpp"

namespace kyhan {
namespace {

Error bad_url(std::string vi, std::string en) {
  return Error{ErrorCode::invalid,
               "bad-amqp-url",
               {"Địa chỉ RabbitMQ không đúng: " + std::move(vi) +
                    " Dạng đúng: amqp://người-dùng:mật-khẩu@máy:cổng/vhost.",
                "The RabbitMQ address is wrong: " + std::move(en) +
                    " Expected amqp://user:password@host:port/vhost."}};
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

Result<std::string> percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
    if (high < 0 || low < 0) {
      return bad_url("dấu % không kèm hai chữ số thập lục phân.",
                     "a % is not followed by two hexadecimal digits.");
    }
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return decoded;
}

}  // namespace

Result<RabbitEndpoint> parse_amqp_url(std::string_view url) {
  constexpr std::string_view scheme = "amqp://";
  if (!url.starts_with(scheme)) {
    return bad_url("phải bắt đầu bằng amqp://.", "it must start with amqp://.");
  }
  std::string_view rest = url.substr(scheme.size());
  RabbitEndpoint endpoint;

  const std::size_t slash = rest.find('/');
  if (slash != std::string_view::npos) {
    const std::string_view path = rest.substr(slash + 1);
    if (path.find('/') != std::string_view::npos) {
      return bad_url("dấu / trong tên vhost phải viết là %2F.",
                     "a / within the vhost must be written %2F.");
    }
    if (!path.empty()) {
      Result<std::string> vhost = percent_decoded(path);
      if (!vhost) return vhost.error();
      endpoint.vhost = std::move(*vhost);
    }
    rest = rest.substr(0, slash);
  }

  if (const std::size_t at = rest.rfind('@'); at != std::string_view::npos) {
    const std::string_view login = rest.substr(0, at);
    const std::size_t colon = login.find(':');
    Result<std::string> user = percent_decoded(login.substr(0, colon));
    if (!user) return user.error();
    endpoint.user = std::move(*user);
    if (colon != std::string_view::npos) {
      Result<std::string> password = percent_decoded(login.substr(colon + 1));
      if (!password) return password.error();
      endpoint.password = std::move(*password);
    }
    rest = rest.substr(at + 1);
  }

  std::string_view port;
  if (rest.starts_with('[')) {  // [::1]:5672
    const std::size_t close = rest.find(']');
    if (close == std::string_view::npos) return bad_url("thiếu dấu ].", "a ] is missing.");
    endpoint.host = std::string{rest.substr(1, close - 1)};
    rest = rest.substr(close + 1);
    if (!rest.empty() && rest.front() != ':') {
      return bad_url("sau dấu ] chỉ được có cổng.", "only a port may follow the ].");
    }
    if (!rest.empty()) port = rest.substr(1);
  } else {
    const std::size_t colon = rest.find(':');
    if (const std::string_view host = rest.substr(0, colon); !host.empty()) {
      endpoint.host = std::string{host};
    }
    if (colon != std::string_view::npos) port = rest.substr(colon + 1);
  }
  if (!port.empty()) {
    int number = 0;
    const auto [end, fault] = std::from_chars(port.data(), port.data() + port.size(), number);
    if (fault != std::errc{} || end != port.data() + port.size() || number < 1 || number > 65535) {
      return bad_url("cổng phải là số từ 1 đến 65535.", "the port must be 1 to 65535.");
    }
    endpoint.port = number;
  }
  return endpoint;
}

}  // namespace kyhan
