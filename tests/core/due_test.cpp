#include <algorithm>
#include <catch2/catch.hpp>

#include "workflow/core/calendar.hpp"
#include "workflow/core/time_text.hpp"

using namespace kyhan;
using namespace std::chrono_literals;

namespace {

const std::shared_ptr<const Calendars> calendars = make_calendars({}).value();
const Calendar& vn = calendars->built_in();

Instant at(const std::string& text) {
  return parse_rfc3339(text).value();
}

Result<DueDate> compute(const std::string& from, const std::string& due,
                        const Calendar& calendar = vn) {
  return compute_due(calendar, at(from), Json::parse(due));
}

DueDate due(const std::string& from, const std::string& form, const Calendar& calendar = vn) {
  auto result = compute(from, form, calendar);
  INFO(form);
  REQUIRE(result.has_value());
  CHECK_FALSE(result->explain.empty());
  for (const Text& line : result->explain) {
    CHECK_FALSE(line.vi.empty());
    CHECK_FALSE(line.en.empty());
  }
  return *result;
}

std::string day(const std::string& from, const std::string& form, const Calendar& calendar = vn) {
  return to_iso_date(due(from, form, calendar).date);
}
std::string moment(const std::string& from, const std::string& form,
                   const Calendar& calendar = vn) {
  return to_rfc3339(due(from, form, calendar).instant, calendar.zone());
}

bool says(const DueDate& found, const std::string& line) {
  return std::any_of(found.explain.begin(), found.explain.end(),
                     [&](const Text& text) { return text.vi == line || text.en == line; });
}

const std::string friday = "2026-08-28T10:00:00+07:00";

}  // namespace

TEST_CASE("working days run over the weekend, the swapped day and National Day") {
  const DueDate found = due(friday, R"({"workingDays": 5})");
  CHECK(to_iso_date(found.date) == "2026-09-09");
  CHECK(to_rfc3339(found.instant, vn.zone()) == "2026-09-10T00:00:00+07:00");
  CHECK_FALSE(found.provisional);
  CHECK(says(found, "Bỏ qua Thứ Hai 31/8 (nghỉ hoán đổi)"));
  CHECK(says(found, "Skipped: Monday 31 August (swapped day off)"));
  CHECK(says(found, "Bỏ qua Thứ Ba 01/9 đến Thứ Tư 02/9 (Quốc khánh)"));
  CHECK(says(found, "Ngày làm việc thứ 3 đến thứ 5: Thứ Hai 07/9 đến Thứ Tư 09/9"));
  CHECK(found.explain.back().vi == "Hạn: hết ngày Thứ Tư 09/9/2026 (24:00).");
}

TEST_CASE("deadlines of 2026 are the days the law gives") {
  CHECK(day("2026-02-12T10:00:00+07:00", R"({"workingDays": 5})") == "2026-02-26");
  CHECK(day("2026-08-10T10:00:00+07:00", R"({"workingDays": 20})") == "2026-09-09");
  CHECK(day("2026-08-17T10:00:00+07:00", R"({"in": "P15D"})") == "2026-09-03");
  CHECK(day(friday, R"({"relativeTo": "2026-09-03", "workingDays": -5})") == "2026-08-24");
  const DueDate next_year = due("2026-12-25T10:00:00+07:00", R"({"workingDays": 5})");
  CHECK(to_iso_date(next_year.date) == "2027-01-04");
  CHECK(next_year.provisional);
  CHECK(says(next_year, "Bỏ qua Thứ Sáu 01/01 (Tết Dương lịch)"));
}

TEST_CASE("a swapped Saturday is worked and counted") {
  const DueDate found = due("2026-08-21T10:00:00+07:00", R"({"workingDays": 1})");
  CHECK(to_iso_date(found.date) == "2026-08-22");
  CHECK(says(found, "Ngày làm việc thứ 1: Thứ Bảy 22/8 (làm bù ngày hoán đổi)"));
}

