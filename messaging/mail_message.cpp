#include "messaging/mail_message.hpp"

#include <algorithm>
#include <array>

#include "workflow/core/directory.hpp"
#include "workflow/core/time_text.hpp"

namespace kyhan {
namespace {

constexpr std::string_view crlf = "\r\n";
constexpr std::size_t encoded_word_max = 75;  ///< RFC 2047.
constexpr std::size_t line_max = 76;          ///< Of base64.

std::string base64(std::string_view bytes) {
  static constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto byte = [&](std::size_t k) -> unsigned {
      return i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U;
    };
    const unsigned three = byte(0) << 16 | byte(1) << 8 | byte(2);
    out += digits[three >> 18 & 63];
    out += digits[three >> 12 & 63];
    out += i + 1 < bytes.size() ? digits[three >> 6 & 63] : '=';
    out += i + 2 < bytes.size() ? digits[three & 63] : '=';
  }
  return out;
}

bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 32 && c < 127; }) &&
         text.find("=?") == std::string_view::npos;
}

/// Whatever would end the line or the message is a blank.
std::string one_line(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 32 || c == 127) c = ' ';
  }
  return text;
}

std::size_t width_of(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

/// A body part: base64, so that no server's line length or 8-bit rule matters.
std::string part(std::string_view type, std::string_view body) {
  std::string text;
  text += "Content-Type: ";
  text += type;
  text += "; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n";
  std::string lines;
  for (const char c : body) {
    if (c == '\r') continue;
    if (c == '\n') lines += '\r';
    lines += c;
  }
  const std::string encoded = base64(lines);
  for (std::size_t at = 0; at < encoded.size(); at += line_max) {
    text += encoded.substr(at, line_max);
    text += crlf;
  }
  return text;
}

std::string show(const Mailbox& box, std::size_t used) {
  if (box.name.empty()) return box.address;
  std::string name = one_line(box.name);
  if (is_plain(name)) {
    std::string quoted = "\"";
    for (const char c : name) {
      if (c == '"' || c == '\\') quoted += '\\';
      quoted += c;
    }
    name = quoted + "\"";
  } else {
    name = encoded_words(name, used);
  }
  return name + " <" + box.address + ">";
}

}  // namespace

Mailbox read_mailbox(const std::string& text) {
  Mailbox box;
  const std::size_t open = text.rfind('<');
  if (open == std::string::npos) {
    box.address = text;
  } else if (text.ends_with('>')) {
    box.address = text.substr(open + 1, text.size() - open - 2);
    box.name = text.substr(0, open);
    while (!box.name.empty() && box.name.back() == ' ') box.name.pop_back();
    if (box.name.size() >= 2 && box.name.front() == '"' && box.name.back() == '"') {
      box.name = box.name.substr(1, box.name.size() - 2);
    }
  }
  if (!is_email_address(box.address)) return {};
  return box;
}

std::string encoded_words(const std::string& given, std::size_t used) {
  const std::string text = one_line(given);
  if (is_plain(text) && used + text.size() <= encoded_word_max) return text;
  constexpr std::string_view before = "=?utf-8?B?";
  constexpr std::string_view after = "?=";
  std::string out;
  std::size_t at = 0;
  std::size_t column = used;
  while (at < text.size()) {
    // As many whole characters as fit into one word.
    std::size_t end = at;
    const std::size_t room =
        encoded_word_max - std::min(column, encoded_word_max / 2) - before.size() - after.size();
    while (end < text.size()) {
      const std::size_t next = std::min(text.size(), end + width_of(text[end]));
      if ((next - at + 2) / 3 * 4 > room && end > at) break;
      end = next;
    }
    if (!out.empty()) out += "\r\n ";
    out += before;
    out += base64(std::string_view(text).substr(at, end - at));
    out += after;
    at = end;
    column = 1;
  }
  return out;
}

std::string mail_date(Instant at) {
  constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  // RFC 3339 has all the numbers: "2026-11-24T08:00:00Z".
  const std::string text = to_rfc3339(std::chrono::floor<std::chrono::seconds>(at));
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const Date date{day};
  return std::string(days[std::chrono::weekday{day}.c_encoding()]) + ", " + text.substr(8, 2) +
         " " + months[static_cast<unsigned>(date.month()) - 1] + " " + text.substr(0, 4) + " " +
         text.substr(11, 8) + " +0000";
}

std::string mime_text(const MailMessage& mail) {
  std::string text;
  const auto header = [&text](std::string_view name, const std::string& value) {
    text += name;
    text += ": ";
    text += value;
    text += crlf;
  };
  header("From", show(mail.from, 6));
  header("To", show(mail.to, 4));
  header("Subject", encoded_words(mail.subject, 9));
  header("Date", mail_date(mail.date));
  header("Message-ID", "<" + one_line(mail.id) + ">");
  if (!mail.thread.empty()) {
    header("In-Reply-To", "<" + one_line(mail.thread) + ">");
    header("References", "<" + one_line(mail.thread) + ">");
  }
  header("Auto-Submitted", "auto-generated");
  header("X-Auto-Response-Suppress", "All");
  header("Content-Language", one_line(mail.language));
  if (!mail.unsubscribe.empty()) {
    header("List-Unsubscribe", "<" + one_line(mail.unsubscribe) + ">");
    header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
  }
  for (const auto& [name, value] : mail.more) header(name, one_line(value));
  header("MIME-Version", "1.0");
  if (mail.html.empty()) {
    text += part("text/plain", mail.text);
    return text;
  }
  // Base64 has no '_', so the boundary never occurs in a part.
  const std::string boundary = "kyhan_part_";
  header("Content-Type", "multipart/alternative; boundary=\"" + boundary + "\"");
  text += crlf;
  text += "--" + boundary + "\r\n" + part("text/plain", mail.text);
  text += "--" + boundary + "\r\n" + part("text/html", mail.html);
  text += "--" + boundary + "--\r\n";
  return text;
}

}  // namespace kyhan
