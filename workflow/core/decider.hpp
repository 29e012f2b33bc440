#pragma once
/// The working copy of one decision: applies each event as it is made, so later judgement sees
/// earlier facts. Private to the core; decide.hpp is the way in. One file a concern:
/// decider_flow.cpp (lists, scopes, steps), decider_errors.cpp (faults, retries), decider_data.cpp
/// (expressions and data flow), decider_calls.cpp (requests to other systems), decider_emit.cpp,
/// decider_functions.cpp, decider_assignment.cpp (who is asked), decider_rights.cpp (who may act),
/// decider_tasks.cpp (the life of a task), decider_actions.cpp (what else can be done with it),
/// decider_answers.cpp (what an answer must bring), decider_completion.cpp (several people),
/// decider_recall.cpp, decider_moments.cpp (reminders, escalation, expiry), decider_comments.cpp,
/// decider_forms.cpp,
/// decider_care.cpp, decider_hand_over.cpp, decider_due.cpp (deadlines, and their moments planned
/// anew), decider_suspend.cpp, decider_extension.cpp, decider_recompute.cpp, decider_vote.cpp,
/// decider_vote_close.cpp, decider_listen.cpp, decider_around.cpp (extensions of steps),
/// decider_run.cpp (sub-workflows), decider_fan.cpp (many of them at once).

#include <deque>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/core/calls.hpp"
#include "workflow/core/capacity.hpp"
#include "workflow/core/decide.hpp"
#include "workflow/core/outcome.hpp"
#include "workflow/core/reminders.hpp"
#include "workflow/core/trigger.hpp"

namespace kyhan {

class Decider {
 public:
  Decider(State state, const World& world, const Now& now);

  // The commands, each in the file of its concern.
  [[nodiscard]] Result<void> start(const StartInstance& command);
  [[nodiscard]] Result<void> fire(const TimerFired& command);
  [[nodiscard]] Result<void> claim(const ClaimTask& command);
  [[nodiscard]] Result<void> release(const ReleaseTask& command);
  [[nodiscard]] Result<void> complete(const CompleteTask& command);
  [[nodiscard]] Result<void> comment(const CommentOnTask& command);
  [[nodiscard]] Result<void> comment(const CommentOnInstance& command);
  [[nodiscard]] Result<void> deliver(const DeliverEvent& command);
  [[nodiscard]] Result<void> cancel(const CancelInstance& command);
  [[nodiscard]] Result<void> retry(const RetryInstance& command);
  [[nodiscard]] Result<void> suspend(const SuspendInstance& command);
  [[nodiscard]] Result<void> resume(const ResumeInstance& command);
  [[nodiscard]] Result<void> request_extension(const RequestExtension& command);
  [[nodiscard]] Result<void> decide_extension(const DecideExtension& command);
  [[nodiscard]] Result<void> recompute(const RecomputeDeadlines& command);
  [[nodiscard]] Result<void> begin(const StartTask& command);
  [[nodiscard]] Result<void> delegate(const DelegateTask& command);
  [[nodiscard]] Result<void> reassign(const ReassignTask& command);
  [[nodiscard]] Result<void> withdraw(const WithdrawTask& command);
  [[nodiscard]] Result<void> request_info(const RequestInfo& command);
  [[nodiscard]] Result<void> provide_info(const ProvideInfo& command);
  [[nodiscard]] Result<void> add_signer(const AddSigner& command);
  [[nodiscard]] Result<void> remove_signer(const RemoveSigner& command);
  [[nodiscard]] Result<void> recall(const RecallAnswer& command);
  [[nodiscard]] Result<void> end_child(const EndChild& command);
  [[nodiscard]] Result<void> count_children(const CountChildren& command);
  [[nodiscard]] Result<void> finish_call(const FinishCall& command);
  [[nodiscard]] Result<void> hand_over(const HandOver& command);

  /// The request of a call that is out (calls.hpp).
  [[nodiscard]] Outcome<CallRequest> request(NodeId id, const CallFindings& findings);

