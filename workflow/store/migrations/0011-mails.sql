-- Reminders taken from the queue for e-mail, by the id of their message: each once. `event` is the message
-- while it waits, '' after; `reply` what the SMTP server said last, or why nothing was sent.

CREATE TABLE mails (
  id          TEXT PRIMARY KEY,
  person      TEXT NOT NULL,
  state       TEXT NOT NULL,
  attempts    INTEGER NOT NULL,
  routing_key TEXT NOT NULL,
  event       TEXT NOT NULL,
  taken_at    INTEGER NOT NULL,
  settled_at  INTEGER,
  reply       TEXT NOT NULL
) STRICT;
CREATE INDEX mails_waiting ON mails (attempts, taken_at) WHERE state = 'waiting';
CREATE INDEX mails_settled ON mails (settled_at) WHERE settled_at IS NOT NULL;
