-- How people wish to be told. Person '': what the administrator allows. Notices that wait for a digest,
-- or for the end of quiet hours, leave at `release_at`; `digest` is the message that took them along.
-- `source` begins the id of the message a notice was published with.

CREATE TABLE preferences (
  person     TEXT PRIMARY KEY,
  document   TEXT NOT NULL,
  version    INTEGER NOT NULL,
  changed_at INTEGER NOT NULL
) STRICT;

ALTER TABLE notifications ADD COLUMN source TEXT NOT NULL DEFAULT '';
ALTER TABLE notifications ADD COLUMN release_at INTEGER;
ALTER TABLE notifications ADD COLUMN digest TEXT NOT NULL DEFAULT '';
CREATE INDEX notifications_due ON notifications (release_at, person) WHERE release_at IS NOT NULL;
CREATE INDEX notifications_held ON notifications (person, release_at) WHERE release_at IS NOT NULL;
