// Votes beyond the simple count: secret ballots, voting again, the chair's casting vote, several
// seats, a running tally, and what is kept for the minutes.

#include "tests/simulation/play.hpp"

namespace kyhan::test {
namespace {

std::string poll(const std::string& with) {
  return R"(
do:
  - poll:
      call: vote:1.0.0@default
      with:
        question: Support?
        electorate: [{role: specialist}, {role: head}, {role: deputy}, {role: chair}]
)" + with + R"(
  - tell: {set: "${ {decision, tally, ballots: (.ballots | length), tied: (.tied // null), elected: (.elected // null)} }"}
)";
}

/// One ballot a minute, in this order.
std::string ballots(const std::vector<std::pair<const char*, const char*>>& given) {
  Json list = Json::array();
  int minute = 0;
  for (const auto& [by, outcome] : given) {
    list.push_back({{"task", "poll"},
                    {"by", by},
                    {"outcome", outcome},
                    {"after", "PT" + std::to_string(++minute) + "M"}});
  }
  return list.dump();
}

const VoteClosed* closed(const SimulationResult& result) {
  for (const Event& event : result.journal) {
    if (const auto* vote = std::get_if<VoteClosed>(&event)) return vote;
  }
  return nullptr;
}

const std::string secret = R"(        options: [for, against]
        ballot: secret
        threshold: {option: for, share: 1/2, of: cast, strict: true}
)";

TEST_CASE("a secret ballot is counted and nothing says whose is whose", "[simulation][vote]") {
  const auto result = play({poll(secret), "{}",
                            ballots({{"an", "for"},
                                     {"binh", "against"},
                                     {"chi", "for"},
                                     {"dung", "for"},
                                     {"em", "against"},
                                     {"giang", "for"}})});
  CHECK(Json::parse(outcome_of(result)) ==
        Json::parse(R"({"decision":"accepted","tally":{"against":2,"for":4},"ballots":0,"tied":null,"elected":null})"));
  for (const Event& event : result.journal) {
    const auto* cast = std::get_if<BallotCast>(&event);
    if (cast == nullptr) continue;
    CHECK(cast->response.outcome.empty());
    CHECK(cast->response.data.is_null());
  }
  // That somebody has voted is told; what, is not.
  for (const CloudEvent& event : result.published) {
    const std::string type = event.at("type");
    if (type.find("vote.closed") != std::string::npos) continue;
    CHECK(event.at("data").dump().find("against") == std::string::npos);
  }
}

TEST_CASE("a secret ballot takes nothing that would show whose it is", "[simulation][vote]") {
  const auto result = play({poll(secret), "{}", R"([
    {"task": "poll", "by": "an", "outcome": "for", "comment": "Mine."},
    {"task": "poll", "by": "binh", "outcome": "for", "signature": true},
    {"task": "poll", "by": "chi", "outcome": "for", "data": {"why": "x"}},
    {"task": "poll", "by": "dung", "outcome": "for"},
    {"task": "poll", "by": "dung", "outcome": "against", "after": "PT1M"}])"});
  CHECK(refusals(result) == "0:secret-ballot 1:secret-ballot 2:secret-ballot 4:not-a-candidate");
}

TEST_CASE("who may vote again is counted once, by what was cast last", "[simulation][vote]") {
  const std::string again = poll(R"(        options: [for, against]
        revote: true
        window: {closes: {in: PT2H}}
)");
  const auto result = play({again, "{}",
                            ballots({{"an", "for"},
                                     {"binh", "for"},
                                     {"an", "against"},
                                     {"chi", "against"},
                                     {"binh", "against"}})});
  CHECK(Json::parse(outcome_of(result)) ==
        Json::parse(R"({"decision":"rejected","tally":{"against":3,"for":0},"ballots":3,"tied":null,"elected":null})"));
  const auto once = play({poll(R"(        options: [for, against]
        earlyClose: never
        window: {closes: {in: PT2H}}
)"),
                          "{}", ballots({{"an", "for"}, {"an", "against"}})});
  CHECK(refusals(once) == "1:not-a-candidate");
}

const std::string even = R"(        options: [for, against]
        exclude: {users: [chi, dung]}
        threshold: {option: for, share: 1/2, of: cast, strict: true}
        tieBreak: {user: giang}
)";

TEST_CASE("the chair's casting vote breaks a tie", "[simulation][vote]") {
  const auto result = play(
      {poll(even), "{}", ballots({{"an", "for"}, {"binh", "against"}, {"em", "against"}, {"giang", "for"}})});
  CHECK(Json::parse(outcome_of(result)) ==
        Json::parse(R"({"decision":"accepted","tally":{"against":2,"for":2},"ballots":4,"tied":null,"elected":null})"));
  REQUIRE(closed(result) != nullptr);
  CHECK(closed(result)->result.at("castingVotes").at(0).at("by") == "giang");
}

