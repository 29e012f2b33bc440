// What a unit of work promises: all or nothing, a command alone can be undone, nothing is lost on
// the way to the disk and back.

#include "workflow/store/chain.hpp"

#include "tests/store/support.hpp"

namespace kyhan::test {
namespace {

TEST_CASE("what is committed is read back as it was written", "[store][unit_of_work]") {
  const Folder home;
  const auto store = open_store(home.path());
  {
    UnitOfWork work{*store};
    Run run{"i-1", "so-noi-vu", "KT-2026-01"};
    TaskRow task = run.open_task(work, {user("binh"), user("chi")}, at(1000));
    run.claim(work, task, "binh");
    work.stage_outbox({0, "e-1", "task.created.so-noi-vu", "{}", at(1)});
    work.stage_notification({0,
                             PersonId{"binh"},
                             at(1),
                             "task.created",
                             {"Việc mới", "New task"},
                             {"", ""},
                             task.id,
                             run.row.id,
                             std::nullopt});
    REQUIRE(work.commit());
  }
  const ReadLease reads = store->reads();

  const auto instance = reads->find_instance(InstanceId{"i-1"}).value();
  REQUIRE(instance);
  CHECK(instance->business_key == "KT-2026-01");
  CHECK(instance->definition == DefinitionRef{"vn.test", "reward-nomination", "1.0.0"});
  CHECK(instance->title == Text{"Khen thưởng", "Reward"});
  CHECK(instance->started_at == at(0));
  CHECK_FALSE(instance->ended_at);

  const auto task = reads->find_task(TaskId{"i-1.1"}).value();
  REQUIRE(task);
  CHECK(task->holder == PersonId{"binh"});
  CHECK(task->candidates == std::vector<std::string>{"user:binh", "user:chi"});
  CHECK(task->due_at == at(1000));
  CHECK(task->claimed_at == at(2));
  CHECK(task->state == TaskState::claimed);
  CHECK(task->spec_json == R"({"outcomes":["approve"]})");
  CHECK(task->instance == InstanceId{"i-1"});
  CHECK(task->definition_version == "1.0.0");
  CHECK(task->instance_title.vi == "Khen thưởng");

  const auto outbox = reads->outbox_after(0, 10).value();
  REQUIRE(outbox.size() == 1);
  CHECK(outbox[0].routing_key == "task.created.so-noi-vu");
  CHECK(reads->count_unread(PersonId{"binh"}).value() == 1);
  CHECK(reads->participants_of(InstanceId{"i-1"}).value() ==
        std::vector<PersonId>{PersonId{"an"}, PersonId{"binh"}});
}

TEST_CASE("a dropped command leaves the rest of its batch alone", "[store][unit_of_work]") {
  const Folder home;
  const auto store = open_store(home.path());
  UnitOfWork work{*store};
  Run kept{"kept", "u"};
  Run dropped{"dropped", "u"};

  work.begin_command();
  kept.open_task(work, {user("binh")}, at(1));
  REQUIRE(work.keep_command());
  work.begin_command();
  dropped.open_task(work, {user("binh")}, at(1));
  work.drop_command();
  REQUIRE(work.commit());

  const ReadLease reads = store->reads();
  CHECK(reads->find_instance(InstanceId{"kept"}).value());
  CHECK_FALSE(reads->find_instance(InstanceId{"dropped"}).value());
  CHECK(reads->due_timers(at(5000), 10).value().size() == 1);
}

TEST_CASE("a command that breaks a rule fails alone and says so", "[store][unit_of_work]") {
  const Folder home;
  const auto store = open_store(home.path());
  UnitOfWork work{*store};
  Run first{"i-1", "u", "KEY"};
  Run second{"i-2", "u", "KEY"};
  work.begin_command();
  first.open_task(work, {user("binh")}, at(1));
  REQUIRE(work.keep_command());

  const auto carries_key = [&](std::optional<UnitId> unit) {
    return work.find_business_key("reward-nomination", "KEY", unit).value();
  };
  CHECK(carries_key(std::nullopt) == InstanceId{"i-1"});
  CHECK(carries_key(UnitId{"u"}) == InstanceId{"i-1"});
  CHECK_FALSE(carries_key(UnitId{"other"}));
  work.begin_command();
  second.open_task(work, {user("binh")}, at(1));
  CHECK(work.failed());
  const Result<void> refused = work.keep_command();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::conflict);
  CHECK(refused.error().type == "constraint");

