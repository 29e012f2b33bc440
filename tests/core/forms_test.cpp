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
