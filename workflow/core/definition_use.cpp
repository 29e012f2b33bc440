// use.functions and use.extensions: steps that stand outside the list they run in.

#include <algorithm>
#include <array>

#include "workflow/core/definition_reader.hpp"

namespace kyhan::definition {
namespace {

bool extends(const StepExtension& extension, const Step& step) {
  if (extension.extend == "all") return true;
  if (extension.extend == "composite") return step.kind == "do" || step.kind == "fork";
  return extension.extend == step.kind;
}

}  // namespace

void Reader::read_functions(const Json& functions) {
  const std::string at = "/use/functions";
  if (!functions.is_object()) return wrong_type(at, "một đối tượng", "an object");
  // All names first: a function may call another one.
  for (const auto& [name, task] : functions.items()) {
    if (definition_.steps.size() >= steps_max) return too_many_steps();
    Step step;
    step.index = static_cast<StepIndex>(definition_.steps.size());
    step.name = name;
    step.pointer = below(at, name);
    step_names_.emplace(name, step.pointer);
    functions_.emplace(name, step.index);
    definition_.steps.push_back(std::move(step));
  }
  for (const auto& [name, task] : functions.items()) {
    const auto index = static_cast<std::size_t>(functions_.at(name));
    Step step = definition_.steps[index];
    const std::string pointer = step.pointer;
    reading_function_ = name;
    // It sees what it is given, not the variables of who calls it.
    read_body(step, task, pointer, Scope{}, {}, false);
    definition_.steps[index] = std::move(step);
  }
  reading_function_.clear();
  refuse_recursion();
}

/// A function that calls itself, by whatever way, would never end.
void Reader::refuse_recursion() {
  for (const auto& [name, index] : functions_) {
    std::set<std::string> reached;
    std::vector<std::string> open{name};
    while (!open.empty()) {
      const std::string caller = open.back();
      open.pop_back();
      const auto [begin, end] = function_calls_.equal_range(caller);
      for (auto call = begin; call != end; ++call) {
        if (reached.insert(call->second).second) open.push_back(call->second);
      }
    }
    if (!reached.contains(name)) continue;
    fault(below("/use/functions", name), "recursive-function",
          {"Hàm \"" + name + "\" gọi lại chính nó, trực tiếp hoặc qua hàm khác.",
           "The function \"" + name + "\" calls itself, directly or through another one."},
          {"Lặp bằng for hoặc bằng then trỏ về bước trước.",
           "Repeat with for, or with a then that leads back."});
  }
}

/// The step that `name` of use.functions is; nothing: there is no such function.
std::optional<StepIndex> Reader::own_function(const std::string& name) {
  const auto found = functions_.find(name);
  if (found == functions_.end()) return std::nullopt;
  if (!reading_function_.empty()) function_calls_.emplace(reading_function_, name);
  return found->second;
}

void Reader::read_extensions(const Json& extensions) {
  const std::string at = "/use/extensions";
  if (!extensions.is_array()) {
    return wrong_type(at, "một danh sách phần mở rộng", "a list of extensions");
  }
  const std::size_t extended_end = definition_.steps.size();
  std::set<std::string> names;
  for (std::size_t i = 0; i < extensions.size(); ++i) {
    const Json& item = extensions[i];
    const std::string item_at = below(at, i);
    if (!item.is_object() || item.size() != 1) {
      fault(item_at, "one-name",
            {"Mỗi phần mở rộng phải là một đối tượng có đúng một khóa là tên của nó.",
             "Each extension must be an object with exactly one key, its name."});
      continue;
    }
    const std::string& name = item.begin().key();
    const Json& body = item.begin().value();
    const std::string here = below(item_at, name);
    if (!names.insert(name).second) {
      fault(here, "duplicate-name",
            {"Tên \"" + name + "\" đã có trong danh sách này.",
             "The name \"" + name + "\" is taken in this list already."});
    }
    if (!closed(body, here, {"extend", "when", "before", "after"})) continue;
    StepExtension extension;
    extension.name = name;
    required(body, here, "extend");
    choice(body, here, "extend",
           {"call", "composite", "emit", "for", "listen", "raise", "run", "set", "switch", "try",
            "wait", "all"});
    extension.extend = literal_string(body, "extend").value_or("");
    extension.when = condition(body, here, "when", step_input_scope({}));
    if (const Json* list = find(body, "before")) {
      extension.before = read_steps(*list, below(here, "before"), no_step, {});
    }
    if (const Json* list = find(body, "after")) {
      extension.after = read_steps(*list, below(here, "after"), no_step, {});
    }
    definition_.extensions.push_back(std::move(extension));
  }
  // Steps inside extensions are not extended themselves.
  for (std::size_t i = 0; i < extended_end; ++i) {
    Step& step = definition_.steps[i];
    for (std::size_t k = 0; k < definition_.extensions.size(); ++k) {
      if (extends(definition_.extensions[k], step)) step.extensions.push_back(static_cast<int>(k));
    }
  }
}

RunStep Reader::run(const Json& task, const std::string& pointer, const Scope& scope) {
  RunStep out;
  const std::string at = below(pointer, "run");
  const Json& json = task.at("run");
  if (!closed(json, at, {"workflow", "await", "return"}, {"container", "script", "shell"})) {
    return out;
  }
  out.await = flag(json, at, "await").value_or(true);
  choice(json, at, "return", {"stdout", "stderr", "code", "all", "none"});
  if (json.contains("return")) {
    warn(below(at, "return"), "no-effect",
         {"return không có tác dụng với workflow: kết quả là dữ liệu ra của quy trình con.",
          "return has no effect on a workflow: what comes back is the output of the sub-workflow."});
  }
  if (json.contains("container") || json.contains("script") || json.contains("shell")) return out;
  const Json* workflow = required(json, at, "workflow");
  if (workflow == nullptr) return out;
  const std::string here = below(at, "workflow");
  if (!closed(*workflow, here, {"namespace", "name", "version", "input"})) return out;
  const auto word = [&](std::string_view key) {
    required(*workflow, here, key);
    const auto text = this->text(*workflow, here, key);
    if (text && is_expression((*workflow)[std::string(key)])) {
      wrong_type(below(here, key), "một chuỗi cố định", "a fixed string");
    }
    return text.value_or("");
  };
  out.namespace_ = word("namespace");
  out.name = word("name");
  out.version = word("version");
  if (!out.version.empty() && out.version != "latest" && !is_semantic_version(out.version)) {
    fault(below(here, "version"), "document-version",
          {"Cần phiên bản đủ ba phần, ví dụ \"1.0.0\", hoặc \"latest\".",
           "A full version is needed, such as \"1.0.0\", or \"latest\"."});
  }
  out.input.literal = Json::object();
  if (const Json* input = find(*workflow, "input")) {
    out.input = value(*input, below(here, "input"), scope);
  }
  return out;
}

}  // namespace kyhan::definition
