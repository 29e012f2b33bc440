#include "workflow/core/time_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <date/tz.h>
#include <stdexcept>

namespace kyhan {
namespace {

using std::chrono::days;
using std::chrono::milliseconds;
using LocalTime = date::local_time<milliseconds>;

// What RFC 3339 can write: years of four digits.
const std::chrono::sys_days first_day = std::chrono::year{0} / 1 / 1;
const std::chrono::sys_days last_day = std::chrono::year{9999} / 12 / 31;

/// Largest number a duration's part may carry: 9999 years of days, and far from any overflow.
constexpr std::int64_t most_days = 9999LL * 366;

Error fault(const char* type, std::string vi, std::string en, std::string pointer = "") {
  FieldError field{std::move(pointer), "format", Text{vi, en}};
  return Error{ErrorCode::invalid, type, Text{std::move(vi), std::move(en)}, {std::move(field)}};
}

Error bad_time(std::string_view text) {
  const std::string shown(text.substr(0, 60));
  return fault("bad-time", "“" + shown + "” không phải thời điểm dạng 2026-09-10T08:00:00+07:00.",
               "“" + shown + "” is not a time such as 2026-09-10T08:00:00+07:00.");
}

Error bad_duration(std::string_view text, const char* vi, const char* en) {
  const std::string shown(text.substr(0, 60));
  return fault("bad-duration", "“" + shown + "” không phải khoảng thời gian ISO 8601: " + vi,
               "“" + shown + "” is not an ISO 8601 duration: " + en);
}

/// Reads exactly `count` digits at `at` and moves it on; nullopt when there are fewer.
std::optional<int> digits(std::string_view text, std::size_t& at, std::size_t count) {
  if (at + count > text.size()) return std::nullopt;
  int value = 0;
  for (std::size_t end = at + count; at < end; ++at) {
    if (text[at] < '0' || text[at] > '9') return std::nullopt;
    value = value * 10 + (text[at] - '0');
  }
  return value;
}

bool skip(std::string_view text, std::size_t& at, std::string_view any_of) {
  if (at >= text.size() || any_of.find(text[at]) == std::string_view::npos) return false;
  ++at;
  return true;
}

std::optional<Date> read_date(std::string_view text, std::size_t& at) {
  const auto year = digits(text, at, 4);
  if (!year || !skip(text, at, "-")) return std::nullopt;
  const auto month = digits(text, at, 2);
  if (!month || !skip(text, at, "-")) return std::nullopt;
  const auto day = digits(text, at, 2);
  if (!day) return std::nullopt;
  const Date date{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
                  std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  return date;
}

/// Fraction of a second as milliseconds; further digits are cut off. Nullopt: no digit.
std::optional<milliseconds> read_fraction(std::string_view text, std::size_t& at) {
  const std::size_t start = at;
  int value = 0, scale = 100;
  for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, scale /= 10) {
    value += (text[at] - '0') * scale;
  }
  if (at == start) return std::nullopt;
  return milliseconds{value};
}

std::optional<milliseconds> read_time_of_day(std::string_view text, std::size_t& at) {
  const auto hour = digits(text, at, 2);
  if (!hour || *hour > 23 || !skip(text, at, ":")) return std::nullopt;
  const auto minute = digits(text, at, 2);
  if (!minute || *minute > 59 || !skip(text, at, ":")) return std::nullopt;
  const auto second = digits(text, at, 2);
  if (!second || *second > 60) return std::nullopt;  // 60: a leap second, the next one's start
  milliseconds time =
      std::chrono::hours{*hour} + std::chrono::minutes{*minute} + std::chrono::seconds{*second};
  if (skip(text, at, ".")) {
    const auto fraction = read_fraction(text, at);
    if (!fraction) return std::nullopt;
    time += *fraction;
  }
  return time;
}

/// Offset from UTC: "Z" or "+07:00".
std::optional<std::chrono::minutes> read_offset(std::string_view text, std::size_t& at) {
  if (skip(text, at, "Zz")) return std::chrono::minutes{0};
  const bool west = at < text.size() && text[at] == '-';
  if (!skip(text, at, "+-")) return std::nullopt;
  const auto hour = digits(text, at, 2);
  if (!hour || *hour > 23 || !skip(text, at, ":")) return std::nullopt;
  const auto minute = digits(text, at, 2);
  if (!minute || *minute > 59) return std::nullopt;
  const std::chrono::minutes offset = std::chrono::hours{*hour} + std::chrono::minutes{*minute};
  return west ? -offset : offset;
}

std::string date_and_time(milliseconds since_epoch) {
  const auto day = std::chrono::floor<days>(since_epoch);
  const Date date{std::chrono::sys_days{day}};
  const auto rest = (since_epoch - day).count();
  char time[32];
  const int length =
      std::snprintf(time, sizeof time, "T%02d:%02d:%02d", static_cast<int>(rest / 3600000),
                    static_cast<int>(rest / 60000 % 60), static_cast<int>(rest / 1000 % 60));
  std::string text = to_iso_date(date) + std::string(time, static_cast<std::size_t>(length));
  if (rest % 1000 != 0) {
    std::snprintf(time, sizeof time, ".%03d", static_cast<int>(rest % 1000));
    text += time;
  }
  return text;
}

const date::time_zone& zone_named(const std::string& zone) {
  try {
    return *date::locate_zone(zone);
  } catch (const std::runtime_error&) { throw std::logic_error("unchecked time zone: " + zone); }
}

LocalTime to_local(Instant instant, const std::string& zone) {
  return zone_named(zone).to_local(instant);
}

Instant to_instant(LocalTime local, const std::string& zone) {
  const auto info = zone_named(zone).get_info(local);
  if (info.result == date::local_info::nonexistent) return info.first.end;
  return Instant{local.time_since_epoch() - info.first.offset};
}

Instant within_range(Instant instant) {
  const Instant first = first_day, last = Instant{last_day + days{1}} - milliseconds{1};
  return std::clamp(instant, first, last);
}

/// One number of a duration: whole part, and the fraction as a decimal of nine places.
struct Number {
  std::int64_t whole = 0;
  std::int64_t billionths = 0;
};

std::optional<Number> read_number(std::string_view text, std::size_t& at) {
  Number number;
  const char* const end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data() + at, end, number.whole);
  if (failure != std::errc{} || number.whole < 0) return std::nullopt;
  at = static_cast<std::size_t>(stop - text.data());
  if (!skip(text, at, ".")) return number;
  const std::size_t start = at;
  std::int64_t scale = 100'000'000;
  for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, scale /= 10) {
    number.billionths += (text[at] - '0') * scale;
  }
  if (at == start) return std::nullopt;
  return number;
}

