#include "workflow/calls/transport.hpp"

#include <algorithm>
#include <curl/curl.h>
#include <deque>
#include <map>
#include <mutex>
#include <netinet/in.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace kyhan {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds connect_max{10'000};
constexpr int poll_ms = 1'000;

struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, FreeList>;
struct FreeEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
using Easy = std::unique_ptr<CURL, FreeEasy>;
struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using Url = std::unique_ptr<CURLU, FreeUrl>;

void append(List& list, const std::string& text) {
  curl_slist* longer = curl_slist_append(list.get(), text.c_str());
  if (longer == nullptr) return;
  (void)list.release();
  list.reset(longer);
}

std::string part_of(CURLU* url, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK) return {};
  std::string out{text};
  curl_free(text);
  return out;
}

std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return text;
}

/// A request under way: what libcurl borrows lives here as long as it does.
struct Transfer {
  std::uint64_t number = 0;
  Exchange exchange;
  Transport::Done done;
  const TransportLimits* limits = nullptr;
  Easy easy;
  List headers, resolved;
  ExchangeResult result;
  std::size_t header_bytes = 0;
  char words[CURL_ERROR_SIZE] = {};
};

std::size_t on_body(char* bytes, std::size_t, std::size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  if (transfer.result.body.size() + count > transfer.limits->answer_bytes_max) {
    transfer.result.failure = ExchangeResult::Failure::too_large;
    return 0;
  }
  transfer.result.body.append(bytes, count);
  return count;
}

std::size_t on_header(char* bytes, std::size_t, std::size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  std::string_view line{bytes, count};
  transfer.header_bytes += count;
  if (transfer.header_bytes > transfer.limits->header_bytes_max) {
    transfer.result.failure = ExchangeResult::Failure::too_large;
    return 0;
  }
  while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
  if (line.starts_with("HTTP/")) {
    transfer.result.headers.clear();  // Of an answer before: a challenge, "100 Continue".
    return count;
  }
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return count;
  std::string_view value = line.substr(colon + 1);
  while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) value.remove_prefix(1);
  while (!value.empty() && (value.back() == ' ' || value.back() == '\t')) value.remove_suffix(1);
  transfer.result.headers.emplace_back(line.substr(0, colon), value);
  return count;
}

/// The last word on where a connection goes: an address that was not judged gets no socket.
curl_socket_t open_socket(void* self, curlsocktype, curl_sockaddr* address) {
  const auto& transfer = *static_cast<Transfer*>(self);
  if (!transfer.exchange.by_proxy) {
    IpAddress wanted;
    if (address->family == AF_INET) {
      const auto* four = reinterpret_cast<const sockaddr_in*>(&address->addr);
      wanted = boost::asio::ip::address_v4(ntohl(four->sin_addr.s_addr));
    } else if (address->family == AF_INET6) {
      const auto* six = reinterpret_cast<const sockaddr_in6*>(&address->addr);
      boost::asio::ip::address_v6::bytes_type bytes;
      std::copy(std::begin(six->sin6_addr.s6_addr), std::end(six->sin6_addr.s6_addr),
                bytes.begin());
      wanted = boost::asio::ip::address_v6(bytes);
    }
    const auto& allowed = transfer.exchange.addresses;
    const bool judged = std::ranges::any_of(allowed, [&](const IpAddress& one) {
      return one == wanted ||
             (one.is_v6() && wanted.is_v6() && one.to_v6().to_bytes() == wanted.to_v6().to_bytes());
    });
    if (!judged) return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

ExchangeResult::Failure failure_of(CURLcode code) {
  switch (code) {
    case CURLE_OK:
      return ExchangeResult::Failure::none;
    case CURLE_OPERATION_TIMEDOUT:
      return ExchangeResult::Failure::timeout;
    case CURLE_FILESIZE_EXCEEDED:
      return ExchangeResult::Failure::too_large;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
      return ExchangeResult::Failure::tls;
    default:
      return ExchangeResult::Failure::unreachable;
  }
}

/// "example.org:443:1.2.3.4,[2001::1]": what the library would have asked a resolver for.
std::string resolution(const Exchange& exchange) {
  std::string text = "+" + exchange.host + ":" + exchange.port + ":";
  bool first = true;
  for (const IpAddress& address : exchange.addresses) {
    if (!first) text += ",";
    first = false;
    text += address.is_v6() ? "[" + address.to_string() + "]" : address.to_string();
  }
  return text;
}

bool is_digits(const std::string& host) {
  boost::system::error_code error;
  (void)boost::asio::ip::make_address(host, error);
  return !error || host.starts_with('[');
}

struct GlobalCurl {
  GlobalCurl() { curl_global_init(CURL_GLOBAL_DEFAULT); }
};

}  // namespace

std::optional<UrlParts> split_url(const std::string& url) {
  const Url parsed{curl_url()};
  if (curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), CURLU_DISALLOW_USER) != CURLUE_OK) {
    return std::nullopt;
  }
  UrlParts parts{lower_case(part_of(parsed.get(), CURLUPART_SCHEME)),
                 lower_case(part_of(parsed.get(), CURLUPART_HOST, CURLU_PUNYCODE)),
                 part_of(parsed.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT)};
  if (parts.scheme != "http" && parts.scheme != "https") return std::nullopt;
  while (parts.host.ends_with('.')) parts.host.pop_back();
  if (parts.host.empty() || parts.host.find('%') != std::string::npos) return std::nullopt;
  return parts;
}

