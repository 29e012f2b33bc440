// Calls over real sockets, to servers of the test.

#include "workflow/calls/http_calls.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <future>

#include "tests/support/stub_server.hpp"

namespace kyhan::test {
namespace {

NetworkRules loopback_allowed() {
  NetworkRules rules;
  rules.allow_net.push_back(*parse_network("127.0.0.0/8"));
  return rules;
}

CallRequest get(const std::string& uri) {
  CallRequest request;
  request.http.method = "GET";
  request.http.uri = uri;
  return request;
}

/// Makes the call and waits for what comes of it.
FinishCall ask(Calls& calls, const CallRequest& request, const std::string& key = "k") {
  auto answered = std::make_shared<std::promise<FinishCall>>();
  CallOrder order;
  order.node = 1;
  order.key = key;
  order.request = [request](const CallFindings&) -> Outcome<CallRequest> { return request; };
  order.done = [answered](FinishCall done) { answered->set_value(std::move(done)); };
  calls.start(std::move(order));
  return answered->get_future().get();
}

/// The output, or "<error> <status>".
std::string meant(const FinishCall& done) {
  if (!done.error) return done.output.dump();
  return done.error->type.substr(done.error->type.rfind('/') + 1) + " " +
         std::to_string(done.error->status);
}
std::string meant(Calls& calls, const CallRequest& request) {
  return meant(ask(calls, request));
}

StubAnswer ok(const StubRequest&) {
  return {200, R"({"ok":true})"};
}

Credentials basic(const std::string& user, const std::string& password) {
  Credentials who;
  who.username = user;
  who.password = password;
  return who;
}

TEST_CASE("a call sends method, headers and body, and gets the content", "[calls]") {
  StubServer stub{ok};
  HttpCalls calls{loopback_allowed()};
  CallRequest request = get(stub.url() + "/x?y=1");
  request.http.method = "PATCH";
  request.http.headers = {{"X-A", "một"}, {"Content-Type", "application/json"}, {"X-Empty", ""}};
  request.http.body = R"({"a":1})";
  CHECK(meant(calls, request) == R"({"ok":true})");
  const StubRequest seen = stub.requests().at(0);
  CHECK(seen.method == "PATCH");
  CHECK(seen.target == "/x?y=1");
  CHECK(seen.header("x-a") == "một");
  CHECK(seen.headers.contains("x-empty"));
  CHECK(seen.header("content-type") == "application/json");
  CHECK(seen.body == R"({"a":1})");
  CHECK(seen.header("user-agent").starts_with("kyhan/"));
}

TEST_CASE("loopback and private addresses are refused unless the operator names them",
          "[calls][door]") {
  StubServer stub{ok};
  HttpCalls calls{NetworkRules{}};
  const std::string port = std::to_string(stub.port());
  for (const std::string& host :
       {std::string{"127.0.0.1"}, std::string{"localhost"}, std::string{"2130706433"},
        std::string{"[::ffff:127.0.0.1]"}, std::string{"0.0.0.0"}, std::string{"[::1]"}}) {
    CAPTURE(host);
    const FinishCall done = ask(calls, get("http://" + host + ":" + port + "/"));
    CHECK(meant(done) == "communication 500");
    CHECK(done.error->detail.find("not on the public internet") != std::string::npos);
  }
  CHECK(stub.requests().empty());
  HttpCalls allowed{loopback_allowed()};
  CHECK(meant(allowed, get("http://localhost:" + port + "/")) == R"({"ok":true})");
}

TEST_CASE("under a server only hosts that the operator allows are called", "[calls][door]") {
  StubServer stub{ok};
  NetworkRules rules = loopback_allowed();
  rules.allow_hosts.emplace();
  rules.allow_hosts->push_back(*parse_host_pattern("localhost"));
  HttpCalls calls{rules};
  const FinishCall refused = ask(calls, get(stub.url("127.0.0.1")));
  CHECK(meant(refused) == "communication 500");
  CHECK(refused.error->detail.find("allow_hosts") != std::string::npos);
  CHECK(stub.requests().empty());
  CHECK(meant(calls, get(stub.url("localhost"))) == R"({"ok":true})");
}

TEST_CASE("what cannot be reached is a communication error", "[calls]") {
  std::string url;
  {
    StubServer gone{ok};
    url = gone.url();
  }
  HttpCalls calls{loopback_allowed()};
  CHECK(meant(calls, get(url)) == "communication 500");
  CHECK(meant(calls, get("http://no-such-host.invalid/")) == "communication 500");
}

TEST_CASE("a redirect is followed only where it is asked for, by GET and HEAD", "[calls][redirect]") {
  StubServer stub{[](const StubRequest& request) -> StubAnswer {
    if (request.path() == "/end") return {200, R"("end")"};
    return {302, "", "", {{"Location", "/end"}}};
  }};
  HttpCalls calls{loopback_allowed()};
  CallRequest request = get(stub.url() + "/start");
  CHECK(meant(calls, request) == "communication 302");
  request.redirect = true;
  CHECK(meant(calls, request) == R"("end")");
  request.http.method = "POST";
  request.http.body = "{}";
  CHECK(meant(calls, request) == "null");
  CHECK(stub.requests().size() == 4);
}

TEST_CASE("at most five redirects are followed", "[calls][redirect]") {
  StubServer stub{[](const StubRequest& request) -> StubAnswer {
    const int left = std::stoi(request.target.substr(1));
    if (left == 0) return {200, R"("end")"};
    return {307, "", "", {{"Location", "/" + std::to_string(left - 1)}}};
  }};
  HttpCalls calls{loopback_allowed()};
  CallRequest request = get(stub.url() + "/5");
  request.redirect = true;
  CHECK(meant(calls, request) == R"("end")");
  request.http.uri = stub.url() + "/6";
  CHECK(meant(calls, request) == "communication 307");
}

TEST_CASE("every hop of a redirect is judged again", "[calls][redirect][door]") {
  StubServer inner{ok};
  StubServer outer{[&](const StubRequest&) -> StubAnswer {
    return {302, "", "", {{"Location", inner.url("127.0.0.1")}}};
  }};
  NetworkRules rules = loopback_allowed();
  rules.allow_hosts.emplace();
  rules.allow_hosts->push_back(*parse_host_pattern("localhost"));
  HttpCalls hosts{rules};
  CallRequest request = get(outer.url("localhost"));
  request.redirect = true;
  CHECK(meant(hosts, request) == "communication 500");
  CHECK(inner.requests().empty());

  // From an address that is allowed to one that is not.
  NetworkRules only_detour;
  only_detour.detours.push_back(*parse_detour("https://a.example=" + outer.url()));
  HttpCalls addresses{only_detour};
  request.http.uri = "https://a.example/x";
  CHECK(meant(addresses, request) == "communication 500");
  CHECK(inner.requests().empty());

  for (const auto* location : {"file:///etc/passwd", "gopher://127.0.0.1/", "https://u:p@a.vn/"}) {
    CAPTURE(location);
    StubServer away{[&](const StubRequest&) -> StubAnswer {
      return {302, "", "", {{"Location", location}}};
    }};
    HttpCalls calls{loopback_allowed()};
    request.http.uri = away.url();
    CHECK(meant(calls, request) == "communication 500");
  }
}

TEST_CASE("another origin is told no credentials, the same one is", "[calls][redirect]") {
  StubServer other{ok};
  StubServer stub{[&](const StubRequest& request) -> StubAnswer {
    if (request.path() == "/here") return {302, "", "", {{"Location", "/end"}}};
    if (request.path() == "/there") return {302, "", "", {{"Location", other.url() + "/end"}}};
    return {200, "{}"};
  }};
  HttpCalls calls{loopback_allowed()};
  CallRequest request = get(stub.url() + "/here");
  request.redirect = true;
  request.http.credentials = basic("an", "mat-khau");
  request.http.headers = {{"X-Api-Key", "khoa"}, {"Cookie", "a=b"}, {"Accept", "text/plain"}};
  CHECK(meant(calls, request) == "{}");
  CHECK(stub.requests().at(1).header("authorization").starts_with("Basic "));
  CHECK(stub.requests().at(1).header("x-api-key") == "khoa");

  request.http.uri = stub.url() + "/there";
  CHECK(meant(calls, request) == R"({"ok":true})");
  const StubRequest seen = other.requests().at(0);
  CHECK(seen.header("accept") == "text/plain");
  for (const auto* name : {"authorization", "x-api-key", "cookie", "idempotency-key"}) {
    CAPTURE(name);
    CHECK_FALSE(seen.headers.contains(name));
  }
}

TEST_CASE("a detour goes to loopback under the original name", "[calls][door]") {
  StubServer stub{[](const StubRequest& request) -> StubAnswer {
    if (request.path() == "/v2/start") return {302, "", "", {{"Location", "https://a.example/v2/end"}}};
    return {200, Json{{"host", request.header("host")}}.dump()};
  }};
  NetworkRules rules;
  rules.detours.push_back(*parse_detour("https://a.example=" + stub.url()));
  rules.detours.push_back(*parse_detour("http://b.example:8080/api/=" + stub.url() + "/v2/"));
  HttpCalls calls{rules};
  CallRequest request = get("https://a.example/v2/start");
  request.redirect = true;
  request.output = RequestStep::Output::response;
  const FinishCall done = ask(calls, request);
  REQUIRE_FALSE(done.error);
  CHECK(done.output.at("content").at("host") == "a.example");
  CHECK(done.output.at("request").at("uri") == "https://a.example/v2/end");
  CHECK(meant(calls, get("http://b.example:8080/api/x")) == R"({"host":"b.example:8080"})");
  CHECK(stub.requests().back().target == "/v2/x");
}

TEST_CASE("an answer has at most ten megabytes", "[calls][limits]") {
  std::size_t size = (10u << 20) - 2;
  StubServer stub{[&](const StubRequest&) -> StubAnswer {
    return {200, "\"" + std::string(size, 'a') + "\""};
  }};
  HttpCalls calls{loopback_allowed()};
  CallRequest request = get(stub.url());
  request.output = RequestStep::Output::raw;
  CHECK_FALSE(ask(calls, request).error);
  size += 1;
  const FinishCall done = ask(calls, request);
  CHECK(meant(done) == "communication 500");
  CHECK(done.error->detail.find("10 MiB") != std::string::npos);
}

TEST_CASE("who does not answer in time is given up", "[calls][limits]") {
  StubServer stub{[](const StubRequest&) { return StubAnswer{200, "", "", {}, true}; }};
  CallLimits limits;
  limits.call_max = std::chrono::milliseconds{150};
  HttpCalls calls{loopback_allowed(), limits};
  const FinishCall done = ask(calls, get(stub.url()));
  CHECK(meant(done) == "communication 500");
  CHECK(done.error->detail.find("in time") != std::string::npos);
}

TEST_CASE("a hundred calls are out at once and none waits for another", "[calls]") {
  std::atomic<int> answered = 0;
  std::promise<void> all;
  StubServer stub{[](const StubRequest&) { return StubAnswer{200, "1", "application/json", {}, false, 200}; }};
  HttpCalls calls{loopback_allowed()};
  const auto begun = std::chrono::steady_clock::now();
  for (int i = 0; i < 100; ++i) {
    CallOrder order;
    order.key = std::to_string(i);
    order.request = [uri = stub.url()](const CallFindings&) -> Outcome<CallRequest> { return get(uri); };
    order.done = [&](const FinishCall& done) {
      if (!done.error && ++answered == 100) all.set_value();
    };
    calls.start(std::move(order));
  }
  REQUIRE(all.get_future().wait_for(std::chrono::seconds{30}) == std::future_status::ready);
  // One after another they would take twenty seconds.
  CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds{15});
}

TEST_CASE("a call that is cancelled is heard of no more, and its connection ends", "[calls]") {
  StubServer stub{[](const StubRequest& request) -> StubAnswer {
    if (request.path() == "/silent") return StubAnswer{200, "", "", {}, true};
    return {200, "{}"};
  }};
  std::atomic<bool> told = false;
  HttpCalls calls{loopback_allowed()};
  CallOrder order;
  order.key = "a";
  order.request = [uri = stub.url()](const CallFindings&) -> Outcome<CallRequest> {
    return get(uri + "/silent");
  };
  order.done = [&](const FinishCall&) { told = true; };
  calls.start(std::move(order));
  REQUIRE(stub.wait_for_requests(1));
  calls.cancel("a");
  CHECK(meant(ask(calls, get(stub.url()), "b")) == "{}");  // Behind the cancellation, in order.
  CHECK_FALSE(told);
}

TEST_CASE("basic and bearer are told at once", "[calls][authentication]") {
  StubServer stub{ok};
  HttpCalls calls{loopback_allowed()};
  CallRequest request = get(stub.url());
  request.http.credentials = basic("Nguyễn An", "mật:khẩu");
  const FinishCall done = ask(calls, request);
  CHECK(stub.requests().at(0).header("authorization") == "Basic " + base64_encode("Nguyễn An:mật:khẩu"));
  CHECK(done.authorization.at("scheme") == "Basic");
  request.http.credentials->scheme = Authentication::Scheme::bearer;
  request.http.credentials->token = "abc.def";
  (void)ask(calls, request);
  CHECK(stub.requests().at(1).header("authorization") == "Bearer abc.def");
}

TEST_CASE("digest answers the challenge, never with the password itself", "[calls][authentication]") {
  StubServer stub{[](const StubRequest& request) -> StubAnswer {
    const std::string given = request.header("authorization");
    if (given.starts_with("Digest ") && given.find("username=\"an\"") != std::string::npos) {
      return {200, R"({"ok":true})"};
    }
    return {401, "", "", {{"WWW-Authenticate",
                           "Digest realm=\"kyhan\", qop=\"auth\", nonce=\"0123456789\", algorithm=SHA-256"}}};
  }};
  HttpCalls calls{loopback_allowed()};
  CallRequest request = get(stub.url() + "/x");
  request.http.method = "POST";
  request.http.headers = {{"Content-Type", "application/json"}};
  request.http.body = R"({"a":1})";
  request.http.credentials = basic("an", "mat-khau");
  request.http.credentials->scheme = Authentication::Scheme::digest;
  CHECK(meant(calls, request) == R"({"ok":true})");
  const StubRequest seen = stub.requests().back();
  CHECK(seen.body == R"({"a":1})");
  CHECK(seen.header("authorization").find("mat-khau") == std::string::npos);
  CHECK(seen.header("authorization").find("response=") != std::string::npos);
}

struct TokenServer {
  std::atomic<int> granted = 0;
  int lifetime = 3600;
  std::string refused_token;  ///< The resource does not take it.
  StubServer stub{[this](const StubRequest& request) -> StubAnswer {
    if (request.path() == "/realm/oauth2/token" || request.path() == "/realm/other") {
      if (request.body.find("wrong") != std::string::npos) return {400, R"({"error": "invalid_client"})"};
      return {200, Json{{"access_token", "token-" + std::to_string(++granted)},
                        {"expires_in", lifetime}}.dump()};
    }
    if (request.header("authorization") == "Bearer " + refused_token) return {401, "{}"};
    return {200, Json{{"got", request.header("authorization")}}.dump()};
  }};
  CallRequest call() {
    CallRequest request = get(stub.url() + "/data");
    request.http.credentials = Credentials{};
    request.http.credentials->scheme = Authentication::Scheme::oauth2;
    TokenRequest& oauth2 = request.http.credentials->oauth2;
    oauth2.uri = stub.url() + "/realm/oauth2/token";
    oauth2.client_id = "kyhan";
    oauth2.client_secret = "bi mat+1";
    oauth2.scopes = {"a", "b"};
    oauth2.audiences = {"c"};
    return request;
  }
};

TEST_CASE("oauth2 gets a token once and keeps it until it expires", "[calls][authentication]") {
  TokenServer server;
  HttpCalls calls{loopback_allowed()};
  const CallRequest request = server.call();
  // What the token was is not told to anybody.
  CHECK(meant(calls, request) == R"({"got":"Bearer ***"})");
  (void)ask(calls, request);
  CHECK(server.granted == 1);
  const auto seen = server.stub.requests();
  CHECK(seen.at(0).method == "POST");
  CHECK(seen.at(0).header("content-type") == "application/x-www-form-urlencoded");
  CHECK(seen.at(0).body ==
        "grant_type=client_credentials&scope=a%20b&audience=c&client_id=kyhan&client_secret=bi%20mat%2B1");
  CHECK(seen.at(1).header("authorization") == "Bearer token-1");
  CHECK(seen.at(2).header("authorization") == "Bearer token-1");

  server.lifetime = 0;  // Expires as it is given.
  CallRequest other = server.call();
  other.http.credentials->oauth2.scopes = {"other"};
  (void)ask(calls, other);
  (void)ask(calls, other);
  CHECK(server.granted == 3);
}

TEST_CASE("oauth2 by Basic and as JSON", "[calls][authentication]") {
  TokenServer server;
  HttpCalls calls{loopback_allowed()};
  CallRequest request = server.call();
  request.http.credentials->oauth2.basic = true;
  request.http.credentials->oauth2.json = true;
  (void)ask(calls, request);
  const StubRequest seen = server.stub.requests().at(0);
  CHECK(seen.header("authorization") == "Basic " + base64_encode("kyhan:bi%20mat%2B1"));
  CHECK(Json::parse(seen.body) == Json{{"grant_type", "client_credentials"}, {"scope", "a b"}, {"audience", "c"}});
}

TEST_CASE("a token that was revoked is fetched anew, once", "[calls][authentication]") {
  TokenServer server;
  HttpCalls calls{loopback_allowed()};
  const CallRequest request = server.call();
  (void)ask(calls, request);
  server.refused_token = "token-1";
  CHECK(meant(calls, request) == R"({"got":"Bearer ***"})");
  CHECK(server.granted == 2);
  server.refused_token = "token-3";
  CallRequest fresh = server.call();
  fresh.http.credentials->oauth2.scopes = {"fresh"};
  CHECK(meant(calls, fresh) == "authentication 401");
  CHECK(server.granted == 3);
}

TEST_CASE("a token that is refused is an authentication error", "[calls][authentication]") {
  TokenServer server;
  HttpCalls calls{loopback_allowed()};
  CallRequest request = server.call();
  request.http.credentials->oauth2.client_secret = "wrong";
  const FinishCall done = ask(calls, request);
  CHECK(meant(done) == "authentication 401");
  CHECK(done.error->detail.find("invalid_client") != std::string::npos);
  request.http.credentials->oauth2.issuers = {"https://id.example.vn"};
  request.http.credentials->oauth2.client_secret = "right";
  CHECK(meant(calls, request) == "authentication 401");  // No JWT, so of no issuer.
}

TEST_CASE("a token of an accepted issuer is taken", "[calls][authentication]") {
  const std::string claims = base64_encode(R"({"iss":"https://id.example.vn"})");
  StubServer stub{[&](const StubRequest& request) -> StubAnswer {
    if (request.method == "POST") return {200, Json{{"access_token", "e30." + claims + ".x"}}.dump()};
    return {200, "1"};
  }};
  HttpCalls calls{loopback_allowed()};
  CallRequest request = get(stub.url());
  request.http.credentials = Credentials{};
  request.http.credentials->scheme = Authentication::Scheme::oauth2;
  request.http.credentials->oauth2.uri = stub.url() + "/t";
  request.http.credentials->oauth2.issuers = {"https://id.example.vn"};
  CHECK(meant(calls, request) == "1");
}

TEST_CASE("the token endpoint is behind the same door", "[calls][authentication][door]") {
  TokenServer server;
  NetworkRules rules;
  rules.detours.push_back(*parse_detour("https://data.example=" + server.stub.url()));
  HttpCalls calls{rules};
  CallRequest request = server.call();
  request.http.uri = "https://data.example/data";
  const FinishCall done = ask(calls, request);
  CHECK(meant(done) == "communication 500");
  CHECK(server.stub.requests().empty());
}

/// A file that goes with the test.
struct File {
  explicit File(const std::string& text) {
    std::string pattern = (std::filesystem::temp_directory_path() / "kyhan-ca-XXXXXX").string();
    const int file = ::mkstemp(pattern.data());
    ::close(file);
    path = pattern;
    std::ofstream{path} << text;
  }
  ~File() { std::filesystem::remove(path); }
  std::string path;
};

TEST_CASE("certificates are verified against the authorities the operator trusts", "[calls][tls]") {
  const StubCertificate mine = make_certificate("localhost");
  StubServer stub{ok, mine};
  HttpCalls stranger{loopback_allowed()};
  const FinishCall refused = ask(stranger, get(stub.url("localhost")));
  CHECK(meant(refused) == "communication 500");
  CHECK(refused.error->detail.find("certificate") != std::string::npos);
  CHECK(stub.requests().empty());

  const File authority{mine.certificate};
  NetworkRules rules = loopback_allowed();
  rules.ca_file = authority.path;
  HttpCalls trusting{rules};
  CHECK(meant(trusting, get(stub.url("localhost"))) == R"({"ok":true})");

  // The right authority, the wrong name.
  const StubCertificate other = make_certificate("elsewhere.example");
  const File both{mine.certificate + other.certificate};
  StubServer misnamed{ok, other};
  rules.ca_file = both.path;
  HttpCalls careful{rules};
  CHECK(meant(careful, get(misnamed.url("localhost"))) == "communication 500");
  CHECK(misnamed.requests().empty());
}

TEST_CASE("a proxy carries the request, except to hosts reached without it", "[calls][proxy]") {
  StubServer proxy{[](const StubRequest& request) -> StubAnswer {
    return {200, Json{{"asked", request.target}}.dump()};
  }};
  StubServer stub{ok};
  NetworkRules rules = loopback_allowed();
  rules.proxy = proxy.url();
  rules.no_proxy.push_back(*parse_host_pattern("localhost"));
  HttpCalls calls{rules};
  // A name that only the proxy knows.
  CHECK(meant(calls, get("http://inner.invalid/x")) == R"({"asked":"http://inner.invalid/x"})");
  CHECK(meant(calls, get(stub.url("localhost"))) == R"({"ok":true})");
  // An address that is not allowed is not asked of a proxy either.
  CHECK(meant(calls, get("http://10.1.2.3/x")) == "communication 500");
  CHECK(proxy.requests().size() == 1);
}

TEST_CASE("a document is fetched whole, with redirects, or not at all", "[calls]") {
  StubServer stub{[](const StubRequest& request) -> StubAnswer {
    if (request.path() == "/moved") return {301, "", "", {{"Location", "/schema"}}};
    if (request.path() == "/schema") return {200, "type: object", "text/yaml"};
    return {404, ""};
  }};
  HttpCalls calls{loopback_allowed()};
  const auto fetched = [&](const std::string& path) {
    std::promise<std::string> got;
    HttpRequest request;
    request.method = "GET";
    request.uri = stub.url() + path;
    calls.fetch(request, [&](Outcome<std::string> text) {
      got.set_value(text ? *text : std::to_string(text.error().status));
    });
    return got.get_future().get();
  };
  CHECK(fetched("/moved") == "type: object");
  CHECK(fetched("/nothing") == "404");
}

}  // namespace
}  // namespace kyhan::test
