#pragma once
/// Which hosts and addresses may be reached. Only addresses of the public internet may, unless the
/// operator names a network; under a server only hosts the operator names.

#include <boost/asio/ip/address.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/core/result.hpp"

namespace kyhan {

using IpAddress = boost::asio::ip::address;

/// A block of addresses, "10.20.0.0/16" or "fd00::/8"; a single address is a block of one.
struct Network {
  IpAddress base;
  int prefix = 0;  ///< Bits that count.
  [[nodiscard]] bool contains(const IpAddress& address) const;
};
/// Errors: `invalid` "network".
[[nodiscard]] Result<Network> parse_network(std::string_view text);

/// A name as the operator allows it: "api.example.org", "*.example.org" (any below it, not itself),
/// either with ":port"; without one any port.
struct HostPattern {
  std::string host;  ///< Lower case; "*.": below what follows.
  std::string port;  ///< Empty: any.
  [[nodiscard]] bool matches(std::string_view host, std::string_view port) const;
};
/// Errors: `invalid` "host-pattern".
[[nodiscard]] Result<HostPattern> parse_host_pattern(std::string_view text);

/// Requests to addresses that start with `prefix` go to `target` instead (`kyhan run --route`).
struct Detour {
  std::string prefix;
  std::string target;
  [[nodiscard]] bool matches(std::string_view uri) const;
};
/// "PREFIX=URL"; the target must be a loopback address. Errors: `invalid` "detour".
[[nodiscard]] Result<Detour> parse_detour(std::string_view text);

/// Whether an address belongs to the public internet: not loopback, private, link-local, carrier,
/// multicast, documentation, benchmarking or reserved, also where IPv6 carries IPv4 inside.
[[nodiscard]] bool is_public(const IpAddress& address);

struct NetworkRules {
  std::vector<Network> allow_net;                       ///< Besides what is public.
  std::optional<std::vector<HostPattern>> allow_hosts;  ///< None: any host (kyhan run).
  std::vector<Detour> detours;
  std::string proxy;                  ///< "http://proxy:3128"; empty: none.
  std::vector<HostPattern> no_proxy;  ///< Hosts reached without it.
  std::string ca_file;                ///< PEM; empty: the system's authorities.

  [[nodiscard]] bool may_reach(const IpAddress& address) const;
  [[nodiscard]] bool may_ask(std::string_view host, std::string_view port) const;
};

}  // namespace kyhan
