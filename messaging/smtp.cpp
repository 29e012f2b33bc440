#include "messaging/smtp.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <curl/curl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace kyhan {
namespace {

/// libcurl wants to be begun once, before any thread uses it.
void begin_curl() {
  static const CURLcode begun = curl_global_init(CURL_GLOBAL_DEFAULT);
  (void)begun;
}

/// The part of a message that is not read yet.
struct Upload {
  const std::string* message;
  std::size_t sent = 0;
};

std::size_t read_message(char* into, std::size_t size, std::size_t count, void* given) {
  auto* upload = static_cast<Upload*>(given);
  const std::size_t length = std::min(size * count, upload->message->size() - upload->sent);
  std::memcpy(into, upload->message->data() + upload->sent, length);
  upload->sent += length;
  return length;
}

/// One try, as libcurl's progress function sees it about once a second.
struct Watch {
  const std::atomic<bool>& stop;
  std::chrono::steady_clock::time_point until;
  const curl_socket_t& socket;
  bool too_long = false;
};

/// Ends the connection hard where the try is given up: libcurl would say goodbye first and wait two
/// minutes for the answer of a server that hangs.
int look_whether_to_give_up(void* given, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  auto& watch = *static_cast<Watch*>(given);
  watch.too_long = std::chrono::steady_clock::now() >= watch.until;
  if (!watch.stop && !watch.too_long) return 0;
  if (watch.socket != CURL_SOCKET_BAD) ::shutdown(watch.socket, SHUT_RDWR);
  return 1;
}

int note_socket(void* given, curl_socket_t socket, curlsocktype) {
  *static_cast<curl_socket_t*>(given) = socket;
  return CURL_SOCKOPT_OK;
}

int close_socket(void* given, curl_socket_t socket) {
  auto& known = *static_cast<curl_socket_t*>(given);
  if (known == socket) known = CURL_SOCKET_BAD;
  return ::close(socket);
}

/// The last reply line of the server before we say goodbye.
struct Reply {
  std::string text;
  bool over = false;
};

/// libcurl's debug function.
int keep_reply(CURL*, curl_infotype type, char* text, std::size_t size, void* given) {
  auto& reply = *static_cast<Reply*>(given);
  const std::string_view said{text, size};
  if (type == CURLINFO_HEADER_OUT && said.starts_with("QUIT")) reply.over = true;
  if (type != CURLINFO_HEADER_IN || reply.over) return 0;
  reply.text = said.substr(0, said.find_last_not_of("\r\n") + 1);
  return 0;
}

}  // namespace

Result<void> check_smtp_url(const std::string& url) {
  const bool plain = url.starts_with("smtp://");
  const bool encrypted = url.starts_with("smtps://");
  const std::string rest = plain ? url.substr(7) : encrypted ? url.substr(8) : std::string();
  const bool host = !rest.empty() && rest.find_first_of("/?# @") == std::string::npos;
  if ((plain || encrypted) && host) return {};
  return Error{
      ErrorCode::invalid,
      "bad-smtp-url",
      {"Địa chỉ máy chủ thư phải có dạng smtp://máy:587 hoặc smtps://máy:465, không kèm tài "
       "khoản.",
       "The address of the mail server is smtp://host:587 or smtps://host:465, without "
       "an account."}};
}

