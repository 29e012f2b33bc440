#include "workflow/simulation/sample.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "workflow/core/forms.hpp"
#include "workflow/core/time_text.hpp"

namespace kyhan {
namespace {

/// Schemas that refer to themselves end here.
constexpr int depth_max = 12;
constexpr std::size_t items_max = 50;

const Json& part(const Json& object, const char* name) {
  static const Json null;
  if (!object.is_object()) return null;
  const auto found = object.find(name);
  return found == object.end() ? null : *found;
}

bool accepts(const Json& schema, const Json& value) {
  return validate_against(schema, value).empty();
}

class Sampler {
 public:
  Sampler(const Json& root, const SampleSource& source) : root_(root), source_(source) {}

  Json value(const Json& schema, const Json& hint, int depth, std::size_t index = 0) const {
    if (!schema.is_object() || depth > depth_max) return nullptr;
    if (const Json& ref = part(schema, "$ref"); ref.is_string()) {
      return value(referred(ref.get<std::string>()), hint, depth + 1, index);
    }
    if (schema.contains("const")) return schema.at("const");
    if (const Json& given = part(schema, "default"); !given.is_null() && accepts(schema, given)) {
      return given;
    }
    if (const Json& choices = part(schema, "enum"); choices.is_array() && !choices.empty()) {
      return choices[std::min(index, choices.size() - 1)];
    }
    for (const char* many : {"oneOf", "anyOf", "allOf"}) {
      const Json& branches = part(schema, many);
      if (!branches.is_array() || branches.empty()) continue;
      const Json found = of_branches(schema, many, hint, depth, index);
      if (!found.is_null()) return found;
    }
    const Json& examples = part(schema, "examples");
    if (examples.is_array() && !examples.empty()) return examples[index % examples.size()];
    return by_type(schema, hint, depth, index);
  }

 private:
  const Json& referred(const std::string& pointer) const {
    static const Json nothing = Json::object();
    if (!pointer.starts_with("#")) return nothing;
    try {
      return root_.at(Json::json_pointer(pointer.substr(1)));
    } catch (const Json::exception&) { return nothing; }
  }

  /// The schema without `many`, merged with a branch of it (allOf: with all).
  Json of_branches(const Json& schema, const char* many, const Json& hint, int depth,
                   std::size_t index) const {
    Json base = schema;
    base.erase(many);
    const Json& branches = schema.at(many);
    if (std::string_view(many) == "allOf") {
      for (const Json& branch : branches) merge(base, branch);
      return value(base, hint, depth + 1, index);
    }
    for (const Json& branch : branches) {
      Json merged = base;
      merge(merged, branch);
      Json found = value(merged, hint, depth + 1, index);
      if (accepts(schema, found)) return found;
    }
    return nullptr;
  }

  void merge(Json& into, const Json& more) const {
    const Json& branch =
        part(more, "$ref").is_string() ? referred(more.at("$ref").get<std::string>()) : more;
    for (const auto& [key, given] : branch.items()) {
      if (key == "required" && part(into, "required").is_array()) {
        for (const Json& name : given) into["required"].push_back(name);
      } else if (key == "properties" && part(into, "properties").is_object()) {
        for (const auto& [name, property] : given.items()) {
          Json& there = into["properties"][name];
          if (there.is_object() && property.is_object()) {
            merge(there, property);
          } else {
            there = property;
          }
        }
      } else {
        into[key] = given;
      }
    }
  }

  Json by_type(const Json& schema, const Json& hint, int depth, std::size_t index) const {
    const Json& type = part(schema, "type");
    const std::string name = type.is_string()                         ? type.get<std::string>()
                             : type.is_array() && !type.empty()       ? type[0].get<std::string>()
                             : part(schema, "properties").is_object() ? "object"
                                                                      : "string";
    if (name == "object") return object(schema, hint, depth, index);
    if (name == "array") return array(schema, hint, depth);
    if (name == "boolean") return true;
    if (name == "integer" || name == "number") return number_of(schema, name == "integer", index);
    if (name == "null") return nullptr;
    return text(schema, hint, index);
  }

  Json object(Json schema, const Json& hint, int depth, std::size_t index) const {
    Json made = Json::object();
    fill(schema, hint, depth, index, made);
    // What is asked for depends on what was filled in.
    for (int round = 0; round < 2; ++round) {
      if (!part(schema, "if").is_object()) break;
      const char* branch = accepts(schema.at("if"), made) ? "then" : "else";
      if (part(schema, branch).is_object()) merge(schema, Json(schema.at(branch)));
      fill(schema, hint, depth, index, made);
    }
    if (const Json& needs = part(schema, "dependentRequired"); needs.is_object()) {
      for (const auto& [name, others] : needs.items()) {
        if (!made.contains(name)) continue;
        for (const Json& other : others)
          add(schema, hint, depth, index, other.get<std::string>(), made);
      }
    }
    return made;
  }

  void fill(const Json& schema, const Json& hint, int depth, std::size_t index, Json& made) const {
    const Json& required = part(schema, "required");
    if (!required.is_array()) return;
    for (const Json& name : required) {
      if (name.is_string()) add(schema, hint, depth, index, name.get<std::string>(), made);
    }
  }

