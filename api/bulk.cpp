// Many tasks in one request. Each item is judged by itself, at the door a single one goes through;
// what becomes of it does not depend on the others. Up to 200 items are answered at once, more
// become a job.

#include "workflow/engine/bulk.hpp"

#include <span>

#include "api/access.hpp"
#include "api/decisions.hpp"
#include "api/engine_calls.hpp"
#include "api/handlers.hpp"
#include "api/services.hpp"
#include "api/show.hpp"
#include "workflow/core/codec.hpp"
#include "workflow/core/person_text.hpp"
#include "workflow/store/store.hpp"

namespace kyhan {
namespace {

constexpr std::size_t batch_items_max = 10'000;
/// More do not fit into one answer in a time that a page waits.
constexpr std::size_t batch_items_at_once_max = 200;
constexpr std::size_t faults_max = 100;
/// Read with one lease, which is then given back: other requests wait for it.
constexpr std::size_t items_per_lease = 100;

enum class Action { complete, claim, release, reassign, withdraw };

std::optional<Action> action_from(const std::string& word) {
  if (word == "complete") return Action::complete;
  if (word == "claim") return Action::claim;
  if (word == "release") return Action::release;
  if (word == "reassign") return Action::reassign;
  if (word == "withdraw") return Action::withdraw;
  return std::nullopt;
}

/// One item as it was asked for.
struct Wanted {
  std::string task;
  std::string etag;
  std::string outcome;
  std::string comment;
  std::string to;  ///< reassign: whom.
  Json data;
  std::vector<std::string> attachments;
};

struct WantedAll {
  Action action = Action::complete;
  std::vector<Wanted> items;
};

/// Members of the request that stand for every item that does not have its own.
constexpr std::array shared_members = {"outcome", "comment", "data", "to"};

void read_item(const Json& given, const Json& body, std::size_t index, Action action,
               WantedAll& all, std::vector<FieldError>& faults) {
  const std::string at = "/items/" + std::to_string(index);
  if (!given.is_object()) {
    faults.push_back({at, "type", {"Phải là một đối tượng.", "It must be an object."}});
    return;
  }
  Json merged = given;
  for (const char* name : shared_members) {
    if (!merged.contains(name) && body.contains(name)) merged[name] = body[name];
  }
  Fields fields{merged};
  Wanted wanted;
  wanted.task = fields.text("task", Need::required, 100);
  wanted.etag = fields.text("etag", Need::optional, 40);
  const bool answers = action == Action::complete;
  if (answers) {
    wanted.outcome = fields.text("outcome", Need::required, 100);
    wanted.data = fields.any("data", nullptr);
    wanted.attachments = fields.texts("attachments", attachments_max);
  }
  if (action == Action::reassign) wanted.to = fields.text("to", Need::required, 40);
  if (answers || action == Action::reassign || action == Action::withdraw) {
    const Need need = action == Action::withdraw ? Need::required : Need::optional;
    wanted.comment = fields.paragraphs("comment", need, comment_characters_max);
  }
  if (const Result<void> whole = fields.finish(); !whole) {
    for (const FieldError& fault : whole.error().fields) {
      if (faults.size() < faults_max) {
        faults.push_back({at + fault.pointer, fault.code, fault.message});
      }
    }
    return;
  }
  all.items.push_back(std::move(wanted));
}

Error too_many_items() {
  const std::string most = std::to_string(batch_items_max);
  return Error{ErrorCode::too_large,
               "too-large",
               {"Một yêu cầu chỉ nhận tối đa " + most + " mục.",
                "A request takes at most " + most + " items."}};
}

Result<WantedAll> read_request(const Call& call) {
  const Json& body = call.body;
  std::vector<FieldError> faults;
  for (const auto& [name, value] : body.items()) {
    const bool known = name == "action" || name == "items" ||
                       std::ranges::find(shared_members, name) != shared_members.end();
    if (!known) {
      faults.push_back(
          {"/" + name, "unknown-field", {"Không có trường này.", "There is no such field."}});
    }
  }
  WantedAll all;
  const auto action = body.find("action");
  const auto chosen = action != body.end() && action->is_string()
                          ? action_from(action->get<std::string>())
                          : std::nullopt;
  if (!chosen) {
    faults.push_back({"/action",
                      "enum",
                      {"Chọn complete, claim, release, reassign hoặc withdraw.",
                       "Choose complete, claim, release, reassign or withdraw."}});
  }
  const auto items = body.find("items");
  if (items == body.end() || !items->is_array() || items->empty()) {
    faults.push_back({"/items",
                      "type",
                      {"Phải là danh sách không trống.", "It must be a list that is not empty."}});
  } else if (items->size() > batch_items_max) {
    return too_many_items();
  } else if (chosen) {
    all.action = *chosen;
    for (std::size_t i = 0; i < items->size() && faults.size() < faults_max; ++i) {
      read_item((*items)[i], body, i, *chosen, all, faults);
    }
  }
  if (faults.empty()) return all;
  const FieldError first = faults.front();
  return bad_request(
      "bad-body",
      {"Nội dung yêu cầu không hợp lệ tại " + first.pointer + ": " + first.message.vi,
       "The request is not valid at " + first.pointer + ": " + first.message.en},
      std::move(faults));
}

/// The command an item asks for, or why it cannot be asked.
Result<Addressed> prepare(const Call& call, Reads& reads, Action action, const Wanted& wanted) {
  const PersonId& by = call.caller.person;
  if (by.empty() && action != Action::withdraw) {
    return forbidden("no-person", {"Chỉ người dùng có tài khoản mới xử lý được nhiệm vụ.",
                                   "Only a person's account can act on a task."});
  }
  const Result<TaskRow> task = visible_task(call, reads, TaskId{wanted.task});
  if (!task) return task.error();
  if (task->kind == "ballot" && action == Action::complete) {
    return Error{ErrorCode::forbidden,
                 "not-in-a-vote",
                 {"Phiếu biểu quyết phải do từng người bỏ, không xử lý hàng loạt.",
                  "Ballots are cast one by one, not in bulk."}};
  }
  Addressed work;
  work.instance = task->instance;
  if (!wanted.etag.empty()) {
    const Result<std::int64_t> version = version_from(wanted.etag);
    if (!version) return version.error();
    work.expected_version = *version;
  } else if (action == Action::complete || action == Action::reassign ||
             action == Action::withdraw) {
    return Error{ErrorCode::invalid,
                 "precondition-required",
                 {"Thiếu etag của nhiệm vụ mà bạn đang xem.",
                  "The etag of the task you are looking at is missing."}};
  }
  switch (action) {
    case Action::claim:
      work.command = ClaimTask{task->id, by};
      break;
    case Action::release:
      work.command = ReleaseTask{task->id, by};
      break;
    case Action::reassign:
      work.command = ReassignTask{task->id, by, PersonId{wanted.to}, wanted.comment};
      break;
    case Action::withdraw:
      work.command = WithdrawTask{task->id, by, wanted.comment};
      break;
    case Action::complete: {
      Result<std::vector<Attachment>> files =
          attachments_from(call, reads, *task, wanted.attachments);
      if (!files) return files.error();
      work.command = CompleteTask{task->id,       by,          wanted.outcome,
                                  wanted.comment, wanted.data, std::move(*files)};
      break;
    }
  }
  return work;
}

std::vector<Result<Addressed>> prepare_all(const Call& call, const WantedAll& wanted) {
  std::vector<Result<Addressed>> prepared;
  prepared.reserve(wanted.items.size());
  while (prepared.size() < wanted.items.size()) {
    const ReadLease reads = call.services.store.reads();
    for (std::size_t i = 0; i < items_per_lease && prepared.size() < wanted.items.size(); ++i) {
      prepared.push_back(prepare(call, *reads, wanted.action, wanted.items[prepared.size()]));
    }
  }
  return prepared;
}

asio::awaitable<Result<Reply>> answer_at_once(Call& call, const WantedAll& wanted,
                                              std::vector<Result<Addressed>> prepared) {
  std::vector<Submission> submissions;
  std::vector<std::optional<std::size_t>> place(prepared.size());
  for (std::size_t i = 0; i < prepared.size(); ++i) {
    if (!prepared[i]) continue;
    SubmitOptions options = options_of(call);
    options.expected_version = prepared[i]->expected_version;
    options.via = "bulk";
    if (!options.idempotency.key.empty()) options.idempotency.key += "/" + std::to_string(i);
    place[i] = submissions.size();
    submissions.push_back(
        {std::move(prepared[i]->instance), std::move(prepared[i]->command), std::move(options)});
  }
  const std::vector<Result<Receipt>> receipts =
      co_await submit_all(call.services.engine, std::move(submissions));
  Json results = Json::array();
  std::size_t done = 0;
  for (std::size_t i = 0; i < prepared.size(); ++i) {
    const std::string& id = wanted.items[i].task;
    if (place[i] && receipts[*place[i]]) {
      ++done;
      results.push_back(item_json(id, item_done(*receipts[*place[i]])));
    } else {
      const Error& why = place[i] ? receipts[*place[i]].error() : prepared[i].error();
      results.push_back(item_json(call, id, why));
    }
  }
  const std::size_t refused = results.size() - done;
  co_return json_reply(200,
                       {{"results", std::move(results)}, {"done", done}, {"refused", refused}});
}

}  // namespace

Json item_json(const std::string& id, const ItemDone& done) {
  Json json = {{"id", id},
               {"status", 200},
               {"instance", {{"id", done.instance}, {"state", done.instance_state}}}};
  if (!done.state.empty()) {
    json["state"] = done.state;
    json["etag"] = etag_of(done.version);
  }
  return json;
}

Json item_json(const Call& call, const std::string& id, const Error& why) {
  return {{"id", id},
          {"status", status_of(why)},
          {"problem", problem_document(why, call.language, call.id, nullptr)}};
}

HandlerResult act_on_tasks(Call& call) {
  Result<WantedAll> wanted = read_request(call);
  if (!wanted) co_return wanted.error();
  if (wanted->action == Action::withdraw && !call.caller.administrator) {
    co_return forbidden("not-administrator",
                        {"Chỉ quản trị viên hệ thống được thu hồi công việc của người khác.",
                         "Only a system administrator may withdraw the tasks of others."});
  }
  if (wanted->items.size() <= batch_items_at_once_max) {
    std::vector<Result<Addressed>> prepared = prepare_all(call, *wanted);
    Result<Reply> reply = co_await answer_at_once(call, *wanted, std::move(prepared));
    co_return std::move(reply);
  }
  JobRequest request;
  request.kind = "tasks";
  request.by = call.caller.person;
  request.idempotency = idempotency_of(call);
  std::function<Result<Json>()> work = [&call, &wanted, &request] {
    std::vector<Result<Addressed>> prepared = prepare_all(call, *wanted);
    for (std::size_t i = 0; i < prepared.size(); ++i) {
      JobItem item;
      item.subject = wanted->items[i].task;
      if (prepared[i]) {
        item.work = std::move(*prepared[i]);
      } else {
        item.refusal = prepared[i].error();
      }
      request.items.push_back(std::move(item));
    }
    return success(nullptr);
  };
  const Result<Json> prepared = co_await run_blocking(call.services, std::move(work));
  if (!prepared) co_return prepared.error();
  const Result<std::string> id = co_await add_job(call.services.engine, std::move(request));
  if (!id) co_return id.error();
  const auto job = call.services.store.reads()->find_job(*id);
  if (!job) co_return job.error();
  if (!*job) co_return not_found();
  Reply reply = json_reply(202, {{"job", job_json(call, **job)}});
  reply.headers.set("Location", "/api/v1/jobs/" + *id);
  co_return reply;
}

}  // namespace kyhan
