#include "workflow/core/people_check.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "workflow/core/decider.hpp"

namespace kyhan {
namespace {

/// Choices tried for one step and unit before it is taken to be possible.
constexpr int choices_max = 20'000;

using People = std::vector<PersonId>;  // Sorted.

/// An expression that gives the unit the case is started for.
bool is_own_unit(const std::string& text) {
  std::string inside;
  for (const char c : text) {
    if (c != ' ') inside += c;
  }
  return text == "own" || inside == "${.unit.id}" || inside == "${$workflow.input.unit.id}" ||
         inside == "${$input.unit.id}";
}

bool is_expression(const Json& value) {
  return value.is_string() && value.get_ref<const std::string&>().find("${") != std::string::npos;
}

/// Selectors as literal ones; nothing where only the data will tell.
std::optional<Json> literal_selectors(const Json& selectors) {
  if (!selectors.is_array()) return std::nullopt;
  Json out = Json::array();
  for (Json one : selectors) {
    if (!one.is_object()) return std::nullopt;
    for (auto& [key, value] : one.items()) {
      if (key == "unit" && value.is_string() && is_own_unit(value.get<std::string>())) {
        value = "own";
      } else if (is_expression(value)) {
        return std::nullopt;
      } else if (value.is_array() && std::ranges::any_of(value, is_expression)) {
        return std::nullopt;
      }
    }
    out.push_back(std::move(one));
  }
  return out;
}

/// One step that people do, as far as its document tells.
struct Asked {
  const Step* step = nullptr;
  std::vector<Json> sets;   ///< Literal selectors, one list a group.
  std::vector<Json> rules;  ///< The rule of each.
  std::string mode = "claim";
  bool per_unit = false;
  Json on_empty;
  Json exclude;
  std::vector<std::size_t> excluded_steps;  ///< performersOf, as indexes.
  std::vector<std::size_t> excluded_units;  ///< unitsOf, as indexes.
  bool vote = false;
};

/// Who may do one step in one starting unit, and how many of them must.
struct Place {
  People people;
  std::size_t needed = 1;
};

class PeopleCheck {
 public:
  PeopleCheck(const Definition& definition, const Directory& directory)
      : definition_(definition), directory_(directory) {}

  PeopleReport run() {
    read_steps();
    for (const UnitId& unit : starting_units()) {
      ++report_.units;
      check_unit(unit);
    }
    for (const std::size_t index : order_) {
      for (auto& [key, finding] : found_) {
        if (key.first == index) report_.findings.push_back(std::move(finding));
      }
    }
    return std::move(report_);
  }

 private:
  void read_steps() {
    for (const Step& step : definition_.steps) {
      const auto* call = std::get_if<CallStep>(&step.body);
      const bool human = call != nullptr && call->function == Function::human_task;
      const bool vote = call != nullptr && call->function == Function::vote;
      if (!human && !vote) continue;
      const Json& with = member(definition_.document.at(Json::json_pointer(step.pointer)), "with");
      std::optional<Asked> asked = human ? read_task(step, with) : read_vote(step, with);
      if (!asked) {
        report_.unchecked.push_back(step.pointer);
        continue;
      }
      index_of_[step.pointer] = asked_.size();
      order_.push_back(asked_.size());
      asked_.push_back(std::move(*asked));
    }
    for (Asked& one : asked_) {
      one.excluded_steps = indexes_of(member(one.exclude, "performersOf"));
      one.excluded_units = indexes_of(member(one.exclude, "unitsOf"));
    }
  }

  std::optional<Asked> read_task(const Step& step, const Json& with) {
    const Json& assignment = member(with, "assignment");
    const Json& completion = member(with, "completion");
    if (!assignment.is_object() || is_expression(completion)) return std::nullopt;
    Asked asked;
    asked.step = &step;
    asked.mode = text_member(assignment, "mode", "claim");
    asked.per_unit = text_member(completion, "per", "user") == "unit";
    asked.on_empty = member(assignment, "onEmpty");
    asked.exclude = member(assignment, "exclude");
    const Json& groups = member(completion, "groups");
    if (groups.is_array()) {
      for (const Json& group : groups) {
        std::optional<Json> selectors = literal_selectors(member(group, "candidates"));
        if (!selectors) return std::nullopt;
        asked.sets.push_back(std::move(*selectors));
        asked.rules.push_back(group);
        if (!asked.rules.back().contains("rule")) asked.rules.back()["rule"] = "all";
      }
      return asked;
    }
    std::optional<Json> selectors = literal_selectors(member(assignment, "candidates"));
    if (!selectors) return std::nullopt;
    asked.sets.push_back(std::move(*selectors));
    asked.rules.push_back(completion.is_object() ? completion : Json::object());
    return asked;
  }