TEST_CASE("calendar days roll forward off a day off, backward when counted back") {
  const std::string monday = "2026-08-17T10:00:00+07:00";
  CHECK(day(monday, R"({"in": "P15D", "roll": "none"})") == "2026-09-01");
  CHECK(day(monday, R"({"in": "P15D", "roll": "backward"})") == "2026-08-28");
  CHECK(day(monday, R"({"in": {"days": 15}})") == "2026-09-03");
  CHECK(day(monday, R"({"relativeTo": "2026-09-05", "in": "-P3D"})") == "2026-08-28");
  CHECK(day(monday, R"({"relativeTo": "2026-09-05", "in": "-P3D", "roll": "forward"})") ==
        "2026-09-03");
  CHECK(day(monday, R"({"in": "P2W"})") == "2026-09-03");
  CHECK(says(due(monday, R"({"in": "P15D"})"),
             "Thứ Ba 01/9 là ngày nghỉ (Quốc khánh) nên chuyển sang ngày làm việc tiếp theo: Thứ "
             "Năm 03/9/2026."));
}

TEST_CASE("months end on the corresponding day or at the month's end") {
  CHECK(day("2026-03-31T10:00:00+07:00", R"({"in": "P1M", "roll": "none"})") == "2026-04-30");
  CHECK(day("2026-03-31T10:00:00+07:00", R"({"in": "P1M"})") == "2026-05-04");
  CHECK(day("2027-12-31T10:00:00+07:00", R"({"in": "P2M"})") == "2028-02-29");
  CHECK(says(due("2026-03-31T10:00:00+07:00", R"({"in": "P1M"})"),
             "Tháng đó không có ngày tương ứng nên lấy ngày cuối tháng."));
}

TEST_CASE("a fixed date does not roll, and its bound decides which end of the day counts") {
  CHECK(moment(friday, R"({"date": "2026-09-05"})") == "2026-09-06T00:00:00+07:00");
  CHECK(moment(friday, R"({"date": "2026-09-05", "roll": "backward"})") ==
        "2026-09-05T00:00:00+07:00");
  CHECK(moment(friday, R"({"date": "2026-09-09", "at": "18:00"})") == "2026-09-09T18:00:00+07:00");
  CHECK(moment(friday, R"({"date": "2026-09-09", "at": "24:00"})") == "2026-09-10T00:00:00+07:00");
  CHECK(moment(friday, R"({"date": "2026-09-09", "bound": "before"})") ==
        "2026-09-09T00:00:00+07:00");
  CHECK(day(friday, R"({"date": "2026-09-09", "bound": "before"})") == "2026-09-09");
  CHECK(moment(friday, R"({"workingDays": 5, "bound": "before"})") == "2026-09-09T00:00:00+07:00");
  CHECK(moment(friday, R"({"workingDays": 5, "at": "17:00"})") == "2026-09-09T17:00:00+07:00");
}

TEST_CASE("hours, minutes and seconds are elapsed time, with days first when there are both") {
  CHECK(moment(friday, R"({"in": "PT48H"})") == "2026-08-30T10:00:00+07:00");
  CHECK(moment(friday, R"({"in": "PT48H", "roll": "forward"})") == "2026-09-03T10:00:00+07:00");
  CHECK(moment(friday, R"({"in": "P1DT2H30M"})") == "2026-08-29T12:30:00+07:00");
  CHECK(moment(friday, R"({"in": "-PT1H"})") == "2026-08-28T09:00:00+07:00");
  CHECK(moment(friday, R"({"in": "PT0S"})") == friday);
  CHECK(moment(friday, R"({"in": {"hours": 1, "days": 1}})") == "2026-08-29T11:00:00+07:00");
  CHECK(moment(friday, R"({"relativeTo": "2026-09-09T17:00:00+07:00", "in": "-PT1H"})") ==
        "2026-09-09T16:00:00+07:00");
  CHECK(moment(friday, R"({"in": "P0D"})") == "2026-08-29T00:00:00+07:00");
}

