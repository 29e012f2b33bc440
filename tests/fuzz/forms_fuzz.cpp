// A JSON text {"schema": ..., "value": ...}: the schema is refused or the value is checked, in
// bounded time; the schema's patterns too.
// clang++ -fsanitize=fuzzer,address; the corpus also runs in tests/core/documents_corpus_test.cpp.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "workflow/core/documents.hpp"
#include "workflow/core/forms.hpp"
#include "workflow/core/forms_pattern.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto pattern = kyhan::Pattern::compile(text)) (void)pattern->matches(text);
  const auto parsed = kyhan::parse_json(text);
  if (!parsed || !parsed->is_object() || !parsed->contains("schema")) return 0;
  const auto& schema = (*parsed)["schema"];
  if (!kyhan::check_schema(schema).empty()) return 0;
  const kyhan::Json none;
  const auto faults =
      kyhan::validate_against(schema, parsed->contains("value") ? (*parsed)["value"] : none);
  if (faults.size() > 100) std::abort();
  return 0;
}
