#include "workflow/core/cron.hpp"

#include <catch2/catch.hpp>

#include "workflow/core/time_text.hpp"

using namespace kyhan;

namespace {

const std::string hanoi = "Asia/Ho_Chi_Minh";
const std::string berlin = "Europe/Berlin";

std::string next(std::string_view cron, std::string_view from, const std::string& zone = hanoi) {
  const auto parsed = Cron::parse(cron);
  INFO(cron);
  if (!parsed) FAIL(parsed.error().detail.en);
  const auto found = parsed->next_after(parse_rfc3339(from).value(), zone);
  return found ? to_rfc3339(*found, zone) : "never";
}

}  // namespace

TEST_CASE("S2 cron fires at the next local time that fits") {
  CHECK(next("0 8 1 12 *", "2026-11-23T10:00:00+07:00") == "2026-12-01T08:00:00+07:00");
  CHECK(next("*/15 * * * *", "2026-01-01T08:01:00+07:00") == "2026-01-01T08:15:00+07:00");
  CHECK(next("0 9-17/4 * * *", "2026-01-01T10:00:00+07:00") == "2026-01-01T13:00:00+07:00");
  CHECK(next("30 7 * jan,jul mon-fri", "2026-01-02T08:00:00+07:00") == "2026-01-05T07:30:00+07:00");
  CHECK(next("0 0 29 2 *", "2026-01-01T00:00:00+07:00") == "2028-02-29T00:00:00+07:00");
  CHECK(next("0 0 * * 7", "2026-11-23T00:00:00+07:00") == "2026-11-29T00:00:00+07:00");
}

TEST_CASE("the moment itself is never the next one") {
  CHECK(next("0 8 * * *", "2026-01-01T08:00:00+07:00") == "2026-01-02T08:00:00+07:00");
  CHECK(next("0 8 * * *", "2026-01-01T07:59:59.999+07:00") == "2026-01-01T08:00:00+07:00");
}

TEST_CASE("with both days given, either one fires") {
  // the 13th, and every Friday
  CHECK(next("0 0 13 * 5", "2026-11-08T00:00:00+07:00") == "2026-11-13T00:00:00+07:00");
  CHECK(next("0 0 10 * 5", "2026-11-08T00:00:00+07:00") == "2026-11-10T00:00:00+07:00");
  CHECK(next("0 0 14 * 5", "2026-11-08T00:00:00+07:00") == "2026-11-13T00:00:00+07:00");
}

TEST_CASE("a time that never comes is none") {
  CHECK(next("0 0 30 2 *", "2026-01-01T00:00:00+07:00") == "never");
}

TEST_CASE("a time skipped by the change of clocks fires after the gap") {
  CHECK(next("30 2 * * *", "2026-03-28T12:00:00+01:00", berlin) == "2026-03-29T03:00:00+02:00");
  CHECK(next("30 2 * * *", "2026-03-29T03:00:00+02:00", berlin) == "2026-03-30T02:30:00+02:00");
}

TEST_CASE("a time that occurs twice fires the first time only") {
  CHECK(next("30 2 * * *", "2026-10-24T12:00:00+02:00", berlin) == "2026-10-25T02:30:00+02:00");
  CHECK(next("30 2 * * *", "2026-10-25T02:30:00+02:00", berlin) == "2026-10-26T02:30:00+01:00");
}

TEST_CASE("faulty cron expressions are refused and the field is named") {
  for (const auto* text : {"", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *",
                           "* * 32 * *", "* * * 13 *", "* * * * 8", "5-1 * * * *", "*/0 * * * *",
                           "*/a * * * *", "1,,2 * * * *", "a * * * *", "8/2 * * * *", "-1 * * * *",
                           "1-2-3 * * * *", "@daily", "99999999999 * * * *"}) {
    INFO(text);
    const auto parsed = Cron::parse(text);
    REQUIRE_FALSE(parsed.has_value());
    CHECK(parsed.error().type == "cron");
  }
  CHECK(Cron::parse("* 24 * * *").error().detail.vi.find("giờ") != std::string::npos);
}

TEST_CASE("a cron expression can be read aloud in both languages") {
  const auto say = [](std::string_view text) { return Cron::parse(text).value().description(); };
  CHECK(say("0 8 1 12 *") == Text{"Lúc 08:00, ngày 1 tháng 12", "At 08:00, on day 1 in December"});
  CHECK(say("30 7 * * mon") == Text{"Lúc 07:30, thứ hai", "At 07:30, on Monday"});
  CHECK(say("0 0 * * *") == Text{"Lúc 00:00, mỗi ngày", "At 00:00, every day"});
  CHECK(say("* * * * *") ==
        Text{"Mỗi phút, mỗi giờ, mỗi ngày", "Every minute of every hour, every day"});
}
