// The shipped definitions and the demonstration organisation, on a virtual clock, for a year.

#include <fstream>

#include "tests/engine/support.hpp"

namespace kyhan::test {
namespace {

namespace fs = std::filesystem;

std::string text_of_file(const fs::path& path) {
  std::ifstream file{path};
  REQUIRE(file);
  return {std::istreambuf_iterator<char>{file}, {}};
}

TEST_CASE("the shipped definitions start by their schedules, remind and stay verifiable",
          "[engine][flagships]") {
  const fs::path root = fs::path{KYHAN_SOURCE_DIR} / "definitions";
  House house;
  house.open();
  REQUIRE(house.engine->import_organisation(
      Json::parse(text_of_file(root / "organisation" / "tinh-mau.json")), PersonId{}));
  for (const auto& folder : fs::directory_iterator{root / "workflows"}) {
    CAPTURE(folder.path());
    house.publish(text_of_file(folder.path() / "workflow.json"));
  }
  const Result<ClockReport> year = house.engine->advance_clock(monday() + std::chrono::days{365});
  REQUIRE(year);
  CHECK(house.instances_total() > 0);
  CHECK(year->fired > 0);
  WARN(house.instances_total() << " instances, " << year->fired << " timers and starts, "
                               << house.engine->counters().events << " events");
  InstanceQuery faulted;
  faulted.visibility.everything = true;
  faulted.statuses = {InstanceStatus::faulted};
  faulted.page.limit = 200;
  const auto page = house.store->reads()->instances(faulted);
  REQUIRE(page);
  for (const InstanceRow& row : page->items) {
    UNSCOPED_INFO(row.definition.name << " " << row.unit.text() << ": " << row.outcome << " "
                                      << row.business_key);
  }
  CHECK(house.store->reads()->instances(faulted)->items.empty());
  CHECK(house.findings().empty());
}

}  // namespace
}  // namespace kyhan::test