struct SmtpSender::Handle {
  Handle() : curl(curl_easy_init()) {}
  ~Handle() {
    if (socket != CURL_SOCKET_BAD) ::shutdown(socket, SHUT_RDWR);  // See look_whether_to_give_up.
    curl_easy_cleanup(curl);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  curl_socket_t socket = CURL_SOCKET_BAD;  ///< Of the open connection. Outlives `curl`'s cleanup.
  CURL* curl;
};

SmtpSender::SmtpSender(SmtpSettings settings) : settings_(std::move(settings)) {
  begin_curl();
  handle_ = std::make_unique<Handle>();
}

SmtpSender::~SmtpSender() = default;

SmtpOutcome SmtpSender::send(const std::string& from, const std::string& to,
                             const std::string& message, const std::atomic<bool>& stop) {
  using Kind = SmtpOutcome::Kind;
  CURL* curl = handle_->curl;
  if (curl == nullptr) return {Kind::no_server, "libcurl has no memory"};
  Upload upload{&message};
  Reply reply;
  char error[CURL_ERROR_SIZE] = {};
  const auto free_list = [](curl_slist* list) { curl_slist_free_all(list); };
  const std::unique_ptr<curl_slist, decltype(free_list)> recipients{
      curl_slist_append(nullptr, ("<" + to + ">").c_str()), free_list};
  const std::string sender = "<" + from + ">";

  curl_easy_reset(curl);  // Keeps the connection.
  curl_easy_setopt(curl, CURLOPT_URL, settings_.url.c_str());
  const bool tls_later = settings_.starttls && settings_.url.starts_with("smtp://");
  if (tls_later) curl_easy_setopt(curl, CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_ALL));
  if (!settings_.ca_file.empty()) {
    curl_easy_setopt(curl, CURLOPT_CAINFO, settings_.ca_file.c_str());
  }
  if (!settings_.user.empty()) {
    curl_easy_setopt(curl, CURLOPT_USERNAME, settings_.user.c_str());
    curl_easy_setopt(curl, CURLOPT_PASSWORD, settings_.password.c_str());
  }
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(curl, CURLOPT_PROXY, "");  // Never through what the environment names.
  curl_easy_setopt(curl, CURLOPT_MAIL_FROM, sender.c_str());
  curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients.get());
  curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(curl, CURLOPT_READFUNCTION, read_message);
  curl_easy_setopt(curl, CURLOPT_READDATA, &upload);
  curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(message.size()));
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(settings_.connect_max.count()));
  Watch watch{stop, std::chrono::steady_clock::now() + settings_.whole_max, handle_->socket};
  const auto patience = std::chrono::ceil<std::chrono::seconds>(settings_.whole_max).count();
  curl_easy_setopt(curl, CURLOPT_SERVER_RESPONSE_TIMEOUT, static_cast<long>(patience));
  curl_easy_setopt(curl, CURLOPT_SOCKOPTFUNCTION, note_socket);
  curl_easy_setopt(curl, CURLOPT_SOCKOPTDATA, &handle_->socket);
  curl_easy_setopt(curl, CURLOPT_CLOSESOCKETFUNCTION, close_socket);
  curl_easy_setopt(curl, CURLOPT_CLOSESOCKETDATA, &handle_->socket);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, look_whether_to_give_up);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &watch);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, error);
  // The replies come in no other way; what else libcurl tells is not looked at.
  curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);
  curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, keep_reply);
  curl_easy_setopt(curl, CURLOPT_DEBUGDATA, &reply);

  const CURLcode code = curl_easy_perform(curl);
  if (code == CURLE_OK) return {Kind::sent, reply.text};
  if (stop) return {Kind::stopped, "stopped"};
  if (watch.too_long) return {Kind::no_server, "no answer in time"};
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  const std::string why = reply.text.empty()
                              ? std::string(error[0] != '\0' ? error : curl_easy_strerror(code))
                              : reply.text + " (" + curl_easy_strerror(code) + ")";
  // A word of the server about this sender, this recipient or these contents; 421 says that the
  // server itself goes away.
  const bool about_mail = code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR ||
                          code == CURLE_WEIRD_SERVER_REPLY || code == CURLE_REMOTE_ACCESS_DENIED;
  if (about_mail && status >= 500 && status < 600) return {Kind::refused_for_good, why};
  if (about_mail && status >= 400 && status < 500 && status != 421) {
    return {Kind::refused_for_now, why};
  }
  return {Kind::no_server, why};
}

}  // namespace kyhan
