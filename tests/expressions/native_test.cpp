// The native evaluator must be indistinguishable from libjq. Programs and documents are drawn from
// a grammar with fixed seeds; each pair is evaluated by both.

#include "workflow/expressions/native.hpp"

#include <catch2/catch.hpp>
#include <random>

#include "tests/expressions/one_expression.hpp"

using namespace kyhan;

namespace {

class Draw {
 public:
  explicit Draw(unsigned seed) : random_(seed) {}

  int below(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }
  template <class T>
  T any(std::initializer_list<T> of) {
    return *(of.begin() + below(static_cast<int>(of.size())));
  }

  Json document(int depth) {
    switch (below(depth > 0 ? 10 : 7)) {
      case 0:
        return nullptr;
      case 1:
        return below(2) == 0;
      case 2:
        return below(7) - 3;
      case 3:
        return any<double>({0.5, -1.25, 1e16, 1e-7, 3.0, 123456789012.5});
      case 4:
        return any<const char*>({"", "a", "b", "ab", "Đề nghị", "z\n\"q\""});
      case 5:
        return any<std::int64_t>({9007199254740993, -1, 100000000000000000, 0});
      case 6:
        return "a";
      case 7: {
        Json array = Json::array();
        for (int n = below(4); n > 0; --n) array.push_back(document(depth - 1));
        return array;
      }
      default: {
        Json object = Json::object();
        for (int n = below(5); n > 0; --n) object[key()] = document(depth - 1);
        return object;
      }
    }
  }

  std::string program(int depth) {
    if (depth == 0) return leaf();
    const auto e = [&] { return program(depth - 1); };
    switch (below(22)) {
      case 0:
        return path(depth);
      case 1:
        return "(" + e() + ")";
      case 2:
        return e() + " " + any<const char*>({"==", "!=", "<", "<=", ">", ">="}) + " " + e();
      case 3:
        return e() + any<const char*>({" and ", " or "}) + e();
      case 4:
        return e() + " // " + e();
      case 5:
        return e() + any<const char*>({" + ", " - ", "+", " * "}) + e();
      case 6:
        return "[" + e() + "]";
      case 7:
        return "{" + key() + ": (" + e() + "), \"" + key() + "\": " + leaf() + "}";
      case 8:
        return "if " + e() + " then " + e() + " else " + e() + " end";
      case 9:
        return "if " + e() + " then " + e() + " elif " + e() + " then 1 else " + e() + " end";
      case 10:
        return e() + " | " + e();
      case 11:
        return "map(" + e() + ")";
      case 12:
        return "[.[] | select(" + e() + ")] | length";
      case 13:
        return "[" + e() + ", " + e() + "][0]";
      case 14:
        return "\"<\\(" + e() + ")>\"";
      case 15:
        return e() + " | " + call();
      case 16:
        return any<const char*>({"any(", "all("}) + e() + ")";
      case 17:
        return ". + {" + key() + ": (" + e() + ")}";
      case 18:
        return "-" + leaf();
      case 19:
        return "(" + e() + ") / " + any<const char*>({"2", ".a", "$v.b"});
      case 20:
        return "select(" + e() + ") | " + e();
      default:
        return "([" + e() + "\n][0])";
    }
  }

 private:
  std::string key() { return any<const char*>({"a", "b", "c", "d"}); }
  std::string leaf() {
    return any<const char*>({".",     ".a",     ".b.c", ".[0]",   ".[-1]",  "$v",     "$v.a",
                             "$w",    "null",   "true", "false",  "1",      "0.5",    "-2",
                             "\"a\"", "\"\"",   "[]",   "{}",     ".a?",    ".[]?",   ".[\"b\"]",
                             ".a[0]", "length", "not",  "[.[]?]", "{a: 1}", "{a, $v}"});
  }
  std::string path(int depth) {
    std::string text = any<const char*>({".", "$v", "$w", "(.a)"});
    if (text == ".") text = "." + key();
    for (int n = below(depth + 1); n > 0; --n) {
      text += any<const char*>({".a", ".b", "[0]", "[-1]", "[\"c\"]", ".a?", "[0]?", "[]", "[]?",
                                "[.a]", "[$w]", ".\"d\""});
    }
    return text;
  }
  std::string call() {
    return any<const char*>({"length", "not", "empty", "first", "last", "any", "all", "add", "keys",
                             "has(\"a\")", "type", "startswith(\"a\")", "endswith(\"b\")", "floor",
                             "tostring", "select(.a)", "map(.)", "map(not)"});
  }

  std::mt19937 random_;
};

std::string shown(const Result<Json>& result) {
  return result.has_value() ? result->dump() : "fault: " + result.error().detail.en;
}

}  // namespace