TEST_CASE("working hours stop at closing time and go on at the next opening") {
  CHECK(moment(friday, R"({"workingHours": 1})") == "2026-08-28T11:00:00+07:00");
  CHECK(moment(friday, R"({"workingHours": 1.5})") == "2026-08-28T11:30:00+07:00");
  CHECK(moment(friday, R"({"workingHours": 5})") == "2026-08-28T17:00:00+07:00");
  CHECK(moment(friday, R"({"workingHours": 5.5})") == "2026-09-03T08:00:00+07:00");
  CHECK(moment(friday, R"({"workingHours": -4})") == "2026-08-27T15:30:00+07:00");
  CHECK(moment(friday, R"({"workingHours": -2.5})") == "2026-08-28T07:30:00+07:00");
  CHECK(moment(friday, R"({"workingHours": 0})") == friday);
  CHECK(moment("2026-08-29T12:00:00+07:00", R"({"workingHours": 8})") ==
        "2026-09-04T08:00:00+07:00");
  CHECK(says(due(friday, R"({"workingHours": 5.5})"), "Thứ Sáu 28/8: tính 5 giờ"));
  CHECK(says(due(friday, R"({"workingHours": 5.5})"), "Bỏ qua Thứ Hai 31/8 (nghỉ hoán đổi)"));
}

TEST_CASE("the calendar says whether what comes after closing counts as the next working day") {
  const auto own =
      make_calendars({Json::parse(R"({"id": "sau", "parent": "vn", "afterHours": "nextDay"})")})
          .value();
  const Calendar& next_day = *own->find("sau");
  const std::string late = "2026-08-28T17:00:00+07:00", in_time = "2026-08-28T16:59:59+07:00";
  CHECK(day(late, R"({"workingDays": 5})") == "2026-09-09");
  CHECK(day(late, R"({"workingDays": 5})", next_day) == "2026-09-10");
  CHECK(day(in_time, R"({"workingDays": 5})", next_day) == "2026-09-09");
  CHECK(day("2026-08-29T09:00:00+07:00", R"({"workingDays": 5})", next_day) == "2026-09-10");
  CHECK(day("2026-08-28T12:00:00+07:00", R"({"workingDays": 5})", next_day) == "2026-09-09");
  CHECK(says(due(late, R"({"workingDays": 5})", next_day),
             "17:00 Thứ Sáu 28/8/2026 là ngoài giờ làm việc nên tính như nhận vào Thứ Năm "
             "03/9/2026."));
}

TEST_CASE("a due day in a year without a decision is provisional, whatever the form") {
  for (const auto* form :
       {R"({"date": "2027-03-01"})", R"({"in": "P200D"})", R"({"in": "PT4000H"})",
        R"({"relativeTo": "2027-01-05", "workingDays": -3})"}) {
    CHECK(due(friday, form).provisional);
  }
  CHECK_FALSE(due(friday, R"({"date": "2026-12-31"})").provisional);
  CHECK(says(due(friday, R"({"date": "2027-03-01"})"),
             "Tạm tính: chưa có quyết định chính thức về ngày nghỉ năm 2027; hạn được tính lại khi "
             "có quyết định."));
}

