#include "workflow/core/directory.hpp"

#include <algorithm>

#include "workflow/core/file_reader.hpp"

namespace kyhan {
namespace {

constexpr std::string_view subtree_suffix = "/subtree";
constexpr std::string_view ancestors_suffix = "/ancestors";

bool strip(std::string_view& text, std::string_view prefix) {
  if (text.substr(0, prefix.size()) != prefix) return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool strip_end(std::string_view& text, std::string_view suffix) {
  if (text.size() < suffix.size() || text.substr(text.size() - suffix.size()) != suffix) {
    return false;
  }
  text.remove_suffix(suffix.size());
  return true;
}

Candidate user_candidate(PersonId user) {
  Candidate candidate;
  candidate.user = std::move(user);
  return candidate;
}

Candidate group_candidate(GroupId group) {
  Candidate candidate;
  candidate.kind = Candidate::Kind::group;
  candidate.group = std::move(group);
  return candidate;
}

Candidate role_candidate(RoleId role, UnitId unit, Candidate::Scope scope) {
  Candidate candidate;
  candidate.kind = Candidate::Kind::role;
  candidate.role = std::move(role);
  candidate.unit = std::move(unit);
  candidate.scope = scope;
  return candidate;
}

/// Whether a membership of `unit` lies where the candidate looks.
bool covers(const Directory& directory, const Candidate& candidate, const UnitId& unit) {
  if (candidate.unit.empty()) return true;
  switch (candidate.scope) {
    case Candidate::Scope::exact:
      return unit == candidate.unit;
    case Candidate::Scope::subtree:
      return directory.is_within(unit, candidate.unit);
    case Candidate::Scope::ancestors:
      return directory.is_within(candidate.unit, unit);
  }
  return false;
}

/// Reads the selectors of one `candidates` array, collecting faults.
class CandidateReader {
 public:
  CandidateReader(const Directory& directory, const UnitId& own)
      : directory_(directory), own_(own) {}

  void read(const Json& selector, const std::string& pointer) {
    if (!selector.is_object()) {
      return fault(pointer, "type",
                   {"Mỗi đối tượng được chọn viết dạng {user}, {role, unit} hoặc {group}.",
                    "Each candidate is written as {user}, {role, unit} or {group}."});
    }
    static const std::set<std::string> known{"user", "role", "unit", "units", "scope", "group"};
    for (const auto& [key, value] : selector.items()) {
      if (known.count(key) == 0) {
        fault(pointer + "/" + key, "unknown-field",
              {"Không có trường “" + key + "” khi chọn người.",
               "There is no field “" + key + "” in a candidate."});
      }
    }
    const auto kinds = selector.count("user") + selector.count("role") + selector.count("group");
    if (kinds != 1) {
      return fault(pointer, "one-of",
                   {"Phải có đúng một trong ba trường user, role, group.",
                    "Exactly one of user, role and group must be given."});
    }
    if (selector.contains("role")) return read_role(selector, pointer);
    for (const auto* field : {"unit", "units", "scope"}) {
      if (selector.contains(field)) {
        fault(pointer + "/" + field, "needs-role",
              {std::string("Trường “") + field + "” chỉ đi cùng role.",
               std::string("The field “") + field + "” only goes with role."});
      }
    }
    if (selector.contains("user")) return read_user(selector["user"], pointer + "/user");
    read_group(selector["group"], pointer + "/group");
  }

  [[nodiscard]] Result<std::vector<Candidate>> finish() {
    if (faults_.empty()) return std::move(found_);
    return Error{ErrorCode::invalid, "bad-candidates",
                 Text{"Không xác định được người thực hiện: " + faults_.front().message.vi,
                      "The candidates cannot be resolved: " + faults_.front().message.en},
                 std::move(faults_)};
  }

  void fault(std::string pointer, std::string code, Text message) {
    faults_.push_back({std::move(pointer), std::move(code), std::move(message)});
  }

 private:
  void add(Candidate candidate) {
    if (std::find(found_.begin(), found_.end(), candidate) == found_.end()) {
      found_.push_back(std::move(candidate));
    }
  }

  void read_user(const Json& value, const std::string& pointer) {
    const auto id = text(value, pointer);
    if (!id) return;
    if (directory_.find_person(PersonId{*id}) == nullptr) {
      return fault(pointer, "unknown-person",
                   {"Không có người “" + *id + "” trong danh bạ.",
                    "There is no person “" + *id + "” in the directory."});
    }
    add(user_candidate(PersonId{*id}));
  }

  void read_group(const Json& value, const std::string& pointer) {
    const auto id = text(value, pointer);
    if (!id) return;
    if (directory_.groups().count(GroupId{*id}) == 0) {
      return fault(pointer, "unknown-group",
                   {"Không có nhóm “" + *id + "” trong danh bạ.",
                    "There is no group “" + *id + "” in the directory."});
    }
    add(group_candidate(GroupId{*id}));
  }

  void read_role(const Json& selector, const std::string& pointer) {
    const auto role = text(selector["role"], pointer + "/role");
    if (role && !is_id(*role)) {
      return fault(pointer + "/role", "id-format",
                   {"“" + *role + "” không phải mã vai trò (chữ thường, số, gạch nối).",
                    "“" + *role + "” is not a role's id (small letters, digits, hyphens)."});
    }
    const auto scope = read_scope(selector, pointer);
    const bool one = selector.contains("unit"), many = selector.contains("units");
    if (one && many) {
      return fault(pointer + "/units", "one-of",
                   {"Chỉ dùng một trong hai trường unit và units.",
                    "Only one of unit and units may be given."});
    }
    if (!role || !scope) return;
    if (!one && !many) {
      if (selector.contains("scope")) {
        return fault(pointer + "/scope", "needs-unit",
                     {"Trường scope cần có unit hoặc units.", "scope needs a unit or units."});
      }
      return add(role_candidate(RoleId{*role}, UnitId{}, Candidate::Scope::exact));
    }
    if (one) {
      if (const auto unit = read_unit(selector["unit"], pointer + "/unit")) {
        add(role_candidate(RoleId{*role}, *unit, *scope));
      }
      return;
    }
    const Json& units = selector["units"];
    if (!units.is_array()) {
      return fault(pointer + "/units", "type",
                   {"units phải là mảng mã đơn vị.", "units must be an array of unit ids."});
    }
    for (std::size_t i = 0; i < units.size(); ++i) {
      if (const auto unit = read_unit(units[i], pointer + "/units/" + std::to_string(i))) {
        add(role_candidate(RoleId{*role}, *unit, *scope));
      }
    }
  }

  std::optional<Candidate::Scope> read_scope(const Json& selector, const std::string& pointer) {
    if (!selector.contains("scope")) return Candidate::Scope::exact;
    const Json& scope = selector["scope"];
    if (scope == "exact") return Candidate::Scope::exact;
    if (scope == "subtree") return Candidate::Scope::subtree;
    if (scope == "ancestors") return Candidate::Scope::ancestors;
    fault(pointer + "/scope", "enum",
          {"scope là exact, subtree hoặc ancestors.", "scope is exact, subtree or ancestors."});
    return std::nullopt;
  }

  std::optional<UnitId> read_unit(const Json& value, const std::string& pointer) {
    const auto id = text(value, pointer);
    if (!id) return std::nullopt;
    if (*id == "own") {
      if (!own_.empty()) return own_;
      fault(pointer, "no-own-unit",
            {"“own” không có nghĩa vì ở đây không có đơn vị.",
             "“own” means nothing here, where there is no unit."});
      return std::nullopt;
    }
    if (directory_.find_unit(UnitId{*id}) == nullptr) {
      fault(pointer, "unknown-unit",
            {"Không có đơn vị “" + *id + "” trong danh bạ.",
             "There is no unit “" + *id + "” in the directory."});
      return std::nullopt;
    }
    return UnitId{*id};
  }

  std::optional<std::string> text(const Json& value, const std::string& pointer) {
    if (value.is_string()) return value.get<std::string>();
    fault(pointer, "type", {"Phải là một chuỗi.", "It must be a string."});
    return std::nullopt;
  }

  const Directory& directory_;
  const UnitId& own_;
  std::vector<Candidate> found_;
  std::vector<FieldError> faults_;
};

}  // namespace

std::string to_key(const Candidate& candidate) {
  switch (candidate.kind) {
    case Candidate::Kind::user:
      return "user:" + candidate.user.text();
    case Candidate::Kind::group:
      return "group:" + candidate.group.text();
    case Candidate::Kind::role:
      break;
  }
  std::string key = "role:" + candidate.role.text() + "@";
  if (candidate.unit.empty()) return key + "*";
  key += candidate.unit.text();
  if (candidate.scope == Candidate::Scope::subtree) key += subtree_suffix;
  if (candidate.scope == Candidate::Scope::ancestors) key += ancestors_suffix;
  return key;
}

Result<Candidate> candidate_from_key(std::string_view key) {
  std::string_view rest = key;
  if (strip(rest, "user:") && is_id(rest)) return user_candidate(PersonId{std::string(rest)});
  rest = key;
  if (strip(rest, "group:") && is_id(rest)) return group_candidate(GroupId{std::string(rest)});
  rest = key;
  if (strip(rest, "role:") && rest.find('@') != std::string_view::npos) {
    const std::string_view role = rest.substr(0, rest.find('@'));
    std::string_view unit = rest.substr(role.size() + 1);
    if (is_id(role) && unit == "*") {
      return role_candidate(RoleId{std::string(role)}, UnitId{}, Candidate::Scope::exact);
    }
    const auto scope = strip_end(unit, subtree_suffix)     ? Candidate::Scope::subtree
                       : strip_end(unit, ancestors_suffix) ? Candidate::Scope::ancestors
                                                           : Candidate::Scope::exact;
    if (is_id(role) && is_id(unit)) {
      return role_candidate(RoleId{std::string(role)}, UnitId{std::string(unit)}, scope);
    }
  }
  const std::string shown(key.substr(0, 120));
  return Error{ErrorCode::invalid, "bad-candidate-key",
               Text{"“" + shown + "” không phải khóa chọn người.",
                    "“" + shown + "” is not a candidate's key."}};
}

const Unit* Directory::find_unit(const UnitId& id) const {
  const auto found = units_.find(id);
  return found == units_.end() ? nullptr : &found->second;
}

const Person* Directory::find_person(const PersonId& id) const {
  const auto found = people_.find(id);
  return found == people_.end() ? nullptr : &found->second;
}

bool Directory::is_within(const UnitId& unit, const UnitId& ancestor) const {
  for (const Unit* at = find_unit(unit); at != nullptr; at = find_unit(at->parent)) {
    if (at->id == ancestor) return true;
  }
  return false;
}

std::vector<UnitId> Directory::units_of_kind(std::string_view kind) const {
  std::vector<UnitId> found;
  for (const auto& [id, unit] : units_) {
    if (unit.kind == kind) found.push_back(id);
  }
  return found;
}

std::vector<PersonId> Directory::members_of(const Candidate& candidate) const {
  std::set<PersonId> found;
  switch (candidate.kind) {
    case Candidate::Kind::user:
      if (people_.count(candidate.user) != 0) found.insert(candidate.user);
      break;
    case Candidate::Kind::group:
      if (const auto group = groups_.find(candidate.group); group != groups_.end()) {
        found.insert(group->second.begin(), group->second.end());
      }
      break;
    case Candidate::Kind::role:
      for (auto at = holders_.lower_bound({candidate.role, UnitId{}});
           at != holders_.end() && at->first.first == candidate.role; ++at) {
        if (covers(*this, candidate, at->first.second)) {
          found.insert(at->second.begin(), at->second.end());
        }
      }
      break;
  }
  return {found.begin(), found.end()};
}

bool Directory::matches(const Candidate& candidate, const PersonId& person) const {
  const Person* const known = find_person(person);
  if (known == nullptr) return false;
  switch (candidate.kind) {
    case Candidate::Kind::user:
      return candidate.user == person;
    case Candidate::Kind::group: {
      const auto group = groups_.find(candidate.group);
      return group != groups_.end() &&
             std::binary_search(group->second.begin(), group->second.end(), person);
    }
    case Candidate::Kind::role:
      return !unit_through(candidate, person).empty();
  }
  return false;
}

UnitId Directory::unit_through(const Candidate& candidate, const PersonId& person) const {
  const Person* const known = find_person(person);
  if (known == nullptr) return {};
  for (const Membership& membership : known->memberships) {
    if (candidate.kind != Candidate::Kind::role) return membership.unit;
    const auto& roles = membership.roles;
    if (std::find(roles.begin(), roles.end(), candidate.role) != roles.end() &&
        covers(*this, candidate, membership.unit)) {
      return membership.unit;
    }
  }
  return {};
}

bool Directory::has_role(const PersonId& person, const RoleId& role, const UnitId& unit) const {
  return matches(role_candidate(role, unit, Candidate::Scope::exact), person);
}

std::vector<std::string> Directory::keys_of(const PersonId& person) const {
  const Person* const known = find_person(person);
  if (known == nullptr) return {};
  std::set<std::string> keys{to_key(user_candidate(person))};
  for (const auto& [group, members] : groups_) {
    if (std::binary_search(members.begin(), members.end(), person)) {
      keys.insert(to_key(group_candidate(group)));
    }
  }
  for (const Membership& membership : known->memberships) {
    // Below: every unit whose "ancestors" include this one, which grows with the size of the
    // subtree; members of the top unit are few.
    std::vector<UnitId> below{membership.unit};
    for (std::size_t i = 0; i < below.size(); ++i) {
      const auto children = children_.find(below[i]);
      if (children == children_.end()) continue;
      below.insert(below.end(), children->second.begin(), children->second.end());
    }
    for (const RoleId& role : membership.roles) {
      const auto add = [&](const UnitId& unit, Candidate::Scope scope) {
        keys.insert(to_key(role_candidate(role, unit, scope)));
      };
      add(UnitId{}, Candidate::Scope::exact);
      add(membership.unit, Candidate::Scope::exact);
      for (const Unit* at = find_unit(membership.unit); at != nullptr; at = find_unit(at->parent)) {
        add(at->id, Candidate::Scope::subtree);
      }
      for (const UnitId& unit : below) add(unit, Candidate::Scope::ancestors);
    }
  }
  return {keys.begin(), keys.end()};
}

Result<std::vector<Candidate>> Directory::resolve(const Json& candidates, const UnitId& own) const {
  CandidateReader reader(*this, own);
  if (!candidates.is_array()) {
    reader.fault(
        "", "type",
        {"Danh sách người được chọn phải là một mảng.", "The candidates must be an array."});
    return reader.finish();
  }
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    reader.read(candidates[i], "/" + std::to_string(i));
  }
  return reader.finish();
}

void Directory::index() {
  holders_.clear();
  children_.clear();
  for (const auto& [id, unit] : units_) {
    if (!unit.parent.empty()) children_[unit.parent].push_back(id);
  }
  for (const auto& [id, person] : people_) {
    for (const Membership& membership : person.memberships) {
      for (const RoleId& role : membership.roles) holders_[{role, membership.unit}].push_back(id);
    }
  }
}

}  // namespace kyhan