  /// "instance-suspended" when it is.
  [[nodiscard]] Result<void> refuse_while_suspended() const;
  // Before there is an instance: see trigger.hpp.
  [[nodiscard]] Result<std::vector<std::string>> trigger_keys(const CloudEvent& event);
  [[nodiscard]] Result<std::optional<Triggered>> trigger(const Json& matches,
                                                         const CloudEvent& event);

  /// Runs what is ready, until nothing is or the slice is spent.
  void run();

  [[nodiscard]] Decision finish();
  [[nodiscard]] const State& state() const { return state_; }

  /// What is still to come of one task: see reminders.hpp.
  [[nodiscard]] std::vector<UpcomingNotice> upcoming(const TaskId& id, std::size_t most) const;

 private:
  /// Where something is evaluated: which variables it sees.
  struct Place {
    NodeId scope;                    ///< Whose variables are visible.
    const Step* step = nullptr;      ///< $task; null: the workflow itself.
    const Json* raw = nullptr;       ///< $task.input
    const Json* input = nullptr;     ///< $input
    const Json* raw_output = nullptr;
    const Json* output = nullptr;    ///< $output
    Instant started_at{};
    const Json* error = nullptr;     ///< $error where a filter looks at it.
    std::string_view error_name = "error";
    const Json* vars = nullptr;      ///< Variables of a round not yet begun.
    bool whole_task = false;         ///< $task has the members of its definition too.
    const Json* context = nullptr;        ///< $context as it was; null: as it is.
    const Json* authorization = nullptr;  ///< $authorization
    /// What is evaluated goes into a request and nowhere else: secrets stay in the clear.
    bool outgoing = false;
  };

  // decider_flow.cpp
  void step_scope(NodeId id);
  void step_fork(NodeId id);
  /// `extension`: the first of the step's extensions that may still want it; nothing: the step
  /// itself comes next.
  void run_step(const Step& step, NodeId parent, int slot, std::size_t extension = 0);
  [[nodiscard]] static bool stays(const Step& step);
  [[nodiscard]] Outcome<const SwitchStep::Case*> case_of(const SwitchStep& choice,
                                                         const Json& input, const Place& place);
  void enter_step(const Step& step, NodeId parent, int slot, const Json& raw, const Json& input);
  void list_finished(NodeId id);
  void next_iteration(NodeId id);
  /// `flow`: where it leads, if not as the step's `then` says.
  void complete_node(NodeId id, Json raw_output, const Flow* flow = nullptr);
  void end_instance(Json output);
  void cancel_node(NodeId id, const char* reason);
  void cancel_descendants(NodeId id, const char* reason);
  [[nodiscard]] const StepList& list_of(const Node& node) const;
  /// Where the list goes on; list_ends and instance_ends are none of its places.
  static constexpr int list_ends = -1;
  static constexpr int instance_ends = -2;
  [[nodiscard]] int next_position(const Step& step, const Flow& flow) const;
  /// One leaf's body: its raw output.
  [[nodiscard]] Outcome<Json> run_leaf(const Step& step, const Node& scope, const Json& raw,
                                       const Json& input);
  /// Steps that stay: a scope, or a wait. The node is entered here.
  [[nodiscard]] Outcome<void> enter(const Step& step, NodeEntered entered, const Json& raw,
                                    const Json& input);

  [[nodiscard]] Outcome<void> enter_for(const Step& step, NodeEntered entered, const Json& input,
                                        const Place& place);

  // decider_around.cpp
  [[nodiscard]] Outcome<bool> extend(const Step& step, NodeId parent, int slot, std::size_t first);
  [[nodiscard]] bool in_extension(NodeId scope) const;
  [[nodiscard]] bool extends_step(NodeId id) const;
  [[nodiscard]] const StepExtension& extension_of(const Node& node) const;
  void extension_part_finished(NodeId id);
  void leave_extension(NodeId id, Json output, int next);

  // decider_run.cpp
  [[nodiscard]] Outcome<Ancestry> next_ancestry() const;
  [[nodiscard]] Outcome<DefinitionRef> find_workflow(const DefinitionRef& wanted) const;
  [[nodiscard]] Outcome<StartChild> child_of(const RunStep& run, const Json& input,
                                             const Place& place);
  [[nodiscard]] Outcome<void> enter_run(const Step& step, NodeEntered entered, const Json& input,
                                        const Place& place);
  void cancel_children_of(NodeId id);
  void tell_parent();

