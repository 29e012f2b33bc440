#pragma once
/// Every query there is, on one read-only connection. Rows, not JSON; pages by key, never by
/// offset. Who may see what is a parameter of the queries, so that a page is full whoever asks.
///
/// One thread at a time (Store::reads() hands them out). Every function fails with `unavailable`
/// "storage", "disk-full" or "storage-busy" when the database does; `find_` gives nothing where
/// there is nothing.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/core/result.hpp"
#include "workflow/store/rows.hpp"

namespace kyhan {

class Database;

constexpr int page_limit_max = 200;
/// Group counts stop here: beyond it the true number no longer helps a person.
constexpr std::int64_t counted_max = 10'000;
constexpr int absences_shown_max = 1'000;

/// A page: at most the asked number of items; `end_cursor` goes into the next `after`.
template <class T>
struct Page {
  std::vector<T> items;
  std::string end_cursor;  ///< Opaque, URL-safe; empty when there are no items.
  bool has_more = false;
};

/// `limit` is brought into [1, page_limit_max]; an `after` that no page gave is `invalid`
/// "bad-cursor".
struct PageRequest {
  int limit = 50;
  std::string after;
};

/// Which instances the caller may see: everything, or those of `units` (which the caller oversees,
/// subtrees spelled out) together with those `person` took part in.
struct Visibility {
  bool everything = false;
  std::vector<UnitId> units;
  PersonId person;  ///< Empty: nobody.
};

struct InstanceQuery {
  Visibility visibility;
  std::vector<UnitId> units;             ///< Only of these; empty: any.
  std::vector<InstanceStatus> statuses;  ///< Empty: any.
  std::string definition;                ///< Name; empty: any.
  std::string search;                    ///< Folded (fold_for_search); empty: any.
  PageRequest page;
};

/// Bounds of the due groups, which the caller computes in its zone: overdue < now <= today <
/// tomorrow <= week < after_week <= later.
struct DueBounds {
  Instant now{};
  Instant tomorrow{};
  Instant after_week{};
};
enum class DueGroup { overdue, today, week, later, none };
[[nodiscard]] DueGroup due_group_of(const std::optional<Instant>& due_at, const DueBounds& bounds);

struct DueCounts {
  std::int64_t overdue = 0, today = 0, week = 0, later = 0, none = 0;  ///< Each <= counted_max.
};

/// What narrows a list of tasks.
struct TaskFilter {
  std::optional<DueGroup> due;
  std::vector<UnitId> units;  ///< Empty: any.
  std::string definition;     ///< Name; empty: any.
  std::string search;         ///< Folded; empty: any.
};

/// Whose work a person sees besides their own: somebody's who is away, as far as the absence goes.
struct ActingFor {
  PersonId absent;
  std::vector<std::string> keys;  ///< Directory::keys_of the absent one.
  // Each narrows unless it is empty.
  std::vector<RoleId> roles;
  std::vector<std::string> role_keys;  ///< Those of `keys` that name one of the roles.
  std::vector<UnitId> units;           ///< Subtrees spelled out.
  std::vector<std::string> definitions;
};

/// Whose absences a list shows: of anybody in `units`, or of and by `person`. `everything`: all.
struct AbsenceQuery {
  bool everything = false;
  std::vector<PersonId> people;  ///< Whose leave, or whom they stand in for.
  Date from{}, to{};             ///< Days they touch, both included.
};

struct PersonLoad {
  PersonId person;
  std::int64_t open = 0;
  std::int64_t overdue = 0;
};
struct DefinitionLoad {
  std::string definition;
  std::int64_t running = 0;    ///< running or waiting.
  std::int64_t overdue = 0;    ///< Of them, with an overdue task.
  std::int64_t completed = 0;  ///< Since `since`.
};
struct OverviewRows {
  std::int64_t running = 0;
  std::int64_t overdue = 0;
  std::int64_t due_this_week = 0;
  std::int64_t completed = 0;  ///< Since `since`.
  std::vector<DefinitionLoad> by_definition;
  std::vector<PersonLoad> by_person;  ///< Holders of open tasks, most overdue first, at most 100.
};

/// What the tables hold of an instance that waits (see core's Waits).
struct WaitRows {
  std::map<std::string, Instant> timers;
  std::set<NodeId> subscriptions;
  std::set<TaskId> tasks;  ///< Open ones.
  std::map<NodeId, std::string> calls;
  std::set<NodeId> fans;  ///< Whose step has not ended.
};
struct AuditRow {
  std::int64_t key = 0;
  InstanceId id;
  bool runnable = false;
  std::string state_json;
};

class Reads {
 public:
  explicit Reads(std::unique_ptr<Database> connection);
  ~Reads();
  Reads(const Reads&) = delete;
  Reads& operator=(const Reads&) = delete;

