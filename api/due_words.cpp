// Deadlines and schedules in the words a clerk uses.

#include <fmt/format.h>
#include <sstream>

#include "api/outline.hpp"
#include "api/show.hpp"
#include "workflow/core/time_text.hpp"

namespace kyhan {
namespace {

Text duration_in_words(const Duration& duration) {
  Text text;
  const auto add = [&](long long count, const char* vi, const char* en) {
    if (count == 0) return;
    if (!text.vi.empty()) text.vi += " ", text.en += " ";
    text.vi += fmt::format("{} {}", count, vi);
    text.en += fmt::format("{} {}{}", count, en, count == 1 ? "" : "s");
  };
  add(duration.years, "năm", "year");
  add(duration.months, "tháng", "month");
  add(duration.days, "ngày", "day");
  const long long minutes = duration.exact.count() / 60'000;
  add(minutes / 60, "giờ", "hour");
  add(minutes % 60, "phút", "minute");
  return text;
}

std::optional<long long> whole_number(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number_integer()) return std::nullopt;
  return found->get<long long>();
}

std::optional<int> number_of(const std::string& field) {
  if (field.empty() || field.find_first_not_of("0123456789") != std::string::npos) {
    return std::nullopt;
  }
  return std::stoi(field);
}

}  // namespace

Text due_in_words(const Json& due) {
  if (!due.is_object()) return {};
  Text text;
  if (const auto days = whole_number(due, "workingDays")) {
    text = {fmt::format("trong {} ngày làm việc", *days),
            fmt::format("within {} working day{}", *days, *days == 1 ? "" : "s")};
  } else if (const auto hours = whole_number(due, "workingHours")) {
    text = {fmt::format("trong {} giờ làm việc", *hours),
            fmt::format("within {} working hour{}", *hours, *hours == 1 ? "" : "s")};
  } else if (due.contains("in") && due["in"].is_string()) {
    const Result<Duration> parsed = parse_iso_duration(due["in"].get_ref<const std::string&>());
    if (!parsed) return {};
    const Text span = duration_in_words(*parsed);
    text = {"trong " + span.vi, "within " + span.en};
  } else if (due.contains("date") && due["date"].is_string()) {
    const Result<Date> date = parse_iso_date(due["date"].get_ref<const std::string&>());
    if (!date) return {};
    const std::string day =
        fmt::format("{:02}/{:02}/{}", static_cast<unsigned>(date->day()),
                    static_cast<unsigned>(date->month()), static_cast<int>(date->year()));
    text = {"chậm nhất ngày " + day, "by " + day};
  }
  if (!text.vi.empty() && due.contains("at") && due["at"].is_string()) {
    text.vi += ", " + due["at"].get<std::string>();
    text.en += ", " + due["at"].get<std::string>();
  }
  return text;
}

Text cron_in_words(const std::string& cron) {
  std::istringstream fields{cron};
  std::string minute, hour, day, month, weekday;
  fields >> minute >> hour >> day >> month >> weekday;
  const auto m = number_of(minute);
  const auto h = number_of(hour);
  const auto d = number_of(day);
  if (!m || !h || weekday != "*") return {"theo lịch " + cron, "on schedule " + cron};
  const std::string time = fmt::format("{:02}:{:02}", *h, *m);
  if (d && month == "*") {
    return {fmt::format("hằng tháng, ngày {}, lúc {}", *d, time),
            fmt::format("monthly on day {}, at {}", *d, time)};
  }
  if (d) {
    std::string days;
    std::istringstream months{month};
    for (std::string one; std::getline(months, one, ',');) {
      if (!number_of(one)) return {"theo lịch " + cron, "on schedule " + cron};
      days += fmt::format("{}{}/{}", days.empty() ? "" : ", ", *d, one);
    }
    return {fmt::format("hằng năm, ngày {}, lúc {}", days, time),
            fmt::format("every year on {}, at {}", days, time)};
  }
  if (day == "*" && month == "*") return {"hằng ngày, lúc " + time, "daily at " + time};
  return {"theo lịch " + cron, "on schedule " + cron};
}

Text schedule_in_words(const Schedule& schedule) {
  const Text length = duration_in_words(schedule.interval);
  switch (schedule.kind) {
    case Schedule::Kind::none:
      break;
    case Schedule::Kind::cron:
      return cron_in_words(schedule.cron);
    case Schedule::Kind::every:
      return {"cứ sau mỗi " + length.vi, "every " + length.en};
    case Schedule::Kind::after:
      return {length.vi + " sau khi lần trước kết thúc", length.en + " after the one before ended"};
    case Schedule::Kind::on:
      return {"khi có sự kiện", "when events come"};
  }
  return {};
}

}  // namespace kyhan
