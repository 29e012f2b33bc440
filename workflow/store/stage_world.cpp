// Messages, definitions, people at the door, attachments: what is written beside instances.

#include "workflow/store/lists.hpp"
#include "workflow/store/no_due.hpp"
#include "workflow/store/row_readers.hpp"
#include "workflow/store/work.hpp"

namespace kyhan {

void UnitOfWork::stage_outbox(const OutboxRow& row) {
  work_->stage([&] {
    work_->run("INSERT INTO outbox (id, routing_key, body, created_at) VALUES (?, ?, ?, ?)", row.id,
               row.routing_key, row.body_json, row.created_at);
  });
}

void UnitOfWork::stage_sent_up_to(std::int64_t seq, Instant at) {
  work_->stage([&] {
    // '/' is the character after '.'.
    work_->run(
        "INSERT OR IGNORE INTO confirmed_reminders (id, confirmed_at) SELECT id, ?2 FROM outbox "
        "WHERE seq <= ?1 AND routing_key >= 'reminder.' AND routing_key < 'reminder/'",
        seq, at);
    work_->run("DELETE FROM outbox WHERE seq <= ?", seq);
  });
}

std::int64_t UnitOfWork::stage_notification(const NotificationRow& row) {
  std::int64_t id = 0;
  work_->stage([&] {
    work_->run(
        "INSERT INTO notifications (person, at, kind, title_vi, title_en, body_vi, body_en, task, "
        "instance, read_at, source, release_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        row.person, row.at, row.kind, row.title.vi, row.title.en, row.body.vi, row.body.en,
        row.task, row.instance, row.read_at, row.source, row.release_at);
    id = work_->writer.database->last_row();
  });
  return id;
}

void UnitOfWork::stage_mail(const MailRow& row) {
  work_->stage([&] {
    work_->run(
        "INSERT OR IGNORE INTO mails (id, person, state, attempts, routing_key, event, taken_at, "
        "settled_at, reply) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        row.id, row.person, to_text(row.state), row.attempts, row.routing_key, row.event,
        row.taken_at, row.settled_at, row.reply);
  });
}

void UnitOfWork::stage_mail_settled(const MailRow& row) {
  work_->stage([&] {
    const std::string_view kept = row.state == MailState::waiting ? row.event : std::string_view{};
    work_->run(
        "UPDATE mails SET state = ?2, attempts = ?3, event = ?4, settled_at = ?5, reply = ?6 "
        "WHERE id = ?1",
        row.id, to_text(row.state), row.attempts, kept, row.settled_at, row.reply);
  });
}

void UnitOfWork::clear_mails_settled_before(Instant before) {
  work_->stage([&] { work_->run("DELETE FROM mails WHERE settled_at < ?", before); });
}

Result<std::vector<HeldNotice>> UnitOfWork::find_held(const PersonId& person, Instant now) {
  return work_->ask([&] {
    Statement& row = work_->writer.statement(
        "SELECT n.id, n.at, n.kind, n.task, n.instance, n.source, t.open, t.holder, t.candidates, "
        "t.due_at, t.overdue FROM notifications n LEFT JOIN tasks t ON t.id = n.task "
        "WHERE n.person = ?1 AND n.release_at <= ?2 ORDER BY n.release_at, n.id LIMIT ?3");
    row.bind_all(person, now, held_max);
    std::vector<HeldNotice> held;
    while (row.step()) {
      HeldNotice one;
      one.id = row.integer(0);
      one.at = row.instant(1);
      one.kind = row.text(2);
      one.task = row.id<TaskId>(3);
      one.instance = row.id<InstanceId>(4);
      one.source = row.text(5);
      if (!row.is_null(6)) {
        one.open = row.flag(6);
        one.holder = row.id<PersonId>(7);
        one.candidates = split_list<std::string>(row.view(8));
        one.due_at = due_from_column(row.integer(9));
        one.overdue = row.flag(10);
      }
      held.push_back(std::move(one));
    }
    row.reset();
    return held;
  });
}

void UnitOfWork::stage_released(std::span<const std::int64_t> ids, std::string_view digest) {
  work_->stage([&] {
    for (const std::int64_t id : ids) {
      work_->run("UPDATE notifications SET release_at = NULL, digest = ?2 WHERE id = ?1", id,
                 digest);
    }
  });
}

void UnitOfWork::stage_held_until(const PersonId& person, Instant at) {
  work_->stage([&] {
    work_->run(
        "UPDATE notifications SET release_at = ?2 WHERE person = ?1 AND release_at IS NOT NULL",
        person, at);
  });
}

void UnitOfWork::stage_preferences(const PreferencesRow& row) {
  work_->stage([&] {
    work_->run(
        "INSERT OR REPLACE INTO preferences (person, document, version, changed_at) "
        "VALUES (?, ?, ?, ?)",
        row.person, row.document, row.version, row.changed_at);
  });
}

Result<std::optional<PreferencesRow>> UnitOfWork::find_preferences(const PersonId& person) {
  return work_->ask([&]() -> std::optional<PreferencesRow> {
    Statement& row = work_->writer.statement(
        "SELECT person, document, version, changed_at FROM preferences WHERE person = ?");
    row.bind_all(person);
    std::optional<PreferencesRow> found;
    if (row.step()) {
      found = PreferencesRow{row.id<PersonId>(0), row.text(1), row.integer(2), row.instant(3)};
    }
    row.reset();
    return found;
  });
}

void UnitOfWork::stage_notifications_read(const PersonId& person, std::span<const std::int64_t> ids,
                                          Instant at) {
  work_->stage([&] {
    for (const std::int64_t id : ids) {
      work_->run(
          "UPDATE notifications SET read_at = ?3 WHERE id = ?1 AND person = ?2 "
          "AND read_at IS NULL",
          id, person, at);
    }
  });
}

void UnitOfWork::stage_all_notifications_read(const PersonId& person, Instant at) {
  work_->stage([&] {
    work_->run("UPDATE notifications SET read_at = ?2 WHERE person = ?1 AND read_at IS NULL",
               person, at);
  });
}

Result<bool> UnitOfWork::stage_received_event(std::string_view source, std::string_view id,
                                              Instant at) {
  return work_->ask([&] {
    work_->run("INSERT OR IGNORE INTO received_events (source, id, received_at) VALUES (?, ?, ?)",
               source, id, at);
    return work_->writer.database->changes() == 1;
  });
}

void UnitOfWork::stage_definition(const DefinitionRow& row) {
  work_->stage([&] {
    if (row.latest) {
      work_->run("UPDATE definitions SET latest = 0 WHERE name = ? AND latest = 1", row.ref.name);
    }
    work_->run(
        "INSERT INTO definitions (namespace, name, version, title_vi, title_en, document, "
        "published_at, published_by, latest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        row.ref.namespace_, row.ref.name, row.ref.version, row.title.vi, row.title.en, row.document,
        row.published_at, row.published_by, row.latest);
  });
}

void UnitOfWork::stage_definition_resource(const DefinitionRef& ref, const ResourceRow& row) {
  work_->stage([&] {
    work_->run(
        "INSERT INTO definition_resources (definition, version, uri, document, sha256) "
        "VALUES (?, ?, ?, ?, ?)",
        ref.name, ref.version, row.uri, row.document, row.sha256);
  });
}

void UnitOfWork::stage_organisation(std::string_view document_json, Instant at) {
  work_->stage([&] {
    work_->run("INSERT OR REPLACE INTO organisation (one, document, imported_at) VALUES (1, ?, ?)",
               document_json, at);
  });
}

void UnitOfWork::stage_calendar(std::string_view id, std::string_view document_json) {
  work_->stage([&] {
    work_->run("INSERT OR REPLACE INTO calendars (id, document) VALUES (?, ?)", id, document_json);
  });
}

void UnitOfWork::stage_schedule(const ScheduleRow& row) {
  work_->stage([&] {
    work_->run(
        "INSERT OR REPLACE INTO schedules (definition, unit_kind, next_at, last_at) "
        "VALUES (?, ?, ?, ?)",
        row.definition, row.unit_kind, row.next_at, row.last_at);
  });
}

void UnitOfWork::clear_schedule(std::string_view definition_name) {
  work_->stage([&] { work_->run("DELETE FROM schedules WHERE definition = ?", definition_name); });
}

void UnitOfWork::stage_planned_start(const PlannedStart& start) {
  work_->stage([&] {
    work_->run(
        "INSERT OR IGNORE INTO planned_starts (definition, unit, scheduled_at, start_at) "
        "VALUES (?, ?, ?, ?)",
        start.definition, start.unit, start.scheduled_at, start.start_at);
  });
}

void UnitOfWork::clear_planned_start(const PlannedStart& start) {
  work_->stage([&] {
    work_->run("DELETE FROM planned_starts WHERE definition = ? AND unit = ? AND scheduled_at = ?",
               start.definition, start.unit, start.scheduled_at);
  });
}

void UnitOfWork::clear_planned_starts_after(std::string_view definition_name, Instant now) {
  work_->stage([&] {
    work_->run("DELETE FROM planned_starts WHERE definition = ? AND scheduled_at > ?",
               definition_name, now);
  });
}

Result<bool> UnitOfWork::start_is_planned(std::string_view definition_name, const UnitId& unit) {
  return work_->ask([&] {
    Statement& row = work_->writer.statement(
        "SELECT 1 FROM planned_starts WHERE definition = ? AND unit = ? LIMIT 1");
    const bool found = row.bind_all(definition_name, unit).step();
    row.reset();
    return found;
  });
}

Result<bool> UnitOfWork::scheduled_instance_is_open(std::string_view definition_name,
                                                    std::string_view key_prefix) {
  return work_->ask([&] {
    // '0' is the character after '/', with which the prefix ends.
    std::string end{key_prefix};
    end.back() = '0';
    Statement& row = work_->writer.statement(
        "SELECT 1 FROM instances WHERE definition = ?1 AND business_key >= ?2 AND "
        "business_key < ?3 AND ended_at IS NULL LIMIT 1");
    const bool found = row.bind_all(definition_name, key_prefix, std::string_view{end}).step();
    row.reset();
    return found;
  });
}

void UnitOfWork::stage_setting(std::string_view key, std::string_view value) {
  work_->stage([&] {
    work_->run("INSERT OR REPLACE INTO settings (key, value) VALUES (?, ?)", key, value);
  });
}

void UnitOfWork::stage_account(const AccountRow& row) {
  work_->stage([&] {
    work_->run(
        "INSERT OR REPLACE INTO accounts (account, person, password_hash, disabled, must_change, "
        "changed_at) VALUES (?, ?, ?, ?, ?, ?)",
        row.account, row.person, row.password_hash, row.disabled, row.must_change, row.changed_at);
  });
}

void UnitOfWork::stage_session(const SessionRow& row) {
  work_->stage([&] {
    work_->run(
        "INSERT OR REPLACE INTO sessions (token_hash, person, account, created_at, expires_at, "
        "last_seen_at) VALUES (?, ?, ?, ?, ?, ?)",
        row.token_hash, row.person, row.account, row.created_at, row.expires_at, row.last_seen_at);
  });
}

void UnitOfWork::clear_session(const Sha256& token_hash) {
  work_->stage([&] { work_->run("DELETE FROM sessions WHERE token_hash = ?", token_hash); });
}

void UnitOfWork::clear_sessions_of(std::string_view account) {
  work_->stage([&] { work_->run("DELETE FROM sessions WHERE account = ?", account); });
}

void UnitOfWork::clear_expired(Instant now) {
  constexpr std::chrono::hours idempotency_kept{24};
  work_->stage([&] {
    work_->run("DELETE FROM sessions WHERE expires_at <= ?", now);
    work_->run("DELETE FROM tokens WHERE expires_at <= ?", now);
    work_->run("DELETE FROM idempotency WHERE created_at <= ?", now - idempotency_kept);
  });
}

void UnitOfWork::stage_token(const TokenRow& row) {
  work_->stage([&] {
    work_->run(
        "INSERT INTO tokens (token_hash, name, person, system, created_at, expires_at) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        row.token_hash, row.name, row.person, row.system, row.created_at, row.expires_at);
  });
}

void UnitOfWork::clear_token(std::string_view name) {
  work_->stage([&] { work_->run("DELETE FROM tokens WHERE name = ?", name); });
}

void UnitOfWork::stage_idempotency(const IdempotencyRow& row) {
  work_->stage([&] {
    work_->run(
        "INSERT OR REPLACE INTO idempotency (user, key, route, body_hash, status, response, etag, "
        "created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        row.user, row.key, row.route, row.body_hash, row.status, row.response, row.etag,
        row.created_at);
  });
}

Result<std::optional<IdempotencyRow>> UnitOfWork::find_idempotency(std::string_view user,
                                                                   std::string_view key) {
  return work_->ask([&]() -> std::optional<IdempotencyRow> {
    return find_idempotency_row(*work_->writer.database, user, key);
  });
}

void UnitOfWork::stage_attachment(const AttachmentRow& row) {
  work_->stage([&] {
    work_->run(
        "INSERT INTO attachments (id, instance, task, type, name, media_type, size, sha256, "
        "uploaded_by, uploaded_at, used) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        row.file.id, row.instance, row.task, row.file.type, row.file.name, row.file.media_type,
        row.file.size, row.file.sha256, row.uploaded_by, row.uploaded_at, row.used);
  });
}

void UnitOfWork::stage_attachment_used(std::string_view id, const InstanceId& instance,
                                       const TaskId& task) {
  work_->stage([&] {
    work_->run("UPDATE attachments SET used = 1, instance = ?2, task = ?3 WHERE id = ?1", id,
               instance, task);
  });
}

void UnitOfWork::clear_unused_attachments(Instant before) {
  work_->stage([&] {
    work_->run(
        "DELETE FROM attachments WHERE used = 0 AND uploaded_at < ? AND NOT EXISTS (SELECT 1 FROM "
        "drafts d WHERE d.task = attachments.task AND "
        "instr(d.attachments, char(10) || attachments.id || char(10)) > 0)",
        before);
  });
}

}  // namespace kyhan