  // Instances.
  [[nodiscard]] Result<std::optional<InstanceRow>> find_instance(const InstanceId& id);
  [[nodiscard]] Result<bool> instance_visible(const InstanceId& id, const Visibility& to);
  /// encode_state() as it was staged.
  [[nodiscard]] Result<std::optional<std::string>> find_state(const InstanceId& id);
  [[nodiscard]] Result<Page<InstanceRow>> instances(const InstanceQuery& query);  ///< Newest first.
  [[nodiscard]] Result<Page<HistoryRow>> history(const InstanceId& id, const PageRequest& page);
  /// The facts that votes of the instance have closed, oldest first.
  [[nodiscard]] Result<std::vector<HistoryRow>> votes_closed(const InstanceId& id);
  /// Facts of these types alone, oldest first, at most `limit`.
  [[nodiscard]] Result<std::vector<JournalEntry>> facts_of(
      const InstanceId& id, std::initializer_list<std::string_view> types, int limit);
  [[nodiscard]] Result<std::vector<TaskRow>> tasks_of(const InstanceId& id);  ///< As opened.
  [[nodiscard]] Result<std::vector<AttachmentRow>> attachments_of(const InstanceId& id);
  [[nodiscard]] Result<std::vector<PersonId>> participants_of(const InstanceId& id);
  /// Those with a slice of work left, for the start; at most `limit`.
  [[nodiscard]] Result<std::vector<InstanceId>> runnable_instances(int limit);

  /// Open ones of the unit, or with an open task of it, by key, at most `limit`.
  [[nodiscard]] Result<std::vector<InstanceId>> running_in(const UnitId& unit, int limit);

  // Tasks. `keys` are Directory::keys_of the person; `acting_for` those the person stands in for.
  [[nodiscard]] Result<std::optional<TaskRow>> find_task(const TaskId& id);
  /// Open ones that the person holds, or may claim: due ascending, without a due date last.
  [[nodiscard]] Result<Page<TaskRow>> my_tasks(const PersonId& person,
                                               const std::vector<std::string>& keys,
                                               const TaskFilter& filter, const DueBounds& bounds,
                                               const PageRequest& page,
                                               const std::vector<ActingFor>& acting_for = {});
  [[nodiscard]] Result<DueCounts> count_my_tasks(const PersonId& person,
                                                 const std::vector<std::string>& keys,
                                                 const DueBounds& bounds,
                                                 const std::vector<ActingFor>& acting_for = {});
  /// Ended ones that the person answered, or a deputy in their place, latest first.
  [[nodiscard]] Result<Page<TaskRow>> done_tasks(const PersonId& person, const TaskFilter& filter,
                                                 const PageRequest& page);
  /// Open ones of the units, due ascending. `everything` instead of units: administrators.
  [[nodiscard]] Result<Page<TaskRow>> team_tasks(const std::vector<UnitId>& units, bool everything,
                                                 const TaskFilter& filter, const DueBounds& bounds,
                                                 const PageRequest& page);
  [[nodiscard]] Result<DueCounts> count_team_tasks(const std::vector<UnitId>& units,
                                                   bool everything, const DueBounds& bounds);
  /// Open tasks for which more time was asked, as far as they are wanted, oldest request first.
  [[nodiscard]] Result<Page<TaskRow>> asked_extensions(
      const std::function<bool(const TaskRow&)>& wanted, const PageRequest& page);
  /// Of the units, or of everything.
  [[nodiscard]] Result<OverviewRows> overview(const std::vector<UnitId>& units, bool everything,
                                              const DueBounds& bounds, Instant since);

