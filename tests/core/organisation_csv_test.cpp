// The organisation as tables: there and back, and what is wrong in them.

#include "workflow/core/organisation_csv.hpp"

#include <catch2/catch.hpp>
#include <fstream>

#include "workflow/core/directory.hpp"

#include "tests/support/results.hpp"

using namespace kyhan;

namespace {

Tables small() {
  return {
      {"units.csv",
       "\xEF\xBB\xBFid,kind,name,parent,to,successor\r\n"
       "tinh,province,\"Tỉnh \"\"Mẫu\"\", vùng cao\",,,\r\n"
       "so-a,department,Sở A,tinh,2026-06-30,so-b\r\n"
       "so-b,department,Sở B,tinh,,\r\n"},
      {"people.csv", "name,id\nNguyễn An,an\nTrần Bình,binh\n"},
      {"memberships.csv", "person,unit,roles\nan,so-a,specialist staff\nbinh,so-b,head\n"},
      {"groups.csv", "group,person\nhoi-dong,an\nhoi-dong,binh\n"},
      {"absences.csv", "person,from,to,deputy,roles\nan,2026-01-05,2026-01-06,binh,specialist\n"}};
}

/// "<file>:<line> <code>" of each fault.
std::vector<std::string> faults(Tables tables, const char* file, const std::string& text) {
  tables[file] = text;
  const Result<Json> read = organisation_from_csv(tables);
  std::vector<std::string> found;
  if (read) return found;
  CHECK(read.error().type == "bad-table");
  for (const FieldError& fault : read.error().fields) {
    found.push_back(fault.pointer + " " + fault.code);
    CHECK_FALSE(fault.message.vi.empty());
  }
  return found;
}
using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("tables say what the organisation's file says", "[csv]") {
  const Result<Json> read = organisation_from_csv(small());
  REQUIRE(read);
  const auto directory = Directory::parse(*read);
  REQUIRE(directory);
  const Unit* closed = (*directory)->find_unit(UnitId{"so-a"});
  REQUIRE(closed != nullptr);
  CHECK(closed->successor == UnitId{"so-b"});
  CHECK(closed->open_on(Date{std::chrono::year{2026} / 6 / 30}));
  CHECK_FALSE(closed->open_on(Date{std::chrono::year{2026} / 7 / 1}));
  CHECK((*directory)->find_unit(UnitId{"tinh"})->name.vi == "Tỉnh \"Mẫu\", vùng cao");
  CHECK((*directory)->has_role(PersonId{"an"}, RoleId{"staff"}, UnitId{"so-a"}));
  CHECK((*directory)->groups().at(GroupId{"hoi-dong"}).size() == 2);
  REQUIRE((*directory)->find_person(PersonId{"an"})->absences.size() == 1);
  CHECK((*directory)->find_person(PersonId{"an"})->absences[0].scope.roles ==
        std::vector<RoleId>{RoleId{"specialist"}});
}

TEST_CASE("from the file to tables and back nothing changes", "[csv]") {
  std::ifstream in(std::string(KYHAN_SOURCE_DIR) + "/definitions/organisation/tinh-mau.json");
  REQUIRE(in.good());
  for (const Json& document : {Json::parse(in), organisation_from_csv(small()).value()}) {
    const Json whole = Directory::parse(document).value()->to_json();
    const Result<Json> back = organisation_from_csv(organisation_to_csv(whole));
    REQUIRE(back);
    CHECK(Directory::parse(*back).value()->to_json() == whole);
  }
}

TEST_CASE("what is wrong in a table is named by file and line", "[csv]") {
  CHECK(faults(small(), "people.csv", "id,name\nan\n") ==
        Lines{"people.csv:2 columns", "memberships.csv:2 unknown-person",
              "memberships.csv:3 unknown-person", "absences.csv:2 unknown-person",
              "groups.csv:2 unknown-person", "groups.csv:3 unknown-person"});
  CHECK(faults(small(), "units.csv", "id,name,kind,size\na,b,c,d\n") ==
        Lines{"units.csv:1 unknown-column"});
  CHECK(faults(small(), "units.csv", "id,name\n\na,b\n") == Lines{"units.csv:3 required"});
  CHECK(faults(small(), "groups.csv", "group,person\n\"g,an\n") == Lines{"groups.csv:1 bad-csv"});
  CHECK(faults(small(), "groups.csv", "group,person\n\"g\"x,an\n") ==
        Lines{"groups.csv:1 bad-csv"});
  Tables without = small();
  without.erase("memberships.csv");
  CHECK(organisation_from_csv(without).error().fields.front().code == "missing");
}

TEST_CASE("days of effect of a unit are read and judged", "[csv]") {
  const auto parse = [](const std::string& more) {
    return Directory::parse(
        Json::parse(R"({"units": [{"id": "a", "name": "A", "kind": "k", )" + more +
                    R"(}, {"id": "b", "name": "B", "kind": "k"}], "people": []})"));
  };
  REQUIRE(parse(R"("from": "2026-01-01", "to": "2026-06-30", "successor": "b")"));
  const auto code = [&](const std::string& more) {
    const auto parsed = parse(more);
    return parsed
               ? ""
               : parsed.error().fields.front().pointer + " " + parsed.error().fields.front().code;
  };
  CHECK(code(R"("from": "2026-07-01", "to": "2026-06-30")") == "/units/0/to before-from");
  CHECK(code(R"("from": "1/7/2026")") == "/units/0/from date-format");
  CHECK(code(R"("successor": "c")") == "/units/0/successor unknown-unit");
  CHECK(code(R"("successor": "a")") == "/units/0/successor self");
}
