#pragma once
/// What comes in with a request, read strictly: an unknown query parameter or body field is a
/// fault, and all faults of a body are told at once.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/core/json.hpp"
#include "workflow/core/person_text.hpp"
#include "workflow/core/result.hpp"
#include "workflow/core/types.hpp"

namespace kyhan {

/// The query of a target, decoded and in NFC. A parameter given twice is a fault.
class Query {
 public:
  /// `target` is "/path?query". Errors: "bad-parameter" with the names in `fields`.
  [[nodiscard]] static Result<Query> parse(std::string_view target,
                                           const std::vector<std::string_view>& known);

  [[nodiscard]] const std::string& text(std::string_view name) const;  ///< Empty when absent.
  [[nodiscard]] bool contains(std::string_view name) const;
  /// "true", "1" or "" are true; "false", "0" and absence false; else "bad-parameter".
  [[nodiscard]] Result<bool> flag(std::string_view name) const;
  [[nodiscard]] Result<int> number(std::string_view name, int fallback, int min, int max) const;

 private:
  std::map<std::string, std::string, std::less<>> values_;
};

[[nodiscard]] Error bad_parameter(std::string_view name, Text message);

enum class Need { required, optional };

/// Takes the members of a body one by one and remembers every fault; finish() tells them, and
/// names members that nobody has asked for.
class Fields {
 public:
  /// `body` is borrowed.
  explicit Fields(const Json& body) : body_(body) {}

  /// One line, without control characters (core's person_text.hpp).
  [[nodiscard]] std::string text(const std::string& name, Need need, std::size_t characters_max);
  /// The same with line breaks and tabs, for what people write at length.
  [[nodiscard]] std::string paragraphs(const std::string& name, Need need,
                                       std::size_t characters_max);
  [[nodiscard]] bool flag(const std::string& name);
  [[nodiscard]] std::vector<std::string> texts(const std::string& name, std::size_t items_max);
  [[nodiscard]] std::vector<std::int64_t> numbers(const std::string& name, std::size_t items_max);
  /// Any JSON; `fallback` when absent.
  [[nodiscard]] Json any(const std::string& name, Json fallback);
  [[nodiscard]] bool contains(const std::string& name) const { return body_.contains(name); }

  /// Errors: `invalid` "unknown-field" or "bad-body" (both 400), with every fault in `fields`.
  [[nodiscard]] Result<void> finish();

 private:
  const Json* find(const std::string& name, Need need);
  std::string words(const std::string& name, Need need, Lines lines, std::size_t characters_max);
  void fault(const std::string& pointer, std::string code, Text message);

  const Json& body_;
  std::vector<std::string> known_;
  std::vector<FieldError> faults_;
};

}  // namespace kyhan
