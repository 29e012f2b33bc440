#pragma once
/// What is kept, as plain structs: the units of work take them, the reads give them. JSON columns
/// are text that was encoded once by whoever made it (`..._json`) and is never parsed in the store.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "workflow/core/definition.hpp"
#include "workflow/core/model.hpp"
#include "workflow/core/types.hpp"

namespace kyhan {

using Sha256 = std::array<std::uint8_t, 32>;
[[nodiscard]] std::string to_hex(const Sha256& hash);  ///< 64 lower-case digits.
[[nodiscard]] std::optional<Sha256> sha256_from_hex(std::string_view hex);
[[nodiscard]] Sha256 sha256_of(std::string_view bytes);

/// What the writer must remember of an instance between two commands: its row and the end of its
/// journal. `key` 0: not stored yet. A value: keep the new one only when the command is kept.
struct InstanceHead {
  std::int64_t key = 0;
  std::int64_t seq = 0;  ///< Of the last journal row; equals State::revision.
  Sha256 hash{};         ///< Of the last journal row; of the instance's id before the first.
};

/// What the lists need of an instance, beside its state.
struct InstanceRow {
  InstanceId id;
  DefinitionRef definition;
  UnitId unit;               ///< Empty: none.
  std::string business_key;  ///< Empty: none. Unique per definition name and unit.
  PersonId initiator;        ///< Empty: the schedule or another system.
  InstanceStatus status = InstanceStatus::running;
  Instant started_at{};
  std::optional<Instant> ended_at;
  std::int64_t revision = 0;
  bool runnable = false;  ///< A slice ended with work left: submit ContinueRun.
  bool overdue = false;   ///< An open task is.
  std::string outcome;    ///< Of an ended one, for lists.
  Text title;
  std::string current_json;  ///< What it stands at: [{step, title, task?, holder, since, dueAt}].
  std::string search;        ///< fold_for_search of title, business key and unit name.
};

/// An instance as the writer loads it.
struct StoredInstance {
  InstanceHead head;
  std::string state_json;  ///< encode_state(), as staged.
};

/// One fact of an instance.
struct JournalEntry {
  std::int64_t seq = 0;  ///< 1, 2, 3 ... within the instance.
  Instant at{};
  std::string type;       ///< The event's name, "task_completed".
  std::string actor;      ///< A person's id, or "system".
  std::string body_json;  ///< encode(event).
};

struct HistoryRow {
  std::int64_t position = 0;  ///< Over all instances, in commit order.
  JournalEntry entry;
  Sha256 previous{};
  Sha256 hash{};
};

/// A task as lists and its page show it. Pages of tasks leave out what only a task's own page
/// needs: spec_json, image_json, response_json.
struct TaskRow {
  TaskId id;
  InstanceId instance;  ///< Ignored when staged (the head says it).
  std::int64_t node = 0;
  std::string definition;          ///< Name of the definition.
  std::string definition_version;  ///< Given by reads only.
  std::string name;                ///< Of the step.
  std::string kind;                ///< task | ballot | tally | countersign
  std::string step_pointer;
  Text title;
  std::string spec_json;  ///< The evaluated `with`. Written once, when the task opens.
  UnitId unit;
  TaskState state = TaskState::offered;
  PersonId holder;
  std::vector<std::string> candidates;  ///< Keys (to_key).
  std::vector<PersonId> excluded;
  Instant opened_at{};
  std::optional<Instant> claimed_at;
  std::optional<Instant> due_at;
  std::string due_date;      ///< The day people say, "2026-09-09"; empty: none.
  std::string first_due_date;  ///< The day it was opened with, once the deadline has moved.
  std::optional<Instant> asked_at;    ///< When more time was asked for, while that is undecided.
  std::vector<std::string> deciders;  ///< Keys of those who were asked.
  bool provisional = false;  ///< The due date is.
  bool overdue = false;
  std::optional<Instant> ended_at;
  std::string outcome;
  PersonId performer;        ///< Who ended it; empty: nobody, or the system.
  PersonId on_behalf_of;     ///< For whom the holder holds it, or the performer acted, as a deputy.
  RoleId role;               ///< In which it fell to the one person it names.
  bool substitutes = false;  ///< Deputies of those who are away may act.
  bool delegated = false;    ///< The holder has it from whom they act for.
  std::vector<UnitId> excluded_units;
  std::vector<PersonId> asked;  ///< Whom the holder has asked, who have not answered yet.
  std::string category;
  std::int64_t ended_revision = 0;  ///< See the table tasks. Written by the store.
  std::int64_t version = 1;  ///< ETag.
  int round = 1;             ///< Which time this step runs in the instance.
  int priority = 0;
  std::string image_json;     ///< The whole Task (core's codec): moments, due_explain and the rest.
  std::string response_json;  ///< The Response; empty: none yet.
  std::string search;         ///< fold_for_search of title, instance title, business key.
  Text instance_title;        ///< Given by reads only.
  std::string business_key;   ///< Given by reads only.
};

struct DueTimer {
  InstanceId instance;
  std::string timer;
  Instant due_at{};
};

struct OutboxRow {
  std::int64_t seq = 0;  ///< Rises with every message; messages of an instance are in order.
  std::string id;        ///< Of the CloudEvent: a repeat carries the same.
  std::string routing_key;
  std::string body_json;
  Instant created_at{};
};

struct DefinitionRow {
  DefinitionRef ref;
  Text title;
  std::string document;  ///< JSON text.
  Instant published_at{};
  PersonId published_by;
  bool latest = true;  ///< Of its name. Staging one as latest takes the mark from the others.
};

/// A document that a published version names by address, as it was when it was published.
struct ResourceRow {
  std::string uri;
  std::string document;  ///< JSON text.
  std::string sha256;    ///< Hex, of the text.
};

struct AccountRow {
  std::string account;  ///< Sign-in name, lower case.
  PersonId person;
  std::string password_hash;  ///< libsodium's string; empty: cannot sign in.
  bool disabled = false;
  bool must_change = false;
  Instant changed_at{};
};

struct SessionRow {
  Sha256 token_hash{};
  PersonId person;
  std::string account;
  Instant created_at{};
  Instant expires_at{};
  Instant last_seen_at{};
};

struct TokenRow {
  Sha256 token_hash{};
  std::string name;  ///< Unique.
  PersonId person;   ///< Empty: a system.
  bool system = false;
  Instant created_at{};
  std::optional<Instant> expires_at;
};

/// The first answer to an Idempotency-Key.
struct IdempotencyRow {
  std::string user;  ///< Account or token name.
  std::string key;
  std::string route;
  Sha256 body_hash{};
  int status = 0;
  std::string response;
  std::string etag;
  Instant created_at{};
};

struct NotificationRow {
  std::int64_t id = 0;  ///< Given when staged; rises.
  PersonId person;
  Instant at{};
  std::string kind;
  Text title;
  Text body;
  TaskId task;
  InstanceId instance;
  std::optional<Instant> read_at;
  std::string source = {};                    ///< Notify::source.
  std::optional<Instant> release_at = {};     ///< Kept until then; given when staged only.
};

/// A notice that was kept for its person, with the task as it stands now.
struct HeldNotice {
  std::int64_t id = 0;
  Instant at{};  ///< When it was told to the bell.
  std::string kind;
  TaskId task;
  InstanceId instance;
  std::string source;
  bool open = false;  ///< The task is.
  PersonId holder;
  std::vector<std::string> candidates;  ///< Keys.
  std::optional<Instant> due_at;
  bool overdue = false;
};

enum class MailState { waiting, sent, skipped, dead };
constexpr std::size_t mail_reply_bytes_max = 500;

/// A reminder on its way to becoming an e-mail.
struct MailRow {
  std::string id;  ///< Of the message.
  PersonId person;
  MailState state = MailState::waiting;
  int attempts = 0;
  std::string routing_key;
  std::string event;  ///< The message; empty once it is settled.
  Instant taken_at{};
  std::optional<Instant> settled_at;
  std::string reply;
};
[[nodiscard]] std::string_view to_text(MailState state);

struct PreferencesRow {
  PersonId person;       ///< Empty: the administrator's limits.
  std::string document;  ///< JSON text.
  std::int64_t version = 0;
  Instant changed_at{};
};

/// Somebody's leave as it is kept. Taken back before it began: `to` lies before `from`.
struct AbsenceRow {
  PersonId person;
  Absence absence;
  Date planned_to{};  ///< The last day as it was recorded.
  bool from_file = false;
  PersonId recorded_by;  ///< Empty: the organisation's file, or the server's own user.
  Instant recorded_at{};
  PersonId ended_by;
  std::optional<Instant> ended_at;
};

struct AttachmentRow {
  Attachment file;
  InstanceId instance;  ///< Of the task it was handed in for.
  TaskId task;
  PersonId uploaded_by;
  Instant uploaded_at{};
  bool used = false;  ///< Named by an accepted answer. Unused ones are swept after a day.
};

/// An answer that somebody has begun and not given yet.
struct DraftRow {
  PersonId person;
  TaskId task;
  InstanceId instance;
  std::string step_pointer;
  std::string form;                      ///< Which form it was written for: the API's form version.
  std::vector<std::string> attachments;  ///< Ids of the files it names: they are kept with it.
  std::string body_json;
  std::int64_t revision = 1;  ///< ETag.
  Instant saved_at{};
};

/// A request of many items, done one after the other in the background.
struct JobRow {
  std::int64_t key = 0;  ///< Given when staged.
  std::string id;
  std::string kind;  ///< What its items are: "tasks".
  PersonId person;   ///< In whose name; empty: the server's own user.
  std::int64_t total = 0;
  std::int64_t open = 0;     ///< Given by reads only.
  std::int64_t refused = 0;  ///< Given by reads only.
  Instant created_at{};
  std::optional<Instant> finished_at;
};

enum class JobItemState { open, done, refused };
struct JobItemRow {
  std::int64_t number = 0;  ///< Within the job, from 0.
  std::string subject;      ///< Id of the task or instance.
  JobItemState state = JobItemState::open;
  std::string command_json;  ///< Empty once it is done.
  std::string result_json;   ///< What was done, or the refusal.
  std::optional<Instant> done_at;
};
struct OpenJobItem {
  std::int64_t job = 0;  ///< JobRow::key.
  std::int64_t number = 0;
  PersonId person;
  std::string command_json;
};

/// One change of a working calendar.
struct CalendarChangeRow {
  std::int64_t id = 0;   ///< Given when staged; rises.
  std::string calendar;  ///< Its id.
  Instant made_at{};
  PersonId made_by;  ///< Empty: the server's own user.
  std::string reason;
  std::string document_before;  ///< JSON text; empty: there was none.
  std::string document_after;   ///< Empty: it was taken away.
  std::optional<std::int64_t> undoes;
  std::optional<std::int64_t> undone_by;
  std::string phase = "moving";     ///< moving | telling | done
  std::int64_t last_key = 0;        ///< Of the instance that was looked at last.
  std::int64_t open_instances = 0;  ///< When it was made.
  std::int64_t looked_at = 0;       ///< Of them, so far.
  std::int64_t instances_moved = 0;
  std::int64_t deadlines_moved = 0;  ///< Of tasks.
  std::int64_t starts_moved = 0;     ///< Of schedules.
  std::int64_t people_told = 0;
  std::optional<Instant> done_at;
};
/// How many deadlines that a change has moved concern a person.
struct CalendarConcern {
  PersonId person;
  std::int64_t deadlines = 0;
};

struct ScheduleRow {
  std::string definition;  ///< Name.
  std::string unit_kind;
  std::optional<Instant> next_at;  ///< Empty: no further start.
  std::optional<Instant> last_at;
};

/// A start foreseen by a schedule (spread over units), not made yet.
struct PlannedStart {
  std::string definition;  ///< Name.
  UnitId unit;             ///< Empty: without a unit.
  Instant scheduled_at{};  ///< The occurrence it belongs to.
  Instant start_at{};      ///< When to start it.
};

/// An event that is kept for those who listen later.
struct EarlyEvent {
  std::int64_t position = 0;
  std::string event_json;
};

struct Subscription {
  InstanceId instance;
  NodeId node = 0;
};

/// A call to another system that has no answer yet.
struct PendingCall {
  InstanceId instance;
  NodeId node = 0;
  std::string key;                ///< Idempotency key, unique.
  std::int64_t instance_key = 0;  ///< With `node` its place in the table; given by reads only.
};

/// How far the children of one fanOut have come.
struct FanRow {
  std::int64_t parent = 0;  ///< The instance's key.
  NodeId node = 0;
  std::string plan_json;   ///< encode(Fan)
  std::int64_t total = 0;  ///< Items.
  std::int64_t next = 0;   ///< The first item without a child.
  std::int64_t completed = 0;
  std::int64_t faulted = 0;
  std::int64_t cancelled = 0;
  std::int64_t counted = 0;  ///< Ends that the parent knows of.
  bool closing = false;      ///< The step has ended: what is open is to be cancelled.
  [[nodiscard]] std::int64_t failed() const { return faulted + cancelled; }
  [[nodiscard]] std::int64_t ended() const { return completed + failed(); }
  [[nodiscard]] std::int64_t open() const { return next - ended(); }
};
struct FanChildRow {
  std::int64_t number = 0;  ///< Of its item.
  std::string status;       ///< running | completed | faulted | cancelled
  std::string result_json;  ///< The output, or the error.
};
/// A fanOut that has something to do.
struct DueFan {
  std::int64_t parent_key = 0;
  InstanceId parent;
  NodeId node = 0;
};

}  // namespace kyhan
