// Jobs: items done once each, over restarts and a full disk.

#include "workflow/engine/bulk.hpp"

#include "tests/engine/support.hpp"
#include "tests/store/counting_vfs.hpp"

namespace kyhan::test {
namespace {

JobRequest answers_to(const std::vector<Receipt>& cases) {
  JobRequest request;
  request.kind = "tasks";
  request.by = PersonId{"an"};
  for (const Receipt& one : cases) {
    CompleteTask answer;
    answer.task = one.open_tasks.at(0).id;
    answer.by = request.by;
    answer.outcome = "done";
    answer.comment = "theo lô\n";
    answer.data = {{"so", 1}};
    answer.attachments.push_back({"f1", "report", "a.pdf", "application/pdf", 8, "00ff"});
    request.items.push_back(
        {answer.task.text(), Addressed{one.instance, answer, std::int64_t{1}}, std::nullopt});
  }
  return request;
}

/// Answers after the batches before it.
void let_a_batch_pass(Engine& engine) {
  (void)engine.write([](UnitOfWork&) {
    return Result<Json>{boost::system::in_place_value, nullptr};
  });
}

JobRow wait_for(House& house, const std::string& id) {
  for (int i = 0; i < 10'000; ++i) {
    const auto job = house.store->reads()->find_job(id);
    REQUIRE(job);
    REQUIRE(*job);
    if ((*job)->finished_at) return **job;
    let_a_batch_pass(*house.engine);
  }
  FAIL("the job does not end");
  return {};
}

TEST_CASE("a command of a job reads as it was written", "[engine][jobs]") {
  CompleteTask answer{TaskId{"i.1"},   PersonId{"an"},
                      "done",          "vì “a”",
                      {{"x", {1, 2}}}, {{"f1", "report", "a.pdf", "application/pdf", 8, "00ff"}}};
  const Addressed work{InstanceId{"i"}, answer, std::int64_t{3}};
  const Addressed read = decode_addressed(encode(work));
  CHECK(read.instance == work.instance);
  CHECK(read.expected_version == 3);
  const auto& back = std::get<CompleteTask>(read.command);
  CHECK(back.data == answer.data);
  CHECK(back.comment == answer.comment);
  CHECK(back.attachments == answer.attachments);
  const Addressed taken =
      decode_addressed(encode(Addressed{InstanceId{"i"}, ClaimTask{TaskId{"i.2"}, PersonId{"b"}}}));
  CHECK(std::get<ClaimTask>(taken.command).task == TaskId{"i.2"});
  CHECK_FALSE(taken.expected_version);
  CHECK_THROWS(encode(Addressed{InstanceId{"i"}, CancelInstance{}}));
  const Error error{ErrorCode::stale, "task-changed", {"a", "b"}, {{"/x", "c", {"d", "e"}}}};
  const Error same = decode_error(encode(error));
  CHECK(same.code == error.code);
  CHECK(same.type == error.type);
  CHECK(same.detail == error.detail);
  REQUIRE(same.fields.size() == 1);
  CHECK(same.fields[0].message == error.fields[0].message);
}

TEST_CASE("a job that a restart interrupts goes on, each item once", "[engine][jobs]") {
  House house;
  house.limits.job_items_per_batch_max = 3;
  house.settle().publish(definition("approval", approval_steps));
  std::vector<Receipt> cases;
  for (int i = 0; i < 60; ++i) cases.push_back(house.start("approval"));
  const Result<std::string> id = house.engine->add_job(answers_to(cases));
  REQUIRE(id);
  int restarts = 0;
  for (;;) {
    const auto job = house.store->reads()->find_job(*id);
    REQUIRE(job);
    if ((*job)->finished_at) break;
    house.reopen();
    let_a_batch_pass(*house.engine);
    ++restarts;
    REQUIRE(restarts < 100);
  }
  CHECK(restarts > 1);
  const auto job = house.store->reads()->find_job(*id);
  CHECK((*job)->refused == 0);
  for (const Receipt& one : cases) {
    const std::vector<std::string> history = house.history(one.instance);
    CHECK(std::ranges::count(history, "task_completed") == 1);
  }
  CHECK(house.store->reads()->count_unread(PersonId{"an"}).value() >= 1);
  CHECK(house.findings().empty());
}

TEST_CASE("refused items are kept with their reason, and what was known before stays",
          "[engine][jobs]") {
  House house;
  house.settle().publish(definition("approval", approval_steps));
  const std::vector<Receipt> cases{house.start("approval"), house.start("approval")};
  JobRequest request = answers_to(cases);
  std::get<CompleteTask>(request.items[0].work->command).outcome = "nonsense";
  request.items.push_back(
      {"nowhere.1", std::nullopt, Error{ErrorCode::not_found, "not-found", {}}});
  const std::string id = house.engine->add_job(std::move(request)).value();
  const JobRow job = wait_for(house, id);
  CHECK(job.refused == 2);
  const auto items = house.store->reads()->job_items(job.key, std::nullopt, {});
  REQUIRE(items);
  REQUIRE(items->items.size() == 3);
  CHECK(decode_error(items->items[0].result_json).type == "unknown-outcome");
  CHECK(decode_item_done(items->items[1].result_json).state == "completed");
  CHECK(decode_error(items->items[2].result_json).type == "not-found");
  for (const JobItemRow& item : items->items) CHECK(item.command_json.empty());
  CHECK(house.findings().empty());
}

TEST_CASE("a disk that fills up in the middle of a job loses and repeats nothing",
          "[engine][jobs]") {
  CountingVfs vfs;
  House house;
  house.vfs = vfs.name();
  house.limits.job_items_per_batch_max = 2;
  house.settle().publish(definition("approval", approval_steps));
  std::vector<Receipt> cases;
  for (int i = 0; i < 20; ++i) cases.push_back(house.start("approval"));
  const std::string id = house.engine->add_job(answers_to(cases)).value();
  for (const int operation : {1, 7, 13}) {
    vfs.fail_after(operation);
    let_a_batch_pass(*house.engine);
    let_a_batch_pass(*house.engine);
    vfs.heal();
  }
  const JobRow job = wait_for(house, id);
  CHECK(job.refused == 0);
  for (const Receipt& one : cases) {
    CHECK(std::ranges::count(house.history(one.instance), "task_completed") == 1);
  }
  CHECK(house.findings().empty());
  house.close();
}

TEST_CASE("jobs go a month after their end", "[engine][jobs]") {
  House house;
  house.settle().publish(definition("approval", approval_steps));
  const std::string id = house.engine->add_job(answers_to({house.start("approval")})).value();
  wait_for(house, id);
  house.advance("2026-03-20T08:00:00+07:00");
  CHECK(house.store->reads()->find_job(id).value());
  house.advance("2026-04-05T08:00:00+07:00");
  CHECK_FALSE(house.store->reads()->find_job(id).value());
}

}  // namespace
}  // namespace kyhan::test
