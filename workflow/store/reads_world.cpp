// Timers, messages, definitions, people at the door, attachments.

#include <limits>

#include "workflow/store/paging.hpp"
#include "workflow/store/row_readers.hpp"

#define KYHAN_NOTIFICATION_COLUMNS \
  "person, at, kind, title_vi, title_en, body_vi, body_en, task, instance, read_at, source"
#define KYHAN_MAIL_COLUMNS \
  "id, person, state, attempts, routing_key, event, taken_at, settled_at, reply"

namespace kyhan {
namespace {

DefinitionRow read_definition(const Statement& row) {
  DefinitionRow out;
  out.ref = {row.text(0), row.text(1), row.text(2)};
  out.title = {row.text(3), row.text(4)};
  out.document = row.text(5);
  out.published_at = row.instant(6);
  out.published_by = row.id<PersonId>(7);
  out.latest = row.flag(8);
  return out;
}

AccountRow read_account(const Statement& row) {
  return {row.text(0), row.id<PersonId>(1), row.text(2), row.flag(3), row.flag(4), row.instant(5)};
}

TokenRow read_token(const Statement& row) {
  return {row.bytes<32>(0), row.text(1),    row.id<PersonId>(2),
          row.flag(3),      row.instant(4), row.optional_instant(5)};
}

ScheduleRow read_schedule(const Statement& row) {
  return {row.text(0), row.text(1), row.optional_instant(2), row.optional_instant(3)};
}

PreferencesRow read_preferences(const Statement& row) {
  return {row.id<PersonId>(0), row.text(1), row.integer(2), row.instant(3)};
}

/// Of "id, 0, " and KYHAN_NOTIFICATION_COLUMNS.
NotificationRow read_notification(const Statement& row) {
  NotificationRow out;
  out.id = row.integer(0);
  out.person = row.id<PersonId>(2);
  out.at = row.instant(3);
  out.kind = row.text(4);
  out.title = {row.text(5), row.text(6)};
  out.body = {row.text(7), row.text(8)};
  out.task = row.id<TaskId>(9);
  out.instance = row.id<InstanceId>(10);
  out.read_at = row.optional_instant(11);
  out.source = row.text(12);
  return out;
}

MailState mail_state_of(std::string_view name) {
  for (const MailState state :
       {MailState::waiting, MailState::sent, MailState::skipped, MailState::dead}) {
    if (to_text(state) == name) return state;
  }
  throw std::runtime_error("unknown name in the database: " + std::string{name});
}

MailRow read_mail(const Statement& row) {
  return {row.text(0),
          row.id<PersonId>(1),
          mail_state_of(row.view(2)),
          static_cast<int>(row.integer(3)),
          row.text(4),
          row.text(5),
          row.instant(6),
          row.optional_instant(7),
          row.text(8)};
}

/// All rows of a statement that is bound already.
template <class Read>
auto all_of(Statement& statement, const Read& read) {
  std::vector<decltype(read(statement))> out;
  while (statement.step()) out.push_back(read(statement));
  return out;
}

template <class Read>
auto one_of(Statement& statement, const Read& read) {
  std::optional<decltype(read(statement))> out;
  if (statement.step()) out = read(statement);
  return out;
}

}  // namespace

Result<std::vector<DueTimer>> Reads::due_timers(Instant now, int limit) {
  return guarded([&] {
    Statement row = connection_->prepare(
        "SELECT n.id, t.timer, t.due_at FROM timers t CROSS JOIN instances n ON n.key = t.instance "
        "WHERE t.due_at <= ?1 ORDER BY t.due_at, t.instance, t.timer LIMIT ?2");
    row.bind_all(now, limit);
    return all_of(row, [](const Statement& timer) {
      return DueTimer{timer.id<InstanceId>(0), timer.text(1), timer.instant(2)};
    });
  });
}

Result<std::optional<Instant>> Reads::next_due() {
  return guarded([&] {
    Statement row = connection_->prepare("SELECT min(due_at) FROM timers");
    row.step();
    return row.optional_instant(0);
  });
}

Result<std::vector<Subscription>> Reads::subscriptions(std::string_view type) {
  return guarded([&] {
    Statement row = connection_->prepare(
        "SELECT n.id, s.instance, s.node FROM subscriptions s CROSS JOIN instances n "
        "ON n.key = s.instance WHERE s.type IN (?1, '') GROUP BY s.instance, s.node "
        "ORDER BY s.instance, s.node");
    row.bind_all(type);
    return all_of(row, [](const Statement& found) {
      return Subscription{found.id<InstanceId>(0), found.integer(2)};
    });
  });
}

Result<std::vector<OutboxRow>> Reads::outbox_after(std::int64_t seq, int limit) {
  return guarded([&] {
    Statement row = connection_->prepare(
        "SELECT seq, id, routing_key, body, created_at FROM outbox WHERE seq > ?1 ORDER BY seq "
        "LIMIT ?2");
    row.bind_all(seq, limit);
    return all_of(row, [](const Statement& message) {
      return OutboxRow{message.integer(0), message.text(1), message.text(2), message.text(3),
                       message.instant(4)};
    });
  });
}

Result<std::int64_t> Reads::outbox_size() {
  return guarded([&] {
    Statement row = connection_->prepare("SELECT count(*) FROM outbox");
    row.step();
    return row.integer(0);
  });
}

Result<std::optional<NotificationRow>> Reads::find_notification(std::int64_t id) {
  return guarded([&] {
    Statement row = connection_->prepare("SELECT id, 0, " KYHAN_NOTIFICATION_COLUMNS
                                         " FROM notifications WHERE id = ?1");
    row.bind_all(id);
    return one_of(row, read_notification);
  });
}

Result<std::optional<NotificationRow>> Reads::find_notification(const PersonId& person,
                                                                std::string_view source) {
  return guarded([&] {
    Statement row = connection_->prepare(
        "SELECT id, 0, " KYHAN_NOTIFICATION_COLUMNS
        " FROM notifications WHERE person = ?1 AND source = ?2 ORDER BY id DESC LIMIT 1");
    row.bind_all(person, source);
    return one_of(row, read_notification);
  });
}

Result<std::vector<MailRow>> Reads::waiting_mails(int limit) {
  return guarded([&] {
    Statement row = connection_->prepare(
        "SELECT " KYHAN_MAIL_COLUMNS
        " FROM mails WHERE state = 'waiting' ORDER BY attempts, taken_at, rowid LIMIT ?1");
    row.bind_all(limit);
    return all_of(row, read_mail);
  });
}

Result<std::int64_t> Reads::count_waiting_mails() {
  return guarded([&] {
    Statement row = connection_->prepare("SELECT count(*) FROM mails WHERE state = 'waiting'");
    row.step();
    return row.integer(0);
  });
}

Result<std::map<std::string, MailRow>> Reads::mails_of(const InstanceId& id) {
  return guarded([&] {
    const std::string from = id.text() + ".";
    const std::string to = id.text() + "/";
    Statement row = connection_->prepare("SELECT " KYHAN_MAIL_COLUMNS
                                         " FROM mails WHERE id >= ?1 AND id < ?2");
    row.bind_all(from, to);
    std::map<std::string, MailRow> mails;
    while (row.step()) {
      MailRow mail = read_mail(row);
      std::string key = mail.id;
      mails.emplace(std::move(key), std::move(mail));
    }
    return mails;
  });
}

Result<std::optional<Instant>> Reads::next_release() {
  return guarded([&] {
    Statement row = connection_->prepare(
        "SELECT min(release_at) FROM notifications WHERE release_at IS NOT NULL");
    row.step();
    return row.optional_instant(0);
  });
}

Result<std::vector<PersonId>> Reads::due_releases(Instant now, int limit) {
  return guarded([&] {
    Statement row = connection_->prepare(
        "SELECT DISTINCT person FROM notifications WHERE release_at <= ?1 LIMIT ?2");
    row.bind_all(now, limit);
    return all_of(row, [](const Statement& found) { return found.id<PersonId>(0); });
  });
}

Result<std::map<std::string, Instant>> Reads::confirmed_reminders(const InstanceId& id) {
  return guarded([&] {
    // Ids of tasks are the instance's, a dot and a number; '/' is the character after '.'.
    const std::string from = id.text() + ".";
    const std::string to = id.text() + "/";
    Statement row = connection_->prepare(
        "SELECT id, confirmed_at FROM confirmed_reminders WHERE id >= ?1 AND id < ?2");
    row.bind_all(from, to);
    std::map<std::string, Instant> confirmed;
    while (row.step()) confirmed.emplace(row.text(0), row.instant(1));
    return confirmed;
  });
}

Result<Page<NotificationRow>> Reads::notifications(const PersonId& person, bool unread_only,
                                                   const PageRequest& page) {
  const Result<std::optional<Position>> after = from_cursor(page.after);
  if (!after) return after.error();
  return guarded([&] {
    const std::string sql =
        "SELECT id, 0, " KYHAN_NOTIFICATION_COLUMNS
        " FROM notifications WHERE person = ?1 AND id < ?2" +
        std::string{unread_only ? " AND read_at IS NULL" : ""} + " ORDER BY id DESC";
    std::vector<Statement> queries;
    queries.push_back(connection_->prepare(sql));
    const std::int64_t before = *after ? (**after).first : std::numeric_limits<std::int64_t>::max();
    queries.back().bind_all(person, before);
    return merge_page<NotificationRow>(std::move(queries), Order::descending, limit_of(page),
                                       read_notification);
  });
}

Result<std::int64_t> Reads::count_unread(const PersonId& person) {
  return guarded([&] {
    Statement row = connection_->prepare(
        "SELECT count(*) FROM (SELECT 1 FROM notifications WHERE person = ?1 AND read_at IS NULL "
        "LIMIT ?2)");
    row.bind_all(person, counted_max);
    row.step();
    return row.integer(0);
  });
}

#define KYHAN_DEFINITION_COLUMNS \
  "namespace, name, version, title_vi, title_en, document, published_at, published_by, latest"

Result<std::vector<DefinitionRow>> Reads::definitions() {
  return guarded([&] {
    Statement row = connection_->prepare("SELECT " KYHAN_DEFINITION_COLUMNS
                                         " FROM definitions ORDER BY name, published_at, version");
    return all_of(row, read_definition);
  });
}

Result<std::optional<DefinitionRow>> Reads::find_definition(const DefinitionRef& ref) {
  return guarded([&] {
    Statement row = connection_->prepare("SELECT " KYHAN_DEFINITION_COLUMNS
                                         " FROM definitions WHERE name = ?1 AND version = ?2 "
                                         "AND namespace = ?3");
    row.bind_all(ref.name, ref.version, ref.namespace_);
    return one_of(row, read_definition);
  });
}

Result<std::vector<ResourceRow>> Reads::definition_resources(const DefinitionRef& ref) {
  return guarded([&] {
    Statement row = connection_->prepare(
        "SELECT uri, document, sha256 FROM definition_resources WHERE definition = ? AND version = ? "
        "ORDER BY uri");
    row.bind_all(ref.name, ref.version);
    return all_of(row, [](const Statement& found) {
      return ResourceRow{found.text(0), found.text(1), found.text(2)};
    });
  });
}

Result<std::optional<std::string>> Reads::find_organisation() {
  return guarded([&] {
    Statement row = connection_->prepare("SELECT document FROM organisation");
    return one_of(row, [](const Statement& found) { return found.text(0); });
  });
}

Result<std::vector<std::string>> Reads::calendars() {
  return guarded([&] {
    Statement row = connection_->prepare("SELECT document FROM calendars ORDER BY id");
    return all_of(row, [](const Statement& found) { return found.text(0); });
  });
}

Result<std::vector<ScheduleRow>> Reads::schedules() {
  return guarded([&] {
    Statement row = connection_->prepare(
        "SELECT definition, unit_kind, next_at, last_at FROM schedules ORDER BY definition");
    return all_of(row, read_schedule);
  });
}

Result<std::vector<ScheduleRow>> Reads::due_schedules(Instant now, int limit) {
  return guarded([&] {
    Statement row = connection_->prepare(
        "SELECT definition, unit_kind, next_at, last_at FROM schedules WHERE next_at <= ?1 "
        "ORDER BY next_at, definition LIMIT ?2");
    row.bind_all(now, limit);
    return all_of(row, read_schedule);
  });
}

Result<std::vector<PlannedStart>> Reads::due_starts(Instant now, int limit) {
  return guarded([&] {
    Statement row = connection_->prepare(
        "SELECT definition, unit, scheduled_at, start_at FROM planned_starts WHERE start_at <= ?1 "
        "ORDER BY start_at, definition, unit LIMIT ?2");
    row.bind_all(now, limit);
    return all_of(row, [](const Statement& start) {
      return PlannedStart{start.text(0), start.id<UnitId>(1), start.instant(2), start.instant(3)};
    });
  });
}

Result<std::optional<Instant>> Reads::next_start() {
  return guarded([&] {
    Statement row = connection_->prepare(
        "SELECT min(at) FROM (SELECT min(next_at) AS at FROM schedules UNION ALL "
        "SELECT min(start_at) FROM planned_starts)");
    row.step();
    return row.optional_instant(0);
  });
}

Result<std::vector<PreferencesRow>> Reads::preferences() {
  return guarded([&] {
    Statement row = connection_->prepare(
        "SELECT person, document, version, changed_at FROM preferences ORDER BY person");
    return all_of(row, read_preferences);
  });
}

Result<std::optional<PreferencesRow>> Reads::find_preferences(const PersonId& person) {
  return guarded([&] {
    Statement row = connection_->prepare(
        "SELECT person, document, version, changed_at FROM preferences WHERE person = ?1");
    row.bind_all(person);
    return one_of(row, read_preferences);
  });
}

Result<std::optional<std::string>> Reads::find_setting(std::string_view key) {
  return guarded([&] {
    Statement row = connection_->prepare("SELECT value FROM settings WHERE key = ?");
    row.bind_all(key);
    return one_of(row, [](const Statement& found) { return found.text(0); });
  });
}

#define KYHAN_ACCOUNT_COLUMNS "account, person, password_hash, disabled, must_change, changed_at"

Result<std::optional<AccountRow>> Reads::find_account(std::string_view account) {
  return guarded([&] {
    Statement row =
        connection_->prepare("SELECT " KYHAN_ACCOUNT_COLUMNS " FROM accounts WHERE account = ?");
    row.bind_all(account);
    return one_of(row, read_account);
  });
}

Result<std::vector<AccountRow>> Reads::accounts() {
  return guarded([&] {
    Statement row =
        connection_->prepare("SELECT " KYHAN_ACCOUNT_COLUMNS " FROM accounts ORDER BY account");
    return all_of(row, read_account);
  });
}

Result<std::optional<SessionRow>> Reads::find_session(const Sha256& token_hash, Instant now) {
  return guarded([&] {
    Statement row = connection_->prepare(
        "SELECT token_hash, person, account, created_at, expires_at, last_seen_at FROM sessions "
        "WHERE token_hash = ?1 AND expires_at > ?2");
    row.bind_all(token_hash, now);
    return one_of(row, [](const Statement& found) {
      return SessionRow{found.bytes<32>(0), found.id<PersonId>(1), found.text(2),
                        found.instant(3),   found.instant(4),      found.instant(5)};
    });
  });
}

#define KYHAN_TOKEN_COLUMNS "token_hash, name, person, system, created_at, expires_at"

Result<std::optional<TokenRow>> Reads::find_token(const Sha256& token_hash, Instant now) {
  return guarded([&] {
    Statement row = connection_->prepare(
        "SELECT " KYHAN_TOKEN_COLUMNS
        " FROM tokens WHERE token_hash = ?1 AND (expires_at IS NULL OR expires_at > ?2)");
    row.bind_all(token_hash, now);
    return one_of(row, read_token);
  });
}

Result<std::vector<TokenRow>> Reads::tokens() {
  return guarded([&] {
    Statement row =
        connection_->prepare("SELECT " KYHAN_TOKEN_COLUMNS " FROM tokens ORDER BY name");
    return all_of(row, read_token);
  });
}

Result<std::optional<IdempotencyRow>> Reads::find_idempotency(std::string_view user,
                                                              std::string_view key) {
  return guarded([&] { return find_idempotency_row(*connection_, user, key); });
}

Result<std::optional<AttachmentRow>> Reads::find_attachment(std::string_view id) {
  return guarded([&] {
    Statement row =
        connection_->prepare("SELECT " KYHAN_ATTACHMENT_COLUMNS " FROM attachments WHERE id = ?");
    row.bind_all(id);
    return one_of(row, read_attachment);
  });
}

Result<std::vector<AttachmentRow>> Reads::attachments_of(const InstanceId& id) {
  return guarded([&] {
    Statement row = connection_->prepare("SELECT " KYHAN_ATTACHMENT_COLUMNS
                                         " FROM attachments WHERE instance = ? "
                                         "ORDER BY uploaded_at, id");
    row.bind_all(id);
    return all_of(row, read_attachment);
  });
}

Result<std::int64_t> Reads::count_unused_attachments(const PersonId& by) {
  return guarded([&] {
    Statement row = connection_->prepare(
        "SELECT count(*) FROM attachments WHERE used = 0 AND uploaded_by = ?");
    row.bind_all(by);
    row.step();
    return row.integer(0);
  });
}

Result<bool> Reads::attachment_bytes_named(std::string_view sha256) {
  return guarded([&] {
    Statement row = connection_->prepare("SELECT 1 FROM attachments WHERE sha256 = ? LIMIT 1");
    row.bind_all(sha256);
    return row.step();
  });
}

}  // namespace kyhan
