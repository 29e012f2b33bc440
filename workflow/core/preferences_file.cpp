// Preferences and limits as JSON, with every fault at once.

#include "workflow/core/due_form.hpp"
#include "workflow/core/file_reader.hpp"
#include "workflow/core/preferences.hpp"

namespace kyhan {
namespace {

using std::chrono::minutes;

class Reader : public FileReader {
 public:
  std::optional<minutes> clock(const Json& object, const char* key, const std::string& at,
                               bool needed) {
    const std::string written = text(object, key, at, needed);
    if (written.empty()) return std::nullopt;
    return clock_of(written, at + "/" + key);
  }

  std::optional<minutes> clock_of(const std::string& written, const std::string& pointer) {
    const auto digit = [&](std::size_t i) { return written[i] >= '0' && written[i] <= '9'; };
    if (written.size() == 5 && written[2] == ':' && digit(0) && digit(1) && digit(3) && digit(4)) {
      const int hour = std::stoi(written.substr(0, 2));
      const int minute = std::stoi(written.substr(3));
      if (hour < 24 && minute < 60) return minutes{hour * 60 + minute};
    }
    fault(pointer, "format",
          {"Giờ trong ngày viết dạng \"07:30\".", "A time of day is written \"07:30\"."});
    return std::nullopt;
  }

  std::optional<bool> flag(const Json& object, const char* key, const std::string& at) {
    if (!object.contains(key)) return std::nullopt;
    if (object[key].is_boolean()) return object[key].get<bool>();
    fault(at + "/" + key, "type", {"Chỉ nhận true hoặc false.", "Only true or false."});
    return std::nullopt;
  }

  std::optional<NoticeMode> mode_of(const Json& value, const std::string& pointer) {
    for (const NoticeMode mode : notice_modes) {
      if (value == std::string(to_text(mode))) return mode;
    }
    fault(pointer, "enum", {"Chỉ nhận immediate, digest, off.", "Only immediate, digest, off."});
    return std::nullopt;
  }

  std::optional<std::optional<QuietHours>> quiet(const Json& object, const std::string& at) {
    if (!object.contains("quiet")) return std::nullopt;
    const Json& value = object["quiet"];
    if (value.is_null()) return std::optional<QuietHours>{};
    const std::string pointer = at + "/quiet";
    if (!this->object(value, pointer, {"from", "to", "daysOff"})) return std::nullopt;
    const auto from = clock(value, "from", pointer, true);
    const auto to = clock(value, "to", pointer, true);
    const auto days_off = flag(value, "daysOff", pointer);
    if (!from || !to) return std::nullopt;
    return std::optional{QuietHours{*from, *to, days_off.value_or(true)}};
  }

  ChosenPreferences preferences(const Json& document, const std::string& at) {
    ChosenPreferences chosen;
    if (!object(document, at, {"language", "email", "digest", "quiet", "kinds"})) return chosen;
    if (document.contains("language")) {
      const std::string language = text(document, "language", at, true);
      if (language == "vi" || language == "en") {
        chosen.language = language;
      } else if (!language.empty()) {
        fault(at + "/language", "enum", {"Chỉ nhận vi, en.", "Only vi, en."});
      }
    }
    chosen.email = flag(document, "email", at);
    if (document.contains("digest") && object(document["digest"], at + "/digest", {"at"})) {
      chosen.digest_at = clock(document["digest"], "at", at + "/digest", true);
    }
    chosen.quiet = quiet(document, at);
    if (!document.contains("kinds")) return chosen;
    if (!object(document["kinds"], at + "/kinds",
                {"created", "reminder", "overdue", "escalated", "mention", "notice"})) {
      return chosen;
    }
    for (const NoticeKind kind : notice_kinds) {
      const std::string name{to_text(kind)};
      if (!document["kinds"].contains(name)) continue;
      if (const auto mode = mode_of(document["kinds"][name], at + "/kinds/" + name)) {
        chosen.kinds[kind] = *mode;
      }
    }
    return chosen;
  }

