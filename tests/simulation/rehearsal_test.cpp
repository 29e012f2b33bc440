// A period played beforehand: what starts, who gets what when, and what will not work.

#include "workflow/simulation/rehearsal.hpp"

#include "workflow/core/forms.hpp"
#include "workflow/simulation/rehearsal_text.hpp"
#include "workflow/simulation/sample.hpp"

#include "tests/simulation/play.hpp"
#include "tests/support/results.hpp"

namespace kyhan::test {
namespace {

struct Rehearsing {
  RehearsalPlan plan;

  Rehearsing() {
    plan.directory = Directory::parse(*parse_json(small_directory)).value();
    plan.calendars = make_calendars({}).value();
    period("2026-08-01", "2026-12-31");
  }
  Rehearsing& period(const std::string& from, const std::string& to) {
    plan.from = parse_iso_date(from).value();
    plan.to = parse_iso_date(to).value();
    return *this;
  }
  /// `metadata` is YAML of document.metadata; `steps` from `do:` on.
  Rehearsing& definition(const std::string& name, const std::string& metadata,
                         const std::string& steps) {
    static const std::shared_ptr<ExpressionCompiler> compiler = make_jq_compiler();
    const CompiledDefinition compiled =
        compile_definition("document: {dsl: '1.0.3', namespace: test, name: " + name +
                               ", version: '1.0.0', metadata: " + metadata + "}\n" + steps,
                           *compiler);
    for (const Fault& fault : compiled.faults) UNSCOPED_INFO(fault.pointer + fault.message.en);
    REQUIRE(compiled.program.has_value());
    plan.programs.push_back(*compiled.program);
    return *this;
  }
  Rehearsing& answers(const std::string& json) {
    plan.answers = parse_answers(parse_json(json).value(), WhoAnswers::may_be_open).value();
    return *this;
  }
  Rehearsing& assume(const std::string& text) {
    REQUIRE(read_assumed(text, plan));
    return *this;
  }
  [[nodiscard]] Rehearsal play() const {
    Result<Rehearsal> played = rehearse(plan);
    REQUIRE(played);
    return std::move(*played);
  }
};

std::string local(Instant at) {
  return to_rfc3339(at, "Asia/Ho_Chi_Minh").substr(0, 16);
}

const std::string per_department =
    "{schedule: {timeZone: Asia/Ho_Chi_Minh, perUnit: {kind: department, spread: PT10M}, "
    "onHoliday: next}}";

const std::string report = R"(
schedule: {cron: '0 8 2 * *'}
do:
  - report:
      call: humanTask:1.0.0@default
      with:
        title: {vi: Báo cáo, en: Report}
        assignment: {mode: claim, candidates: [{role: specialist, unit: own}]}
        outcomes: [{id: none, style: negative}, {id: submit, style: positive}]
        due: {workingDays: 3}
        reminders:
          - {offset: {workingDays: -1}, at: "08:00", to: [assignee]}
          - {offset: {workingDays: 1}, at: "08:00", to: [assignee, head]}
        escalation: [{after: {workingDays: 2}, action: notify, to: {role: chair}}]
  - close: {set: "${ {outcome: .outcome} }"}
)";

TEST_CASE("each occurrence starts for every unit, and days off move it as the schedule says",
          "[simulation][rehearsal]") {
  const Rehearsal played = Rehearsing()
                               .definition("report", per_department, report)
                               .period("2026-08-15", "2026-10-15")
                               .play();
  // 2 September is the National Day, so both units begin on the 3rd, five minutes apart.
  REQUIRE(played.cases.size() == 4);
  CHECK(local(played.cases[0].started_at) == "2026-09-03T08:00");
  CHECK(local(played.cases[1].started_at) == "2026-09-03T08:05");
  CHECK(played.cases[0].unit.text() == "so-a");
  CHECK(local(played.cases[2].started_at) == "2026-10-02T08:00");
  for (const RehearsedCase& one : played.cases) CHECK(one.status == InstanceStatus::completed);
  REQUIRE(played.collisions.size() == 1);
  CHECK(played.collisions[0].kind == "start");
  CHECK(to_iso_date(played.collisions[0].day) == "2026-09-02");
  CHECK(to_iso_date(played.collisions[0].instead) == "2026-09-03");
  CHECK(played.collisions[0].reason.vi == "Quốc khánh");
}

TEST_CASE("people who answer at the last moment are reminded before and never late",
          "[simulation][rehearsal]") {
  const Rehearsal played = Rehearsing()
                               .definition("report", per_department, report)
                               .period("2026-09-03", "2026-10-31")
                               .play();
  REQUIRE(played.tasks.size() == 2);
  CHECK(played.tasks[0].due_date == "2026-10-07");
  CHECK(played.tasks[0].outcome == "submit");
  CHECK(played.tasks[0].by.text() == "an");
  CHECK_FALSE(played.tasks[0].overdue);
  REQUIRE(played.reminders.size() == 2);
  CHECK(local(played.reminders[0].at) == "2026-10-06T08:00");
  CHECK(played.escalations.empty());
  REQUIRE(played.load.size() == 2);
  CHECK(played.load[0].person.text() == "an");
  CHECK(played.load[0].week == "2026-W41");
  CHECK(played.load[0].answered == 1);
  CHECK(played.load[0].due == 1);
  CHECK(played.load[0].reminders == 1);
}

TEST_CASE("people who are late are reminded again and reported, those in time are not",
          "[simulation][rehearsal]") {
  Rehearsing rehearsing;
  rehearsing.definition("report", per_department, report).period("2026-09-03", "2026-10-31");
  const Rehearsal late = rehearsing.assume("late:P5D").play();
  CHECK(late.tasks[0].overdue);
  CHECK(local(*late.tasks[0].ended_at) == "2026-10-13T00:00");
  CHECK(late.reminders.size() == 4);
  CHECK(late.escalations.size() == 2);
  CHECK(late.escalations[0].to == std::vector<PersonId>{PersonId{"giang"}});
  const Rehearsal early = rehearsing.assume("on-time").play();
  CHECK_FALSE(early.tasks[0].overdue);
  CHECK(*early.tasks[0].ended_at < *early.tasks[0].due_at);
  CHECK(early.reminders.empty());
}

TEST_CASE("what begins by hand is started once in every unit that may, with made-up input",
          "[simulation][rehearsal]") {
  const Rehearsal played =
      Rehearsing()
          .definition("case",
                      "{start: {by: [{role: specialist, unit: own}], form: {schema: {type: object, "
                      "required: [year, name], properties: {year: {type: integer, minimum: 2020, "
                      "maximum: 2100}, name: {type: string, minLength: 20}}}}}}",
                      R"(
do:
  - check: {call: "humanTask:1.0.0@default", with: {title: "${ .name }", assignment: {mode: claim, candidates: [{role: head, unit: own}]}}}
  - end: {set: "${ {} }"}
)")
          .play();
  REQUIRE(played.cases.size() == 2);
  // Saturday 1 August: the first working day is the Monday after.
  CHECK(local(played.cases[0].started_at) == "2026-08-03T07:30");
  CHECK_FALSE(played.cases[0].scheduled);
  REQUIRE(played.tasks.size() == 2);
  CHECK(played.tasks[0].by.text() == "binh");
  CHECK(played.tasks[0].title.vi.size() >= 20);
}

TEST_CASE("steps that nobody can take are named with their unit", "[simulation][rehearsal]") {
  const Rehearsal played = Rehearsing()
                               .definition("audit", "{start: {by: [{role: head, unit: own}]}}", R"(
do:
  - look: {call: "humanTask:1.0.0@default", with: {title: Look, assignment: {mode: claim, candidates: [{role: deputy, unit: own}]}}}
)")
                               .play();
  // so-a has a deputy, so-b has none.
  REQUIRE(played.nobody.size() == 1);
  CHECK(played.cases[played.nobody[0].of].unit.text() == "so-b");
  CHECK(played.nobody[0].step == "/do/0/look");
  CHECK(played.cases[played.nobody[0].of].status == InstanceStatus::faulted);
}

TEST_CASE("answers of a file are given at their steps, round by round", "[simulation][rehearsal]") {
  const Rehearsal played =
      Rehearsing()
          .definition("loop", "{start: {by: [{role: chair, unit: own}]}}", R"(
do:
  - write: {call: "humanTask:1.0.0@default", with: {title: Write, assignment: {mode: claim, candidates: [{role: chair}]}}}
  - read:
      call: humanTask:1.0.0@default
      with: {title: Read, assignment: {mode: claim, candidates: [{role: head}]}, outcomes: [{id: fine, style: positive}, {id: again, requires: [comment]}]}
      output: {as: "${ {outcome} }"}
  - route: {switch: [{back: {when: "${ .outcome == \"again\" }", then: write}}, {on: {then: end}}]}
)")
          .answers(R"([{"task": "read", "outcome": "again", "comment": "x", "after": "P2D"},
                       {"task": "read", "by": "em", "outcome": "fine"}])")
          .play();
  REQUIRE(played.tasks.size() == 4);
  CHECK(played.tasks[1].outcome == "again");
  CHECK(*played.tasks[1].ended_at - played.tasks[1].opened_at == std::chrono::days{2});
  CHECK(played.tasks[3].outcome == "fine");
  CHECK(played.tasks[3].by.text() == "em");
}

