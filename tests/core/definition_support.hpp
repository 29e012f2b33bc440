#pragma once
/// Small definitions for the tests of the parser.

#include <algorithm>
#include <string>
#include <vector>

#include "workflow/core/definition.hpp"

namespace kyhan::test {

inline Json head() {
  return {{"dsl", "1.0.3"}, {"namespace", "thu"}, {"name", "thu-nghiem"}, {"version", "1.0.0"}};
}
/// A definition with these steps.
inline Json with_steps(Json steps) {
  return {{"document", head()}, {"do", std::move(steps)}};
}
/// A definition with one step named "one".
inline Json with_step(Json step) {
  return with_steps(Json::array({Json{{"one", std::move(step)}}}));
}
/// A call of humanTask whose `with` has the two required fields and these.
inline Json human_task(const Json& fields) {
  Json with = {{"title", "Duyệt hồ sơ"},
               {"assignment", {{"mode", "claim"}, {"candidates", {{{"role", "specialist"}}}}}}};
  with.update(fields);
  return with_step({{"call", "humanTask:1.0.0@default"}, {"with", with}});
}
inline Json vote(const Json& fields) {
  Json with = {{"question", "Đồng ý không?"},
               {"electorate", {{{"role", "council-member"}}}},
               {"options", {"for", "against"}}};
  with.update(fields);
  return with_step({{"call", "vote:1.0.0@default"}, {"with", with}});
}

/// "<code> <pointer>" of each fault, warnings marked with "~".
inline std::vector<std::string> faults_of(const Json& document) {
  std::vector<std::string> out;
  for (const auto& fault : parse_definition(document).faults) {
    out.push_back((fault.warning ? "~" : "") + fault.code + " " + fault.pointer);
  }
  return out;
}
inline bool has_fault(const Json& document, const std::string& wanted) {
  const auto faults = faults_of(document);
  return std::find(faults.begin(), faults.end(), wanted) != faults.end();
}
using Faults = std::vector<std::string>;

}  // namespace kyhan::test
