// document.metadata: what the standard's closed objects cannot say.

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

}  // namespace kyhan::definition
