#include "workflow/core/definition.hpp"

#include <algorithm>

#include "workflow/core/definition_functions.hpp"
#include "workflow/core/documents.hpp"

namespace kyhan {
namespace {

constexpr std::size_t definition_bytes_max = 1 << 20;

/// Line and column of the value, or of the nearest one around it that has a place.
Place place_of(const std::map<std::string, Place>& places, std::string pointer) {
  for (;;) {
    if (const auto found = places.find(pointer); found != places.end()) return found->second;
    const auto slash = pointer.rfind('/');
    if (slash == std::string::npos) return {};
    pointer.resize(slash);
  }
}

/// jq tells a fault of syntax from a name it does not know by its words only.
bool is_unknown_name(const std::string& message) {
  return message.find("is not defined") != std::string::npos;
}

Fault fault_of(const ExpressionFault& found, const std::vector<ExpressionSource>& sources) {
  Fault fault;
  fault.pointer = found.pointer;
  const auto index = static_cast<std::size_t>(found.expression);
  if (fault.pointer.empty() && index < sources.size()) fault.pointer = sources[index].pointer;
  const bool name = is_unknown_name(found.message);
  fault.code = name ? "expression-unknown-name" : "expression-syntax";
  fault.message = {
      (name ? "Biểu thức dùng một tên không có: " : "Biểu thức sai cú pháp: ") + found.message,
      (name ? "The expression uses a name that does not exist: "
            : "The expression is not valid: ") +
          found.message};
  fault.hint = {"Biểu thức viết bằng jq 1.6, ví dụ ${ .ho_so.ten }.",
                "Expressions are jq 1.6, such as ${ .file.name }."};
  return fault;
}

void in_document_order(std::vector<Fault>& faults) {
  std::stable_sort(faults.begin(), faults.end(), [](const Fault& a, const Fault& b) {
    return std::pair(a.line, a.column) < std::pair(b.line, b.column);
  });
}

bool has_fault(const std::vector<Fault>& faults) {
  return std::any_of(faults.begin(), faults.end(), [](const Fault& f) { return !f.warning; });
}

/// What was read, faulty or not, and the faults.
struct Reading {
  std::shared_ptr<Definition> definition;
  std::vector<Fault> faults;
};

Reading read_definition(const Json& document, const Resources& resources) {
  Reading reading;
  reading.definition = std::make_shared<Definition>();
  if (depth_of(document) > definition::depth_max) {
    Fault fault;
    fault.code = "json-depth";
    const auto depth = std::to_string(definition::depth_max);
    fault.message = {"Định nghĩa lồng nhau quá sâu (tối đa " + depth + " cấp).",
                     "The definition is nested too deeply (at most " + depth + " levels)."};
    reading.faults.push_back(std::move(fault));
    return reading;
  }
  definition::Reader reader(document, *reading.definition, &resources);
  reader.read_document();
  definition::warn_of_fixed_spans(reader);
  reading.faults = reader.take_faults();
  return reading;
}

}  // namespace

ParsedDefinition parse_definition(const Json& document, const Resources& resources) {
  auto reading = read_definition(document, resources);
  ParsedDefinition parsed;
  if (!has_fault(reading.faults)) parsed.definition = std::move(reading.definition);
  parsed.faults = std::move(reading.faults);
  return parsed;
}

CompiledDefinition compile_definition(std::string_view document_text,
                                      const ExpressionCompiler& compiler,
                                      const Resources& resources) {
  CompiledDefinition compiled;
  DocumentLimits limits;
  limits.bytes_max = definition_bytes_max;
  limits.depth_max = definition::depth_max;
  Place failed_at;
  const auto document = parse_document(document_text, limits, &failed_at);
  if (!document) {
    Fault fault;
    fault.line = failed_at.line;
    fault.column = failed_at.column;
    fault.code = document.error().type;
    fault.message = document.error().detail;
    compiled.faults.push_back(std::move(fault));
    return compiled;
  }
  auto reading = read_definition(document->value, resources);
  compiled.faults = std::move(reading.faults);
  const auto& sources = reading.definition->expressions;
  std::shared_ptr<const Expressions> expressions;
  const auto keep = [&](const std::vector<ExpressionFault>& found) {
    for (const auto& fault : found) compiled.faults.push_back(fault_of(fault, sources));
  };
  if (has_fault(compiled.faults)) {
    // Nothing to run, but the author hears of every fault at once.
    keep(compiler.check_syntax(sources));
  } else {
    auto result = compiler.compile(sources);
    if (result) {
      expressions = *std::move(result);
    } else {
      keep(result.error());
    }
  }
  for (auto& fault : compiled.faults) {
    const auto place = place_of(document->places, fault.pointer);
    fault.line = place.line;
    fault.column = place.column;
  }
  in_document_order(compiled.faults);
  if (expressions) {
    compiled.program = Program{std::move(reading.definition), std::move(expressions)};
  }
  return compiled;
}

}  // namespace kyhan
