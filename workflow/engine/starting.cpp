#include "workflow/engine/starting.hpp"

#include <algorithm>
#include <spdlog/spdlog.h>

#include "workflow/core/form_references.hpp"
#include "workflow/core/forms.hpp"
#include "workflow/core/person_text.hpp"
#include "workflow/core/time_text.hpp"
#include "workflow/core/unit_calendar.hpp"

namespace kyhan {
namespace {

Error unknown_unit(const UnitId& unit) {
  return Error{ErrorCode::not_found,
               "unknown-unit",
               {"Không có đơn vị nào mang mã \"" + unit.text() + "\".",
                "There is no unit \"" + unit.text() + "\"."}};
}

Error unit_closed(const Directory& directory, const UnitId& id) {
  const UnitId& successor = directory.find_unit(id)->successor;
  Error error{ErrorCode::conflict,
              "unit-closed",
              {"Đơn vị " + id.text() + " không còn (hoặc chưa) hoạt động.",
               "The unit " + id.text() + " is closed, or not open yet."}};
  if (!successor.empty()) {
    error.detail.vi += " Hãy khởi tạo cho đơn vị kế thừa " + successor.text() + ".";
    error.detail.en += " Start it for its successor " + successor.text() + ".";
  }
  return error;
}

Error may_not_start(const Definition& definition, const UnitId& unit) {
  const std::string where_vi = unit.empty() ? "" : " cho đơn vị " + unit.text();
  const std::string where_en = unit.empty() ? "" : " for the unit " + unit.text();
  return Error{
      ErrorCode::forbidden,
      "may-not-start",
      {"Bạn không có quyền khởi tạo quy trình \"" + definition.ref.name + "\"" + where_vi + ".",
       "You may not start \"" + definition.ref.name + "\"" + where_en + "."}};
}

bool may_start(const Definition& definition, const Directory& directory,
               const StartRequest& request) {
  if (request.by_administrator) return true;
  if (request.by.empty() || !definition.start.by.is_array()) return false;
  const Result<std::vector<Candidate>> allowed =
      directory.resolve(definition.start.by, request.unit);
  return allowed && std::ranges::any_of(*allowed, [&](const Candidate& candidate) {
           return directory.matches(candidate, request.by);
         });
}

/// `given` is what was filled in, against the start form; `input` what the instance will get.
Result<void> check_input(const Definition& definition, const Directory& directory,
                         const Json& given, const Json& input) {
  std::vector<FieldError> faults = faults_in_texts(given, "/input");
  const auto check = [&](const Json& schema, const Json& value) {
    for (FieldError& fault : validate_against(schema, value)) {
      fault.pointer = "/input" + fault.pointer;
      faults.push_back(std::move(fault));
    }
  };
  if (definition.start.form.is_object() && definition.start.form.contains("schema")) {
    check(definition.start.form.at("schema"), given);
  }
  for (FieldError& fault : check_references(definition.start.form, given, directory)) {
    fault.pointer = "/input" + fault.pointer;
    faults.push_back(std::move(fault));
  }
  if (faults.empty() && definition.input_schema) check(definition.input_schema->document, input);
  if (faults.empty()) return {};
  Error error{ErrorCode::invalid,
              "invalid-input",
              {"Thông tin khởi tạo chưa đúng: " + faults.front().message.vi,
               "The input is not as the definition needs it: " + faults.front().message.en}};
  error.fields = std::move(faults);
  return error;
}

Json unit_json(const Unit& unit) {
  return {{"id", unit.id.text()}, {"name", {{"vi", unit.name.vi}, {"en", unit.name.en}}}};
}

/// What the instance gets: what was filled in, and the unit it is started for, which the caller
/// names beside the input.
Json input_of(const Directory& directory, const StartRequest& request) {
  Json input = request.input;
  const Unit* unit = directory.find_unit(request.unit);
  if (unit != nullptr && (input.is_object() || input.is_null())) input["unit"] = unit_json(*unit);
  return input;
}

Result<std::string> business_key(const Program& program, const StartRequest& request,
                                 const Json& input) {
  const ExpressionId expression = program.definition->start.business_key;
  if (!request.business_key.empty() && expression != ExpressionId::none &&
      !request.by_administrator) {
    // Nobody may take, or ask about, the key of a case that is not theirs.
    Error error{ErrorCode::invalid,
                "business-key-computed",
                {"Mã nghiệp vụ của quy trình này được tính từ nội dung hồ sơ, không tự đặt được.",
                 "The business key of this workflow is computed from the case; leave it out."}};
    error.fields.push_back(
        {"/businessKey", "computed", {"Bỏ trường này đi.", "Leave this field out."}});
    return error;
  }
  if (!request.business_key.empty() || expression == ExpressionId::none) {
    return request.business_key;
  }
  Result<Json> key = program.expressions->evaluate(expression, input, {});
  if (!key) return key.error();
  if (key->is_null()) return std::string{};
  return key->is_string() ? key->get<std::string>() : key->dump();
}

}  // namespace

InstanceId new_instance_id(Instant now, std::mt19937_64& chance) {
  constexpr std::string_view digits = "0123456789abcdefghjkmnpqrstvwxyz";
  constexpr std::size_t half = 10;
  std::string id(2 * half, '0');
  auto time = static_cast<std::uint64_t>(std::max<std::int64_t>(now.time_since_epoch().count(), 0));
  for (std::size_t i = half; i-- > 0; time /= digits.size()) id[i] = digits[time % digits.size()];
  for (std::size_t i = half; i < 2 * half; ++i) {
    id[i] = digits[std::uniform_int_distribution<std::size_t>{0, digits.size() - 1}(chance)];
  }
  return InstanceId{std::move(id)};
}

Result<Applied> start_by_request(Batch& batch, const StartRequest& request, InstanceId id) {
  const Directory& directory = *batch.snapshot().directory;
  Result<Program> program = batch.snapshot().catalog->load(request.definition, request.version);
  if (!program) return program.error();
  const Definition& definition = *program->definition;
  if (!request.unit.empty() && directory.find_unit(request.unit) == nullptr) {
    return unknown_unit(request.unit);
  }
  if (!unit_is_open(*batch.snapshot().calendars, directory, request.unit, batch.now())) {
    return unit_closed(directory, request.unit);
  }
  if (!may_start(definition, directory, request)) return may_not_start(definition, request.unit);
  Json input = input_of(directory, request);
  if (Result<void> checked = check_input(definition, directory, request.input, input); !checked) {
    return checked.error();
  }
  Result<std::string> key = business_key(*program, request, input);
  if (!key) return key.error();
  // What somebody made up binds nobody outside the unit.
  const KeyScope scope = request.business_key.empty() ? KeyScope::definition : KeyScope::unit;
  return batch.start(
      *program,
      StartInstance{std::move(id), request.unit, std::move(*key), std::move(input), request.by},
      scope);
}

}  // namespace kyhan
