-- The broker's word for every reminder it has taken over: the proof that it was sent. `id` is that of
-- the message, "<task>/<reminder>.<round>/<person>".

CREATE TABLE confirmed_reminders (
  id           TEXT PRIMARY KEY,
  confirmed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
