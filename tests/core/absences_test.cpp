// Leave and substitution: who stands in for whom on a date, and which absences cannot be.

#include <catch2/catch.hpp>

#include "workflow/core/calendar.hpp"
#include "workflow/core/directory.hpp"
#include "workflow/core/time_text.hpp"

namespace kyhan::test {
namespace {

Json organisation() {
  return Json::parse(R"({
    "units": [
      {"id": "tinh", "name": "Tỉnh", "kind": "province"},
      {"id": "so", "name": "Sở", "kind": "department", "parent": "tinh"},
      {"id": "phong", "name": "Phòng", "kind": "office", "parent": "so"},
      {"id": "xa", "name": "Xã", "kind": "commune", "parent": "tinh", "calendar": "berlin"}],
    "people": [
      {"id": "an", "name": "An", "memberships": [{"unit": "so", "roles": ["head"]}]},
      {"id": "binh", "name": "Bình", "memberships": [{"unit": "so", "roles": ["deputy"]}]},
      {"id": "chi", "name": "Chi", "memberships": [{"unit": "phong", "roles": ["head"]}]},
      {"id": "dung", "name": "Dũng", "memberships": [{"unit": "xa", "roles": ["head"]}]}]})");
}

Absence away(const char* from, const char* to, const char* deputy, Json scope = Json::object()) {
  return {"", parse_iso_date(from).value(), parse_iso_date(to).value(), PersonId{deputy},
          parse_absence_scope(scope).value()};
}

using Absences = std::map<PersonId, std::vector<Absence>>;

std::shared_ptr<const Directory> with(const Absences& absences) {
  return Directory::parse(organisation()).value()->with_absences(absences);
}

Date day(const char* text) {
  return parse_iso_date(text).value();
}

/// The refusal's type, or "yes".
std::string may(const Absences& known, const char* person, const Absence& absence) {
  const Result<void> checked = with(known)->check_absence(PersonId{person}, absence);
  return checked ? "yes" : checked.error().type;
}

const Duty any{RoleId{"head"}, UnitId{"so"}, "test"};

TEST_CASE("a deputy stands in on both the first and the last day, and on no other",
          "[core][leave]") {
  const auto people = with({{PersonId{"an"}, {away("2027-03-01", "2027-03-03", "binh")}}});
  const PersonId an{"an"}, binh{"binh"};
  CHECK(people->deputy_of(an, day("2027-02-28"), any).empty());
  CHECK(people->deputy_of(an, day("2027-03-01"), any) == binh);
  CHECK(people->deputy_of(an, day("2027-03-03"), any) == binh);
  CHECK(people->deputy_of(an, day("2027-03-04"), any).empty());
  CHECK(people->stands_in_for(binh, day("2027-03-02")).at(0).absent == an);
  CHECK(people->stands_in_for(binh, day("2027-03-04")).empty());
  CHECK(people->is_away(an, day("2027-03-02")));
  CHECK_FALSE(people->is_away(binh, day("2027-03-02")));
}

TEST_CASE("the days are those of the absent person's calendar", "[core][leave]") {
  const auto berlin = Json::parse(
      R"({"id": "berlin", "zone": "Europe/Berlin", "week": {"mon": [["08:00", "16:00"]]}, "days": []})");
  const auto calendars = make_calendars({berlin}).value();
  const auto people = with({{PersonId{"an"}, {away("2027-03-02", "2027-03-02", "binh")}},
                            {PersonId{"dung"}, {away("2027-03-02", "2027-03-02", "binh")}}});
  const auto absent = [&](const char* instant) {
    std::string names;
    for (const StandIn& one :
         people->stands_in_for(PersonId{"binh"}, *calendars, parse_rfc3339(instant).value())) {
      names += one.absent.text() + " ";
    }
    return names;
  };
  CHECK(absent("2027-03-02T00:30:00+07:00") == "an ");  // Still 1 March in Berlin.
  CHECK(absent("2027-03-02T12:00:00+07:00") == "an dung ");
  CHECK(absent("2027-03-03T05:00:00+07:00") == "dung ");  // Still 2 March in Berlin.
}

TEST_CASE("a scope narrows by role, unit and workflow together", "[core][leave]") {
  const auto people =
      with({{PersonId{"an"},
             {away("2027-03-01", "2027-03-03", "binh",
                   {{"roles", {"head"}}, {"units", {"so"}}, {"definitions", {"reward"}}})}}});
  const auto covered = [&](const char* role, const char* unit, const char* definition) {
    return !people
                ->deputy_of(PersonId{"an"}, day("2027-03-02"),
                            {RoleId{role}, UnitId{unit}, definition})
                .empty();
  };
  CHECK(covered("head", "so", "reward"));
  CHECK(covered("head", "phong", "reward"));  // Below the unit.
  CHECK_FALSE(covered("head", "tinh", "reward"));
  CHECK_FALSE(covered("council-member", "so", "reward"));
  CHECK_FALSE(covered("head", "so", "training"));
  CHECK_FALSE(covered("", "so", "reward"));  // Named in person, in no role.
  CHECK_FALSE(people->is_away(PersonId{"an"}, day("2027-03-02")));
}

TEST_CASE("the same days and duties are not given away twice", "[core][leave]") {
  const Absences known{{PersonId{"an"}, {away("2027-03-01", "2027-03-10", "binh")}}};
  CHECK(may(known, "an", away("2027-03-10", "2027-03-12", "chi")) == "absence-overlap");
  CHECK(may(known, "an", away("2027-03-11", "2027-03-12", "chi")) == "yes");
  CHECK(may(known, "an", away("2027-03-05", "2027-03-05", "chi", {{"roles", {"head"}}})) ==
        "absence-overlap");
  const Absences narrow{
      {PersonId{"an"}, {away("2027-03-01", "2027-03-10", "binh", {{"roles", {"head"}}})}}};
  CHECK(may(narrow, "an", away("2027-03-01", "2027-03-10", "chi", {{"roles", {"trainer"}}})) ==
        "yes");
  const Absences of_unit{
      {PersonId{"an"}, {away("2027-03-01", "2027-03-10", "binh", {{"units", {"so"}}})}}};
  CHECK(may(of_unit, "an", away("2027-03-01", "2027-03-10", "chi", {{"units", {"phong"}}})) ==
        "absence-overlap");  // Below the other.
  CHECK(may(of_unit, "an", away("2027-03-01", "2027-03-10", "chi", {{"units", {"xa"}}})) == "yes");
}

TEST_CASE("a deputy must be there: nobody stands in for each other, or in a ring",
          "[core][leave]") {
  const Absences known{{PersonId{"an"}, {away("2027-03-01", "2027-03-10", "binh")}}};
  CHECK(may(known, "binh", away("2027-03-05", "2027-03-06", "an")) == "absence-cycle");
  CHECK(may(known, "binh", away("2027-03-05", "2027-03-06", "chi")) == "deputy-absent");
  CHECK(may(known, "binh", away("2027-03-11", "2027-03-12", "an")) == "yes");
  CHECK(may(known, "chi", away("2027-03-05", "2027-03-06", "an")) == "deputy-absent");
  const Absences ring{
      {PersonId{"an"}, {away("2027-03-01", "2027-03-10", "binh", {{"roles", {"head"}}})}},
      {PersonId{"binh"}, {away("2027-03-01", "2027-03-10", "chi", {{"roles", {"deputy"}}})}}};
  CHECK(may(ring, "chi", away("2027-03-05", "2027-03-06", "an")) == "absence-cycle");
  CHECK(may({}, "an", away("2027-03-05", "2027-03-06", "an")) == "deputy-self");
  CHECK(may({}, "an", away("2027-03-05", "2027-03-06", "ai-do")) == "unknown-person");
  CHECK(may({}, "an", away("2027-03-05", "2028-03-05", "binh")) == "absence-too-long");
}

TEST_CASE("a file with contradicting absences is refused, each with its place", "[core][leave]") {
  Json file = organisation();
  file["people"][0]["absences"] = {
      {{"from", "2027-03-01"}, {"to", "2027-03-10"}, {"deputy", "binh"}},
      {{"from", "2027-03-10"}, {"to", "2027-03-11"}, {"deputy", "chi"}}};
  file["people"][1]["absences"] = {
      {{"from", "2027-03-02"}, {"to", "2027-03-02"}, {"deputy", "an"}}};
  file["people"][3]["absences"] = {{{"from", "2027-03-02"},
                                    {"to", "2027-03-02"},
                                    {"deputy", "chi"},
                                    {"scope", {{"units", {"xa"}}, {"definitions", {"reward"}}}}}};
  const auto parsed = Directory::parse(file);
  REQUIRE(parsed.has_error());
  std::string faults;
  for (const FieldError& fault : parsed.error().fields)
    faults += fault.pointer + " " + fault.code + "; ";
  CHECK(faults ==
        "/people/0/absences/1/from absence-overlap; /people/1/absences/0/deputy absence-cycle; ");
  file["people"][0]["absences"].erase(1);
  file["people"].erase(1);
  file["people"][0]["absences"][0]["deputy"] = "chi";
  const auto sound = Directory::parse(file).value();
  CHECK(Directory::parse(sound->to_json()).value()->to_json() == sound->to_json());
}

}  // namespace
}  // namespace kyhan::test
