#include "tests/support/smtp_server.hpp"

#include <cstdlib>
#include <filesystem>
#include <poll.h>
#include <signal.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/rabbit_node.hpp"

namespace kyhan::test {
namespace {

constexpr int patience_ms = 30'000;

std::string base64_decoded(const std::string& text) {
  static const std::string digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text) {
    const std::size_t digit = digits.find(c);
    if (digit == std::string::npos) continue;
    bits = bits << 6 | static_cast<unsigned>(digit);
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += static_cast<char>(bits >> count & 0xFF);
    }
  }
  return out;
}

}  // namespace

SmtpServer::SmtpServer(const SmtpServerOptions& options) : options_(options), port_(free_port()) {
  std::string pattern = (std::filesystem::temp_directory_path() / "kyhan-smtp-XXXXXX").string();
  folder_ = ::mkdtemp(pattern.data());
  if (options_.tls) {
    const std::string make =
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 "
        "-addext subjectAltName=IP:127.0.0.1 -keyout " +
        folder_ + "/key.pem -out " + certificate() + " 2>/dev/null";
    if (std::system(make.c_str()) != 0) throw std::runtime_error("no certificate: " + make);
  }
  start();
}

SmtpServer::~SmtpServer() {
  stop();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::string SmtpServer::url() const {
  return "smtp://127.0.0.1:" + std::to_string(port_);
}

void SmtpServer::start() {
  if (process_ > 0) return;
  int to[2], from[2];
  if (::pipe(to) != 0 || ::pipe(from) != 0) throw std::runtime_error("no pipe");
  std::vector<std::string> words = {"/usr/bin/python3",
                                    std::string{KYHAN_SUPPORT_DIR} + "/smtp_server.py", "--port",
                                    std::to_string(port_)};
  if (options_.tls) words.insert(words.end(), {"--tls", certificate(), folder_ + "/key.pem"});
  if (!options_.user.empty()) {
    words.insert(words.end(), {"--user", options_.user, options_.password});
  }
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const pid_t parent = ::getpid();
  process_ = ::fork();
  if (process_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(1);
    ::dup2(to[0], 0);
    ::dup2(from[1], 1);
    for (const int one : {to[0], to[1], from[0], from[1]}) ::close(one);
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
  }
  ::close(to[0]);
  ::close(from[1]);
  in_ = to[1];
  out_ = from[0];
  unread_.clear();
  std::string line;
  if (!read_line(line, patience_ms)) throw std::runtime_error("the SMTP server does not start");
}

void SmtpServer::stop() {
  if (process_ <= 0) return;
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
  process_ = 0;
  ::close(in_);
  ::close(out_);
}

void SmtpServer::set(const std::string& mode) {
  const std::string line = mode + "\n";
  if (::write(in_, line.data(), line.size()) < 0) throw std::runtime_error("the server is gone");
  while (!next().contains("mode")) {}
}

bool SmtpServer::read_line(std::string& line, int milliseconds) {
  for (;;) {
    if (const std::size_t end = unread_.find('\n'); end != std::string::npos) {
      line = unread_.substr(0, end);
      unread_.erase(0, end + 1);
      return true;
    }
    pollfd ready{out_, POLLIN, 0};
    if (::poll(&ready, 1, milliseconds) <= 0) return false;
    char bytes[65536];
    const ssize_t count = ::read(out_, bytes, sizeof bytes);
    if (count <= 0) return false;
    unread_.append(bytes, static_cast<std::size_t>(count));
  }
}

Json SmtpServer::next() {
  std::string line;
  if (!read_line(line, patience_ms)) throw std::runtime_error("nothing came to the SMTP server");
  return Json::parse(line);
}

Json SmtpServer::next_mail() {
  for (;;) {
    Json one = next();
    if (one.contains("data")) return one;
  }
}

bool SmtpServer::has_more() {
  std::string line;
  if (!read_line(line, 0)) return false;
  unread_.insert(0, line + "\n");
  return true;
}

std::string header_of(const std::string& message, const std::string& name) {
  const std::string head = "\n" + message.substr(0, message.find("\r\n\r\n")) + "\r\n";
  const std::size_t at = head.find("\n" + name + ": ");
  if (at == std::string::npos) return {};
  std::string value;
  std::size_t from = at + name.size() + 3;
  for (;;) {
    const std::size_t end = head.find("\r\n", from);
    value += head.substr(from, end - from);
    if (end + 2 >= head.size() || head[end + 2] != ' ') return value;
    from = end + 2;
  }
}

std::string decoded_words(const std::string& value) {
  std::string out;
  std::size_t at = 0;
  const std::string mark = "=?utf-8?B?";
  bool encoded_before = false;
  while (at < value.size()) {
    if (value.compare(at, mark.size(), mark) == 0) {
      const std::size_t end = value.find("?=", at + mark.size());
      out += base64_decoded(value.substr(at + mark.size(), end - at - mark.size()));
      at = end + 2;
      encoded_before = true;
    } else if (const std::size_t next = value.find_first_not_of(" \r\n", at);
               encoded_before && next != at && next != std::string::npos &&
               value.compare(next, mark.size(), mark) == 0) {
      at = next;  // Blanks between two encoded words are none.
    } else {
      out += value[at++];
      encoded_before = false;
    }
  }
  return out;
}

std::string decoded_part(const std::string& message, const std::string& content_type) {
  const std::size_t head = message.find("Content-Type: " + content_type);
  if (head == std::string::npos) return {};
  const std::size_t body = message.find("\r\n\r\n", head) + 4;
  std::string text = base64_decoded(message.substr(body, message.find("--", body) - body));
  std::erase(text, '\r');
  return text;
}

}  // namespace kyhan::test
