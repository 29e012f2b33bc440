#pragma once
/// One transaction of the engine: commands are decided one after the other, each inside its own
/// savepoint, and made durable together. Synchronous, engine thread only.
///
/// What a command changes is kept aside until the command is kept, and what the batch changes until
/// the commit: a refusal or a full disk leaves nothing behind, in memory as on the disk.

#include <deque>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "workflow/core/decide.hpp"
#include "workflow/core/preferences.hpp"
#include "workflow/engine/engine.hpp"
#include "workflow/engine/state_cache.hpp"
#include "workflow/store/reads.hpp"
#include "workflow/store/unit_of_work.hpp"

namespace kyhan {

/// What everybody may look at while a batch runs.
struct Snapshot {
  std::shared_ptr<const Directory> directory;
  std::shared_ptr<const Calendars> calendars;
  std::shared_ptr<const Catalog> catalog;
  std::shared_ptr<const Secrets> secrets{};  ///< Null: none.
  std::shared_ptr<const PreferenceBook> preferences{};
};

/// How many deliveries, starts and ends of sub-workflows one command may set off; beyond, it is
/// refused.
constexpr std::size_t deliveries_per_command_max = 10'000;

/// Notes the way in on what a person asks for.
void set_via(Command& command, const std::string& via);

/// What one command has made of one instance.
struct Applied {
  std::shared_ptr<const State> state;
  bool changed = false;
};

/// What a batch has done, for the counters.
struct BatchTally {
  std::uint64_t events = 0;
  std::uint64_t steps = 0;
  std::uint64_t outbox = 0;
  std::uint64_t reminders = 0;  ///< To one person each; escalations too.
  std::uint64_t reminders_late = 0;
  Milliseconds reminder_lag{0};  ///< The longest.

  void add(const BatchTally& other);
};

/// Among which instances of a definition's name a business key is unique: all of them, or those of
/// the same unit.
enum class KeyScope { definition, unit };

/// The engine's answer to who has how much to do, what this batch has staged included.
class StagedWorkload final : public Workload {
 public:
  explicit StagedWorkload(UnitOfWork& work) : work_(work) {}
  [[nodiscard]] std::int64_t open_tasks(const PersonId& person) const override;
  [[nodiscard]] PersonId last_turn(const std::string& circle) const override;

 private:
  UnitOfWork& work_;
};

/// The ballots of secret votes, those this batch has staged included.
class StagedBallots final : public BallotCounts {
 public:
  explicit StagedBallots(UnitOfWork& work) : work_(work) {}
  [[nodiscard]] std::map<std::string, std::int64_t> count(const std::string& vote) const override;

 private:
  UnitOfWork& work_;
};

/// How the children of a fanOut have ended, those of this batch included.
class StagedChildEnds final : public ChildEnds {
 public:
  StagedChildEnds(UnitOfWork& work, const InstanceHead& parent) : work_(work), parent_(parent) {}
  [[nodiscard]] std::map<std::int64_t, Json> of(NodeId node) const override;

 private:
  UnitOfWork& work_;
  const InstanceHead& parent_;
};

class Batch {
 public:
  Batch(Store& store, Reads& reads, StateCache& cache, const Snapshot& snapshot,
        const EngineLimits& limits, Instant now, std::mt19937_64& chance);

  void begin_command();
  [[nodiscard]] Result<void> keep_command();
  void drop_command() noexcept;
  /// Durable when it returns; then the cache knows the new states.
  [[nodiscard]] Result<void> commit();

  /// Decides `command` for an instance and stages all that follows, events delivered to others
  /// too. Errors: `not_found` "unknown-instance", those of decide() and of the catalog; `stale`
  /// "task-changed" when `expected_version` is not the version of the task it names.
  [[nodiscard]] Result<Applied> apply(const InstanceId& id, const Command& command,
                                      const PersonId& actor,
                                      std::optional<std::int64_t> expected_version = {});
  /// A new instance. Errors: `conflict` "duplicate-business-key", those of decide().
  [[nodiscard]] Result<Applied> start(const Program& program, StartInstance command,
                                      KeyScope scope = KeyScope::definition);
  /// Hands an event to whoever waits for it; how many consumed it.
  [[nodiscard]] Result<std::size_t> deliver(const CloudEvent& event);

