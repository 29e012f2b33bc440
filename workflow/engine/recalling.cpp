#include "workflow/engine/recalling.hpp"

#include <cstdlib>

#include "workflow/core/codec.hpp"

namespace kyhan {

Result<std::shared_ptr<const AnswerTrace>> trace_of(UnitOfWork& work, const InstanceHead& head,
                                                    const TaskId& task) {
  const Result<std::int64_t> ended = work.ended_revision(task);
  if (!ended) return ended.error();
  if (*ended == 0) return std::shared_ptr<const AnswerTrace>{};
  const auto ended_revision = static_cast<std::size_t>(std::abs(*ended));
  const Result<std::vector<std::string>> bodies = work.journal_of(head);
  if (!bodies) return bodies.error();
  if (bodies->size() > recall_events_max) {
    return Error{ErrorCode::conflict,
                 "recall-too-late",
                 {"Hồ sơ đã đi quá xa để thu hồi.", "The case has gone too far to recall."}};
  }
  std::vector<Event> journal;
  journal.reserve(bodies->size());
  for (const std::string& body : *bodies) journal.push_back(decode_event(Json::parse(body)));
  std::optional<AnswerTrace> trace = trace_answer(journal, task, ended_revision);
  if (!trace) return std::shared_ptr<const AnswerTrace>{};
  trace->heard = *ended < 0;
  const Result<bool> held =
      work.holds(head, trace->before.revision, static_cast<std::int64_t>(ended_revision));
  if (!held) return held.error();
  trace->held = *held;
  return std::make_shared<const AnswerTrace>(std::move(*trace));
}

}  // namespace kyhan