TEST_CASE("Native results equal libjq's on random programs and documents",
          "[expressions][native]") {
  JqLimits only_libjq;
  only_libjq.native = false;
  const auto oracle = make_jq_compiler(only_libjq);
  const std::vector<std::string> variables{"v", "w"};
  int native_count = 0;
  int decided = 0;
  for (unsigned seed = 1; seed <= 12; ++seed) {
    Draw draw(seed);
    std::vector<ExpressionSource> sources;
    while (sources.size() < 150) {
      ExpressionSource source{draw.program(1 + draw.below(4)), "", variables, {}, {}};
      // What the native parser takes must be valid jq: it is compiled by libjq below.
      if (parse_native(source.program, variables) != nullptr) {
        ++native_count;
        sources.push_back(std::move(source));
      }
    }
    const auto ours = test::compiler().compile(sources);
    const auto theirs = oracle->compile(sources);
    if (!theirs) {
      for (const auto& fault : theirs.error()) {
        UNSCOPED_INFO(sources[static_cast<std::size_t>(fault.expression)].program << ": "
                                                                                  << fault.message);
      }
    }
    REQUIRE(ours.has_value());
    REQUIRE(theirs.has_value());
    for (int i = 0; i < 150; ++i) {
      const auto& program = sources[static_cast<std::size_t>(i)].program;
      const auto native = parse_native(program, variables);
      for (int d = 0; d < 12; ++d) {
        const Json input = draw.document(3);
        const Json v = draw.document(2);
        const Json w = draw.below(3);
        const std::vector<Binding> bindings{{"v", &v}, {"w", &w}};
        const auto expected = (*theirs)->evaluate(ExpressionId{i}, input, bindings);
        const auto outcome = native->evaluate(input, {&v, &w});
        if (outcome.status == NativeStatus::outside) continue;
        ++decided;
        const auto actual = (*ours)->evaluate(ExpressionId{i}, input, bindings);
        if (expected.has_value() == actual.has_value() &&
            (!expected.has_value() || expected->dump() == actual->dump())) {
          continue;
        }
        INFO("seed " << seed << "\nprogram " << program << "\ninput " << input << "\n$v " << v
                     << "\n$w " << w << "\nlibjq  " << shown(expected) << "\nnative "
                     << shown(actual));
        FAIL_CHECK();
      }
    }
  }
  // The comparison is worth something only while the native part decides most of them.
  CHECK(decided > native_count * 12 / 2);
}

TEST_CASE("The expressions of everyday definitions are native", "[expressions][native]") {
  const std::vector<std::string> variables{"input", "context", "output"};
  for (const std::string program :
       {".",
        ".status",
        ".candidate.unit.code",
        "$input.author.user",
        ".check.outcome == \"accept\"",
        ".votes.for / 3 >= 2 and .status == \"in-review\"",
        ". + {status: \"granted\"}",
        "$input + {check: .}",
        "{id: .id, round: (.round + 1)}",
        "{id, \"x\": .y}",
        "[.reviews[] | select(.outcome == \"approve\")] | length",
        "\"Support the reward for \\(.candidate.name)?\"",
        ".a? // \"none\"",
        ".reviews | map(.by)",
        "if .leader then \"rejected\" elif .vote then \"x\" else (.s.outcome // \"closed\") end",
        "{\"a\":([.x\n][0]),\"b\":[\"k\",([$input.y # why\n][0])],\"n\":-1}",
        "(.items | length) > 0",
        "[.departments[] | .id]",
        ".a[0].b",
        "$context | not"}) {
    INFO(program);
    CHECK(parse_native(program, variables) != nullptr);
  }
}

TEST_CASE("The native parser declines what it does not know", "[expressions][native]") {
  for (const std::string program : {"1 < 2 < 3",
                                    "1 == 1 == 1",
                                    ".a = 1",
                                    ".a |= 1",
                                    ".a += 1",
                                    ".a //= 1",
                                    ". as $x | $x",
                                    "..",
                                    "reduce .[] as $x (0; . + $x)",
                                    "$unknown",
                                    "$ENV",
                                    "$__loc__",
                                    "now",
                                    "env",
                                    ".a.[0]",
                                    "{a: 1 + 1}",
                                    "{and: 1}",
                                    ".[1:2]",
                                    "\"\\(1, 2)\"",
                                    "(1, 2) + 1",
                                    "1 / 0",
                                    "1 / (1 - 1)",
                                    "1 ?// 2",
                                    "f::g",
                                    "@json",
                                    ". a",
                                    ".a b",
                                    "not true",
                                    "1.2.3",
                                    "5a",
                                    "\"a\" \"b\"",
                                    "+1",
                                    "{a: if . then 1 else 2 end}",
                                    "try 1",
                                    "def f: 1; f",
                                    "{(.a): 1}",
                                    "{a b}",
                                    "[1",
                                    "",
                                    "()"}) {
    INFO(program);
    CHECK(parse_native(program, std::vector<std::string>{}) == nullptr);
  }
}