std::optional<std::string> resolve_url(const std::string& base, const std::string& location) {
  const Url parsed{curl_url()};
  if (curl_url_set(parsed.get(), CURLUPART_URL, base.c_str(), 0) != CURLUE_OK ||
      curl_url_set(parsed.get(), CURLUPART_URL, location.c_str(), CURLU_DISALLOW_USER) !=
          CURLUE_OK) {
    return std::nullopt;
  }
  curl_url_set(parsed.get(), CURLUPART_FRAGMENT, nullptr, 0);
  std::string url = part_of(parsed.get(), CURLUPART_URL);
  if (!is_http_uri(url)) return std::nullopt;
  return url;
}

struct Transport::Impl {
  Impl(TransportLimits given, std::string proxy_url, std::string authorities)
      : limits(given), proxy(std::move(proxy_url)), ca_file(std::move(authorities)) {
    static const GlobalCurl global;
    multi = curl_multi_init();
    thread = std::thread{[this] { run(); }};
  }
  void stop() {
    {
      const std::lock_guard lock{mutex};
      stopping = true;
    }
    curl_multi_wakeup(multi);
    if (thread.joinable()) thread.join();
  }
  ~Impl() {
    stop();
    for (auto& [number, transfer] : transfers) {
      curl_multi_remove_handle(multi, transfer->easy.get());
    }
    transfers.clear();
    curl_multi_cleanup(multi);
  }

  void run() {
    for (;;) {
      std::deque<std::function<void()>> works;
      {
        const std::lock_guard lock{mutex};
        if (stopping) return;
        works.swap(posted);
      }
      for (const auto& work : works) work();
      int running = 0;
      curl_multi_perform(multi, &running);
      tell_finished();
      begin_waiting();
      {
        const std::lock_guard lock{mutex};
        if (stopping) return;
        if (!posted.empty()) continue;
      }
      curl_multi_poll(multi, nullptr, 0, poll_ms, nullptr);
    }
  }

