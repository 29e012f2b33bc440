#pragma once
/// What lives on the engine's thread: the inbox, the batches, what is due.

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <thread>

#include "workflow/engine/batch.hpp"
#include "workflow/engine/calendar_walk.hpp"
#include "workflow/engine/call_desk.hpp"
#include "workflow/engine/engine.hpp"
#include "workflow/engine/job.hpp"
#include "workflow/engine/workshop.hpp"
#include "workflow/store/store.hpp"

namespace kyhan {

[[nodiscard]] Error engine_busy();
[[nodiscard]] Error engine_stopping();

class EngineLoop {
 public:
  /// `snapshot.catalog` is the loop's to add to.
  EngineLoop(Store& store, EngineConfig config, Snapshot snapshot,
             CalendarDocuments calendars);
  ~EngineLoop();

  void start();
  void stop();

  /// Into the inbox, or refused at once: "busy", "stopping".
  void post(Job job);
  void advance(Instant to, Callback<ClockReport> callback);

  [[nodiscard]] Snapshot snapshot() const;
  void replace(std::shared_ptr<const Directory> directory);
  void replace(std::shared_ptr<const Calendars> calendars);
  void replace(std::shared_ptr<const PreferenceBook> preferences);
  void add_definition(PublishedDefinition published, Program program);
  /// The calendars that were imported. Engine thread only.
  [[nodiscard]] CalendarDocuments& calendar_documents() { return calendar_documents_; }
  [[nodiscard]] CalendarWalk& calendar_walk() { return calendar_walk_; }
  [[nodiscard]] InstanceId new_id(Instant now);  ///< Engine thread only.

  void job_added() { jobs_open_ = true; }  ///< Engine thread only.

  [[nodiscard]] Store& store() { return store_; }
  [[nodiscard]] Clock& clock() { return *config_.clock; }
  [[nodiscard]] const EngineLimits& limits() const { return config_.limits; }
  [[nodiscard]] Workshop& workshop() { return *workshop_; }
  /// Null: calls to other systems are not made here.
  [[nodiscard]] Calls* calls() { return config_.calls.get(); }
  [[nodiscard]] std::shared_ptr<const Secrets> secrets() const {
    return config_.secrets ? config_.secrets() : nullptr;
  }
  [[nodiscard]] EngineCounters counters() const;
  [[nodiscard]] bool healthy() const;
  [[nodiscard]] int subscribe(ChangeListener listener);
  void unsubscribe(int subscription);
  void on_outbox(std::function<void()> wake);

 private:
  /// A move of the virtual clock that is under way.
  struct Advance {
    Instant to;
    Callback<ClockReport> callback;
    std::size_t fired = 0;
    std::size_t batches_here = 0;  ///< Since the clock last moved.
  };
  struct Settled {
    Job* job;
    After after;
    std::optional<Error> refusal;
  };

  void run();
  [[nodiscard]] std::vector<Job> wait_for_jobs();
  void add_due_jobs(std::vector<Job>& jobs);
  [[nodiscard]] Job timer_job(const DueTimer& due);
  [[nodiscard]] Job slice_job(const InstanceId& id);
  [[nodiscard]] Job item_job(const OpenJobItem& item);
  void add_fan_turns(std::vector<Job>& jobs);
  [[nodiscard]] Job fan_job(const DueFan& due, std::int64_t starts_max);
  [[nodiscard]] Job release_held_job();
  [[nodiscard]] Job schedule_job(const ScheduleRow& row);
  [[nodiscard]] Job planned_start_job(const PlannedStart& planned);
  [[nodiscard]] Job release_job(const PersonId& person);
  [[nodiscard]] bool work_is_due() const;
  void process(std::vector<Job> jobs);
  [[nodiscard]] Settled settle(Batch& batch, Job& job);
  void after_commit(const Batch& batch);
  void truncate_log();
  void after_failure(const Error& why);
  void refresh_due();
  void move_clock();
  void finish_advance(const std::optional<Error>& refusal);
  void housekeeping(Batch& batch);
  void audit_page(const Workshop& workshop);
  [[nodiscard]] Job audit_job(const InstanceId& id);
  void count_commit(std::chrono::steady_clock::duration took);

  Store& store_;
  EngineConfig config_;
  VirtualClock* virtual_clock_;  ///< Null on a real clock.

  mutable std::mutex mutex_;  ///< Guards inbox, snapshot, counters.
  std::condition_variable changed_;
  std::deque<Job> inbox_;
  bool stopping_ = false;
  Snapshot snapshot_;
  EngineCounters counters_;
  std::deque<Advance> arrived_advances_;
  bool healthy_ = true;

  std::mutex listeners_mutex_;  ///< Held while they are called.
  std::map<int, ChangeListener> listeners_;
  int next_listener_ = 1;
  std::function<void()> wake_relay_;

  // Engine thread only.
  ReadLease reads_;  ///< One read connection for good: slow readers cannot hold up the writer.
  StateCache cache_;
  CallDesk desk_;
  std::mt19937_64 chance_;
  CalendarDocuments calendar_documents_;
  std::deque<Advance> advances_;
  std::deque<InstanceId> runnable_;
  std::set<InstanceId> runnable_set_;
  bool more_runnable_ = false;
  bool jobs_open_ = true;  ///< Items of jobs may be left to do.
  bool fans_open_ = true;  ///< A fanOut may have something to do.
  std::set<std::pair<std::int64_t, NodeId>> fans_put_off_;      ///< Whose turn was refused.
  std::map<std::pair<InstanceId, std::string>, Instant> held_;  ///< Refused timers, until when.
  std::optional<Instant> next_due_;
  std::optional<Instant> next_start_;
  std::optional<Instant> next_held_;  ///< When held messages leave next.
  std::optional<Instant> next_release_;  ///< Of notices that are kept.
  std::optional<Instant> clock_kept_;  ///< The virtual time in the database.
  Instant housekeeping_at_{};
  bool truncation_owed_ = false;  ///< A secret vote has closed; see truncate_log().
  bool kept_house_ = false;  ///< In the batch that runs.
  bool pause_due_ = false;  ///< The disk refused: what is due waits a second.
  std::int64_t next_change_ = 1;

  std::int64_t audit_cursor_ = 0;  ///< Workshop thread only.
  CalendarWalk calendar_walk_{*this, store_};
  std::unique_ptr<Workshop> workshop_;
  std::thread thread_;
};

}  // namespace kyhan
