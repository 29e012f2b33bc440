// The life of a task: opened, claimed, released, commented on, completed, ended; what lists and
// other systems are told of it.

#include <algorithm>

#include "workflow/core/codec.hpp"
#include "workflow/core/decider.hpp"
#include "workflow/core/time_text.hpp"

namespace kyhan {

Outcome<void> Decider::open_task(NodeId id, Opening opening) {
  const Node& node = state_.nodes.at(id);
  const Step& step = step_of(node);
  Task task;
  task.id = TaskId(state_.id.text() + "." + std::to_string(state_.next_task));
  task.node = id;
  task.step = node.step;
  task.name = step.name;
  task.kind = opening.kind;
  task.unit = opening.unit;
  task.candidates = std::move(opening.candidates);
  task.excluded = std::move(opening.excluded);
  task.holder = opening.holder;
  task.direct = !opening.holder.empty();
  task.role = opening.role;
  task.excluded_units = std::move(opening.excluded_units);
  task.group = opening.group;
  task.added_by = opening.added_by;
  task.substitutes =
      task.kind == "task" && member(member(node.spec, "assignment"), "substitutes") == true;
  task.state = task.direct ? TaskState::claimed : TaskState::offered;
  task.opened_at = now_.at;
  if (task.direct) task.claimed_at = now_.at;

  if (Outcome<void> set = set_due(task); !set) return set.error();
  if (Outcome<void> planned = plan_moments(task, node.spec, now_.at); !planned) {
    return planned.error();
  }

  const Text title = text_of(member(spec_of(task), "title"));
  apply(TaskOpened{task, title, task.kind, now_.at});
  save_task(task);
  announce(task, "created");
  tell(task, reached(addressees(Json::array({"assignee"}), task), task), "task.created",
       {"Bạn có việc mới cần xử lý.", "You have a new task."});
  return {};
}

std::vector<Notify> Decider::notices_of(const Task& task, const std::vector<Addressee>& people,
                                        const Notify& how) const {
  std::map<PersonId, std::vector<PersonId>> by_absent;
  for (const Addressee& one : people) by_absent[one.on_behalf_of].push_back(one.person);
  const Text title = text_of(member(spec_of(task), "title"));
  std::vector<Notify> notices;
  for (auto& [absent, deputies] : by_absent) {
    Notify& notice = notices.emplace_back(how);
    notice.to = std::move(deputies);
    notice.title = title;
    notice.task = task.id;
    if (absent.empty()) continue;
    notice.on_behalf_of = absent;
    const Person* person = world_.directory.find_person(absent);
    const std::string name = person != nullptr ? person->name : absent.text();
    notice.body = {"Thay mặt " + name + ": " + how.body.vi,
                   "On behalf of " + name + ": " + how.body.en};
  }
  return notices;
}

void Decider::tell(const Task& task, const std::vector<Addressee>& people, std::string kind,
                   Text body) {
  Notify how;
  how.kind = std::move(kind);
  how.body = std::move(body);
  for (Notify& notice : notices_of(task, people, how)) effect(std::move(notice));
}

void Decider::save_task(const Task& task, const Response* response) {
  const Node* node = find_node(task.node);
  SaveTask save;
  save.task = task;
  save.kind = task.kind;
  const Step& step = definition().steps.at(static_cast<std::size_t>(task.step));
  save.step_pointer = step.pointer;
  if (node != nullptr) {
    save.spec = spec_of(task);
    save.title = text_of(member(save.spec, "title"));
  }
  if (response != nullptr) save.response = *response;
  effect(std::move(save));
}

void Decider::publish(std::string_view entity, std::string_view event, const UnitId& unit,
                      std::string subject, Json data, std::string id) {
  const std::string unit_text = unit.empty() ? "_" : unit.text();
  data["instance"] = state_.id.text();
  data["definition"] = {{"name", state_.definition.name}, {"version", state_.definition.version}};
  if (!unit.empty()) data["unit"] = unit.text();
  if (id.empty()) {
    id = state_.id.text() + "-" + std::to_string(state_.revision) + "-" +
         std::to_string(effects_.size());
  }
  const std::string name = std::string(entity) + "." + std::string(event);
  effect(Publish{name + "." + unit_text,
                 {{"specversion", "1.0"},
                  {"id", std::move(id)},
                  {"source", "/kyhan/instances/" + state_.id.text()},
                  {"type", "vn.kyhan." + name + ".v1"},
                  {"subject", std::move(subject)},
                  {"time", to_rfc3339(now_.at)},
                  {"datacontenttype", "application/json"},
                  {"data", std::move(data)}}});
}

void Decider::announce(const Task& task, std::string_view event, Json data) {
  data["task"] = task.id.text();
  data["step"] = task.name;
  data["state"] = std::string(to_text(task.state));
  if (task.due_at) data["dueAt"] = to_rfc3339(*task.due_at);
  if (!task.holder.empty()) data["holder"] = task.holder.text();
  if (!task.on_behalf_of.empty()) data["onBehalfOf"] = task.on_behalf_of.text();
  publish("task", event, task.unit, task.id.text(), std::move(data));
}

Result<void> Decider::claim(const ClaimTask& command) {
  const auto found = state_.tasks.find(command.task);
  if (found == state_.tasks.end()) return task_not_open(command.task);
  const Result<Capacity> may = may_act(found->second, command.by);
  if (!may) return may.error();
  if (found->second.holder == command.by) return {};
  apply(TaskClaimed{command.task, command.by, now_.at, may->on_behalf_of, command.via});
  const Task& task = state_.tasks.at(command.task);
  save_task(task);
  announce(task, "claimed");
  return {};
}

Result<void> Decider::release(const ReleaseTask& command) {
  const auto found = state_.tasks.find(command.task);
  if (found == state_.tasks.end()) return task_not_open(command.task);
  const Task& task = found->second;
  if (task.holder != command.by) {
    return Error{ErrorCode::forbidden,
                 "not-the-holder",
                 {"Chỉ người đang giữ công việc mới trả lại được.",
                  "Only the holder of a task may release it."}};
  }
  if (task.direct && task.on_behalf_of.empty() && task.delegated_by.empty()) {
    return Error{ErrorCode::conflict,
                 "task-assigned",
                 {"Công việc được giao đích danh, không thể trả lại cho nhóm.",
                  "The task is assigned to one person and cannot be released."}};
  }
  apply(TaskReleased{command.task, command.by, now_.at, command.via});
  save_task(state_.tasks.at(command.task));
  announce(state_.tasks.at(command.task), "released", {{"by", command.by.text()}});
  return {};
}

Result<void> Decider::complete(const CompleteTask& command) {
  const auto found = state_.tasks.find(command.task);
  if (found == state_.tasks.end()) return task_not_open(command.task);
  const Result<Capacity> may = may_act(found->second, command.by);
  if (!may) return may.error();
  if (found->second.kind == "ballot") return cast_ballot(found->second, command, *may);
  if (Result<void> valid = check_answer(found->second, command); !valid) return valid.error();
  accept_answer(command.task, response_of(found->second, command, *may));
  return {};
}

void Decider::end_task(const TaskId& id, TaskState state, const char* reason, const PersonId& by,
                       const std::string& comment, const std::string& via) {
  Task task = state_.tasks.at(id);
  apply(TaskEnded{id, state, reason, now_.at, by, comment, via});
  task.state = state;
  task.asked.clear();
  ++task.version;
  save_task(task);
  announce(task, to_text(state), {{"reason", reason}});
}

void Decider::withdraw_tasks_of(NodeId id, const char* reason) {
  std::vector<TaskId> doomed;
  for (const auto& [task_id, task] : state_.tasks) {
    if (task.node == id) doomed.push_back(task_id);
  }
  for (const TaskId& task : doomed) end_task(task, TaskState::withdrawn, reason);
}

}  // namespace kyhan
