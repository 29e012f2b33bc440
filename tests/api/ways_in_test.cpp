// Every rule about who may decide, against every way in: the pages and the API, a request of many, a
// deputy, a delegate, a new assignee, a co-signer, a recall. No way round one of them succeeds.

#include <functional>

#include "tests/support/live_server.hpp"

namespace kyhan::test {
namespace {

/// draft (specialist) -> check (specialist or head of the unit, not who drafted).
Json guarded_definition() {
  const Json draft = {
      {"call", "humanTask:1.0.0@default"},
      {"with",
       {{"title", "Draft"},
        {"assignment",
         {{"mode", "claim"},
          {"candidates", Json::array({{{"role", "specialist"}, {"unit", "own"}}})}}}}}};
  const Json check = {
      {"call", "humanTask:1.0.0@default"},
      {"with",
       {{"title", "Check"},
        {"assignment",
         {{"mode", "claim"},
          {"candidates", Json::array({{{"role", "specialist"}, {"unit", "own"}},
                                      {{"role", "head"}, {"unit", "own"}}})},
          {"exclude", {{"performersOf", Json::array({"draft"})}}},
          {"substitutes", true},
          {"delegation", "free"}}},
        {"outcomes",
         Json::array({{{"id", "pass"}},
                      {{"id", "return"}, {"requires", Json::array({"comment"})}},
                      {{"id", "seal"}, {"requires", Json::array({"signature"})}}})}}}};
  Json definition = two_step_definition();
  definition["document"]["name"] = "guarded";
  definition["do"] = Json::array({{{"draft", draft}}, {{"check", check}}});
  return definition;
}

std::string slug(const HttpAnswer& answer) {
  if (answer.status < 300) return "done";
  const Json body = answer.json();
  const std::string type = body.value("type", "");
  return std::to_string(answer.status) + " " + type.substr(type.rfind('/') + 1);
}

/// A case that `an` has drafted and that waits to be checked.
class Case {
 public:
  Case() {
    const HttpAnswer published = live_.local().post("/api/v1/definitions", guarded_definition());
    INFO(published.body);
    REQUIRE(published.status == 201);
    HttpClient an = live_.as("an");
    const Json started =
        an.post("/api/v1/instances", {{"definition", "guarded"}, {"unit", "so-a"}}).json();
    draft_ = started["openTasks"][0]["id"];
    const HttpAnswer drafted = complete("an", draft_, {{"outcome", "done"}});
    INFO(drafted.body);
    REQUIRE(drafted.status == 200);
    check_ = drafted.json()["openTasks"][0]["id"];
  }

  const std::string& draft() const { return draft_; }
  const std::string& check() const { return check_; }

  HttpAnswer act(const std::string& who, const std::string& task, const std::string& verb,
                 const Json& body = Json::object()) {
    return live_.as(who).post("/api/v1/tasks/" + task + ":" + verb, body);
  }
  HttpAnswer complete(const std::string& who, const std::string& task, const Json& body) {
    return live_.as(who).post("/api/v1/tasks/" + task + ":complete", body, {"If-Match: " + etag(task)});
  }
  /// As the server sees it now, whoever may look.
  std::string etag(const std::string& task) {
    for (const char* who : {"binh", "an", "quan-tri"}) {
      const HttpAnswer seen = live_.as(who).get("/api/v1/tasks/" + task);
      if (seen.status == 200) return seen.json()["etag"];
    }
    return "\"1\"";
  }
  /// What one item of a request of many got.
  std::string in_bulk(const std::string& who, const std::string& action, Json item) {
    item["task"] = check_;
    if (action != "claim") item["etag"] = etag(check_);
    const HttpAnswer answer = live_.as(who).post(
        "/api/v1/tasks:batch", {{"action", action}, {"items", Json::array({item})}});
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    const Json one = answer.json()["results"][0];
    if (one["status"] == 200) return "done";
    const std::string type = one["problem"]["type"];
    return one["status"].dump() + " " + type.substr(type.rfind('/') + 1);
  }
  void leave(const std::string& absent, const std::string& deputy) {
    const HttpAnswer recorded = live_.as(absent).post(
        "/api/v1/absences", {{"from", "2026-11-23"}, {"to", "2026-11-27"}, {"deputy", deputy}});
    INFO(recorded.body);
    REQUIRE(recorded.status == 201);
  }
  /// The check is still open and undecided.
  bool undecided() {
    const Json task = live_.as("binh").get("/api/v1/tasks/" + check_).json();
    return task["state"] != "completed";
  }