/// The units of a duration in the order in which ISO 8601 writes them.
struct DurationUnit {
  char letter;
  bool time;            ///< After the "T".
  std::int64_t most;    ///< Largest whole number.
  milliseconds length;  ///< Zero for years and months, which have none.
};
constexpr std::array<DurationUnit, 7> duration_units{{
    {'Y', false, 9999, milliseconds{0}},
    {'M', false, 9999 * 12, milliseconds{0}},
    {'W', false, most_days / 7, std::chrono::weeks{1}},
    {'D', false, most_days, days{1}},
    {'H', true, most_days * 24, std::chrono::hours{1}},
    {'M', true, most_days * 24 * 60, std::chrono::minutes{1}},
    {'S', true, most_days * 24 * 3600, std::chrono::seconds{1}},
}};

/// Adds `number` of `unit`; false when a part of a month would be left over.
bool add_part(Duration& sum, const DurationUnit& unit, const Number& number) {
  const auto part = [&](milliseconds whole) {
    // Two steps keep the product of a week's milliseconds and nine places within 64 bits.
    return milliseconds{whole.count() / 1000 * number.billionths / 1'000'000};
  };
  if (unit.letter == 'Y') {
    sum.years = static_cast<int>(number.whole);
    const std::int64_t months = number.billionths * 12;
    sum.months += static_cast<int>(months / 1'000'000'000);
    return months % 1'000'000'000 == 0;
  }
  if (unit.letter == 'M' && !unit.time) {
    sum.months += static_cast<int>(number.whole);
    return number.billionths == 0;
  }
  if (unit.time) {
    sum.exact += unit.length * number.whole + part(unit.length);
    return true;
  }
  const milliseconds rest = part(unit.length);
  const auto rest_days = std::chrono::floor<days>(rest);
  sum.days += static_cast<int>(number.whole * (unit.length / days{1}) + rest_days.count());
  sum.exact += rest - rest_days;
  return true;
}

Duration negated(const Duration& duration) {
  return {-duration.years, -duration.months, -duration.days, -duration.exact};
}

}  // namespace

std::string to_rfc3339(Instant instant) {
  return date_and_time(within_range(instant).time_since_epoch()) + "Z";
}