  void not_allowed(std::string pointer, Text message) {
    fault(std::move(pointer), "not-allowed",
          {"Quản trị viên không cho phép: " + message.vi,
           "The administrator does not allow it: " + message.en});
  }
};

Error invalid(const char* type, Text detail, std::vector<FieldError> faults) {
  return {ErrorCode::invalid, type, std::move(detail), std::move(faults)};
}

minutes length_of(const QuietHours& quiet) {
  const minutes length = quiet.to - quiet.from;
  return length < minutes{0} ? length + std::chrono::days{1} : length;
}

void check_against(const NoticeLimits& limits, const ChosenPreferences& chosen, Reader& reader) {
  if (chosen.email == false && !limits.email_may_be_off) {
    reader.not_allowed("/email", {"không tắt được thư điện tử.", "e-mail cannot be off."});
  }
  if (chosen.digest_at &&
      (*chosen.digest_at < limits.digest_from || *chosen.digest_at > limits.digest_to)) {
    const std::string from = clock_time(limits.digest_from);
    const std::string to = clock_time(limits.digest_to);
    reader.not_allowed("/digest/at", {"bản tổng hợp gửi từ " + from + " đến " + to + ".",
                                      "the digest is sent between " + from + " and " + to + "."});
  }
  if (chosen.quiet && *chosen.quiet && length_of(**chosen.quiet) > limits.quiet_max) {
    const std::string most = std::to_string(limits.quiet_max.count() / 60);
    reader.not_allowed("/quiet", {"giờ yên lặng dài nhất " + most + " giờ.",
                                  "quiet hours last " + most + " hours at most."});
  }
  for (const auto& [kind, mode] : chosen.kinds) {
    if (limits.allowed.at(kind).contains(mode)) continue;
    const std::string name{to_text(mode)};
    reader.not_allowed("/kinds/" + std::string(to_text(kind)),
                       {"\"" + name + "\" cho loại này.", "\"" + name + "\" for this kind."});
  }
}

/// The defaults are a whole: what they leave out stays built in.
void fill(Preferences& preferences, const ChosenPreferences& chosen) {
  if (chosen.language) preferences.language = *chosen.language;
  if (chosen.email) preferences.email = *chosen.email;
  if (chosen.digest_at) preferences.digest_at = *chosen.digest_at;
  if (chosen.quiet) preferences.quiet = *chosen.quiet;
  for (const auto& [kind, mode] : chosen.kinds) preferences.kinds[kind] = mode;
}

void read_allowed(const Json& document, Reader& reader, NoticeLimits& limits) {
  if (!document.contains("allowed")) return;
  const Json& allowed = document["allowed"];
  if (!reader.object(allowed, "/allowed",
                     {"created", "reminder", "overdue", "escalated", "mention", "notice"})) {
    return;
  }
  for (const NoticeKind kind : notice_kinds) {
    const std::string name{to_text(kind)};
    if (!allowed.contains(name)) continue;
    const std::string at = "/allowed/" + name;
    std::set<NoticeMode> modes;
    const Json& list = reader.array(allowed, name.c_str(), "/allowed", true);
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (const auto mode = reader.mode_of(list[i], member(at, i))) modes.insert(*mode);
    }
    if (modes.empty()) {
      reader.fault(at, "required", {"Cần ít nhất một cách.", "At least one mode is needed."});
    } else {
      limits.allowed[kind] = std::move(modes);
    }
  }
}

Json quiet_json(const std::optional<QuietHours>& quiet) {
  if (!quiet) return nullptr;
  return {{"from", clock_time(quiet->from)},
          {"to", clock_time(quiet->to)},
          {"daysOff", quiet->days_off}};
}

Json kinds_json(const std::map<NoticeKind, NoticeMode>& kinds) {
  Json json = Json::object();
  for (const auto& [kind, mode] : kinds) json[std::string(to_text(kind))] = to_text(mode);
  return json;
}

}  // namespace

