// Shapes that occur in the functions' `with` and in the metadata: people, texts, laws, forms.

#include "workflow/core/calendar.hpp"
#include "workflow/core/definition_functions.hpp"

namespace kyhan::definition {

void check_text(Reader& reader, const Json& value, const std::string& pointer) {
  if (value.is_string()) return;
  if (!value.is_object()) {
    reader.wrong_type(pointer, "một chuỗi hoặc {vi, en}", "a string or {vi, en}");
    return;
  }
  reader.closed(value, pointer, {"vi", "en"});
  for (const std::string key : {"vi", "en"}) {
    const auto* text = reader.required(value, pointer, key);
    if (text != nullptr && !text->is_string()) {
      reader.wrong_type(below(pointer, key), "một chuỗi", "a string");
    }
  }
}

void check_word(Reader& reader, const Json& value, const std::string& pointer) {
  if (!value.is_string() || value.get_ref<const std::string&>().empty()) {
    reader.wrong_type(pointer, "một chuỗi không trống", "a string that is not empty");
  }
}

void check_each(Reader& reader, const Json& value, const std::string& pointer, const Check& check) {
  if (is_expression(value)) return;
  if (!value.is_array()) {
    reader.wrong_type(pointer, "một danh sách", "a list");
    return;
  }
  for (std::size_t i = 0; i < value.size(); ++i) check(reader, value[i], below(pointer, i));
}

void check_member(Reader& reader, const Json& object, const std::string& pointer,
                  std::string_view key, const Check& check) {
  if (const auto* value = find(object, key)) check(reader, *value, below(pointer, key));
}

void check_integer(Reader& reader, const Json& object, const std::string& pointer,
                   std::string_view key, std::int64_t least) {
  const auto* value = find(object, key);
  if (value == nullptr || is_expression(*value)) return;
  if (!value->is_number_integer() || *value < least) {
    const auto bound = std::to_string(least);
    reader.wrong_type(below(pointer, key), "một số nguyên từ " + bound + " trở lên",
                      "an integer of at least " + bound);
  }
}

void check_candidate(Reader& reader, const Json& value, const std::string& pointer) {
  if (is_expression(value)) return;
  if (!reader.closed(value, pointer, {"user", "role", "unit", "units", "scope", "group"})) return;
  const auto kinds = value.count("user") + value.count("role") + value.count("group");
  if (kinds != 1) {
    reader.fault(
        pointer, "exactly-one",
        {"Cần đúng một trong user, role, group.", "Exactly one of user, role, group is needed."});
    return;
  }
  for (const std::string key : {"user", "role", "group", "unit"}) {
    check_member(reader, value, pointer, key, check_word);
  }
  if (const auto* units = find(value, "units")) {
    check_each(reader, *units, below(pointer, "units"), check_word);
  }
  reader.choice(value, pointer, "scope", {"exact", "subtree", "ancestors"});
  if (value.contains("unit") && value.contains("units")) {
    reader.fault(pointer, "exactly-one",
                 {"Chỉ dùng một trong unit và units.", "Use only one of unit and units."});
  }
  if (!value.contains("role")) {
    for (const std::string key : {"unit", "units", "scope"}) {
      if (value.contains(key)) {
        reader.fault(below(pointer, key), "unknown-field",
                     {"Trường \"" + key + "\" chỉ đi cùng role.",
                      "The field \"" + key + "\" goes with role only."});
      }
    }
  }
}

void check_candidates(Reader& reader, const Json& value, const std::string& pointer) {
  check_each(reader, value, pointer, check_candidate);
  if (value.is_array() && value.empty()) {
    reader.fault(pointer, "required",
                 {"Cần ít nhất một người hoặc vai trò.", "At least one person or role is needed."});
  }
}

void check_recipient(Reader& reader, const Json& value, const std::string& pointer) {
  if (is_expression(value)) return;
  if (!value.is_string()) return check_candidate(reader, value, pointer);
  const auto& word = value.get_ref<const std::string&>();
  if (word == "assignee" || word == "candidates" || word == "head" || word == "author") return;
  reader.fault(pointer, "unknown-value",
               {"Người nhận \"" + word + "\" không có.", "There is no recipient \"" + word + "\"."},
               {"Dùng assignee, candidates, head, author hoặc {role, unit}.",
                "Use assignee, candidates, head, author or {role, unit}."});
}

void check_recipients(Reader& reader, const Json& value, const std::string& pointer) {
  if (value.is_array()) return check_each(reader, value, pointer, check_recipient);
  check_recipient(reader, value, pointer);
}

void check_certainty(Reader& reader, const Json& object, const std::string& pointer,
                     std::string_view key) {
  reader.choice(object, pointer, key, {"law", "default"}, {}, true);
}

void check_legal_basis(Reader& reader, const Json& value, const std::string& pointer) {
  check_each(reader, value, pointer, [](Reader& r, const Json& item, const std::string& at) {
    if (is_expression(item)) return;
    if (!r.closed(item, at,
                  {"act", "clause", "uri", "text", "certainty", "effectiveFrom", "effectiveTo"})) {
      return;
    }
    if (const auto* act = r.required(item, at, "act")) check_text(r, *act, below(at, "act"));
    for (const std::string key : {"clause", "text"}) check_member(r, item, at, key, check_text);
    for (const std::string key : {"uri", "effectiveFrom", "effectiveTo"}) {
      check_member(r, item, at, key, check_word);
    }
    check_certainty(r, item, at, "certainty");
  });
}

namespace {

/// {field: hints}; `items` holds the hints for the fields of a list's entries.
void check_hints(Reader& reader, const Json& fields, const std::string& pointer) {
  if (!fields.is_object()) return reader.wrong_type(pointer, "một đối tượng", "an object");
  for (const auto& [field, hints] : fields.items()) {
    if (is_expression(hints)) continue;
    const auto at = below(pointer, field);
    if (!reader.closed(hints, at, {"widget", "order", "help", "visibleIf", "items"})) continue;
    if (const auto* items = find(hints, "items"); items != nullptr && !is_expression(*items)) {
      check_hints(reader, *items, below(at, "items"));
    }
  }
}

}  // namespace

void check_form(Reader& reader, const Json& value, const std::string& pointer) {
  if (is_expression(value)) return;
  if (!reader.closed(value, pointer, {"schema", "ui", "prefill", "ref"})) return;
  if (const auto* ref = find(value, "ref"); ref != nullptr && ref->is_string()) {
    reader.later([&reader, at = below(pointer, "ref"), name = ref->get<std::string>()] {
      const auto& metadata = reader.definition().metadata;
      const auto* forms = find(metadata, "forms");
      if (forms != nullptr && forms->is_object() && forms->contains(name)) return;
      reader.fault(at, "unknown-form",
                   {"Không có mẫu \"" + name + "\" trong document.metadata.forms.",
                    "There is no form \"" + name + "\" in document.metadata.forms."});
    });
  } else if (ref != nullptr) {
    reader.wrong_type(below(pointer, "ref"), "tên của một mẫu", "the name of a form");
  }
  if (const auto* schema = find(value, "schema"); schema != nullptr && !is_expression(*schema)) {
    reader.check_json_schema(*schema, below(pointer, "schema"));
  }
  if (const auto* ui = find(value, "ui"); ui != nullptr && !is_expression(*ui)) {
    const auto at = below(pointer, "ui");
    check_hints(reader, *ui, at);
  }
}

void check_due(Reader& reader, const Json& value, const std::string& pointer) {
  if (is_expression(value)) return;
  if (!value.is_object()) return reader.wrong_type(pointer, "một đối tượng", "an object");
  auto form = value;
  // How sure the number is and where it comes from are ours, not the calendar's.
  check_certainty(reader, value, pointer, "certainty");
  check_member(reader, value, pointer, "legalBasis", check_legal_basis);
  form.erase("certainty");
  form.erase("legalBasis");
  for (const auto& error : check_due_form(form)) {
    reader.fault(pointer + error.pointer, error.code, error.message);
  }
}

void check_reminders(Reader& reader, const Json& value, const std::string& pointer) {
  check_each(reader, value, pointer, [](Reader& r, const Json& item, const std::string& at) {
    if (is_expression(item)) return;
    if (!r.closed(item, at, {"offset", "at", "to", "channel", "template", "repeat"})) return;
    if (const auto* offset = r.required(item, at, "offset")) {
      check_offset(r, *offset, below(at, "offset"), true);
    }
    check_member(r, item, at, "at", check_clock);
    check_member(r, item, at, "to", check_recipients);
    if (const auto* channel = find(item, "channel")) {
      check_each(r, *channel, below(at, "channel"), check_word);
    }
    check_member(r, item, at, "template", check_word);
    if (const auto* repeat = find(item, "repeat"); repeat != nullptr && !is_expression(*repeat)) {
      const auto repeat_at = below(at, "repeat");
      if (!r.closed(*repeat, repeat_at, {"every", "until", "max"})) return;
      if (const auto* every = r.required(*repeat, repeat_at, "every")) {
        check_offset(r, *every, below(repeat_at, "every"), false);
      }
      r.choice(*repeat, repeat_at, "until", {"done", "due"});
      check_integer(r, *repeat, repeat_at, "max", 1);
    }
  });
}

void check_escalation(Reader& reader, const Json& value, const std::string& pointer) {
  check_each(reader, value, pointer, [](Reader& r, const Json& item, const std::string& at) {
    if (is_expression(item)) return;
    if (!r.closed(item, at, {"after", "action", "to", "note", "outcome"})) return;
    if (const auto* after = r.required(item, at, "after")) {
      check_offset(r, *after, below(at, "after"), false);
    }
    r.required(item, at, "action");
    const auto action =
        r.choice(item, at, "action", {"notify", "reassign", "addCandidates", "raise", "complete"});
    const auto* to = find(item, "to");
    if (to != nullptr) check_recipients(r, *to, below(at, "to"));
    constexpr std::size_t needing_people = 3;  // The actions before it.
    constexpr std::size_t complete = 4;
    if (action == complete) r.required(item, at, "outcome");
    check_member(r, item, at, "outcome", check_word);
    if (action != complete && item.contains("outcome") && action) {
      r.fault(below(at, "outcome"), "unknown-field",
              {"\"outcome\" chỉ đi cùng action: complete.",
               "\"outcome\" only goes with action: complete."});
    }
    if (action && *action < needing_people && to == nullptr) {
      r.fault(at, "required",
              {"Thiếu trường bắt buộc \"to\": báo hoặc giao cho ai.",
               "The required field \"to\" is missing: whom to tell or to hand over to."});
    }
    check_member(r, item, at, "note", check_text);
  });
}

void check_clock(Reader& reader, const Json& value, const std::string& pointer) {
  if (is_expression(value)) return;
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  if (value.is_string()) {
    const auto& t = value.get_ref<const std::string&>();
    if (t.size() == 5 && digit(t[0]) && digit(t[1]) && t[2] == ':' && digit(t[3]) && digit(t[4]) &&
        t <= "24:00" && t.substr(3) < "60") {
      return;
    }
  }
  reader.wrong_type(pointer, "giờ trong ngày \"HH:MM\"", "a time of day \"HH:MM\"");
}

void check_offset(Reader& reader, const Json& value, const std::string& pointer,
                  bool may_be_negative) {
  if (is_expression(value)) return;
  if (!reader.closed(value, pointer, {"in", "workingDays", "workingHours"})) return;
  if (value.size() != 1) {
    reader.fault(pointer, "exactly-one",
                 {"Cần đúng một trong in, workingDays, workingHours.",
                  "Exactly one of in, workingDays, workingHours is needed."});
    return;
  }
  for (const auto& error : check_due_form(value)) {
    reader.fault(pointer + error.pointer, error.code, error.message);
  }
  const auto first = value.begin();
  const std::string& key = first.key();
  const Json& amount = *first;
  const bool negative =
      (amount.is_number() && amount < 0) ||
      (amount.is_string() && amount.get_ref<const std::string&>().starts_with("-"));
  if (negative && !may_be_negative) {
    reader.fault(below(pointer, key), "out-of-range",
                 {"Không được là số âm.", "It must not be negative."});
  }
}

}  // namespace kyhan::definition
