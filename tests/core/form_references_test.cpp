// A field that names somebody must name somebody there is.

#include <catch2/catch.hpp>

#include "workflow/core/form_references.hpp"

namespace kyhan::test {
namespace {

std::shared_ptr<const Directory> small_directory() {
  return Directory::parse({{"units", {{{"id", "so-a"}, {"name", "Sở A"}, {"kind", "department"}}}},
                           {"people",
                            {{{"id", "an"},
                              {"name", "Nguyễn An"},
                              {"memberships", {{{"unit", "so-a"}, {"roles", {"staff"}}}}}}}}})
      .value();
}

std::vector<std::string> faults(const Json& ui, const Json& data) {
  std::vector<std::string> out;
  for (const FieldError& fault : check_references({{"ui", ui}}, data, *small_directory())) {
    out.push_back(fault.code + " " + fault.pointer);
  }
  return out;
}

using List = std::vector<std::string>;

TEST_CASE("a person or unit that does not exist is named with its field", "[core][forms]") {
  const Json ui = {{"who", {{"widget", "person"}}}, {"where", {{"widget", "unit"}}}};
  CHECK(faults(ui, {{"who", "an"}, {"where", "so-a"}}) == List{});
  CHECK(faults(ui, {{"who", "na"}, {"where", "so-b"}}) ==
        List{"unknown-unit /where", "unknown-person /who"});
}

TEST_CASE("lists of people and people inside lists are checked too", "[core][forms]") {
  const Json list = {{"who", {{"widget", "person"}}}};
  CHECK(faults(list, {{"who", {"an", "na"}}}) == List{"unknown-person /who/1"});
  const Json inside = {{"candidates", {{"items", {{"id", {{"widget", "person"}}}}}}}};
  CHECK(faults(inside, {{"candidates", {{{"id", "na"}}, {{"id", "an"}}}}}) ==
        List{"unknown-person /candidates/0/id"});
}

TEST_CASE("a field left out, left empty or without the hint is no reference", "[core][forms]") {
  const Json ui = {{"who", {{"widget", "person"}}}, {"why", {{"widget", "textarea"}}}};
  CHECK(faults(ui, {{"who", ""}, {"why", "na"}}) == List{});
  CHECK(faults(ui, Json::object()) == List{});
  CHECK(faults(Json(), {{"who", "na"}}) == List{});
}

}  // namespace
}  // namespace kyhan::test
