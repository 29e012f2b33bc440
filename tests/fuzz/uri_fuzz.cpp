// The first line is a URI template, the rest a JSON document: refused, or what comes out holds no
// space or control character that was not in the template.
// ops/fuzz uri; the corpus also runs in tests/core/documents_corpus_test.cpp.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "workflow/core/documents.hpp"
#include "workflow/core/uri.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace kyhan;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto end = text.find('\n');
  const std::string_view pattern = text.substr(0, end);
  const auto input = parse_json(end == std::string_view::npos ? "{}" : text.substr(end + 1));
  (void)is_http_uri(pattern);
  (void)without_query(pattern);
  if (!input || !fault_of_uri_template(pattern).en.empty()) return 0;
  const auto expanded = expand_uri_template(pattern, *input);
  if (!expanded) return 0;
  const auto count = [](std::string_view in) {
    std::size_t bad = 0;
    for (const char c : in) bad += static_cast<unsigned char>(c) <= 0x20 ? 1 : 0;
    return bad;
  };
  if (count(*expanded) > count(pattern)) std::abort();
  // What was filled in cannot make another host of it.
  if (is_http_uri(pattern) && pattern.find('{') > pattern.find('/', 8) && !is_http_uri(*expanded)) {
    std::abort();
  }
  return 0;
}