std::string to_rfc3339(Instant instant, const std::string& zone) {
  const Instant shown = within_range(instant);
  const auto offset = std::chrono::floor<std::chrono::minutes>(
      zone_named(zone).get_info(std::chrono::floor<std::chrono::seconds>(shown)).offset);
  const auto minutes = std::chrono::abs(offset).count();
  char text[16];
  std::snprintf(text, sizeof text, "%c%02d:%02d", offset.count() < 0 ? '-' : '+',
                static_cast<int>(minutes / 60 % 100), static_cast<int>(minutes % 60));
  return date_and_time(shown.time_since_epoch() + offset) + text;
}

Result<Instant> parse_rfc3339(std::string_view text) {
  std::size_t at = 0;
  const auto date = read_date(text, at);
  if (!date || !skip(text, at, "Tt ")) return bad_time(text);
  const auto time = read_time_of_day(text, at);
  if (!time) return bad_time(text);
  const auto offset = read_offset(text, at);
  if (!offset || at != text.size()) return bad_time(text);
  return Instant{std::chrono::sys_days{*date}} + *time - *offset;
}

std::string to_iso_date(Date date) {
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return text;
}

Result<Date> parse_iso_date(std::string_view text) {
  std::size_t at = 0;
  const auto date = read_date(text, at);
  if (date && at == text.size()) return *date;
  const std::string shown(text.substr(0, 60));
  return fault("bad-date", "“" + shown + "” không phải ngày có thật, viết dạng 2026-09-09.",
               "“" + shown + "” is not an existing date written as 2026-09-09.");
}

Result<Duration> parse_iso_duration(std::string_view text) {
  std::size_t at = 0;
  const bool negative = skip(text, at, "-");
  if (!skip(text, at, "P")) {
    return bad_duration(text, "phải bắt đầu bằng “P”, ví dụ P5D.", "it starts with “P”: P5D.");
  }
  Duration sum;
  bool time = false, any = false;
  std::size_t next_unit = 0;
  while (at < text.size()) {
    if (!time && skip(text, at, "T")) {
      time = true;
      any = false;  // something must follow the T
      continue;
    }
    const auto number = read_number(text, at);
    if (!number || at >= text.size()) {
      return bad_duration(text, "thiếu số hoặc thiếu đơn vị.", "a number or its unit is missing.");
    }
    const char letter = text[at++];
    const auto unit = std::find_if(
        duration_units.begin() + static_cast<std::ptrdiff_t>(next_unit), duration_units.end(),
        [&](const DurationUnit& each) { return each.letter == letter && each.time == time; });
    if (unit == duration_units.end()) {
      return bad_duration(text, "đơn vị phải theo thứ tự Y, M, W, D, rồi T và H, M, S.",
                          "the units are Y, M, W, D, then T and H, M, S, in this order.");
    }
    if (number->whole > unit->most) {
      return bad_duration(text, "số quá lớn.", "the number is too large.");
    }
    if (!add_part(sum, *unit, *number)) {
      return bad_duration(text, "không tính được phần lẻ của tháng.",
                          "a part of a month has no fixed length.");
    }
    next_unit = static_cast<std::size_t>(unit - duration_units.begin()) + 1;
    any = true;
  }
  if (!any) return bad_duration(text, "không có con số nào.", "it has no number.");
  return negative ? negated(sum) : sum;
}

