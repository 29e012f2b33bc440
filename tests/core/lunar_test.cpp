#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "workflow/core/calendar.hpp"
#include "workflow/core/time_text.hpp"

using namespace kyhan;

namespace {

std::string solar(int year, int month, int day) {
  return to_iso_date(lunar_to_solar(year, month, day));
}

}  // namespace

TEST_CASE("lunar New Year and Hùng Kings' day are those of the table, 1976 to 2100") {
  std::ifstream table(std::string(KYHAN_SOURCE_DIR) +
                      "/tests/data/vn-lunar-holidays-1976-2100.csv");
  REQUIRE(table.good());
  std::string line;
  std::getline(table, line);
  int rows = 0;
  while (std::getline(table, line)) {
    std::istringstream row(line);
    std::string year, new_year, hung_kings;
    std::getline(row, year, ',');
    std::getline(row, new_year, ',');
    std::getline(row, hung_kings, ',');
    INFO(line);
    CHECK(to_iso_date(lunar_new_year(std::stoi(year))) == new_year);
    CHECK(solar(std::stoi(year), 3, 10) == hung_kings);
    ++rows;
  }
  CHECK(rows == 125);
}

TEST_CASE("where Vietnam's New Year is another day than China's, it is Vietnam's") {
  CHECK(solar(1985, 1, 1) == "1985-01-21");
  CHECK(solar(2007, 1, 1) == "2007-02-17");
  CHECK(solar(2027, 1, 1) == "2027-02-06");
  CHECK(solar(2030, 1, 1) == "2030-02-02");
  CHECK(solar(2053, 1, 1) == "2053-02-18");
}

TEST_CASE("months after a leap month, and the last two of a year, are found") {
  CHECK(solar(2025, 8, 15) == "2025-10-06");  // Mid-Autumn, after a leap month 6
  CHECK(solar(2023, 5, 5) == "2023-06-22");   // after a leap month 2
  CHECK(solar(2026, 8, 15) == "2026-09-25");
  CHECK(solar(2025, 12, 23) == "2026-02-10");  // Kitchen Gods' day
  CHECK(solar(2025, 11, 1) == "2025-12-20");
}

TEST_CASE("every lunar year has 12 or 13 months of 29 or 30 days") {
  for (int year = 1976; year < 2100; ++year) {
    INFO(year);
    const auto length = std::chrono::sys_days{lunar_new_year(year + 1)} -
                        std::chrono::sys_days{lunar_new_year(year)};
    const int days = static_cast<int>(length.count());
    CHECK(((days >= 353 && days <= 355) || (days >= 383 && days <= 385)));
  }
}
