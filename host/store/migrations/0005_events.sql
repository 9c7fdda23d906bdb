-- What has happened, for operators and their webhook. `state` is where its
-- delivery stands: `none` when there was no webhook at that time. Rows are never
-- deleted.
CREATE TABLE events (
    seq           INTEGER PRIMARY KEY,
    id            TEXT NOT NULL UNIQUE,
    name          TEXT NOT NULL,
    at            INTEGER NOT NULL,
    actor         TEXT NOT NULL,
    subject       TEXT NOT NULL,
    detail        TEXT NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('none', 'pending', 'delivered', 'dead')),
    attempts      INTEGER NOT NULL,
    next_at       INTEGER NOT NULL,
    last_error    TEXT,
    delivered_at  INTEGER
) STRICT;
CREATE INDEX events_by_name ON events (name);
CREATE INDEX events_pending ON events (next_at) WHERE state = 'pending';
CREATE INDEX events_dead ON events (seq) WHERE state = 'dead';
