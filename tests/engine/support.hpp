#pragma once
/// A whole engine on a real database in a temporary home, on a virtual clock.

#include <catch2/catch.hpp>
#include <memory>
#include <string>

#include "workflow/core/codec.hpp"
#include "workflow/core/documents.hpp"
#include "workflow/core/time_text.hpp"
#include "workflow/engine/engine.hpp"
#include "workflow/store/store.hpp"
#include "workflow/store/unit_of_work.hpp"
#include "workflow/store/verify.hpp"

#include "tests/store/support.hpp"

namespace kyhan::test {

/// Two departments below a province: an, ba (specialists) and binh (head) in so-a; dung
/// (specialist) and em (head) in so-b.
inline const char* small_organisation = R"({
  "units": [{"id": "tinh", "name": "Tỉnh", "kind": "province"},
            {"id": "so-a", "name": "Sở A", "kind": "department", "parent": "tinh"},
            {"id": "so-b", "name": "Sở B", "kind": "department", "parent": "tinh"}],
  "people": [
    {"id": "an", "name": "An", "memberships": [{"unit": "so-a", "roles": ["specialist"]}]},
    {"id": "ba", "name": "Ba", "memberships": [{"unit": "so-a", "roles": ["specialist"]}]},
    {"id": "binh", "name": "Bình", "memberships": [{"unit": "so-a", "roles": ["head"]}]},
    {"id": "dung", "name": "Dũng", "memberships": [{"unit": "so-b", "roles": ["specialist"]}]},
    {"id": "em", "name": "Em", "memberships": [{"unit": "so-b", "roles": ["head"]}]}]
})";

/// A Monday morning in Vietnam.
inline Instant monday() {
  return parse_rfc3339("2026-03-02T08:00:00+07:00").value();
}

/// A definition in YAML: head and metadata around `steps` (from `do:` on).
inline std::string definition(
    const std::string& name, const std::string& steps,
    const std::string& metadata = "{start: {by: [{role: specialist, unit: own}]}}",
    const std::string& version = "1.0.0") {
  return "document:\n  dsl: '1.0.3'\n  namespace: test\n  name: " + name + "\n  version: '" +
         version + "'\n  metadata: " + metadata + "\n" + steps;
}

/// A specialist drafts, the head of the unit approves within five days.
inline const char* approval_steps = R"(
do:
  - draft:
      call: humanTask:1.0.0@default
      with:
        title: {vi: Soạn thảo, en: Draft}
        assignment: {mode: claim, candidates: [{role: specialist, unit: own}]}
  - approve:
      call: humanTask:1.0.0@default
      with:
        title: {vi: Duyệt, en: Approve}
        assignment: {mode: claim, candidates: [{role: head, unit: own}]}
        outcomes: [{id: approve}, {id: reject, requires: [comment]}]
        due: {in: P5D}
        reminders: [{offset: {in: -P2D}, to: [assignee]}]
  - tell:
      emit: {event: {with: {source: 'https://example.vn/a', type: vn.example.case.decided, data: "${ {outcome: .outcome} }"}}}
)";

struct House {
  Folder folder;
  std::shared_ptr<VirtualClock> clock = std::make_shared<VirtualClock>(monday());
  EngineLimits limits;
  std::string vfs;
  std::shared_ptr<Clock> real_clock;  ///< Instead of the virtual one.
  std::shared_ptr<Calls> calls;       ///< Makes the calls; null: they wait.
  std::shared_ptr<const Secrets> secrets;
  std::unique_ptr<Store> store;
  std::unique_ptr<Engine> engine;

  House() { limits.audit_pause = Milliseconds{0}; }
  ~House() { close(); }

  House& open() {
    store = open_store(folder.path(), vfs);
    EngineConfig config{clock, limits, true};
    if (real_clock) config.clock = real_clock;
    config.calls = calls;
    config.secrets = [this] { return secrets; };
    Result<std::unique_ptr<Engine>> opened = Engine::open(*store, config);
    REQUIRE(opened);
    engine = std::move(*opened);
    return *this;
  }
  /// Opened, with the organisation.
  House& settle() {
    open();
    REQUIRE(engine->import_organisation(Json::parse(small_organisation), PersonId{}));
    return *this;
  }
  void close() {
    engine.reset();
    store.reset();
  }
  void reopen() {
    close();
    open();
  }

  void publish(const std::string& document) {
    const Result<PublishedReport> report =
        engine->publish_definition(document, PersonId{"admin"}, false);
    REQUIRE(report);
    for (const Fault& fault : report->faults)
      UNSCOPED_INFO(fault.pointer + ": " + fault.message.en);
    REQUIRE(report->published);
  }
  Result<Receipt> try_start(const std::string& name, const std::string& unit = "so-a",
                            const std::string& by = "an", Json input = Json::object(),
                            std::string key = {}) {
    StartRequest request;
    request.definition = name;
    request.unit = UnitId{unit};
    request.by = PersonId{by};
    request.input = std::move(input);
    request.business_key = std::move(key);
    return engine->start(std::move(request));
  }
  Receipt start(const std::string& name, const std::string& unit = "so-a",
                const std::string& by = "an") {
    const Result<Receipt> started = try_start(name, unit, by);
    REQUIRE(started);
    return *started;
  }
  Result<Receipt> complete(const Receipt& of, const std::string& by, std::string outcome = {},
                           SubmitOptions options = {}) {
    CompleteTask command;
    command.task = of.open_tasks.at(0).id;
    command.by = PersonId{by};
    command.outcome = outcome.empty() ? "done" : std::move(outcome);
    options.actor = command.by;
    return engine->submit(of.instance, command, options);
  }
  Instant advance(const std::string& to) {
    const Result<ClockReport> report = engine->advance_clock(parse_rfc3339(to).value());
    REQUIRE(report);
    return report->now;
  }
  /// What the journal of an instance says, oldest first: types.
  std::vector<std::string> history(const InstanceId& id) {
    std::vector<std::string> types;
    std::string after;
    for (;;) {
      const auto page = store->reads()->history(id, {200, after});
      REQUIRE(page);
      for (const HistoryRow& row : page->items) types.push_back(row.entry.type);
      if (!page->has_more) return types;
      after = page->end_cursor;
    }
  }
  std::vector<std::string> outbox_keys() {
    std::vector<std::string> keys;
    const auto rows = store->reads()->outbox_after(0, 10'000);
    REQUIRE(rows);
    for (const OutboxRow& row : *rows) keys.push_back(row.routing_key);
    return keys;
  }
  /// The audit's findings as one text; empty: content.
  std::string findings() {
    const Result<VerifyReport> report = verify(*store);
    REQUIRE(report);
    std::string text;
    for (const Finding& one : report->findings) {
      text += one.code + " " + one.instance.text() + ": " + one.text.en + "\n";
    }
    return text;
  }
  std::int64_t instances_total() {
    InstanceQuery query;
    query.visibility.everything = true;
    query.page.limit = 200;
    std::int64_t count = 0;
    for (;;) {
      const auto page = store->reads()->instances(query);
      REQUIRE(page);
      count += static_cast<std::int64_t>(page->items.size());
      if (!page->has_more) return count;
      query.page.after = page->end_cursor;
    }
  }
};

}  // namespace kyhan::test
