// Names of roles and units, and who is meant by a candidate key, in both languages.

#include <array>

#include "api/show.hpp"

namespace kyhan {
namespace {

struct RoleWords {
  std::string_view id;
  std::string_view vi;
  std::string_view en;
};
// The roles of the demonstration organisation; an organisation of its own may add roles freely.
constexpr std::array role_words = {
    RoleWords{"staff", "Công chức, viên chức, người lao động", "Staff"},
    RoleWords{"specialist", "Chuyên viên", "Specialist"},
    RoleWords{"deputy", "Cấp phó", "Deputy"},
    RoleWords{"head", "Thủ trưởng", "Head"},
    RoleWords{"hr", "Tổ chức cán bộ", "Personnel"},
    RoleWords{"registry", "Văn thư", "Registry"},
    RoleWords{"accountant", "Kế toán", "Accountant"},
    RoleWords{"chair", "Chủ tịch", "Chair"},
    RoleWords{"union-executive", "Ban Chấp hành Công đoàn", "Trade union executive"},
    RoleWords{"council-member", "Thành viên Hội đồng", "Council member"},
    RoleWords{"council-secretary", "Thư ký Hội đồng", "Council secretary"},
    RoleWords{"board-member", "Thành viên Ban Thanh tra nhân dân", "Inspection board member"},
    RoleWords{"trainer", "Giảng viên", "Trainer"},
    RoleWords{"auditor", "Kiểm tra, giám sát", "Auditor"},
    RoleWords{"administrator", "Quản trị hệ thống", "System administrator"},
};

Text candidate_text(const Directory& directory, const Candidate& candidate) {
  if (candidate.kind == Candidate::Kind::user) {
    const std::string name = person_name(directory, candidate.user);
    return {name, name};
  }
  if (candidate.kind == Candidate::Kind::group) {
    return {"Nhóm " + candidate.group.text(), "Group " + candidate.group.text()};
  }
  Text text = role_name(candidate.role);
  if (!candidate.unit.empty()) {
    const Text unit = unit_name(directory, candidate.unit);
    text.vi += " - " + unit.vi;
    text.en += ", " + unit.en;
  }
  return text;
}

}  // namespace

Text role_name(const RoleId& role) {
  for (const RoleWords& words : role_words) {
    if (words.id == role.text()) return {std::string{words.vi}, std::string{words.en}};
  }
  return {role.text(), role.text()};
}

std::string person_name(const Directory& directory, const PersonId& id) {
  const Person* person = directory.find_person(id);
  return person == nullptr ? id.text() : person->name;
}

Text unit_name(const Directory& directory, const UnitId& id) {
  const Unit* unit = directory.find_unit(id);
  return unit == nullptr ? Text{id.text(), id.text()} : unit->name;
}

Json person_json(const Directory& directory, const PersonId& id) {
  if (id.empty()) return nullptr;
  return {{"id", id.text()}, {"name", person_name(directory, id)}};
}

Json unit_json(const Directory& directory, const UnitId& id) {
  if (id.empty()) return nullptr;
  return {{"id", id.text()}, {"name", to_json(unit_name(directory, id))}};
}

Text candidates_text(const Directory& directory, const std::vector<std::string>& keys) {
  Text text;
  for (const std::string& key : keys) {
    const Result<Candidate> candidate = candidate_from_key(key);
    if (!candidate) continue;
    const Text one = candidate_text(directory, *candidate);
    if (!text.vi.empty()) text.vi += "; ", text.en += "; ";
    text.vi += one.vi;
    text.en += one.en;
  }
  return text;
}

}  // namespace kyhan