  // What waits.
  [[nodiscard]] Result<std::vector<DueTimer>> due_timers(Instant now,
                                                         int limit);  ///< Earliest first.
  [[nodiscard]] Result<std::optional<Instant>> next_due();            ///< Of all timers.
  /// Instances that listen for this type, or for any.
  [[nodiscard]] Result<std::vector<Subscription>> subscriptions(std::string_view type);
  /// Behind a place of the table (0, 0: from the start), at most `limit`.
  [[nodiscard]] Result<std::vector<PendingCall>> pending_calls(std::int64_t after_instance,
                                                               NodeId after_node, int limit);

  // The children of a fanOut.
  [[nodiscard]] Result<std::vector<DueFan>> due_fans(int limit);  ///< The longest waiting first.
  /// Of one instance, those whose step has not ended.
  [[nodiscard]] Result<std::vector<FanRow>> fans_of(std::int64_t instance_key);
  [[nodiscard]] Result<std::vector<FanRow>> fans_of(const InstanceId& id);
  /// Those that have not completed, in the order of the items.
  [[nodiscard]] Result<std::vector<FanChildRow>> fan_children(std::int64_t instance_key,
                                                              NodeId node, int limit);
  /// Open children of a step, for the audit.
  [[nodiscard]] Result<std::vector<std::int64_t>> open_fan_children(std::int64_t instance_key,
                                                                    NodeId node);

  /// What the tables hold of one instance that waits, to be compared with waits_of(its state).
  [[nodiscard]] Result<WaitRows> wait_rows(std::int64_t instance_key);
  /// Open instances behind `after_key` (0: from the start), at most `limit`, for the audit.
  [[nodiscard]] Result<std::vector<AuditRow>> open_instances_after(std::int64_t after_key,
                                                                   int limit);

  /// Of open secret votes: how many ballots each holds.
  [[nodiscard]] Result<std::map<std::string, std::int64_t>> ballot_boxes();
  /// When the first held message is due to leave.
  [[nodiscard]] Result<std::optional<Instant>> next_held();

  // Messages.
  [[nodiscard]] Result<std::vector<OutboxRow>> outbox_after(std::int64_t seq, int limit);
  [[nodiscard]] Result<std::int64_t> outbox_size();
  [[nodiscard]] Result<std::optional<NotificationRow>> find_notification(std::int64_t id);
  /// The newest of a person with this Notify::source.
  [[nodiscard]] Result<std::optional<NotificationRow>> find_notification(const PersonId& person,
                                                                         std::string_view source);
  /// E-mails that wait, those tried least first.
  [[nodiscard]] Result<std::vector<MailRow>> waiting_mails(int limit);
  [[nodiscard]] Result<std::int64_t> count_waiting_mails();
  /// What became of the e-mails whose message begins with one of an instance's tasks, by its id.
  [[nodiscard]] Result<std::map<std::string, MailRow>> mails_of(const InstanceId& id);
  /// When the next notice that is kept leaves.
  [[nodiscard]] Result<std::optional<Instant>> next_release();
  /// Whose notices are to leave by `now`, earliest first.
  [[nodiscard]] Result<std::vector<PersonId>> due_releases(Instant now, int limit);
  /// When the broker confirmed the reminders of an instance, by the id of their message.
  [[nodiscard]] Result<std::map<std::string, Instant>> confirmed_reminders(const InstanceId& id);
  [[nodiscard]] Result<Page<NotificationRow>> notifications(const PersonId& person,
                                                            bool unread_only,
                                                            const PageRequest& page);
  [[nodiscard]] Result<std::int64_t> count_unread(const PersonId& person);  ///< <= counted_max.

