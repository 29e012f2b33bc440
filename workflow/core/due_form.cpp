#include "workflow/core/due_form.hpp"

#include <algorithm>
#include <cmath>

namespace kyhan {
namespace {

/// Farther than any deadline; keeps counting within milliseconds.
constexpr int most_working_days = 10'000;
constexpr int most_working_hours = 100'000;

bool is_expression(const Json& value) {
  if (!value.is_string()) return false;
  const auto& text = value.get_ref<const std::string&>();
  const auto start = text.find_first_not_of(" \t\r\n");
  const auto end = text.find_last_not_of(" \t\r\n");
  return start != std::string::npos && text.compare(start, 2, "${") == 0 && text[end] == '}';
}

std::optional<std::chrono::minutes> read_clock(const Json& value) {
  if (!value.is_string()) return std::nullopt;
  const auto& text = value.get_ref<const std::string&>();
  if (text == "24:00") return std::chrono::minutes{24 * 60};
  const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9'; };
  if (text.size() != 5 || text[2] != ':' || !digit(0) || !digit(1) || !digit(3) || !digit(4)) {
    return std::nullopt;
  }
  const int hour = (text[0] - '0') * 10 + text[1] - '0';
  const int minute = (text[3] - '0') * 10 + text[4] - '0';
  if (hour > 23 || minute > 59) return std::nullopt;
  return std::chrono::minutes{hour * 60 + minute};
}

bool has_clock_part(const Json& duration) {
  if (duration.is_string()) {
    return duration.get_ref<const std::string&>().find('T') != std::string::npos;
  }
  return duration.contains("hours") || duration.contains("minutes") ||
         duration.contains("seconds") || duration.contains("milliseconds");
}

class Reader {
 public:
  Reader(const Json& due, bool expressions_pass) : due_(due), expressions_pass_(expressions_pass) {}

  ReadDueForm read() {
    if (passes(due_)) return std::move(result_);
    if (!due_.is_object()) {
      fault("", "type",
            {"Hạn phải là một đối tượng, ví dụ {\"workingDays\": 5}.",
             "A due form must be an object, such as {\"workingDays\": 5}."});
      return std::move(result_);
    }
    read_known_fields();
    read_kind();
    read_origin();
    read_modifiers();
    return std::move(result_);
  }

 private:
  [[nodiscard]] bool passes(const Json& value) const {
    return expressions_pass_ && is_expression(value);
  }
  /// The member when it is there and is to be read.
  [[nodiscard]] const Json* literal(const char* key) const {
    if (!due_.contains(key) || passes(due_[key])) return nullptr;
    return &due_[key];
  }
  void fault(std::string pointer, std::string code, Text message) {
    result_.faults.push_back({std::move(pointer), std::move(code), std::move(message)});
  }

  void read_known_fields() {
    // `certainty` and `legalBasis` say where the number comes from; they count nothing.
    static constexpr std::array<std::string_view, 12> known{
        "in",   "workingDays", "workingHours", "date",     "relativeTo", "at",
        "roll", "bound",       "calendar",     "timeZone", "certainty",  "legalBasis"};
    for (const auto& [key, value] : due_.items()) {
      if (std::find(known.begin(), known.end(), key) == known.end()) {
        fault("/" + key, "unknown-field",
              {"Hạn không có trường “" + key + "”.", "A due form has no field “" + key + "”."});
      }
    }
  }

  void read_kind() {
    const auto forms = due_.count("in") + due_.count("workingDays") + due_.count("workingHours") +
                       due_.count("date");
    if (forms != 1) {
      return fault("", "one-of",
                   {"Phải có đúng một trong các trường in, workingDays, workingHours, date.",
                    "Exactly one of in, workingDays, workingHours and date must be given."});
    }
    if (due_.contains("in")) return read_in();
    if (due_.contains("workingDays")) return read_working_days();
    if (due_.contains("workingHours")) return read_working_hours();
    form_.kind = DueForm::Kind::date;
    if (const Json* value = literal("date")) form_.date = read_date(*value, "/date");
  }

  void read_in() {
    form_.kind = DueForm::Kind::duration;
    const Json* value = literal("in");
    if (value == nullptr) return;
    const auto duration = parse_duration(*value);
    if (duration.has_value()) {
      form_.duration = *duration;
      form_.exact = has_clock_part(*value) || duration->exact != Milliseconds{0};
      return;
    }
    for (const FieldError& field : duration.error().fields) {
      fault("/in" + field.pointer, field.code, field.message);
    }
  }

