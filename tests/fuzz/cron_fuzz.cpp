// Any text as a cron expression: refused, or its next times go forward.
// clang++ -fsanitize=fuzzer,address; the corpus also runs in tests/core/documents_corpus_test.cpp.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "workflow/core/cron.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto cron = kyhan::Cron::parse({reinterpret_cast<const char*>(data), size});
  if (!cron) return 0;
  kyhan::Instant at{std::chrono::hours(24 * 365 * 56)};
  for (int i = 0; i < 3; ++i) {
    const auto next = cron->next_after(at, i == 1 ? "Europe/Berlin" : "Asia/Ho_Chi_Minh");
    if (!next) break;
    if (*next <= at) std::abort();
    at = *next;
  }
  return 0;
}