  // decider_fan.cpp
  [[nodiscard]] Outcome<void> enter_fan(NodeEntered entered, Json with);
  [[nodiscard]] Outcome<Fan> fan_of(const Json& with, const Json& items) const;
  [[nodiscard]] Json fan_results(NodeId id) const;

  // decider_emit.cpp
  [[nodiscard]] Outcome<Json> run_emit(const Step& step, Json event);
  void publish_lifecycle(const Event& event);

  // decider_functions.cpp
  [[nodiscard]] Outcome<Json> run_calendar(const Json& with);
  [[nodiscard]] Outcome<Json> run_notify(const Step& step, const Json& with);

  // decider_errors.cpp
  void fault_step(NodeId parent, const Step& step, WorkflowError error);
  void fault_node(NodeId id, WorkflowError error);
  void raise_from(NodeId scope, WorkflowError error);
  [[nodiscard]] bool catches(const Node& node, const WorkflowError& error);
  [[nodiscard]] bool retry(NodeId id, const WorkflowError& error);
  void end_attempt(NodeId id);

  // decider_data.cpp
  [[nodiscard]] Outcome<Json> evaluate(ExpressionId id, const Json& dot, const Place& place);
  [[nodiscard]] Outcome<Json> evaluate(const Value& value, const Json& dot, const Place& place);
  [[nodiscard]] Outcome<bool> condition(ExpressionId id, const Json& dot, const Place& place);
  [[nodiscard]] Outcome<Duration> duration(const DurationValue& value, const Json& dot,
                                           const Place& place);
  [[nodiscard]] Outcome<void> check(const std::optional<Schema>& schema, const Json& value);
  struct Ended {
    std::optional<Json> output;
    std::optional<Json> context;
  };
  /// `output.as`, its schema, `export.as`, its schema.
  [[nodiscard]] Json task_json(const Place& place) const;
  [[nodiscard]] Outcome<Ended> end_of(const Step& step, NodeId scope, const Json& raw,
                                      const Json& input, const Json& raw_output,
                                      Instant started_at);
  [[nodiscard]] Instant after(Instant from, const Duration& duration) const;

  // decider_assignment.cpp
  /// Whom separation of duties keeps out, both sorted.
  struct Excluded {
    std::vector<PersonId> people;
    std::vector<UnitId> units;
  };
  /// One piece of work that a human task asks for.
  struct Item {
    UnitId unit;
    std::vector<Candidate> candidates;
    PersonId holder;  ///< Set: direct.
    RoleId role;      ///< In which it fell to the holder.
    std::optional<int> group;
    PersonId added_by = {};  ///< A co-signer's.
  };
  [[nodiscard]] Outcome<void> open_human_task(NodeId id);
  [[nodiscard]] Outcome<void> open_item(NodeId id, Item item);
  [[nodiscard]] Outcome<void> open_next_in_turn(NodeId id);
  [[nodiscard]] Outcome<std::vector<Item>> items_of(NodeId id, const Json& assignment,
                                                    const std::vector<Candidate>& candidates,
                                                    bool per_unit, const Excluded& excluded);
  [[nodiscard]] Outcome<std::vector<Candidate>> instead_of_nobody(
      const Json& assignment, const std::vector<Candidate>& candidates, const UnitId& unit,
      const Excluded& excluded) const;
  [[nodiscard]] PersonId next_by(const std::string& strategy, const std::vector<PersonId>& people,
                                 NodeId id, const UnitId& unit);
  [[nodiscard]] Outcome<std::vector<Candidate>> resolve_candidates(const Json& candidates,
                                                                   std::string_view field) const;
  [[nodiscard]] Excluded resolve_excluded(const Json& exclude) const;
  [[nodiscard]] std::vector<const Step*> steps_named(const Json& names) const;
  /// Everybody the candidates select who is not excluded, sorted.
  [[nodiscard]] std::vector<PersonId> eligible(const std::vector<Candidate>& candidates,
                                               const Excluded& excluded) const;
  /// Tells the watchers of a human task.
  void watch(NodeId id, Text body);

