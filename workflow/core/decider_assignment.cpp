// Who: candidates and exclusions resolved, the items a human task opens, and who may act on one
// (language.md 5.2).

#include <algorithm>

#include "workflow/core/decider.hpp"

namespace kyhan {
Outcome<std::vector<Candidate>> Decider::resolve_candidates(const Json& candidates,
                                                            std::string_view field) const {
  Result<std::vector<Candidate>> found = world_.directory.resolve(candidates, state_.unit);
  if (!found) {
    return standard_error("configuration", 400,
                          std::string(field) + ": " + found.error().detail.en);
  }
  return std::move(*found);
}

Outcome<std::vector<PersonId>> Decider::resolve_excluded(const Json& exclude) const {
  std::set<PersonId> people;
  for (const Json& user : member(exclude, "users")) {
    if (user.is_string() && !user.get_ref<const std::string&>().empty()) {
      people.insert(PersonId(user.get<std::string>()));
    }
  }
  for (const Json& name : member(exclude, "performersOf")) {
    const std::string wanted = name.get<std::string>();
    for (const Step& step : definition().steps) {
      if (step.name != wanted && step.pointer != wanted) continue;
      const auto found = state_.performers.find(step.pointer);
      if (found != state_.performers.end())
        people.insert(found->second.begin(), found->second.end());
    }
  }
  return std::vector<PersonId>(people.begin(), people.end());
}

bool Decider::anyone_of(const std::vector<Candidate>& candidates,
                        const std::vector<PersonId>& excluded) const {
  for (const Candidate& candidate : candidates) {
    for (const PersonId& person : world_.directory.members_of(candidate)) {
      if (!std::ranges::binary_search(excluded, person)) return true;
    }
  }
  return false;
}

Outcome<void> Decider::open_human_task(NodeId id) {
  const Json spec = state_.nodes.at(id).spec;
  const Json& assignment = member(spec, "assignment");
  Outcome<std::vector<Candidate>> candidates =
      resolve_candidates(member(assignment, "candidates"), "assignment.candidates");
  if (!candidates) return candidates.error();
  Outcome<std::vector<PersonId>> excluded = resolve_excluded(member(assignment, "exclude"));
  if (!excluded) return excluded.error();

  const auto nobody = [&] {
    std::vector<std::string> keys;
    for (const Candidate& one : *candidates) keys.push_back(to_key(one));
    return standard_error("configuration", 400,
                          "nobody qualifies for this task: candidates " + joined(keys) +
                              (excluded->empty() ? "" : ", after those excluded"));
  };
  if (!anyone_of(*candidates, *excluded)) return nobody();

  const auto eligible = [&](const std::vector<Candidate>& of) {
    std::set<PersonId> people;
    for (const Candidate& candidate : of) {
      for (const PersonId& person : world_.directory.members_of(candidate)) {
        if (!std::ranges::binary_search(*excluded, person)) people.insert(person);
      }
    }
    return people;
  };

  const std::string mode = text_member(assignment, "mode", "claim");
  if (mode == "claim") return open_task(id, {"task", state_.unit, *candidates, *excluded, {}});
  if (mode == "direct") {
    const std::set<PersonId> people = eligible(*candidates);
    if (people.size() != 1) {
      return standard_error(
          "configuration", 400,
          "assignment.mode direct must give one person, it gave " + std::to_string(people.size()));
    }
    return open_task(id, {"task", state_.unit, *candidates, *excluded, *people.begin()});
  }
  // offer: one item per unit or per person.
  if (text_member(member(spec, "completion"), "per", "user") == "unit") {
    std::map<UnitId, std::vector<Candidate>> by_unit;
    for (const Candidate& candidate : *candidates) by_unit[candidate.unit].push_back(candidate);
    for (auto& [unit, of_unit] : by_unit) {
      if (eligible(of_unit).empty()) {
        return standard_error("configuration", 400,
                              "nobody qualifies for this task in unit " + unit.text());
      }
      Outcome<void> opened = open_task(
          id, {"task", unit.empty() ? state_.unit : unit, std::move(of_unit), *excluded, {}});
      if (!opened) return opened.error();
    }
    return {};
  }
  for (const PersonId& person : eligible(*candidates)) {
    Candidate one;
    one.user = person;
    const Candidate* through = candidate_for(person, *candidates, world_.directory);
    UnitId unit = world_.directory.unit_through(*through, person);
    if (unit.empty()) unit = state_.unit;
    Outcome<void> opened =
        open_task(id, {"task", unit, {one}, *excluded, person, through->role});
    if (!opened) return opened.error();
  }
  return {};
}

Capacity Decider::capacity(const Task& task, const PersonId& person) const {
  return capacity_of(person,
                     {task.candidates, task.excluded, task.holder, task.on_behalf_of, task.role,
                      task.substitutes, task.unit, state_.definition.name},
                     world_.directory, world_.calendars, now_.at);
}

Result<Capacity> Decider::may_act(const Task& task, const PersonId& person) const {
  const Capacity found = capacity(task, person);
  const std::string absent = found.on_behalf_of.text();
  switch (found.as) {
    case Capacity::As::own:
    case Capacity::As::stand_in:
      break;
    case Capacity::As::excluded:
      if (!absent.empty()) {
        return Error{ErrorCode::forbidden,
                     "excluded",
                     {"Bạn thay " + absent + ", người không được thực hiện bước này vì đã tham gia "
                      "bước trước của hồ sơ (nguyên tắc hai người).",
                      "You stand in for " + absent + ", who took part in an earlier step of this "
                      "case and may not act here (four-eyes)."}};
      }
      return Error{
          ErrorCode::forbidden,
          "excluded",
          {"Bạn không được thực hiện bước này vì đã tham gia bước trước của hồ sơ (nguyên tắc "
           "hai người).",
           "You may not act here: you took part in an earlier step of this case (four-eyes)."}};
    case Capacity::As::over:
      return Error{ErrorCode::forbidden,
                   "substitution-over",
                   {"Thời gian bạn thay " + absent + " đã hết. Hãy trả lại công việc.",
                    "You no longer stand in for " + absent + ". Release the task."}};
    case Capacity::As::held:
      if (task.direct) break;
      return Error{ErrorCode::conflict,
                   "task-held",
                   {"Công việc đang do " + task.holder.text() + " xử lý.",
                    "The task is held by " + task.holder.text() + "."}};
    case Capacity::As::nobody:
      break;
  }
  if (!found.may_act()) {
    return Error{ErrorCode::forbidden,
                 "not-a-candidate",
                 {person.text() + " không thuộc những người được giao công việc này.",
                  person.text() + " is not among those who may act on this task."}};
  }
  // A person answers once, also where a deputyship would give them a second voice.
  const auto& responses = state_.nodes.at(task.node).responses;
  const auto same = [](const PersonId& a, const PersonId& b) { return !a.empty() && a == b; };
  const bool answered = std::ranges::any_of(responses, [&](const Response& one) {
    if (one.automatic || (one.on_behalf_of.empty() && found.on_behalf_of.empty())) return false;
    return same(one.by, person) || same(one.on_behalf_of, person) ||
           same(one.by, found.on_behalf_of) || same(one.on_behalf_of, found.on_behalf_of);
  });
  if (answered && task.kind == "task") {
    return Error{ErrorCode::conflict,
                 "answered-already",
                 {"Bạn đã có ý kiến ở bước này, không thể cho ý kiến lần nữa với tư cách khác.",
                  "You have answered in this step already and cannot answer again in another "
                  "capacity."}};
  }
  return found;
}

}  // namespace kyhan
