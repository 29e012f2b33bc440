#include "workflow/core/cron.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <vector>

#include "workflow/core/time_text.hpp"

namespace kyhan {
namespace {

using namespace std::chrono_literals;

constexpr std::array month_names{"jan", "feb", "mar", "apr", "may", "jun",
                                 "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array day_names{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
constexpr std::array days_vi{"chủ nhật", "thứ hai", "thứ ba", "thứ tư",
                             "thứ năm",  "thứ sáu", "thứ bảy"};
constexpr std::array days_en{"Sunday",   "Monday", "Tuesday", "Wednesday",
                             "Thursday", "Friday", "Saturday"};
constexpr std::array months_en{"January",   "February", "March",    "April",
                               "May",       "June",     "July",     "August",
                               "September", "October",  "November", "December"};

struct FieldRule {
  Text name;
  int least;
  int most;
};

const std::array<FieldRule, 5> rules{{{{"phút", "minute"}, 0, 59},
                                      {{"giờ", "hour"}, 0, 23},
                                      {{"ngày trong tháng", "day of month"}, 1, 31},
                                      {{"tháng", "month"}, 1, 12},
                                      {{"thứ trong tuần", "day of week"}, 0, 7}}};
constexpr std::size_t month_field = 3;
constexpr std::size_t weekday_field = 4;

std::optional<int> number_of(std::string_view text, std::size_t field) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const auto named = [&](const auto& names, int first) -> std::optional<int> {
    const auto found = std::find(names.begin(), names.end(), lower);
    if (found == names.end()) return std::nullopt;
    return static_cast<int>(found - names.begin()) + first;
  };
  if (field == month_field) {
    if (const auto month = named(month_names, 1)) return month;
  }
  if (field == weekday_field) {
    if (const auto day = named(day_names, 0)) return day;
  }
  constexpr std::size_t digits_max = 4;
  if (text.empty() || text.size() > digits_max ||
      text.find_first_not_of("0123456789") != std::string_view::npos) {
    return std::nullopt;
  }
  return std::stoi(std::string(text));
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

/// The numbers of one field, or nothing when it is not valid.
std::optional<std::set<int>> numbers_of(std::string_view text, std::size_t field) {
  const auto& rule = rules[field];
  std::set<int> out;
  for (const auto part : split(text, ',')) {
    const auto stepped = split(part, '/');
    if (stepped.size() > 2) return std::nullopt;
    int step = 1;
    if (stepped.size() == 2) {
      const auto number = number_of(stepped[1], 0);
      if (!number || *number < 1 || *number > rule.most) return std::nullopt;
      step = *number;
    }
    int from = rule.least;
    int to = field == weekday_field ? rule.most - 1 : rule.most;
    if (stepped[0] != "*") {
      const auto ends = split(stepped[0], '-');
      if (ends.size() > 2) return std::nullopt;
      const auto first = number_of(ends[0], field);
      const auto last = ends.size() == 2 ? number_of(ends[1], field) : first;
      if (!first || !last || *first < rule.least || *last > rule.most || *first > *last) {
        return std::nullopt;
      }
      // "8/2" alone has no end to step to: refused rather than guessed.
      if (stepped.size() == 2 && ends.size() == 1) return std::nullopt;
      from = *first;
      to = *last;
    }
    for (int value = from; value <= to; value += step) {
      out.insert(field == weekday_field ? value % 7 : value);
    }
  }
  return out;
}

std::string two_digits(int value) {
  return (value < 10 ? "0" : "") + std::to_string(value);
}

template <class Name>
std::string joined(const std::set<int>& values, Name name) {
  std::string out;
  for (const int value : values) out += (out.empty() ? "" : ", ") + std::string(name(value));
  return out;
}

/// `parts`: the numbers of each field; `texts`: as written.
Text describe(const std::array<std::set<int>, 5>& parts,
              const std::vector<std::string_view>& texts) {
  const auto plain = [](int value) { return std::to_string(value); };
  Text out;
  constexpr std::size_t times_max = 6;
  if (parts[0].size() * parts[1].size() <= times_max) {
    std::string times;
    for (const int hour : parts[1]) {
      for (const int minute : parts[0]) {
        times += (times.empty() ? "" : ", ") + two_digits(hour) + ":" + two_digits(minute);
      }
    }
    out = {"Lúc " + times, "At " + times};
  } else {
    const auto minutes = texts[0] == "*" ? std::string() : joined(parts[0], plain);
    const auto hours = texts[1] == "*" ? std::string() : joined(parts[1], plain);
    out.vi = minutes.empty() ? "Mỗi phút" : "Vào phút " + minutes;
    out.en = minutes.empty() ? "Every minute" : "At minute " + minutes;
    out.vi += hours.empty() ? ", mỗi giờ" : ", giờ " + hours;
    out.en += hours.empty() ? " of every hour" : " of hour " + hours;
  }
  const bool any_day = texts[2].starts_with('*') && parts[2].size() == 31;
  const bool any_weekday = texts[4].starts_with('*') && parts[4].size() == 7;
  std::string vi;
  std::string en;
  if (!any_day) {
    vi = "ngày " + joined(parts[2], plain);
    en = "on day " + joined(parts[2], plain);
  }
  if (!any_weekday) {
    const auto of = [&](const auto& names) {
      return joined(parts[4], [&](int day) { return names[static_cast<std::size_t>(day)]; });
    };
    vi += (vi.empty() ? "" : " hoặc ") + of(days_vi);
    en += (en.empty() ? "on " : " or on ") + of(days_en);
  }
  if (any_day && any_weekday) {
    vi = "mỗi ngày";
    en = "every day";
  }
  out.vi += ", " + vi;
  out.en += ", " + en;
  if (parts[3].size() != 12) {
    out.vi += " tháng " + joined(parts[3], plain);
    out.en += " in " + joined(parts[3], [](int month) {
                return months_en[static_cast<std::size_t>(month - 1)];
              });
  }
  return out;
}

}  // namespace

Result<Cron> Cron::parse(std::string_view text) {
  std::vector<std::string_view> fields;
  std::size_t at = 0;
  while ((at = text.find_first_not_of(" \t", at)) != std::string_view::npos) {
    const auto end = std::min(text.find_first_of(" \t", at), text.size());
    fields.push_back(text.substr(at, end - at));
    at = end;
  }
  if (fields.size() != rules.size()) {
    return Error{
        ErrorCode::invalid,
        "cron",
        {"Biểu thức cron phải có đúng năm trường, không phải " + std::to_string(fields.size()) +
             ".",
         "A cron expression has exactly five fields, not " + std::to_string(fields.size()) + "."},
        {}};
  }
  std::array<std::set<int>, 5> parts;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    auto numbers = numbers_of(fields[i], i);
    if (!numbers) {
      const auto shown = "\"" + std::string(fields[i].substr(0, 40)) + "\"";
      return Error{
          ErrorCode::invalid,
          "cron",
          {"Trường " + rules[i].name.vi + " của cron không hợp lệ: " + shown + ".",
           "The " + rules[i].name.en + " of the cron expression is not valid: " + shown + "."},
          {}};
    }
    parts[i] = *std::move(numbers);
  }
  Cron cron;
  const auto fill = [](const std::set<int>& from, auto& into) {
    for (const int value : from) into.set(static_cast<std::size_t>(value));
  };
  fill(parts[0], cron.minutes_);
  fill(parts[1], cron.hours_);
  fill(parts[2], cron.days_);
  fill(parts[3], cron.months_);
  fill(parts[4], cron.weekdays_);
  cron.any_day_ = fields[2].starts_with('*');
  cron.any_weekday_ = fields[4].starts_with('*');
  cron.description_ = describe(parts, fields);
  return cron;
}

bool Cron::fits(Date date) const {
  if (!months_[static_cast<unsigned>(date.month())]) return false;
  const bool day = days_[static_cast<unsigned>(date.day())];
  const std::chrono::weekday weekday{std::chrono::sys_days{date}};
  const bool week = weekdays_[weekday.c_encoding()];
  // Unix: with both given either one will do; `*` (also `*/2`) makes it both.
  if (any_day_ || any_weekday_) return day && week;
  return day || week;
}

std::optional<Instant> Cron::next_after(Instant from, const std::string& zone) const {
  constexpr int days_searched = 3'660;
  // A gap can move a time of the day before past midnight, so the day before is looked at too.
  auto day = std::chrono::sys_days{date_in_zone(from, zone)} - std::chrono::days{1};
  for (int i = 0; i < days_searched; ++i, day += std::chrono::days{1}) {
    const Date date{day};
    if (!fits(date)) continue;
    std::optional<Instant> first;
    for (int hour = 0; hour < 24; ++hour) {
      if (!hours_[static_cast<std::size_t>(hour)]) continue;
      for (int minute = 0; minute < 60; ++minute) {
        if (!minutes_[static_cast<std::size_t>(minute)]) continue;
        const auto at = instant_at(date, std::chrono::minutes{hour * 60 + minute}, zone);
        // Not simply the first: after a gap several times fall on one instant.
        if (at > from && (!first || at < *first)) first = at;
      }
    }
    if (first) return first;
  }
  return std::nullopt;
}

}  // namespace kyhan