  // decider_rights.cpp
  /// In what capacity they may; else why not.
  [[nodiscard]] Result<Capacity> may_act(const Task& task, const PersonId& person) const;
  [[nodiscard]] Capacity capacity(const Task& task, const PersonId& person) const;
  [[nodiscard]] Excluded excluded_now(const Task& task) const;
  [[nodiscard]] bool keeps_out(const Task& task, const PersonId& person) const;
  [[nodiscard]] bool has_answered(NodeId node, const PersonId& person,
                                  const PersonId& on_behalf_of) const;
  [[nodiscard]] bool leads(const PersonId& person, const UnitId& unit) const;
  /// Whom a message about a task reaches: in place of those who are away, their deputies in it.
  [[nodiscard]] std::vector<Addressee> reached(const std::vector<PersonId>& people,
                                               const Task& task) const;

  // decider_actions.cpp
  [[nodiscard]] Result<const Task*> open_one(const TaskId& id) const;
  void tell_change(const TaskId& id, std::string_view event, Json data);

  // decider_recall.cpp
  [[nodiscard]] std::optional<Error> why_not_undone(const AnswerTrace& trace) const;
  [[nodiscard]] Result<State> undone(const AnswerTrace& trace) const;

  // decider_answers.cpp
  [[nodiscard]] Result<void> check_answer(const Task& task, const CompleteTask& command) const;
  /// The specification a task is answered against: the step's own, or one made for a vote.
  [[nodiscard]] Json spec_of(const Task& task) const;
  [[nodiscard]] Response response_of(const Task& task, const CompleteTask& command,
                                     const Capacity& capacity) const;
  /// The evaluated `with`, forms named by `ref` put in their place.
  [[nodiscard]] Json with_forms(Json spec) const;

  // decider_completion.cpp
  void accept_answer(TaskId id, Response response);
  void settle_answers(NodeId id, const Task* last);
  [[nodiscard]] Outcome<void> check_enough(const Json& rule, std::size_t items) const;
  [[nodiscard]] Json human_result(const Node& node, const Response& deciding,
                                  const Task* last) const;

  // decider_tasks.cpp
  struct Opening {
    std::string kind = "task";
    UnitId unit;
    std::vector<Candidate> candidates;
    std::vector<PersonId> excluded;
    PersonId holder;  ///< Set: direct.
    RoleId role = {};  ///< In which it fell to the holder.
    std::vector<UnitId> excluded_units = {};
    std::optional<int> group = {};
    PersonId added_by = {};
  };
  [[nodiscard]] Outcome<void> open_task(NodeId id, Opening opening);
  void end_task(const TaskId& id, TaskState state, const char* reason, const PersonId& by = {},
                const std::string& comment = {}, const std::string& via = {});
  void withdraw_tasks_of(NodeId id, const char* reason);
  void save_task(const Task& task, const Response* response = nullptr);
  void announce(const Task& task, std::string_view event, Json data = Json::object());
  /// `how` to each of them, one notice for all who are told the same; to deputies it says for whom.
  [[nodiscard]] std::vector<Notify> notices_of(const Task& task,
                                               const std::vector<Addressee>& people,
                                               const Notify& how) const;
  void tell(const Task& task, const std::vector<Addressee>& people, std::string kind, Text body);
  void publish(std::string_view entity, std::string_view event, const UnitId& unit,
               std::string subject, Json data, std::string id = {});

  // decider_due.cpp
  /// The calendar that a form names, else the definition's, else the unit's. One that is not there
  /// is an error of compute(); here the unit's stands in for it.
  [[nodiscard]] const Calendar& calendar_for(const Json& form, const UnitId& unit) const;
  [[nodiscard]] Outcome<DueDate> compute(const Json& form, const UnitId& unit, Instant from,
                                         const std::vector<Adjustment>& adjustments) const;
  /// What has moved deadlines that were set at `from`: the stops since, and of a task the
  /// extensions it was granted.
  [[nodiscard]] std::vector<Adjustment> adjustments_since(Instant from) const;
  [[nodiscard]] std::vector<Adjustment> adjustments_of(const Task& task) const;
  /// Sets the deadline and the reasons for it, of a task with its unit and times in place.
  [[nodiscard]] Outcome<void> set_due(Task& task) const;
  /// What was planned is sent for the deadline that moved, or all over again for one that is new.
  enum class Ladder { goes_on, begins_anew };
  [[nodiscard]] std::optional<TaskPlan> planned_anew(const Task& before, Ladder ladder) const;
  /// Moves what has moved: as events, as the lists show it, and as other systems are told.
  void move_deadlines(DeadlinesMoved moved);
  [[nodiscard]] std::optional<NodePlan> vote_planned_anew(const Node& node) const;

