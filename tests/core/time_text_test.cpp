#include "workflow/core/time_text.hpp"

#include <catch2/catch.hpp>

using namespace kyhan;
using namespace std::chrono_literals;

namespace {

Instant at(std::string_view text) {
  return parse_rfc3339(text).value();
}
Duration span(std::string_view text) {
  return parse_iso_duration(text).value();
}
std::string after(std::string_view from, std::string_view duration, const std::string& zone) {
  return to_rfc3339(add_duration(at(from), span(duration), zone), zone);
}
const std::string hanoi = "Asia/Ho_Chi_Minh";
const std::string berlin = "Europe/Berlin";

}  // namespace

TEST_CASE("a time is written in UTC or with the offset of its zone") {
  const Instant midnight = at("2026-09-10T00:00:00+07:00");
  CHECK(to_rfc3339(midnight) == "2026-09-09T17:00:00Z");
  CHECK(to_rfc3339(midnight, hanoi) == "2026-09-10T00:00:00+07:00");
  CHECK(to_rfc3339(midnight + 5ms) == "2026-09-09T17:00:00.005Z");
  CHECK(to_rfc3339(midnight, "America/St_Johns") == "2026-09-09T14:30:00-02:30");
  CHECK(to_rfc3339(Instant{-1ms}) == "1969-12-31T23:59:59.999Z");
  CHECK(to_rfc3339(Instant{-1ms}, "UTC") == "1969-12-31T23:59:59.999+00:00");
}

TEST_CASE("RFC 3339 in its spellings is read") {
  CHECK(at("2026-09-09t17:00:00z") == at("2026-09-10 00:00:00+07:00"));
  CHECK(at("2026-09-09T17:00:00.1239Z") == at("2026-09-09T17:00:00Z") + 123ms);
  CHECK(at("2026-12-31T23:59:60Z") == at("2027-01-01T00:00:00Z"));
  CHECK(at("2024-02-29T00:00:00-05:30") == at("2024-02-29T05:30:00Z"));
}

TEST_CASE("what is not RFC 3339 is refused with a sentence") {
  for (const auto* text :
       {"", "2026", "2026-09-09", "2026-09-09T17:00:00", "2026-09-09T17:00Z",
        "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
        "2026-09-09T24:00:00Z", "2026-09-09T17:60:00Z", "2026-09-09T17:00:00.Z",
        "2026-09-09T17:00:00+7:00", "2026-09-09T17:00:00+07:00x", "2026-09-09T17:00:00+24:00",
        "-026-09-09T17:00:00Z", "2026-09-09X17:00:00Z"}) {
    INFO(text);
    const auto result = parse_rfc3339(text);
    REQUIRE(result.has_error());
    CHECK(result.error().code == ErrorCode::invalid);
    CHECK(result.error().type == "bad-time");
    CHECK_FALSE(result.error().detail.vi.empty());
    CHECK_FALSE(result.error().detail.en.empty());
  }
}

TEST_CASE("a date is read only when it exists") {
  CHECK(to_iso_date(parse_iso_date("2028-02-29").value()) == "2028-02-29");
  for (const auto* text :
       {"", "2026-02-29", "2026-9-9", "2026-09-09T", "09/09/2026", " 2026-09-09"})
    CHECK(parse_iso_date(text).has_error());
}

TEST_CASE("an ISO 8601 duration keeps its calendar part apart from its exact part") {
  CHECK(span("P1Y2M3W4DT5H6M7.8S") == Duration{1, 2, 25, 5h + 6min + 7800ms});
  CHECK(span("-P3D") == Duration{0, 0, -3, 0ms});
  CHECK(span("PT48H") == Duration{0, 0, 0, 48h});
  CHECK(span("P0D") == Duration{});
  CHECK(span("P0.5W") == Duration{0, 0, 3, 12h});
  CHECK(span("P1.25D") == Duration{0, 0, 1, 6h});
  CHECK(span("P0.5Y") == Duration{0, 6, 0, 0ms});
  CHECK(span("PT0.5H") == Duration{0, 0, 0, 30min});
  CHECK(span("P1M") == Duration{0, 1, 0, 0ms});
  CHECK(span("PT1M") == Duration{0, 0, 0, 1min});
}

