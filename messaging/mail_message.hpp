#pragma once
/// One e-mail as the bytes that SMTP carries (RFC 5322, MIME). Pure text: nothing in here sends.

#include <string>
#include <vector>

#include "workflow/core/types.hpp"

namespace kyhan {

/// A name and an address; the name may hold any letters.
struct Mailbox {
  std::string name;
  std::string address;
};

/// Reads `name <address>` or a bare address; an empty address where it is none.
[[nodiscard]] Mailbox read_mailbox(const std::string& text);

struct MailMessage {
  Mailbox from;
  Mailbox to;
  std::string subject;
  std::string text;  ///< UTF-8, lines by \n.
  std::string html;  ///< Empty: text alone.
  Instant date{};
  std::string id;      ///< What stands between < and >: unique, the same at every try.
  std::string thread;  ///< Of the case: References and In-Reply-To, so that a client groups.
  std::string language = "vi";
  std::string unsubscribe;  ///< URL for one click (RFC 8058); empty: none.
  std::vector<std::pair<std::string, std::string>> more;  ///< Further headers, ASCII.
};

/// The whole message with CRLF line ends. No header can break out of its line, whatever it holds.
[[nodiscard]] std::string mime_text(const MailMessage& mail);

/// A header's text as RFC 2047 has it: words that are not ASCII encoded, at most 75 characters
/// each, no character split. `used`: columns that the line has already.
[[nodiscard]] std::string encoded_words(const std::string& text, std::size_t used);
/// "Mon, 24 Nov 2026 08:00:00 +0700"
[[nodiscard]] std::string mail_date(Instant at);

}  // namespace kyhan