TEST_CASE("a chair who has not said which way is asked, and nobody else", "[simulation][vote]") {
  const std::string by_secret = poll(secret + "        exclude: {users: [chi, dung]}\n"
                                              "        tieBreak: {user: giang}\n");
  const auto result = play({by_secret, "{}", R"([
    {"task": "poll", "by": "an", "outcome": "for"},
    {"task": "poll", "by": "binh", "outcome": "against"},
    {"task": "poll", "by": "em", "outcome": "against"},
    {"task": "poll", "by": "giang", "outcome": "for"},
    {"task": "poll", "by": "em", "outcome": "against", "after": "PT1M"},
    {"task": "poll", "by": "giang", "outcome": "against", "after": "PT2M"}])"});
  CHECK(Json::parse(outcome_of(result)) ==
        Json::parse(R"({"decision":"rejected","tally":{"against":2,"for":2},"ballots":0,"tied":null,"elected":null})"));
  CHECK(refusals(result) == "4:not-a-candidate");
}

TEST_CASE("several seats are filled from the top, and a tie at the last is said",
          "[simulation][vote]") {
  const std::string seats = R"(        seats: 2
        candidates: [Hoa, Lan, Mai]
        threshold: {share: 1/3, of: cast}
        window: {closes: {in: PT2H}}
)";
  const auto choose = [](const char* by, std::vector<const char*> names, int minute) {
    return Json{{"task", "poll"},
                {"by", by},
                {"outcome", "vote"},
                {"data", {{"choices", names}}},
                {"after", "PT" + std::to_string(minute) + "M"}};
  };
  const auto won = play({poll(seats), "{}",
                         Json::array({choose("an", {"Hoa", "Lan"}, 1), choose("binh", {"Hoa"}, 2),
                                      choose("chi", {"Lan", "Hoa"}, 3)})
                             .dump()});
  INFO(refusals(won));
  CHECK(Json::parse(outcome_of(won)) ==
        Json::parse(R"({"decision":"accepted","tally":{"Hoa":3,"Lan":2,"Mai":0},"ballots":3,"tied":[],"elected":["Hoa","Lan"]})"));
  const auto tie = play({poll(seats), "{}",
                         Json::array({choose("an", {"Hoa", "Lan"}, 1), choose("binh", {"Hoa", "Mai"}, 2)})
                             .dump()});
  CHECK(Json::parse(outcome_of(tie)) ==
        Json::parse(R"({"decision":"tie","tally":{"Hoa":2,"Lan":1,"Mai":1},"ballots":2,"tied":["Lan","Mai"],"elected":["Hoa"]})"));
  const auto too_many =
      play({poll(seats), "{}", Json::array({choose("an", {"Hoa", "Lan", "Mai"}, 1)}).dump()});
  CHECK(too_many.refused.size() == 1);
}

TEST_CASE("too few who vote decide nothing, whatever they say", "[simulation][vote]") {
  const auto result = play({poll(R"(        options: [for, against]
        quorum: {share: 2/3}
        window: {closes: {in: PT2H}}
)"),
                            "{}", ballots({{"an", "for"}, {"binh", "for"}, {"chi", "for"}})});
  CHECK(outcome_of(result).find(R"("decision":"noQuorum")") != std::string::npos);
}

TEST_CASE("the electorate is who it is when the vote opens", "[simulation][vote]") {
  const auto result = play({poll("        options: [for, against]\n"), "{}", ballots({{"an", "for"}})});
  CHECK(outcome_of(result) == "waiting");
  for (const auto& [id, node] : result.state.nodes) {
    if (node.results.is_object() && node.results.contains("eligible")) {
      CHECK(node.results.at("eligible").size() == 6);
    }
  }
}

TEST_CASE("what the minutes need is kept when a vote closes", "[simulation][vote]") {
  const auto result = play({poll(R"(        options: [{id: for, label: {vi: Tán thành, en: For}}, against]
        window: {closes: {in: PT2H}}
        minutes: {template: bien-ban}
)"),
                            "{}", ballots({{"an", "for"}, {"binh", "for"}})});
  const VoteClosed* vote = closed(result);
  REQUIRE(vote != nullptr);
  CHECK(vote->record.at("question") == "Support?");
  CHECK(vote->record.at("voters") == Json::array({"an", "binh"}));
  CHECK(vote->record.at("absent").size() == 4);
  CHECK(vote->record.at("template") == "bien-ban");
  CHECK(vote->result.at("minutes").at("uri") ==
        "/api/v1/votes/" + vote->result.at("protocolId").get<std::string>() + "/minutes");
}

TEST_CASE("voters have taken part: a later step may exclude them", "[simulation][vote]") {
  const std::string then = R"(
do:
  - poll:
      call: vote:1.0.0@default
      with: {question: Q, electorate: [{role: head}], options: [for, against], ballot: secret}
  - publish:
      call: humanTask:1.0.0@default
      with:
        title: Publish
        assignment: {mode: claim, candidates: [{role: head}, {role: chair}], exclude: {performersOf: [poll]}}
)";
  const auto result = play({then, "{}", R"([
    {"task": "poll", "by": "binh", "outcome": "for"},
    {"task": "poll", "by": "em", "outcome": "for"},
    {"task": "publish", "by": "binh", "outcome": "done"},
    {"task": "publish", "by": "giang", "outcome": "done", "after": "PT1M"}])"});
  CHECK(refusals(result) == "2:excluded");
  CHECK(result.state.ended_at.has_value());
}

}  // namespace
}  // namespace kyhan::test
