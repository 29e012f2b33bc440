#pragma once
/// E-mail: the one consumer of `kyhan.reminders`. What comes from the queue becomes a row of
/// `mails`, by the id of its message, and only then is acknowledged; the rows are sent by SMTP and
/// settled. So a reminder that comes twice is one e-mail, and neither a slow server nor a refusing
/// one keeps the queue, the engine or anybody waiting.
///
/// A crash between the server's "250" and the row that says so sends the e-mail again, with the
/// same Message-ID.

#include <filesystem>
#include <memory>
#include <string>

#include "messaging/mail_content.hpp"
#include "messaging/rabbit_consumer.hpp"
#include "messaging/smtp.hpp"

namespace kyhan {

class Engine;
class Store;

struct MailLimits {
  int connections = 2;             ///< To the SMTP server at once.
  std::size_t taken_max = 100;     ///< Messages taken from the queue in one transaction.
  std::size_t waiting_max = 5000;  ///< Rows that wait; beyond it the queue keeps the rest.
  int attempts_max = 10;           ///< Refusals "for now" of one e-mail; then it is a dead letter.
  Milliseconds retry_first{30'000};   ///< After a refusal; doubles,
  Milliseconds retry_max{1'800'000};  ///< up to this.
  Milliseconds server_first{1'000};   ///< Pause while no server answers; doubles,
  Milliseconds server_max{300'000};   ///< up to this.
};

struct MailSettings {
  SmtpSettings smtp;
  MailWriting writing;
  MailLimits limits = {};
};

/// A consistent copy, for /metrics and /readyz.
struct MailCounters {
  std::uint64_t taken = 0;
  std::uint64_t sent = 0;
  std::uint64_t skipped = 0;   ///< Nobody to send it to, or no longer true.
  std::uint64_t refused = 0;   ///< "For now"; tried again.
  std::uint64_t dead = 0;      ///< Given up, in `kyhan.reminders.dead`.
  std::uint64_t failures = 0;  ///< Tries that found no server.
  std::uint64_t waiting = 0;   ///< Rows, as of the last look.
  bool server_answers = true;
  bool broker_answers = true;
  std::string last_fault;  ///< English; empty: none since the last success.
};

class MailRoom;  // mailer.cpp

class Mailer {
 public:
  /// Starts its threads. Everything given must outlive it.
  Mailer(Store& store, Engine& engine, QueueReader& queue, DeadLetters& dead_letters,
         std::shared_ptr<const MailTemplates> templates, MailSettings settings);
  ~Mailer();  ///< stop(), if nobody has.
  Mailer(const Mailer&) = delete;
  Mailer& operator=(const Mailer&) = delete;

  [[nodiscard]] MailCounters counters() const;
  /// Ends the threads; an e-mail on its way is broken off within a second and stays waiting. To be
  /// called before Engine::stop.
  void stop();

 private:
  std::unique_ptr<MailRoom> room_;
};

}  // namespace kyhan