  // decider_suspend.cpp
  void move_repeat(const Task& task, Moment& moment, const Stop& stop) const;

  // decider_extension.cpp
  [[nodiscard]] std::vector<Candidate> extension_deciders(const Task& task,
                                                          const PersonId& asked_by) const;
  [[nodiscard]] std::vector<Addressee> asked_people(const Task& task,
                                                    const std::vector<Candidate>& deciders,
                                                    const PersonId& asked_by) const;
  [[nodiscard]] Result<TaskPlan> extended(const Task& task, const char* field) const;

  // decider_comments.cpp
  void tell_mentioned(const std::vector<PersonId>& mentions, const PersonId& by, Text title,
                      const std::string& comment, const TaskId& task);

  // decider_forms.cpp
  /// Faults of the texts an answer brings, by field.
  [[nodiscard]] static std::vector<FieldError> faults_in_answer(const CompleteTask& command);
  /// A form that an expression gave is checked like one that was published.
  [[nodiscard]] Outcome<void> check_computed_form(NodeId id) const;

  // decider_care.cpp
  [[nodiscard]] bool looks_after_all(const PersonId& by) const;
  void drop_branch(std::map<NodeId, Node>& nodes, NodeId id) const;
  void forget_missed_reminders(Task& task, const Node& node) const;

  // decider_moments.cpp
  /// Reminders that would have been due before `since` are left out.
  [[nodiscard]] Outcome<void> plan_moments(Task& task, const Json& spec, Instant since) const;
  void fire_task(const TaskId& id);
  void mark_overdue(const TaskId& id);
  void remind(const TaskId& id, const Moment& moment);
  [[nodiscard]] std::vector<Addressee> reminded(const Task& task, const Moment& moment) const;
  void tell_of_reminder(const TaskReminded& told, const std::vector<Addressee>& people);
  /// How each addressee of `notify` is to be told, as far as it is known.
  void plan_deliveries(Notify& notify) const;
  /// What a message to the `index`-th addressee says of it.
  static void say_delivery(Json& data, const Notify& notify, std::size_t index);
  void escalate(const TaskId& id, const Moment& moment);
  /// What the action changes of the task, into the event.
  void prepare_escalation(const Task& task, const Json& step, TaskEscalated& event) const;
  void expire_task(const TaskId& id);
  [[nodiscard]] Outcome<Instant> offset_from_due(const Json& offset, const Json& at,
                                                 const Task& task, bool office_hours) const;
  [[nodiscard]] std::vector<PersonId> addressees(const Json& to, const Task& task) const;
  /// The round after `moment` of a reminder that repeats, counted from `from`.
  [[nodiscard]] std::optional<Moment> next_round(const Task& task, const Moment& moment,
                                                 Instant from) const;

  // decider_upcoming.cpp
  [[nodiscard]] UpcomingNotice notice_of(const Task& task, const Moment& moment) const;

  // decider_calls.cpp: requests to the outside.
  [[nodiscard]] Outcome<void> enter_call(const Step& step, NodeEntered entered, const Json& input,
                                         Place place);
  [[nodiscard]] bool mentions(const Value& value, std::string_view name) const;
  [[nodiscard]] std::string call_key_of(const Step& step, NodeId id, NodeId parent) const;
  [[nodiscard]] Outcome<std::string> uri_of(const Endpoint& endpoint, const Json& input,
                                            const Place& place);
  [[nodiscard]] Outcome<Credentials> credentials_of(const Authentication& authentication,
                                                    const Json& input, const Place& place);
  [[nodiscard]] Outcome<void> fill_http(const RequestStep& call, const Json& input,
                                        const Place& place, HttpRequest& into);
  [[nodiscard]] Outcome<bool> fill_openapi(const RequestStep& call, const Json& input,
                                           const Place& place, const CallFindings& findings,
                                           CallRequest& request);
  [[nodiscard]] Outcome<Json> secrets_for(const ExpressionSource& source) const;
  [[nodiscard]] const Redaction& redaction();

