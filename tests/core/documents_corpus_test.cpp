// The fuzz entry points over their small corpora, and over cut and changed copies of each file: a
// fault that a fuzzer once found stays found without a fuzzer.

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#define LLVMFuzzerTestOneInput fuzz_documents
#include "tests/fuzz/documents_fuzz.cpp"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_cron
#include "tests/fuzz/cron_fuzz.cpp"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_forms
#include "tests/fuzz/forms_fuzz.cpp"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_durations
#include "tests/fuzz/durations_fuzz.cpp"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_uri
#include "tests/fuzz/uri_fuzz.cpp"
#undef LLVMFuzzerTestOneInput

namespace {

using Entry = int (*)(const std::uint8_t*, std::size_t);

void run(Entry entry, const std::string& text) {
  entry(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
}

void run_corpus(Entry entry, const std::string& name) {
  const std::filesystem::path folder =
      std::filesystem::path(KYHAN_SOURCE_DIR) / "tests" / "fuzz" / "corpus" / name;
  int files = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    std::ifstream stream(file.path(), std::ios::binary);
    std::stringstream bytes;
    bytes << stream.rdbuf();
    const auto text = bytes.str();
    INFO(file.path());
    run(entry, text);
    // Cut short everywhere, and one byte changed everywhere, in steps that keep the test short.
    const auto step = std::max<std::size_t>(1, text.size() / 40);
    for (std::size_t i = 0; i < text.size(); i += step) {
      run(entry, text.substr(0, i));
      auto changed = text;
      changed[i] = static_cast<char>(changed[i] ^ 0x15);
      run(entry, changed);
      changed[i] = '\xFF';
      run(entry, changed);
    }
    ++files;
  }
  CHECK(files > 0);
}

}  // namespace

TEST_CASE("any bytes are read or refused as a document") {
  run_corpus(fuzz_documents, "documents");
}
TEST_CASE("any text is read or refused as cron") {
  run_corpus(fuzz_cron, "cron");
}
TEST_CASE("any schema is used or refused") {
  run_corpus(fuzz_forms, "forms");
}
TEST_CASE("any text is read or refused as a duration, and reads back the same") {
  run_corpus(fuzz_durations, "durations");
}
TEST_CASE("any text is filled in or refused as a URI template") {
  run_corpus(fuzz_uri, "uri");
}
