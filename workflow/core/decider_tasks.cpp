// People's work: who may act, what an answer must bring, when several answers make one result
// (language.md 5.2 and its rulings).

#include <algorithm>

#include "workflow/core/codec.hpp"
#include "workflow/core/decider.hpp"
#include "workflow/core/forms.hpp"
#include "workflow/core/time_text.hpp"
#include "workflow/core/vote_count.hpp"

namespace kyhan {
namespace {

bool lists(const Json& array, std::string_view wanted) {
  return array.is_array() && std::ranges::find(array, Json(std::string(wanted))) != array.end();
}

Json outcomes_of(const Json& spec) {
  const Json& outcomes = member(spec, "outcomes");
  if (outcomes.is_array() && !outcomes.empty()) return outcomes;
  return Json::array({{{"id", "done"}, {"label", {{"vi", "Hoàn thành"}, {"en", "Done"}}}}});
}

std::string join(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

Error task_not_open(const TaskId& id) {
  return {ErrorCode::not_found,
          "task-not-open",
          {"Công việc " + id.text() + " không còn mở.", "Task " + id.text() + " is not open."}};
}

/// The outcome most frequent among the responses; the earlier one on a tie.
std::string majority_of(const std::vector<Response>& responses) {
  std::string best;
  std::size_t best_count = 0;
  for (const Response& one : responses) {
    const auto count = static_cast<std::size_t>(
        std::ranges::count(responses, one.outcome, &Response::outcome));
    if (count > best_count) best = one.outcome, best_count = count;
  }
  return best;
}

/// The first outcome of `order` (worst first) that occurs; the first response's where none does.
std::string worst_of(const std::vector<Response>& responses, const Json& order) {
  if (order.is_array()) {
    for (const Json& outcome : order) {
      if (std::ranges::find(responses, outcome.get<std::string>(), &Response::outcome) !=
          responses.end()) {
        return outcome.get<std::string>();
      }
    }
  }
  return responses.front().outcome;
}

std::string decided_by(const std::vector<Response>& responses, const Json& completion) {
  const std::string how = text_member(completion, "decideBy", "first");
  if (how == "majority") return majority_of(responses);
  if (how == "worst") return worst_of(responses, member(completion, "order"));
  if (how == "unanimous") {
    const std::string& common = responses.front().outcome;
    if (std::ranges::all_of(responses, [&](const Response& r) { return r.outcome == common; })) {
      return common;
    }
    const Json& order = member(completion, "order");
    if (order.is_array()) return worst_of(responses, order);
    const std::string most = majority_of(responses);
    return std::ranges::find_if(responses, [&](const Response& r) { return r.outcome != most; })
        ->outcome;
  }
  return responses.front().outcome;
}

}  // namespace

const Calendar& Decider::calendar_for(const Json& form, const UnitId& unit) const {
  std::string id = text_member(form, "calendar", definition().calendar);
  if (id == "unit") {
    id.clear();
    for (const Unit* one = world_.directory.find_unit(unit); one != nullptr;
         one = world_.directory.find_unit(one->parent)) {
      if (!one->calendar.empty()) {
        id = one->calendar;
        break;
      }
    }
  }
  const Calendar* found = id.empty() ? nullptr : world_.calendars.find(id);
  return found != nullptr ? *found : world_.calendars.built_in();
}

Outcome<std::vector<Candidate>> Decider::resolve_candidates(const Json& candidates,
                                                            std::string_view field) const {
  Result<std::vector<Candidate>> found = world_.directory.resolve(candidates, state_.unit);
  if (!found) {
    return standard_error("configuration", 400, std::string(field) + ": " + found.error().detail.en);
  }
  return std::move(*found);
}

Outcome<std::vector<PersonId>> Decider::resolve_excluded(const Json& exclude) const {
  std::set<PersonId> people;
  for (const Json& user : member(exclude, "users")) {
    if (user.is_string() && !user.get_ref<const std::string&>().empty()) {
      people.insert(PersonId(user.get<std::string>()));
    }
  }
  for (const Json& name : member(exclude, "performersOf")) {
    const std::string wanted = name.get<std::string>();
    for (const Step& step : definition().steps) {
      if (step.name != wanted && step.pointer != wanted) continue;
      const auto found = state_.performers.find(step.pointer);
      if (found != state_.performers.end()) people.insert(found->second.begin(), found->second.end());
    }
  }
  return std::vector<PersonId>(people.begin(), people.end());
}

bool Decider::anyone_of(const std::vector<Candidate>& candidates,
                        const std::vector<PersonId>& excluded) const {
  for (const Candidate& candidate : candidates) {
    for (const PersonId& person : world_.directory.members_of(candidate)) {
      if (!std::ranges::binary_search(excluded, person)) return true;
    }
  }
  return false;
}

Outcome<void> Decider::open_human_task(NodeId id) {
  const Json spec = state_.nodes.at(id).spec;
  const Json& assignment = member(spec, "assignment");
  Outcome<std::vector<Candidate>> candidates =
      resolve_candidates(member(assignment, "candidates"), "assignment.candidates");
  if (!candidates) return candidates.error();
  Outcome<std::vector<PersonId>> excluded = resolve_excluded(member(assignment, "exclude"));
  if (!excluded) return excluded.error();

  const auto nobody = [&] {
    std::vector<std::string> keys;
    for (const Candidate& one : *candidates) keys.push_back(to_key(one));
    return standard_error("configuration", 400,
                          "nobody qualifies for this task: candidates " + join(keys) +
                              (excluded->empty() ? "" : ", after those excluded"));
  };
  if (!anyone_of(*candidates, *excluded)) return nobody();

  const auto eligible = [&](const std::vector<Candidate>& of) {
    std::set<PersonId> people;
    for (const Candidate& candidate : of) {
      for (const PersonId& person : world_.directory.members_of(candidate)) {
        if (!std::ranges::binary_search(*excluded, person)) people.insert(person);
      }
    }
    return people;
  };

  const std::string mode = text_member(assignment, "mode", "claim");
  if (mode == "claim") return open_task(id, {"task", state_.unit, *candidates, *excluded, {}});
  if (mode == "direct") {
    const std::set<PersonId> people = eligible(*candidates);
    if (people.size() != 1) {
      return standard_error("configuration", 400,
                            "assignment.mode direct must give one person, it gave " +
                                std::to_string(people.size()));
    }
    return open_task(id, {"task", state_.unit, *candidates, *excluded, *people.begin()});
  }
  // offer: one item per unit or per person.
  if (text_member(member(spec, "completion"), "per", "user") == "unit") {
    std::map<UnitId, std::vector<Candidate>> by_unit;
    for (const Candidate& candidate : *candidates) by_unit[candidate.unit].push_back(candidate);
    for (auto& [unit, of_unit] : by_unit) {
      if (eligible(of_unit).empty()) {
        return standard_error("configuration", 400,
                              "nobody qualifies for this task in unit " + unit.text());
      }
      Outcome<void> opened = open_task(
          id, {"task", unit.empty() ? state_.unit : unit, std::move(of_unit), *excluded, {}});
      if (!opened) return opened.error();
    }
    return {};
  }
  for (const PersonId& person : eligible(*candidates)) {
    Candidate one;
    one.user = person;
    UnitId unit = state_.unit;
    for (const Candidate& candidate : *candidates) {
      if (!world_.directory.matches(candidate, person)) continue;
      const UnitId through = world_.directory.unit_through(candidate, person);
      if (!through.empty()) unit = through;
      break;
    }
    Outcome<void> opened = open_task(id, {"task", unit, {one}, *excluded, person});
    if (!opened) return opened.error();
  }
  return {};
}

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
  task.state = task.direct ? TaskState::claimed : TaskState::offered;
  task.opened_at = now_.at;
  if (task.direct) task.claimed_at = now_.at;