  std::optional<Asked> read_vote(const Step& step, const Json& with) {
    Asked asked;
    asked.step = &step;
    asked.vote = true;
    asked.mode = "offer";
    asked.exclude = member(with, "exclude");
    const bool recorded = member(with, "mode") == "recorded";
    std::optional<Json> selectors =
        literal_selectors(member(with, recorded ? "teller" : "electorate"));
    if (!selectors) return std::nullopt;
    asked.sets.push_back(std::move(*selectors));
    Json rule{{"rule", "one"}};
    const Json& quorum = member(member(with, "quorum"), "share");
    if (!recorded && quorum.is_string() && !is_expression(quorum)) {
      rule = {{"rule", "quorum"}, {"share", quorum}};
    }
    asked.rules.push_back(std::move(rule));
    if (recorded) {
      asked.mode = "claim";
      asked.exclude = Json();
      if (const Json& second = member(with, "countersign"); second.is_array()) {
        std::optional<Json> others = literal_selectors(second);
        if (!others) return std::nullopt;
        asked.sets.push_back(std::move(*others));
        asked.rules.push_back(Json{{"rule", "one"}});
      }
    }
    return asked;
  }

  std::vector<std::size_t> indexes_of(const Json& names) const {
    std::vector<std::size_t> found;
    for (const Json& name : names.is_array() ? names : Json::array()) {
      const auto* text = name.get_ptr<const std::string*>();
      if (text == nullptr) continue;
      for (std::size_t i = 0; i < asked_.size(); ++i) {
        const Step& step = *asked_[i].step;
        if (step.name == *text || step.pointer == *text) found.push_back(i);
      }
    }
    return found;
  }

  /// Where the case can begin. Without any unit of its own: once, for none.
  std::vector<UnitId> starting_units() const {
    std::set<UnitId> units;
    if (!definition_.schedule.unit_kind.empty()) {
      for (const UnitId& unit : directory_.units_of_kind(definition_.schedule.unit_kind)) {
        units.insert(unit);
      }
    }
    for (const auto& [id, unit] : directory_.units()) {
      const auto candidates = directory_.resolve(definition_.start.by, id);
      if (!candidates || !definition_.start.by.is_array()) continue;
      const bool anybody = std::ranges::any_of(*candidates, [&, &at = id](const Candidate& one) {
        return std::ranges::any_of(directory_.members_of(one),
                                   [&](const PersonId& person) { return works_in(person, at); });
      });
      if (anybody) units.insert(id);
    }
    if (units.empty()) return {UnitId{}};
    return {units.begin(), units.end()};
  }

  bool works_in(const PersonId& person, const UnitId& unit) const {
    const Person* known = directory_.find_person(person);
    return known != nullptr &&
           std::ranges::any_of(known->memberships,
                               [&](const Membership& one) { return one.unit == unit; });
  }

  static bool names_own_unit(const Json& selectors) {
    return std::ranges::any_of(selectors,
                               [](const Json& one) { return member(one, "unit") == "own"; });
  }

  std::optional<People> members(const Json& selectors, const UnitId& unit) const {
    const auto candidates = directory_.resolve(selectors, unit);
    if (!candidates) return std::nullopt;
    std::set<PersonId> people;
    for (const Candidate& one : *candidates) {
      for (const PersonId& person : directory_.members_of(one)) people.insert(person);
    }
    return People{people.begin(), people.end()};
  }

  People allowed(const Asked& asked, const Json& selectors, const UnitId& unit) const {
    std::optional<People> people = members(selectors, unit);
    if (!people) return {};
    for (const Json& user : member(asked.exclude, "users")) {
      if (user.is_string()) std::erase(*people, PersonId{user.get<std::string>()});
    }
    return std::move(*people);
  }