  void add(const Json& schema, const Json& hint, int depth, std::size_t index,
           const std::string& name, Json& made) const {
    if (made.contains(name)) return;
    const Json& property = part(part(schema, "properties"), name.c_str());
    made[name] = value(property.is_object() ? property : Json::object(), part(hint, name.c_str()),
                       depth + 1, index);
  }

  Json array(const Json& schema, const Json& hint, int depth) const {
    const Json& least = part(schema, "minItems");
    const std::size_t count =
        least.is_number() ? std::min(least.get<std::size_t>(), items_max) : std::size_t{0};
    const Json& items = part(schema, "items");
    // A hint is the item's own, or {items: {field: hint}}.
    const Json inner = part(hint, "items").is_object() ? part(hint, "items") : hint;
    Json list = Json::array();
    for (std::size_t i = 0; i < count; ++i) list.push_back(value(items, inner, depth + 1, i));
    return list;
  }

  Json number_of(const Json& schema, bool whole, std::size_t index) const {
    double number = 1.0 + static_cast<double>(index);
    const auto limit = [&](const char* name) -> std::optional<double> {
      const Json& given = part(schema, name);
      return given.is_number() ? std::optional{given.get<double>()} : std::nullopt;
    };
    if (const auto least = limit("minimum"); least && number < *least) {
      number = *least + static_cast<double>(index);
    }
    if (const auto below = limit("exclusiveMinimum"); below && number <= *below)
      number = *below + 1;
    if (const auto most = limit("maximum"); most && number > *most) number = *most;
    if (const auto above = limit("exclusiveMaximum"); above && number >= *above) {
      number = *above - 1;
    }
    if (const auto step = limit("multipleOf"); step && *step > 0) {
      number = std::ceil(number / *step) * *step;
    }
    // A year that may be any is the year the rehearsal is in.
    const auto year = static_cast<double>(static_cast<int>(source_.day.year()));
    const auto least = limit("minimum");
    const auto most = limit("maximum");
    if (whole && least && most && *least >= 1900 && *least <= year && year <= *most) number = year;
    if (whole) return static_cast<std::int64_t>(number);
    return number;
  }

  Json text(const Json& schema, const Json& hint, std::size_t index) const {
    const Json& widget = part(hint, "widget");
    if (widget == "unit") return source_.unit.text();
    if (widget == "person") return person(index);
    const Json& format = part(schema, "format");
    if (format == "date") return to_iso_date(source_.day);
    if (format == "date-time") return to_iso_date(source_.day) + "T08:00:00+07:00";
    if (format == "email") return "mau" + std::to_string(index) + "@example.vn";
    if (part(schema, "pattern").is_string()) {
      const std::string known = of_pattern(schema, index);
      if (!known.empty()) return known;
    }
    std::string word = "Diễn tập" + (index == 0 ? std::string() : " " + std::to_string(index + 1));
    if (const Json& least = part(schema, "minLength"); least.is_number()) {
      const auto wanted = least.get<std::size_t>();
      while (characters(word) < wanted) word += " diễn tập";
    }
    if (const Json& most = part(schema, "maxLength"); most.is_number()) {
      const auto allowed = most.get<std::size_t>();
      if (characters(word) > allowed) word = std::string(std::max<std::size_t>(allowed, 1), 'A');
    }
    return word;
  }

  static std::size_t characters(const std::string& text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
  }

  /// Words that the patterns of official papers accept.
  std::string of_pattern(const Json& schema, std::size_t index) const {
    const std::string number = std::to_string(index + 1);
    const std::string year = std::to_string(static_cast<int>(source_.day.year()));
    const std::array words = {"A" + number,
                              "a" + number,
                              number,
                              "0" + number,
                              "00" + number,
                              "10" + number + "/QĐ-UBND",
                              "10" + number + "/" + year + "/QĐ-UBND",
                              "10" + number + "/KH-SNV",
                              year,
                              "0" + number + "/" + year,
                              year + "-0" + number,
                              to_iso_date(source_.day),
                              std::string("08:00"),
                              "090123456" + number,
                              "07910000000" + number,
                              std::string("mau@example.vn"),
                              std::string("https://example.vn/mau")};
    for (const std::string& word : words) {
      if (accepts(schema, word)) return word;
    }
    return {};
  }

  std::string person(std::size_t index) const {
    std::size_t seen = 0;
    std::string any;
    for (const auto& [id, known] : source_.directory.people()) {
      if (any.empty()) any = id.text();
      for (const Membership& membership : known.memberships) {
        if (membership.unit != source_.unit) continue;
        any = id.text();
        if (seen++ == index) return any;
        break;
      }
    }
    return any;
  }

  const Json& root_;
  const SampleSource& source_;
};

}  // namespace

Json sample_of_form(const Json& form, const SampleSource& source) {
  const Json& schema = part(form, "schema");
  const Json& given = part(form, "prefill");
  Json made = given.is_object() ? given : Json::object();
  if (!schema.is_object()) return made;
  const Json sampled = Sampler(schema, source).value(schema, part(form, "ui"), 0);
  if (!sampled.is_object()) return sampled;
  for (const auto& [name, value] : sampled.items()) {
    if (!made.contains(name)) made[name] = value;
  }
  return accepts(schema, made) || !accepts(schema, sampled) ? made : sampled;
}

}  // namespace kyhan
