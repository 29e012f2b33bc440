-- Leave and substitution.

-- Who is away, from the first to the last day, and who stands in. `scope` is JSON, '' for everything;
-- `source` is 'file' (the organisation's file, replaced with it) or 'person'. A record is never
-- deleted: taking it back ends it, before its first day where it had not begun.
CREATE TABLE absences (
  id          TEXT PRIMARY KEY,
  person      TEXT NOT NULL,
  from_day    TEXT NOT NULL,
  to_day      TEXT NOT NULL,
  planned_to  TEXT NOT NULL,
  deputy      TEXT NOT NULL,
  scope       TEXT NOT NULL,
  source      TEXT NOT NULL,
  recorded_by TEXT NOT NULL,
  recorded_at INTEGER NOT NULL,
  ended_by    TEXT NOT NULL,
  ended_at    INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX absences_by_day ON absences (to_day);
CREATE INDEX absences_of_person ON absences (person, from_day);
CREATE INDEX absences_of_deputy ON absences (deputy, from_day);

-- Whether deputies may act, in which role a task fell to the one person it names, and for whom its
-- holder, or whoever ended it, acted.
ALTER TABLE tasks ADD COLUMN substitutes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tasks ADD COLUMN role TEXT NOT NULL DEFAULT '';
ALTER TABLE tasks ADD COLUMN on_behalf_of TEXT NOT NULL DEFAULT '';
CREATE INDEX tasks_done_for ON tasks (on_behalf_of, ended_at) WHERE open = 0 AND on_behalf_of <> '';
