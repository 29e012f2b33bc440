/// Reading the file format of calendars (definitions/calendars/README.md).

#include "workflow/core/calendar_data.hpp"
#include "workflow/core/file_reader.hpp"

namespace kyhan {
namespace {

using std::chrono::minutes;
using std::chrono::sys_days;

constexpr std::array<const char*, 7> weekday_names{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

struct KindName {
  const char* name;
  DayKind kind;
  bool working;
};
constexpr std::array<KindName, 6> kind_names{{{"work", DayKind::work, true},
                                              {"weekend", DayKind::weekend, false},
                                              {"holiday", DayKind::holiday, false},
                                              {"compensation", DayKind::compensation, false},
                                              {"swap_off", DayKind::swap_off, false},
                                              {"swap_work", DayKind::swap_work, true}}};

/// "07:30", up to "24:00".
std::optional<minutes> time_of_day(const Json& value) {
  if (!value.is_string()) return std::nullopt;
  const auto& text = value.get_ref<const std::string&>();
  const auto digit = [&](std::size_t at) { return text[at] >= '0' && text[at] <= '9'; };
  if (text.size() != 5 || text[2] != ':' || !digit(0) || !digit(1) || !digit(3) || !digit(4)) {
    return std::nullopt;
  }
  const int hour = (text[0] - '0') * 10 + (text[1] - '0');
  const int minute = (text[3] - '0') * 10 + (text[4] - '0');
  if (minute > 59 || hour * 60 + minute > 24 * 60) return std::nullopt;
  return minutes{hour * 60 + minute};
}

std::vector<Interval> read_hours(FileReader& reader, const Json& value,
                                 const std::string& pointer) {
  std::vector<Interval> hours;
  const auto wrong = [&](const std::string& at) {
    reader.fault(at, "hours",
                 {"Giờ làm việc viết dạng [[\"07:30\",\"11:30\"],[\"13:30\",\"17:00\"]], theo thứ "
                  "tự và không chồng nhau.",
                  "Working hours are written as [[\"07:30\",\"11:30\"],[\"13:30\",\"17:00\"]], in "
                  "order and not overlapping."});
  };
  if (!value.is_array()) {
    wrong(pointer);
    return hours;
  }
  for (std::size_t i = 0; i < value.size(); ++i) {
    const bool pair = value[i].is_array() && value[i].size() == 2;
    const auto from = pair ? time_of_day(value[i][0]) : std::nullopt;
    const auto to = pair ? time_of_day(value[i][1]) : std::nullopt;
    if (!from || !to || *to <= *from || (!hours.empty() && *from < hours.back().second)) {
      wrong(member(pointer, i));
    } else {
      hours.emplace_back(*from, *to);
    }
  }
  return hours;
}

void read_week(FileReader& reader, const Json& week, CalendarData& data) {
  if (!reader.object(week, "/week", {"mon", "tue", "wed", "thu", "fri", "sat", "sun"})) return;
  for (std::size_t day = 0; day < weekday_names.size(); ++day) {
    data.week[day].clear();
    if (!week.contains(weekday_names[day])) continue;
    data.week[day] =
        read_hours(reader, week[weekday_names[day]], std::string("/week/") + weekday_names[day]);
  }
}

void read_day(FileReader& reader, const Json& value, const std::string& pointer,
              std::set<sys_days>& seen, CalendarData& data) {
  if (!reader.object(value, pointer,
                     {"date", "kind", "name", "hours", "legalBasis", "status", "note"})) {
    return;
  }
  CalendarDay day;
  const Date date = reader.date(value, "date", pointer);
  const std::string kind = reader.text(value, "kind", pointer, true);
  const auto known = std::find_if(kind_names.begin(), kind_names.end(),
                                  [&](const KindName& each) { return each.name == kind; });
  if (known != kind_names.end()) {
    day.info.kind = known->kind;
    day.info.working = known->working;
  } else if (!kind.empty()) {
    reader.fault(pointer + "/kind", "enum",
                 {"Loại ngày là work, weekend, holiday, compensation, swap_off hoặc swap_work.",
                  "The kind is work, weekend, holiday, compensation, swap_off or swap_work."});
  }
  if (value.contains("name")) day.info.name = reader.name(value, pointer);
  if (value.contains("hours")) day.hours = read_hours(reader, value["hours"], pointer + "/hours");
  day.info.legal_basis = reader.text(value, "legalBasis", pointer, false);
  const std::string status = reader.text(value, "status", pointer, false);
  day.info.provisional = status == "provisional";
  if (!status.empty() && status != "official" && status != "provisional") {
    reader.fault(
        pointer + "/status", "enum",
        {"Trạng thái là official hoặc provisional.", "The status is official or provisional."});
  }
  if (!date.ok()) return;
  if (!seen.insert(sys_days{date}).second) {
    reader.fault(pointer + "/date", "duplicate",
                 {"Ngày này đã có ở trên.", "This date is named above."});
  }
  data.days[sys_days{date}] = std::move(day);
}

int integer(FileReader& reader, const Json& value, const std::string& pointer, int least,
            int most) {
  if (value.is_number_integer() && value.get<double>() >= least && value.get<double>() <= most) {
    return value.get<int>();
  }
  const std::string range = std::to_string(least) + " - " + std::to_string(most);
  reader.fault(pointer, "integer",
               {"Phải là số nguyên trong khoảng " + range + ".",
                "It must be a whole number within " + range + "."});
  return least;
}

bool flag(FileReader& reader, const Json& value, const char* key, const std::string& pointer) {
  if (!value.contains(key)) return false;
  if (value[key].is_boolean()) return value[key].get<bool>();
  reader.fault(pointer + "/" + key, "type", {"Phải là true hoặc false.", "It must be a boolean."});
  return false;
}

HolidayRule read_rule(FileReader& reader, const Json& value, const std::string& pointer) {
  HolidayRule rule;
  if (!reader.object(value, pointer,
                     {"id", "name", "solar", "lunar", "offsets", "compensated", "optional",
                      "legalBasis", "inForceFrom", "certainty", "note"})) {
    return rule;
  }
  rule.id = reader.id(value, "id", pointer, true);
  rule.name = reader.name(value, pointer);
  rule.legal_basis = reader.text(value, "legalBasis", pointer, false);
  rule.compensated = flag(reader, value, "compensated", pointer);
  rule.optional = flag(reader, value, "optional", pointer);
  if (value.contains("inForceFrom")) reader.date(value, "inForceFrom", pointer);
  rule.lunar = value.contains("lunar");
  const std::string written = reader.text(value, rule.lunar ? "lunar" : "solar", pointer, true);
  // Any year will do but one with a 29 February, which a yearly holiday cannot be.
  const auto date = parse_iso_date("2001-" + written);
  if (date.has_value() && !(rule.lunar && value.contains("solar"))) {
    rule.month = static_cast<unsigned>(date->month());
    rule.day = static_cast<unsigned>(date->day());
  } else if (!written.empty()) {
    reader.fault(pointer, "date-format",
                 {"Cần đúng một trong hai trường solar, lunar, viết dạng MM-DD.",
                  "Exactly one of solar and lunar is needed, written as MM-DD."});
  }
  if (value.contains("offsets")) {
    rule.offsets.clear();
    const Json& offsets = reader.array(value, "offsets", pointer, true);
    for (std::size_t i = 0; i < offsets.size(); ++i) {
      rule.offsets.push_back(integer(reader, offsets[i], member(pointer + "/offsets", i), -30, 30));
    }
  }
  return rule;
}

void read_rules(FileReader& reader, const Json& value, CalendarData& data) {
  if (!reader.object(value, "/rules", {"holidays", "compensation", "decidedYears"})) return;
  auto rules = std::make_shared<HolidayRules>();
  const Json& holidays = reader.array(value, "holidays", "/rules", true);
  for (std::size_t i = 0; i < holidays.size(); ++i) {
    rules->holidays.push_back(read_rule(reader, holidays[i], member("/rules/holidays", i)));
  }
  if (value.contains("compensation") &&
      reader.object(value["compensation"], "/rules/compensation",
                    {"legalBasis", "inForceFrom", "certainty", "note"})) {
    rules->compensation_basis =
        reader.text(value["compensation"], "legalBasis", "/rules/compensation", false);
  }
  data.decided_years.clear();
  const Json& decided = reader.array(value, "decidedYears", "/rules", false);
  for (std::size_t i = 0; i < decided.size(); ++i) {
    data.decided_years.insert(
        integer(reader, decided[i], member("/rules/decidedYears", i), 0, 9999));
  }
  data.rules = std::move(rules);
}

/// The parent's data, or a fault. Null: the file has no parent, or a faulty one.
const CalendarPeriods* parent_of(FileReader& reader, const Json& file, const Calendars* parents) {
  const std::string id = reader.id(file, "parent", "", false);
  if (id.empty()) return nullptr;
  const Calendar* const parent = parents == nullptr ? nullptr : parents->find(id);
  const CalendarPeriods* const data = parent == nullptr ? nullptr : periods_of(*parent);
  if (data == nullptr) {
    reader.fault("/parent", "unknown-calendar",
                 {"Không có lịch “" + id + "”.", "There is no calendar “" + id + "”."});
  }
  return data;
}

void read_enabled(FileReader& reader, const Json& file, CalendarData& data) {
  const Json& enabled = reader.array(file, "enable", "", false);
  for (std::size_t i = 0; i < enabled.size(); ++i) {
    const std::string id = enabled[i].is_string() ? enabled[i].get<std::string>() : "";
    const bool known =
        data.rules &&
        std::any_of(data.rules->holidays.begin(), data.rules->holidays.end(),
                    [&](const HolidayRule& rule) { return rule.optional && rule.id == id; });
    if (!known) {
      reader.fault(member("/enable", i), "unknown-holiday",
                   {"Không có ngày nghỉ tùy chọn “" + id + "”.",
                    "There is no optional holiday “" + id + "”."});
    }
    data.enabled.insert(id);
  }
}

/// The day from which the file is in force; empty: always.
std::optional<sys_days> read_effect(FileReader& reader, const Json& file, bool alone) {
  if (!file.contains("effectiveFrom")) return std::nullopt;
  const Date date = reader.date(file, "effectiveFrom", "");
  if (alone) {
    reader.fault("/effectiveFrom", "not-with",
                 {"effectiveFrom cần có parent: lịch áp dụng trước ngày đó.",
                  "effectiveFrom needs a parent: the calendar in force before that day."});
  }
  if (file.contains("zone") && !alone) {
    reader.fault("/zone", "not-with",
                 {"Múi giờ không đổi theo ngày hiệu lực.",
                  "The time zone does not change with a date of effect."});
  }
  return date.ok() ? std::optional{sys_days{date}} : std::nullopt;
}

/// What a file says, over what it inherits.
CalendarData overlay(FileReader& reader, const Json& file, CalendarData data, bool alone,
                     std::optional<sys_days> effect) {
  data.id = reader.id(file, "id", "", true);
  data.unit = UnitId{reader.id(file, "unit", "", false)};
  if (const std::string zone = reader.text(file, "zone", "", alone); !zone.empty()) {
    data.zone = zone;
    if (!zone_exists(zone)) {
      reader.fault("/zone", "unknown-zone",
                   {"Không có múi giờ “" + zone + "”.", "There is no time zone “" + zone + "”."});
    }
  }
  if (file.contains("title") && !file["title"].is_string()) {
    reader.object(file["title"], "/title", {"vi", "en"});
  }
  if (file.contains("week")) {
    read_week(reader, file["week"], data);
  } else if (alone) {
    reader.fault("/week", "required", {"Thiếu trường “week”.", "The field “week” is missing."});
  }
  if (const std::string after = reader.text(file, "afterHours", "", false); !after.empty()) {
    data.after_hours_next_day = after == "nextDay";
    if (after != "nextDay" && after != "sameDay") {
      reader.fault("/afterHours", "enum",
                   {"afterHours là sameDay hoặc nextDay.", "afterHours is sameDay or nextDay."});
    }
  }
  if (file.contains("rules")) read_rules(reader, file["rules"], data);
  if (file.contains("officialThrough")) {
    const int official = integer(reader, file["officialThrough"], "/officialThrough", 0, 9999);
    // The years that this file adds are decided: its days name all of them.
    for (int year = data.official_through + 1; !alone && year <= official; ++year) {
      data.decided_years.insert(year);
    }
    data.official_through = official;
  }
  read_enabled(reader, file, data);
  std::set<sys_days> seen;
  const Json& days = reader.array(file, "days", "", false);
  for (std::size_t i = 0; i < days.size(); ++i) {
    read_day(reader, days[i], member("/days", i), seen, data);
  }
  for (const sys_days day : seen) {
    if (!effect || day >= *effect) continue;
    reader.fault("/days", "before-effect",
                 {"Ngày " + to_iso_date(Date{day}) + " trước ngày hiệu lực của tệp.",
                  "The day " + to_iso_date(Date{day}) + " lies before the file's date of effect."});
  }
  return data;
}

CalendarPeriods read(FileReader& reader, const Json& file, const Calendars* parents) {
  if (!reader.object(
          file, "",
          {"id", "zone", "parent", "unit", "title", "week", "afterHours", "officialThrough", "days",
           "enable", "rules", "effectiveFrom", "legalBasis", "note"})) {
    return {};
  }
  const bool alone = !file.contains("parent");
  const CalendarPeriods* const parent = parent_of(reader, file, parents);
  reader.text(file, "legalBasis", "", false);
  const std::optional<sys_days> effect = read_effect(reader, file, alone);
  const CalendarPeriods inherited = parent != nullptr ? *parent : CalendarPeriods(1);

  // The latest period tells every fault; the same file says the same in those before it.
  const CalendarData newest =
      overlay(reader, file, inherited.back().data, parent == nullptr && alone, effect);
  CalendarPeriods periods;
  for (std::size_t i = 0; i < inherited.size(); ++i) {
    const CalendarPeriod& old = inherited[i];
    const bool is_last = i + 1 == inherited.size();
    const sys_days end = is_last ? sys_days::max() : inherited[i + 1].since;
    if (effect && *effect > old.since) {
      periods.push_back(old);
      periods.back().data.id = newest.id;
      periods.back().data.unit = newest.unit;
    }
    if (effect && *effect >= end) continue;
    FileReader told_already;
    const sys_days since = effect ? std::max(*effect, old.since) : old.since;
    periods.push_back(
        {since, is_last ? newest : overlay(told_already, file, old.data, alone, effect)});
  }
  return periods;
}

}  // namespace

Result<CalendarPeriods> read_calendar_file(const Json& file, const Calendars* parents) {
  FileReader reader;
  CalendarPeriods periods = read(reader, file, parents);
  if (reader.faults.empty()) return periods;
  const std::string count = std::to_string(reader.faults.size());
  return Error{
      ErrorCode::invalid, "bad-calendar",
      Text{"Tệp lịch có " + count + " chỗ sai; chỗ đầu tiên: " + reader.faults.front().message.vi,
           "The calendar file has " + count +
               " faults; the first: " + reader.faults.front().message.en},
      std::move(reader.faults)};
}

}  // namespace kyhan
