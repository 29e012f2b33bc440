#pragma once
/// Facts about an instance: never refused and, once released, never given another meaning. What
/// follows from the state before them is left out: `raw`, `input` and `output` are present only
/// when they differ from what flows anyway.
///
/// One journal row holds one event as JSON: {"type": "step_ran", ...fields} (codec.hpp).

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "workflow/core/model.hpp"

namespace kyhan {

struct InstanceStarted {
  static constexpr const char* type = "instance_started";
  InstanceId id;
  DefinitionRef definition;
  UnitId unit;
  std::string business_key;
  PersonId by;
  Json raw;                   ///< Input as given.
  std::optional<Json> input;  ///< After `input.from`.
  Json title;                 ///< What lists call it: {vi, en}; null: by definition and unit.
  std::optional<Instant> timeout_at;
  std::optional<ParentNode> parent;     ///< Whose sub-workflow it is.
  std::optional<Ancestry> ancestry;
  std::optional<Instant> scheduled_at;  ///< By a schedule: which occurrence.
  Instant at{};
  template <class V>
  void fields(V& v) {
    v("id", id), v("definition", definition), v("unit", unit), v("businessKey", business_key),
        v("by", by), v("raw", raw), v("input", input), v("title", title),
        v("timeoutAt", timeout_at), v("parent", parent), v("ancestry", ancestry),
        v("scheduledAt", scheduled_at), v("at", at);
  }
};

/// A scope was opened, or a step began to wait.
struct NodeEntered {
  static constexpr const char* type = "node_entered";
  NodeId node = 0;
  NodeId parent = 0;
  StepIndex step = no_step;
  std::string pointer;
  int slot = -1;
  std::optional<Json> input;
  Json vars;
  Json collection;
  Json spec;
  Json results;
  bool ready = false;  ///< A scope: its list runs next.
  std::optional<Instant> wake_at;
  std::optional<Instant> timeout_at;
  std::string call_key;  ///< A call to the outside is about to be made, under this key.
  std::vector<InstanceId> children;  ///< run: started with it.
  std::optional<int> extension;      ///< An extension opens around the step: which one of its.
  Instant at{};
  template <class V>
  void fields(V& v) {
    v("node", node), v("parent", parent), v("step", step), v("pointer", pointer), v("slot", slot),
        v("input", input), v("vars", vars), v("collection", collection), v("spec", spec),
        v("results", results), v("ready", ready), v("wakeAt", wake_at), v("timeoutAt", timeout_at),
        v("callKey", call_key), v("children", children), v("extension", extension), v("at", at);
  }
};

/// A step that needs no waiting ran to its end (or was skipped) inside its parent scope.
struct StepRan {
  static constexpr const char* type = "step_ran";
  NodeId parent = 0;
  StepIndex step = no_step;
  std::string pointer;
  int slot = -1;
  bool skipped = false;
  std::optional<Json> output;   ///< Absent: its raw input.
  std::optional<Json> context;  ///< Present: `export` replaced it.
  int next = 0;                 ///< Position in the parent's list; below 0: the list ends.
  Instant at{};
  InstanceId child = {};        ///< run without await: the instance it has started.
  template <class V>
  void fields(V& v) {
    v("parent", parent), v("step", step), v("pointer", pointer), v("slot", slot),
        v("skipped", skipped), v("output", output), v("context", context), v("next", next),
        v("child", child), v("at", at);
  }
};

/// A step failed before it could enter or end. What follows is told by later events.
struct StepFaulted {
  static constexpr const char* type = "step_faulted";
  NodeId parent = 0;
  StepIndex step = no_step;
  std::string pointer;
  WorkflowError error;
  Instant at{};
  template <class V>
  void fields(V& v) {
    v("parent", parent), v("step", step), v("pointer", pointer), v("error", error), v("at", at);
  }
};

struct NodeExited {
  static constexpr const char* type = "node_exited";
  NodeId node = 0;
  std::string pointer;
  std::string status = "completed";  ///< completed | faulted | cancelled
  std::optional<Json> output;        ///< Absent: what flowed in the scope last.
  std::optional<Json> context;
  int next = 0;
  std::optional<WorkflowError> error;
  Instant at{};
  template <class V>
  void fields(V& v) {
    v("node", node), v("pointer", pointer), v("status", status), v("output", output),
        v("context", context), v("next", next), v("error", error), v("at", at);
  }
};

/// A loop starts its next round.
struct IterationBegan {
  static constexpr const char* type = "iteration_began";
  NodeId node = 0;
  int iteration = 0;
  Json vars;
  std::optional<Json> data;  ///< Present: replaces what flows (listen.foreach).
  Instant at{};
  template <class V>
  void fields(V& v) {
    v("node", node), v("iteration", iteration), v("vars", vars), v("data", data), v("at", at);
  }
};

struct RetryScheduled {
  static constexpr const char* type = "retry_scheduled";
  NodeId node = 0;
  int attempt = 0;
  WorkflowError error;
  std::optional<Instant> wake_at;  ///< Absent: at once.
  Instant first_failed_at{};
  Instant at{};
  std::optional<Instant> attempt_ends_at = {};  ///< When the attempt will have lasted too long.
  template <class V>
  void fields(V& v) {
    v("node", node), v("attempt", attempt), v("error", error), v("wakeAt", wake_at),
        v("attemptEndsAt", attempt_ends_at), v("firstFailedAt", first_failed_at), v("at", at);
  }
};

struct CatchEntered {
  static constexpr const char* type = "catch_entered";
  NodeId node = 0;
  Json vars;
  WorkflowError error;
  Instant at{};
  template <class V>
  void fields(V& v) {
    v("node", node), v("vars", vars), v("error", error), v("at", at);
  }
};

/// A waiting node goes on, or its wait changes (a vote opens).
struct NodeWoke {
  static constexpr const char* type = "node_woke";
  NodeId node = 0;
  bool ready = false;
  std::optional<Instant> wake_at;
  std::optional<Json> results;
  Instant at{};
  std::optional<Json> context = {};  ///< listen.foreach: `export` replaced it.
  template <class V>
  void fields(V& v) {
    v("node", node), v("ready", ready), v("wakeAt", wake_at), v("results", results),
        v("context", context), v("at", at);
  }
};

/// A listening node took an event.
struct EventConsumed {
  static constexpr const char* type = "event_consumed";
  NodeId node = 0;
  std::string event_id;
  Json results;  ///< The node's progress after it.
  Instant at{};
  template <class V>
  void fields(V& v) {
    v("node", node), v("eventId", event_id), v("results", results), v("at", at);
  }
};

/// A sub-workflow that a node waited for has ended; what follows is told by the next event.
struct ChildEnded {
  static constexpr const char* type = "child_ended";
  NodeId node = 0;
  InstanceId child;
  std::string status;  ///< completed | faulted | cancelled
  Instant at{};
  template <class V>
  void fields(V& v) {
    v("node", node), v("child", child), v("status", status), v("at", at);
  }
};

/// Children of a fanOut have ended: how many in all, so far. What they gave stands in the end of
/// the step.
struct ChildrenCounted {
  static constexpr const char* type = "children_counted";
  NodeId node = 0;
  std::int64_t completed = 0;
  std::int64_t faulted = 0;
  std::int64_t cancelled = 0;
  Instant at{};
  template <class V>
  void fields(V& v) {
    v("node", node), v("completed", completed), v("faulted", faulted), v("cancelled", cancelled),
        v("at", at);
  }
};

struct InstanceCompleted {
  static constexpr const char* type = "instance_completed";
  Json output;
  Instant at{};
  template <class V>
  void fields(V& v) {
    v("output", output), v("at", at);
  }
};

struct InstanceFaulted {
  static constexpr const char* type = "instance_faulted";
  WorkflowError error;
  Instant at{};
  template <class V>
  void fields(V& v) {
    v("error", error), v("at", at);
  }
};

struct InstanceCancelled {
  static constexpr const char* type = "instance_cancelled";
  PersonId by;
  std::string reason;
  Instant at{};
  template <class V>
  void fields(V& v) {
    v("by", by), v("reason", reason), v("at", at);
  }
};

struct TaskOpened {
  static constexpr const char* type = "task_opened";
  Task task;
  Text title;
  std::string kind;  ///< task | ballot | tally | countersign
  Instant at{};
  template <class V>
  void fields(V& v) {
    v("task", task), v("title", title), v("kind", kind), v("at", at);
  }
};

struct TaskClaimed {
  static constexpr const char* type = "task_claimed";
  TaskId task;
  PersonId by;
  Instant at{};
  PersonId on_behalf_of = {};  ///< As whose deputy.
  std::string via = {};
  template <class V>
  void fields(V& v) {
    v("task", task), v("by", by), v("at", at), v("onBehalfOf", on_behalf_of), v("via", via);
  }
};

/// The holder has begun to work on it.
struct TaskStarted {
  static constexpr const char* type = "task_started";
  TaskId task;
  PersonId by;
  Instant at{};
  std::string via = {};
  template <class V>
  void fields(V& v) {
    v("task", task), v("by", by), v("at", at), v("via", via);
  }
};

/// The holder has handed it to somebody, who acts on their behalf.
struct TaskDelegated {
  static constexpr const char* type = "task_delegated";
  TaskId task;
  PersonId by;
  PersonId to;
  std::string comment;
  Instant at{};
  std::string via = {};
  template <class V>
  void fields(V& v) {
    v("task", task), v("by", by), v("to", to), v("comment", comment), v("at", at), v("via", via);
  }
};

/// Who leads the unit has given it to somebody else.
struct TaskReassigned {
  static constexpr const char* type = "task_reassigned";
  TaskId task;
  PersonId by;
  PersonId to;
  std::string comment;
  Instant at{};
  std::string via = {};
  template <class V>
  void fields(V& v) {
    v("task", task), v("by", by), v("to", to), v("comment", comment), v("at", at), v("via", via);
  }
};

struct InfoRequested {
  static constexpr const char* type = "info_requested";
  TaskId task;
  InfoRequest request;
  std::string via = {};
  template <class V>
  void fields(V& v) {
    v("task", task), v("request", request), v("via", via);
  }
};

struct InfoProvided {
  static constexpr const char* type = "info_provided";
  TaskId task;
  PersonId by;
  std::string answer;
  Instant at{};
  std::string via = {};
  template <class V>
  void fields(V& v) {
    v("task", task), v("by", by), v("answer", answer), v("at", at), v("via", via);
  }
};

/// A co-signer was added to the step; their task opens next.
struct SignerAdded {
  static constexpr const char* type = "signer_added";
  TaskId task;  ///< The one it was asked for at.
  PersonId by;
  PersonId to;
  std::string comment;
  Instant at{};
  std::string via = {};
  template <class V>
  void fields(V& v) {
    v("task", task), v("by", by), v("to", to), v("comment", comment), v("at", at), v("via", via);
  }
};

/// An answer was taken back, and with it what followed from it: the instance stands as it did
/// before, save for what others have done elsewhere.
struct AnswerRecalled {
  static constexpr const char* type = "answer_recalled";
  TaskId task;
  PersonId by;
  PersonId on_behalf_of;
  std::string reason;
  std::int64_t after_revision = 0;  ///< Undone are the facts behind this one ...
  std::int64_t up_to_revision = 0;  ///< ... up to this one.
  Json restored;                    ///< encode_state() of what stands again.
  Instant at{};
  std::string via = {};
  template <class V>
  void fields(V& v) {
    v("task", task), v("by", by), v("onBehalfOf", on_behalf_of), v("reason", reason),
        v("afterRevision", after_revision), v("upToRevision", up_to_revision),
        v("restored", restored), v("at", at), v("via", via);
  }
};

struct TaskReleased {
  static constexpr const char* type = "task_released";
  TaskId task;
  PersonId by;
  Instant at{};
  std::string via = {};
  template <class V>
  void fields(V& v) {
    v("task", task), v("by", by), v("at", at), v("via", via);
  }
};

struct TaskCompleted {
  static constexpr const char* type = "task_completed";
  std::string pointer;  ///< Of the step: four-eyes looks here.
  Response response;
  template <class V>
  void fields(V& v) {
    v("pointer", pointer), v("response", response);
  }
};

/// A task ended without an answer.
struct TaskEnded {
  static constexpr const char* type = "task_ended";
  TaskId task;
  TaskState state = TaskState::withdrawn;
  /// decided | cancelled | timeout | expired | closed | withdrawn | removed
  std::string reason;
  Instant at{};
  PersonId by = {};          ///< withdrawn, removed: who.
  std::string comment = {};  ///< Their reason.
  std::string via = {};
  template <class V>
  void fields(V& v) {
    v("task", task), v("state", state), v("reason", reason), v("at", at), v("by", by),
        v("comment", comment), v("via", via);
  }
};

struct TaskReminded {
  static constexpr const char* type = "task_reminded";
  TaskId task;
  Moment moment;
  std::vector<PersonId> to;
  std::vector<Moment> moments;  ///< Still to come afterwards.
  Instant at{};
  bool late = false;  ///< Sent more than reminder_late_after after its moment.
  /// Addressees who were sent nothing, for a later reminder of the task was due at the same time.
  std::vector<PersonId> collapsed = {};
  template <class V>
  void fields(V& v) {
    v("task", task), v("moment", moment), v("to", to), v("moments", moments), v("at", at),
        v("late", late), v("collapsed", collapsed);
  }
};

struct TaskOverdue {
  static constexpr const char* type = "task_overdue";
  TaskId task;
  std::vector<Moment> moments;
  Instant at{};
  template <class V>
  void fields(V& v) {
    v("task", task), v("moments", moments), v("at", at);
  }
};

struct TaskEscalated {
  static constexpr const char* type = "task_escalated";
  TaskId task;
  Moment moment;
  std::string action;  ///< notify | addCandidates | reassign | complete | raise
  std::vector<PersonId> to;
  /// reassign: the new ones; addCandidates: the old and the new ones, the task is offered again.
  std::optional<std::vector<Candidate>> candidates;
  PersonId holder;  ///< reassign to one person.
  std::string note;
  std::vector<Moment> moments;
  Instant at{};
  bool late = false;  ///< More than reminder_late_after after its moment.
  template <class V>
  void fields(V& v) {
    v("task", task), v("moment", moment), v("action", action), v("to", to),
        v("candidates", candidates), v("holder", holder), v("note", note), v("moments", moments),
        v("at", at), v("late", late);
  }
};

struct TaskCommented {
  static constexpr const char* type = "task_commented";
  TaskId task;
  PersonId by;
  std::string comment;
  std::vector<PersonId> mentions;  ///< People named in it who exist; they were told.
  Instant at{};
  template <class V>
  void fields(V& v) {
    v("task", task), v("by", by), v("comment", comment), v("mentions", mentions), v("at", at);
  }
};

/// A comment on the case as a whole, also after its end.
struct InstanceCommented {
  static constexpr const char* type = "instance_commented";
  PersonId by;
  std::string comment;
  std::vector<PersonId> mentions;
  Instant at{};
  template <class V>
  void fields(V& v) {
    v("by", by), v("comment", comment), v("mentions", mentions), v("at", at);
  }
};

/// Somebody has voted. Of a secret vote this says that, and nothing of the choice.
struct BallotCast {
  static constexpr const char* type = "ballot_cast";
  NodeId node = 0;
  std::string pointer;  ///< Of the step: four-eyes looks here.
  Response response;    ///< Replaces an earlier one to the same task.
  template <class V>
  void fields(V& v) {
    v("node", node), v("pointer", pointer), v("response", response);
  }
};

struct VoteClosed {
  static constexpr const char* type = "vote_closed";
  NodeId node = 0;
  std::string pointer;
  Json result;
  Instant at{};
  /// What the minutes need besides: question, options, who was called, voted, was absent.
  Json record = {};
  template <class V>
  void fields(V& v) {
    v("node", node), v("pointer", pointer), v("result", result), v("at", at), v("record", record);
  }
};

/// A task in another unit: who is asked there.
struct MovedTask {
  TaskId task;
  UnitId unit;
  std::vector<Candidate> candidates;
  template <class V>
  void fields(V& v) {
    v("task", task), v("unit", unit), v("candidates", candidates);
  }
};
/// People of a step who wait for their turn, as they are from now on.
struct MovedQueue {
  NodeId node = 0;
  Json queue;
  template <class V>
  void fields(V& v) {
    v("node", node), v("queue", queue);
  }
};

/// What belonged to one unit belongs to another: the case itself, open tasks, who is asked.
struct HandedOver {
  static constexpr const char* type = "handed_over";
  PersonId by;
  UnitId from;
  UnitId to;
  std::string reason;
  bool whole = false;  ///< The case itself too.
  std::vector<MovedTask> tasks;
  std::vector<MovedQueue> queues;
  Instant at{};
  std::string via = {};
  template <class V>
  void fields(V& v) {
    v("by", by), v("from", from), v("to", to), v("reason", reason), v("whole", whole),
        v("tasks", tasks), v("queues", queues), v("at", at), v("via", via);
  }
};

struct InstanceSuspended {
  static constexpr const char* type = "instance_suspended";
  PersonId by;
  std::string reason;
  Instant at{};
  template <class V>
  void fields(V& v) {
    v("by", by), v("reason", reason), v("at", at);
  }
};

/// The instance goes on. What its stop has moved is told by the `DeadlinesMoved` after it.
struct InstanceResumed {
  static constexpr const char* type = "instance_resumed";
  PersonId by;
  Instant at{};
  template <class V>
  void fields(V& v) {
    v("by", by), v("at", at);
  }
};

/// When a node wakes and ends, from now on.
struct NodePlan {
  NodeId node = 0;
  std::optional<Instant> wake_at;
  std::optional<Instant> timeout_at;
  std::optional<Instant> attempt_ends_at = {};
  template <class V>
  void fields(V& v) {
    v("node", node), v("wakeAt", wake_at), v("timeoutAt", timeout_at),
        v("attemptEndsAt", attempt_ends_at);
  }
};
/// A task's deadline and what is still to come of it, from now on.
struct TaskPlan {
  TaskId task;
  std::optional<Instant> due_was;
  std::optional<Instant> due_at;
  Json due_explain;
  bool overdue = false;
  std::vector<Moment> moments;
  std::optional<int> plans;
  template <class V>
  void fields(V& v) {
    v("task", task), v("dueWas", due_was), v("dueAt", due_at), v("dueExplain", due_explain),
        v("overdue", overdue), v("moments", moments), v("plans", plans);
  }
};

/// Times ahead of the instance were computed again.
struct DeadlinesMoved {
  static constexpr const char* type = "deadlines_moved";
  std::string cause;                   ///< resumed | calendar
  std::optional<std::int64_t> change;  ///< calendar: which.
  std::vector<NodePlan> nodes;
  std::vector<TaskPlan> tasks;
  Instant at{};
  template <class V>
  void fields(V& v) {
    v("cause", cause), v("change", change), v("nodes", nodes), v("tasks", tasks), v("at", at);
  }
};

struct ExtensionRequested {
  static constexpr const char* type = "extension_requested";
  TaskId task;
  Extension extension;
  Instant at{};
  template <class V>
  void fields(V& v) {
    v("task", task), v("extension", extension), v("at", at);
  }
};

/// The open request of the task is decided; granted, the deadline is another.
struct ExtensionDecided {
  static constexpr const char* type = "extension_decided";
  TaskId task;
  Extension extension;
  std::optional<TaskPlan> plan;  ///< Granted.
  Instant at{};
  template <class V>
  void fields(V& v) {
    v("task", task), v("extension", extension), v("plan", plan), v("at", at);
  }
};

/// A faulted instance goes on: what stood before the fault stands again, but for the step that
/// failed, which runs from its beginning. Who did what before stays done.
struct InstanceRetried {
  static constexpr const char* type = "instance_retried";
  PersonId by;
  std::string comment;
  std::string pointer;  ///< Of the step that runs again; "/": the time of the whole runs anew.
  std::map<NodeId, Node> nodes;
  std::map<TaskId, Task> tasks;
  Instant at{};
  template <class V>
  void fields(V& v) {
    v("by", by), v("comment", comment), v("pointer", pointer), v("nodes", nodes),
        v("tasks", tasks), v("at", at);
  }
};

using Event =
    std::variant<InstanceStarted, NodeEntered, StepRan, StepFaulted, NodeExited, IterationBegan,
                 RetryScheduled, CatchEntered, NodeWoke, EventConsumed, InstanceCompleted,
                 InstanceFaulted, InstanceCancelled, TaskOpened, TaskClaimed, TaskReleased,
                 TaskCompleted, TaskEnded, TaskReminded, TaskOverdue, TaskEscalated, TaskCommented,
                 VoteClosed, InstanceCommented, InstanceSuspended, InstanceResumed, DeadlinesMoved,
                 ExtensionRequested, ExtensionDecided, TaskStarted, TaskDelegated, TaskReassigned,
                 InfoRequested, InfoProvided, SignerAdded, AnswerRecalled, BallotCast,
                 InstanceRetried, ChildEnded, ChildrenCounted, HandedOver>;

}  // namespace kyhan
