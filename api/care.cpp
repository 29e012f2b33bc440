// What those who look after the cases may do to them.

#include "api/access.hpp"
#include "api/decisions.hpp"
#include "api/engine_calls.hpp"
#include "api/handlers.hpp"
#include "api/services.hpp"
#include "api/show.hpp"
#include "workflow/core/person_text.hpp"
#include "workflow/store/store.hpp"

namespace kyhan {

HandlerResult withdraw_task(Call& call) {
  Fields fields{call.body};
  const std::string comment = fields.paragraphs("comment", Need::required, comment_characters_max);
  if (const Result<void> whole = fields.finish(); !whole) co_return whole.error();
  const Result<std::int64_t> version = expected_version(call.request);
  if (!version) co_return version.error();
  TaskId id;
  InstanceId instance;
  {
    const ReadLease reads = call.services.store.reads();
    const Result<TaskRow> task = visible_task(call, *reads, TaskId{call.parameters.front()});
    if (!task) co_return task.error();
    id = task->id;
    instance = task->instance;
  }
  Command command = WithdrawTask{id, call.caller.person, comment};
  SubmitOptions options = options_of(call);
  options.expected_version = *version;
  const Result<Receipt> receipt =
      co_await submit(call.services.engine, instance, std::move(command), std::move(options));
  if (!receipt) co_return receipt.error();
  co_return present_task(call, id);
}

HandlerResult retry_instance(Call& call) {
  Fields fields{call.body};
  const std::string comment = fields.paragraphs("comment", Need::required, comment_characters_max);
  if (const Result<void> whole = fields.finish(); !whole) co_return whole.error();
  const InstanceId id{call.parameters.front()};
  {
    const ReadLease reads = call.services.store.reads();
    const Result<InstanceRow> instance = visible_instance(call, *reads, id);
    if (!instance) co_return instance.error();
  }
  SubmitOptions options = options_of(call);
  const Result<Receipt> receipt =
      co_await retry(call.services.engine, id, call.caller.person, comment, std::move(options));
  if (!receipt) co_return receipt.error();
  const ReadLease reads = call.services.store.reads();
  const Result<InstanceRow> instance = visible_instance(call, *reads, id);
  if (!instance) co_return instance.error();
  co_return json_reply(200, instance_json(call, *instance));
}

}  // namespace kyhan
