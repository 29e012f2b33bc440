// From a due reminder to an e-mail: a real engine, a real SMTP server, and once a real broker.

#include "messaging/mailer.hpp"

#include <condition_variable>
#include <deque>

#include "messaging/relay.hpp"

#include "tests/engine/support.hpp"
#include "tests/messaging/test_queue.hpp"
#include "tests/support/rabbit_node.hpp"
#include "tests/support/results.hpp"
#include "tests/support/smtp_server.hpp"

namespace kyhan::test {
namespace {

const char* reminded_steps = R"(
do:
  - work:
      call: humanTask:1.0.0@default
      with:
        title: {vi: Lập báo cáo quý, en: Write the report}
        assignment: {mode: claim, candidates: [{role: specialist, unit: own}]}
        due: {workingDays: 3}
        reminders:
          - {offset: {workingDays: 0}, at: "08:00", to: [assignee]}
          - {offset: {workingDays: 1}, at: "08:00", to: [assignee, head]}
)";

/// The small organisation with addresses; ba has none.
Json organisation_with_mail() {
  Json document = Json::parse(small_organisation);
  for (Json& person : document["people"]) {
    const std::string id = person["id"];
    if (id != "ba") person["email"] = id + "@example.vn";
  }
  return document;
}

/// A queue that a test fills; what is not acknowledged stays.
class ListQueue final : public QueueReader {
 public:
  void put(const std::string& id, const std::string& body) {
    const std::lock_guard lock{mutex_};
    waiting_.push_back({0, id, "reminder.sent.so-a", body});
    changed_.notify_all();
  }
  Result<std::vector<TakenMessage>> take(std::size_t most, Milliseconds wait) override {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, wait, [this] { return !waiting_.empty(); });
    std::vector<TakenMessage> taken;
    while (!waiting_.empty() && taken.size() < most) {
      taken.push_back(std::move(waiting_.front()));
      taken.back().tag = ++tag_;
      waiting_.pop_front();
    }
    return taken;
  }
  Result<void> acknowledge(std::uint64_t) override { return {}; }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<TakenMessage> waiting_;
  std::uint64_t tag_ = 0;
};

class ListOfDead final : public DeadLetters {
 public:
  Result<void> bury(const OutboxMessage& message, const std::string& reason) override {
    const std::lock_guard lock{mutex};
    letters.push_back(message.id + ": " + reason);
    return {};
  }
  std::mutex mutex;
  std::vector<std::string> letters;
};

/// Engine, SMTP server and mailer; what the outbox holds for people goes into the queue by hand.
struct PostOffice {
  House house;
  SmtpServer server;
  ListQueue queue;
  ListOfDead dead;
  MailSettings settings;
  std::unique_ptr<Mailer> mailer;
  std::int64_t seen = 0;

