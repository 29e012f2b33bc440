// What people say beside their answers, as `kyhan run` plays it.

#include "tests/simulation/play.hpp"

namespace kyhan::test {
namespace {

const char* one_task = R"(
do:
  - ask:
      call: humanTask:1.0.0@default
      with:
        title: {vi: Việc, en: Work}
        assignment: {mode: claim, candidates: [{role: specialist, unit: so-a}]}
)";

TEST_CASE("a comment is kept with the people it names, who exist", "[simulation][comments]") {
  const auto result = play({one_task, "{}", R"([
    {"task": "ask", "by": "an", "action": "comment", "comment": "Nhờ @binh và @nguoi-la xem."},
    {"task": "ask", "by": "an", "action": "comment", "comment": "a\u202eb"},
    {"task": "ask", "by": "an", "action": "comment", "comment": " "},
    {"task": "ask", "by": "an", "comment": "xong\u0007"},
    {"task": "ask", "by": "an", "data": {"note": "x\u0000"}},
    {"task": "ask", "by": "an"}
  ])"});
  std::vector<const TaskCommented*> comments;
  for (const Event& event : result.journal) {
    if (const auto* one = std::get_if<TaskCommented>(&event)) comments.push_back(one);
  }
  REQUIRE(comments.size() == 1);
  CHECK(comments[0]->mentions == std::vector{PersonId{"binh"}});
  std::string refused;
  for (const RefusedAnswer& one : result.refused) {
    refused += std::to_string(one.answer) + ":" + one.error.type + " " +
               one.error.fields.at(0).code + " " + one.error.fields.at(0).pointer + "\n";
  }
  CHECK(refused ==
        "1:comment-invalid bidi-control /comment\n"
        "2:comment-invalid minLength /comment\n"
        "3:answer-invalid control-character /comment\n"
        "4:answer-invalid control-character /data/note\n");
  CHECK(result.state.status == InstanceStatus::completed);
}

TEST_CASE("a form that an expression gives is checked when its task opens", "[simulation][forms]") {
  const std::string steps = R"(
do:
  - ask:
      call: humanTask:1.0.0@default
      with:
        title: {vi: Việc, en: Work}
        assignment: {mode: claim, candidates: [{role: specialist, unit: so-a}]}
        form: {schema: "${ .schema }"}
  - tell: {set: "${ .data }"}
)";
  const auto bad = play({steps, R"({"schema": {"type": 5}})"});
  CHECK(outcome_of(bad) == "faulted validation /do/0/ask");
  CHECK(bad.state.error->detail.find("form.schema/type") != std::string::npos);
  const auto none = play({steps, R"({"schema": "text"})"});
  CHECK(outcome_of(none) == "faulted validation /do/0/ask");
  const auto good = play({steps, R"({"schema": {"required": ["a"]}})", R"([
    {"task": "ask", "by": "an", "data": {}}, {"task": "ask", "by": "an", "data": {"a": 1}}])"});
  CHECK(good.refused.size() == 1);
  CHECK(outcome_of(good) == R"({"a":1})");
}

TEST_CASE("an older journal's comment names nobody", "[simulation][comments]") {
  const Event event = decode_event(
      Json::parse(R"({"type": "task_commented", "task": "x.1", "by": "an", "comment": "@binh",
                      "at": 0})"));
  CHECK(std::get<TaskCommented>(event).mentions.empty());
}

}  // namespace
}  // namespace kyhan::test
