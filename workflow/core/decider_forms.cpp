// What people fill in: the texts of an answer, and forms that an expression gave.

#include "workflow/core/decider.hpp"
#include "workflow/core/forms.hpp"
#include "workflow/core/person_text.hpp"

namespace kyhan {

std::vector<FieldError> Decider::faults_in_answer(const CompleteTask& command) {
  std::vector<FieldError> faults = faults_in_texts(command.data, "/data");
  if (auto fault =
          fault_in_text(command.comment, Lines::many, comment_characters_max, "/comment")) {
    faults.push_back(std::move(*fault));
  }
  for (std::size_t i = 0; i < command.attachments.size(); ++i) {
    const std::string at = "/attachments/" + std::to_string(i) + "/name";
    if (auto fault =
            fault_in_text(command.attachments[i].name, Lines::one, file_name_bytes_max, at)) {
      faults.push_back(std::move(*fault));
    }
  }
  return faults;
}

Outcome<void> Decider::check_computed_form(NodeId id) const {
  const Node& node = state_.nodes.at(id);
  const auto* call = std::get_if<CallStep>(&step_of(node).body);
  if (call == nullptr || !call->computed_form) return {};
  const Json& form = member(node.spec, "form");
  const Json& schema = member(form, "schema");
  if (form.is_null() || (form.is_object() && schema.is_null())) return {};
  std::vector<FieldError> faults;
  if (form.is_object()) faults = check_schema(schema);
  if (form.is_object() && faults.empty()) return {};
  return standard_error(
      "validation", 400,
      faults.empty() ? "form must be an object"
                     : "form.schema" + faults.front().pointer + ": " + faults.front().message.en);
}

}  // namespace kyhan
