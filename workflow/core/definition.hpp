#pragma once
/// A workflow definition as the engine runs it: parsed once, checked, immutable, shared.
///
/// Parsing is pure. `parse_definition` finds every fault it can see without libjq; the caller then
/// compiles `Definition::expressions` through an ExpressionCompiler and keeps both together in a
/// `Program`.

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "workflow/core/expressions.hpp"
#include "workflow/core/json.hpp"
#include "workflow/core/result.hpp"
#include "workflow/core/types.hpp"

namespace kyhan {

/// Index into Definition::steps.
using StepIndex = int;
constexpr StepIndex no_step = -1;

/// A value of the document: a literal, or an expression that gives it. A template (object or array
/// with `${ }` leaves) has become one expression.
struct Value {
  Json literal;
  ExpressionId expression = ExpressionId::none;
  [[nodiscard]] bool is_literal() const { return expression == ExpressionId::none; }
};

/// A DSL duration: calendar part (years, months, days) in the zone of the definition, exact part.
struct Duration {
  int years = 0, months = 0, days = 0;
  Milliseconds exact{0};
  friend bool operator==(const Duration&, const Duration&) = default;
};
/// A duration in the document: fixed, or an expression that gives an ISO 8601 string.
struct DurationValue {
  Duration fixed;
  ExpressionId expression = ExpressionId::none;
};

struct Schema {
  std::string resource;  ///< Where it stands; empty: in the definition.
  Json document;  ///< Checked by forms.hpp's compile_schema at parse time.
};

/// Where control goes after a step (language.md N1-N4).
struct Flow {
  enum class Kind { next, exit, end, jump };
  Kind kind = Kind::next;
  StepIndex target = no_step;  ///< For `jump`: a step of the same list.
};

/// A named list of steps in order.
using StepList = std::vector<StepIndex>;

struct DoStep {
  StepList list;
};
struct SetStep {
  Value value;
};
struct SwitchStep {
  struct Case {
    std::string name;
    ExpressionId when = ExpressionId::none;  ///< none: the default case.
    Flow then;
  };
  std::vector<Case> cases;
};
struct ForStep {
  std::string each = "item";
  std::string at = "index";
  ExpressionId in = ExpressionId::none;
  Json in_literal;                             ///< An inline array, when `in` is none.
  ExpressionId while_ = ExpressionId::none;
  StepList list;
};
struct ForkStep {
  StepList branches;
  bool compete = false;
};
struct RetryPolicy {
  ExpressionId when = ExpressionId::none;
  ExpressionId except_when = ExpressionId::none;
  DurationValue delay;
  enum class Backoff { constant, linear, exponential } backoff = Backoff::constant;
  std::optional<Duration> jitter_from, jitter_to;
  std::optional<int> attempt_count;
  std::optional<Duration> attempt_duration;
  std::optional<Duration> duration;
};
struct TryStep {
  StepList list;
  /// `errors.with`: members that must be equal (type URIs of the known roots compare as equal;
  /// `details` was renamed to `detail`).
  Json error_filter = Json::object();
  ExpressionId when = ExpressionId::none;
  ExpressionId except_when = ExpressionId::none;
  std::string as = "error";
  std::optional<RetryPolicy> retry;
  StepList catch_list;
  bool has_catch_list = false;
  std::optional<Flow> catch_then;  ///< Where an error that was caught leads; none: as `then` says.
};
struct ErrorTemplate {
  Value type, status, title, detail, instance;
};
struct RaiseStep {
  ErrorTemplate error;
};
struct EmitStep {
  Value event;  ///< Gives the event's attributes and data; id, time, specversion are added.
};
struct WaitStep {
  DurationValue duration;
};
struct EventFilter {
  struct Attribute {
    std::string name;
    Json equals;                                  ///< Used when `predicate` is none.
    ExpressionId predicate = ExpressionId::none;  ///< A condition with `.` = the attribute.
    bool regex = false;                           ///< `equals` is a string written ^...$.
  };
  std::vector<Attribute> attributes;
  struct Correlation {
    std::string key;
    ExpressionId from = ExpressionId::none;  ///< Evaluated on the event's envelope.
    Value expect;
    bool has_expect = false;
  };
  std::vector<Correlation> correlations;
};
struct ListenStep {
  enum class Mode { all, any, one } mode = Mode::one;
  std::vector<EventFilter> filters;                    ///< Empty with `any`: every event.
  ExpressionId until_expression = ExpressionId::none;  ///< Over the array consumed so far.
  std::vector<EventFilter> until_filters;
  ListenStep::Mode until_mode = Mode::one;
  bool has_until = false;
  enum class Read { data, envelope, raw } read = Read::data;
  bool has_foreach = false;
  std::string item = "item";
  std::string at = "index";
  StepList foreach_list;
  std::optional<Value> item_output_as, item_export_as;  ///< foreach.output, foreach.export
  std::optional<Schema> item_output_schema, item_export_schema;
};
/// A function of the default catalog, or one that the definition holds itself.
enum class Function { human_task, vote, calendar, notify, fan_out, own };
struct CallStep {
  Function function;
  std::string call;  ///< As written: "humanTask:1.0.0@default".
  Value with;
  bool computed_form = false;  ///< humanTask: its form is an expression, checked when it opens.
  StepList body;             ///< own: the one step that the function is.
  bool passes_input = false;  ///< own: without `with` it gets what the caller got.
};
/// `run: workflow`.
struct RunStep {
  std::string namespace_, name;
  std::string version;  ///< "latest": the newest when it runs.
  Value input;
  bool await = true;
};

/// How a request shows who is asking. Evaluated when the request is made, never before; nothing of
/// it is stored.
struct Authentication {
  enum class Scheme { basic, bearer, digest, oauth2 } scheme = Scheme::basic;
  std::string secret;  ///< `{use: name}`: the settings are this secret. Empty: `settings`.
  Value settings;      ///< {username, password} | {token} | {authority, client, ...}
};
/// Where a request goes.
struct Endpoint {
  Value uri;
  bool is_template = false;  ///< `uri` is a literal whose `{name}` are filled in from the input.
  std::optional<Authentication> authentication;
};
/// `call: http` and `call: openapi`: a request to another system.
struct RequestStep {
  enum class Kind { http, openapi } kind = Kind::http;
  enum class Output { content, raw, response } output = Output::content;
  bool redirect = false;               ///< 3xx is no error; GET and HEAD follow it.
  Endpoint endpoint;                   ///< http: of the request. openapi: of the document.
  Value method, headers, query, body;  ///< http
  bool has_body = false;
  Value operation, parameters;                   ///< openapi
  std::optional<Authentication> authentication;  ///< openapi: of the request.
  bool sees_authorization = false;               ///< Some expression mentions `$authorization`.
  bool sees_context = false;  ///< `$context` is kept with the call: others may change it meanwhile.
};

/// A document of a definition that stands elsewhere.
struct ResourceRef {
  enum class Kind { schema, api, function } kind = Kind::schema;
  std::string uri;
  std::string pointer;  ///< Where the definition names it.
  std::optional<Authentication> authentication;
};
/// Fetched documents by address. What was fetched when a version was published stays with it.
using Resources = std::map<std::string, std::shared_ptr<const Json>>;

struct Step {
  StepIndex index = no_step;
  StepIndex parent = no_step;  ///< no_step: of the top list.
  int position = 0;            ///< Within its list.
  std::string name;
  std::string pointer;  ///< JSON Pointer into the document: "/do/0/check".
  std::string kind;     ///< "do", "set", ..., "call": the DSL's keyword.
  ExpressionId if_ = ExpressionId::none;
  std::optional<Schema> input_schema, output_schema, export_schema;
  std::optional<Value> input_from, output_as, export_as;
  std::optional<DurationValue> timeout;
  Flow then;
  Json metadata;
  std::vector<int> extensions;  ///< Those of Definition::extensions that extend it, outermost first.
  std::variant<DoStep, SetStep, SwitchStep, ForStep, ForkStep, TryStep, RaiseStep, EmitStep,
               WaitStep, ListenStep, CallStep, RequestStep, RunStep>
      body;
};

/// `use.extensions`: steps around the steps of a kind (language.md X1).
struct StepExtension {
  std::string name;
  std::string extend;  ///< A kind of step, "composite" or "all".
  ExpressionId when = ExpressionId::none;
  StepList before, after;
};

struct DefinitionRef {
  std::string namespace_, name, version;
  friend auto operator<=>(const DefinitionRef&, const DefinitionRef&) = default;
};

/// `document.metadata.schedule`: what the closed `schedule` object cannot say.
struct Schedule {
  enum class Kind { none, cron, every, after, on } kind = Kind::none;
  std::string cron;       ///< 5 fields.
  Duration interval;      ///< every: between two starts. after: from an end to the next start.
  ListenStep on;          ///< The events that start an instance, and how it reads them.
  std::string time_zone;  ///< IANA name.
  std::string calendar;
  std::string unit_kind;  ///< perUnit.kind; empty: one start without a unit.
  ExpressionId unit_filter = ExpressionId::none;  ///< perUnit.filter: a condition, `.` = the unit.
  Duration spread;        ///< perUnit.spread: starts are spread over this span, in unit order.
  enum class Misfire { skip, once, all } misfire = Misfire::once;
  enum class OnHoliday { skip, next, previous, run } on_holiday = OnHoliday::run;
};

/// `document.metadata.start`: who may start it by hand.
struct StartRule {
  Json by = Json::array();  ///< Candidates (directory.hpp); empty: administrators only.
  Json form;                ///< {schema, ui}; null: none.
  ExpressionId business_key = ExpressionId::none;  ///< `.` = the input with `unit` {id, name}.
  /// What lists call one instance: a string or {vi, en}; `.` as for the key. none: the definition's
  /// title and the unit.
  ExpressionId title = ExpressionId::none;
};

struct Definition {
  DefinitionRef ref;
  std::string dsl;
  Text title;
  Text summary;
  std::string time_zone = "Asia/Ho_Chi_Minh";
  std::string calendar;  ///< Id, "unit" (the unit's own) or empty (the built-in).
  Json metadata;
  Json legal_basis = Json::array();
  std::vector<std::string> secrets;  ///< `use.secrets`: the only ones its expressions see.
  std::optional<Schema> input_schema, output_schema;
  std::optional<Value> input_from, output_as;
  std::optional<DurationValue> timeout;
  Schedule schedule;
  StartRule start;
  std::string publish_lifecycle = "none";  ///< none | workflow | all.
  /// `document.metadata.publish.fields`: per event type, fields of the data that may leave.
  Json publish = Json::object();
  StepList top;
  std::vector<Step> steps;  ///< Of all lists: the workflow's, its functions', its extensions'.
  std::vector<StepExtension> extensions;
  std::vector<ExpressionSource> expressions;
  Resources resources;               ///< What it names elsewhere and was at hand.
  std::vector<ResourceRef> missing;  ///< What was not: a schema or function must be, to run.
  Json document;  ///< The whole, as published: `$workflow.definition`.
};

/// One fault of a definition, in the shape of `kyhan validate --json`.
struct Fault {
  std::string file;     ///< Filled in by the caller.
  std::string pointer;  ///< JSON Pointer.
  int line = 0;         ///< 1-based; 0: not known.
  int column = 0;
  std::string code;  ///< Stable: "unknown-field", "not-supported-yet", "expression-syntax", ...
  Text message;      ///< What is wrong.
  Text hint;         ///< What would be right.
  bool warning = false;  ///< Warnings never make a definition invalid.
};

struct ParsedDefinition {
  std::shared_ptr<const Definition> definition;  ///< Null when a fault is not a warning.
  std::vector<Fault> faults;                     ///< All of them, in document order.
};

/// Reads a parsed JSON document into a Definition, with every fault found at once.
[[nodiscard]] ParsedDefinition parse_definition(const Json& document,
                                                const Resources& resources = {});

/// A definition together with its compiled expressions: what decide() runs.
struct Program {
  std::shared_ptr<const Definition> definition;
  std::shared_ptr<const Expressions> expressions;
};

/// Parse, then compile. `document_text` is JSON or YAML (documents.hpp); line and column of each
/// fault are filled in from it. Limits: 1 MiB, depth 100, 2,000 expressions, 5,000 steps.
struct CompiledDefinition {
  std::optional<Program> program;
  std::vector<Fault> faults;
};
[[nodiscard]] CompiledDefinition compile_definition(std::string_view document_text,
                                                    const ExpressionCompiler& compiler,
                                                    const Resources& resources = {});

}  // namespace kyhan
