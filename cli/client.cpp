#include "cli/client.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <cstring>
#include <curl/curl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "api/house.hpp"

namespace kyhan {
namespace {

std::size_t append(char* bytes, std::size_t size, std::size_t count, void* text) {
  static_cast<std::string*>(text)->append(bytes, size * count);
  return size * count;
}

Answer answer_from(int status, const std::string& text) {
  return {status, Json::parse(text, nullptr, false).is_discarded() ? Json() : Json::parse(text)};
}

class SocketClient final : public Client {
 public:
  SocketClient(std::string socket, std::string language)
      : socket_(std::move(socket)), language_("Accept-Language: " + language) {}

  Result<Answer> ask(const std::string& method, const std::string& path, const std::string& body,
                     const std::string& content_type) override {
    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl{curl_easy_init(),
                                                                   &curl_easy_cleanup};
    std::string text;
    const std::string url = "http://localhost" + path;
    const std::string type = "Content-Type: " + content_type;
    curl_slist* headers = curl_slist_append(nullptr, language_.c_str());
    if (!body.empty()) headers = curl_slist_append(headers, type.c_str());
    headers = curl_slist_append(headers, "Expect:");
    curl_easy_setopt(curl.get(), CURLOPT_UNIX_SOCKET_PATH, socket_.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_CUSTOMREQUEST, method.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, &append);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &text);
    curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
    if (method == "POST") {
      curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, body.c_str());
      curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
    }
    const CURLcode failed = curl_easy_perform(curl.get());
    curl_slist_free_all(headers);
    if (failed != CURLE_OK) {
      const std::string why = curl_easy_strerror(failed);
      return Error{ErrorCode::unavailable,
                   "server-unreachable",
                   {"Không liên lạc được với máy chủ qua " + socket_ + ": " + why,
                    "The server cannot be reached through " + socket_ + ": " + why}};
    }
    long status = 0;
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
    return answer_from(static_cast<int>(status), text);
  }

 private:
  std::string socket_;
  std::string language_;
};

class TextBody final : public RequestBody {
 public:
  explicit TextBody(std::string text) : text_(std::move(text)) {}
  asio::awaitable<Result<std::string>> next() override { co_return std::exchange(text_, {}); }
  std::optional<std::uint64_t> declared_size() const override { return text_.size(); }

 private:
  std::string text_;
};

class LocalClient final : public Client {
 public:
  LocalClient(std::unique_ptr<House> house, std::string language)
      : house_(std::move(house)), language_(std::move(language)) {}
  ~LocalClient() override { house_->stop(); }

  Result<Answer> ask(const std::string& method, const std::string& path, const std::string& body,
                     const std::string& content_type) override {
    TextBody text{body};
    Request request;
    request.method = method == "POST" ? Method::post : Method::get;
    request.target = path;
    request.peer.unix_socket = true;
    request.peer.loopback = true;
    request.headers.add("Accept-Language", language_);
    if (!body.empty()) request.headers.add("Content-Type", content_type);
    request.body = &text;
    asio::io_context io;
    const auto working = asio::make_work_guard(io);
    auto future = asio::co_spawn(io, house_->dispatcher().handle(request), asio::use_future);
    while (future.wait_for(std::chrono::seconds{0}) != std::future_status::ready) io.run_one();
    const Reply reply = future.get();
    return answer_from(reply.status, reply.body);
  }

 private:
  std::unique_ptr<House> house_;
  std::string language_;
};

}  // namespace

bool server_runs(const Config& config) {
  const std::string path = config.socket().string();
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) return false;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return false;
  const bool runs =
      ::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  ::close(descriptor);
  return runs;
}

Result<std::unique_ptr<Client>> connect(const Config& config, const std::string& language) {
  if (server_runs(config)) {
    return std::unique_ptr<Client>{
        std::make_unique<SocketClient>(config.socket().string(), language)};
  }
  HouseOptions options;
  options.home = config.home;
  Result<std::unique_ptr<House>> house = House::build(options);
  if (!house && house.error().type == "demonstration-database") {
    // A demonstration's time stands still while no server runs; the engine takes up the one kept.
    options.settings.demonstration = true;
    options.clock = std::make_shared<VirtualClock>(SystemClock{}.now());
    house = House::build(options);
  }
  if (!house) return house.error();
  return std::unique_ptr<Client>{std::make_unique<LocalClient>(std::move(*house), language)};
}

}  // namespace kyhan
