// Events: which types somebody waits for, what came before anybody listened, and what waits for
// the others that are to start an instance with it.

#include <algorithm>

#include "workflow/store/work.hpp"

namespace kyhan {

void UnitOfWork::stage_event_types(std::string_view definition_name, std::string_view version,
                                   const std::vector<std::string>& listened,
                                   const std::vector<std::string>& starting) {
  work_->stage([&] {
    work_->run("DELETE FROM event_types WHERE definition = ? AND purpose = 'start'",
               definition_name);
    for (const std::string& type : listened) {
      work_->run(
          "INSERT OR IGNORE INTO event_types (type, purpose, definition, version) "
          "VALUES (?, 'listen', ?, ?)",
          type, definition_name, version);
    }
    for (const std::string& type : starting) {
      work_->run(
          "INSERT OR IGNORE INTO event_types (type, purpose, definition, version) "
          "VALUES (?, 'start', ?, ?)",
          type, definition_name, version);
    }
  });
}

Result<bool> UnitOfWork::event_is_listened_for(std::string_view type) {
  return work_->ask([&] {
    Statement& row = work_->writer.statement(
        "SELECT 1 FROM event_types WHERE type IN (?1, '') AND purpose = 'listen' LIMIT 1");
    const bool found = row.bind_all(type).step();
    row.reset();
    return found;
  });
}

Result<std::vector<std::string>> UnitOfWork::definitions_started_by(std::string_view type) {
  return work_->ask([&] {
    Statement& row = work_->writer.statement(
        "SELECT DISTINCT definition FROM event_types WHERE type IN (?1, '') AND "
        "purpose = 'start' ORDER BY definition");
    row.bind_all(type);
    std::vector<std::string> names;
    while (row.step()) names.push_back(row.text(0));
    row.reset();
    return names;
  });
}

Result<std::int64_t> UnitOfWork::stage_early_event(std::string_view type,
                                                   std::string_view event_json, Instant at,
                                                   std::int64_t events_max) {
  return work_->ask([&]() -> std::int64_t {
    work_->run("INSERT INTO early_events (type, event, received_at) VALUES (?, ?, ?)", type,
               event_json, at);
    Statement& row = work_->writer.statement("SELECT max(position) FROM early_events");
    row.step();
    const std::int64_t position = row.integer(0);
    row.reset();
    // Rows leave from the oldest on, so that the numbers tell how many there are.
    work_->run("DELETE FROM early_events WHERE position <= ?", position - events_max);
    return position;
  });
}

void UnitOfWork::stage_early_event_taken(std::int64_t event, const InstanceHead& head) {
  work_->stage([&] {
    work_->run("INSERT OR IGNORE INTO early_events_taken (event, instance) VALUES (?, ?)", event,
               head.key);
  });
}

Result<std::vector<EarlyEvent>> UnitOfWork::find_early_events(const InstanceHead& head,
                                                              const std::vector<std::string>& types,
                                                              Instant since, std::int64_t after,
                                                              int limit) {
  return work_->ask([&] {
    constexpr const char* any_type =
        "SELECT position, event FROM early_events e WHERE ?1 <> '' AND position > ?2 AND "
        "received_at >= ?3 AND NOT EXISTS (SELECT 1 FROM early_events_taken t "
        "WHERE t.event = e.position AND t.instance = ?4) ORDER BY position LIMIT ?5";
    constexpr const char* these_types =
        "SELECT position, event FROM early_events e WHERE type IN "
        "(SELECT value FROM json_each(?1)) AND position > ?2 AND received_at >= ?3 AND NOT EXISTS "
        "(SELECT 1 FROM early_events_taken t WHERE t.event = e.position AND t.instance = ?4) "
        "ORDER BY position LIMIT ?5";
    const bool any = std::ranges::find(types, "") != types.end();
    Statement& row = work_->writer.statement(any ? any_type : these_types);
    const std::string wanted = Json(types).dump();  // SQLite reads it where it lies.
    row.bind_all(wanted, after, since, head.key, limit);
    std::vector<EarlyEvent> found;
    while (row.step()) found.push_back({row.integer(0), row.text(1)});
    row.reset();
    return found;
  });
}

void UnitOfWork::clear_early_events(Instant before) {
  work_->stage([&] { work_->run("DELETE FROM early_events WHERE received_at < ?", before); });
}

Result<std::string> UnitOfWork::find_partial_matches(std::string_view definition_name,
                                                     std::string_view correlation) {
  return work_->ask([&]() -> std::string {
    Statement& row = work_->writer.statement(
        "SELECT matches FROM partial_matches WHERE definition = ? AND correlation = ?");
    std::string found = row.bind_all(definition_name, correlation).step() ? row.text(0) : "[]";
    row.reset();
    return found;
  });
}

Result<std::int64_t> UnitOfWork::count_partial_matches(std::string_view definition_name) {
  return work_->ask([&] {
    Statement& row = work_->writer.statement(
        "SELECT count(*) FROM partial_matches WHERE definition = ?");
    row.bind_all(definition_name).step();
    const std::int64_t count = row.integer(0);
    row.reset();
    return count;
  });
}

void UnitOfWork::stage_partial_matches(std::string_view definition_name,
                                       std::string_view correlation, std::string_view matches_json,
                                       Instant at) {
  work_->stage([&] {
    work_->run(
        "INSERT OR REPLACE INTO partial_matches (definition, correlation, matches, updated_at) "
        "VALUES (?, ?, ?, ?)",
        definition_name, correlation, matches_json, at);
  });
}

void UnitOfWork::clear_partial_matches(std::string_view definition_name,
                                       std::string_view correlation) {
  work_->stage([&] {
    work_->run("DELETE FROM partial_matches WHERE definition = ? AND correlation = ?",
               definition_name, correlation);
  });
}

void UnitOfWork::clear_partial_matches(std::string_view definition_name) {
  work_->stage([&] {
    work_->run("DELETE FROM partial_matches WHERE definition = ?", definition_name);
  });
}

}  // namespace kyhan
