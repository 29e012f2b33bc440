#include "workflow/core/calendar.hpp"

#include <algorithm>
#include <mutex>

#include "workflow/core/calendar_data.hpp"
#include "workflow/core/time_text.hpp"

namespace kyhan {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

/// Days that are looked through for one working day before a calendar counts as having none.
constexpr int longest_closure_days = 3660;

class FileCalendar final : public Calendar {
 public:
  explicit FileCalendar(CalendarData data) : data_(std::move(data)) {
    for (unsigned weekday = 1; weekday <= 7 && usual_hours_.empty(); ++weekday) {
      usual_hours_ = data_.week[weekday % 7];  // From Monday.
    }
  }

  [[nodiscard]] const CalendarData& data() const { return data_; }
  [[nodiscard]] const std::string& id() const override { return data_.id; }
  [[nodiscard]] const std::string& zone() const override { return data_.zone; }
  [[nodiscard]] bool after_hours_next_day() const override { return data_.after_hours_next_day; }
  [[nodiscard]] int official_through() const override { return data_.official_through; }

  [[nodiscard]] DayInfo day(Date date) const override {
    DayInfo info = find(sys_days{date});
    info.provisional = info.provisional || static_cast<int>(date.year()) > data_.official_through;
    return info;
  }

  [[nodiscard]] std::vector<Interval> hours(Date date) const override {
    const auto named = data_.days.find(sys_days{date});
    if (named != data_.days.end() && named->second.hours) return *named->second.hours;
    if (!find(sys_days{date}).working) return {};
    const auto& usual = data_.week[std::chrono::weekday{sys_days{date}}.c_encoding()];
    return usual.empty() ? usual_hours_ : usual;
  }

 private:
  [[nodiscard]] DayInfo find(sys_days day) const {
    const auto named = data_.days.find(day);
    if (named != data_.days.end()) return named->second.info;
    if (data_.rules) {
      const auto& holidays = year(static_cast<int>(Date{day}.year()));
      const auto holiday = holidays.find(day);
      if (holiday != holidays.end()) return holiday->second;
    }
    DayInfo info;
    info.working = !data_.week[std::chrono::weekday{day}.c_encoding()].empty();
    if (!info.working) info.kind = DayKind::weekend;
    return info;
  }

  /// Computed once per year; a node of the map stays where it is.
  const std::map<sys_days, DayInfo>& year(int number) const {
    const std::lock_guard lock(mutex_);
    const auto known = years_.find(number);
    if (known != years_.end()) return known->second;
    return years_.emplace(number, holidays_by_rule(data_, number)).first->second;
  }

  const CalendarData data_;
  std::vector<Interval> usual_hours_;
  mutable std::mutex mutex_;
  mutable std::map<int, std::map<sys_days, DayInfo>> years_;  ///< Guarded by mutex_.
};

class CalendarSet final : public Calendars {
 public:
  [[nodiscard]] const Calendar* find(const std::string& id) const override {
    const auto found = calendars.find(id);
    return found == calendars.end() ? nullptr : found->second.get();
  }
  [[nodiscard]] const Calendar* find_of_unit(const UnitId& unit) const override {
    const auto found = of_units.find(unit);
    return found == of_units.end() ? nullptr : calendars.at(found->second).get();
  }
  [[nodiscard]] const Calendar& built_in() const override { return *calendars.at("vn"); }

  std::map<std::string, std::shared_ptr<const Calendar>> calendars;
  std::map<UnitId, std::string> of_units;  ///< Ids of calendars.
};

std::shared_ptr<const Calendar> parse_built_in() {
  auto data = read_calendar_file(Json::parse(built_in_calendar_text), nullptr);
  return std::make_shared<FileCalendar>(std::move(data).value());
}

std::string text_member(const Json& file, const char* key) {
  const bool there = file.is_object() && file.contains(key) && file[key].is_string();
  return there ? file[key].get<std::string>() : std::string{};
}

void append_faults(std::vector<FieldError>& faults, const Error& error, std::size_t index) {
  for (const FieldError& field : error.fields) {
    faults.push_back({"/" + std::to_string(index) + field.pointer, field.code, field.message});
  }
}

}  // namespace

const CalendarData* data_of(const Calendar& calendar) {
  const auto* file = dynamic_cast<const FileCalendar*>(&calendar);
  return file == nullptr ? nullptr : &file->data();
}

