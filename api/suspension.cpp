// Letting an instance stand still, and go on.

#include <algorithm>

#include "api/access.hpp"
#include "api/decisions.hpp"
#include "api/engine_calls.hpp"
#include "api/handlers.hpp"
#include "api/services.hpp"
#include "api/show.hpp"
#include "workflow/store/store.hpp"

namespace kyhan {
namespace {

constexpr std::size_t reason_characters_max = 2'000;

/// Administrators, and those who lead the unit of the instance or one above it.
Result<void> may_suspend(const Call& call, const InstanceRow& instance) {
  const std::vector<UnitId> units = team_units(call);
  if (call.caller.administrator || std::ranges::find(units, instance.unit) != units.end()) {
    return {};
  }
  return forbidden("suspend-not-allowed",
                   {"Chỉ quản trị viên và lãnh đạo đơn vị được tạm dừng hoặc cho tiếp tục.",
                    "Only an administrator or a leader of the unit may suspend and resume."});
}

HandlerResult stop_or_go(Call& call, Command command) {
  const InstanceId id{call.parameters.front()};
  {
    const ReadLease reads = call.services.store.reads();
    const Result<InstanceRow> instance = visible_instance(call, *reads, id);
    if (!instance) co_return instance.error();
    if (const Result<void> may = may_suspend(call, *instance); !may) co_return may.error();
  }
  SubmitOptions options = options_of(call);
  const Result<Receipt> receipt =
      co_await submit(call.services.engine, id, std::move(command), std::move(options));
  if (!receipt) co_return receipt.error();
  const Result<std::optional<InstanceRow>> row = call.services.store.reads()->find_instance(id);
  if (!row) co_return row.error();
  if (!*row) co_return not_found();
  co_return json_reply(200, instance_json(call, **row));
}

}  // namespace

HandlerResult suspend_instance(Call& call) {
  Fields fields{call.body};
  const std::string reason = fields.paragraphs("reason", Need::required, reason_characters_max);
  if (const Result<void> whole = fields.finish(); !whole) co_return whole.error();
  Command command = SuspendInstance{call.caller.person, reason};
  co_return co_await stop_or_go(call, std::move(command));
}

HandlerResult resume_instance(Call& call) {
  Fields fields{call.body};
  if (const Result<void> whole = fields.finish(); !whole) co_return whole.error();
  Command command = ResumeInstance{call.caller.person};
  co_return co_await stop_or_go(call, std::move(command));
}

}  // namespace kyhan