  PostOffice() {
    house.open();
    REQUIRE(house.engine->import_organisation(organisation_with_mail(), PersonId{}));
    house.publish(definition("reminded", reminded_steps));
    settings.smtp.url = server.url();
    settings.smtp.starttls = false;
    settings.smtp.whole_max = Milliseconds{20'000};
    settings.writing.from = {"Kỳ Hạn", "kyhan@example.vn"};
    settings.writing.public_url = "https://kyhan.example.vn";
    settings.writing.unsubscribe = [](const PersonId& person) {
      return "https://kyhan.example.vn/api/v1/mail/unsubscribe/" + person.text() + ".0";
    };
    settings.limits.connections = 1;
    settings.limits.retry_first = Milliseconds{1};
    settings.limits.retry_max = Milliseconds{5};
    settings.limits.server_first = Milliseconds{1};
    settings.limits.server_max = Milliseconds{20};
    settings.limits.attempts_max = 3;
  }
  ~PostOffice() { mailer.reset(); }
  void open() {
    mailer = std::make_unique<Mailer>(*house.store, *house.engine, queue, dead,
                                      MailTemplates::load({}).value(), settings);
  }
  /// Everything for people that has come into the outbox since, into the queue; so many times.
  std::size_t deliver(int times = 1) {
    std::size_t count = 0;
    for (const OutboxRow& row : house.store->reads()->outbox_after(seen, 10'000).value()) {
      seen = row.seq;
      if (!row.routing_key.starts_with("reminder.")) continue;
      for (int i = 0; i < times; ++i) queue.put(row.id, row.body_json);
      ++count;
    }
    return count;
  }
  /// Waits until a counter of the mailer stands where it should.
  template <class Count>
  bool reaches(const Count& count, std::uint64_t wanted) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    while (std::chrono::steady_clock::now() < deadline) {
      if (count(mailer->counters()) >= wanted) return count(mailer->counters()) == wanted;
      std::this_thread::yield();
    }
    return false;
  }
  bool sent(std::uint64_t wanted) {
    return reaches([](const MailCounters& c) { return c.sent; }, wanted);
  }
  bool skipped(std::uint64_t wanted) {
    return reaches([](const MailCounters& c) { return c.skipped; }, wanted);
  }
};

TEST_CASE("a reminder becomes one e-mail in the reader's language, however often it comes",
          "[messaging][mail][smtp]") {
  PostOffice post;
  post.open();
  REQUIRE(post.house.engine->choose_preferences(PersonId{"an"}, {{"language", "en"}}, 0));
  const Receipt started = post.house.start("reminded");
  post.house.advance("2026-03-05T08:00:00+07:00");  // The due day: told at once.
  REQUIRE(post.deliver(3) == 4);                    // A digest and a reminder for each of two.
  REQUIRE(post.sent(2));
  REQUIRE(post.skipped(2));  // ba has no address.
  const Json digest = post.server.next_mail();
  const Json reminder = post.server.next_mail();
  CHECK_FALSE(post.server.has_more());

  const std::string text = reminder["data"];
  const std::string task = started.open_tasks[0].id.text();
  CHECK(reminder["rcpt_tos"] == Json::array({"an@example.vn"}));
  CHECK(decoded_words(header_of(text, "From")) == "Kỳ Hạn <kyhan@example.vn>");
  CHECK(decoded_words(header_of(text, "Subject")) ==
        "Reminder: Write the report (due Thursday 5 March 2026)");
  CHECK(header_of(text, "Message-ID") == "<" + task + ".0.0.an@example.vn>");
  CHECK(header_of(text, "References") == "<case." + started.instance.text() + "@example.vn>");
  CHECK(header_of(text, "Date") == "Thu, 05 Mar 2026 01:00:00 +0000");
  CHECK(header_of(text, "List-Unsubscribe") ==
        "<https://kyhan.example.vn/api/v1/mail/unsubscribe/an.0>");
  CHECK(decoded_part(text, "text/plain").find("https://kyhan.example.vn/tasks/" + task) !=
        std::string::npos);
  CHECK(decoded_part(text, "text/html").find("Write the report") != std::string::npos);
  CHECK(decoded_words(header_of(digest["data"], "Subject")) == "One notice on your tasks");

  // Again after a restart, the rows know.
  post.mailer.reset();
  post.seen = 0;
  post.open();
  CHECK(post.deliver() == 4);
  REQUIRE(post.reaches([](const MailCounters& c) { return c.taken; }, 4));
  CHECK(post.mailer->counters().waiting == 0);
  CHECK_FALSE(post.server.has_more());
  const auto mails = post.house.store->reads()->mails_of(started.instance).value();
  CHECK(mails.at(task + "/0.0/an").state == MailState::sent);
  CHECK(mails.at(task + "/0.0/ba").state == MailState::skipped);
  CHECK(mails.at(task + "/0.0/ba").reply == "the person has no e-mail address");
  CHECK(mails.at(task + "/0.0/an").event.empty());
}

TEST_CASE("the state is looked at once more before an e-mail leaves", "[messaging][mail][smtp]") {
  PostOffice post;
  const Receipt done = post.house.start("reminded");
  const Receipt off = post.house.start("reminded");
  post.house.advance("2026-03-06T08:00:00+07:00");  // Overdue: an and binh, of both.
  post.deliver();
  REQUIRE(post.house.complete(done, "an"));
  REQUIRE(post.house.engine->choose_preferences(PersonId{"an"}, {{"email", false}}, 0));
  post.open();
  // binh's of the open task alone; of an's nothing: e-mail is off.
  REQUIRE(post.sent(1));
  const Json mail = post.server.next_mail();
  CHECK(mail["rcpt_tos"] == Json::array({"binh@example.vn"}));
  CHECK(decoded_words(header_of(mail["data"], "Subject")) ==
        "Quá hạn: Lập báo cáo quý (hạn Thứ Năm 05/3/2026)");
  CHECK(decoded_part(mail["data"], "text/plain").find(off.open_tasks[0].id.text()) !=
        std::string::npos);
  const auto waiting = [&] { return post.mailer->counters().waiting; };
  CHECK(post.reaches([&](const MailCounters&) { return waiting() == 0 ? 1u : 0u; }, 1));
  CHECK_FALSE(post.server.has_more());
}

TEST_CASE("a server that refuses for now is asked again, one that always does gives a dead letter",
          "[messaging][mail][smtp]") {
  PostOffice post;
  post.server.set("refuse 451");
  post.open();
  const Receipt started = post.house.start("reminded");
  REQUIRE(
      post.house.engine->choose_preferences(PersonId{"an"}, {{"kinds", {{"created", "off"}}}}, 0));
  post.house.advance("2026-03-05T08:00:00+07:00");
  post.deliver();
  REQUIRE(post.reaches([](const MailCounters& c) { return c.dead; }, 2));  // Digest and reminder.
  CHECK(post.mailer->counters().refused == 6);
  CHECK(post.mailer->counters().sent == 0);
  for (int i = 0; i < 6; ++i) CHECK(post.server.next().value("code", "") == "451");
  const std::string key = started.open_tasks[0].id.text() + "/0.0/an";
  {
    const std::lock_guard lock{post.dead.mutex};
    REQUIRE(post.dead.letters.size() == 2);
    CHECK(std::ranges::any_of(post.dead.letters, [&](const std::string& letter) {
      return letter.starts_with(key + ": 451");
    }));
  }
  const MailRow row = post.house.store->reads()->mails_of(started.instance).value().at(key);
  CHECK(row.state == MailState::dead);
  CHECK(row.attempts == 3);

  // The next reminder: refused twice, then taken.
  post.server.set("refuse 451");
  post.house.advance("2026-03-06T08:00:00+07:00");
  post.deliver();
  (void)post.server.next();
  (void)post.server.next();
  post.server.set("accept");
  REQUIRE(post.reaches([](const MailCounters& c) { return c.sent + c.dead > 2 ? 1u : 0u; }, 1));
}

TEST_CASE("a refusal for good is a dead letter at once", "[messaging][mail][smtp]") {
  PostOffice post;
  post.server.set("refuse 550");
  post.open();
  post.house.start("reminded");
  post.house.advance("2026-03-05T08:00:00+07:00");
  post.deliver();
  REQUIRE(post.reaches([](const MailCounters& c) { return c.dead; }, 2));
  CHECK(post.mailer->counters().refused == 0);
}

TEST_CASE("while no server answers everything waits, and leaves when there is one again",
          "[messaging][mail][smtp][bad-days]") {
  PostOffice post;
  post.server.stop();
  post.open();
  post.house.start("reminded");
  post.house.advance("2026-03-05T08:00:00+07:00");
  post.deliver();
  REQUIRE(post.reaches([](const MailCounters& c) { return c.failures >= 5 ? 1u : 0u; }, 1));
  CHECK_FALSE(post.mailer->counters().server_answers);
  CHECK_FALSE(post.mailer->counters().last_fault.empty());
  CHECK(post.mailer->counters().waiting >= 2);
  post.server.start();
  REQUIRE(post.sent(2));
  CHECK(post.mailer->counters().server_answers);
  CHECK(post.mailer->counters().dead == 0);
  (void)post.server.next_mail();
  (void)post.server.next_mail();
  CHECK_FALSE(post.server.has_more());
}

TEST_CASE("a slow server keeps nobody waiting", "[messaging][mail][smtp][bad-days]") {
  PostOffice post;
  post.server.set("slow 3600");
  post.open();
  const Receipt started = post.house.start("reminded");
  post.house.advance("2026-03-05T08:00:00+07:00");
  post.deliver();
  CHECK(post.server.next().contains("began"));
  // The message hangs in the server; work goes on, and so does taking in.
  for (int i = 0; i < 20; ++i) post.house.start("reminded");
  REQUIRE(post.house.complete(started, "an"));
  post.house.advance("2026-03-06T08:00:00+07:00");
  post.deliver();
  // Two digests and two reminders of the first case, two digests of the others.
  REQUIRE(post.reaches([](const MailCounters& c) { return c.taken; }, 6));
  CHECK(post.mailer->counters().sent == 0);
  const auto began = std::chrono::steady_clock::now();
  post.mailer->stop();
  CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds{10});
}