  People on_empty(const Asked& asked, const UnitId& unit) const {
    if (asked.on_empty.is_object()) {
      if (const auto literal = literal_selectors(Json::array({asked.on_empty}))) {
        return allowed(asked, *literal, unit);
      }
    }
    if (asked.on_empty != "escalate") return {};
    for (const Unit* at = directory_.find_unit(unit); at != nullptr;
         at = directory_.find_unit(at->parent)) {
      const People heads =
          allowed(asked, Json::array({{{"role", "head"}, {"unit", at->id.text()}}}), unit);
      if (!heads.empty()) return heads;
    }
    return {};
  }

  static std::size_t needed(const Json& rule, std::size_t people, bool offered) {
    const std::string name = text_member(rule, "rule", "one");
    if (!offered) return 1;
    if (name == "all") return people;
    if (name == "atLeast")
      return member(rule, "count").is_number_unsigned() ? rule.at("count").get<std::size_t>() : 1;
    if (name == "quorum") {
      const auto share = parse_share(member(rule, "share"));
      if (!share) return 1;
      const auto p = static_cast<std::size_t>(share->numerator);
      const auto q = static_cast<std::size_t>(share->denominator);
      return std::max<std::size_t>(1, (p * people + q - 1) / q);
    }
    return 1;
  }

  void check_unit(const UnitId& unit) {
    places_.assign(asked_.size(), {});
    for (std::size_t i = 0; i < asked_.size(); ++i) {
      const Asked& asked = asked_[i];
      People all;
      bool fails = false;
      std::size_t must = 0;
      if (unit.empty() && std::ranges::any_of(asked.sets, names_own_unit)) {
        report_.unchecked.push_back(asked.step->pointer);
        failed_.insert_or_assign(i, true);
        continue;
      }
      for (std::size_t set = 0; set < asked.sets.size(); ++set) {
        People people = allowed(asked, asked.sets[set], unit);
        if (people.empty()) people = on_empty(asked, unit);
        const bool offered = asked.mode == "offer" && !asked.per_unit;
        const std::size_t least = needed(asked.rules[set], people.size(), offered);
        if (people.empty()) {
          add(i, unit, "nobody", asked.sets[set], 0, 1);
          fails = true;
        } else if (asked.mode == "direct" && !asked.per_unit && people.size() != 1) {
          add(i, unit, "not-one", asked.sets[set], people.size(), 1);
          fails = true;
        } else if (least > people.size()) {
          add(i, unit, "too-few", asked.sets[set], people.size(), least);
          fails = true;
        }
        must += least;
        std::ranges::move(people, std::back_inserter(all));
      }
      std::ranges::sort(all);
      const auto same = std::ranges::unique(all);
      all.erase(same.begin(), same.end());
      // A teller and whoever countersigns are two people.
      if (!fails && must > all.size())
        add(i, unit, "too-few", asked.sets.front(), all.size(), must);
      places_[i] = {std::move(all), std::min(must, std::max<std::size_t>(must, 1))};
      failed_.insert_or_assign(i, fails);
    }
    for (std::size_t i = 0; i < asked_.size(); ++i) {
      if (asked_[i].excluded_steps.empty() && asked_[i].excluded_units.empty()) continue;
      check_exclusions(i, unit);
    }
  }

  /// The step and all whose performers matter to it, in document order.
  std::vector<std::size_t> concerned(std::size_t step) const {
    std::set<std::size_t> all{step};
    std::vector<std::size_t> open{step};
    while (!open.empty()) {
      const std::size_t at = open.back();
      open.pop_back();
      for (const auto* list : {&asked_[at].excluded_steps, &asked_[at].excluded_units}) {
        for (const std::size_t other : *list) {
          if (other < at && all.insert(other).second) open.push_back(other);
        }
      }
    }
    return {all.begin(), all.end()};
  }

  void check_exclusions(std::size_t step, const UnitId& unit) {
    const std::vector<std::size_t> steps = concerned(step);
    for (const std::size_t one : steps) {
      if (failed_[one]) return;  // Told already, and nothing follows from it.
    }
    chosen_.assign(asked_.size(), {});
    choices_ = 0;
    if (possible(steps, 0)) return;
    add(step, unit, "excluded", asked_[step].sets.front(), places_[step].people.size(),
        places_[step].needed);
  }

  bool is_out(std::size_t step, const PersonId& person) const {
    for (const std::size_t other : asked_[step].excluded_steps) {
      if (other < step && std::ranges::find(chosen_[other], person) != chosen_[other].end()) {
        return true;
      }
    }
    for (const std::size_t other : asked_[step].excluded_units) {
      if (other >= step) continue;
      for (const PersonId& performer : chosen_[other]) {
        if (share_unit(performer, person)) return true;
      }
    }
    return false;
  }

