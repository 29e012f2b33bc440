#pragma once
/// Secrets, and keeping them out of whatever is stored, sent or logged.
///
/// A secret is in the clear in two places only: inside an expression while it is evaluated, and in
/// the request of a call while it is made. Everything that comes out of either goes through a
/// Redaction first.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/core/json.hpp"

namespace kyhan {

/// What the operator has entrusted to the server, by name: a text, or an object such as
/// {username, password}. Never written anywhere.
struct Secrets {
  std::map<std::string, Json> values;
};

/// Texts that must not be seen, replaced by `***` wherever they stand: as a whole value whatever
/// their length, within a longer text from `within_text_min` bytes on (shorter ones would tear
/// holes into words). What was encoded, cut or hashed is not recognised, except percent-encoding.
class Redaction {
 public:
  static constexpr std::size_t within_text_min = 6;
  static constexpr std::string_view mark = "***";

  void add(std::string_view text);
  /// Every text and number of a secret; of an object not the members that describe it to both sides
  /// (username, authority, grant, client.id, ...).
  void add_secret(const Json& secret);
  void add(const Redaction& other);

  [[nodiscard]] bool empty() const { return texts_.empty(); }
  void apply(std::string& text) const;
  /// All strings and keys within.
  void apply(Json& value) const;

 private:
  std::vector<std::string> texts_;  ///< Longest first: one may contain another.
};

}  // namespace kyhan
