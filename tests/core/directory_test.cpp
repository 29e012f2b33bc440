#include "workflow/core/directory.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/support/results.hpp"

using namespace kyhan;

namespace {

const Json file = Json::parse(R"({
  "units": [
    {"id": "tinh", "name": {"vi": "Tỉnh", "en": "Province"}, "kind": "province"},
    {"id": "so", "name": "Sở", "kind": "department", "parent": "tinh", "calendar": "vn-so"},
    {"id": "phong", "name": "Phòng", "kind": "office", "parent": "so"},
    {"id": "xa", "name": "Xã", "kind": "commune", "parent": "tinh"}],
  "people": [
    {"id": "an", "name": "An", "memberships": [{"unit": "so", "roles": ["head", "staff"]}],
     "absences": [{"from": "2027-01-04", "to": "2027-01-08", "deputy": "binh"}]},
    {"id": "binh", "name": "Bình", "memberships": [
      {"unit": "phong", "roles": ["head"]}, {"unit": "xa", "roles": ["staff"]}]},
    {"id": "chi", "name": "Chi", "memberships": [{"unit": "tinh", "roles": ["chair"]}]},
    {"id": "dung", "name": "Dung", "memberships": []}],
  "groups": [{"id": "hoi-dong", "members": ["dung", "an"]}]})");

std::shared_ptr<const Directory> directory() {
  return Directory::parse(file).value();
}

std::vector<std::string> members(const std::string& key) {
  std::vector<std::string> names;
  for (const PersonId& person : directory()->members_of(candidate_from_key(key).value())) {
    names.push_back(person.text());
  }
  return names;
}

std::vector<std::string> codes(const Json& faulty) {
  const auto result = Directory::parse(faulty);
  std::vector<std::string> found;
  if (result.has_error()) {
    for (const auto& field : result.error().fields) {
      found.push_back(field.pointer + " " + field.code);
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a directory reads back what it writes") {
  const Json written = directory()->to_json();
  CHECK(Directory::parse(written).value()->to_json() == written);
  CHECK(written["units"][0] == file["units"][2]);  // sorted by id
  CHECK(written["people"] == file["people"]);
  CHECK(written["groups"][0]["members"] == Json{"an", "dung"});
  CHECK(directory()->find_unit(UnitId{"tinh"})->name.en == "Province");
  CHECK(directory()->find_person(PersonId{"nobody"}) == nullptr);
}

TEST_CASE("a role is held exactly where it is held, below, above or anywhere") {
  CHECK(members("role:head@so") == Names{"an"});
  CHECK(members("role:head@so/subtree") == Names{"an", "binh"});
  CHECK(members("role:head@phong/ancestors") == Names{"an", "binh"});
  CHECK(members("role:head@so/ancestors") == Names{"an"});
  CHECK(members("role:head@*") == Names{"an", "binh"});
  CHECK(members("role:head@xa") == Names{});
  CHECK(members("role:chair@phong/ancestors") == Names{"chi"});
  CHECK(members("group:hoi-dong") == Names{"an", "dung"});
  CHECK(members("user:dung") == Names{"dung"});
  CHECK(members("user:nobody") == Names{});
}

TEST_CASE("the unit through which somebody acts is the one of the membership that fits") {
  const auto through = [](const char* key, const char* person) {
    return directory()->unit_through(candidate_from_key(key).value(), PersonId{person}).text();
  };
  CHECK(through("role:staff@*", "binh") == "xa");
  CHECK(through("role:head@tinh/subtree", "binh") == "phong");
  CHECK(through("user:binh", "binh") == "phong");
  CHECK(through("group:hoi-dong", "dung").empty());
  CHECK(directory()->has_role(PersonId{"an"}, RoleId{"head"}, UnitId{"so"}));
  CHECK(directory()->has_role(PersonId{"an"}, RoleId{"head"}, UnitId{}));
  CHECK_FALSE(directory()->has_role(PersonId{"an"}, RoleId{"head"}, UnitId{"phong"}));
}

TEST_CASE("a person's keys are exactly the keys of the candidates that select the person") {
  const auto all = directory();
  std::vector<std::string> written{"group:hoi-dong", "role:head@*", "role:staff@*", "role:chair@*"};
  for (const auto& [id, person] : all->people()) written.push_back("user:" + id.text());
  for (const auto& [id, unit] : all->units()) {
    for (const char* role : {"head", "staff", "chair"}) {
      for (const char* scope : {"", "/subtree", "/ancestors"}) {
        written.push_back("role:" + std::string(role) + "@" + id.text() + scope);
      }
    }
  }
  for (const auto& [id, person] : all->people()) {
    const auto keys = all->keys_of(id);
    for (const auto& key : written) {
      INFO(id.text() << " " << key);
      const Candidate candidate = candidate_from_key(key).value();
      CHECK(to_key(candidate) == key);
      CHECK(std::binary_search(keys.begin(), keys.end(), key) == all->matches(candidate, id));
      const auto selected = all->members_of(candidate);
      CHECK(std::binary_search(selected.begin(), selected.end(), id) ==
            all->matches(candidate, id));
    }
  }
}

TEST_CASE("what is not a key is refused") {
  for (const auto* key : {"", "an", "user:", "user:An", "role:head", "role:@so", "role:head@",
                          "role:head@so/below", "group:a b", "role:head@/subtree"}) {
    INFO(key);
    CHECK(candidate_from_key(key).has_error());
  }
}

TEST_CASE("candidates of a definition are resolved, each once, with own put in") {
  const auto found = directory()->resolve(
      Json::parse(R"([{"user": "an"}, {"role": "head", "unit": "own", "scope": "subtree"},
                      {"role": "staff", "units": ["xa", "so"]}, {"group": "hoi-dong"},
                      {"role": "nobody-holds"}, {"user": "an"}, {"role": "x", "units": []}])"),
      UnitId{"so"});
  REQUIRE(found.has_value());
  Names keys;
  for (const auto& candidate : *found) keys.push_back(to_key(candidate));
  CHECK(keys == Names{"user:an", "role:head@so/subtree", "role:staff@xa", "role:staff@so",
                      "group:hoi-dong", "role:nobody-holds@*"});
}

TEST_CASE("every fault of the candidates is named at once") {
  const auto refused = directory()->resolve(
      Json::parse(R"([{"user": "x"}, {"role": "head", "unit": "y"}, {"group": "z"}, {"user": null},
                      {"role": "head", "unit": "own"}, {"role": "a", "user": "an"}, 5,
                      {"role": "a", "scope": "subtree"}, {"role": "a", "unit": "so", "scope": "up"},
                      {"user": "an", "unit": "so"}, {"role": "a", "unit": "so", "units": []},
                      {"role": "a", "unt": "so"}, {"role": "Trưởng phòng"}])"),
      UnitId{});
  REQUIRE(refused.has_error());
  Names found;
  for (const auto& field : refused.error().fields)
    found.push_back(field.pointer + " " + field.code);
  CHECK(found == Names{"/0/user unknown-person", "/1/unit unknown-unit", "/2/group unknown-group",
                       "/3/user type", "/4/unit no-own-unit", "/5 one-of", "/6 type",
                       "/7/scope needs-unit", "/8/scope enum", "/9/unit needs-role",
                       "/10/units one-of", "/11/unt unknown-field", "/12/role id-format"});
  CHECK(directory()->resolve(Json::object(), UnitId{}).has_error());
}

