// What a definition may say about deadlines beside the due forms themselves.

#include <algorithm>

#include "workflow/core/definition_functions.hpp"

namespace kyhan::definition {

void check_extension(Reader& reader, const Json& value, const std::string& pointer) {
  if (is_expression(value) || value == "none") return;
  if (!value.is_object()) {
    return reader.wrong_type(pointer, "\"none\" hoặc {by, max}", "\"none\" or {by, max}");
  }
  if (!reader.closed(value, pointer, {"by", "max"})) return;
  if (const Json* by = find(value, "by")) check_candidates(reader, *by, below(pointer, "by"));
  check_integer(reader, value, pointer, "max", 1);
}

void warn_of_fixed_spans(Reader& reader) {
  const std::vector<Step>& steps = reader.definition().steps;
  const bool counts = std::ranges::any_of(steps, [](const Step& step) {
    const auto* call = std::get_if<CallStep>(&step.body);
    return call != nullptr && call->function == Function::calendar;
  });
  if (!counts) return;
  const auto warn = [&](const std::string& pointer, const std::string& what) {
    reader.warn(
        pointer, "span-not-moved",
        {"Khoảng thời gian của " + what +
             " được giữ từ lúc bắt đầu; khi lịch làm việc thay đổi, nó không được tính lại.",
         "The span of this " + what +
             " is kept from its beginning; it is not computed again when the calendar "
             "changes."},
        {"Nếu đây là thời hạn của một người, dùng humanTask với \"expire\": hạn đó được tính "
         "lại khi lịch thay đổi.",
         "If it is a person's deadline, use a humanTask with \"expire\": that is computed "
         "again when the calendar changes."});
  };
  for (const Step& step : steps) {
    const auto* wait = std::get_if<WaitStep>(&step.body);
    if (wait != nullptr && wait->duration.expression != ExpressionId::none) {
      warn(below(step.pointer, "wait"), "wait");
    }
    if (step.timeout && step.timeout->expression != ExpressionId::none) {
      warn(below(below(step.pointer, "timeout"), "after"), "timeout");
    }
  }
}

}  // namespace kyhan::definition
