#include "workflow/core/forms_pattern.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <string>

using namespace kyhan;

namespace {
bool matches(std::string_view pattern, std::string_view text) {
  const auto compiled = Pattern::compile(pattern);
  INFO(pattern);
  if (!compiled) FAIL(compiled.error().detail.en);
  return compiled->matches(text);
}
}  // namespace

TEST_CASE("patterns match as JSON Schema says", "[forms]") {
  CHECK(matches("b", "abc"));
  CHECK_FALSE(matches("^b", "abc"));
  CHECK(matches("c$", "abc"));
  CHECK(matches("^$", ""));
  CHECK_FALSE(matches("^$", "a"));
  CHECK(matches("^(ab|cd)+$", "abcdab"));
  CHECK_FALSE(matches("^(?:ab|cd)+$", "abc"));
  CHECK(matches("^a{2,3}$", "aaa"));
  CHECK_FALSE(matches("^a{2,3}$", "aaaa"));
  CHECK(matches("^a{2,}$", "aaaaaa"));
  CHECK_FALSE(matches("^a{2}$", "a"));
  CHECK(matches("^[A-Z0-9_.-]+$", "SO-12.A_B"));
  CHECK(matches("^[^0-9]*$", "chữ"));
  CHECK_FALSE(matches("^[^0-9]*$", "chữ1"));
  CHECK(matches(R"(^\d{4}/QĐ-UBND$)", "1234/QĐ-UBND"));
  CHECK(matches(R"(^\p{Lu}\p{L}+( \p{Lu}\p{L}+)*$)", "Nguyễn Thị Ánh"));
  CHECK_FALSE(matches(R"(^\p{Lu}\p{L}+$)", "ánh"));
  CHECK(matches(R"(^\u0041\.\s\S$)", "A. x"));
  CHECK(matches("^.$", "ữ"));
  CHECK_FALSE(matches("^.$", "\n"));
  CHECK(matches("^(|a)$", ""));
  CHECK(matches("^(a*)*$", "aaa"));
  CHECK(matches("^a+?b$", "aab"));
  CHECK(matches(R"(^[\]\-a]+$)", "]-a"));
  CHECK(matches("^[a-]+$", "a-"));
}

TEST_CASE("what is not known is refused by name", "[forms]") {
  for (const auto* pattern :
       {R"((a)\1)",    "(?=a)", "(?!a)",   "(?<n>a)", "(?i)a",
        R"(\bword\b)", "(",     ")",       "a)",      "(a",
        "[a",          "[b-a]", "*",       "a**",     "a{2,1}",
        "a{",          "a{x}",  "a{5000}", "\\",      R"(\p{Han})",
        R"(\u12)",     "^*",    "a}",      "]",       "((a{100}){100}){100}"}) {
    INFO(pattern);
    CHECK(Pattern::check(pattern).has_value());
  }
  CHECK(Pattern::check(std::string(1'000, '(') + "a" + std::string(1'000, ')')).has_value());
  CHECK(Pattern::check(R"((a)\1)")->en.find("\\1") != std::string::npos);
}

TEST_CASE("no pattern is slow", "[forms]") {
  const auto before = std::chrono::steady_clock::now();
  const std::string text(20'000, 'a');
  CHECK_FALSE(matches("^(a+)+$", text + "b"));
  CHECK_FALSE(matches("^(a|aa)+$", text + "b"));
  CHECK_FALSE(matches("^(a*)*(a*)*(a*)*b$", text));
  CHECK_FALSE(matches("x", std::string(1'000'000, 'x')));  // beyond the limit: never
  CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds(10));
}
