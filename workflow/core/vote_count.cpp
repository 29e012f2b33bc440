#include "workflow/core/vote_count.hpp"

#include <algorithm>

#include "workflow/core/decider.hpp"

namespace kyhan {
namespace {

std::int64_t number(const Json& object, const char* name) {
  if (!object.is_object()) return 0;
  const auto found = object.find(name);
  return found != object.end() && found->is_number() ? found->get<std::int64_t>() : 0;
}

std::string option_id(const Json& option) {
  return option.is_string() ? option.get<std::string>() : option.value("id", "");
}

/// What is voted on: options, or the candidates for seats.
std::vector<Json> choices(const Json& spec) {
  const char* name = spec.contains("seats") ? "candidates" : "options";
  if (spec.contains(name) && spec.at(name).is_array()) {
    return spec.at(name).get<std::vector<Json>>();
  }
  return {Json("for"), Json("against"), Json("abstain")};
}

struct Rule {
  std::string option;
  Share share{1, 2};
  std::string of = "cast";
  bool strict = false;
};

Rule rule_of(const Json& spec) {
  Rule rule;
  rule.option = option_id(choices(spec).front());
  if (!spec.contains("threshold")) {
    rule.strict = true;  // More than half of those who voted, unless the definition says otherwise.
    return rule;
  }
  const Json& threshold = spec.at("threshold");
  rule.option = threshold.value("option", rule.option);
  if (const auto share = parse_share(threshold.value("share", Json()))) rule.share = *share;
  rule.of = threshold.value("of", rule.of);
  rule.strict = threshold.value("strict", false);
  return rule;
}

std::int64_t base_of(const Rule& rule, const Json& count) {
  if (rule.of == "eligible") return number(count, "eligible");
  if (rule.of == "present") return number(count, "present");
  if (rule.of == "votes-without-abstain") {
    return number(count, "cast") - number(count.at("votes"), "abstain");
  }
  return number(count, "cast");
}

bool reaches(const Rule& rule, std::int64_t votes, std::int64_t base) {
  const std::int64_t left = votes * rule.share.denominator;
  const std::int64_t right = rule.share.numerator * base;
  return rule.strict ? left > right : left >= right && base > 0;
}

bool quorum_reached(const Json& spec, const Json& count) {
  if (!spec.contains("quorum")) return number(count, "cast") > 0;
  const auto share = parse_share(spec.at("quorum").value("share", Json()));
  if (!share) return true;
  const std::int64_t took_part =
      std::max(number(count, "present") + number(count, "written"), number(count, "cast"));
  return took_part * share->denominator >= share->numerator * number(count, "eligible");
}

Json elect(const Json& spec, const Rule& rule, const Json& count, Json result) {
  const auto seats = static_cast<std::size_t>(number(spec, "seats"));
  const Json& votes = count.at("votes");
  std::vector<std::pair<std::int64_t, std::string>> passed;
  for (const Json& choice : choices(spec)) {
    const std::string id = option_id(choice);
    const std::int64_t one = number(votes, id.c_str());
    if (reaches(rule, one, base_of(rule, count))) passed.emplace_back(one, id);
  }
  std::ranges::stable_sort(passed, [](const auto& a, const auto& b) { return a.first > b.first; });
  Json elected = Json::array();
  Json tied = Json::array();
  std::size_t sure = std::min(seats, passed.size());
  if (passed.size() > seats && seats > 0 && passed[seats - 1].first == passed[seats].first) {
    const std::int64_t boundary = passed[seats].first;
    sure = 0;
    while (passed[sure].first > boundary) ++sure;
    for (const auto& [one, id] : passed) {
      if (one == boundary) tied.push_back(id);
    }
  }
  for (std::size_t i = 0; i < sure; ++i) elected.push_back(passed[i].second);
  result["decision"] = !tied.empty()               ? "tie"
                       : elected.size() >= seats ? "accepted"
                                                 : "rejected";
  result["elected"] = std::move(elected);
  result["tied"] = std::move(tied);
  return result;
}

/// Several seats: each elector names as many as there are.
bool names_several(const Json& spec) { return number(spec, "seats") > 1; }

/// A tie between the option of the threshold and the strongest other, which one vote more decides.
Json tie_of(const Json& spec, const Rule& rule, const Json& count) {
  Json tied = Json::array();
  const Json& votes = count.at("votes");
  const std::int64_t mine = number(votes, rule.option.c_str());
  std::string other;
  for (const Json& choice : choices(spec)) {
    const std::string id = option_id(choice);
    if (id == rule.option || id == "abstain") continue;
    if (other.empty() || number(votes, id.c_str()) > number(votes, other.c_str())) other = id;
  }
  const std::int64_t base = base_of(rule, count);
  const bool decisive = !reaches(rule, mine, base) && reaches(rule, mine + 1, base);
  if (other.empty() || mine == 0 || number(votes, other.c_str()) != mine || !decisive) return tied;
  tied.push_back(rule.option);
  tied.push_back(other);
  return tied;
}

void add_choice(Json& votes, const Json& choice) {
  if (choice.is_string()) {
    const auto& id = choice.get_ref<const std::string&>();
    votes[id] = votes.value(id, std::int64_t{0}) + 1;
  } else if (choice.is_array()) {
    for (const Json& one : choice) add_choice(votes, one);
  }
}

Json choice_label(const Json& choice) {
  if (choice.is_object() && choice.contains("label")) return choice.at("label");
  const std::string id = option_id(choice);
  if (id == "for") return text_json({"Đồng ý", "For"});
  if (id == "against") return text_json({"Không đồng ý", "Against"});
  if (id == "abstain") return text_json({"Không có ý kiến", "Abstain"});
  return id;
}

Json whole_number(Text title, bool required_positive = false) {
  return {{"type", "integer"}, {"minimum", required_positive ? 1 : 0}, {"title", text_json(title)}};
}

}  // namespace

std::optional<Share> parse_share(const Json& text) {
  if (!text.is_string()) return std::nullopt;
  const std::string& share = text.get_ref<const std::string&>();
  const std::size_t slash = share.find('/');
  if (slash == std::string::npos) return std::nullopt;
  const auto digits = [](const std::string& part) {
    return !part.empty() && part.size() <= 6 &&
           std::ranges::all_of(part, [](char c) { return c >= '0' && c <= '9'; });
  };
  const std::string p = share.substr(0, slash), q = share.substr(slash + 1);
  if (!digits(p) || !digits(q) || std::stoll(q) == 0) return std::nullopt;
  return Share{std::stoll(p), std::stoll(q)};
}

bool is_secret(const Json& spec) {
  return spec.is_object() && spec.value("ballot", Json()) == "secret" &&
         spec.value("mode", Json()) != "recorded";
}

bool is_ballot(const Response& response, const Json& results) {
  const auto casting = results.is_object() ? results.find("castingTasks") : results.end();
  return !results.is_object() || casting == results.end() ||
         std::ranges::find(*casting, Json(response.task.text())) == casting->end();
}

Json ballot_choice(const Response& ballot) {
  if (ballot.data.is_object() && ballot.data.contains("choices")) return ballot.data.at("choices");
  return ballot.outcome;
}

Json count_ballots(const Node& node) {
  std::map<std::string, std::int64_t> found;
  for (const Response& one : node.responses) {
    if (is_ballot(one, node.results)) ++found[ballot_choice(one).dump()];
  }
  return count_choices(node, found);
}

Json count_choices(const Node& node, const std::map<std::string, std::int64_t>& found) {
  Json votes = Json::object();
  for (const Json& choice : choices(node.spec)) votes[option_id(choice)] = 0;
  std::int64_t cast = 0;
  for (const auto& [text, times] : found) {
    const Json choice = Json::parse(text);
    for (std::int64_t i = 0; i < times; ++i) add_choice(votes, choice);
    cast += times;
  }
  return {{"eligible", node.results.at("eligible").size()},
          {"present", cast},
          {"cast", cast},
          {"valid", cast},
          {"written", 0},
          {"votes", std::move(votes)}};
}

Json count_tally(const Node& node) {
  const auto record = std::find_if(node.responses.rbegin(), node.responses.rend(),
                                   [](const Response& one) { return one.outcome == "record"; });
  const Json& data = record->data;
  Json votes = Json::object();
  std::int64_t written = 0;
  for (const Json& choice : choices(node.spec)) {
    const std::string id = option_id(choice);
    const std::int64_t in_writing =
        data.contains("written") ? number(data.at("written"), id.c_str()) : 0;
    votes[id] = number(data.at("votes"), id.c_str()) + in_writing;
    written += in_writing;
  }
  const auto electorate = static_cast<std::int64_t>(node.results.at("eligible").size());
  return {{"eligible", electorate > 0 ? electorate : number(data, "eligible")},
          {"present", number(data, "present")},
          {"issued", number(data, "issued")},
          {"valid", number(data, "valid")},
          {"cast", number(data, "valid") + written},
          {"written", written},
          {"votes", std::move(votes)}};
}

Json judge(const Json& spec, const Json& count) {
  const Rule rule = rule_of(spec);
  Json result = {{"tally", count.at("votes")},
                 {"eligible", count.at("eligible")},
                 {"present", count.at("present")},
                 {"cast", count.at("cast")},
                 {"valid", count.at("valid")},
                 {"threshold",
                  {{"option", rule.option},
                   {"share", std::to_string(rule.share.numerator) + "/" +
                                 std::to_string(rule.share.denominator)},
                   {"of", rule.of},
                   {"strict", rule.strict},
                   {"base", base_of(rule, count)}}},
                 {"quorumReached", quorum_reached(spec, count)}};
  if (!quorum_reached(spec, count)) {
    result["decision"] = "noQuorum";
    return result;
  }
  if (spec.contains("seats")) return elect(spec, rule, count, std::move(result));
  const std::int64_t votes = number(count.at("votes"), rule.option.c_str());
  result["decision"] = reaches(rule, votes, base_of(rule, count)) ? "accepted" : "rejected";
  if (spec.contains("tieBreak")) {
    if (Json tied = tie_of(spec, rule, count); !tied.empty()) result["tied"] = std::move(tied);
  }
  return result;
}

std::vector<std::string> tied_choices(const Json& spec, const Json& result) {
  std::vector<std::string> tied;
  if (!spec.contains("tieBreak") || !result.contains("tied")) return tied;
  for (const Json& one : result.at("tied")) tied.push_back(one.get<std::string>());
  return tied;
}

void apply_casting_vote(const Json& spec, Json& result, const std::string& option,
                        const std::string& by, const std::string& at) {
  result["castingVotes"].push_back({{"by", by}, {"option", option}, {"at", at}});
  if (!spec.contains("seats")) {
    result["decision"] =
        result.at("threshold").at("option") == option ? "accepted" : "rejected";
    result.erase("tied");
    return;
  }
  const auto seats = static_cast<std::size_t>(number(spec, "seats"));
  Json& elected = result["elected"];
  Json& tied = result["tied"];
  elected.push_back(option);
  tied.erase(std::remove(tied.begin(), tied.end(), Json(option)), tied.end());
  const std::size_t left = seats > elected.size() ? seats - elected.size() : 0;
  if (left == 0) tied = Json::array();
  if (left >= tied.size()) {
    for (const Json& one : tied) elected.push_back(one);
    tied = Json::array();
  }
  if (tied.empty()) result["decision"] = elected.size() >= seats ? "accepted" : "rejected";
}

bool is_decided(const Json& spec, const Json& count) {
  if (spec.contains("seats") || !quorum_reached(spec, count)) return false;
  const Rule rule = rule_of(spec);
  const std::int64_t missing = number(count, "eligible") - number(count, "cast");
  const std::int64_t votes = number(count.at("votes"), rule.option.c_str());
  const std::int64_t base = base_of(rule, count);
  const std::int64_t full_base = rule.of == "eligible" ? base : base + missing;
  // Worst case for the option: every missing vote counts in the base and none for it.
  if (reaches(rule, votes, full_base) && reaches(rule, votes, base)) return true;
  return !reaches(rule, votes + missing, full_base);
}

Json vote_task_spec(const Json& spec, const std::string& kind, const Json& tied) {
  Json task = Json::object();
  for (const char* kept : {"instructions", "legalBasis", "priority", "category", "due", "context",
                           "ballot", "revote"}) {
    if (spec.contains(kept)) task[kept] = spec.at(kept);
  }
  const Json title = spec.contains("title") ? spec.at("title") : spec.value("question", Json(""));
  task["title"] = title;
  if (spec.contains("question")) task["question"] = spec.at("question");
  task["outcomes"] = Json::array();
  if (kind == "ballot" && names_several(spec)) {
    Json named = Json::array();
    for (const Json& choice : choices(spec)) {
      named.push_back({{"const", option_id(choice)}, {"title", choice_label(choice)}});
    }
    task["outcomes"] = {{{"id", "vote"},
                         {"style", "neutral"},
                         {"requires", {"form"}},
                         {"label", text_json({"Bỏ phiếu", "Vote"})}}};
    const std::string seats = std::to_string(number(spec, "seats"));
    task["form"] = {
        {"schema",
         {{"type", "object"},
          {"additionalProperties", false},
          {"required", {"choices"}},
          {"properties",
           {{"choices",
             {{"type", "array"},
              {"title", text_json({"Chọn không quá " + seats + " người",
                                   "Choose at most " + seats})},
              {"items", {{"type", "string"}, {"oneOf", std::move(named)}}},
              {"maxItems", number(spec, "seats")},
              {"uniqueItems", true}}}}}}},
        {"ui", {{"choices", {{"widget", "checkboxes"}}}}}};
    return task;
  }
  if (kind == "ballot" || kind == "options" || kind == "casting") {
    for (const Json& choice : choices(spec)) {
      Json outcome = choice.is_object() ? choice : Json{{"id", choice}};
      const std::string id = option_id(choice);
      if (kind == "casting" && std::ranges::find(tied, Json(id)) == tied.end()) continue;
      if (!outcome.contains("label")) outcome["label"] = choice_label(choice);
      task["outcomes"].push_back(std::move(outcome));
    }
    return task;
  }
  if (kind == "countersign") {
    task["outcomes"] = {{{"id", "confirm"},
                         {"style", "positive"},
                         {"label", text_json({"Xác nhận kết quả kiểm phiếu", "Confirm the count"})}},
                        {{"id", "return"},
                         {"style", "neutral"},
                         {"requires", {"comment"}},
                         {"label", text_json({"Trả lại để kiểm lại", "Return for a recount"})}}};
    return task;
  }
  Json votes = {{"type", "object"},
                {"title", text_json({"Số phiếu theo phương án", "Votes by option"})},
                {"required", Json::array()},
                {"additionalProperties", false},
                {"properties", Json::object()}};
  for (const Json& choice : choices(spec)) {
    const std::string id = option_id(choice);
    votes["required"].push_back(id);
    votes["properties"][id] = whole_number(text_of(choice_label(choice)));
  }
  Json written = votes;
  written["title"] = text_json(
      {"Ý kiến bằng văn bản của người vắng mặt", "Written answers of absent members"});
  written.erase("required");
  Json properties = {
      {"present", whole_number({"Số người có mặt", "Present"})},
      {"issued", whole_number({"Số phiếu phát ra", "Ballots issued"})},
      {"valid", whole_number({"Số phiếu hợp lệ", "Valid ballots"})},
      {"votes", std::move(votes)},
      {"written", std::move(written)}};
  Json required = {"present", "issued", "valid", "votes"};
  Json order = {"present", "issued", "valid", "votes", "written"};
  if (!spec.contains("electorate")) {
    properties["eligible"] =
        whole_number({"Tổng số người được triệu tập", "Electorate"}, true);
    required.push_back("eligible");
    order.insert(order.begin(), "eligible");
  }
  task["form"] = {{"schema",
                   {{"type", "object"},
                    {"additionalProperties", false},
                    {"required", std::move(required)},
                    {"properties", std::move(properties)}}},
                  {"ui", {{"ui:order", std::move(order)}}}};
  task["outcomes"] = {{{"id", "record"},
                       {"style", "positive"},
                       {"requires", {"form"}},
                       {"label", text_json({"Ghi nhận kết quả", "Record the result"})}}};
  if (spec.contains("attachments")) task["attachments"] = spec.at("attachments");
  return task;
}

std::vector<FieldError> check_tally(const Json& spec, const Json& data,
                                    std::optional<std::int64_t> eligible_max) {
  std::vector<FieldError> faults;
  const auto at_most = [&](const char* field, std::int64_t value, std::int64_t most, Text what) {
    if (value <= most) return;
    faults.push_back({std::string("/data/") + field, "maximum",
                      {"Phải không quá " + what.vi + " (" + std::to_string(most) + ").",
                       "Must not exceed the " + what.en + " (" + std::to_string(most) + ")."}});
  };
  const std::int64_t eligible = eligible_max.value_or(number(data, "eligible"));
  at_most("present", number(data, "present"), eligible, {"tổng số người được triệu tập", "electorate"});
  at_most("issued", number(data, "issued"), number(data, "present"), {"số người có mặt", "number present"});
  at_most("valid", number(data, "valid"), number(data, "issued"), {"số phiếu phát ra", "ballots issued"});
  const bool seats = spec.contains("seats");
  std::int64_t sum = 0;
  if (data.contains("votes")) {
    for (const auto& [option, votes] : data.at("votes").items()) {
      if (!votes.is_number()) continue;
      if (seats) {
        at_most(("votes/" + option).c_str(), votes.get<std::int64_t>(), number(data, "valid"),
                {"số phiếu hợp lệ", "valid ballots"});
      }
      sum += votes.get<std::int64_t>();
    }
  }
  if (!seats && sum != number(data, "valid")) {
    faults.push_back({"/data/votes", "sum",
                      {"Tổng số phiếu các phương án (" + std::to_string(sum) +
                           ") phải bằng số phiếu hợp lệ (" + std::to_string(number(data, "valid")) + ").",
                       "The votes by option (" + std::to_string(sum) +
                           ") must add up to the valid ballots (" +
                           std::to_string(number(data, "valid")) + ")."}});
  }
  return faults;
}

}  // namespace kyhan
