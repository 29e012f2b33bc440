// E-mails as bytes: what a header may hold, what a line may be.

#include "messaging/mail_message.hpp"

#include <catch2/catch.hpp>

#include "workflow/core/time_text.hpp"

#include "tests/support/smtp_server.hpp"

namespace kyhan::test {
namespace {

MailMessage example() {
  MailMessage mail;
  mail.from = {"Kỳ Hạn", "kyhan@example.gov.vn"};
  mail.to = {"Nguyễn Thị Phương Thảo", "thao@example.gov.vn"};
  mail.subject =
      "Nhắc việc: Thẩm định hồ sơ đề nghị khen thưởng của Sở Tài chính (hạn Thứ Tư 09/9/2026)";
  mail.text = "Kính gửi,\n\nĐề nghị xử lý.\n";
  mail.html = "<p>Kính gửi,</p>\n<p>Đề nghị xử lý.</p>\n";
  mail.date = parse_rfc3339("2026-09-08T01:00:00Z").value();
  mail.id = "i.1.0.0.an@example.gov.vn";
  mail.thread = "case.i@example.gov.vn";
  mail.unsubscribe = "https://kyhan.example.gov.vn/api/v1/mail/unsubscribe/an.00";
  return mail;
}

TEST_CASE("a Vietnamese subject travels in encoded words that every reader knows",
          "[messaging][mail]") {
  const std::string text = mime_text(example());
  CHECK(decoded_words(header_of(text, "Subject")) == example().subject);
  CHECK(decoded_words(header_of(text, "To")) == "Nguyễn Thị Phương Thảo <thao@example.gov.vn>");
  // No line is longer than RFC 5322 wants, no encoded word than RFC 2047 allows, no character
  // split.
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find("\r\n", at);
    REQUIRE(end != std::string::npos);
    CHECK(end - at <= 78);
    at = end + 2;
  }
  for (std::size_t at = 0; (at = text.find("=?utf-8?B?", at)) != std::string::npos; ++at) {
    const std::size_t end = text.find("?=", at + 10);
    REQUIRE(end + 2 - at <= 75);
    const std::string word = decoded_words(text.substr(at, end + 2 - at));
    CHECK((static_cast<unsigned char>(word.front()) & 0xC0) != 0x80);
  }
}

TEST_CASE("the headers say what it is, so that nobody answers and clients group by case",
          "[messaging][mail]") {
  const std::string text = mime_text(example());
  CHECK(header_of(text, "Date") == "Tue, 08 Sep 2026 01:00:00 +0000");
  CHECK(header_of(text, "Message-ID") == "<i.1.0.0.an@example.gov.vn>");
  CHECK(header_of(text, "References") == "<case.i@example.gov.vn>");
  CHECK(header_of(text, "In-Reply-To") == "<case.i@example.gov.vn>");
  CHECK(header_of(text, "Auto-Submitted") == "auto-generated");
  CHECK(header_of(text, "List-Unsubscribe") == "<" + example().unsubscribe + ">");
  CHECK(header_of(text, "List-Unsubscribe-Post") == "List-Unsubscribe=One-Click");
  CHECK(header_of(text, "MIME-Version") == "1.0");
  CHECK(decoded_part(text, "text/plain") == example().text);
  CHECK(decoded_part(text, "text/html") == example().html);
}

TEST_CASE("nothing in a name or a subject breaks out of its header", "[messaging][mail]") {
  MailMessage mail = example();
  mail.subject = "Tin\r\nBcc: everybody@example.com\r\n\r\nbody";
  mail.to.name = "An\r\nBcc: x@example.com";
  mail.from.name = "\"quoted\" \\ name";
  mail.id = "a\r\nX: y@example.com";
  const std::string text = mime_text(mail);
  CHECK(header_of(text, "Bcc").empty());
  CHECK(header_of(text, "X").empty());
  CHECK(decoded_words(header_of(text, "Subject")).find("Bcc: everybody") != std::string::npos);
  CHECK(header_of(text, "From") == R"("\"quoted\" \\ name" <kyhan@example.gov.vn>)");
}

TEST_CASE("plain words stay plain", "[messaging][mail]") {
  CHECK(encoded_words("Reminder: report", 9) == "Reminder: report");
  CHECK(encoded_words("=?utf-8?B?eA==?=", 9) != "=?utf-8?B?eA==?=");
  CHECK(decoded_words(encoded_words(std::string(200, 'x'), 9)) == std::string(200, 'x'));
}

TEST_CASE("senders are read with and without a name", "[messaging][mail]") {
  CHECK(read_mailbox("a@b.vn").address == "a@b.vn");
  CHECK(read_mailbox("Kỳ Hạn <a@b.vn>").name == "Kỳ Hạn");
  CHECK(read_mailbox("\"Kỳ Hạn\" <a@b.vn>").name == "Kỳ Hạn");
  for (const char* wrong :
       {"", "a", "a@", "@b", "a b@c.vn", "a@b@c", "x <a@b.vn", "a@b..vn", "a@b.vn\n"}) {
    CAPTURE(wrong);
    CHECK(read_mailbox(wrong).address.empty());
  }
}

}  // namespace
}  // namespace kyhan::test
