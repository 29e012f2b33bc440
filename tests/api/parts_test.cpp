// Small parts without a socket: languages, throttling, strict reading.

#include <catch2/catch.hpp>

#include "api/outline.hpp"
#include "api/parameters.hpp"
#include "api/problem.hpp"
#include "api/throttle.hpp"

#include "tests/support/results.hpp"

namespace kyhan::test {
namespace {

constexpr Instant start{Milliseconds{1'000'000}};

TEST_CASE("problems speak Vietnamese unless English is preferred", "[api][problem]") {
  CHECK(language_of("") == Language::vi);
  CHECK(language_of("en-GB,en;q=0.9") == Language::en);
  CHECK(language_of("vi,en;q=0.5") == Language::vi);
  CHECK(language_of("en;q=0.3,vi;q=0.8") == Language::vi);
  CHECK(language_of("fr") == Language::vi);
}

TEST_CASE("an address is held back at the account it fails at, and let in again later",
          "[api][throttle]") {
  ThrottleLimits limits;
  limits.pair_failures_max = 3;
  limits.window = Milliseconds{60'000};
  SignInThrottle throttle{limits};
  for (int i = 0; i < 3; ++i) {
    CHECK_FALSE(throttle.must_wait("an", "1.2.3.4", start));
    throttle.failed("an", "1.2.3.4", start);
  }
  CHECK(throttle.must_wait("an", "1.2.3.4", start) == Milliseconds{60'000});
  CHECK_FALSE(throttle.must_wait("binh", "1.2.3.4", start));
  CHECK_FALSE(throttle.must_wait("an", "1.2.3.4", start + Milliseconds{60'000}));
}

TEST_CASE("nobody locks a colleague out from another address", "[api][throttle]") {
  SignInThrottle throttle;
  for (int i = 0; i < 20; ++i) throttle.failed("an", "6.6.6.6", start);
  CHECK(throttle.must_wait("an", "6.6.6.6", start));
  CHECK_FALSE(throttle.must_wait("an", "1.2.3.4", start));
}

TEST_CASE("an account is held back when many addresses guess at it", "[api][throttle]") {
  ThrottleLimits limits;
  limits.account_failures_max = 8;
  SignInThrottle throttle{limits};
  for (int i = 0; i < 8; ++i) throttle.failed("an", "10.0.0." + std::to_string(i), start);
  CHECK(throttle.must_wait("an", "1.2.3.4", start));
  throttle.succeeded("an", "10.0.0.1");
  CHECK(throttle.must_wait("an", "1.2.3.4", start));
}

TEST_CASE("an address is held back however many accounts it tries", "[api][throttle]") {
  ThrottleLimits limits;
  limits.address_failures_max = 4;
  SignInThrottle throttle{limits};
  for (int i = 0; i < 4; ++i) throttle.failed("someone" + std::to_string(i), "1.2.3.4", start);
  CHECK(throttle.must_wait("other", "1.2.3.4", start));
  CHECK_FALSE(throttle.must_wait("other", "1.2.3.5", start));
}

TEST_CASE("a right password clears what its address failed", "[api][throttle]") {
  ThrottleLimits limits;
  limits.pair_failures_max = 1;
  SignInThrottle throttle{limits};
  throttle.failed("an", "1.1.1.1", start);
  throttle.failed("an", "2.2.2.2", start);
  throttle.succeeded("an", "1.1.1.1");
  CHECK_FALSE(throttle.must_wait("an", "1.1.1.1", start));
  CHECK(throttle.must_wait("an", "2.2.2.2", start));
}

TEST_CASE("what the throttle remembers is bounded", "[api][throttle]") {
  ThrottleLimits limits;
  limits.account_failures_max = 1;
  limits.entries_max = 10;
  SignInThrottle throttle{limits};
  throttle.failed("first", "0", start);
  for (int i = 0; i < 20; ++i) throttle.failed("n" + std::to_string(i), "0", start);
  CHECK_FALSE(throttle.must_wait("first", "1", start));
  CHECK(throttle.must_wait("n19", "1", start));
}

TEST_CASE("a query is decoded, and unknown or doubled parameters are refused",
          "[api][parameters]") {
  const auto query = Query::parse("/x?q=Nguy%E1%BB%85n+An&limit=5", {"q", "limit"});
  REQUIRE(query);
  CHECK(query->text("q") == "Nguyễn An");
  CHECK(*query->number("limit", 50, 1, 200) == 5);
  CHECK(Query::parse("/x?nope=1", {"q"}).error().type == "unknown-parameter");
  CHECK(Query::parse("/x?q=1&q=2", {"q"}).has_error());
  CHECK(Query::parse("/x?q=%zz", {"q"}).error().type == "bad-parameter");
  CHECK(Query::parse("/x?limit=900", {"limit"})->number("limit", 50, 1, 200).has_error());
}

TEST_CASE("all faults of a body are told at once", "[api][parameters]") {
  const Json body = {{"name", 5}, {"extra", true}, {"long", "áéíóú"}};
  Fields fields{body};
  (void)fields.text("name", Need::required, 10);
  (void)fields.text("missing", Need::required, 10);
  (void)fields.text("long", Need::required, 4);
  const Result<void> read = fields.finish();
  REQUIRE(read.has_error());
  CHECK(read.error().fields.size() == 4);
  CHECK(status_of(read.error()) == 400);
}

TEST_CASE("letters are counted, not bytes", "[api][parameters]") {
  const Json body = {{"name", "Đỗ Ngọc"}};
  Fields fields{body};
  CHECK(fields.text("name", Need::required, 7) == "Đỗ Ngọc");
  CHECK(fields.finish());
}

TEST_CASE("deadlines and schedules are said in words", "[api][words]") {
  CHECK(due_in_words({{"workingDays", 5}}) ==
        Text{"trong 5 ngày làm việc", "within 5 working days"});
  CHECK(due_in_words({{"in", "P3D"}}) == Text{"trong 3 ngày", "within 3 days"});
  CHECK(due_in_words({{"date", "2027-01-31"}}).vi == "chậm nhất ngày 31/01/2027");
  CHECK(due_in_words({{"workingDays", "${ .n }"}}) == Text{});
  CHECK(cron_in_words("30 7 15 9 *").vi == "hằng năm, ngày 15/9, lúc 07:30");
  CHECK(cron_in_words("0 8 1 1,7 *").en == "every year on 1/1, 1/7, at 08:00");
  CHECK(cron_in_words("*/5 * * * *").en == "on schedule */5 * * * *");
}

}  // namespace
}  // namespace kyhan::test