  const Json& due = member(node.spec, "due");
  if (due.is_object()) {
    Result<DueDate> computed = compute_due(calendar_for(due, task.unit), now_.at, due);
    if (!computed) {
      return standard_error("validation", 400, "due: " + computed.error().detail.en);
    }
    task.due_at = computed->instant;
    Json explain = Json::array();
    for (const Text& line : computed->explain) explain.push_back(text_json(line));
    task.due_explain = {{"date", to_iso_date(computed->date)},
                        {"provisional", computed->provisional},
                        {"explain", std::move(explain)}};
  }
  if (task.kind == "ballot" && node.wake_at && !task.due_at) {
    // A ballot is due when the vote closes.
    task.due_at = node.wake_at;
    const std::string day = to_iso_date(date_in_zone(
        *node.wake_at - Milliseconds{1}, calendar_for(Json(), task.unit).zone()));
    task.due_explain = {{"date", day}, {"provisional", false}, {"explain", Json::array()}};
  }
  if (Outcome<void> planned = plan_moments(task, node.spec); !planned) return planned.error();

  const Text title = text_of(member(spec_of(task), "title"));
  apply(TaskOpened{task, title, task.kind, now_.at});
  save_task(task);
  announce(task, "created");
  std::vector<PersonId> to = addressees(Json::array({"assignee"}), task);
  if (!to.empty()) {
    effect(Notify{std::move(to), "task.created", title,
                  {"Bạn có việc mới cần xử lý.", "You have a new task."}, task.id});
  }
  return {};
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
  publish("task", event, task.unit, task.id.text(), std::move(data));
}

Result<void> Decider::may_act(const Task& task, const PersonId& person) const {
  if (std::ranges::binary_search(task.excluded, person)) {
    return Error{ErrorCode::forbidden,
                 "excluded",
                 {"Bạn không được thực hiện bước này vì đã tham gia bước trước của hồ sơ (nguyên tắc "
                  "hai người).",
                  "You may not act here: you took part in an earlier step of this case (four-eyes)."}};
  }
  if (!task.holder.empty() && task.holder != person) {
    const bool candidate = !task.direct && std::ranges::any_of(task.candidates, [&](const Candidate& c) {
      return world_.directory.matches(c, person);
    });
    if (candidate) {
      return Error{ErrorCode::conflict,
                   "task-held",
                   {"Công việc đang do " + task.holder.text() + " xử lý.",
                    "The task is held by " + task.holder.text() + "."}};
    }
  }
  if (task.holder == person) return {};
  const bool candidate = std::ranges::any_of(task.candidates, [&](const Candidate& one) {
    return world_.directory.matches(one, person);
  });
  if (candidate && !task.direct) return {};
  return Error{ErrorCode::forbidden,
               "not-a-candidate",
               {person.text() + " không thuộc những người được giao công việc này.",
                person.text() + " is not among those who may act on this task."}};
}

Result<void> Decider::claim(const ClaimTask& command) {
  const auto found = state_.tasks.find(command.task);
  if (found == state_.tasks.end()) return task_not_open(command.task);
  if (Result<void> may = may_act(found->second, command.by); !may) return may.error();
  if (found->second.holder == command.by) return {};
  apply(TaskClaimed{command.task, command.by, now_.at});
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
  if (task.direct) {
    return Error{ErrorCode::conflict,
                 "task-assigned",
                 {"Công việc được giao đích danh, không thể trả lại cho nhóm.",
                  "The task is assigned to one person and cannot be released."}};
  }
  apply(TaskReleased{command.task, command.by, now_.at});
  save_task(state_.tasks.at(command.task));
  announce(state_.tasks.at(command.task), "released", {{"by", command.by.text()}});
  return {};
}

Result<void> Decider::comment(const CommentOnTask& command) {
  if (!state_.tasks.contains(command.task)) return task_not_open(command.task);
  apply(TaskCommented{command.task, command.by, command.comment, now_.at});
  return {};
}

Result<void> Decider::check_answer(const Task& task, const CompleteTask& command) const {
  const Json spec = spec_of(task);
  const Json outcomes = outcomes_of(spec);
  const std::string wanted = command.outcome.empty() && outcomes.size() == 1
                                 ? text_member(outcomes[0], "id")
                                 : command.outcome;
  const auto outcome = std::ranges::find_if(
      outcomes, [&](const Json& one) { return text_member(one, "id") == wanted; });
  if (outcome == outcomes.end()) {
    std::vector<std::string> ids;
    for (const Json& one : outcomes) ids.push_back(text_member(one, "id"));
    return Error{ErrorCode::invalid,
                 "unknown-outcome",
                 {"Kết quả \"" + command.outcome + "\" không có; chọn một trong: " + join(ids) + ".",
                  "There is no outcome \"" + command.outcome + "\"; choose one of: " + join(ids) + "."},
                 {{"/outcome", "enum", {"chọn một trong: " + join(ids), "choose one of: " + join(ids)}}}};
  }

  std::vector<FieldError> faults;
  const Json& required = member(*outcome, "requires");
  const bool blank = command.comment.find_first_not_of(" \t\r\n") == std::string::npos;
  if (lists(required, "comment") && blank) {
    faults.push_back({"/comment", "required",
                      {"Phải ghi lý do hoặc ý kiến.", "A comment with the reason is required."}});
  }

  const Json& schema = member(member(spec, "form"), "schema");
  if (schema.is_object()) {
    const bool said = std::ranges::any_of(
        outcomes, [](const Json& one) { return lists(member(one, "requires"), "form"); });
    const bool needed = lists(required, "form") ||
                        (!said && text_member(*outcome, "style") != "negative" &&
                         !lists(required, "comment"));
    if (needed || !command.data.is_null()) {
      const Json data = command.data.is_null() ? Json::object() : command.data;
      for (FieldError& fault : validate_against(schema, data)) {
        fault.pointer = "/data" + fault.pointer;
        faults.push_back(std::move(fault));
      }
    }
  }

  if (task.kind == "tally" && faults.empty()) {
    const Node& node = state_.nodes.at(task.node);
    const auto electorate = static_cast<std::int64_t>(node.results.at("eligible").size());
    for (FieldError& fault :
         check_tally(node.spec, command.data,
                     electorate > 0 ? std::optional<std::int64_t>(electorate) : std::nullopt)) {
      faults.push_back(std::move(fault));
    }
  }

  if (lists(required, "attachment") && command.attachments.empty()) {
    faults.push_back({"/attachments", "required",
                      {"Phải đính kèm tài liệu.", "An attachment is required."}});
  }
  std::set<std::string> known;
  for (const Json& rule : member(spec, "attachments")) {
    const std::string type = text_member(rule, "type");
    known.insert(type);
    const Text label = rule.contains("label") ? text_of(rule.at("label")) : Text{type, type};
    std::int64_t count = 0;
    for (const Attachment& file : command.attachments) {
      if (file.type != type) continue;
      ++count;
      const Json& media = member(rule, "mediaTypes");
      if (media.is_array() && !lists(media, file.media_type)) {
        faults.push_back({"/attachments", "mediaType",
                          {label.vi + ": tệp " + file.name + " có định dạng không được nhận (" +
                               file.media_type + ").",
                           label.en + ": file " + file.name + " has a type that is not accepted (" +
                               file.media_type + ")."}});
      }
      const Json& bytes = member(rule, "maxBytes");
      if (bytes.is_number() && file.size > bytes.get<std::int64_t>()) {
        faults.push_back({"/attachments", "maxBytes",
                          {label.vi + ": tệp " + file.name + " quá lớn.",
                           label.en + ": file " + file.name + " is too large."}});
      }
    }
    const Json& for_outcomes = member(rule, "forOutcomes");
    const bool applies = !for_outcomes.is_array() || lists(for_outcomes, wanted);
    const std::int64_t least = member(rule, "min").is_number() ? rule.at("min").get<std::int64_t>() : 0;
    if (applies && count < least) {
      faults.push_back({"/attachments", "min",
                        {"Thiếu tài liệu: " + label.vi + " (cần ít nhất " + std::to_string(least) + ").",
                         "Evidence is missing: " + label.en + " (at least " + std::to_string(least) +
                             ")."}});
    }
    if (member(rule, "max").is_number() && count > rule.at("max").get<std::int64_t>()) {
      faults.push_back({"/attachments", "max",
                        {"Quá nhiều tài liệu: " + label.vi + ".", "Too many files: " + label.en + "."}});
    }
  }
  if (!known.empty()) {
    for (const Attachment& file : command.attachments) {
      if (known.contains(file.type)) continue;
      faults.push_back({"/attachments", "type",
                        {"Loại tài liệu \"" + file.type + "\" không thuộc công việc này.",
                         "Evidence of type \"" + file.type + "\" does not belong to this task."}});
    }
  }
  if (faults.empty()) return {};
  return Error{ErrorCode::invalid,
               "answer-invalid",
               {"Kết quả xử lý chưa hợp lệ: " + faults.front().message.vi,
                "The answer is not valid: " + faults.front().message.en},
               std::move(faults)};
}

Json Decider::spec_of(const Task& task) const {
  const Json& spec = state_.nodes.at(task.node).spec;
  return task.kind == "task" ? spec : vote_task_spec(spec, task.kind);
}

Response Decider::response_of(const Task& task, const CompleteTask& command) const {
  Response response;
  response.task = task.id;
  response.by = command.by;
  response.unit = task.unit;
  response.outcome = command.outcome;
  if (response.outcome.empty()) {
    response.outcome = text_member(outcomes_of(spec_of(task))[0], "id");
  }
  response.comment = command.comment;
  response.data = command.data;
  response.attachments = command.attachments;
  response.at = now_.at;
  for (const Candidate& candidate : task.candidates) {
    if (!world_.directory.matches(candidate, command.by)) continue;
    response.role = candidate.role;
    const UnitId through = world_.directory.unit_through(candidate, command.by);
    if (!through.empty()) response.unit = through;
    break;
  }
  return response;
}

void Decider::accept_answer(TaskId id, Response response) {
  Task task = state_.tasks.at(id);
  if (task.holder.empty()) task.holder = response.by, task.claimed_at = response.at;
  const Step& step = definition().steps.at(static_cast<std::size_t>(task.step));
  // What the result will say about this task must outlive it.
  apply(TaskCompleted{step.pointer, response});
  task.state = TaskState::completed;
  task.overdue = task.overdue || (task.due_at && *task.due_at < now_.at);
  ++task.version;
  save_task(task, &response);
  announce(task, "completed",
           {{"outcome", response.outcome}, {"by", response.by.text()},
            {"completedAt", to_rfc3339(response.at)}});
  if (task.kind != "task") {
    if (task.kind == "ballot") after_ballot(task.node);
    else after_tally(task.node, task.kind, response);
    return;
  }

  const Node& node = state_.nodes.at(task.node);
  const Json& completion = member(node.spec, "completion");
  const std::string rule = text_member(completion, "rule", "one");
  const bool open = std::ranges::any_of(
      state_.tasks, [&](const auto& entry) { return entry.second.node == task.node; });
  const bool stop = lists(member(completion, "stopOn"), response.outcome);
  const auto count = member(completion, "count").is_number()
                         ? completion.at("count").get<std::size_t>()
                         : std::size_t{1};
  const bool done = stop || !open || rule == "one" || rule == "first" ||
                    (rule == "atLeast" && node.responses.size() >= count);
  if (!done) return;

  const std::string outcome =
      stop ? response.outcome
           : (rule == "one" ? response.outcome : decided_by(node.responses, completion));
  const auto deciding = stop ? std::prev(node.responses.end())
                             : std::ranges::find(node.responses, outcome, &Response::outcome);
  Json result = human_result(node, *deciding, &task);
  const NodeId node_id = task.node;
  withdraw_tasks_of(node_id, "decided");
  complete_node(node_id, std::move(result));
}

Result<void> Decider::complete(const CompleteTask& command) {
  const auto found = state_.tasks.find(command.task);
  if (found == state_.tasks.end()) return task_not_open(command.task);
  if (Result<void> may = may_act(found->second, command.by); !may) return may.error();
  if (Result<void> valid = check_answer(found->second, command); !valid) return valid.error();
  accept_answer(command.task, response_of(found->second, command));
  return {};
}

Json Decider::human_result(const Node& node, const Response& deciding, const Task* last) const {
  const auto person = [](const Response& one) {
    return Json{{"user", one.by.text()},
                {"unit", one.unit.text()},
                {"role", one.role.text()},
                {"onBehalfOf", nullptr}};
  };
  Json responses = Json::array();
  Json tally = Json::object();
  for (const Response& one : node.responses) {
    responses.push_back({{"unit", one.unit.text()},
                         {"user", one.by.text()},
                         {"outcome", one.outcome},
                         {"comment", one.comment},
                         {"data", one.data},
                         {"at", to_rfc3339(one.at)},
                         {"auto", one.automatic}});
    tally[one.outcome] = tally.value(one.outcome, 0) + 1;
  }
  Json attachments = Json::array();
  for (const Attachment& file : deciding.attachments) {
    attachments.push_back({{"id", file.id},
                           {"type", file.type},
                           {"name", file.name},
                           {"size", file.size},
                           {"sha256", file.sha256}});
  }
  return {{"taskId", deciding.task.text()},
          {"outcome", deciding.outcome},
          {"comment", deciding.comment},
          {"data", deciding.data},
          {"attachments", std::move(attachments)},
          {"performer", person(deciding)},
          {"startedAt", to_rfc3339(node.started_at)},
          {"claimedAt", last != nullptr && last->claimed_at ? Json(to_rfc3339(*last->claimed_at))
                                                            : Json()},
          {"completedAt", to_rfc3339(deciding.at)},
          {"due", last != nullptr && last->due_at ? Json(to_rfc3339(*last->due_at)) : Json()},
          {"overdue", last != nullptr && last->overdue},
          {"escalations", last != nullptr ? last->escalations : 0},
          {"legalBasis", node.spec.contains("legalBasis") ? node.spec.at("legalBasis") : Json::array()},
          {"responses", std::move(responses)},
          {"tally", std::move(tally)}};
}

void Decider::end_task(const TaskId& id, TaskState state, const char* reason) {
  Task task = state_.tasks.at(id);
  apply(TaskEnded{id, state, reason, now_.at});
  task.state = state;
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
