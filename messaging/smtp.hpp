#pragma once
/// Handing one e-mail to an SMTP server. libcurl is seen only in smtp.cpp.

#include <atomic>
#include <memory>
#include <string>

#include "workflow/core/result.hpp"
#include "workflow/core/types.hpp"

namespace kyhan {

struct SmtpSettings {
  std::string url;  ///< smtp://host:587 (with STARTTLS) or smtps://host:465.
  /// For smtp://: nothing, not even the address of a person, goes without encryption.
  bool starttls = true;
  std::string user;  ///< Empty: no authentication.
  std::string password;
  std::string ca_file;  ///< PEM; empty: the system's.
  Milliseconds connect_max{10'000};
  Milliseconds whole_max{300'000};  ///< Of one e-mail; servers may think long about its contents.
};

/// Reads the URL alone. Errors: `invalid` "bad-smtp-url".
[[nodiscard]] Result<void> check_smtp_url(const std::string& url);

/// What came of one try.
struct SmtpOutcome {
  enum class Kind {
    sent,
    refused_for_now,   ///< 4xx to this message: try again later.
    refused_for_good,  ///< 5xx to this message.
    no_server,  ///< Nobody answered, or not as agreed (TLS, sign-in): says nothing of the mail.
    stopped,    ///< `stop` was set.
  } kind = Kind::no_server;
  std::string reply;  ///< What the server said last, or what libcurl says; English.
};

/// One connection, kept from mail to mail. One thread.
class SmtpSender {
 public:
  explicit SmtpSender(SmtpSettings settings);
  ~SmtpSender();
  SmtpSender(const SmtpSender&) = delete;
  SmtpSender& operator=(const SmtpSender&) = delete;

  /// `message` as mime_text gives it. Returns soon after `stop` is set.
  [[nodiscard]] SmtpOutcome send(const std::string& from, const std::string& to,
                                 const std::string& message, const std::atomic<bool>& stop);

 private:
  struct Handle;
  SmtpSettings settings_;
  std::unique_ptr<Handle> handle_;
};

}  // namespace kyhan
