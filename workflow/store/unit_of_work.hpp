#pragma once
/// Every write there is, as one transaction.
///
/// A UnitOfWork opens a transaction on the one write connection; `stage_...` methods write into it;
/// commit() makes all of it durable at once (one fsync), and only then may anybody be answered. A
/// command's writes stand between begin_command() and keep_command(), or drop_command() undoes
/// them alone. Used by the engine's thread only.
///
/// Staging never reports: the first failure is remembered, later staging does nothing, and
/// keep_command() or commit() tells it. So the path of a command reads as a list of what it writes.
/// `find_...` methods read what is staged too.

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "workflow/core/result.hpp"
#include "workflow/store/rows.hpp"

namespace kyhan {

class Store;

/// Notices of one person that leave together; what is over it follows in the next round.
constexpr int held_max = 1000;
/// Items of a fanOut that stand in one row.
constexpr std::int64_t fan_items_per_row = 32;

class UnitOfWork {
 public:
  /// Begins. One unit of work at a time; a begin that fails is told by the first result asked for.
  explicit UnitOfWork(Store& store);
  ~UnitOfWork();  ///< Rolls back, unless committed.
  UnitOfWork(const UnitOfWork&) = delete;
  UnitOfWork& operator=(const UnitOfWork&) = delete;

  void begin_command();
  /// Errors: `unavailable` "disk-full", "storage" (nothing of the command is left, the others
  /// stand); `conflict` "constraint" (a duplicate that the caller did not look for first).
  [[nodiscard]] Result<void> keep_command();
  void drop_command() noexcept;
  /// Durable when it returns without error; else nothing of the transaction is. `unavailable`
  /// "disk-full", "storage".
  [[nodiscard]] Result<void> commit();
  /// After it this object only reports failure.
  void roll_back() noexcept;

  // Instances. `head` is changed in place as rows are added; give a copy and keep it on success.
  [[nodiscard]] Result<std::optional<StoredInstance>> find_instance(const InstanceId& id);
  /// The instance of this definition name that carries the business key, whatever its status: in
  /// `unit`, or in any unit where none is given.
  [[nodiscard]] Result<std::optional<InstanceId>> find_business_key(
      std::string_view definition_name, std::string_view business_key,
      const std::optional<UnitId>& unit);
  // The order within a command: stage_instance, stage_journal for each event, what waits, and at
  // last stage_state.
  /// Inserts when head.key is 0 (and sets key and hash), else updates what can change.
  void stage_instance(InstanceHead& head, const InstanceRow& row);
  /// Appends one row to the hash chain: hash = SHA-256(previous hash || canonical row).
  /// `entry.seq` must be head.seq + 1.
  void stage_journal(InstanceHead& head, const JournalEntry& entry);
  /// Stores encode_state() together with the end of the chain. After the journal rows.
  void stage_state(const InstanceHead& head, std::string_view state_json);
  void stage_task(const InstanceHead& head, const TaskRow& row);
  void stage_timer(const InstanceHead& head, std::string_view timer, Instant due_at);
  void clear_timer(const InstanceHead& head, std::string_view timer);
  /// An empty type means any. Replaces what the node waited for before.
  void stage_subscription(const InstanceHead& head, NodeId node,
                          const std::vector<std::string>& types);
  void clear_subscription(const InstanceHead& head, NodeId node);
  /// A call to another system, to be made once this is durable.
  void stage_call(const InstanceHead& head, NodeId node, std::string_view key, Instant at);
  void clear_call(const InstanceHead& head, NodeId node);

  // The children of a fanOut (fans.cpp). `parent` is the key of its instance.
  /// `items`: JSON arrays of fan_items_per_row items each, the last one of fewer.
  void stage_fan(const FanRow& row, const std::vector<std::string>& items, Instant at);
  [[nodiscard]] Result<std::optional<FanRow>> find_fan(std::int64_t parent, NodeId node);
  /// The row of items that holds the item `number`.
  [[nodiscard]] Result<std::string> find_fan_items(std::int64_t parent, NodeId node,
                                                   std::int64_t number);
  /// Its child is started; twice harms nothing.
  void stage_fan_child(std::int64_t parent, NodeId node, std::int64_t number);
  /// The child has ended, which is something to do; of a child that is not open it means nothing.
  void stage_fan_child_end(std::int64_t parent, NodeId node, const FanChildRow& end, Instant at);
  /// What the parent knows, and when its turn is; nothing: not before something happens.
  void stage_fan_turn(const FanRow& row, const std::optional<Instant>& turn_at);
  void wake_fans(const InstanceHead& head, Instant at);  ///< The parent goes on.
  void stage_fan_closing(const InstanceHead& head, NodeId node, Instant at);
  [[nodiscard]] Result<std::vector<FanChildRow>> find_fan_ends(std::int64_t parent, NodeId node);
  /// The first that faulted or was cancelled.
  [[nodiscard]] Result<std::optional<FanChildRow>> find_failed_fan_child(std::int64_t parent,
                                                                         NodeId node);
  [[nodiscard]] Result<std::vector<std::int64_t>> find_open_fan_children(std::int64_t parent,
                                                                         NodeId node, int limit);
  void clear_fan_child(std::int64_t parent, NodeId node, std::int64_t number);
  /// At most `limit` rows of what has ended and of the items, then the fan itself. True: nothing of
  /// it is left.
  [[nodiscard]] Result<bool> clear_fan(std::int64_t parent, NodeId node, int limit);
  /// `person` may see the instance from now on. Twice harms nothing.
  void stage_participant(const InstanceHead& head, const PersonId& person);

