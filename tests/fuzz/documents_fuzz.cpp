// Any bytes as a definition's text: never a crash or a hang, and never a value beyond the limits.
// clang++ -fsanitize=fuzzer,address; the corpus also runs in tests/core/documents_corpus_test.cpp.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "workflow/core/definition.hpp"
#include "workflow/core/documents.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  kyhan::DocumentLimits limits;
  limits.nodes_max = 20'000;
  const auto parsed = kyhan::parse_document(text, limits);
  if (parsed) {
    if (kyhan::depth_of(parsed->value) > limits.depth_max) std::abort();
    if (!parsed->places.contains("")) std::abort();
    // What was read can be written and read again as the same value.
    const auto again = kyhan::parse_json(parsed->value.dump());
    if (!again || *again != parsed->value) std::abort();
    const auto definition = kyhan::parse_definition(parsed->value);
    if (!definition.definition && definition.faults.empty()) std::abort();
  }
  const auto json = kyhan::parse_json(text, limits);
  if (json && (!parsed || parsed->value != *json)) {
    // A scalar alone is JSON, but as a document it is read as YAML.
    if (json->is_structured()) std::abort();
  }
  (void)kyhan::fold_for_search(text);
  return 0;
}
