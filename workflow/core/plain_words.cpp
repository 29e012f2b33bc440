#include "workflow/core/plain_words.hpp"

#include <sstream>

#include "workflow/core/due_form.hpp"

namespace kyhan {
namespace {

std::string two_digits(unsigned number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

/// "trong 5 ngày làm việc"
Text within(long long count, const char* vi, const char* en) {
  const std::string number = std::to_string(count);
  return {"trong " + number + " " + vi, "within " + number + " " + en + (count == 1 ? "" : "s")};
}

std::optional<long long> whole_number(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number_integer()) return std::nullopt;
  return found->get<long long>();
}

std::optional<unsigned> number_of(const std::string& field) {
  if (field.empty() || field.find_first_not_of("0123456789") != std::string::npos) {
    return std::nullopt;
  }
  return static_cast<unsigned>(std::stoul(field));
}

}  // namespace

Text due_in_words(const Json& due) {
  if (!due.is_object()) return {};
  Text text;
  if (const auto days = whole_number(due, "workingDays")) {
    text = within(*days, "ngày làm việc", "working day");
  } else if (const auto hours = whole_number(due, "workingHours")) {
    text = within(*hours, "giờ làm việc", "working hour");
  } else if (due.contains("in") && due["in"].is_string()) {
    const Result<Duration> parsed = parse_iso_duration(due["in"].get_ref<const std::string&>());
    if (!parsed) return {};
    const Text span = in_words(*parsed);
    text = {"trong " + span.vi, "within " + span.en};
  } else if (due.contains("date") && due["date"].is_string()) {
    const Result<Date> date = parse_iso_date(due["date"].get_ref<const std::string&>());
    if (!date) return {};
    const std::string day = two_digits(static_cast<unsigned>(date->day())) + "/" +
                            two_digits(static_cast<unsigned>(date->month())) + "/" +
                            std::to_string(static_cast<int>(date->year()));
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
  const std::string time = two_digits(*h) + ":" + two_digits(*m);
  if (d && month == "*") {
    const std::string number = std::to_string(*d);
    return {"hằng tháng, ngày " + number + ", lúc " + time,
            "monthly on day " + number + ", at " + time};
  }
  if (d) {
    std::string days;
    std::istringstream months{month};
    for (std::string one; std::getline(months, one, ',');) {
      if (!number_of(one)) return {"theo lịch " + cron, "on schedule " + cron};
      days += (days.empty() ? "" : ", ") + std::to_string(*d) + "/" + one;
    }
    return {"hằng năm, ngày " + days + ", lúc " + time, "every year on " + days + ", at " + time};
  }
  if (day == "*" && month == "*") return {"hằng ngày, lúc " + time, "daily at " + time};
  return {"theo lịch " + cron, "on schedule " + cron};
}

Text schedule_in_words(const Schedule& schedule) {
  const Text length = in_words(schedule.interval);
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
