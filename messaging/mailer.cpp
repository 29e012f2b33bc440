// One thread takes messages in, some send them. All that must survive is rows; pauses are counted
// on the steady clock, which no hand sets.

#include "messaging/mailer.hpp"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <spdlog/spdlog.h>
#include <thread>

#include "workflow/engine/engine.hpp"
#include "workflow/store/store.hpp"
#include "workflow/store/unit_of_work.hpp"

namespace kyhan {
namespace {

using SteadyClock = std::chrono::steady_clock;

/// How long the reader waits for a first message before it looks whether it is to stop.
constexpr Milliseconds take_wait{250};
/// How often senders look at the table although nobody has called them.
constexpr Milliseconds look_every{1'000};
constexpr Milliseconds broker_pause{2'000};

CloudEvent read_event(const std::string& text) {
  Json event = Json::parse(text, nullptr, false);
  return event.is_object() ? event : Json::object();
}

Milliseconds doubled(Milliseconds first, int times, Milliseconds most) {
  for (int i = 0; i < times && first < most; ++i) first *= 2;
  return std::min(first, most);
}

}  // namespace

class MailRoom {
 public:
  MailRoom(Store& store, Engine& engine, QueueReader& queue, DeadLetters& dead_letters,
           std::shared_ptr<const MailTemplates> templates, MailSettings settings)
      : store_(store),
        engine_(engine),
        queue_(queue),
        dead_letters_(dead_letters),
        settings_(std::move(settings)),
        writer_(store, engine, std::move(templates), settings_.writing) {
    reader_ = std::thread{[this] { take_in(); }};
    for (int i = 0; i < settings_.limits.connections; ++i) {
      senders_.emplace_back([this] { send_out(); });
    }
  }
  ~MailRoom() { stop(); }
  MailRoom(const MailRoom&) = delete;
  MailRoom& operator=(const MailRoom&) = delete;

  void stop() {
    {
      const std::lock_guard lock{mutex_};
      stopping_ = true;
      changed_.notify_all();
    }
    if (reader_.joinable()) reader_.join();
    for (std::thread& one : senders_) {
      if (one.joinable()) one.join();
    }
  }

  [[nodiscard]] MailCounters counters() const {
    MailCounters copy;
    {
      const std::lock_guard lock{mutex_};
      copy = counters_;
    }
    if (const auto waiting = store_.reads()->count_waiting_mails()) {
      copy.waiting = static_cast<std::uint64_t>(*waiting);
    }
    return copy;
  }

 private:
  // --- Taking in -----------------------------------------------------------------------------

  void take_in() {
    while (!stopping_) {
      const auto waiting = store_.reads()->count_waiting_mails();
      if (waiting && static_cast<std::size_t>(*waiting) >= settings_.limits.waiting_max) {
        pause(look_every);  // The queue keeps what comes.
        continue;
      }
      Result<std::vector<TakenMessage>> taken = queue_.take(settings_.limits.taken_max, take_wait);
      if (!taken) {
        note_broker(taken.error().detail.en);
        pause(broker_pause);
        continue;
      }
      note_broker({});
      if (taken->empty()) continue;
      if (!keep(*taken)) {
        pause(broker_pause);  // Not acknowledged: kept twice is kept once.
        continue;
      }
      if (const Result<void> done = queue_.acknowledge(taken->back().tag); !done) {
        note_broker(done.error().detail.en);
      }
    }
  }

  /// Everything that is for e-mail becomes a row; durable when it gives true.
  bool keep(const std::vector<TakenMessage>& taken) {
    std::vector<MailRow> rows;
    for (const TakenMessage& message : taken) {
      const CloudEvent event = read_event(message.body);
      if (!is_for_mail(event)) continue;
      MailRow row;
      row.id = message.id.empty() ? event.value("id", "") : message.id;
      row.person = addressee_of(event);
      row.event = message.body;
      row.routing_key = message.routing_key;
      row.taken_at = engine_.clock().now();
      if (!row.id.empty()) rows.push_back(std::move(row));
    }
    if (rows.empty()) return true;
    const Result<Json> done = engine_.write([&rows](UnitOfWork& work) -> Result<Json> {
      for (const MailRow& row : rows) work.stage_mail(row);
      return Result<Json>{boost::system::in_place_value, nullptr};
    });
    if (!done) {
      spdlog::warn("mail: reminders cannot be taken in: {}", done.error().detail.en);
      return false;
    }
    const std::lock_guard lock{mutex_};
    counters_.taken += rows.size();
    changed_.notify_all();
    return true;
  }

  // --- Sending -------------------------------------------------------------------------------

  void send_out() {
    SmtpSender sender{settings_.smtp};
    while (!stopping_) {
      const std::optional<MailRow> row = next();
      if (row) deal_with(*row, sender);
    }
  }

  /// The next row whose time has come, marked as being worked on; nothing after a while without.
  std::optional<MailRow> next() {
    std::unique_lock lock{mutex_};
    const SteadyClock::time_point now = SteadyClock::now();
    if (server_again_ > now) {
      changed_.wait_until(lock, server_again_, [this] { return stopping_.load(); });
      return std::nullopt;
    }
    lock.unlock();
    constexpr int page = 200;
    const auto rows = store_.reads()->waiting_mails(page);
    lock.lock();
    if (rows) {
      for (const MailRow& row : *rows) {
        if (busy_.contains(row.id) || settled_.contains(row.id)) continue;
        const auto again = again_.find(row.id);
        if (again != again_.end() && again->second > now) continue;
        busy_.insert(row.id);
        return row;
      }
    }
    changed_.wait_for(lock, look_every);
    return std::nullopt;
  }

  void deal_with(const MailRow& row, SmtpSender& sender) {
    const CloudEvent event = read_event(row.event);
    const auto written = writer_.write(row.id, event);
    if (!written) {
      spdlog::warn("mail: {} cannot be written: {}", row.id, written.error().detail.en);
      return put_off(row, look_every);
    }
    if (const auto* skipped = std::get_if<MailSkipped>(&*written)) {
      return settle(row, MailState::skipped, row.attempts, skipped->why);
    }
    const MailMessage& mail = std::get<MailMessage>(*written);
    const SmtpOutcome outcome =
        sender.send(mail.from.address, mail.to.address, mime_text(mail), stopping_);
    using Kind = SmtpOutcome::Kind;
    switch (outcome.kind) {
      case Kind::sent:
        note_server({});
        return settle(row, MailState::sent, row.attempts + 1, outcome.reply);
      case Kind::refused_for_good:
        note_server({});
        return give_up(row, row.attempts + 1, outcome.reply);
      case Kind::refused_for_now:
        note_server({});
        return refused(row, outcome.reply);
      case Kind::no_server:
        note_server(outcome.reply);
        return release(row);
      case Kind::stopped:
        return release(row);
    }
  }

  void refused(const MailRow& row, const std::string& why) {
    const int attempts = row.attempts + 1;
    {
      const std::lock_guard lock{mutex_};
      ++counters_.refused;
    }
    if (attempts >= settings_.limits.attempts_max) return give_up(row, attempts, why);
    write_down(row, MailState::waiting, attempts, why);
    put_off(row, doubled(settings_.limits.retry_first, attempts - 1, settings_.limits.retry_max));
  }

  /// Into the dead letters; while the broker is away the row waits for it.
  void give_up(const MailRow& row, int attempts, const std::string& why) {
    const OutboxMessage message{0, row.routing_key, row.id, row.event};
    if (const Result<void> buried = dead_letters_.bury(message, why); !buried) {
      spdlog::warn("mail: {} cannot be given up yet: {}", row.id, buried.error().detail.en);
      return put_off(row, broker_pause);
    }
    spdlog::warn("mail: {} was given up after {} tries: {}", row.id, attempts, why);
    settle(row, MailState::dead, attempts, why);
  }

  bool write_down(const MailRow& row, MailState state, int attempts, const std::string& reply) {
    MailRow changed = row;
    changed.state = state;
    changed.attempts = attempts;
    changed.reply = reply.substr(0, mail_reply_bytes_max);
    if (state != MailState::waiting) changed.settled_at = engine_.clock().now();
    const Result<Json> done = engine_.write([&changed](UnitOfWork& work) -> Result<Json> {
      work.stage_mail_settled(changed);
      return Result<Json>{boost::system::in_place_value, nullptr};
    });
    return done.has_value();
  }

  void settle(const MailRow& row, MailState state, int attempts, const std::string& reply) {
    {
      const std::lock_guard lock{mutex_};
      settled_.insert(row.id);  // Never again, even where the row cannot be written just now.
    }
    bool written = write_down(row, state, attempts, reply);
    while (!written && !stopping_) {
      pause(look_every);
      written = write_down(row, state, attempts, reply);
    }
    const std::lock_guard lock{mutex_};
    if (state == MailState::sent) ++counters_.sent;
    if (state == MailState::skipped) ++counters_.skipped;
    if (state == MailState::dead) ++counters_.dead;
    if (written) settled_.erase(row.id);
    busy_.erase(row.id);
    again_.erase(row.id);
    changed_.notify_all();
  }

  void put_off(const MailRow& row, Milliseconds pause) {
    const std::lock_guard lock{mutex_};
    again_[row.id] = SteadyClock::now() + pause;
    busy_.erase(row.id);
  }
  void release(const MailRow& row) {
    const std::lock_guard lock{mutex_};
    busy_.erase(row.id);
  }

  // --- What is said of it --------------------------------------------------------------------

  /// `fault` empty: the server answers.
  void note_server(const std::string& fault) {
    const std::lock_guard lock{mutex_};
    if (fault.empty()) {
      if (!counters_.server_answers) spdlog::info("mail: the server takes e-mails");
      counters_.server_answers = true;
      counters_.last_fault.clear();
      server_faults_ = 0;
      return;
    }
    if (counters_.server_answers) spdlog::warn("mail: {}; what is to be sent waits", fault);
    counters_.server_answers = false;
    counters_.last_fault = fault;
    ++counters_.failures;
    server_again_ = SteadyClock::now() + doubled(settings_.limits.server_first, server_faults_++,
                                                 settings_.limits.server_max);
  }

  void note_broker(const std::string& fault) {
    const std::lock_guard lock{mutex_};
    if (!fault.empty() && counters_.broker_answers) spdlog::warn("mail: {}", fault);
    counters_.broker_answers = fault.empty();
  }

  void pause(Milliseconds span) {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, span, [this] { return stopping_.load(); });
  }

  Store& store_;
  Engine& engine_;
  QueueReader& queue_;
  DeadLetters& dead_letters_;
  MailSettings settings_;
  MailWriter writer_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<bool> stopping_ = false;
  MailCounters counters_;
  std::set<std::string> busy_;     ///< Being worked on.
  std::set<std::string> settled_;  ///< Done, and not yet written down.
  std::map<std::string, SteadyClock::time_point> again_;
  SteadyClock::time_point server_again_{};
  int server_faults_ = 0;

  std::thread reader_;
  std::vector<std::thread> senders_;
};

Mailer::Mailer(Store& store, Engine& engine, QueueReader& queue, DeadLetters& dead_letters,
               std::shared_ptr<const MailTemplates> templates, MailSettings settings)
    : room_(std::make_unique<MailRoom>(store, engine, queue, dead_letters, std::move(templates),
                                       std::move(settings))) {}
Mailer::~Mailer() = default;
MailCounters Mailer::counters() const {
  return room_->counters();
}
void Mailer::stop() {
  room_->stop();
}

}  // namespace kyhan
