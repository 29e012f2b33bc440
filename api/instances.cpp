// Runs: starting them, listing them, ending them.

#include <map>

#include "api/access.hpp"
#include "api/decisions.hpp"
#include "api/engine_calls.hpp"
#include "api/handlers.hpp"
#include "api/services.hpp"
#include "api/show.hpp"
#include "workflow/core/codec.hpp"
#include "workflow/core/documents.hpp"
#include "workflow/store/store.hpp"

namespace kyhan {
namespace {

constexpr std::size_t units_max = 200;

Json open_tasks_json(const Receipt& receipt) {
  Json tasks = Json::array();
  for (const OpenTask& task : receipt.open_tasks) {
    tasks.push_back({{"id", task.id.text()}, {"name", task.name}, {"etag", etag_of(task.version)}});
  }
  return tasks;
}

Json started_json(const Receipt& receipt) {
  return {{"id", receipt.instance.text()},
          {"state", std::string{to_text(receipt.status)}},
          {"openTasks", open_tasks_json(receipt)}};
}

/// A start that was refused, for the caller: the instance that has the business key is named to
/// those who may see it, and to nobody else.
struct RefusedStart {
  Error error;
  Json extra;
};

RefusedStart refused_start(const Call& call, Error error) {
  if (error.type != "duplicate-business-key" || error.fields.empty()) return {std::move(error), {}};
  const std::string existing = error.fields.front().code;
  error.fields.clear();
  const ReadLease reads = call.services.store.reads();
  if (visible_instance(call, *reads, InstanceId{existing})) {
    return {std::move(error), {{"existing", {{"id", existing}}}}};
  }
  error.detail = {"Đã có hồ sơ mang mã nghiệp vụ này; bạn không có quyền xem hồ sơ đó.",
                  "There is an instance with this business key already, which you may not see."};
  return {std::move(error), {}};
}

std::optional<InstanceStatus> status_from(std::string_view text) {
  for (const InstanceStatus status :
       {InstanceStatus::running, InstanceStatus::waiting, InstanceStatus::completed,
        InstanceStatus::faulted, InstanceStatus::cancelled, InstanceStatus::suspended}) {
    if (to_text(status) == text) return status;
  }
  return std::nullopt;
}

Result<std::vector<InstanceStatus>> statuses_from(const std::string& list) {
  std::vector<InstanceStatus> statuses;
  std::string_view rest = list;
  while (!rest.empty()) {
    const std::size_t comma = rest.find(',');
    const std::string_view word = rest.substr(0, comma);
    rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
    const auto status = status_from(word);
    if (!status) {
      return bad_parameter("state", {"chỉ nhận running, waiting, suspended, completed, faulted, cancelled.",
                                     "only running, waiting, suspended, completed, faulted, cancelled."});
    }
    statuses.push_back(*status);
  }
  return statuses;
}

/// Whether the initiator may still take the start back: nobody has answered yet.
Result<bool> unanswered(Reads& reads, const InstanceId& id) {
  const auto tasks = reads.tasks_of(id);
  if (!tasks) return tasks.error();
  for (const TaskRow& task : *tasks) {
    if (task.state == TaskState::completed) return false;
  }
  return true;
}

}  // namespace

HandlerResult start_instances(Call& call) {
  Fields fields{call.body};
  StartRequest request;
  request.definition = fields.text("definition", Need::required, 200);
  request.version = fields.text("version", Need::optional, 100);
  const std::string unit = fields.text("unit", Need::optional, 40);
  const std::vector<std::string> units = fields.texts("units", units_max);
  request.business_key = fields.text("businessKey", Need::optional, 200);
  request.input = fields.any("input", Json::object());
  if (const Result<void> whole = fields.finish(); !whole) co_return whole.error();
  request.by = call.caller.person;
  request.by_administrator = call.caller.administrator;
  request.via = via_of(call);
  request.idempotency = idempotency_of(call);
  if (call.caller.system) {
    co_return forbidden("may-not-start", {"Mã truy cập hệ thống không được khởi tạo quy trình.",
                                          "A system's token may not start workflows."});
  }

  if (units.empty()) {
    request.unit = UnitId{unit};
    const Result<Receipt> receipt = co_await start(call.services.engine, std::move(request));
    if (!receipt) {
      const RefusedStart refused = refused_start(call, receipt.error());
      co_return problem(refused.error, call.language, call.id, refused.extra);
    }
    Reply reply = json_reply(201, started_json(*receipt));
    reply.headers.set("Location", "/api/v1/instances/" + percent_encode(receipt->instance.text()));
    co_return reply;
  }

  Json results = Json::array();
  for (const std::string& one : units) {
    StartRequest single = request;
    single.unit = UnitId{one};
    if (!single.idempotency.key.empty()) single.idempotency.key += "/" + one;
    const Result<Receipt> receipt = co_await start(call.services.engine, std::move(single));
    if (receipt) {
      results.push_back({{"unit", one}, {"status", 201}, {"id", receipt->instance.text()}});
      continue;
    }
    const RefusedStart refused = refused_start(call, receipt.error());
    results.push_back(
        {{"unit", one},
         {"status", status_of(refused.error)},
         {"problem", problem_document(refused.error, call.language, call.id, refused.extra)}});
  }
  co_return json_reply(200, {{"results", std::move(results)}});
}

HandlerResult list_instances(Call& call) {
  const Query& asked = call.query;
  const Result<int> limit = asked.number("limit", 50, 1, page_limit_max);
  if (!limit) co_return limit.error();
  const Result<bool> mine = asked.flag("mine");
  if (!mine) co_return mine.error();
  const Result<bool> with_subtree = asked.flag("subtree");
  if (!with_subtree) co_return with_subtree.error();
  const auto statuses = statuses_from(asked.text("state"));
  if (!statuses) co_return statuses.error();

  InstanceQuery query;
  query.visibility = visibility_of(call);
  if (*mine) query.visibility = Visibility{false, {}, call.caller.person};
  query.statuses = *statuses;
  query.definition = asked.text("definition");
  query.search = fold_for_search(asked.text("q"));
  query.page = PageRequest{*limit, asked.text("after")};
  if (const std::string& unit = asked.text("unit"); !unit.empty()) {
    if (call.directory->find_unit(UnitId{unit}) == nullptr) co_return not_found();
    query.units =
        *with_subtree ? subtree(*call.directory, UnitId{unit}) : std::vector<UnitId>{UnitId{unit}};
  }
  const auto page = call.services.store.reads()->instances(query);
  if (!page) co_return page.error();
  Json items = Json::array();
  for (const InstanceRow& row : page->items) items.push_back(instance_json(call, row));
  co_return json_reply(200, page_json(std::move(items), page->end_cursor, page->has_more));
}

HandlerResult cancel_instance(Call& call) {
  Fields fields{call.body};
  const std::string reason = fields.paragraphs("reason", Need::required, 2000);
  if (const Result<void> whole = fields.finish(); !whole) co_return whole.error();
  const InstanceId id{call.parameters.front()};
  {
    const ReadLease reads = call.services.store.reads();
    const Result<InstanceRow> instance = visible_instance(call, *reads, id);
    if (!instance) co_return instance.error();
    const Result<bool> fresh = unanswered(*reads, id);
    if (!fresh) co_return fresh.error();
    const bool own = !call.caller.person.empty() && instance->initiator == call.caller.person;
    if (!call.caller.administrator && !(own && *fresh)) {
      co_return forbidden(
          "cancel-not-allowed",
          {"Chỉ quản trị viên, hoặc người khởi tạo khi chưa ai xử lý, được hủy.",
           "Only an administrator, or the initiator before any answer, may cancel."});
    }
  }
  Command command = CancelInstance{call.caller.person, reason};
  SubmitOptions options = options_of(call);
  const Result<Receipt> receipt =
      co_await submit(call.services.engine, id, std::move(command), std::move(options));
  if (!receipt) co_return receipt.error();
  const ReadLease reads = call.services.store.reads();
  const Result<std::optional<InstanceRow>> row = reads->find_instance(id);
  if (!row) co_return row.error();
  if (!*row) co_return not_found();
  co_return json_reply(200, instance_json(call, **row));
}

}  // namespace kyhan