TEST_CASE("a reminder goes from the clock through a real broker into a real mail server, once",
          "[messaging][mail][smtp][rabbit]") {
  RabbitNode node;
  node.start();
  PostOffice post;
  const RabbitEndpoint endpoint = parse_amqp_url(node.url()).value();
  RabbitPublisher publisher{endpoint};
  RabbitQueueReader queue{endpoint, std::string{reminders_queue}, 10};
  RabbitDeadLetters dead{endpoint};
  post.server.set("refuse 451");
  {
    Relay relay{*post.house.store,
                *post.house.engine,
                publisher,
                {64, Milliseconds{20}, Milliseconds{200}}};
    Mailer mailer{
        *post.house.store, *post.house.engine, queue, dead, MailTemplates::load({}).value(),
        post.settings};
    post.house.start("reminded");
    post.house.advance("2026-03-04T08:00:00+07:00");  // One digest to an; ba has no address.
    const auto reaches = [&](const auto& count, std::uint64_t wanted) {
      const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
      while (count(mailer.counters()) < wanted && std::chrono::steady_clock::now() < deadline) {
        std::this_thread::yield();
      }
      return count(mailer.counters()) == wanted;
    };
    REQUIRE(reaches([](const MailCounters& c) { return c.dead; }, 1));
    post.server.set("accept");
    post.house.advance("2026-03-05T08:00:00+07:00");
    REQUIRE(reaches([](const MailCounters& c) { return c.sent; }, 1));
    // The broker dies and comes back with what nobody has acknowledged.
    node.kill();
    post.house.advance("2026-03-06T08:00:00+07:00");
    node.start();
    REQUIRE(reaches([](const MailCounters& c) { return c.sent; }, 4));  // A digest, an, binh.
    mailer.stop();
    relay.stop();
  }
  const auto buried = take_messages(endpoint, std::string{dead_letter_queue}, 1);
  REQUIRE(buried.size() == 1);
  CHECK(buried[0].id.starts_with("digest/an/"));
  std::set<std::string> ids;
  for (int i = 0; i < 4; ++i) {
    ids.insert(header_of(post.server.next_mail()["data"], "Message-ID"));
  }
  CHECK(ids.size() == 4);
  CHECK_FALSE(post.server.has_more());
}

}  // namespace
}  // namespace kyhan::test
