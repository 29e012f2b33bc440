-- Calls to other systems that were announced and have no answer yet. `key` is the idempotency key
-- under which a call is made, however often.
CREATE TABLE calls (
  instance INTEGER NOT NULL REFERENCES instances (key),
  node     INTEGER NOT NULL,
  key      TEXT NOT NULL,
  since    INTEGER NOT NULL,
  PRIMARY KEY (instance, node)
) STRICT, WITHOUT ROWID;
