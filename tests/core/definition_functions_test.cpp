// The `with` of the catalog's functions, checked as a whole when the definition is read.

#include <catch2/catch.hpp>

#include "tests/core/definition_support.hpp"

using namespace kyhan;
using namespace kyhan::test;

namespace {
Json operator"" _j(const char* text, std::size_t size) {
  return Json::parse(text, text + size);
}
const std::string with = "/do/0/one/with";
}  // namespace

TEST_CASE("a full humanTask is accepted", "[definition]") {
  const auto document = human_task(R"({
      "title": {"vi": "Duyệt", "en": "Approve"}, "instructions": "Đọc **kỹ**.", "priority": "high",
      "category": "khen-thuong",
      "assignment": {"mode": "offer", "candidates": [{"role": "head", "units": "${ .units }"},
          {"user": "${ .author }"}, {"group": "hd"}, {"role": "staff", "unit": "a", "scope": "subtree"}],
        "exclude": {"users": ["${ .author }"], "performersOf": ["one", "/do/0/one"]},
        "substitutes": false, "delegation": "none", "onEmpty": "raise"},
      "completion": {"per": "unit", "rule": "atLeast", "count": 2, "decideBy": "worst",
        "order": ["return", "agree"], "stopOn": ["return"]},
      "form": {"schema": {"type": "object", "properties": {"a": {"type": "string"}}},
        "ui": {"a": {"widget": "textarea", "order": 1, "help": {"vi": "x", "en": "y"}, "visibleIf": "b"}},
        "prefill": {"a": "${ .a }"}},
      "outcomes": [{"id": "agree", "label": {"vi": "Đồng ý", "en": "Agree"}, "style": "positive"},
        {"id": "return", "requires": ["comment", "attachment", "form"], "style": "negative",
         "form": {"schema": {"type": "object"}}}],
      "attachments": [{"type": "minutes", "label": "Biên bản", "min": 1, "max": 3,
        "mediaTypes": ["application/pdf"], "maxBytes": 1000, "forOutcomes": ["agree"]}],
      "legalBasis": [{"act": "Luật", "clause": "1", "uri": "https://x.vn", "text": "t",
        "certainty": "law", "effectiveFrom": "2026-01-01", "effectiveTo": "2027-01-01"}],
      "due": {"workingDays": 3, "at": "17:00", "certainty": "default", "legalBasis": [{"act": "Luật"}]},
      "dueCertainty": "law",
      "reminders": [{"offset": {"workingDays": -1}, "at": "08:00", "to": ["assignee", {"role": "head"}],
        "channel": ["inbox"], "template": "nhac",
        "repeat": {"every": {"workingDays": 1}, "until": "done", "max": 5}}],
      "escalation": [{"after": {"workingDays": 1}, "action": "notify", "to": {"role": "head", "unit": "own"}, "note": "x"},
        {"after": {"in": "P2D"}, "action": "reassign", "to": ["head"]},
        {"after": {"workingDays": 5}, "action": "raise"}],
      "expire": {"workingDays": 10},
      "context": [{"label": {"vi": "Họ tên", "en": "Name"}, "value": "${ .name }"}]})"_j);
  CHECK(faults_of(document) == Faults{});
}

TEST_CASE("whoever is asked may be several, chosen, in order or in groups", "[definition]") {
  const char* rows[] = {
      R"({"assignment": {"mode": "auto", "strategy": "roundRobin", "candidates": [{"role": "a"}]}})",
      R"({"assignment": {"mode": "auto", "strategy": "leastLoaded", "candidates": [{"role": "a"}]}})",
      R"({"assignment": {"mode": "claim", "candidates": [{"role": "a"}], "delegation": "once",
          "substitutes": true, "onEmpty": "escalate"}})",
      R"({"assignment": {"mode": "claim", "candidates": [{"role": "a"}], "delegation": "free",
          "onEmpty": {"role": "b", "unit": "x"}}})",
      R"({"assignment": {"mode": "claim", "candidates": [{"role": "a"}],
          "exclude": {"unitsOf": ["one"], "author": true}}})",
      R"({"completion": {"rule": "first"}})",
      R"({"completion": {"rule": "quorum", "share": "2/3", "sequence": "ordered"}})",
      R"({"completion": {"decideBy": "chair", "chair": {"role": "chair"}}})",
      R"({"assignment": {"mode": "offer"}, "completion": {"groups": [
          {"label": "Phòng A", "candidates": [{"role": "a"}], "rule": "quorum", "share": "1/2"},
          {"candidates": [{"role": "b"}], "rule": "atLeast", "count": 2}]}})",
      R"({"outcomes": [{"id": "sign", "requires": ["signature"]}], "signature": "simple",
          "watchers": [{"role": "head"}]})"};
  for (const char* fields : rows) {
    INFO(fields);
    CHECK(faults_of(human_task(Json::parse(fields))) == Faults{});
  }
  auto document = human_task(R"({"form": {"ref": "tờ khai"}})"_j);
  CHECK(faults_of(document) == Faults{"unknown-form " + with + "/form/ref"});
  document["document"]["metadata"] = R"({"forms": {"tờ khai": {"schema": {"type": "object"}}}})"_j;
  CHECK(faults_of(document) == Faults{});
}

