-- The tables of kyhan. Times are milliseconds since 1970 UTC; JSON is text; '' means none where a
-- column may not be null. Migrations are numbered and only go forward; a released one never changes.

-- One run of a definition, as lists need it. `key` rises with every start: newest first is by key.
CREATE TABLE instances (
  key          INTEGER PRIMARY KEY,
  id           TEXT NOT NULL UNIQUE,
  namespace    TEXT NOT NULL,
  definition   TEXT NOT NULL,
  version      TEXT NOT NULL,
  unit         TEXT NOT NULL,
  business_key TEXT,
  initiator    TEXT NOT NULL,
  status       TEXT NOT NULL,
  started_at   INTEGER NOT NULL,
  ended_at     INTEGER,
  revision     INTEGER NOT NULL,
  runnable     INTEGER NOT NULL,
  overdue      INTEGER NOT NULL,
  outcome      TEXT NOT NULL,
  title_vi     TEXT NOT NULL,
  title_en     TEXT NOT NULL,
  current      TEXT NOT NULL,
  search       TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX instances_business_key ON instances (definition, business_key)
  WHERE business_key IS NOT NULL;
CREATE INDEX instances_of_unit ON instances (unit);
CREATE INDEX instances_open ON instances (unit) WHERE ended_at IS NULL;
CREATE INDEX instances_ended ON instances (unit, ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX instances_runnable ON instances (key) WHERE runnable = 1;

-- The truth about an instance and the end of its journal's chain.
CREATE TABLE states (
  key   INTEGER PRIMARY KEY REFERENCES instances (key),
  seq   INTEGER NOT NULL,
  hash  BLOB NOT NULL,
  state TEXT NOT NULL
) STRICT;

-- What happened. Append only; hash = SHA-256 (previous, then the row: workflow/store/chain.hpp).
CREATE TABLE journal (
  position INTEGER PRIMARY KEY,
  instance INTEGER NOT NULL REFERENCES instances (key),
  seq      INTEGER NOT NULL,
  at       INTEGER NOT NULL,
  type     TEXT NOT NULL,
  actor    TEXT NOT NULL,
  body     TEXT NOT NULL,
  previous BLOB NOT NULL,
  hash     BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX journal_of_instance ON journal (instance, seq);

-- People's work, open and ended. due_at is the largest integer where there is none, so that it
-- sorts last. `inbox` lists the keys under which the task stands in the table inbox.
CREATE TABLE tasks (
  key         INTEGER PRIMARY KEY,
  id          TEXT NOT NULL UNIQUE,
  instance    INTEGER NOT NULL REFERENCES instances (key),
  open        INTEGER NOT NULL,
  node        INTEGER NOT NULL,
  definition  TEXT NOT NULL,
  name        TEXT NOT NULL,
  kind        TEXT NOT NULL,
  step        TEXT NOT NULL,
  title_vi    TEXT NOT NULL,
  title_en    TEXT NOT NULL,
  unit        TEXT NOT NULL,
  state       TEXT NOT NULL,
  holder      TEXT NOT NULL,
  candidates  TEXT NOT NULL,
  excluded    TEXT NOT NULL,
  inbox       TEXT NOT NULL,
  opened_at   INTEGER NOT NULL,
  claimed_at  INTEGER,
  due_at      INTEGER NOT NULL,
  due_date    TEXT NOT NULL,
  provisional INTEGER NOT NULL,
  overdue     INTEGER NOT NULL,
  ended_at    INTEGER,
  outcome     TEXT NOT NULL,
  performer   TEXT NOT NULL,
  version     INTEGER NOT NULL,
  round       INTEGER NOT NULL,
  search      TEXT NOT NULL,
  image       TEXT NOT NULL,
  response    TEXT NOT NULL,
  spec        TEXT NOT NULL
) STRICT;
CREATE INDEX tasks_of_instance ON tasks (instance);
CREATE INDEX tasks_open ON tasks (unit, due_at) WHERE open = 1;
CREATE INDEX tasks_done ON tasks (performer, ended_at) WHERE open = 0 AND performer <> '';

-- Under which keys an open task is found: its candidates while it is offered, then its holder.
CREATE TABLE inbox (
  person_key TEXT NOT NULL,
  due_at     INTEGER NOT NULL,
  task       INTEGER NOT NULL REFERENCES tasks (key),
  excluded   TEXT NOT NULL,
  PRIMARY KEY (person_key, due_at, task)
) STRICT, WITHOUT ROWID;

-- Who may see an instance because they had a part in it.
CREATE TABLE participants (
  person   TEXT NOT NULL,
  instance INTEGER NOT NULL REFERENCES instances (key),
  PRIMARY KEY (person, instance)
) STRICT, WITHOUT ROWID;
CREATE INDEX participants_of_instance ON participants (instance);

CREATE TABLE timers (
  instance INTEGER NOT NULL REFERENCES instances (key),
  timer    TEXT NOT NULL,
  due_at   INTEGER NOT NULL,
  PRIMARY KEY (instance, timer)
) STRICT, WITHOUT ROWID;
CREATE INDEX timers_due ON timers (due_at);

CREATE TABLE subscriptions (
  instance INTEGER NOT NULL REFERENCES instances (key),
  node     INTEGER NOT NULL,
  type     TEXT NOT NULL,
  PRIMARY KEY (instance, node, type)
) STRICT, WITHOUT ROWID;
CREATE INDEX subscriptions_by_type ON subscriptions (type);

-- Messages for the broker; a row is deleted once it is confirmed. The numbers are never used again.
CREATE TABLE outbox (
  seq         INTEGER PRIMARY KEY AUTOINCREMENT,
  id          TEXT NOT NULL,
  routing_key TEXT NOT NULL,
  body        TEXT NOT NULL,
  created_at  INTEGER NOT NULL
) STRICT;

-- Events from outside that were taken in: the same one twice is delivered once.
CREATE TABLE received_events (
  source      TEXT NOT NULL,
  id          TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  PRIMARY KEY (source, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE notifications (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  person   TEXT NOT NULL,
  at       INTEGER NOT NULL,
  kind     TEXT NOT NULL,
  title_vi TEXT NOT NULL,
  title_en TEXT NOT NULL,
  body_vi  TEXT NOT NULL,
  body_en  TEXT NOT NULL,
  task     TEXT NOT NULL,
  instance TEXT NOT NULL,
  read_at  INTEGER
) STRICT;
CREATE INDEX notifications_of_person ON notifications (person);
CREATE INDEX notifications_unread ON notifications (person) WHERE read_at IS NULL;

CREATE TABLE definitions (
  namespace    TEXT NOT NULL,
  name         TEXT NOT NULL,
  version      TEXT NOT NULL,
  title_vi     TEXT NOT NULL,
  title_en     TEXT NOT NULL,
  document     TEXT NOT NULL,
  published_at INTEGER NOT NULL,
  published_by TEXT NOT NULL,
  latest       INTEGER NOT NULL,
  PRIMARY KEY (name, version, namespace)
) STRICT;

CREATE TABLE organisation (
  one         INTEGER PRIMARY KEY CHECK (one = 1),
  document    TEXT NOT NULL,
  imported_at INTEGER NOT NULL
) STRICT;

CREATE TABLE calendars (
  id       TEXT PRIMARY KEY,
  document TEXT NOT NULL
) STRICT;

CREATE TABLE schedules (
  definition TEXT PRIMARY KEY,
  unit_kind  TEXT NOT NULL,
  next_at    INTEGER,
  last_at    INTEGER
) STRICT;
CREATE INDEX schedules_next ON schedules (next_at) WHERE next_at IS NOT NULL;

CREATE TABLE accounts (
  account       TEXT PRIMARY KEY,
  person        TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  disabled      INTEGER NOT NULL,
  must_change   INTEGER NOT NULL,
  changed_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE sessions (
  token_hash   BLOB PRIMARY KEY,
  person       TEXT NOT NULL,
  account      TEXT NOT NULL,
  created_at   INTEGER NOT NULL,
  expires_at   INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_of_account ON sessions (account);
CREATE INDEX sessions_expiring ON sessions (expires_at);

CREATE TABLE tokens (
  token_hash BLOB PRIMARY KEY,
  name       TEXT NOT NULL UNIQUE,
  person     TEXT NOT NULL,
  system     INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER
) STRICT;

CREATE TABLE idempotency (
  user       TEXT NOT NULL,
  key        TEXT NOT NULL,
  route      TEXT NOT NULL,
  body_hash  BLOB NOT NULL,
  status     INTEGER NOT NULL,
  response   TEXT NOT NULL,
  etag       TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (user, key)
) STRICT;
CREATE INDEX idempotency_age ON idempotency (created_at);

CREATE TABLE attachments (
  id          TEXT PRIMARY KEY,
  instance    TEXT NOT NULL,
  task        TEXT NOT NULL,
  type        TEXT NOT NULL,
  name        TEXT NOT NULL,
  media_type  TEXT NOT NULL,
  size        INTEGER NOT NULL,
  sha256      TEXT NOT NULL,
  uploaded_by TEXT NOT NULL,
  uploaded_at INTEGER NOT NULL,
  used        INTEGER NOT NULL
) STRICT;
CREATE INDEX attachments_of_instance ON attachments (instance);
CREATE INDEX attachments_by_hash ON attachments (sha256);
CREATE INDEX attachments_unused ON attachments (uploaded_at) WHERE used = 0;

CREATE TABLE settings (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;