TEST_CASE("every fault of the file is named at once, with its place") {
  Json faulty = file;
  faulty["units"].push_back({{"id", "so"}, {"name", "Lần nữa"}, {"kind", "department"}});
  faulty["units"].push_back({{"id", "a"}, {"name", "A"}, {"kind", "office"}, {"parent", "b"}});
  faulty["units"].push_back({{"id", "b"}, {"name", "B"}, {"kind", "office"}, {"parent", "a"}});
  faulty["units"].push_back({{"id", "c"}, {"name", "C"}, {"kind", "office"}, {"parent", "a"}});
  faulty["units"].push_back({{"id", "d"}, {"name", ""}, {"kind", "office"}, {"parent", "q"}});
  faulty["people"][0]["absences"][0]["deputy"] = "an";
  faulty["people"][1]["memberships"][0]["unit"] = "khong-co";
  faulty["people"][2]["id"] = "Chi Chi";
  faulty["people"][3]["memberships"] = {{{"unit", "so"}, {"roles", {"staff", "staff", 5}}},
                                        {{"unit", "so"}, {"roles", Json::array()}}};
  faulty["people"].push_back({{"id", "an"}, {"title", "?"}});
  faulty["groups"][0]["members"].push_back("x");
  faulty["extra"] = 1;
  CHECK(codes(faulty) ==
        Names{"/extra unknown-field", "/groups/0/members/2 unknown-person",
              "/people/0/absences/0/deputy self", "/people/1/memberships/0/unit unknown-unit",
              "/people/2/id id-format", "/people/3/memberships/0/roles/1 duplicate",
              "/people/3/memberships/0/roles/2 type", "/people/3/memberships/1/unit duplicate",
              "/people/4/id duplicate", "/people/4/memberships required", "/people/4/name required",
              "/people/4/title unknown-field", "/units/4/id duplicate", "/units/5/parent cycle",
              "/units/6/parent cycle", "/units/8/name type", "/units/8/parent unknown-unit"});
  CHECK(codes(Json::array()) == Names{" type"});
  CHECK(codes(Json::object()) == Names{"/people required", "/units required"});
}

TEST_CASE("addresses of e-mail are checked and come back") {
  Json with_mail = file;
  with_mail["people"][0]["email"] = "an.nguyen@so-a.example.gov.vn";
  const auto directory = Directory::parse(with_mail);
  REQUIRE(directory);
  CHECK((*directory)->to_json()["people"][0]["email"] == "an.nguyen@so-a.example.gov.vn");
  for (const char* wrong : {"an", "an@", "an@x@y", "an nguyen@x.vn", "ân@x.vn"}) {
    with_mail["people"][0]["email"] = wrong;
    CHECK(codes(with_mail) == Names{"/people/0/email email-format"});
  }
}

TEST_CASE("absences are whole days in order") {
  Json faulty = file;
  faulty["people"][0]["absences"] =
      Json::parse(R"([{"from": "2027-02-02", "to": "2027-02-01", "deputy": "binh"},
                      {"from": "2027-02-30", "deputy": "x", "scope": 5}])");
  CHECK(codes(faulty) ==
        Names{"/people/0/absences/0/to before-from", "/people/0/absences/1/deputy unknown-person",
              "/people/0/absences/1/from date-format", "/people/0/absences/1/scope type",
              "/people/0/absences/1/to required"});
}
