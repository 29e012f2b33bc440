// The `with` of fanOut.

#include "workflow/core/decide.hpp"
#include "workflow/core/definition_functions.hpp"

namespace kyhan::definition {
namespace {

void check_workflow(Reader& reader, const Json& value, const std::string& pointer) {
  if (is_expression(value)) return;
  if (!reader.closed(value, pointer, {"namespace", "name", "version"})) return;
  for (const std::string key : {"namespace", "name", "version"}) {
    if (const auto* part = reader.required(value, pointer, key)) {
      check_word(reader, *part, below(pointer, key));
    }
  }
  const auto version = literal_string(value, "version");
  if (version && *version != "latest" && !is_semantic_version(*version)) {
    reader.fault(below(pointer, "version"), "document-version",
                 {"Cần phiên bản đủ ba phần, ví dụ \"1.0.0\", hoặc \"latest\".",
                  "A full version is needed, such as \"1.0.0\", or \"latest\"."});
  }
}

void check_join(Reader& reader, const Json& join, const Json* items, const std::string& pointer) {
  if (is_expression(join)) return;
  if (!join.is_object()) {
    if (join == "all" || join == "any") return;
    reader.fault(pointer, "unknown-value",
                 {"Dùng all, any hoặc {atLeast: n}.", "Use all, any or {atLeast: n}."});
    return;
  }
  if (!reader.closed(join, pointer, {"atLeast"})) return;
  const auto* least = reader.required(join, pointer, "atLeast");
  check_integer(reader, join, pointer, "atLeast", 1);
  if (least == nullptr || !least->is_number_integer() || items == nullptr || !items->is_array()) {
    return;
  }
  if (*least > items->size()) {
    reader.fault(below(pointer, "atLeast"), "out-of-range",
                 {"Lớn hơn số phần tử của items.", "It is more than there are items."});
  }
}

}  // namespace

void check_fan_out(Reader& reader, const Json& with, const std::string& pointer) {
  if (!reader.closed(with, pointer,
                     {"workflow", "items", "input", "maxParallel", "join", "onFault", "perUnit"})) {
    return;
  }
  if (const auto* workflow = reader.required(with, pointer, "workflow")) {
    check_workflow(reader, *workflow, below(pointer, "workflow"));
  }
  const auto* items = reader.required(with, pointer, "items");
  if (items != nullptr && !is_expression(*items)) {
    const auto at = below(pointer, "items");
    if (!items->is_array()) {
      reader.wrong_type(at, "một danh sách", "a list");
    } else if (items->size() > fan_out_items_max) {
      const std::string bound = std::to_string(fan_out_items_max);
      reader.fault(at, "out-of-range", {"Tối đa " + bound + ".", "At most " + bound + "."});
    }
  }
  if (const auto* input = find(with, "input");
      input != nullptr && !is_expression(*input) && !input->is_object()) {
    reader.wrong_type(below(pointer, "input"), "một đối tượng", "an object");
  }
  check_integer(reader, with, pointer, "maxParallel", 1);
  if (const auto* join = find(with, "join")) {
    check_join(reader, *join, items, below(pointer, "join"));
  }
  reader.choice(with, pointer, "onFault", {"fail", "collect"}, {}, true);
  reader.flag(with, pointer, "perUnit");
}

}  // namespace kyhan::definition
