// Lists of tasks, each grouped by when it is due.

#include "api/access.hpp"
#include "api/handlers.hpp"
#include "api/services.hpp"
#include "api/show.hpp"
#include "workflow/core/documents.hpp"
#include "workflow/store/store.hpp"

namespace kyhan {
namespace {

Result<std::optional<DueGroup>> due_group_from(const std::string& text) {
  if (text.empty()) return std::optional<DueGroup>{};
  for (const DueGroup group :
       {DueGroup::overdue, DueGroup::today, DueGroup::week, DueGroup::later, DueGroup::none}) {
    if (to_text(group) == text) return std::optional{group};
  }
  return bad_parameter("due", {"chỉ nhận overdue, today, week, later, none.",
                               "only overdue, today, week, later, none."});
}

Json counts_json(const DueCounts& counts) {
  return {{"overdue", counts.overdue},
          {"today", counts.today},
          {"week", counts.week},
          {"later", counts.later},
          {"none", counts.none}};
}

}  // namespace

HandlerResult list_tasks(Call& call) {
  const Query& asked = call.query;
  const Result<int> limit = asked.number("limit", 50, 1, page_limit_max);
  if (!limit) co_return limit.error();
  const auto due = due_group_from(asked.text("due"));
  if (!due) co_return due.error();
  const std::string view = asked.text("view").empty() ? "mine" : asked.text("view");
  if (view != "mine" && view != "done" && view != "team" && view != "extensions") {
    co_return bad_parameter("view", {"chỉ nhận mine, done, team, extensions.",
                                     "only mine, done, team, extensions."});
  }
  if (const std::string& state = asked.text("state"); !state.empty() && state != "open") {
    co_return bad_parameter("state", {"chỉ nhận open.", "only open."});
  }
  TaskFilter filter;
  filter.due = *due;
  filter.definition = asked.text("definition");
  filter.search = fold_for_search(asked.text("q"));
  if (const std::string& unit = asked.text("unit"); !unit.empty()) {
    filter.units = subtree(*call.directory, UnitId{unit});
    if (filter.units.empty()) co_return not_found();
  }
  const PageRequest request{*limit, asked.text("after")};
  const DueBounds bounds = due_bounds(call.services);
  const PersonId& person = call.caller.person;
  const ReadLease reads = call.services.store.reads();

  Result<Page<TaskRow>> page = Page<TaskRow>{};
  Result<DueCounts> counts = DueCounts{};
  if (view == "mine") {
    const std::vector<std::string> keys = call.directory->keys_of(person);
    const std::vector<ActingFor> others = acting_for(call);
    page = reads->my_tasks(person, keys, filter, bounds, request, others);
    counts = reads->count_my_tasks(person, keys, bounds, others);
  } else if (view == "extensions") {
    page = reads->asked_extensions(
        [&call](const TaskRow& task) { return decides_extension(call, task); }, request);
  } else if (view == "done") {
    page = reads->done_tasks(person, filter, request);
  } else {
    const std::vector<UnitId> units = team_units(call);
    if (units.empty() && !call.caller.administrator) {
      co_return forbidden("not-a-leader", {"Chỉ thủ trưởng hoặc cấp phó xem được việc của đơn vị.",
                                           "Only a head or deputy may list the tasks of a unit."});
    }
    page = reads->team_tasks(units, call.caller.administrator, filter, bounds, request);
    counts = reads->count_team_tasks(units, call.caller.administrator, bounds);
  }
  if (!page) co_return page.error();
  if (!counts) co_return counts.error();

  Json items = Json::array();
  for (const TaskRow& task : page->items) {
    const Result<TaskStanding> stands = standing(call, *reads, task);
    if (!stands) co_return stands.error();
    items.push_back(task_json(call, task, *stands, bounds));
  }
  Json body = page_json(std::move(items), page->end_cursor, page->has_more);
  body["counts"] = counts_json(*counts);
  co_return json_reply(200, body);
}

HandlerResult show_task(Call& call) {
  const ReadLease reads = call.services.store.reads();
  const Result<TaskRow> task = visible_task(call, *reads, TaskId{call.parameters.front()});
  if (!task) co_return task.error();
  const Result<Json> detail = task_detail(call, *task);
  if (!detail) co_return detail.error();
  co_return json_reply(call, *detail, etag_of(task->version));
}

}  // namespace kyhan
