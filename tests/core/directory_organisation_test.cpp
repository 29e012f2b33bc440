// The demonstration organisation is data, generated from a small source and kept beside it.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>

#include "workflow/core/directory.hpp"

using namespace kyhan;

namespace {

const std::string folder = std::string(KYHAN_SOURCE_DIR) + "/definitions/organisation/";

Json read(const std::string& name) {
  std::ifstream in(folder + name);
  REQUIRE(in.good());
  return Json::parse(in);
}

std::size_t holders(const Directory& directory, const std::string& key) {
  return directory.members_of(candidate_from_key(key).value()).size();
}

}  // namespace

TEST_CASE("the committed organisation is what its source writes") {
  CHECK(std::system(("python3 '" + folder + "generate.py' --check").c_str()) == 0);
}

TEST_CASE("the demonstration province has its units, people and roles") {
  const auto directory = Directory::parse(read("tinh-mau.json")).value();
  CHECK(directory->units_of_kind("department").size() >= 24);
  CHECK(directory->units_of_kind("commune").size() == 30);
  CHECK(directory->units_of_kind("province").size() == 1);
  CHECK(directory->people().size() >= 580);
  CHECK(directory->people().size() <= 660);
  for (const auto* unit : {"so-noi-vu", "so-tai-chinh", "mttq", "truong-chinh-tri",
                           "van-phong-ubnd", "lien-doan-lao-dong", "thanh-tra-tinh"}) {
    INFO(unit);
    REQUIRE(directory->find_unit(UnitId{unit}) != nullptr);
    CHECK(directory->find_unit(UnitId{unit})->kind == "department");
  }
  CHECK(directory->find_unit(UnitId{"phong-tdkt"})->parent == UnitId{"so-noi-vu"});

  for (const UnitId& unit : directory->units_of_kind("department")) {
    const auto count = [&](const std::string& role) {
      return holders(*directory, "role:" + role + "@" + unit.text());
    };
    INFO(unit.text());
    CHECK(count("head") == 1);
    CHECK(count("deputy") >= 1);
    CHECK(count("deputy") <= 2);
    CHECK(count("specialist") >= 2);
    CHECK(count("hr") == 1);
    CHECK(count("registry") == 1);
    CHECK(count("accountant") == 1);
    CHECK(count("union-executive") == 3);
    CHECK(count("board-member") == 3);
    CHECK(count("staff") >= 14);
  }
  for (const UnitId& unit : directory->units_of_kind("commune")) {
    INFO(unit.text());
    CHECK(holders(*directory, "role:head@" + unit.text()) == 1);
    CHECK(holders(*directory, "role:staff@" + unit.text()) >= 5);
  }
  CHECK(holders(*directory, "role:chair@*") == 1);
  CHECK(holders(*directory, "role:chair@ubnd-tinh") == 1);
  CHECK(holders(*directory, "role:deputy@ubnd-tinh") == 2);
  CHECK(holders(*directory, "role:council-member@hoi-dong-tdkt") == 11);
  CHECK(holders(*directory, "role:council-secretary@hoi-dong-tdkt") == 1);
  CHECK(holders(*directory, "role:trainer@truong-chinh-tri") >= 3);
  CHECK(holders(*directory, "role:auditor@*") >= 3);
  CHECK(holders(*directory, "role:administrator@*") == 1);
}

TEST_CASE("a board member is neither leader nor accountant of the unit") {
  const auto directory = Directory::parse(read("tinh-mau.json")).value();
  for (const auto& [id, person] : directory->people()) {
    for (const Membership& membership : person.memberships) {
      if (!directory->has_role(id, RoleId{"board-member"}, membership.unit)) continue;
      INFO(id.text());
      for (const auto* role : {"head", "deputy", "accountant"}) {
        CHECK_FALSE(directory->has_role(id, RoleId{role}, membership.unit));
      }
    }
  }
}

TEST_CASE("every demonstration account is somebody, and together they hold every role") {
  const auto directory = Directory::parse(read("tinh-mau.json")).value();
  std::set<std::string> accounts, roles;
  for (const Json& account : read("demo-accounts.json")) {
    INFO(account.dump());
    CHECK(accounts.insert(account.at("account")).second);
    CHECK(directory->find_unit(UnitId{account.at("unit")}) != nullptr);
    CHECK_FALSE(account.at("role").at("vi").get<std::string>().empty());
    CHECK_FALSE(account.at("role").at("en").get<std::string>().empty());
    const Person* person = directory->find_person(PersonId{account.at("person")});
    REQUIRE(person != nullptr);
    for (const Membership& membership : person->memberships) {
      for (const RoleId& role : membership.roles) roles.insert(role.text());
    }
  }
  for (const auto* role : {"staff", "specialist", "deputy", "head", "hr", "registry", "accountant",
                           "chair", "union-executive", "council-member", "council-secretary",
                           "board-member", "trainer", "auditor", "administrator"}) {
    INFO(role);
    CHECK(roles.count(role) == 1);
  }
}
