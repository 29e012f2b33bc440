// A clock that somebody sets by hand, forward and back, under a running engine: nothing is done
// twice, nothing is lost.

#include <atomic>

#include "workflow/core/codec.hpp"

#include "tests/engine/support.hpp"

namespace kyhan::test {
namespace {

/// Goes where it is set, like the machine's; the engine takes it for one.
class HandClock final : public Clock {
 public:
  explicit HandClock(Instant start) : now_(start.time_since_epoch().count()) {}
  [[nodiscard]] Instant now() const override { return Instant{Milliseconds{now_.load()}}; }
  [[nodiscard]] bool is_virtual() const override { return false; }
  void set(Instant to) { now_.store(to.time_since_epoch().count()); }

 private:
  std::atomic<Milliseconds::rep> now_;
};

/// Due in two working days; reminded each day from the day before on; escalated a day after; the
/// step expires in ten. Besides, an instance each hour of the day.
const char* reminded = R"(
do:
  - approve:
      call: humanTask:1.0.0@default
      with:
        title: {vi: Duyệt, en: Approve}
        assignment: {mode: claim, candidates: [{role: head, unit: own}]}
        due: {workingDays: 2}
        reminders: [{offset: {workingDays: -1}, at: "08:00", to: [assignee], repeat: {every: {workingDays: 1}, until: done, max: 6}}]
        escalation: [{after: {workingDays: 1}, action: notify, to: {role: head, unit: own}}]
        expire: {workingDays: 10}
)";
const char* daily = "\nschedule: {cron: '0 9 * * *'}\ndo:\n  - w: {wait: {days: 400}}\n";

struct HandOffice {
  Folder folder;
  std::shared_ptr<HandClock> clock = std::make_shared<HandClock>(monday());
  std::unique_ptr<Store> store;
  std::unique_ptr<Engine> engine;
  Receipt approval;

