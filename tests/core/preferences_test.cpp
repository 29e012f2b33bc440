// What people wish and what the administrator allows, and what that makes of one notice.

#include "workflow/core/preferences.hpp"

#include <catch2/catch.hpp>

#include "workflow/core/documents.hpp"
#include "workflow/core/time_text.hpp"

#include "tests/support/results.hpp"

namespace kyhan::test {
namespace {

const Calendar& vietnam() {
  static const std::shared_ptr<const Calendars> calendars = make_calendars({}).value();
  return calendars->built_in();
}

Instant at(const std::string& local) {
  return parse_rfc3339(local + ":00+07:00").value();
}
std::string local(Instant instant) {
  return to_rfc3339(instant, "Asia/Ho_Chi_Minh").substr(0, 16);
}

Preferences defaults() {
  return default_limits().defaults;
}

/// "now", "bell", or when it leaves.
std::string planned(const Preferences& preferences, const Notify& notice, const std::string& now) {
  const Delivery delivery = plan_delivery(preferences, vietnam(), notice, at(now));
  if (delivery.how != Delivery::How::later) return std::string(to_text(delivery.how));
  return local(delivery.at);
}

Notify of_kind(const std::string& kind) {
  Notify notice;
  notice.kind = kind;
  return notice;
}

TEST_CASE("a reminder waits for the digest of the next working day", "[core][preferences]") {
  CHECK(planned(defaults(), of_kind("task.reminder"), "2026-08-27T08:00") == "2026-08-28T07:30");
  CHECK(planned(defaults(), of_kind("task.reminder"), "2026-08-28T07:29") == "2026-08-28T07:30");
  // The digest itself leaves at 07:30; what comes with it waits for the next.
  CHECK(planned(defaults(), of_kind("task.reminder"), "2026-08-28T07:30") == "2026-09-03T07:30");
  CHECK(planned(defaults(), of_kind("task.created"), "2026-08-28T15:00") == "2026-09-03T07:30");
}

TEST_CASE("what would be too late in the digest is told at once", "[core][preferences]") {
  Notify notice = of_kind("task.reminder");
  notice.due_at = at("2026-08-28T00:00");
  CHECK(planned(defaults(), notice, "2026-08-27T08:00") == "now");
  notice.due_at = at("2026-08-29T00:00");
  CHECK(planned(defaults(), notice, "2026-08-27T08:00") == "2026-08-28T07:30");
  // Before the days off the next digest is days away.
  notice.due_at = at("2026-09-03T00:00");
  CHECK(planned(defaults(), notice, "2026-08-28T08:00") == "now");
  notice.due_at.reset();
  notice.urgent = true;
  CHECK(planned(defaults(), notice, "2026-08-27T08:00") == "now");
}

TEST_CASE("quiet hours hold what is to be told at once until they end", "[core][preferences]") {
  CHECK(planned(defaults(), of_kind("task.overdue"), "2026-08-27T17:59") == "now");
  CHECK(planned(defaults(), of_kind("task.overdue"), "2026-08-27T18:00") == "2026-08-28T07:30");
  CHECK(planned(defaults(), of_kind("task.overdue"), "2026-08-28T00:00") == "2026-08-28T07:30");
  CHECK(planned(defaults(), of_kind("task.overdue"), "2026-08-28T07:30") == "now");
  // Friday evening: Monday to Wednesday are days off for the National Day.
  CHECK(planned(defaults(), of_kind("task.escalated"), "2026-08-28T20:00") == "2026-09-03T07:30");
  Preferences lunch = defaults();
  lunch.quiet =
      QuietHours{std::chrono::minutes{11 * 60 + 30}, std::chrono::minutes{13 * 60}, false};
  CHECK(planned(lunch, of_kind("notice"), "2026-08-28T12:00") == "2026-08-28T13:00");
  CHECK(planned(lunch, of_kind("notice"), "2026-08-29T12:00") == "2026-08-29T13:00");
  CHECK(planned(lunch, of_kind("notice"), "2026-08-29T23:00") == "now");
  Preferences never = defaults();
  never.quiet.reset();
  CHECK(planned(never, of_kind("notice"), "2026-08-30T03:00") == "now");
}

TEST_CASE("what is off stands at the bell alone", "[core][preferences]") {
  Preferences quiet = defaults();
  quiet.kinds[NoticeKind::created] = NoticeMode::off;
  CHECK(planned(quiet, of_kind("task.created"), "2026-08-28T10:00") == "bell");
}

TEST_CASE("a delivery is never in the past, never in quiet hours, never on a day off",
          "[core][preferences][property]") {
  Preferences preferences = defaults();
  for (int minute = 0; minute < 60 * 24 * 12; minute += 37) {
    const Instant now = at("2026-08-25T00:00") + std::chrono::minutes{minute};
    for (const char* kind : {"task.created", "task.reminder", "task.overdue", "notice"}) {
      const Delivery delivery = plan_delivery(preferences, vietnam(), of_kind(kind), now);
      const Instant leaves = delivery.how == Delivery::How::now ? now : delivery.at;
      REQUIRE(leaves >= now);
      REQUIRE(end_of_quiet(preferences, vietnam(), leaves) == leaves);
      REQUIRE(vietnam().day(date_in_zone(leaves, "Asia/Ho_Chi_Minh")).working);
    }
  }
}

std::string faults_of(const std::string& document, const NoticeLimits& limits = default_limits()) {
  const auto read = parse_preferences(parse_json(document).value(), &limits);
  if (read) return "";
  std::string text;
  for (const FieldError& fault : read.error().fields) {
    text += (text.empty() ? "" : " ") + fault.code + fault.pointer;
  }
  return text;
}

TEST_CASE("faulty preferences are refused with every fault, and what is not allowed by name",
          "[core][preferences]") {
  CHECK(faults_of("{}").empty());
  CHECK(faults_of(R"({"language": "en", "email": false, "digest": {"at": "08:00"}, "quiet": null,
                      "kinds": {"created": "off", "reminder": "immediate"}})")
            .empty());
  CHECK(faults_of(R"({"language": "fr", "email": 1, "digest": {"at": "8:00"}, "x": 1,
                      "quiet": {"from": "18:00"}, "kinds": {"created": "later", "sms": "off"}})") ==
        "unknown-field/x enum/language type/email format/digest/at required/quiet/to "
        "unknown-field/kinds/sms enum/kinds/created");
  CHECK(faults_of(R"({"kinds": {"overdue": "off"}, "digest": {"at": "23:00"},
                      "quiet": {"from": "08:00", "to": "07:00"}})") ==
        "not-allowed/digest/at not-allowed/quiet not-allowed/kinds/overdue");
}

