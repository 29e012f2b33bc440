#include "workflow/core/calendar.hpp"

#include <catch2/catch.hpp>

#include "workflow/core/time_text.hpp"
#include "workflow/core/unit_calendar.hpp"

using namespace kyhan;

namespace {

Date on(const std::string& text) {
  return parse_iso_date(text).value();
}
Instant at(const std::string& text) {
  return parse_rfc3339(text).value();
}

std::shared_ptr<const Calendars> with(const std::vector<Json>& files = {}) {
  return make_calendars(files).value();
}

/// Weekdays off and weekend days worked, "MM-DD kind", of one year.
std::vector<std::string> exceptions(const Calendar& calendar, int year) {
  static const std::map<DayKind, std::string> names{
      {DayKind::work, "work"},         {DayKind::weekend, "weekend"},
      {DayKind::holiday, "holiday"},   {DayKind::compensation, "compensation"},
      {DayKind::swap_off, "swap_off"}, {DayKind::swap_work, "swap_work"}};
  std::vector<std::string> found;
  for (std::chrono::sys_days day = std::chrono::year{year} / 1 / 1;
       day <= std::chrono::sys_days{std::chrono::year{year} / 12 / 31};
       day += std::chrono::days{1}) {
    const auto weekday = std::chrono::weekday{day}.iso_encoding();
    const DayInfo info = calendar.day(Date{day});
    CHECK(info.working == !calendar.hours(Date{day}).empty());
    if (info.kind == (weekday > 5 ? DayKind::weekend : DayKind::work)) continue;
    found.push_back(to_iso_date(Date{day}).substr(5) + " " + names.at(info.kind));
  }
  return found;
}

std::vector<std::string> codes(const Json& file) {
  const auto result = make_calendars({file});
  std::vector<std::string> found;
  if (result.has_error()) {
    for (const auto& field : result.error().fields)
      found.push_back(field.pointer + " " + field.code);
  }
  return found;
}

using List = std::vector<std::string>;

}  // namespace

TEST_CASE("2026 is as it was decided, with its swap days") {
  const auto calendars = with();
  const Calendar& vn = calendars->built_in();
  CHECK(vn.id() == "vn");
  CHECK(vn.zone() == "Asia/Ho_Chi_Minh");
  CHECK(vn.official_through() == 2026);
  CHECK(exceptions(vn, 2026) ==
        List{"01-01 holiday", "01-02 swap_off", "01-10 swap_work", "02-16 holiday", "02-17 holiday",
             "02-18 holiday", "02-19 holiday", "02-20 holiday", "04-26 holiday",
             "04-27 compensation", "04-30 holiday", "05-01 holiday", "08-22 swap_work",
             "08-31 swap_off", "09-01 holiday", "09-02 holiday"});
  CHECK(working_days_between(vn, on("2025-12-31"), on("2026-12-31")) == 250);
  CHECK(vn.day(on("2026-02-17")).name.vi == "Tết Nguyên đán");
  CHECK_FALSE(vn.day(on("2026-02-17")).legal_basis.empty());
  CHECK_FALSE(vn.day(on("2026-12-31")).provisional);
}

TEST_CASE("later years follow the rules, are provisional, and have no swaps") {
  const auto calendars = with();
  const Calendar& vn = calendars->built_in();
  CHECK(exceptions(vn, 2027) == List{"01-01 holiday", "02-05 holiday", "02-06 holiday",
                                     "02-07 holiday", "02-08 holiday", "02-09 holiday",
                                     "04-16 holiday", "04-30 holiday", "05-01 holiday",
                                     "05-03 compensation", "09-02 holiday"});
  // 30 April 2034 is a Sunday, 1 May a Monday: the day in lieu is the Tuesday.
  CHECK(exceptions(vn, 2034) ==
        List{"01-01 holiday", "01-02 compensation", "02-18 holiday", "02-19 holiday",
             "02-20 holiday", "02-21 holiday", "02-22 holiday", "04-28 holiday", "04-30 holiday",
             "05-01 holiday", "05-02 compensation", "09-02 holiday", "09-04 compensation"});
  CHECK(vn.day(on("2027-01-04")).provisional);
  CHECK(vn.day(on("2027-05-03")).name.vi == "Ngày Quốc tế lao động");
  CHECK(vn.day(on("2027-11-24")).working);
  CHECK_FALSE(vn.day(on("2025-05-05")).provisional);
  CHECK(vn.day(on("2025-01-29")).kind == DayKind::holiday);
}

