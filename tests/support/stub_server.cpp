#include "tests/support/stub_server.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <thread>

#include "workflow/core/json.hpp"
#include "workflow/core/uri.hpp"

namespace kyhan::test {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
constexpr auto quiet = asio::as_tuple(asio::use_awaitable);

std::string lower_case(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return text;
}

std::string pem_of(const std::function<int(BIO*)>& write) {
  BIO* memory = BIO_new(BIO_s_mem());
  write(memory);
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(memory, &bytes);
  std::string text(bytes, static_cast<std::size_t>(size));
  BIO_free(memory);
  return text;
}

}  // namespace

StubCertificate make_certificate(const std::string& name) {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600 * 24);
  X509_set_pubkey(certificate, key);
  X509_NAME* subject = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(certificate, subject);
  const std::string names = "DNS:" + name + ",IP:127.0.0.1";
  for (const auto& [kind, value] : {std::pair{NID_subject_alt_name, names},
                                    {NID_basic_constraints, std::string{"critical,CA:TRUE"}}}) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str());
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
  }
  X509_sign(certificate, key, EVP_sha256());
  StubCertificate made;
  made.certificate = pem_of([&](BIO* out) { return PEM_write_bio_X509(out, certificate); });
  made.key = pem_of([&](BIO* out) {
    return PEM_write_bio_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
  });
  X509_free(certificate);
  EVP_PKEY_free(key);
  return made;
}

struct StubServer::Impl {
  Impl(Handler given, const std::optional<StubCertificate>& certificate)
      : handler(std::move(given)), acceptor(context, {asio::ip::address_v4::loopback(), 0}) {
    acceptor.listen(4096);
    if (certificate) {
      tls.emplace(asio::ssl::context::tls_server);
      tls->use_certificate_chain(asio::buffer(certificate->certificate));
      tls->use_private_key(asio::buffer(certificate->key), asio::ssl::context::pem);
    }
    asio::co_spawn(context, accept(), asio::detached);
    thread = std::thread{[this] { context.run(); }};
  }
  ~Impl() {
    context.stop();
    thread.join();
  }

  asio::awaitable<void> accept() {
    for (;;) {
      auto [error, socket] = co_await acceptor.async_accept(quiet);
      if (error) co_return;
      asio::co_spawn(context, serve(std::move(socket)), asio::detached);
    }
  }

  asio::awaitable<void> serve(tcp::socket socket) {
    if (!tls) {
      beast::tcp_stream stream(std::move(socket));
      co_await talk(stream);
      co_return;
    }
    beast::ssl_stream<beast::tcp_stream> stream(std::move(socket), *tls);
    auto [error] = co_await stream.async_handshake(asio::ssl::stream_base::server, quiet);
    if (!error) co_await talk(stream);
  }

  template <class Stream>
  asio::awaitable<void> talk(Stream& stream) {
    beast::flat_buffer buffer;
    for (;;) {
      http::request<http::string_body> request;
      auto [failed, count] = co_await http::async_read(stream, buffer, request, quiet);
      if (failed) co_return;
      const StubAnswer answer = handler(record(request));
      asio::steady_timer timer(context);
      if (answer.silent) {
        timer.expires_at(asio::steady_timer::time_point::max());
        co_await timer.async_wait(quiet);
        co_return;
      }
      if (answer.after_ms > 0) {
        timer.expires_after(std::chrono::milliseconds{answer.after_ms});
        co_await timer.async_wait(quiet);
      }
      http::response<http::string_body> response;
      response.result(static_cast<unsigned>(answer.status));
      if (!answer.type.empty()) response.set(http::field::content_type, answer.type);
      for (const auto& [name, value] : answer.headers) response.insert(name, value);
      response.keep_alive(request.keep_alive());
      if (request.method() != http::verb::head) response.body() = answer.body;
      response.prepare_payload();
      auto [broken, written] = co_await http::async_write(stream, response, quiet);
      if (broken || !request.keep_alive()) co_return;
    }
  }

  StubRequest record(const http::request<http::string_body>& request) {
    StubRequest seen;
    seen.method = std::string(request.method_string());
    seen.target = std::string(request.target());
    for (const auto& field : request) {
      seen.headers[lower_case(std::string(field.name_string()))] = std::string(field.value());
    }
    seen.body = request.body();
    const std::lock_guard lock{mutex};
    requests.push_back(seen);
    changed.notify_all();
    return seen;
  }

  Handler handler;
  asio::io_context context;
  std::optional<asio::ssl::context> tls;
  tcp::acceptor acceptor;
  mutable std::mutex mutex;
  mutable std::condition_variable changed;
  std::vector<StubRequest> requests;
  std::thread thread;
};

StubServer::StubServer(Handler handler, std::optional<StubCertificate> certificate)
    : impl_(std::make_unique<Impl>(std::move(handler), certificate)) {}
StubServer::~StubServer() = default;

std::uint16_t StubServer::port() const {
  return impl_->acceptor.local_endpoint().port();
}
std::string StubServer::url(const std::string& host) const {
  return (impl_->tls ? "https://" : "http://") + host + ":" + std::to_string(port());
}
std::vector<StubRequest> StubServer::requests() const {
  const std::lock_guard lock{impl_->mutex};
  return impl_->requests;
}
bool StubServer::wait_for_requests(std::size_t count) const {
  std::unique_lock lock{impl_->mutex};
  return impl_->changed.wait_for(lock, std::chrono::seconds{30},
                                 [&] { return impl_->requests.size() >= count; });
}

StubAnswer pets_and_logins(const StubRequest& request) {
  const auto pet = [](int id, const char* name, const char* status) {
    return Json{{"id", id}, {"name", name}, {"status", status}};
  };
  const std::string path = request.path();
  if (path == "/v2/pet/findByStatus") {
    const std::string status = request.target.substr(request.target.find('=') + 1);
    return {200,
            Json::array({pet(1, "Mướp", status.c_str()), pet(2, "Vàng", status.c_str())}).dump()};
  }
  if (path == "/v2/pet/1" || path == "/v2/pet/2") {
    return {200, pet(path.back() - '0', "Mướp", "available").dump()};
  }
  if (path == "/v2/swagger.json") {
    const Json status = {{"name", "status"},   {"in", "query"},
                         {"required", true},   {"type", "array"},
                         {"items", {{"type", "string"}}}, {"collectionFormat", "multi"}};
    const Json id = {{"name", "petId"}, {"in", "path"}, {"required", true}, {"type", "integer"}};
    const Json document = {
        {"swagger", "2.0"},
        {"host", "petstore.example"},
        {"basePath", "/v2"},
        {"schemes", {"https"}},
        {"paths",
         {{"/pet/findByStatus",
           {{"get", {{"operationId", "findPetsByStatus"}, {"parameters", Json::array({status})}}}}},
          {"/pet/{petId}",
           {{"get", {{"operationId", "getPetById"}, {"parameters", Json::array({id})}}}}}}}};
    return {200, document.dump()};
  }
  if (path.starts_with("/basic-auth/")) {
    std::string who = path.substr(std::string("/basic-auth/").size());
    const auto slash = who.find('/');
    const std::string user = who.substr(0, slash);
    if (request.header("authorization") ==
        "Basic " + base64_encode(user + ":" + who.substr(slash + 1))) {
      return {200, Json{{"authenticated", true}, {"user", user}}.dump()};
    }
    return {401, "", "text/plain", {{"WWW-Authenticate", "Basic realm=\"pets\""}}};
  }
  return {404, R"({"message": "not found"})"};
}

}  // namespace kyhan::test
