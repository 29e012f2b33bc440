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

Json count_ballots(const Node& node) {
  Json votes = Json::object();
  for (const Json& choice : choices(node.spec)) votes[option_id(choice)] = 0;
  for (const Response& one : node.responses) votes[one.outcome] = votes.value(one.outcome, 0) + 1;
  const auto cast = static_cast<std::int64_t>(node.responses.size());
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
  return result;
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

Json vote_task_spec(const Json& spec, const std::string& kind) {
  Json task = Json::object();
  for (const char* kept : {"instructions", "legalBasis", "priority", "category", "due", "context"}) {
    if (spec.contains(kept)) task[kept] = spec.at(kept);
  }
  const Json title = spec.contains("title") ? spec.at("title") : spec.value("question", Json(""));
  task["title"] = title;
  if (spec.contains("question")) task["question"] = spec.at("question");
  task["outcomes"] = Json::array();
  if (kind == "ballot") {
    for (const Json& choice : choices(spec)) {
      Json outcome = choice.is_object() ? choice : Json{{"id", choice}};
      const std::string id = option_id(choice);
      if (!outcome.contains("label")) {
        outcome["label"] = id == "for"       ? text_json({"Đồng ý", "For"})
                           : id == "against" ? text_json({"Không đồng ý", "Against"})
                           : id == "abstain" ? text_json({"Không có ý kiến", "Abstain"})
                                             : Json(id);
      }
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
    const Text label = choice.is_object() && choice.contains("label") ? text_of(choice.at("label"))
                       : id == "for"                                  ? Text{"Đồng ý", "For"}
                       : id == "against" ? Text{"Không đồng ý", "Against"}
                       : id == "abstain" ? Text{"Không có ý kiến", "Abstain"}
                                         : Text{id, id};
    votes["required"].push_back(id);
    votes["properties"][id] = whole_number(label);
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
