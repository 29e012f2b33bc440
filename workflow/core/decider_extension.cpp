// More time for a task: asked for with a reason by who works on it, decided by who may. Who may is
// data: the step's `extension.by`, else the document's `metadata.extension.by`, else the nearest
// head above the person who asks: of the task's unit, of the unit above it when that is the person
// who asks or nobody, and so on.

#include <algorithm>
#include <set>

#include "workflow/core/decider.hpp"
#include "workflow/core/person_text.hpp"
#include "workflow/core/time_text.hpp"

namespace kyhan {
namespace {

const RoleId deciding_role{"head"};

bool blank(const std::string& text) {
  return text.find_first_not_of(" \t\r\n") == std::string::npos;
}

Error refused(ErrorCode code, const char* type, Text detail) {
  return Error{code, type, std::move(detail), {}};
}

Error field_fault(const char* pointer, const char* code, Text message) {
  return Error{ErrorCode::invalid, "extension-invalid", message, {{pointer, code, message}}};
}

Result<void> check_text(const std::string& text, const char* field) {
  const std::optional<FieldError> fault =
      fault_in_text(text, Lines::many, comment_characters_max, field);
  if (!fault) return {};
  return field_fault(field, fault->code.c_str(), fault->message);
}

Error not_open(const TaskId& id) {
  return refused(
      ErrorCode::not_found, "task-not-open",
      {"Công việc " + id.text() + " không còn mở.", "Task " + id.text() + " is not open."});
}

const Extension* asked_of(const Task& task) {
  return !task.extensions.empty() && task.extensions.back().state == "asked"
             ? &task.extensions.back()
             : nullptr;
}

/// What the step, or the document, says about extensions.
const Json& rule_of(const Json& spec, const Definition& definition) {
  const Json& own = member(spec, "extension");
  return own.is_null() ? member(definition.metadata, "extension") : own;
}

/// Whose time it is: nobody decides about more of their own.
std::vector<PersonId> concerned_by(const Task& task, const PersonId& asked_by) {
  std::set<PersonId> people{asked_by, task.holder, task.on_behalf_of};
  people.erase(PersonId{});
  return {people.begin(), people.end()};
}

std::string day_of(const Task& task) {
  return task.due_explain.value("date", "");
}

}  // namespace

std::vector<Candidate> Decider::extension_deciders(const Task& task,
                                                   const PersonId& asked_by) const {
  const auto anyone = [&](const std::vector<Candidate>& candidates) {
    return !eligible(candidates, {concerned_by(task, asked_by), {}}).empty();
  };
  const Json& by = member(rule_of(state_.nodes.at(task.node).spec, definition()), "by");
  if (by.is_array()) {
    Result<std::vector<Candidate>> named = world_.directory.resolve(by, task.unit);
    return named && anyone(*named) ? std::move(*named) : std::vector<Candidate>{};
  }
  for (const Unit* unit = world_.directory.find_unit(task.unit); unit != nullptr;
       unit = world_.directory.find_unit(unit->parent)) {
    Candidate head;
    head.kind = Candidate::Kind::role;
    head.role = deciding_role;
    head.unit = unit->id;
    if (anyone({head})) return {head};
  }
  return {};
}

/// Whom a request reaches: in place of those who are away, their deputies in that.
std::vector<Addressee> Decider::asked_people(const Task& task,
                                             const std::vector<Candidate>& deciders,
                                             const PersonId& asked_by) const {
  std::map<PersonId, PersonId> people;  // And for whom each stands in.
  for (const Candidate& one : deciders) {
    for (const PersonId& person : world_.directory.members_of(one)) {
      if (person == asked_by) continue;
      const PersonId deputy = world_.directory.deputy_of(
          person, world_.directory.day_for(person, world_.calendars, now_.at),
          {one.role, task.unit, state_.definition.name});
      if (deputy.empty() || deputy == asked_by) {
        people[person] = PersonId{};  // Somebody meant in their own right is told as such.
      } else {
        people.emplace(deputy, person);
      }
    }
  }
  std::vector<Addressee> reached;
  for (const auto& [person, absent] : people) reached.push_back({person, absent});
  return reached;
}

/// The task as it would be with the extension that it carries as granted. `field`: what to blame.
Result<TaskPlan> Decider::extended(const Task& task, const char* field) const {
  const Json& form = task.extensions.back().given;
  if (form.is_object() && form.contains("relativeTo")) {
    return field_fault(field, "not-with",
                       {"Hạn mới tính từ hạn đang có, không dùng relativeTo.",
                        "A new deadline counts from the present one; leave out relativeTo."});
  }
  for (const FieldError& fault : check_due_form(form)) {
    return field_fault(field, fault.code.c_str(), fault.message);
  }
  std::optional<TaskPlan> plan = planned_anew(task, Ladder::begins_anew);
  if (!plan || !plan->due_at || *plan->due_at <= *task.due_at) {
    return field_fault(
        field, "not-later",
        {"Hạn mới phải sau hạn đang có (" + day_of(task) + ").",
         "The new deadline must be later than the present one (" + day_of(task) + ")."});
  }
  const auto hard_end = std::ranges::find(plan->moments, "expire", &Moment::kind);
  if (hard_end != plan->moments.end() && hard_end->at < *plan->due_at) {
    return field_fault(field, "beyond-expire",
                       {"Việc này hết thời hạn lúc " + to_rfc3339(hard_end->at) +
                            "; không gia hạn quá lúc đó được.",
                        "The task expires at " + to_rfc3339(hard_end->at) +
                            "; it cannot be extended beyond that."});
  }
  return std::move(*plan);
}

Result<void> Decider::request_extension(const RequestExtension& command) {
  const auto found = state_.tasks.find(command.task);
  if (found == state_.tasks.end()) return not_open(command.task);
  const Task& task = found->second;
  if (const Result<Capacity> may = may_act(task, command.by); !may) return may.error();
  if (!task.due_at || task.kind != "task") {
    return refused(ErrorCode::conflict, "no-deadline",
                   {"Việc này không có hạn riêng để gia hạn.",
                    "This task has no deadline of its own that could be extended."});
  }
  const Json& rule = rule_of(state_.nodes.at(task.node).spec, definition());
  if (rule == "none") {
    return refused(ErrorCode::forbidden, "extension-not-allowed",
                   {"Quy trình không cho phép gia hạn bước này.",
                    "The workflow does not allow this deadline to be extended."});
  }
  if (asked_of(task) != nullptr) {
    return refused(ErrorCode::conflict, "extension-asked",
                   {"Đã có đề nghị gia hạn chờ quyết định.",
                    "An extension has been asked for and is not decided yet."});
  }
  const auto granted = std::ranges::count(task.extensions, "granted", &Extension::state);
  if (member(rule, "max").is_number() && granted >= rule.at("max").get<std::int64_t>()) {
    return refused(
        ErrorCode::conflict, "extension-limit",
        {"Việc này đã gia hạn " + std::to_string(granted) + " lần, không gia hạn thêm được.",
         "This task was extended " + std::to_string(granted) +
             " times and cannot be extended again."});
  }
  if (blank(command.reason)) {
    return field_fault("/reason", "required",
                       {"Phải ghi lý do gia hạn.", "A reason for the extension is required."});
  }
  if (Result<void> sound = check_text(command.reason, "/reason"); !sound) return sound;
  Extension asked;
  asked.asked_by = command.by;
  asked.asked_at = now_.at;
  asked.reason = command.reason;
  asked.wanted = command.due;
  asked.state = "asked";
  Task as_granted = task;
  as_granted.extensions.push_back(asked);
  as_granted.extensions.back().state = "granted";
  as_granted.extensions.back().given = command.due;
  as_granted.extensions.back().decided_at = now_.at;
  const Result<TaskPlan> possible = extended(as_granted, "/due");
  if (!possible) return possible.error();
  asked.deciders = extension_deciders(task, command.by);
  if (asked.deciders.empty()) {
    return refused(ErrorCode::conflict, "nobody-decides",
                   {"Không có người nào có quyền quyết định gia hạn việc này.",
                    "There is nobody who may decide about extending this task."});
  }

  const std::vector<Candidate> deciders = asked.deciders;
  apply(ExtensionRequested{command.task, std::move(asked), now_.at});
  const Task& now = state_.tasks.at(command.task);
  save_task(now);
  const std::string wanted_day = possible->due_explain.value("date", "");
  announce(now, "extensionRequested", {{"by", command.by.text()}, {"wantedDate", wanted_day}});
  Notify how;
  how.kind = "extension.requested";
  how.body = {"Đề nghị gia hạn đến " + wanted_day + ": " + command.reason,
              "More time is asked for, until " + wanted_day + ": " + command.reason};
  for (Notify& notice : notices_of(now, asked_people(now, deciders, command.by), how)) {
    effect(std::move(notice));
  }
  return {};
}

Result<void> Decider::decide_extension(const DecideExtension& command) {
  const auto found = state_.tasks.find(command.task);
  if (found == state_.tasks.end()) return not_open(command.task);
  Task decided = found->second;
  if (asked_of(decided) == nullptr) {
    return refused(ErrorCode::conflict, "no-extension-asked",
                   {"Việc này không có đề nghị gia hạn nào chờ quyết định.",
                    "No extension of this task waits for a decision."});
  }
  Extension& extension = decided.extensions.back();
  std::vector<Candidate> deciders = extension.deciders;
  // Nobody is left of those who were asked: it falls to whom it would be asked of now.
  if (eligible(deciders, {concerned_by(decided, extension.asked_by), {}}).empty()) {
    deciders = extension_deciders(decided, extension.asked_by);
  }
  const Capacity capacity =
      asked_capacity(command.by, deciders, extension.asked_by, decided.unit, state_.definition.name,
                     world_.directory, world_.calendars, now_.at);
  const std::vector<PersonId> concerned = concerned_by(decided, extension.asked_by);
  // Nor through a deputy: it would be the same person's time.
  const bool own = std::ranges::find(concerned, command.by) != concerned.end() ||
                   std::ranges::find(concerned, capacity.on_behalf_of) != concerned.end();
  if (!capacity.may_act() || own) {
    return refused(ErrorCode::forbidden, "not-a-decider",
                   {"Bạn không phải người quyết định gia hạn việc này.",
                    "You are not the one who decides about extending this task."});
  }
  if (!command.granted && blank(command.comment)) {
    return field_fault(
        "/comment", "required",
        {"Từ chối gia hạn phải ghi lý do.", "A reason is required to refuse an extension."});
  }
  if (Result<void> sound = check_text(command.comment, "/comment"); !sound) return sound;
  extension.state = command.granted ? "granted" : "refused";
  extension.decided_by = command.by;
  extension.on_behalf_of = capacity.on_behalf_of;
  extension.decided_at = now_.at;
  extension.comment = command.comment;
  ExtensionDecided event{command.task, {}, std::nullopt, now_.at};
  if (command.granted) {
    extension.given = command.due.is_null() ? extension.wanted : command.due;
    extension.due_was = decided.due_at;
    Result<TaskPlan> plan = extended(decided, "/due");
    if (!plan) return plan.error();
    event.plan = std::move(*plan);
  }
  event.extension = extension;
  const PersonId asked_by = extension.asked_by;
  apply(std::move(event));

  const Task& now = state_.tasks.at(command.task);
  save_task(now);
  announce(now, "extensionDecided",
           {{"by", command.by.text()}, {"granted", command.granted}, {"date", day_of(now)}});
  std::set<PersonId> people{asked_by};
  if (!now.holder.empty()) people.insert(now.holder);
  people.erase(command.by);
  effect(Notify{{people.begin(), people.end()},
                "extension.decided",
                text_of(member(state_.nodes.at(now.node).spec, "title")),
                command.granted ? Text{"Được gia hạn đến " + day_of(now) + ".",
                                       "More time was granted, until " + day_of(now) + "."}
                                : Text{"Không được gia hạn: " + command.comment,
                                       "More time was refused: " + command.comment},
                command.task});
  return {};
}

}  // namespace kyhan
