// Handing mails to a real SMTP server: kind, slow, refusing, encrypted, absent.

#include "messaging/smtp.hpp"

#include <catch2/catch.hpp>
#include <thread>

#include "tests/support/results.hpp"
#include "tests/support/smtp_server.hpp"

namespace kyhan::test {
namespace {

using Kind = SmtpOutcome::Kind;

SmtpSettings plain(const SmtpServer& server) {
  SmtpSettings settings;
  settings.url = server.url();
  settings.starttls = false;
  settings.connect_max = Milliseconds{3'000};
  settings.whole_max = Milliseconds{5'000};
  return settings;
}

SmtpOutcome send(SmtpSender& sender) {
  static const std::atomic<bool> never = false;
  return sender.send("kyhan@example.vn", "an@example.vn", "Subject: x\r\n\r\n.dot\r\nbody\r\n",
                     never);
}

TEST_CASE("a server's answers are told apart: sent, not now, never, nobody there",
          "[messaging][smtp]") {
  SmtpServer server;
  SmtpSender sender{plain(server)};
  const SmtpOutcome sent = send(sender);
  INFO(sent.reply);
  REQUIRE(sent.kind == Kind::sent);
  const Json mail = server.next_mail();
  CHECK(mail["mail_from"] == "kyhan@example.vn");
  CHECK(mail["rcpt_tos"] == Json::array({"an@example.vn"}));
  CHECK(mail["data"] == "Subject: x\r\n\r\n.dot\r\nbody\r\n");

  for (const auto& [mode, kind] :
       std::vector<std::pair<std::string, Kind>>{{"refuse 451", Kind::refused_for_now},
                                                 {"refuse 550", Kind::refused_for_good},
                                                 {"refuse-data 452", Kind::refused_for_now},
                                                 {"refuse-data 554", Kind::refused_for_good},
                                                 {"close", Kind::no_server}}) {
    CAPTURE(mode);
    server.set(mode);
    const SmtpOutcome outcome = send(sender);
    INFO(outcome.reply);
    CHECK(outcome.kind == kind);
    CHECK(server.next().contains("refused"));
  }
  server.set("accept");
  CHECK(send(sender).kind == Kind::sent);
  server.stop();
  CHECK(send(sender).kind == Kind::no_server);
  server.start();
  CHECK(send(sender).kind == Kind::sent);
}

TEST_CASE("a server that is too slow counts as none, and a stop breaks off", "[messaging][smtp]") {
  SmtpServer server;
  server.set("slow 20");
  SmtpSettings settings = plain(server);
  settings.whole_max = Milliseconds{500};
  SmtpSender hasty{settings};
  CHECK(send(hasty).kind == Kind::no_server);
  CHECK(server.next().contains("began"));

  settings.whole_max = Milliseconds{60'000};
  SmtpSender patient{settings};
  std::atomic<bool> stop = false;
  std::thread other{[&] {
    (void)server.next();  // Its "began": the message is on its way.
    stop = true;
  }};
  CHECK(patient.send("a@b.vn", "c@d.vn", "Subject: x\r\n\r\n", stop).kind == Kind::stopped);
  other.join();
}

TEST_CASE("encrypted and signed in, and never otherwise", "[messaging][smtp]") {
  SmtpServerOptions options;
  options.tls = true;
  options.user = "kyhan";
  options.password = "mat-khau dai";
  SmtpServer server{options};
  SmtpSettings settings = plain(server);
  settings.starttls = true;
  settings.user = options.user;
  settings.password = options.password;
  settings.ca_file = server.certificate();
  SmtpSender sender{settings};
  const SmtpOutcome sent = send(sender);
  INFO(sent.reply);
  REQUIRE(sent.kind == Kind::sent);
  const Json mail = server.next_mail();
  CHECK(mail["tls"] == true);
  CHECK(mail["user"] == "kyhan");

  SmtpSettings wrong = settings;
  wrong.password = "other";
  SmtpSender refused{wrong};
  const SmtpOutcome outcome = send(refused);
  CHECK(outcome.kind == Kind::no_server);
  CHECK(outcome.reply.find("mat-khau") == std::string::npos);

  SmtpSettings distrusted = settings;
  distrusted.ca_file.clear();
  SmtpSender suspicious{distrusted};
  CHECK(send(suspicious).kind == Kind::no_server);

  // A server without encryption gets nothing.
  SmtpServer open;
  SmtpSettings strict = plain(open);
  strict.starttls = true;
  SmtpSender careful{strict};
  CHECK(send(careful).kind == Kind::no_server);
  CHECK_FALSE(open.has_more());
}

TEST_CASE("addresses of mail servers are checked before they are used", "[messaging][smtp]") {
  CHECK(check_smtp_url("smtp://mail.example.vn:587"));
  CHECK(check_smtp_url("smtps://[::1]:465"));
  for (const char* wrong : {"", "mail.example.vn", "http://mail", "smtp://", "smtp://user@mail",
                            "smtp://mail/path", "smtp://mail?x"}) {
    CAPTURE(wrong);
    CHECK_FALSE(check_smtp_url(wrong));
  }
}

}  // namespace
}  // namespace kyhan::test
