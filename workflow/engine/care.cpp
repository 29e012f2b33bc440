// A failed step run again: the journal is read on the workshop's thread, for it may be long; the
// command then goes through the door like any other.

#include <future>

#include "workflow/core/codec.hpp"
#include "workflow/core/wreck.hpp"
#include "workflow/engine/engine_loop.hpp"

namespace kyhan {
namespace {

/// Rows of the journal read at once.
constexpr int journal_page = 200;

Result<WreckFinder> read_wreck(Store& store, const InstanceId& id) {
  WreckFinder finder;
  std::string after;
  for (;;) {
    const auto page = store.reads()->history(id, {journal_page, after});
    if (!page) return page.error();
    for (const HistoryRow& row : page->items) {
      finder.add(decode_event(Json::parse(row.entry.body_json)));
    }
    if (!page->has_more) return finder;
    after = page->end_cursor;
  }
}

}  // namespace

void Engine::retry(InstanceId id, PersonId by, std::string comment, SubmitOptions options,
                   Callback<Receipt> callback) {
  const bool posted = loop_->workshop().post([this, id, by, comment, options, callback] {
    RetryInstance command{by, comment, nullptr, 0};
    try {
      const Result<WreckFinder> finder = read_wreck(loop_->store(), id);
      if (!finder) return callback(finder.error());
      command.revision = finder->revision();
      if (finder->found()) command.wreck = std::make_shared<const Wreck>(*finder->found());
    } catch (const std::exception& damage) {
      return callback(Error{ErrorCode::unavailable,
                            "state-damaged",
                            {"Nhật ký của hồ sơ " + id.text() + " bị hỏng; hãy chạy kyhan verify.",
                             "The journal of " + id.text() + " is damaged; run kyhan verify."}});
    }
    submit(id, std::move(command), options, callback);
  });
  if (!posted) callback(engine_stopping());
}

Result<Receipt> Engine::retry(InstanceId id, PersonId by, std::string comment) {
  auto promise = std::make_shared<std::promise<Result<Receipt>>>();
  std::future<Result<Receipt>> answer = promise->get_future();
  SubmitOptions options;
  options.actor = by;
  retry(std::move(id), by, std::move(comment), options,
        [promise](Result<Receipt> result) { promise->set_value(std::move(result)); });
  return answer.get();
}

}  // namespace kyhan
