#include "workflow/core/forms.hpp"

#include <catch2/catch.hpp>
#include <chrono>

using namespace kyhan;

namespace {

/// "<code> <pointer>" of each fault.
std::vector<std::string> faults(const Json& schema, const Json& value) {
  CHECK(check_schema(schema).empty());
  std::vector<std::string> out;
  for (const auto& fault : validate_against(schema, value)) {
    out.push_back(fault.code + " " + fault.pointer);
  }
  return out;
}
std::vector<std::string> schema_faults(const Json& schema) {
  std::vector<std::string> out;
  for (const auto& fault : check_schema(schema)) out.push_back(fault.code + " " + fault.pointer);
  return out;
}
using List = std::vector<std::string>;
Json operator"" _j(const char* text, std::size_t size) {
  return Json::parse(text, text + size);
}

}  // namespace

TEST_CASE("each keyword holds and refuses", "[forms]") {
  struct Row {
    const char* schema;
    const char* good;
    const char* bad;
    const char* fault;
  };
  const Row rows[] = {
      {R"({"type": "string"})", R"("a")", "1", "type "},
      {R"({"type": "integer"})", "2.0", "2.5", "type "},
      {R"({"type": ["string", "null"]})", "null", "1", "type "},
      {R"({"enum": ["a", 1]})", "1", R"("b")", "enum "},
      {R"({"const": {"a": 1}})", R"({"a": 1})", R"({"a": 2})", "const "},
      {R"({"required": ["a"]})", R"({"a": 1})", "{}", "required /a"},
      {R"({"properties": {"a": {"type": "string"}}})", R"({"a": ""})", R"({"a": 1})", "type /a"},
      {R"({"additionalProperties": false, "properties": {"a": true}})", R"({"a": 1})",
       R"({"b/c": 1})", "additionalProperties /b~1c"},
      {R"({"additionalProperties": {"type": "number"}})", R"({"x": 1})", R"({"x": ""})", "type /x"},
      {R"({"items": {"type": "number"}})", "[1, 2]", R"([1, "x"])", "type /1"},
      {R"({"minItems": 2})", "[1, 2]", "[1]", "minItems "},
      {R"({"maxItems": 1})", "[1]", "[1, 2]", "maxItems "},
      {R"({"uniqueItems": true})", "[1, 2]", "[1, 1.0]", "uniqueItems "},
      {R"({"minLength": 3})", R"("chữ")", R"("ạb")", "minLength "},
      {R"({"maxLength": 3})", R"("chữ")", R"("chữx")", "maxLength "},
      {R"({"minimum": 3})", "3", "2.9", "minimum "},
      {R"({"maximum": 3})", "3", "3.1", "maximum "},
      {R"({"exclusiveMinimum": 3})", "3.1", "3", "exclusiveMinimum "},
      {R"({"exclusiveMaximum": 3})", "2.9", "3", "exclusiveMaximum "},
      {R"({"multipleOf": 0.1})", "0.3", "0.35", "multipleOf "},
      {R"({"pattern": "^[0-9]{3}$"})", R"("123")", R"("1234")", "pattern "},
      {R"({"format": "date"})", R"("2026-02-28")", R"("2026-02-29")", "format "},
      {R"({"format": "date-time"})", R"("2026-02-28T08:00:00+07:00")", R"("2026-02-28")",
       "format "},
      {R"({"format": "email"})", R"("a@b.vn")", R"("a@b")", "format "},
      {R"({"allOf": [{"minimum": 1}, {"maximum": 5}]})", "3", "6", "maximum "},
      {R"({"anyOf": [{"type": "string"}, {"minimum": 5}]})", "6", "4", "anyOf "},
      {R"({"oneOf": [{"minimum": 1}, {"maximum": 5}]})", "6", "3", "oneOf "},
      {R"({"not": {"type": "string"}})", "1", R"("a")", "not "},
      {R"({"if": {"minimum": 10}, "then": {"multipleOf": 10}, "else": {"maximum": 5}})", "20", "15",
       "multipleOf "},
      {R"({"dependentRequired": {"a": ["b"]}})", R"({"a": 1, "b": 2})", R"({"a": 1})",
       "required /b"},
      {R"({"$ref": "#/$defs/n", "$defs": {"n": {"type": "number"}}})", "1", R"("x")", "type "},
  };
  for (const auto& row : rows) {
    INFO(row.schema);
    CHECK(faults(Json::parse(row.schema), Json::parse(row.good)).empty());
    CHECK(faults(Json::parse(row.schema), Json::parse(row.bad)) == List{row.fault});
  }
}

TEST_CASE("keywords leave values of other types alone", "[forms]") {
  CHECK(faults(R"({"minLength": 3, "minimum": 3, "minItems": 3, "required": ["a"]})"_j, true)
            .empty());
}

TEST_CASE("messages name the field by its title, in both languages", "[forms]") {
  const auto schema = R"({"type": "object", "required": ["answer"], "properties": {
      "answer": {"type": "string", "minLength": 10, "title": {"vi": "Giải trình", "en": "Answer"}},
      "count": {"type": "integer", "title": "Số lượng"}, "bare": {"type": "string"}}})"_j;
  const auto missing = validate_against(schema, Json::object());
  REQUIRE(missing.size() == 1);
  CHECK(missing[0].pointer == "/answer");
  CHECK(missing[0].message == Text{"Cần nhập \"Giải trình\".", "\"Answer\" is required."});
  const auto wrong = validate_against(schema, R"({"answer": "ngắn", "count": "x", "bare": 1})"_j);
  REQUIRE(wrong.size() == 3);
  CHECK(wrong[0].message == Text{"\"Giải trình\" phải có ít nhất 10 ký tự.",
                                 "\"Answer\" must have at least 10 characters."});
  CHECK(wrong[1].message.vi == "\"bare\" phải là văn bản.");
  CHECK(wrong[2].message ==
        Text{"\"Số lượng\" phải là một số nguyên.", "\"Số lượng\" must be a whole number."});
}

