-- Feedback about an entry belongs to no check.
CREATE TABLE outbox_of_any (
    seq           INTEGER PRIMARY KEY,
    id            TEXT NOT NULL UNIQUE,
    check_id      TEXT REFERENCES checks (check_id),
    payload       TEXT NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'dead')),
    attempts      INTEGER NOT NULL,
    next_at       INTEGER NOT NULL,
    last_error    TEXT,
    created_at    INTEGER NOT NULL,
    delivered_at  INTEGER
) STRICT;
INSERT INTO outbox_of_any
    SELECT seq, id, check_id, payload, state, attempts, next_at, last_error, created_at, delivered_at FROM outbox;
DROP TABLE outbox;
ALTER TABLE outbox_of_any RENAME TO outbox;
CREATE INDEX outbox_pending ON outbox (next_at) WHERE state = 'pending';
CREATE INDEX outbox_dead ON outbox (seq) WHERE state = 'dead';

-- Objections, applications for repair, orders to put things right and talks:
-- JSON in the forms of creditgate-wire, and beside it what is searched for.
-- Entries are named by their id and may be another source's.
CREATE TABLE objections (
    seq         INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    entry       TEXT NOT NULL,
    department  TEXT,
    state       TEXT NOT NULL,
    document    TEXT NOT NULL
) STRICT;
CREATE INDEX objections_by_entry ON objections (entry);
CREATE UNIQUE INDEX objections_open ON objections (entry) WHERE state IN ('received', 'notified');

CREATE TABLE repairs (
    seq         INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    entry       TEXT NOT NULL,
    department  TEXT,
    state       TEXT NOT NULL,
    document    TEXT NOT NULL
) STRICT;
CREATE INDEX repairs_by_entry ON repairs (entry);
CREATE UNIQUE INDEX repairs_open ON repairs (entry) WHERE state IN ('applied', 'accepted');

CREATE TABLE rectifications (
    entry     TEXT PRIMARY KEY,
    document  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE talks (
    entry     TEXT NOT NULL,
    kind      TEXT NOT NULL,
    document  TEXT NOT NULL,
    PRIMARY KEY (entry, kind)
) STRICT, WITHOUT ROWID;

-- What is known of entries here before the lists say it. Those without an end are
-- held in memory too.
CREATE TABLE overlays (
    seq       INTEGER PRIMARY KEY,
    entry     TEXT NOT NULL,
    cause     TEXT NOT NULL,
    document  TEXT NOT NULL,
    ended_at  INTEGER
) STRICT;
CREATE INDEX overlays_by_entry ON overlays (entry);
CREATE UNIQUE INDEX overlays_in_force ON overlays (entry, cause) WHERE ended_at IS NULL;

-- Checks to be made again, because an entry they had turned out otherwise. A task
-- is done once the checkpoint has a later check, which is found when it is read.
CREATE TABLE rechecks (
    seq        INTEGER PRIMARY KEY,
    check_seq  INTEGER NOT NULL REFERENCES checks (seq),
    entry      TEXT NOT NULL,
    cause      TEXT NOT NULL,
    opened_at  INTEGER NOT NULL,
    UNIQUE (check_seq, cause)
) STRICT;
CREATE INDEX rechecks_by_entry ON rechecks (entry);