TEST_CASE("an answer that the rules refuse is told, and the task stays open",
          "[simulation][rehearsal]") {
  const Rehearsal played =
      Rehearsing()
          .definition("strict", "{start: {by: [{role: chair, unit: own}]}}", R"(
do:
  - write:
      call: humanTask:1.0.0@default
      with:
        title: Write
        assignment: {mode: claim, candidates: [{role: chair}]}
        form: {schema: {type: object, required: [code], properties: {code: {type: string, pattern: '^QX[0-9]{7}$'}}}}
)")
          .play();
  REQUIRE(played.refused.size() == 1);
  CHECK(played.refused[0].detail.find("/data/code") != std::string::npos);
  CHECK(played.tasks[0].state == TaskState::offered);
  CHECK_FALSE(played.cases[0].ended_at);
}

TEST_CASE("deadlines that meet days off are told with the reason", "[simulation][rehearsal]") {
  const std::string steps = R"(
do:
  - moved: {call: "humanTask:1.0.0@default", with: {title: A, assignment: {mode: claim, candidates: [{role: chair}]}, due: {in: P15D}}}
  - fixed: {call: "humanTask:1.0.0@default", with: {title: B, assignment: {mode: claim, candidates: [{role: chair}]}, due: {date: "2026-09-12"}}}
)";
  const Rehearsal played =
      Rehearsing()
          .definition("days", "{start: {by: [{role: chair, unit: own}]}}", steps)
          .period("2026-08-17", "2026-09-30")
          .play();
  REQUIRE(played.collisions.size() == 2);
  CHECK(played.collisions[0].kind == "deadline-moved");
  CHECK(to_iso_date(played.collisions[0].day) == "2026-09-01");
  CHECK(to_iso_date(played.collisions[0].instead) == "2026-09-03");
  CHECK(played.collisions[1].kind == "deadline");
  CHECK(played.collisions[1].reason.vi == "cuối tuần");
}

