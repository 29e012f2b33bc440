// Which hosts and addresses may be reached.

#include "workflow/calls/network.hpp"

#include <catch2/catch.hpp>

#include "workflow/calls/transport.hpp"

#include "tests/support/results.hpp"

namespace kyhan {
namespace {

IpAddress ip(const std::string& text) {
  return boost::asio::ip::make_address(text);
}

TEST_CASE("only addresses of the public internet are public", "[calls][door]") {
  for (const auto* text :
       {"8.8.8.8", "1.1.1.1", "203.113.131.1", "172.15.255.255", "172.32.0.1", "100.63.255.255",
        "100.128.0.1", "2606:4700:4700::1111", "2402:800::1", "::ffff:8.8.8.8",
        "64:ff9b::808:808"}) {
    CAPTURE(text);
    CHECK(is_public(ip(text)));
  }
  for (const auto* text :
       {"127.0.0.1", "127.8.9.10", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255",
        "192.168.1.1", "169.254.169.254", "100.64.0.1", "192.0.0.8", "192.0.2.1", "198.18.0.1",
        "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1",
        "fec0::1", "2001:db8::1", "2001::1", "2002:7f00:1::", "3fff::1", "100::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1",
        "64:ff9b::7f00:1", "64:ff9b:1::1"}) {
    CAPTURE(text);
    CHECK_FALSE(is_public(ip(text)));
  }
}

TEST_CASE("a network holds what its bits say, mapped addresses too", "[calls][door]") {
  const auto holds = [](const char* network, const char* address) {
    return parse_network(network)->contains(ip(address));
  };
  CHECK(holds("10.20.0.0/16", "10.20.255.1"));
  CHECK_FALSE(holds("10.20.0.0/16", "10.21.0.1"));
  CHECK(holds("10.20.0.0/14", "10.23.0.1"));
  CHECK(holds("127.0.0.1", "127.0.0.1"));
  CHECK_FALSE(holds("127.0.0.1", "127.0.0.2"));
  CHECK(holds("127.0.0.0/8", "::ffff:127.0.0.1"));
  CHECK(holds("fd00::/8", "fd12::1"));
  CHECK_FALSE(holds("fd00::/8", "fe00::1"));
  CHECK(holds("0.0.0.0/0", "1.2.3.4"));
  CHECK_FALSE(holds("0.0.0.0/0", "::1"));
  for (const auto* wrong : {"", "10.0.0.0/33", "10.0.0/8", "fd00::/129", "10.0.0.0/-1", "a/8",
                            "10.0.0.0/8 "}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_network(wrong));
  }
}

TEST_CASE("hosts are allowed by name, with a star for what is below", "[calls][door]") {
  const auto matches = [](const char* pattern, const char* host, const char* port = "443") {
    return parse_host_pattern(pattern)->matches(host, port);
  };
  CHECK(matches("api.example.vn", "api.example.vn"));
  CHECK(matches("API.Example.vn", "api.example.vn"));
  CHECK_FALSE(matches("api.example.vn", "xapi.example.vn"));
  CHECK_FALSE(matches("example.vn", "api.example.vn"));
  CHECK(matches("*.example.vn", "api.example.vn"));
  CHECK(matches("*.example.vn", "a.b.example.vn"));
  CHECK_FALSE(matches("*.example.vn", "example.vn"));
  CHECK_FALSE(matches("*.example.vn", "evilexample.vn"));
  CHECK(matches("api.example.vn:8443", "api.example.vn", "8443"));
  CHECK_FALSE(matches("api.example.vn:8443", "api.example.vn", "443"));
  CHECK(matches("[::1]:80", "[::1]", "80"));
  CHECK(matches("*", "anything"));
  for (const auto* wrong : {"", "*.", "a*.vn", "https://a.vn", "a.vn:x", "a vn", "u@a.vn"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_host_pattern(wrong));
  }
}

TEST_CASE("no rules: any host, no private address; a server: no host", "[calls][door]") {
  NetworkRules rules;
  CHECK(rules.may_ask("a.vn", "443"));
  CHECK(rules.may_reach(ip("8.8.8.8")));
  CHECK_FALSE(rules.may_reach(ip("10.1.2.3")));
  rules.allow_net.push_back(*parse_network("10.1.0.0/16"));
  CHECK(rules.may_reach(ip("10.1.2.3")));
  CHECK_FALSE(rules.may_reach(ip("10.2.2.3")));
  rules.allow_hosts.emplace();
  CHECK_FALSE(rules.may_ask("a.vn", "443"));
  rules.allow_hosts->push_back(*parse_host_pattern("a.vn"));
  CHECK(rules.may_ask("a.vn", "443"));
}

TEST_CASE("a detour begins where a name or a path does and ends on loopback", "[calls][door]") {
  const auto detour = parse_detour("https://a.vn=http://127.0.0.1:8080");
  REQUIRE(detour);
  CHECK(detour->matches("https://a.vn"));
  CHECK(detour->matches("https://a.vn/x"));
  CHECK(detour->matches("https://a.vn?x"));
  CHECK_FALSE(detour->matches("https://a.vn.evil.example/x"));
  CHECK_FALSE(detour->matches("http://a.vn/x"));
  CHECK(parse_detour("https://a.vn/v=1/=http://localhost:80/b")->prefix == "https://a.vn/v=1/");
  CHECK(parse_detour("https://a.vn=http://[::1]:80"));
  for (const auto* wrong : {"", "https://a.vn", "https://a.vn=http://10.0.0.1",
                            "https://a.vn=http://a.vn", "x=http://127.0.0.1",
                            "https://a.vn=http://127.0.0.1.evil.example"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_detour(wrong));
  }
}

TEST_CASE("an address is taken apart as the library that connects does", "[calls][door]") {
  const auto origin = [](const char* url) {
    const auto parts = split_url(url);
    return parts ? parts->scheme + " " + parts->host + " " + parts->port : std::string{"none"};
  };
  CHECK(origin("HTTPS://API.Example.vn/x") == "https api.example.vn 443");
  CHECK(origin("http://a.vn:8080") == "http a.vn 8080");
  CHECK(origin("http://a.vn./x") == "http a.vn 80");
  // Other ways to write 127.0.0.1 come out as what they are.
  CHECK(origin("http://2130706433/") == "http 127.0.0.1 80");
  CHECK(origin("http://0x7f.1/") == "http 127.0.0.1 80");
  CHECK(origin("http://[::ffff:7f00:1]/") == "http [::ffff:7f00:1] 80");
  CHECK(origin("http://u:p@a.vn/") == "none");
  CHECK(origin("file:///etc/passwd") == "none");
  CHECK(origin("gopher://a.vn/") == "none");
  CHECK(resolve_url("https://a.vn/x/y?z", "../w") == "https://a.vn/w");
  CHECK(resolve_url("https://a.vn/x", "//b.vn/y#z") == "https://b.vn/y");
  CHECK_FALSE(resolve_url("https://a.vn/x", "file:///etc/passwd"));
  CHECK_FALSE(resolve_url("https://a.vn/x", "https://u:p@b.vn/"));
}

}  // namespace
}  // namespace kyhan
