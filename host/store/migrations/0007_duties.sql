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

-- Commitments, and everything that happened to each. A case that is checked again
-- replaces its own only while that is open. `subject` is the party in the form of
-- feedback; `repaired` says that later checks do not see it.
CREATE TABLE kept_commitments (
    id          TEXT PRIMARY KEY,
    department  TEXT NOT NULL,
    item        TEXT NOT NULL,
    checkpoint  TEXT NOT NULL,
    division    TEXT NOT NULL,
    case_no     TEXT NOT NULL,
    party       TEXT NOT NULL,
    subject     TEXT NOT NULL,
    text_hash   TEXT NOT NULL,
    missing     TEXT NOT NULL,
    made_on     TEXT NOT NULL,
    due_on      TEXT NOT NULL,
    state       TEXT NOT NULL,
    repaired    INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO kept_commitments (id, department, item, checkpoint, division, case_no, party, subject, text_hash,
        missing, made_on, due_on, state)
SELECT id, department, item, '', '', case_no, party, '', '', '[]', made_on, due_on, state FROM commitments;
CREATE TABLE kept_commitment_keys (
    key         TEXT NOT NULL,
    commitment  TEXT NOT NULL REFERENCES kept_commitments (id) ON DELETE CASCADE,
    PRIMARY KEY (key, commitment)
) STRICT, WITHOUT ROWID;
INSERT INTO kept_commitment_keys SELECT key, commitment FROM commitment_keys;
DROP TABLE commitment_keys;
DROP TABLE commitments;
ALTER TABLE kept_commitments RENAME TO commitments;
ALTER TABLE kept_commitment_keys RENAME TO commitment_keys;
CREATE INDEX commitment_keys_by_commitment ON commitment_keys (commitment);
CREATE INDEX commitments_of_case ON commitments (case_no);
CREATE INDEX commitments_by_state ON commitments (state, due_on);
INSERT INTO duties (kind, subject, case_no, initiator, department, division, event_on, due_on, provisional,
        state, opened_at)
SELECT 'commitment', id, case_no, department, department, division, made_on, due_on, 0, 'open', 0
FROM commitments WHERE state = 'open';

CREATE TABLE commitment_steps (
    seq         INTEGER PRIMARY KEY,
    commitment  TEXT NOT NULL REFERENCES commitments (id) ON DELETE CASCADE,
    step        TEXT NOT NULL,
    day         TEXT NOT NULL,
    at          INTEGER NOT NULL,
    actor       TEXT NOT NULL,
    detail      TEXT NOT NULL
) STRICT;
CREATE INDEX commitment_steps_by_commitment ON commitment_steps (commitment);

-- What was made public of a check.
CREATE TABLE publications (
    seq           INTEGER PRIMARY KEY,
    check_id      TEXT NOT NULL REFERENCES checks (check_id),
    document      TEXT NOT NULL,
    decided_on    TEXT NOT NULL,
    published_on  TEXT NOT NULL,
    place         TEXT NOT NULL,
    due_on        TEXT NOT NULL,
    late          INTEGER NOT NULL,
    at            INTEGER NOT NULL,
    actor         TEXT NOT NULL
) STRICT;
CREATE INDEX publications_by_check ON publications (check_id);

-- Tables of working days that were imported: of two for a year the later counts.
-- Calendars are what was in force as a whole, which records name by edition.
CREATE TABLE calendar_tables (
    seq       INTEGER PRIMARY KEY,
    year      INTEGER NOT NULL,
    document  TEXT NOT NULL,
    at        INTEGER NOT NULL,
    actor     TEXT NOT NULL
) STRICT;
CREATE TABLE calendars (
    edition   TEXT PRIMARY KEY,
    document  TEXT NOT NULL
) STRICT;
