#pragma once
/// What the parts of the definition parser share: the faults found so far, the definition being
/// built, and the words for the faults that every part can find. Only definition*.cpp includes it.

#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/core/definition.hpp"

namespace kyhan::definition {

constexpr int depth_max = 100;
constexpr std::size_t expressions_max = 2'000;
constexpr std::size_t steps_max = 5'000;
/// Of all expressions and reused texts together: a member of `use` counts at each of its uses.
constexpr std::size_t expression_bytes_max = 8 << 20;

using Names = std::initializer_list<std::string_view>;

/// JSON Pointer one level down.
[[nodiscard]] std::string below(const std::string& pointer, std::string_view key);
[[nodiscard]] std::string below(const std::string& pointer, std::size_t index);

/// Major, minor and patch, with what a semantic version may carry besides.
[[nodiscard]] bool is_semantic_version(std::string_view text);

/// A string that is an expression as a whole: `${ ... }` with nothing but space around it.
[[nodiscard]] bool is_expression(const Json& value);
/// Member of an object, or null when it is not there.
[[nodiscard]] const Json* find(const Json& object, std::string_view key);
/// The same, only if it is a string that is not an expression.
[[nodiscard]] std::optional<std::string> literal_string(const Json& object, std::string_view key);

/// Names an expression may use at one place of the document (language.md E6, E9).
struct Scope {
  std::set<std::string> standard;   ///< Of the language's own, those that have a value here.
  std::vector<std::string> custom;  ///< Loop and catch variables, outermost first.
  [[nodiscard]] Scope with(std::initializer_list<std::string> names) const;
};
[[nodiscard]] const Scope& workflow_input_scope();
[[nodiscard]] const Scope& workflow_output_scope();
/// The scopes inside a step, with the loop and catch variables of `outer`.
[[nodiscard]] Scope step_input_scope(const Scope& outer);
[[nodiscard]] Scope step_body_scope(const Scope& outer);
[[nodiscard]] Scope step_export_scope(const Scope& outer);

class Reader {
 public:
  /// `resources` (may be null): documents that stand elsewhere and are at hand.
  Reader(const Json& document, Definition& definition, const Resources* resources = nullptr)
      : document_(document), definition_(definition), resources_(resources) {}

  // ---- faults (definition_reader.cpp)
  void fault(std::string pointer, std::string code, Text message, Text hint = {});
  void warn(std::string pointer, std::string code, Text message, Text hint = {});
  /// "not-supported-yet", by the name of the field.
  void not_yet(const std::string& pointer, std::string_view name);
  /// "wrong-type"; `vi`/`en` say what was expected.
  void wrong_type(const std::string& pointer, std::string_view vi, std::string_view en);
  /// An object with these keys only. `later` are refused as not supported yet. False when it is no
  /// object.
  bool closed(const Json& value, const std::string& pointer, Names known, Names later = {});
  /// An object that is open in the standard: keys that have no effect earn a warning.
  bool open(const Json& value, const std::string& pointer, Names known);
  /// The member, or a fault "required".
  const Json* required(const Json& object, const std::string& pointer, std::string_view key);
  /// A member with one of these strings, or an expression when `or_expression`. The index of the
  /// one found.
  std::optional<std::size_t> choice(const Json& object, const std::string& pointer,
                                    std::string_view key, Names choices, Names later = {},
                                    bool or_expression = false);
  std::optional<std::string> text(const Json& object, const std::string& pointer,
                                  std::string_view key);
  std::optional<bool> flag(const Json& object, const std::string& pointer, std::string_view key);

  // ---- values and expressions (definition_values.cpp)
  ExpressionId expression(std::string_view text, const std::string& pointer, const Scope& scope);
  /// A field whose type is "expression": `${ }` or bare jq.
  ExpressionId condition(const Json& object, const std::string& pointer, std::string_view key,
                         const Scope& scope);
  /// A literal, an expression or a template.
  Value value(const Json& json, const std::string& pointer, const Scope& scope);
  /// `input.from`, `output.as`, `export.as`: a string is always an expression.
  Value transformation(const Json& json, const std::string& pointer, const Scope& scope);
  DurationValue duration(const Json& json, const std::string& pointer, const Scope& scope);
  std::optional<Duration> fixed_duration(const Json& json, const std::string& pointer);
  std::optional<Schema> schema(const Json& json, const std::string& pointer);
  /// A JSON Schema of a form or of data; its faults get pointers into the document.
  void check_json_schema(const Json& schema, const std::string& pointer);

