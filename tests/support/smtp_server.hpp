#pragma once
/// A real SMTP server (aiosmtpd) for a test, in a process of its own that ends with the object, and
/// with the test program should that die.

#include <cstdio>
#include <string>
#include <sys/types.h>
#include <vector>

#include "workflow/core/json.hpp"

namespace kyhan::test {

struct SmtpServerOptions {
  bool tls = false;  ///< With STARTTLS and a certificate of its own.
  std::string user;  ///< Empty: nobody signs in.
  std::string password;
};

class SmtpServer {
 public:
  explicit SmtpServer(const SmtpServerOptions& options = {});
  ~SmtpServer();
  SmtpServer(const SmtpServer&) = delete;
  SmtpServer& operator=(const SmtpServer&) = delete;

  void stop();   ///< Nobody answers any more.
  void start();  ///< Again, on the same port.
  /// One line of smtp_server.py: "accept", "refuse 451", "slow 2" ...; in force when it returns.
  void set(const std::string& mode);

  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] std::string url() const;
  [[nodiscard]] std::string certificate() const { return folder_ + "/certificate.pem"; }

  /// What comes next, waited for: a mail {mail_from, rcpt_tos, data, tls, user}, {refused, code} or
  /// {began}. Throws when nothing comes within half a minute.
  Json next();
  /// The next mail, whatever is refused before it.
  Json next_mail();
  /// Whether there is something that nobody has looked at.
  bool has_more();

 private:
  bool read_line(std::string& line, int milliseconds);

  SmtpServerOptions options_;
  int port_;
  std::string folder_;
  pid_t process_ = 0;
  int in_ = -1;   ///< What we write to.
  int out_ = -1;  ///< What we read from.
  std::string unread_;
};

/// A header's value with its folded lines joined; empty: there is none.
std::string header_of(const std::string& message, const std::string& name);
/// A header's words and a body part decoded: RFC 2047 and base64 as we write them.
std::string decoded_words(const std::string& value);
std::string decoded_part(const std::string& message, const std::string& content_type);

}  // namespace kyhan::test
