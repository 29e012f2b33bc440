#include "workflow/calls/network.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "workflow/core/uri.hpp"

namespace kyhan {
namespace {

using Bytes16 = std::array<unsigned char, 16>;

Error invalid(const char* type, Text detail) {
  return {ErrorCode::invalid, type, std::move(detail)};
}

/// IPv4 inside IPv6 judged as IPv4: mapped, and translated by NAT64.
IpAddress plain(const IpAddress& address) {
  if (!address.is_v6()) return address;
  const Bytes16 bytes = address.to_v6().to_bytes();
  static constexpr std::array<unsigned char, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  static constexpr std::array<unsigned char, 12> nat64{0, 0x64, 0xff, 0x9b};
  if (!std::equal(mapped.begin(), mapped.end(), bytes.begin()) &&
      !std::equal(nat64.begin(), nat64.end(), bytes.begin())) {
    return address;
  }
  return boost::asio::ip::address_v4({bytes[12], bytes[13], bytes[14], bytes[15]});
}

bool same_bits(const unsigned char* a, const unsigned char* b, int bits) {
  const int whole = bits / 8;
  if (!std::equal(a, a + whole, b)) return false;
  const int rest = bits % 8;
  if (rest == 0) return true;
  const auto mask = static_cast<unsigned char>(0xff << (8 - rest));
  return (a[whole] & mask) == (b[whole] & mask);
}

Network block(const char* base, int prefix) {
  return {boost::asio::ip::make_address(base), prefix};
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return out;
}

/// {host, port} of "host:port", "[::1]:port" or a host alone.
std::pair<std::string, std::string> split_port(std::string_view text) {
  const auto close = text.rfind(']');
  const auto colon = text.rfind(':');
  const bool several = close == std::string_view::npos && text.find(':') != colon;
  if (colon == std::string_view::npos || several ||
      (close != std::string_view::npos && colon < close)) {
    return {lower_case(text), {}};
  }
  return {lower_case(text.substr(0, colon)), std::string(text.substr(colon + 1))};
}

bool is_loopback_host(std::string_view host) {
  if (host == "localhost") return true;
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  boost::system::error_code error;
  const IpAddress address = boost::asio::ip::make_address(std::string(host), error);
  return !error && address.is_loopback();
}

}  // namespace

bool Network::contains(const IpAddress& address) const {
  const IpAddress one = plain(address);
  if (one.is_v4() != base.is_v4()) return false;
  if (one.is_v4()) {
    return same_bits(one.to_v4().to_bytes().data(), base.to_v4().to_bytes().data(), prefix);
  }
  return same_bits(one.to_v6().to_bytes().data(), base.to_v6().to_bytes().data(), prefix);
}

Result<Network> parse_network(std::string_view text) {
  const auto slash = text.find('/');
  boost::system::error_code error;
  Network network;
  network.base = boost::asio::ip::make_address(std::string(text.substr(0, slash)), error);
  const int longest = network.base.is_v4() ? 32 : 128;
  network.prefix = longest;
  bool valid = !error;
  if (slash != std::string_view::npos) {
    const char* end = text.data() + text.size();
    const auto [at, fault] = std::from_chars(text.data() + slash + 1, end, network.prefix);
    valid = valid && fault == std::errc{} && at == end;
  }
  if (!valid || network.prefix < 0 || network.prefix > longest) {
    return invalid("network", {"\"" + std::string(text) + "\" không phải là một dải địa chỉ CIDR.",
                               "\"" + std::string(text) + "\" is no block of addresses (CIDR)."});
  }
  return network;
}

bool HostPattern::matches(std::string_view asked, std::string_view asked_port) const {
  if (!port.empty() && port != asked_port) return false;
  if (host == "*") return true;
  if (host.starts_with("*."))
    return asked.ends_with(host.substr(1)) && asked.size() + 1 > host.size();
  return host == asked;
}

Result<HostPattern> parse_host_pattern(std::string_view text) {
  HostPattern pattern;
  std::tie(pattern.host, pattern.port) = split_port(text);
  const std::string name = pattern.host.starts_with("*.") ? pattern.host.substr(2) : pattern.host;
  const bool valid = !name.empty() && name.find_first_of("/* \t@?#") == std::string::npos &&
                     pattern.port.find_first_not_of("0123456789") == std::string::npos;
  if (!valid && pattern.host != "*") {
    return invalid("host-pattern", {"\"" + std::string(text) +
                                        "\" không phải tên máy chủ (api.example.vn, "
                                        "*.example.vn, api.example.vn:8443).",
                                    "\"" + std::string(text) +
                                        "\" is no name of a host (api.example.org, "
                                        "*.example.org, api.example.org:8443)."});
  }
  return pattern;
}

bool Detour::matches(std::string_view uri) const {
  if (!uri.starts_with(prefix)) return false;
  // An origin ends where its authority does: "https://a.vn" is no prefix of "https://a.vn.evil".
  const auto scheme = prefix.find("://");
  const bool origin_only = prefix.find('/', scheme + 3) == std::string::npos;
  if (!origin_only || uri.size() == prefix.size()) return true;
  return std::string_view("/?#:").find(uri[prefix.size()]) != std::string_view::npos;
}

Result<Detour> parse_detour(std::string_view text) {
  // The target is what follows the last "=http".
  const auto equals = text.rfind("=http");
  Detour detour;
  if (equals != std::string_view::npos) {
    detour.prefix = text.substr(0, equals);
    detour.target = text.substr(equals + 1);
  }
  bool valid = is_http_uri(detour.prefix) && is_http_uri(detour.target);
  if (valid) {
    const auto start = detour.target.find("://") + 3;
    const auto authority =
        detour.target.substr(start, detour.target.find_first_of("/?#", start) - start);
    valid = is_loopback_host(split_port(authority).first);
  }
  if (!valid) {
    return invalid("detour",
                   {"Cần TIỀN_TỐ=URL với đích là địa chỉ loopback: \"" + std::string(text) + "\".",
                    "PREFIX=URL with a loopback target is needed: \"" + std::string(text) + "\"."});
  }
  return detour;
}

bool is_public(const IpAddress& address) {
  static const std::array v4{
      block("0.0.0.0", 8),      block("10.0.0.0", 8),     block("100.64.0.0", 10),
      block("127.0.0.0", 8),    block("169.254.0.0", 16), block("172.16.0.0", 12),
      block("192.0.0.0", 24),   block("192.0.2.0", 24),   block("192.88.99.0", 24),
      block("192.168.0.0", 16), block("198.18.0.0", 15),  block("198.51.100.0", 24),
      block("203.0.113.0", 24), block("224.0.0.0", 4),    block("240.0.0.0", 4)};
  // Of 2000::/3, the only space given out: Teredo and other special uses, documentation, 6to4.
  static const std::array v6{block("2001::", 23), block("2001:db8::", 32), block("2002::", 16),
                             block("3fff::", 20)};
  static const Network given_out = block("2000::", 3);
  const IpAddress one = plain(address);
  const auto holds = [&one](const Network& network) { return network.contains(one); };
  if (one.is_v4()) return std::ranges::none_of(v4, holds);
  return given_out.contains(one) && std::ranges::none_of(v6, holds);
}

bool NetworkRules::may_reach(const IpAddress& address) const {
  return is_public(address) || std::ranges::any_of(allow_net, [&](const Network& network) {
           return network.contains(address);
         });
}

bool NetworkRules::may_ask(std::string_view host, std::string_view port) const {
  return !allow_hosts || std::ranges::any_of(*allow_hosts, [&](const HostPattern& pattern) {
    return pattern.matches(host, port);
  });
}

}  // namespace kyhan