TEST_CASE("votes and meetings are held with everybody for the first option",
          "[simulation][rehearsal]") {
  const Rehearsal played = Rehearsing()
                               .definition("votes", "{start: {by: [{role: chair, unit: own}]}}", R"(
do:
  - open:
      call: vote:1.0.0@default
      with:
        question: Đồng ý?
        mode: cast
        ballot: open
        electorate: [{role: head}, {role: specialist}, {role: deputy}]
        options: [for, against, abstain]
        window: {opens: {in: PT0S}, closes: {workingDays: 2, at: "17:00"}}
        quorum: {share: "2/3", of: eligible}
        threshold: {option: for, share: "1/2", of: cast, strict: true}
      output: {as: "${ {open: .decision} }"}
  - meeting:
      call: vote:1.0.0@default
      with:
        question: Bầu
        mode: recorded
        teller: [{role: specialist}]
        countersign: [{role: head}, {role: specialist}]
        quorum: {share: "2/3", of: eligible}
        seats: 2
        candidates: [hoa, lan, mai]
        threshold: {share: "1/2", of: present, strict: true}
      output: {as: "${ $input + {meeting: .decision} }"}
)")
                               .play();
  REQUIRE(played.cases.size() == 1);
  CHECK(played.refused.empty());
  CHECK(played.cases[0].status == InstanceStatus::completed);
  CHECK(played.tasks.size() == 5 + 2);
}