  /// The same, and all that the consumers emit in their turn.
  [[nodiscard]] Result<std::size_t> deliver_from_outside(const CloudEvent& event);

  /// A fanOut starts at most so many children, counts those that have ended, or is cleared away.
  [[nodiscard]] Result<void> take_fan_turn(const DueFan& due, std::int64_t starts_max);

  /// Held messages whose time has come go into the outbox.
  [[nodiscard]] Result<void> release_held();

  /// One row of the bell that belongs to no instance; the person's pages look again. What leaves of it
  /// at once is a message with the id `id` and `data` beside what every notice says; without an id
  /// one is made.
  void tell(const NotificationRow& notification, std::string id = {}, Json data = Json::object());
  /// A message `vn.kyhan.reminder.<event>.v1` to one person, into the outbox.
  void tell_people(const PersonId& person, const UnitId& unit, std::string_view event,
                   const std::string& id, Json data);
  /// A message that belongs to no instance and to nobody, into the outbox.
  void publish(std::string routing_key, const CloudEvent& event);

  /// Instance and task as they stand in this batch. `task` may be empty.
  [[nodiscard]] Receipt receipt(const InstanceId& id, const TaskId& task) const;
  [[nodiscard]] Result<std::optional<LoadedInstance>> load(const InstanceId& id);

  [[nodiscard]] UnitOfWork& work() { return work_; }
  [[nodiscard]] Reads& reads() { return reads_; }
  [[nodiscard]] const Snapshot& snapshot() const { return snapshot_; }
  [[nodiscard]] const EngineLimits& limits() const { return limits_; }
  [[nodiscard]] Instant now() const { return now_; }

  // Of the whole batch, for after the commit.
  [[nodiscard]] const std::vector<Change>& changes() const { return changes_; }
  /// Instances by whether they have work left.
  [[nodiscard]] const std::map<InstanceId, bool>& runnable() const { return runnable_; }
  [[nodiscard]] const BatchTally& tally() const { return tally_; }
  /// Calls to other systems in the order in which commands announced and dropped them.
  struct CallChange {
    PendingCall call;
    bool dropped = false;
  };
  [[nodiscard]] const std::vector<CallChange>& call_changes() const { return call_changes_; }
  [[nodiscard]] bool timers_changed() const { return timers_changed_; }
  /// A fanOut may have something to do.
  [[nodiscard]] bool fans_changed() const { return fans_changed_; }
  /// A secret vote has closed: the log must be truncated.
  [[nodiscard]] bool closed_ballot_box() const { return closed_ballot_box_; }
  [[nodiscard]] bool touches(const InstanceId& id) const { return states_.contains(id); }
  [[nodiscard]] bool full() const { return tally_.events >= limits_.batch_events_max; }