Result<ChosenPreferences> parse_preferences(const Json& document, const NoticeLimits* limits) {
  Reader reader;
  ChosenPreferences chosen = reader.preferences(document, "");
  if (limits != nullptr) check_against(*limits, chosen, reader);
  if (reader.faults.empty()) return chosen;
  return invalid("preferences-invalid",
                 {"Tùy chọn thông báo chưa đúng.", "The preferences are not valid."},
                 std::move(reader.faults));
}

Result<NoticeLimits> parse_limits(const Json& document) {
  Reader reader;
  NoticeLimits limits = default_limits();
  if (reader.object(document, "",
                    {"defaults", "allowed", "digestBetween", "quietMax", "emailMayBeOff"})) {
    read_allowed(document, reader, limits);
    const Json& between = reader.array(document, "digestBetween", "", false);
    if (between.size() == 2 && between[0].is_string() && between[1].is_string()) {
      const auto from = reader.clock_of(between[0].get<std::string>(), "/digestBetween/0");
      const auto to = reader.clock_of(between[1].get<std::string>(), "/digestBetween/1");
      if (from && to && *from <= *to) limits.digest_from = *from, limits.digest_to = *to;
      if (from && to && *from > *to) {
        reader.fault("/digestBetween", "order",
                     {"Giờ đầu phải trước giờ cuối.", "The first comes before the last."});
      }
    } else if (document.contains("digestBetween")) {
      reader.fault("/digestBetween", "type", {"Cần hai giờ.", "Two times of day are needed."});
    }
    if (const auto most = reader.clock(document, "quietMax", "", false)) limits.quiet_max = *most;
    if (const auto off = reader.flag(document, "emailMayBeOff", "")) limits.email_may_be_off = *off;
    if (document.contains("defaults")) {
      const ChosenPreferences chosen = reader.preferences(document["defaults"], "/defaults");
      fill(limits.defaults, chosen);
    }
    for (const auto& [kind, mode] : limits.defaults.kinds) {
      if (limits.allowed.at(kind).contains(mode)) continue;
      reader.not_allowed("/defaults/kinds/" + std::string(to_text(kind)),
                         {"mặc định nằm ngoài \"allowed\".", "the default is not in \"allowed\"."});
    }
  }
  if (reader.faults.empty()) return limits;
  return invalid("limits-invalid", {"Giới hạn thông báo chưa đúng.", "The limits are not valid."},
                 std::move(reader.faults));
}

Json to_json(const Preferences& preferences) {
  return {{"language", preferences.language},
          {"email", preferences.email},
          {"digest", {{"at", clock_time(preferences.digest_at)}}},
          {"quiet", quiet_json(preferences.quiet)},
          {"kinds", kinds_json(preferences.kinds)}};
}

Json to_json(const ChosenPreferences& chosen) {
  Json json = Json::object();
  if (chosen.language) json["language"] = *chosen.language;
  if (chosen.email) json["email"] = *chosen.email;
  if (chosen.digest_at) json["digest"] = {{"at", clock_time(*chosen.digest_at)}};
  if (chosen.quiet) json["quiet"] = quiet_json(*chosen.quiet);
  if (!chosen.kinds.empty()) json["kinds"] = kinds_json(chosen.kinds);
  return json;
}

Json to_json(const NoticeLimits& limits) {
  Json allowed = Json::object();
  for (const auto& [kind, modes] : limits.allowed) {
    Json list = Json::array();
    for (const NoticeMode mode : modes) list.push_back(to_text(mode));
    allowed[std::string(to_text(kind))] = std::move(list);
  }
  return {{"defaults", to_json(limits.defaults)},
          {"allowed", std::move(allowed)},
          {"digestBetween", {clock_time(limits.digest_from), clock_time(limits.digest_to)}},
          {"quietMax", clock_time(limits.quiet_max)},
          {"emailMayBeOff", limits.email_may_be_off}};
}

}  // namespace kyhan
