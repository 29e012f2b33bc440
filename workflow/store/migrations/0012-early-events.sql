-- Events that come before anybody listens, and events that start instances.

-- Which types published definitions wait for: '' means any. `purpose` is 'listen' (a step of this
-- version does) or 'start' (its schedule does; of the newest version alone).
CREATE TABLE event_types (
  type       TEXT NOT NULL,
  purpose    TEXT NOT NULL,
  definition TEXT NOT NULL,
  version    TEXT NOT NULL,
  PRIMARY KEY (type, purpose, definition, version)
) STRICT, WITHOUT ROWID;

-- What definitions published before have in their `listen` steps.
INSERT OR IGNORE INTO event_types (type, purpose, definition, version)
SELECT CASE
         WHEN json_type(w.value, '$.type') = 'text'
              AND json_extract(w.value, '$.type') NOT LIKE '${%'
              AND json_extract(w.value, '$.type') NOT LIKE '^%$'
         THEN json_extract(w.value, '$.type') ELSE '' END,
       'listen', d.name, d.version
FROM definitions d, json_tree(d.document) w
WHERE w.key = 'with' AND w.path LIKE '%.listen.to.%';

-- Received or emitted, of a type somebody waits for, and kept for a while: a step that listens
-- later still gets it. `event` is the CloudEvent.
CREATE TABLE early_events (
  position    INTEGER PRIMARY KEY AUTOINCREMENT,
  type        TEXT NOT NULL,
  event       TEXT NOT NULL,
  received_at INTEGER NOT NULL
) STRICT;
CREATE INDEX early_events_by_type ON early_events (type, position);
CREATE INDEX early_events_by_age ON early_events (received_at);

-- Which instance has had which of them: none gets one twice.
CREATE TABLE early_events_taken (
  event    INTEGER NOT NULL REFERENCES early_events (position) ON DELETE CASCADE,
  instance INTEGER NOT NULL REFERENCES instances (key),
  PRIMARY KEY (event, instance)
) STRICT, WITHOUT ROWID;
CREATE INDEX early_events_taken_by ON early_events_taken (instance);

-- Events that are to start an instance together with others that have not come: by definition and
-- correlation (core/trigger.hpp).
CREATE TABLE partial_matches (
  definition  TEXT NOT NULL,
  correlation TEXT NOT NULL,
  matches     TEXT NOT NULL,
  updated_at  INTEGER NOT NULL,
  PRIMARY KEY (definition, correlation)
) STRICT, WITHOUT ROWID;