 private:
  [[nodiscard]] Result<Applied> decide_and_stage(const LoadedInstance& loaded,
                                                 const Program& program, const Command& command,
                                                 const PersonId& actor);
  [[nodiscard]] Result<Applied> decide_and_stage(const LoadedInstance& loaded,
                                                 const Program& program, const Command& command,
                                                 const PersonId& actor, int steps_max);
  void stage(const LoadedInstance& loaded, const Program& program, const Command& command,
             Decision decision, const PersonId& actor);
  void stage_effect(const Effect& effect, const InstanceHead& head, const InstanceRow& row,
                    const State& before, const State& after, const Definition& definition,
                    const std::optional<Instant>& hold);
  void stage_task(const SaveTask& saved, const InstanceHead& head, const InstanceRow& row,
                  const State& before, const State& after, const Definition& definition);
  void tell_person(NotificationRow row, const Delivery& delivery, const UnitId& unit,
                   const std::string& id, Json data = Json::object());
  void stage_notify(const Notify& notify, const State& after);
  void heal_timer(const LoadedInstance& loaded, const std::string& timer);
  void stage_message(const Publish& publish, const InstanceHead& head,
                     const std::optional<Instant>& hold);
  /// Until when messages of this command wait; nothing: they may leave.
  [[nodiscard]] std::optional<Instant> hold_of(const Command& command, const InstanceHead& head,
                                               bool is_new);
  /// What a command sets off in other instances, in the same transaction.
  struct Emitted {
    CloudEvent event;
  };
  struct Listening {
    InstanceId instance;
    NodeId node = 0;
    std::vector<std::string> types;
  };
  struct StartByEvent {
    std::string definition;
    Json input;
    CloudEvent event;
  };
  struct ScheduledEnd {
    std::string definition;
    UnitId unit;
  };
  using FollowUp = std::variant<Emitted, Listening, StartByEvent, ScheduledEnd, StartChild,
                                CancelChild, TellParent>;
  [[nodiscard]] Result<void> follow_up();
  [[nodiscard]] Result<std::size_t> follow(const Emitted& emitted);
  [[nodiscard]] Result<std::size_t> follow(const Listening& listening);
  [[nodiscard]] Result<std::size_t> follow(const StartByEvent& start);
  [[nodiscard]] Result<std::size_t> follow(const ScheduledEnd& ended);
  [[nodiscard]] Result<std::size_t> follow(const StartChild& child);
  [[nodiscard]] Result<std::size_t> follow(const CancelChild& child);
  [[nodiscard]] Result<std::size_t> follow(const TellParent& ended);
  // fans.cpp
  void stage_fan(const OpenFan& opened, const InstanceHead& head);
  [[nodiscard]] Result<std::size_t> end_fan_child(const TellParent& ended);
  [[nodiscard]] Result<bool> start_fan_children(const DueFan& due, const FanRow& fan,
                                                const Fan& plan, std::int64_t most);
  [[nodiscard]] Result<void> tell_fan_parent(const DueFan& due, FanRow row, const Fan& plan);
  [[nodiscard]] Result<void> close_fan(const DueFan& due);
  [[nodiscard]] Result<bool> still_listens(const Listening& listening);
  [[nodiscard]] Result<std::vector<EarlyEvent>> early_events(const Listening& listening,
                                                             std::int64_t after);
  [[nodiscard]] Result<bool> offer(const InstanceId& id, NodeId node, const CloudEvent& event,
                                   std::optional<std::int64_t> kept);
  [[nodiscard]] Result<std::size_t> start_by_event(const CloudEvent& event);
  [[nodiscard]] Result<std::optional<Json>> match(const World& world, const std::string& name,
                                                  const std::string& key,
                                                  const CloudEvent& event);
  [[nodiscard]] Result<std::size_t> command_other(const InstanceId& id, const Command& command);
  [[nodiscard]] std::vector<Subscription> listeners(const std::string& type);

  UnitOfWork work_;
  Reads& reads_;
  StateCache& cache_;
  const Snapshot& snapshot_;
  const EngineLimits& limits_;
  Instant now_;
  std::mt19937_64& chance_;

  std::map<InstanceId, LoadedInstance> states_;  ///< Of kept commands.
  std::vector<Change> changes_;
  std::map<InstanceId, bool> runnable_;
  std::multimap<std::string, Subscription> subscribed_;  ///< In this batch: not yet readable.
  std::vector<CallChange> call_changes_;
  BatchTally tally_;
  bool timers_changed_ = false;
  bool fans_changed_ = false;
  bool closed_ballot_box_ = false;

  /// Of the command that is running.
  struct Pending {
    std::map<InstanceId, LoadedInstance> states;
    std::vector<Change> changes;
    std::map<InstanceId, bool> runnable;
    std::multimap<std::string, Subscription> subscribed;
    std::deque<FollowUp> follow_ups;
    bool heard = false;  ///< Other instances know of it, or may come to.
    std::map<TaskId, Task> tasks;
    std::vector<CallChange> call_changes;
    BatchTally tally;
  };
  Pending pending_;
};

}  // namespace kyhan