  void read_working_days() {
    form_.kind = DueForm::Kind::working_days;
    const Json* value = literal("workingDays");
    if (value == nullptr) return;
    // An expression may give 5.0 where 5 is meant.
    const double days = value->is_number() ? value->get<double>() : 0.5;
    if (days != std::floor(days) || std::abs(days) > most_working_days) {
      return fault("/workingDays", "integer",
                   {"workingDays phải là số nguyên, từ -10.000 đến 10.000.",
                    "workingDays must be a whole number from -10,000 to 10,000."});
    }
    form_.working_days = static_cast<int>(days);
  }

  void read_working_hours() {
    form_.kind = DueForm::Kind::working_hours;
    const Json* value = literal("workingHours");
    if (value == nullptr) return;
    if (!value->is_number() || std::abs(value->get<double>()) > most_working_hours) {
      return fault("/workingHours", "number",
                   {"workingHours phải là một số, từ -100.000 đến 100.000.",
                    "workingHours must be a number from -100,000 to 100,000."});
    }
    form_.working_time = Milliseconds{std::llround(value->get<double>() * 3'600'000)};
  }

  Date read_date(const Json& value, const char* pointer) {
    const auto date = parse_iso_date(value.is_string() ? value.get<std::string>() : value.dump());
    if (date.has_value()) return *date;
    fault(pointer, "date-format", date.error().detail);
    return {};
  }

  void read_origin() {
    if (!due_.contains("relativeTo")) return;
    if (due_.contains("workingHours") || due_.contains("date")) {
      return fault("/relativeTo", "not-with",
                   {"relativeTo chỉ đi cùng in hoặc workingDays.",
                    "relativeTo only goes with in or workingDays."});
    }
    const Json* value = literal("relativeTo");
    if (value == nullptr) return;
    if (value->is_string() && value->get_ref<const std::string&>().size() > 10) {
      const auto instant = parse_rfc3339(value->get_ref<const std::string&>());
      if (instant.has_value()) {
        form_.from_instant = *instant;
      } else {
        fault("/relativeTo", "date-format", instant.error().detail);
      }
      return;
    }
    form_.from_date = read_date(*value, "/relativeTo");
  }

  void read_modifiers() {
    const bool counts_time = form_.kind == DueForm::Kind::working_hours || form_.exact;
    if (const Json* value = literal("at")) {
      form_.at = read_clock(*value);
      if (!form_.at) {
        fault("/at", "time-format",
              {"Giờ viết dạng “18:00”, đến “24:00”.",
               "The time is written as “18:00”, up to “24:00”."});
      }
    }
    if (due_.contains("at") && counts_time) {
      fault("/at", "not-with",
            {"at không đi cùng hạn tính theo giờ.", "at does not go with a form counted in time."});
    }
    if (const Json* value = literal("bound")) {
      form_.before = *value == "before";
      if (*value != "before" && *value != "by") {
        fault("/bound", "enum", {"bound là by hoặc before.", "bound is by or before."});
      } else if (form_.before && (counts_time || due_.contains("at"))) {
        fault("/bound", "not-with",
              {"bound: before chỉ dùng cho hạn tính theo ngày và không có at.",
               "bound: before only goes with a form counted in days, without at."});
      }
    }
    if (const Json* value = literal("roll")) {
      if (*value == "forward") {
        form_.roll = DueForm::Roll::forward;
      } else if (*value == "backward") {
        form_.roll = DueForm::Roll::backward;
      } else if (*value == "none") {
        form_.roll = DueForm::Roll::none;
      } else {
        fault("/roll", "enum",
              {"roll là forward, backward hoặc none.", "roll is forward, backward or none."});
      }
    }
    if (const Json* value = literal("calendar"); value != nullptr && !value->is_string()) {
      fault("/calendar", "type", {"calendar phải là mã lịch.", "calendar must be an id."});
    }
    if (const Json* value = literal("timeZone")) {
      form_.zone = value->is_string() ? value->get<std::string>() : "";
      if (!zone_exists(form_.zone)) {
        fault("/timeZone", "unknown-zone",
              {"Không có múi giờ “" + form_.zone + "”.",
               "There is no time zone “" + form_.zone + "”."});
      }
    }
  }

  const Json& due_;
  const bool expressions_pass_;
  ReadDueForm result_;
  DueForm& form_ = result_.form;
};

}  // namespace

ReadDueForm read_due_form(const Json& due, bool expressions_pass) {
  return Reader(due, expressions_pass).read();
}

std::vector<FieldError> check_due_form(const Json& due) {
  return read_due_form(due, true).faults;
}

}  // namespace kyhan
