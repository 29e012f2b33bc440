-- Scheduled starts spread over units wait as rows of their own, and tasks can be urgent.

CREATE TABLE planned_starts (
  definition   TEXT NOT NULL,
  unit         TEXT NOT NULL,
  scheduled_at INTEGER NOT NULL,
  start_at     INTEGER NOT NULL,
  PRIMARY KEY (definition, unit, scheduled_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX planned_starts_due ON planned_starts (start_at);

ALTER TABLE tasks ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