 private:
  LiveServer live_;
  std::string draft_, check_;
};

struct Way {
  const char* name;
  std::function<std::string(Case&)> attempt;
  const char* refusal;
};

const Json pass = {{"outcome", "pass"}};

TEST_CASE("who drafted cannot come to check it by any way", "[api][ways]") {
  const std::vector<Way> ways = {
      {"complete", [](Case& c) { return slug(c.complete("an", c.check(), pass)); }, "403 excluded"},
      {"claim", [](Case& c) { return slug(c.act("an", c.check(), "claim")); }, "403 excluded"},
      {"start", [](Case& c) { return slug(c.act("an", c.check(), "start")); }, "403 excluded"},
      {"bulk complete", [](Case& c) { return c.in_bulk("an", "complete", pass); }, "403 excluded"},
      {"bulk claim", [](Case& c) { return c.in_bulk("an", "claim", Json::object()); },
       "403 excluded"},
      {"deputy of one who may",
       [](Case& c) {
         c.leave("binh", "an");
         return slug(c.complete("an", c.check(), pass));
       },
       "403 excluded"},
      {"their own deputy",
       [](Case& c) {
         c.leave("an", "cuc");
         return slug(c.complete("cuc", c.check(), pass));
       },
       "404 not-found"},
      {"a deputy who may otherwise, for themselves",
       [](Case& c) {
         c.leave("an", "em");
         return slug(c.complete("em", c.check(), pass));
       },
       "done"},
      {"delegate",
       [](Case& c) {
         c.act("em", c.check(), "claim");
         return slug(c.act("em", c.check(), "delegate", {{"to", "an"}}));
       },
       "403 excluded"},
      {"reassign",
       [](Case& c) { return slug(c.act("binh", c.check(), "reassign", {{"to", "an"}})); },
       "403 excluded"},
      {"reassign by an administrator",
       [](Case& c) { return slug(c.act("quan-tri", c.check(), "reassign", {{"to", "an"}})); },
       "403 excluded"},
      {"bulk reassign",
       [](Case& c) { return c.in_bulk("binh", "reassign", {{"to", "an"}}); }, "403 excluded"},
      {"co-signer",
       [](Case& c) {
         c.act("em", c.check(), "claim");
         return slug(c.act("em", c.check(), "addSigner", {{"to", "an"}}));
       },
       "403 excluded"},
      {"delegate of a delegate",
       [](Case& c) {
         c.act("em", c.check(), "claim");
         c.act("em", c.check(), "delegate", {{"to", "binh"}});
         return slug(c.act("binh", c.check(), "delegate", {{"to", "an"}}));
       },
       "403 excluded"},
  };
  for (const Way& way : ways) {
    Case one;
    INFO(way.name);
    CHECK(way.attempt(one) == way.refusal);
    if (way.refusal != std::string("done")) CHECK(one.undecided());
  }
}

TEST_CASE("who is no candidate cannot decide by any way", "[api][ways]") {
  const std::vector<Way> ways = {
      {"complete", [](Case& c) { return slug(c.complete("cuc", c.check(), pass)); },
       "404 not-found"},
      {"claim", [](Case& c) { return slug(c.act("cuc", c.check(), "claim")); }, "404 not-found"},
      {"bulk", [](Case& c) { return c.in_bulk("cuc", "complete", pass); }, "404 not-found"},
      {"an auditor who sees it", [](Case& c) { return slug(c.complete("kiem", c.check(), pass)); },
       "403 not-a-candidate"},
      {"bulk by the auditor", [](Case& c) { return c.in_bulk("kiem", "complete", pass); },
       "403 not-a-candidate"},
      {"an administrator", [](Case& c) { return slug(c.complete("quan-tri", c.check(), pass)); },
       "403 not-a-candidate"},
      {"giving it to oneself",
       [](Case& c) { return slug(c.act("kiem", c.check(), "reassign", {{"to", "kiem"}})); },
       "403 may-not-reassign"},
      {"asking oneself in as co-signer",
       [](Case& c) { return slug(c.act("kiem", c.check(), "addSigner", {{"to", "kiem"}})); },
       "403 not-a-candidate"},
      {"delegating what is not one's own",
       [](Case& c) { return slug(c.act("kiem", c.check(), "delegate", {{"to", "cuc"}})); },
       "403 not-a-candidate"},
      {"withdrawing as no administrator",
       [](Case& c) { return slug(c.act("binh", c.check(), "withdraw", {{"comment", "x"}})); },
       "403 not-administrator"},
  };
  for (const Way& way : ways) {
    Case one;
    INFO(way.name);
    CHECK(way.attempt(one) == way.refusal);
    CHECK(one.undecided());
  }
}

TEST_CASE("what an outcome requires is required by every way", "[api][ways]") {
  const Json bare = {{"outcome", "return"}}, unsigned_seal = {{"outcome", "seal"}};
  const std::vector<Way> ways = {
      {"complete", [&](Case& c) { return slug(c.complete("em", c.check(), bare)); },
       "422 answer-invalid"},
      {"bulk", [&](Case& c) { return c.in_bulk("em", "complete", bare); }, "422 answer-invalid"},
      {"deputy",
       [&](Case& c) {
         c.leave("binh", "em");
         return slug(c.complete("em", c.check(), bare));
       },
       "422 answer-invalid"},
      {"delegate",
       [&](Case& c) {
         c.act("em", c.check(), "claim");
         c.act("em", c.check(), "delegate", {{"to", "binh"}});
         return slug(c.complete("binh", c.check(), bare));
       },
       "422 answer-invalid"},
      {"unsigned", [&](Case& c) { return slug(c.complete("em", c.check(), unsigned_seal)); },
       "422 answer-invalid"},
      {"unsigned in bulk", [&](Case& c) { return c.in_bulk("em", "complete", unsigned_seal); },
       "422 answer-invalid"},
      {"signed with a wrong password",
       [&](Case& c) {
         return slug(c.complete("em", c.check(),
                                {{"outcome", "seal"}, {"signature", {{"password", "sai-roi"}}}}));
       },
       "422 wrong-signature"},
      {"an outcome that is not there",
       [&](Case& c) { return slug(c.complete("em", c.check(), {{"outcome", "burn"}})); },
       "422 unknown-outcome"},
      {"signed",
       [&](Case& c) {
         return slug(c.complete(
             "em", c.check(),
             {{"outcome", "seal"}, {"signature", {{"password", LiveServer::password}}}}));
       },
       "done"},
  };
  for (const Way& way : ways) {
    Case one;
    INFO(way.name);
    CHECK(way.attempt(one) == way.refusal);
    if (way.refusal != std::string("done")) CHECK(one.undecided());
  }
}

TEST_CASE("a task somebody holds is theirs by every way", "[api][ways]") {
  const std::vector<Way> ways = {
      {"complete", [](Case& c) { return slug(c.complete("binh", c.check(), pass)); },
       "409 task-held"},
      {"claim", [](Case& c) { return slug(c.act("binh", c.check(), "claim")); }, "409 task-held"},
      {"bulk", [](Case& c) { return c.in_bulk("binh", "complete", pass); }, "409 task-held"},
      {"start", [](Case& c) { return slug(c.act("binh", c.check(), "start")); }, "409 task-held"},
      {"release", [](Case& c) { return slug(c.act("binh", c.check(), "release")); },
       "403 not-the-holder"},
  };
  for (const Way& way : ways) {
    Case one;
    REQUIRE(one.act("em", one.check(), "claim").status == 200);
    INFO(way.name);
    CHECK(way.attempt(one) == way.refusal);
    CHECK(one.undecided());
  }
}

TEST_CASE("a recall gives back what was, and no right with it", "[api][ways]") {
  const std::vector<Way> ways = {
      {"by another", [](Case& c) { return slug(c.act("em", c.draft(), "recall")); },
       "403 not-the-performer"},
      {"by the head", [](Case& c) { return slug(c.act("binh", c.draft(), "recall")); },
       "403 not-the-performer"},
      {"after somebody took up what followed",
       [](Case& c) {
         c.act("em", c.check(), "claim");
         return slug(c.act("an", c.draft(), "recall"));
       },
       "409 recall-too-late"},
      {"and then to check it oneself",
       [](Case& c) {
         REQUIRE(c.act("an", c.draft(), "recall").status == 200);
         const HttpAnswer again = c.complete("an", c.draft(), {{"outcome", "done"}});
         INFO(again.body);
         REQUIRE(again.status == 200);
         return slug(c.complete("an", again.json()["openTasks"][0]["id"], pass));
       },
       "403 excluded"},
      {"and answer twice",
       [](Case& c) {
         REQUIRE(c.act("an", c.draft(), "recall").status == 200);
         REQUIRE(c.complete("an", c.draft(), {{"outcome", "done"}}).status == 200);
         return slug(c.complete("an", c.draft(), {{"outcome", "done"}}));
       },
       "409 task-not-open"},
  };
  for (const Way& way : ways) {
    Case one;
    INFO(way.name);
    CHECK(way.attempt(one) == way.refusal);
  }
}

}  // namespace
}  // namespace kyhan::test
