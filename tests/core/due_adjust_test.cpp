// What suspensions and extensions make of a deadline.

#include <catch2/catch.hpp>

#include "workflow/core/calendar.hpp"
#include "workflow/core/time_text.hpp"

using namespace kyhan;

namespace {

const std::shared_ptr<const Calendars> calendars = make_calendars({}).value();
const Calendar& vn = calendars->built_in();

Instant at(const std::string& text) {
  return parse_rfc3339(text + ":00+07:00").value();
}
Stop stop(const std::string& from, const std::string& to) {
  return {at(from), at(to)};
}
Extended more(const std::string& form) {
  return {Json::parse(form)};
}

DueDate due(const std::string& form, const std::vector<Adjustment>& adjustments,
            const std::string& from = "2026-03-02T09:00") {
  const auto found = compute_due(vn, at(from), Json::parse(form), adjustments);
  INFO(form);
  REQUIRE(found.has_value());
  return *found;
}
std::string day(const std::string& form, const std::vector<Adjustment>& adjustments,
                const std::string& from = "2026-03-02T09:00") {
  return to_iso_date(due(form, adjustments, from).date);
}
std::string moment(const std::string& form, const std::vector<Adjustment>& adjustments,
                   const std::string& from = "2026-03-02T09:00") {
  return to_rfc3339(due(form, adjustments, from).instant, vn.zone()).substr(0, 16);
}
std::string last_word(const DueDate& found) {
  return found.explain.back().vi;
}

}  // namespace

// 2 March 2026 is a Monday.

TEST_CASE("a stop moves working days by those that lie wholly inside it") {
  // Wednesday and Friday are begun or ended inside the stop; only Thursday is lost.
  CHECK(day(R"({"workingDays": 5})", {}) == "2026-03-09");
  const auto thursday = stop("2026-03-04T10:00", "2026-03-06T09:00");
  CHECK(day(R"({"workingDays": 5})", {thursday}) == "2026-03-10");
  CHECK(last_word(due(R"({"workingDays": 5})", {thursday})) ==
        "Hạn mới: hết ngày Thứ Ba 10/3/2026 (24:00).");
  // From midnight to midnight the days count whole.
  CHECK(day(R"({"workingDays": 5})", {stop("2026-03-04T00:00", "2026-03-06T00:00")}) ==
        "2026-03-11");
  // Over a weekend nothing is lost.
  CHECK(day(R"({"workingDays": 7})", {stop("2026-03-06T17:00", "2026-03-09T07:30")}) ==
        "2026-03-11");
  // A swapped Saturday is a working day that can be lost.
  CHECK(day(R"({"workingDays": 5})", {stop("2026-08-21T17:00", "2026-08-24T07:00")},
            "2026-08-20T09:00") == "2026-08-27");
  CHECK(day(R"({"workingDays": 5})", {}, "2026-08-20T09:00") == "2026-08-26");
}

TEST_CASE("a stop moves calendar days and fixed dates by the days wholly inside it") {
  const auto over_weekend = stop("2026-03-05T10:00", "2026-03-09T09:00");  // Fri, Sat, Sun
  CHECK(day(R"({"in": "P10D"})", {}) == "2026-03-12");
  // The fifteenth is a Sunday.
  CHECK(day(R"({"in": "P10D"})", {over_weekend}) == "2026-03-16");
  CHECK(day(R"({"in": "P10D", "roll": "none"})", {over_weekend}) == "2026-03-15");
  CHECK(day(R"({"date": "2026-03-20"})", {over_weekend}) == "2026-03-23");
  CHECK(moment(R"({"date": "2026-03-20", "at": "16:00"})", {over_weekend}) == "2026-03-23T16:00");
  CHECK(moment(R"({"date": "2026-03-20", "bound": "before"})", {over_weekend}) ==
        "2026-03-23T00:00");
  CHECK(day(R"({"workingDays": -5, "relativeTo": "2026-03-20"})", {over_weekend}) == "2026-03-16");
}

TEST_CASE("a stop moves elapsed time by its length and working hours by the working time in it") {
  const auto two_days = stop("2026-03-03T10:00", "2026-03-05T11:30");
  CHECK(moment(R"({"in": "PT72H"})", {two_days}) == "2026-03-07T10:30");
  // Tuesday 5 h, Wednesday 7.5 h, Thursday 4 h: 16.5 of working time.
  CHECK(moment(R"({"workingHours": 15})", {}) == "2026-03-04T09:00");
  CHECK(moment(R"({"workingHours": 15})", {two_days}) == "2026-03-06T10:30");
  CHECK(moment(R"({"workingHours": 15})", {stop("2026-03-02T17:00", "2026-03-03T07:30")}) ==
        "2026-03-04T09:00");
}

