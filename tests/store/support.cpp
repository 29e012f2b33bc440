#include "tests/store/support.hpp"

#include <cstdlib>
#include <unistd.h>

namespace kyhan::test {

Folder::Folder() {
  std::string name = (std::filesystem::temp_directory_path() / "kyhan-test-XXXXXX").string();
  REQUIRE(::mkdtemp(name.data()) != nullptr);
  path_ = name;
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::unique_ptr<Store> open_store(const std::filesystem::path& home, const std::string& vfs) {
  StoreOptions options;
  options.home = home;
  options.vfs = vfs;
  Result<std::unique_ptr<Store>> store = Store::open(options);
  if (!store) FAIL(store.error().detail.en);
  return std::move(*store);
}

Run::Run(std::string id, std::string unit, std::string business_key) {
  row.id = InstanceId{std::move(id)};
  row.definition = {"vn.test", "reward-nomination", "1.0.0"};
  row.unit = UnitId{std::move(unit)};
  row.business_key = std::move(business_key);
  row.initiator = PersonId{"an"};
  row.started_at = at(0);
  row.title = {"Khen thưởng", "Reward"};
  row.current_json = "[]";
  row.search = "khen thuong " + row.id.text();
}

void Run::add(UnitOfWork& work, const Event& event, const std::string& actor) {
  evolve(state, event);
  JournalEntry entry;
  entry.seq = head.seq + 1;
  entry.at = at(entry.seq);
  entry.type = type_of(event);
  entry.actor = actor;
  entry.body_json = encode(event).dump();
  work.stage_journal(head, entry);
}

void Run::save(UnitOfWork& work) {
  row.status = state.status;
  row.ended_at = state.ended_at;
  row.revision = state.revision;
  work.stage_instance(head, row);
  work.stage_state(head, encode_state(state).dump());
}

TaskRow Run::open_task(UnitOfWork& work, std::vector<Candidate> candidates,
                       std::optional<Instant> due_at) {
  work.stage_instance(head, row);
  work.stage_participant(head, row.initiator);
  InstanceStarted started;
  started.id = row.id;
  started.definition = row.definition;
  started.unit = row.unit;
  started.business_key = row.business_key;
  started.by = row.initiator;
  started.raw = Json::object();
  started.at = row.started_at;
  add(work, started, row.initiator.text());
  NodeEntered entered;
  entered.node = 1;
  entered.step = 0;
  entered.pointer = "/do/0/approve";
  entered.at = row.started_at;
  add(work, entered);
  TaskOpened opened;
  opened.task.id = TaskId{row.id.text() + ".1"};
  opened.task.node = 1;
  opened.task.step = 0;
  opened.task.name = "approve";
  opened.task.unit = row.unit;
  opened.task.candidates = std::move(candidates);
  opened.task.opened_at = row.started_at;
  opened.task.due_at = due_at;
  if (due_at) opened.task.moments = {{*due_at, "overdue", 0, 0}};
  opened.title = {"Phê duyệt", "Approve"};
  opened.kind = "task";
  opened.at = row.started_at;
  add(work, opened);

  TaskRow task;
  task.id = opened.task.id;
  task.instance = row.id;
  task.node = 1;
  task.definition = row.definition.name;
  task.name = opened.task.name;
  task.kind = opened.kind;
  task.step_pointer = entered.pointer;
  task.title = opened.title;
  task.spec_json = R"({"outcomes":["approve"]})";
  task.unit = row.unit;
  for (const Candidate& candidate : opened.task.candidates) {
    task.candidates.push_back(to_key(candidate));
  }
  task.opened_at = row.started_at;
  task.due_at = due_at;
  task.image_json = encode(opened.task).dump();
  task.search = row.search;
  work.stage_task(head, task);
  for (const auto& [timer, when] : waits_of(state).timers) work.stage_timer(head, timer, when);
  save(work);
  return task;
}

void Run::claim(UnitOfWork& work, TaskRow& task, const std::string& person) {
  add(work, TaskClaimed{task.id, PersonId{person}, at(2)}, person);
  task.state = TaskState::claimed;
  task.holder = PersonId{person};
  task.claimed_at = at(2);
  ++task.version;
  work.stage_task(head, task);
  work.stage_participant(head, task.holder);
  save(work);
}

void Run::complete(UnitOfWork& work, TaskRow& task, const std::string& person, Instant when) {
  for (const auto& [timer, due] : waits_of(state).timers) work.clear_timer(head, timer);
  TaskCompleted completed;
  completed.pointer = task.step_pointer;
  completed.response.task = task.id;
  completed.response.by = PersonId{person};
  completed.response.outcome = "approve";
  completed.response.at = when;
  add(work, completed, person);
  NodeExited exited;
  exited.node = 1;
  exited.pointer = task.step_pointer;
  exited.next = -1;
  exited.at = when;
  add(work, exited);
  add(work, InstanceCompleted{Json{{"approved", true}}, when});
  task.state = TaskState::completed;
  task.performer = PersonId{person};
  task.outcome = "approve";
  task.ended_at = when;
  ++task.version;
  work.stage_task(head, task);
  save(work);
}

TaskRow commit_run(Store& store, const std::string& id, const std::string& unit,
                   const std::string& person, std::optional<Instant> due_at) {
  UnitOfWork work{store};
  Run run{id, unit};
  const TaskRow task = run.open_task(work, {user(person)}, due_at);
  const Result<void> committed = work.commit();
  if (!committed) FAIL(committed.error().detail.en);
  return task;
}

}  // namespace kyhan::test