std::string to_iso_duration(const Duration& duration) {
  const bool negative = duration.years <= 0 && duration.months <= 0 && duration.days <= 0 &&
                        duration.exact <= milliseconds{0} && duration != Duration{};
  const Duration shown = negative ? negated(duration) : duration;
  std::string text = negative ? "-P" : "P";
  const auto add = [&](std::int64_t number, char letter) {
    if (number != 0) (text += std::to_string(number)) += letter;
  };
  add(shown.years, 'Y');
  add(shown.months, 'M');
  add(shown.days, 'D');
  if (shown.exact == milliseconds{0}) return text.back() == 'P' ? "PT0S" : text;
  text += 'T';
  const std::int64_t exact = shown.exact.count();
  add(exact / 3'600'000, 'H');
  add(exact / 60'000 % 60, 'M');
  const std::int64_t rest = exact % 60'000;
  if (rest % 1000 == 0) {
    add(rest / 1000, 'S');
    return text;
  }
  char seconds[32];
  std::snprintf(seconds, sizeof seconds, "%s%d.%03d", rest < 0 ? "-" : "",
                static_cast<int>(std::abs(rest) / 1000), static_cast<int>(std::abs(rest) % 1000));
  text += seconds;
  while (text.back() == '0') text.pop_back();
  return text + 'S';
}

Result<Duration> parse_duration(const Json& value) {
  if (value.is_string()) return parse_iso_duration(value.get_ref<const std::string&>());
  if (!value.is_object() || value.empty()) {
    return fault("bad-duration",
                 "Khoảng thời gian là chuỗi ISO 8601 như “P5D”, hoặc đối tượng có days, hours, "
                 "minutes, seconds, milliseconds.",
                 "A duration is an ISO 8601 string such as “P5D”, or an object of days, hours, "
                 "minutes, seconds, milliseconds.");
  }
  Error error{ErrorCode::invalid, "bad-duration",
              Text{"Khoảng thời gian có chỗ sai.", "The duration has faults."}};
  Duration sum;
  for (const auto& [key, part] : value.items()) {
    const std::string pointer = "/" + key;
    const milliseconds unit = key == "days"           ? milliseconds{days{1}}
                              : key == "hours"        ? milliseconds{std::chrono::hours{1}}
                              : key == "minutes"      ? milliseconds{std::chrono::minutes{1}}
                              : key == "seconds"      ? milliseconds{std::chrono::seconds{1}}
                              : key == "milliseconds" ? milliseconds{1}
                                                      : milliseconds{0};
    if (unit == milliseconds{0}) {
      error.fields.push_back(
          {pointer, "unknown-field",
           Text{"Không có đơn vị “" + key + "”.", "There is no unit “" + key + "”."}});
      continue;
    }
    const std::int64_t most = milliseconds{days{most_days}} / unit;
    if (!part.is_number_integer() || part.get<double>() > static_cast<double>(most) ||
        part.get<double>() < -static_cast<double>(most)) {
      error.fields.push_back({pointer, "type",
                              Text{"“" + key + "” phải là số nguyên, không quá lớn.",
                                   "“" + key + "” must be a whole number, and not too large."}});
      continue;
    }
    if (key == "days") {
      sum.days = part.get<int>();
    } else {
      sum.exact += unit * part.get<std::int64_t>();
    }
  }
  if (!error.fields.empty()) return error;
  return sum;
}

Instant add_duration(Instant from, const Duration& duration, const std::string& zone) {
  if (duration.years == 0 && duration.months == 0 && duration.days == 0) {
    return within_range(within_range(from) + duration.exact);
  }
  const milliseconds local = to_local(within_range(from), zone).time_since_epoch();
  const auto day = std::chrono::floor<days>(local);
  const Date start{std::chrono::sys_days{day}};
  // Months are counted here, because std::chrono::year wraps beyond 32,767.
  const std::int64_t months = (static_cast<int>(start.year()) + std::int64_t{duration.years}) * 12 +
                              static_cast<unsigned>(start.month()) - 1 + duration.months;
  const auto year = std::clamp<std::int64_t>((months < 0 ? months - 11 : months) / 12, 0, 9999);
  const auto month = static_cast<unsigned>(((months % 12) + 12) % 12 + 1);
  const auto month_end =
      (std::chrono::year{static_cast<int>(year)} / std::chrono::month{month} / std::chrono::last)
          .day();
  const Date clamped{std::chrono::year{static_cast<int>(year)}, std::chrono::month{month},
                     std::min(start.day(), month_end)};
  const std::chrono::sys_days moved =
      std::clamp(std::chrono::sys_days{clamped} +
                     days{std::clamp<std::int64_t>(duration.days, -most_days, most_days)},
                 first_day, last_day);
  const LocalTime target{moved.time_since_epoch() + (local - day)};
  return within_range(to_instant(target, zone) + duration.exact);
}

bool zone_exists(const std::string& zone) {
  try {
    return date::locate_zone(zone) != nullptr;
  } catch (const std::runtime_error&) { return false; }
}

Date date_in_zone(Instant instant, const std::string& zone) {
  const auto day = std::chrono::floor<days>(to_local(within_range(instant), zone));
  return Date{std::chrono::sys_days{day.time_since_epoch()}};
}

Instant instant_at(Date date, std::chrono::minutes time_of_day, const std::string& zone) {
  return to_instant(LocalTime{std::chrono::sys_days{date}.time_since_epoch() + time_of_day}, zone);
}

}  // namespace kyhan
