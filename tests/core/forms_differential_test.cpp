// Many made-up schemas and values, judged by us and by another implementation
// (python3-jsonschema of ops/packages.test): the two must agree on every one.

#include <catch2/catch.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>
#include <unistd.h>

#include "workflow/core/documents.hpp"
#include "workflow/core/forms.hpp"

using namespace kyhan;

namespace {

/// Makes schemas and values that meet often: few names, few numbers, short texts.
class Maker {
 public:
  explicit Maker(unsigned seed) : chance_(seed) {}

  Json schema(int depth) {
    if (depth > 0 && pick(12) == 0) return pick(2) == 0;
    Json out = Json::object();
    const int keywords = 1 + pick(3);
    for (int i = 0; i < keywords; ++i) add_keyword(out, depth);
    return out;
  }

  Json value(int depth) {
    switch (pick(depth > 2 ? 5 : 8)) {
      case 0:
        return nullptr;
      case 1:
        return pick(2) == 0;
      case 2:
        return number();
      case 3:
      case 4:
        return text();
      case 5: {
        Json list = Json::array();
        const int items = pick(4);
        for (int i = 0; i < items; ++i) list.push_back(value(depth + 1));
        return list;
      }
      default: {
        Json object = Json::object();
        const int members = pick(4);
        for (int i = 0; i < members; ++i) object[name()] = value(depth + 1);
        return object;
      }
    }
  }

 private:
  int pick(int below) { return static_cast<int>(chance_() % static_cast<unsigned>(below)); }
  std::string name() { return std::string(1, static_cast<char>('a' + pick(4))); }
  std::string text() {
    static const char* texts[] = {"",    "a",  "ab",   "ệ",          "ệệ",         "đỏ",
                                  "123", "a1", "a b",  "2026-02-28", "2026-02-29", "2024-02-29",
                                  "1",   "x",  "1234", "2026-13-01", "0000-01-01", "👍🏽"};
    return texts[pick(18)];
  }
  Json number() {
    static const char* numbers[] = {"0",
                                    "1",
                                    "-1",
                                    "2",
                                    "3",
                                    "0.1",
                                    "0.3",
                                    "0.35",
                                    "1.0",
                                    "1e2",
                                    "100",
                                    "-0.0",
                                    "1.5",
                                    "2.5",
                                    "1e-7",
                                    "1e20",
                                    "-3.3",
                                    "4.50",
                                    "0.0001",
                                    "1e300",
                                    "12345678901234567",
                                    "9007199254740993",
                                    "9007199254740992",
                                    "18446744073709551615",
                                    "-9223372036854775808",
                                    "0.30000000000000004"};
    return Json::parse(numbers[pick(26)]);
  }
  Json positive() {
    static const char* numbers[] = {"1", "2", "0.1", "0.01", "0.5", "3", "1e-7", "10", "1.5"};
    return Json::parse(numbers[pick(9)]);
  }
  Json list_of(int depth) {
    Json list = Json::array();
    const int items = 1 + pick(3);
    for (int i = 0; i < items; ++i) list.push_back(schema(depth + 1));
    return list;
  }
  Json names() {
    Json list = Json::array();
    if (pick(3) > 0) list.push_back(name());
    if (pick(3) == 0 && (list.empty() || list[0] != "d")) list.push_back("d");
    return list;
  }

  void add_keyword(Json& out, int depth) {
    static const char* types[] = {"null",   "boolean", "object", "array",
                                  "number", "integer", "string"};
    static const char* patterns[] = {"^a",  "b$", "^[0-9]{3}$", "[a-c]+", "^(ab|1)*$",
                                     "^.$", "x?", "\\d",        "^$",     "^[^a]*$"};
    const int kind = pick(depth > 3 ? 16 : 27);
    switch (kind) {
      case 0:
        out["type"] = types[pick(7)];
        break;
      case 1:
        out["type"] = {types[pick(3)], types[3 + pick(4)]};
        break;
      case 2:
        out["enum"] = {value(2), value(2), value(2)};
        break;
      case 3:
        out["const"] = value(2);
        break;
      case 4:
        out["required"] = names();
        break;
      case 5:
        out["minItems"] = pick(3);
        break;
      case 6:
        out["maxItems"] = pick(3);
        break;
      case 7:
        out["uniqueItems"] = pick(3) > 0;
        break;
      case 8:
        out["minLength"] = pick(4);
        break;
      case 9:
        out["maxLength"] = pick(4);
        break;
      case 10:
        out["minimum"] = number();
        break;
      case 11:
        out["maximum"] = number();
        break;
      case 12:
        out[pick(2) == 0 ? "exclusiveMinimum" : "exclusiveMaximum"] = number();
        break;
      case 13:
        out["multipleOf"] = positive();
        break;
      case 14:
        out["pattern"] = patterns[pick(10)];
        break;
      case 15:
        out["format"] = "date";
        break;
      case 16:
      case 17:
        out["properties"][name()] = schema(depth + 1);
        break;
      case 18:
        out["additionalProperties"] = schema(depth + 1);
        break;
      case 19:
        out["items"] = schema(depth + 1);
        break;
      case 20:
        out["allOf"] = list_of(depth);
        break;
      case 21:
        out["anyOf"] = list_of(depth);
        break;
      case 22:
        out["oneOf"] = list_of(depth);
        break;
      case 23:
        out["not"] = schema(depth + 1);
        break;
      case 24:
        out["if"] = schema(depth + 1);
        out["then"] = schema(depth + 1);
        out["else"] = schema(depth + 1);
        break;
      case 25:
        out["dependentRequired"][name()] = names();
        break;
      default:
        // A definition of the root, filled in below.
        out["$ref"] = pick(2) == 0 ? "#/$defs/one" : "#/$defs/two%20words";
        break;
    }
  }

  std::mt19937 chance_;
};

}  // namespace

TEST_CASE("another implementation of JSON Schema judges the same", "[forms][differential]") {
  constexpr int cases = 6'000;
  const auto file = std::filesystem::temp_directory_path() /
                    ("kyhan-forms-" + std::to_string(::getpid()) + ".jsonl");
  int judged = 0;
  int valid = 0;
  {
    std::ofstream out(file);
    Maker make(20261124);
    while (judged < cases) {
      Json schema = make.schema(0);
      if (!schema.is_object()) continue;
      schema["$defs"] = {{"one", make.schema(4)}, {"two words", make.schema(4)}};
      if (!check_schema(schema).empty()) continue;
      for (int i = 0; i < 4; ++i) {
        const Json value = make.value(0);
        const bool accepted = validate_against(schema, value).empty();
        out << Json{{"schema", schema}, {"value", value}, {"valid", accepted}}.dump() << "\n";
        ++judged;
        valid += accepted ? 1 : 0;
      }
    }
  }
  // Neither may be the answer to nearly everything, or nothing was tried.
  CHECK(valid > cases / 5);
  CHECK(valid < cases * 4 / 5);
  const std::string command = "/usr/bin/python3 '" + std::string(KYHAN_SOURCE_DIR) +
                              "/tests/core/forms_reference.py' '" + file.string() + "' 2>&1";
  std::FILE* const reference = ::popen(command.c_str(), "r");
  REQUIRE(reference != nullptr);
  std::string told;
  char piece[4096];
  while (std::fgets(piece, sizeof piece, reference) != nullptr) told += piece;
  const int status = ::pclose(reference);
  std::filesystem::remove(file);
  INFO(told.substr(0, 3000));
  CHECK(status == 0);
  CHECK(told == "judged " + std::to_string(judged) + "\n");
}