  // Definitions and the world around.
  [[nodiscard]] Result<std::vector<DefinitionRow>> definitions();  ///< All versions, by name.
  [[nodiscard]] Result<std::optional<DefinitionRow>> find_definition(const DefinitionRef& ref);
  [[nodiscard]] Result<std::vector<ResourceRow>> definition_resources(const DefinitionRef& ref);
  [[nodiscard]] Result<std::optional<std::string>> find_organisation();  ///< JSON text.
  [[nodiscard]] Result<std::vector<std::string>> calendars();            ///< JSON texts.
  /// By first day, at most absences_shown_max.
  [[nodiscard]] Result<std::vector<AbsenceRow>> absences(const AbsenceQuery& query);
  [[nodiscard]] Result<std::optional<AbsenceRow>> find_absence(std::string_view id);
  [[nodiscard]] Result<std::optional<CalendarChangeRow>> find_calendar_change(std::int64_t id);
  /// The oldest that is not done.
  [[nodiscard]] Result<std::optional<CalendarChangeRow>> next_calendar_change();
  /// Those with a smaller id than `before`, newest first.
  [[nodiscard]] Result<std::vector<CalendarChangeRow>> calendar_changes(std::int64_t before,
                                                                        int limit);
  /// Who has not been told yet.
  [[nodiscard]] Result<std::vector<CalendarConcern>> calendar_concerns(std::int64_t change,
                                                                       int limit);
  [[nodiscard]] Result<std::vector<ScheduleRow>> schedules();
  [[nodiscard]] Result<std::vector<ScheduleRow>> due_schedules(Instant now, int limit);
  [[nodiscard]] Result<std::vector<PlannedStart>> due_starts(Instant now, int limit);
  /// The next time a schedule or a planned start is due.
  [[nodiscard]] Result<std::optional<Instant>> next_start();
  [[nodiscard]] Result<std::optional<std::string>> find_setting(std::string_view key);
  [[nodiscard]] Result<std::vector<PreferencesRow>> preferences();
  [[nodiscard]] Result<std::optional<PreferencesRow>> find_preferences(const PersonId& person);

  // People at the door.
  [[nodiscard]] Result<std::optional<AccountRow>> find_account(std::string_view account);
  [[nodiscard]] Result<std::vector<AccountRow>> accounts();
  /// Expired ones are not there.
  [[nodiscard]] Result<std::optional<SessionRow>> find_session(const Sha256& token_hash,
                                                               Instant now);
  [[nodiscard]] Result<std::optional<TokenRow>> find_token(const Sha256& token_hash, Instant now);
  [[nodiscard]] Result<std::vector<TokenRow>> tokens();
  [[nodiscard]] Result<std::optional<IdempotencyRow>> find_idempotency(std::string_view user,
                                                                       std::string_view key);

  // Jobs.
  [[nodiscard]] Result<std::vector<OpenJobItem>> open_job_items(int limit);  ///< Oldest job first.
  [[nodiscard]] Result<std::optional<JobRow>> find_job(std::string_view id);
  /// Newest first; of one person, or of everybody.
  [[nodiscard]] Result<Page<JobRow>> jobs(const PersonId& person, bool everybody,
                                          const PageRequest& page);
  [[nodiscard]] Result<Page<JobItemRow>> job_items(std::int64_t job,
                                                   std::optional<JobItemState> state,
                                                   const PageRequest& page);

  // Drafts and comments.
  [[nodiscard]] Result<std::optional<DraftRow>> find_draft(const PersonId& person,
                                                           const TaskId& task);
  /// The person's latest draft of a step, whatever task of it.
  [[nodiscard]] Result<std::optional<DraftRow>> find_draft_of_step(const PersonId& person,
                                                                   const InstanceId& instance,
                                                                   std::string_view step);
  [[nodiscard]] Result<std::int64_t> count_drafts(const PersonId& person);
  /// Comments on the case and its tasks, or (`task` not empty) on one task; oldest first.
  [[nodiscard]] Result<Page<HistoryRow>> comments(const InstanceId& instance, const TaskId& task,
                                                  const PageRequest& page);

  // Attachments.
  [[nodiscard]] Result<std::optional<AttachmentRow>> find_attachment(std::string_view id);
  /// Files that somebody has uploaded and no answer has used yet.
  [[nodiscard]] Result<std::int64_t> count_unused_attachments(const PersonId& by);
  /// Whether any row names these bytes.
  [[nodiscard]] Result<bool> attachment_bytes_named(std::string_view sha256);

  /// Number of rows of the big tables, for /metrics.
  struct Sizes {
    std::int64_t instances_open = 0;
    std::int64_t tasks_open = 0;
    std::int64_t timers = 0;
    std::int64_t outbox = 0;
    std::int64_t calls = 0;
  };
  [[nodiscard]] Result<Sizes> sizes();

  [[nodiscard]] Database& connection() { return *connection_; }

 private:
  std::unique_ptr<Database> connection_;
};

}  // namespace kyhan