  CHECK_FALSE(work.failed());
  REQUIRE(work.commit());
  InstanceQuery everything;
  everything.visibility.everything = true;
  const auto kept = store->reads()->instances(everything);
  REQUIRE(kept);
  REQUIRE(kept->items.size() == 1);
  CHECK(kept->items.front().id == InstanceId{"i-1"});
}

TEST_CASE("instances without a business key never collide", "[store][unit_of_work]") {
  const Folder home;
  const auto store = open_store(home.path());
  commit_run(*store, "i-1", "u", "binh");
  commit_run(*store, "i-2", "u", "binh");
  CHECK(store->reads()->sizes().value().instances_open == 2);
}

TEST_CASE("a unit of work that is not committed leaves nothing", "[store][unit_of_work]") {
  const Folder home;
  const auto store = open_store(home.path());
  {
    UnitOfWork work{*store};
    Run run{"i-1", "u"};
    run.open_task(work, {user("binh")}, at(1));
  }
  CHECK_FALSE(store->reads()->find_instance(InstanceId{"i-1"}).value());
  commit_run(*store, "i-2", "u", "binh");
  CHECK(store->reads()->find_instance(InstanceId{"i-2"}).value());
}

TEST_CASE("the writer finds what it needs to continue an instance", "[store][unit_of_work]") {
  const Folder home;
  const auto store = open_store(home.path());
  UnitOfWork work{*store};
  Run run{"i-1", "u"};
  run.open_task(work, {user("binh")}, at(1));

  const auto found = work.find_instance(InstanceId{"i-1"}).value();
  REQUIRE(found);
  CHECK(found->head.key == run.head.key);
  CHECK(found->head.seq == run.head.seq);
  CHECK(found->head.hash == run.head.hash);
  CHECK(Json::parse(found->state_json) == encode_state(run.state));
  CHECK_FALSE(work.find_instance(InstanceId{"i-2"}).value());
}

TEST_CASE("each journal row carries the hash of the one before it", "[store][journal]") {
  const Folder home;
  const auto store = open_store(home.path());
  commit_run(*store, "i-1", "u", "binh");
  const auto history = store->reads()->history(InstanceId{"i-1"}, {2, ""}).value();
  REQUIRE(history.items.size() == 2);
  CHECK(history.has_more);
  CHECK(history.items[0].previous == chain_start(InstanceId{"i-1"}));
  CHECK(history.items[1].previous == history.items[0].hash);
  const auto rest = store->reads()->history(InstanceId{"i-1"}, {2, history.end_cursor}).value();
  REQUIRE(rest.items.size() == 1);
  CHECK(rest.items[0].entry.type == "task_opened");
  CHECK_FALSE(rest.has_more);
}

TEST_CASE("a message leaves the outbox when it is sent, and its number is never used again",
          "[store][outbox]") {
  const Folder home;
  const auto store = open_store(home.path());
  const auto put = [&](const char* id) {
    UnitOfWork work{*store};
    work.stage_outbox({0, id, "key", "{}", at(0)});
    REQUIRE(work.commit());
  };
  put("a");
  put("b");
  const auto rows = store->reads()->outbox_after(0, 10).value();
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].id == "a");
  {
    UnitOfWork work{*store};
    work.stage_sent_up_to(rows[1].seq, Instant{});
    REQUIRE(work.commit());
  }
  CHECK(store->reads()->outbox_size().value() == 0);
  put("c");
  CHECK(store->reads()->outbox_after(0, 10).value().at(0).seq > rows[1].seq);
}

TEST_CASE("an event from outside is taken in once", "[store][unit_of_work]") {
  const Folder home;
  const auto store = open_store(home.path());
  UnitOfWork work{*store};
  CHECK(work.stage_received_event("/a", "1", at(0)).value());
  CHECK_FALSE(work.stage_received_event("/a", "1", at(1)).value());
  CHECK(work.stage_received_event("/b", "1", at(1)).value());
}

TEST_CASE("a listener is found by its type and by any, until it is cleared", "[store][waits]") {
  const Folder home;
  const auto store = open_store(home.path());
  UnitOfWork work{*store};
  Run run{"i-1", "u"};
  work.stage_instance(run.head, run.row);
  work.stage_subscription(run.head, 4, {"a.b", "c.d"});
  work.stage_subscription(run.head, 5, {""});
  REQUIRE(work.commit());
  {
    const ReadLease reads = store->reads();
    CHECK(reads->subscriptions("a.b").value().size() == 2);
    CHECK(reads->subscriptions("x.y").value().size() == 1);
  }
  UnitOfWork again{*store};
  again.clear_subscription(run.head, 4);
  again.clear_subscription(run.head, 5);
  REQUIRE(again.commit());
  CHECK(store->reads()->subscriptions("a.b").value().empty());
}

TEST_CASE("timers come back earliest first, and moving one moves it", "[store][waits]") {
  const Folder home;
  const auto store = open_store(home.path());
  UnitOfWork work{*store};
  Run run{"i-1", "u"};
  work.stage_instance(run.head, run.row);
  work.stage_timer(run.head, "n1", at(300));
  work.stage_timer(run.head, "n2", at(200));
  work.stage_timer(run.head, "n1", at(100));
  REQUIRE(work.commit());
  const ReadLease reads = store->reads();
  CHECK(reads->next_due().value() == at(100));
  CHECK(reads->due_timers(at(99), 10).value().empty());
  const auto due = reads->due_timers(at(1000), 1).value();
  REQUIRE(due.size() == 1);
  CHECK(due[0].timer == "n1");
  CHECK(reads->due_timers(at(1000), 10).value().size() == 2);
}

