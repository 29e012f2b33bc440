#pragma once
/// The one door through which anything changes.
///
/// The engine owns one thread, and that thread alone writes. It drains the commands that wait,
/// decides each (core/decide.hpp), stages everything in one transaction, commits once, and only
/// then answers, wakes the relay and tells the listeners. Due timers, events from outside and
/// slices of long runs are commands of the same kind. Every function here may be called from any
/// thread; callbacks run on the engine thread, exactly once each, and must hand on and return.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "workflow/core/calendar.hpp"
#include "workflow/core/calls.hpp"
#include "workflow/core/directory.hpp"
#include "workflow/core/model.hpp"
#include "workflow/core/preferences.hpp"
#include "workflow/core/result.hpp"
#include "workflow/engine/calendar_change.hpp"
#include "workflow/engine/catalog.hpp"
#include "workflow/engine/changes.hpp"
#include "workflow/engine/clock.hpp"
#include "workflow/store/rows.hpp"

namespace kyhan {

class Store;
class UnitOfWork;
struct JobRequest;  // bulk.hpp
class EngineLoop;   // engine_loop.hpp: what lives on the engine thread.

/// Every bound of the engine, by name.
struct EngineLimits {
  std::size_t inbox_commands_max = 4096;  ///< Waiting from outside; beyond: "busy".
  std::size_t batch_commands_max = 256;   ///< In one transaction.
  std::size_t batch_events_max = 4'000;   ///< Journal rows in one transaction, about.
  int slice_steps_max = 256;              ///< Of one command; beyond, the run is continued later.
  std::size_t cached_states_max = 4096;   ///< Instances kept in memory between commands.
  std::size_t cached_state_bytes_max = 64u << 20;  ///< Together, estimated.
  std::size_t timers_per_batch_max = 64;           ///< Due timers among the commands of a batch.
  std::size_t starts_per_batch_max = 64;           ///< Scheduled starts among them.
  std::size_t releases_per_batch_max = 64;         ///< People whose kept notices leave.
  std::size_t slices_per_batch_max = 16;           ///< Continued runs among them.
  std::size_t fans_per_batch_max = 8;              ///< Steps of fanOut that get a turn.
  std::size_t fan_starts_per_batch_max = 32;       ///< Children that they start together.
  std::size_t job_items_per_batch_max = 64;        ///< Items of jobs among them.
  std::size_t calls_in_flight_max = 1024;          ///< Calls to other systems without an answer.
  /// How long messages that tell of an answer wait, so that it can be recalled before they leave.
  Milliseconds recall_grace{0};
  /// How long an event is kept for steps that will listen for it, and how many are at most: beyond,
  /// the oldest go.
  Milliseconds early_event_ttl{std::chrono::hours{24}};
  std::int64_t early_events_max = 100'000;
  std::size_t calendar_page_max = 200;  ///< Instances that one step of a calendar's walk looks at.
  Milliseconds audit_pause{60'000};  ///< Between two pages of the audit scan; 0: no scan.
  std::size_t audit_page_max = 200;  ///< Instances looked at in one page.
};

struct EngineConfig {
  std::shared_ptr<Clock> clock;
  EngineLimits limits = {};
  /// Marks a fresh database as a demonstration; a marked one is refused without, and the other way
  /// round.
  bool demonstration = false;
  /// Makes the calls to other systems; null: they wait until a server with one runs.
  std::shared_ptr<Calls> calls = nullptr;
  /// The secrets of this moment, quickly; empty: there are none.
  std::function<std::shared_ptr<const Secrets>()> secrets = {};
  /// Run on the workshop's thread once an hour, after what is old has gone from the database; may
  /// be empty.
  std::function<void()> housekeeping = {};
};

/// `Idempotency-Key` of a request: the same key, route and body give the first answer again. Empty
/// `key`: none.
struct Idempotency {
  std::string user;  ///< Account or token name: keys of two users never meet.
  std::string key;
  std::string route;
  Sha256 body_hash{};
};

struct SubmitOptions {
  /// The task version the caller has seen; another one is refused: `stale` "task-changed".
  std::optional<std::int64_t> expected_version;
  PersonId actor;           ///< Who asks; empty: the engine itself.
  std::string via = "api";  ///< web | api | cli | timer | event.
  Idempotency idempotency;
};

struct StartRequest {
  std::string definition;    ///< Name.
  std::string version;       ///< Empty: the newest.
  UnitId unit;               ///< May be empty where the definition needs none.
  std::string business_key;  ///< Empty: by the definition's expression, or none.
  Json input = Json::object();
  PersonId by;
  bool by_administrator = false;  ///< System administrators may start anything anywhere.
  std::string via = "api";
  Idempotency idempotency;
};

/// Somebody's leave, to be recorded.
struct AbsenceRequest {
  PersonId person;
  Absence absence;  ///< Its id is given.
  PersonId by;      ///< Who records it; empty: the server's own user.
};

/// A task that is open after a command.
struct OpenTask {
  TaskId id;
  std::string name;
  std::int64_t version = 1;  ///< ETag.
};

/// What a command has done, durable by the time it is told.
struct Receipt {
  InstanceId instance;
  InstanceStatus status = InstanceStatus::running;
  std::int64_t revision = 0;
  std::vector<OpenTask> open_tasks;  ///< All that are open now, of this instance.
  std::optional<Task> task;          ///< The task the command named, as it stands now.
  bool repeated = false;             ///< The first answer to the same idempotency key.
};

struct PublishedReport {
  DefinitionRef ref;
  bool published = false;     ///< False for a dry run, faults, or a version that is there already.
  bool unchanged = false;     ///< The same version with the same content was there already.
  std::vector<Fault> faults;  ///< Any that is no warning: nothing was published.
  Json people;  ///< What people could not do of it: to_json(PeopleReport). Never a refusal.
  Json difference = Json::array();  ///< To the newest version, as compare.hpp encodes it.
};

struct DeliveryReport {
  std::size_t delivered = 0;  ///< Instances that consumed the event.
};

struct ClockReport {
  Instant now{};
  std::size_t fired = 0;  ///< Timers and scheduled starts.
};

template <class T>
using Callback = std::function<void(Result<T>)>;

/// A consistent copy of the counters, for /metrics. All count from the start of the process.
struct EngineCounters {
  std::uint64_t commands = 0;  ///< Decided, refused ones too.
  std::uint64_t refused = 0;
  std::uint64_t steps = 0;   ///< Of the language, that ended or waited.
  std::uint64_t events = 0;  ///< Journal rows.
  std::uint64_t commits = 0;
  std::uint64_t commits_failed = 0;
  std::uint64_t batch_commands_last = 0;
  std::uint64_t batch_commands_max = 0;
  std::uint64_t timers_fired = 0;
  std::uint64_t starts_scheduled = 0;
  std::uint64_t outbox_written = 0;
  std::uint64_t inbox_refused = 0;
  std::uint64_t cache_hits = 0;
  std::uint64_t cache_misses = 0;
  std::uint64_t orphans_found =
      0;                           ///< Waiting instances without their timer, task or subscription.
  std::uint64_t audited = 0;       ///< Instances the audit has looked at.
  std::uint64_t calls_begun = 0;   ///< To other systems.
  std::uint64_t calls_failed = 0;  ///< Of them, that ended in an error of the language.
  std::size_t calls_out = 0;       ///< Now.
  std::uint64_t reminders_sent = 0;  ///< To one person each; escalations too.
  std::uint64_t reminders_late = 0;  ///< Of these, more than reminder_late_after after their time.
  Milliseconds reminder_lag{0};      ///< The longest lateness in the last batch with a reminder.
  std::size_t inbox_waiting = 0;   ///< Now.
  std::size_t states_cached = 0;   ///< Now.
  Milliseconds timer_lag{0};       ///< Lateness of the last timer fired.
  Milliseconds commit_last{0};     ///< Duration of the last commit, the log's sync included.
  /// Upper bounds in microseconds (the last one infinite) and how many commits took that long.
  std::vector<std::pair<std::uint64_t, std::uint64_t>> commit_microseconds;
};

class Engine {
 public:
  /// Starts the thread, which continues what a crash interrupted. `store` must outlive the engine;
  /// nothing else writes to it. Errors: `conflict` "demonstration-database",
  /// "production-database"; `unavailable` when the database cannot be read.
  [[nodiscard]] static Result<std::unique_ptr<Engine>> open(Store& store, EngineConfig config);
  ~Engine();  ///< stop(), if nobody has.
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// One command to one instance. Errors: those of decide(); `not_found` "unknown-instance";
  /// `stale` "task-changed"; `invalid` "idempotency-key-reused"; `unavailable` "busy", "disk-full",
  /// "stopping".
  void submit(InstanceId instance, Command command, SubmitOptions options,
              Callback<Receipt> callback);
  /// Starts an instance. Errors besides: `not_found` "unknown-definition", "unknown-unit";
  /// `forbidden` "may-not-start"; `conflict` "duplicate-business-key", whose first field error has
  /// the id of the instance that has the key as `code`.
  void start(StartRequest request, Callback<Receipt> callback);
  /// A faulted instance goes on: its failed step runs again. Errors: `conflict` "not-faulted",
  /// "nothing-to-retry" (it failed before its first step); `forbidden` "not-administrator".
  void retry(InstanceId id, PersonId by, std::string comment, SubmitOptions options,
             Callback<Receipt> callback);
  /// Keeps many commands, which are then done one after the other in the background; gives the
  /// job's id. Errors: `invalid` "idempotency-key-reused".
  void add_job(JobRequest request, Callback<std::string> callback);
  /// Records somebody's leave; the deputy is told. Errors: those of Directory::check_absence;
  /// `invalid` "absence-past".
  void record_absence(AbsenceRequest request, Callback<AbsenceRow> callback);
  /// Ends it: the day before today, or before its first day where it has not begun. Errors:
  /// `not_found` "unknown-absence"; `conflict` "absence-over".
  void end_absence(std::string id, PersonId by, Callback<AbsenceRow> callback);
  /// Every other write: runs on the engine thread inside the transaction of its batch; a refusal
  /// undoes what it alone has written.
  void write(std::function<Result<Json>(UnitOfWork&)> work, Callback<Json> callback);
  /// Compiles on a thread of its own, then publishes. Refusals: `conflict` "version-exists"; faults
  /// are in the report.
  void publish_definition(std::string document, PersonId by, bool dry_run,
                          Callback<PublishedReport> callback);
  /// Replaces units, people, groups. Errors: `invalid` with fields, as Directory::parse.
  void import_organisation(Json organisation, PersonId by, Callback<Json> callback);
  /// How `person` wishes to be told: `document` as parse_preferences reads it, in the place of what
  /// they chose before; what is kept for them leaves with their next digest. Gives the new version.
  /// Errors: as parse_preferences; `stale` "preferences-changed" when `seen` is not the present one.
  void choose_preferences(PersonId person, Json document, std::int64_t seen,
                          Callback<Json> callback);
  /// What the administrator allows. Errors: as parse_limits; `stale` "preferences-changed".
  void limit_notices(Json document, std::int64_t seen, Callback<Json> callback);
  /// Changes a calendar; from its answer on the new one holds, and the open deadlines are moved
  /// behind it. Answers {calendar, change}; `change` is null when the calendar stays as it is.
  /// Errors: those of make_calendar_change.
  void change_calendar(CalendarChange change, Callback<Json> callback);
  /// Makes a change back. Errors: those of undo_of.
  void undo_calendar_change(std::int64_t change, PersonId by, std::string reason,
                            Callback<Json> callback);
  /// An event from outside, to every instance that waits for it; each id of a source once.
  /// Errors: `invalid` "bad-event" when `id`, `source` or `type` is missing.
  void deliver(CloudEvent event, Callback<DeliveryReport> callback);
  /// Moves a virtual clock to `to`, firing every timer in order at its own time; answers when all
  /// is settled. Errors: `not_found` "no-virtual-clock"; as VirtualClock::advance_to; `unavailable`
  /// "clock-never-settles" when an instance runs on and on.
  void advance_clock(Instant to, Callback<ClockReport> callback);

