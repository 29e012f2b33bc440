#include "api/reminders.hpp"

#include "api/access.hpp"
#include "api/handlers.hpp"
#include "api/services.hpp"
#include "api/show.hpp"
#include "workflow/core/codec.hpp"
#include "workflow/core/preferences.hpp"
#include "workflow/core/reminders.hpp"
#include "workflow/core/time_text.hpp"
#include "workflow/store/store.hpp"

namespace kyhan {
namespace {

constexpr int next_default = 10;
constexpr int next_max = 100;
/// Facts of one task that are told; a reminder that repeats gives one a round.
constexpr int facts_max = 2000;

Text title_of(const std::string& kind, const std::string& action) {
  if (kind == "reminder") return {"Nhắc việc", "Reminder"};
  if (kind == "overdue") return {"Đánh dấu quá hạn", "Marked overdue"};
  if (kind == "expire") return {"Hết thời hạn, việc được thu hồi", "Expires and is withdrawn"};
  if (kind == "opens") return {"Mở biểu quyết", "Voting opens"};
  if (kind == "closes") return {"Đóng biểu quyết", "Voting closes"};
  if (action == "reassign") return {"Chuyển người khác xử lý", "Reassigned"};
  if (action == "addCandidates") return {"Mời thêm người xử lý", "Offered to more people"};
  if (action == "complete") return {"Hệ thống ghi kết quả thay", "Answered by the system"};
  if (action == "raise") return {"Thu hồi, dừng bước này", "Withdrawn, the step ends"};
  return {"Báo cáo cấp trên", "Escalation"};
}

/// How a notice would reach a person if it came at `at`: told now, or kept until when.
void add_delivery(const Call& call, const UpcomingNotice& upcoming, const TaskRow& task,
                  const PersonId& person, Json& entry) {
  Notify notice;
  notice.kind = upcoming.kind == "reminder"     ? "task.reminder"
                : upcoming.kind == "escalation" ? "task.escalated"
                                                : "task.overdue";
  const bool late = task.due_at && upcoming.at > *task.due_at;
  if (!late) notice.due_at = task.due_at;
  notice.urgent = late && upcoming.kind == "reminder" && upcoming.round == 0;
  const Engine& engine = call.services.engine;
  const Delivery delivery =
      plan_delivery(engine.preferences()->of(person),
                    calendar_of(person, *call.directory, *engine.calendars()), notice, upcoming.at);
  entry["delivery"] = to_text(delivery.how);
  if (delivery.how == Delivery::How::later) entry["deliverAt"] = to_rfc3339(delivery.at);
}

Json people_json(const Directory& directory, const std::vector<PersonId>& people) {
  Json list = Json::array();
  for (const PersonId& person : people) list.push_back(person_json(directory, person));
  return list;
}

bool is_open(const TaskRow& task) {
  return task.state == TaskState::offered || task.state == TaskState::claimed;
}

Json told_json(const std::string& kind, const Moment& moment, Instant at, bool late) {
  return {{"kind", kind},
          {"at", to_rfc3339(at)},
          {"plannedAt", to_rfc3339(moment.at)},
          {"round", moment.round},
          {"late", late}};
}

/// What went out about the task, oldest first.
Result<Json> sent_json(const Call& call, Reads& reads, const TaskRow& task) {
  const auto facts =
      reads.facts_of(task.instance, {"task_reminded", "task_overdue", "task_escalated"}, facts_max);
  if (!facts) return facts.error();
  const Result<Proofs> proofs = proofs_of(reads, task.instance);
  if (!proofs) return proofs.error();
  Json sent = Json::array();
  for (const JournalEntry& fact : *facts) {
    const Event event = decode_event(Json::parse(fact.body_json));
    if (const auto* one = std::get_if<TaskReminded>(&event); one && one->task == task.id) {
      Json entry = told_json("reminder", one->moment, one->at, one->late);
      entry["title"] = to_json(title_of("reminder", ""));
      entry["to"] = reached_json(call, *proofs, reminder_key(one->task, one->moment), one->to);
      entry["collapsed"] = people_json(*call.directory, one->collapsed);
      sent.push_back(std::move(entry));
    } else if (const auto* up = std::get_if<TaskEscalated>(&event); up && up->task == task.id) {
      Json entry = told_json("escalation", up->moment, up->at, up->late);
      entry["title"] = to_json(title_of("escalation", up->action));
      entry["action"] = up->action;
      entry["to"] = people_json(*call.directory, up->to);
      if (!up->note.empty()) entry["note"] = up->note;
      sent.push_back(std::move(entry));
    } else if (const auto* over = std::get_if<TaskOverdue>(&event); over && over->task == task.id) {
      sent.push_back({{"kind", "overdue"},
                      {"at", to_rfc3339(over->at)},
                      {"title", to_json(title_of("overdue", ""))}});
    }
  }
  return Result<Json>{boost::system::in_place_value, std::move(sent)};
}

}  // namespace

Result<Proofs> proofs_of(Reads& reads, const InstanceId& instance) {
  auto confirmed = reads.confirmed_reminders(instance);
  if (!confirmed) return confirmed.error();
  auto mails = reads.mails_of(instance);
  if (!mails) return mails.error();
  return Proofs{std::move(*confirmed), std::move(*mails)};
}

Json reached_json(const Call& call, const Proofs& proofs, const std::string& key,
                  const std::vector<PersonId>& people) {
  Json list = Json::array();
  for (const PersonId& person : people) {
    Json one = person_json(*call.directory, person);
    const std::string id = key + "/" + person.text();
    const auto proof = proofs.confirmed.find(id);
    one["confirmedAt"] =
        proof == proofs.confirmed.end() ? Json() : Json(to_rfc3339(proof->second));
    if (const auto mail = proofs.mails.find(id); mail != proofs.mails.end()) {
      one["mail"] = {{"state", to_text(mail->second.state)}};
      if (mail->second.settled_at) one["mail"]["at"] = to_rfc3339(*mail->second.settled_at);
    }
    list.push_back(std::move(one));
  }
  return list;
}

Result<Json> upcoming_json(const Call& call, Reads& reads, const TaskRow& task, std::size_t most) {
  Json next = Json::array();
  const auto done = [&next] {
    return Result<Json>{boost::system::in_place_value, std::move(next)};
  };
  if (!is_open(task)) return done();
  const auto stored = reads.find_state(task.instance);
  if (!stored) return stored.error();
  if (!*stored) return done();
  const State state = decode_state(Json::parse(**stored));
  const Engine& engine = call.services.engine;
  const Result<Program> program =
      engine.catalog()->load(state.definition.name, state.definition.version);
  if (!program) return program.error();
  const auto calendars = engine.calendars();
  const World world{*program, *call.directory, *calendars};
  for (const UpcomingNotice& notice :
       upcoming_notices(state, world, task.id, engine.clock().now(), most)) {
    Json entry = {
        {"at", to_rfc3339(notice.at)}, {"kind", notice.kind},
        {"round", notice.round},       {"title", to_json(title_of(notice.kind, notice.action))},
        {"why", to_json(notice.why)},
        {"to", Json::array()}};
    for (const Addressee& one : notice.to) {
      Json reached = person_json(*call.directory, one.person);
      if (!one.on_behalf_of.empty()) {
        reached["onBehalfOf"] = person_json(*call.directory, one.on_behalf_of);
      }
      add_delivery(call, notice, task, one.person, reached);
      entry["to"].push_back(std::move(reached));
    }
    if (!notice.action.empty()) entry["action"] = notice.action;
    next.push_back(std::move(entry));
  }
  return done();
}

HandlerResult show_task_notifications(Call& call) {
  const Result<int> most = call.query.number("next", next_default, 0, next_max);
  if (!most) co_return most.error();
  const ReadLease reads = call.services.store.reads();
  const Result<TaskRow> task = visible_task(call, *reads, TaskId{call.parameters.front()});
  if (!task) co_return task.error();
  Result<Json> next = upcoming_json(call, *reads, *task, static_cast<std::size_t>(*most));
  if (!next) co_return next.error();
  Result<Json> sent = sent_json(call, *reads, *task);
  if (!sent) co_return sent.error();
  co_return json_reply(
      200, {{"task", task->id.text()}, {"next", std::move(*next)}, {"sent", std::move(*sent)}});
}

}  // namespace kyhan