TEST_CASE("people at the door: sessions end, keys are forgotten after a day", "[store][people]") {
  const Folder home;
  const auto store = open_store(home.path());
  const Sha256 token = sha256_of("token");
  {
    UnitOfWork work{*store};
    work.stage_account({"an", PersonId{"an"}, "$argon2id$", false, true, at(0)});
    work.stage_session({token, PersonId{"an"}, "an", at(0), at(100), at(0)});
    work.stage_token({sha256_of("t2"), "finance", PersonId{}, true, at(0), std::nullopt});
    work.stage_idempotency({"an", "k", "POST /instances", sha256_of("b"), 201, "{}", "", at(0)});
    REQUIRE(work.commit());
  }
  const ReadLease reads = store->reads();
  CHECK(reads->find_account("an").value()->must_change);
  CHECK(reads->find_session(token, at(99)).value()->account == "an");
  CHECK_FALSE(reads->find_session(token, at(100)).value());
  CHECK(reads->find_token(sha256_of("t2"), at(9'999'999)).value()->system);
  CHECK(reads->find_idempotency("an", "k").value()->status == 201);
  UnitOfWork work{*store};
  work.clear_expired(at(0) + std::chrono::hours{24});
  REQUIRE(work.commit());
  CHECK_FALSE(reads->find_session(token, at(1)).value());
  CHECK_FALSE(reads->find_idempotency("an", "k").value());
  CHECK(reads->tokens().value().size() == 1);
}

TEST_CASE("the newest definition of a name is marked, all versions stay", "[store][definitions]") {
  const Folder home;
  const auto store = open_store(home.path());
  UnitOfWork work{*store};
  work.stage_definition({{"vn", "w", "1.0.0"}, {"a", "a"}, "{}", at(0), PersonId{"qt"}, true});
  work.stage_definition({{"vn", "w", "1.1.0"}, {"b", "b"}, "{}", at(1), PersonId{"qt"}, true});
  REQUIRE(work.commit());
  const auto rows = store->reads()->definitions().value();
  REQUIRE(rows.size() == 2);
  CHECK_FALSE(rows[0].latest);
  CHECK(rows[1].latest);
  CHECK(store->reads()->find_definition({"vn", "w", "1.0.0"}).value()->title.vi == "a");
  CHECK_FALSE(store->reads()->find_definition({"vn", "w", "2.0.0"}).value());
}

TEST_CASE("a schedule and its planned starts tell the next start", "[store][schedules]") {
  const Folder home;
  const auto store = open_store(home.path());
  UnitOfWork work{*store};
  CHECK_FALSE(store->reads()->next_start().value());
  work.stage_schedule({"w", "department", at(500), std::nullopt});
  work.stage_planned_start({"w", UnitId{"a"}, at(100), at(150)});
  work.stage_planned_start({"w", UnitId{"a"}, at(100), at(150)});
  work.stage_planned_start({"w", UnitId{"b"}, at(100), at(250)});
  REQUIRE(work.commit());
  const ReadLease reads = store->reads();
  CHECK(reads->next_start().value() == at(150));
  CHECK(reads->due_starts(at(200), 10).value().size() == 1);
  CHECK(reads->due_schedules(at(499), 10).value().empty());
  UnitOfWork again{*store};
  again.clear_planned_start({"w", UnitId{"a"}, at(100), at(150)});
  again.clear_planned_start({"w", UnitId{"b"}, at(100), at(250)});
  again.stage_schedule({"w", "department", std::nullopt, at(500)});
  REQUIRE(again.commit());
  CHECK_FALSE(reads->next_start().value());
}

TEST_CASE("notifications are the person's own and read once", "[store][notifications]") {
  const Folder home;
  const auto store = open_store(home.path());
  {
    UnitOfWork work{*store};
    for (const char* person : {"an", "an", "an", "binh"}) {
      work.stage_notification(
          {0, PersonId{person}, at(1), "notice", {"x", "x"}, {"", ""}, TaskId{}, InstanceId{}, {}});
    }
    REQUIRE(work.commit());
  }
  const ReadLease reads = store->reads();
  const auto page = reads->notifications(PersonId{"an"}, true, {2, ""}).value();
  REQUIRE(page.items.size() == 2);
  CHECK(page.has_more);
  CHECK(page.items[0].id > page.items[1].id);
  UnitOfWork work{*store};
  const std::vector<std::int64_t> ids{page.items[0].id};
  work.stage_notifications_read(PersonId{"binh"}, ids, at(2));  // Not binh's: nothing happens.
  REQUIRE(work.commit());
  CHECK(reads->count_unread(PersonId{"an"}).value() == 3);
  UnitOfWork mine{*store};
  mine.stage_notifications_read(PersonId{"an"}, ids, at(2));
  REQUIRE(mine.commit());
  CHECK(reads->count_unread(PersonId{"an"}).value() == 2);
  UnitOfWork all{*store};
  all.stage_all_notifications_read(PersonId{"an"}, at(3));
  REQUIRE(all.commit());
  CHECK(reads->count_unread(PersonId{"an"}).value() == 0);
  CHECK(reads->count_unread(PersonId{"binh"}).value() == 1);
}

}  // namespace
}  // namespace kyhan::test