TEST_CASE("what one case emits another hears, in the order of time", "[simulation][rehearsal]") {
  Rehearsing rehearsing;
  rehearsing.definition("teller", "{start: {by: [{role: head, unit: own}]}}", R"(
do:
  - work: {call: "humanTask:1.0.0@default", with: {title: Work, assignment: {mode: claim, candidates: [{role: head, unit: own}]}, due: {workingDays: 2}}}
  - tell: {emit: {event: {with: {source: 'https://x.vn', type: vn.x.done}}}}
)");
  rehearsing.definition("hearer", "{start: {by: [{role: chair, unit: own}]}}", R"(
do:
  - hear: {listen: {to: {one: {with: {type: vn.x.done}}}}}
  - end: {set: "${ {} }"}
)");
  const Rehearsal played = rehearsing.play();
  REQUIRE(played.cases.size() == 3);
  for (const RehearsedCase& one : played.cases) CHECK(one.status == InstanceStatus::completed);
  CHECK(local(*played.cases[0].ended_at) == "2026-08-06T00:00");
}

TEST_CASE("other systems are not called: the file or nothing answers for them",
          "[simulation][rehearsal][calls]") {
  const std::string asking = R"(
do:
  - ask: {call: http, with: {method: get, endpoint: 'https://api.example.vn/people'}}
  - close: {set: "${ {outcome: (.answer // \"nothing\")} }"}
)";
  Rehearsing rehearsing;
  rehearsing.definition("asking", "{start: {by: [{role: head, unit: own}]}}", asking);
  for (const RehearsedCase& one : rehearsing.play().cases) {
    CHECK(one.status == InstanceStatus::completed);
  }
  rehearsing.answers(R"([{"task": "ask", "outcome": "", "data": {"answer": "eleven"}}])");
  const Rehearsal played = rehearsing.play();
  REQUIRE_FALSE(played.cases.empty());
  CHECK(played.cases[0].status == InstanceStatus::completed);
}

TEST_CASE("more threads give the same rehearsal", "[simulation][rehearsal][property]") {
  Rehearsing rehearsing;
  rehearsing.definition("report", per_department, report).assume("late:P3D");
  const std::string alone = rehearsal_json(rehearsing.plan, rehearsing.play());
  rehearsing.plan.threads = 4;
  CHECK(rehearsal_json(rehearsing.plan, rehearsing.play()) == alone);
}

