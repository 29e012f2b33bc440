// try, catch, retry and the errors that raise names.

#include "workflow/core/definition_reader.hpp"

namespace kyhan::definition {

TryStep Reader::try_(const Json& task, const std::string& pointer, StepIndex self,
                     const Scope& outer, const std::map<std::string, StepIndex>& targets,
                     bool branches) {
  TryStep out;
  out.list = read_steps(task.at("try"), below(pointer, "try"), self, outer);
  const auto* caught = required(task, pointer, "catch");
  if (caught == nullptr) return out;
  const auto at = below(pointer, "catch");
  if (!closed(*caught, at, {"errors", "as", "when", "exceptWhen", "retry", "do", "then"})) {
    return out;
  }
  out.as = variable_name(*caught, at, "as", out.as);
  const auto inner = outer.with({out.as});
  const auto scope = step_body_scope(inner);
  if (const auto* errors = find(*caught, "errors")) {
    const auto errors_at = below(at, "errors");
    if (open(*errors, errors_at, {"with"})) {
      if (const auto* filter = find(*errors, "with")) {
        const auto filter_at = below(errors_at, "with");
        if (!filter->is_object() || filter->empty()) {
          wrong_type(filter_at, "đối tượng không trống", "an object that is not empty");
        } else {
          out.error_filter = Json::object();
          for (const auto& [key, value] : filter->items()) {
            const bool is_number = key == "status";
            const bool is_text = key == "type" || key == "instance" || key == "title" ||
                                 key == "detail" || key == "details";
            if ((is_number && !value.is_number_integer()) || (is_text && !value.is_string())) {
              wrong_type(below(filter_at, key), is_number ? "số nguyên" : "chuỗi",
                         is_number ? "an integer" : "a string");
            }
            if (is_expression(value)) {
              warn(below(filter_at, key), "expression-not-evaluated",
                   {"Bộ lọc lỗi so sánh nguyên văn, không tính biểu thức.",
                    "An error filter compares literally; expressions are not evaluated."},
                   {"Dùng catch.when.", "Use catch.when."});
            }
            out.error_filter[key == "details" ? "detail" : key] = value;
          }
        }
      }
    }
  }
  out.when = condition(*caught, at, "when", scope);
  out.except_when = condition(*caught, at, "exceptWhen", scope);
  if (const auto* json = find(*caught, "retry"))
    out.retry = retry(*json, below(at, "retry"), scope);
  if (const auto* list = find(*caught, "do")) {
    out.has_catch_list = true;
    out.catch_list = read_steps(*list, below(at, "do"), self, inner);
  }
  if (caught->contains("then")) out.catch_then = flow(*caught, at, targets, branches);
  return out;
}

RetryPolicy Reader::retry(const Json& json, const std::string& pointer, const Scope& scope) {
  RetryPolicy out;
  const Json* policy = &json;
  auto at = pointer;
  if (json.is_string()) {
    const auto name = json.get<std::string>();
    policy = used("retries", name);
    if (policy == nullptr) {
      fault(pointer, "unknown-reference",
            {"use.retries không có \"" + name + "\".", "use.retries has no \"" + name + "\"."});
      return out;
    }
    at = below("/use/retries", name);
  }
  if (!closed(*policy, at, {"when", "exceptWhen", "delay", "backoff", "limit", "jitter"}))
    return out;
  out.when = condition(*policy, at, "when", scope);
  out.except_when = condition(*policy, at, "exceptWhen", scope);
  if (const auto* delay = find(*policy, "delay")) {
    out.delay = duration(*delay, below(at, "delay"), scope);
  }
  if (const auto* backoff = find(*policy, "backoff")) {
    const auto backoff_at = below(at, "backoff");
    if (closed(*backoff, backoff_at, {"constant", "linear", "exponential"})) {
      if (backoff->size() != 1) {
        fault(backoff_at, "exactly-one",
              {"Cần đúng một trong constant, linear, exponential.",
               "Exactly one of constant, linear, exponential is needed."});
      }
      for (const auto& [key, value] : backoff->items()) { open(value, below(backoff_at, key), {}); }
      if (backoff->contains("linear")) out.backoff = RetryPolicy::Backoff::linear;
      if (backoff->contains("exponential")) out.backoff = RetryPolicy::Backoff::exponential;
    }
  }
  if (const auto* limit = find(*policy, "limit")) {
    const auto limit_at = below(at, "limit");
    if (closed(*limit, limit_at, {"attempt", "duration"})) {
      const auto attempt_at = below(limit_at, "attempt");
      if (const auto* attempt = find(*limit, "attempt");
          attempt != nullptr && closed(*attempt, attempt_at, {"count", "duration"})) {
        if (const auto* count = find(*attempt, "count")) {
          constexpr int count_max = 1'000'000;
          if (count->is_number_integer() && *count >= 0 && *count <= count_max) {
            out.attempt_count = count->get<int>();
          } else {
            wrong_type(below(attempt_at, "count"), "số nguyên không âm", "an integer not below 0");
          }
        }
        if (const auto* span = find(*attempt, "duration")) {
          out.attempt_duration = fixed_duration(*span, below(attempt_at, "duration"));
        }
      }
      if (const auto* span = find(*limit, "duration")) {
        out.duration = fixed_duration(*span, below(limit_at, "duration"));
      }
    }
  }
  if (const auto* jitter = find(*policy, "jitter")) {
    const auto jitter_at = below(at, "jitter");
    if (closed(*jitter, jitter_at, {"from", "to"})) {
      if (const auto* from = required(*jitter, jitter_at, "from")) {
        out.jitter_from = fixed_duration(*from, below(jitter_at, "from"));
      }
      if (const auto* to = required(*jitter, jitter_at, "to")) {
        out.jitter_to = fixed_duration(*to, below(jitter_at, "to"));
      }
    }
  }
  return out;
}

ErrorTemplate Reader::error(const Json& json, const std::string& pointer, const Scope& scope) {
  ErrorTemplate out;
  const Json* error = &json;
  auto at = pointer;
  if (json.is_string()) {
    const auto name = json.get<std::string>();
    error = used("errors", name);
    if (error == nullptr) {
      fault(pointer, "unknown-reference",
            {"use.errors không có \"" + name + "\".", "use.errors has no \"" + name + "\"."});
      return out;
    }
    at = below("/use/errors", name);
  }
  if (!closed(*error, at, {"type", "status", "title", "detail", "instance"})) return out;
  if (const auto* status = required(*error, at, "status")) {
    if (!status->is_number_integer()) {
      wrong_type(below(at, "status"), "số nguyên", "an integer");
    }
    out.status.literal = *status;
  }
  const auto read = [&](std::string_view key, Value& into) {
    const auto* member = find(*error, key);
    if (member == nullptr) return;
    if (!member->is_string()) {
      wrong_type(below(at, key), "chuỗi hoặc biểu thức", "a string or an expression");
      return;
    }
    into = value(*member, below(at, key), scope);
  };
  if (required(*error, at, "type") != nullptr) read("type", out.type);
  if (const auto type = literal_string(*error, "type"); type && type->empty()) {
    fault(below(at, "type"), "unknown-value",
          {"Loại lỗi không được trống.", "The error's type must not be empty."});
  }
  read("title", out.title);
  read("detail", out.detail);
  read("instance", out.instance);
  return out;
}

}  // namespace kyhan::definition