  void tell_finished() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      Transfer* transfer = nullptr;
      curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
      finish(transfer->number, message->data.result);
    }
  }

  void finish(std::uint64_t number, CURLcode code) {
    const auto found = transfers.find(number);
    const std::unique_ptr<Transfer> transfer = std::move(found->second);
    transfers.erase(found);
    curl_multi_remove_handle(multi, transfer->easy.get());
    ExchangeResult& result = transfer->result;
    long status = 0;
    curl_easy_getinfo(transfer->easy.get(), CURLINFO_RESPONSE_CODE, &status);
    result.status = static_cast<int>(status);
    if (result.failure == ExchangeResult::Failure::none) result.failure = failure_of(code);
    if (result.failure != ExchangeResult::Failure::none) result.words = curl_easy_strerror(code);
    transfer->done(std::move(result));
  }

  /// Those that waited for their turn.
  void begin_waiting() {
    while (!waiting.empty() && transfers.size() < limits.transfers_max) {
      std::unique_ptr<Transfer> next = std::move(waiting.front());
      waiting.pop_front();
      begin(std::move(next));
    }
  }

  void begin(std::unique_ptr<Transfer> transfer) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        transfer->exchange.deadline - Clock::now());
    if (left.count() <= 0) {
      transfer->result.failure = ExchangeResult::Failure::timeout;
      return transfer->done(std::move(transfer->result));
    }
    set_up(*transfer, left);
    CURL* easy = transfer->easy.get();
    const std::uint64_t number = transfer->number;
    transfers.emplace(number, std::move(transfer));
    curl_multi_add_handle(multi, easy);
  }

  void set_up(Transfer& transfer, std::chrono::milliseconds left) {
    const Exchange& exchange = transfer.exchange;
    transfer.easy.reset(curl_easy_init());
    CURL* easy = transfer.easy.get();
    const auto set = [easy](CURLoption option, auto value) {
      curl_easy_setopt(easy, option, value);
    };
    set(CURLOPT_PRIVATE, &transfer);
    set(CURLOPT_ERRORBUFFER, transfer.words);
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(CURLOPT_FOLLOWLOCATION, 0L);  // The door follows, and judges each hop.
    set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    set(CURLOPT_URL, exchange.url.c_str());
    set(CURLOPT_USERAGENT, "kyhan/" KYHAN_VERSION);
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(left.count()));
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(std::min(left, connect_max).count()));
    set(CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(limits.answer_bytes_max));
    // An empty proxy keeps the library from looking into the environment.
    set(CURLOPT_PROXY, exchange.by_proxy ? proxy.c_str() : "");
    set(CURLOPT_SSL_VERIFYPEER, 1L);
    set(CURLOPT_SSL_VERIFYHOST, 2L);
    if (!ca_file.empty()) {
      set(CURLOPT_CAINFO, ca_file.c_str());
      set(CURLOPT_PROXY_CAINFO, ca_file.c_str());
    }
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    set(CURLOPT_WRITEDATA, &transfer);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    set(CURLOPT_HEADERDATA, &transfer);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    set(CURLOPT_OPENSOCKETDATA, &transfer);
    if (!exchange.by_proxy && !is_digits(exchange.host)) {
      append(transfer.resolved, resolution(exchange));
      set(CURLOPT_RESOLVE, transfer.resolved.get());
    }
    if (exchange.body) {
      set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(exchange.body->size()));
      set(CURLOPT_POSTFIELDS, exchange.body->data());
    }
    if (exchange.method == "HEAD") {
      set(CURLOPT_NOBODY, 1L);
    } else {
      set(CURLOPT_CUSTOMREQUEST, exchange.method.c_str());
    }
    append(transfer.headers, "Expect:");
    for (const auto& [name, value] : exchange.headers) {
      // "Name;" is the library's way to write a header without a value.
      append(transfer.headers, value.empty() ? name + ";" : name + ": " + value);
    }
    set(CURLOPT_HTTPHEADER, transfer.headers.get());
    if (!exchange.digest_username.empty()) {
      set(CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_DIGEST));
      set(CURLOPT_USERNAME, exchange.digest_username.c_str());
      set(CURLOPT_PASSWORD, exchange.digest_password.c_str());
    }
  }

  TransportLimits limits;
  std::string proxy, ca_file;
  CURLM* multi = nullptr;
  std::mutex mutex;
  std::deque<std::function<void()>> posted;
  bool stopping = false;
  // The thread's own.
  std::map<std::uint64_t, std::unique_ptr<Transfer>> transfers;
  std::deque<std::unique_ptr<Transfer>> waiting;
  std::uint64_t next_number = 1;
  std::thread thread;
};

Transport::Transport(TransportLimits limits, std::string proxy, std::string ca_file)
    : impl_(std::make_unique<Impl>(limits, std::move(proxy), std::move(ca_file))) {}
Transport::~Transport() = default;

void Transport::stop() {
  impl_->stop();
}

void Transport::post(std::function<void()> work) {
  const std::lock_guard lock{impl_->mutex};
  if (impl_->stopping) return;
  impl_->posted.push_back(std::move(work));
  curl_multi_wakeup(impl_->multi);
}

std::uint64_t Transport::send(Exchange exchange, Done done) {
  auto transfer = std::make_unique<Transfer>();
  transfer->number = impl_->next_number++;
  transfer->exchange = std::move(exchange);
  transfer->done = std::move(done);
  transfer->limits = &impl_->limits;
  const std::uint64_t number = transfer->number;
  impl_->waiting.push_back(std::move(transfer));
  return number;
}

void Transport::abort(std::uint64_t number) {
  std::erase_if(impl_->waiting, [number](const auto& one) { return one->number == number; });
  const auto found = impl_->transfers.find(number);
  if (found == impl_->transfers.end()) return;
  curl_multi_remove_handle(impl_->multi, found->second->easy.get());
  impl_->transfers.erase(found);
}

}  // namespace kyhan
