// A vote that has closed.

#include <charconv>

#include "api/access.hpp"
#include "api/handlers.hpp"
#include "api/services.hpp"
#include "api/show.hpp"
#include "workflow/core/codec.hpp"
#include "workflow/core/time_text.hpp"
#include "workflow/store/store.hpp"

namespace kyhan {
namespace {

Error unknown_vote(const std::string& id) {
  return {ErrorCode::not_found,
          "unknown-vote",
          {"Không có cuộc biểu quyết đã kết thúc nào mang mã " + id + ".",
           "There is no closed vote " + id + "."}};
}

struct FoundVote {
  InstanceRow instance;
  VoteClosed vote;
};

/// "<instance>-v<node>"; whoever may see the case may see its votes.
Result<FoundVote> find_vote(const Call& call, const std::string& id) {
  const std::size_t mark = id.rfind("-v");
  NodeId node = -1;
  if (mark != std::string::npos) {
    const char* end = id.data() + id.size();
    const auto [stop, failure] = std::from_chars(id.data() + mark + 2, end, node);
    if (failure != std::errc{} || stop != end) node = -1;
  }
  if (node < 0) return unknown_vote(id);
  const ReadLease reads = call.services.store.reads();
  const Result<InstanceRow> instance =
      visible_instance(call, *reads, InstanceId{id.substr(0, mark)});
  if (!instance) return unknown_vote(id);
  const auto closed = reads->votes_closed(instance->id);
  if (!closed) return closed.error();
  for (const HistoryRow& row : *closed) {
    Event event = decode_event(Json::parse(row.entry.body_json));
    auto* vote = std::get_if<VoteClosed>(&event);
    if (vote != nullptr && vote->node == node) return FoundVote{*instance, std::move(*vote)};
  }
  return unknown_vote(id);
}

}  // namespace

HandlerResult show_vote(Call& call) {
  const std::string id = call.parameters.front();
  const Result<FoundVote> found = find_vote(call, id);
  if (!found) co_return found.error();
  Json json = {{"id", id},
               {"instance",
                {{"id", found->instance.id.text()}, {"title", to_json(found->instance.title)}}},
               {"step", found->vote.pointer},
               {"question", to_json(text_from(found->vote.record.value("question", Json(""))))},
               {"closedAt", to_rfc3339(found->vote.at)},
               {"result", found->vote.result}};
  co_return json_reply(200, json);
}

}  // namespace kyhan
