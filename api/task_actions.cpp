// Acting on a task. Who may, and what an answer must bring, the core decides; here the request
// becomes a command and the refusal a problem.

#include "api/access.hpp"
#include "api/decisions.hpp"
#include "api/engine_calls.hpp"
#include "api/handlers.hpp"
#include "api/passwords.hpp"
#include "api/services.hpp"
#include "api/sessions.hpp"
#include "api/show.hpp"
#include "api/task_acting.hpp"
#include "api/throttle.hpp"
#include "workflow/core/codec.hpp"
#include "workflow/core/person_text.hpp"
#include "workflow/store/store.hpp"

namespace kyhan {
namespace {


/// The password given again at a decision: whether it is the caller's own. Errors: `forbidden`
/// "wrong-signature"; `too_many` "too-many-attempts"; `invalid` "cannot-sign" for tokens.
asio::awaitable<Result<void>> check_signature(Call& call, std::string password) {
  Services& services = call.services;
  if (!call.caller.by_session || call.caller.account.empty()) {
    co_return Error{ErrorCode::invalid,
                    "cannot-sign",
                    {"Chỉ người đăng nhập bằng mật khẩu mới ký được.",
                     "Only who signed in with a password can sign."},
                    {{"/signature", "cannot-sign",
                      {"Phiên này không có mật khẩu.", "This session has no password."}}}};
  }
  const Instant now = services.wall_clock.now();
  const std::string address = client_address(services, call.request);
  if (services.throttle.must_wait(call.caller.account, address, now)) {
    co_return Error{ErrorCode::too_many,
                    "too-many-attempts",
                    {"Đã nhập sai quá nhiều lần, hãy thử lại sau.",
                     "Too many wrong passwords; try again later."}};
  }
  const auto found = services.store.reads()->find_account(call.caller.account);
  if (!found) co_return found.error();
  std::string hash = *found ? (*found)->password_hash : std::string{};
  const Result<bool> right =
      co_await services.passwords.verify(std::move(hash), std::move(password));
  if (!right) co_return right.error();
  if (!*right) {
    services.throttle.failed(call.caller.account, address, now);
    const Text text{"Mật khẩu ký không đúng.", "The signature's password is wrong."};
    co_return Error{ErrorCode::invalid, "wrong-signature", text,
                    {{"/signature/password", "wrong", text}}};
  }
  services.throttle.succeeded(call.caller.account, address);
  co_return Result<void>{};
}

/// The password of `signature: {password}`; nothing where it is not signed.
Result<std::optional<std::string>> password_of(const Json& signature) {
  if (signature.is_null()) return std::optional<std::string>{};
  if (signature.is_object() && signature.size() == 1 && signature.contains("password") &&
      signature["password"].is_string()) {
    auto password = signature["password"].get<std::string>();
    if (password.size() <= password_bytes_max) return std::optional{std::move(password)};
  }
  return Error{ErrorCode::invalid,
               "bad-body",
               {"Trường signature phải có dạng {password}.", "signature must be {password}."},
               {{"/signature", "type", {"Dạng {password}.", "{password}."}}}};
}

}  // namespace

Result<TaskRow> task_to_act_on(const Call& call) {
  if (call.caller.person.empty()) {
    return forbidden("no-person", {"Chỉ người dùng có tài khoản mới xử lý được nhiệm vụ.",
                                   "Only a person's account can act on a task."});
  }
  const ReadLease reads = call.services.store.reads();
  return visible_task(call, *reads, TaskId{call.parameters.front()});
}

Reply refuse_on_task(const Call& call, const Error& error, const TaskId& id) {
  Json extra = nullptr;
  if (error.code == ErrorCode::stale || error.code == ErrorCode::conflict ||
      error.type == "precondition-required") {
    const ReadLease reads = call.services.store.reads();
    if (const Result<TaskRow> task = visible_task(call, *reads, id)) {
      if (const Result<TaskStanding> stands = standing(call, *reads, *task)) {
        extra = {{"current", task_json(call, *task, *stands, due_bounds(call.services))}};
      }
    }
  }
  return problem(error, call.language, call.id, extra);
}


Result<void> take_version(const Call& call, Version need, SubmitOptions& options) {
  if (need == Version::optional && !call.request.headers.contains("If-Match")) return {};
  const Result<std::int64_t> version = expected_version(call.request);
  if (!version) return version.error();
  options.expected_version = *version;
  return {};
}

HandlerResult act_on_task(Call& call, TaskRow task, Command command) {
  SubmitOptions options = options_of(call);
  if (const Result<void> read = take_version(call, Version::optional, options); !read) {
    co_return read.error();
  }
  const Result<Receipt> receipt =
      co_await submit(call.services.engine, task.instance, std::move(command), std::move(options));
  if (!receipt) co_return refuse_on_task(call, receipt.error(), task.id);
  co_return present_task(call, task.id);
}

HandlerResult complete_task(Call& call) {
  Fields fields{call.body};
  CompleteTask answer;
  answer.outcome = fields.text("outcome", Need::required, 100);
  answer.comment = fields.paragraphs("comment", Need::optional, comment_characters_max);
  answer.data = fields.any("data", nullptr);
  const std::vector<std::string> ids = fields.texts("attachments", attachments_max);
  const Json signature = fields.any("signature", nullptr);
  if (const Result<void> whole = fields.finish(); !whole) co_return whole.error();
  Result<std::optional<std::string>> password = password_of(signature);
  if (!password) co_return password.error();
  const Result<TaskRow> task = task_to_act_on(call);
  if (!task) co_return task.error();
  SubmitOptions options = options_of(call);
  if (task->kind == "ballot") {
    // What is kept to know a repeated request by must not tell how somebody voted.
    options.idempotency.body_hash = sha256_of(call.request.target);
  }
  if (*password) {
    // What is kept to know a repeated request by must not be a way to guess the password.
    Json unsigned_body = call.body;
    unsigned_body.erase("signature");
    options.idempotency.body_hash = sha256_of(unsigned_body.dump());
    std::string secret = std::move(**password);
    const Result<void> signs = co_await check_signature(call, std::move(secret));
    if (!signs) co_return signs.error();
    answer.signature = "simple";
  }
  if (const Result<void> read = take_version(call, Version::required, options); !read) {
    co_return refuse_on_task(call, read.error(), task->id);
  }
  Result<std::vector<Attachment>> files =
      attachments_from(call, *call.services.store.reads(), *task, ids);
  if (!files) co_return files.error();
  answer.attachments = std::move(*files);
  answer.task = task->id;
  answer.by = call.caller.person;

  Command command = std::move(answer);
  const Result<Receipt> receipt =
      co_await submit(call.services.engine, task->instance, std::move(command), std::move(options));
  if (!receipt) co_return refuse_on_task(call, receipt.error(), task->id);

  const ReadLease reads = call.services.store.reads();
  const Result<std::optional<TaskRow>> after = reads->find_task(task->id);
  if (!after) co_return after.error();
  const TaskRow& shown = *after ? **after : *task;
  const Result<TaskStanding> stands = standing(call, *reads, shown);
  if (!stands) co_return stands.error();
  Json open = Json::array();
  for (const OpenTask& one : receipt->open_tasks) {
    open.push_back({{"id", one.id.text()}, {"name", one.name}, {"etag", etag_of(one.version)}});
  }
  co_return json_reply(
      200, {{"task", task_json(call, shown, *stands, due_bounds(call.services))},
            {"instance",
             {{"id", receipt->instance.text()}, {"state", std::string{to_text(receipt->status)}}}},
            {"openTasks", std::move(open)}});
}

}  // namespace kyhan
