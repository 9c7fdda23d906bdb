-- Duties with a time limit. One of a kind for a subject. `limit_count` and
-- `limit_unit` are empty where the last day was given. A duty that falls due
-- changes its state in the transaction that keeps the event: it falls due once.
CREATE TABLE duties (
    seq          INTEGER PRIMARY KEY,
    kind         TEXT NOT NULL,
    subject      TEXT NOT NULL,
    case_no      TEXT,
    initiator    TEXT NOT NULL,
    department   TEXT NOT NULL,
    division     TEXT NOT NULL,
    event_on     TEXT NOT NULL,
    limit_count  INTEGER,
    limit_unit   TEXT,
    due_on       TEXT NOT NULL,
    provisional  INTEGER NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('open', 'overdue', 'done', 'cancelled')),
    opened_at    INTEGER NOT NULL,
    overdue_at   INTEGER,
    closed_at    INTEGER,
    late         INTEGER NOT NULL DEFAULT 0,
    UNIQUE (kind, subject)
) STRICT;
CREATE INDEX duties_open ON duties (due_on) WHERE state = 'open';
CREATE INDEX duties_owed ON duties (department, due_on) WHERE state IN ('open', 'overdue');
CREATE INDEX duties_of_case ON duties (case_no) WHERE case_no IS NOT NULL;
CREATE INDEX duties_provisional ON duties (seq) WHERE provisional = 1 AND state IN ('open', 'overdue');

-- The latest day on which this store was looked at. A clock that is set back does
-- not take it back.
CREATE TABLE latest_day (
    only  INTEGER PRIMARY KEY CHECK (only = 1),
    day   TEXT NOT NULL
) STRICT;
