// Text in, program or faults out: places, order, and what the compiler of expressions says.

#include <catch2/catch.hpp>

#include "tests/core/definition_support.hpp"

using namespace kyhan;

namespace {

class NoExpressions : public Expressions {
 public:
  Result<Json> evaluate(ExpressionId, const Json&, const std::vector<Binding>&) const override {
    return Error{ErrorCode::invalid, "expression-failed", {"x", "x"}, {}};
  }
};

/// Refuses programs that contain "BAD" (syntax) or "nofunction" (a name nobody knows).
class FakeCompiler : public ExpressionCompiler {
 public:
  std::vector<ExpressionFault> check_syntax(
      const std::vector<ExpressionSource>& sources) const override {
    std::vector<ExpressionFault> faults;
    for (std::size_t i = 0; i < sources.size(); ++i) {
      add(faults, i, sources[i].pointer, sources[i].leaves.empty() ? sources[i].program : "");
      for (const auto& [pointer, text] : sources[i].leaves) add(faults, i, pointer, text);
    }
    return faults;
  }
  boost::system::result<std::shared_ptr<const Expressions>, std::vector<ExpressionFault>> compile(
      const std::vector<ExpressionSource>& sources) const override {
    auto faults = check_syntax(sources);
    for (std::size_t i = 0; i < sources.size(); ++i) {
      if (sources[i].program.find("nofunction") != std::string::npos) {
        faults.push_back(
            {static_cast<ExpressionId>(i), sources[i].pointer, "nofunction/0 is not defined"});
      }
    }
    if (!faults.empty()) return faults;
    return std::shared_ptr<const Expressions>(std::make_shared<NoExpressions>());
  }

 private:
  static void add(std::vector<ExpressionFault>& faults, std::size_t index,
                  const std::string& pointer, const std::string& text) {
    if (text.find("BAD") == std::string::npos) return;
    faults.push_back({static_cast<ExpressionId>(index), pointer, "syntax error, unexpected BAD"});
  }
};

struct Seen {
  std::string code, pointer;
  int line, column;
  friend bool operator==(const Seen&, const Seen&) = default;
};
std::ostream& operator<<(std::ostream& out, const Seen& seen) {
  return out << seen.code << " " << seen.pointer << " " << seen.line << ":" << seen.column;
}
std::vector<Seen> seen(const CompiledDefinition& compiled) {
  std::vector<Seen> out;
  for (const auto& fault : compiled.faults) {
    out.push_back({fault.code, fault.pointer, fault.line, fault.column});
  }
  return out;
}

const std::string head_yaml =
    "document: {dsl: 1.0.3, namespace: thu, name: x, version: 1.0.0}\ndo:\n";

}  // namespace

TEST_CASE("a sound text gives a program, warnings and all", "[definition]") {
  const auto compiled = compile_definition(
      head_yaml + "  - one:\n      set: {a: \"${ .b }\", c: .d}\n", FakeCompiler{});
  REQUIRE(compiled.program.has_value());
  CHECK(compiled.program->definition->expressions.size() == 1);
  CHECK(compiled.program->expressions != nullptr);
  CHECK(seen(compiled) == std::vector<Seen>{{"bare-path", "/do/0/one/set/c", 4, 27}});
}

TEST_CASE("faults of expressions name the leaf, with line and column", "[definition]") {
  const auto compiled =
      compile_definition(head_yaml +
                             "  - one:\n      set:\n        a: ${ .x }\n        b: ${ BAD }\n"
                             "  - two:\n      set: ${ nofunction }\n",
                         FakeCompiler{});
  CHECK_FALSE(compiled.program.has_value());
  CHECK(seen(compiled) == std::vector<Seen>{{"expression-syntax", "/do/0/one/set/b", 6, 9},
                                            {"expression-unknown-name", "/do/1/two/set", 8, 7}});
  CHECK(compiled.faults[1].message.en.find("nofunction/0") != std::string::npos);
  CHECK(compiled.faults[1].message.vi.find("nofunction/0") != std::string::npos);
  CHECK_FALSE(compiled.faults[1].hint.vi.empty());
}

TEST_CASE("faults of structure and of expressions come together, in the order of the text",
          "[definition]") {
  const auto compiled = compile_definition(head_yaml +
                                               "  - one: {set: \"${ BAD }\", then: nowhere}\n"
                                               "  - two: {wait: P5WD, extra: 1}\n",
                                           FakeCompiler{});
  CHECK_FALSE(compiled.program.has_value());
  CHECK(seen(compiled) == std::vector<Seen>{{"expression-syntax", "/do/0/one/set", 3, 11},
                                            {"unknown-step", "/do/0/one/then", 3, 28},
                                            {"duration", "/do/1/two/wait", 4, 11},
                                            {"unknown-field", "/do/1/two/extra", 4, 23}});
}

TEST_CASE("a fault of something missing stands at what lacks it", "[definition]") {
  const auto compiled =
      compile_definition(head_yaml + "  - one:\n      raise: {}\n", FakeCompiler{});
  CHECK(seen(compiled) == std::vector<Seen>{{"required", "/do/0/one/raise", 4, 7}});
}

TEST_CASE("text that cannot be read is one fault with its place", "[definition]") {
  CHECK(seen(compile_definition("{\n  \"a\": }", FakeCompiler{})) ==
        std::vector<Seen>{{"json-syntax", "", 2, 8}});
  CHECK(seen(compile_definition("a: 1\na: 2", FakeCompiler{})) ==
        std::vector<Seen>{{"json-duplicate-key", "", 2, 1}});
  CHECK(seen(compile_definition(std::string((1 << 20) + 1, ' '), FakeCompiler{}))[0].code ==
        "too-large");
  CHECK(seen(compile_definition(std::string(100'000, '['), FakeCompiler{}))[0].code ==
        "json-depth");
}

TEST_CASE("members of use that are reused without end stop at a limit", "[definition]") {
  Json document = test::with_steps(Json::array());
  document["use"]["errors"]["e"] = {
      {"type", "https://x/e"}, {"status", 500}, {"detail", std::string(400'000, 'x')}};
  for (int i = 0; i < 100; ++i) {
    document["do"].push_back({{"s" + std::to_string(i), {{"raise", {{"error", "e"}}}}}});
  }
  CHECK(test::has_fault(document, "too-large "));
}