TEST_CASE("what is not a duration is refused") {
  for (const auto* text : {"",      "P",     "-P",    "PT",      "P5",
                           "5D",    "P5H",   "PT5D",  "P1D2M",   "P1DT",
                           "P1D1D", "PT1.S", "P-5D",  "+P5D",    "P5D ",
                           "p5d",   "P0.5M", "P0.3Y", "P99999Y", "P99999999999999999999D",
                           "--P1D"}) {
    INFO(text);
    REQUIRE(parse_iso_duration(text).has_error());
    CHECK(parse_iso_duration(text).error().type == "bad-duration");
  }
}

TEST_CASE("a duration is written so that it reads back the same") {
  for (const auto* text : {"P1Y2M25DT5H6M7.8S", "-P3D", "PT48H", "PT0S", "P1M", "PT1M", "-PT0.005S",
                           "P10DT0.25S", "P400D", "-P1Y1DT1H"}) {
    CHECK(to_iso_duration(span(text)) == text);
  }
  CHECK(to_iso_duration(span("P2W")) == "P14D");
}

TEST_CASE("the language's object form of a duration is summed and its faults named all at once") {
  CHECK(parse_duration(Json{{"days", 1}, {"hours", 2}, {"milliseconds", 5}}).value() ==
        Duration{0, 0, 1, 2h + 5ms});
  CHECK(parse_duration("PT5M").value() == span("PT5M"));
  CHECK(parse_duration(Json::object()).has_error());
  CHECK(parse_duration(5).has_error());
  const auto faulty =
      parse_duration(Json{{"weeks", 1}, {"hours", "2"}, {"days", 1.5}, {"seconds", 1e18}});
  REQUIRE(faulty.has_error());
  REQUIRE(faulty.error().fields.size() == 4);
  CHECK(faulty.error().fields[0].pointer == "/days");
  CHECK(faulty.error().fields[3].code == "unknown-field");
}

TEST_CASE("months end on the corresponding day, or at the month's end where there is none") {
  CHECK(after("2026-01-31T08:00:00+07:00", "P1M", hanoi) == "2026-02-28T08:00:00+07:00");
  CHECK(after("2028-02-29T08:00:00+07:00", "P1Y", hanoi) == "2029-02-28T08:00:00+07:00");
  CHECK(after("2026-03-31T08:00:00+07:00", "-P1M", hanoi) == "2026-02-28T08:00:00+07:00");
  CHECK(after("2026-01-15T08:00:00+07:00", "-P13M", hanoi) == "2024-12-15T08:00:00+07:00");
  CHECK(after("2026-12-31T08:00:00+07:00", "P2M1DT1H", hanoi) == "2027-03-01T09:00:00+07:00");
}

TEST_CASE("a calendar day keeps the wall clock over a change of clocks, exact hours do not") {
  CHECK(after("2026-03-28T12:00:00+01:00", "P1D", berlin) == "2026-03-29T12:00:00+02:00");
  CHECK(after("2026-03-28T12:00:00+01:00", "PT24H", berlin) == "2026-03-29T13:00:00+02:00");
  // 02:30 does not exist on 29 March, and comes twice on 25 October.
  CHECK(after("2026-03-28T02:30:00+01:00", "P1D", berlin) == "2026-03-29T03:00:00+02:00");
  CHECK(after("2026-10-24T02:30:00+02:00", "P1D", berlin) == "2026-10-25T02:30:00+02:00");
}

TEST_CASE("durations without measure stop at the ends of what can be written") {
  CHECK(after("2026-01-01T00:00:00Z", "P9999Y", "UTC") == "9999-01-01T00:00:00+00:00");
  CHECK(after("2026-01-01T00:00:00Z", "P9999Y3659634D", "UTC") == "9999-12-31T00:00:00+00:00");
  CHECK(after("2026-01-01T00:00:00Z", "-P9999Y", "UTC") == "0000-01-01T00:00:00+00:00");
}

TEST_CASE("the day and the midnight of a zone are its own") {
  const Date ninth = parse_iso_date("2026-09-09").value();
  CHECK(date_in_zone(at("2026-09-08T17:00:00Z"), hanoi) == ninth);
  CHECK(date_in_zone(at("2026-09-08T16:59:59Z"), hanoi) != ninth);
  CHECK(instant_at(ninth, 24h, hanoi) == at("2026-09-09T17:00:00Z"));
  CHECK(zone_exists(hanoi));
  CHECK(zone_exists("UTC"));
  CHECK_FALSE(zone_exists("Asia/Hanoi"));
  CHECK_FALSE(zone_exists("../../etc/passwd"));
  CHECK_FALSE(zone_exists(""));
}
