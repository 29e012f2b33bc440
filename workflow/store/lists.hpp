#pragma once
/// Small lists of ids inside one text column: "\nan\nbinh\n". Ids hold no line break; a member is
/// found with instr(), and '' is the empty list.

#include <string>
#include <string_view>
#include <vector>

namespace kyhan {

[[nodiscard]] inline std::string_view as_text(std::string_view text) {
  return text;
}
template <class Key>
[[nodiscard]] std::string_view as_text(const Key& key) requires requires {
  key.text();
}
{ return key.text(); }

template <class Items>
[[nodiscard]] std::string join_list(const Items& items) {
  std::string joined;
  for (const auto& item : items) {
    if (joined.empty()) joined += '\n';
    joined += as_text(item);
    joined += '\n';
  }
  return joined;
}

/// How a member looks inside a list.
[[nodiscard]] inline std::string list_member(std::string_view item) {
  std::string member{"\n"};
  member += item;
  member += '\n';
  return member;
}

template <class Item>
[[nodiscard]] std::vector<Item> split_list(std::string_view list) {
  std::vector<Item> items;
  std::size_t at = list.empty() ? 0 : 1;
  while (at < list.size()) {
    const std::size_t end = list.find('\n', at);
    items.emplace_back(std::string{list.substr(at, end - at)});
    if (end == std::string_view::npos) break;
    at = end + 1;
  }
  return items;
}

}  // namespace kyhan
