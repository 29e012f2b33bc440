// Jobs: what has become of a request of many items.

#include "api/handlers.hpp"
#include "api/services.hpp"
#include "api/show.hpp"
#include "workflow/core/time_text.hpp"
#include "workflow/engine/bulk.hpp"
#include "workflow/store/store.hpp"

namespace kyhan {
namespace {

/// One's own; administrators see everybody's. For all others there is none.
Result<JobRow> visible_job(const Call& call, Reads& reads) {
  auto job = reads.find_job(call.parameters.front());
  if (!job) return job.error();
  const bool own = *job && !call.caller.person.empty() && (*job)->person == call.caller.person;
  if (!*job || !(own || call.caller.administrator)) return not_found();
  return std::move(**job);
}

Result<std::optional<JobItemState>> state_from(const std::string& word) {
  if (word.empty()) return std::optional<JobItemState>{};
  if (word == "open") return std::optional{JobItemState::open};
  if (word == "done") return std::optional{JobItemState::done};
  if (word == "refused") return std::optional{JobItemState::refused};
  return bad_parameter("state", {"chỉ nhận open, done, refused.", "only open, done, refused."});
}

}  // namespace

Json job_json(const Call& call, const JobRow& job) {
  Json json = {{"id", job.id},
               {"kind", job.kind},
               {"by", person_json(*call.directory, job.person)},
               {"state", job.finished_at ? "finished" : "running"},
               {"total", job.total},
               {"open", job.open},
               {"refused", job.refused},
               {"done", job.total - job.open - job.refused},
               {"createdAt", to_rfc3339(job.created_at)}};
  if (job.finished_at) json["finishedAt"] = to_rfc3339(*job.finished_at);
  return json;
}

HandlerResult list_jobs(Call& call) {
  const Result<int> limit = call.query.number("limit", 50, 1, page_limit_max);
  if (!limit) co_return limit.error();
  const auto page = call.services.store.reads()->jobs(
      call.caller.person, call.caller.administrator, PageRequest{*limit, call.query.text("after")});
  if (!page) co_return page.error();
  Json items = Json::array();
  for (const JobRow& job : page->items) items.push_back(job_json(call, job));
  co_return json_reply(200, page_json(std::move(items), page->end_cursor, page->has_more));
}

HandlerResult show_job(Call& call) {
  const ReadLease reads = call.services.store.reads();
  const Result<JobRow> job = visible_job(call, *reads);
  if (!job) co_return job.error();
  co_return json_reply(200, job_json(call, *job));
}

HandlerResult list_job_results(Call& call) {
  const Result<int> limit = call.query.number("limit", 50, 1, page_limit_max);
  if (!limit) co_return limit.error();
  const auto state = state_from(call.query.text("state"));
  if (!state) co_return state.error();
  const ReadLease reads = call.services.store.reads();
  const Result<JobRow> job = visible_job(call, *reads);
  if (!job) co_return job.error();
  const auto page =
      reads->job_items(job->key, *state, PageRequest{*limit, call.query.text("after")});
  if (!page) co_return page.error();
  Json items = Json::array();
  for (const JobItemRow& item : page->items) {
    switch (item.state) {
      case JobItemState::open:
        items.push_back({{"id", item.subject}, {"status", nullptr}});
        break;
      case JobItemState::done:
        items.push_back(item_json(item.subject, decode_item_done(item.result_json)));
        break;
      case JobItemState::refused:
        items.push_back(item_json(call, item.subject, decode_error(item.result_json)));
        break;
    }
    items.back()["number"] = item.number;
  }
  co_return json_reply(200, page_json(std::move(items), page->end_cursor, page->has_more));
}

}  // namespace kyhan
