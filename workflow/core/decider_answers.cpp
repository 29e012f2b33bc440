// What an answer must bring before it is taken: outcome, comment, form, evidence.

#include <algorithm>

#include "workflow/core/decider.hpp"
#include "workflow/core/form_references.hpp"
#include "workflow/core/forms.hpp"
#include "workflow/core/vote_count.hpp"

namespace kyhan {
namespace {

Json outcomes_of(const Json& spec) {
  const Json& outcomes = member(spec, "outcomes");
  if (outcomes.is_array() && !outcomes.empty()) return outcomes;
  return Json::array({{{"id", "done"}, {"label", {{"vi", "Hoàn thành"}, {"en", "Done"}}}}});
}

}  // namespace

Result<void> Decider::check_answer(const Task& task, const CompleteTask& command) const {
  const Json spec = spec_of(task);
  const Json outcomes = outcomes_of(spec);
  const std::string wanted = command.outcome.empty() && outcomes.size() == 1
                                 ? text_member(outcomes[0], "id")
                                 : command.outcome;
  const auto outcome = std::ranges::find_if(
      outcomes, [&](const Json& one) { return text_member(one, "id") == wanted; });
  if (outcome == outcomes.end()) {
    std::vector<std::string> ids;
    for (const Json& one : outcomes) ids.push_back(text_member(one, "id"));
    return Error{
        ErrorCode::invalid,
        "unknown-outcome",
        {"Kết quả \"" + command.outcome + "\" không có; chọn một trong: " + joined(ids) + ".",
         "There is no outcome \"" + command.outcome + "\"; choose one of: " + joined(ids) + "."},
        {{"/outcome",
          "enum",
          {"chọn một trong: " + joined(ids), "choose one of: " + joined(ids)}}}};
  }

  std::vector<FieldError> faults = faults_in_answer(command);
  const Json& required = member(*outcome, "requires");
  const bool blank = command.comment.find_first_not_of(" \t\r\n") == std::string::npos;
  if (lists(required, "comment") && blank) {
    faults.push_back({"/comment",
                      "required",
                      {"Phải ghi lý do hoặc ý kiến.", "A comment with the reason is required."}});
  }

  const bool own_form = member(*outcome, "form").is_object();
  const Json& form = member(own_form ? *outcome : spec, "form");
  const Json& schema = member(form, "schema");
  if (schema.is_object()) {
    const bool said = std::ranges::any_of(
        outcomes, [](const Json& one) { return lists(member(one, "requires"), "form"); });
    const bool needed =
        own_form || lists(required, "form") ||
        (!said && text_member(*outcome, "style") != "negative" && !lists(required, "comment"));
    if (needed || !command.data.is_null()) {
      const Json data = command.data.is_null() ? Json::object() : command.data;
      for (FieldError& fault : validate_against(schema, data)) {
        fault.pointer = "/data" + fault.pointer;
        faults.push_back(std::move(fault));
      }
      for (FieldError& fault : check_references(form, data, world_.directory)) {
        fault.pointer = "/data" + fault.pointer;
        faults.push_back(std::move(fault));
      }
    }
  }

  if (task.kind == "tally" && faults.empty()) {
    const Node& node = state_.nodes.at(task.node);
    const auto electorate = static_cast<std::int64_t>(node.results.at("eligible").size());
    for (FieldError& fault :
         check_tally(node.spec, command.data,
                     electorate > 0 ? std::optional<std::int64_t>(electorate) : std::nullopt)) {
      faults.push_back(std::move(fault));
    }
  }

  // Where the step asks for a signature and no outcome says which, every outcome is signed.
  const bool signs =
      lists(required, "signature") ||
      (member(spec, "signature").is_string() && std::ranges::none_of(outcomes, [](const Json& one) {
         return lists(member(one, "requires"), "signature");
       }));
  if (signs && command.signature.empty()) {
    faults.push_back({"/signature",
                      "required",
                      {"Kết quả này phải ký: hãy nhập lại mật khẩu.",
                       "This outcome is signed: give your password again."}});
  }

  if (lists(required, "attachment") && command.attachments.empty()) {
    faults.push_back(
        {"/attachments", "required", {"Phải đính kèm tài liệu.", "An attachment is required."}});
  }
  std::set<std::string> known;
  for (const Json& rule : member(spec, "attachments")) {
    const std::string type = text_member(rule, "type");
    known.insert(type);
    const Text label = rule.contains("label") ? text_of(rule.at("label")) : Text{type, type};
    std::int64_t count = 0;
    for (const Attachment& file : command.attachments) {
      if (file.type != type) continue;
      ++count;
      const Json& media = member(rule, "mediaTypes");
      if (media.is_array() && !lists(media, file.media_type)) {
        faults.push_back({"/attachments",
                          "mediaType",
                          {label.vi + ": tệp " + file.name + " có định dạng không được nhận (" +
                               file.media_type + ").",
                           label.en + ": file " + file.name + " has a type that is not accepted (" +
                               file.media_type + ")."}});
      }
      const Json& bytes = member(rule, "maxBytes");
      if (bytes.is_number() && file.size > bytes.get<std::int64_t>()) {
        faults.push_back({"/attachments",
                          "maxBytes",
                          {label.vi + ": tệp " + file.name + " quá lớn.",
                           label.en + ": file " + file.name + " is too large."}});
      }
    }
    const Json& for_outcomes = member(rule, "forOutcomes");
    const bool applies = !for_outcomes.is_array() || lists(for_outcomes, wanted);
    const std::int64_t least =
        member(rule, "min").is_number() ? rule.at("min").get<std::int64_t>() : 0;
    if (applies && count < least) {
      faults.push_back(
          {"/attachments",
           "min",
           {"Thiếu tài liệu: " + label.vi + " (cần ít nhất " + std::to_string(least) + ").",
            "Evidence is missing: " + label.en + " (at least " + std::to_string(least) + ")."}});
    }
    if (member(rule, "max").is_number() && count > rule.at("max").get<std::int64_t>()) {
      faults.push_back(
          {"/attachments",
           "max",
           {"Quá nhiều tài liệu: " + label.vi + ".", "Too many files: " + label.en + "."}});
    }
  }
  if (!known.empty()) {
    for (const Attachment& file : command.attachments) {
      if (known.contains(file.type)) continue;
      faults.push_back({"/attachments",
                        "type",
                        {"Loại tài liệu \"" + file.type + "\" không thuộc công việc này.",
                         "Evidence of type \"" + file.type + "\" does not belong to this task."}});
    }
  }
  if (faults.empty()) return {};
  return Error{ErrorCode::invalid,
               "answer-invalid",
               {"Kết quả xử lý chưa hợp lệ: " + faults.front().message.vi,
                "The answer is not valid: " + faults.front().message.en},
               std::move(faults)};
}

Json Decider::spec_of(const Task& task) const {
  const Json& spec = state_.nodes.at(task.node).spec;
  if (task.kind == "task") return spec;
  return vote_task_spec(spec, task.kind, member(state_.nodes.at(task.node).results, "tied"));
}

Json Decider::with_forms(Json spec) const {
  const Json& known = member(definition().metadata, "forms");
  const auto place = [&](Json& owner) {
    if (!owner.is_object() || !owner.contains("form")) return;
    Json& form = owner["form"];
    const std::string name = text_member(form, "ref");
    if (name.empty()) return;
    Json whole = member(known, name.c_str());
    if (!whole.is_object()) return;
    form.erase("ref");
    whole.update(form);  // What stands at the step goes before what the form itself says.
    form = std::move(whole);
  };
  place(spec);
  if (spec.is_object() && spec.contains("outcomes") && spec["outcomes"].is_array()) {
    for (Json& outcome : spec["outcomes"]) place(outcome);
  }
  return spec;
}

Response Decider::response_of(const Task& task, const CompleteTask& command,
                              const Capacity& capacity) const {
  Response response;
  response.task = task.id;
  response.by = command.by;
  response.on_behalf_of = capacity.on_behalf_of;
  response.unit = task.unit;
  response.role = task.role;
  response.outcome = command.outcome;
  if (response.outcome.empty()) {
    response.outcome = text_member(outcomes_of(spec_of(task))[0], "id");
  }
  response.comment = command.comment;
  response.data = command.data;
  response.attachments = command.attachments;
  response.at = now_.at;
  response.signature = command.signature;
  response.via = command.via;
  response.group = task.group;
  response.added = !task.added_by.empty();
  // A deputy speaks in the role and for the unit of the absent one.
  const PersonId& named = capacity.on_behalf_of.empty() ? command.by : capacity.on_behalf_of;
  if (const Candidate* through = candidate_for(named, task.candidates, world_.directory)) {
    if (!through->role.empty()) response.role = through->role;
    const UnitId unit = world_.directory.unit_through(*through, named);
    if (!unit.empty()) response.unit = unit;
  }
  return response;
}

}  // namespace kyhan
