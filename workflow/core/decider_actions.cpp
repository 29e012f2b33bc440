// What can be done with a task besides answering it: begin, hand on, give to another, ask for and
// give information, add and remove co-signers, withdraw (language.md 5.2, task actions).

#include <algorithm>

#include "workflow/core/decider.hpp"
#include "workflow/core/person_text.hpp"
#include "workflow/core/time_text.hpp"

namespace kyhan {
namespace {

/// Questions open at once at one task.
constexpr std::size_t questions_max = 10;
/// Co-signers added to one step.
constexpr std::size_t added_signers_max = 20;

Error refused(ErrorCode code, std::string type, Text text) {
  return {code, std::move(type), std::move(text)};
}

Error unknown_person(const PersonId& person) {
  const Text text{"Không có người “" + person.text() + "” trong tổ chức.",
                  "There is no person “" + person.text() + "” in the organisation."};
  return {ErrorCode::invalid, "unknown-person", text, {{"/to", "unknown-person", text}}};
}

Error kept_out(const PersonId& person) {
  const Text text{
      "“" + person.text() + "” không được thực hiện bước này vì đã tham gia bước trước của hồ sơ.",
      "“" + person.text() + "” took part in an earlier step of this case and may not act here."};
  return {ErrorCode::forbidden, "excluded", text, {{"/to", "excluded", text}}};
}

Result<void> check_words(const std::string& words, const char* pointer, bool required) {
  const bool blank = words.find_first_not_of(" \t\r\n") == std::string::npos;
  std::optional<FieldError> fault;
  if (blank && required) {
    fault = FieldError{pointer, "required", {"Không được để trống.", "It must not be empty."}};
  } else if (!words.empty()) {
    fault = fault_in_text(words, Lines::many, comment_characters_max, pointer);
  }
  if (!fault) return {};
  return Error{ErrorCode::invalid, "text-invalid", fault->message, {*fault}};
}

/// Ballots, counts and their countersigning are personal duties of a vote.
Result<void> check_is_task(const Task& task) {
  if (task.kind == "task") return {};
  return refused(ErrorCode::forbidden, "not-in-a-vote",
                 {"Phiếu và việc kiểm phiếu là việc của chính người được giao.",
                  "Ballots and counting are done by the very person they are given to."});
}

}  // namespace

Error task_not_open(const TaskId& id) {
  return {ErrorCode::conflict,
          "task-not-open",
          {"Công việc " + id.text() + " không còn mở.", "Task " + id.text() + " is not open."}};
}

Result<const Task*> Decider::open_one(const TaskId& id) const {
  const auto found = state_.tasks.find(id);
  if (found == state_.tasks.end()) return task_not_open(id);
  return &found->second;
}

/// The task as it stands now, told to lists and to other systems.
void Decider::tell_change(const TaskId& id, std::string_view event, Json data) {
  const Task& task = state_.tasks.at(id);
  save_task(task);
  announce(task, event, std::move(data));
}

Result<void> Decider::begin(const StartTask& command) {
  const Result<const Task*> task = open_one(command.task);
  if (!task) return task.error();
  const Result<Capacity> may = may_act(**task, command.by);
  if (!may) return may.error();
  if ((*task)->state == TaskState::in_progress) return {};
  if ((*task)->holder != command.by) {
    if (Result<void> taken = claim({command.task, command.by, command.via}); !taken) return taken;
  }
  apply(TaskStarted{command.task, command.by, now_.at, command.via});
  tell_change(command.task, "started", {{"by", command.by.text()}});
  return {};
}

Result<void> Decider::delegate(const DelegateTask& command) {
  const Result<const Task*> found = open_one(command.task);
  if (!found) return found.error();
  const Task& task = **found;
  if (Result<void> fits = check_is_task(task); !fits) return fits;
  const Result<Capacity> may = may_act(task, command.by);
  if (!may) return may.error();
  if (may->as == Capacity::As::stand_in) {
    return refused(ErrorCode::forbidden, "delegation-by-deputy",
                   {"Người thay không được giao tiếp cho người khác.",
                    "A deputy does not hand on what they do for another."});
  }
  const std::string rule =
      text_member(member(state_.nodes.at(task.node).spec, "assignment"), "delegation", "none");
  if (rule == "none" || (rule == "once" && !task.delegated_by.empty())) {
    return refused(ErrorCode::forbidden, "delegation-not-allowed",
                   rule == "none" ? Text{"Bước này không cho phép ủy quyền.",
                                         "This step does not allow delegation."}
                                  : Text{"Việc đã được ủy quyền một lần, không ủy quyền tiếp được.",
                                         "The task was delegated once and goes no further."});
  }
  if (Result<void> words = check_words(command.comment, "/comment", false); !words) return words;
  if (world_.directory.find_person(command.to) == nullptr) return unknown_person(command.to);
  if (keeps_out(task, command.to)) return kept_out(command.to);
  const bool in_chain = command.to == command.by || command.to == task.holder ||
                        std::ranges::find(task.delegated_by, command.to) != task.delegated_by.end();
  if (in_chain) {
    return refused(
        ErrorCode::conflict, "delegated-already",
        {"Người này đã hoặc đang giữ công việc.", "This person holds or held the task."});
  }
  if (has_answered(task.node, command.to, command.by)) {
    return refused(
        ErrorCode::conflict, "answered-already",
        {"Người này đã có ý kiến ở bước này.", "This person has answered in this step already."});
  }
  // Taken first, so that it goes back to them.
  if (task.holder != command.by) {
    apply(TaskClaimed{command.task, command.by, now_.at, may->on_behalf_of, command.via});
  }
  apply(TaskDelegated{command.task, command.by, command.to, command.comment, now_.at, command.via});
  tell_change(command.task, "delegated", {{"by", command.by.text()}, {"to", command.to.text()}});
  tell(state_.tasks.at(command.task), {{command.to, {}}}, "task.delegated",
       {"Bạn được ủy quyền xử lý công việc này.", "This task was delegated to you."});
  return {};
}

Result<void> Decider::reassign(const ReassignTask& command) {
  const Result<const Task*> found = open_one(command.task);
  if (!found) return found.error();
  const Task& task = **found;
  if (Result<void> fits = check_is_task(task); !fits) return fits;
  if (!leads(command.by, task.unit)) {
    return refused(ErrorCode::forbidden, "may-not-reassign",
                   {"Chỉ lãnh đạo đơn vị hoặc quản trị viên mới giao lại được.",
                    "Only who leads the unit, or an administrator, may reassign."});
  }
  // Nobody chooses who decides on their own work.
  if (!command.by.empty() && keeps_out(task, command.by)) return kept_out(command.by);
  if (!command.by.empty() && command.to == command.by &&
      candidate_for(command.by, task.candidates, world_.directory) == nullptr) {
    return refused(ErrorCode::forbidden, "may-not-reassign",
                   {"Không tự giao cho mình công việc của người khác.",
                    "Nobody gives themselves work that is not theirs."});
  }
  if (Result<void> words = check_words(command.comment, "/comment", false); !words) return words;
  if (world_.directory.find_person(command.to) == nullptr) return unknown_person(command.to);
  if (keeps_out(task, command.to)) return kept_out(command.to);
  if (task.holder == command.to) {
    return refused(ErrorCode::conflict, "task-held",
                   {"Người này đang giữ công việc.", "This person holds the task."});
  }
  const auto& responses = state_.nodes.at(task.node).responses;
  const bool answered = std::ranges::any_of(responses, [&](const Response& one) {
    return one.by == command.to || one.on_behalf_of == command.to;
  });
  const bool holds_another = std::ranges::any_of(state_.tasks, [&](const auto& entry) {
    return entry.second.node == task.node && entry.first != task.id &&
           entry.second.holder == command.to;
  });
  if (answered || holds_another) {
    return refused(ErrorCode::conflict, "answered-already",
                   {"Người này đã hoặc đang cho ý kiến ở bước này.",
                    "This person answers, or has answered, in this step already."});
  }
  const PersonId before = task.holder;
  apply(
      TaskReassigned{command.task, command.by, command.to, command.comment, now_.at, command.via});
  tell_change(command.task, "reassigned", {{"by", command.by.text()}, {"to", command.to.text()}});
  const Task& now = state_.tasks.at(command.task);
  tell(now, reached({command.to}, now), "task.reassigned",
       {"Công việc được giao lại cho bạn.", "The task was reassigned to you."});
  if (!before.empty()) {
    tell(now, {{before, {}}}, "task.reassigned",
         {"Công việc đã giao cho người khác.", "The task was given to somebody else."});
  }
  return {};
}

Result<void> Decider::request_info(const RequestInfo& command) {
  const Result<const Task*> found = open_one(command.task);
  if (!found) return found.error();
  const Task& task = **found;
  if (Result<void> fits = check_is_task(task); !fits) return fits;
  const Result<Capacity> may = may_act(task, command.by);
  if (!may) return may.error();
  if (Result<void> words = check_words(command.question, "/question", true); !words) return words;
  if (world_.directory.find_person(command.to) == nullptr) return unknown_person(command.to);
  if (command.to == command.by) {
    return refused(ErrorCode::invalid, "asked-oneself",
                   {"Không thể tự hỏi mình.", "Nobody asks themselves."});
  }
  const bool open =
      std::ranges::any_of(task.asked, [&](const InfoRequest& one) { return one.to == command.to; });
  if (open || task.asked.size() >= questions_max) {
    return refused(ErrorCode::conflict, "asked-already",
                   {"Đang chờ trả lời câu hỏi trước.", "An earlier question is not answered yet."});
  }
  if (task.holder != command.by) {
    apply(TaskClaimed{command.task, command.by, now_.at, may->on_behalf_of, command.via});
  }
  apply(InfoRequested{
      command.task, {command.by, command.to, command.question, now_.at}, command.via});
  tell_change(command.task, "infoRequested",
              {{"by", command.by.text()}, {"to", command.to.text()}});
  tell(state_.tasks.at(command.task), {{command.to, {}}}, "task.infoRequested",
       {"Bạn được đề nghị cung cấp thông tin: " + command.question,
        "You are asked for information: " + command.question});
  return {};
}

Result<void> Decider::provide_info(const ProvideInfo& command) {
  const Result<const Task*> found = open_one(command.task);
  if (!found) return found.error();
  const Task& task = **found;
  const auto asked = std::ranges::find(task.asked, command.by, &InfoRequest::to);
  if (asked == task.asked.end()) {
    return refused(
        ErrorCode::forbidden, "not-asked",
        {"Bạn không được hỏi gì ở công việc này.", "You were not asked anything at this task."});
  }
  if (Result<void> words = check_words(command.answer, "/answer", true); !words) return words;
  const PersonId by = asked->by;
  apply(InfoProvided{command.task, command.by, command.answer, now_.at, command.via});
  tell_change(command.task, "infoProvided", {{"by", command.by.text()}, {"to", by.text()}});
  const PersonId holder = state_.tasks.at(command.task).holder;
  tell(state_.tasks.at(command.task), {{holder.empty() ? by : holder, {}}}, "task.infoProvided",
       {"Thông tin bạn hỏi đã được trả lời.", "The information you asked for is there."});
  return {};
}

Result<void> Decider::add_signer(const AddSigner& command) {
  const Result<const Task*> found = open_one(command.task);
  if (!found) return found.error();
  const Task task = **found;
  if (Result<void> fits = check_is_task(task); !fits) return fits;
  const Result<Capacity> may = may_act(task, command.by);
  if (!may) return may.error();
  if (Result<void> words = check_words(command.comment, "/comment", false); !words) return words;
  if (world_.directory.find_person(command.to) == nullptr) return unknown_person(command.to);
  if (keeps_out(task, command.to)) return kept_out(command.to);
  std::size_t added = 0;
  bool takes_part = command.to == command.by;
  for (const auto& [id, other] : state_.tasks) {
    if (other.node != task.node) continue;
    if (!other.added_by.empty()) ++added;
    takes_part = takes_part || other.holder == command.to || other.on_behalf_of == command.to;
  }
  for (const Response& one : state_.nodes.at(task.node).responses) {
    takes_part = takes_part || one.by == command.to || one.on_behalf_of == command.to;
  }
  if (takes_part) {
    return refused(ErrorCode::conflict, "signs-already",
                   {"Người này đã tham gia bước này.", "This person takes part in this step."});
  }
  if (added >= added_signers_max) {
    return refused(ErrorCode::conflict, "too-many-signers",
                   {"Đã thêm quá nhiều người cùng ký.", "Too many co-signers were added."});
  }
  if (task.holder != command.by) {
    apply(TaskClaimed{command.task, command.by, now_.at, may->on_behalf_of, command.via});
    save_task(state_.tasks.at(command.task));
  }
  apply(SignerAdded{command.task, command.by, command.to, command.comment, now_.at, command.via});
  announce(state_.tasks.at(command.task), "signerAdded",
           {{"by", command.by.text()}, {"to", command.to.text()}});
  Candidate one;
  one.user = command.to;
  const Person* person = world_.directory.find_person(command.to);
  Item item{person->memberships.empty() ? task.unit : person->memberships.front().unit,
            {one},
            command.to,
            {},
            {}};
  item.added_by = command.by;
  if (Outcome<void> opened = open_item(task.node, std::move(item)); !opened) {
    return refused(ErrorCode::conflict, "signer-not-added",
                   {opened.error().detail, opened.error().detail});
  }
  return {};
}

Result<void> Decider::remove_signer(const RemoveSigner& command) {
  const Result<const Task*> found = open_one(command.task);
  if (!found) return found.error();
  const Task task = **found;
  if (task.added_by.empty()) {
    return refused(ErrorCode::conflict, "not-an-added-signer",
                   {"Người ký này do quy trình đặt ra, không bỏ được.",
                    "This signer is asked for by the workflow and cannot be removed."});
  }
  if (task.added_by != command.by && !looks_after_all(command.by)) {
    return refused(ErrorCode::forbidden, "may-not-remove",
                   {"Chỉ người đã thêm hoặc quản trị viên mới bỏ được người cùng ký.",
                    "Only who added a co-signer, or an administrator, may remove them."});
  }
  if (Result<void> words = check_words(command.reason, "/reason", false); !words) return words;
  end_task(command.task, TaskState::withdrawn, "removed", command.by, command.reason, command.via);
  tell(task, {{task.holder, {}}}, "task.signerRemoved",
       {"Bạn không cần ký việc này nữa.", "Your signature is no longer asked for."});
  settle_answers(task.node, nullptr);
  return {};
}

}  // namespace kyhan