TEST_CASE("faulty schemas are refused with the place of the fault", "[forms]") {
  CHECK(schema_faults(R"({"type": "text"})"_j) == List{"schema-type /type"});
  CHECK(schema_faults(R"({"properties": {"a/b": {"minLenght": 1}}})"_j) ==
        List{"unknown-keyword /properties/a~1b/minLenght"});
  CHECK(schema_faults(R"~({"pattern": "(?=a)"})~"_j) == List{"pattern /pattern"});
  CHECK(schema_faults(R"({"format": "uri"})"_j) == List{"unknown-format /format"});
  CHECK(schema_faults(R"({"minLength": -1})"_j) == List{"schema-type /minLength"});
  CHECK(schema_faults(R"({"required": "a"})"_j) == List{"schema-type /required"});
  CHECK(schema_faults(R"({"enum": []})"_j) == List{"schema-type /enum"});
  CHECK(schema_faults(R"({"items": [1]})"_j) == List{"schema-type /items"});
  CHECK(schema_faults(R"({"$ref": "#/$defs/no"})"_j) == List{"unknown-reference /$ref"});
  CHECK(schema_faults(R"({"$ref": "https://x.vn/s.json"})"_j) == List{"unknown-reference /$ref"});
  CHECK(schema_faults(R"({"multipleOf": 0})"_j) == List{"schema-type /multipleOf"});
  CHECK(schema_faults(R"({"title": {"vi": "x"}})"_j) == List{"schema-type /title"});
  CHECK(schema_faults("text") == List{"schema-type "});
  for (const auto* keyword :
       {"patternProperties", "prefixItems", "contains", "unevaluatedProperties", "$anchor",
        "$dynamicRef", "propertyNames", "minProperties"}) {
    CHECK(schema_faults(Json{{keyword, Json::object()}}) ==
          List{"unknown-keyword /" + std::string(keyword)});
  }
}

TEST_CASE("what would be judged otherwise elsewhere is refused, not guessed", "[forms]") {
  CHECK(schema_faults(R"({"$schema": "http://json-schema.org/draft-07/schema#"})"_j) ==
        List{"unknown-dialect /$schema"});
  CHECK(schema_faults(R"({"$schema": "https://json-schema.org/draft/2020-12/schema"})"_j).empty());
  CHECK(schema_faults(R"({"$id": "https://example.vn/a"})"_j).empty());
  CHECK(schema_faults(R"({"properties": {"a": {"$id": "https://example.vn/a"}}})"_j) ==
        List{"nested-id /properties/a/$id"});
  // A reference must name a schema, not any value inside one.
  CHECK(schema_faults(R"({"$ref": "#/enum/0", "enum": [{"type": 5}]})"_j) ==
        List{"unknown-reference /$ref"});
  CHECK(
      schema_faults(R"({"$ref": "#/properties", "properties": {"type": {"type": "string"}}})"_j) ==
      List{"unknown-reference /$ref"});
  CHECK(schema_faults(R"({"$ref": "#/$defs/%zz", "$defs": {"%zz": true}})"_j) ==
        List{"unknown-reference /$ref"});
  CHECK(faults(R"({"$ref": "#/$defs/two%20words", "$defs": {"two words": {"minimum": 1}}})"_j, 0) ==
        List{"minimum "});
}

TEST_CASE("numbers are exact: decimals as people type them, integers of any size", "[forms]") {
  const auto holds = [](const char* schema, const char* value) {
    const Json parsed = Json::parse(schema);
    REQUIRE(check_schema(parsed).empty());
    return validate_against(parsed, Json::parse(value)).empty();
  };
  for (const char* good : {"0.3", "0.7", "1.1", "100", "-0.3", "0", "1e15", "123456789.1"}) {
    INFO(good);
    CHECK(holds(R"({"multipleOf": 0.1})", good));
  }
  for (const char* bad : {"0.35", "0.30000000000000004", "1e-7", "123456789.15"}) {
    INFO(bad);
    CHECK_FALSE(holds(R"({"multipleOf": 0.1})", bad));
  }
  CHECK(holds(R"({"multipleOf": 0.01})", "19.99"));
  CHECK(holds(R"({"multipleOf": 1e-7})", "1e300"));
  CHECK(holds(R"({"multipleOf": 3})", "18446744073709551615"));
  CHECK_FALSE(holds(R"({"multipleOf": 2})", "18446744073709551615"));
  CHECK(holds(R"({"maximum": 18446744073709551615})", "9223372036854775808"));
  CHECK_FALSE(holds(R"({"maximum": 9007199254740992.0})", "9007199254740993"));
  CHECK(holds(R"({"minimum": -9223372036854775808})", "-9223372036854775808"));
  CHECK_FALSE(holds(R"({"const": 9007199254740992.0})", "9007199254740993"));
  CHECK(holds(R"({"enum": [1.0]})", "1"));
  CHECK_FALSE(holds(R"({"enum": [1]})", "true"));
  CHECK(holds(R"({"type": "integer"})", "1e300"));
  CHECK_FALSE(holds(R"({"type": "integer"})", "1e-300"));
}

TEST_CASE("dates are days that exist, times carry their offset", "[forms]") {
  const auto holds = [](const char* format, const std::string& value) {
    return validate_against(Json{{"format", format}}, value).empty();
  };
  for (const char* good : {"2024-02-29", "2000-02-29", "1900-12-31", "9999-12-31"}) {
    CHECK(holds("date", good));
  }
  for (const char* bad : {"2026-02-29", "1900-02-29", "2026-00-10", "2026-1-1", "20260101",
                          "2026-01-01 ", "2026-01-32", "+2026-01-01", "２０２６-01-01", ""}) {
    INFO(bad);
    CHECK_FALSE(holds("date", bad));
  }
  for (const char* good : {"2026-02-28T08:00:00Z", "2026-02-28T08:00:00.123+07:00",
                           "2026-02-28t08:00:00z", "2026-02-28T23:59:59-00:30"}) {
    INFO(good);
    CHECK(holds("date-time", good));
  }
  for (const char* bad :
       {"2026-02-28T08:00:00", "2026-02-28", "2026-02-30T08:00:00Z", "2026-02-28T24:00:00Z",
        "2026-02-28T08:60:00Z", "2026-02-28 08:00:00Z", "2026-02-28T08:00Z",
        "2026-02-28T08:00:00+7", "2026-02-28T08:00:00+24:00"}) {
    INFO(bad);
    CHECK_FALSE(holds("date-time", bad));
  }
  for (const char* good : {"a@b.vn", "nguyen.an+x@so-a.gov.vn", "đỗ@ví-dụ.vn"}) {
    CHECK(holds("email", good));
  }
  for (const char* bad :
       {"a", "a@b", "@b.vn", "a@b.vn.", "a b@c.vn", "a@@b.vn", "a@b..vn", "<a@b.vn>"}) {
    INFO(bad);
    CHECK_FALSE(holds("email", bad));
  }
}

TEST_CASE("large documents and large schemas together end soon", "[forms]") {
  Json choices = Json::array();
  for (int i = 0; i < 20'000; ++i) choices.push_back({{"code", i}, {"name", std::to_string(i)}});
  Json values = Json::array();
  for (int i = 0; i < 20'000; ++i) values.push_back(choices.back());
  const Json schema = {{"items", {{"enum", choices}}}};
  REQUIRE(check_schema(schema).empty());
  const auto many = validate_against(schema, values);
  CHECK(many.back().code == "schema-too-complex");
  const Json pattern = {{"items", {{"pattern", "^(a|b|ab|[a-z]{1,10}){1,10}$"}}}};
  REQUIRE(check_schema(pattern).empty());
  Json texts = Json::array();
  for (int i = 0; i < 20; ++i) texts.push_back(std::string(50'000, 'a') + "!");
  CHECK(validate_against(pattern, texts).back().code == "schema-too-complex");
  // Many references to the same end are looked at once each.
  Json wide = {{"$defs", Json::object()}, {"allOf", Json::array()}};
  for (int i = 0; i < 60; ++i) {
    Json all = Json::array();
    for (int j = i + 1; j < 60; ++j) all.push_back({{"$ref", "#/$defs/s" + std::to_string(j)}});
    if (all.empty()) all.push_back(true);
    wide["$defs"]["s" + std::to_string(i)] = {{"allOf", all}};
    wide["allOf"].push_back({{"$ref", "#/$defs/s" + std::to_string(i)}});
  }
  CHECK(check_schema(wide).empty());
  CHECK(validate_against(wide, 1).front().code == "schema-too-complex");
}

TEST_CASE("a reference back to itself is refused, one down into the value is not", "[forms]") {
  CHECK(schema_faults(
            R"({"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"anyOf": [{"$ref": "#/$defs/a"}]}}})"_j)
            .front()
            .starts_with("reference-cycle"));
  CHECK(schema_faults(R"({"$ref": "#"})"_j) == List{"reference-cycle /$ref"});
  const auto tree = R"({"type": "object", "properties": {"children": {"items": {"$ref": "#"}}}})"_j;
  CHECK(schema_faults(tree).empty());
  CHECK(faults(tree, R"({"children": [{"children": [1]}]})"_j) ==
        List{"type /children/0/children/0"});
}

TEST_CASE("schemas that multiply stop at a limit", "[forms]") {
  Json schema = {{"$ref", "#/$defs/s0"}, {"$defs", Json::object()}};
  for (int i = 0; i < 40; ++i) {
    const Json next = {{"$ref", "#/$defs/s" + std::to_string(i + 1)}};
    schema["$defs"]["s" + std::to_string(i)] = {{"allOf", {next, next}}};
  }
  schema["$defs"]["s40"] = true;
  REQUIRE(check_schema(schema).empty());
  const auto before = std::chrono::steady_clock::now();
  const auto found = validate_against(schema, 1);
  REQUIRE_FALSE(found.empty());
  CHECK(found[0].code == "schema-too-complex");
  CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds(5));
}

TEST_CASE("at most 100 faults are told", "[forms]") {
  Json many = Json::array();
  for (int i = 0; i < 500; ++i) many.push_back("x");
  CHECK(validate_against(R"({"items": {"type": "number"}})"_j, many).size() == 100);
}
