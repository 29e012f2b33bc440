// document.metadata and schedule: what the standard's closed objects cannot say.

#include "workflow/core/cron.hpp"
#include "workflow/core/definition_functions.hpp"
#include "workflow/core/time_text.hpp"

namespace kyhan::definition {
namespace {

Text text_of(const Json& value) {
  if (value.is_string()) return {value.get<std::string>(), value.get<std::string>()};
  const auto member = [&](std::string_view key) {
    const auto* found = find(value, key);
    return found != nullptr && found->is_string() ? found->get<std::string>() : std::string();
  };
  return {member("vi"), member("en")};
}

std::string checked_zone(Reader& reader, const Json& owner, const std::string& pointer,
                         std::string fallback) {
  const auto zone = reader.text(owner, pointer, "timeZone");
  if (!zone) return fallback;
  if (zone_exists(*zone)) return *zone;
  reader.fault(below(pointer, "timeZone"), "unknown-zone",
               {"Không có múi giờ \"" + *zone + "\".", "There is no time zone \"" + *zone + "\"."},
               {"Dùng tên IANA, ví dụ \"Asia/Ho_Chi_Minh\".",
                "Use an IANA name, such as \"Asia/Ho_Chi_Minh\"."});
  return fallback;
}

void check_publish(Reader& reader, const Json& json, const std::string& at) {
  if (!reader.closed(json, at, {"lifecycle", "fields"})) return;
  reader.choice(json, at, "lifecycle", {"none", "workflow", "all"});
  reader.definition().publish_lifecycle = literal_string(json, "lifecycle").value_or("none");
  const auto* fields = find(json, "fields");
  if (fields == nullptr) return;
  const auto fields_at = below(at, "fields");
  if (!fields->is_object()) return reader.wrong_type(fields_at, "một đối tượng", "an object");
  for (const auto& [type, names] : fields->items()) {
    check_each(reader, names, below(fields_at, type), check_word);
  }
  reader.definition().publish = *fields;
}

void read_start(Reader& reader, const Json& json, const std::string& at) {
  if (!reader.closed(json, at, {"by", "form", "businessKey", "title"})) return;
  auto& start = reader.definition().start;
  if (const auto* by = find(json, "by")) {
    check_each(reader, *by, below(at, "by"), check_candidate);
    start.by = *by;
  }
  if (const auto* form = find(json, "form")) {
    check_form(reader, *form, below(at, "form"));
    start.form = *form;
  }
  // Metadata is plain data; these two members are evaluated, when somebody starts an instance.
  for (const auto& [name, into] :
       {std::pair{"businessKey", &start.business_key}, {"title", &start.title}}) {
    const auto* key = find(json, name);
    if (key == nullptr) continue;
    const auto key_at = below(at, name);
    if (!key->is_string()) return reader.wrong_type(key_at, "một biểu thức", "an expression");
    *into = reader.expression(key->get_ref<const std::string&>(), key_at, Scope{});
  }
}

}  // namespace

void Reader::read_metadata(const Json& metadata, const std::string& pointer) {
  if (!metadata.is_object()) return wrong_type(pointer, "một đối tượng", "an object");
  definition_.metadata = metadata;
  definition_.time_zone = checked_zone(*this, metadata, pointer, definition_.time_zone);
  definition_.calendar = text(metadata, pointer, "calendar").value_or("");
  for (const std::string key : {"title", "summary"}) {
    const auto* json = find(metadata, key);
    if (json == nullptr) continue;
    check_text(*this, *json, below(pointer, key));
    (key == "title" ? definition_.title : definition_.summary) = text_of(*json);
  }
  if (const auto* forms = find(metadata, "forms")) {
    const auto at = below(pointer, "forms");
    if (!forms->is_object()) {
      wrong_type(at, "một đối tượng", "an object");
    } else {
      for (const auto& [name, form] : forms->items()) check_form(*this, form, below(at, name));
    }
  }
  if (const auto* basis = find(metadata, "legalBasis")) {
    check_legal_basis(*this, *basis, below(pointer, "legalBasis"));
    definition_.legal_basis = *basis;
  }
  check_member(*this, metadata, pointer, "escalation", check_escalation);
  check_member(*this, metadata, pointer, "extension", check_extension);
  if (const auto* publish = find(metadata, "publish")) {
    check_publish(*this, *publish, below(pointer, "publish"));
  }
  if (const auto* start = find(metadata, "start"))
    read_start(*this, *start, below(pointer, "start"));
}

void Reader::read_schedule() {
  auto& out = definition_.schedule;
  const auto* schedule = find(document_, "schedule");
  if (schedule != nullptr &&
      closed(*schedule, "/schedule", {"cron"}, {"every", "after", "on", "read"})) {
    const auto kinds = schedule->count("every") + schedule->count("after") + schedule->count("on") +
                       schedule->count("cron");
    if (kinds != 1) {
      fault("/schedule", "exactly-one",
            {"Cần đúng một cách lập lịch.", "Exactly one kind of schedule is needed."});
    }
    if (const auto cron = text(*schedule, "/schedule", "cron")) {
      out.cron = *cron;
      if (const auto parsed = Cron::parse(*cron); !parsed) {
        fault("/schedule/cron", "cron", parsed.error().detail,
              {"Năm trường: phút giờ ngày tháng thứ, ví dụ \"0 8 1 12 *\".",
               "Five fields: minute hour day month weekday, such as \"0 8 1 12 *\"."});
      }
    }
  }
  out.time_zone = definition_.time_zone;
  out.calendar = definition_.calendar;
  const auto* ours = find(definition_.metadata, "schedule");
  if (ours == nullptr) return;
  const std::string at = "/document/metadata/schedule";
  if (!closed(*ours, at, {"timeZone", "calendar", "perUnit", "misfire", "onHoliday"})) return;
  if (out.cron.empty()) {
    warn(at, "schedule-without-cron",
         {"metadata.schedule không có tác dụng khi không có schedule.cron.",
          "metadata.schedule has no effect without schedule.cron."});
  }
  out.time_zone = checked_zone(*this, *ours, at, out.time_zone);
  out.calendar = text(*ours, at, "calendar").value_or(out.calendar);
  if (const auto* unit = find(*ours, "perUnit")) {
    const auto unit_at = below(at, "perUnit");
    if (closed(*unit, unit_at, {"kind", "spread"}, {"filter"})) {
      if (required(*unit, unit_at, "kind") != nullptr) {
        check_member(*this, *unit, unit_at, "kind", check_word);
        out.unit_kind = text(*unit, unit_at, "kind").value_or("");
      }
      if (const auto* spread = find(*unit, "spread")) {
        out.spread = fixed_duration(*spread, below(unit_at, "spread")).value_or(Duration{});
      }
    }
  }
  if (const auto misfire = choice(*ours, at, "misfire", {"skip", "once", "all"})) {
    out.misfire = static_cast<Schedule::Misfire>(*misfire);
  }
  if (const auto holiday = choice(*ours, at, "onHoliday", {"skip", "next", "previous", "run"})) {
    out.on_holiday = static_cast<Schedule::OnHoliday>(*holiday);
  }
}

}  // namespace kyhan::definition
