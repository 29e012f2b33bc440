-- The children of each `fanOut`, kept beside the parent's state, which only counts them. `parent` is
-- the instance's key, `next` the first item that has not been started, `counted` how many ends the
-- parent knows of, `turn_at` since when there is something to do: to start, to count, or, when
-- `closing`, to cancel and to forget.
CREATE TABLE fans (
  parent    INTEGER NOT NULL REFERENCES instances (key),
  node      INTEGER NOT NULL,
  plan      TEXT NOT NULL,
  total     INTEGER NOT NULL,
  next      INTEGER NOT NULL DEFAULT 0,
  completed INTEGER NOT NULL DEFAULT 0,
  faulted   INTEGER NOT NULL DEFAULT 0,
  cancelled INTEGER NOT NULL DEFAULT 0,
  counted   INTEGER NOT NULL DEFAULT 0,
  closing   INTEGER NOT NULL DEFAULT 0,
  turn_at   INTEGER,
  PRIMARY KEY (parent, node)
) STRICT, WITHOUT ROWID;
CREATE INDEX fans_turn ON fans (turn_at) WHERE turn_at IS NOT NULL;

-- Its items, several a row, from the `first` one on.
CREATE TABLE fan_items (
  parent INTEGER NOT NULL,
  node   INTEGER NOT NULL,
  first  INTEGER NOT NULL,
  items  TEXT NOT NULL,
  PRIMARY KEY (parent, node, first)
) STRICT, WITHOUT ROWID;

-- Its children that have been started: running, or how they have ended and with what.
CREATE TABLE fan_children (
  parent INTEGER NOT NULL,
  node   INTEGER NOT NULL,
  number INTEGER NOT NULL,
  status TEXT NOT NULL,
  result TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (parent, node, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX fan_children_open ON fan_children (parent, node, number) WHERE status = 'running';
