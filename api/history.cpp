// What has happened to an instance, in sentences. Facts that are machinery (scopes entered and
// left, values set) are not told.

#include <optional>

#include "api/access.hpp"
#include "api/handlers.hpp"
#include "api/reminders.hpp"
#include "api/services.hpp"
#include "api/show.hpp"
#include "workflow/core/codec.hpp"
#include "workflow/core/events.hpp"
#include "workflow/core/reminders.hpp"
#include "workflow/core/time_text.hpp"
#include "workflow/store/store.hpp"

namespace kyhan {
namespace {

/// What the sentences need to know besides the fact itself.
struct Teller {
  const Call& call;
  std::map<TaskId, const TaskRow*> tasks;
  Proofs proofs;  ///< Of reminders.

  std::string name(const PersonId& person) const { return person_name(*call.directory, person); }
  /// Who acted, and for whom.
  Text name(const PersonId& person, const PersonId& absent) const {
    const std::string who = name(person);
    if (absent.empty()) return {who, who};
    return {who + " (thay mặt " + name(absent) + ")", who + " (on behalf of " + name(absent) + ")"};
  }
  const TaskRow* find(const TaskId& id) const {
    const auto found = tasks.find(id);
    return found == tasks.end() ? nullptr : found->second;
  }
  Text title(const TaskId& id) const {
    const TaskRow* task = find(id);
    return task == nullptr ? Text{id.text(), id.text()} : task->title;
  }
};

/// One entry under construction: `text` empty means "not told".
struct Entry {
  Text text;
  PersonId by;
  PersonId for_whom;  ///< Of a deputy: the absent one.
  TaskId task;
  std::string comment;
  std::string outcome;
  std::string via;  ///< The way in; empty: not known.
  Json attachments;
  Json details;
};

std::string names(const Teller& teller, const std::vector<PersonId>& people) {
  std::string text;
  for (const PersonId& person : people) {
    if (!text.empty()) text += ", ";
    text += teller.name(person);
  }
  return text;
}

void add_mentions(const Teller& teller, Entry& entry, const std::vector<PersonId>& mentions) {
  if (mentions.empty()) return;
  Json people = Json::array();
  for (const PersonId& one : mentions) people.push_back(person_json(*teller.call.directory, one));
  entry.details = {{"mentions", std::move(people)}};
}

Entry tell(const Teller& teller, const InstanceStarted& e) {
  Entry entry;
  entry.by = e.by;
  const std::string who = e.by.empty() ? "" : teller.name(e.by);
  if (!e.by.empty()) {
    entry.text = {who + " khởi tạo quy trình.", who + " started the case."};
  } else if (e.parent || e.ancestry) {
    entry.text = {"Quy trình mẹ khởi tạo quy trình này.", "Another case started this one."};
  } else if (e.scheduled_at) {
    entry.text = {"Quy trình bắt đầu theo lịch.", "The case began on schedule."};
  } else {
    entry.text = {"Máy chủ khởi tạo quy trình (dòng lệnh hoặc sự kiện).",
                  "The server started the case (command line or event)."};
  }
  if (!e.business_key.empty()) entry.details = {{"businessKey", e.business_key}};
  return entry;
}
Entry tell(const Teller& teller, const TaskOpened& e) {
  Entry entry;
  entry.task = e.task.id;
  std::vector<std::string> keys;
  for (const Candidate& candidate : e.task.candidates) keys.push_back(to_key(candidate));
  Text to = candidates_text(*teller.call.directory, keys);
  if (!e.task.holder.empty()) to = {teller.name(e.task.holder), teller.name(e.task.holder)};
  entry.text = {"Giao việc “" + e.title.vi + "” cho " + to.vi + ".",
                "The task “" + e.title.en + "” was given to " + to.en + "."};
  if (e.task.due_at) entry.details = {{"dueAt", to_rfc3339(*e.task.due_at)}};
  return entry;
}
Entry tell(const Teller& teller, const TaskClaimed& e) {
  const Text title = teller.title(e.task);
  Entry entry;
  entry.by = e.by;
  entry.task = e.task;
  entry.for_whom = e.on_behalf_of;
  entry.via = e.via;
  const Text who = teller.name(e.by, e.on_behalf_of);
  entry.text = {who.vi + " nhận việc “" + title.vi + "”.",
                who.en + " took the task “" + title.en + "”."};
  return entry;
}
Entry tell(const Teller& teller, const TaskReleased& e) {
  const Text title = teller.title(e.task);
  Entry entry;
  entry.by = e.by;
  entry.task = e.task;
  entry.text = {teller.name(e.by) + " trả lại việc “" + title.vi + "” cho nhóm.",
                teller.name(e.by) + " gave the task “" + title.en + "” back."};
  entry.via = e.via;
  return entry;
}
Entry tell(const Teller& teller, const TaskCompleted& e) {
  const Response& response = e.response;
  const TaskRow* task = teller.find(response.task);
  const Text title = teller.title(response.task);
  const Text outcome = outcome_label(task == nullptr ? Json() : task_spec(*task), response.outcome);
  Entry entry;
  entry.by = response.by;
  entry.task = response.task;
  entry.comment = response.comment;
  entry.outcome = response.outcome;
  const Text who = response.automatic ? Text{} : teller.name(response.by, response.on_behalf_of);
  entry.for_whom = response.on_behalf_of;
  entry.via = response.via;
  entry.text = response.automatic
                   ? Text{"Hệ thống ghi nhận “" + title.vi + "”: " + outcome.vi + ".",
                          "The system recorded “" + title.en + "”: " + outcome.en + "."}
                   : Text{who.vi + " hoàn thành “" + title.vi + "”: " + outcome.vi + ".",
                          who.en + " completed “" + title.en + "”: " + outcome.en + "."};
  if (!response.signature.empty()) {
    entry.details = {{"signature", response.signature}};
    entry.text.vi.insert(entry.text.vi.size() - 1, " (đã ký)");
    entry.text.en.insert(entry.text.en.size() - 1, " (signed)");
  }
  entry.attachments = Json::array();
  for (const Attachment& file : response.attachments) {
    entry.attachments.push_back({{"id", file.id},
                                 {"type", file.type},
                                 {"name", file.name},
                                 {"mediaType", file.media_type},
                                 {"size", file.size}});
  }
  return entry;
}
Entry tell(const Teller& teller, const TaskEnded& e) {
  const Text title = teller.title(e.task);
  Entry entry;
  entry.task = e.task;
  entry.text = e.state == TaskState::expired
                   ? Text{"Việc “" + title.vi + "” hết thời hạn.",
                          "The time of the task “" + title.en + "” ran out."}
                   : Text{"Việc “" + title.vi + "” được thu hồi.",
                          "The task “" + title.en + "” was withdrawn."};
  if (e.reason == "withdrawn" && !e.comment.empty()) {
    const std::string who = e.by.empty() ? "" : teller.name(e.by);
    entry.by = e.by;
    entry.comment = e.comment;
    entry.text = {(who.empty() ? "Quản trị viên" : who) + " thu hồi việc “" + title.vi + "”.",
                  (who.empty() ? "An administrator" : who) + " withdrew the task “" + title.en +
                      "”."};
  } else if (e.reason == "removed") {
    entry.by = e.by;
    entry.comment = e.comment;
    entry.text = {
        teller.name(e.by) + " bỏ người cùng ký khỏi “" + title.vi + "”.",
        teller.name(e.by) + " removed a co-signer from “" + title.en + "”."};
  }
  entry.details = {{"reason", e.reason}};
  return entry;
}
Entry tell(const Teller& teller, const TaskStarted& e) {
  const Text title = teller.title(e.task);
  Entry entry;
  entry.by = e.by;
  entry.task = e.task;
  entry.via = e.via;
  entry.text = {teller.name(e.by) + " bắt đầu xử lý “" + title.vi + "”.",
                teller.name(e.by) + " began to work on “" + title.en + "”."};
  return entry;
}
Entry tell(const Teller& teller, const HandedOver& e) {
  const Directory& directory = *teller.call.directory;
  const Text from = unit_name(directory, e.from), to = unit_name(directory, e.to);
  Entry entry;
  entry.by = e.by;
  entry.comment = e.reason;
  entry.via = e.via;
  entry.text = {"Chuyển giao từ " + from.vi + " sang " + to.vi + ".",
                "Handed over from " + from.en + " to " + to.en + "."};
  return entry;
}
Entry tell(const Teller& teller, const TaskDelegated& e) {
  const Text title = teller.title(e.task);
  Entry entry;
  entry.by = e.by;
  entry.task = e.task;
  entry.comment = e.comment;
  entry.via = e.via;
  entry.text = {
      teller.name(e.by) + " ủy quyền cho " + teller.name(e.to) + " xử lý “" + title.vi + "”.",
      teller.name(e.by) + " delegated “" + title.en + "” to " + teller.name(e.to) + "."};
  return entry;
}
Entry tell(const Teller& teller, const TaskReassigned& e) {
  const Text title = teller.title(e.task);
  const std::string who = e.by.empty() ? std::string{} : teller.name(e.by);
  Entry entry;
  entry.by = e.by;
  entry.task = e.task;
  entry.comment = e.comment;
  entry.via = e.via;
  entry.text = {(who.empty() ? "Quản trị viên" : who) + " giao lại “" + title.vi + "” cho " +
                    teller.name(e.to) + ".",
                (who.empty() ? "An administrator" : who) + " reassigned “" + title.en + "” to " +
                    teller.name(e.to) + "."};
  return entry;
}
Entry tell(const Teller& teller, const InfoRequested& e) {
  const Text title = teller.title(e.task);
  Entry entry;
  entry.by = e.request.by;
  entry.task = e.task;
  entry.comment = e.request.question;
  entry.via = e.via;
  entry.text = {teller.name(e.request.by) + " đề nghị " + teller.name(e.request.to) +
                    " cung cấp thông tin cho “" + title.vi + "”.",
                teller.name(e.request.by) + " asked " + teller.name(e.request.to) +
                    " for information on “" + title.en + "”."};
  return entry;
}
Entry tell(const Teller& teller, const InfoProvided& e) {
  const Text title = teller.title(e.task);
  Entry entry;
  entry.by = e.by;
  entry.task = e.task;
  entry.comment = e.answer;
  entry.via = e.via;
  entry.text = {teller.name(e.by) + " cung cấp thông tin cho “" + title.vi + "”.",
                teller.name(e.by) + " gave information on “" + title.en + "”."};
  return entry;
}
Entry tell(const Teller& teller, const SignerAdded& e) {
  const Text title = teller.title(e.task);
  Entry entry;
  entry.by = e.by;
  entry.task = e.task;
  entry.comment = e.comment;
  entry.via = e.via;
  entry.text = {
      teller.name(e.by) + " thêm " + teller.name(e.to) + " cùng ký “" + title.vi + "”.",
      teller.name(e.by) + " added " + teller.name(e.to) + " as a co-signer of “" + title.en + "”."};
  return entry;
}
Entry tell(const Teller& teller, const AnswerRecalled& e) {
  const Text title = teller.title(e.task);
  const Text who = teller.name(e.by, e.on_behalf_of == e.by ? PersonId{} : e.on_behalf_of);
  Entry entry;
  entry.by = e.by;
  entry.task = e.task;
  entry.comment = e.reason;
  entry.via = e.via;
  entry.text = {who.vi + " thu hồi kết quả của “" + title.vi + "”.",
                who.en + " recalled the answer to “" + title.en + "”."};
  entry.details = {{"undone", {{"from", e.after_revision + 1}, {"to", e.up_to_revision}}}};
  return entry;
}
Entry tell(const Teller& teller, const TaskReminded& e) {
  const Text title = teller.title(e.task);
  const std::string to = names(teller, e.to);
  Entry entry;
  entry.task = e.task;
  if (e.to.empty()) return entry;  // A later reminder of the same moment says it.
  entry.text = {"Nhắc việc “" + title.vi + "” tới " + to + (e.late ? " (muộn)." : "."),
                to + " was reminded of “" + title.en + (e.late ? "”, late." : "”.")};
  entry.details = {
      {"plannedAt", to_rfc3339(e.moment.at)},
      {"late", e.late},
      {"to", reached_json(teller.call, teller.proofs, reminder_key(e.task, e.moment), e.to)}};
  return entry;
}
Entry tell(const Teller& teller, const TaskOverdue& e) {
  const Text title = teller.title(e.task);
  Entry entry;
  entry.task = e.task;
  entry.text = {"Việc “" + title.vi + "” quá hạn.", "The task “" + title.en + "” is overdue."};
  return entry;
}
Entry tell(const Teller& teller, const TaskEscalated& e) {
  const Text title = teller.title(e.task);
  const std::string to = names(teller, e.to);
  Entry entry;
  entry.task = e.task;
  entry.comment = e.note;
  if (e.action == "reassign") {
    entry.text = {"Việc “" + title.vi + "” chuyển lên cấp trên: " + to + ".",
                  "The task “" + title.en + "” was reassigned to " + to + "."};
  } else if (e.action == "addCandidates") {
    entry.text = {"Mời thêm người xử lý việc “" + title.vi + "”: " + to + ".",
                  "The task “" + title.en + "” was offered to " + to + " as well."};
  } else if (e.action == "complete") {
    entry.text = {"Việc “" + title.vi + "” quá hạn: hệ thống ghi kết quả thay.",
                  "The task “" + title.en + "” was overdue: the system answered it."};
  } else {
    entry.text = {"Báo cáo cấp trên về việc “" + title.vi + "”: " + to + ".",
                  "The delay of “" + title.en + "” was escalated to " + to + "."};
  }
  return entry;
}
Entry tell(const Teller& teller, const TaskCommented& e) {
  const Text title = teller.title(e.task);
  Entry entry;
  entry.by = e.by;
  entry.task = e.task;
  entry.comment = e.comment;
  entry.text = {teller.name(e.by) + " ghi ý kiến tại “" + title.vi + "”.",
                teller.name(e.by) + " commented on “" + title.en + "”."};
  add_mentions(teller, entry, e.mentions);
  return entry;
}
Entry tell(const Teller& teller, const InstanceCommented& e) {
  Entry entry;
  entry.by = e.by;
  entry.comment = e.comment;
  entry.text = {teller.name(e.by) + " ghi ý kiến về hồ sơ.",
                teller.name(e.by) + " commented on the case."};
  add_mentions(teller, entry, e.mentions);
  return entry;
}
/// That somebody voted. What, only the closed vote tells, and of a secret one nothing does.
Entry tell(const Teller& teller, const BallotCast& e) {
  const Text title = teller.title(e.response.task);
  const std::string who = teller.name(e.response.by);
  Entry entry;
  entry.by = e.response.by;
  entry.task = e.response.task;
  entry.via = e.response.via;
  entry.text = {who + " đã bỏ phiếu “" + title.vi + "”.", who + " voted on “" + title.en + "”."};
  return entry;
}
Entry tell(const Teller&, const VoteClosed& e) {
  const std::string decision = e.result.is_object() ? e.result.value("decision", "") : "";
  Entry entry;
  if (decision == "accepted") {
    entry.text = {"Kết thúc biểu quyết: được thông qua.", "The vote closed: accepted."};
  } else if (decision == "noQuorum") {
    entry.text = {"Kết thúc biểu quyết: không đủ số người dự.", "The vote closed: no quorum."};
  } else if (decision == "tie") {
    entry.text = {"Kết thúc biểu quyết: số phiếu bằng nhau.", "The vote closed: a tie."};
  } else {
    entry.text = {"Kết thúc biểu quyết: không được thông qua.", "The vote closed: rejected."};
  }
  entry.outcome = decision;
  if (e.result.is_object()) {
    entry.details = Json::object();
    for (const char* name : {"tally", "eligible", "present", "cast", "threshold", "quorum"}) {
      if (e.result.contains(name)) entry.details[name] = e.result[name];
    }
  }
  return entry;
}
Entry tell(const Teller&, const EventConsumed& e) {
  Entry entry;
  entry.text = {"Nhận sự kiện từ hệ thống khác.", "An event of another system was received."};
  entry.details = {{"event", e.event_id}};
  return entry;
}
Entry tell(const Teller&, const RetryScheduled& e) {
  Entry entry;
  entry.text = {"Bước gặp lỗi và sẽ được thử lại.", "A step failed and will be tried again."};
  entry.details = {{"error", e.error.title}, {"attempt", e.attempt}};
  return entry;
}
Entry tell(const Teller&, const InstanceCompleted&) {
  Entry entry;
  entry.text = {"Quy trình hoàn thành.", "The case is completed."};
  return entry;
}
Entry tell(const Teller&, const InstanceFaulted& e) {
  Entry entry;
  entry.text = {"Quy trình dừng vì lỗi.", "The case stopped with an error."};
  entry.details = {{"error", e.error.title}, {"detail", e.error.detail}};
  return entry;
}
Entry tell(const Teller& teller, const InstanceCancelled& e) {
  Entry entry;
  entry.by = e.by;
  entry.comment = e.reason;
  const std::string who = e.by.empty() ? "Quản trị viên" : teller.name(e.by);
  entry.text = {who + " hủy quy trình.",
                (e.by.empty() ? "An administrator" : who) + " cancelled the case."};
  return entry;
}
Entry tell(const Teller& teller, const InstanceRetried& e) {
  Entry entry;
  entry.by = e.by;
  entry.comment = e.comment;
  const std::string who = e.by.empty() ? "Quản trị viên" : teller.name(e.by);
  entry.text = {who + " cho chạy lại bước bị lỗi.",
                (e.by.empty() ? "An administrator" : who) + " ran the failed step again."};
  entry.details = {{"pointer", e.pointer}};
  return entry;
}
Entry tell(const Teller& teller, const InstanceSuspended& e) {
  Entry entry;
  entry.by = e.by;
  entry.comment = e.reason;
  const Text who = e.by.empty() ? Text{"Quản trị viên", "An administrator"}
                                : Text{teller.name(e.by), teller.name(e.by)};
  entry.text = {who.vi + " tạm dừng quy trình.", who.en + " suspended the case."};
  return entry;
}
Entry tell(const Teller& teller, const InstanceResumed& e) {
  Entry entry;
  entry.by = e.by;
  const Text who = e.by.empty() ? Text{"Quản trị viên", "An administrator"}
                                : Text{teller.name(e.by), teller.name(e.by)};
  entry.text = {who.vi + " cho quy trình tiếp tục.", who.en + " let the case go on."};
  return entry;
}
Entry tell(const Teller& teller, const DeadlinesMoved& e) {
  Entry entry;
  Json moved = Json::array();
  for (const TaskPlan& plan : e.tasks) {
    if (plan.due_was == plan.due_at) continue;
    moved.push_back({{"task", plan.task.text()},
                     {"title", to_json(teller.title(plan.task))},
                     {"dueWas", to_json(plan.due_was)},
                     {"dueAt", to_json(plan.due_at)}});
  }
  if (moved.empty()) return entry;  // What only reminders or reasons gained is machinery.
  entry.text = e.cause == "resumed"
                   ? Text{"Hạn xử lý lùi theo thời gian tạm dừng.",
                          "Deadlines moved by the time of the suspension."}
                   : Text{"Hạn xử lý được tính lại vì lịch làm việc thay đổi.",
                          "Deadlines were computed again: the working calendar has changed."};
  entry.details = {{"deadlines", std::move(moved)}};
  if (e.change) entry.details["calendarChange"] = *e.change;
  return entry;
}
Entry tell(const Teller& teller, const ExtensionRequested& e) {
  const Text title = teller.title(e.task);
  const std::string who = teller.name(e.extension.asked_by);
  Entry entry;
  entry.by = e.extension.asked_by;
  entry.task = e.task;
  entry.comment = e.extension.reason;
  entry.text = {who + " đề nghị gia hạn “" + title.vi + "”.",
                who + " asked for more time for “" + title.en + "”."};
  return entry;
}
Entry tell(const Teller& teller, const ExtensionDecided& e) {
  const Text title = teller.title(e.task);
  const std::string who = teller.name(e.extension.decided_by);
  Entry entry;
  entry.by = e.extension.decided_by;
  entry.task = e.task;
  entry.comment = e.extension.comment;
  entry.text = e.plan ? Text{who + " cho gia hạn “" + title.vi + "”.",
                             who + " granted more time for “" + title.en + "”."}
                      : Text{who + " không cho gia hạn “" + title.vi + "”.",
                             who + " refused more time for “" + title.en + "”."};
  if (e.plan) {
    entry.details = {{"dueWas", to_json(e.plan->due_was)}, {"dueAt", to_json(e.plan->due_at)}};
  }
  return entry;
}
template <class Machinery>
Entry tell(const Teller&, const Machinery&) {
  return {};
}

std::optional<Json> entry_json(const Teller& teller, const HistoryRow& row) {
  const Event event = decode_event(Json::parse(row.entry.body_json));
  const Entry entry = std::visit([&](const auto& fact) { return tell(teller, fact); }, event);
  if (entry.text.vi.empty()) return std::nullopt;
  Json json = {{"seq", row.entry.seq},
               {"at", to_rfc3339(row.entry.at)},
               {"kind", row.entry.type},
               {"title", to_json(entry.text)}};
  if (!entry.by.empty()) json["by"] = person_json(*teller.call.directory, entry.by);
  if (!entry.for_whom.empty()) {
    json["onBehalfOf"] = person_json(*teller.call.directory, entry.for_whom);
  }
  if (!entry.via.empty()) json["via"] = entry.via;
  if (!entry.comment.empty()) json["comment"] = entry.comment;
  if (entry.attachments.is_array() && !entry.attachments.empty()) {
    json["attachments"] = entry.attachments;
  }
  if (!entry.details.is_null()) json["details"] = entry.details;
  if (const TaskRow* task = teller.find(entry.task)) {
    json["step"] = {{"pointer", task->step_pointer}, {"title", to_json(task->title)}};
    json["task"] = task->id.text();
    if (!entry.outcome.empty()) {
      json["outcome"] = to_json(outcome_label(task_spec(*task), entry.outcome));
    }
  } else if (!entry.outcome.empty()) {
    json["outcome"] = to_json(Text{entry.outcome, entry.outcome});
  }
  return json;
}

}  // namespace

HandlerResult show_history(Call& call) {
  const Result<int> limit = call.query.number("limit", 100, 1, page_limit_max);
  if (!limit) co_return limit.error();
  const ReadLease reads = call.services.store.reads();
  const InstanceId id{call.parameters.front()};
  const Result<InstanceRow> instance = visible_instance(call, *reads, id);
  if (!instance) co_return instance.error();
  const auto tasks = reads->tasks_of(id);
  if (!tasks) co_return tasks.error();
  Result<Proofs> proofs = proofs_of(*reads, id);
  if (!proofs) co_return proofs.error();
  Teller teller{call, {}, std::move(*proofs)};
  for (const TaskRow& task : *tasks) teller.tasks.emplace(task.id, &task);

  // Facts that are not told leave pages short, so rows are read until the page is full.
  Json items = Json::array();
  std::string after = call.query.text("after");
  bool more = true;
  while (more && static_cast<int>(items.size()) < *limit) {
    const int wanted = *limit - static_cast<int>(items.size());
    const auto page = reads->history(id, PageRequest{wanted, after});
    if (!page) co_return page.error();
    for (const HistoryRow& row : page->items) {
      if (std::optional<Json> entry = entry_json(teller, row)) items.push_back(std::move(*entry));
    }
    more = page->has_more;
    if (!page->end_cursor.empty()) after = page->end_cursor;
  }
  co_return json_reply(200, page_json(std::move(items), after, more));
}

}  // namespace kyhan
