// Runs the fuzz entry over the kept corpus and over mutations of it with a fixed seed.

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

std::vector<std::string> corpus() {
  std::vector<std::string> texts;
  for (const auto& entry : std::filesystem::directory_iterator(
           std::filesystem::path(KYHAN_SOURCE_DIR) / "tests/fuzz/expressions")) {
    std::ifstream file(entry.path(), std::ios::binary);
    texts.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  std::ranges::sort(texts);
  return texts;
}

void run(const std::string& text) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
}

}  // namespace

TEST_CASE("The fuzz corpus of expressions runs clean", "[expressions][fuzz]") {
  const auto texts = corpus();
  REQUIRE(texts.size() >= 5);
  for (const auto& text : texts) run(text);
}

TEST_CASE("Mutations of the corpus run clean", "[expressions][fuzz]") {
  const auto texts = corpus();
  std::mt19937 random(20240907);
  const std::string letters = ".[]{}()|,:\"\\#$?/+-*<>=!&% abinotdr019\n";
  for (int round = 0; round < 300; ++round) {
    std::string text = texts[random() % texts.size()];
    for (int change = static_cast<int>(random() % 3); change >= 0 && !text.empty(); --change) {
      const auto at = random() % text.size();
      const char letter = letters[random() % letters.size()];
      switch (random() % 3) {
        case 0:
          text[at] = letter;
          break;
        case 1:
          text.insert(text.begin() + static_cast<std::ptrdiff_t>(at), letter);
          break;
        default:
          text.erase(at, 1);
      }
    }
    run(text);
  }
}
