// How a unit stands: totals, workflows, people, and what runs.

#include <algorithm>

#include "api/handlers.hpp"
#include "api/services.hpp"
#include "api/show.hpp"
#include "workflow/core/time_text.hpp"
#include "workflow/store/store.hpp"

namespace kyhan {
namespace {

constexpr int instances_shown_max = 100;

Instant start_of_year(const Services& services) {
  const std::string zone = local_zone(services);
  const Date today = date_in_zone(services.engine.clock().now(), zone);
  const Date first{today.year(), std::chrono::January, std::chrono::day{1}};
  return instant_at(first, std::chrono::minutes{0}, zone);
}

}  // namespace

HandlerResult show_overview(Call& call) {
  const std::vector<UnitId> overseen = overseen_units(call);
  UnitId unit{call.query.text("unit")};
  if (unit.empty()) {
    const std::vector<UnitId> roots = overseen_roots(call);
    if (roots.empty()) co_return not_found();
    unit = roots.front();
  }
  if (std::find(overseen.begin(), overseen.end(), unit) == overseen.end()) co_return not_found();
  const std::vector<UnitId> units = subtree(*call.directory, unit);

  const ReadLease reads = call.services.store.reads();
  const DueBounds bounds = due_bounds(call.services);
  const auto rows = reads->overview(units, false, bounds, start_of_year(call.services));
  if (!rows) co_return rows.error();
  InstanceQuery query;
  query.visibility = visibility_of(call);
  query.units = units;
  query.statuses = {InstanceStatus::running, InstanceStatus::waiting, InstanceStatus::suspended};
  query.page.limit = instances_shown_max;
  const auto running = reads->instances(query);
  if (!running) co_return running.error();

  Json by_definition = Json::array();
  for (const DefinitionLoad& load : rows->by_definition) {
    by_definition.push_back({{"definition", load.definition},
                             {"title", to_json(definition_title(call, load.definition, ""))},
                             {"running", load.running},
                             {"overdue", load.overdue},
                             {"completed", load.completed}});
  }
  Json by_person = Json::array();
  for (const PersonLoad& load : rows->by_person) {
    by_person.push_back({{"person", person_json(*call.directory, load.person)},
                         {"open", load.open},
                         {"overdue", load.overdue}});
  }
  Json instances = Json::array();
  for (const InstanceRow& row : running->items) instances.push_back(instance_json(call, row));
  co_return json_reply(200, {{"unit", unit_json(*call.directory, unit)},
                             {"totals",
                              {{"running", rows->running},
                               {"overdue", rows->overdue},
                               {"dueThisWeek", rows->due_this_week},
                               {"completedThisYear", rows->completed}}},
                             {"byDefinition", std::move(by_definition)},
                             {"byPerson", std::move(by_person)},
                             {"instances", std::move(instances)}});
}

}  // namespace kyhan
