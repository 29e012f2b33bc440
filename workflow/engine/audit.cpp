// The slow scan that proves that nobody is forgotten: every instance that waits has the rows that
// will wake it. A page at a time on the workshop's thread; what looks wrong there is looked at
// again on the engine's, where nothing moves under it.

#include <spdlog/spdlog.h>

#include "workflow/core/codec.hpp"
#include "workflow/engine/engine_loop.hpp"

namespace kyhan {
namespace {

bool has_all_rows(const State& state, const WaitRows& rows) {
  const Waits waits = waits_of(state);
  return waits.timers == rows.timers && waits.subscriptions == rows.subscriptions &&
         waits.tasks == rows.tasks && waits.calls == rows.calls && waits.fans == rows.fans;
}

/// An instance that neither runs nor waits for anything would stay for ever.
bool can_go_on(const State& state, bool runnable) {
  const Waits waits = waits_of(state);
  return runnable || state.ended_at || state.suspended || !waits.timers.empty() ||
         !waits.subscriptions.empty() || !waits.tasks.empty() || !waits.calls.empty() ||
         !waits.children.empty() || !waits.fans.empty();
}

}  // namespace

void EngineLoop::audit_page(const Workshop& workshop) {
  const auto page = store_.reads()->open_instances_after(
      audit_cursor_, static_cast<int>(config_.limits.audit_page_max));
  if (!page) return;
  audit_cursor_ = page->empty() ? 0 : page->back().key;
  for (const AuditRow& row : *page) {
    if (workshop.stopping()) return;
    bool suspicious = true;
    try {
      const State state = decode_state(Json::parse(row.state_json));
      const auto rows = store_.reads()->wait_rows(row.key);
      if (!rows) return;
      suspicious = !has_all_rows(state, *rows) || !can_go_on(state, row.runnable);
    } catch (const std::exception& damage) {
      spdlog::error("audit: the state of {} cannot be read: {}", row.id.text(), damage.what());
    }
    {
      const std::lock_guard lock{mutex_};
      ++counters_.audited;
    }
    if (suspicious) post(audit_job(row.id));
  }
}

Job EngineLoop::audit_job(const InstanceId& id) {
  return {[this, id](Batch& batch) -> Result<After> {
            Result<std::optional<LoadedInstance>> loaded = batch.load(id);
            if (!loaded) return loaded.error();
            if (!*loaded || (*loaded)->state->ended_at) return After{[] {}};
            // An instance of this very batch has rows that cannot be read yet: the next round of
            // the scan looks at it.
            if (batch.touches(id)) return After{[] {}};
            const auto rows = batch.reads().wait_rows((*loaded)->head.key);
            if (!rows) return rows.error();
            const bool runnable = runnable_set_.contains(id);
            const State& state = *(*loaded)->state;
            if (has_all_rows(state, *rows) && can_go_on(state, runnable)) return After{[] {}};
            return After{[this, id] {
              spdlog::error("audit: {} waits for something that is not there; run kyhan verify",
                            id.text());
              const std::lock_guard lock{mutex_};
              ++counters_.orphans_found;
            }};
          },
          [id](const Error& why) {
            spdlog::warn("audit: {} could not be looked at: {}", id.text(), why.detail.en);
          }};
}

}  // namespace kyhan