TEST_CASE("a deadline that was passed before the stop stays, and none falls into it") {
  const auto long_after = stop("2026-03-20T10:00", "2026-03-25T10:00");
  CHECK(day(R"({"workingDays": 5})", {long_after}) == "2026-03-09");
  // Due on Monday at the latest, suspended on Monday, resumed on Tuesday: no whole day was lost.
  CHECK(day(R"({"workingDays": 5})", {stop("2026-03-09T10:00", "2026-03-10T15:00")}) ==
        "2026-03-10");
  CHECK(moment(R"({"workingDays": 5, "at": "11:00"})",
               {stop("2026-03-09T10:00", "2026-03-10T15:00")}) == "2026-03-11T11:00");
  // Resumed on a Saturday: the next working day.
  CHECK(day(R"({"workingDays": 4})", {stop("2026-03-06T10:00", "2026-03-07T10:00")}) ==
        "2026-03-09");
  // What began before the count began is not lost to it.
  CHECK(day(R"({"workingDays": 5})", {stop("2026-02-10T10:00", "2026-03-02T08:00")}) ==
        "2026-03-09");
}

TEST_CASE("an extension counts from the deadline it extends and keeps its hour") {
  CHECK(day(R"({"workingDays": 5})", {more(R"({"workingDays": 3})")}) == "2026-03-12");
  CHECK(moment(R"({"workingDays": 5, "at": "16:00"})", {more(R"({"workingDays": 3})")}) ==
        "2026-03-12T16:00");
  CHECK(moment(R"({"workingDays": 5, "at": "16:00"})",
               {more(R"({"date": "2026-03-20", "at": "09:00"})")}) == "2026-03-20T09:00");
  CHECK(moment(R"({"in": "PT24H"})", {more(R"({"in": "PT2H"})")}) == "2026-03-03T11:00");
  CHECK(day(R"({"in": "P5D"})", {more(R"({"in": "P5D"})")}) == "2026-03-16");
  const DueDate twice =
      due(R"({"workingDays": 5})", {more(R"({"workingDays": 1})"), more(R"({"workingDays": 1})")});
  CHECK(to_iso_date(twice.date) == "2026-03-11");
  const auto said = [&](const std::string& line) {
    return std::ranges::any_of(twice.explain, [&](const Text& text) { return text.vi == line; });
  };
  CHECK(said("Hạn: hết ngày Thứ Hai 09/3/2026 (24:00)."));
  CHECK(said("Gia hạn lần 2:"));
  CHECK(last_word(twice) == "Hạn mới: hết ngày Thứ Tư 11/3/2026 (24:00).");
}

TEST_CASE("stops and extensions work on what the ones before them made") {
  const auto thursday = stop("2026-03-04T10:00", "2026-03-06T09:00");
  // 9 March, a day later by the stop, three days later by the extension, a day by the second stop.
  CHECK(day(R"({"workingDays": 5})", {thursday, more(R"({"workingDays": 3})"),
                                      stop("2026-03-11T10:00", "2026-03-13T09:00")}) ==
        "2026-03-16");
  // The stop after an extension is counted by the extension's kind of days.
  CHECK(day(R"({"workingDays": 5})",
            {more(R"({"in": "P10D"})"), stop("2026-03-13T10:00", "2026-03-16T09:00")}) ==
        "2026-03-23");
}

TEST_CASE("a deadline that moves into a year without a decision is provisional") {
  CHECK_FALSE(due(R"({"workingDays": 3})", {}, "2026-12-25T09:00").provisional);
  CHECK(due(R"({"workingDays": 3})", {more(R"({"workingDays": 5})")}, "2026-12-25T09:00")
            .provisional);
}

TEST_CASE("a moment moves as its form counts") {
  const Stop three_days = stop("2026-03-03T10:00", "2026-03-07T10:00");
  const auto moved = [&](const std::string& form, const std::string& when) {
    return to_rfc3339(after_stop(vn, Json::parse(form), at(when), three_days), vn.zone())
        .substr(0, 16);
  };
  CHECK(moved(R"({"workingDays": 1})", "2026-03-05T08:00") == "2026-03-10T08:00");
  CHECK(moved(R"({"in": "P1D"})", "2026-03-05T08:00") == "2026-03-08T08:00");
  CHECK(moved(R"({"in": "PT3H"})", "2026-03-05T08:00") == "2026-03-09T08:00");
  CHECK(moved(R"({"workingDays": 1})", "2026-03-03T09:00") == "2026-03-03T09:00");
}