TEST_CASE("days are those of the calendar's zone, over changes of clocks too") {
  const auto own = make_calendars({Json::parse(R"({
    "id": "berlin", "zone": "Europe/Berlin", "officialThrough": 2030, "days": [],
    "week": {"mon": [["08:00","16:00"]], "fri": [["08:00","16:00"]],
             "sun": [["01:00","04:00"]]}})")})
                       .value();
  const Calendar& berlin = *own->find("berlin");
  // 29 March 2026 has 23 hours, 25 October 25.
  CHECK(moment("2026-03-27T12:00:00+01:00", R"({"in": "P3D"})", berlin) ==
        "2026-03-31T00:00:00+02:00");
  CHECK(moment("2026-03-28T12:00:00+01:00", R"({"in": "PT24H"})", berlin) ==
        "2026-03-29T13:00:00+02:00");
  CHECK(moment("2026-03-28T12:00:00+01:00", R"({"workingHours": 2})", berlin) ==
        "2026-03-29T04:00:00+02:00");
  CHECK(moment("2026-10-24T12:00:00+02:00", R"({"workingHours": 4})", berlin) ==
        "2026-10-25T04:00:00+01:00");
  // 23:30 in Hanoi is still the same afternoon in Berlin.
  CHECK(day("2026-08-31T23:30:00+07:00", R"({"workingDays": 1})", berlin) == "2026-09-04");
  CHECK(day("2026-08-31T23:30:00+07:00", R"({"in": "P1D", "roll": "none"})") == "2026-09-01");
  CHECK(day("2026-08-31T23:30:00+07:00",
            R"({"in": "P1D", "roll": "none", "timeZone": "Asia/Tokyo"})") == "2026-09-02");
}

TEST_CASE("a calendar without working days is an error, not an endless count") {
  const auto own = make_calendars({Json::parse(R"({"id": "dong", "zone": "UTC", "week": {}})")});
  const Calendar& closed = *own.value()->find("dong");
  for (const auto* form : {R"({"workingDays": 1})", R"({"workingHours": 1})", R"({"in": "P1D"})"}) {
    const auto result = compute(friday, form, closed);
    REQUIRE(result.has_error());
    CHECK(result.error().type == "no-working-day");
  }
}

TEST_CASE("the faults of a due form are named with their place, all at once") {
  const auto faults = [](const std::string& form) {
    std::vector<std::string> found;
    for (const auto& field : check_due_form(Json::parse(form))) {
      CHECK_FALSE(field.message.vi.empty());
      CHECK_FALSE(field.message.en.empty());
      found.push_back(field.pointer + " " + field.code);
    }
    return found;
  };
  using List = std::vector<std::string>;
  CHECK(faults("5") == List{" type"});
  CHECK(faults("{}") == List{" one-of"});
  CHECK(faults(R"({"in": "P1D", "workingDays": 1})") == List{" one-of"});
  CHECK(faults(R"({"in": "5 days", "days": 5})") == List{"/days unknown-field", "/in format"});
  CHECK(faults(R"({"in": {"weeks": 1}})") == List{"/in/weeks unknown-field"});
  CHECK(faults(R"({"workingDays": 1.5})") == List{"/workingDays integer"});
  CHECK(faults(R"({"workingDays": "5"})") == List{"/workingDays integer"});
  CHECK(faults(R"({"workingDays": 10001})") == List{"/workingDays integer"});
  CHECK(faults(R"({"workingHours": "8", "at": "09:00"})") ==
        List{"/workingHours number", "/at not-with"});
  CHECK(faults(R"({"date": "09/09/2026", "at": "25:00", "bound": "after", "roll": 1,
                   "calendar": 5, "timeZone": "Asia/Hanoi"})") ==
        List{"/date date-format", "/at time-format", "/bound enum", "/roll enum", "/calendar type",
             "/timeZone unknown-zone"});
  CHECK(faults(R"({"date": "2026-09-09", "relativeTo": "2026-09-09"})") ==
        List{"/relativeTo not-with"});
  CHECK(faults(R"({"in": "P1D", "relativeTo": "soon"})") == List{"/relativeTo date-format"});
  CHECK(faults(R"({"in": "PT1H", "bound": "before"})") == List{"/bound not-with"});
  CHECK(faults(R"({"date": "2026-09-09", "at": "09:00", "bound": "before"})") ==
        List{"/bound not-with"});
}

