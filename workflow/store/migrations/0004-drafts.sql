-- Answers that people have begun and not given yet: one a person and task. `attachments` is a list
-- (lists.hpp) of the files it names, which are kept as long as it is.

CREATE TABLE drafts (
  person      TEXT NOT NULL,
  task        TEXT NOT NULL,
  instance    TEXT NOT NULL,
  step        TEXT NOT NULL,
  form        TEXT NOT NULL,
  attachments TEXT NOT NULL,
  body        TEXT NOT NULL,
  revision    INTEGER NOT NULL,
  saved_at    INTEGER NOT NULL,
  PRIMARY KEY (person, task)
) STRICT, WITHOUT ROWID;
CREATE INDEX drafts_of_task ON drafts (task);
CREATE INDEX drafts_of_step ON drafts (instance, step, person);
CREATE INDEX drafts_age ON drafts (saved_at);
