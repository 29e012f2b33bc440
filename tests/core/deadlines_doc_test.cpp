// The worked examples of docs/deadlines.md are true.

#include <catch2/catch.hpp>
#include <fstream>

#include "workflow/core/calendar.hpp"
#include "workflow/core/time_text.hpp"

using namespace kyhan;

namespace {

std::vector<std::string> cells_of(const std::string& row) {
  std::vector<std::string> cells;
  std::size_t from = 1;
  for (std::size_t bar = row.find('|', from); bar != std::string::npos; bar = row.find('|', from)) {
    std::string cell = row.substr(from, bar - from);
    cell.erase(0, cell.find_first_not_of(' '));
    cell.erase(cell.find_last_not_of(' ') + 1);
    cells.push_back(cell);
    from = bar + 1;
  }
  return cells;
}

/// "2026-09-09", "2026-09-09 17:00", with ", provisional" behind.
std::string shown(const DueDate& due, const std::string& zone) {
  std::string text = to_iso_date(due.date);
  const std::string local = to_rfc3339(due.instant, zone);
  const bool end_of_day = due.instant == instant_at(due.date, std::chrono::hours{24}, zone);
  if (!end_of_day) text += " " + local.substr(11, 5);
  return due.provisional ? text + ", provisional" : text;
}

}  // namespace

TEST_CASE("every worked example of the deadlines' page is computed as it stands there") {
  const auto calendars = make_calendars({}).value();
  const Calendar& vn = calendars->built_in();
  std::ifstream page(std::string(KYHAN_SOURCE_DIR) + "/docs/deadlines.md");
  REQUIRE(page.good());
  std::map<std::string, int> examples;
  for (std::string line; std::getline(page, line);) {
    if (!line.starts_with("| 20")) continue;
    const std::vector<std::string> cells = cells_of(line);
    REQUIRE(cells.size() == 4);
    INFO(line);
    const std::string start = cells[0].substr(0, 10) + "T" + cells[0].substr(11) + ":00+07:00";
    const std::string form = cells[1].substr(1, cells[1].size() - 2);
    const auto due = compute_due(vn, parse_rfc3339(start).value(), Json::parse(form));
    REQUIRE(due.has_value());
    CHECK(shown(*due, vn.zone()) == cells[2]);
    ++examples[cells[0].substr(0, 4)];
  }
  CHECK(examples["2026"] >= 16);
  CHECK(examples["2027"] >= 6);
}
