#pragma once
/// The vocabulary of the engine: what an instance is (State), what can be asked of it (Command),
/// what has happened to it (Event) and what the world still has to do (Effect).
///
/// Every stored type lists its members once, in `fields`; codec.hpp turns that list into JSON both
/// ways. A released event's JSON is frozen: a change of meaning needs a new event.

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "workflow/core/calendar.hpp"
#include "workflow/core/definition.hpp"
#include "workflow/core/directory.hpp"
#include "workflow/core/json.hpp"
#include "workflow/core/outcome.hpp"
#include "workflow/core/secrets.hpp"
#include "workflow/core/types.hpp"

namespace kyhan {

/// Key of a node in its instance. 0 is the workflow itself.
using NodeId = std::int64_t;
constexpr NodeId root_node = 0;

/// A file somebody handed in. The bytes lie outside the database, under their hash.
struct Attachment {
  std::string id;
  std::string type;  ///< The kind of evidence the definition asks for.
  std::string name;
  std::string media_type;
  std::int64_t size = 0;  ///< Bytes.
  std::string sha256;     ///< Hex.
  template <class V>
  void fields(V& v) {
    v("id", id), v("type", type), v("name", name), v("mediaType", media_type), v("size", size),
        v("sha256", sha256);
  }
  friend bool operator==(const Attachment&, const Attachment&) = default;
};

/// An answer to a task, as it is kept.
struct Response {
  TaskId task;
  PersonId by;
  UnitId unit;
  RoleId role;
  std::string outcome;
  std::string comment;
  Json data;
  std::vector<Attachment> attachments;
  Instant at{};
  bool automatic = false;  ///< Given by an escalation or a closing window, not by a person.
  PersonId on_behalf_of;   ///< For whom `by` acted, as a deputy or a delegate; empty: nobody.
  std::string signature;   ///< "simple": the password was given again; empty: not signed.
  std::string via;         ///< web | api | cli | bulk: the way in; empty: not known.
  std::optional<int> group;  ///< Which of completion.groups it counts for.
  bool added = false;        ///< Of a co-signer whom somebody added.
  template <class V>
  void fields(V& v) {
    v("task", task), v("by", by), v("unit", unit), v("role", role), v("outcome", outcome),
        v("comment", comment), v("data", data), v("attachments", attachments), v("at", at),
        v("automatic", automatic), v("onBehalfOf", on_behalf_of), v("signature", signature),
        v("via", via), v("group", group), v("added", added);
  }
  friend bool operator==(const Response&, const Response&) = default;
};

/// Something that is to happen at a time while a task is open.
struct Moment {
  Instant at{};
  std::string kind;  ///< reminder | overdue | escalation | expire | opens | closes
  int index = 0;     ///< Which reminder or escalation of the specification.
  int round = 0;     ///< Which repetition of it.
  /// Absent: planned when the task opened. A deadline that moves plans what came before it anew
  /// under the next number: what was sent for the old day is not what is sent for the new one.
  std::optional<int> plan = {};
  template <class V>
  void fields(V& v) {
    v("at", at), v("kind", kind), v("index", index), v("round", round), v("plan", plan);
  }
  friend auto operator<=>(const Moment&, const Moment&) = default;
};

/// More time for a task: asked for, then granted or refused.
struct Extension {
  PersonId asked_by;
  Instant asked_at{};
  std::string reason;
  Json wanted;        ///< Due form, counted from the deadline as it stood.
  std::vector<Candidate> deciders;  ///< Who was asked.
  std::string state;                ///< asked | granted | refused
  PersonId decided_by;
  std::optional<Instant> decided_at;
  std::string comment;             ///< Of the decision.
  Json given;                      ///< Due form that was granted.
  std::optional<Instant> due_was;  ///< Before it was granted.
  PersonId on_behalf_of;           ///< For whom who decided stood in; empty: for nobody.
  template <class V>
  void fields(V& v) {
    v("askedBy", asked_by), v("askedAt", asked_at), v("reason", reason), v("wanted", wanted),
        v("deciders", deciders), v("state", state), v("decidedBy", decided_by),
        v("onBehalfOf", on_behalf_of), v("decidedAt", decided_at), v("comment", comment),
        v("given", given), v("dueWas", due_was);
  }
  friend bool operator==(const Extension&, const Extension&) = default;
};

enum class TaskState { offered, claimed, completed, withdrawn, expired, in_progress };
[[nodiscard]] constexpr bool is_open(TaskState state) {
  return state == TaskState::offered || state == TaskState::claimed ||
         state == TaskState::in_progress;
}

/// What the holder of a task has asked somebody and not been told yet.
struct InfoRequest {
  PersonId by;
  PersonId to;
  std::string question;
  Instant at{};
  template <class V>
  void fields(V& v) {
    v("by", by), v("to", to), v("question", question), v("at", at);
  }
  friend bool operator==(const InfoRequest&, const InfoRequest&) = default;
};

/// One piece of work of a person.
struct Task {
  TaskId id;
  NodeId node = 0;
  StepIndex step = no_step;
  std::string name;  ///< Of the step.
  std::string kind = "task";  ///< task | ballot | tally | countersign
  UnitId unit;       ///< Of the item (offer per unit), else of the instance.
  TaskState state = TaskState::offered;
  std::vector<Candidate> candidates;
  std::vector<PersonId> excluded;
  PersonId holder;  ///< Who holds it; empty: nobody yet.
  PersonId on_behalf_of;  ///< For whom the holder holds it as a deputy; empty: for themselves.
  bool direct = false;  ///< Assigned to one person, who cannot release it.
  RoleId role;          ///< In which it fell to the one person it names; empty: see candidates.
  bool substitutes = false;  ///< Deputies of those who are away may act.
  std::vector<UnitId> excluded_units;  ///< Nobody of these units may act.
  std::vector<PersonId> delegated_by;  ///< Who handed it on, the first first; the holder is the last's.
  std::vector<InfoRequest> asked;      ///< Open questions.
  std::optional<int> group;            ///< Which of completion.groups it counts for.
  PersonId added_by;  ///< A co-signer's, added by this person; empty: foreseen by the definition.
  std::optional<Instant> voted_at;  ///< ballot: cast, and still open because it may be cast anew.
  Instant opened_at{};
  std::optional<Instant> claimed_at;
  std::optional<Instant> due_at;
  Json due_explain;  ///< [{vi, en}], the date people say, provisional: see codec of DueDate.
  bool overdue = false;
  std::vector<Moment> moments;  ///< Still to come, sorted.
  int escalations = 0;
  std::vector<Extension> extensions;  ///< In the order they were asked for.
  std::optional<Instant> first_due_at;  ///< The deadline it was opened with, once that has moved.
  std::string first_due_date;           ///< The day people said.
  std::optional<int> plans;             ///< How often its moments were planned anew.
  std::int64_t version = 1;  ///< ETag.
  template <class V>
  void fields(V& v) {
    v("id", id), v("node", node), v("step", step), v("name", name), v("kind", kind),
        v("unit", unit), v("state", state), v("candidates", candidates), v("excluded", excluded),
        v("holder", holder), v("onBehalfOf", on_behalf_of), v("direct", direct), v("role", role),
        v("substitutes", substitutes), v("excludedUnits", excluded_units),
        v("delegatedBy", delegated_by), v("asked", asked), v("group", group),
        v("addedBy", added_by), v("votedAt", voted_at), v("openedAt", opened_at),
        v("claimedAt", claimed_at), v("dueAt", due_at), v("dueExplain", due_explain),
        v("overdue", overdue), v("moments", moments), v("escalations", escalations),
        v("extensions", extensions), v("firstDueAt", first_due_at),
        v("firstDueDate", first_due_date), v("plans", plans), v("version", version);
  }
  friend bool operator==(const Task&, const Task&) = default;
};

/// A step that has started and not ended: a scope with its list, or a leaf that waits.
struct Node {
  NodeId id = 0;
  NodeId parent = -1;
  StepIndex step = no_step;  ///< no_step: the workflow itself.
  int slot = -1;             ///< Which branch of the parent fork; -1: none.
  Json raw;                  ///< Raw input.
  Json input;                ///< Transformed input.
  Json data;                 ///< What flows inside a scope: input of its next step.
  Json vars;                 ///< Variables this scope adds: item, index, error.
  int position = 0;          ///< Which step of the list runs next; -1: none.
  bool ready = false;        ///< Has work to do without any outside event.
  bool in_catch = false;     ///< try: runs catch.do.
  int iteration = 0;         ///< for, listen.foreach.
  Json collection;           ///< for: what it goes through.
  Json results;              ///< fork: outputs by branch; listen: consumed; call: see tasks.cpp.
  int attempt = 0;           ///< try: retries so far.
  Instant started_at{};
  std::optional<Instant> first_failed_at;  ///< try: when the first attempt failed.
  std::optional<Instant> wake_at;          ///< wait, retry delay.
  std::optional<Instant> timeout_at;
  Json spec;                         ///< call: the evaluated `with`; listen: resolved filters.
  std::string call_key;              ///< call to the outside that has no answer yet: its key.
  std::vector<InstanceId> children;  ///< run: sub-workflows it waits for.
  /// Set: this is no step of its own but what an extension puts around one: its index among the
  /// step's extensions. `iteration` is then an ExtensionPart.
  std::optional<int> extension;
  std::optional<Instant> attempt_ends_at;  ///< try: when the present retry has lasted too long.
  std::vector<Response> responses;         ///< call: answers so far.
  template <class V>
  void fields(V& v) {
    v("id", id), v("parent", parent), v("step", step), v("slot", slot), v("raw", raw),
        v("input", input), v("data", data), v("vars", vars), v("position", position),
        v("ready", ready), v("inCatch", in_catch), v("iteration", iteration),
        v("collection", collection), v("results", results), v("attempt", attempt),
        v("startedAt", started_at), v("firstFailedAt", first_failed_at), v("wakeAt", wake_at),
        v("timeoutAt", timeout_at), v("spec", spec), v("callKey", call_key),
        v("children", children), v("extension", extension), v("attemptEndsAt", attempt_ends_at),
        v("responses", responses);
  }
  friend bool operator==(const Node&, const Node&) = default;
};

/// What of an extension a node runs: its own steps before, the step it extends, its steps after.
enum ExtensionPart : int { extension_before, extension_step, extension_after };

/// Of an instance that another one has started by `run`.
struct Ancestry {
  int depth = 1;    ///< How many workflows run one in another above it.
  Instant since{};  ///< When the outermost of them started: its events are this one's too.
  template <class V>
  void fields(V& v) {
    v("depth", depth), v("since", since);
  }
  friend bool operator==(const Ancestry&, const Ancestry&) = default;
};

/// Who waits for the end of an instance that runs as a sub-workflow.
struct ParentNode {
  InstanceId instance;
  NodeId node = 0;
  std::optional<std::int64_t> item = {};  ///< fanOut: the place of its item in the list.
  template <class V>
  void fields(V& v) {
    v("instance", instance), v("node", node), v("item", item);
  }
  friend bool operator==(const ParentNode&, const ParentNode&) = default;
};

enum class InstanceStatus { running, waiting, completed, faulted, cancelled, suspended };

/// An instance stands still: nothing new begins and no clock runs.
struct Suspension {
  Instant since{};
  PersonId by;
  std::string reason;
  template <class V>
  void fields(V& v) {
    v("since", since), v("by", by), v("reason", reason);
  }
  friend bool operator==(const Suspension&, const Suspension&) = default;
};

struct Wreck;  // wreck.hpp

/// All the truth about one instance.
struct State {
  InstanceId id;
  DefinitionRef definition;
  UnitId unit;
  std::string business_key;
  PersonId initiator;
  Json title;  ///< {vi, en}; null: lists name the definition and the unit.
  InstanceStatus status = InstanceStatus::running;
  Instant started_at{};
  std::optional<Instant> ended_at;
  Json context = Json::object();
  Json output;
  std::optional<WorkflowError> error;
  std::map<NodeId, Node> nodes;
  std::map<TaskId, Task> tasks;  ///< Open ones.
  /// Who performed which step, in all rounds, by step pointer: four-eyes looks here.
  std::map<std::string, std::set<PersonId>> performers;
  std::map<std::string, std::set<UnitId>> performer_units;  ///< The same, of the units they spoke for.
  std::optional<Suspension> suspended;
  std::vector<Stop> stops;  ///< The suspensions that are over.
  std::optional<ParentNode> parent;  ///< Absent: nobody waits for its end.
  std::optional<Ancestry> ancestry;  ///< Absent: no other workflow has started it.
  std::optional<Instant> scheduled_at;  ///< The occurrence of a schedule that it was started for.
  NodeId next_node = 1;
  std::int64_t next_task = 1;
  std::int64_t steps_run = 0;
  std::int64_t revision = 0;  ///< Number of events applied.
  template <class V>
  void fields(V& v) {
    v("id", id), v("definition", definition), v("unit", unit), v("businessKey", business_key),
        v("initiator", initiator), v("title", title), v("status", status), v("startedAt", started_at),
        v("endedAt", ended_at), v("context", context), v("output", output), v("error", error),
        v("nodes", nodes), v("tasks", tasks), v("performers", performers),
        v("performerUnits", performer_units), v("suspended", suspended), v("stops", stops),
        v("parent", parent), v("ancestry", ancestry), v("scheduledAt", scheduled_at),
        v("nextNode", next_node), v("nextTask", next_task), v("stepsRun", steps_run),
        v("revision", revision);
  }
  friend bool operator==(const State&, const State&) = default;
};

/// A CloudEvent in structured form: attributes and `data` as one object.
using CloudEvent = Json;

// A vocabulary reads best as a table, hence:
// clang-format off
// Commands ask, and may be refused. A timer is a command like any other: there is one way in.
struct StartInstance   { InstanceId id; UnitId unit; std::string business_key; Json input; PersonId by; std::optional<ParentNode> parent = {}; std::optional<Ancestry> ancestry = {}; std::optional<Instant> scheduled_at = {}; };
struct ContinueRun     {};                        ///< A slice ended with work left.
struct TimerFired      { std::string timer; };    ///< See timer ids below.
// `via` is the way in: web | api | cli | bulk; the engine fills it in.
struct ClaimTask       { TaskId task; PersonId by; std::string via = {}; };
struct ReleaseTask     { TaskId task; PersonId by; std::string via = {}; };
struct StartTask       { TaskId task; PersonId by; std::string via = {}; };  ///< The holder begins.
/// `signature`: "simple" where the password was checked again for this very answer. `chance`: drawn
/// for this command; a secret ballot is kept under it.
struct CompleteTask    { TaskId task; PersonId by; std::string outcome; std::string comment; Json data; std::vector<Attachment> attachments; std::string signature = {}; std::string via = {}; std::string chance = {}; };
struct DelegateTask    { TaskId task; PersonId by; PersonId to; std::string comment; std::string via = {}; };
/// By who leads the unit, or administers. `by` empty: the server's own user.
struct ReassignTask    { TaskId task; PersonId by; PersonId to; std::string comment; std::string via = {}; };
struct RequestInfo     { TaskId task; PersonId by; PersonId to; std::string question; std::string via = {}; };
struct ProvideInfo     { TaskId task; PersonId by; std::string answer; std::string via = {}; };
struct AddSigner       { TaskId task; PersonId by; PersonId to; std::string comment; std::string via = {}; };
struct RemoveSigner    { TaskId task; PersonId by; std::string reason; std::string via = {}; };
/// What an instance went through since an answer, as its journal tells; filled in by the engine.
struct AnswerTrace;
struct RecallAnswer    { TaskId task; PersonId by; std::string reason; std::string via = {}; std::shared_ptr<const AnswerTrace> trace = {}; };
struct CommentOnTask   { TaskId task; PersonId by; std::string comment; };
struct WithdrawTask    { TaskId task; PersonId by; std::string comment; std::string via = {}; };
struct CommentOnInstance { PersonId by; std::string comment; };
struct DeliverEvent    { NodeId node; CloudEvent event; };
struct CancelInstance  { PersonId by; std::string reason; };
struct RetryInstance   { PersonId by; std::string comment; std::shared_ptr<const Wreck> wreck; std::int64_t revision = 0; };  ///< The step that failed runs again; `revision`: as the wreck was found.
struct SuspendInstance { PersonId by; std::string reason; };
struct ResumeInstance  { PersonId by; };
struct RequestExtension { TaskId task; PersonId by; Json due; std::string reason; };
struct DecideExtension { TaskId task; PersonId by; bool granted = false; Json due; std::string comment; };  ///< `due` null: as asked.
/// What belongs to the unit `from` belongs to `to` from now on.
struct HandOver        { PersonId by; UnitId from; UnitId to; std::string reason; std::string via = {}; };
struct RecomputeDeadlines { std::int64_t change = 0; };  ///< By the calendars as they are now; which change of them asks.
/// A call to the outside has its answer, or never will. A `key` that no node waits with is late and
/// means nothing. `authorization` ({scheme, parameter}) and `redaction` serve `output.as`; they are
/// never stored.
struct FinishCall      { NodeId node; std::string key; Json output; std::optional<WorkflowError> error; Json authorization; Redaction redaction; };

struct EndChild        { NodeId node; InstanceId child; InstanceStatus status; Json output; std::optional<WorkflowError> error; std::optional<std::int64_t> item = {}; };  ///< A sub-workflow has ended; `item`: of a fanOut.
/// How many children of a fanOut have ended so far, and how; `error`: of the first that failed.
struct CountChildren   { NodeId node; std::int64_t completed = 0; std::int64_t faulted = 0; std::int64_t cancelled = 0; std::optional<WorkflowError> error = {}; };

using Command = std::variant<StartInstance, ContinueRun, TimerFired, ClaimTask, ReleaseTask,
                             CompleteTask, CommentOnTask, CommentOnInstance, WithdrawTask,
                             DeliverEvent, CancelInstance, SuspendInstance, ResumeInstance,
                             RequestExtension, DecideExtension, RecomputeDeadlines, StartTask,
                             DelegateTask, ReassignTask, RequestInfo, ProvideInfo, AddSigner,
                             RemoveSigner, RecallAnswer, FinishCall, RetryInstance, EndChild,
                             CountChildren, HandOver>;
// clang-format on

// Events are facts: never refused and, once released, never given another meaning. What can be
// derived from the state before them is left out ("raw", "input" when equal to what flows anyway).
// Full list with codecs: events.hpp.

/// What the engine stores and sends besides the events, in the same transaction.
/// Timer ids: "n<node>" wakes a node, "x<node>" ends it by timeout, "a<node>" ends one attempt of a
/// retry, "t<task id>" is a task's next moment.
struct SetTimer {
  std::string timer;
  Instant due_at;
};
struct ClearTimer {
  std::string timer;
};
/// The task as lists show it has changed (opened, claimed, overdue, ended): store this image.
struct SaveTask {
  Task task;
  Text title;
  Json spec;         ///< The evaluated `with`, as the task page needs it.
  std::string step_pointer;
  std::string kind;  ///< Task::kind.
  std::optional<Response> response;
};
/// A message for the broker, through the outbox.
struct Publish {
  std::string routing_key;
  CloudEvent event;
};
/// What becomes of one notice for one person (preferences.hpp).
struct Delivery {
  enum class How { now, later, bell } how = How::now;
  Instant at{};  ///< Later: when it leaves.
};

/// Tells people: one row of the bell each, and whatever else they wish to be told by
/// (preferences.hpp).
struct Notify {
  std::vector<PersonId> to;
  std::string kind;  ///< task.created | task.reminder | task.overdue | task.escalated | notice ...
  Text title;
  Text body;
  TaskId task;  ///< Empty: none.
  /// Begins the ids of the messages that are published with it, one a person: reminder_key().
  /// Empty: none are.
  std::string source = {};
  std::optional<Instant> due_at = {};  ///< Too late to learn of it after this.
  bool urgent = false;                 ///< Not to be kept for a digest.
  PersonId on_behalf_of = {};          ///< For whom `to` are deputies; empty: for nobody.
  /// For each of `to`, where decide() knew how they wish to be told; else empty.
  std::vector<Delivery> deliveries = {};
};
/// The instance waits for an event of this type ("" = any type); filters are checked by decide.
struct Subscribe {
  NodeId node;
  std::vector<std::string> types;
};
struct Unsubscribe {
  NodeId node;
};
/// A call to the outside is to be made once this is committed: see calls.hpp.
struct StartCall {
  NodeId node;
  std::string key;
};
/// Nobody waits for its answer any more.
struct DropCall {
  NodeId node;
  std::string key;
};
/// Another instance is to be started, in the same transaction. Its steps run afterwards.
struct StartChild {
  DefinitionRef definition;  ///< The exact version.
  StartInstance start;
};
struct CancelChild {
  InstanceId id;
};
/// This instance has ended, and its parent waits to hear of it.
struct TellParent {
  InstanceId parent;
  EndChild command;
};
/// What the children of one fanOut have in common: fan_child() makes each of them.
struct Fan {
  DefinitionRef definition;  ///< The exact version.
  UnitId unit;
  bool per_unit = false;  ///< Each runs in the unit that its item names.
  PersonId by;
  Ancestry ancestry;
  Json input;               ///< Each gets it with `item` and `index` added.
  std::int64_t total = 0;   ///< Items.
  std::int64_t most = 0;    ///< Children that may be open at once.
  std::int64_t needed = 0;  ///< So many must complete; all of them: `total`.
  bool fails = false;       ///< The first that fails ends the step.
  template <class V>
  void fields(V& v) {
    v("definition", definition), v("unit", unit), v("perUnit", per_unit), v("by", by),
        v("ancestry", ancestry), v("input", input), v("total", total), v("most", most),
        v("needed", needed), v("fails", fails);
  }
};
/// Children are to be started, one an item, a few at a time, each when there is room for it. Their
/// ends are kept outside the state and come back as CountChildren.
struct OpenFan {
  NodeId node;
  Fan fan;
  Json items;
};
/// The step has ended: what is still open of it is cancelled, what was kept is forgotten.
struct CloseFan {
  NodeId node;
};
/// These may see the instance from now on.
struct Admit {
  std::vector<PersonId> people;
};
/// The next person of a circle was given work: who comes after whom next time.
struct TakeTurn {
  std::string circle;  ///< Of one step of one definition.
  PersonId person;
};
/// An answer was taken back: messages that tell of it and have not left are not sent.
struct CallBack {
  std::int64_t after_revision = 0;
  std::int64_t up_to_revision = 0;
};
// The ballots of a secret vote stand apart from everything that names a voter: no event holds one.
/// `vote`: the protocol's id.
struct OpenBallotBox {
  std::string vote;
};
struct CastBallot {
  std::string vote;
  std::string id;  ///< Random: it tells neither who nor when.
  Json choice;     ///< An option's id, or a list of them.
};
/// Nothing of its ballots is left anywhere afterwards.
struct CloseBallotBox {
  std::string vote;
};
using Effect =
    std::variant<SetTimer, ClearTimer, SaveTask, Publish, Notify, Subscribe, Unsubscribe, Admit,
                 TakeTurn, CallBack, OpenBallotBox, CastBallot, CloseBallotBox, StartCall, DropCall,
                 StartChild, CancelChild, TellParent, OpenFan, CloseFan>;

}  // namespace kyhan
