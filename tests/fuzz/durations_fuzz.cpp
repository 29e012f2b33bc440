// Any text as a duration, ISO 8601 or the language's object: refused, or what is written reads back
// the same, and adding it to a time stays within what can be written.
// ops/fuzz durations; the corpus also runs in tests/core/documents_corpus_test.cpp.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "workflow/core/documents.hpp"
#include "workflow/core/time_text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace kyhan;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Result<Duration> duration = parse_iso_duration(text);
  if (!duration) {
    const auto json = parse_json(text);
    if (!json) return 0;
    duration = parse_duration(*json);
    if (!duration) return 0;
  }
  const auto again = parse_iso_duration(to_iso_duration(*duration));
  if (!again || *again != *duration) std::abort();
  const Instant from{std::chrono::hours{24 * 365 * 56}};
  const Instant to = add_duration(from, *duration, "Asia/Ho_Chi_Minh");
  if (!parse_rfc3339(to_rfc3339(to))) std::abort();
  return 0;
}
