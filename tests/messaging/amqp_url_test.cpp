// Where the broker is, as an operator writes it.

#include <catch2/catch.hpp>

#include "messaging/rabbit.hpp"

#include "tests/support/results.hpp"

namespace kyhan::test {
namespace {

TEST_CASE("an AMQP address gives host, port, vhost and login", "[messaging][url]") {
  using Row = std::tuple<std::string, RabbitEndpoint>;
  const auto [url, expected] = GENERATE(table<std::string, RabbitEndpoint>({
      Row{"amqp://", {}},
      Row{"amqp://mq.example.vn", {"mq.example.vn", 5672, "/", "guest", "guest"}},
      Row{"amqp://an:b%40c@mq:5673/kyhan", {"mq", 5673, "kyhan", "an", "b@c"}},
      Row{"amqp://mq:5673/%2F", {"mq", 5673, "/", "guest", "guest"}},
      Row{"amqp://mq/a%2fb", {"mq", 5672, "a/b", "guest", "guest"}},
      Row{"amqp://[::1]:5673/", {"::1", 5673, "/", "guest", "guest"}},
  }));
  CAPTURE(url);
  const Result<RabbitEndpoint> endpoint = parse_amqp_url(url);
  REQUIRE(endpoint);
  CHECK(endpoint->host == expected.host);
  CHECK(endpoint->port == expected.port);
  CHECK(endpoint->vhost == expected.vhost);
  CHECK(endpoint->user == expected.user);
  CHECK(endpoint->password == expected.password);
}

TEST_CASE("an AMQP address that is none is refused with what is wrong", "[messaging][url]") {
  const std::string url =
      GENERATE("http://mq", "amqp://mq:0", "amqp://mq:99999", "amqp://mq:12x", "amqp://mq/a/b",
               "amqp://mq/%2", "amqp://a:%zz@mq", "amqp://[::1", "amqp://[::1]5672");
  CAPTURE(url);
  const Result<RabbitEndpoint> endpoint = parse_amqp_url(url);
  REQUIRE_FALSE(endpoint);
  CHECK(endpoint.error().type == "bad-amqp-url");
  CHECK(endpoint.error().detail.vi != endpoint.error().detail.en);
}

}  // namespace
}  // namespace kyhan::test
