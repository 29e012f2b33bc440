// Who: candidates and exclusions resolved, and the items a human task opens (language.md 5.2).

#include <algorithm>

#include "workflow/core/decider.hpp"
#include "workflow/core/taken_part.hpp"

namespace kyhan {
namespace {

WorkflowError nobody(const std::vector<Candidate>& candidates, const UnitId& unit, bool excluded) {
  std::vector<std::string> keys;
  for (const Candidate& one : candidates) keys.push_back(to_key(one));
  return standard_error("configuration", 400,
                        "nobody qualifies for this task" +
                            (unit.empty() ? std::string{} : " in unit " + unit.text()) +
                            ": candidates " + joined(keys) +
                            (excluded ? ", after those excluded" : ""));
}

Candidate in_person(const PersonId& person) {
  Candidate one;
  one.user = person;
  return one;
}

Json keys_json(const std::vector<Candidate>& candidates) {
  Json keys = Json::array();
  for (const Candidate& one : candidates) keys.push_back(to_key(one));
  return keys;
}

}  // namespace

Outcome<std::vector<Candidate>> Decider::resolve_candidates(const Json& candidates,
                                                            std::string_view field) const {
  Result<std::vector<Candidate>> found = world_.directory.resolve(candidates, state_.unit);
  if (!found) {
    return standard_error("configuration", 400,
                          std::string(field) + ": " + found.error().detail.en);
  }
  return std::move(*found);
}

std::vector<const Step*> Decider::steps_named(const Json& names) const {
  std::vector<const Step*> found;
  for (const Json& name : names) {
    if (!name.is_string()) continue;
    const auto& wanted = name.get_ref<const std::string&>();
    for (const Step& step : definition().steps) {
      if (step.name == wanted || step.pointer == wanted) found.push_back(&step);
    }
  }
  return found;
}

Decider::Excluded Decider::resolve_excluded(const Json& exclude) const {
  std::set<PersonId> people;
  std::set<UnitId> units;
  for (const Json& user : member(exclude, "users")) {
    if (user.is_string() && !user.get_ref<const std::string&>().empty()) {
      people.insert(PersonId(user.get<std::string>()));
    }
  }
  if (member(exclude, "author") == true && !state_.initiator.empty()) {
    people.insert(state_.initiator);
  }
  for (const Step* step : steps_named(member(exclude, "performersOf"))) {
    const auto found = state_.performers.find(step->pointer);
    if (found != state_.performers.end()) people.insert(found->second.begin(), found->second.end());
    const auto took_part = state_.performers.find(taken_part_key(step->index));
    if (took_part != state_.performers.end()) {
      people.insert(took_part->second.begin(), took_part->second.end());
    }
  }
  for (const Step* step : steps_named(member(exclude, "unitsOf"))) {
    const auto found = state_.performer_units.find(step->pointer);
    if (found != state_.performer_units.end()) {
      units.insert(found->second.begin(), found->second.end());
    }
  }
  return {{people.begin(), people.end()}, {units.begin(), units.end()}};
}

std::vector<PersonId> Decider::eligible(const std::vector<Candidate>& candidates,
                                        const Excluded& excluded) const {
  const PersonId none;
  const ActedOn task{candidates, excluded.people, none, none, false, excluded.units,
                     {},         false,           {},   {}};
  std::set<PersonId> people;
  for (const Candidate& candidate : candidates) {
    for (const PersonId& person : world_.directory.members_of(candidate)) {
      if (!is_excluded(person, task, world_.directory)) people.insert(person);
    }
  }
  return {people.begin(), people.end()};
}

/// assignment.onEmpty: who takes the place of candidates of whom nobody qualifies.
Outcome<std::vector<Candidate>> Decider::instead_of_nobody(const Json& assignment,
                                                           const std::vector<Candidate>& candidates,
                                                           const UnitId& unit,
                                                           const Excluded& excluded) const {
  const Json& rule = member(assignment, "onEmpty");
  const WorkflowError error =
      nobody(candidates, unit, !excluded.people.empty() || !excluded.units.empty());
  if (rule.is_object()) {
    Outcome<std::vector<Candidate>> others =
        resolve_candidates(Json::array({rule}), "assignment.onEmpty");
    if (!others) return others.error();
    if (eligible(*others, excluded).empty()) return error;
    return others;
  }
  if (rule != "escalate") return error;
  // Up the tree, to the first head who may.
  for (const Unit* at = world_.directory.find_unit(unit.empty() ? state_.unit : unit);
       at != nullptr; at = world_.directory.find_unit(at->parent)) {
    Candidate head;
    head.kind = Candidate::Kind::role;
    head.role = RoleId("head");
    head.unit = at->id;
    if (!eligible({head}, excluded).empty()) return std::vector<Candidate>{head};
  }
  return error;
}

PersonId Decider::next_by(const std::string& strategy, const std::vector<PersonId>& people,
                          NodeId id, const UnitId& unit) {
  std::vector<PersonId> present;
  for (const PersonId& person : people) {
    const Date today = world_.directory.day_for(person, world_.calendars, now_.at);
    if (!world_.directory.is_away(person, today)) present.push_back(person);
  }
  if (present.empty()) present = people;
  if (strategy == "leastLoaded") {
    const auto load = [&](const PersonId& person) {
      std::int64_t count = world_.workload != nullptr ? world_.workload->open_tasks(person) : 0;
      for (const Event& event : events_) {
        const auto* opened = std::get_if<TaskOpened>(&event);
        if (opened != nullptr && opened->task.holder == person) ++count;
      }
      return count;
    };
    return *std::ranges::min_element(present, {}, load);  // The first by id of those with least.
  }
  const std::string circle = state_.definition.name + step_of(state_.nodes.at(id)).pointer +
                             (unit.empty() ? std::string{} : "@" + unit.text());
  const PersonId last =
      world_.workload != nullptr ? world_.workload->last_turn(circle) : PersonId{};
  const auto after = std::ranges::upper_bound(present, last);
  const PersonId chosen = after == present.end() ? present.front() : *after;
  effect(TakeTurn{circle, chosen});
  return chosen;
}

/// The items for one set of candidates: of the task, or of one of its groups.
Outcome<std::vector<Decider::Item>> Decider::items_of(NodeId id, const Json& assignment,
                                                      const std::vector<Candidate>& candidates,
                                                      bool per_unit, const Excluded& excluded) {
  const std::string mode = text_member(assignment, "mode", "claim");
  std::map<UnitId, std::vector<Candidate>> places;
  for (const Candidate& candidate : candidates) {
    places[per_unit && mode != "claim" ? candidate.unit : UnitId{}].push_back(candidate);
  }
  std::vector<Item> items;
  for (const auto& [place, named] : places) {
    const UnitId unit = place.empty() ? state_.unit : place;
    const std::vector<PersonId> people = eligible(named, excluded);
    if (people.empty()) {
      Outcome<std::vector<Candidate>> others =
          instead_of_nobody(assignment, named, place, excluded);
      if (!others) return others.error();
      const std::vector<PersonId> found = eligible(*others, excluded);
      items.push_back({unit, *others, found.size() == 1 ? found.front() : PersonId{}, {}, {}});
      continue;
    }
    if (mode == "claim" || (mode == "offer" && per_unit)) {
      items.push_back({unit, named, {}, {}, {}});
    } else if (mode == "direct" || mode == "auto") {
      if (mode == "direct" && people.size() != 1) {
        return standard_error("configuration", 400,
                              "assignment.mode direct must give one person, it gave " +
                                  std::to_string(people.size()));
      }
      const PersonId person =
          mode == "direct"
              ? people.front()
              : next_by(text_member(assignment, "strategy", "roundRobin"), people, id, place);
      const Candidate* through = candidate_for(person, named, world_.directory);
      // Who was chosen keeps it; the others are not asked.
      items.push_back({unit,
                       mode == "direct" ? named : std::vector{in_person(person)},
                       person,
                       through->role,
                       {}});
    } else {
      for (const PersonId& person : people) {
        const Candidate* through = candidate_for(person, named, world_.directory);
        const UnitId own = world_.directory.unit_through(*through, person);
        items.push_back({own.empty() ? unit : own, {in_person(person)}, person, through->role, {}});
      }
      // In the order in which the candidates are named: it matters where they sign in turn.
      std::ranges::stable_sort(items, {}, [&](const Item& item) {
        return candidate_for(item.holder, named, world_.directory) - named.data();
      });
    }
  }
  return items;
}

Outcome<void> Decider::open_human_task(NodeId id) {
  const Json spec = state_.nodes.at(id).spec;
  if (Outcome<void> form = check_computed_form(id); !form) return form.error();
  const Json& assignment = member(spec, "assignment");
  const Json& completion = member(spec, "completion");
  const bool per_unit = text_member(completion, "per", "user") == "unit";
  const Excluded excluded = resolve_excluded(member(assignment, "exclude"));

  std::vector<Item> items;
  const Json& groups = member(completion, "groups");
  if (groups.is_array()) {
    std::set<PersonId> seen;  // A person counts for the first group that names them.
    for (std::size_t i = 0; i < groups.size(); ++i) {
      Outcome<std::vector<Candidate>> candidates = resolve_candidates(
          member(groups[i], "candidates"), "completion.groups/" + std::to_string(i));
      if (!candidates) return candidates.error();
      Outcome<std::vector<Item>> of_group =
          items_of(id, assignment, *candidates, per_unit, excluded);
      if (!of_group) return of_group.error();
      std::erase_if(*of_group, [&](const Item& item) {
        return !item.holder.empty() && !seen.insert(item.holder).second;
      });
      for (Item& item : *of_group) item.group = static_cast<int>(i);
      if (Outcome<void> enough = check_enough(groups[i], of_group->size()); !enough) {
        return enough.error();
      }
      std::ranges::move(*of_group, std::back_inserter(items));
    }
  } else {
    Outcome<std::vector<Candidate>> candidates =
        resolve_candidates(member(assignment, "candidates"), "assignment.candidates");
    if (!candidates) return candidates.error();
    Outcome<std::vector<Item>> found = items_of(id, assignment, *candidates, per_unit, excluded);
    if (!found) return found.error();
    items = std::move(*found);
    if (Outcome<void> enough = check_enough(completion, items.size()); !enough) {
      return enough.error();
    }
  }
  if (items.empty()) return nobody({}, {}, true);

  const bool in_turn = member(completion, "sequence") == "ordered" && items.size() > 1;
  if (in_turn) {
    Json queue = Json::array();
    for (std::size_t i = 1; i < items.size(); ++i) {
      const Item& item = items[i];
      Json waiting{{"unit", item.unit.text()},
                   {"candidates", keys_json(item.candidates)},
                   {"holder", item.holder.text()},
                   {"role", item.role.text()}};
      if (item.group) waiting["group"] = *item.group;
      queue.push_back(std::move(waiting));
    }
    apply(NodeWoke{id, false, std::nullopt, Json{{"queue", std::move(queue)}}, now_.at});
    items.resize(1);
  }
  for (Item& item : items) {
    if (Outcome<void> opened = open_item(id, std::move(item)); !opened) return opened.error();
  }
  watch(id, {"Việc bạn theo dõi đã được giao.", "A task you watch was given out."});
  return {};
}

Outcome<void> Decider::open_item(NodeId id, Item item) {
  const Excluded excluded =
      resolve_excluded(member(member(state_.nodes.at(id).spec, "assignment"), "exclude"));
  Opening opening;
  opening.unit = item.unit;
  opening.candidates = std::move(item.candidates);
  opening.excluded = excluded.people;
  // Lists look at people: those of an excluded unit who are named stand there by name.
  if (!excluded.units.empty()) {
    const PersonId none;
    const ActedOn task{
        opening.candidates, excluded.people, none, none, false, excluded.units, {}, false, {}, {}};
    std::set<PersonId> people(excluded.people.begin(), excluded.people.end());
    for (const Candidate& candidate : opening.candidates) {
      for (const PersonId& person : world_.directory.members_of(candidate)) {
        if (is_excluded(person, task, world_.directory)) people.insert(person);
      }
    }
    opening.excluded.assign(people.begin(), people.end());
  }
  opening.excluded_units = excluded.units;
  opening.holder = item.holder;
  opening.role = item.role;
  opening.group = item.group;
  opening.added_by = item.added_by;
  return open_task(id, std::move(opening));
}

/// completion.sequence: the next in turn is asked.
Outcome<void> Decider::open_next_in_turn(NodeId id) {
  const Json results = state_.nodes.at(id).results;
  const Json& queue = member(results, "queue");
  if (!queue.is_array() || queue.empty()) return {};
  const Json& next = queue.front();
  Item item;
  item.unit = UnitId(next.at("unit").get<std::string>());
  for (const Json& key : next.at("candidates")) {
    Result<Candidate> candidate = candidate_from_key(key.get<std::string>());
    if (candidate) item.candidates.push_back(std::move(*candidate));
  }
  item.holder = PersonId(next.at("holder").get<std::string>());
  item.role = RoleId(next.at("role").get<std::string>());
  if (next.contains("group")) item.group = next.at("group").get<int>();
  Json rest = results;
  rest["queue"].erase(0);
  apply(NodeWoke{id, false, std::nullopt, std::move(rest), now_.at});
  return open_item(id, std::move(item));
}

void Decider::watch(NodeId id, Text body) {
  const Node& node = state_.nodes.at(id);
  const Json& watchers = member(node.spec, "watchers");
  if (!watchers.is_array()) return;
  const Result<std::vector<Candidate>> found = world_.directory.resolve(watchers, state_.unit);
  if (!found) return;  // Nobody to tell; the work goes on.
  std::set<PersonId> people;
  for (const Candidate& one : *found) {
    for (const PersonId& person : world_.directory.members_of(one)) people.insert(person);
  }
  if (people.empty()) return;
  const std::vector<PersonId> list(people.begin(), people.end());
  effect(Admit{list});
  Notify notify{list, "task.watched", text_of(member(node.spec, "title")), std::move(body),
                TaskId{}};
  effect(std::move(notify));
}

}  // namespace kyhan