TEST_CASE("expressions pass the check and are refused when they are still there") {
  for (const auto* form :
       {R"("${ .due }")", R"({"workingDays": "${ .days }", "at": "${ .at }"})",
        R"({"relativeTo": "${ .conference }", "in": "${ .span }", "roll": "${ .roll }"})"}) {
    CHECK(check_due_form(Json::parse(form)).empty());
    REQUIRE(compute(friday, form).has_error());
    CHECK(compute(friday, form).error().type == "bad-due");
    CHECK_FALSE(compute(friday, form).error().fields.empty());
  }
  CHECK(day(friday, R"({"workingDays": 5.0})") == "2026-09-09");
}

// --- A second, slow computation by the words of the law ------------------------------------------

namespace {

using std::chrono::sys_days;

/// The Vietnamese year rebuilt from the lunar functions and the rules in words.
bool off_by_law(sys_days date) {
  const Date ymd{date};
  const int year = static_cast<int>(ymd.year());
  const auto weekend = [](sys_days each) { return std::chrono::weekday{each}.iso_encoding() >= 6; };
  const sys_days new_year = lunar_new_year(year);
  if (weekend(date) ||
      (date >= new_year - std::chrono::days{1} && date <= new_year + std::chrono::days{3})) {
    return true;
  }
  std::vector<sys_days> holidays{ymd.year() / 1 / 1, sys_days{lunar_to_solar(year, 3, 10)},
                                 ymd.year() / 4 / 30, ymd.year() / 5 / 1, ymd.year() / 9 / 2};
  std::sort(holidays.begin(), holidays.end());
  std::vector<sys_days> off = holidays;
  for (const sys_days holiday : holidays) {
    if (!weekend(holiday)) continue;
    sys_days instead = holiday;
    while (weekend(instead) || std::count(off.begin(), off.end(), instead) != 0) {
      instead += std::chrono::days{1};
    }
    off.push_back(instead);
  }
  return std::count(off.begin(), off.end(), date) != 0;
}

}  // namespace

TEST_CASE("over 125 years every working day is that of the slow computation") {
  int differing = 0;
  for (sys_days date = std::chrono::year{1976} / 1 / 1;
       date <= sys_days{std::chrono::year{2100} / 12 / 31}; date += std::chrono::days{1}) {
    const int year = static_cast<int>(Date{date}.year());
    if (year >= 2023 && year <= 2026) continue;  // fixed by decision
    if (vn.day(Date{date}).working == off_by_law(date)) {
      ++differing;
      UNSCOPED_INFO(to_iso_date(Date{date}));
    }
  }
  CHECK(differing == 0);
}

TEST_CASE("over 125 years deadlines agree with a day by day count, in both directions") {
  const auto slow = [](sys_days start, int count) {
    sys_days date = start;
    while (count != 0) {
      date += std::chrono::days{count > 0 ? 1 : -1};
      if (vn.day(Date{date}).working) count += count > 0 ? -1 : 1;
    }
    return Date{date};
  };
  int step = 0;
  for (sys_days date = std::chrono::year{1976} / 3 / 1;
       date <= sys_days{std::chrono::year{2100} / 11 / 1}; date += std::chrono::days{17}) {
    const int count = ++step % 41 - 20;
    if (count == 0) continue;
    const Instant from = instant_at(Date{date}, 10h, vn.zone());
    const DueDate found = compute_due(vn, from, Json{{"workingDays", count}}).value();
    INFO(to_iso_date(Date{date}) << " " << count << " " << to_iso_date(found.date));
    CHECK(found.date == slow(date, count));
    if (count > 0) CHECK(working_days_between(vn, Date{date}, found.date) == count);
    CHECK(found.instant == instant_at(found.date, 24h, vn.zone()));

    const DueDate rolled =
        compute_due(vn, from, Json{{"in", "P" + std::to_string(step % 90) + "D"}}).value();
    sys_days plain = date + std::chrono::days{step % 90};
    while (!vn.day(Date{plain}).working) plain += std::chrono::days{1};
    CHECK(rolled.date == Date{plain});
    CHECK(vn.day(rolled.date).working);
  }
}
