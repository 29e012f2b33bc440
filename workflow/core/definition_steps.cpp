// Lists of steps, and the steps of control: do, set, switch, for, fork, try, raise, wait.

#include <algorithm>
#include <array>
#include <cctype>

#include "workflow/core/definition_reader.hpp"

namespace kyhan::definition {
namespace {

constexpr std::array kinds{"call",  "do",  "emit", "for",    "fork", "listen",
                           "raise", "run", "set",  "switch", "try",  "wait"};

/// The keyword that makes the task what it is; `do` belongs to `for` when both stand there.
std::vector<std::string> kinds_of(const Json& task) {
  std::vector<std::string> found;
  for (const std::string kind : kinds) {
    if (!task.contains(kind)) continue;
    if (kind == "do" && task.contains("for")) continue;
    found.push_back(kind);
  }
  return found;
}

bool is_identifier(const std::string& name) {
  return !name.empty() && std::isdigit(static_cast<unsigned char>(name[0])) == 0 &&
         std::all_of(name.begin(), name.end(),
                     [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
}

bool mentions_duration_field(const Json& json) {
  return json.is_string() &&
         json.get_ref<const std::string&>().find(".duration") != std::string::npos;
}

}  // namespace

std::string Reader::variable_name(const Json& object, const std::string& pointer,
                                  std::string_view key, std::string fallback) {
  const auto name = text(object, pointer, key);
  if (!name) return fallback;
  if (!is_identifier(*name)) {
    fault(
        below(pointer, key), "variable-name",
        {"Tên biến chỉ gồm chữ cái không dấu, chữ số và dấu gạch dưới, không bắt đầu bằng chữ số.",
         "A variable's name has letters, digits and underscores only and starts with no digit."});
    return fallback;
  }
  if (step_export_scope({}).standard.contains(*name)) {
    warn(below(pointer, key), "variable-hidden",
         {"Tên này che biến có sẵn $" + *name + " của ngôn ngữ.",
          "This name hides the language's own variable $" + *name + "."});
  }
  return *name;
}

Flow Reader::flow(const Json& task, const std::string& pointer,
                  const std::map<std::string, StepIndex>& targets, bool branches) {
  Flow flow;
  const auto name = text(task, pointer, "then");
  if (!name || *name == "continue") return flow;
  if (*name == "exit") {
    flow.kind = Flow::Kind::exit;
    return flow;
  }
  if (*name == "end") {
    flow.kind = Flow::Kind::end;
    return flow;
  }
  const auto at = below(pointer, "then");
  if (branches) {
    fault(at, "jump-between-branches",
          {"Không thể nhảy từ nhánh song song này sang nhánh khác.",
           "A parallel branch cannot jump to another branch."},
          {"Dùng continue, exit hoặc end.", "Use continue, exit or end."});
    return flow;
  }
  if (const auto found = targets.find(*name); found != targets.end()) {
    flow.kind = Flow::Kind::jump;
    flow.target = found->second;
    return flow;
  }
  later([this, at, target = *name] {
    if (step_names_.contains(target)) {
      fault(
          at, "jump-out-of-list",
          {"Bước \"" + target + "\" nằm ở danh sách khác; chỉ nhảy được trong cùng một danh sách.",
           "The step \"" + target + "\" is in another list; a jump stays within one list."});
    } else {
      fault(at, "unknown-step",
            {"Không có bước nào tên \"" + target + "\".",
             "There is no step named \"" + target + "\"."},
            {"Dùng continue, exit, end hoặc tên một bước trong cùng danh sách.",
             "Use continue, exit, end or the name of a step of the same list."});
    }
  });
  return flow;
}

std::optional<DurationValue> Reader::timeout(const Json& owner, const std::string& pointer,
                                             const Scope& scope) {
  const auto* json = find(owner, "timeout");
  if (json == nullptr) return std::nullopt;
  auto at = below(pointer, "timeout");
  if (json->is_string()) {
    const auto name = json->get<std::string>();
    json = used("timeouts", name);
    if (json == nullptr) {
      fault(at, "unknown-reference",
            {"use.timeouts không có \"" + name + "\".", "use.timeouts has no \"" + name + "\"."});
      return std::nullopt;
    }
    at = below("/use/timeouts", name);
  }
  if (!closed(*json, at, {"after"})) return std::nullopt;
  const auto* after = required(*json, at, "after");
  if (after == nullptr) return std::nullopt;
  return duration(*after, below(at, "after"), scope);
}

void Reader::too_many_steps() {
  fault("", "too-many-steps",
        {"Định nghĩa có hơn " + std::to_string(steps_max) + " bước.",
         "The definition has more than " + std::to_string(steps_max) + " steps."});
}

StepList Reader::read_steps(const Json& list, const std::string& pointer, StepIndex parent,
                            const Scope& scope, bool branches) {
  if (!list.is_array()) {
    wrong_type(pointer, "một danh sách các bước", "a list of steps");
    return {};
  }
  StepList indexes;
  std::map<std::string, StepIndex> targets;
  std::vector<std::string> pointers;
  // All names first: a step may jump forward.
  for (std::size_t i = 0; i < list.size(); ++i) {
    const auto& item = list[i];
    const auto at = below(pointer, i);
    pointers.emplace_back();
    if (!item.is_object() || item.size() != 1) {
      fault(at, "one-name",
            {"Mỗi mục của danh sách phải là một đối tượng có đúng một khóa là tên của bước.",
             "Each item of the list must be an object with exactly one key, the step's name."});
      continue;
    }
    const auto& name = item.begin().key();
    const auto step_pointer = below(at, name);
    if (name.empty()) {
      fault(at, "one-name", {"Tên của bước không được trống.", "A step's name must not be empty."});
    }
    if (name == "continue" || name == "exit" || name == "end") {
      warn(step_pointer, "reserved-name",
           {"\"" + name + "\" là từ của ngôn ngữ: không thể nhảy tới bước mang tên này.",
            "\"" + name + "\" is a word of the language: no jump can reach a step of this name."});
    }
    if (definition_.steps.size() >= steps_max) {
      too_many_steps();
      return indexes;
    }
    const auto index = static_cast<StepIndex>(definition_.steps.size());
    if (!targets.emplace(name, index).second) {
      fault(step_pointer, "duplicate-name",
            {"Tên \"" + name + "\" đã có trong danh sách này.",
             "The name \"" + name + "\" is taken in this list already."});
    }
    step_names_.emplace(name, step_pointer);
    Step step;
    step.index = index;
    step.parent = parent;
    step.position = static_cast<int>(indexes.size());
    step.name = name;
    step.pointer = step_pointer;
    definition_.steps.push_back(std::move(step));
    indexes.push_back(index);
    pointers.back() = step_pointer;
  }
  std::size_t next = 0;
  for (std::size_t i = 0; i < pointers.size(); ++i) {
    if (pointers[i].empty()) continue;
    const auto index = indexes[next++];
    auto step = definition_.steps[static_cast<std::size_t>(index)];
    read_body(step, list[i].begin().value(), pointers[i], scope, targets, branches);
    definition_.steps[static_cast<std::size_t>(index)] = std::move(step);
  }
  return indexes;
}

void Reader::read_body(Step& step, const Json& task, const std::string& pointer, const Scope& outer,
                       const std::map<std::string, StepIndex>& targets, bool branches) {
  if (!task.is_object()) {
    wrong_type(pointer, "một đối tượng mô tả bước", "an object that describes the step");
    return;
  }
  const auto found = kinds_of(task);
  if (found.size() != 1) {
    std::string names;
    for (const auto* kind : kinds) names += std::string(names.empty() ? "" : ", ") + kind;
    fault(pointer, found.empty() ? "no-kind" : "several-kinds",
          {found.empty() ? "Bước không nói phải làm gì." : "Bước có nhiều hơn một loại việc.",
           found.empty() ? "The step does not say what to do."
                         : "The step has more than one kind of work."},
          {"Dùng đúng một trong: " + names + ".", "Use exactly one of: " + names + "."});
    return;
  }
  const auto& kind = step.kind = found.front();
  const auto allow = [&](std::string_view one, std::string_view two, std::string_view three) {
    closed(task, pointer,
           {one, two, three, "if", "input", "output", "export", "timeout", "then", "metadata"});
  };
  if (kind == "for") {
    allow("for", "while", "do");
  } else if (kind == "listen") {
    allow("listen", "foreach", "listen");
  } else if (kind == "try") {
    allow("try", "catch", "try");
  } else if (kind == "call") {
    allow("call", "with", "call");
  } else {
    allow(kind, kind, kind);
  }

  const auto input_scope = step_input_scope(outer);
  const auto scope = step_body_scope(outer);
  const auto export_scope = step_export_scope(outer);
  step.if_ = condition(task, pointer, "if", input_scope);
  if (const auto* input = find(task, "input");
      input != nullptr && closed(*input, below(pointer, "input"), {"schema", "from"})) {
    const auto at = below(pointer, "input");
    if (const auto* json = find(*input, "schema"))
      step.input_schema = schema(*json, below(at, "schema"));
    if (const auto* json = find(*input, "from")) {
      step.input_from = transformation(*json, below(at, "from"), input_scope);
    }
  }
  if (const auto* output = find(task, "output");
      output != nullptr && closed(*output, below(pointer, "output"), {"schema", "as"})) {
    const auto at = below(pointer, "output");
    if (const auto* json = find(*output, "schema")) {
      step.output_schema = schema(*json, below(at, "schema"));
    }
    if (const auto* json = find(*output, "as")) {
      step.output_as = transformation(*json, below(at, "as"), scope);
    }
  }
  if (const auto* exported = find(task, "export");
      exported != nullptr && closed(*exported, below(pointer, "export"), {"schema", "as"})) {
    const auto at = below(pointer, "export");
    if (const auto* json = find(*exported, "schema")) {
      step.export_schema = schema(*json, below(at, "schema"));
    }
    if (const auto* json = find(*exported, "as")) {
      step.export_as = transformation(*json, below(at, "as"), export_scope);
    }
  }
  step.timeout = timeout(task, pointer, input_scope);
  step.then = flow(task, pointer, targets, branches);
  if (const auto* metadata = find(task, "metadata")) {
    if (!metadata->is_object()) {
      wrong_type(below(pointer, "metadata"), "một đối tượng", "an object");
    }
    step.metadata = *metadata;
  }

  const auto self = step.index;
  const auto at = below(pointer, kind);
  const auto& json = task.at(kind);
  if (kind == "do") {
    step.body = DoStep{read_steps(json, at, self, outer)};
  } else if (kind == "set") {
    if (!json.is_string() && !(json.is_object() && !json.empty())) {
      wrong_type(at, "đối tượng không trống hoặc biểu thức",
                 "an object that is not empty, or an expression");
    }
    step.body = SetStep{value(json, at, scope)};
  } else if (kind == "switch") {
    step.body = switch_(json, at, scope, targets, branches);
  } else if (kind == "for") {
    step.body = for_(task, pointer, self, outer);
  } else if (kind == "fork") {
    step.body = fork(json, at, self, outer);
  } else if (kind == "try") {
    step.body = try_(task, pointer, self, outer, targets, branches);
  } else if (kind == "raise") {
    RaiseStep raise;
    if (closed(json, at, {"error"})) {
      if (const auto* raised = required(json, at, "error")) {
        raise.error = error(*raised, below(at, "error"), scope);
      }
    }
    step.body = std::move(raise);
  } else if (kind == "wait") {
    step.body = WaitStep{duration(json, at, scope)};
    if (mentions_duration_field(json)) {
      warn(at, "wait-from-calendar",
           {"Thời gian chờ lấy từ kết quả của calendar không đổi khi lịch thay đổi.",
            "A wait fed by calendar does not move when the calendar changes."},
           {"Nếu chờ một người, dùng expire của humanTask.",
            "If it waits for a person, use expire of humanTask."});
    }
  } else if (kind == "emit") {
    step.body = emit(task, pointer, scope);
  } else if (kind == "listen") {
    step.body = listen(task, pointer, self, outer);
  } else if (kind == "call" && (json == "http" || json == "openapi")) {
    step.body = request(task, pointer, scope);
  } else if (kind == "call") {
    step.body = call(task, pointer, scope);
  } else if (kind == "run") {
    step.body = run(task, pointer, scope);
  }
}

SwitchStep Reader::switch_(const Json& json, const std::string& pointer, const Scope& scope,
                           const std::map<std::string, StepIndex>& targets, bool branches) {
  SwitchStep out;
  if (!json.is_array() || json.empty()) {
    wrong_type(pointer, "danh sách có ít nhất một trường hợp", "a list of at least one case");
    return out;
  }
  std::set<std::string> names;
  bool has_default = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const auto& item = json[i];
    const auto item_at = below(pointer, i);
    if (!item.is_object() || item.size() != 1) {
      fault(item_at, "one-name",
            {"Mỗi trường hợp phải là một đối tượng có đúng một khóa là tên của nó.",
             "Each case must be an object with exactly one key, its name."});
      continue;
    }
    const auto& name = item.begin().key();
    const auto& body = item.begin().value();
    const auto at = below(item_at, name);
    if (!names.insert(name).second) {
      fault(at, "duplicate-name",
            {"Tên \"" + name + "\" đã có trong danh sách này.",
             "The name \"" + name + "\" is taken in this list already."});
    }
    if (!closed(body, at, {"when", "then"})) continue;
    SwitchStep::Case one;
    one.name = name;
    one.when = condition(body, at, "when", scope);
    required(body, at, "then");
    one.then = flow(body, at, targets, branches);
    if (find(body, "when") == nullptr) {
      if (has_default) {
        fault(at, "two-defaults",
              {"Có hai trường hợp mặc định (không có when).",
               "There are two default cases (without when)."});
      }
      has_default = true;
    }
    out.cases.push_back(std::move(one));
  }
  return out;
}

ForStep Reader::for_(const Json& task, const std::string& pointer, StepIndex self,
                     const Scope& outer) {
  ForStep out;
  const auto at = below(pointer, "for");
  const auto& json = task.at("for");
  if (closed(json, at, {"each", "in", "at"})) {
    out.each = variable_name(json, at, "each", out.each);
    out.at = variable_name(json, at, "at", out.at);
    if (const auto* in = required(json, at, "in")) {
      if (in->is_string()) {
        out.in =
            expression(in->get_ref<const std::string&>(), below(at, "in"), step_body_scope(outer));
      } else if (in->is_array()) {
        auto items = value(*in, below(at, "in"), step_body_scope(outer));
        out.in = items.expression;
        out.in_literal = std::move(items.literal);
      } else {
        wrong_type(below(at, "in"), "biểu thức hoặc mảng", "an expression or an array");
      }
    }
  }
  if (out.each == out.at) {
    fault(at, "duplicate-name",
          {"each và at phải là hai tên khác nhau.", "each and at must be two different names."});
  }
  const auto inner = outer.with({out.each, out.at});
  out.while_ = condition(task, pointer, "while", step_body_scope(inner));
  if (const auto* list = required(task, pointer, "do")) {
    out.list = read_steps(*list, below(pointer, "do"), self, inner);
  }
  return out;
}

ForkStep Reader::fork(const Json& json, const std::string& pointer, StepIndex self,
                      const Scope& outer) {
  ForkStep out;
  if (!closed(json, pointer, {"branches", "compete"})) return out;
  out.compete = flag(json, pointer, "compete").value_or(false);
  if (const auto* branches = required(json, pointer, "branches")) {
    out.branches = read_steps(*branches, below(pointer, "branches"), self, outer, true);
  }
  return out;
}

}  // namespace kyhan::definition