TEST_CASE("both days in lieu follow one another when two holidays fall on one weekend") {
  // 30 April 2033 is a Saturday, 1 May a Sunday.
  const auto calendars = with();
  const Calendar& vn = calendars->built_in();
  CHECK(vn.day(on("2033-05-02")).kind == DayKind::compensation);
  CHECK(vn.day(on("2033-05-02")).name.en == "Reunification Day");
  CHECK(vn.day(on("2033-05-03")).kind == DayKind::compensation);
  CHECK(vn.day(on("2033-05-03")).name.en == "International Labour Day");
  CHECK(vn.day(on("2033-05-04")).working);
}

TEST_CASE("a unit's calendar holds only what differs from its parent's") {
  const auto calendars = with({Json::parse(R"({
    "id": "so-y-te", "parent": "vn", "unit": "so-y-te", "afterHours": "nextDay",
    "week": {"mon": [["07:00","11:30"]], "sat": [["07:00","11:00"]]}, "enable": ["culture-day"],
    "days": [{"date": "2026-03-03", "kind": "holiday", "name": "Ngày truyền thống"},
             {"date": "2026-02-16", "kind": "swap_work", "hours": [["20:00","24:00"]]},
             {"date": "2026-03-08", "kind": "work"}]})")});
  const Calendar* own = calendars->find("so-y-te");
  REQUIRE(own != nullptr);
  CHECK(own->zone() == "Asia/Ho_Chi_Minh");
  CHECK(own->after_hours_next_day(on("2026-03-03")));
  CHECK_FALSE(calendars->built_in().after_hours_next_day(on("2026-03-03")));
  CHECK(own->day(on("2026-03-07")).working);        // a Saturday
  CHECK_FALSE(own->day(on("2026-03-10")).working);  // a Tuesday
  CHECK(own->day(on("2026-03-03")).name.en == "Ngày truyền thống");
  CHECK(own->day(on("2026-02-17")).kind == DayKind::holiday);
  CHECK(own->hours(on("2026-02-16")).front().first == std::chrono::hours{20});
  CHECK(own->hours(on("2026-03-08")).front().second == std::chrono::minutes{690});
  CHECK(own->day(on("2026-11-24")).kind == DayKind::holiday);
  CHECK(own->day(on("2031-11-24")).kind == DayKind::holiday);
  CHECK(calendars->find("khong-co") == nullptr);
}

TEST_CASE("a new year's decision is loaded as data over the built-in calendar") {
  const auto calendars =
      with({Json::parse(R"({"id": "phong", "parent": "vn", "days": []})"),
            Json::parse(R"({"id": "vn", "parent": "vn", "officialThrough": 2027, "days": [
        {"date": "2027-01-01", "kind": "holiday", "name": "Tết Dương lịch"},
        {"date": "2027-09-03", "kind": "holiday", "name": "Quốc khánh"}]})")});
  for (const auto* id : {"vn", "phong"}) {
    const Calendar& calendar = *calendars->find(id);
    CHECK(exceptions(calendar, 2027) == List{"01-01 holiday", "09-03 holiday"});
    CHECK_FALSE(calendar.day(on("2027-03-01")).provisional);
    CHECK(calendar.day(on("2028-03-01")).provisional);
    CHECK(calendar.day(on("2028-05-01")).kind == DayKind::holiday);
    CHECK(calendar.day(on("2026-08-31")).kind == DayKind::swap_off);
  }
}

TEST_CASE("every fault of a calendar file is named with its place") {
  CHECK(codes(Json::parse(R"({
    "id": "X", "zone": "Asia/Hanoi", "afterHours": "later", "officialThrough": "2026", "more": 1,
    "week": {"monday": [], "tue": [["11:30","07:30"]], "wed": [["7:30","11:30"]],
             "thu": [["07:30","11:30"],["11:00","12:00"]], "fri": "x", "sat": [["07:30","24:01"]]},
    "enable": ["culture-day"],
    "days": [{"date": "2026-02-30", "kind": "off"}, {"kind": "work", "status": "sure"},
             {"date": "2026-03-01", "kind": "work"}, {"date": "2026-03-01", "kind": "work"}]})")) ==
        List{"/0/more unknown-field", "/0/id id-format", "/0/zone unknown-zone",
             "/0/week/monday unknown-field", "/0/week/tue/0 hours", "/0/week/wed/0 hours",
             "/0/week/thu/1 hours", "/0/week/fri hours", "/0/week/sat/0 hours",
             "/0/afterHours enum", "/0/officialThrough integer", "/0/enable/0 unknown-holiday",
             "/0/days/0/date date-format", "/0/days/0/kind enum", "/0/days/1/date required",
             "/0/days/1/status enum", "/0/days/3/date duplicate"});
  CHECK(codes(Json::parse(R"({"id": "a", "parent": "b"})")) == List{"/0/parent unknown-calendar"});
  CHECK(codes(Json::parse(R"({"id": "a", "parent": "a"})")) == List{"/0/parent unknown-calendar"});
  CHECK(codes(Json::parse("5")) == List{"/0 type"});
  const auto circle = make_calendars(
      {Json::parse(R"({"id": "a", "parent": "b"})"), Json::parse(R"({"id": "b", "parent": "a"})")});
  REQUIRE(circle.has_error());
  CHECK(circle.error().fields.size() == 2);
  CHECK(circle.error().fields[0].code == "cycle");
}

TEST_CASE("working time opens at its first minute and is closed at its last") {
  const auto calendars = with();
  const Calendar& vn = calendars->built_in();
  CHECK(in_working_time(vn, at("2026-08-28T07:30:00+07:00")));
  CHECK_FALSE(in_working_time(vn, at("2026-08-28T11:30:00+07:00")));
  CHECK_FALSE(in_working_time(vn, at("2026-08-31T09:00:00+07:00")));
  CHECK(in_working_time(vn, at("2026-08-22T09:00:00+07:00")));
  const auto next = [&](const std::string& text) {
    return to_rfc3339(next_working_time(vn, at(text)), vn.zone());
  };
  CHECK(next("2026-08-28T09:00:00+07:00") == "2026-08-28T09:00:00+07:00");
  CHECK(next("2026-08-28T11:30:00+07:00") == "2026-08-28T13:30:00+07:00");
  CHECK(next("2026-08-28T17:00:00+07:00") == "2026-09-03T07:30:00+07:00");
}

TEST_CASE("working days between two days count the last and not the first") {
  const auto calendars = with();
  const Calendar& vn = calendars->built_in();
  CHECK(working_days_between(vn, on("2026-08-28"), on("2026-09-09")) == 5);
  CHECK(working_days_between(vn, on("2026-09-09"), on("2026-08-28")) == -5);
  CHECK(working_days_between(vn, on("2026-08-28"), on("2026-08-28")) == 0);
}

TEST_CASE("years back to 2023 are as they were decided") {
  const auto calendars = with();
  const Calendar& vn = calendars->built_in();
  CHECK(exceptions(vn, 2025) ==
        List{"01-01 holiday", "01-27 holiday", "01-28 holiday", "01-29 holiday", "01-30 holiday",
             "01-31 holiday", "04-07 holiday", "04-26 swap_work", "04-30 holiday", "05-01 holiday",
             "05-02 swap_off", "09-01 holiday", "09-02 holiday"});
  CHECK(vn.day(on("2024-04-29")).kind == DayKind::swap_off);
  CHECK(vn.day(on("2024-05-04")).working);
  CHECK(vn.day(on("2023-05-03")).kind == DayKind::compensation);
  for (int year = 2023; year <= 2026; ++year) {
    for (const std::string day : {"-01-01", "-04-30", "-09-02"}) {
      CHECK_FALSE(vn.day(on(std::to_string(year) + day)).legal_basis.empty());
      CHECK_FALSE(vn.day(on(std::to_string(year) + day)).provisional);
    }
  }
}

TEST_CASE("a date of effect leaves the days before it as they were") {
  const auto calendars = with({Json::parse(R"({"id": "mua-dong", "parent": "vn",
      "effectiveFrom": "2026-10-16", "afterHours": "nextDay",
      "week": {"mon": [["08:00","12:00"],["13:00","17:00"]], "tue": [["08:00","12:00"]]},
      "enable": ["culture-day"]})"),
                               Json::parse(R"({"id": "phong", "parent": "mua-dong",
      "days": [{"date": "2026-10-14", "kind": "holiday"}]})")});
  for (const auto* id : {"mua-dong", "phong"}) {
    const Calendar& calendar = *calendars->find(id);
    CHECK(calendar.hours(on("2026-10-12")).front().first == std::chrono::minutes{450});
    CHECK(calendar.day(on("2026-10-15")).working);
    CHECK(calendar.hours(on("2026-10-19")).front().first == std::chrono::hours{8});
    CHECK_FALSE(calendar.day(on("2026-10-21")).working);
    CHECK_FALSE(calendar.after_hours_next_day(on("2026-10-15")));
    CHECK(calendar.after_hours_next_day(on("2026-10-16")));
    CHECK(calendar.day(on("2026-11-24")).kind == DayKind::holiday);
  }
  CHECK(calendars->find("mua-dong")->day(on("2026-10-14")).working);
  CHECK_FALSE(calendars->find("phong")->day(on("2026-10-14")).working);
  CHECK(calendars->built_in().hours(on("2026-10-19")).front().first == std::chrono::minutes{450});

  CHECK(codes(Json::parse(R"({"id": "a", "parent": "vn", "effectiveFrom": "2026-10-16",
      "zone": "UTC", "days": [{"date": "2026-10-15", "kind": "holiday"}]})")) ==
        List{"/0/zone not-with", "/0/days before-effect"});
  CHECK(codes(Json::parse(R"({"id": "a", "zone": "UTC", "week": {}, "effectiveFrom": "soon"})")) ==
        List{"/0/effectiveFrom date-format", "/0/effectiveFrom not-with"});
}

TEST_CASE("layers lie over one another, and a faulty one is named by its number") {
  const Json layers = Json::parse(R"({"id": "vn", "layers": [
      {"id": "vn", "parent": "vn", "days": [{"date": "2026-09-10", "kind": "holiday"}]},
      {"id": "vn", "parent": "vn", "days": [{"date": "2026-09-11", "kind": "holiday"},
                                           {"date": "2026-09-10", "kind": "work"}]}]})");
  const auto calendars = with({layers, Json::parse(R"({"id": "phong", "parent": "vn"})")});
  for (const auto* id : {"vn", "phong"}) {
    CHECK(calendars->find(id)->day(on("2026-09-10")).working);
    CHECK_FALSE(calendars->find(id)->day(on("2026-09-11")).working);
  }
  CHECK(layers_of(layers).size() == 2);
  CHECK(with_layer(layers, layers["layers"][0])["layers"].size() == 3);
  CHECK(with_layer(nullptr, layers["layers"][0]) == layers["layers"][0]);
  Json faulty = layers;
  faulty["layers"][1]["days"][0]["kind"] = "off";
  CHECK(codes(faulty) == List{"/0/layers/1/days/0/kind enum"});
  faulty = layers;
  faulty["layers"][1].erase("parent");
  faulty["note"] = "x";
  CHECK(codes(faulty) == List{"/0/note unknown-field", "/0/layers/1 layer",
                              "/0/layers/1/zone required", "/0/layers/1/week required"});
}