  // decider_vote.cpp
  [[nodiscard]] Outcome<void> open_vote(NodeId id);
  [[nodiscard]] Outcome<void> open_ballots(NodeId id);
  [[nodiscard]] Result<void> cast_ballot(const Task& task, const CompleteTask& command,
                                         const Capacity& capacity);
  void after_ballot(NodeId id);
  void after_tally(NodeId id, const std::string& kind, const Response& response);
  void wake_vote(NodeId id);
  [[nodiscard]] std::string vote_id(NodeId id) const;

  // decider_vote_close.cpp
  /// What has been voted so far; of a secret vote from its box.
  [[nodiscard]] Json count_of(NodeId id) const;
  void close_vote(NodeId id, const Json& count);
  /// A tie that the chair breaks: by the ballot already cast, else by a casting vote that is asked
  /// for. True: the vote waits for it.
  [[nodiscard]] bool break_tie(NodeId id, Json& result);
  void after_casting_vote(NodeId id, const Response& response);
  void end_vote(NodeId id, Json result);
  [[nodiscard]] Json vote_record(const Node& node) const;

  // decider_listen.cpp
  [[nodiscard]] Outcome<void> enter_listen(const Step& step, NodeEntered entered);
  /// What a consumption has become with the event; nothing: the event is none of its.
  [[nodiscard]] Outcome<std::optional<Json>> take(const ListenStep& listen, const Json& progress,
                                                  const CloudEvent& event, const Place& place);
  void consume(NodeId id, const CloudEvent& event);
  void next_event(NodeId id, Json results, std::optional<Json> context);
  void listen_body_finished(NodeId id);
  [[nodiscard]] Outcome<bool> matches(const EventFilter& filter, const CloudEvent& event,
                                      Json& correlation, const Place& place);

  void apply(Event event);
  void effect(Effect effect) { effects_.push_back(std::move(effect)); }
  /// Keeps the timers of a node or task in step with the state; called after it changed.
  void sync_timers();
  [[nodiscard]] const Step& step_of(const Node& node) const;
  [[nodiscard]] const Definition& definition() const { return *world_.program.definition; }
  [[nodiscard]] Node* find_node(NodeId id);

  State state_;
  const World& world_;
  Now now_;
  Waits before_;  ///< What waited when the decision began: timers are set and cleared against it.
  std::vector<Event> events_;
  std::vector<Effect> effects_;
  int steps_left_;
  std::map<NodeId, OpenFan> fans_;        ///< Opened by this decision.
  std::optional<Redaction> redaction_;    ///< Of all secrets the definition declares.
  const FinishCall* answered_ = nullptr;  ///< The answer whose step is being completed.
};

/// The member; null where `object` lacks it or is none: specifications leave out what they do not
/// need.
[[nodiscard]] const Json& member(const Json& object, const char* name);
[[nodiscard]] std::string text_member(const Json& object, const char* name,
                                      std::string otherwise = {});
[[nodiscard]] Error task_not_open(const TaskId& id);
/// Whether an array holds this text.
[[nodiscard]] bool lists(const Json& array, std::string_view wanted);
/// "a, b, c".
[[nodiscard]] std::string joined(const std::vector<std::string>& words);
/// Types of the events a consumption may take, without repetition; "" stands for any.
[[nodiscard]] std::vector<std::string> event_types_of(const ListenStep& listen);
/// A consumption that has taken nothing yet (decider_listen.cpp says what it holds).
[[nodiscard]] Json empty_progress();
/// Text of a field that is a string or {vi, en}.
[[nodiscard]] Text text_of(const Json& value);
[[nodiscard]] Json text_json(const Text& text);
/// "2/3" -> {2, 3}.
struct Share {
  std::int64_t numerator = 0;
  std::int64_t denominator = 1;
};
[[nodiscard]] std::optional<Share> parse_share(const Json& text);

}  // namespace kyhan