TEST_CASE("the document is JSON with every list, and the table reads in both languages",
          "[simulation][rehearsal]") {
  Rehearsing rehearsing;
  rehearsing.definition("report", per_department, report)
      .period("2026-08-15", "2026-10-31")
      .assume("late:P5D");
  const Rehearsal played = rehearsing.play();
  const Json document = Json::parse(rehearsal_json(rehearsing.plan, played));
  CHECK(document["assume"] == "late:P5D");
  CHECK(document["totals"]["starts"] == 4);
  CHECK(document["totals"]["deadlines"] == 4);
  CHECK(document["starts"][0]["at"] == "2026-09-03T08:00:00+07:00");
  CHECK(document["tasks"][0]["step"] == "/do/0/report");
  CHECK(document["deadlines"][0]["date"] == "2026-09-08");
  CHECK(document["reminders"].size() == played.reminders.size());
  CHECK(document["escalations"][0]["to"] == Json::array({"giang"}));
  CHECK(document["load"].size() == played.load.size());
  CHECK(document["collisions"][0]["reason"]["vi"] == "Quốc khánh");
  for (const char* list : {"skipped", "nobody", "refused", "truncated"}) {
    CHECK(document[list] == Json::array());
  }
  const Json cut = Json::parse(rehearsal_json(rehearsing.plan, played, {1}));
  CHECK(cut["tasks"].size() == 1);
  CHECK(cut["totals"]["tasks"] == 4);
  CHECK(cut["truncated"].size() >= 5);
  const std::string table = rehearsal_table(rehearsing.plan, played, true);
  CHECK(table.find("Trùng ngày nghỉ, lễ: 1\n") != std::string::npos);
  CHECK(table.find("Quốc khánh") != std::string::npos);
  CHECK(rehearsal_table(rehearsing.plan, played, false).find("Heaviest weeks") !=
        std::string::npos);
}

TEST_CASE("an impossible period is refused", "[simulation][rehearsal]") {
  CHECK(rehearse(Rehearsing().period("2026-08-02", "2026-08-01").plan).error().type ==
        "rehearsal-invalid");
  CHECK(rehearse(Rehearsing().period("2026-01-01", "2029-01-01").plan).error().type ==
        "rehearsal-invalid");
}

TEST_CASE("weeks are those of ISO 8601", "[simulation][rehearsal]") {
  for (const auto& [date, week] :
       std::vector<std::pair<std::string, std::string>>{{"2026-01-01", "2026-W01"},
                                                        {"2025-12-29", "2026-W01"},
                                                        {"2027-01-03", "2026-W53"},
                                                        {"2027-01-04", "2027-W01"},
                                                        {"2024-12-30", "2025-W01"},
                                                        {"2026-10-07", "2026-W41"}}) {
    CHECK(iso_week(parse_iso_date(date).value()) == week);
  }
}

TEST_CASE("made-up data is what the form accepts", "[simulation][rehearsal][sample]") {
  const auto directory = Directory::parse(*parse_json(small_directory)).value();
  const SampleSource source{*directory, UnitId{"so-a"}, parse_iso_date("2026-09-10").value()};
  const Json form = parse_json(R"({
    "schema": {"type": "object", "additionalProperties": false,
      "required": ["kind", "date", "who", "count", "share", "list", "yes", "code", "mail", "nested"],
      "properties": {
        "kind": {"oneOf": [{"const": "a", "title": "A"}, {"const": "b"}]},
        "date": {"type": "string", "format": "date"}, "who": {"type": "string"},
        "count": {"type": "integer", "minimum": 3, "multipleOf": 5},
        "share": {"type": "number", "exclusiveMinimum": 0, "maximum": 0.5},
        "list": {"type": "array", "minItems": 2, "uniqueItems": true, "items": {"type": "object",
                 "required": ["name"], "properties": {"name": {"type": "string"}}}},
        "yes": {"type": "boolean"}, "code": {"type": "string", "pattern": "^[0-9]+/QĐ-UBND$"},
        "mail": {"type": "string", "format": "email"},
        "nested": {"$ref": "#/$defs/place"}, "extra": {"type": "string"}},
      "$defs": {"place": {"type": "object", "required": ["unit"], "properties": {"unit": {"type": "string"}}}},
      "if": {"properties": {"kind": {"const": "a"}}}, "then": {"required": ["extra"]}},
    "ui": {"who": {"widget": "person"}},
    "prefill": {"yes": false}})")
                        .value();
  const Json made = sample_of_form(form, source);
  CHECK(validate_against(form["schema"], made).empty());
  CHECK(made["kind"] == "a");
  CHECK(made["date"] == "2026-09-10");
  CHECK(made["who"] == "an");
  CHECK(made["count"] == 5);
  CHECK(made["yes"] == false);
  CHECK(made.contains("extra"));
}

}  // namespace
}  // namespace kyhan::test