  bool share_unit(const PersonId& a, const PersonId& b) const {
    const Person* one = directory_.find_person(a);
    const Person* two = directory_.find_person(b);
    if (one == nullptr || two == nullptr) return false;
    return std::ranges::any_of(one->memberships, [&](const Membership& mine) {
      return std::ranges::any_of(two->memberships,
                                 [&](const Membership& other) { return mine.unit == other.unit; });
    });
  }

  /// Whether people can be found for the steps from `at` on.
  bool possible(const std::vector<std::size_t>& steps, std::size_t at) {
    if (at == steps.size()) return true;
    const std::size_t step = steps[at];
    People free;
    for (const PersonId& person : places_[step].people) {
      if (!is_out(step, person)) free.push_back(person);
    }
    return choose(steps, at, free, 0, places_[step].needed);
  }

  bool choose(const std::vector<std::size_t>& steps, std::size_t at, const People& free,
              std::size_t from, std::size_t needed) {
    if (++choices_ > choices_max) return true;  // Not shown to be impossible.
    if (needed == 0) return possible(steps, at + 1);
    for (std::size_t i = from; i + needed <= free.size(); ++i) {
      chosen_[steps[at]].push_back(free[i]);
      if (choose(steps, at, free, i + 1, needed - 1)) return true;
      chosen_[steps[at]].pop_back();
    }
    return false;
  }

  void add(std::size_t index, const UnitId& unit, const std::string& code, const Json& selectors,
           std::size_t people, std::size_t needed) {
    PeopleFinding& finding = found_[{index, code}];
    if (finding.code.empty()) {
      const Step& step = *asked_[index].step;
      finding.pointer = step.pointer;
      finding.step = step.name;
      finding.code = code;
      finding.message = words(index, code, selectors, people, needed);
    }
    if (!unit.empty() && (finding.units.empty() || finding.units.back() != unit)) {
      finding.units.push_back(unit);
    }
  }

  Text words(std::size_t index, const std::string& code, const Json& selectors, std::size_t people,
             std::size_t needed) const {
    const std::string who = selectors.dump(), has = std::to_string(people),
                      wants = std::to_string(needed);
    if (code == "nobody") {
      return {"Không ai trong tổ chức thuộc " + who + ".",
              "Nobody in the organisation is " + who + "."};
    }
    if (code == "not-one") {
      return {"Giao đích danh cần đúng một người, nhưng " + who + " có " + has + " người.",
              "A direct assignment needs one person, but " + who + " are " + has + "."};
    }
    if (code == "too-few") {
      return {"Cần " + wants + " người khác nhau, nhưng chỉ có " + has + ".",
              wants + " different people are needed, there are only " + has + "."};
    }
    std::vector<std::string> names;
    for (const auto* list : {&asked_[index].excluded_steps, &asked_[index].excluded_units}) {
      for (const std::size_t other : *list) names.push_back(asked_[other].step->name);
    }
    const std::string steps = joined(names);
    return {"Ai làm bước " + steps + " thì cũng không còn ai được làm bước này.",
            "Whoever does " + steps + ", nobody is left who may do this step."};
  }

  const Definition& definition_;
  const Directory& directory_;
  PeopleReport report_;
  std::vector<Asked> asked_;
  std::vector<std::size_t> order_;
  std::map<std::string, std::size_t> index_of_;
  std::map<std::pair<std::size_t, std::string>, PeopleFinding> found_;
  // Of the unit that is looked at.
  std::vector<Place> places_;
  std::map<std::size_t, bool> failed_;
  std::vector<People> chosen_;
  int choices_ = 0;
};

}  // namespace

PeopleReport check_people(const Definition& definition, const Directory& directory) {
  return PeopleCheck(definition, directory).run();
}

Json to_json(const PeopleReport& report) {
  Json findings = Json::array();
  for (const PeopleFinding& one : report.findings) {
    Json units = Json::array();
    for (const UnitId& unit : one.units) units.push_back(unit.text());
    findings.push_back({{"pointer", one.pointer},
                        {"step", one.step},
                        {"code", one.code},
                        {"units", std::move(units)},
                        {"message", text_json(one.message)}});
  }
  return {
      {"findings", std::move(findings)}, {"unchecked", report.unchecked}, {"units", report.units}};
}

}  // namespace kyhan
