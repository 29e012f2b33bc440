#include "tests/support/http_client.hpp"

#include <curl/curl.h>
#include <memory>

namespace kyhan::test {
namespace {

std::size_t append(char* bytes, std::size_t size, std::size_t count, void* text) {
  static_cast<std::string*>(text)->append(bytes, size * count);
  return size * count;
}

std::map<std::string, std::string> headers_of(const std::string& text) {
  std::map<std::string, std::string> headers;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = text.find("\r\n", at);
    const std::string line = text.substr(at, end - at);
    at = end == std::string::npos ? text.size() : end + 2;
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    std::string name = line.substr(0, colon);
    for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    const std::size_t value = line.find_first_not_of(' ', colon + 1);
    headers[name] = value == std::string::npos ? "" : line.substr(value);
  }
  return headers;
}

}  // namespace

std::string HttpAnswer::problem() const {
  const Json parsed = Json::parse(body, nullptr, false);
  if (!parsed.is_object() || !parsed.contains("type")) return {};
  const std::string type = parsed["type"];
  const std::string prefix = "https://kyhan.vn/problems/";
  return type.starts_with(prefix) ? type.substr(prefix.size()) : type;
}

HttpAnswer HttpClient::ask(const HttpAsk& ask) {
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl{curl_easy_init(),
                                                                 &curl_easy_cleanup};
  HttpAnswer answer;
  std::string head;
  const std::string url = base_ + ask.path;
  curl_slist* headers = curl_slist_append(nullptr, "Expect:");
  for (const std::string& header : ask.headers)
    headers = curl_slist_append(headers, header.c_str());
  const std::string cookie_header = "Cookie: " + cookie;
  if (!cookie.empty()) headers = curl_slist_append(headers, cookie_header.c_str());
  const std::string bearer = "Authorization: Bearer " + token;
  if (!token.empty()) headers = curl_slist_append(headers, bearer.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  if (!unix_socket_.empty()) {
    curl_easy_setopt(curl.get(), CURLOPT_UNIX_SOCKET_PATH, unix_socket_.c_str());
  }
  curl_easy_setopt(curl.get(), CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS, 60'000L);
  curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, &append);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &answer.body);
  curl_easy_setopt(curl.get(), CURLOPT_HEADERFUNCTION, &append);
  curl_easy_setopt(curl.get(), CURLOPT_HEADERDATA, &head);
  if (ask.method == "HEAD") {
    curl_easy_setopt(curl.get(), CURLOPT_NOBODY, 1L);
  } else {
    curl_easy_setopt(curl.get(), CURLOPT_CUSTOMREQUEST, ask.method.c_str());
    if (!ask.body.empty() || ask.method == "POST") {
      curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, ask.body.c_str());
      curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE, static_cast<long>(ask.body.size()));
    }
  }
  curl_easy_perform(curl.get());
  curl_slist_free_all(headers);
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  answer.status = static_cast<int>(status);
  answer.headers = headers_of(head);
  return answer;
}

HttpAnswer HttpClient::get(const std::string& path) {
  return ask({"GET", path, "", {}});
}

HttpAnswer HttpClient::post(const std::string& path, const Json& body,
                            std::vector<std::string> headers) {
  headers.push_back("Content-Type: application/json");
  headers.push_back("Origin: " + base_);
  return ask({"POST", path, body.dump(), std::move(headers)});
}

HttpAnswer HttpClient::put(const std::string& path, const Json& body,
                           std::vector<std::string> headers) {
  headers.push_back("Content-Type: application/json");
  headers.push_back("Origin: " + base_);
  return ask({"PUT", path, body.dump(), std::move(headers)});
}

HttpAnswer HttpClient::remove(const std::string& path) {
  return ask({"DELETE", path, "", {"Origin: " + base_}});
}

HttpAnswer HttpClient::sign_in(const std::string& account, const std::string& password) {
  HttpAnswer answer = post("/api/v1/session", {{"account", account}, {"password", password}});
  const std::string set = answer.headers.contains("set-cookie") ? answer.headers["set-cookie"] : "";
  if (answer.status == 200) cookie = set.substr(0, set.find(';'));
  return answer;
}

}  // namespace kyhan::test