TEST_CASE("faults of a humanTask are found by field", "[definition]") {
  const std::pair<const char*, const char*> rows[] = {
      {R"({"titel": "x"})", "unknown-field /titel"},
      {R"({"title": 1})", "wrong-type /title"},
      {R"({"title": {"vi": "x"}})", "required /title"},
      {R"({"priority": "now"})", "unknown-value /priority"},
      {R"({"assignment": {"mode": "claim"}})", "required /assignment"},
      {R"({"assignment": {"mode": "some", "candidates": [{"role": "a"}]}})",
       "unknown-value /assignment/mode"},
      {R"({"assignment": {"mode": "claim", "candidates": []}})", "required /assignment/candidates"},
      {R"({"assignment": {"mode": "claim", "candidates": [{"role": "a", "user": "b"}]}})",
       "exactly-one /assignment/candidates/0"},
      {R"({"assignment": {"mode": "claim", "candidates": [{"user": "a", "unit": "b"}]}})",
       "unknown-field /assignment/candidates/0/unit"},
      {R"({"assignment": {"mode": "claim", "candidates": [{"role": "a", "unit": "b", "units": ["c"]}]}})",
       "exactly-one /assignment/candidates/0"},
      {R"({"assignment": {"mode": "claim", "candidates": [{"role": "a", "scope": "all"}]}})",
       "unknown-value /assignment/candidates/0/scope"},
      {R"({"assignment": {"mode": "claim", "candidates": [{"role": "a"}], "exclude": {"performersOf": ["gone"]}}})",
       "unknown-step /assignment/exclude/performersOf/0"},
      {R"({"completion": {"rule": "atLeast"}})", "required /completion"},
      {R"({"completion": {"decideBy": "worst"}})", "required /completion"},
      {R"({"completion": {"decideBy": "chair"}})", "required /completion"},
      {R"({"completion": {"rule": "quorum"}})", "required /completion"},
      {R"({"completion": {"rule": "all", "share": "1/2"}})", "unknown-field /completion/share"},
      {R"({"completion": {"rule": "all", "count": 2}})", "unknown-field /completion/count"},
      {R"({"completion": {"groups": []}})", "required /completion/groups"},
      {R"({"completion": {"groups": [{"rule": "all"}]}})", "required /completion/groups/0"},
      {R"({"completion": {"sequence": "sorted"}})", "unknown-value /completion/sequence"},
      {R"({"assignment": {"mode": "claim", "strategy": "roundRobin", "candidates": [{"role": "a"}]}})",
       "unknown-field /assignment/strategy"},
      {R"({"assignment": {"mode": "claim", "onEmpty": "wait", "candidates": [{"role": "a"}]}})",
       "unknown-value /assignment/onEmpty"},
      {R"({"assignment": {"mode": "claim", "candidates": [{"role": "a"}], "exclude": {"unitsOf": ["gone"]}}})",
       "unknown-step /assignment/exclude/unitsOf/0"},
      {R"({"completion": {"stopOn": ["gone"]}})", "unknown-outcome /completion/stopOn/0"},
      {R"({"completion": {"order": ["gone"]}})", "unknown-outcome /completion/order/0"},
      {R"({"outcomes": []})", "required /outcomes"},
      {R"({"outcomes": [{"id": "a"}, {"id": "a"}]})", "duplicate-name /outcomes"},
      {R"({"outcomes": [{"label": "a"}]})", "required /outcomes/0"},
      {R"({"outcomes": [{"id": "a", "requires": ["blood"]}]})",
       "unknown-value /outcomes/0/requires/0"},
      {R"({"outcomes": [{"id": "a", "style": "bold"}]})", "unknown-value /outcomes/0/style"},
      {R"({"attachments": [{"label": "x"}]})", "required /attachments/0"},
      {R"({"attachments": [{"type": "x", "min": -1}]})", "wrong-type /attachments/0/min"},
      {R"({"attachments": [{"type": "x", "min": 2, "max": 1}]})",
       "out-of-range /attachments/0/min"},
      {R"({"attachments": [{"type": "x", "forOutcomes": ["gone"]}]})",
       "unknown-outcome /attachments/0/forOutcomes/0"},
      {R"({"form": {"schema": {"properties": {"a": {"typ": 1}}}}})",
       "unknown-keyword /form/schema/properties/a/typ"},
      {R"({"legalBasis": [{"clause": "1"}]})", "required /legalBasis/0"},
      {R"({"legalBasis": [{"act": "x", "certainty": "maybe"}]})",
       "unknown-value /legalBasis/0/certainty"},
      {R"({"reminders": []})", "required /reminders"},
      {R"({"due": {"workingDays": 1}, "reminders": [{"to": ["head"]}]})", "required /reminders/0"},
      {R"({"due": {"workingDays": 1}, "reminders": [{"offset": {"workingDays": 1}, "at": "25:00"}]})",
       "wrong-type /reminders/0/at"},
      {R"({"due": {"workingDays": 1}, "reminders": [{"offset": {"workingDays": 1}, "to": ["boss"]}]})",
       "unknown-value /reminders/0/to/0"},
      {R"({"due": {"workingDays": 1}, "reminders": [{"offset": {}}]})",
       "exactly-one /reminders/0/offset"},
      {R"({"due": {"workingDays": 1}, "escalation": [{"after": {"workingDays": -1}, "action": "raise"}]})",
       "out-of-range /escalation/0/after/workingDays"},
      {R"({"due": {"workingDays": 1}, "escalation": [{"after": {"workingDays": 1}, "action": "notify"}]})",
       "required /escalation/0"},
      {R"({"due": {"workingDays": 1, "certainty": "maybe"}})", "unknown-value /due/certainty"},
      {R"({"context": [{"label": "x"}]})", "required /context/0"},
  };
  for (const auto& [fields, wanted] : rows) {
    INFO(fields);
    const std::string row = wanted;
    const auto space = row.find(' ');
    CHECK(faults_of(human_task(Json::parse(fields))) ==
          Faults{row.substr(0, space) + " " + with + row.substr(space + 1)});
  }
  CHECK(faults_of(with_step({{"call", "humanTask:1.0.0@default"}})) ==
        Faults{"required /do/0/one", "required /do/0/one"});
  CHECK(faults_of(with_step({{"call", "humanTask:1.0.0@default"}, {"with", "${ . }"}})) ==
        Faults{"wrong-type /do/0/one/with"});
}

