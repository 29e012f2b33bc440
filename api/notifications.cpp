// The bell: what a person was told.

#include "api/engine_calls.hpp"
#include "api/handlers.hpp"
#include "api/services.hpp"
#include "api/show.hpp"
#include "workflow/core/time_text.hpp"
#include "workflow/store/store.hpp"

namespace kyhan {

HandlerResult list_notifications(Call& call) {
  const Result<bool> unread = call.query.flag("unread");
  if (!unread) co_return unread.error();
  const Result<int> limit = call.query.number("limit", 50, 1, page_limit_max);
  if (!limit) co_return limit.error();
  const ReadLease reads = call.services.store.reads();
  const auto page = reads->notifications(call.caller.person, *unread,
                                         PageRequest{*limit, call.query.text("after")});
  if (!page) co_return page.error();
  const Result<std::int64_t> count = reads->count_unread(call.caller.person);
  if (!count) co_return count.error();
  Json items = Json::array();
  for (const NotificationRow& row : page->items) {
    Json item = {{"id", row.id},
                 {"at", to_rfc3339(row.at)},
                 {"kind", row.kind},
                 {"title", to_json(row.title)},
                 {"body", to_json(row.body)},
                 {"read", row.read_at.has_value()}};
    if (!row.task.empty()) item["task"] = row.task.text();
    if (!row.instance.empty()) item["instance"] = row.instance.text();
    items.push_back(std::move(item));
  }
  Json body = page_json(std::move(items), page->end_cursor, page->has_more);
  body["unread"] = *count;
  co_return json_reply(200, body);
}

HandlerResult read_notifications(Call& call) {
  Fields fields{call.body};
  const std::vector<std::int64_t> ids = fields.numbers("ids", 500);
  const bool all = fields.flag("all");
  if (const Result<void> whole = fields.finish(); !whole) co_return whole.error();
  const Instant now = call.services.engine.clock().now();
  std::function<Result<Json>(UnitOfWork&)> work = [ids, all, now,
                                                   person = call.caller.person](UnitOfWork& unit) {
    if (all) {
      unit.stage_all_notifications_read(person, now);
    } else {
      unit.stage_notifications_read(person, ids, now);
    }
    return success(nullptr);
  };
  const Result<Json> done = co_await write(call.services.engine, std::move(work));
  if (!done) co_return done.error();
  co_return empty_reply(204);
}

}  // namespace kyhan