  // People's work.
  void stage_turn(std::string_view circle, const PersonId& person);
  [[nodiscard]] Result<PersonId> last_turn(std::string_view circle);  ///< Empty: nobody yet.
  [[nodiscard]] Result<std::int64_t> count_held_by(const PersonId& person);  ///< Open tasks.
  /// A message that waits until `release_at`; the head is that after the command's journal rows.
  void stage_held(const InstanceHead& head, const OutboxRow& row, Instant release_at);
  /// Until when messages of the instance wait; nothing: none do.
  [[nodiscard]] Result<std::optional<Instant>> held_until(const InstanceHead& head);
  /// Moves what is due into the outbox, in order; how many.
  [[nodiscard]] Result<std::int64_t> release_held(Instant now);
  [[nodiscard]] Result<bool> holds(const InstanceHead& head, std::int64_t after_revision,
                                   std::int64_t up_to_revision);
  void clear_held(const InstanceHead& head, std::int64_t after_revision,
                  std::int64_t up_to_revision);
  /// See the table tasks.
  [[nodiscard]] Result<std::int64_t> ended_revision(const TaskId& task);
  void stage_heard(const TaskId& task);  ///< Another instance has consumed an event of its end.
  /// Bodies of all facts, in order, staged ones too.
  [[nodiscard]] Result<std::vector<std::string>> journal_of(const InstanceHead& head);

  // Secret votes, by the id of their protocol (ballots.cpp).
  void stage_ballot_box(const std::string& vote);
  void stage_ballot(const std::string& vote, std::string_view id, std::string_view choice);
  [[nodiscard]] Result<std::map<std::string, std::int64_t>> count_ballots(const std::string& vote);
  /// Afterwards the log must be truncated; the setting "log_truncation_owed" says so until it is.
  void clear_ballot_box(const std::string& vote);

  // Messages.
  void stage_outbox(const OutboxRow& row);  ///< `seq` is given by the store.
  /// The broker has confirmed all up to here: deletes them, and keeps `at` as the proof of each
  /// reminder among them.
  void stage_sent_up_to(std::int64_t seq, Instant at);
  std::int64_t stage_notification(const NotificationRow& row);  ///< The id it was given.
  /// What is kept for a person and due by `now`, in the order of its arrival; at most held_max.
  [[nodiscard]] Result<std::vector<HeldNotice>> find_held(const PersonId& person, Instant now);
  /// They wait no longer; `digest` is the message that took them along, empty: none did.
  void stage_released(std::span<const std::int64_t> ids, std::string_view digest);
  void stage_mail(const MailRow& row);          ///< Twice harms nothing.
  void stage_mail_settled(const MailRow& row);  ///< State, attempts, reply; no event once settled.
  void clear_mails_settled_before(Instant before);
  /// All that is kept for a person leaves at another time.
  void stage_held_until(const PersonId& person, Instant at);
  void stage_notifications_read(const PersonId& person, std::span<const std::int64_t> ids,
                                Instant at);
  void stage_all_notifications_read(const PersonId& person, Instant at);
  /// False: the event (source, id) was received before, do not deliver again.
  [[nodiscard]] Result<bool> stage_received_event(std::string_view source, std::string_view id,
                                                  Instant at);

  // Events that come early, and events that start instances (stage_events.cpp).
  /// What a version waits for; what started instances of this name before no longer does.
  void stage_event_types(std::string_view definition_name, std::string_view version,
                         const std::vector<std::string>& listened,
                         const std::vector<std::string>& starting);
  [[nodiscard]] Result<bool> event_is_listened_for(std::string_view type);
  [[nodiscard]] Result<std::vector<std::string>> definitions_started_by(std::string_view type);
  /// Keeps it for those who listen later; its number. Beyond `events_max` the oldest go.
  [[nodiscard]] Result<std::int64_t> stage_early_event(std::string_view type,
                                                       std::string_view event_json, Instant at,
                                                       std::int64_t events_max);
  /// The instance has had it.
  void stage_early_event_taken(std::int64_t event, const InstanceHead& head);
  /// Those the instance has not had, received from `since` on, of these types ("": any), behind the
  /// number `after`, oldest first.
  [[nodiscard]] Result<std::vector<EarlyEvent>> find_early_events(
      const InstanceHead& head, const std::vector<std::string>& types, Instant since,
      std::int64_t after, int limit);
  void clear_early_events(Instant before);
  /// JSON text of the matches under a key; "[]": none.
  [[nodiscard]] Result<std::string> find_partial_matches(std::string_view definition_name,
                                                         std::string_view correlation);
  [[nodiscard]] Result<std::int64_t> count_partial_matches(std::string_view definition_name);
  void stage_partial_matches(std::string_view definition_name, std::string_view correlation,
                             std::string_view matches_json, Instant at);
  void clear_partial_matches(std::string_view definition_name, std::string_view correlation);
  void clear_partial_matches(std::string_view definition_name);