TEST_CASE("a name in performersOf must be one step", "[definition]") {
  auto document = human_task(R"({"assignment": {"mode": "claim", "candidates": [{"role": "a"}],
      "exclude": {"performersOf": ["twice"]}}})"_j);
  document["do"].push_back(R"({"a": {"do": [{"twice": {"set": {"x": 1}}}]}})"_j);
  document["do"].push_back(R"({"b": {"do": [{"twice": {"set": {"x": 1}}}]}})"_j);
  CHECK(faults_of(document) ==
        Faults{"ambiguous-step " + with + "/assignment/exclude/performersOf/0"});
}

TEST_CASE("a vote is accepted, cast or recorded", "[definition]") {
  CHECK(
      faults_of(vote(
          R"({"mode": "cast", "ballot": "open", "options": [{"id": "for", "label": "Đồng ý"}, {"id": "against"}],
      "window": {"opens": {"in": "PT0S"}, "closes": {"workingDays": 2, "at": "17:00"}},
      "quorum": {"share": "2/3", "of": "eligible"},
      "threshold": {"option": "for", "share": "1/2", "of": "cast", "strict": true},
      "earlyClose": "whenDecided", "revote": false, "publishTally": "atClose",
      "exclude": {"users": ["${ .candidate }"]}})"_j)) == Faults{});
  CHECK(faults_of(
            vote(R"({"mode": "recorded", "seats": 3, "candidates": ["An", "Bình", "Chi", "Dung"],
      "teller": [{"role": "council-secretary"}], "countersign": [{"role": "chair"}],
      "attachments": [{"type": "minutes", "min": 1}], "due": {"workingDays": 1},
      "legalBasis": [{"act": "Luật"}]})"_j)) == Faults{});
}

TEST_CASE("a secret ballot, voting again, a casting vote and minutes are accepted", "[definition]") {
  CHECK(faults_of(vote(R"({"ballot": "secret", "minutes": {}})"_j)) == Faults{});
  CHECK(faults_of(vote(R"({"revote": true, "window": {"closes": {"in": "P1D"}},
      "publishTally": "live", "tieBreak": {"role": "chair"},
      "minutes": {"template": "bien-ban"}})"_j)) == Faults{});
}

TEST_CASE("faults of a vote are found by field", "[definition]") {
  const std::pair<const char*, const char*> rows[] = {
      {R"({"options": ["one"]})", "out-of-range /options"},
      {R"({"options": ["a", "a"]})", "duplicate-name /options"},
      {R"({"threshold": {"option": "gone", "share": "1/2"}})", "unknown-outcome /threshold/option"},
      {R"({"threshold": {"share": 0.5}})", "wrong-type /threshold/share"},
      {R"({"threshold": {"share": "3/2"}})", "wrong-type /threshold/share"},
      {R"({"threshold": {"share": "1/0"}})", "wrong-type /threshold/share"},
      {R"({"quorum": {"of": "eligible"}})", "required /quorum"},
      {R"({"earlyClose": "soon"})", "unknown-value /earlyClose"},
      {R"({"revote": true})", "required /revote"},
      {R"({"ballot": "secret", "earlyClose": "whenDecided"})", "not-secret /earlyClose"},
      {R"({"ballot": "secret", "publishTally": "live"})", "not-secret /publishTally"},
      {R"({"ballot": "secret", "revote": true, "window": {"closes": {"in": "P1D"}}})",
       "not-secret /revote"},
      {R"({"minutes": {"file": "x"}})", "unknown-field /minutes/file"},
      {R"({"mode": "recorded", "teller": [{"role": "a"}]})", "required "},
      {R"({"seats": 2})", "required "},
      {R"({"seats": 0, "candidates": ["a"]})", "wrong-type /seats"},
      {R"({"window": {"open": {}}})", "unknown-field /window/open"},
      {R"({"mode": "paper"})", "unknown-value /mode"},
      {R"({"form": {}})", "unknown-field /form"},
      {R"({"electorate": []})", "required /electorate"},
  };
  for (const auto& [fields, wanted] : rows) {
    INFO(fields);
    const std::string row = wanted;
    const auto space = row.find(' ');
    CHECK(faults_of(vote(Json::parse(fields))) ==
          Faults{row.substr(0, space) + " " + with + row.substr(space + 1)});
  }
}

TEST_CASE("calendar and notify are checked too", "[definition]") {
  const auto calendar = [](const char* fields) {
    return with_step({{"call", "calendar:1.0.0@default"}, {"with", Json::parse(fields)}});
  };
  CHECK(
      faults_of(calendar(R"({"from": "${ .start }", "add": {"workingDays": 5}, "calendar": "vn"})"))
          .empty());
  CHECK(faults_of(calendar(R"({"from": "${ .start }"})")) == Faults{"required " + with});
  CHECK(faults_of(calendar(R"({"add": {"in": "P1D"}, "to": 1})")) ==
        Faults{"unknown-field " + with + "/to"});
  const auto notify = [](const char* fields) {
    return with_step({{"call", "notify:1.0.0@default"}, {"with", Json::parse(fields)}});
  };
  CHECK(
      faults_of(
          notify(
              R"({"to": [{"role": "staff"}], "title": {"vi": "a", "en": "b"}, "body": "x", "data": {"a": 1}})"))
          .empty());
  CHECK(faults_of(notify(R"({"title": "x"})")) == Faults{"required " + with});
  CHECK(faults_of(notify(R"({"to": [{"role": "staff"}], "text": "x"})")) ==
        Faults{"unknown-field " + with + "/text"});
}

TEST_CASE("a form may take parts of its schema from the data", "[definition]") {
  CHECK(faults_of(human_task(R"({"form": {"schema": {"type": "object", "required": ["${ .field }"],
      "properties": {"who": {"enum": "${ .names }"}, "one": {"enum": ["${ .first }"]}}}}})"_j))
            .empty());
  CHECK(
      faults_of(human_task(
          R"({"form": {"schema": {"properties": {"who": {"enom": "${ .names }", "minn": 1}}}}})"_j)) ==
      Faults{"unknown-keyword " + with + "/form/schema/properties/who/minn"});
}
