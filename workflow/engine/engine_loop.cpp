// The loop: wait for work, make a batch of it, commit, then act. Everything here runs on the
// engine's thread, except where the header says otherwise.

#include "workflow/engine/engine_loop.hpp"

#include <algorithm>
#include <spdlog/spdlog.h>

#include "workflow/engine/releasing.hpp"
#include "workflow/engine/schedules.hpp"
#include "workflow/engine/starting.hpp"

namespace kyhan {
namespace {

using SteadyClock = std::chrono::steady_clock;

/// The longest sleep: a clock that was set by hand is noticed within it.
constexpr Milliseconds sleep_max{30'000};
/// How long what is due waits after the disk refused a commit.
constexpr Milliseconds pause_after_failure{1'000};
/// How long a timer waits whose command was refused.
constexpr Milliseconds refused_timer_pause{60'000};
constexpr Milliseconds housekeeping_every{3'600'000};
/// How long until the log is tried again that a reader held.
constexpr Milliseconds truncation_retry{1'000};
constexpr std::chrono::hours unused_attachments_kept_for{24};
/// Longer than a queue could bring the same reminder once more.
constexpr std::chrono::hours settled_mails_kept_for{24 * 90};
constexpr std::chrono::hours drafts_kept_for{24 * 30};
constexpr std::chrono::hours jobs_kept_for{24 * 30};
/// Instances with work left that are remembered at once; the rest stays in the database.
constexpr int runnable_page = 1'000;
constexpr int due_schedules_max = 16;
/// Batches at one virtual instant before an advance gives up.
constexpr std::size_t batches_per_instant_max = 200'000;

/// Upper bounds of the commit histogram.
constexpr std::array<std::uint64_t, 12> commit_bounds_us{
    250, 500, 1'000, 2'500, 5'000, 10'000, 25'000, 50'000, 100'000, 250'000, 1'000'000, UINT64_MAX};

CallDesk::Limits call_limits(const EngineLimits& limits) {
  CallDesk::Limits own;
  own.in_flight_max = limits.calls_in_flight_max;
  return own;
}

}  // namespace

Error engine_busy() {
  return Error{ErrorCode::unavailable,
               "busy",
               {"Máy chủ đang quá tải, hãy thử lại sau ít giây.",
                "The server is busy; try again in a few seconds."}};
}

Error engine_stopping() {
  return Error{ErrorCode::unavailable,
               "stopping",
               {"Máy chủ đang dừng, hãy thử lại sau.", "The server is stopping; try again later."}};
}

EngineLoop::EngineLoop(Store& store, EngineConfig config, Snapshot snapshot,
                       CalendarDocuments calendars)
    : store_(store),
      config_(std::move(config)),
      virtual_clock_(dynamic_cast<VirtualClock*>(config_.clock.get())),
      snapshot_(std::move(snapshot)),
      reads_(store.reads()),
      cache_(config_.limits.cached_states_max, config_.limits.cached_state_bytes_max),
      desk_(config_.calls, call_limits(config_.limits),
            [this] {
              const std::lock_guard lock{mutex_};
              changed_.notify_all();
            }),
      // True chance even on a virtual clock: it stands still over restarts, and ids must differ.
      chance_((std::uint64_t{std::random_device{}()} << 32) | std::random_device{}()),
      calendar_documents_(std::move(calendars)) {
  for (const std::uint64_t bound : commit_bounds_us) {
    counters_.commit_microseconds.emplace_back(bound, 0);
  }
}

EngineLoop::~EngineLoop() {
  stop();
}

void EngineLoop::start() {
  more_runnable_ = true;
  const auto owed = reads_->find_setting("log_truncation_owed");
  truncation_owed_ = owed && *owed && **owed == "1";
  housekeeping_at_ = config_.clock->now() + housekeeping_every;
  workshop_ = std::make_unique<Workshop>(
      config_.limits.audit_pause, [this](const Workshop& workshop) { audit_page(workshop); });
  // What is newest is what people start next: compiled before the first of them asks.
  const std::shared_ptr<const Catalog> catalog = snapshot_.catalog;
  for (const std::string& name : catalog->names()) {
    (void)workshop_->post([catalog, name, this] {
      if (!workshop_->stopping()) (void)catalog->load(name);
    });
  }
  if (const auto left = reads_->next_calendar_change(); left && *left) {
    calendar_walk_.begin((*left)->id);
  }
  thread_ = std::thread{[this] { run(); }};
}

void EngineLoop::stop() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
  if (workshop_) workshop_->stop();
}

void EngineLoop::post(Job job) {
  std::optional<Error> refusal;
  {
    const std::lock_guard lock{mutex_};
    if (stopping_) {
      refusal = engine_stopping();
    } else if (inbox_.size() >= config_.limits.inbox_commands_max) {
      ++counters_.inbox_refused;
      refusal = engine_busy();
    } else {
      inbox_.push_back(std::move(job));
      changed_.notify_all();
    }
  }
  if (refusal) job.refuse(*refusal);
}

void EngineLoop::advance(Instant to, Callback<ClockReport> callback) {
  std::optional<Error> refusal;
  // The whole way, not each hop from timer to timer.
  if (virtual_clock_ != nullptr) {
    if (const Result<void> may = virtual_clock_->check_advance(to); !may) refusal = may.error();
  }
  if (!refusal) {
    const std::lock_guard lock{mutex_};
    if (stopping_) {
      refusal = engine_stopping();
    } else {
      arrived_advances_.push_back({to, std::move(callback)});
      changed_.notify_all();
    }
  }
  if (refusal) callback(*refusal);
}

void EngineLoop::run() {
  refresh_due();
  for (;;) {
    std::vector<Job> jobs = wait_for_jobs();
    {
      const std::lock_guard lock{mutex_};
      if (stopping_) {
        for (Job& job : jobs) inbox_.push_front(std::move(job));
        break;
      }
    }
    add_due_jobs(jobs);
    calendar_walk_.nudge();
    if (!jobs.empty()) {
      process(std::move(jobs));
    } else if (truncation_owed_) {
      truncate_log();
    } else if (!advances_.empty() && !desk_.busy()) {
      move_clock();
    }
  }
  std::deque<Job> refused;
  std::deque<Advance> given_up;
  {
    const std::lock_guard lock{mutex_};
    refused.swap(inbox_);
    given_up.swap(arrived_advances_);
  }
  for (Job& job : refused) job.refuse(engine_stopping());
  for (const Advance& one : advances_) one.callback(engine_stopping());
  for (const Advance& one : given_up) one.callback(engine_stopping());
}

std::vector<Job> EngineLoop::wait_for_jobs() {
  std::unique_lock lock{mutex_};
  // A virtual clock stands while calls are out: they take no virtual time.
  const auto called = [this] {
    return stopping_ || !inbox_.empty() ||
           (!pause_due_ && (desk_.work_is_due() ||
                            (!desk_.busy() && !(advances_.empty() && arrived_advances_.empty()))));
  };
  if (pause_due_) {
    changed_.wait_for(lock, pause_after_failure, called);
    pause_due_ = false;
  } else if (!called() && !work_is_due()) {
    Milliseconds sleep = truncation_owed_ ? truncation_retry : sleep_max;
    if (virtual_clock_ == nullptr) {
      const Instant now = config_.clock->now();
      for (const std::optional<Instant>& next : {next_due_, next_start_, next_release_, next_held_}) {
        if (next) sleep = std::clamp(*next - now, Milliseconds{0}, sleep);
      }
    }
    changed_.wait_for(lock, sleep, called);
  }
  std::ranges::move(arrived_advances_, std::back_inserter(advances_));
  arrived_advances_.clear();
  std::vector<Job> jobs;
  while (!inbox_.empty() && jobs.size() < config_.limits.batch_commands_max) {
    jobs.push_back(std::move(inbox_.front()));
    inbox_.pop_front();
  }
  return jobs;
}

bool EngineLoop::work_is_due() const {
  const Instant now = config_.clock->now();
  return !runnable_.empty() || more_runnable_ || jobs_open_ || fans_open_ || desk_.work_is_due() ||
         (next_due_ && *next_due_ <= now) || (next_start_ && *next_start_ <= now) ||
         (next_release_ && *next_release_ <= now) || (next_held_ && *next_held_ <= now) ||
         (virtual_clock_ != nullptr && clock_kept_ != now && clock_kept_);
}

/// What the clock and unfinished runs ask for joins what people asked for, a share of each.
void EngineLoop::add_due_jobs(std::vector<Job>& jobs) {
  if (pause_due_) return;
  const Instant now = config_.clock->now();
  const EngineLimits& limits = config_.limits;
  if (next_due_ && *next_due_ <= now) {
    const auto page =
        reads_->due_timers(now, static_cast<int>(limits.timers_per_batch_max + held_.size()));
    if (page) {
      for (const DueTimer& due : *page) {
        const auto held = held_.find({due.instance, due.timer});
        if (held != held_.end() && held->second > now) continue;
        jobs.push_back(timer_job(due));
      }
    }
  }
  if (next_held_ && *next_held_ <= now) jobs.push_back(release_held_job());
  if (runnable_.empty() && more_runnable_) {
    more_runnable_ = false;
    if (const auto page = reads_->runnable_instances(runnable_page)) {
      more_runnable_ = page->size() == static_cast<std::size_t>(runnable_page);
      for (const InstanceId& id : *page) {
        if (runnable_set_.insert(id).second) runnable_.push_back(id);
      }
    }
  }
  for (std::size_t i = 0; i < limits.slices_per_batch_max && !runnable_.empty(); ++i) {
    jobs.push_back(slice_job(runnable_.front()));
    runnable_set_.erase(runnable_.front());
    runnable_.pop_front();
  }
  if (jobs_open_) {
    if (const auto items =
            reads_->open_job_items(static_cast<int>(limits.job_items_per_batch_max))) {
      jobs_open_ = !items->empty();
      for (const OpenJobItem& item : *items) jobs.push_back(item_job(item));
    }
  }
  if (fans_open_) add_fan_turns(jobs);
  desk_.add_jobs(*reads_, jobs);
  if (next_start_ && *next_start_ <= now) {
    if (const auto rows = reads_->due_schedules(now, due_schedules_max)) {
      for (const ScheduleRow& row : *rows) jobs.push_back(schedule_job(row));
    }
    if (const auto starts =
            reads_->due_starts(now, static_cast<int>(limits.starts_per_batch_max))) {
      for (const PlannedStart& planned : *starts) jobs.push_back(planned_start_job(planned));
    }
  }
  if (next_release_ && *next_release_ <= now) {
    const auto people =
        reads_->due_releases(now, static_cast<int>(limits.releases_per_batch_max));
    if (people) {
      for (const PersonId& person : *people) jobs.push_back(release_job(person));
    }
  }
}

Job EngineLoop::release_job(const PersonId& person) {
  return {[person](Batch& batch) -> Result<After> {
            if (Result<void> done = release_notices(batch, person); !done) return done.error();
            return After{[] {}};
          },
          [person](const Error& why) {
            spdlog::error("engine: what is kept for {} does not leave: {}", person.text(),
                          why.detail.en);
          }};
}

Job EngineLoop::timer_job(const DueTimer& due) {
  return {[this, due](Batch& batch) -> Result<After> {
            if (Result<void> moved = calendar_walk_.catch_up(batch, due.instance); !moved) {
              return moved.error();
            }
            Result<Applied> applied = batch.apply(due.instance, TimerFired{due.timer}, PersonId{});
            if (!applied) return applied.error();
            return After{[this, due, now = batch.now()] {
              held_.erase({due.instance, due.timer});
              if (!advances_.empty()) ++advances_.front().fired;
              const std::lock_guard lock{mutex_};
              ++counters_.timers_fired;
              counters_.timer_lag = now - due.due_at;
            }};
          },
          [this, due](const Error& why) {
            spdlog::error("engine: timer {} of {} is put off: {}", due.timer, due.instance.text(),
                          why.detail.en);
            held_[{due.instance, due.timer}] = config_.clock->now() + refused_timer_pause;
          }};
}

Job EngineLoop::release_held_job() {
  return {[](Batch& batch) -> Result<After> {
            if (Result<void> done = batch.release_held(); !done) return done.error();
            return After{[] {}};
          },
          [](const Error& why) {
            spdlog::error("engine: held messages do not leave: {}", why.detail.en);
          }};
}

Job EngineLoop::slice_job(const InstanceId& id) {
  return {[id](Batch& batch) -> Result<After> {
            Result<Applied> applied = batch.apply(id, ContinueRun{}, PersonId{});
            if (!applied) return applied.error();
            return After{[] {}};
          },
          [id](const Error& why) {
            // Its row says that work is left: the next start of the server tries again.
            spdlog::error("engine: {} does not go on: {}", id.text(), why.detail.en);
          }};
}

Job EngineLoop::schedule_job(const ScheduleRow& row) {
  return {[row](Batch& batch) -> Result<After> {
            if (Result<void> done = expand_schedule(batch, row); !done) return done.error();
            return After{[] {}};
          },
          [row](const Error& why) {
            spdlog::error("engine: the schedule of {} does not go on: {}", row.definition,
                          why.detail.en);
          }};
}

Job EngineLoop::planned_start_job(const PlannedStart& planned) {
  return {[this, planned](Batch& batch) -> Result<After> {
            if (Result<void> done = make_planned_start(batch, planned, new_id(batch.now()));
                !done) {
              return done.error();
            }
            return After{[this] {
              if (!advances_.empty()) ++advances_.front().fired;
              const std::lock_guard lock{mutex_};
              ++counters_.starts_scheduled;
            }};
          },
          [planned](const Error& why) {
            spdlog::error("engine: {} does not start for {}: {}", planned.definition,
                          planned.unit.text(), why.detail.en);
          }};
}

EngineLoop::Settled EngineLoop::settle(Batch& batch, Job& job) {
  Settled settled{&job, {}, std::nullopt};
  batch.begin_command();
  try {
    Result<After> done = job.run(batch);
    if (done) {
      settled.after = std::move(*done);
    } else {
      settled.refusal = done.error();
    }
  } catch (const std::exception& bug) {
    // One command must not take the server down with it; its savepoint is undone like a refusal's.
    spdlog::critical("engine: a command failed in a way nobody foresaw: {}", bug.what());
    settled.refusal = Error{ErrorCode::unavailable,
                            "internal",
                            {"Lỗi nội bộ của máy chủ; thao tác chưa được thực hiện.",
                             "An internal error; nothing was done."}};
  }
  if (settled.refusal) {
    batch.drop_command();
  } else if (Result<void> kept = batch.keep_command(); !kept) {
    settled.refusal = kept.error();
  }
  return settled;
}

void EngineLoop::process(std::vector<Job> jobs) {
  Snapshot seen = snapshot();
  seen.secrets = secrets();
  const Instant now = config_.clock->now();
  Batch batch{store_, *reads_, cache_, seen, config_.limits, now, chance_};
  std::vector<Settled> settled;
  settled.reserve(jobs.size());
  std::size_t taken = 0;
  while (taken < jobs.size() && !(batch.full() && taken > 0)) {
    settled.push_back(settle(batch, jobs[taken++]));
  }
  if (taken < jobs.size()) {
    // Too much for one transaction: the rest goes first next time. What was due may be found in the
    // tables once more then; a second time it means nothing.
    const std::lock_guard lock{mutex_};
    for (std::size_t i = jobs.size(); i-- > taken;) inbox_.push_front(std::move(jobs[i]));
  }

  const bool clock_moved = virtual_clock_ != nullptr && clock_kept_ != now;
  if (clock_moved) {
    batch.work().stage_setting("virtual_clock", std::to_string(now.time_since_epoch().count()));
  }
  if (now >= housekeeping_at_) housekeeping(batch);

  const bool any_kept =
      std::ranges::any_of(settled, [](const Settled& one) { return !one.refusal; });
  std::optional<Error> failure;
  if (any_kept || clock_moved) {
    const SteadyClock::time_point before = SteadyClock::now();
    if (Result<void> committed = batch.commit(); !committed) {
      failure = committed.error();
    } else {
      count_commit(SteadyClock::now() - before);
      clock_kept_ = now;
    }
  } else {
    batch.work().roll_back();
  }
  {
    const std::lock_guard lock{mutex_};
    counters_.commands += settled.size();
    counters_.batch_commands_last = settled.size();
    counters_.batch_commands_max = std::max(counters_.batch_commands_max, settled.size());
    counters_.states_cached = cache_.size();
    desk_.count(counters_);
    for (const Settled& one : settled) counters_.refused += one.refusal || failure ? 1 : 0;
    healthy_ = !failure;
    if (failure) {
      ++counters_.commits_failed;
    } else {
      counters_.events += batch.tally().events;
      counters_.steps += batch.tally().steps;
      counters_.outbox_written += batch.tally().outbox;
      counters_.reminders_sent += batch.tally().reminders;
      counters_.reminders_late += batch.tally().reminders_late;
      if (batch.tally().reminders > 0) counters_.reminder_lag = batch.tally().reminder_lag;
    }
  }
  for (Settled& one : settled) {
    if (one.refusal) {
      one.job->refuse(*one.refusal);
    } else if (failure) {
      one.job->refuse(*failure);
    } else {
      one.after();
    }
  }
  if (failure) {
    after_failure(*failure);
  } else {
    after_commit(batch);
  }
}

/// A secret vote has closed: what the log still holds of its ballots goes. Tried again until nobody
/// reads from it.
void EngineLoop::truncate_log() {
  const Result<bool> done = store_.truncate_log();
  if (!done || !*done) return;
  UnitOfWork work{store_};
  work.stage_setting("log_truncation_owed", "0");
  if (work.commit()) truncation_owed_ = false;
}

void EngineLoop::after_commit(const Batch& batch) {
  if (batch.closed_ballot_box()) truncation_owed_ = true;
  if (batch.fans_changed()) fans_open_ = true;
  if (truncation_owed_) truncate_log();
  if (std::exchange(kept_house_, false) && config_.housekeeping) {
    (void)workshop_->post(config_.housekeeping);
  }
  for (const auto& [id, left] : batch.runnable()) {
    if (left && runnable_set_.insert(id).second) runnable_.push_back(id);
  }
  for (const Batch::CallChange& change : batch.call_changes()) {
    if (change.dropped) {
      desk_.dropped(change.call.key);
    } else {
      desk_.announced(change.call);
    }
  }
  refresh_due();
  const std::lock_guard lock{listeners_mutex_};
  if (batch.tally().outbox > 0 && wake_relay_) wake_relay_();
  if (batch.changes().empty() || listeners_.empty()) return;
  std::vector<Change> changes = batch.changes();
  for (Change& change : changes) change.sequence = next_change_++;
  for (const auto& [id, listener] : listeners_) listener(changes);
}

void EngineLoop::after_failure(const Error& why) {
  spdlog::error("engine: nothing of the last batch was written: {}", why.detail.en);
  pause_due_ = true;
  more_runnable_ = true;  // The slices of this batch are found again in the database.
  held_.clear();          // Its timers too, and they were not at fault.
  fans_open_ = true;
  fans_put_off_.clear();
  if (!advances_.empty()) finish_advance(why);
}

void EngineLoop::refresh_due() {
  next_due_.reset();
  if (held_.empty()) {
    if (const auto next = reads_->next_due()) next_due_ = *next;
  } else if (const auto page =
                 reads_->due_timers(Instant::max(), static_cast<int>(held_.size()) + 1)) {
    const Instant now = config_.clock->now();
    std::erase_if(held_, [&](const auto& one) { return one.second <= now; });
    for (const DueTimer& due : *page) {
      const auto held = held_.find({due.instance, due.timer});
      const Instant at = held == held_.end() ? due.due_at : held->second;
      if (!next_due_ || at < *next_due_) next_due_ = at;
    }
  }
  next_start_.reset();
  if (const auto next = reads_->next_start()) next_start_ = *next;
  next_release_.reset();
  if (const auto next = reads_->next_release()) next_release_ = *next;
  next_held_.reset();
  if (const auto next = reads_->next_held()) next_held_ = *next;
}

/// Nothing is due at the present virtual time: on to the next time something is, or to the goal.
void EngineLoop::move_clock() {
  Advance& advance = advances_.front();
  if (virtual_clock_ == nullptr) {
    return finish_advance(Error{ErrorCode::not_found,
                                "no-virtual-clock",
                                {"Máy chủ chạy theo giờ thật, không tua được đồng hồ.",
                                 "The server runs on real time; its clock cannot be moved."}});
  }
  const Instant now = virtual_clock_->now();
  if (work_is_due()) {
    if (++advance.batches_here > batches_per_instant_max) {
      return finish_advance(Error{ErrorCode::unavailable,
                                  "clock-never-settles",
                                  {"Có quy trình chạy mãi không dừng nên đồng hồ không tua được.",
                                   "Something runs on and on, so the clock cannot be moved."}});
    }
    return process({});
  }
  if (now == advance.to && clock_kept_ == now) return finish_advance(std::nullopt);
  Instant next = advance.to;
  for (const std::optional<Instant>& due : {next_due_, next_start_, next_release_, next_held_}) {
    if (due && *due > now && *due < next) next = *due;
  }
  if (Result<void> moved = virtual_clock_->advance_to(next); !moved) {
    return finish_advance(moved.error());
  }
  advance.batches_here = 0;
  if (next_due_ && *next_due_ <= next) return;
  if (next_start_ && *next_start_ <= next) return;
  if (next_release_ && *next_release_ <= next) return;
  if (next_held_ && *next_held_ <= next) return;
  process({});  // Writes the time down.
}

void EngineLoop::finish_advance(const std::optional<Error>& refusal) {
  const Advance done = std::move(advances_.front());
  advances_.pop_front();
  if (refusal) return done.callback(*refusal);
  done.callback(ClockReport{config_.clock->now(), done.fired});
  const std::lock_guard lock{listeners_mutex_};
  Change change;
  change.kind = Change::Kind::clock;
  change.sequence = next_change_++;
  for (const auto& [id, listener] : listeners_) listener({change});
}

void EngineLoop::housekeeping(Batch& batch) {
  housekeeping_at_ = batch.now() + housekeeping_every;
  kept_house_ = true;
  batch.work().clear_jobs_before(batch.now() - jobs_kept_for);
  batch.work().clear_drafts_before(batch.now() - drafts_kept_for);
  batch.work().clear_early_events(batch.now() - config_.limits.early_event_ttl);
  batch.work().clear_unused_attachments(batch.now() - unused_attachments_kept_for);
  // A rehearsal that jumps a year ahead must not sign everybody out.
  if (virtual_clock_ == nullptr) batch.work().clear_expired(batch.now());
  batch.work().clear_mails_settled_before(batch.now() - settled_mails_kept_for);
}

void EngineLoop::count_commit(SteadyClock::duration took) {
  const auto us = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(took).count());
  const std::lock_guard lock{mutex_};
  ++counters_.commits;
  counters_.commit_last = std::chrono::duration_cast<Milliseconds>(took);
  for (auto& [bound, count] : counters_.commit_microseconds) {
    if (us > bound) continue;
    ++count;
    return;
  }
}

Snapshot EngineLoop::snapshot() const {
  const std::lock_guard lock{mutex_};
  return snapshot_;
}
void EngineLoop::replace(std::shared_ptr<const Directory> directory) {
  const std::lock_guard lock{mutex_};
  snapshot_.directory = std::move(directory);
}
void EngineLoop::replace(std::shared_ptr<const Calendars> calendars) {
  const std::lock_guard lock{mutex_};
  snapshot_.calendars = std::move(calendars);
}
void EngineLoop::replace(std::shared_ptr<const PreferenceBook> preferences) {
  const std::lock_guard lock{mutex_};
  snapshot_.preferences = std::move(preferences);
}
void EngineLoop::add_definition(PublishedDefinition published, Program program) {
  std::const_pointer_cast<Catalog>(snapshot().catalog)
      ->add(std::move(published), std::move(program));
}
InstanceId EngineLoop::new_id(Instant now) {
  return new_instance_id(now, chance_);
}

EngineCounters EngineLoop::counters() const {
  const std::lock_guard lock{mutex_};
  EngineCounters counters = counters_;
  counters.inbox_waiting = inbox_.size();
  return counters;
}
bool EngineLoop::healthy() const {
  const std::lock_guard lock{mutex_};
  return healthy_;
}
int EngineLoop::subscribe(ChangeListener listener) {
  const std::lock_guard lock{listeners_mutex_};
  listeners_[next_listener_] = std::move(listener);
  return next_listener_++;
}
void EngineLoop::unsubscribe(int subscription) {
  const std::lock_guard lock{listeners_mutex_};
  listeners_.erase(subscription);
}
void EngineLoop::on_outbox(std::function<void()> wake) {
  const std::lock_guard lock{listeners_mutex_};
  wake_relay_ = std::move(wake);
}

}  // namespace kyhan
