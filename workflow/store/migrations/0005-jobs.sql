-- Requests of many items, done one after the other in the background. An item's outcome is written
-- in the same transaction as what it does, so a restart neither loses nor repeats one.

CREATE TABLE jobs (
  key         INTEGER PRIMARY KEY,
  id          TEXT NOT NULL UNIQUE,
  kind        TEXT NOT NULL,
  person      TEXT NOT NULL,
  total       INTEGER NOT NULL,
  created_at  INTEGER NOT NULL,
  finished_at INTEGER
) STRICT;
CREATE INDEX jobs_of_person ON jobs (person, key);
CREATE INDEX jobs_finished ON jobs (finished_at) WHERE finished_at IS NOT NULL;

-- state: 0 open, 1 done, 2 refused.
CREATE TABLE job_items (
  job     INTEGER NOT NULL REFERENCES jobs (key),
  number  INTEGER NOT NULL,
  subject TEXT NOT NULL,
  state   INTEGER NOT NULL,
  command TEXT NOT NULL,
  result  TEXT NOT NULL,
  done_at INTEGER,
  PRIMARY KEY (job, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX job_items_open ON job_items (job, number) WHERE state = 0;
CREATE INDEX job_items_refused ON job_items (job, number) WHERE state = 2;
