// The top of a definition: document, use, input, output, timeout, evaluate and the list of steps.

#include <algorithm>
#include <array>
#include <cctype>

#include "workflow/core/definition_reader.hpp"

namespace kyhan::definition {
namespace {

/// A DNS label: letters, digits and inner hyphens, at most 63 characters.
bool is_label(const std::string& text) {
  constexpr std::size_t label_max = 63;
  const auto plain = [](unsigned char c) { return c < 0x80 && std::isalnum(c) != 0; };
  return !text.empty() && text.size() <= label_max && plain(text.front()) && plain(text.back()) &&
         std::all_of(text.begin(), text.end(), [&](char c) { return plain(c) || c == '-'; });
}

/// Dot-separated identifiers after "-" or "+" of a semantic version.
bool are_identifiers(std::string_view text, bool no_leading_zero) {
  std::size_t start = 0;
  for (;;) {
    const auto dot = text.find('.', start);
    const auto part = text.substr(start, dot == std::string_view::npos ? dot : dot - start);
    const bool characters = std::all_of(part.begin(), part.end(), [](unsigned char c) {
      return c < 0x80 && (std::isalnum(c) != 0 || c == '-');
    });
    if (part.empty() || !characters) return false;
    const bool numeric = part.find_first_not_of("0123456789") == std::string_view::npos;
    if (no_leading_zero && numeric && part.size() > 1 && part[0] == '0') return false;
    if (dot == std::string_view::npos) return true;
    start = dot + 1;
  }
}

}  // namespace

bool is_semantic_version(std::string_view text) {
  const auto plus = text.find('+');
  if (plus != std::string_view::npos) {
    if (!are_identifiers(text.substr(plus + 1), false)) return false;
    text = text.substr(0, plus);
  }
  const auto hyphen = text.find('-');
  if (hyphen != std::string_view::npos) {
    if (!are_identifiers(text.substr(hyphen + 1), true)) return false;
    text = text.substr(0, hyphen);
  }
  if (std::count(text.begin(), text.end(), '.') != 2 || !are_identifiers(text, true)) return false;
  return text.find_first_not_of("0123456789.") == std::string_view::npos;
}

void Reader::read_document() {
  definition_.document = document_;
  if (!document_.is_object()) {
    wrong_type("", "một đối tượng", "an object");
    return;
  }
  // The root is open in the standard, so what it does not know is no fault.
  for (const auto& [key, ignored] : document_.items()) {
    constexpr std::array<std::string_view, 8> known{"document", "input",  "use",      "do",
                                                    "timeout",  "output", "schedule", "evaluate"};
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    warn(below("", key), "unknown-field",
         {"Trường \"" + key + "\" ở gốc không có tác dụng.",
          "The root field \"" + key + "\" has no effect."});
  }

  if (const auto* head = required(document_, "", "document")) {
    const std::string at = "/document";
    if (closed(*head, at,
               {"dsl", "namespace", "name", "version", "title", "summary", "tags", "metadata"})) {
      const auto read = [&](std::string_view key, auto&& valid, Text rule) {
        if (required(*head, at, key) == nullptr) return std::string();
        const auto value = text(*head, at, key);
        if (value && !valid(*value)) fault(below(at, key), "document-" + std::string(key), rule);
        return value.value_or("");
      };
      const Text version_rule{"Cần đủ ba phần theo Semantic Versioning, ví dụ \"1.0.0\".",
                              "A full semantic version is needed, such as \"1.0.0\"."};
      const Text label_rule{
          "Chỉ gồm chữ cái không dấu, chữ số và dấu gạch nối ở giữa, tối đa 63 ký tự.",
          "Letters, digits and inner hyphens only, at most 63 characters."};
      definition_.dsl = read("dsl", is_semantic_version, version_rule);
      definition_.ref.namespace_ = read("namespace", is_label, label_rule);
      definition_.ref.name = read("name", is_label, label_rule);
      definition_.ref.version = read("version", is_semantic_version, version_rule);
      if (is_semantic_version(definition_.dsl) && !definition_.dsl.starts_with("1.0.")) {
        fault(
            "/document/dsl", "dsl-version",
            {"Chỉ hiểu ngôn ngữ phiên bản 1.0.x.", "Only version 1.0.x of the language is known."},
            {"Viết \"1.0.3\".", "Write \"1.0.3\"."});
      }
      if (const auto title = text(*head, at, "title")) definition_.title = {*title, *title};
      if (const auto summary = text(*head, at, "summary"))
        definition_.summary = {*summary, *summary};
      if (const auto* tags = find(*head, "tags"); tags != nullptr && !tags->is_object()) {
        wrong_type("/document/tags", "một đối tượng", "an object");
      }
      if (const auto* metadata = find(*head, "metadata")) {
        read_metadata(*metadata, "/document/metadata");
      }
    }
  }
  if (definition_.title == Text{}) definition_.title = {definition_.ref.name, definition_.ref.name};

  if (const auto* use = find(document_, "use")) {
    closed(*use, "/use",
           {"errors", "retries", "timeouts", "functions", "extensions", "secrets",
            "authentications"},
           {"catalogs"});
    if (const auto* secrets = find(*use, "secrets")) read_secrets(*secrets, "/use/secrets");
    if (const auto* functions = find(*use, "functions")) read_functions(*functions);
    // Members nobody refers to are checked all the same.
    const auto scope = step_body_scope(Scope{}.with({"error"}));
    for (const std::string group : {"errors", "retries", "timeouts", "authentications"}) {
      const auto* members = find(*use, group);
      if (members == nullptr) continue;
      const auto at = "/use/" + group;
      if (!members->is_object()) {
        wrong_type(at, "một đối tượng", "an object");
        continue;
      }
      for (const auto& [name, member] : members->items()) {
        // Expressions that nobody refers to are dropped again.
        const auto kept = definition_.expressions.size();
        const auto leaves = leaves_;
        if (!member.is_object()) {
          wrong_type(below(at, name), "một đối tượng", "an object");
        } else if (group == "authentications") {
          authentication_policy(member, below(at, name), scope);
        } else if (group == "errors") {
          error(member, below(at, name), scope);
        } else if (group == "retries") {
          Reader probe(document_, definition_);
          probe.retry(member, below(at, name), scope);
          for (auto& found : probe.take_faults()) {
            // Which names a retry may use depends on the catch that refers to it.
            if (found.code != "unknown-variable") fault(std::move(found));
          }
        } else if (closed(member, below(at, name), {"after"})) {
          if (const auto* after = required(member, below(at, name), "after")) {
            duration(*after, below(below(at, name), "after"), scope);
          }
        }
        definition_.expressions.resize(kept);
        leaves_ = leaves;
      }
    }
  }

  if (const auto* evaluate = find(document_, "evaluate")) {
    if (closed(*evaluate, "/evaluate", {"language", "mode"})) {
      choice(*evaluate, "/evaluate", "language", {"jq"});
      choice(*evaluate, "/evaluate", "mode", {"strict"}, {"loose"});
    }
  }
  if (const auto* input = find(document_, "input");
      input != nullptr && closed(*input, "/input", {"schema", "from"})) {
    if (const auto* json = find(*input, "schema")) {
      definition_.input_schema = schema(*json, "/input/schema");
    }
    if (const auto* json = find(*input, "from")) {
      definition_.input_from = transformation(*json, "/input/from", workflow_input_scope());
    }
  }
  definition_.timeout = timeout(document_, "", workflow_input_scope());
  if (const auto* list = required(document_, "", "do")) {
    definition_.top = read_steps(*list, "/do", no_step, {});
  }
  if (const auto* use = find(document_, "use")) {
    if (const auto* extensions = find(*use, "extensions")) read_extensions(*extensions);
  }
  if (const auto* output = find(document_, "output");
      output != nullptr && closed(*output, "/output", {"schema", "as"})) {
    if (const auto* json = find(*output, "schema")) {
      definition_.output_schema = schema(*json, "/output/schema");
    }
    if (const auto* json = find(*output, "as")) {
      definition_.output_as = transformation(*json, "/output/as", workflow_output_scope());
    }
  }
  read_schedule();
  run_later();
}

}  // namespace kyhan::definition
