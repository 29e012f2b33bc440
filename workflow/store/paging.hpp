#pragma once
/// Pages by key: cursors, and the merge of several sorted queries into one. Private to the store.

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "workflow/store/reads.hpp"
#include "workflow/store/sqlite.hpp"

namespace kyhan {

/// Where a page ended: the two numbers its rows are ordered by.
using Position = std::pair<std::int64_t, std::int64_t>;

/// "<first>.<second>" in decimal.
[[nodiscard]] inline std::string to_cursor(const Position& position) {
  return std::to_string(position.first) + "." + std::to_string(position.second);
}

[[nodiscard]] inline Result<std::optional<Position>> from_cursor(const std::string& cursor) {
  if (cursor.empty()) return std::optional<Position>{};
  Position position;
  const char* const end = cursor.data() + cursor.size();
  const auto first = std::from_chars(cursor.data(), end, position.first);
  if (first.ec == std::errc{} && first.ptr != end && *first.ptr == '.') {
    const auto second = std::from_chars(first.ptr + 1, end, position.second);
    if (second.ec == std::errc{} && second.ptr == end) return std::optional{position};
  }
  return Error{ErrorCode::invalid,
               "bad-cursor",
               {"Tham số \"after\" không phải con trỏ do trang trước trả về.",
                "The parameter \"after\" is no cursor that an earlier page gave."}};
}

[[nodiscard]] inline int limit_of(const PageRequest& page) {
  return std::clamp(page.limit, 1, page_limit_max);
}

/// The units that occur in `rows` ("tasks WHERE open = 1"), found by jumping through an index of it
/// that begins with the unit.
[[nodiscard]] inline std::vector<UnitId> units_in(Database& connection, const std::string& rows) {
  std::vector<UnitId> units;
  Statement first = connection.prepare("SELECT min(unit) FROM " + rows);
  if (!first.step() || first.is_null(0)) return units;
  units.push_back(first.id<UnitId>(0));
  Statement next = connection.prepare("SELECT min(unit) FROM " + rows + " AND unit > ?1");
  for (;;) {
    const UnitId last = units.back();
    next.bind_all(last);
    if (!next.step() || next.is_null(0)) return units;
    units.push_back(next.id<UnitId>(0));
    next.reset();
  }
}

enum class Order { ascending, descending };

/// Merges queries that are each sorted by their first two columns, dropping repeats, until the page
/// is full. Rows are pulled one by one, so k queries cost the page and k rows more, however much
/// they hold.
template <class Row, class Read>
[[nodiscard]] Page<Row> merge_page(std::vector<Statement> queries, Order order, int limit,
                                   const Read& read) {
  struct Head {
    Position position;
    Statement* query;
  };
  const auto later = [order](const Head& a, const Head& b) {
    return order == Order::ascending ? a.position > b.position : a.position < b.position;
  };
  std::vector<Head> heap;
  const auto push = [&](Statement& query) {
    if (!query.step()) return;
    heap.push_back({{query.integer(0), query.integer(1)}, &query});
    std::push_heap(heap.begin(), heap.end(), later);
  };
  for (Statement& query : queries) push(query);

  Page<Row> page;
  std::optional<Position> last;
  while (!heap.empty()) {
    std::pop_heap(heap.begin(), heap.end(), later);
    const Head head = heap.back();
    heap.pop_back();
    if (head.position != last) {
      if (static_cast<int>(page.items.size()) == limit) {
        page.has_more = true;
        break;
      }
      page.items.push_back(read(*head.query));
      last = head.position;
    }
    push(*head.query);
  }
  if (last) page.end_cursor = to_cursor(*last);
  return page;
}

}  // namespace kyhan