  // ---- parts of the document
  void read_document();                                                  // definition_document.cpp
  void read_metadata(const Json& metadata, const std::string& pointer);  // definition_metadata.cpp
  void read_schedule();                                                  // definition_schedule.cpp
  void read_functions(const Json& functions);                            // definition_use.cpp
  void read_extensions(const Json& extensions);                          // definition_use.cpp
  StepList read_steps(const Json& list, const std::string& pointer, StepIndex parent,
                      const Scope& scope, bool branches = false);  // definition_steps.cpp
  std::optional<DurationValue> timeout(const Json& owner, const std::string& pointer,
                                       const Scope& scope);  // definition_steps.cpp
  RetryPolicy retry(const Json& json, const std::string& pointer, const Scope& scope);
  ErrorTemplate error(const Json& json, const std::string& pointer, const Scope& scope);
  ListenStep listen(const Json& task, const std::string& pointer, StepIndex self,
                    const Scope& scope);  // definition_events.cpp
  EmitStep emit(const Json& task, const std::string& pointer, const Scope& scope);
  CallStep call(const Json& task, const std::string& pointer, const Scope& scope);
  /// call: http, call: openapi.
  RequestStep request(const Json& task, const std::string& pointer,
                      const Scope& scope);  // definition_requests.cpp
  /// `{use: name}`, or a policy in place.
  std::optional<Authentication> authentication(const Json& json, const std::string& pointer,
                                               const Scope& scope);
  std::optional<Authentication> authentication_policy(const Json& json, const std::string& pointer,
                                                      const Scope& scope);
  /// The document at `endpoint`, when it is at hand; else it is noted as missing. The address must
  /// be known before anything runs.
  const Json* resource(ResourceRef::Kind kind, const Json& endpoint, const std::string& pointer);
  const Json* resource(ResourceRef::Kind kind, std::string uri, const std::string& pointer,
                       std::optional<Authentication> authentication);
  Endpoint endpoint(const Json& json, const std::string& pointer, const Scope& scope);
  void read_secrets(const Json& list, const std::string& pointer);
  [[nodiscard]] bool is_secret(const std::string& name) const;
  void unknown_secret(const std::string& pointer, const std::string& name);
  RunStep run(const Json& task, const std::string& pointer, const Scope& scope);
  void check_call(Function function, const Json& with, const std::string& pointer);

  /// Checks that need every step's name, run when all steps have been read.
  void later(std::function<void()> check) { later_.push_back(std::move(check)); }
  void run_later();

  [[nodiscard]] Definition& definition() { return definition_; }
  [[nodiscard]] const Json& document() const { return document_; }
  [[nodiscard]] std::vector<Fault> take_faults();
  /// Where a member of `use` stands, or null.
  [[nodiscard]] const Json* used(std::string_view group, const std::string& name) const;
  /// Pointers of the steps with a name.
  [[nodiscard]] const std::multimap<std::string, std::string>& step_names() const {
    return step_names_;
  }
  [[nodiscard]] bool is_step_pointer(const std::string& pointer) const;

 private:
  friend class StepReader;
  void fault(Fault fault);
  void collect(const Json& json, const std::string& pointer, const Scope& scope,
               ExpressionSource& source, bool& any);
  std::optional<Schema> schema_elsewhere(const Json& json, const std::string& pointer);
  void check_variables(std::string_view text, const std::string& pointer, const Scope& scope,
                       ExpressionSource& source);
  bool read_openapi(RequestStep& out, const Json& with, const std::string& pointer,
                    const Scope& scope);
  /// {name: text} or an expression; with `scalars` numbers, booleans and lists too.
  Value text_map(const Json& json, const std::string& pointer, const Scope& scope, bool scalars);
  ExpressionId keep(ExpressionSource source);
  bool has_room(std::size_t bytes);
  void warn_about_literal(const std::string& text, const std::string& pointer);
  void read_schedule_metadata();
  void refuse_recursion();
  std::optional<StepIndex> own_function(const std::string& name);
  void too_many_steps();
  void read_consumption(const Json& to, const std::string& pointer, const Scope& scope,
                        ListenStep& into);
  Flow flow(const Json& task, const std::string& pointer,
            const std::map<std::string, StepIndex>& targets, bool branches);
  void read_body(Step& step, const Json& task, const std::string& pointer, const Scope& scope,
                 const std::map<std::string, StepIndex>& targets, bool branches);
  SwitchStep switch_(const Json& json, const std::string& pointer, const Scope& scope,
                     const std::map<std::string, StepIndex>& targets, bool branches);
  ForStep for_(const Json& task, const std::string& pointer, StepIndex self, const Scope& scope);
  ForkStep fork(const Json& json, const std::string& pointer, StepIndex self, const Scope& scope);
  TryStep try_(const Json& task, const std::string& pointer, StepIndex self, const Scope& scope,
               const std::map<std::string, StepIndex>& targets, bool branches);
  EventFilter event_filter(const Json& json, const std::string& pointer, const Scope& scope);
  std::string variable_name(const Json& object, const std::string& pointer, std::string_view key,
                            std::string fallback);

  const Json& document_;
  Definition& definition_;
  const Resources* resources_;
  std::vector<Fault> faults_;
  std::set<std::pair<std::string, std::string>> seen_;  ///< (pointer, code): one fault each.
  std::vector<std::function<void()>> later_;
  std::multimap<std::string, std::string> step_names_;
  std::map<std::string, StepIndex> functions_;  ///< use.functions
  std::multimap<std::string, std::string> function_calls_;  ///< Caller and called.
  std::string reading_function_;
  std::size_t leaves_ = 0;
  std::size_t bytes_ = 0;
};

/// `$names` that jq text refers to, and those it binds itself (`as`, `reduce`, `def f($x)`).
struct Variables {
  std::set<std::string> used;
  std::set<std::string> bound;
  std::set<std::string> secrets;  ///< Members of `$secrets` that are named.
};
[[nodiscard]] Variables variables_in(std::string_view jq);

/// The member `timeZone` where it is an IANA zone, else `fallback` (definition_metadata.cpp).
[[nodiscard]] std::string checked_zone(Reader& reader, const Json& owner,
                                       const std::string& pointer, std::string fallback);

// ---- shapes shared by the functions' `with` and the metadata (definition_with.cpp)
void check_candidates(Reader& reader, const Json& value, const std::string& pointer);
void check_candidate(Reader& reader, const Json& value, const std::string& pointer);
void check_text(Reader& reader, const Json& value, const std::string& pointer);
void check_legal_basis(Reader& reader, const Json& value, const std::string& pointer);
void check_form(Reader& reader, const Json& value, const std::string& pointer);
void check_escalation(Reader& reader, const Json& value, const std::string& pointer);

}  // namespace kyhan::definition