Result<std::shared_ptr<const Calendar>> parse_calendar(const Json& file, const Calendars* parents) {
  auto data = read_calendar_file(file, parents);
  if (data.has_error()) return data.error();
  return std::shared_ptr<const Calendar>(std::make_shared<FileCalendar>(std::move(*data)));
}

Result<std::shared_ptr<const Calendars>> make_calendars(const std::vector<Json>& files) {
  const auto set = std::make_shared<CalendarSet>();
  set->calendars["vn"] = parse_built_in();
  std::vector<FieldError> faults;
  std::set<std::string> ids;
  std::vector<std::size_t> waiting;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const std::string id = text_member(files[i], "id");
    if (!id.empty() && !ids.insert(id).second) {
      faults.push_back({"/" + std::to_string(i) + "/id", "duplicate",
                        Text{"Mã lịch “" + id + "” đã dùng ở tệp khác.",
                             "Another file has the calendar id “" + id + "”."}});
    } else if (id == "vn") {
      waiting.insert(waiting.begin(), i);  // Before the calendars that extend it.
    } else {
      waiting.push_back(i);
    }
  }
  // A file is read once its parent is; what is left over at the end has a parent that never comes.
  while (!waiting.empty()) {
    const auto next = std::find_if(waiting.begin(), waiting.end(), [&](std::size_t i) {
      const std::string parent = text_member(files[i], "parent");
      const bool itself = parent == text_member(files[i], "id");
      const bool pending =
          !itself && std::any_of(waiting.begin(), waiting.end(), [&](std::size_t other) {
            return !parent.empty() && text_member(files[other], "id") == parent;
          });
      return !pending;
    });
    if (next == waiting.end()) {
      for (const std::size_t i : waiting) {
        faults.push_back({"/" + std::to_string(i) + "/parent", "cycle",
                          Text{"Các lịch kế thừa lẫn nhau thành vòng.",
                               "The calendars extend each other in a circle."}});
      }
      break;
    }
    const std::size_t index = *next;
    waiting.erase(next);
    auto calendar = parse_calendar(files[index], set.get());
    if (calendar.has_error()) {
      append_faults(faults, calendar.error(), index);
    } else {
      const std::string id = (*calendar)->id();
      const UnitId& unit = data_of(**calendar)->unit;
      if (!unit.empty() && !set->of_units.emplace(unit, id).second) {
        faults.push_back({"/" + std::to_string(index) + "/unit", "duplicate",
                          Text{"Đơn vị “" + unit.text() + "” đã có lịch riêng ở tệp khác.",
                               "Another file is the calendar of the unit “" + unit.text() + "”."}});
      }
      set->calendars[id] = std::move(*calendar);
    }
  }
  if (faults.empty()) return std::shared_ptr<const Calendars>(set);
  return Error{ErrorCode::invalid, "bad-calendar",
               Text{"Tệp lịch có chỗ sai: " + faults.front().message.vi,
                    "The calendar files have faults: " + faults.front().message.en},
               std::move(faults)};
}

bool in_working_time(const Calendar& calendar, Instant instant) {
  const Date date = date_in_zone(instant, calendar.zone());
  const auto hours = calendar.hours(date);
  return std::any_of(hours.begin(), hours.end(), [&](const Interval& open) {
    return instant_at(date, open.first, calendar.zone()) <= instant &&
           instant < instant_at(date, open.second, calendar.zone());
  });
}

Instant next_working_time(const Calendar& calendar, Instant instant) {
  sys_days day = date_in_zone(instant, calendar.zone());
  for (int looked = 0; looked < longest_closure_days; ++looked, day += days{1}) {
    for (const Interval& open : calendar.hours(Date{day})) {
      const Instant from = instant_at(Date{day}, open.first, calendar.zone());
      const Instant to = instant_at(Date{day}, open.second, calendar.zone());
      if (instant < to && from < to) return std::max(instant, from);
    }
  }
  return instant;
}

int working_days_between(const Calendar& calendar, Date from, Date to) {
  if (to < from) return -working_days_between(calendar, to, from);
  int count = 0;
  for (sys_days day = sys_days{from} + days{1}; day <= sys_days{to}; day += days{1}) {
    if (calendar.day(Date{day}).working) ++count;
  }
  return count;
}

}  // namespace kyhan
