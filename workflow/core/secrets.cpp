#include "workflow/core/secrets.hpp"

#include <algorithm>
#include <array>

#include "workflow/core/uri.hpp"

namespace kyhan {
namespace {

/// Members of a secret that say how it is used; both sides know them, and logs may.
bool is_description(std::string_view member) {
  static constexpr std::array<std::string_view, 12> descriptions{
      "username", "id",      "authority", "endpoints", "grant",    "authentication",
      "request",  "issuers", "scopes",    "audiences", "encoding", "type"};
  return std::ranges::find(descriptions, member) != descriptions.end();
}

}  // namespace

void Redaction::add(std::string_view text) {
  if (text.empty()) return;
  for (std::string form : {std::string(text), percent_encode(text)}) {
    if (std::ranges::find(texts_, form) != texts_.end()) continue;
    const auto place = std::ranges::find_if(
        texts_, [&](const std::string& one) { return one.size() < form.size(); });
    texts_.insert(place, std::move(form));
  }
}

void Redaction::add_secret(const Json& secret) {
  if (secret.is_string()) return add(secret.get_ref<const std::string&>());
  if (secret.is_number()) return add(secret.dump());
  if (secret.is_object()) {
    for (const auto& [key, member] : secret.items()) {
      if (!is_description(key)) add_secret(member);
    }
  } else if (secret.is_array()) {
    for (const Json& item : secret) add_secret(item);
  }
}

void Redaction::add(const Redaction& other) {
  for (const std::string& text : other.texts_) add(text);
}

void Redaction::apply(std::string& text) const {
  for (const std::string& hidden : texts_) {
    if (text == hidden) {
      text = mark;
      return;
    }
    if (hidden.size() < within_text_min) continue;
    for (std::size_t at = text.find(hidden); at != std::string::npos;
         at = text.find(hidden, at + mark.size())) {
      text.replace(at, hidden.size(), mark);
    }
  }
}

void Redaction::apply(Json& value) const {
  if (texts_.empty()) return;
  if (value.is_string()) {
    apply(value.get_ref<std::string&>());
  } else if (value.is_number()) {
    std::string text = value.dump();
    if (std::ranges::find(texts_, text) != texts_.end()) value = mark;
  } else if (value.is_array()) {
    for (Json& item : value) apply(item);
  } else if (value.is_object()) {
    Json shown = Json::object();
    for (auto& [key, member] : value.items()) {
      std::string name = key;
      apply(name);
      apply(member);
      shown[name] = std::move(member);
    }
    value = std::move(shown);
  }
}

}  // namespace kyhan