TEST_CASE("the calendar of a unit is its own, else that of the unit above") {
  const auto calendars =
      with({Json::parse(R"({"id": "tinh-rieng", "parent": "vn", "unit": "tinh"})"),
            Json::parse(R"({"id": "so-rieng", "parent": "vn"})")});
  const auto directory = Directory::parse(Json::parse(R"({"units": [
      {"id": "tinh", "name": "T", "kind": "p"},
      {"id": "so-a", "name": "A", "kind": "d", "parent": "tinh", "calendar": "so-rieng"},
      {"id": "so-b", "name": "B", "kind": "d", "parent": "tinh", "calendar": "khong-co"},
      {"id": "phong", "name": "P", "kind": "o", "parent": "so-a"},
      {"id": "rieng", "name": "R", "kind": "o"}], "people": []})"))
                             .value();
  const auto of = [&](const char* unit) {
    return calendar_of_unit(*calendars, *directory, UnitId{unit}).id();
  };
  CHECK(of("tinh") == "tinh-rieng");
  CHECK(of("so-a") == "so-rieng");
  CHECK(of("phong") == "so-rieng");
  CHECK(of("so-b") == "tinh-rieng");
  CHECK(of("rieng") == "vn");
  CHECK(of("khong-co") == "vn");
  CHECK(calendar_asked_for(*calendars, *directory, "vn", UnitId{"so-a"})->id() == "vn");
  CHECK(calendar_asked_for(*calendars, *directory, "x", UnitId{"so-a"}) == nullptr);
  const auto twice =
      make_calendars({Json::parse(R"({"id": "a", "parent": "vn", "unit": "tinh"})"),
                      Json::parse(R"({"id": "b", "parent": "vn", "unit": "tinh"})")});
  REQUIRE(twice.has_error());
  CHECK(twice.error().fields[0].pointer == "/1/unit");
}
