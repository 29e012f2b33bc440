// The document itself: head, names, open and closed objects, limits, JSON and YAML alike.

#include <catch2/catch.hpp>

#include "workflow/core/documents.hpp"

#include "tests/core/definition_support.hpp"

using namespace kyhan;
using namespace kyhan::test;

namespace {
Json wait() {
  return {{"wait", {{"seconds", 1}}}};
}
Json with_head(const std::string& key, Json value) {
  auto document = with_step(wait());
  document["document"][key] = std::move(value);
  return document;
}
Json with_metadata(Json metadata) {
  return with_head("metadata", std::move(metadata));
}
}  // namespace

TEST_CASE("D1 the head needs dsl, namespace, name and version", "[definition]") {
  for (const std::string key : {"dsl", "namespace", "name", "version"}) {
    auto document = with_step(wait());
    document["document"].erase(key);
    const auto parsed = parse_definition(document);
    CHECK_FALSE(parsed.definition);
    REQUIRE(parsed.faults.size() == 1);
    CHECK(parsed.faults[0].code == "required");
    CHECK(parsed.faults[0].message.en.find(key) != std::string::npos);
  }
  CHECK(faults_of({{"do", Json::array()}}) == Faults{"required "});
  CHECK(faults_of({{"document", head()}}) == Faults{"required "});
  CHECK(faults_of(Json::array()) == Faults{"wrong-type "});
  CHECK(faults_of(nullptr) == Faults{"wrong-type "});
}

TEST_CASE("D1 names are DNS labels and versions are semantic", "[definition]") {
  for (const auto* name : {"", "-a", "a-", "a.b", "a_b", "tên", "a b"}) {
    CHECK(faults_of(with_head("name", name)) == Faults{"document-name /document/name"});
  }
  CHECK(faults_of(with_head("namespace", std::string(63, 'a'))).empty());
  CHECK(faults_of(with_head("namespace", std::string(64, 'a'))) ==
        Faults{"document-namespace /document/namespace"});
  for (const auto* version :
       {"1", "1.0", "01.0.0", "1.0.0-", "1.0.0-01", "v1.0.0", "1.0.0+", "1..0"}) {
    INFO(version);
    CHECK(faults_of(with_head("version", version)) == Faults{"document-version /document/version"});
  }
  for (const auto* version : {"0.0.0", "1.0.0-alpha.1", "1.0.0+build.01", "10.20.30-rc-1+5"}) {
    INFO(version);
    CHECK(faults_of(with_head("version", version)).empty());
  }
  CHECK(faults_of(with_head("version", 1.0)) == Faults{"wrong-type /document/version"});
  CHECK(faults_of(with_head("dsl", "2.0.0")) == Faults{"dsl-version /document/dsl"});
  CHECK(faults_of(with_head("dsl", "1.0.1")).empty());
}

TEST_CASE("D2 closed objects refuse what they do not know, open ones take it", "[definition]") {
  CHECK(faults_of(with_head("owner", "x")) == Faults{"unknown-field /document/owner"});
  CHECK(faults_of(with_head("tags", {{"any", "thing"}})).empty());
  CHECK(faults_of(with_metadata({{"any", "${ thing }"}})).empty());
  auto root = with_step(wait());
  root["extra"] = 1;
  CHECK(faults_of(root) == Faults{"~unknown-field /extra"});
  CHECK(parse_definition(root).definition);
  CHECK(faults_of(with_step({{"wait", {{"seconds", 1}}}, {"metadata", {{"free", 1}}}})).empty());
  CHECK(faults_of(with_step({{"wait", {{"seconds", 1}}}, {"extra", 1}})) ==
        Faults{"unknown-field /do/0/one/extra"});
}

TEST_CASE("D3 each item of a list has one name", "[definition]") {
  CHECK(faults_of(with_steps(Json::parse(
            R"([{"a": {"set": {"x": 1}}, "b": {"set": {"x": 1}}}])"))) == Faults{"one-name /do/0"});
  CHECK(faults_of(with_steps(Json::parse("[{}]"))) == Faults{"one-name /do/0"});
  CHECK(faults_of(with_steps(Json::parse("[1]"))) == Faults{"one-name /do/0"});
  CHECK(faults_of(with_step(1)) == Faults{"wrong-type /do/0/one"});
  CHECK(faults_of(with_steps({{"a", 1}})) == Faults{"wrong-type /do"});
  CHECK(faults_of(with_step(
            {{"switch", Json::parse(R"([{"a": {"then": "end"}, "b": {"then": "end"}}])")}})) ==
        Faults{"one-name /do/0/one/switch/0"});
}

