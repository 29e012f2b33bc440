-- What can be done with a task besides answering it.

-- `ended_revision`: the instance's revision after the command that ended the task, below 0 where
-- another instance has heard of it, 0 where that is not known: what recall goes by. `asked`: whom
-- the holder has asked for information, who find the task under their own name.
ALTER TABLE tasks ADD COLUMN ended_revision INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tasks ADD COLUMN delegated INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tasks ADD COLUMN excluded_units TEXT NOT NULL DEFAULT '';
ALTER TABLE tasks ADD COLUMN asked TEXT NOT NULL DEFAULT '';
ALTER TABLE tasks ADD COLUMN category TEXT NOT NULL DEFAULT '';
CREATE INDEX tasks_held ON tasks (holder) WHERE open = 1 AND holder <> '';

-- Who was given work last, of those who take turns.
CREATE TABLE turns (
  circle TEXT PRIMARY KEY,
  person TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Messages that wait before they go into the outbox: an answer can be recalled until then.
-- `revision` is the instance's after the command that made them.
CREATE TABLE held_messages (
  seq         INTEGER PRIMARY KEY AUTOINCREMENT,
  instance    INTEGER NOT NULL REFERENCES instances (key),
  revision    INTEGER NOT NULL,
  id          TEXT NOT NULL,
  routing_key TEXT NOT NULL,
  body        TEXT NOT NULL,
  created_at  INTEGER NOT NULL,
  release_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX held_messages_due ON held_messages (release_at);
CREATE INDEX held_messages_of_instance ON held_messages (instance, revision);