  HandOffice() {
    open();
    REQUIRE(engine->import_organisation(Json::parse(small_organisation), PersonId{}));
    publish(definition("approval", reminded));
    publish(definition("daily", daily,
                       "{schedule: {timeZone: Asia/Ho_Chi_Minh, misfire: all, onHoliday: run}}"));
    StartRequest request;
    request.definition = "approval";
    request.unit = UnitId{"so-a"};
    request.by = PersonId{"an"};
    const Result<Receipt> started = engine->start(request);
    REQUIRE(started);
    approval = *started;
  }
  void open() {
    store = open_store(folder.path());
    EngineConfig config{clock, {}, true};
    config.limits.audit_pause = Milliseconds{0};
    Result<std::unique_ptr<Engine>> opened = Engine::open(*store, config);
    REQUIRE(opened);
    engine = std::move(*opened);
  }
  void publish(const std::string& document) {
    REQUIRE(engine->publish_definition(document, PersonId{"ad"}, false)->published);
  }
  /// Any command makes the engine look at the clock; what is due joins its batch.
  void look() {
    for (int i = 0; i < 4; ++i) {
      REQUIRE(engine->write([](UnitOfWork&) {
        return Result<Json>{boost::system::in_place_value, nullptr};
      }));
    }
  }
  void set(const std::string& to) {
    clock->set(parse_rfc3339(to + ":00+07:00").value());
    look();
  }
  /// What has been done, each with what makes it the one it is; twice the same would show.
  std::multiset<std::string> done() {
    std::multiset<std::string> all;
    const auto page = store->reads()->history(approval.instance, {200, ""});
    REQUIRE(page);
    for (const HistoryRow& row : page->items) {
      const Json body = Json::parse(row.entry.body_json);
      std::string key = row.entry.type;
      if (body.contains("moment")) {
        key += " " + body["moment"].value("kind", "") + std::to_string(body["moment"].value("index", 0)) +
               "." + std::to_string(body["moment"].value("round", 0));
      }
      all.insert(key);
    }
    InstanceQuery query;
    query.visibility.everything = true;
    query.definition = "daily";
    query.page.limit = 200;
    const auto started = store->reads()->instances(query);
    REQUIRE(started);
    for (const InstanceRow& row : started->items) {
      all.insert("start " + row.business_key);
    }
    return all;
  }
};

std::string shown(const std::multiset<std::string>& all) {
  std::string text;
  for (const std::string& one : all) text += one + "\n";
  return text;
}

TEST_CASE("a clock set back and forward does nothing twice and loses nothing", "[engine][clock]") {
  // The week as it should be, hour by hour.
  HandOffice straight;
  for (int day = 2; day <= 6; ++day) {
    for (int hour = 6; hour <= 22; hour += 2) {
      const std::string hours = (hour < 10 ? "0" : "") + std::to_string(hour);
      straight.set("2026-03-0" + std::to_string(day) + "T" + hours + ":30");
    }
  }
  const auto expected = straight.done();
  CHECK(expected.count("task_overdue") == 1);
  CHECK(expected.count("task_reminded reminder0.0") == 1);
  CHECK(expected.count("task_reminded reminder0.3") == 1);
  CHECK(expected.count("task_escalated escalation0.0") == 1);
  CHECK(expected.count("start daily/_/2026-03-05T09:00:00+07:00") == 1);

  HandOffice pushed;
  for (const char* at :
       {"2026-03-02T10:30", "2026-03-03T08:30",
        "2026-03-03T07:30",                      // back an hour, before what was sent
        "2026-03-02T08:30",                      // back a day
        "2026-03-03T09:30", "2026-03-04T10:00",  // forward again
        "2026-03-03T10:00", "2026-03-05T01:00",  // back a day, then past the due time
        "2026-03-04T23:30",                      // back over midnight, where it was due
        "2026-03-05T08:30", "2026-03-05T07:30", "2026-03-05T10:00",
        "2026-03-06T10:00",                      // forward a day
        "2026-03-05T10:00", "2026-03-06T22:30"}) {
    pushed.set(at);
  }
  CHECK(shown(pushed.done()) == shown(expected));
  std::set<std::string> ids;
  for (const OutboxRow& row : pushed.store->reads()->outbox_after(0, 10'000).value()) {
    CHECK(ids.insert(row.id).second);
  }
  const Result<VerifyReport> report = verify(*pushed.store);
  REQUIRE(report);
  CHECK(report->findings.empty());
}

TEST_CASE("a clock that was set while the server was off is taken as it is", "[engine][clock]") {
  HandOffice office;
  office.set("2026-03-03T10:00");
  office.engine.reset();
  office.store.reset();
  office.clock->set(parse_rfc3339("2026-03-02T09:30:00+07:00").value());
  office.open();
  office.look();
  const auto before = office.done();
  CHECK(before.count("task_reminded reminder0.0") == 1);
  office.set("2026-03-06T22:30");
  const auto after = office.done();
  CHECK(after.count("task_reminded reminder0.0") == 1);
  CHECK(after.count("task_overdue") == 1);
  CHECK(after.count("start daily/_/2026-03-03T09:00:00+07:00") == 1);
  CHECK(after.count("start daily/_/2026-03-04T09:00:00+07:00") == 1);
}

TEST_CASE("a suspension that ends before it began by the clock moves nothing", "[engine][clock]") {
  HandOffice office;
  office.set("2026-03-03T10:00");
  REQUIRE(office.engine->submit(office.approval.instance,
                                SuspendInstance{PersonId{"ad"}, "kiểm kê"}, {}));
  office.set("2026-03-02T10:00");
  REQUIRE(office.engine->submit(office.approval.instance, ResumeInstance{PersonId{"ad"}}, {}));
  const State state = decode_state(
      Json::parse(**office.store->reads()->find_state(office.approval.instance)));
  REQUIRE(state.stops.size() == 1);
  CHECK(state.stops[0].from == state.stops[0].to);
  CHECK(state.tasks.begin()->second.due_explain.at("date") == "2026-03-04");
  CHECK(verify(*office.store)->findings.empty());
}

}  // namespace
}  // namespace kyhan::test