TEST_CASE("D5 JSON and YAML give the same definition", "[definition]") {
  const auto* yaml = R"(
document: {dsl: 1.0.3, namespace: thu, name: thu-nghiem, version: 1.0.0}
do:
  - one:
      wait: {seconds: 1}
)";
  CHECK(parse_document(yaml)->value == with_step(wait()));
  const auto number =
      parse_document("document: {dsl: 1.0.3, namespace: a, name: b, version: 1.0}\ndo: []");
  CHECK(has_fault(number->value, "wrong-type /document/version"));
}

TEST_CASE("titles and zones come from the metadata", "[definition]") {
  const auto parsed = parse_definition(with_metadata(Json::parse(R"({
      "title": {"vi": "Kế hoạch", "en": "Plan"}, "timeZone": "Europe/Berlin", "calendar": "unit",
      "legalBasis": [{"act": "Luật", "clause": "1", "certainty": "law"}],
      "publish": {"lifecycle": "all", "fields": {"x.y.v1": ["a"]}},
      "start": {"by": [{"role": "specialist"}], "businessKey": "${ .unit.id }",
                "form": {"schema": {"type": "object"}}}})")));
  REQUIRE(parsed.definition);
  const auto& d = *parsed.definition;
  CHECK(d.title == Text{"Kế hoạch", "Plan"});
  CHECK(d.time_zone == "Europe/Berlin");
  CHECK(d.calendar == "unit");
  CHECK(d.publish_lifecycle == "all");
  CHECK(d.start.by.size() == 1);
  REQUIRE(d.start.business_key != ExpressionId::none);
  CHECK(d.expressions[static_cast<std::size_t>(d.start.business_key)].program == ".unit.id");
  CHECK(parse_definition(with_step(wait())).definition->title == Text{"thu-nghiem", "thu-nghiem"});
}

TEST_CASE("faulty metadata that the server reads is refused", "[definition]") {
  CHECK(faults_of(with_metadata({{"timeZone", "Mars/Base"}})) ==
        Faults{"unknown-zone /document/metadata/timeZone"});
  CHECK(faults_of(with_metadata({{"title", {{"vi", "x"}}}})) ==
        Faults{"required /document/metadata/title"});
  CHECK(faults_of(with_metadata({{"start", {{"who", 1}}}})) ==
        Faults{"unknown-field /document/metadata/start/who"});
  CHECK(faults_of(with_metadata({{"publish", {{"lifecycle", "some"}}}})) ==
        Faults{"unknown-value /document/metadata/publish/lifecycle"});
  CHECK(faults_of(with_metadata(Json::parse(R"({"start": {"form": {"schema": {"typ": 1}}}})"))) ==
        Faults{"unknown-keyword /document/metadata/start/form/schema/typ"});
  CHECK(faults_of(with_metadata({{"schedule", Json::object()}})) ==
        Faults{"~schedule-without-time /document/metadata/schedule"});
}

TEST_CASE("S2 a schedule is read with its zone, calendar and units", "[definition]") {
  auto document = with_metadata(Json::parse(R"({"schedule": {"timeZone": "Asia/Bangkok",
      "calendar": "vn", "perUnit": {"kind": "department", "spread": "PT10M"}, "misfire": "skip",
      "onHoliday": "next"}})"));
  document["schedule"] = {{"cron", "0 8 1 12 *"}};
  const auto parsed = parse_definition(document);
  REQUIRE(parsed.definition);
  const auto& schedule = parsed.definition->schedule;
  CHECK(schedule.cron == "0 8 1 12 *");
  CHECK(schedule.time_zone == "Asia/Bangkok");
  CHECK(schedule.unit_kind == "department");
  CHECK(schedule.spread.exact == std::chrono::minutes(10));
  CHECK(schedule.misfire == Schedule::Misfire::skip);
  CHECK(schedule.on_holiday == Schedule::OnHoliday::next);
  document["schedule"]["cron"] = "0 25 * * *";
  CHECK(faults_of(document) == Faults{"cron /schedule/cron"});
  document["schedule"] = Json::object();
  CHECK(has_fault(document, "exactly-one /schedule"));
}

TEST_CASE("a definition beyond a limit is refused", "[definition]") {
  Json deep = 1;
  for (int i = 0; i < 200; ++i) deep = Json::array({std::move(deep)});
  CHECK(faults_of(with_step({{"set", {{"x", deep}}}})) == Faults{"json-depth "});

  auto steps = Json::array();
  for (int i = 0; i < 5'001; ++i)
    steps.push_back({{"s" + std::to_string(i), {{"set", {{"x", 1}}}}}});
  CHECK(has_fault(with_steps(steps), "too-many-steps "));

  auto leaves = Json::array();
  for (int i = 0; i < 2'001; ++i) leaves.push_back("${ . }");
  CHECK(faults_of(with_step({{"set", {{"x", leaves}}}})) == Faults{"too-many-expressions "});
}