TEST_CASE("what the administrator forbids later falls back to the default", "[core][preferences]") {
  const PersonId an{"an"};
  PreferenceBook::Chosen chosen;
  chosen[an] = parse_preferences(parse_json(R"({"email": false, "digest": {"at": "06:30"},
                                       "kinds": {"created": "off", "notice": "digest"}})")
                                          .value(),
                                      nullptr)
                        .value();
  PreferenceBook book{default_limits(), chosen};
  CHECK_FALSE(book.of(an).email);
  CHECK(book.of(an).kinds.at(NoticeKind::created) == NoticeMode::off);
  CHECK(book.of(PersonId{"ba"}) == default_limits().defaults);

  book = PreferenceBook{
      parse_limits(parse_json(R"({"allowed": {"created": ["digest"]}, "emailMayBeOff": false,
                                  "digestBetween": ["07:00", "09:00"],
                                  "defaults": {"language": "en"}})")
                       .value())
          .value(),
      chosen};
  CHECK(book.of(an).email);
  CHECK(book.of(an).language == "en");
  CHECK(book.of(an).kinds.at(NoticeKind::created) == NoticeMode::digest);
  CHECK(book.of(an).kinds.at(NoticeKind::notice) == NoticeMode::digest);
  CHECK(book.of(an).digest_at == std::chrono::minutes{7 * 60});
}

TEST_CASE("limits say their faults, and read back as they are written", "[core][preferences]") {
  const auto faulty = parse_limits(parse_json(R"({"allowed": {"created": [], "reminder": ["x"]},
    "digestBetween": ["09:00", "08:00"], "defaults": {"kinds": {"overdue": "off"}}})")
                                       .value());
  REQUIRE_FALSE(faulty);
  std::string codes;
  for (const FieldError& fault : faulty.error().fields) codes += fault.code + fault.pointer + " ";
  CHECK(codes ==
        "required/allowed/created enum/allowed/reminder/0 required/allowed/reminder "
        "order/digestBetween not-allowed/defaults/kinds/overdue ");
  const Json written = to_json(default_limits());
  CHECK(to_json(parse_limits(written).value()) == written);
}

}  // namespace
}  // namespace kyhan::test