  // Waiting forms, for the command line and tests. Not to be called on the engine thread.
  [[nodiscard]] Result<Receipt> submit(InstanceId instance, Command command, SubmitOptions options);
  [[nodiscard]] Result<Receipt> start(StartRequest request);
  [[nodiscard]] Result<Receipt> retry(InstanceId id, PersonId by, std::string comment);
  [[nodiscard]] Result<std::string> add_job(JobRequest request);
  [[nodiscard]] Result<AbsenceRow> record_absence(AbsenceRequest request);
  [[nodiscard]] Result<AbsenceRow> end_absence(std::string id, PersonId by);
  [[nodiscard]] Result<Json> write(std::function<Result<Json>(UnitOfWork&)> work);
  [[nodiscard]] Result<PublishedReport> publish_definition(std::string document, PersonId by,
                                                           bool dry_run);
  [[nodiscard]] Result<Json> import_organisation(Json organisation, PersonId by);
  [[nodiscard]] Result<Json> choose_preferences(PersonId person, Json document, std::int64_t seen);
  [[nodiscard]] Result<Json> limit_notices(Json document, std::int64_t seen);
  [[nodiscard]] Result<Json> change_calendar(CalendarChange change);
  [[nodiscard]] Result<Json> undo_calendar_change(std::int64_t change, PersonId by,
                                                  std::string reason);
  [[nodiscard]] Result<DeliveryReport> deliver(CloudEvent event);
  [[nodiscard]] Result<ClockReport> advance_clock(Instant to);

  /// Snapshots; hold the pointer as long as you look.
  [[nodiscard]] std::shared_ptr<const Directory> directory() const;
  [[nodiscard]] std::shared_ptr<const Calendars> calendars() const;
  [[nodiscard]] std::shared_ptr<const Catalog> catalog() const;
  [[nodiscard]] std::shared_ptr<const PreferenceBook> preferences() const;
  [[nodiscard]] const Clock& clock() const;
  [[nodiscard]] EngineCounters counters() const;
  /// False once the disk has refused the last commit.
  [[nodiscard]] bool healthy() const;

  /// Listeners stay until `unsubscribe`, which returns only when none of its calls is running.
  [[nodiscard]] int subscribe(ChangeListener listener);
  void unsubscribe(int subscription);
  /// Called after a commit that has put something into the outbox. Set once, before the relay runs.
  void on_outbox(std::function<void()> wake);

  /// Finishes the batch it is at, refuses what still waits ("stopping"), ends the threads. May be
  /// called twice.
  void stop();

 private:
  explicit Engine(std::unique_ptr<EngineLoop> loop);
  std::unique_ptr<EngineLoop> loop_;
};

}  // namespace kyhan