  // Definitions and the world around.
  void stage_definition(const DefinitionRow& row);
  void stage_definition_resource(const DefinitionRef& ref, const ResourceRow& row);
  void stage_organisation(std::string_view document_json, Instant at);
  void stage_absence(const AbsenceRow& row);  ///< Inserts or replaces.
  void clear_absence(std::string_view id);    ///< Of a file that no longer has it.
  /// Those with a day on or after `day`, staged ones too, by person and first day.
  [[nodiscard]] Result<std::vector<AbsenceRow>> absences_from(Date day);
  [[nodiscard]] Result<std::optional<AbsenceRow>> find_absence(std::string_view id);
  void stage_calendar(std::string_view id, std::string_view document_json);
  void clear_calendar(std::string_view id);
  /// A change in its first phase; marks what it undoes. Gives its id.
  [[nodiscard]] Result<std::int64_t> stage_calendar_change(const CalendarChangeRow& row);
  /// How far its walk has come: phase, last key and end as they are, the counts (looked at, starts
  /// moved, people told) added to what is there.
  void stage_calendar_progress(const CalendarChangeRow& row);
  void stage_calendar_moved(std::int64_t change, std::int64_t instances, std::int64_t deadlines);
  /// `deadlines` more of them concern the person.
  void stage_calendar_concern(std::int64_t change, const PersonId& person, std::int64_t deadlines);
  void clear_calendar_concern(std::int64_t change, const PersonId& person);  ///< Has been told.
  void stage_schedule(const ScheduleRow& row);  ///< Replaces the definition's row.
  void clear_schedule(std::string_view definition_name);
  void stage_planned_start(const PlannedStart& start);  ///< Twice harms nothing.
  void clear_planned_start(const PlannedStart& start);
  /// Those of occurrences that are still ahead.
  void clear_planned_starts_after(std::string_view definition_name, Instant now);
  /// Whether a start of the definition is planned for the unit.
  [[nodiscard]] Result<bool> start_is_planned(std::string_view definition_name, const UnitId& unit);
  /// Whether an instance that a schedule started for the unit is open: its business key begins so.
  [[nodiscard]] Result<bool> scheduled_instance_is_open(std::string_view definition_name,
                                                        std::string_view key_prefix);
  void stage_setting(std::string_view key, std::string_view value);
  void stage_preferences(const PreferencesRow& row);  ///< Inserts or replaces.
  [[nodiscard]] Result<std::optional<PreferencesRow>> find_preferences(const PersonId& person);

  // People at the door.
  void stage_account(const AccountRow& row);  ///< Inserts or replaces.
  void stage_session(const SessionRow& row);  ///< Inserts or replaces (last_seen_at, expires_at).
  void clear_session(const Sha256& token_hash);
  void clear_sessions_of(std::string_view account);
  void clear_expired(Instant now);  ///< Sessions, tokens, idempotency keys older than 24 h.
  void stage_token(const TokenRow& row);
  void clear_token(std::string_view name);
  void stage_idempotency(const IdempotencyRow& row);
  [[nodiscard]] Result<std::optional<IdempotencyRow>> find_idempotency(std::string_view user,
                                                                       std::string_view key);

  // Jobs.
  void stage_job(JobRow& job, const std::vector<JobItemRow>& items);  ///< Sets job.key.
  [[nodiscard]] Result<bool> job_item_open(std::int64_t job, std::int64_t number);
  void stage_job_item(std::int64_t job, std::int64_t number, JobItemState state,
                      std::string_view result_json, Instant at);
  /// Marks the job as finished when no item is open; the job then, else nothing.
  [[nodiscard]] Result<std::optional<JobRow>> finish_job(std::int64_t job, Instant at);
  void clear_jobs_before(Instant before);  ///< Those that finished before.

  // Drafts.
  void stage_draft(const DraftRow& row);  ///< Inserts or replaces.
  /// Of the stored draft; 0: there is none.
  [[nodiscard]] Result<std::int64_t> draft_revision(const PersonId& person, const TaskId& task);
  void clear_draft(const PersonId& person, const TaskId& task);
  /// The task was answered by `person`: all drafts of it, and theirs of the step's earlier rounds.
  void clear_drafts_answered(const PersonId& person, const TaskId& task, const InstanceId& instance,
                             std::string_view step);
  void clear_drafts_before(Instant before);

  // Attachments (the bytes are on the disk already: BlobStore).
  void stage_attachment(const AttachmentRow& row);
  void stage_attachment_used(std::string_view id, const InstanceId& instance, const TaskId& task);
  /// Unused ones uploaded before `before`, unless a draft names them; the bytes are removed by
  /// BlobStore::sweep.
  void clear_unused_attachments(Instant before);

  [[nodiscard]] bool failed() const;

 private:
  struct Work;
  std::unique_ptr<Work> work_;
};

}  // namespace kyhan
