-- Changes of the working calendars: each moves every open deadline, can be undone, and tells each
-- person concerned once. And tasks for which more time has been asked.

CREATE TABLE calendar_changes (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  calendar        TEXT NOT NULL,
  made_at         INTEGER NOT NULL,
  made_by         TEXT NOT NULL,
  reason          TEXT NOT NULL,
  document_before TEXT NOT NULL,
  document_after  TEXT NOT NULL,
  undoes          INTEGER,
  undone_by       INTEGER,
  phase           TEXT NOT NULL,
  last_key        INTEGER NOT NULL,
  open_instances  INTEGER NOT NULL,
  looked_at       INTEGER NOT NULL,
  instances_moved INTEGER NOT NULL,
  deadlines_moved INTEGER NOT NULL,
  starts_moved    INTEGER NOT NULL,
  people_told     INTEGER NOT NULL,
  done_at         INTEGER
) STRICT;
CREATE INDEX calendar_changes_going_on ON calendar_changes (id) WHERE phase <> 'done';

-- Whom a change concerns and who has not been told yet.
CREATE TABLE calendar_change_people (
  change    INTEGER NOT NULL REFERENCES calendar_changes (id),
  person    TEXT NOT NULL,
  deadlines INTEGER NOT NULL,
  PRIMARY KEY (change, person)
) STRICT, WITHOUT ROWID;

ALTER TABLE tasks ADD COLUMN first_due_date TEXT NOT NULL DEFAULT '';
ALTER TABLE tasks ADD COLUMN asked_at INTEGER;
ALTER TABLE tasks ADD COLUMN deciders TEXT NOT NULL DEFAULT '';
CREATE INDEX tasks_asked ON tasks (asked_at) WHERE asked_at IS NOT NULL;
