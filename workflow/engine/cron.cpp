#include "workflow/engine/cron.hpp"

#include <array>
#include <charconv>
#include <vector>

#include "workflow/core/time_text.hpp"

namespace kyhan {
namespace {

constexpr int look_ahead_days = 8 * 366;

struct Field {
  const char* vi;
  const char* en;
  int first;
  int last;
  std::vector<std::string_view> names;  ///< Of the values from `first` on.
};

const std::array<Field, 5>& fields() {
  static const std::array<Field, 5> all{{
      {"phút", "minute", 0, 59, {}},
      {"giờ", "hour", 0, 23, {}},
      {"ngày trong tháng", "day of month", 1, 31, {}},
      {"tháng",
       "month",
       1,
       12,
       {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}},
      {"thứ trong tuần", "day of week", 0, 7, {"sun", "mon", "tue", "wed", "thu", "fri", "sat"}},
  }};
  return all;
}

std::vector<std::string_view> split(std::string_view text, char by) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0;;) {
    const std::size_t end = text.find(by, begin);
    parts.push_back(text.substr(begin, end == std::string_view::npos ? end : end - begin));
    if (end == std::string_view::npos) return parts;
    begin = end + 1;
  }
}

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<int> value_of(std::string_view text, const Field& field) {
  std::string lower;
  for (const char c : text) lower += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  for (std::size_t i = 0; i < field.names.size(); ++i) {
    if (field.names[i] == lower) return field.first + static_cast<int>(i);
  }
  const std::optional<int> value = number(text);
  if (!value || *value < field.first || *value > field.last) return std::nullopt;
  return value;
}

/// All values one field names; empty when it is not understood.
std::vector<int> values_of(std::string_view text, const Field& field) {
  std::vector<int> values;
  for (const std::string_view part : split(text, ',')) {
    const std::vector<std::string_view> stepped = split(part, '/');
    int step = 1;
    if (stepped.size() > 2) return {};
    if (stepped.size() == 2) {
      const std::optional<int> given = number(stepped[1]);
      if (!given || *given < 1) return {};
      step = *given;
    }
    int first = field.first;
    int last = field.last;
    if (stepped[0] != "*") {
      const std::vector<std::string_view> range = split(stepped[0], '-');
      const std::optional<int> from = value_of(range[0], field);
      if (!from || range.size() > 2) return {};
      first = *from;
      last = stepped.size() == 2 && range.size() == 1 ? field.last : *from;
      if (range.size() == 2) {
        const std::optional<int> to = value_of(range[1], field);
        if (!to || *to < first) return {};
        last = *to;
      }
    }
    for (int value = first; value <= last; value += step) values.push_back(value);
  }
  return values;
}

}  // namespace

Result<Cron> Cron::parse(std::string_view text) {
  std::vector<std::string_view> parts;
  for (const std::string_view part : split(text, ' ')) {
    if (!part.empty()) parts.push_back(part);
  }
  const auto bad = [&](const std::string& vi, const std::string& en) {
    const std::string quoted{text};
    return Error{ErrorCode::invalid,
                 "bad-cron",
                 {"Lịch lặp \"" + quoted + "\" không đúng: " + vi + ".",
                  "The cron expression \"" + quoted + "\" is wrong: " + en + "."}};
  };
  if (parts.size() != fields().size()) {
    return bad("cần đúng năm trường", "five fields are needed");
  }
  Cron cron;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const Field& field = fields()[i];
    const std::vector<int> values = values_of(parts[i], field);
    if (values.empty()) {
      return bad(std::string{"trường "} + field.vi, std::string{"the field "} + field.en);
    }
    for (const int value : values) {
      const auto at = static_cast<std::size_t>(value);
      if (i == 0) cron.minutes_.set(at);
      if (i == 1) cron.hours_.set(at);
      if (i == 2) cron.days_.set(at);
      if (i == 3) cron.months_.set(at);
      if (i == 4) cron.weekdays_.set(at % 7);
    }
  }
  cron.any_day_ = parts[2] == "*";
  cron.any_weekday_ = parts[4] == "*";
  return cron;
}

bool Cron::falls_on(Date date) const {
  if (!months_.test(static_cast<unsigned>(date.month()))) return false;
  const bool day = days_.test(static_cast<unsigned>(date.day()));
  const std::chrono::weekday weekday{std::chrono::sys_days{date}};
  const bool named = weekdays_.test(weekday.c_encoding());
  if (any_day_) return named;
  if (any_weekday_) return day;
  return day || named;
}

std::optional<Instant> Cron::next_after(Instant after, const std::string& zone) const {
  const std::chrono::sys_days first{date_in_zone(after, zone)};
  for (int ahead = 0; ahead < look_ahead_days; ++ahead) {
    const Date date{first + std::chrono::days{ahead}};
    if (!falls_on(date)) continue;
    for (std::size_t hour = 0; hour < hours_.size(); ++hour) {
      if (!hours_.test(hour)) continue;
      for (std::size_t minute = 0; minute < minutes_.size(); ++minute) {
        if (!minutes_.test(minute)) continue;
        const Instant at =
            instant_at(date, std::chrono::minutes{static_cast<int>(hour * 60 + minute)}, zone);
        if (at > after) return at;
      }
    }
  }
  return std::nullopt;
}

}  // namespace kyhan
